"""A segment written from sorted postings is what Whoosh's own writer would give, and Whoosh alone can live with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index
from whoosh.index import FileIndex
from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.ranges import NumericRange
from whoosh.query.terms import Prefix, Term

from search import layouts, whoosh_reader, whoosh_writer
from search.layout import SegmentPostings, lay_out
from search.results import SearchRequest
from search.schema import IndexDocument, fields_of, whoosh_schema
from search.whoosh_engine import WhooshEngine, WhooshGeneration
from search.whoosh_storage import DurableStorage
from search.words.analysis import term

FORMS = (
    "định",
    "ĐÌNH",
    "dinh",
    "công khai",
    "ngân sách",
    "nhà nước",
    "2020",
    "123/TB-STC",
    "a@b.vn",
    "hà…nội",
    "–",
    "\n",
    "\ud800",
)
words = st.lists(st.sampled_from(FORMS), max_size=12).map(" ".join)
written = st.builds(
    IndexDocument,
    id=st.integers(0, 9).map(lambda number: f"d{number}"),
    portal=st.sampled_from(("mẫu", "khác")),
    url=st.sampled_from(("https://mau.example/a", "http://[")),
    title=words,
    summary=words,
    body=words | st.text(max_size=60),
    published=st.sampled_from((None, "2020", "2021-06-15T08:30+07:00")),
    number=st.sampled_from((None, "123/TB-STC")),
    author=st.sampled_from((None, "Người Mẫu \ud800")),
    files=st.lists(words, max_size=2).map(tuple),
)
# A text of more postings than a block holds, with a term in every one of them and lengths that no byte keeps exactly.
MANY = [
    IndexDocument(
        id=f"m{i}", portal="mẫu", url="u", title="Thông báo", summary="", body="ngân sách nhà nước " * (i % 40 + 1) + f"số {i}"
    )
    for i in range(300)
]


def by_whoosh(folder: Path, documents: Sequence[IndexDocument]) -> Any:
    """The same documents through Whoosh's own writer."""
    create: Any = FileIndex.create
    index = create(DurableStorage(folder), whoosh_schema())
    writer = index.writer()
    for document in documents:
        writer.add_document(**fields_of(document))
    writer.add_document(meta="change", shown={"change": 1})
    writer.commit()
    return index.reader()


def by_us(folder: Path, documents: Sequence[IndexDocument]) -> Any:
    generation = WhooshEngine().create(folder)
    generation.write(documents, [], 1)
    generation.close()
    index: Any = whoosh_index.open_dir(str(folder))
    return index.reader()


def everything_in(reader: Any) -> Iterator[object]:
    """All that Whoosh can read of an index of one segment."""
    ((leaf, _),) = reader.leaf_readers()
    names = sorted(leaf.indexed_field_names())
    yield names
    for field, text in leaf.all_terms():
        info = leaf.term_info(field, text)
        yield field, text, info.weight(), info.doc_frequency(), info.min_length(), info.max_length(), info.max_weight()
        yield info.min_id(), info.max_id()
        matcher = leaf.postings(field, text)
        while matcher.is_active():
            value = matcher.value()
            yield matcher.id(), matcher.weight(), value or b"", matcher.block_max_weight(), matcher.block_min_length()
            matcher.next()
    for field in leaf.schema.names():
        lengths = [leaf.doc_field_length(doc, field) for doc in range(leaf.doc_count_all())]
        yield field, leaf.field_length(field), lengths
        if leaf.has_column(field):
            yield list(leaf.column_reader(field))
    for doc in range(leaf.doc_count_all()):
        yield leaf.stored_fields(doc)


@settings(max_examples=60, deadline=None)
@given(documents=st.lists(written, max_size=6, unique_by=lambda each: each.id))
def test_a_segment_reads_as_the_one_that_whoosh_writes(documents: list[IndexDocument]) -> None:
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        assert list(everything_in(by_us(Path(ours), documents))) == list(everything_in(by_whoosh(Path(theirs), documents)))


def test_many_blocks_read_as_those_that_whoosh_writes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert list(everything_in(by_us(tmp_path / "a", MANY))) == list(everything_in(by_whoosh(tmp_path / "b", MANY)))


