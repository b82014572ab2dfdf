"""Keys of Telex and VNI write what the input methods would have written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.keying import WAYS, Method, Way, keys_of, typed
from search.words.keystrokes import MAX_KEYS, telex, vni
from search.words.orthography import is_syllable, syllables

EVERY = sorted(syllables())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["telex", "vni"])
def test_every_syllable_is_read_back_from_its_keys(method: Method, way: Way) -> None:
    read = {"telex": telex, "vni": vni}[method]
    for form in EVERY:
        for single_w in (False, True):
            keys = keys_of(form, method, way, single_w=single_w)
            assert (read(keys) or keys) == form


@pytest.mark.parametrize(
    ("keys", "form"),
    [
        ("thoong", "thông"),
        ("baos", "báo"),
        ("baso", "báo"),
        ("dduwowcj", "được"),
        ("dduowcj", "được"),
        ("nguwowif", "người"),
        ("nguoiwf", "người"),
        ("huwowng", "hương"),
        ("huongw", "hương"),
        ("chwowng", "chương"),
        ("wng", "ưng"),
        ("nwowcs", "nước"),
        ("quyeets", "quyết"),
        ("quys", "quý"),
        ("giuwx", "giữ"),
        ("hoawcj", "hoặc"),
        ("suwar", "sửa"),
        ("dangd", "đang"),
        ("tooisz", "tôi"),
        ("xooong", "xoong"),
        ("BAOS", "báo"),
        ("barbs", None),
        ("tass", None),
        ("ddd", None),
        ("www", None),
        ("ban", None),
        ("s", None),
    ],
)
def test_telex(keys: str, form: str | None) -> None:
    assert telex(keys) == form


@pytest.mark.parametrize(
    ("keys", "form"),
    [
        ("tho6ng", "thông"),
        ("thong6", "thông"),
        ("ba1o", "báo"),
        ("d9u7o7c5", "được"),
        ("d9uoc75", "được"),
        ("nha62n", "nhần"),
        ("toi610", "tôi"),
        ("nua71", "nứa"),
        ("2020", None),
        ("covid19", None),
        ("h2o", None),
        ("qh15", None),
    ],
)
def test_vni(keys: str, form: str | None) -> None:
    assert vni(keys) == form


def test_whole_texts_are_keyed_with_their_capitals() -> None:
    assert typed("Ủy ban NHÂN DÂN, 2020") == "Uyr ban NHAAN DAAN, 2020"


@given(st.text(max_size=2 * MAX_KEYS))
def test_any_string_gives_a_syllable_or_nothing(text: str) -> None:
    for read in (telex, vni):
        assert (form := read(text)) is None or is_syllable(form)


@given(st.text("abcdeghioustuvwxyfjrsz0123456789", max_size=12))
def test_any_keys_give_a_syllable_or_nothing(text: str) -> None:
    for read in (telex, vni):
        assert (form := read(text)) is None or is_syllable(form)
