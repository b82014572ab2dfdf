"""What a crawl does with a page of a list, a feed or a sitemap: it notes what the page names, and goes on along the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from archive.catalog import Catalog
from archive.frontier import CrawlState, Frontier, Kind, Waiting, Wanted
from ingest import frontier, keep
from ingest.discover import Entry
from ingest.fetch import Fetched
from ingest.ingester import Ingester
from ingest.portal import Portal
from ingest.tally import Tally
from ingest.walk import Found, found_on

MAX_HEADS = 500
"""Lists, feeds, sitemaps and archives that one crawl takes up because a page points to them."""
_QUIET = ("last page", "nothing new")


@dataclass(slots=True)
class _Walk:
    """What one walk along a list has met; forgotten when it ends, and with the process."""

    met: set[int] = field(default_factory=set)
    fingerprints: set[int] = field(default_factory=set)
    barren: int = 0

    def repeats(self, found: Found) -> bool:
        """Note what a page names; whether it has the same items as an earlier one."""
        before = len(self.met)
        self.met.update(hash(entry.url) for entry in found.entries)
        self.barren = 0 if len(self.met) > before else self.barren + 1
        repeats = bool(found.fingerprint) and hash(found.fingerprint) in self.fingerprints
        self.fingerprints.add(hash(found.fingerprint))
        return repeats


class Walker:
    """Reads the list pages of one crawl of one portal."""

    def __init__(self, portal: Portal, ingester: Ingester, catalog: Catalog, tally: Tally, max_found: int) -> None:
        self._portal = portal
        self._ingester = ingester
        self._catalog = catalog
        self._tally = tally
        self._max_found = max_found
        self._walks: dict[str, _Walk] = {}
        self._heads: set[str] = set()
        self._robots_read = False

    def read(self, waiting: Waiting, page: Fetched, crawl: CrawlState) -> None:
        """Put what a page leads to into the frontier, in the transaction that takes the page itself out of it."""
        wanted, found = waiting.wanted, found_on(page, waiting.wanted, self._portal)
        self._tally.lists += 1
        self._tally.traps.update(trap.why for trap in found.traps)
        with self._catalog.frontier() as writes:
            writes.done(waiting.seq, crawl)
            pages = list(self._announcements(found, wanted, page.url))
            new = self._new(pages, writes)
            _, left_out = writes.want(self._portal.name, pages if crawl.full else new, crawl, room=self._max_found)
            if wanted.depth == 0 or wanted.kind == "sitemap":
                writes.want(self._portal.name, self._heads_on(found, wanted, page.url, crawl, writes), crawl)
            self._go_on(found, wanted, page.url, crawl, writes, has_new=bool(new))
            if left_out:
                writes.mark_list(wanted.walk, complete=False)
        self._tell(found, wanted, page.url, left_out)

    def problem(self, url: str, error: str, code: str) -> None:
        """Note what did not get in, in the tally and in the archive."""
        self._tally.fail(url, error, code)
        with self._catalog.ledger() as ledger:
            ledger.failed(self._portal.name, url, code, error)

    def _tell(self, found: Found, wanted: Wanted, url: str, left_out: int) -> None:
        if found.problem and wanted.found_at:  # a page pointed there, and pages are often wrong
            self._tally.notes.append(f"{url}: {found.problem}")
        elif found.problem:
            self.problem(url, f"{url}: {found.problem}", found.problem.replace(" ", "_"))
        if left_out:
            why = f"{url}: names {left_out} addresses more than the {self._max_found} that one crawl takes of a portal"
            self.problem(url, why, "too_many")

    def _announcements(self, found: Found, wanted: Wanted, url: str) -> Iterator[Wanted]:
        depth = wanted.depth + frontier.SITEMAP_DEPTH if wanted.kind == "sitemap" else wanted.depth
        for entry in found.entries:
            with suppress(ValueError):
                yield frontier.announcement(self._portal, entry.url, depth, found_at=url, changed_at=entry.changed_at)

    def _new(self, pages: Sequence[Wanted], look: Frontier) -> list[Wanted]:
        """Those that are neither here nor in the frontier, and were not found missing before."""
        known = look.known(self._portal.name, [each.key for each in pages])
        gone = look.answered([each.url for each in pages], keep.GONE)
        return [each for each in pages if each.key not in known and each.url not in gone]

    def _go_on(self, found: Found, wanted: Wanted, url: str, crawl: CrawlState, writes: Frontier, *, has_new: bool) -> None:
        """Go on along the list, or note why not."""
        walk = self._walks.setdefault(wanted.walk, _Walk())
        repeats = walk.repeats(found)
        following = _following(found, wanted, url)
        ends = frontier.why_it_ends(
            has_next=following is not None,
            new=has_new,
            whole=wanted.whole,
            depth=wanted.depth,
            barren=walk.barren,
            repeats=repeats,
        )
        if following is not None and not ends and writes.was_met(self._portal.name, following.key, crawl):
            ends = "a page that was met before"
        if following is not None and not ends:
            writes.want(self._portal.name, [following], crawl)
            return
        if ends not in _QUIET:
            self._tally.notes.append(f"{wanted.walk}: ended after page {wanted.depth + 1}: {ends}")
        if writes.walk_ended(self._portal.name, wanted.walk, crawl):
            del self._walks[wanted.walk]

    def _heads_on(self, found: Found, wanted: Wanted, url: str, crawl: CrawlState, look: Frontier) -> Iterator[Wanted]:
        """Lists, feeds, sitemaps and archives that a page points to. Sitemaps and archives are for who walks everything."""
        if not self._robots_read:
            self._robots_read = True
            found = replace(found, sitemaps=(*found.sitemaps, *map(Entry, self._ingester.robots_sitemaps(self._portal))))
        for kind, at, depth in _pointed_to(found, wanted):
            whole = crawl.full or not look.list_is_complete(at)
            if not whole and kind == "sitemap":
                continue
            with suppress(ValueError):
                head = frontier.head(kind, at, whole=whole, depth=depth, found_at=url)
                if head.key in self._heads or len(self._heads) >= MAX_HEADS:
                    continue
                self._heads.add(head.key)
                yield head


def _following(found: Found, wanted: Wanted, url: str) -> Wanted | None:
    """The next page, if there is one and its address is one."""
    if found.next_page is not None:
        with suppress(ValueError):
            return frontier.next_page(found.next_page, wanted, found_at=url)
    return None


def _pointed_to(found: Found, wanted: Wanted) -> Iterator[tuple[Kind, str, int]]:
    for at in found.feeds:
        yield "feed", at, 0
    for at in found.lists:
        yield "list", at, 0
    if wanted.kind != "sitemap" or wanted.depth < frontier.MAX_SITEMAP_DEPTH:
        for entry in found.sitemaps:
            yield "sitemap", entry.url, wanted.depth + 1 if wanted.kind == "sitemap" else 0
    if wanted.whole:
        for at in found.archives:
            yield "list", at, 1