@settings(max_examples=60, deadline=None)
@given(documents=st.lists(written, max_size=6, unique_by=lambda each: each.id))
def test_what_is_laid_out_is_what_reading_the_segment_back_gives(documents: list[IndexDocument]) -> None:
    handed: list[SegmentPostings] = []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:

        def laid_out(segment: SegmentPostings) -> dict[str, Any]:
            handed.append(segment)
            return lay_out(segment)

        patch.setattr(layouts, "lay_out", laid_out)
        generation = WhooshEngine().create(Path(folder))
        generation.write(documents, [], 1)
        with generation.newest() as snapshot:
            read = lay_out(whoosh_reader.postings_of(snapshot.leaves[0]))
        generation.close()
    (segment,) = handed
    at_hand = lay_out(segment)
    assert at_hand.keys() == read.keys()
    for name, array in read.items():
        assert at_hand[name].dtype == array.dtype, name
        assert np.array_equal(at_hand[name], array), name


@pytest.fixture
def generation(tmp_path: Path) -> Iterator[WhooshGeneration]:
    generation = WhooshEngine().create(tmp_path)
    generation.write(MANY[:200], [], 1)
    generation.write(MANY[200:], ["m7"], 2)
    yield generation
    generation.close()


def found(folder: Path, query: Any) -> set[str]:
    with whoosh_index.open_dir(str(folder)).searcher() as searcher:
        return {hit["shown"]["id"] for hit in searcher.search(query, limit=None)}


def terms(text: str) -> list[Any]:
    make: Any = Term
    return [make("body", term(form)) for form in text.split()]


def test_whoosh_alone_answers_terms_phrases_prefixes_and_their_combinations(generation: WhooshGeneration) -> None:
    every = {document.id for document in MANY} - {"m7"}
    phrase, prefix, numeric, both, either, compound = (cast_any(each) for each in (Phrase, Prefix, NumericRange, And, Or, Term))
    folder = generation.folder
    assert found(folder, terms("ngân")[0]) == every
    assert found(folder, both(terms("sách 299"))) == {"m299"}
    assert found(folder, either(terms("7 8 9"))) == {"m8", "m9"}
    assert found(folder, phrase("body", [term(form) for form in ("số", "12")])) == {"m12"}
    assert found(folder, phrase("body", [term(form) for form in ("nhà", "ngân")])) == set()
    assert found(folder, prefix("body", "29")) == {"m29", *(f"m{i}" for i in range(290, 300))}
    assert found(folder, compound("compounds", "ngân_sách")) == every
    assert found(folder, numeric("date", 1, 2)) == set()


def cast_any(value: object) -> Any:
    return value


def test_whoosh_alone_can_delete_merge_and_optimise_what_was_written(generation: WhooshGeneration) -> None:
    index: Any = whoosh_index.open_dir(str(generation.folder))
    writer = index.writer()
    writer.delete_by_term("id", "m9")
    writer.commit(optimize=True)
    assert found(generation.folder, terms("ngân")[0]) == {document.id for document in MANY} - {"m7", "m9"}
    with index.reader() as reader:
        assert len(reader.leaf_readers()) == 1


def test_merged_segments_hold_what_they_held_apart(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    for number, document in enumerate(MANY[:40]):
        generation.write([document], [f"m{number - 3}"] if number % 5 == 4 else [], number + 1)
    gone = {f"m{number - 3}" for number in range(40) if number % 5 == 4}
    with generation.newest() as snapshot:
        assert len(snapshot.leaves) < 20
    assert generation.search(SearchRequest("ngân sách", limit=100)).total == 40 - len(gone)
    assert found(tmp_path, terms("ngân")[0]) == {document.id for document in MANY[:40]} - gone
    assert generation.search(SearchRequest('"số 13"')).total == ("m13" not in gone)
    generation.close()


def test_a_write_that_fails_leaves_what_was_committed(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    generation.write(MANY[:5], [], 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    places: tuple[tuple[Any, str], ...] = (
        (layouts, "write_arrays"),
        (whoosh_writer, "_write_field"),
        (DurableStorage, "rename_file"),
    )
    for place in places:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(place[0], place[1], full)
            with pytest.raises(OSError, match="No space"):
                generation.write(MANY[5:10], ["m1"], 2)
        assert (generation.status().change, generation.status().documents) == (1, 5)
    generation.write(MANY[5:10], ["m1"], 2)
    assert (generation.status().change, generation.status().documents) == (2, 9)
    generation.close()
