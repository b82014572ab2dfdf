"""A page of unknown make: which part of it is the announcement, judged by where the text is that is not links.

Everything read so is unsure, and a side bar never stands in for a body that a script would have drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from archive.dates import find_dates
from archive.records import ReadDate
from ingest.clean import NEVER_SHOWN, one_line, text_of

_CHROME_TAGS = frozenset({"nav", "footer", "aside", "menu"})
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|foot\w*|sidebar\w*|breadcrumb\w*|banner\w*|aside|slider\w*|search\w*|login|share\w*|social\w*"
    r"|related\w*|lienquan|lien-quan|tin-khac|tinkhac|comment\w*|binh-luan|rating\w*|tags?|pagination|pager|copyright|toolbar\w*"
    r"|weblink\w*|counter|thong-ke|quangcao|qc)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_TEXT_NAMES = "p a span b strong i em u font li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre figure label small sup sub"
_NEVER_BODY = frozenset(_TEXT_NAMES.split())
_INLINE = frozenset(("a", "span", "b", "strong", "i", "em", "u", "font", "sup", "sub", "small"))
_TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr"})
_SHARE = 0.8
_LONG = 20
_LEAST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Title:
    """A title and where it was found; `element` is None where it stands only in the head."""

    text: str
    rule: str
    confidence: float
    element: Tag | None


def find_body(soup: BeautifulSoup, after: Tag | None = None) -> Tag | None:
    """The element that holds the announcement: the smallest one with four fifths of the text that is not links; None where
    nothing on the page reads like text. `after`: only what follows this element, the title, counts.
    """
    root = soup.body or soup
    scores = _scores(root, after)
    if scores.get(id(root), 0.0) < _LEAST_TEXT:
        return None
    current: Tag = root
    while True:
        children = [child for child in current.children if isinstance(child, Tag) and child.name not in _NEVER_BODY]
        best = max(children, key=lambda child: scores.get(id(child), 0.0), default=None)
        if best is None or scores.get(id(best), 0.0) < _SHARE * scores[id(current)]:
            break
        current = best
    while current.name in _TABLE_PARTS and current.parent is not None and current is not root:
        current = current.parent
    return current


def is_chrome(tag: Tag) -> bool:
    """Whether `tag` is part of the site's dress (menus, footers, share bars) by its name, class or id."""
    if tag.name in _CHROME_TAGS:
        return True
    if tag.name in ("body", "html", "main", "article") or not tag.attrs:
        return False
    named = f"{_joined(tag.get('class'))} {tag.get('id') or ''}"
    return len(named) > 1 and _CHROME.search(named) is not None


