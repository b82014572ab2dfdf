"""What a crawl would fetch: the lists are read, no announcement is, and nothing is kept or noted anywhere."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from archive.catalog import Catalog
from archive.frontier import Wanted
from ingest import frontier, keep
from ingest.errors import NotFetched
from ingest.fetch import Gate
from ingest.portal import Portal
from ingest.walk import found_on

MAX_LISTED = 100_000
_SHOWN_WAITING = 100_000


@dataclass(frozen=True, slots=True)
class Planned:
    """An address that a crawl would fetch."""

    url: str
    kind: str
    """page, list, feed or sitemap; `failed` for a list that could not be read."""
    why: str


def waiting(portal: Portal, catalog: Catalog) -> Iterator[Planned]:
    """What waits in the frontier, in its order; nothing is fetched."""
    with catalog.frontier(only_look=True) as look:
        rows = look.waiting(portal.name, _SHOWN_WAITING)
    for row in rows:
        tried = f", tried {row.attempts} times" if row.attempts else ""
        named = f"named by {row.wanted.found_at}" if row.wanted.found_at else "of the portal's file or the catalogue"
        yield Planned(row.wanted.url, row.wanted.kind, f"waits, {named}{tried}")


def plan(portal: Portal, gate: Gate, catalog: Catalog, *, full: bool) -> Iterator[Planned]:
    """What a crawl would fetch, as it is found: what waits, then what the lists and feeds name now.

    Lists, feeds and the next pages that a crawl would walk are fetched through `gate`, which must keep nothing.
    """
    listed: set[str] = set()
    for planned in waiting(portal, catalog):
        if planned.kind == "page" and (key := portal.identity_of(planned.url)) not in listed:
            listed.add(key)
            yield planned
    with catalog.frontier(only_look=True) as look:
        whole = [
            url for path in (*portal.lists, *portal.feeds) if not look.list_is_complete(url := urljoin(portal.base_url, path))
        ]
    heads = frontier.seeds(portal, whole=[urljoin(portal.base_url, path) for path in portal.lists] if full else whole)
    queue = [(head.rank, number, head) for number, head in enumerate(heads)]
    heapq.heapify(queue)
    walked = {head.key for head in heads}
    while queue and len(listed) < MAX_LISTED:
        _, _, wanted = heapq.heappop(queue)
        yield from _read(wanted, portal, gate, catalog, listed, walked, queue, full=full)
    why = "is here, and is asked for again" if full else "failed for a reason that may pass"
    for again in frontier.asked_again(portal, catalog.live_urls(portal.name) if full else catalog.unfinished(portal.name)):
        if again.key not in listed:
            listed.add(again.key)
            yield Planned(again.url, "page", why)


def _read(
    wanted: Wanted,
    portal: Portal,
    gate: Gate,
    catalog: Catalog,
    listed: set[str],
    walked: set[str],
    queue: list[tuple[int, int, Wanted]],
    *,
    full: bool,
) -> Iterator[Planned]:
    try:
        page = gate.fetch(frontier.step_of(wanted), portal)
    except NotFetched as error:
        yield Planned(wanted.url, "failed", str(error))
        return
    if page.status != 200:
        yield Planned(wanted.url, "failed", f"the server answered {page.status}")
        return
    found = found_on(page, wanted, portal)
    keys = {entry.url: portal.identity_of(entry.url) for entry in found.entries}
    with catalog.frontier(only_look=True) as look:
        known = look.known(portal.name, list(keys.values()))
        gone = look.answered(list(keys), keep.GONE)
    new = {url: key for url, key in keys.items() if key not in known and url not in gone}
    fresh = {url: key for url, key in new.items() if key not in listed}
    for url, key in (keys if full else new).items():
        if key not in listed:
            listed.add(key)
            yield Planned(url, "page", f"{'new, ' if url in new else ''}named by {page.url}")
    if found.next_page is not None and (fresh if wanted.whole else new):
        following = frontier.next_page(found.next_page, wanted, found_at=page.url)
        if following.key not in walked and following.depth < frontier.MAX_LIST_PAGES:
            walked.add(following.key)
            heapq.heappush(queue, (following.rank, len(walked) + 1000, following))
