"""Several layouts joined into one: what one segment of all their documents would give, without reading it again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from search.arrays import Array
from search.layout import Folds, Layout, dictionary, gap, number_type, offsets_of
from search.schema import FACET_FIELDS, PLAIN_FIELDS, SYLLABLE_FIELDS

_NO_KEY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


def merged(layouts: Sequence[Layout]) -> dict[str, Array]:
    """The arrays of all documents of `layouts`, in their order; see layout.lay_out."""
    bases = np.cumsum([0, *(layout.count for layout in layouts)])
    arrays: dict[str, Array] = {}
    maps, terms = _union(layouts, "syllable")
    folds = Folds(terms)
    arrays |= dictionary("syllable", terms) | {"fold": folds.of.astype(np.int32)}
    for name in SYLLABLE_FIELDS:
        arrays |= _postings(layouts, name, maps, len(terms), bases)
        arrays[f"{name}.len"] = _end_to_end(layouts, f"{name}.len")
    arrays |= _stream(layouts, maps, len(terms))
    arrays |= _postings(layouts, "whole", maps, len(terms), bases) | {"whole.wlen": _end_to_end(layouts, "whole.wlen")}
    arrays |= _pairs(layouts, maps, folds, bases)
    for name in PLAIN_FIELDS:
        plain_maps, plain = _union(layouts, name)
        arrays |= dictionary(name, plain) | _postings(layouts, name, plain_maps, len(plain), bases)
        arrays[f"{name}.len"] = _end_to_end(layouts, f"{name}.len")
    for name in FACET_FIELDS:
        facet_maps, values = _union(layouts, f"facet.{name}")
        arrays |= dictionary(f"facet.{name}", values)
        arrays[f"facet.{name}"] = np.concatenate(
            [numbers[layout[f"facet.{name}"]] for layout, numbers in zip(layouts, facet_maps, strict=True)]
        ).astype(np.int32)
    arrays |= {name: _end_to_end(layouts, name) for name in ("date", "key")}
    return arrays


def _end_to_end(layouts: Sequence[Layout], name: str) -> Array:
    return np.concatenate([layout[name] for layout in layouts])


def _union(layouts: Sequence[Layout], name: str) -> tuple[list[Array], list[bytes]]:
    """All terms, sorted; and for each layout the new number of each of its terms."""
    parts = [layout.all_terms(name) for layout in layouts]
    terms = sorted(set().union(*parts))
    numbers = {term: number for number, term in enumerate(terms)}
    return [np.fromiter(map(numbers.__getitem__, part), np.int64, len(part)) for part in parts], terms


def _scattered(layouts: Sequence[Layout], name: str, maps: Sequence[Array], size: int) -> tuple[Array, list[Array]]:
    """The offsets of lists joined by term, and for each layout where its entries go."""
    counts = np.zeros((len(layouts), size), np.int64)
    for row, layout, numbers in zip(counts, layouts, maps, strict=True):
        np.add.at(row, numbers, np.diff(layout[f"{name}.off"]))
    offsets = offsets_of(counts.sum(axis=0))
    begins = offsets[:-1] + np.cumsum(counts, axis=0) - counts
    targets = []
    for begin, layout, numbers in zip(begins, layouts, maps, strict=True):
        old = layout[f"{name}.off"]
        lengths = np.diff(old)
        targets.append(np.repeat(begin[numbers] - old[:-1], lengths) + np.arange(int(old[-1])))
    return offsets, targets


def _postings(layouts: Sequence[Layout], name: str, maps: Sequence[Array], size: int, bases: Array) -> dict[str, Array]:
    offsets, targets = _scattered(layouts, name, maps, size)
    arrays = {f"{name}.off": offsets}
    for part in ("docs", "tf", "w"):
        if (column := f"{name}.{part}") not in layouts[0].arrays:
            continue
        kind = number_type(int(bases[-1])) if part == "docs" else layouts[0][column].dtype
        arrays[column] = joined = np.empty(int(offsets[-1]), kind)
        for base, layout, target in zip(bases, layouts, targets, strict=False):
            joined[target] = layout[column] + np.int64(base) if part == "docs" else layout[column]
    return arrays


def _stream(layouts: Sequence[Layout], maps: Sequence[Array], size: int) -> dict[str, Array]:
    begins = np.cumsum([0, *(len(layout["tokens"]) for layout in layouts)])
    tokens = np.empty(int(begins[-1]), number_type(size))
    for (begin, end), layout, numbers in zip(pairwise(begins), layouts, maps, strict=True):
        # The gap is a number beyond all terms: the last entry of the table stands for it.
        table = np.r_[numbers, gap(size)].astype(tokens.dtype)
        tokens[begin:end] = table[np.minimum(layout["tokens"], len(numbers))]
    starts = [layout["starts"][:-1] + begin for begin, layout in zip(begins, layouts, strict=False)]
    offsets, targets = _scattered(layouts, "places", maps, size)
    places = np.empty(int(offsets[-1]), np.int32)
    for begin, layout, target in zip(begins, layouts, targets, strict=False):
        places[target] = layout["places"] + np.int32(begin)
    return {"tokens": tokens, "starts": np.r_[np.concatenate(starts), begins[-1]], "places.off": offsets, "places": places}


def _pairs(layouts: Sequence[Layout], maps: Sequence[Array], folds: Folds, bases: Array) -> dict[str, Array]:
    new_keys = []
    for layout, numbers in zip(layouts, maps, strict=True):
        first, second = (numbers[terms] for terms in Folds(layout.all_terms("syllable")).terms(layout["pair.keys"]))
        # What fits no key any more takes the greatest one, which is cut off at the end.
        fits = folds.paired(first) & folds.paired(second)
        new_keys.append(np.where(fits, folds.keys(first, second), _NO_KEY))
    keys = np.unique(np.concatenate(new_keys))
    pair_maps = [np.searchsorted(keys, part) for part in new_keys]
    arrays = _postings(layouts, "pair", pair_maps, len(keys), bases)
    totals = np.zeros(len(keys), np.int32)
    for layout, numbers in zip(layouts, pair_maps, strict=True):
        np.add.at(totals, numbers, layout["pair.total"])
    if len(keys) and keys[-1] == _NO_KEY:
        keys, totals, arrays["pair.off"] = keys[:-1], totals[:-1], arrays["pair.off"][:-1]
    lengths = {name: _end_to_end(layouts, name) for name in ("pair.len", "pair.wlen")}
    return {"pair.keys": keys, "pair.total": totals} | lengths | arrays
