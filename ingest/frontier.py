"""What next: how the addresses of a portal are named and ranked in the frontier, and when a walk along a list ends. Pure.

The new comes first: feeds and the first page of every list, then the announcements that these name, the newest dates before the
others; then the second pages and what they name; and so on. What a full crawl asks for again comes last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from urllib.parse import urljoin

from archive.frontier import Kind, Wanted
from archive.identity import canonical_url
from ingest.discover import list_key
from ingest.portal import Portal
from ingest.step import Step

MAX_LIST_PAGES = 5000
"""Of one walk along a list."""
MAX_BARREN_PAGES = 5
"""Pages in a row that name nothing which the walk had not met: a calendar without end, a next page that is always the same."""
MAX_SITEMAP_DEPTH = 3
SITEMAP_DEPTH = 2
"""Sitemaps are long and mostly old: what they name comes with what the third pages of the lists name."""
_AGAIN_DEPTH = 9000
_DAYS = 10**8
_SPAN = 10**9


def seeds(portal: Portal, *, whole: Iterable[str] = ()) -> list[Wanted]:
    """Where a crawl begins: the feeds and lists of the portal's file; `whole` are those that are to be walked to their end."""
    wholly = set(whole)
    feeds = [urljoin(portal.base_url, path) for path in portal.feeds]
    lists = [urljoin(portal.base_url, path) for path in portal.lists]
    heads: list[tuple[Kind, str]] = [*(("feed", url) for url in feeds), *(("list", url) for url in lists)]
    return [head(kind, url, whole=url in wholly) for kind, url in heads]


def head(kind: Kind, url: str, *, whole: bool = False, depth: int = 0, found_at: str = "") -> Wanted:
    """A feed, a sitemap, or the first page of a list, as the frontier names and ranks it. Raises ValueError for no address."""
    placed = depth + SITEMAP_DEPTH if kind == "sitemap" else depth
    rank = rank_of(kind, placed, None)
    name = list_key(url) if kind == "list" else canonical_url(url)
    return Wanted(f"{kind} {name}", url, kind, rank, depth, walk=url, whole=whole, found_at=found_at)


def next_page(step: Step, of: Wanted, *, found_at: str) -> Wanted:
    """The page of a list that comes after `of`. Raises ValueError for no address."""
    depth = of.depth + 1
    rank = rank_of(of.kind, depth, None)
    form = json.dumps(asdict(step)) if step.is_post else None
    return Wanted(f"{of.kind} {step.key}", step.url, of.kind, rank, depth, of.walk, of.whole, found_at, form)


def announcement(portal: Portal, url: str, depth: int, *, found_at: str, changed_at: datetime | None = None) -> Wanted:
    """An announcement that a list page at `depth` named. Raises ValueError for no address."""
    return Wanted(portal.identity_of(url), url, "page", rank_of("page", depth, changed_at), depth, found_at=found_at)


def asked_again(portal: Portal, urls: Iterable[str]) -> Iterator[Wanted]:
    """Announcements of the catalogue that are asked for once more; what is none, a list that failed, is left out."""
    for url in urls:
        with suppress(ValueError):
            if portal.is_article(url):
                yield announcement(portal, url, _AGAIN_DEPTH, found_at="")


def step_of(wanted: Wanted) -> Step:
    """The request that an address of the frontier stands for."""
    if wanted.form is None:
        return Step(wanted.url)
    form = json.loads(wanted.form)
    fields = tuple((str(name), str(value)) for name, value in form["fields"])
    return Step(form["url"], fields, form["charset"], form["page"])


def rank_of(kind: Kind, depth: int, changed_at: datetime | None) -> int:
    """Place in the order of fetching, the smaller the sooner: by depth, lists before announcements, newer before older."""
    day = int(changed_at.strftime("%Y%m%d")) if changed_at else 0
    return (2 * depth + (kind == "page")) * _SPAN + (_DAYS - 1 - day)


def rank_after_failure(rank: int, attempts: int) -> int:
    """The rank of an address that failed: behind those of its depth that were not tried so often."""
    return rank // _SPAN * _SPAN + _DAYS + attempts


def why_it_ends(*, has_next: bool, new: int, whole: bool, depth: int, barren: int, repeats: bool) -> str:
    """Why a walk ends at this page; empty where it goes on.

    `new` counts what the page names that neither archive nor frontier has; `barren` the pages in a row, this one included, that
    name nothing which the walk had not met; `repeats`: the page has the same items as an earlier one of the walk.
    """
    if not has_next:
        return "last page"
    if repeats:
        return "the same items again"
    if barren >= MAX_BARREN_PAGES:
        return f"{barren} pages with nothing that was not met before"
    if not whole and not new:
        return "nothing new"
    if depth + 1 >= MAX_LIST_PAGES:
        return f"longer than {MAX_LIST_PAGES} pages"
    return ""
