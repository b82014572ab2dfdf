"""The syllables of a document as the index has them: a slice of the stream of term numbers of its layout."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from search.answering.passages import Symbols
from search.arrays import Array
from search.layout import Layout
from search.postings import Postings
from search.schema import SYLLABLE_FIELDS
from search.words.analysis import BAR


def place_of(postings: Postings, doc: int) -> tuple[int, int]:
    """Which layout a document stands in, and its number there."""
    number = bisect_right(postings.bases, doc) - 1
    # Layouts without documents share their base with the next one.
    return number, doc - postings.bases[number]


def tokens_of(layout: Layout, doc: int, field: str | None = None) -> Array:
    """Term numbers of one field of a document of `layout`, in their order; of all fields one after the other without `field`.

    What is no term's number, a gap, is `len(layout.terms("body"))` or more.
    """
    first = doc * len(SYLLABLE_FIELDS) + (SYLLABLE_FIELDS.index(field) if field else 0)
    last = first + (1 if field else len(SYLLABLE_FIELDS))
    starts = layout["starts"]
    # Each field ends with a gap.
    return layout["tokens"][int(starts[first]) : max(int(starts[first]), int(starts[last]) - 1)]


class Runs:
    """The documents of a commit as runs of `symbols`; a table for each layout is made when it is first needed."""

    def __init__(self, postings: Postings, symbols: Symbols) -> None:
        self._postings = postings
        self._symbols = symbols
        self._tables: dict[int, Array] = {}

    def of(self, doc: int, field: str) -> Array:
        """The numbers of the syllables of a field, see passages.Symbols."""
        number, place = place_of(self._postings, doc)
        table = self._tables.get(number)
        if table is None:
            table = self._tables[number] = self._table(number)
        tokens = tokens_of(self._postings.layouts[number], place, field)
        run: Array = table[tokens if tokens.itemsize == 2 else np.minimum(tokens, len(table) - 1)]
        return run

    def _table(self, number: int) -> Array:
        postings, symbols, wanted = self._postings, self._symbols, self._symbols.wanted
        layout = postings.layouts[number]
        terms = layout.terms("body")
        # Wide enough for any number of two bytes, a gap's too, so that none has to be looked at first.
        table = np.zeros(max(len(terms) + 1, 1 << 16), np.uint16)
        for prefix in wanted.prefixes:
            for low, high in postings.starting(prefix)[number]:
                table[low:high] = symbols.of_prefix(prefix)
        looked_up = [postings.readings(form) for form in dict.fromkeys([*wanted.forms, *(f for p in wanted.phrases for f in p)])]
        looked_up += [postings.typed(form) for form in wanted.fuzzy]
        for ranges in looked_up:
            for low, high in ranges[number]:
                for term in range(low, high):
                    table[term] = symbols.of(terms[term].decode().partition(BAR)[2])
        return table
