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
from ingest.dress import NEAR_OTHERS
from ingest.file_links import FILE_TYPES, ends_like_file, says_file
from ingest.sections import is_front, parted

BESIDE_DATE = re.compile(
    r"(?:ngày|cập nhật|đăng|tạo|xuất bản|lúc|(?:số )?(?:lượt|lần) (?:xem|đọc|truy cập)|đã xem|xem|đọc|views?|hits"
    r"|\d[\d.,]*|[\W_])+",
    re.IGNORECASE,
)
"""What stands beside a date in a line that says nothing else."""
_MOST = 6
_MOST_TAIL, _MOST_LINE = 40, 300
_OFFER = re.compile(
    r"[\W_]*(?:(?:các |danh sách )?(?:tệp|file|tập|tài liệu|văn bản)(?: tin)?(?: văn bản)? (?:đính kèm|kèm theo)|đính kèm"
    r"|attachments?)[\W_]*",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"[^\s/]{1,120}\.(?:pdf|docx?|xlsx?|rtf|zip|rar|7z|od[ts]|pptx?|tiff?)[,;|]?", re.IGNORECASE)
_SIZE = re.compile(r"[(\[]?[\d.,]+|[KM]B[)\]]?|[(\[]?[\d.,]+\s?[KM]B[)\]]?[,;]?|[\W_]+", re.IGNORECASE)
_LINK = re.compile(r'<a\s[^<>]*?href="([^"<>]*)"[^<>]*>(.*?)</a>', re.DOTALL)
_MARKUP = re.compile(r"<[^<>]*>")
_MADE = re.compile(
    r"[\W_]*(?:(?:được )?(?:viết|đăng|gửi) bởi\b.{0,100}"
    r"|(?:lần )?(?:cập nhật|sửa đổi|chỉnh sửa) (?:lần )?(?:cuối|gần nhất)\b.{0,100}"
    r"|last (?:updated|modified)\b.{0,80}|(?:đã )?(?:xem|tải(?: về)?|đọc)\s*[:：]\s*[\d.,]+"
    r"(?:[\W_]+(?:đã )?(?:xem|tải|đọc)(?: về)?\W*[\d.,]+)?"
    r"(?: lần| lượt)?)[\W_]*",
    re.IGNORECASE,
)
_FOOTING = re.compile(
    r"(?:©|copyright|bản quyền (?:thuộc|©)|giấy phép (?:số|thiết lập|hoạt động)|ghi rõ nguồn|(?:cơ quan|đơn vị) chủ quản\s*:"
    r"|chịu trách nhiệm (?:chính|nội dung|xuất bản)\s*:)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\W_]*(?:địa chỉ|trụ sở(?: chính)?)\s*[:：]", re.IGNORECASE)
_REACHED = re.compile(r"(?:điện thoại|đt|tel|fax|e-?mail|website|hotline)\s*[:：.]", re.IGNORECASE)
_ASKS = re.compile(r"liên hệ|liên lạc|gửi về|nộp|tiếp nhận|đăng ký|bưu", re.IGNORECASE)


def bare(blocks: Sequence[Block], title: str, summary: str | None, published: ReadDate | None) -> list[Block]:
    """`blocks` without what stands at their edges and is no text."""
    kept = list(blocks)
    for _ in range(_MOST):
        if not kept or kept[0].tag in ("table", "ul", "ol"):
            break
        line = one_line(kept[0].text)
        if not line or not (line in (title, summary) or _is_beside(line, published) or _is_path(line) or _is_made(line)):
            break
        del kept[0]
    for _ in range(_MOST):
        whole = len(kept)
        kept = _without_offers(_without_others(kept))
        line = one_line(kept[-1].text) if len(kept) > 1 else ""
        if line and (_is_beside(line, published) or _is_made(line) or _is_footing(line, kept[-2])):
            del kept[-1]
        if len(kept) == whole:
            break
    return kept


def _is_path(line: str) -> bool:
    """Whether `line` is the path that leads to the page."""
    steps = parted(line) if len(line) <= _MOST_LINE else []
    return len(steps) > 1 and is_front(steps[0])


def _is_made(line: str) -> bool:
    """Whether `line` says who put the page up, when it was changed last or how often it was read."""
    return len(line) <= 160 and _MADE.fullmatch(line) is not None


