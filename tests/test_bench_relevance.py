"""The relevance bench: measures known by hand, files good and bad, and baselines that rank as they should."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pytest

from bench import relevance
from bench.baselines import Bm25, Fts5, bm25_baselines
from bench.beir import BadData, Collection, Judged, Text, by_set, load, measures, typed
from search.words.text import fold

TEXTS = (
    Text("a", "Ngân sách", "Dự toán ngân sách nhà nước năm nay"),
    Text("b", "", "Ngăn sạch nước thải chảy ra sông"),
    Text("c", "", "Công khai danh sách cán bộ ngành ngân hàng"),
    Text("d", "", "Trường học mở cửa"),
)
QUERY = Judged("q", "dự toán ngân sách", "tiền", {"a": 1})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    corpus, queries, qrels = tmp_path / "corpus.jsonl.gz", tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    with gzip.open(corpus, "wt", encoding="utf-8") as file:
        for text in TEXTS:
            file.write(json.dumps({"_id": text.id, "title": text.title, "text": text.body}) + "\n")
    asked = [("q", "dự toán ngân sách", "tiền"), ("r", "công khai danh sách", "người"), ("s", "không ai xét", "người")]
    queries.write_text("".join(json.dumps({"_id": i, "text": t, "metadata": {"set": s}}) + "\n" for i, t, s in asked))
    qrels.write_text("query-id\tcorpus-id\tscore\nq\ta\t1\nr\tc\t2\nr\tb\t0\ns\tgone\t1\n")
    return {"corpus": corpus, "queries": queries, "qrels": qrels}


def _load(files: dict[str, Path], sample: int | None = None) -> Collection:
    return load(files["corpus"], files["queries"], files["qrels"], sample)


def test_measures_are_those_worked_out_by_hand() -> None:
    found = measures(["x", "b", "y", "a"], {"a": 1, "b": 2, "c": 1})
    best = 2 + 1 / math.log2(3) + 1 / 2
    assert found["MRR@10"] == 0.5
    assert found["Recall@1"] == 0
    assert found["Recall@10"] == pytest.approx(2 / 3)
    assert found["nDCG@10"] == pytest.approx((2 / math.log2(3) + 1 / math.log2(5)) / best)


def test_nothing_counts_beyond_the_tenth_place() -> None:
    assert set(measures([*"0123456789", "a"], {"a": 1}).values()) == {0}
    assert set(measures([], {"a": 1}).values()) == {0}
    assert set(measures(["a"], {"a": 1}).values()) == {1}


def test_each_set_counts_the_same_in_the_mean() -> None:
    queries = [Judged("1", "", "x", {"a": 1}), Judged("2", "", "x", {"a": 1}), Judged("3", "", "y", {"a": 1})]
    table = by_set(queries, [["a"], ["a"], ["b"]])
    assert table["x"]["MRR@10"] == 100
    assert table["y"]["MRR@10"] == 0
    assert table["mean"]["MRR@10"] == 50


def test_files_are_read_gzipped_or_not_and_queries_without_an_answer_are_left_out(files: dict[str, Path]) -> None:
    collection = _load(files)
    assert collection.texts == TEXTS
    assert [(query.id, query.set, dict(query.grades)) for query in collection.queries] == [
        ("q", "tiền", {"a": 1}),
        ("r", "người", {"c": 2}),
    ]
    assert set(collection.digests) == {"corpus", "queries", "qrels"}
    assert all(len(digest) == 64 for digest in collection.digests.values())


def test_a_sample_takes_so_many_queries_of_each_set(tmp_path: Path, files: dict[str, Path]) -> None:
    lines = [{"_id": f"q{i}", "text": "ngân sách", "metadata": {"set": "xy"[i % 2]}} for i in range(20)]
    files["queries"].write_text("".join(json.dumps(line) + "\n" for line in lines))
    files["qrels"].write_text("".join(f"q{i}\ta\t1\n" for i in range(20)))
    chosen = _load(files, sample=3).queries
    assert [sum(query.set == name for query in chosen) for name in "xy"] == [3, 3]
    assert chosen == _load(files, sample=3).queries


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("queries", "{", "line 1: no JSON"),
        ("queries", '{"_id": "q"}', "line 1: an object with the texts _id, text"),
        ("qrels", "q\ta\t1\nq a 1\n", "line 2: query, document and grade"),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_line(files: dict[str, Path], name: str, content: str, said: str) -> None:
    files[name].write_text(content)
    with pytest.raises(BadData, match=said):
        _load(files)


def test_the_three_ways_of_typing_lose_all_half_or_no_accents() -> None:
    query = Judged("q", "Số: 12/QĐ, ngân sách nhà nước được dự toán", "", {})
    half = typed(query, "half")
    assert typed(query, "accented") == query.text
    assert typed(query, "unaccented") == "So: 12/QD, ngan sach nha nuoc duoc du toan"
    assert fold(half) == typed(query, "unaccented")
    assert half not in (query.text, typed(query, "unaccented"))
    assert half == typed(query, "half")
    assert len({typed(query, "half", seed) for seed in range(20)}) > 1


def test_bm25_scores_as_the_formula_says() -> None:
    ranker = Bm25(["one", "two"], [["a", "b", "a"], ["a"]], str.split, pairs=False)
    assert ranker("b") == ["one"]
    assert ranker("a") == ["two", "one"]
    assert ranker("unknown") == []


def test_neighbours_count_where_bigrams_are_indexed() -> None:
    rows = [["c", "x", "d", "y"], ["x", "c", "d", "y"]]
    assert Bm25(["apart", "together"], rows, str.split, pairs=False)("c d")[0] == "apart"
    assert Bm25(["apart", "together"], rows, str.split, pairs=True)("c d")[0] == "together"


def test_baselines_rank_as_their_streams_can() -> None:
    ranks = bm25_baselines(TEXTS)
    for name in ("syllables", "words (pyvi)", "syllables + bigrams ×0.5", "folded + folded bigrams ×0.5"):
        assert ranks[name](QUERY.text)[0] == "a"
    assert ranks["syllables + bigrams ×0.5"]("ngăn sạch")[0] == "b"
    assert ranks["syllables"]("du toan ngan sach") == []
    assert ranks["folded + folded bigrams ×0.5"]("du toan ngan sach")[0] == "a"


def test_fts5_finds_any_of_the_words_and_survives_its_own_syntax() -> None:
    fts5 = Fts5(TEXTS)
    assert fts5("trường đại học")[0] == "d"
    assert fts5('"NEAR( AND *') == []
    fts5.close()


def test_the_bench_prints_and_writes_all_systems_conditions_and_digests(
    tmp_path: Path, files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    relevance.main([*arguments, "--json", str(tmp_path / "out.json")])
    printed = capsys.readouterr().out
    written = json.loads((tmp_path / "out.json").read_text())
    assert "Tàng Thư (whoosh)" in written["systems"]
    for name, system in written["systems"].items():
        assert name in printed
        assert set(system) == {"accented", "unaccented", "half"}
    assert written["systems"]["Tàng Thư (whoosh)"]["unaccented"]["mean"]["MRR@10"] == 100
    assert all(digest in printed for digest in written["digests"].values())
    assert "tantivy" in written["systems"] or any("tantivy" in line for line in written["missing"])
    assert written["command"] in printed


def test_the_bench_refuses_data_without_a_judged_document(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    files["qrels"].write_text("q\tgone\t1\n")
    with pytest.raises(SystemExit):
        relevance.main([part for name, path in files.items() for part in (f"--{name}", str(path))])
    assert "judged document" in capsys.readouterr().err
