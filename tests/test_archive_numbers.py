"""The grammar of document numbers: one object however it is written, and a document's own number against those it refers to."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.numbers import KINDS, agency_of, canonical, find_numbers, kind_of, own_number

WRITTEN = [
    ("123/TB-STC", "123/TB-STC"),
    ("123/tb-stc", "123/TB-STC"),
    ("123 TB STC", "123/TB-STC"),
    ("so 123/tb-stc", "123/TB-STC"),
    ("Số: 123/TB-STC", "123/TB-STC"),
    ("5/GM-STC", "05/GM-STC"),
    ("005/GM-STC", "05/GM-STC"),
    ("34/NQ - HĐND", "34/NQ-HĐND"),
    ("23/QĐ-TT HĐND", "23/QĐ-TTHĐND"),
    ("23/QĐ-TT.HĐND", "23/QĐ-TTHĐND"),
    ("12/QÐ-UBND", "12/QĐ-UBND"),
    ("12/QĐUBND", "12/QĐ-UBND"),
    ("14/NQCP", "14/NQ-CP"),
    ("4507/BGTVT-TTCNTT", "4507/BGTVT-TTCNTT"),
    ("33/2024/QH15", "33/2024/QH15"),
    ("52-NQ/TW", "52-NQ/TW"),
    ("23/2021/NQ-HĐND", "23/2021/NQ-HĐND"),
    ("01/2014/TTLT-BTC-BKHĐT", "01/2014/TTLT-BTC-BKHĐT"),
    ("45/2013/TTLT/BTC-BNV", "45/2013/TTLT-BTC-BNV"),
    ("12/qđ-ttg", "12/QĐ-TTg"),
    ("45/TTR-STC", "45/TTr-STC"),
    ("123a/QĐ-UBND", "123a/QĐ-UBND"),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_a_number_is_one_object_however_it_is_typed(text: str, expected: str) -> None:
    assert canonical(text) == expected
    assert canonical(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize(("text", "expected"), [pair for pair in WRITTEN if " TB " not in pair[0] and "TTR" not in pair[0]])
def test_a_number_is_found_within_a_sentence(text: str, expected: str) -> None:
    sentence = f"Thực hiện văn bản {text} ngày 15/06/2020 của Sở."
    (found,) = find_numbers(sentence)
    assert found.canonical == expected
    assert sentence[found.start : found.end] == found.raw


def test_numbers_of_decomposed_text_keep_their_places() -> None:
    text = unicodedata.normalize("NFD", "Quyết định số 45/QĐ-UBND và Nghị quyết 52-NQ/TƯ")
    found = find_numbers(text)
    assert [entry.canonical for entry in found] == ["45/QĐ-UBND", "52-NQ/TƯ"]
    assert all(text[entry.start : entry.end] == entry.raw for entry in found)


@pytest.mark.parametrize(
    "text",
    [
        "15/06/2020",
        "3/5",
        "1/2 A-B",
        "2020-2025",
        "24/7",
        "50 km/h",
        "số nhà 12/34",
        "5 triệu/tháng",
        "QĐ-UBND",
        "COVID-19",
        "120/80",
        "0210.3846.284",
        "3/4-A",
        "12 tháng",
    ],
)
def test_dates_ratios_and_measures_are_no_numbers(text: str) -> None:
    assert find_numbers(text) == ()
    assert canonical(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("123/TB-STC", "Thông báo"),
        ("45/TTr-STC", "Tờ trình"),
        ("05/CTr-UBND", "Chương trình"),
        ("04/CT-UBND", "Chỉ thị"),
        ("30/2020/NĐ-CP", "Nghị định"),
        ("52-NQ/TW", "Nghị quyết"),
        ("4507/BGTVT-TTCNTT", "Công văn"),
        ("01/GPTTĐT-STTTT", "Giấy phép"),
        ("33/2024/QH15", None),
        ("Thông báo về việc nghỉ lễ", "Thông báo"),
        ("QUYẾT ĐỊNH", "Quyết định"),
        ("Luật Ngân sách nhà nước", "Luật"),
        ("Thông tư liên tịch số 5", "Thông tư liên tịch"),
        ("Hội nghị tổng kết", None),
        ("Báo cáoviên", None),
        ("Công bố quyết định nhân sự", None),
    ],
)
def test_the_kind_comes_from_the_abbreviation_or_the_leading_words(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


def test_all_kinds_and_copies_of_the_decree_are_known() -> None:
    decree = "NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB SY TrS SL"
    assert set(decree.split()) <= KINDS.keys()


@pytest.mark.parametrize(
    ("number", "agency"),
    [("123/TB-STC", "STC"), ("4507/BGTVT-TTCNTT", "BGTVT"), ("52-NQ/TW", "TW"), ("33/2024/QH15", "QH15"), ("?", None)],
)
def test_the_agency_is_named_by_the_number(number: str, agency: str | None) -> None:
    assert agency_of(number) == agency


@pytest.mark.parametrize(
    ("title", "text", "number", "place"),
    [
        ("Nghỉ lễ", "SỞ TÀI CHÍNH\nSố: 9/TB-STC\nCỘNG HÒA", "09/TB-STC", "letterhead"),
        ("Thông báo số 12/TB-STC về việc nghỉ lễ", "Kính gửi", "12/TB-STC", "title"),
        ("12/TB-STC: nghỉ lễ", "Kính gửi", "12/TB-STC", "title"),
        ("Về việc nghỉ lễ (Số 12/TB-STC)", "Kính gửi", "12/TB-STC", "title"),
        ("Nghỉ lễ", "Thông báo số 5/TB-STC về việc nghỉ lễ", "05/TB-STC", "opening"),
        ("Kế hoạch tiết kiệm", "Sở xây dựng Kế hoạch số 52/KH-STC với các chỉ tiêu", "52/KH-STC", "opening"),
        ("Tuyển dụng", "Thực hiện Nghị định số 138/2020/NĐ-CP, Hội đồng ra Thông báo số 176/TB-STC.", "176/TB-STC", "opening"),
        ("Báo cáo vay nợ", "Sở báo cáo (số 118/BC-STC) tình hình vay", "118/BC-STC", "opening"),
    ],
)
def test_the_own_number_is_taken_from_where_a_document_bears_it(title: str, text: str, number: str, place: str) -> None:
    own = own_number(title, text, "STC")
    assert own is not None
    assert (own.value, own.place) == (number, place)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Triển khai Nghị định 30/2020/NĐ-CP", "Kính gửi"),
        ("Công khai dự toán theo Quyết định số 45/QĐ-UBND", "Kính gửi"),
        ("Quy chế (ban hành kèm theo Quyết định số 45/QĐ-UBND)", "Kính gửi"),
        ("Nghỉ lễ", "Căn cứ Quyết định số 45/QĐ-UBND ngày 1/1/2020"),
        ("Nghỉ lễ", "QUYẾT ĐỊNH\nCăn cứ Thông báo:\nSố: 45/TB-STC"),
        ("Nghỉ lễ", "Thực hiện Kế hoạch số 52/KH-STC, các phòng báo cáo"),
        ("Nghỉ lễ", "Ủy ban nhân dân tỉnh ban hành Quyết định số 45/QĐ-UBND về chế độ"),
        ("Nghỉ lễ", "Xem tại 12/TB-STC"),
    ],
)
def test_a_number_that_is_only_referred_to_is_never_the_own(title: str, text: str) -> None:
    assert own_number(title, text, "STC") is None


def test_a_blank_figure_in_the_letterhead_settles_that_there_is_no_number() -> None:
    own = own_number("Quyết định số 45/QĐ-STC", "SỞ TÀI CHÍNH\nSố:      /QĐ-STC\nCỘNG HÒA")
    assert own is not None
    assert own.value is None
    assert own.raw == "Số: /QĐ-STC"


@given(
    st.integers(1, 99999), st.sampled_from(sorted(KINDS)), st.sampled_from(["STC", "UBND", "HĐND", "TTg", "BTC"]), st.booleans()
)
def test_a_canonical_number_is_its_own_canonical_form(number: int, kind: str, agency: str, dated: bool) -> None:
    text = f"{number:02d}{'/2021' if dated else ''}/{kind}-{agency}"
    assert canonical(text) == text
    assert canonical(text.lower()) == text
    assert [entry.canonical for entry in find_numbers(f"số {text}.")] == [text]
    assert kind_of(text) == KINDS[kind]


@given(st.text() | st.text(alphabet="0123456789/- .QĐTBSUNDCqđtb", max_size=50))
def test_arbitrary_text_never_raises_and_what_is_found_is_canonical(text: str) -> None:
    for entry in find_numbers(text):
        assert text[entry.start : entry.end] == entry.raw
        assert canonical(entry.canonical) == entry.canonical
    value = canonical(text)
    assert value is None or canonical(value) == value
    own_number(text, text)
    kind_of(text)
