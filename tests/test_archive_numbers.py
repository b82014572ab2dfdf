"""The grammar of document numbers: one object however it is written, and a document's own number against those it refers to."""

from __future__ import annotations

import unicodedata
from datetime import date

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
    ("Số: 123/\nQĐ-UBND", "123/QĐ-UBND"),
    ("Số 123/QĐ-\nUBND", "123/QĐ-UBND"),
    ("123/QĐ — UBND", "123/QĐ-UBND"),
    ("１２３／QĐ－UBND", "123/QĐ-UBND"),
    ("Số 123\u00a0/\u00a0QĐ\u00a0-\u00a0UBND", "123/QĐ-UBND"),
    ("12/QĐ.UBND", "12/QĐ-UBND"),
    ("12/Qđ-UBND", "12/QĐ-UBND"),
    ("12/qĐ-ubnd", "12/QĐ-UBND"),
    ("123/QĐ-SNN & PTNT", "123/QĐ-SNN&PTNT"),
    ("215/STC-QLG&CS", "215/STC-QLG&CS"),
    ("1234/UBND-NC1", "1234/UBND-NC1"),
    ("25-CTrHĐ/TU", "25-CTrHĐ/TU"),
    ("Số 123 - CV/BTCTU", "123-CV/BTCTU"),
    ("41-BC/ĐU-BTG", "41-BC/ĐU-BTG"),
    ("25/VBHN-VPQH", "25/VBHN-VPQH"),
    ("147/2005/QĐ-TTg", "147/2005/QĐ-TTg"),
    ("Số 05 /GM- UBND", "05/GM-UBND"),
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
        "tỷ lệ 1/500",
        "15.000/QĐ-UBND",
        "15.000đ/kg",
        "ĐT: 0210 3846-284/TB",
        "1/2/3 HĐND",
        "30/4-1/5",
        "12/34/QĐ",
        "H5N1/H1-N1",
        "Mẫu 01-ĐK/TCT",
        "50%/năm",
    ],
)
def test_dates_ratios_and_measures_are_no_numbers(text: str) -> None:
    assert find_numbers(text) == ()
    assert canonical(text) is None


@pytest.mark.parametrize(
    "text", ["ngõ 2/TP-HCM", "thẻ nhớ 100/GB-USB", "tổ 5/KV-B", "tờ số 12/BĐ-A", "giải 3/A-B", "2/SARS-CoV-2"]
)
def test_two_words_after_a_stroke_do_not_make_a_letter(text: str) -> None:
    assert find_numbers(text) == ()


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
        ("12/STC-NS - V/v quyết toán", "Kính gửi", "12/STC-NS", "title"),
        ("Về việc nghỉ lễ (Số 12/TB-STC)", "Kính gửi", "12/TB-STC", "title"),
        ("Nghỉ lễ", "Thông báo số 5/TB-STC về việc nghỉ lễ", "05/TB-STC", "opening"),
        ("Kế hoạch tiết kiệm", "Sở xây dựng Kế hoạch số 52/KH-STC với các chỉ tiêu", "52/KH-STC", "opening"),
        ("Tuyển dụng", "Thực hiện Nghị định số 138/2020/NĐ-CP, Hội đồng ra Thông báo số 176/TB-STC.", "176/TB-STC", "opening"),
        ("Nghỉ lễ", "SỞ\nSố: 123/\nTB-STC\nCỘNG HÒA", "123/TB-STC", "letterhead"),
        ("Nghỉ lễ", "SỞ TÀI CHÍNH\nSố:\n123/TB-STC", "123/TB-STC", "letterhead"),
        ("Nghỉ lễ", "Số: 12/STC-QLG&CS Mẫu, ngày 5 tháng 6 năm 2020", "12/STC-QLG&CS", "letterhead"),
        ("Nghỉ lễ", "ĐẢNG BỘ TỈNH MẪU\n*\nSố 123-CV/BTCTU", "123-CV/BTCTU", "letterhead"),
        ("Luật Lưu trữ", "QUỐC HỘI\nLuật số: 33/2024/QH15\nHà Nội", "33/2024/QH15", "letterhead"),
        ("Quyết định số 45/QĐ-UBND ngày 15/6/2020 của UBND tỉnh về dự toán", "x", "45/QĐ-UBND", "title"),
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
        ("Quyết định số 45/QĐ-STC có hiệu lực từ ngày 1/1/2021", "Kính gửi"),
        ("Thông tư 80/2021/TT-BTC: Những điểm mới cần biết", "Kính gửi"),
        ("Nghị quyết 52-NQ/TW mở đường cho chuyển đổi số", "Kính gửi"),
        ("Thông tư số 80/2021/TT-BTC ngày 29/9/2021 của Bộ Tài chính sẽ thay ba thông tư cũ", "Kính gửi"),
        ("Giá đất mới", "Quyết định số 45/QĐ-UBND của UBND tỉnh quy định giá đất từ năm nay."),
        ("Giá đất mới", "Nghị quyết số 12/NQ-HĐND của HĐND tỉnh quy định mức thu"),
        ("Giá đất mới", "Nghị định số 138/2020/NĐ-CP ngày 27/11/2020 đã sửa cách thi"),
    ],
)
def test_a_number_that_is_only_referred_to_is_never_the_own(title: str, text: str) -> None:
    assert own_number(title, text, "STC") is None


