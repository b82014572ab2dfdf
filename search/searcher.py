"""The door for whoever searches: opens the generation that answers, and sees new commits and new generations by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from search.errors import IndexDamaged, IndexMissing
from search.following import generations
from search.results import Completion, Explained, Hit, IndexStatus, Note, References, Results, SearchRequest
from search.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from search.engine import Engine, Generation

A = TypeVar("A")


class Searcher:
    """Searches the index in `index_dir`, which another process may write meanwhile. Threads may share it.

    `thesaurus` names the files of other names that are looked for besides, see thesaurus; they are read at the first search,
    which raises ThesaurusError for one that cannot be read.
    """

    def __init__(self, index_dir: Path, *, thesaurus: Sequence[Path] = (), engine: Engine | None = None) -> None:
        self.index_dir = index_dir
        self._thesaurus = tuple(thesaurus)
        self._engine = engine
        self._lock = threading.Lock()
        self._open: tuple[str, Generation] | None = None
        self._stamp: tuple[int, int, int] | None = None

    def search(self, request: SearchRequest) -> Results:
        """Whatever was typed gets an answer; while the first index is being built, an empty one that says so.

        Raises IndexMissing before anything was indexed, IndexDamaged when the files cannot be trusted.
        """
        return self._ask(lambda generation: generation.search(request), Results(0, (), notes=(Note("rebuilding"),)))

    def marks(self, text: str, request: SearchRequest) -> tuple[tuple[int, int], ...]:
        """Which characters of the text of an attachment's page match a request, as ascending spans that do not touch; none before
        anything was indexed. Raises IndexDamaged.
        """
        try:
            return self._ask(lambda generation: generation.marks(text, request), ())
        except IndexMissing:
            return ()

    def similar(self, id: str, limit: int) -> tuple[Hit, ...]:
        """Other documents about the same as the document of that id, nearest first; none where the index does not know it.

        Raises what `search` raises.
        """
        return self._ask(lambda generation: generation.similar(id, limit), ())

    def references(self, id: str, limit: int) -> References:
        """Which documents that document names by number, and up to `limit` of those that name it. Raises what `search` raises."""
        return self._ask(lambda generation: generation.references(id, limit), References())

    def complete(self, text: str, limit: int) -> tuple[Completion, ...]:
        """Ways to go on with what is being typed; none before anything was indexed. Raises IndexDamaged."""
        try:
            return self._ask(lambda generation: generation.complete(text, limit), ())
        except IndexMissing:
            return ()

    def explain(self, request: SearchRequest, id: str) -> Explained | None:
        """Why a document stands where it does for a request; None where it is no hit. Raises what `search` raises."""
        return self._ask(lambda generation: generation.explain(request, id), None)

    def _ask(self, question: Callable[[Generation], A], unbuilt: A) -> A:
        try:
            return question(self._generation())
        except IndexMissing:
            if self._is_being_built():
                return unbuilt
            raise
        except IndexDamaged as error:
            return self._once_more(question, unbuilt, error)

    def status(self) -> IndexStatus:
        """The index that answers; generation `none` before there is one. Raises IndexDamaged."""
        try:
            return self._generation().status()
        except IndexMissing:
            return IndexStatus("whoosh", "none", 0, 0)

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            self._forget()

    def _once_more(self, question: Callable[[Generation], A], unbuilt: A, error: IndexDamaged) -> A:
        """A generation swapped out during the search looks damaged too; one that is damaged is marked for the follower."""
        with self._lock:
            self._forget()
        try:
            return question(self._generation())
        except IndexMissing as again:
            if self._is_being_built():
                return unbuilt
            raise again from error
        except IndexDamaged as again:
            short = isinstance(again.__cause__, MemoryError)  # no fault of the files
            if not short and again.path.is_dir() and again.path.parent == self.index_dir:
                with suppress(OSError):  # where nothing can be written, nothing can be built anew either
                    generations.mark_damaged(again.path)
            raise again from error

    def _is_being_built(self) -> bool:
        return self.index_dir.is_dir() and generations.is_being_built(self.index_dir)

    def _generation(self) -> Generation:
        with self._lock:
            stamp = self._current_stamp()
            if self._open is None or stamp != self._stamp:
                try:
                    self._reopen()
                except IndexMissing:
                    # A pointer that is damaged or of another program: what is open answers until the follower has mended it.
                    if self._open is None:
                        raise
                self._stamp = stamp
            if self._open is None:
                raise IndexMissing(self.index_dir, "nothing was indexed yet")
            return self._open[1]

    def _current_stamp(self) -> tuple[int, int, int] | None:
        try:
            facts = (self.index_dir / "CURRENT").stat()
        except FileNotFoundError:
            return None
        return facts.st_ino, facts.st_mtime_ns, facts.st_size

    def _reopen(self) -> None:
        engine = self._engine_in_use()
        current = generations.read_current(self.index_dir, engine.name, SCHEMA_VERSION)
        while self._open is None or self._open[0] != current.generation:
            try:
                generation = engine.open(generations.folder_of(self.index_dir, current))
            except (IndexMissing, IndexDamaged):
                before, current = current, generations.read_current(self.index_dir, engine.name, SCHEMA_VERSION)
                if current == before:
                    raise
                continue
            self._forget()
            self._open = (current.generation, generation)

    def _forget(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _engine_in_use(self) -> Engine:
        if self._engine is None:
            from search.asking import thesaurus
            from search.whoosh_engine import WhooshEngine

            self._engine = WhooshEngine(thesaurus.load(*self._thesaurus))
        return self._engine
