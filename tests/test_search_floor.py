"""The relevance floor: judged queries on the sample portal score no lower than pinned, and pins fall on purpose only."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import samples
from bench import floor
from bench.beir import Judged
from bench.floor import Measurement, changed, fallen, load_pins, load_queries, may_pin, measure, sample_search, write_pins
from search.searcher import Searcher

QUERIES = load_queries()
KINDS = tuple(dict.fromkeys(query.set for query in QUERIES))


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Searcher, str]]:
    with sample_search(tmp_path_factory.mktemp("floor") / "var") as found:
        yield found


@pytest.fixture(scope="module")
def now(searched: tuple[Searcher, str]) -> Measurement:
    return measure(*searched, QUERIES)


@pytest.fixture(scope="module")
def pinned() -> Measurement:
    pins = load_pins()
    assert pins is not None, f"{floor.PINS} is missing: {floor.HOW}"
    return pins


def test_what_was_pinned_is_what_is_measured(pinned: Measurement, now: Measurement) -> None:
    assert changed(pinned, now) == [], f"changed since the scores were pinned. {floor.HOW}"


@pytest.mark.parametrize("kind", [*KINDS, floor.ALL])
def test_no_kind_of_query_scores_below_its_pin(pinned: Measurement, now: Measurement, kind: str) -> None:
    lines = [line for line in fallen(pinned, now, QUERIES) if line.startswith(f"{kind}:")]
    assert kind in pinned.kinds, floor.HOW
    assert lines == [], floor.HOW


def test_the_judged_queries_are_many_of_every_kind_and_each_stands_once() -> None:
    assert len(QUERIES) >= 60
    assert len({query.id for query in QUERIES}) == len({query.text for query in QUERIES}) == len(QUERIES)
    assert min(Counter(query.set for query in QUERIES).values()) >= 6
    assert {"no accents", "tone placement", "decomposed", "capitals", "number", "acronym", "telex", "vni", "typo"} <= set(KINDS)


def test_every_judgement_is_of_a_sample_and_one_of_them_is_the_document_wanted() -> None:
    known = {str(item.id) for item in samples.announcements()}
    assert known >= {document for query in QUERIES for document in query.grades}
    assert all(max(query.grades.values()) == 2 and min(query.grades.values()) >= 1 for query in QUERIES)
    assert len({document for query in QUERIES for document in query.grades}) > 0.9 * len(known)


def test_queries_are_typed_as_their_kind_says() -> None:
    composed = {query.id: unicodedata.normalize("NFC", query.text) == query.text for query in QUERIES}
    assert {query.set for query in QUERIES if not composed[query.id]} == {"decomposed"}
    assert all(query.text.isascii() for query in QUERIES if query.set in ("no accents", "telex", "vni"))
    assert any("\u00d0" in query.text for query in QUERIES)
    assert all(len(query.text.split()) == 1 for query in QUERIES if query.set == "one syllable")


QUERY = Judged("x-01", "ngân sách", "x", {"1": 2})
OTHER = Judged("x-02", "dự toán", "x", {"2": 2})


def scored(first: float, second: float, reason: str = "") -> Measurement:
    mean = (first + second) / 2
    kinds = {kind: dict.fromkeys(floor.MEASURES, mean) for kind in ("x", floor.ALL)}
    return Measurement(reason, "corpus", "queries", kinds, {"x-01": [first] * 3, "x-02": [second] * 3})


def test_a_fall_names_the_kind_and_the_queries_that_fell() -> None:
    lines = fallen(scored(100, 100), scored(50, 100), [QUERY, OTHER])
    assert [line.partition(":")[0] for line in lines] == ["x", floor.ALL]
    assert "x-01 'ngân sách'" in lines[0]
    assert "x-02" not in lines[0]
    assert "100.0 → 75.0" in lines[0]


def test_a_rise_and_an_even_exchange_are_no_fall() -> None:
    assert fallen(scored(50, 100), scored(100, 100), [QUERY, OTHER]) == []
    assert fallen(scored(50, 100), scored(100, 50), [QUERY, OTHER]) == []


def test_pins_are_lowered_only_with_flag_and_reason() -> None:
    pins = scored(100, 100)
    for now, allowed in ((scored(50, 100), True), (scored(50, 100, "why"), False)):
        assert "--lower" in (may_pin(pins, now, fallen(pins, now, [QUERY, OTHER]), allowed=allowed) or "")
    now = scored(50, 100, "why")
    assert may_pin(pins, now, fallen(pins, now, [QUERY, OTHER]), allowed=True) is None
    assert may_pin(scored(50, 50), scored(100, 100), [], allowed=False) is None
    assert may_pin(None, scored(1, 1), [], allowed=False) is None


def test_a_query_cannot_be_taken_away_by_the_way() -> None:
    pins = scored(100, 0)
    now = replace(scored(100, 100), by_query={"x-01": [100.0] * 3}, queries="fewer")
    lower = fallen(pins, now, [QUERY])
    assert lower == ["taken away: x-02"]
    assert may_pin(pins, now, lower, allowed=False) is not None


def test_other_documents_or_queries_need_a_reason() -> None:
    now = replace(scored(100, 100), corpus="another")
    assert "corpus" in (may_pin(scored(100, 100), now, [], allowed=False) or "")
    assert may_pin(scored(100, 100), replace(now, reason="a sample more"), [], allowed=False) is None


def test_pins_are_read_as_they_were_written(tmp_path: Path, now: Measurement) -> None:
    write_pins(now, tmp_path / "floor.json")
    assert load_pins(tmp_path / "floor.json") == now
    assert load_pins(tmp_path / "none.json") is None


def test_the_command_refuses_to_lower_and_lowers_with_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries, pins = tmp_path / "queries.jsonl", tmp_path / "floor.json"
    row = {"id": "x-01", "kind": "x", "text": "zzz", "relevant": {"1008": 2}}
    queries.write_text(json.dumps(row), encoding="utf-8")
    before = scored(100, 100)
    write_pins(before, pins)
    command = ["--queries", str(queries), "--pins", str(pins), "--pin"]
    with pytest.raises(SystemExit) as stopped:
        floor.main([*command, "--reason", "no flag"])
    assert "--lower" in str(stopped.value.code)
    assert load_pins(pins) == before
    assert "x-01" in capsys.readouterr().out
    floor.main([*command, "--lower", "--reason", "the sample was withdrawn"])
    lowered = load_pins(pins)
    assert lowered is not None
    assert lowered.reason == "the sample was withdrawn"
    assert set(lowered.kinds["x"].values()) == {0.0}
