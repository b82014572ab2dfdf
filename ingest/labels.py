"""Labels that portals print before a value (`Tác giả:`, `Số ký hiệu:`), and tables of label and value.

A label says which field a value belongs to, whatever element it stands in: what is labelled as another field's is not this
one's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from ingest.tree import Element, text_of

_LABELS = {
    "title": r"tiêu đề|trích yếu(?: nội dung)?(?: văn bản)?|tên (?:văn bản|tài liệu|bài viết)|về việc",
    "published": r"ngày (?:đăng|xuất bản|đưa tin|đăng tin|đăng tải|cập nhật|tạo)|(?:được )?(?:đăng|viết|xuất bản|tạo)"
    r"(?: vào)?(?: (?:ngày|lúc))?|cập nhật|thời gian(?: đăng)?|published(?: on)?|created(?: on)?|ngày",
    "modified": r"(?:ngày |lần )?(?:sửa(?: đổi)?|chỉnh sửa|hiệu chỉnh)(?: (?:lần )?cuối)?"
    r"|(?:lần )?cập nhật (?:lần )?(?:cuối|gần nhất)"
    r"(?: cùng)?(?: (?:ngày|lúc|vào))?|last (?:updated|modified)",
    "byline": r"tác giả(?: bài viết)?|người (?:viết|đăng|gửi|đưa tin)|(?:được )?(?:viết|đăng|gửi) bởi|bài viết"
    r"|bài và ảnh|tin và ảnh"
    r"|tin, ảnh|tin bài|tin, bài|tin|bài|thực hiện|biên soạn|người biên soạn|written by|author",
    "source": r"nguồn(?: tin)?(?: bài)?|(?:theo|trích) nguồn|trích từ|source",
    "category": r"(?:chuyên|danh|tiểu) mục(?: tin)?|mục|category",
    "number": r"số(?:\s*[,/và]*\s*)?(?:ký|kí) hiệu(?: văn bản)?|số hiệu(?: văn bản)?|số văn bản|(?:ký|kí) hiệu(?: văn bản)?|số",
    "issuer": r"(?:cơ quan|đơn vị|nơi)(?: ban hành| phát hành)(?: văn bản)?",
    "issued": r"ngày(?: tháng(?: năm)?)? ban hành|ngày ký|ban hành(?: ngày)?|ngày văn bản",
    "signer": r"người ký(?: duyệt| văn bản)?",
    "kind": r"(?:thể )?loại(?: hình)?(?: văn bản)?|hình thức(?: văn bản)?",
    "views": r"(?:số )?(?:lượt|lần) (?:xem|đọc|truy cập)|đã xem|xem|views?|hits",
}
_BEFORE_COLON = re.compile(r"\s*(?P<label>[^:：\d]{2,40}?)\s*[:：]\s*(?P<value>.*)", re.DOTALL)
_BY = re.compile(
    r"\s*(?:(?:được )?(?:viết|đăng|gửi) )?bởi\s+(?P<value>.+)|\s*(?:written )?by\s+(?P<english>.+)", re.IGNORECASE | re.DOTALL
)
_ROW_SHAPES = ("tr", "dl", "li")
_MOST_ROWS = 60
"""A slip that says what a document is has a dozen rows; tables within tables may have as many as they like."""


def label_of(words: str) -> str | None:
    """The field that the label `words` announces, or None where it is no label that is known here."""
    return _known(words.strip(" \t\n:：-–*•")) if len(words) <= 80 else None


@lru_cache(maxsize=2048)
def _known(words: str) -> str | None:
    return next((name for name, pattern in _LABELS.items() if re.fullmatch(pattern, words, re.IGNORECASE)), None)


def labelled(text: str) -> tuple[str | None, str]:
    """The field that the label at the head of `text` names, and the value after it; (None, `text`) where it has none."""
    if ":" not in text and "：" not in text and "b" not in text.lower():
        return None, text
    if by := _BY.fullmatch(text):
        return "byline", (by["value"] or by["english"]).strip(" \t\n:：")
    match = _BEFORE_COLON.fullmatch(text)
    name = label_of(match["label"]) if match else None
    return (name, match["value"].strip()) if match and name else (None, text)


def labelled_element(element: Element) -> tuple[str | None, str]:
    """The same of an element, whose label may be an element or a line of its own without a colon."""
    whole = text_of(element)
    child: Element | None = element
    for _ in range(4):
        child = next(iter(child), None) if child is not None else None
        label = text_of(child) if child is not None else ""
        if label and whole.startswith(label) and whole != label and (name := label_of(label)) is not None:
            return name, whole[len(label) :].strip(" \t\n:：")
    name, words = labelled(whole)
    if name is not None and not words and (value := _beside(element)):
        return name, value
    return name, words


def _beside(label: Element) -> str:
    """The value of a label that stands alone in its element: what follows it, in the same line or the next element."""
    if tail := " ".join((label.tail or "").split()):
        return tail
    following = label.getnext()
    words = text_of(following) if following is not None else ""
    return words if len(words) <= _MOST_BESIDE and labelled(words)[0] is None else ""


_MOST_BESIDE = 120


def read_rows(table: Element) -> Iterator[tuple[str, str, Element]]:
    """(field, value, element of the value) of each pair of label and value within `table`, in its order.

    Pairs are cells side by side in a row, `dt` and `dd`, and items that begin with a label and a colon. A row that holds
    tables of its own frames them, and is none.
    """
    for row in islice(table.iterdescendants(*_ROW_SHAPES), _MOST_ROWS):
        if next(row.iterdescendants("table"), None) is not None:
            continue
        cells = [cell for cell in row if cell.tag in ("td", "th", "dt", "dd")]
        if len(cells) < 2:
            name, value = labelled(text_of(row)) if row.tag != "tr" or len(cells) == 1 else (None, "")
            if name and value:
                yield name, value, row
            continue
        for label, cell in zip(cells[::2], cells[1::2], strict=False):
            if (name := label_of(text_of(label))) and (value := text_of(cell)):
                yield name, value, cell
