"""Where syllables stand to each other is found as it would be by reading every text from its first word to its last."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from search.columns import Column
from search.postings import Postings, SyllableField
from search.schema import IndexDocument, date_key
from search.whoosh_engine import WhooshEngine
from search.words.text import fold

FORMS = ("định", "đình", "công", "cong", "khai", "ngân")
FIELDS: tuple[SyllableField, ...] = ("title", "summary", "body")
texts = st.lists(st.sampled_from(FORMS), max_size=9).map(tuple)
documents = st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6)
asked = st.lists(st.sampled_from(FORMS), min_size=1, max_size=4)
Texts = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@contextmanager
def postings_of(documents: Sequence[Texts], published: Sequence[str | None] = (), *, apart: bool = True) -> Iterator[Postings]:
    with tempfile.TemporaryDirectory() as folder:
        generation = WhooshEngine().create(Path(folder))
        rows = [
            IndexDocument(
                f"d{i}",
                "p",
                "u",
                " ".join(title),
                " ".join(summary),
                " ".join(body),
                published=published[i] if published else None,
            )
            for i, (title, summary, body) in enumerate(documents)
        ]
        generation.write(rows[: len(rows) // 2] if apart else rows, [], 1)
        if apart:
            generation.write(rows[len(rows) // 2 :], [], 2)
        with generation.newest() as snapshot:
            yield snapshot.postings
        generation.close()


def live(postings: Postings, column: Column) -> list[int]:
    """The figures of the live documents that have one, in order."""
    return [int(column.of(doc)) for doc in column.present().tolist() if postings.alive[doc]]


def same(one: str, other: str, *, marked: bool) -> bool:
    return one == other if marked else fold(one) == fold(other)


def phrases_in(text: Sequence[str], forms: Sequence[str], slop: int, *, marked: bool) -> int:
    ends = {i for i, word in enumerate(text) if same(word, forms[0], marked=marked)}
    for form in forms[1:]:
        places = [i for i, word in enumerate(text) if same(word, form, marked=marked)]
        ends = {i for i in places if any(0 < i - end <= slop for end in ends)}
    return len(ends)


@settings(max_examples=40, deadline=None)
@given(documents=documents, forms=asked, marked=st.booleans(), slop=st.integers(1, 4), field=st.sampled_from((None, *FIELDS)))
def test_phrases_stand_in_order_with_no_wider_gaps_than_allowed(
    documents: list[Texts], forms: list[str], marked: bool, slop: int, field: SyllableField | None
) -> None:
    with postings_of(documents) as postings:
        counts = [
            sum(
                phrases_in(text, forms, slop, marked=marked)
                for name, text in zip(FIELDS, parts, strict=True)
                if field in (None, name)
            )
            for parts in documents
        ]
        assert live(postings, postings.phrase(forms, marked=marked, field=field, slop=slop)) == [n for n in counts if n]


@settings(max_examples=50, deadline=None)
@given(documents=documents, forms=asked, marked=st.booleans(), window=st.integers(1, 6), field=st.sampled_from((None, *FIELDS)))
def test_syllables_are_near_when_some_window_holds_them_all(
    documents: list[Texts], forms: list[str], marked: bool, window: int, field: SyllableField | None
) -> None:
    def together(text: Sequence[str]) -> bool:
        return any(
            all(any(same(word, form, marked=marked) for word in text[at : at + window]) for form in forms)
            for at in range(len(text))
        )

    with postings_of(documents) as postings:
        found = postings.near(forms, window, marked=marked, field=field)
        expected = [
            number
            for number, parts in enumerate(documents)
            if any(together(text) for name, text in zip(FIELDS, parts, strict=True) if field in (None, name))
        ]
        assert [place for place, doc in enumerate(numbers(postings)) if doc in found.present().tolist()] == expected


def numbers(postings: Postings) -> list[int]:
    """Live documents in the order in which they were written; the note of the change is no document."""
    return [doc for doc in range(postings.count) if postings.alive[doc]]


def test_the_figure_of_nearness_counts_the_places_of_the_rarest_syllable() -> None:
    texts: list[Texts] = [(("công", "khai"), (), ("khai", "x", "công", "y", "y", "y", "công", "khai", "khai", "khai"))]
    with postings_of(texts, apart=False) as postings:
        assert live(postings, postings.near(["khai", "công"], 2, marked=True)) == [2]
        assert live(postings, postings.near(["khai", "công"], 3, marked=True)) == [3]
        assert live(postings, postings.near(["khai", "công"], 2, marked=True, field="title")) == [1]
        assert live(postings, postings.near([], 3, marked=True)) == []
        assert live(postings, postings.near(["khai", "lạ"], 30, marked=True)) == []


def test_dates_lie_between_bounds_and_none_lies_nowhere() -> None:
    published = ["2020", "2020-06", "2020-06-15", None, "2021-01-01"]
    texts: list[Texts] = [((), (), ("công",))] * 5
    with postings_of(texts, published) as postings:

        def dated(first: int, last: int) -> list[str | None]:
            found = postings.dated(first, last)
            return [published[place] for place, doc in enumerate(numbers(postings)) if found[doc]]

        assert dated(date_key("2020"), date_key("2020-12-31")) == ["2020", "2020-06", "2020-06-15"]
        assert dated(date_key("2020-06-15"), date_key("2020-06-15")) == ["2020-06-15"]
        assert dated(0, date_key("2020")) == ["2020"]
        assert dated(-5, 999_999_999_999) == ["2020", "2020-06", "2020-06-15", "2021-01-01"]
        assert dated(date_key("2021-01-02"), date_key("2020")) == []


@settings(max_examples=20, deadline=None)
@given(documents=documents, form=st.sampled_from(FORMS), field=st.sampled_from(FIELDS))
def test_what_a_field_holds_is_told_for_every_document(documents: list[Texts], form: str, field: SyllableField) -> None:
    with postings_of(documents) as postings:
        here = postings.holding(field, postings.readings(form))
        expected = [any(fold(word) == fold(form) for word in parts[FIELDS.index(field)]) for parts in documents]
        assert here[numbers(postings)].tolist() == expected


def test_misspelt_syllables_are_found_with_and_without_accents() -> None:
    texts: list[Texts] = [((), (), (form,)) for form in ("nghiệm", "nghiêm", "ngiệm", "sách")]
    with postings_of(texts) as postings:

        def near(form: str, distance: int) -> list[str]:
            here = postings.holding("body", postings.fuzzy(form, distance))
            return [texts[place][2][0] for place, doc in enumerate(numbers(postings)) if here[doc]]

        assert near("nghiệm", 0) == ["nghiệm"]
        assert near("nghiệm", 1) == ["nghiệm", "nghiêm", "ngiệm"]
        assert near("ngihem", 1) == ["nghiệm", "nghiêm", "ngiệm"]
        assert near("nghịem", 1) == []
        assert near("ngem", 1) == ["ngiệm"]
        assert near("ngem", 2) == ["nghiệm", "nghiêm", "ngiệm"]
        assert near("xach", 1) == ["sách"]
