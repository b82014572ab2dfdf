"""How fast are words found: pyvi as published, its model driven line by line and in arrays, by one process and by two.

The lines are those of the corpus, in its order; all contenders get the same lines in the same run and give the same words, which
is checked. pyvi takes the first tenth of them only. Each figure is the best of three rounds, taken in turns.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import hashlib
import multiprocessing
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from bench.corpus import rows
from bench.machine import report
from search.words.segment import segmenter
from search.words.segmenting import Lines

AT_ONCE = 4000
"""Lines."""
ROUNDS = 3
_lines: list[Lines] = []


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with id, title, body; may be gzipped")
    parser.add_argument("--lines", type=int, default=40_000, help="take so many lines; a tenth of them for pyvi")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    lines = [line for _, text in rows(chosen.corpus) for line in text.split("\n") if line.strip()][: chosen.lines]
    figures: dict[str, object] = {"data, SHA-256": hashlib.sha256(chosen.corpus.read_bytes()).hexdigest()[:16]}
    report("segmenting", figures | _measure(lines), chosen.json)


def _measure(lines: Sequence[str]) -> dict[str, object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyvi import ViTokenizer
    few = lines[: len(lines) // 10]
    pieces = [lines[start : start + AT_ONCE] for start in range(0, len(lines), AT_ONCE)]
    halves = [few[start : start + 400] for start in range(0, len(few), 400)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool, ProcessPoolExecutor(2, context) as published:
        # Started, and with their models loaded, before the clock runs; each takes a while, so that both get one.
        for each, task in ((pool, _together), (published, _by_pyvi)):
            list(each.map(task, [few[:200]] * 8))
        ways: dict[str, tuple[Sequence[str], Callable[[], list[str]]]] = {
            "pyvi as published": (few, lambda: [ViTokenizer.tokenize(line) for line in few]),
            "its model, line by line": (lines, lambda: [segmenter().tokenize(line) for line in lines]),
            "its model, in arrays": (lines, lambda: _joined(map(_together, pieces))),
            "pyvi as published, two processes": (few, lambda: _joined(published.map(_by_pyvi, halves))),
            "its model, in arrays, two processes": (lines, lambda: _joined(pool.map(_together, pieces))),
        }
        speeds, words = _raced(ways)
    agreed = words["pyvi as published"]
    figures: dict[str, object] = {"lines": len(lines), "lines for pyvi": len(few), "syllables": _syllables(lines)}
    figures |= {f"{name}, syllables/s": speed for name, speed in speeds.items()}
    base = speeds["pyvi as published"]
    figures |= {f"{name} : pyvi as published": speed / base for name, speed in speeds.items() if name != "pyvi as published"}
    figures["lines on which any two differ"] = sum(len(set(each)) > 1 for each in zip(*words.values(), strict=False)) + sum(
        len(set(each)) > 1 for each in zip(*(found for found in words.values() if len(found) > len(agreed)), strict=True)
    )
    return figures


def _raced(
    ways: dict[str, tuple[Sequence[str], Callable[[], list[str]]]],
) -> tuple[dict[str, float], dict[str, list[str]]]:
    """The best of some rounds of each, in turns: syllables a second, and the outcome."""
    best: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    for _ in range(ROUNDS):
        for name, (lines, run) in ways.items():
            started = time.perf_counter()
            words[name] = run()
            best[name] = max(best.get(name, 0.0), _syllables(lines) / (time.perf_counter() - started))
    return best, words


def _together(lines: Sequence[str]) -> list[str]:
    if not _lines:
        _lines.append(Lines(segmenter()))
    return _lines[0].tokenize(lines)


def _by_pyvi(lines: Sequence[str]) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyvi import ViTokenizer
    return [ViTokenizer.tokenize(line) for line in lines]


def _joined(parts: Any) -> list[str]:
    return [line for part in parts for line in part]


def _syllables(lines: Sequence[str]) -> int:
    return sum(len(line.split()) for line in lines)


if __name__ == "__main__":
    main()
