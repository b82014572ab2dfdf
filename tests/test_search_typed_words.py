"""The words of a query where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.asking.typed_words import MAX_CHARS, MAX_WORDS, TypedWord, cased, replaced, words_of


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("thông báo, ngân sách.", "thông báo ngân sách"),
        ('+thông -"báo chí" (ngân)', "thông báo chí ngân"),
        ("tieude:thông tacgia:ông so:12 ngay:06/2020 nguon:mau tep:x", "thông ông"),
        ("a VÀ b HOẶC c KHÔNG d AND e OR f NOT g", "a b c d e f g"),
        ("VĂN BẢN VÀ HỒ SƠ", "VĂN BẢN VÀ HỒ SƠ"),
        ("123/TB-STC 2020 15/06/2020 a@mau.example www.mau.example M'gar", ""),
        ("ngân* thôg~2 *a*", "ngân a"),
        ("“thông” «báo»", "thông báo"),
        ("", ""),
    ],
)
def test_operators_numbers_addresses_and_names_in_fields_are_no_words(text: str, raws: str) -> None:
    assert [word.raw for word in words_of(text)] == raws.split()


def test_what_stands_around_a_word_is_known() -> None:
    first, second, third, fourth = words_of('UBND tỉnh, "thông báo*')
    assert first == TypedWord(0, 4, "UBND", acronym=True)
    assert (second.follows, third.follows, fourth.follows) == (True, False, True)
    assert (second.quoted, third.quoted, fourth.quoted) == (False, True, True)
    assert (third.partial, fourth.partial) == (False, True)


def test_capitals_are_kept_where_words_are_replaced() -> None:
    text = "Thoong BAOS (moiws)"
    words = words_of(text)
    assert replaced(text, zip(words, ("thông", "báo", "mới"), strict=True)) == "Thông BÁO (mới)"
    assert cased("X", "ý") == "Ý"


@given(st.text(max_size=80) | st.text('aâ"()+-:*~/. ', max_size=80))
def test_words_bound_what_they_hold(text: str) -> None:
    words = words_of(text)
    assert all(text[word.start : word.end] == word.raw for word in words)
    assert replaced(text, [(word, word.raw.lower()) for word in words]).lower() == text.lower() or not text.isascii()


def test_what_is_too_long_is_left_as_it_is() -> None:
    assert len(words_of("a b " * 400)) == MAX_WORDS
    assert all(word.end <= MAX_CHARS for word in words_of("ă" * 50_000))