def _is_footing(line: str, before: Block) -> bool:
    """Whether `line` foots the site: its rights, or an address with ways to reach it that no sentence sends the reader to."""
    if len(line) > _MOST_LINE:
        return False
    if _FOOTING.search(line) is not None and len(line) < 200:
        return True
    reached = _ADDRESS.match(line) is not None and _REACHED.search(line) is not None
    return reached and _ASKS.search(line) is None and _ASKS.search(before.text[-200:]) is None


def _without_offers(blocks: list[Block]) -> list[Block]:
    """`blocks` without the files offered at their end: under a label that says so, or bare names of files."""
    first = len(blocks)
    cut = first
    while first > 1 and len(blocks) - first < _MOST_TAIL:
        block = blocks[first - 1]
        line = one_line(block.text)
        if _names_files(line) or (_links_to_files(block) and all(_ENDS.search(words) for words in _linked(block))):
            first -= 1
            cut = first if cut == first + 1 else cut
        elif _is_labelled_offer(block) or _OFFER.fullmatch(line):
            first -= 1
            cut = first
        elif _links_to_files(block):
            first -= 1
        else:
            break
    return blocks[:cut]


def _names_files(line: str) -> bool:
    words = line.split() if len(line) <= _MOST_LINE else []
    return any(map(_FILE_NAME.fullmatch, words)) and all(_FILE_NAME.fullmatch(word) or _SIZE.fullmatch(word) for word in words)


def _links_to_files(block: Block) -> bool:
    """Whether `block` is links to files and nothing else."""
    links = _LINK.findall(block.html) if len(block.html) < 20_000 else []
    return (
        bool(links)
        and all(ends_like_file(each) or says_file(each, one_line(_MARKUP.sub("", words))) for each, words in links)
        and (_SIZE.fullmatch(_beside_links(block) or "-") is not None)
    )


def _is_labelled_offer(block: Block) -> bool:
    line = one_line(block.text)
    if len(line) > 2 * _MOST_LINE:
        return False
    label, colon, rest = line.partition(":")
    if colon and _OFFER.fullmatch(label) and (not rest.strip() or _names_files(rest.strip())):
        return True
    return (
        "<a " in block.html
        and _OFFER.fullmatch(_beside_links(block) or "-") is not None
        and any(ends_like_file(address) or says_file(address, "") for address, _ in _LINK.findall(block.html))
    )


def _linked(block: Block) -> list[str]:
    return [one_line(_MARKUP.sub("", words)) for _, words in _LINK.findall(block.html)]


_ENDS = re.compile(rf"\.(?:{'|'.join(FILE_TYPES)})\W*\Z", re.IGNORECASE)


def _beside_links(block: Block) -> str:
    return one_line(_MARKUP.sub(" ", _LINK.sub(" ", block.html)))


def _without_others(blocks: list[Block]) -> list[Block]:
    """`blocks` without a list of other pages at their end, under a heading that says so."""
    for place in range(len(blocks) - 1, max(0, len(blocks) - _MOST_TAIL), -1):
        block = blocks[place]
        head = one_line(block.text.split("\n", 1)[0])
        if len(head) <= 80 and NEAR_OTHERS.fullmatch(head):
            rest = block.html.partition("<br>")[2]
            return (
                blocks[:place]
                if (not rest or _leads_on(rest)) and all(_leads_on(each.html) for each in blocks[place + 1 :])
                else blocks
            )
        if not _leads_on(block.html):
            break
    return blocks


def _leads_on(markup: str) -> bool:
    """Whether `markup` is links to other pages, with their days beside them."""
    links = _LINK.findall(markup) if len(markup) < 50_000 else []
    if not links or any(ends_like_file(address) for address, _ in links):
        return False
    beside = re.sub(r"[\W\d_]+", "", _MARKUP.sub(" ", _LINK.sub(" ", markup)))
    return len(beside) <= 0.3 * sum(len(_MARKUP.sub("", words)) for _, words in links)


def _is_beside(line: str, published: ReadDate | None) -> bool:
    """Whether `line` is the page's own date, a count of views or what stood beside them."""
    if len(line) > 80:
        return False
    dates = find_dates(line)
    if dates and (published is None or dates[0].date.value[:10] != published.value[:10]):
        return False
    rest = line[: dates[0].start] + line[dates[0].end :] if dates else line
    counts = re.search(r"lượt|lần|xem|đọc|views?|hits", line, re.IGNORECASE) is not None
    return (bool(dates) or counts or re.search(r"\w", line) is None) and len(BESIDE_DATE.sub("", rest)) < (15 if dates else 2)
