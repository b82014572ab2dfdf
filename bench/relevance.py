"""How well the search ranks, on judged queries in BEIR's form, beside the baselines of bench.baselines run in the same go.

Each query is put three times: as written, without accents, and with the accents of half of its syllables lost.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from bench.baselines import Fts5, Rank, Tantivy, TantivyMissing, bm25_baselines
from bench.beir import CONDITIONS, DEPTH, MEASURES, BadData, Collection, Text, by_set, load, typed
from bench.machine import machine
from search.asking.thesaurus import SHIPPED
from search.asking.thesaurus import load as load_thesaurus
from search.engine import Engine, Generation
from search.results import SearchRequest
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine

ENGINES: dict[str, Callable[[], Engine]] = {"whoosh": lambda: WhooshEngine(load_thesaurus(SHIPPED))}
BATCH = 2000
Measured = dict[str, dict[str, dict[str, float]]]
"""By condition, then by set, then by measure."""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write the same as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--qrels", type=Path, required=True)
    parser.add_argument("--engine", choices=[*ENGINES, "none"], default="whoosh", help="none: the baselines alone")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sample", type=int, help="at most this many queries of each set")
    parser.add_argument("--seed", type=int, default=0, help="draws the syllables that lose their accents")
    chosen = parser.parse_args(arguments)
    try:
        collection = load(chosen.corpus, chosen.queries, chosen.qrels, chosen.sample)
    except (BadData, OSError) as error:
        parser.error(str(error))
    if not collection.queries:
        parser.error(f"No query of {chosen.queries} has a judged document in {chosen.corpus}.")
    missing: list[str] = []
    systems: dict[str, Measured] = {}
    timings: dict[str, dict[str, float]] = {}
    for name, rank, build_s in _systems(collection.texts, chosen.engine, missing):
        systems[name], query_ms = _measure(collection, rank, chosen.seed)
        timings[name] = {"build_s": build_s, "query_ms": query_ms}
    whole = {
        "bench": "relevance",
        "command": " ".join(["python", "bench/relevance.py", *(arguments if arguments is not None else sys.argv[1:])]),
        "machine": machine(),
        "digests": dict(collection.digests),
        "documents": len(collection.texts),
        "queries": len(collection.queries),
        "missing": missing,
        "systems": systems,
        "timings": timings,
    }
    print(f"relevance · {whole['machine']}\n$ {whole['command']}")
    for name, digest in collection.digests.items():
        print(f"  {name:<8} sha256 {digest}")
    print("\n".join([f"  {len(collection.texts)} documents, {len(collection.queries)} queries", *missing]))
    _print(systems, timings)
    if chosen.json:
        chosen.json.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _systems(texts: tuple[Text, ...], engine: str, missing: list[str]) -> Iterator[tuple[str, Rank, float]]:
    """Each system with the seconds that it took to build, ours first; what cannot run is named in `missing`."""
    if engine != "none":
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            with _generation(texts, ENGINES[engine](), Path(folder)) as generation:
                yield f"Tàng Thư ({engine})", _asking(generation), time.perf_counter() - started
    started = time.perf_counter()
    baselines = bm25_baselines(texts)
    together = time.perf_counter() - started
    for name, rank in baselines.items():
        yield name, rank, together / len(baselines)
    started = time.perf_counter()
    with closing(Fts5(texts)) as fts5:
        yield "SQLite FTS5", fts5, time.perf_counter() - started
    started = time.perf_counter()
    try:
        tantivy = Tantivy(texts)
    except TantivyMissing as error:
        missing.append(str(error))
        return
    yield "tantivy", tantivy, time.perf_counter() - started


@contextmanager
def _generation(texts: tuple[Text, ...], engine: Engine, folder: Path) -> Iterator[Generation]:
    with closing(engine.create(folder)) as writing:
        for at in range(0, len(texts), BATCH):
            batch = [IndexDocument(t.id, "bench", "", t.title, "", t.body) for t in texts[at : at + BATCH]]
            writing.write(batch, (), at + len(batch))
    with closing(engine.open(folder)) as reading:
        yield reading


def _asking(generation: Generation) -> Rank:
    return lambda query: [hit.id for hit in generation.search(SearchRequest(query, limit=DEPTH)).hits]


def _measure(collection: Collection, rank: Rank, seed: int) -> tuple[Measured, float]:
    measured: Measured = {}
    times: list[float] = []
    for condition in CONDITIONS:
        rankings = []
        for query in collection.queries:
            text = typed(query, condition, seed)
            started = time.perf_counter()
            rankings.append(rank(text))
            times.append(1000 * (time.perf_counter() - started))
        measured[condition] = by_set(collection.queries, rankings)
    return measured, median(times)


def _print(systems: dict[str, Measured], timings: dict[str, dict[str, float]]) -> None:
    for condition in CONDITIONS:
        sets = next(iter(systems.values()))[condition]
        for name in sets:
            print(f"\n{condition} · {name}\n  {'':<32}" + "".join(f"{m:>11}" for m in MEASURES))
            for system, measured in systems.items():
                print(f"  {system:<32}" + "".join(f"{measured[condition][name][m]:>11.2f}" for m in MEASURES))
    print(f"\nmean MRR@10\n  {'':<32}" + "".join(f"{c:>11}" for c in CONDITIONS) + f"{'build s':>11}{'query ms':>11}")
    for system, measured in systems.items():
        row = "".join(f"{measured[condition]['mean']['MRR@10']:>11.2f}" for condition in CONDITIONS)
        print(f"  {system:<32}{row}{timings[system]['build_s']:>11.1f}{timings[system]['query_ms']:>11.2f}")


if __name__ == "__main__":
    main()
