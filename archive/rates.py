"""How readings fare: what was read from each capture of a portal, how surely, and what could not be read.

How each capture was read is noted as it is recorded, and again when it is read again; what follows from it is counted whenever it
is asked for. So a rebuild says the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import Connection, func, select

from archive import schema
from archive.database import Database
from archive.records import Reading


@dataclass(frozen=True, slots=True)
class Fared:
    """How one capture was read, beside what was read from it."""

    capture_id: str
    platform: str
    length: int
    """Of the body's text, characters."""
    confidence: Mapping[str, float]
    """By field that was read."""

    @classmethod
    def of(cls, capture_id: str, reading: Reading) -> Self:
        """How `reading` was read from a capture."""
        sure = {origin.name: origin.confidence for origin in reading.fields}
        return cls(capture_id, reading.platform, len(reading.text), sure)


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
        """What became of the newest `limit` captures of announcements, newest first; those that repeat bytes do not count."""
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
    captures, rates = schema.captures, schema.rates
    query = (
        select(captures.c.url, captures.c.fetched_at, rates.c.platform, rates.c.length, rates.c.confidence)
        .join(rates, rates.c.capture_id == captures.c.id)
        .where(captures.c.portal == portal, captures.c.role == "document")
        .order_by(captures.c.seq.desc())
        .limit(limit)
    )
    return [
        PageRead(row.url, _time(row.fetched_at), row.platform, row.length, json.loads(row.confidence))
        for row in connection.execute(query)
    ]


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
