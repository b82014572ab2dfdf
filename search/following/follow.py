"""The index follows the catalogue by its change numbers: one writer, commits that can be resumed, new generations swapped in.

The generation that answers is written under one lock, a new one is built under another: what comes in during a long build is
found within the second all the same.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive.pages import AttachedText
from archive.records import Change, Document, Held
from search.engine import Engine, Generation
from search.errors import BuildStopped, IndexDamaged, IndexMissing, IndexRejected
from search.following import checking, generations
from search.following.pace import Pace
from search.schema import SCHEMA_VERSION, IndexDocument, of_document

COMMIT_EVERY, COMMIT_S = 500, 1.0
"""A commit costs some 60 ms whatever is in it: single documents are seen at once, and of many as many as a second does for."""
BUILD_EVERY, BUILD_S = 4000, 20.0
"""A new index has no readers to wait for a commit, and large segments are written and laid out faster; 20 seconds of work are the
most that a kill undoes."""
COMMIT_CHARS = 8_000_000
"""Of attachments in one commit: it takes some 50 bytes of memory for each while it is laid out."""
_TEXTS_AT_ONCE = 16
"""So many documents' attachments are read at once, before they are cut to what the index takes."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_log = logging.getLogger(__name__)


class ChangeSource(Protocol):
    """What is followed: the catalogue, or a list in a test."""

    def changes_after(self, number: int, limit: int) -> Sequence[Change]:
        """Up to `limit` changes after `number`, ascending, each document once, by its latest change."""

    def documents(self, ids: Sequence[str]) -> Mapping[str, Document]:
        """Those of `ids` that exist."""

    def texts_of(self, ids: Sequence[str]) -> Mapping[str, tuple[AttachedText, ...]]:
        """What the attachments of those of `ids` say that have any."""

    def last_change(self) -> int:
        """The newest change number, 0 before the first."""

    def count_at(self, change: int) -> int:
        """How many documents there were when `change` was the newest."""

    def held(self, after: str, limit: int) -> Sequence[Held]:
        """Up to `limit` documents whose ids come after `after`, in order, in short."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a new index is built: so many documents of all, at so many a second."""

    done: int
    all: int
    per_s: float

    @property
    def left_s(self) -> float:
        """Seconds that the rest takes at this speed."""
        return (self.all - self.done) / self.per_s if self.per_s else 0.0


