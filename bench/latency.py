"""How fast is a search: ours, plain whoosh3, SQLite FTS5 and tantivy, in one run, on the same tokens with the same queries.

Every engine holds the syllables of each document's body in one field with positions, and gives the ten best by its own BM25.
Ours holds titles, compounds, numbers, filters and the texts besides. Each engine has a process of its own; cold is the first
pass over the queries in a new process, warm the passes after it. Peers that are not installed are named as missing.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib
import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, Protocol, cast

from bench.machine import report
from search.analysis import syllables
from search.schema import IndexDocument

ENGINES = ("ours", "fts5", "tantivy", "whoosh")
KINDS = ("and", "or", "phrase", "prefix")
TOP = 10
BATCH = 4000
PEERS = Path(__file__).parent.parent / ".bench"
Query = tuple[str, list[str]]


class Peer(Protocol):
    """An engine under the same queries; forms are syllables, a prefix query has one."""

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        """Make the index, durable as the engine does it by default."""

    def open(self, folder: Path) -> None:
        """Ready for queries."""

    def search(self, kind: str, forms: list[str]) -> int:
        """How many of the ten best there are."""


class Ours:
    """The arrays over Whoosh's index; `page` is all that one search of the product does but for its HTML."""

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        from search.whoosh_engine import WhooshEngine

        generation = WhooshEngine().create(folder)
        for start in range(0, len(rows), BATCH):
            generation.write([_document(row) for row in rows[start : start + BATCH]], [], start + 1)
        generation.settle()
        generation.close()

    def open(self, folder: Path) -> None:
        from search.matching import PlainSearch, best
        from search.whoosh_engine import WhooshEngine

        self.generation = WhooshEngine().open(folder)
        self._in_use = self.generation.newest().__enter__()
        self._plain = PlainSearch(self._in_use.postings, {"body": 1.0})
        self._best = best

    def search(self, kind: str, forms: list[str]) -> int:
        plain = self._plain
        run = {"and": plain.all_of, "or": plain.any_of, "phrase": plain.phrase}.get(kind)
        return len(self._best(run(forms) if run else plain.begun(forms[0]), TOP))


class Ranked(Ours):
    """The product's own ranking of the same words, over all fields and streams, with facets; no texts are shown."""

    def search(self, kind: str, forms: list[str]) -> int:
        from search.grammar import read
        from search.ranking import Ranker
        from search.selection import facet_counts, page

        postings = self._in_use.postings
        ranking = Ranker(postings, read(_typed(kind, forms)), 0.5).rank()
        facet_counts(postings, ranking.docs)
        return len(page(postings, ranking, "relevance", TOP).rows)


class Page(Ours):
    """A page of twenty hits: parsed, ranked, counted, read, marked."""

    def search(self, kind: str, forms: list[str]) -> int:
        from search.results import SearchRequest

        return len(self.generation.search(SearchRequest(_typed(kind, forms))).hits)


class Whoosh:
    """whoosh3 as it comes."""

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        from whoosh import fields, index
        from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer

        schema = fields.Schema(id=fields.STORED(), body=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True))
        writer = index.create_in(str(folder), schema).writer(limitmb=256)
        for row, body in zip(rows, bodies, strict=True):
            writer.add_document(id=row["id"], body=" ".join(body))
        writer.commit()

    def open(self, folder: Path) -> None:
        from whoosh import index, scoring

        open_dir: Any = index.open_dir
        weighting: Any = scoring.BM25F
        self._searcher = open_dir(str(folder)).searcher(weighting=weighting())

    def search(self, kind: str, forms: list[str]) -> int:
        from whoosh.query.compound import And, Or
        from whoosh.query.positional import Phrase
        from whoosh.query.terms import Prefix, Term

        # Whoosh's constructors are not typed.
        term, prefix, run, every, any_one = (cast(Any, kind) for kind in (Term, Prefix, Phrase, And, Or))
        terms = [term("body", form) for form in dict.fromkeys(forms)]
        query: Any = {
            "and": lambda: every(terms),
            "or": lambda: any_one(terms),
            "phrase": lambda: run("body", forms),
            "prefix": lambda: prefix("body", forms[0]),
        }[kind]()
        return len(self._searcher.search(query, limit=TOP))


