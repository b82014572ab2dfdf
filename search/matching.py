"""Plain boolean search over fields with BM25F, as any engine has it: the floor that ranking builds on, and what is compared.

Every question gives `Found`; `every`, `any_one`, `where` and `without` put such together. Scores are those of Whoosh's BM25F: the
sum over terms and fields, fields by a weight of their own; what several spellings find is scored by each spelling for itself.
Nothing is kept from one question to the next but columns of words that stand in very many documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.columns import EMPTY, Column, greatest
from search.postings import Postings, Ranges, SyllableField

Found = Column
"""Live documents with their scores, which are above 0."""
_COMMON = 4
"""A word of more than a quarter of the documents is kept as a column of all of them."""


class PlainSearch:
    """Searches one commit. Words are syllables as they are indexed, accents and all; `fields` are weighed."""

    def __init__(self, postings: Postings, fields: Mapping[SyllableField, float], k1: float = 1.2, b: float = 0.75) -> None:
        self.postings = postings
        self._fields = tuple(fields.items())
        self._k1, self._b = k1, b
        self._known = postings.cache_for(("plain", self._fields, k1, b))
        for field, _ in self._fields:
            postings.norm(field, k1, b)

    # questions

    def any_of(self, forms: Sequence[str]) -> Found:
        """Documents that hold any of the words."""
        return self._live(self.postings.sum([(self._word(form), 1.0) for form in dict.fromkeys(forms)]))

    def all_of(self, forms: Sequence[str]) -> Found:
        """Documents that hold all of the words."""
        if not forms:
            return EMPTY
        if len(self._fields) > 1:
            return every([self._live(self._word(form)) for form in dict.fromkeys(forms)])
        ((field, weight),) = self._fields
        lists = [self.postings.frequencies(field, self.postings.typed(form)) for form in dict.fromkeys(forms)]
        return self._live(self._conjunction(field, weight, sorted(lists, key=lambda each: len(each[0]))))

    def phrase(self, forms: Sequence[str], slop: int = 1) -> Found:
        """Documents where the words stand one after the other in one field, each at most `slop` places after the one before."""
        found = []
        for field, weight in self._fields:
            docs = self.postings.phrase(forms, marked=True, field=field, slop=slop).present()
            found.append(self._scored_at(field, weight, forms, docs))
        return self._live(self.any_one(found))

    def near(self, forms: Sequence[str], window: int) -> Found:
        """Documents where the words stand in any order within so many places of one field."""
        found = []
        for field, weight in self._fields:
            docs = self.postings.near(forms, window, marked=True, field=field).present()
            found.append(self._scored_at(field, weight, list(dict.fromkeys(forms)), docs))
        return self._live(self.any_one(found))

    def begun(self, prefix: str, *, scored: bool = True) -> Found:
        """Documents that hold words that begin so; unscored, each has 1."""
        ranges = self.postings.starting(prefix)
        return self._spelt(ranges) if scored else self._held(ranges)

    def fuzzy(self, form: str, distance: int = 1) -> Found:
        """Documents that hold words that are spelt nearly so; see Postings.fuzzy."""
        return self._spelt(self.postings.fuzzy(form, distance))

    def any_one(self, found: Sequence[Found]) -> Found:
        """What any of these found, scores added."""
        return self.postings.sum([(column, 1.0) for column in found])

    # scores

    def _conjunction(self, field: SyllableField, weight: float, lists: Sequence[tuple[Array, Array]]) -> Column:
        """What is in all of the lists, shortest first; only what is left at the end is scored."""
        docs = lists[0][0]
        taken = [lists[0][1]]
        for others, tf in lists[1:]:
            figures = self._looked_up(others, tf, docs)
            kept = figures > 0
            docs, taken = docs[kept], [each[kept] for each in (*taken, figures)]
        norm = self.postings.norm(field, self._k1, self._b)[docs]
        scores = np.zeros(len(docs), np.float32)
        for (others, _), figures in zip(lists, taken, strict=True):
            scores += figures * np.float32(weight * self.postings.idf(len(others)) * (self._k1 + 1)) / (figures + norm)
        return Column(docs, scores, len(docs))

    def _looked_up(self, docs: Array, tf: Array, wanted: Array) -> Array:
        """How often each wanted document holds what `docs` hold: by search where few are wanted, else through all documents."""
        if len(wanted) * 16 < len(docs):
            rows = np.searchsorted(docs, wanted)
            rows[rows == len(docs)] = 0
            return np.where(docs[rows] == wanted, tf[rows], np.float32(0))
        whole = np.zeros(self.postings.count, np.float32)
        whole[docs] = tf
        return whole[wanted]

    def _scored_at(self, field: SyllableField, weight: float, forms: Sequence[str], docs: Array) -> Column:
        """The score of the words in one field, for these documents, all of which hold them there."""
        norm = self.postings.norm(field, self._k1, self._b)[docs]
        scores = np.zeros(len(docs), np.float32)
        for form in forms if len(docs) else ():
            others, tf = self.postings.frequencies(field, self.postings.typed(form))
            figures = self._looked_up(others, tf, docs)
            scores += figures * np.float32(weight * self.postings.idf(len(others)) * (self._k1 + 1)) / (figures + norm)
        return Column(docs, scores, len(docs))

    def _word(self, form: str) -> Column:
        ranges = self.postings.typed(form)
        if all(self.postings.frequency(field, ranges) * _COMMON < self.postings.count for field, _ in self._fields):
            return self._scored(ranges)
        column: Column = self._known.take(form, lambda: self._scored(ranges))
        return column

    def _scored(self, ranges: Ranges) -> Column:
        parts = []
        for field, weight in self._fields:
            column = self.postings.bm25(field, ranges, self._k1, self._b)
            parts.append((column, weight * self.postings.idf(column.count)))
        return self.postings.sum(parts)

    def _spelt(self, ranges: Ranges) -> Found:
        """The sum over all these terms, each as rare as it is."""
        return self._live(self.any_one([self._each(field, ranges, weight) for field, weight in self._fields]))

    def _held(self, ranges: Ranges) -> Found:
        here = np.logical_or.reduce([self.postings.holding(field, ranges) for field, _ in self._fields])
        here &= self.postings.alive
        return Column(None, here.astype(np.float32), int(np.count_nonzero(here)))

    def _each(self, field: SyllableField, ranges: Ranges, weight: float) -> Column:
        docs, tf, idf = self.postings.term_by_term(field, ranges)
        figures = tf + self.postings.norm(field, self._k1, self._b)[docs]
        np.divide(tf, figures, out=figures)
        figures *= idf
        figures *= np.float32(weight * (self._k1 + 1))
        return self.postings.added(docs, figures)

    def _live(self, column: Column) -> Found:
        alive = self.postings.alive
        if self.postings.documents == self.postings.count:
            return column
        if column.docs is None:
            return Column(None, column.values * alive, column.count)
        kept = alive[column.docs]
        return Column(column.docs[kept], column.values[kept], int(np.count_nonzero(kept)))


def every(found: Sequence[Found]) -> Found:
    """What all of them found, scores added."""
    columns = sorted(found, key=lambda column: column.count)
    docs = columns[0].present() if columns else np.zeros(0, np.int32)
    scores = np.zeros(len(docs), np.float32)
    for column in columns:
        figures = column.at(docs)
        kept = figures > 0
        docs, scores = docs[kept], scores[kept] + figures[kept]
    return Column(docs, scores, len(docs))


def where(found: Found, passes: NDArray[np.bool_]) -> Found:
    """Those of the documents for which `passes` holds, scores as they were."""
    docs = found.present()
    docs = docs[passes[docs]]
    return Column(docs, found.at(docs), len(docs))


def without(found: Found, others: Found) -> Found:
    """Those that the others did not find, scores as they were."""
    docs = found.present()
    docs = docs[others.at(docs) == 0]
    return Column(docs, found.at(docs), len(docs))


def best(found: Found, count: int) -> list[tuple[int, float]]:
    """The `count` best documents with their scores; ties go to the lower number."""
    rows = greatest(found.values, count)
    figures = found.values[rows]
    if len(rows) > count:
        # Many may equal the last of the best: of those the first stay.
        least = figures.min()
        above, equal = rows[figures > least], rows[figures == least]
        rows = np.concatenate((above, equal[: count - len(above)]))
        figures = found.values[rows]
    rows = rows[np.lexsort((rows, -figures))]
    rows = rows[found.values[rows] > 0]
    docs = rows if found.docs is None else found.docs[rows]
    return list(zip(docs.tolist(), found.values[rows].tolist(), strict=True))
