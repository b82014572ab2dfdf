"""What feeds name: RSS 0.9 to 2.0, RDF and Atom, sound or broken."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from itertools import islice

from lxml import etree

from archive import dates
from ingest.discovering.page import absolute, text_of
from ingest.portal import Portal
from ingest.step import Step

MOST_ENTRIES = 50_000
"""Of a feed or sitemap; the limit of sitemaps.org."""
_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_CHANGED = ("updated", "modified", "pubDate", "published", "date", "issued", "created")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_LINK = re.compile(
    r"<link\b[^<>]{0,200}>\s{0,99}(?:<!\[CDATA\[)?\s{0,99}(https?://[^\s<>\]]{1,2000})|<link\b[^<>]{0,200}?\bhref\s?=\s?[\"']([^\"'<>]{1,2000})",
    re.IGNORECASE,
)
_LONGEST_ITEM = 4000
_MOST_EVENTS = 1_000_000
"""Starts and ends of elements: ten elements for each of the most entries. Ten megabytes of `<a ` would be six million."""
_DOCTYPE_BYTES = 256 * 1024
_LONGEST_VALUE = 8192


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
    """The feed's older entries (RFC 5005)."""
    is_feed: bool = True
    """False: the bytes are something else."""

    @property
    def articles(self) -> tuple[str, ...]:
        """Announcements on the portal's own hosts."""
        return tuple(entry.url for entry in self.entries)


def feed(body: bytes, url: str, portal: Portal) -> Feed:
    """The announcements that an RSS or Atom feed names. What is no feed names none."""
    channel = _Channel(url)
    text = text_of(body, None)[0].strip()
    if text.startswith("<"):
        channel.read(text)
        if channel.is_feed and not channel.entries:
            channel.rescue(text)
    return Feed(
        entries=once(entry for entry in channel.entries if portal.is_article(entry.url)),
        external=tuple(dict.fromkeys(entry.url for entry in channel.entries if not portal.owns(entry.url))),
        next_page=Step(channel.older) if channel.older and portal.owns(channel.older) and channel.older != url else None,
        is_feed=channel.is_feed,
    )


class _Channel:
    """A feed as it is read, item by item; each is dropped once it was read."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.entries: list[Entry] = []
        self.older: str | None = None
        self.is_feed = False

    def read(self, text: str) -> None:
        """Read what lxml can: it mends bare ampersands and unclosed elements, and resolves no entity."""
        # What was read before an error that is beyond mending stays.
        with suppress(etree.XMLSyntaxError):
            for event, element in events_of(text.encode("utf-8", "replace")):
                name = local_name(element)
                if event == "start":
                    self.is_feed = self.is_feed or name.lower() in _ROOTS
                elif name in ("item", "entry") and self.is_feed:
                    self._note(element)
                    drop(element)
                elif name == "link" and element.get("rel") in ("next", "prev-archive"):
                    self.older = self.older or absolute(self._url, element.get("href"))
                if len(self.entries) >= MOST_ENTRIES:
                    return

    def rescue(self, text: str) -> None:
        """Read what is broken beyond lxml's mending: whatever stands between the words of an item and of its link."""
        for item in _ITEM.finditer(text):
            match = _LINK.search(text, item.start(), item.start() + _LONGEST_ITEM)
            if match and (address := absolute(self._url, unescape(match[1] or match[2] or ""))):
                self.entries.append(Entry(address))
            if len(self.entries) >= MOST_ENTRIES:
                return

    def _note(self, item: etree._Element) -> None:
        told: dict[str, str] = {}
        for each in item:
            name = local_name(each)
            if name == "link" and each.get("href") and each.get("rel", "alternate") == "alternate":
                told.setdefault("href", str(each.get("href")))
            elif name == "guid" and each.get("isPermaLink") == "false":
                continue
            elif value := "".join(map(str, each.itertext()))[:_LONGEST_VALUE].strip():
                told.setdefault(name, value)
        about = next((value for name, value in item.attrib.items() if str(name).endswith("}about")), None)
        named = (told.get("link"), told.get("href"), told.get("guid"), about)
        address = next((found for value in named if (found := absolute(self._url, value))), None)
        if address:
            changed = (moment for name in _CHANGED if (moment := moment_told(told.get(name, ""))))
            self.entries.append(Entry(address, next(changed, None)))


def events_of(body: bytes) -> Iterator[tuple[str, etree._Element]]:
    """The starts and ends of the elements of an XML document, its broken places mended where lxml can.

    Its document type is cut out first: what it would define are entities, and lxml spends a second and 40 MB on a bomb of them
    though it is told to resolve none.
    """
    body = body.lstrip()
    if match := _DOCTYPE.search(body, 0, _DOCTYPE_BYTES):
        body = body[: match.start()] + body[match.end() :]
    events = etree.iterparse(
        io.BytesIO(body), events=("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    yield from islice(events, _MOST_EVENTS)


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace, known or not; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def drop(element: etree._Element) -> None:
    """Forget an element that was read, and all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each address once, at its first place, with the latest of its times."""
    found: dict[str, Entry] = {}
    for entry in entries:
        before = found.setdefault(entry.url, entry)
        if entry.changed_at and (before.changed_at is None or before.changed_at < entry.changed_at):
            found[entry.url] = entry
    return tuple(found.values())


def moment_told(text: str) -> datetime | None:
    """The time that a feed or sitemap gives, in UTC: ISO 8601, RFC 822 or a Vietnamese date, of a day its beginning there."""
    text = text.strip()[:60]
    moment = _first_of(text)
    if moment is None:
        if (told := dates.read_date(text)) is None:
            return None
        moment = datetime.fromisoformat(told.value + {4: "-01-01", 7: "-01"}.get(len(told.value), ""))
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=dates.ZONE)).astimezone(UTC)
    except OverflowError:
        return None


def _first_of(text: str) -> datetime | None:
    for reader in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            return reader(text)
    return None
