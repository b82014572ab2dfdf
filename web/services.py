"""What the web application is handed; it builds none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from archive.catalog import Catalog
from archive.pages import Correction
from archive.records import Outcome
from archive.warc import WarcStore
from search.results import Completion, Explained, Hit, IndexStatus, References, Results, SearchRequest


class Search(Protocol):
    """What the pages ask of the search: `search.searcher.Searcher`, or one with set answers in tests.

    Every method raises SearchError when no index answers.
    """

    def search(self, request: SearchRequest) -> Results:
        """One page of results."""
        ...

    def complete(self, text: str, limit: int) -> tuple[Completion, ...]:
        """Ways to go on with `text`, best first."""
        ...

    def explain(self, request: SearchRequest, id: str) -> Explained | None:
        """Why the document `id` stands where it does; None where it is no hit."""
        ...

    def similar(self, id: str, limit: int) -> tuple[Hit, ...]:
        """Documents about the same, nearest first; none for an unknown id."""
        ...

    def references(self, id: str, limit: int) -> References:
        """Documents that `id` names by number, and the newest of those that name it."""
        ...

    def status(self) -> IndexStatus:
        """Which index answers."""
        ...


class Pictures(Protocol):
    """Pages of kept files as pictures. Called by the web workers; whatever parses the file does so in a child with limits.

    Both methods raise NotFound for a file or page that is not here, Damaged for bytes that are not those that were kept, and
    FileUnreadable for a page that no picture can be made of.
    """

    def picture(self, digest: str, n: int, width: int) -> bytes:
        """Page `n` of the file, upright, `width` pixels wide: a JPEG, WebP or PNG, told by its first bytes."""
        ...

    def searchable(self, digest: str) -> bytes:
        """A scan as a PDF: its pictures with the text that was read, corrections in force, as an invisible layer."""
        ...


class Desk(Protocol):
    """What archivists do: hand files in, correct what was read. Every method may be called by several workers at once."""

    def archivist(self, name: str, password: str) -> bool:
        """Whether this is an archivist and his password; takes as long for a name that nobody has."""
        ...

    def key(self, name: str) -> bytes | None:
        """What the sessions of the archivist `name` are signed with, the same in every worker, at least 16 bytes; another once
        his password is, so that older sessions end; None where there is no such archivist (any more).
        """
        ...

    def take(self, data: bytes, name: str, facts: Mapping[str, str], by: str) -> Outcome:
        """Keep a file with what the archivist `by` says of it (see `archive.pages.Entry`); durable when this returns. A file that
        is here already makes no second one. Raises CannotKeep, CatalogueBusy.
        """
        ...

    def correct(self, correction: Correction) -> None:
        """Keep a correction and put it in force. Raises NotFound, Overtaken where its field does not read `before` any more,
        CannotKeep, CatalogueBusy.
        """
        ...


@dataclass(frozen=True)
class Services:
    """The archive and the search behind the pages."""

    catalog: Catalog
    warc: WarcStore
    searcher: Search
    site_url: str | None
    """Where the site stands for the world, e.g. `https://tangthu.example`; None: permanent addresses follow each request."""
    contact: str
    """E-mail or address of whoever answers for this archive, shown at the foot of each page."""
    pictures: Pictures | None = None
    """None: this installation makes no pictures of pages, and pages say so."""
    desk: Desk | None = None
    """None: nothing is taken in over the web."""
    max_upload_bytes: int = 64 << 20
    """Of one hand-in, all its files together."""
