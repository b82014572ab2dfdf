"""The engines that the benches of speed compare, each under the same queries on the same tokens.

Every engine holds the syllables of each document's body in one field with positions, and gives the ten best by its own BM25;
a prefix finds without scoring, as Whoosh's and tantivy's do by themselves.
Ours holds titles, compounds, numbers, filters and the texts besides.
"""

from __future__ import annotations

import importlib
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from bench.questions import document, typed

TOP = 10
BATCH = 4000


class Peer(Protocol):
    """An engine under the same queries; forms are syllables, a prefix query has one."""

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        """Make the index, durable as the engine does it by default."""

    def open(self, folder: Path) -> None:
        """Ready for queries."""

    def search(self, kind: str, forms: list[str]) -> int:
        """How many of the ten best there are."""


class Ours:
    """The arrays over Whoosh's index, for plain boolean search."""

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        """See Peer."""
        from search.following import generations
        from search.schema import SCHEMA_VERSION
        from search.whoosh_engine import WhooshEngine

        place = generations.begin(folder, "bench")
        generation = WhooshEngine().create(place)
        for start in range(0, len(rows), BATCH):
            generation.write([document(row) for row in rows[start : start + BATCH]], [], start + 1)
        generation.settle()
        generation.close()
        generations.finish(place)
        generations.point_to(folder, generations.Current(place.name, "whoosh", SCHEMA_VERSION, len(rows)))

    def open(self, folder: Path) -> None:
        """See Peer."""
        from search.matching import PlainSearch, best
        from search.whoosh_engine import WhooshEngine

        self._generation = WhooshEngine().open(folder / "gen-0001")
        self._in_use = self._generation.newest().__enter__()
        self._plain = PlainSearch(self._in_use.postings, {"body": 1.0})
        self._best = best

    def search(self, kind: str, forms: list[str]) -> int:
        """See Peer."""
        plain = self._plain
        run = {"and": plain.all_of, "or": plain.any_of, "phrase": plain.phrase}.get(kind)
        return len(self._best(run(forms) if run else plain.begun(forms[0], scored=False), TOP))


class Ranked(Ours):
    """The product's own ranking of the same words, over all fields and streams, with facets; no texts are shown."""

    def search(self, kind: str, forms: list[str]) -> int:
        """See Peer."""
        from search.answering.ranking import Ranker
        from search.answering.selection import facet_counts, page
        from search.asking.grammar import read

        postings = self._in_use.postings
        ranking = Ranker(postings, read(typed(kind, forms)), 0.5).rank()
        facet_counts(postings, ranking.docs)
        return len(page(postings, ranking, "relevance", TOP).rows)


class Page(Ours):
    """The page of twenty results as a browser gets it: parsed, ranked, counted, read, marked, made into HTML."""

    def open(self, folder: Path) -> None:
        """See Peer."""
        from archive.catalog import Catalog
        from archive.warc import WarcStore
        from search.asking.thesaurus import SHIPPED
        from search.searcher import Searcher
        from web.app import Services, create_app

        home = Path(tempfile.mkdtemp(dir=folder.parent))
        catalog = Catalog(home / "catalog.db")
        (home / "warc").mkdir()
        searcher = Searcher(folder, thesaurus=(SHIPPED,))
        services = Services(catalog, WarcStore(home / "warc", catalog.capture), searcher, None, "bench@tangthu.example")
        self._client = create_app(services).test_client()

    def search(self, kind: str, forms: list[str]) -> int:
        """See Peer. Raises RuntimeError for anything but a page."""
        answer = self._client.get("/tim-kiem", query_string={"q": typed(kind, forms)})
        if answer.status_code != 200:
            raise RuntimeError(f"/tim-kiem answered {answer.status_code}")
        hits: int = answer.data.count(b"<article")
        return hits


class Whoosh:
    """whoosh3 as it comes."""

    def index(self, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> None:
        """See Peer."""
        from whoosh import fields, index
        from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer

        schema = fields.Schema(id=fields.STORED(), body=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True))
        writer = index.create_in(str(folder), schema).writer(limitmb=256)
        for row, body in zip(rows, bodies, strict=True):
            writer.add_document(id=row["id"], body=" ".join(body))
        writer.commit()

    def open(self, folder: Path) -> None:
        """See Peer."""
        from whoosh import index, scoring

        open_dir: Any = index.open_dir
        weighting: Any = scoring.BM25F
        self._searcher = open_dir(str(folder)).searcher(weighting=weighting())

    def search(self, kind: str, forms: list[str]) -> int:
        """See Peer."""
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
        """See Peer."""
        with sqlite3.connect(folder / "fts.db") as base:
            base.execute("create virtual table t using fts5(body, content='', tokenize=\"unicode61 remove_diacritics 0\")")
            base.executemany("insert into t(rowid, body) values (?, ?)", ((i, " ".join(body)) for i, body in enumerate(bodies)))
            base.execute("insert into t(t) values ('optimize')")
        base.close()

    def open(self, folder: Path) -> None:
        """See Peer."""
        self._base = sqlite3.connect(folder / "fts.db")

    def search(self, kind: str, forms: list[str]) -> int:
        """See Peer."""
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
        """See Peer."""
        writer = self._tantivy.Index(self._schema(), path=str(folder)).writer(heap_size=256_000_000, num_threads=1)
        for body in bodies:
            writer.add_document(self._tantivy.Document(body=" ".join(body)))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        """See Peer."""
        self._index = self._tantivy.Index(self._schema(), path=str(folder))
        self._searcher = self._index.searcher()

    def search(self, kind: str, forms: list[str]) -> int:
        """See Peer."""
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
    "full ranking and facets": ("ours", Ranked),
    "page": ("ours", Page),
    "fts5": ("fts5", Fts5),
    "tantivy": ("tantivy", Tantivy),
    "whoosh": ("whoosh", Whoosh),
}
"""What is measured, and in which folder its index stands."""
