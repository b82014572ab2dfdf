"""A page of unknown make: which part of it is the announcement, judged by where the text is that is not links.

Everything read so is unsure, and a side bar never stands in for a body that a script would have drawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lxml import etree

from ingest.dress import is_chrome, named_as
from ingest.elements import Elements
from ingest.file_links import leads_to_file
from ingest.tree import NEVER_SHOWN, Element, is_hidden, text_of

_TEXT_NAMES = "p a span b strong i em u font li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre figure label small sup sub"
_NEVER_BODY = frozenset(_TEXT_NAMES.split())
_INLINE = frozenset(("a", "span", "b", "strong", "i", "em", "u", "font", "sup", "sub", "small"))
_TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr"})
_SHARE = 0.8
_PARAGRAPHS = frozenset(("p", "ul", "ol", "blockquote"))
_LEAST_AFTER = 40
_LONG = 20
_LEAST_TEXT, _LEAST_UNDER_TITLE = 60, 15
"""So much has to read like text: on a page at large, and under a title that stands on it."""
_FILE = 25
"""What a link to a file weighs: an announcement may be nothing but its files."""
_COLUMN = re.compile(
    r"(?:^|[\s_-])(?:\w*(?:left|right|center|centre|column|cot|trai|phai|giua)\w*|col|span\d+|grid_\d+)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"(?:^|[\s_-])\w*(?:left|right|trai|phai)\w*(?:$|[\s_-])", re.IGNORECASE)
_WHOLE_WIDTH = re.compile(r"(?:^|\s)(?:col-(?:\w+-)?12|span12|w-100)(?:$|\s)", re.IGNORECASE)
_DRAWN_IN = re.compile(
    r"(?:^|[\s_-])(?:app|root|__next|vue|main|content\w*|article\w*|detail\w*|body|noi-?dung\w*|chi-?tiet\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ABOUT = 0.25
_WORD = re.compile(r"[^\W\d_]{2,}")


def find_body(page: Elements, after: Element | None = None) -> Element | None:
    """The element that holds the announcement: the smallest one with four fifths of the text that is not links; None where
    nothing on the page reads like text. `after`: only what follows this element, the title, counts, and columns beside it do
    not.
    """
    root = next(iter(page.named("body")), page.root)
    scores = _scores(root, after)
    if after is not None and (beside := list(_columns_beside(after, scores))):
        scores = _scores(root, after, beside)
    if scores.get(root, 0.0) < (_LEAST_TEXT if after is None else _LEAST_UNDER_TITLE):
        return None
    current = root
    while True:
        children = [child for child in current if child.tag not in _NEVER_BODY]
        best = max(children, key=lambda child: scores.get(child, 0.0), default=None)
        if best is None or scores.get(best, 0.0) < _SHARE * scores[current] or _goes_on_after(best, scores):
            break
        current = best
    while current.tag in _TABLE_PARTS and current is not root:
        parent = current.getparent()
        if parent is None:
            break
        current = parent
    return current


def _goes_on_after(part: Element, scores: dict[Element, float]) -> bool:
    """Whether the text goes on in paragraphs beside `part`, the greater part of it: then both stand in what holds the text."""
    outer = part.getparent()
    if outer is None or outer.tag in ("body", "html", *_TABLE_PARTS):
        return False
    return any(other.tag in _PARAGRAPHS and scores.get(other, 0.0) >= _LEAST_AFTER for other in part.itersiblings())


def is_drawn_by_script(page: Elements, title: str, body: Element) -> bool:
    """Whether what was found is not what the page is about: its scripts have an empty place to draw in, or its title stands
    nowhere on it, and hardly a word of the title is in the text.
    """
    if not page.named("script"):
        return False
    words = set(_words(title))
    return bool(words) and len(words & set(_words(text_of(body)))) < _ABOUT * len(words)


def has_empty_place(page: Elements) -> bool:
    """Whether something that calls itself the content is empty: a script would fill it."""
    places = page.named("div", "section", "article", "main", "span")
    return any(
        element.attrib
        and _DRAWN_IN.search(named_as(element))
        and all(child.tag in NEVER_SHOWN for child in element)
        and not "".join(map(str, element.itertext())).strip()
        for element in places
    )


def _words(text: str) -> Iterator[str]:
    return (word.casefold() for word in _WORD.findall(text))


def _columns_beside(title: Element, scores: dict[Element, float]) -> Iterator[Element]:
    """The columns beside the one that `title` stands in, where that one holds text: by cells of one row, or by what they are
    called.
    """
    for column in (title, *title.iterancestors()):
        outer, held = column.getparent(), scores.get(column, 0.0)
        if outer is None or column.tag == "body":
            return
        if held < _LEAST_UNDER_TITLE or not _is_column(column):
            continue
        for other in outer:
            if other is not column and _is_column(other):
                aside = _BESIDE.search(named_as(other)) is not None
                if aside or scores.get(other, 0.0) <= held:
                    yield other


def _is_column(element: Element) -> bool:
    if element.tag == "td":
        return True
    named = named_as(element)
    return _COLUMN.search(named) is not None and _WHOLE_WIDTH.search(named) is None


def _scores(root: Element, after: Element | None, beside: Collection[Element] = ()) -> dict[Element, float]:
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
                if (
                    element is after
                    or element.tag in NEVER_SHOWN
                    or element in beside
                    or is_chrome(element)
                    or is_hidden(element)
                ):
                    dead = element
                    walk.skip_subtree()
                    continue
                path.append(element)
                own[element] = totals[element] = 0.0
                if element.tag == "a" and leads_to_file(element):
                    own[element] = _FILE if counts else 0.0
                else:
                    linked += element.tag == "a"
            if counts and element.text:
                own[element] += _weight(element.text, linked)
        else:
            if element is dead:
                dead = None
            elif element is not root:
                path.pop()
                linked -= element.tag == "a" and not leads_to_file(element)
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


_FOOTING = re.compile(
    r"bản quyền|copyright|©|giấy phép (?:số|thiết lập|hoạt động)|ghi rõ nguồn|người chịu trách nhiệm|đơn vị chủ quản|truy cập",
    re.IGNORECASE,
)
"""What foots a page and is hardly ever said in an announcement."""


def _weight(text: str, linked: int) -> float:
    length = 0 if _FOOTING.search(text) else len(text.strip())
    return -0.5 * length if linked else length if length >= _LONG else 0.3 * length


def before(element: Element, body: Element) -> list[Element]:
    """The elements within `body` that end before `element` starts."""
    found: list[Element] = []
    current: Element | None = element
    while current is not None and current is not body:
        found += current.itersiblings(preceding=True)
        current = current.getparent()
    return found
