"""What the search notes of a query, in words."""

from __future__ import annotations

from collections.abc import Sequence

from search.results import Note
from web.language import gettext

_LONGEST = 60
"""Characters of what was typed that a note repeats."""


def in_words(notes: Sequence[Note]) -> list[str]:
    """The notes as sentences, each once."""
    return list(dict.fromkeys(_sentence(note) for note in notes))


def _sentence(note: Note) -> str:
    words = _plain_sentences()
    words |= _sentences_that_name(note.detail[:_LONGEST]) if note.detail else {}
    return words.get(note.code) or gettext("Một phần của câu tìm không dùng được nên đã bỏ qua.")


def _plain_sentences() -> dict[str, str]:
    return {
        "cut": gettext("Câu tìm quá dài nên chỉ phần đầu được dùng."),
        "plain": gettext("Câu tìm chưa đúng cách viết (dấu ngoặc hay toán tử còn thiếu vế) nên được tìm như những từ thường."),
        "prefix": gettext("Dấu * cần ít nhất ba ký tự đứng trước nên đã được bỏ qua."),
        "wildcard": gettext("Dấu * chỉ dùng được ở cuối một từ, ngoài ngoặc kép, nên đã được bỏ qua."),
        "date": gettext("Có một ngày không có trong lịch nên được tìm như từ thường."),
        "field": gettext("Có một mục không tồn tại nên phần đó được tìm như từ thường."),
        "range": gettext("Khoảng ngày viết ngược nên đã được đảo lại."),
        "deep": gettext("Dấu ngoặc đơn lồng nhau quá sâu nên câu tìm được hiểu như những từ thường."),
        "fuzzy": gettext("Dấu ~ chỉ dùng được ở cuối một từ có ít nhất ba ký tự nên đã được bỏ qua."),
        "cursor": gettext("Liên kết sang trang không còn dùng được, có thể vì kho đã thêm tài liệu; đây là trang đầu."),
        "loose": gettext("Không tài liệu nào có đúng cụm từ trong ngoặc kép; đây là kết quả khi bỏ ngoặc kép."),
        "timeout": gettext("Tìm kiếm dừng sớm vì mất quá nhiều thời gian; kết quả có thể chưa đủ."),
        "unknown_filter": gettext("Có bộ lọc không được hiểu nên đã bỏ qua."),
        "rebuilding": gettext("Chỉ mục đang được dựng lại; kết quả có thể chưa đủ."),
    }


def _sentences_that_name(detail: str) -> dict[str, str]:
    return {
        "prefix": gettext("Dấu * trong “%(detail)s” cần ít nhất ba ký tự đứng trước nên đã được bỏ qua.", detail=detail),
        "wildcard": gettext(
            "Dấu * trong “%(detail)s” chỉ dùng được ở cuối một từ, ngoài ngoặc kép, nên đã được bỏ qua.", detail=detail
        ),
        "date": gettext("Không có ngày “%(detail)s” trong lịch nên nó được tìm như từ thường.", detail=detail),
        "field": gettext("Không có mục “%(detail)s:” nên phần đó được tìm như từ thường.", detail=detail),
        "range": gettext("Khoảng ngày “%(detail)s” viết ngược nên đã được đảo lại.", detail=detail),
        "fuzzy": gettext(
            "Dấu ~ trong “%(detail)s” chỉ dùng được ở cuối một từ có ít nhất ba ký tự nên đã được bỏ qua.", detail=detail
        ),
        "unknown_filter": gettext("Không có bộ lọc “%(detail)s” nên đã bỏ qua.", detail=detail),
    }
