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
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filetables import FileFormatError
from whoosh.index import EmptyIndexError, FileIndex, IndexVersionError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import CorruptIndexError, TermNotFound
from whoosh.writing import MERGE_SMALL

from search import query as queries
from search.analysing import Analysts
from search.errors import IndexDamaged
from search.highlight import Marker
from search.inverting import inverted
from search.kept_words import KeptWords
from search.layouts import LayoutFolder
from search.ranking import Ranker, Ranking
from search.results import Hit, IndexStatus, Note, Results, SearchRequest
from search.schema import IndexDocument, whoosh_schema
from search.selection import everything, facet_counts, filtered, page
from search.snapshot import Snapshot
from search.whoosh_storage import DurableStorage
from search.whoosh_writer import BulkWriter

MAX_LIMIT = 100
MAX_OFFSET = 10_000
DEADLINE_S = 0.5

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

    def __init__(self, words: Path | None = None) -> None:
        """`words` is where the words that were found are kept, see kept_words; None: nowhere."""
        self._words = words

    def create(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        create: Any = FileIndex.create
        create(DurableStorage(folder), whoosh_schema())
        return self.open(folder)

    def open(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        return WhooshGeneration(folder, words=self._words)


class WhooshGeneration:
    """One Whoosh index; see engine.Generation. Threads share it, and search side by side."""

    def __init__(
        self,
        folder: Path,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
        words: Path | None = None,
    ) -> None:
        self.folder = folder
        self.deadline_s = deadline_s
        self.clock = clock
        self._lock = threading.Lock()
        self._storage = DurableStorage(folder)
        self._layouts = LayoutFolder(folder)
        self._words = KeptWords(words)
        self._analysts = Analysts(words)
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
        self._analysts.close()
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
        with self._guard():
            writer = BulkWriter(self._index)
        try:
            with self._guard():
                writer.delete({*newest, *deletes})
            streams = []
            for piece, found in self._analysts.analysed(list(newest.values())):
                streams.append(found)
                with self._guard():
                    writer.add(piece, {name: stream.lengths for name, stream in found.fields.items()})
            fields = inverted(streams, more=1)
            with self._lock, self._guard():
                writer.add_change(change)
                writer.commit(fields, self._merge, self._layouts.keep)
                self._storage.tidy()
                self._layouts.tidy(self._newest().leaves)
        except BaseException:
            writer.cancel()
            raise
        self._words.keep((entry for each in streams for entry in each.entries), self.folder.name)

    def _merge(self, writer: Any, segments: list[Any]) -> list[Any]:
        """Whoosh's own policy, but for segments that are laid out as one: without one of them that layout would be void."""
        joined = self._layouts.joined()
        apart = [segment for segment in segments if segment.segment_id() not in joined]
        policy: Any = MERGE_SMALL
        return [segment for segment in segments if segment.segment_id() in joined] + list(policy(writer, apart))

    def settle(self) -> None:
        """See engine.Generation."""
        self._analysts.close()
        self._words.drop_others(self.folder.name)
        with self._lock, self._guard():
            self._layouts.join(self._newest().leaves)
            self._forget()
            self._layouts.tidy(self._newest().leaves)

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
