"""How readings fare: what was read from each capture of a portal, how surely, and what could not be read.

Nothing of it is kept: it is counted from versions, fields and captures whenever it is asked for, so that a rebuild and a
re-reading need not tell it again. A capture counts once, with the last reading that was made of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from archive import schema
from archive.database import Database

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class PageRead:
    """What became of one capture of an announcement."""

    url: str
    fetched_at: datetime
    platform: str | None
    """Layout that read it; None: nothing could be read."""
    length: int
    """Of the body's text, characters."""
    confidence: Mapping[str, float] = field(default_factory=dict)
    """By field that was read."""


class Rates:
    """Reads of one portal's rates; get them from `Catalog.rates()`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pages(self, portal: str, limit: int) -> tuple[PageRead, ...]:
        """What became of the newest `limit` captures of new and changed announcements, newest first."""
        with self._database.reading() as connection:
            read = _read(connection, portal, limit)
            return tuple(
                sorted([*read, *_unread(connection, portal, limit)], key=lambda page: page.fetched_at, reverse=True)[:limit]
            )

    def runs(self, portal: str, limit: int) -> tuple[datetime, ...]:
        """When the last `limit` crawls began, newest first.

        A crawl looks at a list page once: one that comes again belongs to another.
        """
        table = schema.captures
        query = select(table.c.url, table.c.fetched_at).where(table.c.portal == portal, table.c.role.in_(("list", "feed")))
        began: list[datetime] = []
        walked: set[str] = set()
        at: str | None = None
        with self._database.reading() as connection:
            for row in connection.execute(query.order_by(table.c.seq.desc())):
                if row.url in walked and at is not None:
                    began.append(datetime.fromisoformat(at))
                    walked.clear()
                    if len(began) == limit:
                        return tuple(began)
                walked.add(row.url)
                at = row.fetched_at
        return (*began, datetime.fromisoformat(at)) if at is not None else tuple(began)

    def failures(self, portal: str) -> Mapping[str, int]:
        """Addresses that did not get in and were not had since, and captures that could not be read, by reason."""
        table, captures, unread = schema.failures, schema.captures, schema.unread
        had = select(captures.c.seq).where(captures.c.url == table.c.url, captures.c.status.in_((200, 304, 404, 410)))
        missed = select(table.c.code, func.count(table.c.url.distinct())).where(table.c.portal == portal, ~had.exists())
        not_read = select(unread.c.code, func.count()).join(captures, captures.c.id == unread.c.capture_id)
        counts: Counter[str] = Counter()
        with self._database.reading() as connection:
            for code, count in connection.execute(missed.group_by(table.c.code)):
                counts[code] += count
            for code, count in connection.execute(not_read.where(captures.c.portal == portal).group_by(unread.c.code)):
                counts[code] += count
        return dict(sorted(counts.items()))

    def captures(self, portal: str) -> int:
        """How many captures of a portal there are."""
        table = schema.captures
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).where(table.c.portal == portal)) or 0


def _read(connection: Connection, portal: str, limit: int) -> list[PageRead]:
    captures, documents, versions = schema.captures, schema.documents, schema.versions
    again = versions.alias()
    superseded = select(again.c.number).where(
        again.c.document_id == versions.c.document_id, again.c.number == versions.c.number + 1, again.c.reread
    )
    query = (
        select(
            versions.c.document_id,
            versions.c.number,
            versions.c.platform,
            func.length(versions.c.text).label("length"),
            captures.c.url,
            captures.c.fetched_at,
        )
        .select_from(captures)
        .join(documents, documents.c.id == captures.c.document_id)
        .join(versions, (versions.c.document_id == documents.c.id) & (versions.c.capture_id == captures.c.id))
        .where(documents.c.portal == portal, captures.c.role == "document", ~superseded.exists())
        .order_by(captures.c.seq.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    fields = _fields(connection, rows)
    return [
        PageRead(row.url, _time(row.fetched_at), row.platform, row.length, fields[row.document_id, row.number]) for row in rows
    ]


def _fields(connection: Connection, rows: Sequence[Any]) -> dict[tuple[str, int], dict[str, float]]:
    table = schema.fields
    keys = [(row.document_id, row.number) for row in rows]
    found: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for start in range(0, len(keys), _AT_ONCE):
        which = tuple_(table.c.document_id, table.c.version).in_(keys[start : start + _AT_ONCE])
        query = select(table.c.document_id, table.c.version, table.c.name, table.c.confidence).where(which)
        for row in connection.execute(query):
            found[row.document_id, row.version][row.name] = row.confidence
    return found


def _unread(connection: Connection, portal: str, limit: int) -> list[PageRead]:
    captures, unread = schema.captures, schema.unread
    query = (
        select(captures.c.url, captures.c.fetched_at)
        .join(unread, unread.c.capture_id == captures.c.id)
        .where(captures.c.portal == portal, captures.c.role == "document")
        .order_by(captures.c.seq.desc())
        .limit(limit)
    )
    return [PageRead(row.url, _time(row.fetched_at), None, 0) for row in connection.execute(query)]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
