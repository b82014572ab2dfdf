"""Words that only ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.asking.questions import asks


@pytest.mark.parametrize(
    ("query", "asking"),
    [
        ("mức phạt là bao nhiêu", "bao nhiêu"),
        ("thuế giá trị gia tăng là gì", "là gì"),
        ("nộp hồ sơ ở đâu", "ở đâu"),
        ("công khai dự toán", ""),
        ("bao nhiêu", ""),
        ("trâu bao giờ", ""),
    ],
)
def test_what_only_asks_is_told_from_what_is_asked_about(query: str, asking: str) -> None:
    forms = query.split()
    assert " ".join(form for form, only in zip(forms, asks(forms), strict=True) if only) == asking


@given(st.lists(st.text(max_size=8), max_size=40))
def test_any_syllables_are_taken(forms: list[str]) -> None:
    assert len(asks(forms)) == len(forms)
