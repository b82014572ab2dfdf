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
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.filedb.filetables import FileFormatError
from whoosh.index import EmptyIndexError, FileIndex, IndexVersionError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import CorruptIndexError, SegmentReader, TermNotFound

from search.answering import cursors, references, similar
from search.answering.explaining import shares
from search.answering.highlight import Marker, Wanted, merged, number_spans
from search.answering.hits import Attachments, Presenter, likely
from search.answering.ranking import Ranker, Ranking, everything
from search.answering.rerank import reranked
from search.answering.selection import page, place_of, select
from search.asking.completion import complete
from search.asking.did_you_mean import did_you_mean
from search.asking.query import IN_ATTACHMENTS, loosened, to_json
from search.asking.thesaurus import Thesaurus
from search.asking.understanding import Understood, understand
from search.errors import IndexDamaged
from search.following import segments
from search.inverting import inverted
from search.layouts import LayoutFolder
from search.postings import Postings
from search.results import (
    Completion,
    Explained,
    Hit,
    IndexedDocument,
    IndexFacts,
    IndexStatus,
    Note,
    References,
    Results,
    SearchRequest,
    Sort,
)
from search.schema import IndexDocument, whoosh_schema
from search.snapshot import Snapshot
from search.whoosh_storage import DurableStorage
from search.whoosh_writer import BulkWriter
from search.words.analysing import Analysts
from search.words.kept_words import KeptWords

