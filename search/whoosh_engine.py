"""The engine on Whoosh: single commits that carry their change number, and searches over the newest of them.

The change number stands in a document of its own that every commit replaces, so it is held exactly as far as the documents are.
"""

from __future__ import annotations

import errno
import pickle
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from whoosh.filedb.filetables import FileFormatError
from whoosh.index import EmptyIndexError, FileIndex, IndexVersionError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.query.terms import Term
from whoosh.reading import CorruptIndexError, SegmentReader, TermNotFound

from search import query as queries
from search import segments
from search.analysing import analysed
from search.errors import IndexDamaged
from search.highlight import Marker
from search.layouts import LayoutFolder
from search.ranking import Ranker, Ranking
from search.results import Hit, IndexedDocument, IndexFacts, IndexStatus, Note, Results, SearchRequest
from search.schema import IndexDocument, whoosh_schema
from search.selection import everything, facet_counts, filtered, page
from search.snapshot import Snapshot
from search.whoosh_storage import DurableStorage

MAX_LIMIT = 100
MAX_OFFSET = 10_000
DEADLINE_S = 0.5
WRITER_MB = 128
MOST_LAYOUTS = 16
"""Each word of a query is looked up in every layout: with more than these it would show."""
_AT_ONCE = 200

# What Whoosh raises on bytes that are not its own; it has no error for them.
_DAMAGE = (
    EmptyIndexError,
    IndexVersionError,
    WhooshIndexError,
    TermNotFound,
    CorruptIndexError,
    FileFormatError,
    pickle.UnpicklingError,
    zlib.error,
    struct.error,
    EOFError,
    ImportError,
    AttributeError,
    AssertionError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
    MemoryError,
)


