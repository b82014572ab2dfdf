"""A search kept as JSON and read back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from search.asking.grammar import read
from search.asking.query import TREE_VERSION, from_json, to_json
from search.errors import QueryUnreadable

TYPED = 'tieude:"dự toán" (thuế HOẶC phí) ngay:2020..2021 -cũ ngân* toan~ so:12/QĐ-STC 45/TB-STC'


def test_a_tree_is_kept_as_json_with_its_version() -> None:
    kept = json.loads(json.dumps(to_json(read(TYPED).tree)))
    assert kept["version"] == TREE_VERSION
    assert from_json(kept) == read(TYPED).tree
    assert from_json(to_json(None)) is None


def test_the_shape_of_a_kept_tree_does_not_change_under_its_version() -> None:
    """Searches are kept for years: whoever changes this shape has to raise TREE_VERSION and translate the old one."""
    assert to_json(read('+ngân "công khai" ngay:2020 -sách').tree) == {
        "version": 1,
        "tree": {
            "bag": [
                {"occur": "must", "words": {"forms": ["ngân"], "typed": "ngân", "every": True}},
                {"occur": "must", "phrase": {"forms": ["công", "khai"]}},
                {"occur": "must", "dated": {"first": 202000000000, "last": 202099999999}},
                {"occur": "not", "phrase": {"forms": ["sách"]}},
            ]
        },
    }


def deep(levels: int) -> Any:
    return {"every": [deep(levels - 1)]} if levels else {"phrase": {"forms": ["a"]}}


@pytest.mark.parametrize(
    "kept",
    [
        None, 1, [], {}, {"version": 0, "tree": None}, {"version": 2, "tree": None}, {"version": 1, "tree": []},
        {"version": 1, "tree": {"words": 1}}, {"version": 1, "tree": {"words": {"forms": ["a"]}}},
        {"version": 1, "tree": {"words": {"forms": "a", "typed": "a"}}}, {"version": 1, "tree": {"nothing": {}}},
        {"version": 1, "tree": {"phrase": {"forms": [1]}}}, {"version": 1, "tree": {"phrase": {"forms": ["a"], "field": "x"}}},
        {"version": 1, "tree": {"bag": []}}, {"version": 1, "tree": {"bag": [{"occur": "may", "prefix": {"form": "a"}}]}},
        {"version": 1, "tree": {"dated": {"first": -1, "last": 2}}}, {"version": 1, "tree": {"dated": {"first": True}}},
        {"version": 1, "tree": {"phrase": {"forms": ["a"]}, "prefix": {"form": "a"}}}, {"version": 1, "tree": deep(500)},
        {"version": 1, "tree": {"phrase": {"forms": ["a"], "extra": 1}}},
    ],
)  # fmt: skip
def test_what_is_no_kept_tree_is_refused(kept: Any) -> None:
    with pytest.raises(QueryUnreadable, match="type it anew"):
        from_json(kept)
