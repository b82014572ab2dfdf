"""Terms that are spelt nearly as what was typed: the distance to all terms of a vocabulary at once.

The distance is Damerau's with adjacent transpositions (optimal string alignment): letters put in, left out, put for another, or
two neighbours exchanged, no piece changed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.words.analysis import BAR

_BREAK = "\n"
Letters = NDArray[np.uint32]
"""Code points, one row a place in the word, one column a word."""


class _Words(NamedTuple):
    """Where words stand in a long row of letters."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]


class Vocabulary:
    """The terms of a dictionary of syllables, `fold|form` each, as rows of letters."""

    def __init__(self, terms: Sequence[bytes]) -> None:
        self._count = len(terms)
        text = b"".join(term + b"\n" for term in terms).decode()
        self._letters: Letters = np.frombuffer(text.encode("utf-32-le"), np.uint32)

    @cached_property
    def _ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where each fold and each form ends."""
        return np.flatnonzero(self._letters == ord(BAR)), np.flatnonzero(self._letters == ord(_BREAK))

    @property
    def forms(self) -> _Words:
        """What is written, accents and all."""
        bars, ends = self._ends
        return _Words(bars + 1, ends - bars - 1)

    @property
    def folds(self) -> _Words:
        """What is written without its accents."""
        bars, ends = self._ends
        starts = np.zeros(self._count, np.int64)
        starts[1:] = ends[:-1] + 1
        return _Words(starts, bars - starts)

    def near(self, form: str, most: int, *, folded: bool) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Numbers of the terms whose form, or fold, is at most `most` from `form`, ascending, and their distances."""
        words = self.folds if folded else self.forms
        numbers, distances = [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)]
        for length in range(max(0, len(form) - most), len(form) + most + 1):
            chosen = np.flatnonzero(words.lengths == length)
            far = distances_to(form, self._letters[words.starts[chosen] + np.arange(length)[:, None]], most)
            numbers.append(chosen[far <= most])
            distances.append(far[far <= most])
        found, far = np.concatenate(numbers), np.concatenate(distances)
        order = np.argsort(found)
        return found[order], far[order]


def distances_to(form: str, words: Letters, most: int) -> NDArray[np.uint8]:
    """The distance of `form` to each word, all of one length; whatever is above `most` is not told apart."""
    length, count = words.shape
    letters = [ord(letter) for letter in form]
    two_before: dict[int, NDArray[np.uint8]] = {}
    # Rows are letters of `form`, columns letters of the words; what lies off the diagonal by more than `most` is too far anyway.
    before = {j: np.full(count, j, np.uint8) for j in range(min(most, length) + 1)}
    for i, letter in enumerate(letters, 1):
        row: dict[int, NDArray[np.uint8]] = {0: np.full(count, i, np.uint8)} if i <= most else {}
        for j in range(max(1, i - most), min(length, i + most) + 1):
            best = before[j - 1] + (words[j - 1] != letter)
            for other in (before.get(j), row.get(j - 1)):
                if other is not None:
                    best = np.minimum(best, other + 1)
            if i > 1 and j - 2 in two_before:
                swapped = (words[j - 2] == letter) & (words[j - 1] == letters[i - 2])
                best = np.where(swapped, np.minimum(best, two_before[j - 2] + 1), best)
            row[j] = best.astype(np.uint8, copy=False)
        two_before, before = before, row
    return before.get(length, np.full(count, most + 1, np.uint8))


def ranges_of(numbers: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    """Ascending numbers as ranges."""
    if not len(numbers):
        return ()
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    lows = numbers[np.r_[0, breaks + 1]].tolist()
    highs = (numbers[np.r_[breaks, len(numbers) - 1]] + 1).tolist()
    return tuple(zip(lows, highs, strict=True))
