"""The contract between what asks and what answers: an engine fills generations of an index and searches them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from search.results import (
    Completion,
    Explained,
    Hit,
    IndexedDocument,
    IndexFacts,
    IndexStatus,
    References,
    Results,
    SearchRequest,
)
from search.schema import IndexDocument


class Generation(Protocol):
    """One index, from its first document to its last commit. Writers are single: the caller holds the lock."""

    def write(self, documents: Sequence[IndexDocument], deletes: Sequence[str], change: int) -> None:
        """Replace these documents, drop those ids, and note `change` as the last one held: all of it or none, and durable.

        Raises IndexDamaged.
        """

    def settle(self, *, fully: bool = True) -> None:
        """Make searching as quick as it gets; unless `fully`, only as far as that is done in about a second. What is held does
        not change.
        """

    def status(self) -> IndexStatus:
        """What the last commit holds. Raises IndexDamaged."""

    def facts(self) -> IndexFacts:
        """How the files of the last commit stand. Raises IndexDamaged."""

    def held(self) -> Iterator[IndexedDocument]:
        """All documents of the last commit, in no order; one that is held twice comes twice. Raises IndexDamaged."""

    def damage(self) -> tuple[str, ...]:
        """Every byte read again: which files are not what was written, and why."""

    def search(self, request: SearchRequest) -> Results:
        """Answer from the newest commit, also one of another process. Never raises for what was typed. Raises IndexDamaged."""

    def marks(self, text: str, request: SearchRequest) -> tuple[tuple[int, int], ...]:
        """Which characters of the text of an attachment's page match a request, as ascending spans that do not touch."""

    def similar(self, id: str, limit: int) -> tuple[Hit, ...]:
        """Other documents about the same as the document of that id, nearest first; none for an id that the index does not know.

        Raises IndexDamaged.
        """

    def references(self, id: str, limit: int) -> References:
        """Which documents that document names by number, and up to `limit` of those that name it. Raises IndexDamaged."""

    def explain(self, request: SearchRequest, id: str) -> Explained | None:
        """Why a document stands where it does for a request; None where it is not among its hits. Raises IndexDamaged."""

    def complete(self, text: str, limit: int) -> tuple[Completion, ...]:
        """Up to `limit` ways to go on with what is being typed, see completion. Raises IndexDamaged, nothing for what it is."""

    def close(self) -> None:
        """Let go of all files; the generation may be removed afterwards."""


class Engine(Protocol):
    """Makes and opens generations, each in a folder of its own that only this program writes."""

    name: str

    def create(self, folder: Path) -> Generation:
        """An empty generation in `folder`, which exists and is empty."""

    def open(self, folder: Path) -> Generation:
        """The generation in `folder`. Raises IndexDamaged."""
