"""Plain boolean search over fields with BM25F, as any engine has it: the floor that ranking builds on, and what is compared.

Scores are those of Whoosh's BM25F: the sum over terms and fields. Fields count with a weight of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search.postings import Column, Postings, Ranges, Stream

Found = tuple[NDArray[np.int32], NDArray[np.float32]]
"""Live documents, ascending, and their scores."""


class PlainSearch:
    """Searches one commit. Words are syllables as they are indexed, accents and all."""

    def __init__(self, postings: Postings, fields: Mapping[Stream, float], k1: float = 1.2, b: float = 0.75) -> None:
        self.postings = postings
        self._fields = tuple(fields.items())
        self._k1, self._b = k1, b
        self._known = postings.cache_for(("plain", self._fields, k1, b))

    def any_of(self, forms: Sequence[str]) -> Found:
        """Documents that hold any of the words."""
        return self._live(self.postings.sum([(self._word(form), 1.0) for form in dict.fromkeys(forms)]))

    def all_of(self, forms: Sequence[str]) -> Found:
        """Documents that hold all of the words."""
        columns = sorted((self._word(form) for form in dict.fromkeys(forms)), key=lambda column: column.count)
        docs = columns[0].present() if columns else np.zeros(0, np.int32)
        scores = np.zeros(len(docs), np.float32)
        for column in columns:
            figures = column.at(docs)
            kept = figures > 0
            docs, scores = docs[kept], scores[kept] + figures[kept]
        alive = self.postings.alive[docs]
        return docs[alive], scores[alive]

    def phrase(self, forms: Sequence[str]) -> Found:
        """Documents where the words stand one after the other, scored as if they stood anywhere."""
        places = self.postings.phrase(forms, marked=True)
        docs = places.present()
        docs = docs[self.postings.alive[docs]]
        scores = np.zeros(len(docs), np.float32)
        for form in dict.fromkeys(forms):
            scores += self._word(form).at(docs)
        return docs, scores

    def begun(self, prefix: str) -> Found:
        """Documents that hold a word that begins so, all such words counting as one."""
        return self._live(self._known.take((prefix, "*"), lambda: self._scored(self.postings.starting(prefix))))

    def _word(self, form: str) -> Column:
        column: Column = self._known.take(form, lambda: self._scored(self.postings.typed(form)))
        return column

    def _scored(self, ranges: Ranges) -> Column:
        postings = self.postings
        parts = []
        for stream, weight in self._fields:
            column = postings.bm25(stream, ranges, self._k1, self._b)
            parts.append((column, weight * postings.idf(column.count)))
        return postings.sum(parts)

    def _live(self, column: Column) -> Found:
        docs = column.present()
        scores = column.values if column.docs is not None else column.values[docs]
        alive = self.postings.alive[docs]
        return docs[alive], scores[alive]


def best(found: Found, count: int) -> list[tuple[int, float]]:
    """The `count` best documents with their scores; ties go to the lower number."""
    docs, scores = found
    if count < len(scores):
        bound = np.partition(scores, len(scores) - count)[len(scores) - count]
        rows = np.flatnonzero(scores >= bound)
    else:
        rows = np.arange(len(scores))
    rows = rows[np.argsort(-scores[rows], kind="stable")][:count]
    return list(zip(docs[rows].tolist(), scores[rows].tolist(), strict=True))
