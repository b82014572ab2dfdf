"""What was meant by what was typed: always shown, always undone by asking for the words as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.asking.thesaurus import SHIPPED, load
from search.results import Results, SearchRequest
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine, WhooshGeneration

FILLER = "Văn bản mẫu nói về tuyển dụng viên chức, thông báo kết quả và quyết định của đơn vị. "
DOCUMENTS = [
    IndexDocument("thongbao", "mau", "u1", "Thông báo tuyển dụng viên chức", "", FILLER * 2),
    IndexDocument("ubnd", "mau", "u2", "Quyết định của UBND tỉnh Mẫu", "", "UBND tỉnh giao dự toán thu."),
    IndexDocument(
        "uyban", "mau", "u3", "Lịch họp mẫu", "", "Ủy ban nhân dân tỉnh Mẫu họp thường kỳ.", issuer="Ủy ban nhân dân tỉnh Mẫu"
    ),
    IndexDocument("nhandan", "mau", "u4", "Ngày hội của nhân dân", "", "Nhân dân và ủy viên trong ban tổ chức."),
    IndexDocument("quyetdinh", "mau", "u5", "Quyết định khen thưởng", "", FILLER * 2),
]


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshGeneration]:
    generation = WhooshEngine(load(SHIPPED)).create(tmp_path_factory.mktemp("index"))
    generation.write(DOCUMENTS, [], 1)
    yield generation
    generation.close()


def search(generation: WhooshGeneration, text: str, *, verbatim: bool = False) -> Results:
    return generation.search(SearchRequest(text, verbatim=verbatim))


@pytest.mark.parametrize("typed", ["thoong baos tuyeenr dungj", "tho6ng ba1o tuye63n du5ng", "THOONG BAOS"])
def test_typing_without_an_input_method_is_read_as_meant_and_said(generation: WhooshGeneration, typed: str) -> None:
    results = search(generation, typed)
    assert results.hits[0].id == "thongbao"
    assert (results.read_as or "").lower().startswith("thông báo")


def test_what_was_typed_is_searched_where_the_person_insists(generation: WhooshGeneration) -> None:
    results = search(generation, "thoong baos", verbatim=True)
    assert (results.total, results.read_as, results.also) == (0, None, ())


def test_fields_are_kept_where_typing_is_rescued_and_quotes_too(generation: WhooshGeneration) -> None:
    results = search(generation, "tieude:thoong baos")
    assert [hit.id for hit in results.hits] == ["thongbao"]
    assert results.read_as == "tieude:thông báo"
    assert search(generation, '"thoong baos"').read_as == '"thông báo"'


@pytest.mark.parametrize("typed", ["UBND", "ubnd", "ủy ban nhân dân", "uỷ ban nhân dân", "uy ban nhan dan"])
def test_an_acronym_and_its_full_form_find_each_other_and_it_is_said(generation: WhooshGeneration, typed: str) -> None:
    results = search(generation, typed)
    assert {"ubnd", "uyban"} <= {hit.id for hit in results.hits[:2]}
    assert [name.lower() for name in results.also] in (["ủy ban nhân dân"], ["ubnd"])


def test_other_names_are_not_looked_for_where_the_person_insists(generation: WhooshGeneration) -> None:
    assert [hit.id for hit in search(generation, "UBND", verbatim=True).hits] == ["ubnd"]


def test_other_names_satisfy_what_is_demanded(generation: WhooshGeneration) -> None:
    assert {hit.id for hit in search(generation, "UBND VÀ tỉnh").hits} == {"ubnd", "uyban"}
    assert [hit.id for hit in search(generation, "coquan:UBND").hits] == ["uyban"]


def test_other_names_are_marked(generation: WhooshGeneration) -> None:
    marked = next(hit for hit in search(generation, "UBND").hits if hit.id == "uyban").snippet_html
    assert "<mark>Ủy ban nhân dân</mark>" in marked


def test_a_misspelt_word_gets_a_suggestion_that_finds_something(generation: WhooshGeneration) -> None:
    results = search(generation, "tuyểm dụng viên chức")
    assert results.did_you_mean == "tuyển dụng viên chức"
    assert search(generation, results.did_you_mean).did_you_mean is None


@pytest.mark.parametrize(
    "typed", ['coquan:"Ủy ban"', "tieude: quyết định", 'so:"12 thoong"', 'nguon:"thoong baos"', "tep:thoong", "+tieude:quyết"]
)
def test_names_and_values_of_fields_are_no_words_to_be_mended(generation: WhooshGeneration, typed: str) -> None:
    results = search(generation, typed)
    assert (results.did_you_mean, results.read_as) == (None, None)


def test_quoted_words_that_stand_nowhere_together_are_read_without_quotes_and_it_is_said(generation: WhooshGeneration) -> None:
    results = search(generation, '"viên chức thông báo quyết"')
    assert results.total
    assert [note.code for note in results.notes] == ["loose"]
    assert search(generation, '"viên chức thông báo quyết"', verbatim=True).total == 0
    assert search(generation, '"zzz qqq"').notes == ()
    assert search(generation, '"viên chức thông báo quyết" VÀ tuyển').total == 0


@pytest.mark.parametrize("typed", ["tuyển dụng viên chức", "uy ban nhan dan", "UBND tỉnh", '"thông báo" tuyển', "tuyể* viem~"])
def test_the_parts_of_an_explanation_add_up_to_the_score(generation: WhooshGeneration, typed: str) -> None:
    results = search(generation, typed)
    for place, hit in enumerate(results.hits, 1):
        explained = generation.explain(SearchRequest(typed), hit.id)
        assert explained is not None
        assert explained.place == place
        assert sum(share.points for share in explained.parts) == pytest.approx(hit.score, rel=1e-3, abs=1e-3)
        assert all(share.documents >= 1 and 0 <= share.title_points <= share.points + 1e-6 for share in explained.parts)


def test_no_explanation_for_what_is_no_hit(generation: WhooshGeneration) -> None:
    assert generation.explain(SearchRequest("tuyển dụng"), "nothing") is None
    assert generation.explain(SearchRequest("khen thưởng", (("year", "1999"),)), "quyetdinh") is None
    assert generation.explain(SearchRequest('"khen thưởng"'), "thongbao") is None
