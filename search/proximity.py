"""Where syllables stand to each other in the stream of one layout: one after the other, in order with gaps, or within a window.

A syllable is given as ranges of term numbers, so that it may have several readings. No answer reaches across a field's end:
between two fields stands a number that is no term's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.layout import Layout, begun, found, offsets_of, pair_key
from search.schema import SYLLABLE_FIELDS
from search.words.analysis import BAR
from search.words.text import fold

Span = tuple[int, int]
"""A range of term numbers."""
Places = NDArray[np.int64]
# Below this share of the documents sorting what was found is quicker than counting by document.
_SPARSE = 8


def documents_of(layout: Layout, places: Places, field: str | None = None) -> tuple[NDArray[Any], NDArray[Any]]:
    """The documents of these places, ascending, and how many places each has; with `field` only those that stand in it."""
    runs = _runs_of(layout, places)
    docs = runs // len(SYLLABLE_FIELDS)
    if field is not None:
        docs = docs[runs % len(SYLLABLE_FIELDS) == SYLLABLE_FIELDS.index(field)]
    if len(docs) * _SPARSE < layout.count:
        return np.unique(docs, return_counts=True)
    counts = np.bincount(docs)
    present = np.flatnonzero(counts)
    return present, counts[present]


def pairs_within(layout: Layout, docs: NDArray[Any], field: str, first: Span, second: Span) -> NDArray[np.int64]:
    """How often a term of the first range stands right before one of the second in a field of each of these documents."""
    runs = docs.astype(np.int64) * len(SYLLABLE_FIELDS) + SYLLABLE_FIELDS.index(field)
    begins, lengths = layout["starts"][runs], layout["starts"][runs + 1] - layout["starts"][runs]
    at = offsets_of(lengths)
    terms = layout["tokens"][np.arange(at[-1]) + np.repeat(begins - at[:-1], lengths)]
    # Each field ends with a gap, so nothing stands side by side with what is in the next one, and none is without a place.
    beside = np.zeros(len(terms), np.int64)
    beside[:-1] = _of(terms[:-1], first) & _of(terms[1:], second)
    counts: NDArray[np.int64] = np.add.reduceat(beside, at[:-1]) if len(docs) else beside
    return counts


def _of(terms: NDArray[Any], span: Span) -> NDArray[np.bool_]:
    low, high = span
    found: NDArray[np.bool_] = (terms >= low) & (terms < high)
    return found


def _runs_of(layout: Layout, places: Places) -> Places:
    """Which text each place is in: three times its document and the number of its field."""
    runs: Places = np.searchsorted(layout["starts"], places, side="right") - 1
    return runs


def standing(layout: Layout, spans: Sequence[Span]) -> Places:
    """Where terms of these ranges stand one after the other: from the rarest, whose neighbours are looked at."""
    offsets, tokens = layout["places.off"], layout["tokens"]
    counts = [int(offsets[high] - offsets[low]) for low, high in spans]
    if not counts or not all(counts):
        return np.zeros(0, np.int64)
    order = sorted(range(len(spans)), key=counts.__getitem__)
    rarest = order[0]
    low, high = spans[rarest]
    places = layout["places"][int(offsets[low]) : int(offsets[high])].astype(np.int64) - rarest
    places = places[(places >= 0) & (places + len(spans) <= len(tokens))]
    for i in order[1:]:
        places = places[_of(tokens[places + i], spans[i])]
    return places


def following(layout: Layout, spans: Sequence[Span], slop: int) -> Places:
    """Where terms of these ranges end that follow each other in order, each at most `slop` places after the one before."""
    if not spans:
        return np.zeros(0, np.int64)
    ends = _places_of(layout, spans[0])
    for span in spans[1:]:
        places = _places_of(layout, span)
        before = np.searchsorted(ends, places) - 1
        places, before = places[before >= 0], before[before >= 0]
        near = places - ends[before] <= slop
        places, before = places[near], before[near]
        ends = places[_runs_of(layout, places) == _runs_of(layout, ends[before])]
    return ends


def within(layout: Layout, spans: Sequence[Span], window: int) -> Places:
    """Where a term of the first range stands in `window` neighbouring places of one field that hold a term of every range."""
    if not spans:
        return np.zeros(0, np.int64)
    anchors = _places_of(layout, spans[0])
    far = np.int64(len(layout["tokens"]) + window)
    reach: list[tuple[Places, Places]] = []
    for span in spans[1:]:
        left, right = _distances(layout, anchors, _places_of(layout, span), far)
        kept = np.minimum(left, right) < window
        anchors, reach = anchors[kept], [(a[kept], b[kept]) for a, b in (*reach, (left, right))]
    return anchors[_narrowest(reach, len(anchors)) < window]


def _narrowest(reach: Sequence[tuple[Places, Places]], count: int) -> Places:
    """The least places before and after each anchor that take in the nearest of each on one side or the other.

    A best window begins at the anchor or at the place before it of one of the others: each such beginning is tried.
    """
    best: Places | None = None
    for begin in (np.zeros(count, np.int64), *(left for left, _ in reach)):
        end = np.zeros(count, np.int64)
        for left, right in reach:
            np.maximum(end, np.where(left <= begin, 0, right), out=end)
        best = begin + end if best is None else np.minimum(best, begin + end)
    return np.zeros(count, np.int64) if best is None else best


def _distances(layout: Layout, anchors: Places, places: Places, far: np.int64) -> tuple[Places, Places]:
    """How far before and after each anchor the nearest of `places` in its text stands; `far` where there is none."""
    if not len(places) or not len(anchors):
        nowhere = np.full(len(anchors), far)
        return nowhere, nowhere
    starts, runs = layout["starts"], _runs_of(layout, anchors)
    at = np.searchsorted(places, anchors)
    before, after = places[np.maximum(at, 1) - 1], places[np.minimum(at, len(places) - 1)]
    left = np.where((at > 0) & (before >= starts[runs]), anchors - before, far)
    right = np.where((at < len(places)) & (after < starts[runs + 1]), after - anchors, far)
    return np.where(right == 0, 0, left), right


def _places_of(layout: Layout, span: Span) -> Places:
    """All places of the terms of a range, ascending."""
    low, high = span
    offsets = layout["places.off"]
    places: Places = layout["places"][int(offsets[low]) : int(offsets[high])].astype(np.int64)
    # Places ascend term by term: a stable sort only joins the runs of several terms.
    return np.sort(places, kind="stable") if high - low > 1 else places


def pair_range(layout: Layout, first: str, second: str, *, marked: bool) -> tuple[int, int]:
    """The range of the keys of two syllables side by side: with their accents, or `marked` being false with any."""
    terms, folds = layout.terms("body"), layout["fold"]
    places = []
    for form in (first, second):
        start = fold(form) + BAR
        low, high = begun(terms, start.encode())
        if low == high:
            return 0, 0
        at, end = found(terms, (start + form).encode()) if marked else (low, high)
        if at == end:
            return 0, 0
        places.append((int(folds[low]), at - low))
    (fold1, rank1), (fold2, rank2) = places
    if marked:
        key = pair_key((fold1, rank1), (fold2, rank2))
        return key, key + 1
    return pair_key((fold1, 0), (fold2, 0)), pair_key((fold1, 0), (fold2 + 1, 0))
