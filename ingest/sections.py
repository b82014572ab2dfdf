"""The section of its portal that a page stands in: the last step of the path that leads to it, or the heading over the article.

Neither the front page nor the page itself is a section, nor is what a module calls itself (`Chi tiết`, `Nội dung`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from archive.dates import find_dates
from ingest.dress import is_chrome, named_as, short
from ingest.elements import Elements
from ingest.file_links import leads_to_file
from ingest.tree import HEADINGS, Element, lines_of, text_of

_CRUMBS = re.compile(
    r"(?:^|[\s_-])(?:\w*breadcrumbs?\w*|crumbs?|duong-?dan|navpath|path(?:way)?|sitemappath|site-?path|you-?are-?here)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s*[»›>→|\\]+\s*|\s+/+\s+|\A\s*/+|/+\s*\Z")
_LONG_STEP, _MOST_PLACES, _MOST_STEP = 25, 3000, 80
_FRONT = re.compile(
    r"(?:trang (?:chủ|nhất|đầu)|home(?: ?page)?|tin tức sự kiện trang chủ|(?:bạn )?đang (?:ở|xem)(?: đây)?|you are here"
    r"|(?:xem )?chi tiết(?: (?:tin|bài viết|văn bản|nội dung))?|nội dung(?: chi tiết)?|bài viết|detail)\s*:?",
    re.IGNORECASE,
)
_SITE = re.compile(r"(?:cổng|trang)\s+(?:thông tin|tin|TTĐT|TTDT|dịch vụ công)(?:\s+điện tử)?\b", re.IGNORECASE)
_CALLED = re.compile(
    r"(?:^|[\s_-])(?:\w*title\w*|\w*heading\w*|caption|\w*tieu-?de\w*|\w*chuyen-?muc\w*|\w*danh-?muc\w*|\w*categor\w*|cat\w*"
    r"|\w*section\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MOST_UP, _MOST_BEFORE = 7, 3


@dataclass(frozen=True, slots=True)
class Section:
    """A section's name, the words it was read from, and the rule that found it."""

    name: str
    raw: str
    rule: str


def find_category(page: Elements, title: str, site: str = "") -> Section | None:
    """The last step of the path to the page that is neither its front nor the page itself."""
    for element in page.named("nav", "div", "ul", "ol", "p", "span", "td", "section", "center", "font")[:_MOST_PLACES]:
        if not ((element.attrib and _CRUMBS.search(named_as(element))) or _is_path(element)):
            continue
        line = text_of(element)
        named = [step for step in _steps(element, line) if is_step(step, title, site)]
        if named and len(line) < 400:
            return Section(named[-1], line, "path-to-page")
    return None


def _steps(element: Element, line: str) -> list[str]:
    """The steps of a path: its lines parted by arrows; where that parts nothing, its links and what follows them."""
    lines = lines_of(element)
    if lines and len(whole := parted(lines[0])) > 1 and _FRONT.fullmatch(whole[0]):
        return whole
    steps = [step for each in lines for step in parted(each)]
    if len(steps) > 1:
        return steps
    links = [text_of(link) for link in element.iter("a")]
    return [step for each in links for step in parted(each)] or parted(line)


def parted(line: str) -> list[str]:
    """The steps of a path that stands in one line."""
    return [step for step in (each.strip(" /»›>|") for each in _ARROW.split(line)) if step]


def is_front(step: str) -> bool:
    """Whether a step of a path is the site's front."""
    return _FRONT.fullmatch(step) is not None


def is_step(step: str, title: str, site: str = "") -> bool:
    """Whether a step of a path names a category; the last one may be the page's title, whole or cut short."""
    bare, whole = step.rstrip(" .…").casefold(), title.casefold()
    cut_short = whole.startswith(bare) and (len(bare) >= _LONG_STEP or len(bare) < len(step))
    if not 1 < len(step) <= _MOST_STEP or bare == whole or cut_short or not any(map(str.isalpha, step)):
        return False
    return _FRONT.fullmatch(step) is None and not (site and bare == site.casefold()) and _SITE.match(step) is None


def _is_path(element: Element) -> bool:
    """A line that leads from the front page on by arrows."""
    if element.tag not in ("div", "p", "td", "span", "center", "font"):
        return False
    first = next((words for piece in islice(element.itertext(), 6) if (words := str(piece).strip())), "")
    if _FRONT.match(first) is None or not (line := short(element, 200)):
        return False
    steps = parted(line)
    return len(steps) > 1 and _FRONT.fullmatch(steps[0]) is not None and len(list(element.iter("a"))) <= 6


def heading_above(title: Element, words: str, site: str = "") -> Section | None:
    """The heading that stands right over an article in its own part of the page: a short line that is a heading or calls itself
    one, not the site's name, nor a day.
    """
    current = title
    for _ in range(_MOST_UP):
        outer = current.getparent()
        if outer is None or outer.tag in ("body", "html"):
            return None
        for before in islice(current.itersiblings(preceding=True), _MOST_BEFORE):
            if (line := short(before, _MOST_STEP + 20)) and not is_chrome(before):
                return Section(line, line, "heading-above") if _is_heading(before, line, words, site) else None
        current = outer
    return None


def _is_heading(element: Element, line: str, title: str, site: str) -> bool:
    inner = (element, *islice(element.iterdescendants(), 8))
    called = any(part.tag in HEADINGS or (part.attrib and _CALLED.search(named_as(part))) for part in inner)
    links = [link for part in inner if part.tag == "a" for link in (part,)]
    plain = len(links) <= 1 and not any(leads_to_file(link) for link in links) and len(parted(line)) == 1
    return (
        called
        and plain
        and is_step(line, title, site)
        and len(line.split()) <= 12
        and not find_dates(line)
        and line[-1:] not in ".:;"
    )
