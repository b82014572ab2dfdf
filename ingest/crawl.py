"""One crawl of a portal: its lists and feeds are walked, what is new is fetched and kept.

A list that was once walked to its end is left at its first page that holds nothing new, unless the crawl is a full one; a full
one also asks again for every document that is here, so that changes and removals are seen. What failed for a reason that may pass
is tried again by every crawl. One bad page costs that page only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from archive.catalog import Catalog
from archive.records import Failure, Outcome
from ingest import discover, keep
from ingest.errors import IngestError, NotFetched
from ingest.fetch import Fetched, Gate
from ingest.keep import Keeper
from ingest.portal import Portal
from ingest.step import Step
from ingest.targets import target_of

MAX_LIST_PAGES = 5000


@dataclass(slots=True)
class Tally:
    """What a crawl has done so far."""

    portal: str
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many addresses did not get in."""
        return len(self.failures)


class Ingester:
    """Fetches pages and keeps them; what both `ingest` and `crawl` are made of."""

    def __init__(self, gate: Gate, keeper: Keeper, catalog: Catalog) -> None:
        self._gate = gate
        self._keeper = keeper
        self._catalog = catalog

    def page(self, url: str, portal: Portal) -> Outcome:
        """Fetch and keep one announcement. A failure is an outcome, not an error; what arrived before it is kept."""
        try:
            fetched = self._fetch(url, portal)
        except NotFetched as error:
            return self._not_fetched(error, url, portal, keep.DOCUMENT)
        except IngestError as error:
            return Outcome(url, "failed", error=str(error))
        return self._keeper.keep(fetched.exchanges, portal, keep.DOCUMENT)

    def listing(self, step: Step, portal: Portal, role: str) -> tuple[Fetched | None, Outcome]:
        """Fetch and keep a list page or a feed, whole: its body is needed to go on."""
        try:
            fetched = self._gate.fetch(step, portal)
        except NotFetched as error:
            return None, self._not_fetched(error, step.url, portal, role)
        return fetched, self._keeper.keep(fetched.exchanges, portal, role)

    def _fetch(self, url: str, portal: Portal) -> Fetched:
        before = self._keeper.repeatable(target_of(url).url)
        if before is None:
            return self._gate.fetch(url, portal)
        return self._gate.fetch(url, portal, etag=before.etag, last_modified=before.last_modified)

    def _not_fetched(self, error: NotFetched, url: str, portal: Portal, role: str) -> Outcome:
        if error.exchanges:
            self._keeper.keep(error.exchanges, portal, role)
        with self._catalog.ledger() as ledger:
            ledger.failed(portal.name, error.url, error.code, str(error))
        return Outcome(url, "failed", error=str(error))


def crawl(
    portal: Portal,
    ingester: Ingester,
    catalog: Catalog,
    *,
    limit: int | None = None,
    full: bool = False,
    progress: Callable[[Tally, Outcome], None] = lambda tally, outcome: None,
) -> Tally:
    """Crawl `portal` and say what came of it. `limit` bounds the announcements that are fetched."""
    started = time.monotonic()
    tally = Tally(portal.name)
    asked: set[str] = set()
    for url in _addresses(portal, ingester, catalog, tally, full):
        identity = portal.identity_of(url)
        if identity in asked or (not full and _is_old(url, identity, catalog)):
            continue
        if limit is not None and tally.fetched >= limit:
            break
        asked.add(identity)
        tally.fetched += 1
        outcome = ingester.page(url, portal)
        _count(tally, outcome)
        progress(tally, outcome)
    tally.seconds = time.monotonic() - started
    return tally


def _addresses(portal: Portal, ingester: Ingester, catalog: Catalog, tally: Tally, full: bool) -> Iterator[str]:
    for path in portal.feeds:
        url = urljoin(portal.base_url, path)
        fetched = _listing(Step(url), portal, ingester, tally, keep.FEED)
        if fetched is not None:
            yield from discover.feed(fetched.body, fetched.url, portal).articles
    for path in portal.lists:
        yield from _walk_list(urljoin(portal.base_url, path), portal, ingester, catalog, tally, full)
    yield from catalog.live_urls(portal.name) if full else catalog.unfinished(portal.name)


def _walk_list(url: str, portal: Portal, ingester: Ingester, catalog: Catalog, tally: Tally, full: bool) -> Iterator[str]:
    """The announcements of one list. What is new stands at its head only once the list was walked to its end: a walk that was
    cut short (by a limit, a failure, a kill) is taken up by walking all of it again.
    """
    whole = full or not catalog.list_is_complete(url)
    with catalog.ledger() as ledger:
        ledger.list_walked(url, False)
    walked: set[str] = set()
    next_page: Step | None = Step(url)
    while next_page and next_page.key not in walked and len(walked) < MAX_LIST_PAGES:
        walked.add(next_page.key)
        fetched = _listing(next_page, portal, ingester, tally, keep.LIST)
        if fetched is None:
            return
        found = discover.links(fetched.body, fetched.url, portal, fetched.header("content-type"), via=next_page)
        new = [article for article in found.articles if not _is_old(article, portal.identity_of(article), catalog)]
        yield from found.articles if full else new
        next_page = found.next_page if new or whole else None
    with catalog.ledger() as ledger:
        ledger.list_walked(url, True)


def _listing(step: Step, portal: Portal, ingester: Ingester, tally: Tally, role: str) -> Fetched | None:
    fetched, outcome = ingester.listing(step, portal, role)
    if outcome.outcome == "failed":
        _count(tally, outcome)
        return None
    return fetched


def _is_old(url: str, identity: str, catalog: Catalog) -> bool:
    """Whether the page is here, or was found missing before: an incremental crawl has no business with it."""
    return catalog.knows(identity) or catalog.last_status(url) in keep.GONE


def _count(tally: Tally, outcome: Outcome) -> None:
    if outcome.outcome == "failed":
        tally.failures.append(Failure(outcome.url, outcome.error or "failed"))
    elif outcome.outcome in ("new", "changed", "unchanged", "removed"):
        setattr(tally, outcome.outcome, getattr(tally, outcome.outcome) + 1)
