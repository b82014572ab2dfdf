"""The way from the syllables of a text to its characters: where every sixteenth syllable begins, kept beside the stored text.

With it a passage is found by the index's stream of syllables, and no more of the text is normalised than the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.analysis import MAX_SYLLABLE, STEP, SYLLABLE
from search.arrays import Array
from search.text import keeps_places, normalise

_SHORT = 1 << 16
# Beyond a piece: what the reading of its last syllable may depend on, see text.normalise.
_BESIDE = 8


class Piece(NamedTuple):
    """A stretch of a text between checkpoints: characters `start` to `end`, the first syllable of which is number `syllable`."""

    start: int
    end: int
    syllable: int


def of_text(text: str) -> bytes:
    """The checkpoints of a text."""
    return packed(Syllables(text).starts.tolist(), len(text))


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


_CODES = 0x3000
_LONG = 160


@cache
def _kinds() -> NDArray[np.uint8]:
    """By code point: 1 for what belongs to a syllable, 0 for what does not, 2 for what normalising may move."""
    chars = [chr(code) for code in range(_CODES)]
    return np.array([*((bool(SYLLABLE.match(char)) if keeps_places(char) else 2) for char in chars), 2], np.uint8)


def plain_edges(text: str) -> Array | None:
    """Where syllables begin and end in turn in a text that can be read as it stands; None for one that cannot."""
    if len(text) < _LONG:
        if not keeps_places(text):
            return None
        return np.array([place for match in SYLLABLE.finditer(text) for place in match.span()], np.int64)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = np.zeros(len(codes) + 2, np.uint8)
    _kinds().take(codes, mode="clip", out=kinds[1:-1])
    return None if kinds.max() > 1 else (kinds[1:] != kinds[:-1]).nonzero()[0]


class Syllables:
    """The syllables that begin in `text[start:end]`, where one begins at `start` or the text does; that one is number `first`.

    `starts` and `ends` are the characters of the text where they stand.
    """

    def __init__(self, text: str, start: int = 0, end: int | None = None, first: int = 0) -> None:
        end = len(text) if end is None else end
        self.first = first
        self._piece = text[start : end + _BESIDE]
        # Most texts can be read as they stand; only what decomposed letters, rare ones and invisible signs make of others cannot.
        edges = plain_edges(self._piece)
        if edges is None:
            normal = normalise(self._piece)
            places = [normal.map[place] for match in SYLLABLE.finditer(normal.text) for place in match.span()]
            edges = np.array(places, np.int64)
        edges = edges + start
        count = int(edges[::2].searchsorted(end))
        self.starts, self.ends = edges[: 2 * count : 2], edges[1 : 2 * count : 2]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def forms(self) -> list[str]:
        """What they are, as the index has them."""
        text = normalise(self._piece).text
        return [match[0][:MAX_SYLLABLE] for match, _ in zip(SYLLABLE.finditer(text), self.starts, strict=False)]
