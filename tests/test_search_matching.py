"""The arrays give what Whoosh's own matchers and BM25F give: the same documents, scores within 1e-4, for all that it answers.

A query is drawn as a tree and put to both: to Whoosh as its query objects, to the arrays as questions put together.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from whoosh import fields, scoring
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.query import spans
from whoosh.query.compound import And, Or, Require
from whoosh.query.positional import Phrase
from whoosh.query.ranges import NumericRange
from whoosh.query.terms import FuzzyTerm, Prefix, Term
from whoosh.query.wrappers import Not

from search.columns import Column, greatest
from search.matching import Found, PlainSearch, best, every, where, without
from search.postings import Postings, SyllableField
from search.schema import IndexDocument, date_key
from search.whoosh_engine import WhooshEngine, WhooshGeneration
from search.words.analysis import term
from search.words.text import fold

K1, B = 1.2, 0.75
FIELDS: dict[SyllableField, float] = {"title": 2.0, "body": 1.0}
FORMS = ("định", "đình", "dinh", "công", "cong", "khai", "ngân", "sách", "2020", "a")
DATES = (None, "2019", "2020-06", "2020-06-15", "2021-12-31")
CATEGORIES = (None, "Thông báo", "Tin tức")

texts = st.lists(st.sampled_from(FORMS), max_size=12).map(" ".join)
documents = st.builds(
    lambda id, title, body, published, category: IndexDocument(
        f"d{id}", "p", "u", title, "", body, published=published, category=category
    ),
    st.integers(0, 9),
    st.lists(st.sampled_from(FORMS), max_size=4).map(" ".join),
    texts,
    st.sampled_from(DATES),
    st.sampled_from(CATEGORIES),
)
commits = st.lists(st.lists(documents, max_size=5), min_size=1, max_size=4)
words = st.lists(st.sampled_from(FORMS), min_size=1, max_size=4)
weights = st.sampled_from(({"body": 1.0}, {"title": 1.0}, {"title": 2.0, "body": 1.0}))
# Whoosh's constructors are not typed.
_and, _or, _not, _require, _phrase, _prefix, _fuzzy, _range, _near = (
    cast(Any, kind) for kind in (And, Or, Not, Require, Phrase, Prefix, FuzzyTerm, NumericRange, spans.SpanNear2)
)


@contextmanager
def indexed(batches: Sequence[Sequence[IndexDocument]], *, joined: bool) -> Iterator[tuple[WhooshGeneration, Postings]]:
    """Each batch a commit that also drops a document of an earlier one, or is the first."""
    with tempfile.TemporaryDirectory() as folder:
        generation = WhooshEngine().create(Path(folder))
        for number, batch in enumerate(batches):
            generation.write(batch, [f"d{(number * 7) % 10}"] if number else [], number + 1)
        if joined:
            generation.settle()
        try:
            with generation.newest() as snapshot:
                yield generation, snapshot.postings
        finally:
            generation.close()


def by_whoosh(folder: Path, query: Any, passes: Any = None) -> dict[int, float]:
    with FileStorage(str(folder)).open_index().searcher(weighting=scoring.BM25F(B=B, K1=K1)) as searcher:  # type: ignore[no-untyped-call]
        return {hit.docnum: hit.score for hit in searcher.search(query, limit=None, filter=passes)}


def scores_of(found: Found) -> dict[int, float]:
    return dict(best(found, 1000))


@dataclass(frozen=True)
class Asked:
    """One node of a query: what it is, the words of a leaf, the parts of a branch, and a number for whoever needs one."""

    kind: str
    forms: tuple[str, ...] = ()
    parts: tuple[Asked, ...] = ()
    number: int = 1

    def of_whoosh(self, weights: dict[SyllableField, float]) -> Any:
        parts = [part.of_whoosh(weights) for part in self.parts]
        if self.kind in ("and", "or"):
            return {"and": _and, "or": _or}[self.kind](parts)
        if self.kind == "not":
            # In an And it would add 1 to every score; AndNot adds nothing, but lets a first document through (whoosh3 3.54).
            return _require(parts[0], _not(parts[1]))
        return _or([self._leaf(field, weight) for field, weight in weights.items()])

    def _leaf(self, field: str, weight: float) -> Any:
        terms = [term(form) for form in self.forms]
        if self.kind == "phrase":
            return _phrase(field, terms, slop=self.number, boost=weight)
        if self.kind == "near":
            return _near([Term(field, each, boost=weight) for each in terms], slop=self.number, ordered=False)
        if self.kind == "prefix":
            return _prefix(field, fold(self.forms[0])[: self.number], boost=weight, constantscore=False)
        return Term(field, terms[0], boost=weight)

    def of_ours(self, plain: PlainSearch) -> Found:
        parts = [part.of_ours(plain) for part in self.parts]
        if self.kind == "and":
            return every(parts)
        if self.kind == "or":
            return plain.any_one(parts)
        if self.kind == "not":
            return without(*parts)
        if self.kind == "phrase":
            return plain.phrase(self.forms, slop=self.number)
        if self.kind == "near":
            return plain.near(self.forms, self.number + 1)
        if self.kind == "prefix":
            return plain.begun(fold(self.forms[0])[: self.number])
        return plain.any_of(self.forms)


word = st.builds(lambda form: Asked("word", (form,)), st.sampled_from(FORMS))
phrase = st.builds(
    lambda forms, slop: Asked("phrase", tuple(forms), (), slop),
    st.lists(st.sampled_from(FORMS), min_size=2, max_size=4),
    st.integers(1, 3),
)
near = st.builds(
    lambda forms, slop: Asked("near", tuple(forms), (), slop),
    st.lists(st.sampled_from(FORMS), min_size=2, max_size=2, unique=True),
    st.integers(1, 5),
)
prefix = st.builds(lambda form, length: Asked("prefix", (form,), (), length), st.sampled_from(FORMS), st.integers(1, 4))
queries = st.recursive(
    st.one_of(word, word, phrase, near, prefix),
    lambda parts: st.one_of(
        st.builds(
            lambda kind, parts: Asked(kind, (), tuple(parts)),
            st.sampled_from(("and", "or")),
            st.lists(parts, min_size=2, max_size=3),
        ),
        st.builds(lambda one, other: Asked("not", (), (one, other)), parts, parts),
    ),
    max_leaves=6,
)


dates = st.sampled_from([date_key(date) for date in ("2019", "2020-06", "2020-06-15", "2020-12-31", "2022")])
filters = st.one_of(st.none(), st.sampled_from(("Thông báo", "Tin tức", "Lạ")), st.tuples(dates, dates).map(sorted).map(tuple))
Filter = str | tuple[int, int] | None


def filter_of_whoosh(chosen: Filter) -> Any:
    if chosen is None:
        return None
    return Term("category", chosen) if isinstance(chosen, str) else _range("date", *chosen)


def filter_of_ours(chosen: Filter, postings: Postings) -> NDArray[np.bool_]:
    if chosen is None:
        return np.ones(postings.count, bool)
    if isinstance(chosen, tuple):
        return postings.dated(*chosen)
    values, numbers = postings.facets["category"]
    passes: NDArray[np.bool_] = np.array([value == chosen for value in values], bool)[numbers]
    return passes


@settings(max_examples=60, deadline=None)
@given(batches=commits, asked=queries, weights=weights, chosen=filters, joined=st.booleans())
def test_any_query_under_any_filter_finds_and_scores_as_whoosh_does(
    batches: list[list[IndexDocument]], asked: Asked, weights: dict[SyllableField, float], chosen: Filter, joined: bool
) -> None:
    with indexed(batches, joined=joined) as (generation, postings):
        expected = by_whoosh(generation.folder, asked.of_whoosh(weights), filter_of_whoosh(chosen))
        plain, passes = PlainSearch(postings, weights, K1, B), filter_of_ours(chosen, postings)
        for _ in ("cold", "cached"):
            assert scores_of(where(asked.of_ours(plain), passes)) == pytest.approx(expected, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(batches=commits, forms=words, weights=weights, joined=st.booleans())
def test_or_and_and_score_as_whoosh_does(
    batches: list[list[IndexDocument]], forms: list[str], weights: dict[SyllableField, float], joined: bool
) -> None:
    with indexed(batches, joined=joined) as (generation, postings):
        terms = [
            _or([Term(field, term(form), boost=weight) for field, weight in weights.items()]) for form in dict.fromkeys(forms)
        ]
        plain = PlainSearch(postings, weights, K1, B)
        for _ in ("cold", "cached"):
            assert scores_of(plain.any_of(forms)) == pytest.approx(by_whoosh(generation.folder, _or(terms)), abs=1e-4)
            assert scores_of(plain.all_of(forms)) == pytest.approx(by_whoosh(generation.folder, _and(terms)), abs=1e-4)


SPELT = ("cong", "con", "kong", "conga", "khai", "kha", "sách", "sạch", "xách", "sánh", "a", "b")
spelt = st.lists(st.lists(st.sampled_from(SPELT), max_size=8).map(" ".join), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(batches=commits, form=st.sampled_from(FORMS), length=st.integers(1, 4), weights=weights)
def test_a_prefix_that_is_not_scored_finds_what_whoosh_finds(
    batches: list[list[IndexDocument]], form: str, length: int, weights: dict[SyllableField, float]
) -> None:
    with indexed(batches, joined=False) as (generation, postings):
        begun = fold(form)[:length]
        found = scores_of(PlainSearch(postings, weights, K1, B).begun(begun, scored=False))
        assert found.keys() == by_whoosh(generation.folder, _or([_prefix(field, begun) for field in weights])).keys()
        assert set(found.values()) <= {1.0}


@settings(max_examples=40, deadline=None)
@given(texts=spelt, form=st.sampled_from(SPELT))
def test_what_is_spelt_nearly_so_is_found_and_scored_as_whoosh_does(texts: list[str], form: str) -> None:
    """Whoosh compares whole terms, and ours have two halves: it is given the same texts with plain forms for terms.

    None of these words comes from another by exchanging neighbours, which Whoosh takes for two changes, and none loses its
    accents to become another's neighbour, which only ours looks through.
    """
    with indexed([[IndexDocument(f"d{i}", "p", "u", "", "", text) for i, text in enumerate(texts)]], joined=True) as (
        _,
        postings,
    ):
        found = PlainSearch(postings, {"body": 1.0}, K1, B).fuzzy(form)
    schema = fields.Schema(body=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True))
    writer = RamStorage().create_index(schema).writer()  # type: ignore[no-untyped-call]
    for text in [*texts, ""]:  # The last stands for the document that holds the change number.
        writer.add_document(body=text)
    writer.commit()
    with writer.storage.open_index().searcher(weighting=scoring.BM25F(B=B, K1=K1)) as searcher:
        query = _fuzzy("body", form, maxdist=1, prefixlength=0, constantscore=False)
        expected = {hit.docnum: hit.score for hit in searcher.search(query, limit=None)}
    assert scores_of(found) == pytest.approx(expected, abs=1e-4)


figures = st.lists(st.integers(0, 60), min_size=1, max_size=40)


@settings(deadline=None)
@given(figures=figures, times=st.sampled_from((1, 7, 150)), count=st.integers(0, 30))
def test_the_best_are_those_that_sorting_all_would_give(figures: list[int], times: int, count: int) -> None:
    values = np.resize(np.array(figures, np.float32), len(figures) * times + 3)
    rows = np.argsort(-values, kind="stable")[:count]
    expected = [(int(row), float(values[row])) for row in rows if values[row] > 0]
    assert best(Column(None, values, int(np.count_nonzero(values))), count) == expected
    if 0 < count < len(values):
        bound = np.sort(values)[-count]
        assert greatest(values, count).tolist() == np.flatnonzero(values >= bound).tolist()
