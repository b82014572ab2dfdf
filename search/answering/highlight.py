"""The passage of a text that answers a query best, and marks around what matched: always on the text as it was written.

What matches is told by syllables (`passages`). Here syllables become characters: of a title all, of a body the passage alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from archive.numbers import find_numbers
from search.answering.passages import Matches, Symbols, Wanted
from search.arrays import Array
from search.asking.query import ON_PAGES, Dated, Fields, Leaf, Number, Phrase, Prefix, Query, Words
from search.words.analysis import number_key
from search.words.checkpoints import packed, piece, unpacked
from search.words.standing_syllables import Syllables

__all__ = ["MAX_MARKED_CHARS", "PASSAGE_CHARS", "Marked", "Marker", "Wanted", "wanted_of"]

PASSAGE_CHARS = 240
MAX_MARKED_CHARS = 4000
"""A title is shown whole, but marked no further than this."""
_MOST_CHARS = 4 * PASSAGE_CHARS
_BEFORE = PASSAGE_CHARS // 2
_JOINT = re.compile(r"(?:[^\S\n]{1,4}|\n|[/.,-])\Z")
_SENTENCE = re.compile(r"(?:(?<!\d)[.!?…;][\"”»’)\]]*\s+|\n\s*)(?=\S)")
_GAP = re.compile(r"\s+")
_SOLID = re.compile(r"\S")
_OPENING, _CLOSING = "“«", "”»"
_QUOTE = re.compile(f"[{_OPENING}{_CLOSING}]")
_ELLIPSIS = "…"

Span = tuple[int, int]


class Marked(NamedTuple):
    """A piece of text, plain and as escaped HTML with `<mark>` around what matched."""

    text: str
    html: str


def wanted_of(
    query: Query, other_names: Sequence[tuple[str, ...]] = (), spelled: Sequence[str] = (), fields: Fields = ON_PAGES
) -> Wanted:
    """What to mark of a query: what is looked for in titles and texts, or in `fields`. Words of other fields stand in neither.

    `other_names` were looked for besides; `spelled` are the index's syllables that misspelt ones may mean.
    """
    leaves = [leaf for leaf in query.leaves if not isinstance(leaf, Number | Dated) and leaf.field in fields]
    return Wanted(
        forms=tuple(form for leaf in leaves if isinstance(leaf, Words) for form in leaf.forms),
        phrases=tuple(dict.fromkeys([*(leaf.forms for leaf in leaves if isinstance(leaf, Phrase)), *other_names])),
        prefixes=tuple(dict.fromkeys(leaf.form for leaf in leaves if isinstance(leaf, Prefix))),
        fuzzy=tuple(dict.fromkeys(spelled)),
        marked=query.marked,
    )


class Marker:
    """Marks what is wanted: with the accents that were typed, or other readings in a text where nothing stands with them."""

    def __init__(self, wanted: Wanted | Query, rarity: Callable[[str], float] | None = None) -> None:
        self.wanted = wanted if isinstance(wanted, Wanted) else wanted_of(wanted)
        self.symbols = Symbols(self.wanted, rarity)

    def whole(self, text: str) -> Marked:
        """All of `text`, marked."""
        found = Syllables(text, 0, min(len(text), MAX_MARKED_CHARS))
        return self._all(text, self.run(found.forms), found)

    def title(self, text: str, run: Array) -> Marked:
        """All of a text of which `run` has the syllables, marked."""
        return self._all(text, run, None)

    def _all(self, text: str, run: Array, found: Syllables | None) -> Marked:
        matches = self.symbols.matches(run)
        if not len(matches):
            return Marked(text, escape(text))
        found = found or Syllables(text, 0, min(len(text), MAX_MARKED_CHARS))
        return _marked(text, _spans(matches.between(0, len(found)), found), 0, len(text))

    def passage(self, text: str, otherwise: str = "") -> Marked:
        """About PASSAGE_CHARS of `text` around what answers best; of `otherwise` where only that matches; else a beginning.

        Reads the texts whole; for a document of the index there is `stretch`.
        """
        for each in (text, otherwise):
            if each and not self.wanted.empty:
                found = Syllables(each)
                checkpoints = packed(found.starts.tolist(), len(each))
                if passage := self.stretch(each, self.run(found.forms), checkpoints):
                    return passage
        return beginning(otherwise or text)

    def run(self, forms: Sequence[str]) -> Array:
        """The forms as numbers, see passages.Symbols."""
        return np.array([self.symbols.of(form) for form in forms], np.int64)

    def stretch(self, text: str, run: Array, checkpoints: bytes) -> Marked | None:
        """The passage of a text of which `run` has the syllables; None where nothing matches."""
        matches = self.symbols.matches(run)
        if not len(matches):
            return None
        first, last, _ = self.symbols.best(matches)
        start, end, ordinal = piece(unpacked(checkpoints, len(text)), len(text), first, last, _BEFORE, PASSAGE_CHARS)
        found = Syllables(text, start, end, ordinal)
        inside = matches.between(ordinal, ordinal + len(found))
        spans = _spans(inside, found)
        rows = np.flatnonzero((inside.firsts >= first) & (inside.lasts <= last)).tolist()
        if not rows:
            return None
        core = _fitting([spans[row] for row in rows], self.symbols.weights[inside.units[rows]].tolist())
        return _cut(text, spans, *_widened(text, core, found))

    def spans(self, text: str) -> list[Span]:
        """The characters of all that matches, in order, none of them twice."""
        found = Syllables(text)
        matches = self.symbols.matches(self.run(found.forms))
        return merged(_spans(matches.between(0, len(found)), found))


def merged(spans: Sequence[Span]) -> list[Span]:
    """The same characters as ascending spans that do not touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined


