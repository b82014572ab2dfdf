"""Words of many lines at once: the model's arithmetic of segment.py on arrays, in the same order, so that the words are the same.

All sums are taken place by place in the order of pyvi's features, and all paths in the order of the places, so every number is
the very one that a line by itself would give. What is gained is that NumPy walks over thousands of lines instead of Python.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import chain

import numpy as np

from search.arrays import Array
from search.words.segment import Scores, Segmenter, Syllable, tokens_of

_LONGEST_KEPT = 64
_LINES_AT_ONCE = 24
"""Fewer lines than this are walked one by one: a step over arrays costs as much as twenty in Python."""
_AROUND = 3
"""Most features that a token adds to the places beside it: its form, and that it is a title or all capitals."""


class _Entries:
    """pyvi's word list, its entries of two and of three forms as sorted numbers."""

    def __init__(self, two: frozenset[str], three: frozenset[str]) -> None:
        pairs, triples = ([entry.split(" ") for entry in entries] for entries in (two, three))
        # 0 is for all forms that stand in no entry.
        self.of_form = {form: number for number, form in enumerate(sorted({*chain(*pairs, *triples)}), 1)}
        self.forms = len(self.of_form) + 1
        self.pairs = _Bits(self._codes(pairs), self.forms**2)
        self.heads = _Bits(self._codes([entry[:2] for entry in triples]), self.forms**2)
        self.triples = self._codes(triples)

    def _codes(self, entries: Sequence[Sequence[str]]) -> Array:
        codes = np.zeros(len(entries), np.int64)
        for forms in zip(*entries, strict=True):
            codes = codes * self.forms + np.array([self.of_form[form] for form in forms], np.int64)
        return np.sort(codes)


@cache
def _entries(segmenter: Segmenter) -> _Entries:
    return _Entries(segmenter.two_syllables, segmenter.three_syllables)