def _joined(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _scores(root: Tag, after: Tag | None) -> dict[int, float]:
    """How much readable text each element within `root` holds, links counted against it."""
    scores: dict[int, float] = {id(root): 0.0}
    order: list[Tag] = [root]
    dead: set[int] = set()
    linked: set[int] = set()
    counts = after is None
    for node in root.descendants:
        parent = id(node.parent)
        if node is after:
            counts = True
            dead.add(id(node))
        elif isinstance(node, Tag):
            if parent in dead or node.name in NEVER_SHOWN or is_chrome(node):
                dead.add(id(node))
                continue
            if parent in linked or node.name == "a":
                linked.add(id(node))
            scores[id(node)] = 0.0
            order.append(node)
        elif counts and isinstance(node, NavigableString) and not isinstance(node, PreformattedString) and parent not in dead:
            length = len(node.strip())
            scores[parent] += -0.5 * length if parent in linked else length if length >= _LONG else 0.3 * length
    totals = dict.fromkeys(scores, 0.0)
    for tag in reversed(order):
        key, parent = id(tag), id(tag.parent)
        if tag.name in _INLINE and tag is not root:
            # Links within a block weigh on its own words only, not on the blocks beside them.
            scores[parent] = scores.get(parent, 0.0) + scores[key]
            if parent in totals:
                totals[parent] += totals[key]
        else:
            totals[key] += max(0.0, scores[key])
            if parent in totals and tag is not root:
                totals[parent] += totals[key]
    return totals


def find_title(soup: BeautifulSoup, body: Tag | None, site: str = "") -> Title | None:
    """The title: a heading that the head confirms, the only h1, the heading before the body's text, then the head's own words."""
    declared = [text for text in (_meta(soup, "og:title"), _head_title(soup)) if text]
    headings = [(tag, text) for tag in soup.find_all(_HEADINGS, limit=200) if not _in_chrome(tag) and (text := text_of(tag))]
    confirmed = [
        entry
        for entry in headings
        if len(entry[1]) >= 8 and entry[1] != site and any(_holds(whole, entry[1]) for whole in declared)
    ]
    if confirmed:
        tag, text = max(confirmed, key=lambda entry: len(entry[1]))
        return Title(text, "heading-in-title", 0.6, tag)
    tops = [entry for entry in headings if entry[0].name == "h1" and entry[1].casefold() != site.casefold()]
    if len(tops) == 1:
        return Title(tops[0][1], "only-h1", 0.55, tops[0][0])
    if (classed := _title_by_class(soup)) is not None:
        return Title(text_of(classed), "title-class", 0.5, classed)
    if body is not None and (near := _heading_near(headings, body)) is not None:
        return Title(near[1], "heading-near-body", 0.45, near[0])
    for text, rule, confidence in (
        *((text, "head-title", 0.4) for text in declared),
        *((text, "heading", 0.3) for _, text in headings),
    ):
        if bare := _without_site(text, site):
            return Title(bare, rule, confidence, None)
    return None


_TITLE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:(?:post|news|article|detail|entry|content|bai-?viet)[_-]*)?(?:title|tieu-?de\w*|headline|lbltitle)(?:$|[\s_-])",
    re.IGNORECASE,
)


def _title_by_class(soup: BeautifulSoup) -> Tag | None:
    """The first element that its class or id calls a title, reads like one and leads nowhere: titles in lists are links."""
    tags: list[Tag] = soup.find_all(("span", "div", "p", "td", "strong", "b", "font"), limit=2000)
    for tag in tags:
        named = f"{_joined(tag.get('class'))} {tag.get('id') or ''}" if tag.attrs else ""
        if len(named) > 1 and _TITLE_CLASS.search(named) and tag.find("a") is None and tag.find_parent("a") is None:
            text = text_of(tag)
            if 15 <= len(text) <= 300 and not _in_chrome(tag) and date_after(tag) is not None:
                return tag
    return None


def _holds(whole: str, part: str) -> bool:
    return part.casefold() in whole.casefold()


def _head_title(soup: BeautifulSoup) -> str:
    tag = soup.title
    return one_line(tag.get_text()) if tag is not None else ""


def _meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.find("meta", attrs={"property": name})
    return one_line(str(tag.get("content") or "")) if isinstance(tag, Tag) else ""


def _in_chrome(tag: Tag) -> bool:
    return is_chrome(tag) or any(is_chrome(parent) for parent in tag.parents)


def _heading_near(headings: list[tuple[Tag, str]], body: Tag) -> tuple[Tag, str] | None:
    inside = next((entry for entry in headings if body in entry[0].parents), None)
    if inside is not None:
        return inside
    last = None
    marked = {id(tag): (tag, text) for tag, text in headings}
    for element in body.previous_elements:
        if id(element) in marked:
            last = marked[id(element)]
            break
    return last


def _without_site(text: str, site: str) -> str:
    parts = [part.strip() for part in re.split(r"\s+[|»–—-]\s+|\s*\|\s*", text) if part.strip()]
    kept = [
        part
        for part in parts
        if part.casefold() != site.casefold() and not re.match(r"(?:cổng|trang) (?:thông tin|TTĐT)", part, re.I)
    ]
    return max(kept, key=len, default="")


