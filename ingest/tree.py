"""A page's markup as an lxml tree of bounded size and depth, and the walks over it.

libxml2 builds the tree of a live portal's page in a millisecond, bs4 in fifteen, so the reader stays on lxml throughout. Walks
are iterative, whatever the depth.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from lxml import etree

from ingest.characters import one_line

Element: TypeAlias = etree._Element

_UNSHOWN = """
    script style noscript iframe frame frameset object embed applet svg math template head title meta link base select option
    button input textarea datalist canvas audio video source track map area param noframes noembed xml
"""
NEVER_SHOWN = frozenset(_UNSHOWN.split())
"""Elements whose content is no text of the page."""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCK_NAMES = """
    address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form
    header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
BREAKING = frozenset(_BLOCK_NAMES.split()) | frozenset(HEADINGS)
"""Elements that begin a line of their own."""

MAX_TAGS = 400_000
MAX_DEPTH = 400
_LONG_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,40})([^<>]{4096,})>")
_ATTRIBUTE = re.compile(r"""\s[\w:-]{1,60}(?:\s*=\s*(?:"[^"]{0,2000}"|'[^']{0,2000}'|[^\s"'>]{1,2000}))?""")
_MOST_ATTRIBUTES = 60
_SUBSET = re.compile(r"(<!DOCTYPE[^\[<>]{0,400})\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)
_OWN_END = "p li td th tr dt dd option br hr img input meta link base col area param source wbr"
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,40})[^<>]*>")
_CLOSED_ANYWAY = frozenset(_OWN_END.split())
_INLINE_DRESS = re.compile(r"</?(?:font|span|b|i|u|s|em|strong|small|big|o:p|st1:\w+|label)\b[^<>]*>", re.IGNORECASE)


def grow(markup: str) -> tuple[Element, bool]:
    """The tree of `markup`, without comments, and whether it is whole: of a page with absurdly many or deeply nested tags some
    are left out, their words never.

    Raises ValueError where there is nothing to build a tree of.
    """
    markup = _SUBSET.sub(r"\1>", _LONG_TAG.sub(_with_few_attributes, markup.replace("\0", "")), count=1)
    whole = markup.count("<") <= 2 * MAX_TAGS
    if not whole:
        markup = _cut(_INLINE_DRESS.sub("", markup))
    root, cut_off = _grown(markup, huge=False)
    if cut_off:  # by libxml2's own limits, 256 elements deep and 10 MB of text in one piece
        root, cut_off = _grown(markup, huge=True)
        if cut_off or depth_of(root) > MAX_DEPTH:
            whole = False
            root, _ = _grown(_shallow(markup), huge=True)
    return root, whole


def _grown(markup: str, huge: bool) -> tuple[Element, bool]:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=huge, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("no markup") from error
    if root is None:
        raise ValueError("no markup")
    return root, any("huge" in entry.message.lower() for entry in parser.error_log)


def _with_few_attributes(match: re.Match[str]) -> str:
    """A tag that takes kilobytes (an image's bytes, a view state, thousands of attributes) without its endless values: libxml2's
    time grows with the square of the number of attributes.
    """
    kept = [attribute[0] for _, attribute in zip(range(_MOST_ATTRIBUTES), _ATTRIBUTE.finditer(match[2]), strict=False)]
    return f"<{match[1]}{''.join(kept)}>"


def _cut(markup: str) -> str:
    if markup.count("<") <= 2 * MAX_TAGS:
        return markup
    position = -1
    for _ in range(2 * MAX_TAGS):
        position = markup.find("<", position + 1)
    return markup[:position] + " " + re.sub(r"<[^<>]*>", " ", markup[position:])


def _shallow(markup: str) -> str:
    """`markup` without the tags that open deeper than three quarters of what is allowed, nor those that close them."""
    out: list[str] = []
    opened: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    depth = at = 0
    for match in _TAG.finditer(markup):
        closes, name = bool(match[1]), match[2].lower()
        if name in _CLOSED_ANYWAY:
            continue
        if not closes and depth < MAX_DEPTH * 3 // 4:
            opened[name] += 1
            depth += 1
            continue
        if closes and not dropped[name]:
            if opened[name]:
                opened[name] -= 1
                depth -= 1
            continue
        dropped[name] += -1 if closes else 1
        out += (markup[at : match.start()], " ")
        at = match.end()
    return "".join((*out, markup[at:]))


def depth_of(root: Element) -> int:
    """How deep the deepest element stands, the root at 1."""
    depths: dict[Element, int] = {}
    deepest = 0
    for element in root.iter():
        parent = element.getparent()
        depths[element] = depth = 1 if parent is None or element is root else depths[parent] + 1
        deepest = max(deepest, depth)
    return deepest


def events(root: Element, without: Collection[Element] = ()) -> Iterator[tuple[Element | str, bool]]:
    """The elements and texts within `root` in document order: (element, True) opens it, (element, False) closes it, a text is
    always (text, True).

    What is never shown (scripts, controls) is left out whole, and so are the elements of `without`.
    """
    walk = etree.iterwalk(root, events=("start", "end"))
    left_out: Element | None = None
    for action, element in walk:
        if action == "start":
            if element is not root:
                if element.tag in NEVER_SHOWN or element in without or is_hidden(element):
                    left_out = element
                    walk.skip_subtree()
                    continue
                yield element, True
            if element.text:
                yield element.text, True
        elif element is not root:
            if element is left_out:
                left_out = None
            else:
                yield element, False
            if element.tail:
                yield element.tail, True


_NO_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)


def is_hidden(element: Element) -> bool:
    """Whether the page itself says that `element` is not shown."""
    attributes = element.attrib
    if not attributes:
        return False
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and ":" in style and _NO_DISPLAY.search(style) is not None)


def lines_of(root: Element, without: Collection[Element] = ()) -> list[str]:
    """The text within `root` line by line as blocks part it, without empty lines; table cells are lines of their own."""
    lines: list[str] = []
    buffer: list[str] = []
    # The same walk as `events`, written out: a whole page goes through it, and a generator costs as much as the walk.
    walk = etree.iterwalk(root, events=("start", "end"))
    for action, element in walk:
        shown = element is root
        name = element.tag
        if buffer and name in BREAKING:
            if line := one_line("".join(buffer)):
                lines.append(line)
            buffer.clear()
        if action == "start":
            if not shown and (name in NEVER_SHOWN or element in without or is_hidden(element)):
                walk.skip_subtree()
            elif text := element.text:
                buffer.append(text)
        elif not shown and (text := element.tail):
            buffer.append(text)
    if line := one_line("".join(buffer)):
        lines.append(line)
    return lines


def text_of(element: Element) -> str:
    """The words of `element` on one line; the blocks and line breaks within it part words."""
    return " ".join(lines_of(element))


def holds(outer: Element, inner: Element) -> bool:
    """Whether `inner` stands within `outer`; an element does not hold itself."""
    return any(parent is outer for parent in inner.iterancestors())


def take_out(elements: Iterable[Element], body: Element) -> None:
    """Take `elements` out of `body`, the words after them stay; those elsewhere, and those that hold the body, stay."""
    for element in elements:
        parent = element.getparent()
        if parent is None or element is body or not holds(body, element):
            continue
        if element.tail:
            before = element.getprevious()
            if before is None:
                parent.text = (parent.text or "") + element.tail
            else:
                before.tail = (before.tail or "") + element.tail
            element.tail = None
        parent.remove(element)
