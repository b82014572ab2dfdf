"""The bench of completion, did-you-mean and rescue runs, and what it reports is of the corpus that it was given."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from bench import suggesting
from samples.content import announcements


def test_the_bench_prints_figures_and_writes_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"title": each.title, "body": each.text} for each in announcements()]
    corpus, written = tmp_path / "corpus.jsonl.gz", tmp_path / "figures.json"
    corpus.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    arguments = ["--corpus", str(corpus), "--queries", "60", "--json", str(written), "--index", str(tmp_path / "index")]
    monkeypatch.setattr(sys, "argv", ["suggesting.py", *arguments])
    suggesting.main()
    figures = json.loads(written.read_text(encoding="utf-8"))["figures"]
    assert figures["documents"] == len(rows)
    assert figures["rescue, telex, tone last: syllables right, %"] > 90
    assert figures["rescue: accented queries read anew"] == 0
    assert figures["rescue: unaccented queries read anew"] == 0
    assert figures["did-you-mean, accented: offered for right queries, %"] == 0
    assert figures["did-you-mean, accented: right but for accents, %"] > 60
    assert figures["completion: offered from 12 letters on, %"] > 80
    printed = capsys.readouterr().out
    assert all(name in printed for name in figures)
