"""The passage of a text that answers a query best, and marks around what matched: always on the text as it was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from search.analysis import SYLLABLE
from search.query import Phrase, Prefix, Query, Words
from search.text import fold, has_marks, normalise

PASSAGE_CHARS = 240
MAX_CHARS = 200_000
_JOINT = re.compile(r"[ \u00a0/.,-]\Z")
_ELLIPSIS = "…"


class Marked(NamedTuple):
    """A piece of text, plain and as escaped HTML with `<mark>` around what matched."""

    text: str
    html: str


class _Match(NamedTuple):
    form: str
    start: int
    end: int


class Marker:
    """Marks what a query matches: the accented forms, or their folds where nothing stands with those accents."""

    def __init__(self, query: Query) -> None:
        leaves = query.leaves
        forms = [form for leaf in leaves if isinstance(leaf, Words | Phrase) for form in leaf.forms]
        self._exact = frozenset(forms) if query.marked else frozenset()
        self._folds = frozenset(map(fold, forms))
        starts = [leaf.form for leaf in leaves if isinstance(leaf, Prefix)]
        self._starts = bool(starts)
        self._marked_starts = tuple(form for form in starts if has_marks(form))
        self._bare_starts = tuple(form for form in starts if not has_marks(form))

    def whole(self, text: str) -> Marked:
        """All of `text`, marked."""
        return _marked(text, self._matches(text), 0, len(text))

    def passage(self, text: str, otherwise: str = "") -> Marked:
        """About PASSAGE_CHARS of `text` around the densest matches; of `otherwise` where only that matches; else a beginning."""
        for candidate in (text, otherwise):
            if matches := self._matches(candidate):
                start, end = _window(matches)
                return _cut(candidate, matches, *_widened(candidate, start, end))
        text = otherwise or text
        return _cut(text, [], *_widened(text, 0, 0))

    def _matches(self, text: str) -> list[_Match]:
        if not (self._folds or self._starts):
            return []
        normal = normalise(text[:MAX_CHARS])
        exact, folds, starts = self._exact, self._folds, self._starts
        found = [match for match in SYLLABLE.finditer(normal.text) if match[0] in exact or (starts and self._begins(match[0]))]
        if not (exact and found):
            syllables = SYLLABLE.finditer(normal.text)
            found = [match for match in syllables if fold(match[0]) in folds or (starts and self._begins(match[0]))]
        return [_Match(match[0], *normal.original(*match.span())) for match in found]

    def _begins(self, form: str) -> bool:
        if self._marked_starts and form.startswith(self._marked_starts):
            return True
        return bool(self._bare_starts) and fold(form).startswith(self._bare_starts)


def _window(matches: Sequence[_Match]) -> tuple[int, int]:
    """The stretch with the most different matches, then the most of them."""
    best, span = (0, 0), (matches[0].start, matches[0].end)
    first = 0
    counts: dict[str, int] = {}
    for last, match in enumerate(matches):
        counts[match.form] = counts.get(match.form, 0) + 1
        while match.end - matches[first].start > PASSAGE_CHARS and first < last:
            gone = matches[first].form
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            first += 1
        value = (len(counts), last - first + 1)
        if value > best:
            best, span = value, (matches[first].start, match.end)
    return span


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with words around it up to PASSAGE_CHARS, a third of the room before it: cut at white space, or not at all."""
    room = max(0, PASSAGE_CHARS - (end - start))
    left = max(0, start - room // 3)
    if left and (gap := re.search(r"\s+", text[left - 1 : start])):
        left = left - 1 + gap.end()
    elif left:
        left = start
    right = max(end, min(len(text), left + PASSAGE_CHARS))
    if right < len(text):
        gaps = list(re.finditer(r"\s+", text[end : right + 1]))
        right = end + gaps[-1].start() if gaps and end + gaps[-1].start() > left else _syllable_end(text, end, right)
    return left, right


def _syllable_end(text: str, end: int, right: int) -> int:
    """Where no white space helps: the end of the last whole syllable between `end` and `right`."""
    normal = normalise(text[: right + 64])
    ends = [normal.original(*match.span())[1] for match in SYLLABLE.finditer(normal.text)]
    return max((place for place in ends if end <= place <= right), default=end or right)


def _cut(text: str, matches: Sequence[_Match], start: int, end: int) -> Marked:
    inside = [match for match in matches if start <= match.start and match.end <= end]
    marked = _marked(text, inside, start, end)
    head = _ELLIPSIS if text[:start].strip() else ""
    tail = _ELLIPSIS if text[end:].strip() else ""
    return Marked(head + _one_line(marked.text) + tail, head + _one_line(marked.html) + tail)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _marked(text: str, matches: Sequence[_Match], start: int, end: int) -> Marked:
    pieces: list[str] = []
    at = start
    for first, last in _joined(text, matches):
        pieces += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
        at = last
    pieces.append(escape(text[at:end]))
    return Marked(text[start:end], "".join(pieces))


def _joined(text: str, matches: Sequence[_Match]) -> list[tuple[int, int]]:
    """Spans of the matches; those that only one sign parts are one span."""
    spans: list[tuple[int, int]] = []
    for _, start, end in matches:
        if end <= start:
            continue
        if spans and (start <= spans[-1][1] or _JOINT.match(text[spans[-1][1] : start])):
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans
