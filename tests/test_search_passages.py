"""Passages found by the index's stream: the same marks as reading whole texts gives, and the best place."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.answering.highlight import Marker, wanted_of
from search.answering.hits import Presenter, likely
from search.asking.grammar import read
from search.results import SearchRequest
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine, WhooshGeneration
from search.words.analysis import SYLLABLE, syllables
from search.words.checkpoints import STEP, packed, piece, unpacked
from search.words.standing_syllables import Syllables, plain_edges
from search.words.text import normalise

WORDS = ["ngân", "sách", "quyết", "định", "đình", "dinh", "toán", "hoá", "hóa", "đơn", "của", "số", "123/TB-STC", "“nhà", "nước”"]
ODD = "ngâsáđĐðÐİß \n\t\u00a0\u200b\u0301\u0323\u1161_-.<&>“”\ud800ﬁŉ"


def texts() -> st.SearchStrategy[str]:
    """Short and long ones, composed or not, with all that a page may hold."""
    words = st.lists(st.sampled_from(WORDS), max_size=300).map(" ".join)
    odd = st.text(alphabet=ODD + "abc", max_size=600) | st.text(max_size=200)
    mixed = st.lists(st.sampled_from(WORDS) | st.text(alphabet=ODD, max_size=12), max_size=200).map(" ".join)
    return (words | odd | mixed) | (words | mixed).map(lambda text: unicodedata.normalize("NFD", text))


QUERIES = [
    "ngan sach",
    "ngân sách",
    "quyết định",
    "dinh",
    "đình",
    '"quyết toán" ngân',
    '"ngan sach"',
    "ngâ*",
    "nga* hoá",
    "số 123/TB-STC",
    "",
]


@settings(deadline=None)
@given(texts(), st.integers(0, 500), st.integers(0, 60))
def test_a_piece_between_checkpoints_reads_as_it_does_in_the_whole(text: str, first: int, length: int) -> None:
    whole = Syllables(text)
    if not len(whole):
        return
    first = min(first, len(whole) - 1)
    last = min(first + length, len(whole) - 1)
    places = unpacked(packed(whole.starts.tolist(), len(text)), len(text))
    start, end, ordinal = piece(places, len(text), first, last, 100, 200)
    part = Syllables(text, start, end, ordinal)
    assert ordinal <= first
    assert ordinal + len(part) > last
    assert part.forms == whole.forms[ordinal : ordinal + len(part)]
    assert part.starts.tolist() == whole.starts.tolist()[ordinal : ordinal + len(part)]
    assert part.ends.tolist() == whole.ends.tolist()[ordinal : ordinal + len(part)]
    assert start <= max(0, whole.starts[first] - 100)
    assert end >= min(len(text), whole.starts[first] + 200)


@settings(deadline=None)
@given(texts())
def test_syllables_stand_where_normalising_the_text_finds_them(text: str) -> None:
    normal = normalise(text)
    spans = [normal.original(*match.span()) for match in SYLLABLE.finditer(normal.text)]
    found = Syllables(text)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == spans
    assert found.forms == [token.text for token in syllables(text)]


def test_checkpoints_of_long_texts_take_four_bytes() -> None:
    for chars, width in ((65_535, 2), (65_536, 4)):
        starts = list(range(0, chars, chars // 100))
        data = packed(starts, chars)
        assert len(data) == width * len(starts[STEP::STEP])
        assert unpacked(data, chars).tolist() == starts[STEP::STEP]


@settings(deadline=None)
@given(st.binary(max_size=40), texts(), st.sampled_from(QUERIES))
def test_checkpoints_that_are_not_theirs_break_nothing(checkpoints: bytes, text: str, query: str) -> None:
    marker = Marker(read(query))
    passage = marker.stretch(text, marker.run(Syllables(text).forms), checkpoints)
    assert passage is None or isinstance(passage.text, str)


def bare(html: str) -> str:
    return unescape(html.replace("<mark>", "").replace("</mark>", ""))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("passages")


def index_of(folder: Path, documents: list[IndexDocument]) -> WhooshGeneration:
    place = folder / f"{sum(1 for _ in folder.iterdir())}"
    place.mkdir()
    generation = WhooshEngine().create(place)
    generation.write(documents, [], 1)
    return generation


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts(), min_size=1, max_size=5), st.lists(texts(), min_size=1, max_size=3), st.sampled_from(QUERIES))
def test_marks_from_the_index_are_those_of_the_whole_text(folder: Path, bodies: list[str], more: list[str], query: str) -> None:
    documents = [
        IndexDocument(id=f"d{i}", portal="p", url="u", title="tựa", summary="", body=body)
        for i, body in enumerate([*bodies, *more])
    ]
    generation = index_of(folder, documents[: len(bodies)])
    generation.write(documents[len(bodies) :], [], 2)
    with generation.newest() as snapshot:
        wanted = likely(snapshot.postings, wanted_of(read(query)))
        postings = snapshot.postings
        look_up = postings.typed if wanted.marked else postings.readings
        marker = Marker(wanted, lambda form: postings.rarity(postings.frequency("whole", look_up(form))))
        present = Presenter(postings, wanted)
        for document in documents:
            doc = postings.doc_of(document.id)
            assert doc is not None
            shown = snapshot.shown([doc])[0]
            hit = present.hit(doc, shown)
            assert (hit.snippet, hit.snippet_html) == marker.passage(shown["body"])
    generation.close()


@settings(deadline=None)
@given(texts(), st.sampled_from(QUERIES))
def test_a_passage_marks_what_the_whole_text_marks_there(text: str, query: str) -> None:
    marker = Marker(read(query))
    passage = marker.passage(text)
    inner = passage.html.removeprefix("…").removesuffix("…") if "…" not in text else passage.html
    found = [bare(f"<mark>{part}</mark>") for part in re.findall("<mark>(.*?)</mark>", inner, re.DOTALL)]
    everywhere = [
        " ".join(unescape(part).split()) for part in re.findall("<mark>(.*?)</mark>", marker.whole(text).html, re.DOTALL)
    ]
    for each in found:
        assert any(each in mark for mark in everywhere)
    assert bool(found) == bool(everywhere)


def test_the_likely_accents_are_marked_and_others_only_where_they_do_not_stand(folder: Path) -> None:
    bodies = ["Thuế thu nhập cá nhân. " * 400, "Nhận thuế thu nhập cá nhân, cả thư.", "Đã nhận thư."]
    generation = index_of(folder, [IndexDocument(f"l{i}", "p", "u", "tựa", "", body) for i, body in enumerate(bodies)])
    hits = {hit.id: hit.snippet_html for hit in generation.search(SearchRequest("thue thu nhap ca nhan")).hits}
    assert hits["l1"] == "Nhận <mark>thuế thu nhập cá nhân</mark>, cả thư."
    hits = {hit.id: hit.snippet_html for hit in generation.search(SearchRequest("nhan thu")).hits}
    assert hits["l2"] == "Đã <mark>nhận thư</mark>."
    generation.close()


def test_every_character_that_is_read_as_it_stands_normalises_to_one_of_its_kind() -> None:
    plain = [chr(i) for i in range(0x3000) if plain_edges(chr(i)) is not None]
    assert len(plain) > 400
    for char in plain:
        normal = normalise(char).text
        assert len(normal) == 1
        assert bool(SYLLABLE.match(normal)) == bool(SYLLABLE.match(char))
        long = plain_edges(f"a {char} " * 50)
        assert long is not None
        assert long.tolist() == [place for match in SYLLABLE.finditer(f"a {char} " * 50) for place in match.span()]
    assert all(plain_edges(f"{chr(i)} " * 200) is None for i in (0x301, 0x1161, 0xD800, 0x1F600, 0x10FFFF))
    assert all(plain_edges(chr(i)) is None for i in (0x301, 0x1161, 0xD800, 0x1F600, 0x10FFFF))
