"""One crawl of a portal, a step at a time: its lists, feeds and sitemaps are walked, what is new is fetched and kept.

What is to be fetched stands in the catalogue's frontier, and each step takes the first address from it: a crawl that was killed
is taken up where it stood, and nothing that was kept is asked for twice. A list that was once walked to its end is left at its
first page that holds nothing new, unless the crawl is a full one; a full one also asks again for every document that is here, so
that changes and removals are seen. One bad page costs that page only.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import urljoin

from archive.catalog import Catalog
from archive.frontier import CrawlState, Frontier, Waiting, Wanted
from archive.records import Outcome
from ingest import frontier, keep
from ingest.errors import IngestError
from ingest.ingester import Attempt, Ingester
from ingest.pace import GIVE_UP_TRIES, TRIES, backoff_s, is_of_the_host, is_of_the_page_too, may_pass
from ingest.portal import Portal
from ingest.tally import Tally
from ingest.targets import target_of
from ingest.walker import Walker

MAX_FOUND = 100_000
"""Addresses that a portal's pages may name in one crawl; who names more is a trap, or is taken in several crawls."""
LONGEST_WAIT_S = 120.0
"""For the next address whose time comes; what waits longer waits for the next crawl."""
HOST_FAILURES = 5
"""In a row; then the portal is left alone until the next crawl."""
LOOK_AGAIN_AFTER = timedelta(hours=1)
"""A crawl that was interrupted longer ago looks again at where new announcements stand."""
_WANTED_AT_ONCE = 2000
_ROLES = {"list": keep.LIST, "feed": keep.FEED, "sitemap": keep.SITEMAP}

__all__ = ["Ingester", "PortalCrawl", "Tally", "crawl"]
Progress = Callable[[Tally, Outcome], None]


