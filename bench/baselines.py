"""What the relevance of a search is held against: plain BM25 over several token streams, SQLite FTS5 and tantivy.

The streams are those of search.analysis, so that all BM25 baselines and our engine see the same syllables. FTS5 and tantivy get
the text and use their own tokenizers as they come.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.beir import DEPTH, Text
from search.words.analysis import Analysis, analyse, syllables
from search.words.text import fold

K1, B = 1.2, 0.75
PAIR_WEIGHT = 0.5

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Rank = Callable[[str], Sequence[str]]
"""The ids of the best documents for a query, best first."""


class Postings:
    """BM25 of one stream, every posting's score worked out beforehand. IDF as Lucene has it, ln(1 + (N − n + 0.5)/(n + 0.5))."""

    def __init__(self, terms: Ints, documents: Ints, count: int) -> None:
        both, frequencies = np.unique(terms * count + documents, return_counts=True)
        self._documents = both % count
        self._terms, starts, found_in = np.unique(both // count, return_index=True, return_counts=True)
        self._bounds = np.append(starts, len(both))
        lengths = np.bincount(documents, minlength=count)
        norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
        idf = np.repeat(np.log(1 + (count - found_in + 0.5) / (found_in + 0.5)), found_in)
        self._scores: Floats = idf * frequencies * (K1 + 1) / (frequencies + norm[self._documents])

    def add(self, scores: Floats, terms: Iterable[int], weight: float) -> None:
        """Add what each of the different terms gives to each document."""
        for term in set(terms):
            i = int(np.searchsorted(self._terms, term))
            if i < len(self._terms) and self._terms[i] == term:
                span = slice(self._bounds[i], self._bounds[i + 1])
                scores[self._documents[span]] += weight * self._scores[span]


class Bm25:
    """Single tokens, and with `pairs` neighbours at half the weight. Equal scores stand in the order of the documents."""

    def __init__(
        self, ids: Sequence[str], texts: Iterable[Sequence[str]], tokens: Callable[[str], Sequence[str]], *, pairs: bool
    ) -> None:
        self._ids = ids
        self._tokens = tokens
        self._numbers: dict[str, int] = {}
        rows = [[self._numbers.setdefault(token, len(self._numbers)) for token in row] for row in texts]
        terms = np.array([term for row in rows for term in row], dtype=np.int64)
        documents = np.repeat(np.arange(len(rows), dtype=np.int64), [len(row) for row in rows])
        self._single = Postings(terms, documents, len(rows))
        side_by_side = documents[1:] == documents[:-1]
        keys = (terms[:-1] * len(self._numbers) + terms[1:])[side_by_side]
        self._pairs = Postings(keys, documents[1:][side_by_side], len(rows)) if pairs else None

    def __call__(self, query: str) -> list[str]:
        """See Rank."""
        scores = np.zeros(len(self._ids))
        terms = [self._numbers.get(token, -1) for token in self._tokens(query)]
        self._single.add(scores, terms, 1.0)
        if self._pairs:
            size = len(self._numbers)
            self._pairs.add(scores, [a * size + b for a, b in pairwise(terms) if a >= 0 and b >= 0], PAIR_WEIGHT)
        best = np.lexsort((np.arange(len(scores)), -scores))[:DEPTH] if len(scores) < 1000 else _top(scores)
        return [self._ids[i] for i in best if scores[i] > 0]


def _top(scores: Floats) -> Ints:
    least = np.partition(scores, -DEPTH)[-DEPTH]
    candidates = np.flatnonzero(scores >= least)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:DEPTH]


def bm25_baselines(texts: Sequence[Text]) -> dict[str, Rank]:
    """The four BM25 baselines, built from one analysis of each document."""
    ids = [text.id for text in texts]
    analyses = [analyse(text.whole) for text in texts]
    accented = [_accented(analysis) for analysis in analyses]
    folded = [[fold(form) for form in row] for row in accented]
    words = [_words(analysis) for analysis in analyses]
    return {
        "syllables": Bm25(ids, accented, _typed, pairs=False),
        "words (pyvi)": Bm25(ids, words, lambda query: _words(analyse(query)), pairs=False),
        "syllables + bigrams ×0.5": Bm25(ids, accented, _typed, pairs=True),
        "folded + folded bigrams ×0.5": Bm25(ids, folded, lambda query: [fold(form) for form in _typed(query)], pairs=True),
    }


def _accented(analysis: Analysis) -> list[str]:
    return [token.text for token in analysis.syllables]


def _typed(query: str) -> list[str]:
    return [token.text for token in syllables(query)]


def _words(analysis: Analysis) -> list[str]:
    """Compounds in one piece, and the syllables outside of them."""
    inside = {token.position + i for token in analysis.compounds for i in range(token.text.count("_") + 1)}
    return [token.text for token in analysis.compounds] + [t.text for t in analysis.syllables if t.position not in inside]


class Fts5:
    """SQLite's own full text: tokenizer unicode61 with remove_diacritics 2, any of the words, its bm25."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._ids = [text.id for text in texts]
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE VIRTUAL TABLE texts USING fts5(body, tokenize = 'unicode61 remove_diacritics 2')")
        self._base.executemany("INSERT INTO texts (rowid, body) VALUES (?, ?)", ((i, text.whole) for i, text in enumerate(texts)))

    def __call__(self, query: str) -> list[str]:
        """See Rank."""
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(_typed(query)))
        if not words:
            return []
        rows = self._base.execute("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank, rowid LIMIT ?", (words, DEPTH))
        return [self._ids[row[0]] for row in rows]

    def close(self) -> None:
        """Let go of the table in memory."""
        self._base.close()


class TantivyMissing(Exception):
    """The Python package tantivy is not installed; it is no dependency of this project."""


class Tantivy:
    """tantivy with its default tokenizer and scoring, any of the words. Raises TantivyMissing."""

    def __init__(self, texts: Sequence[Text]) -> None:
        try:
            tantivy: Any = importlib.import_module("tantivy")
        except ImportError as error:
            raise TantivyMissing(
                "tantivy: not installed, left out. Run: pip install --target DIR tantivy; PYTHONPATH=DIR"
            ) from error
        schema = tantivy.SchemaBuilder()
        schema.add_integer_field("number", stored=True)
        schema.add_text_field("body")
        self._ids = [text.id for text in texts]
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(64_000_000, 1)
        for i, text in enumerate(texts):
            writer.add_document(tantivy.Document(number=i, body=text.whole))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def __call__(self, query: str) -> list[str]:
        """See Rank."""
        words = " ".join(f'"{word}"' for word in dict.fromkeys(_typed(query)))
        if not words:
            return []
        hits = self._searcher.search(self._index.parse_query(words, ["body"]), DEPTH).hits
        return [self._ids[self._searcher.doc(address)["number"][0]] for _, address in hits]
