"""What the query language finds, over a real index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.asking.grammar import read
from search.results import Results, SearchRequest
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine, WhooshGeneration


def doc(id: str, title: str, body: str, **facts: object) -> IndexDocument:
    values = {"portal": "mau", "url": f"https://stc.mau.example/{id}", "summary": ""} | facts
    return IndexDocument(id=id, title=title, body=body, **values)  # type: ignore[arg-type]


DOCUMENTS = [
    doc("dutoan", "Công khai dự toán ngân sách năm 2020", "Sở công khai dự toán thu, chi và thuế.", published="2020-06-15",
        kind="Thông báo", issuer="Sở Tài chính Mẫu", number="123/TB-STC", category="Công khai ngân sách", author="Người Mẫu Một"),
    doc("quyettoan", "Công khai quyết toán ngân sách", "Quyết toán chi, theo Thông báo 123/TB-STC; phí và thuế.",
        published="2021-03-02T08:30+07:00", kind="Quyết định", issuer="Ủy ban nhân dân tỉnh Mẫu", number="45/QĐ-UBND",
        category="Công khai ngân sách", files=("Phụ lục I phu-luc-01.xlsx",)),
    doc("thue", "Hướng dẫn nộp thuế", "Hộ kinh doanh nộp thuế qua mạng. Dự toán không nói tới.", published="2020-12",
        kind="Công văn", issuer="Cục Thuế Mẫu", number="1234/CT-TTHT", category="Hướng dẫn", portal="khac", url="https://thue.khac.example/1"),
    doc("phi", "Mức thu phí mới", "Phí tham quan và lệ phí; không có thuế.", published="2019", kind="Nghị quyết",
        author="Người Mẫu Hai"),
    doc("hop", "Lịch họp tuần", "Hội nghị giao ban, tuyển dụng viên chức.", category="Lịch"),
]  # fmt: skip


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshGeneration]:
    generation = WhooshEngine().create(tmp_path_factory.mktemp("index"))
    generation.write(DOCUMENTS[:3], [], 3)
    generation.write(DOCUMENTS[3:], [], 5)
    yield generation
    generation.close()


def found(generation: WhooshGeneration, text: str) -> set[str]:
    return {hit.id for hit in generation.search(SearchRequest(text)).hits}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("+thuế +phí", "quyettoan phi"),
        ("thuế -phí", "dutoan thue"),
        ("thuế -phí -hộ", "dutoan"),
        ("thuế VÀ phí", "quyettoan phi"),
        ("thue VA phi", "quyettoan phi"),
        ("thuế AND phí", "quyettoan phi"),
        ("dự toán VÀ thuế", "dutoan thue"),
        ("phí HOẶC họp", "quyettoan phi hop"),
        ("phí OR họp", "quyettoan phi hop"),
        ("thuế KHÔNG phí", "dutoan thue"),
        ("thuế NOT (phí HOẶC hộ)", "dutoan"),
        ("(phí HOẶC hộ) VÀ thuế", "quyettoan thue phi"),
        ("(thuế VÀ phí) HOẶC họp", "quyettoan phi hop"),
        ("-thuế", "hop"),
        ("KHÔNG thuế", "hop"),
        ('"công khai" -"dự toán"', "quyettoan"),
        ('"thu phí" HOẶC "giao ban"', "phi hop"),
    ],
)
def test_boolean_searches_find_exactly_what_they_say(generation: WhooshGeneration, typed: str, wanted: str) -> None:
    assert found(generation, typed) == set(wanted.split())


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("tieude:thuế", "thue"),
        ("title:thue", "thue"),
        ("tieude:công khai ngân sách", "dutoan quyettoan"),
        ('tieude:"ngân sách năm"', "dutoan"),
        ('tieude:"khai ngân"', ""),
        ("tieude:công khai -tieude:quyết", "dutoan"),
        ("tieude:(thuế HOẶC họp)", "thue hop"),
        ("tieude:quyê*", ""),
        ("tieude:quyết*", "quyettoan"),
        ('tacgia:"Người Mẫu Một"', "dutoan"),
        ("author:nguoi mau", "dutoan phi"),
        ("chuyenmuc:công khai", "dutoan quyettoan"),
        ("chuyenmuc:ngân sách", "dutoan quyettoan"),
        ("coquan:sở tài chính", "dutoan"),
        ("issuer:mau", "dutoan quyettoan thue"),
        ("coquan:(sở HOẶC cục)", "dutoan thue"),
        ("coquan:ngoài không có", ""),
        ("loai:quyết định", "quyettoan"),
        ("loai:quyet dinh", "quyettoan"),
        ('kind:"công văn" HOẶC loai:"nghị quyết"', "thue phi"),
        ("nguon:khac", "thue"),
        ("nguon:thue.khac.example", "thue"),
        ("source:stc.mau.example -công", "phi hop"),
        ("tep:phụ lục", "quyettoan"),
        ("tep:phu-luc-01.xlsx", "quyettoan"),
        ("tep:không", ""),
    ],
)
def test_fields_are_conditions(generation: WhooshGeneration, typed: str, wanted: str) -> None:
    assert found(generation, typed) == set(wanted.split())


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("ngay:2020", "dutoan thue"),
        ("ngay:06/2020", "dutoan"),
        ("ngay:12/2020", "thue"),
        ("ngay:15/06/2020", "dutoan"),
        ("ngay:16/06/2020", ""),
        ("ngay:02/03/2021", "quyettoan"),
        ("ngay:15/06/2020..31/12/2020", "dutoan thue"),
        ("ngay:31/12/2020..15/06/2020", "dutoan thue"),
        ("ngay:2020..", "dutoan thue quyettoan"),
        ("truoc:2020", "phi"),
        ("before:15/06/2020", "phi"),
        ("sau:2020", "quyettoan"),
        ("sau:15/06/2020 truoc:2021", "thue"),
        ("thuế ngay:2020", "dutoan thue"),
        ("thuế -ngay:2020", "quyettoan phi"),
    ],
)
def test_dates_are_conditions(generation: WhooshGeneration, typed: str, wanted: str) -> None:
    assert found(generation, typed) == set(wanted.split())


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("so:123/TB-STC", "dutoan"),
        ("số:123/tbstc", "dutoan"),
        ('so:"123 TB STC"', "dutoan"),
        ("so:123", "dutoan"),
        ("so:123*", "dutoan thue"),
        ("number:45/QÐ-UBND", "quyettoan"),
        ("so:9/X", ""),
        ("so:123/TB-STC VÀ thuế", "dutoan"),
    ],
)
def test_a_field_of_numbers_finds_who_carries_them(generation: WhooshGeneration, typed: str, wanted: str) -> None:
    assert found(generation, typed) == set(wanted.split())


@pytest.mark.parametrize("typed", ["123/TB-STC", "123 tb stc", "so 123/tb-stc", "Thông báo số 123/TB-STC của Sở"])
def test_a_number_inside_any_query_is_one_object_exact_first(generation: WhooshGeneration, typed: str) -> None:
    hits = generation.search(SearchRequest(typed)).hits
    assert [hit.id for hit in hits[:2]] == ["dutoan", "quyettoan"]


def test_a_kind_takes_the_longest_value_and_leaves_the_rest_to_the_ranking(generation: WhooshGeneration) -> None:
    assert found(generation, "loai:quyết định chi") == {"quyettoan"}
    assert found(generation, "coquan:sở tài chính họp") == set()


def test_prefixes_and_misspelt_words(generation: WhooshGeneration) -> None:
    assert found(generation, "tuyể*") == {"hop"}
    assert found(generation, "tuyen*") == {"hop"}
    assert found(generation, "tuyểm~") == {"hop"}
    assert found(generation, "tuyểm~ VÀ viên") == {"hop"}
    assert found(generation, "tuyểm") == set()


def test_conditions_alone_come_newest_first(generation: WhooshGeneration) -> None:
    results = generation.search(SearchRequest("ngay:2019.."))
    assert [hit.id for hit in results.hits] == ["quyettoan", "thue", "dutoan", "phi"]


def test_facets_and_totals_follow_the_conditions(generation: WhooshGeneration) -> None:
    results: Results = generation.search(SearchRequest("thuế ngay:2020", limit=1))
    assert results.total == 2
    assert {entry.value: entry.count for entry in results.facets["month"]} == {"2020-06": 1, "2020-12": 1}


IDS = {document.id for document in DOCUMENTS}
atoms = st.sampled_from(
    [
        "thuế",
        "phi",
        "dự toán",
        '"công khai"',
        "ngân*",
        "tuyểm~",
        "tieude:thuế",
        "ngay:2020",
        "loai:công văn",
        "so:123",
        "-họp",
        "+chi",
    ]
)
expressions = st.recursive(
    atoms,
    lambda inner: st.tuples(inner, st.sampled_from([" VÀ ", " HOẶC ", " KHÔNG ", " "]), inner).map(lambda p: f"({''.join(p)})"),
)


@settings(max_examples=120, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=atoms.filter(lambda a: a[0] not in "+-"), other=atoms.filter(lambda a: a[0] not in "+-"))
def test_operators_are_those_of_sets(generation: WhooshGeneration, one: str, other: str) -> None:
    alone, beside = (found(generation, f"({each}) HOẶC ({each})") for each in (one, other))
    assert found(generation, f"({one}) VÀ ({other})") == alone & beside
    assert found(generation, f"({one}) HOẶC ({other})") == alone | beside


@settings(max_examples=120, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wish=st.sampled_from(["họp", "tuyển*", "phí"]),
    condition=expressions.filter(lambda text: text[0] == "(" and not read(text).notes),
)
def test_words_beside_a_condition_narrow_it(generation: WhooshGeneration, wish: str, condition: str) -> None:
    assert found(generation, f"({condition} VÀ {condition}) {wish}") <= found(generation, f"{condition} VÀ {condition}")


@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expressions)
def test_any_expression_is_answered(generation: WhooshGeneration, text: str) -> None:
    results = generation.search(SearchRequest(text))
    assert {hit.id for hit in results.hits} <= IDS
    assert results.total == len(results.hits)
