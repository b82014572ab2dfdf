"""What a page of a list, a feed or a sitemap leads to, in one form for all three. Pure: `discover` reads, the crawl decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.frontier import Wanted
from ingest import discover
from ingest.discover import Entry
from ingest.fetch import Fetched
from ingest.frontier import step_of
from ingest.portal import Portal
from ingest.step import Step


@dataclass(frozen=True, slots=True)
class Found:
    """What a page leads to."""

    entries: tuple[Entry, ...]
    """Announcements on the portal's own hosts."""
    next_page: Step | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[Entry, ...] = ()
    lists: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    fingerprint: str = ""
    traps: tuple[discover.Trap, ...] = ()
    problem: str = ""
    """What is wrong with the page; empty for nothing."""


def found_on(page: Fetched, wanted: Wanted, portal: Portal) -> Found:
    """What `page`, the answer to `wanted`, leads to."""
    if wanted.kind == "feed":
        return _of_feed(discover.feed(page.body, page.url, portal))
    if wanted.kind == "sitemap":
        return _of_sitemap(discover.sitemap(page.body, page.url, portal))
    content_type = page.header("content-type")
    return _of_list(discover.links(page.body, page.url, portal, content_type, via=step_of(wanted)))


def _of_feed(feed: discover.Feed) -> Found:
    problem = "" if feed.is_feed else "not a feed"
    return Found(feed.entries, feed.next_page, fingerprint=_fingerprint(feed.entries), problem=problem)


def _of_sitemap(sitemap: discover.Sitemap) -> Found:
    problem = "" if sitemap.is_sitemap else "not a sitemap"
    return Found(sitemap.entries, sitemaps=sitemap.sitemaps, fingerprint=_fingerprint(sitemap.entries), problem=problem)


def _of_list(page: discover.ListPage) -> Found:
    # A list that is nothing but a meta refresh leads on as one that is nothing but a next page does.
    onward = Step(page.refresh) if page.refresh and not page.articles and page.next_page is None else page.next_page
    return Found(
        tuple(Entry(url) for url in page.articles),
        onward,
        page.feeds,
        tuple(Entry(url) for url in page.sitemaps),
        page.lists,
        page.archives,
        page.fingerprint,
        page.traps,
    )


def _fingerprint(entries: Iterable[Entry]) -> str:
    return " ".join(entry.url for entry in entries)
