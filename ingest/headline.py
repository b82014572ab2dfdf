"""What stands around a body of unknown make: its title, date and summary; each found by rule, none of them sure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from archive.dates import find_dates, read_date
from archive.numbers import kind_of
from archive.records import ReadDate
from ingest.characters import one_line
from ingest.dress import is_chrome, named_as, short
from ingest.elements import Elements
from ingest.tree import NEVER_SHOWN, Element, events, holds, is_hidden, lines_of, text_of

_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_INLINE = frozenset(("a", "span", "b", "strong", "i", "em", "u", "font", "sup", "sub", "small"))
_MOST_HEADINGS = 200


@dataclass(frozen=True, slots=True)
class Title:
    """A title and where it was found; `element` is None where it stands only in the head."""

    text: str
    rule: str
    confidence: float
    element: Element | None


@dataclass(frozen=True, slots=True)
class Dated:
    """A page's date, the line it stands in, and the rule that found it."""

    date: ReadDate
    raw: str
    rule: str
    confidence: float


def find_title(page: Elements, body: Element | None, site: str = "", but: Collection[Element] = ()) -> Title | None:
    """The title: words on the page that the head confirms, headings first, the only h1, what is called a title, the heading
    before the body's text, a line set apart or that says its subject, then the head's own words. `but`: elements that are none.
    """
    declared = [text for text in (_meta(page, "og:title"), _head_title(page)) if text]
    headings = [
        (tag, text)
        for tag in page.named(*_HEADINGS)[:_MOST_HEADINGS]
        if tag not in but and not _in_chrome(tag) and (text := text_of(tag)) and not _names_site(tag, text, site)
    ]
    menu = _in_menus(page, {text.casefold() for _, text in headings})
    if menu and any(len(text) >= _LEAST_TITLE and text.casefold() not in menu for _, text in headings):
        headings = [entry for entry in headings if entry[1].casefold() not in menu]
    confirmed = [entry for entry in headings if len(entry[1]) >= 8 and any(_holds(whole, entry[1]) for whole in declared)]
    if confirmed:
        tag, text = max(confirmed, key=lambda entry: len(entry[1]))
        return Title(text, "heading-in-title", 0.6, tag)
    if (said := _said_in_head(page, declared, site)) is not None and not _comes_late(said, body):
        return Title(text_of(said), "words-in-title", 0.55, said)
    tops = [entry for entry in headings if entry[0].tag == "h1"]
    if len(tops) == 1 and _NO_TITLE.fullmatch(tops[0][1]) is None:
        return Title(tops[0][1], "only-h1", 0.55, tops[0][0])
    if (classed := _title_by_class(page)) is not None:
        return Title(text_of(classed), "title-class", 0.5, classed)
    if body is not None and (near := _heading_near(page, headings, body)) is not None:
        return Title(near[1], "heading-near-body", 0.45, near[0])
    if (subject := _kind_and_subject(page, declared)) is not None:
        line = _line_like(page, subject, but)
        return Title(text_of(line) if line is not None else subject, "kind-and-subject", 0.45, line)
    own = [bare for text in declared if (bare := _without_site(text, site, page)) and _names_page(page, bare)]
    if not own and body is not None and (line := _set_apart(page, body, but)) is not None:
        return Title(text_of(line), "line-set-apart", 0.4, line)
    for text, rule, confidence in (
        *((text, "head-title", 0.4) for text in declared),
        *((text, "heading", 0.3) for _, text in headings),
    ):
        if bare := _without_site(text, site, page):
            return Title(bare, rule, confidence, None)
    return None


_LEAST_TITLE = 15
_NO_TITLE = re.compile(
    r"(?:tin|nội dung|thông tin)?\s*(?:chi tiết|tin tức|văn bản|thông báo|tin tức sự kiện|trang chủ|home|detail|untitled.*|index)"
    r"(?:\s+(?:tin|bài viết|văn bản|nội dung|thông báo))?\W*",
    re.IGNORECASE,
)
"""What templates call every page."""


