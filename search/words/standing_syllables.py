"""The syllables of a stretch of a text, and where they stand: what reads the same as it stands is not normalised."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.words.analysis import MAX_SYLLABLE, SYLLABLE
from search.words.checkpoints import packed
from search.words.text import keeps_places, normalise

# Beyond a piece: what the reading of its last syllable may depend on, see text.normalise.
_BESIDE = 8
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


def checkpoints_of(text: str) -> bytes:
    """The checkpoints of a text, see checkpoints."""
    return packed(Syllables(text).starts.tolist(), len(text))