def number_spans(text: str, query: Query) -> list[Span]:
    """Where document numbers stand in a text that the query names, however they are written there."""
    keys = {key for leaf in query.leaves for key in _keys_of(leaf)}
    found = [(number, number_key(number.canonical)) for number in find_numbers(text)] if keys else []
    return [(number.start, number.end) for number, key in found if key in keys]


def _keys_of(leaf: Leaf) -> tuple[str, ...]:
    return (leaf.key,) if isinstance(leaf, Number) else leaf.numbers if isinstance(leaf, Words) else ()


def beginning(text: str) -> Marked:
    """The first PASSAGE_CHARS of a text, or somewhat less."""
    return _cut(text, [], *_widened(text, (0, 0), None))


def _spans(matches: Matches, found: Syllables) -> list[Span]:
    """The characters of matches that stand among the syllables found."""
    starts, ends = found.starts[matches.firsts - found.first], found.ends[matches.lasts - found.first]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _fitting(spans: list[Span], weights: list[float]) -> Span:
    """The span of as many matches as fit into a passage: of the two at the ends the lighter one goes first."""
    first, last = 0, len(spans) - 1
    while first < last and spans[last][1] - spans[first][0] > PASSAGE_CHARS:
        if weights[first] < weights[last]:
            first += 1
        else:
            last -= 1
    return spans[first][0], max(end for _, end in spans[first : last + 1])


def _widened(text: str, core: Span, found: Syllables | None) -> Span:
    """The span with words around it up to PASSAGE_CHARS: from the beginning of the sentence where that is near, else with a third
    of the room before it; cut at white space, or where there is none at the end of one of the syllables found.
    """
    start, end = core
    if len(text) <= PASSAGE_CHARS:
        return 0, len(text)
    room = max(0, PASSAGE_CHARS - (end - start))
    left = _left(text, start, room)
    right = _right(text, left, end, found)
    return _balanced(text, left, right, core)


def _left(text: str, start: int, room: int) -> int:
    reach = max(0, start - min(_BEFORE, room * 2 // 3))
    sentences = [match.end() for match in _SENTENCE.finditer(text, max(0, reach - 4), min(len(text), start + 1))]
    if sentences and sentences[-1] >= reach:
        return min(sentences[-1], start)
    left = max(0, start - room // 3)
    if left and (gap := _GAP.search(text, left - 1, start)):
        return gap.end()
    return start if left else 0


def _right(text: str, left: int, end: int, found: Syllables | None) -> int:
    right = max(end, min(len(text), left + PASSAGE_CHARS))
    if right < len(text):
        gaps = list(_GAP.finditer(text, end, right + 1))
        if gaps and gaps[-1].start() > left:
            right = gaps[-1].start()
        else:
            ends = (found or Syllables(text, 0, PASSAGE_CHARS)).ends.tolist()
            right = max((place for place in ends if end <= place <= right), default=end) or right
    if right - left > _MOST_CHARS:
        right = left + _MOST_CHARS
    while left < right < len(text) and unicodedata.combining(text[right]):
        right -= 1
    return right


def _balanced(text: str, left: int, right: int, core: Span) -> Span:
    """Without what closes a quotation before the core that was not opened, and what opens one after it that is not closed."""
    if not _QUOTE.search(text, left, right):
        return left, right
    start, end = core
    depth = 0
    for i in range(left, start):
        depth += (text[i] in _OPENING) - (text[i] in _CLOSING)
        if depth < 0:
            gap = _GAP.search(text, i, start)
            left, depth = gap.end() if gap else start, 0
    depth = 0
    for i in range(right - 1, end - 1, -1):
        depth += (text[i] in _CLOSING) - (text[i] in _OPENING)
        if depth < 0:
            right, depth = i, 0
    return left, right


def _cut(text: str, spans: Sequence[Span], start: int, end: int) -> Marked:
    inside = [(first, min(last, end)) for first, last in spans if start <= first < end and (last <= end or first == start)]
    marked = _marked(text, inside, start, end)
    head = _ELLIPSIS if _SOLID.search(text, 0, start) else ""
    tail = _ELLIPSIS if _SOLID.search(text, end) else ""
    return Marked(head + _one_line(marked.text) + tail, head + _one_line(marked.html) + tail)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _marked(text: str, spans: Sequence[Span], start: int, end: int) -> Marked:
    pieces: list[str] = []
    at = start
    for first, last in _joined(text, spans):
        pieces += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
        at = last
    pieces.append(escape(text[at:end]))
    return Marked(text[start:end], "".join(pieces))


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Those that only one sign parts, or nothing, are one span."""
    joined: list[Span] = []
    for start, end in spans:
        if end <= start:
            continue
        if joined and (start <= joined[-1][1] or _JOINT.match(text[joined[-1][1] : start])):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
