"""Queries that are made out of articles: each is drawn from the document that it is judged to find, the same ones every time."""

from __future__ import annotations

import json
from pathlib import Path

from bench import make_sets
from bench.beir import Collection, load


def made(folder: Path, *flags: str) -> Collection:
    rows = [
        {"id": f"a{i}", "title": f"Tiêu đề mẫu số {i}", "body": " ".join(f"chữ{i} từ{n}" for n in range(90)) + ". Hết."}
        for i in range(6)
    ]
    articles = folder / "articles.jsonl"
    articles.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    out = folder / "out"
    make_sets.main(["--articles", str(articles), "--out", str(out), "--queries", "4", *flags])
    return load(out / "corpus.jsonl.gz", out / "queries.jsonl.gz", out / "qrels.tsv")


def test_every_kind_is_drawn_from_the_document_that_answers(tmp_path: Path) -> None:
    collection = made(tmp_path)
    bodies = {text.id: text.whole for text in collection.texts}
    assert {query.set for query in collection.queries} == set(make_sets.KINDS)
    for query in collection.queries:
        (document,) = query.grades
        if query.set != "title":
            assert set(query.text.split()) <= set(bodies[document].replace(".", "").split())
        assert "Tiêu đề" not in bodies[document]


def test_deep_runs_begin_beyond_the_hundredth_syllable(tmp_path: Path) -> None:
    deep = [query.text for query in made(tmp_path).queries if query.set == "deep"]
    places = [int(word[2:]) for text in deep for word in text.split() if word.startswith("từ")]
    assert len(deep) == 4
    assert min(places) >= make_sets.DEEP // 2


def test_the_same_seed_draws_the_same_and_another_others(tmp_path: Path) -> None:
    one, again, other = (made(tmp_path, "--seed", seed).digests for seed in ("1", "1", "2"))
    assert one == again
    assert one["queries"] != other["queries"]


def test_documents_keep_their_titles_where_they_are_wanted(tmp_path: Path) -> None:
    collection = made(tmp_path, "--keep-titles")
    assert all(text.title for text in collection.texts)
    assert "title" not in {query.set for query in collection.queries}
