"""What the web application is handed; it builds none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from archive.catalog import Catalog
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
