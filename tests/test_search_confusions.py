"""Spellings that are taken for one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words.confusions import mistaken


@pytest.mark.parametrize(
    ("form", "other"),
    [
        ("xách", "sách"),
        ("chợ", "trợ"),
        ("giục", "dục"),
        ("nghành", "ngành"),
        ("lảnh", "lãnh"),
        ("ti", "ty"),
        ("công", "côn"),
        ("biếc", "biết"),
        ("ngiêm", "nghiêm"),
        ("dịk", "dịch"),
        ("xach", "sach"),
        ("niu", "nưu"),
    ],
)
def test_one_confusion_gives_the_other(form: str, other: str) -> None:
    assert other in mistaken(form)


def test_bare_forms_get_no_accents_and_no_form_is_its_own_mistake() -> None:
    assert all(other.isascii() for other in mistaken("xach"))
    assert "sách" not in mistaken("sách")
    assert mistaken("website") == mistaken("website")


@given(st.text(max_size=12))
def test_any_string_is_answered(text: str) -> None:
    assert text not in mistaken(text)
