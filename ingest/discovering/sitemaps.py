"""What sitemaps name (sitemaps.org 0.9): in XML, as lines of text, packed with gzip; and where robots.txt says they are."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.discovering.feeds import MOST_ENTRIES, Entry, drop, events_of, feed, local_name, moment_told, once
from ingest.discovering.page import READ_BYTES, absolute
from ingest.portal import Portal

SITEMAP_BYTES = 50 * 1024 * 1024
"""The limit of sitemaps.org, unpacked. What follows is left out."""
ROBOTS_BYTES = 500 * 1024
_LINE = re.compile(r"[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE)
_MOST_SITEMAPS = 1000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap names: announcements, and further sitemaps where it is an index of them."""

    entries: tuple[Entry, ...]
    sitemaps: tuple[Entry, ...]
    """On the portal's hosts."""
    external: tuple[str, ...] = ()
    is_sitemap: bool = True
    """False: the bytes are something else. A page that is called a sitemap is a list page."""

    @property
    def articles(self) -> tuple[str, ...]:
        """Announcements on the portal's own hosts."""
        return tuple(entry.url for entry in self.entries)


def sitemap(body: bytes, url: str, portal: Portal) -> Sitemap:
    """What a sitemap names; for a feed, which may serve as one, what that names."""
    body = _unpacked(body)
    head = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        if re.search(rb"<(?:rss|feed|rdf:RDF)[\s>]", head):
            found = feed(body, url, portal)
            return Sitemap(found.entries, (), found.external, found.is_feed)
        pages, maps, known = _in_xml(body, url)
    else:
        pages, maps = _in_text(body, url), []
        known = bool(pages)
    return Sitemap(
        entries=once(page for page in pages if portal.is_article(page.url)),
        sitemaps=once(each for each in maps if portal.owns(each.url) and each.url != url)[:_MOST_SITEMAPS],
        external=tuple(dict.fromkeys(each.url for each in (*pages, *maps) if not portal.owns(each.url))),
        is_sitemap=known,
    )


def robots_sitemaps(body: bytes, url: str, portal: Portal) -> tuple[str, ...]:
    """The sitemaps on the portal's hosts that the robots.txt `body` from `url` names."""
    lines = body[:ROBOTS_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    named = (absolute(url, match[1]) for line in lines if (match := _LINE.match(line)))
    return tuple(dict.fromkeys(each for each in named if each and portal.owns(each)))[:_MOST_SITEMAPS]


def _unpacked(body: bytes) -> bytes:
    """The body without its gzip, whatever its name or type: never more than is read, so a bomb stays small."""
    for _ in range(2):  # a packed file that is sent packed again, and a server that says so of neither
        if not body.startswith(b"\x1f\x8b"):
            break
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, SITEMAP_BYTES)
        except zlib.error:
            return b""
    return body[:SITEMAP_BYTES]


def _in_xml(body: bytes, url: str) -> tuple[list[Entry], list[Entry], bool]:
    """Pages, further sitemaps, and whether the root says that this is a sitemap. Elements are dropped as they are read."""
    pages: list[Entry] = []
    maps: list[Entry] = []
    known = False
    try:
        for event, element in events_of(body):
            name = local_name(element)
            if event == "start":
                known = known or name in ("urlset", "sitemapindex")
            elif name in ("url", "sitemap"):
                if entry := _entry(element, url):
                    (pages if name == "url" else maps).append(entry)
                drop(element)
            if len(pages) + len(maps) >= MOST_ENTRIES:
                break
    except etree.XMLSyntaxError:
        pass  # what was read before the break stays
    return (pages, maps, True) if known else ([], [], False)


def _entry(element: etree._Element, url: str) -> Entry | None:
    told = {local_name(each): each for each in reversed(element)}  # an image inside has a `loc` of its own
    address = absolute(url, told["loc"].text) if "loc" in told else None
    if address is None:
        return None
    changed = told.get("lastmod")
    if changed is None:
        changed = next((each for each in element.iter() if local_name(each) == "publication_date"), None)
    return Entry(address, moment_told(changed.text or "") if changed is not None else None)


def _in_text(body: bytes, url: str) -> list[Entry]:
    return [Entry(address) for address in _lines(body, url)]


def _lines(body: bytes, url: str) -> Iterator[str]:
    lines = body[:READ_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    for line in lines[:MOST_ENTRIES]:
        if line.startswith(("http://", "https://")) and (address := absolute(url, line)):
            yield address