def _names_page(page: Elements, text: str) -> bool:
    return _NO_TITLE.fullmatch(text) is None and not _is_site_name(text) and not _in_menus(page, {text.casefold()})


def _in_menus(page: Elements, words: Collection[str]) -> frozenset[str]:
    """Which of `words`, in small letters, links in menus and paths have: they are names of sections."""
    words = frozenset(word for word in words if 2 < len(word) <= _MOST_SECTION)
    found = set[str]()
    for link in page.links[:_MOST_LINKS] if words else ():
        name = " ".join("".join(map(str, islice(link.itertext(), 4))).split()).casefold()
        if name in words and name not in found and _in_menu(link):
            found.add(name)
    return frozenset(found)


_MOST_SECTION = 60
_MOST_LINKS = 600
_MENU = re.compile(r"menu|nav|breadcrumb|crumb|duong-?dan|path", re.IGNORECASE)


def _in_menu(link: Element) -> bool:
    return any(
        outer.tag in ("nav", "menu") or (outer.attrib and _MENU.search(named_as(outer)))
        for outer in islice(link.iterancestors(), 6)
    )


def heading_below(page: Elements, section: Element, body: Element) -> Element | None:
    """The heading between a section's heading and the text, or at the text's head, that reads like an article's; None where
    `section` is no section's heading: no menu or path has its words.
    """
    if not _in_menus(page, {text_of(section).casefold()}):
        return None
    for tag in page.named(*_HEADINGS)[:_MOST_HEADINGS]:
        if page.order[tag] <= page.order[section] or holds(section, tag) or _in_chrome(tag):
            continue
        if page.order[tag] > page.order[body] and not holds(body, tag):
            return None
        text = text_of(tag)
        if len(text) >= _LEAST_TITLE and not read_date(text) and not _in_menus(page, {text.casefold()}):
            return tag
    return None


_APART = re.compile(
    r"font-size\s*:\s*(?:1[6-9]|[2-4]\d)(?:\.\d+)?\s*p[xt]|font-size\s*:\s*(?:x+-)?large|font-weight\s*:\s*(?:bold|[6-9]00)", re.I
)
_LETTERHEAD = re.compile(r"CỘNG H|Độc lập|ĐẢNG CỘNG SẢN|SỐ\s*:|Kính gửi|Nơi nhận", re.IGNORECASE)
_MOST_LINE, _AT_HEAD = 300, 1500


def _set_apart(page: Elements, body: Element, but: Collection[Element]) -> Element | None:
    """The first line before the text or at its head that is set in bold or large, alone in its block; else the line that says
    what a document is about (`V/v …`).
    """
    root = next(iter(page.named("body")), page.root)
    subject: Element | None = None
    passed = 0
    within = False
    for tag in page.named("b", "strong", "font", "span", "p", "div", "center", "td")[:_MOST_TITLES]:
        if passed > _AT_HEAD or (page.order[tag] > page.order[body] and not holds(body, tag)):
            break
        within = within or holds(body, tag)
        if tag in but or tag is root or _in_chrome(tag) or next(tag.iterancestors("a"), None) is not None:
            continue
        line = short(tag, _MOST_LINE)
        if within and tag.tag == "p":
            passed += len(line) or _MOST_LINE
        if not _LEAST_TITLE <= len(line) <= _MOST_LINE or next(tag.iter("a"), None) is not None or _LETTERHEAD.search(line):
            continue
        if (
            _is_set_apart(tag)
            and short(_block_of(tag), _MOST_LINE) == line
            and line.count(". ") == 0
            and not find_dates(line[:12])
        ):
            return tag
        if subject is None and _SUBJECT.match(line) and len(line) >= 20 and tag.tag in ("p", "div", "td", "center"):
            subject = tag
    return subject


def _is_set_apart(tag: Element) -> bool:
    if tag.tag in ("b", "strong"):
        return True
    size = tag.get("size") or ""
    return (tag.tag == "font" and size in ("4", "5", "6", "7", "+1", "+2", "+3")) or _APART.search(
        tag.get("style") or ""
    ) is not None


