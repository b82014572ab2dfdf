"""What is done with all documents found: filtered, counted by facets, cut into pages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.postings import Postings
from search.ranking import Ranking
from search.results import FILTERS, FacetValue, Note, Sort


def filtered(postings: Postings, ranking: Ranking, filters: tuple[tuple[str, str], ...]) -> tuple[Ranking, list[Note]]:
    """What passes the filters: values of one name are alternatives, names are conditions. Notes name the unknown ones."""
    wanted: dict[str, set[str]] = {}
    notes = []
    for name, value in filters:
        if name in FILTERS:
            wanted.setdefault(name, set()).add(value)
        else:
            notes.append(Note("unknown_filter", name[:100]))
    if not wanted:
        return ranking, notes
    passes = np.ones(len(ranking.docs), bool)
    for name, chosen in wanted.items():
        values, numbers = postings.months if name == "month" else postings.facets[name]
        passes &= np.array([value in chosen for value in values], bool)[numbers[ranking.docs]]
    return replace(ranking, docs=ranking.docs[passes], scores=ranking.scores[passes]), notes


def facet_counts(postings: Postings, docs: NDArray[np.int32]) -> dict[str, tuple[FacetValue, ...]]:
    """Exact counts over `docs`: years newest first, others by count, then by value."""
    found = {}
    for name in FILTERS:
        values, numbers = postings.months if name == "month" else postings.facets[name]
        counts = np.bincount(numbers[docs], minlength=len(values)).tolist()
        entries = [(value, count) for value, count in zip(values, counts, strict=True) if count and value]
        if name in ("year", "month"):
            entries.reverse()
        else:
            entries.sort(key=lambda entry: -entry[1])
        found[name] = tuple(FacetValue(value, count) for value, count in entries)
    return found


def page(postings: Postings, ranking: Ranking, sort: Sort, limit: int, offset: int) -> list[int]:
    """Rows of `ranking` in their order, from `offset` on. Ties: the other key, then the document's number."""
    dates = postings.date[ranking.docs]
    if sort == "relevance":
        keys: tuple[Array, Array] = (-ranking.scores, -dates)
    elif sort == "newest":
        keys = (-dates, -ranking.scores)
    else:
        keys = (np.where(dates == 0, np.iinfo(np.int64).max, dates), -ranking.scores)
    rows = _least(keys[0], offset + limit)
    # Rows ascend, so what is equal in both keys stays in the order of the documents.
    ordered = rows[np.lexsort((keys[1][rows], keys[0][rows]))]
    return [int(row) for row in ordered[offset : offset + limit]]


def _least(keys: Array, count: int) -> Array:
    """The rows of the `count` least keys and of all that equal the last of them, ascending."""
    if count >= len(keys):
        return np.arange(len(keys))
    if count <= 0:
        return np.zeros(0, np.int64)
    bound = np.partition(keys, count - 1)[count - 1]
    return np.flatnonzero(keys <= bound)
