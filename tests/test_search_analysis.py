"""Streams of one text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words.analysis import analyse, number_key, term


def test_syllables_stand_with_their_places_in_the_original() -> None:
    text = unicodedata.normalize("NFD", "Công khai NGÂN SÁCH\nnăm 2020")
    tokens = analyse(text).syllables
    assert [token.text for token in tokens] == ["công", "khai", "ngân", "sách", "năm", "2020"]
    assert [token.position for token in tokens] == list(range(6))
    assert [unicodedata.normalize("NFC", text[token.start : token.end]) for token in tokens][2:4] == ["NGÂN", "SÁCH"]


def test_compounds_are_the_same_in_capitals() -> None:
    small = [token.text for token in analyse("sở tài chính thông báo công khai ngân sách").compounds]
    large = [token.text for token in analyse("SỞ TÀI CHÍNH THÔNG BÁO CÔNG KHAI NGÂN SÁCH").compounds]
    assert small == large
    assert {"tài_chính", "ngân_sách"} <= set(small)


def test_compounds_know_where_they_stand() -> None:
    text = "Căn cứ Quyết định số 12/QĐ-UBND, sở tài chính báo cáo"
    compounds = analyse(text).compounds
    assert all(text[token.start : token.end].lower().split() == token.text.split("_") for token in compounds)


def test_numbers_dates_and_addresses_are_in_no_compound() -> None:
    text = (
        "gửi về taichinh@phutho.gov.vn trước ngày 15/06/2020 theo công văn 1234/QĐ-UBND tại https://sotaichinh.phutho.gov.vn/a-b"
    )
    analysis = analyse(text)
    assert [token.text for token in analysis.numbers] == ["1234/qdubnd"]
    assert not any(char.isdigit() or char in "@/:" for token in analysis.compounds for char in token.text)


def test_a_compound_does_not_cross_a_line() -> None:
    assert "tài_chính" not in {token.text for token in analyse("sở tài\nchính phủ").compounds}


@pytest.mark.parametrize(
    "typed", ["123/TB-STC", "123 TB STC", "123/tb-stc", "0123/TB-STC", "123/TBSTC", unicodedata.normalize("NFD", "123/TB-STC")]
)
def test_one_key_for_all_ways_to_type_a_number(typed: str) -> None:
    assert number_key(typed) == "123/tbstc"


def test_a_number_with_a_year_keeps_its_groups() -> None:
    assert number_key("34/2021/NQ-HĐND") == number_key("34/2021/nq hdnd") == "34/2021/nqhdnd"
    assert number_key("33/2024/QH15") == "33/2024/qh15"


def test_a_term_carries_both_forms() -> None:
    assert term("định") == "dinh|định"


@given(st.text())
def test_any_text_can_be_analysed(text: str) -> None:
    analysis = analyse(text)
    for token in (*analysis.syllables, *analysis.compounds, *analysis.numbers):
        assert 0 <= token.start <= token.end <= len(text)
