"""Passages and marks."""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.answering.highlight import PASSAGE_CHARS, Marker, Wanted, wanted_of
from search.asking.grammar import read


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


FILLER = "Phần này nói về những việc khác của đơn vị, không liên quan gì. " * 12


def test_a_phrase_is_marked_where_it_stands_whole_and_nowhere_else() -> None:
    marker = Marker(Wanted(phrases=(("ngân", "sách"),), marked=True))
    assert marks(marker.whole("sách về ngân hàng và ngân sách").html) == ["ngân sách"]
    assert marker.whole("ngân \n  sách").html == "<mark>ngân \n  sách</mark>"
    assert marks(marker.whole("sách về ngân hàng").html) == []


def test_a_phrase_without_accents_is_marked_with_any() -> None:
    assert marks(Marker(Wanted(phrases=(("ngan", "sach"),))).whole("ngân sách, ngan sach").html) == ["ngân sách", "ngan sach"]


def test_a_bare_syllable_beside_marked_ones_is_marked_with_the_accents_that_the_text_has() -> None:
    marker = Marker(Wanted(forms=("quyết", "toan"), marked=True))
    assert marks(marker.whole("báo cáo quyết toán").html) == ["quyết toán"]
    assert marks(marker.whole("toan tính, quyết toán").html) == ["toan", "quyết"]


def test_near_forms_are_marked_as_they_are() -> None:
    assert marks(Marker(Wanted(fuzzy=("sách",), marked=True)).whole("sách sạch").html) == ["sách"]


def test_words_of_other_fields_are_not_marked() -> None:
    assert wanted_of(read("ngân tacgia:Hoài")).forms == ("ngân",)
    assert wanted_of(read('-"ngân hàng" sách')).phrases == ()


def test_the_passage_has_the_words_side_by_side() -> None:
    text = f"Sách về ngân hàng. {FILLER}Ngân sách được giao. {FILLER}"
    assert marks(Marker(read("ngân sách")).passage(text).html) == ["Ngân sách"]


def test_the_passage_has_the_accents_that_were_typed() -> None:
    text = f"Gia đình và đình chùa. {FILLER}Theo quyết định. {FILLER}"
    assert "quyết <mark>định</mark>" in Marker(read("định")).passage(text).html


def test_the_passage_has_what_is_rare() -> None:
    text = f"Của ai, của cơ quan. {FILLER}Học liệu số. {FILLER}"
    rarity = {"của": 0.1, "học": 3.0}
    assert "<mark>Học</mark>" in Marker(Wanted(("của", "học"), marked=True), lambda form: rarity[form]).passage(text).html


def test_a_whole_phrase_counts_more_than_its_parts_and_others() -> None:
    text = f"Sách, ngân hàng, công tác, khai mạc, sách. {FILLER}Đã công khai ngân sách. {FILLER}"
    passage = Marker(Wanted(("tác", "hàng"), (("công", "khai", "ngân", "sách"),), marked=True)).passage(text)
    assert "<mark>công khai ngân sách</mark>" in passage.html


def test_a_passage_begins_with_its_sentence() -> None:
    text = f"{FILLER}Ngày 15 tháng 6, đơn vị công bố quyết toán. {FILLER}"
    assert Marker(read("quyết toán")).passage(text).text.startswith("…Ngày 15 tháng 6")


def test_a_short_text_is_shown_whole() -> None:
    assert Marker(read("toán")).passage("Một hai. Ba bốn: quyết toán.").text == "Một hai. Ba bốn: quyết toán."


def test_half_a_quotation_is_left_out() -> None:
    before = f"{FILLER}" + "lời rất dài " * 8 + "đã hết” nên đơn vị quyết toán. " + FILLER
    assert "”" not in Marker(read("quyết toán")).passage(before).text
    after = f"{FILLER}Đơn vị quyết toán xong và nói thêm rằng “" + "lời rất dài " * 40
    assert "“" not in Marker(read("quyết toán")).passage(after).text
    both = f"{FILLER}Theo “Luật Ngân sách”, đơn vị quyết toán. {FILLER}"
    assert "“Luật Ngân sách”" in Marker(read("quyết toán")).passage(both).text


def test_white_space_that_does_not_break_is_a_space() -> None:
    passage = Marker(read("ngân sách")).passage(f"{FILLER}về ngân\u00a0sách\u00a0\u00a0năm 2020. {FILLER}")
    assert "<mark>ngân sách</mark> năm 2020" in passage.html


def test_an_endless_word_does_not_make_an_endless_passage() -> None:
    passage = Marker(read("a*")).passage("abc" + "a\u0301" * 50_000)
    assert len(passage.text) < 5 * PASSAGE_CHARS
    assert not unicodedata.combining(passage.text.strip("…")[0])
    assert len(Marker(read("b")).passage("a\u0301" * 50_000).text) < 2 * PASSAGE_CHARS


@given(
    st.text(alphabet="ngâsáchNGĐ \n\u0301\u0323.“”<&", max_size=1500), st.sampled_from(["ngan sach", "ngân", "s", '"ngân sách"'])
)
def test_a_passage_neither_parts_a_letter_from_its_marks_nor_grows(text: str, query: str) -> None:
    passage = Marker(read(query)).passage(text).text
    body = passage.removeprefix("…").removesuffix("…")
    whole = " ".join(text.split())
    at = whole.find(body)
    assert at >= 0
    after = whole[at + len(body) :]
    assert not (body and after and unicodedata.combining(after[0]))
