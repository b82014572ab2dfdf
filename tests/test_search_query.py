"""Reading what somebody typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import MAX_CHARS, MAX_WORDS, Word, read


def codes(text: str) -> list[str]:
    return [note.code for note in read(text).notes]


def test_words_are_read_once_each_in_one_form() -> None:
    assert read("Hoá đơn, HÓA ĐƠN").words == (Word("hóa"), Word("đơn"))


def test_a_phrase_is_what_stands_in_quotes_of_any_kind() -> None:
    assert read('"công khai" x').phrases == (("công", "khai"),)
    assert read("“công khai”").phrases == (("công", "khai"),)
    assert read("«công khai»").phrases == (("công", "khai"),)


def test_unbalanced_quotes_are_plain_words_with_a_note() -> None:
    query = read('"công khai ngân sách')
    assert query.phrases == ()
    assert [word.form for word in query.words] == ["công", "khai", "ngân", "sách"]
    assert codes('"công khai') == ["plain"]


def test_a_star_after_three_characters_is_a_prefix() -> None:
    assert Word("ngân", prefix=True) in read("ngân*").words
    assert Word("ngân", prefix=True) in read(unicodedata.normalize("NFD", "ngân*")).words
    assert codes("ngân*") == []


def test_any_other_star_is_left_out_with_a_note_and_its_word_kept() -> None:
    assert read("ng*").words == (Word("ng"),)
    assert read("*ngân*").words == (Word("ngân"),)
    assert codes("ng*") == codes("*a*") == codes("*") == codes("a ** b") == ["prefix"]


def test_a_long_query_is_cut_with_a_note() -> None:
    query = read("ngân sách " * 1000)
    assert codes("ngân sách " * 1000) == ["cut"]
    assert len(query.words) == 2
    assert codes("x" * MAX_CHARS) == []


def test_many_words_are_cut_with_a_note() -> None:
    query = read(" ".join(f"w{i}" for i in range(500))[:MAX_CHARS])
    assert len(query.words) == MAX_WORDS
    assert "cut" in [note.code for note in query.notes]


def test_control_characters_part_words() -> None:
    assert read("công\x00khai\x1b").words == (Word("công"), Word("khai"))


def test_numbers_are_seen_however_they_are_typed() -> None:
    for typed in ("123/TB-STC", "so 123/tb-stc", "123 tb stc", "Thông báo 123/TB-STC của Sở"):
        assert "123/tbstc" in read(typed).numbers


def test_marks_decide_how_words_are_matched() -> None:
    assert read("công khai").marked
    assert not read("cong khai").marked


def test_nothing_typed_looks_for_nothing() -> None:
    assert read("").empty
    assert read(" \n ?!").empty


@given(st.text(max_size=3000) | st.text(alphabet='"*()-+: aăđ1/“”', max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    query = read(text)
    assert len(query.words) <= MAX_WORDS
    assert len(query.phrases) <= 8


@pytest.mark.parametrize(
    ("text", "only_signs"),
    [("&", True), ("😀 !?", True), ("", False), ("  ", False), ("*", False), ("a &", False), ("64", False)],
)
def test_signs_alone_are_no_empty_query(text: str, only_signs: bool) -> None:
    query = read(text)
    assert query.only_signs is only_signs