def _block_of(tag: Element) -> Element:
    while tag.tag in _INLINE and (outer := tag.getparent()) is not None:
        tag = outer
    return tag


_SUBJECT = re.compile(r"(?:v/v|về việc|về)\b", re.IGNORECASE)
_MOST_LINES = 400
_ALIKE = 0.8


def _line_like(page: Elements, subject: str, but: Collection[Element]) -> Element | None:
    """The page's own line that says a document's kind and subject in one, not in capitals."""
    words = set(subject.casefold().split())
    for tag in page.named("span", "div", "p", "td", "strong", "b", "font", "li")[:_MOST_TITLES]:
        if tag in but or _in_chrome(tag) or next(tag.iterancestors("a"), None) is not None:
            continue
        line = short(tag, _MOST_LINE)
        first = line.split(maxsplit=1)[:1]
        if len(line) >= _LEAST_TITLE and first and not first[0].isupper():
            said = set(line.casefold().split())
            if len(words & said) >= _ALIKE * max(len(words), len(said)):
                return tag
    return None


def _kind_and_subject(page: Elements, declared: list[str]) -> str | None:
    """The kind of a document in capitals and the line below it that says what it is about, where the head says something else:
    the page holds the document and no title of its own.
    """
    root = next(iter(page.named("body")), page.root)
    lines = lines_of(root)[:_MOST_LINES]
    for kind, subject in pairwise(lines):
        if kind.isupper() and len(kind) <= 40 and kind_of(kind) is not None and _SUBJECT.match(subject) and len(subject) <= 300:
            words = set(subject.casefold().split())
            said = any(len(words & set(text.casefold().split())) >= len(words) / 2 for text in declared)
            return None if said else f"{kind} {subject}"
    return None


def _names_site(heading: Element, text: str, site: str) -> bool:
    """Whether a heading is the site's own name: by its words, or as a link to the front page."""
    links = list(heading.iter("a")) or list(islice(heading.iterancestors("a"), 1))
    return text.casefold() == site.casefold() or any(_FRONT.fullmatch(link.get("href") or "") for link in links)


_FRONT = re.compile(r"(?:https?://[^/?#]+)?/?(?:(?:index|default|home|trang-?chu)(?:\.\w+)?)?/?", re.IGNORECASE)


_MOST_BEFORE_TITLE = 400


def _comes_late(tag: Element, body: Element | None) -> bool:
    """Whether a line stands deep within the text, as a signature does that is also the site's name."""
    if body is None or not holds(body, tag):
        return False
    passed = 0
    for each in body.iter():
        if each is tag:
            return False
        passed += len(each.text or "") + len(each.tail or "")
        if passed > _MOST_BEFORE_TITLE:
            return True
    return False


def _said_in_head(page: Elements, declared: list[str], site: str) -> Element | None:
    """The innermost element, no heading, whose words are what the head calls the page; of several the last that a date follows:
    the first is often the last step of the path to the page.
    """
    parts = {part.casefold() for text in declared for part in (text, _without_site(text, site)) if len(part) >= 12}
    if not parts:
        return None
    found: list[Element] = []
    for tag in page.named("span", "div", "p", "td", "strong", "b", "font")[:_MOST_TITLES]:
        text = short(tag, 400)
        if len(text) >= 12 and text.casefold() in parts and not _in_chrome(tag) and next(tag.iterancestors("a"), None) is None:
            if found and holds(found[-1], tag):
                found.pop()
            found.append(tag)
    dated = [tag for tag in found if date_after(tag) is not None]
    return next(reversed(dated or found), None)


_MOST_TITLES = 2000
_TITLE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:(?:post|news|article|detail|entry|content|bai-?viet)[_-]*)?(?:title|tieu-?de\w*|headline|lbltitle)(?:$|[\s_-])",
    re.IGNORECASE,
)


