"""Passages and marks."""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.grammar import read
from search.highlight import PASSAGE_CHARS, Marker


def marks(html: str) -> list[str]:
    return re.findall("<mark>(.*?)</mark>", html)


def test_words_side_by_side_are_one_mark() -> None:
    assert Marker(read("ngân sách")).whole("Công khai ngân sách năm 2020").html == "Công khai <mark>ngân sách</mark> năm 2020"


def test_a_query_without_accents_marks_accented_words() -> None:
    assert marks(Marker(read("ngan sach")).whole("Công khai NGÂN SÁCH").html) == ["NGÂN SÁCH"]


def test_accents_typed_mark_only_what_bears_them() -> None:
    assert marks(Marker(read("định")).whole("đình chỉ theo quyết định").html) == ["định"]


def test_folds_are_marked_where_nothing_bears_the_accents() -> None:
    assert marks(Marker(read("ngân sách")).whole("cong khai ngan sach").html) == ["ngan sach"]


@pytest.mark.parametrize("query", ["hoá đơn", "hóa đơn", "HOÁ ĐƠN", "hoa don", unicodedata.normalize("NFD", "hóa đơn")])
def test_decomposed_text_is_marked_as_it_is_written(query: str) -> None:
    original = unicodedata.normalize("NFD", "Quản lý hoá đơn điện tử")
    html = Marker(read(query)).whole(original).html
    assert html.replace("<mark>", "").replace("</mark>", "") == original
    assert marks(html) == [unicodedata.normalize("NFD", "hoá đơn")]


def test_what_was_captured_is_escaped() -> None:
    html = Marker(read("script")).whole("<script>alert('x')</script> & <b>").html
    assert html == "&lt;<mark>script</mark>&gt;alert(&#x27;x&#x27;)&lt;/<mark>script</mark>&gt; &amp; &lt;b&gt;"


def test_the_passage_is_where_most_of_the_query_stands() -> None:
    text = "Phần đầu nói về ngân hàng. " * 30 + "Công khai quyết toán ngân sách nhà nước. " + "Phần cuối nói về việc khác. " * 30
    passage = Marker(read("quyết toán ngân sách")).passage(text)
    assert "<mark>quyết toán ngân sách</mark>" in passage.html
    assert passage.text.startswith("…")
    assert passage.text.endswith("…")


def test_a_prefix_is_marked_with_its_whole_syllable() -> None:
    assert marks(Marker(read("chuyế*")).whole("chuyển đổi").html) == []
    assert marks(Marker(read("chuyê*")).whole("chuyên đề, chuyến đi").html) == ["chuyên"]
    assert marks(Marker(read("chuye*")).whole("chuyên đề, chuyến đi").html) == ["chuyên", "chuyến"]


def test_without_a_match_the_passage_is_the_beginning() -> None:
    assert Marker(read("")).passage("một hai ba").text == "một hai ba"
    passage = Marker(read("khác")).passage("từ " * 200)
    assert passage.text.endswith("từ…")
    assert len(passage.text) <= PASSAGE_CHARS + 2


@given(
    st.text(max_size=800) | st.text(alphabet="ngân sáchNGĐđ \n\u0301\u0300<&>", max_size=900),
    st.sampled_from(["ngan sach", "ngân", "", "đ*"]),
)
def test_marks_never_change_the_text(text: str, query: str) -> None:
    marker = Marker(read(query))
    whole = marker.whole(text)
    assert unescape(whole.html.replace("<mark>", "").replace("</mark>", "")) == unescape(escape(text))
    passage = marker.passage(text)
    bare = passage.html.replace("<mark>", "").replace("</mark>", "")
    assert " ".join(unescape(bare).split()) == " ".join(passage.text.split())


@given(st.lists(st.sampled_from(["ngân", "sách", "quyết", "định", "số", "123/TB-STC"]), min_size=60, max_size=200))
def test_a_passage_cuts_between_syllables(words: list[str]) -> None:
    text = unicodedata.normalize("NFD", " ".join(words))
    passage = Marker(read("định")).passage(text).text.strip("…")
    assert set(unicodedata.normalize("NFC", passage).split()) <= set(words)