class Fts5:
    """SQLite's FTS5 with bm25()."""

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        with sqlite3.connect(folder / "fts.db") as base:
            base.execute("create virtual table t using fts5(body, content='', tokenize=\"unicode61 remove_diacritics 0\")")
            base.executemany("insert into t(rowid, body) values (?, ?)", ((i, " ".join(body)) for i, body in enumerate(bodies)))
            base.execute("insert into t(t) values ('optimize')")
        base.close()

    def open(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "fts.db")

    def search(self, kind: str, forms: list[str]) -> int:
        quoted = [f'"{form}"' for form in forms]
        text = {
            "and": " AND ".join(quoted),
            "or": " OR ".join(quoted),
            "phrase": '"' + " ".join(forms) + '"',
            "prefix": quoted[0] + "*",
        }[kind]
        found = self._base.execute("select rowid, bm25(t) from t where t match ? order by bm25(t) limit ?", (text, TOP))
        return len(found.fetchall())


class Tantivy:
    """tantivy by its Python package."""

    def __init__(self) -> None:
        self._tantivy: Any = importlib.import_module("tantivy")

    def _schema(self) -> Any:
        builder = self._tantivy.SchemaBuilder()
        builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="position")
        return builder.build()

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        writer = self._tantivy.Index(self._schema(), path=str(folder)).writer(heap_size=256_000_000, num_threads=1)
        for body in bodies:
            writer.add_document(self._tantivy.Document(body=" ".join(body)))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = self._tantivy.Index(self._schema(), path=str(folder))
        self._searcher = self._index.searcher()

    def search(self, kind: str, forms: list[str]) -> int:
        query = self._tantivy.Query
        if kind == "prefix":
            asked = query.regex_query(self._index.schema, "body", forms[0] + ".*")
        elif kind == "phrase":
            asked = query.phrase_query(self._index.schema, "body", forms)
        else:
            occur = self._tantivy.Occur.Must if kind == "and" else self._tantivy.Occur.Should
            terms = [query.term_query(self._index.schema, "body", form) for form in dict.fromkeys(forms)]
            asked = query.boolean_query([(occur, term) for term in terms])
        return len(self._searcher.search(asked, TOP).hits)


PROBES: dict[str, tuple[str, Callable[[], Peer]]] = {
    "ours": ("ours", Ours),
    "ours, full ranking + facets": ("ours", Ranked),
    "ours, page of 20": ("ours", Page),
    "fts5": ("fts5", Fts5),
    "tantivy": ("tantivy", Tantivy),
    "whoosh": ("whoosh", Whoosh),
}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with id, title, body; may be gzipped")
    parser.add_argument("--limit", type=int, default=0, help="take so many documents; 0: all")
    parser.add_argument("--times", type=int, default=1, help="take the corpus so many times")
    parser.add_argument("--queries", type=int, default=200, help="queries of each kind")
    parser.add_argument("--slow", type=int, default=40, help="queries of each kind for plain whoosh, the first of the same")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run:
        _child(*chosen.run)
        return
    with tempfile.TemporaryDirectory() as folder:
        report("latency", _measure(Path(folder), chosen), chosen.json)


def _measure(folder: Path, chosen: argparse.Namespace) -> dict[str, object]:
    rows = _rows(chosen.corpus, chosen.limit, chosen.times)
    bodies = [[token.text for token in syllables(row["body"])] for row in rows]
    figures: dict[str, object] = {
        "documents": len(rows),
        "data, SHA-256": hashlib.sha256(chosen.corpus.read_bytes()).hexdigest()[:16],
        "syllables": sum(map(len, bodies)),
    }
    queries = _queries(rows, bodies, chosen.queries)
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "bodies.json").write_text(json.dumps(bodies), encoding="utf-8")
    for name, (engine, _) in PROBES.items():
        asked = [query for kind in KINDS for query in queries[kind][: chosen.slow if engine == "whoosh" else None]]
        (folder / "queries.json").write_text(json.dumps(asked), encoding="utf-8")
        if not (folder / engine).exists():
            (folder / engine).mkdir()
            built = _spawn(chosen, "index", name, folder)
            figures |= {f"{name}: {key}": value for key, value in built.items()}
        figures |= {f"{name}: {key}": value for key, value in _spawn(chosen, "search", name, folder).items()}
        if name != "ours" and not name.startswith("ours,"):
            shutil.rmtree(folder / engine)
    return figures