def _title_by_class(page: Elements) -> Element | None:
    """The first element that its class or id calls a title, reads like one and leads nowhere: titles in lists are links."""
    for tag in page.named("span", "div", "p", "td", "strong", "b", "font")[:_MOST_TITLES]:
        named = named_as(tag) if tag.attrib else ""
        if len(named) > 1 and _TITLE_CLASS.search(named) and next(tag.iter("a"), None) is None:
            text = text_of(tag)
            linked = next(tag.iterancestors("a"), None) is not None
            if 15 <= len(text) <= 300 and not linked and not _in_chrome(tag) and date_after(tag) is not None:
                return tag
    return None


def _holds(whole: str, part: str) -> bool:
    return part.casefold() in whole.casefold()


def _head_title(page: Elements) -> str:
    return next((text for tag in page.named("title") if (text := one_line(tag.text or ""))), "")


def _meta(page: Elements, name: str) -> str:
    return next((one_line(tag.get("content") or "") for tag in page.named("meta") if tag.get("property") == name), "")


def _in_chrome(tag: Element) -> bool:
    return is_chrome(tag) or any(is_chrome(parent) for parent in tag.iterancestors())


def _heading_near(page: Elements, headings: list[tuple[Element, str]], body: Element) -> tuple[Element, str] | None:
    inside = next((entry for entry in headings if holds(entry[0], body)), None)
    if inside is not None:
        return inside
    above = [entry for entry in headings if page.order[entry[0]] < page.order[body]]
    if above:
        return max(above, key=lambda entry: page.order[entry[0]])
    first = next((entry for entry in headings if holds(body, entry[0]) and _reads_like_title(entry[1])), None)
    head = " ".join(lines_of(body)[:_HEAD_LINES]) if first is not None else ""
    return first if first is not None and 0 <= head.find(first[1]) <= _HEAD_WORDS else None


_HEAD_LINES, _HEAD_WORDS = 8, 150


def _reads_like_title(text: str) -> bool:
    return len(text) >= _LEAST_TITLE and not text.isupper() and not _LETTERHEAD.search(text) and not _SUBJECT.match(text)


_PARTS = re.compile(r"\s+[|»–—-]\s+|\s*\|\s*")
_SITE_NAME = re.compile(
    r"(?:cổng|trang|website|báo|chuyên trang)\s+(?:thông tin|TTĐT|TTDT|tin|điện tử|web|giao tiếp)\b|(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}\Z"
    r"|(?:UBND|HĐND|Ủy ban nhân dân|Uỷ ban nhân dân|Hội đồng nhân dân|Sở|Bộ|Cục|Chi cục|Tổng cục"
    r"|Văn phòng UBND|Công an)\s(?:tỉnh|thành|huyện|quận|thị|xã|phường|[A-ZĐÂĂÊÔƠƯỦ])[^,:;.\d]{2,60}\Z",
)
_CASELESS_SITE = re.compile(_SITE_NAME.pattern.partition("|(?:https")[0], re.IGNORECASE)


def _is_site_name(text: str) -> bool:
    return _SITE_NAME.match(text) is not None or _CASELESS_SITE.match(text) is not None


def _without_site(text: str, site: str, page: Elements | None = None) -> str:
    """A head's title without the site's name at its ends; where nothing tells the site, the longest of its parts."""
    cuts = [(0, 0), *(match.span() for match in _PARTS.finditer(text)), (len(text), len(text))]
    parts = [(before[1], after[0]) for before, after in pairwise(cuts) if text[before[1] : after[0]].strip()]
    sites = {site.casefold(), _meta(page, "og:site_name").casefold() if page is not None else ""}
    kept = list(parts)
    while kept and _is_of_site(text[slice(*kept[-1])], sites):
        kept.pop()
    while kept and _is_of_site(text[slice(*kept[0])], sites):
        kept.pop(0)
    if not kept:
        return ""
    if len(kept) < len(parts) and "|" not in text[kept[0][0] : kept[-1][1]]:
        words = {text[slice(*span)].strip().casefold() for span in kept}
        menu = _in_menus(page, words) if page is not None and len(kept) > 1 else frozenset()
        while len(kept) > 1 and text[slice(*kept[-1])].strip().casefold() in menu:
            kept.pop()
        return text[kept[0][0] : kept[-1][1]].strip()
    return max((text[start:end].strip() for start, end in kept), key=len)


