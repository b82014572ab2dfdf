"""Pages, cursors, facets and the timeline over a real index."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.answering import cursors
from search.answering.cursors import Place
from search.answering.ranking import Ranking
from search.answering.selection import page
from search.results import FacetValue, Hit, SearchRequest, Sort
from search.schema import IndexDocument
from search.whoosh_engine import MAX_OFFSET, WhooshEngine, WhooshGeneration

SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")
MANY = 12_000


def document(i: int) -> IndexDocument:
    """A short sample: many of them share their words, their score and their day."""
    return IndexDocument(
        id=f"doc{i:06d}",
        portal="mau",
        url=f"https://mau.example/{i}",
        title=f"Thông báo mẫu nhóm {i % 40}",
        summary="",
        # Of one length, so that what comes in changes scores but not their order.
        body="ngân sách" + " tỉnh" * (i % 7) + " khác" * (7 - i % 7),
        published=f"20{10 + i % 9}-0{1 + i % 8}-1{i % 5}" if i % 11 else None,
        kind=("Thông báo", "Quyết định", "Công văn")[i % 3],
        category=f"Mục {i % 5}",
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshGeneration]:
    """Documents enough to go past the last page that has a number."""
    generation = WhooshEngine().create(tmp_path_factory.mktemp("many"))
    generation.write([document(i) for i in range(MANY)], [], 1)
    yield generation
    generation.close()


def walked(generation: WhooshGeneration, request: SearchRequest) -> list[Hit]:
    """All hits, page after page by cursor."""
    found: list[Hit] = []
    while True:
        results = generation.search(request)
        found += results.hits
        assert not results.notes
        if results.next is None:
            return found
        request = replace(request, after=results.next)


@pytest.mark.parametrize(("text", "sort"), [("", "newest"), ("ngân sách tỉnh", "relevance"), ("ngân sách", "oldest")])
def test_a_walk_by_cursor_meets_each_of_twelve_thousand_hits_once(many: WhooshGeneration, text: str, sort: Sort) -> None:
    found = walked(many, SearchRequest(text, sort=sort, limit=100))
    assert len(found) == MANY == many.search(SearchRequest(text)).total
    assert len({hit.id for hit in found}) == MANY
    dates = [hit.published for hit in found if hit.published]
    if sort != "relevance" or not text:
        assert dates == sorted(dates, reverse=sort != "oldest")
        assert all(not hit.published for hit in found[len(dates) :])
    else:
        scores = [hit.score for hit in found]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("sort", SORTS)
def test_pages_by_number_and_by_cursor_are_the_same_pages(many: WhooshGeneration, sort: Sort) -> None:
    request = SearchRequest("ngân sách", sort=sort, limit=50)
    pages = [many.search(request)]
    for _ in range(4):
        pages.append(many.search(replace(request, after=pages[-1].next)))
    assert pages[4].hits == many.search(replace(request, offset=200)).hits
    assert len({hit.id for each in pages for hit in each.hits}) == 250
    last_by_number = many.search(replace(request, offset=MAX_OFFSET - 50))
    after = many.search(replace(request, after=last_by_number.next))
    assert after.hits[0].id == many.search(replace(request, offset=MAX_OFFSET)).hits[0].id


@pytest.mark.parametrize("sort", SORTS)
def test_what_comes_in_meanwhile_neither_repeats_nor_hides_a_hit(tmp_path: Path, sort: Sort) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write([document(i) for i in range(300)], [], 1)
    request = SearchRequest("ngân sách tỉnh", sort=sort, limit=20)
    found: list[str] = []
    for turn in range(100):
        results = generation.search(request)
        found += [hit.id for hit in results.hits]
        if results.next is None:
            break
        request = replace(request, after=results.next)
        # One that stands before the cursor is written anew, others come in or go.
        generation.write([document(1000 + 3 * turn + k) for k in range(3)] + [document(int(found[0][3:]))], [found[-1]], turn + 2)
    old = [id for id in found if int(id[3:]) < 1000]
    assert sorted(old) == [f"doc{i:06d}" for i in range(300)]
    assert max(Counter(found).values()) == 1
    generation.close()


def broken_ones(cursor: str) -> list[str]:
    return [
        "x",
        "====",
        "ngân sách",
        "\ud800",
        "A" * 5000,
        cursor[:-2],
        cursor + "A",
        cursor[:5] + "z" + cursor[6:],
        cursor[::-1],
    ]


@pytest.mark.parametrize("i", range(9))
def test_a_broken_cursor_gives_the_first_page_and_a_note(many: WhooshGeneration, i: int) -> None:
    first = many.search(SearchRequest("ngân sách", limit=5))
    assert first.next
    results = many.search(SearchRequest("ngân sách", limit=5, offset=40, after=broken_ones(first.next)[i]))
    assert [note.code for note in results.notes] == ["cursor"]
    assert results.hits == first.hits


def test_a_cursor_of_another_search_is_a_broken_one(many: WhooshGeneration) -> None:
    cursor = many.search(SearchRequest("ngân sách", limit=5)).next
    for other in (
        SearchRequest("ngân", limit=5, after=cursor),
        SearchRequest("ngân sách", sort="newest", limit=5, after=cursor),
        SearchRequest("ngân sách", (("kind", "Thông báo"),), limit=5, after=cursor),
    ):
        assert [note.code for note in many.search(other).notes] == ["cursor"]


def test_a_cursor_can_stand_in_an_address(many: WhooshGeneration) -> None:
    cursor = many.search(SearchRequest("ngân sách")).next
    assert cursor
    assert re.fullmatch(r"[\w-]{1,80}", cursor, re.ASCII)


def test_the_last_page_and_an_empty_one_have_no_next(many: WhooshGeneration) -> None:
    few = many.search(SearchRequest("nhóm", (("month", "2011-02"), ("category", "Mục 1")), limit=100))
    assert 0 < few.total == len(few.hits) < 100
    assert few.next is None
    assert many.search(SearchRequest("khôngcógì")).next is None
    assert many.search(SearchRequest("ngân sách", limit=0)).next is None


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_no_cursor_raises(text: str) -> None:
    assert cursors.read(SearchRequest("a", after=text), "newest") is None


@given(
    st.floats(width=32, allow_nan=False),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**64 - 1),
    st.sampled_from(SORTS),
    st.text(),
)
def test_a_cursor_says_what_was_written(score: float, date: int, key: int, sort: Sort, text: str) -> None:
    request = SearchRequest(text, (("kind", "x"), ("year", "2020")))
    places = (Place(score, date, key, 7), Place(0.5, 0, 1, 2**32 - 1))
    after = cursors.written(request, sort, places)
    asked = replace(request, filters=request.filters[::-1], limit=3, after=after)
    assert cursors.read(asked, sort) == places


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from([0.5, 1.0, 2.0]), st.integers(0, MANY - 1)), max_size=40, unique_by=lambda row: row[1]),
    st.sampled_from(SORTS),
    st.integers(1, 7),
)
def test_pages_are_what_sorting_everything_gives(
    many: WhooshGeneration, rows: list[tuple[float, int]], sort: Sort, limit: int
) -> None:
    rows = sorted(rows, key=lambda row: row[1])
    ranking = Ranking(np.array([doc for _, doc in rows], np.int32), np.array([score for score, _ in rows], np.float32))
    with many.newest() as snapshot:
        postings = snapshot.postings

        def key(row: int) -> tuple[float, float, int]:
            score, doc = rows[row]
            date, last = int(postings.date[doc]), int(postings.keys[doc])
            if sort == "relevance":
                return -score, -date, last
            return (-date if sort == "newest" else date or 10**15), 0, last

        wanted = sorted(range(len(rows)), key=key)
        found: list[int] = []
        part = page(postings, ranking, sort, limit)
        while part.rows:
            assert part.rows == page(postings, ranking, sort, limit, len(found)).rows
            found += part.rows
            if part.last is None:
                break
            part = page(postings, ranking, sort, limit, after=part.last)
    assert found == wanted


# facets


def counts(facets: tuple[FacetValue, ...]) -> dict[str, int]:
    return {entry.value: entry.count for entry in facets}


def test_facets_count_all_hits(many: WhooshGeneration) -> None:
    facets = many.search(SearchRequest("ngân sách", limit=1)).facets
    expected = [document(i) for i in range(MANY)]
    assert counts(facets["kind"]) == Counter(each.kind for each in expected)
    assert counts(facets["category"]) == Counter(each.category for each in expected)
    assert counts(facets["year"]) == Counter(each.year for each in expected if each.year)
    assert counts(facets["month"]) == Counter(each.published[:7] for each in expected if each.published)
    assert counts(facets["undated"]) == dict.fromkeys(("year", "month"), sum(not each.published for each in expected))
    assert list(counts(facets["year"])) == sorted(counts(facets["year"]), reverse=True)


def test_a_facet_that_is_filtered_by_counts_as_if_it_were_not(many: WhooshGeneration) -> None:
    everything = [document(i) for i in range(MANY)]
    chosen = (("kind", "Thông báo"), ("kind", "Công văn"), ("year", "2012"))
    results = many.search(SearchRequest("", chosen))
    kinds, year = {"Thông báo", "Công văn"}, "2012"
    assert results.total == sum(each.kind in kinds and each.year == year for each in everything)
    assert counts(results.facets["kind"]) == Counter(each.kind for each in everything if each.year == year)
    assert counts(results.facets["year"]) == Counter(each.year for each in everything if each.kind in kinds and each.year)
    assert counts(results.facets["category"]) == Counter(
        each.category for each in everything if each.kind in kinds and each.year == year
    )
    undated = counts(results.facets["undated"])
    assert undated["year"] == sum(each.kind in kinds and not each.year for each in everything)
    assert undated["month"] == 0
