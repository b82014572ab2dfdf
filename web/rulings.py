"""Lines that portals draw with characters (`-------` under the name of an office), left out of the reading view.

Only the view loses them: the text as it was read, and the capture, keep them. A table's cell that holds nothing else
keeps it too, because there dashes are a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_TOKEN = re.compile(r"<[^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+>|\n|[^<\n]+|<")
_TAG = re.compile(r"</?([a-z0-9]+)")
_INLINE = frozenset({"a", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "small", "span", "code"})
_RULING = re.compile(r"[\s\-\u2010-\u2015\u2212_*]+")
_MARKS = 3
_LONGEST_CELL = 24
"""Tokens of markup that a cell with nothing but dashes may have; bounds the work on tables within tables."""
_DEPTH = 6
_EMPTY = re.compile(r"<(p|div|span|b|strong|i|em|u)>\s*</\1>")


def without(html: str) -> str:
    """Clean `html` without its lines of dashes, underscores or asterisks."""
    tokens: list[str] = _TOKEN.findall(html)
    kept = dict(enumerate(tokens))
    cells = _cells_of_dashes(tokens)
    cut = False
    for start, end in _lines(tokens):
        if start in cells or not _is_ruling("".join(tokens[start:end])):
            continue
        cut = True
        for at in range(start, end):
            if not tokens[at].startswith("<"):
                del kept[at]
        if start and tokens[start - 1].startswith(("<br", "\n")):
            kept.pop(start - 1, None)
    if not cut:
        return html
    joined = "".join(kept.values())
    for _ in range(_DEPTH):
        joined = _EMPTY.sub("", joined)
    return joined


def _is_ruling(markup: str) -> bool:
    text = unescape(re.sub(r"<[^>]*>", "", markup))
    return _RULING.fullmatch(text) is not None and len("".join(text.split())) >= _MARKS


def _ends_line(piece: str) -> bool:
    tag = _TAG.match(piece)
    return piece == "\n" or (tag is not None and tag[1] not in _INLINE)


def _lines(tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Where each line of the text begins and ends."""
    start = 0
    for at, token in enumerate([*tokens, "\n"]):
        if _ends_line(token):
            if at > start:
                yield start, at
            start = at + 1


def _cells_of_dashes(tokens: list[str]) -> set[int]:
    """The tokens of those cells that hold nothing but one line of dashes."""
    found: set[int] = set()
    open_cells: list[int] = []
    for at, token in enumerate(tokens):
        tag = _TAG.match(token)
        if tag is None or tag[1] not in ("td", "th"):
            continue
        if not token.startswith("</"):
            open_cells.append(at)
        elif open_cells:
            start = open_cells.pop()
            if at - start <= _LONGEST_CELL and _is_ruling("".join(tokens[start:at])):
                found.update(range(start, at))
    return found