class PortalCrawl:
    """The crawl of one portal. `step` is called until it says that all is done; `close` then, or to interrupt it.

    `limit` bounds the announcements that are fetched, `max_found` those that its pages may name.
    """

    def __init__(
        self,
        portal: Portal,
        ingester: Ingester,
        catalog: Catalog,
        *,
        limit: int | None = None,
        full: bool = False,
        max_found: int = MAX_FOUND,
        progress: Progress = lambda tally, outcome: None,
    ) -> None:
        self.portal = portal
        self.tally = Tally(portal.name)
        self._ingester = ingester
        self._catalog = catalog
        self._limit = limit
        self._full = full
        self._progress = progress
        self._started = time.monotonic()
        self._state: CrawlState | None = None
        self._over = False
        self._host_failures: dict[str, set[str]] = {}
        self._dead: set[str] = set()
        self._list_failed = False
        self._walker = Walker(portal, ingester, catalog, self.tally, max_found)

    def step(self) -> float:
        """Do the next thing. 0.0: something was done; more: nothing can be done for so many seconds; infinity: all is done.

        Raises CannotKeep and CatalogueBusy; what was fetched is kept, and the next crawl goes on.
        """
        crawl = self._begun()
        if self._over:
            return math.inf
        with self._catalog.frontier(only_look=True) as look:
            waiting = look.next(self.portal.name, crawl, time.time(), tries=TRIES)
            then = look.next_time(self.portal.name, crawl, tries=TRIES) if waiting is None else None
        if waiting is None:
            return self._idle(then)
        if waiting.wanted.kind == "page" and self._limit is not None and self.tally.fetched >= self._limit:
            return self._finish()
        if _host(waiting.wanted.url) in self._dead:
            with self._catalog.frontier() as writes:
                writes.later(waiting.seq, crawl, max(waiting.attempts, TRIES), rank=waiting.wanted.rank, not_before=None)
            return 0.0
        if held_s := self._ingester.gate.pace.held_s(_host(waiting.wanted.url)):
            return held_s if held_s <= LONGEST_WAIT_S else self._suspend(f"it asks to be left alone for {held_s:.0f} s")
        (self._page if waiting.wanted.kind == "page" else self._list)(waiting, crawl)
        return math.inf if self._over else 0.0

    def close(self) -> Tally:
        """Note what the crawl came to. One that is not over yet stays to be taken up."""
        tally = self.tally
        tally.seconds = time.monotonic() - self._started
        with self._catalog.frontier(only_look=True) as look:
            tally.waiting = look.count_waiting(self.portal.name)
        return tally

    def _begun(self) -> CrawlState:
        if self._state is None:
            self._state = self._begin()
        return self._state

    def _begin(self) -> CrawlState:
        name, now = self.portal.name, datetime.now(UTC)
        with self._catalog.frontier() as writes:
            last = next(iter(writes.crawls(name, 1)), None)
            self.tally.resumed = last is not None and last.ended_at is None and last.full == self._full
            crawl = last if last is not None and self.tally.resumed else writes.begin(name, full=self._full)
            seeds = frontier.seeds(self.portal, whole=self._whole(writes))
            if not self.tally.resumed:
                writes.want(name, seeds, crawl)
            elif now - crawl.looked_at > LOOK_AGAIN_AFTER:
                crawl = writes.look_again(crawl, seeds)
        again = self._catalog.live_urls(name) if self._full else self._catalog.unfinished(name)
        wanted = frontier.asked_again(self.portal, again)
        # Part by part, for others write too; a crawl that is taken up passes over what it wanted before.
        while part := list(islice(wanted, _WANTED_AT_ONCE)):
            with self._catalog.frontier() as writes:
                writes.want(name, part, crawl)
        return crawl

    def _whole(self, look: Frontier) -> list[str]:
        """The lists to be walked to their end: all in a full crawl, else those that never were and of which no page waits."""
        name = self.portal.name
        urls = [urljoin(self.portal.base_url, path) for path in (*self.portal.lists, *self.portal.feeds)]
        return [url for url in urls if self._full or not (look.list_is_complete(url) or look.is_waited_for(name, url))]

    def _idle(self, then: float | None) -> float:
        """Nothing can be fetched now: wait for what may be tried again soon, or end."""
        wait_s = math.inf if then is None else max(0.01, then - time.time())
        return wait_s if wait_s <= LONGEST_WAIT_S else self._finish()

    def _finish(self) -> float:
        self._over = True
        failed = bool(self.tally.stopped) or self._list_failed
        with self._catalog.frontier() as writes:
            writes.end(self._begun(), failed=failed)
        return math.inf

    def _suspend(self, why: str) -> float:
        """Leave the portal alone until the next crawl; what waits goes on waiting."""
        self.tally.stopped = why
        error = f"{self.portal.base_url}: left alone until the next crawl: {why}"
        self.tally.fail(self.portal.base_url, error, "left_alone")
        with self._catalog.ledger() as ledger:
            ledger.failed(self.portal.name, self.portal.base_url, "left_alone", error)
        return self._finish()

    def _page(self, waiting: Waiting, crawl: CrawlState) -> None:
        wanted = waiting.wanted
        if (had := self._ingester.had_since(wanted.url, crawl.begun_at, (keep.DOCUMENT,))) is not None:
            # A crawl that was killed kept it and did not live to say so; or another address led here.
            with self._catalog.frontier() as writes:
                had_it = had.status in keep.GONE or self._catalog.knows(wanted.key)
                (writes.done if had_it else writes.set_aside)(waiting.seq, crawl)
            return
        self.tally.fetched += waiting.attempts == 0 or waiting.crawl != crawl.number
        attempt = self._ingester.announcement(wanted.url, self.portal)
        self._settle(waiting, attempt, crawl)
        self._progress(self.tally, attempt.outcome)

    def _list(self, waiting: Waiting, crawl: CrawlState) -> None:
        wanted = waiting.wanted
        role = _ROLES[wanted.kind]
        since = crawl.begun_at if wanted.depth else crawl.looked_at
        page = None if wanted.form else self._ingester.list_had_since(wanted.url, since, role)
        if page is None:
            attempt = self._ingester.listing(frontier.step_of(wanted), self.portal, role)
            page = attempt.page
            if page is None:
                self._settle(waiting, attempt, crawl)
                return
            self._note(attempt)
        self._walker.read(waiting, page, crawl)

    def _settle(self, waiting: Waiting, attempt: Attempt, crawl: CrawlState) -> None:
        """Note in the frontier what came of an address, and whether and when it is tried again."""
        self._note(attempt)
        wanted, host = waiting.wanted, _host(waiting.wanted.url)
        failed = bool(attempt.code)
        passing = failed and may_pass(attempt.code)
        attempts = waiting.attempts + 1
        last_try = attempts >= TRIES
        with self._catalog.frontier() as writes:
            if not failed and (wanted.kind != "page" or self._catalog.knows(wanted.key)):
                writes.done(waiting.seq, crawl)
            elif passing and not (last_try and wanted.kind != "page") and attempts < GIVE_UP_TRIES:
                pause_s = self._ingester.gate.pace.held_s(host)
                wait_s = pause_s if last_try else max(pause_s, backoff_s(attempts, self.portal.delay_s))
                rank = frontier.rank_after_failure(wanted.rank, attempts)
                writes.later(waiting.seq, crawl, attempts, rank=rank, not_before=time.time() + wait_s if wait_s else None)
            else:
                writes.set_aside(waiting.seq, crawl)
                if wanted.kind != "page" and wanted.depth:
                    writes.mark_list(wanted.walk, complete=False)
        if not passing or last_try:
            self._count(waiting, attempt)
        self._mind_host(waiting, attempt)

    def _count(self, waiting: Waiting, attempt: Attempt) -> None:
        outcome = attempt.outcome
        if waiting.wanted.kind == "page":
            self.tally.count(attempt, moved=outcome.outcome != "failed" and self._is_elsewhere(waiting.wanted, outcome.url))
        elif attempt.code:
            self._list_failed = True
            self.tally.fail(outcome.url, outcome.error or "failed", attempt.code)

    def _is_elsewhere(self, wanted: Wanted, url: str) -> bool:
        with suppress(ValueError):
            return _host(url) != _host(wanted.url) or self.portal.identity_of(url) != wanted.key
        return False

    def _mind_host(self, waiting: Waiting, attempt: Attempt) -> None:
        """Leave alone until the next crawl a host that does not answer, time after time, or whose robots.txt cannot be had.

        Where it is an old name of the portal's, the others go on.
        """
        host = _host(waiting.wanted.url)
        if not is_of_the_host(attempt.code):
            self._host_failures.pop(host, None)
            return
        failed = self._host_failures.setdefault(host, set())
        # What takes too long or is busy may be one page; a host that cannot be reached is not.
        failed.add(waiting.wanted.key if is_of_the_page_too(attempt.code) else f"{len(failed)}")
        if attempt.code != "robots_unreachable" and len(failed) < HOST_FAILURES:
            return
        if host == _host(self.portal.base_url):
            self._suspend(attempt.outcome.error or attempt.code)
        else:
            self._dead.add(host)
            error = f"{host}: left alone until the next crawl: {attempt.outcome.error}"
            self._walker.problem(attempt.outcome.url, error, "left_alone")

    def _note(self, attempt: Attempt) -> None:
        tally = self.tally
        tally.bytes += attempt.bytes
        tally.delay_s = max(tally.delay_s, self._ingester.gate.pace.pause_s(_host(self.portal.base_url), self.portal.delay_s))
        with self._catalog.frontier(only_look=True) as look:
            tally.waiting = look.count_waiting(self.portal.name)


def crawl(
    portal: Portal,
    ingester: Ingester,
    catalog: Catalog,
    *,
    limit: int | None = None,
    full: bool = False,
    max_found: int = MAX_FOUND,
    progress: Progress = lambda tally, outcome: None,
) -> Tally:
    """Crawl `portal` in this thread and say what came of it. `limit` bounds the announcements that are fetched."""
    one = PortalCrawl(portal, ingester, catalog, limit=limit, full=full, max_found=max_found, progress=progress)
    while (wait_s := one.step()) != math.inf:
        time.sleep(wait_s)
    return one.close()


def _host(url: str) -> str:
    with suppress(IngestError):
        return target_of(url).host
    return ""