def before(element: Tag, body: Tag) -> list[Tag]:
    """The elements within `body` that end before `element` starts."""
    found: list[Tag] = []
    current: Tag | None = element
    while current is not None and current is not body:
        found += [node for node in current.previous_siblings if isinstance(node, Tag)]
        current = current.parent
    return found


_LEAD = re.compile(
    r"(?:^|[\s_-])(?:sapo|\w*summary|lead|hometext|tom-?tat|trich-?yeu|intro|description)(?:$|[\s_-])", re.IGNORECASE
)
_LEAST_LEAD, _MOST_LEAD = 50, 1500


def find_lead(title: Tag | None, body: Tag) -> Tag | None:
    """The summary between title and body: an element that its class calls so, or a long passage before the body begins,
    or the body's first paragraph where it alone is set in bold.
    """
    if title is None:
        return None
    inside = {id(node) for node in title.descendants}
    for node in title.next_elements:
        if id(node) in inside:
            continue
        if node is body and body is not title:
            break
        if isinstance(node, Tag) and node.attrs and not is_chrome(node):
            named = f"{_joined(node.get('class'))} {node.get('id') or ''}"
            if _LEAD.search(named) and body not in node.descendants and _LEAST_LEAD <= len(text_of(node)) <= _MOST_LEAD:
                return node
        if isinstance(node, NavigableString) and len(node.strip()) >= _LEAST_LEAD and not isinstance(node, PreformattedString):
            return _passage(node, title, body)
    return _bold_opening(body)


def _passage(text: NavigableString, title: Tag, body: Tag) -> Tag | None:
    block: Tag | None = text.parent
    while block is not None and block.name in _INLINE and block.parent is not None:
        block = block.parent
    if block is None or block in title.parents or block is title or is_chrome(block) or block in body.parents or block is body:
        return None
    if body in block.parents:
        alone = _bold_share(block) > 0.95 and len(text_of(block)) <= min(_MOST_LEAD, len(text_of(body)) // 2)
        return block if alone else _bold_opening(body)
    return block if len(text_of(block)) <= _MOST_LEAD else None


def _bold_opening(body: Tag) -> Tag | None:
    paragraphs = [tag for tag in body.find_all(("p", "div", "h2", "h3"), limit=12) if len(text_of(tag)) >= _LEAST_LEAD][:2]
    if len(paragraphs) < 2 or paragraphs[0] in paragraphs[1].parents or len(text_of(paragraphs[0])) > _MOST_LEAD:
        return None
    first, second = (_bold_share(tag) for tag in paragraphs)
    return paragraphs[0] if first > 0.95 and second < 0.5 else None


def _bold_share(tag: Tag) -> float:
    whole = len("".join(tag.get_text().split()))
    bold = sum(
        len("".join(part.get_text().split()))
        for part in tag.find_all(("b", "strong"))
        if part.find_parent(("b", "strong")) is None
    )
    return bold / whole if whole else 0.0


def date_after(element: Tag, limit: int = 500) -> tuple[ReadDate, str] | None:
    """The date in the short lines that follow `element`, a title, with the line it stands in; the text proper ends the search."""
    passed = 0
    for line in _strings_after(element):
        if len(line) >= 120:
            return None
        for found in find_dates(line):
            # A month stands for the page's date only where its day was left blank; a bare one is what the text speaks of.
            if found.date.precision in ("day", "minute") or found.date.raw.lower().startswith("ngày"):
                return found.date, line
        passed += len(line)
        if passed > limit:
            return None
    return None


def _strings_after(element: Tag) -> Iterator[str]:
    inside = {id(node) for node in element.descendants}
    for node in element.next_elements:
        if (
            isinstance(node, NavigableString)
            and not isinstance(node, PreformattedString)
            and id(node) not in inside
            and (node.parent is None or node.parent.name not in NEVER_SHOWN)
            and (line := one_line(node))
        ):
            yield line