def _is_of_site(part: str, sites: Collection[str]) -> bool:
    part = part.strip()
    return part.casefold() in sites or _is_site_name(part)


_LEAD = re.compile(
    r"(?:^|[\s_-])(?:sapo|\w*summary|lead|hometext|tom-?tat|trich-?yeu|intro|description)(?:$|[\s_-])", re.IGNORECASE
)
_LEAST_LEAD, _MOST_LEAD = 50, 1500
_MOST_ITEMS = 5000


def find_lead(title: Element | None, body: Element) -> Element | None:
    """The summary between title and body: an element that its class calls so, or a long passage before the body begins,
    or the body's first paragraph where it alone is set in bold.
    """
    if title is None:
        return None
    stands_in = holds(body, title)
    for item, within in islice(_after(title), _MOST_ITEMS):
        if (item is body and body is not title) or (stands_in and within is not body and not holds(body, within)):
            break
        if not isinstance(item, str):
            if item.attrib and not is_chrome(item) and _is_lead(item) and not holds(item, body):
                return item
        elif len(item.strip()) >= _LEAST_LEAD:
            return _passage(within, title, body)
    return _bold_opening(body)


def _is_lead(element: Element) -> bool:
    return _LEAD.search(named_as(element)) is not None and _LEAST_LEAD <= len(text_of(element)) <= _MOST_LEAD


