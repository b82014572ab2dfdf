"""The way from the syllables of a text to its characters: where every sixteenth syllable begins, kept beside the stored text.

With it a passage is found by the index's stream of syllables, and no more of the text is normalised than the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search.arrays import Array

STEP = 16
_SHORT = 1 << 16


class Piece(NamedTuple):
    """A stretch of a text between checkpoints: characters `start` to `end`, the first syllable of which is number `syllable`."""

    start: int
    end: int
    syllable: int


def packed(starts: Sequence[int], chars: int) -> bytes:
    """Where syllables 16, 32, … of a text of `chars` characters begin: two bytes each, four in a text of 65,536 and more."""
    return of_places(starts[STEP::STEP], chars)


def of_places(places: Sequence[int], chars: int) -> bytes:
    """The same, of the places of those syllables alone."""
    return np.array(places, _type(chars)).tobytes()


def unpacked(checkpoints: bytes, chars: int) -> Array:
    """The places again; of bytes that cannot be theirs, none: then the only piece is the whole text."""
    width = np.dtype(_type(chars)).itemsize
    places = np.frombuffer(checkpoints, _type(chars)) if len(checkpoints) % width == 0 else np.zeros(0, np.int64)
    return places.astype(np.int64)


def piece(places: Array, chars: int, first: int, last: int, before: int, after: int) -> Piece:
    """The least piece with syllables `first` to `last` and, where there are so many, `before` characters before the first
    and `after` characters from it on.
    """
    step = min(first // STEP, len(places))
    begins, follows = int(places[step - 1]) if step else 0, int(places[step]) if step < len(places) else chars
    ends = int(places[last // STEP]) if last // STEP < len(places) else chars
    low = int(np.searchsorted(places, begins - before, side="right"))
    high = int(np.searchsorted(places, max(ends, follows + after)))
    return Piece(int(places[low - 1]) if low else 0, int(places[high]) if high < len(places) else chars, low * STEP)


def _type(chars: int) -> str:
    return "<u2" if chars < _SHORT else "<u4"
