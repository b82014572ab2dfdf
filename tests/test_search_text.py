"""The normaliser and the fold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words.text import fold, has_marks, normalise

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵÐÀĐ \u00a0\u200b\u00ad\n,."
texts = st.text() | st.text(alphabet=VIETNAMESE) | st.text(alphabet=VIETNAMESE).map(lambda t: unicodedata.normalize("NFD", t))


@pytest.mark.parametrize(
    ("written", "matched"),
    [
        ("hoá đơn", "hóa đơn"),
        ("HOÁ ĐƠN", "hóa đơn"),
        ("hòan thành", "hoàn thành"),
        ("toà nhà", "tòa nhà"),
        ("khoẻ", "khỏe"),
        ("Uỷ ban", "ủy ban"),
        ("thuỷ sản", "thủy sản"),
        ("hùynh", "huỳnh"),
        ("quý", "quý"),
        ("qúy", "quý"),
        ("toàn", "toàn"),
        ("ngoài", "ngoài"),
        ("123/QÐ-UBND", "123/qđ-ubnd"),
        ("ngân\u00a0sách", "ngân sách"),
        ("ngân\u200bsách", "ngânsách"),
        ("ngân sá\u00adch", "ngân sách"),
        ("a\r\nb\u2028c", "a \nb\nc"),
        ("a\x00b\ud800c", "a b c"),
    ],
)
def test_one_form_for_all_ways_to_write_a_word(written: str, matched: str) -> None:
    assert normalise(written).text == matched
    assert normalise(unicodedata.normalize("NFD", written)).text == matched


def test_positions_lead_back_to_decomposed_text_with_its_marks() -> None:
    original = unicodedata.normalize("NFD", "Về việc công khai ngân sách")
    normal = normalise(original)
    start = normal.text.index("ngân")
    first, last = normal.original(start, start + len("ngân"))
    assert unicodedata.normalize("NFC", original[first:last]) == "ngân"


@given(texts)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(texts)
def test_positions_ascend_within_the_original(text: str) -> None:
    normal = normalise(text)
    places = list(normal.map)
    assert len(places) == len(normal.text) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)
    assert all(0 <= place <= len(text) for place in places)


@given(texts)
def test_normalised_text_is_composed_and_can_be_encoded(text: str) -> None:
    normal = normalise(text).text
    assert unicodedata.is_normalized("NFC", normal)
    normal.encode()


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_takes_marks_and_the_stroke_of_d() -> None:
    assert fold("quyết định Đống Đa") == "quyet dinh Dong Da"
    assert has_marks("đ")
    assert not has_marks("dinh 2020")
