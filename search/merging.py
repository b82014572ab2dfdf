"""Several layouts joined into one: what one segment of all their documents would give, without reading it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from search.arrays import Array
from search.layout import BESIDE, Folds, Layout, dictionary, gap, number_type, offsets_of
from search.schema import FACET_FIELDS, PLAIN_FIELDS, SYLLABLE_FIELDS

_NO_KEY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


def merged(layouts: Sequence[Layout]) -> Iterator[tuple[str, Array]]:
    """The arrays of all documents of `layouts`, in their order, one after the other with their names; see layout.lay_out.

    Whoever writes each of them before taking the next holds the largest of them, not all.
    """
    yield from _merged(layouts)
    bases = np.cumsum([0, *(layout.count for layout in layouts)])
    docs = [layout["attached.docs"] + base for base, layout in zip(bases, layouts, strict=False)]
    yield "attached.docs", np.concatenate(docs).astype(number_type(int(bases[-1])))
    if beside := [layout.attached for layout in layouts if layout.attached]:
        for name, array in _merged(beside):
            yield f"{BESIDE}{name}", array


def _merged(layouts: Sequence[Layout]) -> Iterator[tuple[str, Array]]:
    bases = np.cumsum([0, *(layout.count for layout in layouts)])
    maps, terms = _union(layouts, "syllable")
    folds = Folds(terms)
    yield from dictionary("syllable", terms).items()
    yield "fold", folds.of.astype(np.int32)
    for name in SYLLABLE_FIELDS:
        yield from _postings(layouts, name, maps, len(terms), bases)
        yield f"{name}.len", _end_to_end(layouts, f"{name}.len")
    yield from _stream(layouts, maps, len(terms))
    yield from _postings(layouts, "whole", maps, len(terms), bases)
    yield "whole.wlen", _end_to_end(layouts, "whole.wlen")
    yield from _pairs(layouts, maps, folds, bases)
    for name in PLAIN_FIELDS:
        plain_maps, plain = _union(layouts, name)
        yield from dictionary(name, plain).items()
        yield from _postings(layouts, name, plain_maps, len(plain), bases)
        yield f"{name}.len", _end_to_end(layouts, f"{name}.len")
    for name in FACET_FIELDS:
        facet_maps, values = _union(layouts, f"facet.{name}")
        yield from dictionary(f"facet.{name}", values).items()
        codes = [numbers[layout[f"facet.{name}"]] for layout, numbers in zip(layouts, facet_maps, strict=True)]
        yield f"facet.{name}", np.concatenate(codes).astype(np.int32)
    for name in ("date", "key"):
        yield name, _end_to_end(layouts, name)


def _end_to_end(layouts: Sequence[Layout], name: str) -> Array:
    return np.concatenate([layout[name] for layout in layouts])


def _union(layouts: Sequence[Layout], name: str) -> tuple[list[Array], list[bytes]]:
    """All terms, sorted; and for each layout the new number of each of its terms."""
    parts = [layout.all_terms(name) for layout in layouts]
    terms = sorted(set().union(*parts))
    numbers = {term: number for number, term in enumerate(terms)}
    return [np.fromiter(map(numbers.__getitem__, part), np.int64, len(part)) for part in parts], terms


class _Scattered:
    """Lists joined by term: where those of each term begin, and where the entries of each layout go."""

    def __init__(self, layouts: Sequence[Layout], name: str, maps: Sequence[Array], size: int) -> None:
        self._layouts, self._name, self._maps = layouts, name, maps
        total = np.zeros(size, np.int64)
        for layout, numbers in zip(layouts, maps, strict=True):
            np.add.at(total, numbers, np.diff(layout[f"{name}.off"]))
        self.offsets = offsets_of(total)

    def targets(self) -> Iterator[tuple[Layout, Array]]:
        """Layout by layout, made anew each time: held all at once they would take more than what is joined."""
        free = self.offsets[:-1].copy()
        for layout, numbers in zip(self._layouts, self._maps, strict=True):
            old = layout[f"{self._name}.off"]
            lengths = np.diff(old)
            yield layout, np.repeat(free[numbers] - old[:-1], lengths) + np.arange(int(old[-1]))
            np.add.at(free, numbers, lengths)


def _postings(
    layouts: Sequence[Layout], name: str, maps: Sequence[Array], size: int, bases: Array
) -> Iterator[tuple[str, Array]]:
    scattered = _Scattered(layouts, name, maps, size)
    yield f"{name}.off", scattered.offsets
    for part in ("docs", "tf", "w"):
        if (column := f"{name}.{part}") not in layouts[0].arrays:
            continue
        kind = number_type(int(bases[-1])) if part == "docs" else layouts[0][column].dtype
        joined = np.empty(int(scattered.offsets[-1]), kind)
        for base, (layout, target) in zip(bases, scattered.targets(), strict=False):
            joined[target] = layout[column] + np.int64(base) if part == "docs" else layout[column]
        yield column, joined


def _stream(layouts: Sequence[Layout], maps: Sequence[Array], size: int) -> Iterator[tuple[str, Array]]:
    begins = np.cumsum([0, *(len(layout["tokens"]) for layout in layouts)])
    tokens = np.empty(int(begins[-1]), number_type(size))
    for (begin, end), layout, numbers in zip(pairwise(begins), layouts, maps, strict=True):
        # The gap is a number beyond all terms: the last entry of the table stands for it.
        table = np.r_[numbers, gap(size)].astype(tokens.dtype)
        tokens[begin:end] = table[np.minimum(layout["tokens"], len(numbers))]
    yield "tokens", tokens
    starts = [layout["starts"][:-1] + begin for begin, layout in zip(begins, layouts, strict=False)]
    yield "starts", np.r_[np.concatenate(starts), begins[-1]]
    scattered = _Scattered(layouts, "places", maps, size)
    yield "places.off", scattered.offsets
    places = np.empty(int(scattered.offsets[-1]), np.int32)
    for begin, (layout, target) in zip(begins, scattered.targets(), strict=False):
        places[target] = layout["places"] + np.int32(begin)
    yield "places", places


def _pairs(layouts: Sequence[Layout], maps: Sequence[Array], folds: Folds, bases: Array) -> Iterator[tuple[str, Array]]:
    new_keys = []
    for layout, numbers in zip(layouts, maps, strict=True):
        first, second = (numbers[terms] for terms in Folds(layout.all_terms("syllable")).terms(layout["pair.keys"]))
        # What fits no key any more takes the greatest one, which is cut off at the end.
        fits = folds.paired(first) & folds.paired(second)
        new_keys.append(np.where(fits, folds.keys(first, second), _NO_KEY))
    keys = np.unique(np.concatenate(new_keys))
    pair_maps = [np.searchsorted(keys, part) for part in new_keys]
    totals = np.zeros(len(keys), np.int32)
    for layout, numbers in zip(layouts, pair_maps, strict=True):
        np.add.at(totals, numbers, layout["pair.total"])
    # What fits no key stands last, and its lists end up behind all others, out of reach.
    kept = len(keys) - int(len(keys) > 0 and keys[-1] == _NO_KEY)
    for name, array in _postings(layouts, "pair", pair_maps, len(keys), bases):
        yield name, array[: kept + 1] if name == "pair.off" else array
    yield "pair.keys", keys[:kept]
    yield "pair.total", totals[:kept]
    for name in ("pair.len", "pair.wlen"):
        yield name, _end_to_end(layouts, name)
