"""How an index lives: the commits of single documents, what they cost the searches after them, and how long a check takes.

    bench/index_life.py --corpus articles.jsonl.gz [--documents N] [--singles N] [--json FILE]

The corpus is JSON lines with id, title and body. The first N documents are built as one index; then documents come singly, as
they do during a crawl, each committed by itself and asked for at once; searches are timed before and after.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, its own folder would stand in the place of the project's.
sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import gzip
import itertools
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence

from bench.machine import report
from search.following.generations import size_of
from search.results import SearchRequest
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine, WhooshGeneration

QUERIES = ("ngân sách nhà nước", "xu phat vi pham hanh chinh", '"bảo hiểm xã hội"', "đất đai", "thue thu nhap doanh nghiep")
BUILT_AT_ONCE = 4000
ROUNDS = 40


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--singles", type=int, default=200)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    documents = list(itertools.islice(_documents(chosen.corpus), chosen.documents + chosen.singles))
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(WhooshEngine().create(Path(folder)), documents, chosen.documents)
    report("index life", figures, chosen.json)


def _documents(corpus: Path) -> Iterator[IndexDocument]:
    with gzip.open(corpus, "rt", encoding="utf-8") if corpus.suffix == ".gz" else corpus.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield IndexDocument(str(row["id"]), "bench", "http://127.0.0.1/", row["title"], "", row["body"])


def _measure(generation: WhooshGeneration, documents: Sequence[IndexDocument], built: int) -> dict[str, object]:
    building = _timed(lambda: _build(generation, documents[:built]))
    before = _searches(generation)
    commits, first = [], []
    for n, document in enumerate(documents[built:], built + 1):
        commits.append(_timed(lambda document=document, n=n: generation.write([document], [], n)))  # type: ignore[misc]
        first.append(_timed(lambda: generation.search(SearchRequest(QUERIES[0]))))
    after = _searches(generation)
    facts = generation.facts()
    return {
        "documents": built,
        "built, documents/s": built / building,
        "search before, p50 ms": _at(before, 0.5),
        "search before, p95 ms": _at(before, 0.95),
        "single documents committed": len(commits),
        "commit of one, p50 ms": _at(commits, 0.5),
        "commit of one, p95 ms": _at(commits, 0.95),
        "commit of one, longest ms": _at(commits, 1.0),
        "first search after a commit, p50 ms": _at(first, 0.5),
        "first search after a commit, p95 ms": _at(first, 0.95),
        "search after, p50 ms": _at(after, 0.5),
        "search after, p95 ms": _at(after, 0.95),
        "segments": facts.segments,
        "layouts": facts.layouts,
        "joining small layouts, s": _timed(lambda: generation.settle(fully=False)),
        "reading all held documents, s": _timed(lambda: sum(1 for _ in generation.held())),
        "checksums of all files, s": _timed(generation.damage),
        "on the disk, MiB": size_of(generation.folder) / (1 << 20),
    }


def _build(generation: WhooshGeneration, documents: Sequence[IndexDocument]) -> None:
    for at in range(0, len(documents), BUILT_AT_ONCE):
        batch = documents[at : at + BUILT_AT_ONCE]
        generation.write(batch, [], at + len(batch))
    generation.settle()


def _searches(generation: WhooshGeneration) -> list[float]:
    for query in QUERIES:
        generation.search(SearchRequest(query))
    return [_timed(lambda query=query: generation.search(SearchRequest(query))) for query in QUERIES * ROUNDS]  # type: ignore[misc]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _at(seconds: Sequence[float], share: float) -> float:
    """A quantile, in milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))] * 1000


if __name__ == "__main__":
    main()
