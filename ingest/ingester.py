"""Fetches one address and keeps it: what `ingest` and `crawl` are made of. Whether and when to try again is the crawl's."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import Catalog
from archive.errors import Damaged
from archive.records import ASTRAY, Capture, Exchange, Outcome
from ingest import discover, keep
from ingest.errors import IngestError, NotFetched, Refused, TooManyRedirects
from ingest.fetch import Fetched, Gate
from ingest.keep import Keeper
from ingest.pace import may_pass
from ingest.portal import Portal
from ingest.step import Step
from ingest.targets import target_of

MAX_REFRESHES = 5
"""Pages in a row that lead on by `<meta http-equiv="refresh">`."""
_REFRESH_WITHIN = 64 * 1024


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try at an address came to."""

    outcome: Outcome
    code: str = ""
    """Why it failed, in one word; empty where it did not."""
    bytes: int = 0
    """That came over the wire, redirects included."""
    page: Fetched | None = None
    """The answer, where one came that can be read on."""


class Ingester:
    """Fetches pages and keeps them. For one thread, as its gate is; several may share a keeper."""

    def __init__(self, gate: Gate, keeper: Keeper, catalog: Catalog) -> None:
        self.gate = gate
        self._keeper = keeper
        self._catalog = catalog

    def page(self, url: str, portal: Portal) -> Outcome:
        """Fetch and keep one announcement. A failure is an outcome, not an error; what arrived before it is kept."""
        return self.announcement(url, portal).outcome

    def announcement(self, url: str, portal: Portal) -> Attempt:
        """Fetch and keep one announcement, going on where the page itself leads on."""
        seen: set[str] = set()
        received = 0
        while True:
            try:
                seen.add(target_of(url).url)
                fetched = self._fetch(url, portal)
                received += _bytes(fetched.exchanges)
                onward = _onward(fetched, portal)
                if onward is None:
                    return self._kept(fetched, portal, keep.DOCUMENT, received)
                self._keeper.keep(fetched.exchanges, portal, ASTRAY)
                if target_of(onward).url in seen or len(seen) > MAX_REFRESHES:
                    why = f"{url}: the page leads on and on, or in a circle, by meta refresh"
                    raise TooManyRedirects("refreshes", url, why)
                url = onward
            except NotFetched as error:
                return self._not_fetched(error, url, portal, keep.DOCUMENT, received)

    def listing(self, step: Step, portal: Portal, role: str) -> Attempt:
        """Fetch and keep a list page, a feed or a sitemap, whole: its body is needed to go on."""
        try:
            fetched = self.gate.fetch(step, portal)
        except NotFetched as error:
            return self._not_fetched(error, step.url, portal, role, 0)
        return self._kept(fetched, portal, role, _bytes(fetched.exchanges))

    def had_since(self, url: str, at: datetime, roles: Sequence[str]) -> Capture | None:
        """The answer for `url` kept since `at`, redirects followed; None where there is none, or one that may be another soon."""
        with suppress(IngestError):
            for _ in range(keep.MAX_HOPS):
                capture = self._catalog.captured_since(target_of(url).url, at, roles)
                if capture is None or may_pass(f"http_{capture.status}"):
                    return None
                if capture.status not in keep.REDIRECTS or capture.location is None:
                    return capture
                url = capture.location
        return None

    def list_had_since(self, url: str, at: datetime, role: str) -> Fetched | None:
        """The list page, feed or sitemap that was kept since `at`, read back; None where none is."""
        capture = self.had_since(url, at, (role,))
        if capture is None or capture.status != 200:
            return None
        try:
            payload = self._keeper.payload(capture)
        except Damaged:
            return None
        return Fetched((), capture.url, 200, payload.headers, payload.body)

    def robots_sitemaps(self, portal: Portal) -> tuple[str, ...]:
        """The sitemaps that the portal's robots.txt names, as it was kept last."""
        url = f"{target_of(portal.base_url).origin}/robots.txt"
        capture = self._catalog.last_payload(url)
        try:
            return () if capture is None else discover.robots_sitemaps(self._keeper.payload(capture).body, url, portal)
        except Damaged:
            return ()

    def _fetch(self, url: str, portal: Portal) -> Fetched:
        before = self._keeper.repeatable(target_of(url).url)
        if before is None:
            return self.gate.fetch(url, portal)
        return self.gate.fetch(url, portal, etag=before.etag, last_modified=before.last_modified)

    def _kept(self, fetched: Fetched, portal: Portal, role: str, received: int) -> Attempt:
        outcome = self._keeper.keep(fetched.exchanges, portal, role)
        if outcome.outcome != "failed":
            return Attempt(outcome, bytes=received, page=fetched)
        code = f"http_{fetched.status}" if fetched.status not in (200, 304) else "not_read"
        return Attempt(outcome, code, received)

    def _not_fetched(self, error: NotFetched, url: str, portal: Portal, role: str, received: int) -> Attempt:
        if error.exchanges:
            self._keeper.keep(error.exchanges, portal, role)
        error = _moved_host(error)
        with self._catalog.ledger() as ledger:
            ledger.failed(portal.name, error.url, error.code, str(error))
        return Attempt(Outcome(url, "failed", error=str(error)), error.code, received + _bytes(error.exchanges))


def _moved_host(error: NotFetched) -> NotFetched:
    """A permanent redirect to a host that no portal file names says where a portal went: who keeps the file must know."""
    if error.code != "host" or not error.exchanges:
        return error
    last = error.exchanges[-1]
    if not last.response.startswith((b"HTTP/1.1 301", b"HTTP/1.1 308", b"HTTP/1.0 301", b"HTTP/1.0 308")):
        return error
    host = target_of(error.url).host
    why = f"{last.url}: moved to {host}: add it as alias to the portal's file, and its documents keep their identity"
    return Refused("moved_host", last.url, why, error.exchanges)


def _onward(fetched: Fetched, portal: Portal) -> str | None:
    """Where a page leads by meta refresh, if that is another announcement of the portal."""
    head = fetched.body[:_REFRESH_WITHIN].lower()
    if fetched.status != 200 or b"refresh" not in head or b"http-equiv" not in head:
        return None
    onward = discover.links(fetched.body, fetched.url, portal, fetched.header("content-type")).refresh
    return onward if onward is not None and portal.is_article(onward) and not _same(onward, fetched.url) else None


def _same(one: str, other: str) -> bool:
    """Whether a page only reloads itself, as those with a clock or a ticker do."""
    with suppress(IngestError):
        return target_of(one).url == target_of(other).url
    return True


def _bytes(exchanges: Sequence[Exchange]) -> int:
    return sum(len(exchange.response) for exchange in exchanges)