class WhooshEngine:
    """Generations on Whoosh."""

    name = "whoosh"

    def create(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        create: Any = FileIndex.create
        create(DurableStorage(folder), whoosh_schema())
        return WhooshGeneration(folder)

    def open(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        return WhooshGeneration(folder)


class WhooshGeneration:
    """One Whoosh index; see engine.Generation. Threads share it, and search side by side."""

    def __init__(self, folder: Path, deadline_s: float = DEADLINE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.deadline_s = deadline_s
        self.clock = clock
        self._lock = threading.Lock()
        self._storage = DurableStorage(folder)
        self._layouts = LayoutFolder(folder)
        self._snapshot: Snapshot | None = None
        self._commit = -1
        with self._guard():
            open_index: Any = FileIndex
            self._index: Any = open_index(self._storage, schema=whoosh_schema())
            self._newest(checked=True)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # A place beyond the file, or a segment that is gone; a full disk and its like are no damage.
            if error.errno not in (errno.EINVAL, errno.ENOENT):
                raise
            raise IndexDamaged(self.folder, str(error)[:120]) from error
        except _DAMAGE as error:
            raise IndexDamaged(self.folder, f"{type(error).__name__}: {str(error)[:120]}") from error

    def close(self) -> None:
        """See engine.Generation."""
        with self._lock:
            self._forget()

    def newest(self) -> AbstractContextManager[Snapshot]:
        """The newest commit, which stays open until it is left. Raises IndexDamaged."""
        with self._lock, self._guard():
            return self._newest().in_use()

    def _newest(self, *, checked: bool = False) -> Snapshot:
        commit = self._index.latest_generation()
        if self._snapshot is None or commit != self._commit:
            snapshot = Snapshot(self._index.reader(), self._layouts)
            if self._snapshot is not None:
                self._snapshot.close()
            self._snapshot, self._commit = snapshot, commit
            if checked:
                snapshot.check()
        return self._snapshot

    def status(self) -> IndexStatus:
        """See engine.Generation."""
        with self.newest() as snapshot:
            return IndexStatus("whoosh", self.folder.name, snapshot.change, snapshot.documents)

    # writing

    def write(self, documents: Sequence[IndexDocument], deletes: Sequence[str], change: int) -> None:
        """See engine.Generation."""
        newest = {document.id: document for document in documents}
        fields = analysed(list(newest.values()))
        with self._lock, self._guard():
            writer = self._index.writer(limitmb=WRITER_MB)
            try:
                with writer.searcher() as searcher:
                    old = [doc for id in {*newest, *deletes} for doc in _numbers_of(searcher, "id", id)]
                    old += _numbers_of(searcher, "meta", "change")
                for doc in old:
                    writer.delete_document(doc)
                for values in fields:
                    writer.add_document(**values)
                writer.add_document(meta="change", shown={"change": change})
                writer.commit(mergetype=self._merge)
            except BaseException:
                with suppress(Exception):  # it tells no more than what went wrong first
                    writer.cancel()
                self._storage.tidy()  # on a full disk nothing else would make room
                raise
            self._storage.tidy()
            self._layouts.tidy(self._newest().leaves)

    def _merge(self, writer: Any, present: list[Any]) -> list[Any]:
        """Merge small segments, but none that are laid out as one: without one of them that layout would be void."""
        joined = self._layouts.joined()
        sizes = [0 if segment.segment_id() in joined else segment.doc_count_all() for segment in present]
        chosen = segments.worth_merging(sizes)
        for at in chosen:
            reader = SegmentReader(writer.storage, writer.schema, present[at])
            writer.add_reader(reader)
            reader.close()
        return [segment for at, segment in enumerate(present) if at not in chosen]

    def settle(self, *, fully: bool = True) -> None:
        """See engine.Generation."""
        with self._lock, self._guard():
            snapshot = self._newest()
            if fully or len(snapshot.postings.layouts) > MOST_LAYOUTS:
                self._layouts.join(snapshot.leaves, fully=fully)
                self._forget()
                self._layouts.tidy(self._newest().leaves)

    # looking after

    def facts(self) -> IndexFacts:
        """See engine.Generation."""
        with self.newest() as snapshot:
            alive = snapshot.postings.alive
            marks = 1  # the change number's own document
            return IndexFacts(
                len(snapshot.leaves), len(snapshot.postings.layouts), len(alive) - int(alive.sum()) - marks if len(alive) else 0
            )

    def held(self) -> Iterator[IndexedDocument]:
        """See engine.Generation."""
        with self.newest() as snapshot, self._guard():
            docs = everything(snapshot.postings).docs
            for at in range(0, len(docs), _AT_ONCE):
                for values in snapshot.shown([int(doc) for doc in docs[at : at + _AT_ONCE]]):
                    yield IndexedDocument(values["id"], values["version"], values["state"], values["url"])

    def damage(self) -> tuple[str, ...]:
        """See engine.Generation."""
        with self._lock:
            return self._storage.damage() + self._layouts.damage()

    def _forget(self) -> None:
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None

    # searching

    def search(self, request: SearchRequest) -> Results:
        """See engine.Generation."""
        begun = time.perf_counter()
        query = queries.read(request.text)
        with self.newest() as snapshot:
            postings = snapshot.postings
            whole = query.empty and not query.only_signs
            ranked = everything(postings) if whole else Ranker(postings, query, self.deadline_s, self.clock).rank()
            ranking, unknown = filtered(postings, ranked, request.filters)
            notes = (*query.notes, *([Note("timeout")] if ranking.timed_out else []), *unknown)
            sort = "newest" if whole and request.sort == "relevance" else request.sort
            limit, offset = max(0, min(request.limit, MAX_LIMIT)), max(0, min(request.offset, MAX_OFFSET))
            rows = page(postings, ranking, sort, limit, offset)
            facets = facet_counts(postings, ranking.docs)
            with self._guard():
                shown = snapshot.shown([int(ranking.docs[row]) for row in rows])
        marker = Marker(query)
        hits = tuple(_hit(marker, values, ranking, row, explain=request.explain) for row, values in zip(rows, shown, strict=True))
        return Results(len(ranking.docs), hits, facets, (time.perf_counter() - begun) * 1000, notes)


def _numbers_of(searcher: Any, field: str, value: str) -> list[int]:
    return list(searcher.docs_for_query(Term(field, value), for_deletion=True))


def _hit(marker: Marker, shown: dict[str, Any], ranking: Ranking, row: int, *, explain: bool) -> Hit:
    title = marker.whole(shown["title"])
    passage = marker.passage(shown["body"], shown["summary"])
    names = ("id", "url", "portal", "external_id", "published", "category", "number", "kind", "issuer", "state")
    return Hit(
        score=round(float(ranking.scores[row]), 4),
        title=title.text,
        title_html=title.html,
        snippet=passage.text,
        snippet_html=passage.html,
        explanation=_explained(ranking, int(ranking.docs[row])) if explain else (),
        **{name: shown[name] for name in names},
    )


def _explained(ranking: Ranking, doc: int) -> tuple[tuple[str, float], ...]:
    parts = [(part.label, round(part.scores.of(doc) * part.factor, 4)) for part in ranking.parts]
    return tuple(sorted((part for part in parts if part[1]), key=lambda part: -part[1]))
