"""The table of what is read right: it stands in the docs as the bench prints it, and it tells wrong from right."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bench.reading import DOCUMENT, END, FIXTURES, START, character_f1, judge, samples, tables, triples


def test_the_tables_in_the_docs_are_what_the_bench_prints() -> None:
    written = DOCUMENT.read_text(encoding="utf-8").partition(START)[2].partition(END)[0]
    assert written.strip() == tables().strip()


def test_the_whole_sample_portal_is_read_with_every_field_right() -> None:
    wrong = [(verdict.triple.name, verdict.field) for triple in samples() for verdict in judge(triple) if not verdict.right]
    assert wrong == []
    assert len(samples()) >= 51


def test_a_field_that_differs_is_counted_as_wrong() -> None:
    triple = triples(FIXTURES)[0]
    changed = replace(triple, expected={**triple.expected, "title": "Tên khác", "category": "Mục không có"})
    assert {verdict.field for verdict in judge(changed) if not verdict.right} == {"title", "category"}


def test_what_is_refused_has_no_field_right_but_those_that_are_not_there() -> None:
    triple = replace(triples(FIXTURES)[0], body=b"")
    assert not any(verdict.right for verdict in judge(triple) if verdict.expected)


def test_any_folder_of_triples_is_read(tmp_path: Path) -> None:
    first = next(page for page in sorted(FIXTURES.rglob("*.html")) if page.parent.name == "joomla")
    shutil.copy(first, tmp_path / "trang.html")
    record = json.loads(first.with_suffix(".json").read_text(encoding="utf-8"))
    (tmp_path / "trang.json").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "page-without-record.html").write_text("<p>x</p>", encoding="utf-8")
    given = triples(tmp_path)
    assert [triple.name for triple in given] == ["trang"]
    assert "| title | 1/1 | 1/1 |" in tables(given)


@pytest.mark.parametrize(
    ("expected", "read", "f1"),
    [("một hai ba", "một hai ba", 1.0), ("một hai ba", "", 0.0), ("", "", 1.0), ("aa bb", "aa", 2 / 3), ("aa bb", "bb aa", 0.5)],
)
def test_f1_counts_characters_of_words_in_order(expected: str, read: str, f1: float) -> None:
    assert character_f1(expected, read) == pytest.approx(f1)
