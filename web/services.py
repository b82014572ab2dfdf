"""What the web application is handed; it builds none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from archive.catalog import Catalog
from archive.warc import WarcStore
from search.results import Completion, Hit, IndexStatus, References, Results, SearchRequest


class Search(Protocol):
    """What the pages ask of the search: `search.searcher.Searcher`, or one with set answers in tests."""

    def search(self, request: SearchRequest) -> Results:
        """One page of results. Raises SearchError when no index answers."""
        ...

    def similar(self, id: str, limit: int) -> tuple[Hit, ...]:
        """Documents about the same, nearest first; none for an unknown id."""
        ...

    def references(self, id: str, limit: int) -> References:
        """Documents that `id` names by number, and the newest of those that name it."""

    def complete(self, text: str, limit: int) -> tuple[Completion, ...]:
        """Ways to go on with what is being typed, none while no index is there. Raises SearchError when it cannot be read."""
        ...

    def status(self) -> IndexStatus:
        """Which index answers. Raises SearchError when none does."""
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
