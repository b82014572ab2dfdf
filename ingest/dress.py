"""What stands inside an announcement's element but is the site's, not the announcement's: menus, share bars, buttons for print
and letter size, view counts, lists of other news, tags, comments.

Judged by what an element calls itself, and by words that only ever stand on such things. Whatever reads like prose stays,
however it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ingest.file_links import leads_to_file
from ingest.tree import BREAKING, NEVER_SHOWN, Element, holds

_CHROME_TAGS = frozenset({"nav", "footer", "aside", "menu"})
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|foot\w*|sidebar\w*|breadcrumbs?|banner\w*|aside|slider\w*|search\w*|login|share\w*|sharing|social\w*"
    r"|related\w*|lienquan|lien-quan|tin-?khac|tinlienquan|others?|othernews|comment\w*|binh-?luan|rating\w*|stars?|tags?|keywords?"
    r"|pagination|pager|copyright|tool-?bar\w*|weblink\w*|counter|views?-?count|luot-?xem|hits|thong-ke|quangcao|qc|addthis\w*|addtoany"
    r"|print\w*|font-?size\w*|zalo-\w+|fb-\w+)(?:$|[\s_-])",
    re.IGNORECASE,
)
_PROSE = 200
"""From so many letters outside links on, a part that calls itself a menu is taken for what it says, not for what it is called."""

_COUNT = r"\d[\d.,]*"
_STRONG = (
    rf"(?:tổng )?(?:số )?(?:lượt|lần) (?:xem|đọc|truy cập|tải)(?: (?:tin|bài|trang))?\s*(?:[:：]\s*)?(?:[:：]|{_COUNT})"
    rf"|{_COUNT}\s*(?:lượt|lần) (?:xem|đọc|truy cập|tải)|đã (?:xem|đọc)\s*[:：]\s*{_COUNT}"
    rf"|views?\s*[:：]?\s*{_COUNT}|{_COUNT}\s*views?"
    r"|(?:xem )?bản in|in (?:trang(?: này)?|bài(?: viết)?(?: này)?|ấn)|phiên bản in|print(?: this page)?"
    r"|gửi (?:e-?mail|bài viết|tin(?: bài)?|cho bạn(?: bè)?|bạn bè|qua e-?mail|link)(?: (?:này|cho bạn bè))?|e-?mail this"
    r"|chia sẻ (?:(?:bài viết|lên|qua|trên)(?: (?:facebook|twitter|zalo|mạng xã hội))?|facebook|twitter|zalo)|share (?:this|on)"
    r"|google\s?\+|cỡ chữ|kích thước (?:chữ|phông)|phóng to|thu nhỏ|tăng cỡ chữ|giảm cỡ chữ|a\s?[-+−–]|\[\s?a\s?[-+]?\s?\]"
    r"|(?:quay|trở) (?:lại|về) trang (?:trước|chủ)|về (?:trang (?:trước|chủ)|đầu trang)|(?:lên )?đầu trang|back(?: to top)?"
    r"|nghe (?:đọc )?bài(?: viết)?|đọc bài viết|lưu (?:bài|tin)(?: viết)?|theo dõi (?:trên )?google news"
    r"|tổng số điểm của bài viết là\s*[:：]?\s*\d+ trong \d+ đánh giá|xếp hạng\s*[:：]?\s*[\d.]+\s*-\s*\d+ phiếu bầu"
    rf"|click để đánh giá bài viết|đánh giá (?:bài viết|của bạn)\s*[:：]?\s*(?:\(?{_COUNT}\)?)?|{_COUNT} (?:bình luận|đánh giá)"
    r"|(?:viết|gửi|thêm) (?:bình luận|ý kiến)(?: của bạn)?|bình luận\s*\(\s*\d+\s*\)|những tin (?:mới|cũ) hơn"
)
_WEAK = (
    r"in|print|e-?mail|lưu|thích|like|a|chữ|mặc định|tiếp|trước|sau|chia sẻ|share|tweet|facebook|twitter|zalo|linkedin|đánh giá"
    r"|(?:quay|trở) (?:lại|về)"
)
"""Words that stand on buttons and elsewhere too."""
_STRONG_CONTROL = re.compile(rf"(?<!\w)(?:{_STRONG})(?!\w)", re.IGNORECASE)
_CONTROLS = re.compile(rf"(?:(?<!\w)(?:{_STRONG}|{_WEAK})(?!\w)|[\W_])+", re.IGNORECASE)
_LINK_CONTROL = re.compile(rf"[\W_]*(?:{_STRONG}|{_WEAK})[\W_]*", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\s*(?:$|#|javascript:|mailto:\?|https?://(?:[\w-]+\.)*(?:facebook|twitter|x|zalo|linkedin|addthis|plus\.google)\.)", re.I
)
_MOST_CONTROL, _MOST_HEADING, _MOST_LABELLED = 160, 60, 1500
_TABLE = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption"))

_THINGS = (
    r"(?:tin|bài|bài viết|tin tức|thông tin|văn bản|tin bài|tin, bài|thông báo|chuyên mục|nghị quyết|quyết định|công văn|kế hoạch"
    r"|chỉ thị|báo cáo|tài liệu|thông tư|nghị định|hướng dẫn|tờ trình|giấy mời|sự kiện|hình ảnh|video|nội dung|mục)"
)
_OTHER_WORDS = (
    rf"(?:(?:các|những|một số|xem)\s+(?:thêm\s+)?)?{_THINGS}(?:\s+(?:bài|tức|viết|tin|pháp quy|pháp luật))?\s+"
    r"(?:khác|liên quan|có liên quan|cùng (?:chuyên mục|chuyên đề|loại|chủ đề|lĩnh vực|thể loại|cơ quan(?: ban hành)?|danh mục)"
    r"|đã đưa|đã đăng|trước đó|mới cập nhật"
    r"|mới hơn|cũ hơn|mới nhất|tiếp theo|xem nhiều(?: nhất)?|đọc nhiều(?: nhất)?|nổi bật)"
)
_OTHERS = re.compile(
    rf"[\W_]*(?:{_OTHER_WORDS}"
    r"|xem thêm|đọc thêm|có thể bạn quan tâm|tags?|từ khóa|(?:ý kiến|bình luận)(?: (?:bạn đọc|của bạn))?(?:\s*\(\d+\))?)[\W_]*",
    re.IGNORECASE,
)
NEAR_OTHERS = re.compile(rf"[\W_]*{_OTHER_WORDS}[\W_]*(?=$|\s)", re.IGNORECASE)
"""How a list of other pages begins."""
_NO_LETTER = re.compile(r"[\W\d_]+")


def is_chrome(element: Element) -> bool:
    """Whether `element` is part of the site's dress (menus, footers, share bars) by its name, class or id."""
    if element.tag in _CHROME_TAGS:
        return True
    if element.tag in ("body", "html", "main", "article") or not element.attrib:
        return False
    named = named_as(element)
    return len(named) > 1 and _CHROME.search(named) is not None


