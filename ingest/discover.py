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

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

import feedparser
from bs4 import BeautifulSoup
from lxml import etree, html

from archive.identity import canonical_url
from ingest.decode import decode
from ingest.portal import Portal
from ingest.step import Step

READ_BYTES = 10 * 1024 * 1024
"""Of a list, feed or sitemap; what follows is left out (a tree takes ten times its bytes in memory)."""
_NEXT_WORDS = frozenset(
    {"trang sau", "trang tiếp", "trang tiếp theo", "trang kế", "trang kế tiếp", "tiếp", "tiếp theo", "sau", "next"}
)
_NEXT_SIGNS = ("›", ">", "»", ">>")
"""In order of trust: where a page has both, the double one leads to the last page."""
_PAGE_PARAMETER = re.compile(r"(?:page|trang|pageindex|pagenumber|\w*_cur)\Z", re.IGNORECASE)
_PAGE_IN_PATH = re.compile(r"/(?:page|trang)[-/](\d{1,6})(?=/|\.|\Z)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
_NUMBER = re.compile(r"\d{1,6}\Z", re.ASCII)
_STRIPPED = {ord(character): None for character in "\t\n\r\0"}


@dataclass(frozen=True, slots=True)
class Trap:
    """A link that was seen and is not to be followed."""

    url: str
    why: str
    """One word: `future`, `sorted`, `endless`, …"""


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
    archives: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    refresh: str | None = None
    traps: tuple[Trap, ...] = ()
    fingerprint: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One address that a feed or sitemap names, and when it says that the page last changed."""

    url: str
    changed_at: datetime | None = None
    """In UTC; a claim, good enough to decide what to fetch first."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What one feed names."""

    entries: tuple[Entry, ...]
    external: tuple[str, ...] = ()
    next_page: Step | None = None
    is_feed: bool = True

    @property
    def articles(self) -> tuple[str, ...]:
        """Announcements on the portal's own hosts."""
        return tuple(entry.url for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap names: announcements, and further sitemaps where it is an index of them."""

    entries: tuple[Entry, ...]
    sitemaps: tuple[Entry, ...]
    external: tuple[str, ...] = ()
    is_sitemap: bool = True

    @property
    def articles(self) -> tuple[str, ...]:
        """Announcements on the portal's own hosts."""
        return tuple(entry.url for entry in self.entries)


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    label: str
    """The words of the link, or where it has none its `aria-label` or `title`; folded to lower case."""
    is_next: bool
    """Marked `rel=next`."""


def links(
    body: bytes,
    url: str,
    portal: Portal,
    content_type: str | None = None,
    *,
    via: Step | None = None,
    today: date | None = None,
) -> ListPage:
    """The announcements and the next page that the list page `body` from `url` links to.

    `content_type` is the header's value, as a hint for the charset.
    """
    text = _text(body, content_type)
    found, base = _links(text, url)
    soup = BeautifulSoup(text, "lxml") if (portal.items or portal.next_page) and "<" in text else None
    if soup is not None and portal.next_page:
        pages = _selected(soup, portal.next_page, base)
        next_page = next((page for page in pages if _is_other_page(page, url, portal)), None)
    else:
        next_page = _next_page([link for link in found if _is_other_page(link.url, url, portal)], url)
    candidates = _selected(soup, portal.items, base) if soup is not None and portal.items else (link.url for link in found)
    unique = [address for address in dict.fromkeys(candidates) if not _is_paging(address, url)]
    return ListPage(
        articles=tuple(address for address in unique if portal.is_article(address)),
        next_page=Step(next_page) if next_page else None,
        external=tuple(address for address in unique if not portal.owns(address)),
    )


def feed(body: bytes, url: str, portal: Portal) -> Feed:
    """The announcements that an RSS or Atom feed names. What is no feed names none."""
    # Bytes given as they are would be tried as a file name; a stream never is.
    parsed = feedparser.parse(
        io.BytesIO(body[:READ_BYTES]),
        response_headers={"content-location": url},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    named = (_absolute(url, entry.get("link") or "") for entry in parsed.entries)
    return Feed(tuple(Entry(address) for address in dict.fromkeys(named) if address and portal.is_article(address)))


def sitemap(body: bytes, url: str, portal: Portal) -> Sitemap:
    """The announcements and further sitemaps that a sitemap (sitemaps.org 0.9) names, on the portal's hosts only."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body[:READ_BYTES].strip(), parser=parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return Sitemap((), (), is_sitemap=False)
    pages = _locations(root, "url", url)
    return Sitemap(
        entries=tuple(Entry(page) for page in pages if portal.is_article(page)),
        sitemaps=tuple(Entry(page) for page in _locations(root, "sitemap", url) if portal.owns(page)),
    )


def robots_sitemaps(body: bytes, url: str, portal: Portal) -> tuple[str, ...]:
    """The sitemaps on the portal's hosts that the robots.txt `body` from `url` names."""
    return ()


def list_key(url: str) -> str:
    """One name for the list at `url`. Raises ValueError for an address without a host."""
    return canonical_url(url)


def _locations(root: etree._Element, kind: str, url: str) -> list[str]:
    places = root.iterfind(f"{{*}}{kind}/{{*}}loc")
    return list(dict.fromkeys(address for place in places if (address := _absolute(url, place.text or ""))))


def _text(body: bytes, content_type: str | None) -> str:
    decoded = decode(body[:READ_BYTES], content_type)
    # An address keeps the very characters it has on the page: NFC would change one that is written in NFD.
    charset = decoded.charset.partition(" ")[0]
    text = body[:READ_BYTES].decode(charset, errors="replace").replace("\0", "")
    return _XML_DECLARATION.sub("", text, count=1)


def _links(text: str, url: str) -> tuple[list[_Link], str]:
    """All links of the page in its order, and the base that its addresses are relative to."""
    # huge_tree lifts the depth that is read from 256 elements to 2048: unclosed <font> tags do pass the former.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return [], url
    base = next((_absolute(url, element.get("href") or "") for element in root.iter("base")), None) or url
    return list(_links_below(root, base)), base


def _links_below(root: html.HtmlElement, base: str) -> Iterator[_Link]:
    for element in root.iter("a", "area", "link"):
        relations = (element.get("rel") or "").lower().split()
        if element.tag == "link" and "next" not in relations:
            continue
        if address := _absolute(base, element.get("href") or ""):
            yield _Link(address, _label(element), "next" in relations)


def _label(element: html.HtmlElement) -> str:
    # Hundreds of nested links would each hold the text of all that follow: a label's start is enough.
    words = ""
    for piece in element.itertext():
        words += piece
        if len(words) > 200:
            break
    if not words.strip():
        words = element.get("aria-label") or element.get("title") or ""
    return unicodedata.normalize("NFC", " ".join(words.split())).casefold()


def _selected(soup: BeautifulSoup, selector: str, base: str) -> list[str]:
    """Addresses of the links that a portal's selector names, or that stand inside the elements it names."""
    addresses: list[str] = []
    for element in soup.select(selector):
        inside = [element] if element.has_attr("href") else element.select("a[href]")
        addresses.extend(address for link in inside if (address := _absolute(base, str(link["href"]))))
    return addresses


def _absolute(base: str, href: str) -> str | None:
    """`href` as an absolute web address without fragment, white space as browsers read it; None where it is none."""
    href = href.translate(_STRIPPED).strip()
    if not href or href.startswith("#"):
        return None
    path, mark, query = href.partition("?")
    try:
        # Browsers read a backslash before the query as a slash (WHATWG URL): so it is where a link really leads.
        address = urldefrag(urljoin(base, path.replace("\\", "/") + mark + query)).url.replace(" ", "%20")
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return None
    return address if usable else None


def _is_other_page(address: str, url: str, portal: Portal) -> bool:
    return portal.owns(address) and canonical_url(address) != canonical_url(url)


def _is_paging(address: str, url: str) -> bool:
    """Whether `address` is the list at `url` itself, this page of it or another."""
    return _page_of(address)[0] == _page_of(url)[0]


def _next_page(candidates: list[_Link], url: str) -> str | None:
    """The next page by what links usually look like, the surest sign first."""
    marked = (link for link in candidates if link.is_next)
    worded = (link for link in candidates if link.label.strip(" ›»>→.…") in _NEXT_WORDS)
    signed = (link for sign in _NEXT_SIGNS for link in candidates if link.label == sign)
    for ways in (marked, worded, _numbered(candidates, url), signed):
        if found := next(iter(ways), None):
            return found.url
    return None


def _numbered(candidates: Iterable[_Link], url: str) -> Iterator[_Link]:
    """Links to the same list with the page number after this one's.

    An address without a number is the first page. Lists count from zero or from one, so from there the link
    labelled 2 is meant, whatever number its address has.
    """
    here, number = _page_of(url)
    for link in candidates:
        template, other = _page_of(link.url)
        if template != here or other is None:
            continue
        if other == number + 1 if number is not None else link.label == "2":
            yield link


def _page_of(url: str) -> tuple[str, int | None]:
    """The address without its page number, and that number where it has one."""
    parts = urlsplit(url)
    path, query = parts.path, parse_qsl(parts.query, keep_blank_values=True)
    number = None
    for name, value in query:
        if _PAGE_PARAMETER.match(name) and _NUMBER.match(value):
            number = int(value)
    rest = [(name, value) for name, value in query if not _PAGE_PARAMETER.match(name)]
    if number is None and (match := _PAGE_IN_PATH.search(path)):
        number = int(match[1])
        path = path[: match.start()] + path[match.end() :]
    return f"{parts.netloc}{path.rstrip('/')}?{urlencode(rest)}", number