def _passage(within: Element, title: Element, body: Element) -> Element | None:
    block = within
    while block.tag in _INLINE and (outer := block.getparent()) is not None:
        block = outer
    if block is title or block is body or is_chrome(block) or holds(block, title) or holds(body, block):
        inside = block is not title and block is not body and not is_chrome(block) and not holds(block, title)
        alone = inside and _bold_share(block) > 0.95 and len(text_of(block)) <= min(_MOST_LEAD, len(text_of(body)) // 2)
        return block if alone else _bold_opening(body) if inside else None
    return block if len(text_of(block)) <= _MOST_LEAD and not holds(block, body) else None


def _bold_opening(body: Element) -> Element | None:
    opening = islice(body.iterdescendants("p", "div", "h2", "h3"), 12)
    paragraphs = [tag for tag in opening if len(text_of(tag)) >= _LEAST_LEAD][:2]
    if len(paragraphs) < 2 or holds(paragraphs[0], paragraphs[1]) or len(text_of(paragraphs[0])) > _MOST_LEAD:
        return None
    first, second = (_bold_share(tag) for tag in paragraphs)
    return paragraphs[0] if first > 0.95 and second < 0.5 else None


def _bold_share(tag: Element) -> float:
    whole = _length(tag)
    bold = sum(
        _length(part) for part in tag.iterdescendants("b", "strong") if next(part.iterancestors("b", "strong"), None) is None
    )
    return bold / whole if whole else 0.0


def _length(tag: Element) -> int:
    return sum(len("".join(text.split())) for text in map(str, tag.itertext()))


def find_date(page: Elements, title: Element, body: Element | None) -> Dated | None:
    """The page's date: in the short lines after the title, alone above it, with its label below the body, or as the page tells
    machines.
    """
    near = date_after(title)
    if near is not None and near.close:
        return Dated(near.date, near.raw, "date-after-title", 0.55)
    if (above := _date_above(title)) is not None:
        return Dated(above[0], above[1], "date-above-title", 0.5)
    if near is not None and _POSTED.search(near.raw):
        return Dated(near.date, near.raw, "date-after-title", 0.5)
    if body is not None and (below := _date_below(body)) is not None:
        return Dated(below[0], below[1], "date-below-body", 0.5)
    if (told := _date_told(page)) is not None:
        return Dated(told, told.raw, "date-for-machines", 0.45)
    return None


_CLOCK = re.compile(r"clock|dong-?ho|today|hom-?nay|now|current|header|banner|top", re.IGNORECASE)
_LABELS = re.compile(
    r"(?:ngày|thời gian|cập nhật|đăng(?: tin| tải| lúc| ngày)?|tạo|xuất bản|đưa tin|lúc|vào|posted|published|on|gmt|[\W\d_])+",
    re.IGNORECASE,
)
_POSTED = re.compile(r"(?:đăng|cập nhật|xuất bản|đưa tin|đăng tải|posted|published)\b", re.IGNORECASE)


def _date_above(title: Element) -> tuple[ReadDate, str] | None:
    """The date in a line of its own just above the title, in the title's own part of the page; never the clock of the site."""
    current = title
    for _ in range(3):
        outer = current.getparent()
        if outer is None or outer.tag in ("body", "html") or _CLOCK.search(named_as(outer)):
            return None
        for before in islice(current.itersiblings(preceding=True), 3):
            if is_chrome(before) or _CLOCK.search(named_as(before)) or before.tag in _HEADINGS:
                return None
            line = short(before, 80)
            dates = [found.date for found in find_dates(line) if found.date.precision in ("day", "minute")]
            if len(dates) == 1 and _LABELS.fullmatch(line.replace(dates[0].raw, " ") or " "):
                return dates[0], line
        current = outer
    return None


def _date_below(body: Element) -> tuple[ReadDate, str] | None:
    """The date that a label calls the day of publication, in the lines after the body."""
    for line, _ in zip(_lines_after(body), range(8), strict=False):
        if len(line) <= 120 and _POSTED.search(line):
            for found in find_dates(line):
                if found.date.precision in ("day", "minute"):
                    return found.date, line
    return None


def _lines_after(element: Element) -> Iterator[str]:
    for item, _ in _after(element):
        if isinstance(item, str) and (line := one_line(item)):
            yield line


_MACHINE_DATES = (
    'meta[property="article:published_time"]',
    'meta[itemprop="datePublished"]',
    'meta[name="pubdate"], meta[name="publishdate"], meta[name="publish-date"], meta[name="date"]',
    '[itemprop="datePublished"]',
    "time[datetime]",
)
_LINKED_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


def _date_told(page: Elements) -> ReadDate | None:
    for selector in _MACHINE_DATES:
        for element in page.select(selector)[:3]:
            told = element.get("content") or element.get("datetime") or ""
            if not _in_chrome(element) and (value := read_date(told)) is not None:
                return value
    for script in page.select('script[type="application/ld+json"]')[:5]:
        if (match := _LINKED_DATA.search(script.text or "")) and (value := read_date(match[1])) is not None:
            return value
    return None


@dataclass(frozen=True, slots=True)
class _Near:
    date: ReadDate
    raw: str
    close: bool
    """Whether only short lines stand between."""


def date_after(element: Element, limit: int = 500) -> _Near | None:
    """The date in the short lines that follow `element`, a title, with the line it stands in; the text proper ends the search."""
    passed = 0
    close = True
    for line in _lines_after(element):
        if len(line) >= 120:
            return None
        for found in find_dates(line):
            # A month stands for the page's date only where its day was left blank; a bare one is what the text speaks of.
            if found.date.precision in ("day", "minute") or found.date.raw.lower().startswith("ngày"):
                return _Near(found.date, line, close)
        close = close and len(line) < _TEXT_LINE
        passed += len(line)
        if passed > limit:
            return None
    return None


_TEXT_LINE = 70
"""A line of so many characters may be the text's."""


def _after(element: Element) -> Iterator[tuple[Element | str, Element]]:
    """The elements and texts that follow `element` on its page, each with the element that it stands in."""
    current: Element | None = element
    while current is not None:
        outer = current.getparent()
        if current.tail and outer is not None:
            yield current.tail, outer
        beside = current.getnext()
        if beside is None:
            current = outer
            continue
        current = beside
        if beside.tag in NEVER_SHOWN or is_hidden(beside):
            continue
        yield beside, beside
        path = [beside]
        for item, opens in events(beside):
            if isinstance(item, str):
                yield item, path[-1]
            elif opens:
                yield item, item
                path.append(item)
            else:
                path.pop()
