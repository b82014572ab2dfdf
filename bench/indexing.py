"""How fast is an index built: ours end to end, pyvi and Whoosh as published, Whoosh alone, SQLite FTS5; in one run.

Ours is all of it: documents read, all streams analysed, texts stored, commits durable, arrays laid out and joined; then once more
with the words kept. pyvi and Whoosh as published: `pyvi.ViTokenizer.tokenize` over each text in one process, then whoosh3's own
writer with one TEXT field with positions, one commit. Whoosh alone gets ready syllables. Both take an even sample, which is said.
Each contender has a process of its own; its memory is looked at every twentieth of a second, with all processes that it starts.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bench.corpus import FileSource, rows
from bench.machine import report

EVERY_S = 0.05
SAMPLE = 2000
CONTENDERS = ("ours", "pyvi + whoosh", "whoosh alone", "fts5")


class Took(NamedTuple):
    """What a part took: seconds on the clock, seconds of processors over all processes."""

    wall_s: float
    cpu_s: float


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with id, title, body; may be gzipped")
    parser.add_argument("--limit", type=int, default=0, help="take so many documents; 0: all")
    parser.add_argument("--times", type=int, default=1, help="take the corpus so many times")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="documents for pyvi + whoosh and for whoosh alone")
    parser.add_argument("--only", choices=CONTENDERS, action="append", help="leave out the others")
    parser.add_argument("--once", action="store_true", help="leave out the second build")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run:
        print(json.dumps(_RUNS[chosen.run](chosen)))
        return
    figures: dict[str, object] = {"data, SHA-256": hashlib.sha256(chosen.corpus.read_bytes()).hexdigest()[:16]}
    for name in chosen.only or CONTENDERS:
        figures |= {f"{name}: {key}": value for key, value in _watched(chosen, name).items()}
    for ours in ("", "again, words kept: "):
        for kind in ("documents/s", "documents/s of a processor"):
            mine, peer = figures.get(f"ours: {ours}{kind}"), figures.get(f"pyvi + whoosh: {kind}")
            if isinstance(mine, float) and isinstance(peer, float):
                figures[f"ours {ours}: pyvi + whoosh, {kind}"] = mine / peer
    report("indexing", figures, chosen.json)


def _watched(chosen: argparse.Namespace, name: str) -> dict[str, Any]:
    # --sample, --limit and the like go on as they came.
    command = [sys.executable, __file__, *sys.argv[1:], "--run", name]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    memory = Memory(child.pid)
    out, _ = child.communicate()
    figures = memory.figures()
    return {"failed": child.returncode} if child.returncode else json.loads(out.splitlines()[-1]) | figures


class Memory:
    """The most that a process and all that it starts hold, looked at again and again until it ends."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._sum = self._unshared = self._largest = 0
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def figures(self) -> dict[str, float]:
        """In MiB, once the process has ended."""
        self._thread.join()
        return {
            "peak memory, sum of resident, MiB": self._sum / 2**20,
            "peak memory, sum without shared and file pages, MiB": self._unshared / 2**20,
            "peak memory of the largest process, MiB": self._largest / 2**20,
        }

    def _watch(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while Path(f"/proc/{self._pid}/stat").exists():
            held = [pages for pid in _family(self._pid) if (pages := _pages(pid))]
            if not held:
                break
            self._sum = max(self._sum, sum(resident for resident, _ in held) * page)
            self._unshared = max(self._unshared, sum(resident - shared for resident, shared in held) * page)
            self._largest = max(self._largest, max(resident for resident, _ in held) * page)
            time.sleep(EVERY_S)


def _family(pid: int) -> Iterator[int]:
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _pages(pid: int) -> tuple[int, int] | None:
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except (OSError, ValueError):
        return None
    return (int(resident), int(shared)) if int(resident) else None


def _timed(run: Callable[[], object]) -> Took:
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    run()
    return Took(time.perf_counter() - wall, sum(os.times()[:4]) - cpu)


def _speeds(count: int, took: Took) -> dict[str, float]:
    return {"documents/s": count / took.wall_s, "documents/s of a processor": count / took.cpu_s}


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def _ours(chosen: argparse.Namespace) -> dict[str, object]:
    from search.following.follow import Follower
    from search.words.segment import segmenter

    segmenter()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = FileSource(folder / "texts.jsonl", rows(chosen.corpus, chosen.limit, chosen.times))
        count = source.last_change()
        first = _timed(Follower(source, folder / "index").reindex)
        size = _size(folder / "index")
        again = {} if chosen.once else _speeds(count, _timed(Follower(source, folder / "index").reindex))
        source.close()
        return {
            "documents": count,
            **_speeds(count, first),
            **{f"again, words kept: {key}": value for key, value in again.items()},
            "size, MiB": size,
            "words kept, MiB": (folder / "index" / "words.db").stat().st_size / 2**20,
        }


def _sampled(chosen: argparse.Namespace) -> list[tuple[str, str]]:
    every = list(rows(chosen.corpus, chosen.limit))
    return every[:: max(1, len(every) // chosen.sample)]


def _as_published(chosen: argparse.Namespace) -> dict[str, object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyvi import ViTokenizer
    texts = _sampled(chosen)
    ViTokenizer.tokenize("ngân sách nhà nước")
    words: list[str] = []
    cut = _timed(lambda: words.extend(ViTokenizer.tokenize(f"{title}\n{text}") for title, text in texts))
    written, size = _by_whoosh(words)
    both = Took(cut.wall_s + written.wall_s, cut.cpu_s + written.cpu_s)
    return {"documents": len(texts), **_speeds(len(texts), both), "size, MiB": size}


def _whoosh_alone(chosen: argparse.Namespace) -> dict[str, object]:
    from search.words.analysis import syllables

    texts = _sampled(chosen)
    written, size = _by_whoosh([" ".join(token.text for token in syllables(f"{title}\n{text}")) for title, text in texts])
    return {"documents": len(texts), **_speeds(len(texts), written), "size, MiB": size}


def _by_whoosh(texts: list[str]) -> tuple[Took, float]:
    from whoosh import fields, index
    from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer

    schema = fields.Schema(id=fields.STORED(), body=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True))
    with tempfile.TemporaryDirectory() as folder:
        writer = index.create_in(folder, schema).writer(limitmb=256)

        def write() -> None:
            for number, text in enumerate(texts):
                writer.add_document(id=number, body=text)
            writer.commit()

        return _timed(write), _size(Path(folder))


def _fts5(chosen: argparse.Namespace) -> dict[str, object]:
    texts = list(rows(chosen.corpus, chosen.limit, chosen.times))
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "fts.db")

        def write() -> None:
            with base:
                base.execute("create virtual table t using fts5(title, body, tokenize='unicode61 remove_diacritics 2')")
                base.executemany("insert into t values (?, ?)", texts)
            base.close()

        took = _timed(write)
        return {"documents": len(texts), **_speeds(len(texts), took), "size, MiB": _size(Path(folder))}


_RUNS: dict[str, Callable[[argparse.Namespace], dict[str, object]]] = {
    "ours": _ours,
    "pyvi + whoosh": _as_published,
    "whoosh alone": _whoosh_alone,
    "fts5": _fts5,
}


if __name__ == "__main__":
    main()
