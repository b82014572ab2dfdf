"""Which strings can be Vietnamese syllables, and where the tone stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.content import announcements
from search.words.analysis import syllables as syllables_of
from search.words.orthography import TONES, Syllable, is_bare_syllable, is_syllable, split, syllables, toned, toneless
from search.words.text import fold, has_marks, normalise

EVERY = sorted(syllables())


def test_every_syllable_is_in_normal_form_and_is_split_again() -> None:
    assert len(EVERY) > 15_000
    assert all(normalise(form).text == form and split(form) for form in EVERY)


@given(st.sampled_from(EVERY))
def test_a_tone_is_taken_off_and_put_back_where_it_was(form: str) -> None:
    letters, tone = toneless(form)
    assert toned(letters, tone) == form
    assert not any(mark in letters for mark in TONES[1:])
    assert is_bare_syllable(fold(form))


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("nghiêng", ("ngh", "iêng", 0)),
        ("quyết", ("qu", "yêt", 1)),
        ("gì", ("g", "i", 2)),
        ("giếng", ("gi", "êng", 1)),
        ("già", ("gi", "a", 2)),
        ("thủy", ("th", "uy", 3)),
        ("được", ("đ", "ươc", 5)),
        ("thuở", ("th", "uơ", 3)),
        ("ỷ", ("", "y", 3)),
    ],
)
def test_syllables_have_onset_rime_and_tone(form: str, parts: tuple[str, str, int]) -> None:
    assert split(form) == Syllable(*parts)


@pytest.mark.parametrize(
    "form", ["thôngg", "ngi", "cê", "kă", "các1", "quôc", "cat", "tàt", "hoá", "b", "website", "w", "", "á á"]
)
def test_other_strings_are_no_syllables(form: str) -> None:
    assert not is_syllable(form)


def test_the_accented_words_of_the_sample_are_syllables() -> None:
    forms = {token.text for each in announcements() for token in syllables_of(f"{each.title} {each.text}")}
    marked = {form for form in forms if has_marks(form) and len(form) > 3}
    assert len(marked) > 400
    assert len([form for form in marked if not is_syllable(form)]) < len(marked) * 0.02


@given(st.text(max_size=12))
def test_any_string_is_answered(text: str) -> None:
    assert is_syllable(text) == (split(text) is not None)
    toned(toneless(text)[0], 1)
