"""Pictures and layout in a body's markup, brought into the form that says what they are, before the body is written clean.

A picture with its caption becomes a `figure`, in whichever of the portals' habits it was written: a table with a row for each,
a paragraph in italics under a centred picture, a box that its class calls a caption. A table that only frames the text becomes
what it frames. Words are moved, never lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from ingest.dress import named_as
from ingest.tree import NEVER_SHOWN, Element

_CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:\w*caption\w*|chu-?thich\w*|ghi-?chu\w*|imgnote|image-?desc\w*)(?:$|[\s_-])", re.IGNORECASE
)
_CAPTION_WORDS = re.compile(
    r"\(?(?:ảnh(?: minh họa| tư liệu)?|hình(?: ảnh)?(?: minh họa)?(?: \d+)?|nguồn ảnh)\s*[:：.]", re.IGNORECASE
)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
_TABLE_PARTS = frozenset(("tbody", "thead", "tfoot", "tr", "td", "th", "form"))
_MOST_CAPTION = 300
_TABLES_AT_ONCE = 2000


def put_together(body: Element) -> None:
    """Give pictures their captions and free the text from tables that only frame it, in place."""
    for table in list(body.iter("table"))[:_TABLES_AT_ONCE]:
        if table is not body and table.getparent() is not None:
            _read_table(table)
    if next(body.iter("img"), None) is not None:
        for box in list(body.iter("div", "p", "center", "td")):
            if box is not body:
                _read_box(box)


def _read_table(table: Element) -> None:
    """Make a figure of a table of pictures over a caption, and nothing of one with a single filled cell."""
    parts = _parts(table)
    cells = [part for part in parts if part.tag in ("td", "th")]
    filled = [cell for cell in cells if _words(cell, 1) or _pictures(cell)]
    if len(filled) > 1 and all(_pictures(cell) and not _words(cell, 1) for cell in filled[:-1]) and _is_caption(filled[-1]):
        _free(table, parts)
        table.tag = "figure"
        filled[-1].tag = "figcaption"
    elif len(filled) == 1:
        _free(table, parts)


def _parts(table: Element) -> list[Element]:
    """The row groups, rows and cells of `table`, without those of tables in its cells; what is no part of a table is left out."""
    found: list[Element] = []
    waiting = list(reversed(table))
    while waiting:
        part = waiting.pop()
        if part.tag in _TABLE_PARTS:
            found.append(part)
            waiting += [] if part.tag in ("td", "th") else reversed(part)
    return found


def _free(table: Element, parts: Sequence[Element]) -> None:
    for part in (*parts, table):
        part.tag = "div"


def _is_caption(element: Element) -> bool:
    return 0 < len(_words(element, _MOST_CAPTION + 1)) <= _MOST_CAPTION and not _pictures(element)


def _read_box(box: Element) -> None:
    """A paragraph of nothing but pictures, and what follows it where that is their caption; or a box that holds both."""
    if not _pictures(box) or box.getparent() is None or next(box.iterancestors("figure"), None) is not None:
        return
    if _words(box, 1):
        _read_captioned(box)
        return
    below = box.getnext()
    if below is None or (box.tail or "").strip() or below.tag not in ("p", "div", "center", "figcaption", "em", "i", "span"):
        return
    if box.tag != "td" and _is_caption(below) and _looks_like_caption(below, box):
        figure = etree.Element("figure")
        box.addprevious(figure)
        figure.tail, below.tail = below.tail, None
        box.tail = None
        figure.extend((box, below))
        below.tag = "figcaption"


def _read_captioned(box: Element) -> None:
    """A box with pictures above one part that is their caption."""
    parts = [part for part in box if part.tag != "br" and part.tag not in NEVER_SHOWN]
    if not parts or box.tag == "td" or (box.text or "").strip() or any((part.tail or "").strip() for part in box):
        return
    *above, last = [part for part in parts if _words(part, 1) or _pictures(part)]
    pictured = above and all(_pictures(part) and not _words(part, 1) for part in above)
    if pictured and _is_caption(last) and (_is_named_caption(last) or _is_named_caption(box) or _is_italic(last)):
        box.tag = "figure"
        last.tag = "figcaption"


def _looks_like_caption(below: Element, picture: Element) -> bool:
    if _is_named_caption(below) or _CAPTION_WORDS.match(_words(below, 60)):
        return True
    return _is_italic(below) and (_is_centred(below) or _is_centred(picture))


def _is_named_caption(element: Element) -> bool:
    return _CAPTION_CLASS.search(named_as(element)) is not None


def _is_centred(element: Element) -> bool:
    around = [element, *element.iterancestors("center"), *element.iterdescendants("div", "p", "center")]
    return any(
        each.tag == "center" or (each.get("align") or "").lower() == "center" or _CENTRED.search(each.get("style") or "")
        for each in around[:12]
    )


def _is_italic(element: Element) -> bool:
    """Whether all words of `element` are set in italics."""
    if element.tag in ("em", "i") or _ITALIC.search(element.get("style") or ""):
        return True
    if (element.text or "").strip() or len(element) == 0:
        return False
    return all(not (part.tail or "").strip() and (_is_italic(part) or not _words(part, 1)) for part in element)


def _pictures(element: Element) -> bool:
    return element.tag == "img" or next(element.iter("img"), None) is not None


def _words(element: Element, most: int) -> str:
    """The words of `element`, read until there are `most` characters of them."""
    words = ""
    for text in element.itertext():
        words += " ".join(str(text).replace("\u200b", " ").split())
        if len(words) >= most:
            break
    return words
