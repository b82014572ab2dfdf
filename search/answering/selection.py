"""What is done with all documents found: filtered, counted by facets, cut into pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search import runs
from search.answering.cursors import Place, Places
from search.answering.ranking import Ranking
from search.arrays import Array
from search.postings import Postings
from search.results import FILTERS, FacetValue, Note, Sort


@dataclass(frozen=True, slots=True)
class Selection:
    """What passes the filters; `found` and `passes`, by the filter's name, tell what would pass without one of them."""

    ranking: Ranking
    notes: tuple[Note, ...]
    found: NDArray[np.int32]
    passes: Mapping[str, NDArray[np.bool_]]

    def facets(self, postings: Postings) -> dict[str, tuple[FacetValue, ...]]:
        """See results.Results: exact counts, of a filtered facet as if that one filter were not set."""
        counts = facet_counts(postings, self.ranking.docs, [name for name in FILTERS if name not in self.passes])
        for name in self.passes:
            others = [passes for other, passes in self.passes.items() if other != name]
            counts |= _of_facet(postings, name, self.found[np.logical_and.reduce(others)] if others else self.found)
        undated = tuple(FacetValue(name, counts.pop(f"no {name}")[0].count) for name in _DATED)
        return {name: counts[name] for name in FILTERS} | {"undated": undated}


_DATED = ("year", "month")


def select(postings: Postings, ranking: Ranking, filters: tuple[tuple[str, str], ...]) -> Selection:
    """What passes the filters: values of one name are alternatives, names are conditions. Notes name the unknown ones."""
    wanted: dict[str, set[str]] = {}
    notes = []
    for name, value in filters:
        if name in FILTERS:
            wanted.setdefault(name, set()).add(value)
        else:
            notes.append(Note("unknown_filter", name[:100]))
    passes = {}
    for name, chosen in wanted.items():
        values, numbers = _facet(postings, name)
        passes[name] = np.array([value in chosen for value in values], bool)[numbers[ranking.docs]]
    selected = ranking
    if passes:
        kept = np.logical_and.reduce(list(passes.values()))
        selected = ranking.taken(kept)
    return Selection(selected, tuple(notes), ranking.docs, passes)


def _facet(postings: Postings, name: str) -> tuple[tuple[str, ...], Array]:
    return postings.months if name == "month" else postings.facets[name]


def facet_counts(postings: Postings, docs: Array, names: Sequence[str] = FILTERS) -> dict[str, tuple[FacetValue, ...]]:
    """Exact counts over `docs`: years and months newest first, others by count, then by value; `no year`, `no month` besides."""
    counts: dict[str, tuple[FacetValue, ...]] = {}
    for name in names:
        counts |= _of_facet(postings, name, docs)
    return counts


def _of_facet(postings: Postings, name: str, docs: Array) -> dict[str, tuple[FacetValue, ...]]:
    values, numbers = _facet(postings, name)
    counts = np.bincount(numbers[docs], minlength=len(values))
    present = np.flatnonzero(counts).tolist()
    entries = [(values[number], int(counts[number])) for number in present]
    without = {f"no {name}": (FacetValue("", sum(count for value, count in entries if not value)),)} if name in _DATED else {}
    entries = [entry for entry in entries if entry[0]]
    if name in _DATED:
        entries.reverse()
    else:
        entries.sort(key=lambda entry: -entry[1])
    return {name: tuple(FacetValue(*entry) for entry in entries)} | without


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a ranking in their order, and the places of the last two where others follow, see cursors."""

    rows: tuple[int, ...]
    last: Places | None


def page(postings: Postings, ranking: Ranking, sort: Sort, limit: int, offset: int = 0, after: Places | None = None) -> Page:
    """The page that begins at `offset`, or after these places. Equal scores: the newer; else by the document's key."""
    rows = np.arange(len(ranking.docs))
    keys = _keys(sort, ranking.scores, postings.date[ranking.docs], postings.keys[ranking.docs])
    if after is not None:
        rows, offset = _after(keys, sort, _as_it_stands(postings, ranking, after)), 0
    least = _least(keys, rows, offset + limit)
    ordered = least[np.lexsort(tuple(key[least] for key in reversed(keys)))][offset : offset + limit]
    if not len(ordered) or offset + len(ordered) >= len(rows):
        return Page(tuple(ordered.tolist()), None)
    last, before = (_place(postings, ranking, int(row)) for row in (ordered[-1], ordered[-2:][0]))
    return Page(tuple(ordered.tolist()), (last, before))


def place_of(postings: Postings, ranking: Ranking, sort: Sort, doc: int) -> int:
    """Which of all hits a document is, 1 for the first; 0 where it is none."""
    row = int(np.searchsorted(ranking.docs, doc))
    if row == len(ranking.docs) or ranking.docs[row] != doc:
        return 0
    before = np.zeros(len(ranking.docs), bool)
    same = ~before
    for key in _keys(sort, ranking.scores, postings.date[ranking.docs], postings.keys[ranking.docs]):
        before |= same & (key < key[row])
        same &= key == key[row]
    return int(np.count_nonzero(before)) + 1


def _place(postings: Postings, ranking: Ranking, row: int) -> Place:
    doc = int(ranking.docs[row])
    number, at = runs.place_of(postings, doc)
    size = len(runs.tokens_of(postings.layouts[number], at))
    return Place(float(ranking.scores[row]), int(postings.date[doc]), int(postings.keys[doc]), size)


def _keys(sort: Sort, scores: Array, dates: Array, keys: Array) -> tuple[Array, ...]:
    """What hits are ordered by, ascending; those without a date come last by either date.

    Scores do not part documents of one day: they drift with every document that comes in, and pages would shift with them.
    """
    if sort == "relevance":
        return -scores, -dates, keys
    return (-dates if sort == "newest" else np.where(dates == 0, np.iinfo(np.int64).max, dates)), keys


def _as_it_stands(postings: Postings, ranking: Ranking, places: Places) -> Place:
    """The place where the same hit stands by now: every document that comes in changes all scores a little.

    Of the hit before it where it is no hit any more, or was rewritten; where it stood where that is gone too.
    """
    for place in places:
        rows = np.flatnonzero(postings.keys[ranking.docs] == np.uint64(place.key))
        if len(rows):
            now = _place(postings, ranking, int(rows[-1]))
            if (now.date, now.size) == (place.date, place.size):
                return now
    return places[0]


def _after(keys: tuple[Array, ...], sort: Sort, place: Place) -> Array:
    """The rows that follow a place."""
    bounds = _keys(sort, np.array([place.score], np.float32), np.array([place.date], np.int64), np.array([place.key], np.uint64))
    later = keys[-1] > bounds[-1]
    for key, bound in zip(reversed(keys[:-1]), reversed(bounds[:-1]), strict=True):
        later = (key > bound) | ((key == bound) & later)
    return np.flatnonzero(later)


def _least(keys: Sequence[Array], rows: Array, count: int) -> Array:
    """The `count` of `rows` with the least keys, in any order: the second key counts where the first is equal, and so on."""
    if count <= 0 or count >= len(rows) or not keys:
        return rows[: max(0, count)]
    values = keys[0][rows]
    bound = np.partition(values, count - 1)[count - 1]
    less = rows[values < bound]
    ties = rows[values == bound]
    return np.concatenate([less, _least(keys[1:], ties, count - len(less))])