class Follower:
    """The writer of the index in `index_dir`. Several may exist, in several processes: they wait for each other."""

    def __init__(
        self,
        source: ChangeSource,
        index_dir: Path,
        *,
        wait_s: float = 10.0,
        commit_every: int = COMMIT_EVERY,
        build_every: int = BUILD_EVERY,
        grace_s: float = generations.GRACE_S,
        engine: Engine | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.source = source
        self.index_dir = index_dir
        self.wait_s = wait_s
        self.commit_every = commit_every
        self.build_every = build_every
        self.grace_s = grace_s
        self.progress = progress
        self.stopping: Callable[[], bool] = lambda: False
        """Asked between two commits; what was stopped is taken up by the next run."""
        self._engine = engine
        self.keep_open = False
        """Whether the generation stays open between two runs: opening a large one costs more than a small commit."""
        self._kept: tuple[str, Generation] | None = None
        self._held: tuple[str, int] | None = None

    @property
    def engine(self) -> Engine:
        """The engine, which costs a fifth of a second to import and is not needed to build a follower."""
        if self._engine is None:
            from search.whoosh_engine import WhooshEngine

            self._engine = WhooshEngine(words=self.index_dir / "words.db")
        return self._engine

    def catch_up(self) -> int:
        """Index what changed; how many documents were written or dropped. An index that is damaged, of another schema or ahead of
        the catalogue is built anew first, with a line in the log; so is one that is missing, which is no news where the first
        documents just came in. Raises IndexLocked, IndexRejected, archive errors of the source.
        """
        return self._catch_up(logging.INFO)

    def ready(self) -> int:
        """The same before a search, where a missing index is news."""
        return self._catch_up(logging.WARNING)

    def reindex(self) -> int:
        """Fill a new generation from the catalogue and swap it in; how many documents it holds.

        Searches go on in the old one meanwhile, and so does whoever follows. A build that was stopped is taken up where it stood.
        """
        with generations.building(self.index_dir, self.wait_s):
            return self._build()

    def behind(self) -> bool:
        """Whether `catch_up` would have something to do, asked without a lock and at little cost."""
        try:
            current = generations.read_current(self.index_dir, self.engine.name, SCHEMA_VERSION)
            generations.folder_of(self.index_dir, current)
        except (IndexMissing, IndexDamaged):
            return True
        if generations.anew(self.index_dir) or generations.spent(self.index_dir, self.grace_s):
            return True
        return self._held != (current.generation, self.source.last_change())

    def mend(self, report: checking.Report) -> int:
        """Index exactly the documents that `report` names again, and drop the extra ones; how many those are."""
        ids = sorted({*report.missing, *report.stale, *report.extra})
        with generations.writing(self.index_dir, self.wait_s), self._current() as generation:
            at = 0
            while at < len(ids):
                some = ids[at : at + self.commit_every]
                at += self._write(generation, some, [generation.status().change] * len(some))
        return len(ids)

    def check(self) -> checking.Report:
        """Compare the index with the catalogue, ask it for documents that it must find, and read all its files again.

        Raises IndexMissing, IndexDamaged.
        """
        with self._current() as generation:
            return checking.reconcile(generation, self.source)

    # following

    def _catch_up(self, missing: int) -> int:
        outcome = self._followed()
        if isinstance(outcome, int):
            return outcome
        self._say_anew(outcome, missing)
        with generations.building(self.index_dir, self.wait_s):
            outcome = self._followed()  # whoever held the lock before may have built what was missing
            return outcome if isinstance(outcome, int) else self._build()

    def _followed(self) -> int | IndexMissing | IndexDamaged:
        """Bring the generation that answers up to the catalogue; or why it cannot be used."""
        with generations.writing(self.index_dir, self.wait_s):
            try:
                if generations.anew(self.index_dir):
                    return IndexDamaged(self.index_dir, "the catalogue was made again, and its changes have other numbers")
                return self._follow_current()
            except (IndexMissing, IndexDamaged) as error:
                return error

    def _say_anew(self, error: IndexMissing | IndexDamaged, missing: int) -> None:
        if generations.anew(self.index_dir):
            missing = logging.INFO  # whoever made the catalogue again knows
        elif isinstance(error, IndexDamaged) or generations.was_pointed(self.index_dir):
            missing = logging.WARNING
        elif not self.source.last_change():
            return
        _log.log(missing, "the index is made anew from the catalogue: %s", error.why)

    @contextmanager
    def _current(self) -> Iterator[Generation]:
        """The generation that answers. Raises IndexMissing, IndexDamaged."""
        current = generations.read_current(self.index_dir, self.engine.name, SCHEMA_VERSION)
        folder = generations.folder_of(self.index_dir, current)
        if self._kept is not None and self._kept[0] != current.generation:
            self.close()
        if self._kept is None:
            self._kept = (current.generation, self.engine.open(folder))
        try:
            yield self._kept[1]
        except BaseException:
            self.close()
            raise
        if not self.keep_open:
            self.close()

    def close(self) -> None:
        """Let go of all files."""
        if self._kept is not None:
            self._kept[1].close()
        self._kept = None

    def _follow_current(self) -> int:
        with self._current() as generation:
            status = generation.status()
            if status.change > self.source.last_change():
                folder = self.index_dir / status.generation
                raise IndexDamaged(folder, "it is ahead of the catalogue, so it is of another one")
            count = self._follow(generation)
            self._held = (status.generation, generation.status().change)
        generations.tidy(self.index_dir, status.generation, self.grace_s)
        return count

    def _follow(self, generation: Generation) -> int:
        at = generation.status().change
        pace = Pace(self.commit_every, COMMIT_S)
        count = 0
        while not self.stopping() and (changes := self._changes_after(at, pace)):
            with pace.measured(len(changes)):
                written = self._write_changes(generation, changes)
            at = changes[written - 1].number
            count += written
        if count:
            generation.settle(fully=False)
        return count

    def _changes_after(self, at: int, pace: Pace) -> Sequence[Change]:
        """The changes of the next commit: a large one where so many wait that a second would not do for them anyway."""
        waiting = self.source.last_change() - at
        return self.source.changes_after(at, self.build_every if waiting >= 2 * self.build_every else pace.size)

    def _write_changes(self, generation: Generation, changes: Sequence[Change]) -> int:
        return self._write(generation, [each.document_id for each in changes], [each.number for each in changes])

    def _write(self, generation: Generation, ids: Sequence[str], changes: Sequence[int]) -> int:
        """Commit what changed of these documents; how many of them, the first ones, a single commit has room for."""
        documents, written = self._read(ids)
        held = {document.id for document in documents}
        generation.write(documents, [id for id in ids[:written] if id not in held], changes[written - 1])
        return written

    def _read(self, ids: Sequence[str]) -> tuple[list[IndexDocument], int]:
        """Those of the documents that exist, of as many ids as their attachments leave room for."""
        found = self.source.documents(ids)
        read: list[IndexDocument] = []
        characters = 0
        for at in range(0, len(ids), _TEXTS_AT_ONCE):
            here = [found[id] for id in ids[at : at + _TEXTS_AT_ONCE] if id in found]
            attached = [document.id for document in here if document.attached]
            texts = self.source.texts_of(attached) if attached else {}
            read += [of_document(document, texts.get(document.id, ())) for document in here]
            characters += sum(each.attached_chars for each in read[len(read) - len(here) :])
            if characters > COMMIT_CHARS:
                return read, min(at + _TEXTS_AT_ONCE, len(ids))
        return read, len(ids)

    # building

    def _build(self) -> int:
        """Build, check and swap in a new generation. The caller is the one who builds."""
        token = generations.anew(self.index_dir)
        built_as = f"{self.engine.name} {SCHEMA_VERSION} {token}".rstrip()
        folder, generation = self._take_up(built_as) or self._begin(built_as)
        try:
            with closing(generation):
                documents = self._fill(folder, generation, token)
        except OSError as error:
            if error.errno in _FULL:
                generations.drop(folder)  # what is fetched needs the room more
            raise
        except (IndexRejected, IndexDamaged):
            generations.drop(folder)  # taken up again, it would be no better
            raise
        return documents

    def _begin(self, built_as: str) -> tuple[Path, Generation]:
        folder = generations.begin(self.index_dir, built_as)
        return folder, self.engine.create(folder)

    def _take_up(self, built_as: str) -> tuple[Path, Generation] | None:
        folder = generations.unfinished(self.index_dir, built_as)
        if folder is None:
            return None
        try:
            generation = self.engine.open(folder)
        except IndexDamaged:
            return None
        if generation.status().change > self.source.last_change():
            generation.close()
            return None
        return folder, generation

    def _fill(self, folder: Path, generation: Generation, token: str) -> int:
        self._fill_to(self.source.last_change(), generation)
        generation.settle()
        if problems := checking.objections(generation, self.source):
            raise IndexRejected(folder, problems)
        # What came in meanwhile is in the old generation, and is seen there: nothing may be swapped in that lacks it.
        with generations.writing(self.index_dir, max(self.wait_s, _SWAP_WAIT_S)):
            self._follow(generation)
            status = generation.status()
            generations.finish(folder)
            generations.point_to(
                self.index_dir, generations.Current(folder.name, self.engine.name, SCHEMA_VERSION, status.change)
            )
            generations.made_anew(self.index_dir, token)
            generations.drop_unfinished(self.index_dir)
            generations.tidy(self.index_dir, folder.name, self.grace_s)
            self._held = (folder.name, status.change)
        return status.documents

    def _fill_to(self, last: int, generation: Generation) -> None:
        """Commit after commit up to change `last`: what comes in without end would never let a build end."""
        status = generation.status()
        everything, done, at = self.source.count_at(last), status.documents, status.change
        pace = Pace(self.build_every, BUILD_S)
        begun, count = time.monotonic(), 0
        while at < last and (changes := self.source.changes_after(at, pace.size)):
            if self.stopping():
                raise BuildStopped(self.index_dir)
            with pace.measured(len(changes)):
                written = self._write_changes(generation, changes)
            at = changes[written - 1].number
            count += written
            self.progress(Progress(min(done + count, everything), everything, count / (time.monotonic() - begun)))


_SWAP_WAIT_S = 60.0
"""A build of minutes is not thrown away because another process writes at its end."""
