"""The engine on Whoosh: single commits that carry their change number, and searches over the newest of them.

The change number stands in a document of its own that every commit replaces, so it is held exactly as far as the documents are.
"""

from __future__ import annotations

import errno
import heapq
import pickle
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filetables import FileFormatError
from whoosh.index import EmptyIndexError, FileIndex, IndexVersionError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.query.terms import Term
from whoosh.reading import CorruptIndexError, TermNotFound

from search import query as queries
from search.errors import IndexDamaged
from search.highlight import Marker
from search.ranking import Ranker, Ranking
from search.results import FILTERS, FacetValue, Hit, IndexStatus, Note, Results, SearchRequest
from search.schema import FACET_FIELDS, SCHEMA_VERSION, IndexDocument, fields_of, whoosh_schema
from search.whoosh_reader import Facets, SegmentCache, Snapshot
from search.whoosh_storage import DurableStorage

MAX_LIMIT = 100
MAX_OFFSET = 10_000
DEADLINE_S = 0.5
WRITER_MB = 128

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
    schema_version = SCHEMA_VERSION

    def create(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        create: Any = FileIndex.create
        create(DurableStorage(folder), whoosh_schema())
        return WhooshGeneration(folder)

    def open(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        return WhooshGeneration(folder)


class WhooshGeneration:
    """One Whoosh index; see engine.Generation. Threads may share it: they take turns."""

    def __init__(self, folder: Path, deadline_s: float = DEADLINE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.deadline_s = deadline_s
        self.clock = clock
        self._lock = threading.Lock()
        self._storage = DurableStorage(folder)
        self._cache = SegmentCache()
        self._snapshot: Snapshot | None = None
        self._commit = -1
        with self._guard():
            open_index: Any = FileIndex
            self._index: Any = open_index(self._storage, schema=whoosh_schema())
            self._newest().check()

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
            if self._snapshot is not None:
                self._snapshot.close()
                self._snapshot = None

    def _newest(self) -> Snapshot:
        commit = self._index.latest_generation()
        if self._snapshot is None or commit != self._commit:
            snapshot = Snapshot(self._index.reader(), self._cache)
            if self._snapshot is not None:
                self._snapshot.close()
            self._snapshot, self._commit = snapshot, commit
        return self._snapshot

    def status(self) -> IndexStatus:
        """See engine.Generation."""
        with self._lock, self._guard():
            snapshot = self._newest()
            return IndexStatus("whoosh", self.folder.name, snapshot.change, snapshot.documents)

    # writing

    def write(self, documents: Sequence[IndexDocument], deletes: Sequence[str], change: int) -> None:
        """See engine.Generation."""
        newest = {document.id: document for document in documents}
        fields = [fields_of(document) for document in newest.values()]
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
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            self._storage.tidy()

    # searching

    def search(self, request: SearchRequest) -> Results:
        """See engine.Generation."""
        begun = time.perf_counter()
        query = queries.read(request.text)
        with self._lock, self._guard():
            snapshot = self._newest()
            ranking = Ranking(dict.fromkeys(set(range(len(snapshot.dates))) - snapshot.dead, 0.0))
            if not query.empty:
                ranking = Ranker(snapshot, query, self.deadline_s, self.clock).rank()
            notes = [*query.notes, *([Note("timeout")] if ranking.timed_out else [])]
            keep, unknown = _filter(request.filters)
            notes += unknown
            found = [doc for doc in ranking.scores if keep(snapshot.facets[doc])]
            page = _page(snapshot, ranking, found, request, by_date=query.empty)
            facets = _facets(snapshot, found)
            shown = [(doc, snapshot.shown(doc)) for doc in page]
        marker = Marker(query)
        hits = tuple(_hit(marker, values, doc, ranking, explain=request.explain) for doc, values in shown)
        return Results(len(found), hits, facets, (time.perf_counter() - begun) * 1000, tuple(notes))


def _numbers_of(searcher: Any, field: str, value: str) -> list[int]:
    return list(searcher.docs_for_query(Term(field, value), for_deletion=True))


def _filter(filters: tuple[tuple[str, str], ...]) -> tuple[Callable[[Facets], bool], list[Note]]:
    wanted: dict[int, set[str]] = {}
    notes = []
    for name, value in filters:
        if name in FILTERS:
            wanted.setdefault(FACET_FIELDS.index(name), set()).add(value)
        else:
            notes.append(Note("unknown_filter", name[:100]))
    tests = tuple(wanted.items())
    return (lambda facets: all(facets[i] in values for i, values in tests)), notes


def _page(snapshot: Snapshot, ranking: Ranking, found: list[int], request: SearchRequest, *, by_date: bool) -> list[int]:
    dates, scores = snapshot.dates, ranking.scores
    limit = max(0, min(request.limit, MAX_LIMIT))
    offset = max(0, min(request.offset, MAX_OFFSET))
    if request.sort == "oldest":
        ordered = heapq.nsmallest(offset + limit, found, key=lambda doc: (dates[doc] == 0, dates[doc], -scores[doc], doc))
    elif request.sort == "newest" or by_date:
        ordered = heapq.nsmallest(offset + limit, found, key=lambda doc: (-dates[doc], -scores[doc], doc))
    else:
        ordered = heapq.nsmallest(offset + limit, found, key=lambda doc: (-scores[doc], -dates[doc], doc))
    return ordered[offset:]


def _facets(snapshot: Snapshot, found: list[int]) -> dict[str, tuple[FacetValue, ...]]:
    rows = Counter(map(snapshot.facets.__getitem__, found))
    facets = {}
    for i, name in enumerate(FACET_FIELDS):
        counts: Counter[str] = Counter()
        for row, count in rows.items():
            if row[i]:
                counts[row[i]] += count
        ordered = sorted(counts.items(), reverse=name == "year")
        if name != "year":
            ordered.sort(key=lambda entry: -entry[1])
        facets[name] = tuple(FacetValue(value, count) for value, count in ordered)
    return facets


def _hit(marker: Marker, shown: dict[str, Any], doc: int, ranking: Ranking, *, explain: bool) -> Hit:
    title = marker.whole(shown["title"])
    passage = marker.passage(shown["body"], shown["summary"])
    parts = [(label, round(scores[doc], 4)) for label, scores in ranking.parts if doc in scores] if explain else []
    names = ("id", "url", "portal", "external_id", "published", "category", "number", "kind", "issuer", "state")
    return Hit(
        score=round(ranking.scores[doc], 4),
        title=title.text,
        title_html=title.html,
        snippet=passage.text,
        snippet_html=passage.html,
        explanation=tuple(sorted(parts, key=lambda part: -part[1])),
        **{name: shown[name] for name in names},
    )
