"""The bench of an index's life prints and writes the same figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_figures_are_printed_and_written(tmp_path: Path) -> None:
    corpus, file = tmp_path / "mau.jsonl", tmp_path / "figures.json"
    rows = [{"id": f"m{n}", "title": f"Tài liệu mẫu {n}", "body": f"Nội dung mẫu {n} về ngân sách."} for n in range(30)]
    corpus.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    command = [sys.executable, "bench/index_life.py", "--corpus", str(corpus), "--documents", "20", "--singles", "10"]
    ran = subprocess.run([*command, "--json", str(file)], capture_output=True, text=True, check=True, cwd=ROOT)
    figures = json.loads(file.read_text(encoding="utf-8"))["figures"]
    assert figures["single documents committed"] == 10
    assert 1 <= figures["layouts"] <= figures["segments"] <= 11
    assert all(name in ran.stdout for name in figures)
