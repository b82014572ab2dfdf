"""A page of unknown make: which part of it is the announcement, judged by where the text is that is not links.

Everything read so is unsure, and a side bar never stands in for a body that a script would have drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from archive.dates import find_dates
from archive.records import ReadDate
from ingest.characters import one_line
from ingest.dress import is_chrome, named_as
from ingest.elements import Elements
from ingest.tree import NEVER_SHOWN, Element, events, holds, is_hidden, text_of

_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_TEXT_NAMES = "p a span b strong i em u font li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre figure label small sup sub"
_NEVER_BODY = frozenset(_TEXT_NAMES.split())
_INLINE = frozenset(("a", "span", "b", "strong", "i", "em", "u", "font", "sup", "sub", "small"))
_TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr"})
_SHARE = 0.8
_LONG = 20
_LEAST_TEXT = 60
_MOST_HEADINGS = 200


@dataclass(frozen=True, slots=True)
class Title:
    """A title and where it was found; `element` is None where it stands only in the head."""

    text: str
    rule: str
    confidence: float
    element: Element | None


def find_body(page: Elements, after: Element | None = None) -> Element | None:
    """The element that holds the announcement: the smallest one with four fifths of the text that is not links; None where
    nothing on the page reads like text. `after`: only what follows this element, the title, counts.
    """
    root = next(iter(page.named("body")), page.root)
    scores = _scores(root, after)
    if scores.get(root, 0.0) < _LEAST_TEXT:
        return None
    current = root
    while True:
        children = [child for child in current if child.tag not in _NEVER_BODY]
        best = max(children, key=lambda child: scores.get(child, 0.0), default=None)
        if best is None or scores.get(best, 0.0) < _SHARE * scores[current]:
            break
        current = best
    while current.tag in _TABLE_PARTS and current is not root:
        parent = current.getparent()
        if parent is None:
            break
        current = parent
    return current


def _scores(root: Element, after: Element | None) -> dict[Element, float]:
    """How much readable text each element within `root` holds, links counted against it."""
    own: dict[Element, float] = {root: 0.0}
    totals: dict[Element, float] = {root: 0.0}
    counts = after is None
    linked = 0
    path: list[Element] = [root]
    walk = etree.iterwalk(root, events=("start", "end"))
    dead: Element | None = None
    for action, element in walk:
        if action == "start":
            if element is after:
                counts = True
            if element is not root:
                if element is after or element.tag in NEVER_SHOWN or is_chrome(element) or is_hidden(element):
                    dead = element
                    walk.skip_subtree()
                    continue
                path.append(element)
                own[element] = totals[element] = 0.0
                linked += element.tag == "a"
            if counts and element.text:
                own[element] += _weight(element.text, linked)
        else:
            if element is dead:
                dead = None
            elif element is not root:
                path.pop()
                linked -= element.tag == "a"
                outer = path[-1]
                if element.tag in _INLINE:
                    # Links within a block weigh on its own words only, not on the blocks beside them.
                    own[outer] += own[element]
                else:
                    totals[element] += max(0.0, own[element])
                totals[outer] += totals[element]
            if element is not root and counts and element.tail:
                own[path[-1]] += _weight(element.tail, linked)
    totals[root] += max(0.0, own[root])
    return totals


def _weight(text: str, linked: int) -> float:
    length = len(text.strip())
    return -0.5 * length if linked else length if length >= _LONG else 0.3 * length


def find_title(page: Elements, body: Element | None, site: str = "") -> Title | None:
    """The title: a heading that the head confirms, the only h1, the heading before the body's text, then the head's own words."""
    declared = [text for text in (_meta(page, "og:title"), _head_title(page)) if text]
    headings = [(tag, text) for tag in page.named(*_HEADINGS)[:_MOST_HEADINGS] if not _in_chrome(tag) and (text := text_of(tag))]
    confirmed = [
        entry
        for entry in headings
        if len(entry[1]) >= 8 and entry[1] != site and any(_holds(whole, entry[1]) for whole in declared)
    ]
    if confirmed:
        tag, text = max(confirmed, key=lambda entry: len(entry[1]))
        return Title(text, "heading-in-title", 0.6, tag)
    tops = [entry for entry in headings if entry[0].tag == "h1" and entry[1].casefold() != site.casefold()]
    if len(tops) == 1:
        return Title(tops[0][1], "only-h1", 0.55, tops[0][0])
    if (classed := _title_by_class(page)) is not None:
        return Title(text_of(classed), "title-class", 0.5, classed)
    if body is not None and (near := _heading_near(page, headings, body)) is not None:
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


def _title_by_class(page: Elements) -> Element | None:
    """The first element that its class or id calls a title, reads like one and leads nowhere: titles in lists are links."""
    for tag in page.named("span", "div", "p", "td", "strong", "b", "font")[:2000]:
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
    return max(
        (entry for entry in headings if page.order[entry[0]] < page.order[body]), key=lambda e: page.order[e[0]], default=None
    )


def _without_site(text: str, site: str) -> str:
    parts = [part.strip() for part in re.split(r"\s+[|»–—-]\s+|\s*\|\s*", text) if part.strip()]
    kept = [
        part
        for part in parts
        if part.casefold() != site.casefold() and not re.match(r"(?:cổng|trang) (?:thông tin|TTĐT)", part, re.I)
    ]
    return max(kept, key=len, default="")


def before(element: Element, body: Element) -> list[Element]:
    """The elements within `body` that end before `element` starts."""
    found: list[Element] = []
    current: Element | None = element
    while current is not None and current is not body:
        found += current.itersiblings(preceding=True)
        current = current.getparent()
    return found


_LEAD = re.compile(
    r"(?:^|[\s_-])(?:sapo|\w*summary|lead|hometext|tom-?tat|trich-?yeu|intro|description)(?:$|[\s_-])", re.IGNORECASE
)
_LEAST_LEAD, _MOST_LEAD = 50, 1500


def find_lead(title: Element | None, body: Element) -> Element | None:
    """The summary between title and body: an element that its class calls so, or a long passage before the body begins,
    or the body's first paragraph where it alone is set in bold.
    """
    if title is None:
        return None
    for item, within in _after(title):
        if item is body and body is not title:
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


def date_after(element: Element, limit: int = 500) -> tuple[ReadDate, str] | None:
    """The date in the short lines that follow `element`, a title, with the line it stands in; the text proper ends the search."""
    passed = 0
    for item, _ in _after(element):
        line = one_line(item) if isinstance(item, str) else ""
        if not line:
            continue
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
