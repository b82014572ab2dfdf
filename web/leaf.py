"""One page of a file as it is read beside its picture: its text with words and matches marked, and their places on the picture.

Word `i` of the page is `data-w="i"` in the text and on the picture, so that a script can show each on the other side.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import format_percent
from markupsafe import Markup, escape

from archive.pages import UNSURE, Page

Span = tuple[int, int]
"""First character and the one after the last."""
MAX_CHARS = 300_000
"""No more of one page is shown; a browser would not stand it."""
SCALE = 10_000
"""Places on the picture are counted in this part of its width and height."""
_REACH = 2_000
_SEEN = str.maketrans({**{code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"}, 127: "\u2421"})
_FIGURES = re.compile(r"[+(−-]?\s*\d[\d.,\s]*[%)]{0,2}\s*\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """A word on the picture, in parts of SCALE."""

    word: int
    left: int
    top: int
    width: int
    height: int
    unsure: bool
    found: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page ready to be shown."""

    html: Markup
    places: Sequence[Place]
    unsure: int
    """How many words nobody is sure of."""
    cut: bool
    """Whether the page holds more than is shown."""


@dataclass(frozen=True, slots=True)
class _Word:
    number: int
    start: int
    end: int
    confidence: float | None

    @property
    def unsure(self) -> bool:
        return self.confidence is not None and self.confidence < UNSURE


def visible(text: str) -> str:
    """`text` with a sign for each control character; as long as it was."""
    return text.translate(_SEEN)


def leaf(page: Page, marks: Sequence[Span] = ()) -> Leaf:
    """`page` with `marks` (in order, none over another) marked in its text and on its picture."""
    text = visible(page.text[:MAX_CHARS])
    words = list(_placed(page, text))
    marks = [(start, min(end, len(text))) for start, end in marks if start < len(text)]
    pictured = page.width is not None
    shown = words if pictured else [word for word in words if word.unsure]
    return Leaf(
        html=_Text(text, shown, marks).html(),
        places=[_place(page, word, marks) for word in words] if pictured else (),
        unsure=sum(word.unsure for word in words),
        cut=len(page.text) > MAX_CHARS,
    )


def _placed(page: Page, text: str) -> Iterator[_Word]:
    """The words of a page with where they stand in its text; one that does not stand there is passed over."""
    at = 0
    for number, word in enumerate(page.words):
        start = text.find(word.text, at, at + len(word.text) + _REACH) if word.text else -1
        if start >= 0:
            at = start + len(word.text)
            yield _Word(number, start, at, word.confidence)


def _place(page: Page, word: _Word, marks: Sequence[Span]) -> Place:
    left, top, right, bottom = (round(min(max(side, 0.0), 1.0) * SCALE) for side in page.words[word.number].box)
    return Place(word.number, left, top, max(right - left, 1), max(bottom - top, 1), word.unsure, _is_marked(word, marks))


def _is_marked(word: _Word, marks: Sequence[Span]) -> bool:
    at = bisect_right(marks, (word.start, MAX_CHARS)) - 1
    return any(start < word.end and word.start < end for start, end in marks[max(at, 0) : at + 2])


class _Text:
    """The text of a page on its way to HTML: paragraphs as they stand, lines of cells as tables."""

    def __init__(self, text: str, words: Sequence[_Word], marks: Sequence[Span]) -> None:
        self._text, self._words, self._marks = text, words, marks
        self._starts = [word.start for word in words]
        self._mark_starts = [start for start, _ in marks]
        self._named: set[int] = set()

    def html(self) -> Markup:
        parts = [self._table(lines) if cells else self._prose(lines) for cells, lines in _blocks(self._text)]
        return Markup("\n".join(parts))  # noqa: S704

    def _prose(self, lines: Sequence[Span]) -> str:
        """Paragraphs; the ends of lines stay, so that text and picture can be followed line by line."""
        groups = groupby(lines, key=lambda line: bool(self._text[line[0] : line[1]].strip()))
        paragraphs = [list(group) for filled, group in groups if filled]
        return "\n".join(f"<p>{self._piece(each[0][0], each[-1][1])}</p>" for each in paragraphs)

    def _table(self, lines: Sequence[Span]) -> str:
        rows = [_cells(self._text, line) for line in lines]
        width = max(map(len, rows))
        return f"<table><tbody>{''.join(self._row(row, width) for row in rows)}</tbody></table>"

    def _row(self, cells: Sequence[Span], width: int) -> str:
        filled = "".join(f"<td{self._kind(cell)}>{self._piece(*cell)}</td>" for cell in cells)
        return f"<tr>{filled}{'<td></td>' * (width - len(cells))}</tr>"

    def _kind(self, cell: Span) -> str:
        return ' class="num"' if _FIGURES.match(self._text[cell[0] : cell[1]].strip()[:40]) else ""

    def _piece(self, start: int, end: int) -> str:
        """Characters `start` to `end`, what matched in `mark`, words in spans."""
        parts: list[str] = []
        at = start
        for number in range(max(bisect_right(self._mark_starts, start) - 1, 0), len(self._marks)):
            first, last = self._marks[number]
            if first >= end:
                break
            first, last = max(first, at), min(last, end)
            if first < last:
                parts += (self._plain(at, first), self._mark(number), self._plain(first, last), "</mark>")
                at = last
        return "".join([*parts, self._plain(at, end)])

    def _mark(self, number: int) -> str:
        """A match that goes on in the next line's cell has its name once."""
        if number in self._named:
            return "<mark>"
        self._named.add(number)
        return f'<mark id="k{number + 1}">'

    def _plain(self, start: int, end: int) -> str:
        parts: list[str] = []
        at = start
        for number in range(max(bisect_right(self._starts, start) - 1, 0), len(self._words)):
            word = self._words[number]
            if word.start >= end:
                break
            first, last = max(word.start, at), min(word.end, end)
            if first < last:
                parts += (escape(self._text[at:first]), f"<span{_attributes(word)}>", escape(self._text[first:last]), "</span>")
                at = last
        return "".join([*parts, escape(self._text[at:end])])


def _attributes(word: _Word) -> str:
    if word.unsure:
        return f' class="doubt" data-w="{word.number}" title="{escape(format_percent(word.confidence))}"'
    return f' data-w="{word.number}"'


def _blocks(text: str) -> Iterator[tuple[bool, list[Span]]]:
    """Runs of lines with cells, and runs of lines without."""
    lines = list(_lines(text))
    for cells, run in groupby(lines, key=lambda line: "\t" in text[line[0] : line[1]]):
        yield cells, list(run)


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _cells(text: str, line: Span) -> list[Span]:
    at, cells = line[0], []
    for cell in text[line[0] : line[1]].split("\t"):
        cells.append((at, at + len(cell)))
        at += len(cell) + 1
    return cells
