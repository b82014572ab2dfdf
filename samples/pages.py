"""Renders the sample portal's pages: articles in two layouts, lists, the front page, the feed, messages.

The same content gives the same bytes: clock and view counts are made from the content, not from the time of day.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from functools import cache

import jinja2

from samples import windows1258
from samples.content import HERE, Announcement, Notice, announcements, masthead

PER_PAGE = 10
FEED_SIZE = 15
_RELATED = 5
_HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: an announcement, or a notice that leads elsewhere."""

    title: str
    href: str
    day: str
    teaser: str
    listed: date


def article(item: Announcement, *, later: bool) -> bytes:
    """The page of `item` in its own charset; with `later` the body that a page which changes shows from the second request on."""
    related = [other for other in announcements() if other.section == item.section and _is_related(item, other)]
    page = _template(f"{item.layout}.html").render(
        _frame(item.title),
        item=item,
        blocks=item.later_blocks if later else item.blocks,
        related=related[:_RELATED],
        views=f"{(item.id * 7919) % 9000 + 112:,}".replace(",", "."),
        viewstate=_viewstate(item.path) if item.layout == "older" else "",
        edited=_published_at(item.listed + timedelta(days=400)).isoformat(),
    )
    if "nfd" in item.quirks:
        page = unicodedata.normalize("NFD", page)
    return windows1258.encode(page) if item.encoding == "windows-1258" else page.encode(item.encoding)


def _is_related(item: Announcement, other: Announcement) -> bool:
    return other.path != item.path and other.listed <= item.listed and not other.reprinted_from and "removed" not in other.quirks


def entries(section: str, gone: frozenset[str]) -> list[Entry]:
    """What the list of `section` holds, newest first, without the announcements whose paths are in `gone`."""
    held = [_entry(item) for item in announcements() if item.section == section and item.path not in gone]
    held += [_notice(notice) for notice in masthead().notices if notice.section == section]
    return sorted(held, key=lambda entry: entry.listed, reverse=True)


def _entry(item: Announcement) -> Entry:
    day = f"{item.listed:%d/%m/%Y}" if item.published else ""
    return Entry(item.title, item.moved_from or item.path, day, item.summary or item.paragraphs[0], item.listed)


def _notice(notice: Notice) -> Entry:
    return Entry(notice.title, notice.href, f"{notice.listed:%d/%m/%Y}", "", notice.listed)


def page_count(section: str, gone: frozenset[str]) -> int:
    """How many pages the list of `section` has."""
    return max(1, -(-len(entries(section, gone)) // PER_PAGE))


def listing(section: str, number: int, gone: frozenset[str]) -> bytes:
    """Page `number` (from 1) of a section's list."""
    held = entries(section, gone)[(number - 1) * PER_PAGE : number * PER_PAGE]
    title = masthead().sections[section]
    frame = _frame(title)
    return _html("list.html", frame, title=title, section=section, entries=held, number=number, pages=page_count(section, gone))


def front(gone: frozenset[str]) -> bytes:
    """The front page: the newest of every section."""
    head = masthead()
    columns = [(slug, title, entries(slug, gone)[:4]) for slug, title in head.sections.items()]
    return _html("front.html", _frame("Trang chủ"), columns=columns)


def message(status: int, title: str, words: str) -> bytes:
    """A page that says that something is wrong."""
    return _html("message.html", _frame(title), status=status, title=title, words=words)


def feed(base_url: str, gone: frozenset[str]) -> bytes:
    """The newest announcements of all sections as RSS 2.0."""
    newest = [item for item in announcements() if item.path not in gone][:FEED_SIZE]
    items = [(item, format_datetime(_published_at(item.listed)) if item.published else None) for item in newest]
    return _template("feed.xml").render(head=masthead(), base_url=base_url, items=items).encode()


def modified_at(item: Announcement, *, later: bool) -> datetime:
    """When the page of `item` was last changed, as its Last-Modified says."""
    return _published_at(item.listed).astimezone(UTC) + timedelta(days=9 if later else 0, minutes=item.id % 60)


def _published_at(day: date) -> datetime:
    return datetime.combine(day, time(8, 30), tzinfo=_HANOI)


def _frame(title: str) -> dict[str, object]:
    head = masthead()
    return {"head": head, "page_title": title, "footer": head.footers["sample"]}


def _html(template: str, frame: dict[str, object], **values: object) -> bytes:
    return _template(template).render(frame, **values).encode()


def _viewstate(seed: str) -> str:
    # Pages of the older era carry kilobytes of view state; readers must step over it.
    blocks: Sequence[bytes] = [hashlib.sha256(f"{seed}#{n}".encode()).digest() for n in range(60)]
    return base64.b64encode(b"".join(blocks)).decode()


@cache
def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
