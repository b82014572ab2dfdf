"""What stands at the head and the tail of a body and is no text of it: title, lead and date once more, buttons, counts, lists
of other articles.

Layouts name such things where they have a class; here they are told by their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.dates import find_dates
from archive.records import ReadDate
from ingest.characters import one_line
from ingest.clean import Block

BESIDE_DATE = re.compile(
    r"(?:ngày|cập nhật|đăng|tạo|xuất bản|lúc|(?:số )?(?:lượt|lần) (?:xem|đọc|truy cập)|đã xem|xem|đọc|views?|hits"
    r"|\d[\d.,]*|[\W_])+",
    re.IGNORECASE,
)
"""What stands beside a date in a line that says nothing else."""
_CONTROLS = re.compile(
    r"(?:[\W_]*(?:in (?:trang|bài viết|bài|ra)|bản in|gửi (?:email|mail|bài viết|cho bạn bè)|email|(?:cỡ|phóng to|thu nhỏ) chữ"
    r"|xem (?:với )?cỡ chữ|a[+-]?|chia sẻ(?: (?:bài viết|trên|lên|qua))?|facebook|zalo|twitter|tweet|google\+?|linkedin"
    r"|thích|like|share"
    r"|quay lại|trở (?:về|lại)|về (?:trang trước|đầu trang)|lên đầu trang|đầu trang|đọc bài viết|nghe bài viết"
    r"|copy link|sao chép liên kết"
    r"|lưu (?:bài viết|bài)|bình luận(?: \(\d+\))?|đánh giá|\d+ (?:sao|phiếu|đánh giá|bình luận)|từ khóa|tags?"
    r"|tải (?:trang|bài))(?!\w)"
    r")+[\W_]*",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:(?:các |những )?(?:tin|bài|bài viết|tin tức|tin bài|văn bản|thông báo)(?: \w+){0,2}? (?:khác|liên quan"
    r"|cùng (?:chuyên mục|loại"
    r"|chủ đề|thể loại|lĩnh vực)|đã (?:đưa|đăng)|mới hơn|cũ hơn|mới nhất|nổi bật|đọc nhiều)|có thể bạn quan tâm|xem thêm"
    r"|cùng chuyên mục|tin mới|tin khác|các tin khác)\s*[:：]?",
    re.IGNORECASE,
)
_LINK = re.compile(r"<a\b[^>]*>.*?</a>", re.DOTALL)
_MARKUP = re.compile(r"<[^>]+>")
_MOST = 6


def bare(blocks: Sequence[Block], title: str, summary: str | None, published: ReadDate | None) -> list[Block]:
    """`blocks` without what stands at their edges and is no text."""
    kept = list(blocks)
    for _ in range(_MOST):
        if not kept or kept[0].tag in ("table", "ul", "ol"):
            break
        line = one_line(kept[0].text)
        if not line or not (line in (title, summary) or _is_beside(line, published)):
            break
        del kept[0]
    kept = _without_others(kept)
    for _ in range(_MOST):
        if len(kept) < 2 or not (line := one_line(kept[-1].text)) or not _is_beside(line, published):
            break
        del kept[-1]
    return kept


def _is_beside(line: str, published: ReadDate | None) -> bool:
    """Whether `line` is the page's own date, a count of views or a row of buttons."""
    if len(line) > 80:
        return False
    dates = find_dates(line)
    if dates and (published is None or dates[0].date.value[:10] != published.value[:10]):
        return False
    rest = line[: dates[0].start] + line[dates[0].end :] if dates else line
    if dates or re.search(r"lượt|lần|xem|đọc|views?|hits", line, re.IGNORECASE) or not re.search(r"\w", line):
        return len(BESIDE_DATE.sub("", rest)) < (15 if dates else 2)
    return _CONTROLS.fullmatch(line) is not None


def _without_others(blocks: list[Block]) -> list[Block]:
    """`blocks` up to a list of other articles: a line that announces it, and nothing but links after it."""
    for index in range(len(blocks) - 1, max(0, len(blocks) - 25), -1):
        line = one_line(blocks[index].text)
        if len(line) <= 60 and _OTHERS.fullmatch(line):
            rest = blocks[index + 1 :]
            if rest and all(_leads_elsewhere(block) for block in rest):
                return blocks[:index]
    return blocks


def _leads_elsewhere(block: Block) -> bool:
    """Whether a block is links and hardly a word beside them; a day beside each is none."""
    own = one_line(_MARKUP.sub(" ", _LINK.sub(" ", block.html)))
    linked = len(block.text) - len(own)
    return "<a " in block.html and linked > 0 and len(re.sub(r"[\d\W_]", "", own)) <= 0.2 * len(block.text)