MAX_LIMIT = 100
MAX_OFFSET = 10_000
DEADLINE_S = 0.5
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

    def __init__(self, thesaurus: Thesaurus | None = None, *, words: Path | None = None) -> None:
        """`words` is where the words that were found are kept, see kept_words; None: nowhere."""
        self._thesaurus = thesaurus or Thesaurus()
        self._words = words

    def create(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        create: Any = FileIndex.create
        create(DurableStorage(folder), whoosh_schema())
        return self.open(folder)

    def open(self, folder: Path) -> WhooshGeneration:
        """See engine.Engine."""
        return WhooshGeneration(folder, self._thesaurus, words=self._words)


class WhooshGeneration:
    """One Whoosh index; see engine.Generation. Threads share it, and search side by side."""

    def __init__(
        self,
        folder: Path,
        thesaurus: Thesaurus | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
        words: Path | None = None,
    ) -> None:
        self.folder = folder
        self.thesaurus = thesaurus or Thesaurus()
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
            pieces = []
            for piece, streams in self._analysts.analysed(list(newest.values())):
                pieces.append(streams)
                with self._guard():
                    writer.add(piece, streams)
            fields = inverted(pieces, more=1)
            with self._lock, self._guard():
                writer.add_change(change)
                writer.commit(fields, self._merge, self._layouts.keep)
        except BaseException:
            with suppress(Exception):  # it tells no more than what went wrong first
                writer.cancel()
            self._storage.tidy()  # on a full disk nothing else would make room
            raise
        with self._lock, self._guard():
            self._storage.tidy()
            self._layouts.tidy(self._newest().leaves)
        self._words.keep((entry for streams in pieces for entry in streams.entries), self.folder.name)

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
        self._analysts.close()
        if fully:
            self._words.drop_others(self.folder.name)
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
                    yield IndexedDocument(
                        *(values[name] for name in ("id", "version", "state", "url", "attached_version", "left_out"))
                    )

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
        with self.newest() as snapshot:
            postings = snapshot.postings
            meant, ranked, loose = self._ranked(postings, request)
            selection = select(postings, ranked, request.filters)
            ranking = reranked(postings, selection.ranking)
            sort = _sort(request, ranked)
            after = cursors.read(request, sort) if request.after else None
            broken = bool(request.after) and after is None
            limit, offset = max(0, min(request.limit, MAX_LIMIT)), max(0, min(request.offset, MAX_OFFSET))
            part = page(postings, ranking, sort, limit, 0 if request.after else offset, after)
            hits = self._hits(snapshot, meant, ranking, part.rows, explain=request.explain)
            facets = selection.facets(postings)
            first = not request.verbatim and not request.after and not offset
            suggestion = did_you_mean(meant.text, postings.words) if first else None
        notes = [Note("loose")] * loose + [Note("timeout")] * ranking.timed_out + [Note("cursor")] * broken
        return Results(
            total=len(ranking.docs),
            hits=hits,
            facets=facets,
            ms=(time.perf_counter() - begun) * 1000,
            notes=(*meant.query.notes, *notes, *selection.notes),
            tree=to_json(meant.query.tree),
            read_as=meant.read_as,
            also=meant.also,
            did_you_mean=suggestion,
            next=cursors.written(request, sort, part.last) if part.last else None,
        )

    def explain(self, request: SearchRequest, id: str) -> Explained | None:
        """See engine.Generation."""
        with self.newest() as snapshot:
            postings = snapshot.postings
            meant, ranked, _ = self._ranked(postings, request)
            ranking = reranked(postings, select(postings, ranked, request.filters).ranking)
            doc = postings.doc_of(id)
            if doc is None or not (place := place_of(postings, ranking, _sort(request, ranked), doc)):
                return None
            row = int(np.searchsorted(ranking.docs, doc))
            hit = self._hits(snapshot, meant, ranking, [row], explain=True)[0]
            return Explained(hit, place, shares(ranking, doc))

    def _ranked(self, postings: Postings, request: SearchRequest) -> tuple[Understood, Ranking, bool]:
        """What was meant and all that answers it; and whether words in quotes had to be read without them to find anything."""
        meant = understand(request.text, postings, self.thesaurus, verbatim=request.verbatim)
        ranking = self._rank(postings, meant)
        looser = loosened(meant.query.tree) if meant.query.tree and not len(ranking.docs) and not ranking.timed_out else None
        if looser is None or request.verbatim:
            return meant, ranking, False
        without = replace(meant, query=replace(meant.query, tree=looser))
        again = self._rank(postings, without)
        return (without, again, True) if len(again.docs) else (meant, ranking, False)

    def _rank(self, postings: Postings, meant: Understood) -> Ranking:
        return Ranker(postings, meant.query, self.deadline_s, self.clock, names=meant.names).rank()

    def _hits(
        self, snapshot: Snapshot, meant: Understood | None, ranking: Ranking, rows: Sequence[int], *, explain: bool
    ) -> tuple[Hit, ...]:
        """The hits in these rows of a ranking, with what was `meant` marked."""
        docs = ranking.docs[list(rows)].tolist()
        with self._guard():
            shown = snapshot.shown(docs)
        postings = snapshot.postings
        attachments = Attachments(meant.wanted(postings.words, IN_ATTACHMENTS), snapshot.pages) if meant else None
        present = Presenter(postings, meant.wanted(postings) if meant else Wanted(), attachments)
        with self._guard():
            return tuple(
                present.hit(doc, values, float(ranking.scores[row]), _explained(ranking, doc) if explain else ())
                for doc, values, row in zip(docs, shown, rows, strict=True)
            )

    def marks(self, text: str, request: SearchRequest) -> tuple[tuple[int, int], ...]:
        """See engine.Generation."""
        with self.newest() as snapshot:
            postings = snapshot.postings.words
            meant = understand(request.text, snapshot.postings, self.thesaurus, verbatim=request.verbatim)
            wanted = likely(postings, meant.wanted(postings, IN_ATTACHMENTS))
        return tuple(merged([*Marker(wanted).spans(text), *number_spans(text, meant.query)]))

    def similar(self, id: str, limit: int) -> tuple[Hit, ...]:
        """See engine.Generation."""
        with self.newest() as snapshot:
            doc = snapshot.postings.doc_of(id)
            if doc is None:
                return ()
            ranking = similar.nearest(snapshot.postings, doc, max(0, min(limit, MAX_LIMIT)))
            return self._hits(snapshot, None, ranking, range(len(ranking.docs)), explain=True)

    def references(self, id: str, limit: int) -> References:
        """See engine.Generation."""
        with self.newest() as snapshot, self._guard():
            doc = snapshot.postings.doc_of(id)
            return References() if doc is None else references.of(snapshot, doc, max(0, min(limit, MAX_LIMIT)))

    def complete(self, text: str, limit: int) -> tuple[Completion, ...]:
        """See engine.Generation."""
        with self.newest() as snapshot, self._guard():
            return complete(snapshot.postings, snapshot.shown, text, limit)


def _sort(request: SearchRequest, ranking: Ranking) -> Sort:
    """What has no score to be ordered by comes newest first."""
    return "newest" if not ranking.scored and request.sort == "relevance" else request.sort


def _explained(ranking: Ranking, doc: int) -> tuple[tuple[str, float], ...]:
    return tuple((f"{'attached ' * share.attached}{share.stream}:{share.what}", share.points) for share in shares(ranking, doc))