def test_a_blank_figure_in_the_letterhead_settles_that_there_is_no_number() -> None:
    own = own_number("Quyết định số 45/QĐ-STC", "SỞ TÀI CHÍNH\nSố:      /QĐ-STC\nCỘNG HÒA")
    assert own is not None
    assert own.value is None
    assert own.raw == "Số: /QĐ-STC"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Số:     /QĐ-UBND", "Quyết định"),
        ("Số: ....../2020/NQ-HĐND", "Nghị quyết"),
        ("Số…/TB-STC", "Thông báo"),
        ("Số      -QĐ/TU", "Quyết định"),
        ("Số:      /STC-QLNS", "Công văn"),
    ],
)
def test_a_blank_figure_keeps_the_kind(line: str, kind: str) -> None:
    own = own_number("Nghỉ lễ", f"CƠ QUAN\n{line}\nCỘNG HÒA")
    assert own is not None
    assert (own.value, own.kind) == (None, kind)


BODIES = ["STC", "UBND", "HĐND", "TTg", "BTC", "SNN&PTNT", "ĐHQGHN", "BQL"]
SPACED = ["{n}/{k}-{a}", "{n} / {k} - {a}", "{n}/{k} –{a}", "{n}/\n{k}-{a}", "{n}/{k}-\n{a}", "{n}\u00a0/{k}-{a}"]


@given(st.integers(1, 99999), st.sampled_from(sorted(KINDS)), st.sampled_from(BODIES), st.sampled_from(SPACED), st.booleans())
def test_a_number_of_the_decree_is_read_back_however_it_is_spaced(n: int, kind: str, body: str, form: str, nfd: bool) -> None:
    text = f"Theo văn bản số {form.format(n=n, k=kind, a=body)}, các đơn vị làm ngay."
    text = unicodedata.normalize("NFD", text).replace("Đ", "Ð") if nfd else text
    assert [entry.canonical for entry in find_numbers(text)] == [f"{n:02d}/{kind}-{body}"]


@given(
    st.integers(1, 99999),
    st.sampled_from(["NQ", "QĐ", "CT", "KL", "TB", "BC", "CV", "CTrHĐ"]),
    st.sampled_from(["TW", "TU", "ĐUK"]),
    st.sampled_from(["{n}-{k}/{a}", "{n} - {k}/{a}", "{n}-{k} / {a}", "{n}–{k}/{a}"]),
)
def test_a_number_of_the_party_is_read_back(n: int, kind: str, body: str, form: str) -> None:
    assert [entry.canonical for entry in find_numbers(form.format(n=n, k=kind, a=body))] == [f"{n:02d}-{kind}/{body}"]


@given(
    st.dates(date(1900, 1, 1)) | st.integers(0, 10**9),
    st.integers(1, 999),
    st.sampled_from(
        ["{d:%d/%m/%Y}", "{i}/{n}", "{n}.{n}/{i}", "{i}.{n}.000đ/kg", "0{n}.{i}-{n}", "{n}-{n}/{i}", "tỷ lệ {n}/{i}"]
    ),
)
def test_no_fraction_price_phone_or_date_is_a_number(seed: date | int, n: int, form: str) -> None:
    day, figure = (seed, seed.toordinal()) if isinstance(seed, date) else (date(2020, 6, 15), seed)
    assert find_numbers(f"Có {form.format(d=day, i=figure, n=n)} trong văn bản.") == ()


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
