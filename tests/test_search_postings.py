"""Layouts are made, joined, lost, damaged and made again, and hold what the documents say."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import scoring
from whoosh.filedb.filestore import FileStorage
from whoosh.query.positional import Phrase
from whoosh.query.terms import Term

from search.answering.ranking import Ranker
from search.asking.grammar import read
from search.layout import Layout
from search.postings import Postings
from search.results import SearchRequest
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine, WhooshGeneration

FORMS = ("định", "đình", "dinh", "công", "cong", "khai", "ngân", "sách", "2020", "a")
texts = st.lists(st.sampled_from(FORMS), max_size=14).map(" ".join)
commits = st.lists(st.lists(st.tuples(st.integers(0, 9), texts), max_size=5), min_size=1, max_size=4)


def document(id: int, body: str, title: str = "") -> IndexDocument:
    return IndexDocument(id=f"d{id}", portal="p", url="u", title=title, summary="", body=body)


@contextmanager
def indexed(batches: Sequence[Sequence[tuple[int, str]]], *, joined: bool) -> Iterator[tuple[WhooshGeneration, Postings]]:
    with tempfile.TemporaryDirectory() as folder:
        generation = WhooshEngine().create(Path(folder))
        for number, batch in enumerate(batches):
            gone = [f"d{(number * 7) % 10}"] if number else []
            generation.write([document(id, body) for id, body in batch], gone, number + 1)
        if joined:
            generation.settle()
        with generation.newest() as snapshot:
            yield generation, snapshot.postings
        generation.close()


def by_whoosh(folder: Path, query: Any) -> dict[int, float]:
    with FileStorage(str(folder)).open_index().searcher(weighting=scoring.BM25F()) as searcher:  # type: ignore[no-untyped-call]
        return {hit.docnum: hit.score for hit in searcher.search(query, limit=None)}


@settings(max_examples=30, deadline=None)
@given(batches=commits, joined=st.booleans())
def test_forms_side_by_side_are_counted_in_all_documents(batches: list[list[tuple[int, str]]], joined: bool) -> None:
    with indexed(batches, joined=joined) as (_, postings):
        counted: Counter[tuple[str, str]] = Counter()
        for layout in postings.layouts:
            names = [name.decode().partition("|")[2] for name in layout.terms("body")]
            stream = [names[number] if number < len(names) else "" for number in layout["tokens"].tolist()]
            counted.update(pairwise(stream))
        forms = [*FORMS, "chưa-có"]
        assert postings.beside(forms, forms).tolist() == [[counted[one, other] for other in forms] for one in forms]


@settings(max_examples=40, deadline=None)
@given(batches=commits)
def test_joined_layouts_hold_what_they_held_apart(batches: list[list[tuple[int, str]]]) -> None:
    with indexed(batches, joined=False) as (generation, apart):
        generation.settle()
        with generation.newest() as snapshot:
            whole = snapshot.postings
        assert len(whole.layouts) == 1
        assert whole.alive.tolist() == apart.alive.tolist()
        for first in FORMS:
            assert same(whole.frequencies("body", whole.readings(first)), apart.frequencies("body", apart.readings(first)))
            for second in FORMS:
                for marked in (True, False):
                    here, there = (one.pair(first, second, marked=marked) for one in (whole, apart))
                    assert same(whole.frequencies("pair", here), apart.frequencies("pair", there))
        for query in ("định công", '"công khai" sách', "dinh cong khai"):
            one, other = (Ranker(postings, read(query), 5.0).rank() for postings in (whole, apart))
            assert one.docs.tolist() == other.docs.tolist()
            assert one.scores == pytest.approx(other.scores, rel=1e-5)


def same(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    return all(a.tolist() == b.tolist() for a, b in zip(one, other, strict=True))


@settings(max_examples=60, deadline=None)
@given(batches=commits, first=st.sampled_from(FORMS), second=st.sampled_from(FORMS))
def test_pairs_are_counted_in_the_text_itself(batches: list[list[tuple[int, str]]], first: str, second: str) -> None:
    with indexed(batches, joined=True) as (_, postings):
        latest: dict[int, str] = {}
        for number, batch in enumerate(batches):
            if number:
                latest.pop((number * 7) % 10, None)
            latest |= dict(batch)
        split = [text.split() for text in latest.values()]
        expected = sorted(n for text in split if (n := sum(pair == (first, second) for pair in pairwise(text))))
        docs, tf = postings.frequencies("pair", postings.pair(first, second, marked=True))
        assert sorted(tf[postings.alive[docs]].tolist()) == expected


DOCUMENTS = [document(i, f"Công khai ngân sách {i} định đình", "Thông báo") for i in range(12)]


def layouts(folder: Path) -> list[Path]:
    return sorted(folder.glob("layout-*.arrays"))


@pytest.mark.parametrize("how", ["cut", "emptied", "removed", "scribbled", "a bit turned", "of another version"])
def test_a_damaged_layout_is_made_again_and_answers_the_same(tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(DOCUMENTS, [], 1)
    before = generation.search(SearchRequest("ngân sách"))
    generation.close()
    (path,) = layouts(tmp_path)
    data = path.read_bytes()
    damaged = {
        "cut": data[: len(data) // 2],
        "emptied": b"",
        "scribbled": bytes(255 - byte for byte in data),
        "a bit turned": data[: -40_000 % len(data)] + bytes([data[-40_000 % len(data)] ^ 1]) + data[-40_000 % len(data) + 1 :],
        "of another version": data.replace(b'"version": ', b'"version":-'),
    }
    if how == "removed":
        path.unlink()
    else:
        path.write_bytes(damaged[how])
    again = WhooshEngine().open(tmp_path)
    assert [(hit.id, hit.score) for hit in again.search(SearchRequest("ngân sách")).hits] == [
        (hit.id, hit.score) for hit in before.hits
    ]
    again.close()
    assert layouts(tmp_path)[0].read_bytes() == data


def test_a_commit_lays_out_only_its_own_segment(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(DOCUMENTS[:11], [], 1)
    (first,) = layouts(tmp_path)
    written = first.stat().st_mtime_ns
    generation.write(DOCUMENTS[11:], [], 2)
    assert first.stat().st_mtime_ns == written
    assert len(layouts(tmp_path)) == 2
    generation.settle()
    assert len(layouts(tmp_path)) == 1
    assert generation.search(SearchRequest("ngân sách")).total == 12
    generation.close()


def test_small_commits_leave_the_joined_layout_as_it_is(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(DOCUMENTS[:6], [], 1)
    generation.write(DOCUMENTS[6:], [], 2)
    generation.settle()
    (joined,) = layouts(tmp_path)
    written = joined.stat().st_mtime_ns
    for number in range(9):
        generation.write([document(100 + number, "ngân sách")], ["d0"], number + 3)
    assert joined.stat().st_mtime_ns == written
    assert len(layouts(tmp_path)) < 9
    assert generation.search(SearchRequest("ngân sách")).total == 20
    generation.close()


def test_whoosh_alone_can_open_and_query_what_it_holds(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(DOCUMENTS, [], 1)
    generation.close()
    assert len(by_whoosh(tmp_path, Term("body", "dinh|định"))) == 12
    assert len(by_whoosh(tmp_path, Phrase("body", ["ngan|ngân", "sach|sách"]))) == 12


def test_threads_search_side_by_side_while_commits_come(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(DOCUMENTS, [], 1)
    totals: set[int] = set()
    failures: list[BaseException] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                totals.add(generation.search(SearchRequest("ngân sách", limit=5)).total)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(8):
        generation.write([DOCUMENTS[number]], [], number + 2)
    done.set()
    for thread in threads:
        thread.join()
    generation.close()
    assert totals == {12}
    assert not failures


def test_a_long_list_of_words_stays_within_its_deadline(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(DOCUMENTS, [], 1)
    results = generation.search(SearchRequest(" ".join(f"từ{i}" for i in range(500))))
    generation.close()
    assert results.ms < 500
    assert [note.code for note in results.notes] == ["cut"]


def test_the_arrays_are_read_only(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(DOCUMENTS, [], 1)
    with generation.newest() as snapshot:
        layout: Layout = snapshot.postings.layouts[0]
        assert not any(array.flags.writeable for array in layout.arrays.values())
    generation.close()