def named_as(element: Element) -> str:
    """The classes and the id of `element`."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def not_of(body: Element, sure: bool) -> list[Element]:
    """The elements within `body` that are the site's, in the order of the page; none stands in another.

    `sure`: a layout named this body, so that a part of it that reads like prose stays though it is called a menu.
    """
    found: list[Element] = []
    walk = etree.iterwalk(body, events=("start",))
    for _, element in walk:
        if element is body:
            continue
        if element.tag in NEVER_SHOWN:
            walk.skip_subtree()
            continue
        text = short(element, _MOST_LABELLED)
        if (is_chrome(element) and not (sure and _is_prose(element))) or _is_control(element, text):
            found.append(element)
            walk.skip_subtree()
        elif text and (others := _others(element, text, body)) is not None:
            found += others
            walk.skip_subtree()
    return [element for element in found if not any(holds(other, element) for other in found)]


def _is_prose(element: Element) -> bool:
    letters, linked = _letters(element)
    return letters - linked > _PROSE or any(leads_to_file(link) for link in element.iter("a"))


def _is_control(element: Element, text: str) -> bool:
    """A link that is a button, or a line of nothing but such buttons and counts."""
    if not text or len(text) > _MOST_CONTROL or element.tag in _TABLE:
        return False
    if element.tag == "a":
        return _LINK_CONTROL.fullmatch(text) is not None and _NO_PAGE.match(element.get("href") or "") is not None
    if _CONTROLS.fullmatch(text) is None:
        return False
    return _STRONG_CONTROL.search(text) is not None or any(_NO_PAGE.match(a.get("href") or "") for a in element.iter("a"))


def _others(element: Element, text: str, body: Element) -> list[Element] | None:
    """A heading over other news, with the lists of links that it stands over; None where it is none."""
    if element.tag == "a":
        return None
    if len(text) > _MOST_HEADING or _OTHERS.fullmatch(text) is None:
        return _labelled_links(element, text)
    block = element
    while (outer := block.getparent()) is not None and outer is not body and short(outer, _MOST_HEADING) == text:
        block = outer
    if outer is not None and outer is not body and _leads_elsewhere(outer, but=block):
        return [outer]
    under = list(_links_after(block))
    last = not any(_count(other) for other in block.itersiblings())
    return [block, *under] if under or last else None


def _labelled_links(element: Element, text: str) -> list[Element] | None:
    """A line that begins with such a heading and goes on with nothing but links."""
    if element.tag not in BREAKING or ":" not in text[:40] or _OTHERS.fullmatch(text[: text.index(":")]) is None:
        return None
    return [element] if _leads_elsewhere(element) else None


def _links_after(block: Element) -> Iterator[Element]:
    for other in block.itersiblings():
        if _leads_elsewhere(other) or _is_teaser(other):
            yield other
        elif _count(other):
            return


def _is_teaser(element: Element) -> bool:
    """Whether `element` shows another page in short: it begins with a link to it."""
    first = next((part for part in element.iter() if (part.text or "").strip()), None)
    if first is None or leads_to_file(first) or not any(part.tag == "a" for part in (first, *first.iterancestors())):
        return False
    return _count(element) <= _PROSE * 2


def _leads_elsewhere(element: Element, but: Element | None = None) -> bool:
    """Whether `element` is made of links to other pages; links to files are part of an announcement."""
    links = list(element.iter("a"))
    if not links or any(leads_to_file(link) for link in links):
        return False
    letters, linked = _letters(element)
    if but is not None:
        letters -= _letters(but)[0]
    return linked >= 0.6 * letters


def _letters(element: Element) -> tuple[int, int]:
    """How many letters `element` holds, and how many of them in links."""
    letters = _count(element)
    return letters, letters if element.tag == "a" else sum(_count(link) for link in element.iter("a"))


def _count(element: Element) -> int:
    return sum(len(_NO_LETTER.sub("", str(text))) for text in element.itertext())


_MOST_PIECES = 200


def short(element: Element, most: int) -> str:
    """The words of `element` on one line, or nothing where they take more than `most` characters or come in very many pieces."""
    words: list[str] = []
    length = 0
    for piece, text in enumerate(element.itertext()):
        if piece >= _MOST_PIECES:
            return ""
        if plain := " ".join(str(text).replace("\u200b", "").split()):
            words.append(plain)
            length += len(plain) + 1
            if length > most:
                return ""
    return " ".join(words)
