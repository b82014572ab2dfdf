"""Where a portal's announcements are: the addresses that its list pages, feeds and sitemaps name.

Pure functions over bytes; nothing is fetched and no byte is trusted. Broken markup gives what could be read of it.
Addresses come back absolute, without fragment, each once, in the order of the page. What a crawler calls:

    links(body, url, portal, content_type=None, *, via=None, today=None) -> ListPage
        `via`: the Step that brought the page (a postback's page does not say in its address which one it is).
        `today`: the last day whose month may have an archive; None: today in UTC.
    feed(body, url, portal) -> Feed
    sitemap(body, url, portal) -> Sitemap             XML, text, or either of them in gzip
    robots_sitemaps(body, url, portal) -> tuple[str, ...]
    list_key(url) -> str                              one name for a list however it is sorted, paged or whoever looks at it

    Step(url, fields=(), ...)                         of `ingest.step`: a GET, or with fields a POST; `Step.key` for sets of
                                                      what was walked. `Gate.fetch(step_or_url, portal)` takes both.
    ListPage.articles, .external: tuple[str, ...]     .next_page: Step | None
    ListPage.lists, .archives: tuple[str, ...]        further lists: sections; months, the newest first, none of the future
    ListPage.feeds, .sitemaps: tuple[str, ...]        that the page points to
    ListPage.refresh: str | None                      where a meta refresh leads; follow it a few times at most, as a redirect
    ListPage.traps: tuple[Trap, ...]                  what was seen and left alone: Trap(url, why)
    ListPage.fingerprint: str                         of the page's items in their order; empty where it has none. A list that
                                                      gives the same one again goes in a circle
    ListPage.is_cut: bool                             the page is longer or has more links than are read
    Feed.entries, Sitemap.entries: tuple[Entry, ...]  Entry(url, changed_at: datetime | None); .articles are their addresses
    Feed.is_feed, Sitemap.is_sitemap: bool            False: the bytes are something else, and name nothing
    Feed.external, Sitemap.external: tuple[str, ...]
    Feed.next_page: Step | None                       RFC 5005
    Sitemap.sitemaps: tuple[Entry, ...]               further sitemaps of an index, on the portal's hosts
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bs4 import BeautifulSoup
from lxml import etree

from archive.identity import canonical_url
from ingest.discovering import items, months
from ingest.discovering.css import NotUnderstood, compiled, names_of
from ingest.discovering.feeds import Entry, Feed, feed
from ingest.discovering.page import READ_BYTES, Link, Ours, Page, label_of, lead_of, read_page, text_of
from ingest.discovering.paging import next_page
from ingest.discovering.sitemaps import Sitemap, robots_sitemaps, sitemap
from ingest.discovering.traps import fingerprint, first_page, list_key, without_order
from ingest.platforms import LISTS
from ingest.portal import ListLayout, Portal
from ingest.step import Step

__all__ = [
    "READ_BYTES",
    "Entry",
    "Feed",
    "ListPage",
    "Sitemap",
    "Step",
    "Trap",
    "feed",
    "links",
    "list_key",
    "robots_sitemaps",
    "sitemap",
]

MOST_LISTS = 500
_LONGEST_SECTION = 80
_ANY_PAGE = Portal.__dataclass_fields__["article"].default
_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf)\+xml", re.IGNORECASE)
_FEED_PATH = re.compile(r"/(?:rss|feed|atom)(?:\.(?:xml|aspx|php|html?))?/?\Z|\.rss\Z|/rss/[^/]+\.(?:xml|rss)\Z", re.IGNORECASE)
_SITEMAP_PATH = re.compile(r"/[\w-]*site-?map[\w-]*\.(?:xml|txt)(?:\.gz)?\Z", re.IGNORECASE)
_SITEMAP_PAGE = re.compile(r"/(?:site-?map|so-?do-?(?:site|trang|cong|web)[\w-]*)(?:/|\.\w{2,5})?\Z", re.IGNORECASE)
_REST_OF_LIST = re.compile(r"(?:[/_-]?(?:page|trang)[-/_]?\d+)?/?(?:\.\w{2,5})?/?(?:\?.*)?\Z", re.IGNORECASE | re.DOTALL)
"""What may follow the beginning that a list's pages share; cheap to ask, as all links of a page must be."""
_PLAIN = re.compile(r"https?://[a-z0-9.-]+/[\w/.~-]*\Z", re.ASCII)
_ALL_OF = re.compile(r"(?:xem (?:tất cả|thêm|tiếp|toàn bộ)|tất cả|more|view all|see all)\b.{0,30}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trap:
    """A link that was seen and is not to be followed."""

    url: str
    why: str
    """`future`: a list of a time to come. `day`: a list of one day, or of a time before portals; months hold the same.
    `sorted`: this list in another order or size of page."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one list page leads to."""

    articles: tuple[str, ...]
    """Announcements on the portal's own hosts."""
    next_page: Step | None
    """The list's next page; None on the last one."""
    external: tuple[str, ...]
    """What the list names on other hosts: teasers may, and the gate will not follow."""
    lists: tuple[str, ...] = ()
    """Other lists of the portal that the page leads to: its sections, an HTML site map."""
    archives: tuple[str, ...] = ()
    """Lists by month or year, the newest first."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    refresh: str | None = None
    """Where a meta refresh leads, on the portal's hosts; None where it leads to the page itself."""
    traps: tuple[Trap, ...] = ()
    fingerprint: str = ""
    """Of what the page lists, in whatever order; empty where it lists nothing."""
    is_cut: bool = False
    """The page is longer, or has more links, than are read."""


def links(
    body: bytes,
    url: str,
    portal: Portal,
    content_type: str | None = None,
    *,
    via: Step | None = None,
    today: date | None = None,
) -> ListPage:
    """What the list page `body` from `url` leads to.

    The portal's own selectors count first, then those of the platform that the page shows itself to be on, then what links
    usually look like. `content_type` is the header's value, as a hint for the charset.
    """
    page = read_page(body, url, content_type)
    if page.root is None:
        return ListPage((), None, (), refresh=page.refresh, is_cut=page.is_cut)
    return _Reading(page, body, portal, content_type).list_page(via, today or datetime.now(UTC).date())


class _Reading:
    """One list page, with what its parts share."""

    def __init__(self, page: Page, body: bytes, portal: Portal, content_type: str | None) -> None:
        self._page, self._portal, self._ours = page, portal, Ours(portal)
        self._bytes, self._content_type = body, content_type
        self._soup: BeautifulSoup | None = None
        self._key, self._stem = list_key(page.url), _stem(page.url)
        self._lead = [link for link in page.links if link.url]
        self._own = [link for link in self._lead if self._ours.owns(link.url)]

    def list_page(self, via: Step | None, today: date) -> ListPage:
        layout = next((each for each in LISTS if self._shows(each.recognise)), None)
        archives = months.archives(self._page, self._ours, self._own, today)
        paging = {link.url for link in self._own if self._is_this_list(link.url)}
        taken = {*paging, *archives.past, *archives.future, *archives.other}
        articles, external = self._items(layout, taken)
        return ListPage(
            articles=articles,
            next_page=self._next(layout, via),
            external=external,
            lists=self._lists({*articles, *taken}),
            archives=archives.past,
            feeds=self._feeds(),
            sitemaps=self._sitemaps(),
            refresh=self._refresh(),
            traps=self._traps(archives),
            fingerprint=fingerprint(url if _PLAIN.match(url) else self._portal.identity_of(url) for url in articles),
            is_cut=self._page.is_cut,
        )

    def _items(self, layout: ListLayout | None, taken: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The announcements that the page lists, and what it lists on other hosts; neither holds what is `taken`."""
        named = self._named(layout)
        links_ = named if named is not None else self._lead
        unique = [url for url in dict.fromkeys(link.url for link in links_) if url and url not in taken]
        external = tuple(url for url in unique if not self._ours.owns(url))
        chosen = [url for url in unique if self._ours.is_article(url)] if named is not None or self._declares_articles else []
        if not (self._portal.items or self._declares_articles):
            # A theme may list some of its news beside the places that its platform's lists usually have.
            own = (link for link in self._own if link.url not in taken)
            chosen += [url for url in items.announcements(own) if self._ours.is_article(url)]
        return tuple(dict.fromkeys(chosen)), external

    @property
    def _declares_articles(self) -> bool:
        return self._portal.article != _ANY_PAGE

    # What the portal or the platform names

    def _named(self, layout: ListLayout | None) -> list[Link] | None:
        """The links that a selector names; None where none does, or where the platform's names none that is an announcement."""
        if self._portal.items:
            return self._chosen(self._portal.items)
        if layout is None or not layout.items or self._portal.article != _ANY_PAGE:
            return None
        chosen = self._chosen(layout.items)
        return chosen if any(link.url and self._ours.is_article(link.url) for link in chosen) else None

    def _next(self, layout: ListLayout | None, via: Step | None) -> Step | None:
        if self._portal.next_page:
            return next_page(self._page, self._ours, via, [self._chosen(self._portal.next_page)])
        named = [self._chosen(layout.next_page)] if layout is not None and layout.next_page else []
        return next_page(self._page, self._ours, via, [*named, None])

    def _chosen(self, selector: str) -> list[Link]:
        """The links that a selector names, or that stand inside the elements it names."""
        return [link for element in self._select(selector) for link in _leading(element, self._page.base)]

    def _shows(self, selector: str) -> bool:
        """Whether the page has what a platform is recognised by; most are turned down by the words of the page alone."""
        return any(all(name in self._page.text for name in names) for names in names_of(selector)) and bool(
            self._select(selector)
        )

    def _select(self, selector: str) -> Sequence[etree._Element]:
        if self._page.root is None:
            return []
        try:
            found = compiled(selector)(self._page.root)
        except (NotUnderstood, etree.XPathError):
            return self._select_slowly(selector)
        return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []

    def _select_slowly(self, selector: str) -> Sequence[etree._Element]:
        """What bs4 selects, each as an element of its own: it knows all of CSS, and takes fifty times as long."""
        if self._soup is None:
            self._soup = BeautifulSoup(text_of(self._bytes, self._content_type)[0], "lxml")
        found = (etree.fromstring(str(each), etree.HTMLParser(huge_tree=True)) for each in self._soup.select(selector))
        return [body[0] for root in found if root is not None and (body := root.find("body")) is not None and len(body)]

    # What else there is

    def _is_this_list(self, url: str) -> bool:
        """Whether an address is this very list, this page of it or another, in whatever order."""
        _, stem, rest = url.partition(self._stem)
        return bool(stem) and _REST_OF_LIST.match(rest) is not None and list_key(url) == self._key

    def _lists(self, taken: set[str]) -> tuple[str, ...]:
        regions = items.regions()
        found: dict[str, str] = {}
        for link in self._own:
            if link.url in taken or len(link.label) > _LONGEST_SECTION:
                continue
            if regions.is_menu(link.element) or _ALL_OF.fullmatch(link.label) or _is_site_map(link.url):
                first = link.url if _PLAIN.match(link.url) else first_page(without_order(link.url))
                found.setdefault(first.rstrip("/"), first)
        found.pop(self._page.url.rstrip("/"), None)
        return tuple(url for url in found.values() if not items.is_file(url) and not items.is_service(url))[:MOST_LISTS]

    def _feeds(self) -> tuple[str, ...]:
        heads = (link.url for link in self._page.heads if "alternate" in link.relations and _is_feed(link.element))
        hinted = (link.url for link in self._own if any(word in link.url.lower() for word in ("rss", "feed", "atom")))
        named = (url for url in hinted if _FEED_PATH.search(url.partition("?")[0]))
        return tuple(dict.fromkeys(url for url in (*heads, *named) if self._ours.owns(url)))[:MOST_LISTS]

    def _sitemaps(self) -> tuple[str, ...]:
        heads = (link.url for link in self._page.heads if "sitemap" in link.relations)
        hinted = (link.url for link in self._own if "map" in link.url.lower())
        named = (url for url in hinted if _SITEMAP_PATH.search(url.partition("?")[0]))
        return tuple(dict.fromkeys(url for url in (*heads, *named) if self._ours.owns(url)))[:MOST_LISTS]

    def _refresh(self) -> str | None:
        target = self._page.refresh
        if target is None or not self._ours.owns(target) or canonical_url(target) == canonical_url(self._page.url):
            return None
        return target

    def _traps(self, archives: months.Archives) -> tuple[Trap, ...]:
        here = without_order(self._page.url)
        ordered = (
            link.url for link in self._own if "?" in link.url and link.url != self._page.url and _is_reordered(link.url, here)
        )
        found = {
            **dict.fromkeys(archives.future, "future"),
            **dict.fromkeys(archives.other, "day"),
            **dict.fromkeys(ordered, "sorted"),
        }
        return tuple(Trap(url, why) for url, why in found.items())[:MOST_LISTS]


def _leading(element: etree._Element, base: str) -> Iterator[Link]:
    leads = [element] if _leads(element) else [each for each in element.iter("a", "area") if _leads(each)]
    for each in leads:
        if (found := lead_of(each, base)) is not None:
            yield Link(found[0], label_of(each), each, (), found[1])


def _leads(element: etree._Element) -> bool:
    return element.get("href") is not None or element.get("onclick") is not None


def _is_feed(element: etree._Element) -> bool:
    return _FEED_TYPE.search(str(element.get("type") or "")) is not None


def _is_site_map(url: str) -> bool:
    return ("map" in url or "so-do" in url or "sodo" in url) and _SITEMAP_PAGE.search(url.partition("?")[0]) is not None


def _is_reordered(url: str, here: str) -> bool:
    plain = without_order(url)
    return plain != url and canonical_url(plain) == canonical_url(here)


def _stem(url: str) -> str:
    """The beginning of an address that all pages of its list share, cheap to compare."""
    head = first_page(without_order(url)).partition("?")[0]
    return re.sub(r"\.\w{2,5}\Z", "", head.partition("://")[2].removeprefix("www.")).rstrip("/")
