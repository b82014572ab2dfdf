"""The index follows the catalogue by its change numbers: one writer, commits that can be resumed, new generations swapped in."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from archive.records import Change, Document
from search import generations
from search.engine import Engine, Generation
from search.errors import IndexDamaged, IndexMissing
from search.schema import SCHEMA_VERSION, of_document

COMMIT_EVERY = 500
BUILD_EVERY = 4000
"""A new index has no readers to wait for a commit, and large segments are written and laid out faster."""
_log = logging.getLogger(__name__)


class ChangeSource(Protocol):
    """What is followed: the catalogue, or a list in a test."""

    def changes_after(self, number: int, limit: int) -> Sequence[Change]:
        """Up to `limit` changes after `number`, ascending, each document once, by its latest change."""

    def documents(self, ids: Sequence[str]) -> Mapping[str, Document]:
        """Those of `ids` that exist."""

    def last_change(self) -> int:
        """The newest change number, 0 before the first."""


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
        engine: Engine | None = None,
    ) -> None:
        self.source = source
        self.index_dir = index_dir
        self.wait_s = wait_s
        self.commit_every = commit_every
        self.build_every = build_every
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The engine, which costs a fifth of a second to import and is not needed to build a follower."""
        if self._engine is None:
            from search.whoosh_engine import WhooshEngine

            self._engine = WhooshEngine(words=self.index_dir / "words.db")
        return self._engine

    @property
    def _built_as(self) -> str:
        return f"{self.engine.name} {SCHEMA_VERSION}"

    def catch_up(self) -> int:
        """Index what changed; how many documents were written or dropped. An index that is damaged, of another schema or ahead of
        the catalogue is built anew first, with a line in the log; so is one that is missing, which is no news where the first
        documents just came in. Raises IndexLocked, archive errors of the source.
        """
        return self._catch_up(logging.INFO)

    def ready(self) -> int:
        """The same before a search, where a missing index is news."""
        return self._catch_up(logging.WARNING)

    def _catch_up(self, missing: int) -> int:
        with generations.writing(self.index_dir, self.wait_s):
            try:
                return self._follow_current()
            except IndexMissing as error:
                if self.source.last_change():
                    level = logging.WARNING if generations.was_pointed(self.index_dir) else missing
                    _log.log(level, "the index is made anew from the catalogue: %s", error.why)
                return self._build()
            except IndexDamaged as error:
                _log.warning("the index is made anew from the catalogue: %s", error.why)
                return self._build()

    def reindex(self, *, resume: bool = True) -> int:
        """Fill a new generation from the catalogue and swap it in; how many documents it holds.

        Searches go on in the old one meanwhile. A build that was stopped is taken up where it stood, unless `resume` is false:
        after a rebuild the change numbers are those of another catalogue.
        """
        with generations.writing(self.index_dir, self.wait_s):
            return self._build(resume=resume)

    def _follow_current(self) -> int:
        current = generations.read_current(self.index_dir, self.engine.name, SCHEMA_VERSION)
        folder = generations.folder_of(self.index_dir, current)
        with closing(self.engine.open(folder)) as generation:
            if generation.status().change > self.source.last_change():
                raise IndexDamaged(folder, "it is ahead of the catalogue, so it is of another one")
            return self._follow(generation, self.commit_every)

    def _follow(self, generation: Generation, every: int) -> int:
        at = generation.status().change
        count = 0
        while changes := self.source.changes_after(at, every):
            at = changes[-1].number
            ids = [change.document_id for change in changes]
            found = self.source.documents(ids)
            documents = [of_document(found[id]) for id in ids if id in found]
            generation.write(documents, [id for id in ids if id not in found], at)
            count += len(changes)
        return count

    def _build(self, *, resume: bool = True) -> int:
        folder, generation = (self._take_up() if resume else None) or self._begin()
        with closing(generation):
            self._follow(generation, self.build_every)
            generation.settle()
            status = generation.status()
        generations.finish(folder)
        generations.point_to(self.index_dir, generations.Current(folder.name, self.engine.name, SCHEMA_VERSION, status.change))
        generations.drop_others(self.index_dir, folder.name)
        return status.documents

    def _begin(self) -> tuple[Path, Generation]:
        folder = generations.begin(self.index_dir, self._built_as)
        return folder, self.engine.create(folder)

    def _take_up(self) -> tuple[Path, Generation] | None:
        folder = generations.unfinished(self.index_dir, self._built_as)
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