class Lines:
    """Segments lines of tokens. Keeps what it learnt of all it met, `tokens` by number; not for several threads at once."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._model = segmenter.model
        self._entries = _entries(segmenter)
        self.tokens: list[str] = []
        self._numbers: dict[str, int] = {}
        self._own: list[Scores] = []
        self._before: list[tuple[Scores, ...]] = []
        self._after: list[tuple[Scores, ...]] = []
        self._traits: list[tuple[int, bool, bool]] = []
        self._tables: tuple[Array, ...] | None = None
        # Stands between lines: adds nothing to its neighbours, belongs to no entry, joins nothing.
        self._enter("\n", Syllable("", (0.0, 0.0), (), (), joins=False, capital=False))

    def _enter(self, token: str, each: Syllable) -> int:
        self.tokens.append(token)
        self._own.append(each.own)
        self._before.append(each.seen_before)
        self._after.append(each.seen_after)
        self._traits.append((self._entries.of_form.get(each.lower, 0), each.joins, each.capital))
        self._tables = None
        return len(self.tokens) - 1

    def number(self, token: str) -> int:
        """The number of a token, from 1; a long one has a new number each time."""
        if (number := self._numbers.get(token)) is None:
            each = self._segmenter.weighed(token)
            number = self._enter(token, each)
            if len(token) <= _LONGEST_KEPT:
                self._numbers[token] = number
        return number

    def tokenize(self, lines: Sequence[str]) -> list[str]:
        """Each line as Segmenter.tokenize gives it."""
        tokens = [tokens_of(unicodedata.normalize("NFC", line)) for line in lines]
        joined = self.joined(np.array([self.number(token) if token else 0 for each in tokens for token in (*each, "")], np.int64))
        signs = iter(np.where(joined, "_", " ").tolist())
        # One sign is for the place between two lines.
        parts = ["".join([next(signs) + token for token in each] + [next(signs)]) for each in tokens]
        return [part[1:-1] if each else line for part, each, line in zip(parts, tokens, lines, strict=True)]

    def joined(self, numbers: Array) -> Array:
        """For each token, by its number, whether it continues the word of the token before it; a 0 parts two lines."""
        flat = np.zeros(len(numbers) + 2, np.int64)
        flat[1:-1] = numbers
        starts = np.flatnonzero((flat[1:] > 0) & (flat[:-1] == 0)) + 1
        lengths = np.flatnonzero((flat[1:] == 0) & (flat[:-1] > 0)) + 1 - starts
        inside = self._inside(*self._scores(flat), starts, lengths)
        traits = self._arrays()[-1][flat]
        joins, capital = traits[:, 1] != 0, traits[:, 2] != 0
        inside[1:] &= joins[1:] & joins[:-1] & (capital[:-1] | ~capital[1:])
        kept: Array = inside[1:-1]
        return kept

    def _arrays(self) -> tuple[Array, ...]:
        """By token: own scores; what it adds to the next place and to the one before it, by label and feature; traits."""
        if self._tables is None:
            count = len(self._own)
            around = [np.zeros((2, _AROUND, count)) for _ in range(2)]
            for table, seen in zip(around, (self._before, self._after), strict=True):
                for number, features in enumerate(seen):
                    for place, weights in enumerate(features):
                        table[:, place, number] = weights
            self._tables = (np.array(self._own).T.copy(), *around, np.array(self._traits, np.int64))
        return self._tables

    def _scores(self, flat: Array) -> tuple[Array, Array]:
        own, before, after, traits = self._arrays()
        forms = traits[:, 0][flat]
        pairs = np.zeros(len(flat), bool)
        triples = np.zeros(len(flat), bool)
        codes = forms[:-1] * self._entries.forms + forms[1:]
        known = np.flatnonzero((forms[:-1] > 0) & (forms[1:] > 0))
        pairs[known] = self._entries.pairs.hold(codes[known])
        known = known[:-1][np.diff(known) == 1]
        known = known[self._entries.heads.hold(codes[known])]
        triples[known] = _among(codes[known] * self._entries.forms + forms[known + 2], self._entries.triples)
        scores = []
        for label in (0, 1):
            score = own[label][flat]
            for table in before[label]:
                if table.any():
                    score[1:] += table[flat[:-1]]
            score[1:] += pairs[:-1] * self._segmenter.pair_before[label]
            score[2:] += triples[:-2] * self._segmenter.triple_before[label]
            for table in after[label]:
                if table.any():
                    score[:-1] += table[flat[1:]]
            score += pairs * self._segmenter.pair_after[label]
            score += triples * self._segmenter.triple_after[label]
            scores.append(score)
        return scores[0], scores[1]

    def _inside(self, score0: Array, score1: Array, starts: Array, lengths: Array) -> Array:
        """Labels of the best paths, see Segmenter: whether a place is labelled as the inside of a word."""
        labels = np.zeros(len(score0), bool)
        order = np.argsort(-lengths, kind="stable")
        starts, lengths = starts[order], lengths[order]
        longest = int(lengths[0]) if len(lengths) else 0
        active = np.searchsorted(-lengths, -np.arange(longest), side="left")
        together = int(np.searchsorted(-active, -_LINES_AT_ONCE, side="right"))
        # Lines that are longer than what is walked together are walked alone from their beginning.
        alone = int(active[together]) if together < longest else 0
        for start, length in zip(starts[:alone].tolist(), lengths[:alone].tolist(), strict=True):
            _walk_one(self._model.moves, score0, score1, start, start + length, labels)
        _walk_many(self._model.moves, score0, score1, starts[alone:], active[:together] - alone, labels)
        return labels if self._model.inside else ~labels


class _Bits:
    """A set of numbers below `size` with a bit for each: asked for every pair of neighbours, five times as fast as a search."""

    def __init__(self, numbers: Array, size: int) -> None:
        self._bits = np.zeros(size // 8 + 1, np.uint8)
        np.bitwise_or.at(self._bits, numbers >> 3, np.left_shift(1, numbers & 7).astype(np.uint8))

    def hold(self, numbers: Array) -> Array:
        held: Array = self._bits[numbers >> 3] >> (numbers & 7).astype(np.uint8) & 1 != 0
        return held


def _among(codes: Array, known: Array) -> Array:
    at = np.searchsorted(known, codes)
    found: Array = known[np.minimum(at, len(known) - 1)] == codes
    return found


def _walk_one(moves: tuple[Scores, Scores], score0: Array, score1: Array, start: int, end: int, labels: Array) -> None:
    (stay0, go1), (go0, stay1) = moves
    best0 = best1 = 0.0
    back: list[tuple[bool, bool]] = []
    scores = zip(score0[start:end].tolist(), score1[start:end].tolist(), strict=True)
    for i, (here0, here1) in enumerate(scores):
        if i == 0:
            best0, best1 = here0, here1
            continue
        from00, from10 = best0 + stay0, best1 + go0
        from01, from11 = best0 + go1, best1 + stay1
        back.append((from00 < from10, from01 < from11))
        best0 = (from00 if from00 >= from10 else from10) + here0
        best1 = (from01 if from01 >= from11 else from11) + here1
    label = best0 < best1
    path = [label]
    for choice in reversed(back):
        label = choice[label]
        path.append(label)
    path.reverse()
    labels[start:end] = path


def _walk_many(moves: tuple[Scores, Scores], score0: Array, score1: Array, starts: Array, active: Array, labels: Array) -> None:
    """All lines one place further at each step; `active` says how many of them, the longest first, reach a place."""
    (stay0, go1), (go0, stay1) = moves
    active = active[active > 0]
    if not len(active):
        return
    back: list[tuple[Array, Array]] = []
    best0, best1 = score0[starts].copy(), score1[starts].copy()
    for step, count in enumerate(active.tolist()[1:], 1):
        at = starts[:count] + step
        before0, before1 = best0[:count], best1[:count]
        from00, from10 = before0 + stay0, before1 + go0
        from01, from11 = before0 + go1, before1 + stay1
        back.append((from00 < from10, from01 < from11))
        best0[:count] = np.maximum(from00, from10) + score0[at]
        best1[:count] = np.maximum(from01, from11) + score1[at]
    label = best0 < best1
    ends = [*active.tolist()[1:], 0]
    for step in range(len(active) - 1, -1, -1):
        count = int(active[step])
        here = label[:count]
        if step < len(active) - 1:
            reached = ends[step]
            zero, one = back[step]
            here[:reached] = np.where(here[:reached], one, zero)
        labels[starts[:count] + step] = here