def _spawn(chosen: argparse.Namespace, task: str, name: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.latency", "--corpus", str(chosen.corpus), "--run", task, name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"missing": (done.stderr.strip().splitlines() or ["no word why"])[-1][:100]}
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _child(task: str, name: str, place: str) -> None:
    sys.path.append(str(PEERS))
    folder = Path(place)
    engine, make = PROBES[name]
    peer = make()
    if task == "index":
        rows, bodies = (json.loads((folder / f"{part}.json").read_text(encoding="utf-8")) for part in ("rows", "bodies"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.perf_counter()
        peer.index(folder / engine, rows, bodies)
        took = time.perf_counter() - started
        size = sum(path.stat().st_size for path in (folder / engine).rglob("*") if path.is_file())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures = {
            "index, s": took,
            "documents/s": len(rows) / took,
            "size, MiB": size / 2**20,
            "indexing, MiB more": peak - before,
        }
    else:
        figures = _timed(peer, folder / engine, json.loads((folder / "queries.json").read_text(encoding="utf-8")))
    print(json.dumps(figures))


def _timed(peer: Peer, folder: Path, queries: list[Query]) -> dict[str, float]:
    started = time.perf_counter()
    peer.open(folder)
    figures = {"open, ms": (time.perf_counter() - started) * 1000}
    cold = _pass(peer, queries)
    warm = _pass(peer, queries)
    for kind in (*KINDS, "mixed"):
        for label, times in (("cold", cold), ("warm", warm)):
            chosen = sorted(ms for (each, _), ms in zip(queries, times, strict=True) if kind in (each, "mixed"))
            figures[f"{kind} {label} p50, ms"] = chosen[len(chosen) // 2]
            figures[f"{kind} {label} p95, ms"] = chosen[int(len(chosen) * 0.95)]
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    figures["resident after the queries, MiB"] = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return figures


def _pass(peer: Peer, queries: list[Query]) -> list[float]:
    times = []
    for kind, forms in queries:
        started = time.perf_counter()
        peer.search(kind, forms)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _rows(corpus: Path, limit: int, times: int) -> list[dict[str, str]]:
    data = corpus.read_bytes()
    lines = (gzip.decompress(data) if corpus.suffix == ".gz" else data).decode("utf-8").splitlines()
    rows = [_row(json.loads(line)) for line in lines[: limit or None]]
    # Numbered anew: an id that comes twice would be one document for ours and two for its peers.
    return [{**row, "id": f"{turn}-{number}"} for turn in range(times) for number, row in enumerate(rows)]


def _row(entry: dict[str, Any]) -> dict[str, str]:
    return {
        "title": str(entry.get("title") or ""),
        "body": str(entry.get("body") or ""),
    }


def _document(row: dict[str, str]) -> IndexDocument:
    number = int(hashlib.sha256(row["id"].encode()).hexdigest()[:8], 16)
    return IndexDocument(
        id=row["id"],
        portal=f"portal-{number % 7}",
        url=f"https://mau.example/{row['id']}",
        title=row["title"],
        summary="",
        body=row["body"],
        published=f"{2005 + number % 20}-01-01",
        category=f"mục {number % 13}",
        kind=f"loại {number % 5}",
    )


def _queries(rows: Sequence[dict[str, str]], bodies: Sequence[list[str]], count: int) -> dict[str, list[Query]]:
    """From the documents themselves, the same ones every time: words of a body, runs of its words, beginnings of its words."""
    chance = random.Random(20261122)
    long = [body for body in bodies if len(body) > 40]
    drawn: dict[str, list[Query]] = {kind: [] for kind in KINDS}
    for kind in cycle(KINDS):
        if all(len(queries) >= count for queries in drawn.values()):
            return drawn
        drawn[kind].append((kind, next(_forms(kind, chance.choice(long), chance))))
    raise AssertionError("cycle ends never")


def _forms(kind: str, body: list[str], chance: random.Random) -> Iterator[list[str]]:
    while True:
        at = chance.randrange(len(body) - 10)
        if kind == "phrase":
            yield body[at : at + chance.randint(2, 5)]
        elif kind == "prefix":
            if words := [form for form in body if len(form) >= 3 and form.isalpha()]:
                yield [chance.choice(words)[:3]]
        else:
            yield body[at : at + chance.randint(2, 4 if kind == "and" else 8)]


def _typed(kind: str, forms: list[str]) -> str:
    text = " ".join(forms)
    return f'"{text}"' if kind == "phrase" else f"{text}*" if kind == "prefix" else text


if __name__ == "__main__":
    main()
