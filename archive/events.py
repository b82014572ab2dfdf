"""The log of what happened to what is kept: one line an event, each chained to the one before it of the same portal.

An event's digest is the SHA-256 of its canonical JSON (keys sorted, no blanks, UTF-8), which holds the digest of the portal's
event before it: a line that was changed, added or taken out in between breaks the chain. The chain is one per portal because
portals are crawled side by side, and a rebuild must come to the same digests; `seq` numbers all events without gaps and is in
no digest. Events are derived: `ingest.keep.record` writes them within the transaction of the capture that they come from,
and a rebuild writes them again in the order of the captures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from archive import schema

BEGINNING = "0" * 64
"""What stands for the digest before a portal's first event."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log."""

    seq: int
    at: datetime
    """When the capture was made that it comes from."""
    kind: str
    """`reuse_found`, `reuse_changed`, `reuse_gone`."""
    portal: str
    document_id: str | None
    capture_id: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    previous: str
    """Digest of the portal's event before this one."""
    digest: str


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """The first event that is not what it was, or that is missing."""

    seq: int
    why: str


def append(
    connection: Connection,
    *,
    at: datetime,
    kind: str,
    portal: str,
    document_id: str | None,
    capture_id: str | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Add an event at the end of the portal's chain."""
    table = schema.events
    last = select(table.c.digest).where(table.c.portal == portal).order_by(table.c.seq.desc()).limit(1)
    row: dict[str, Any] = {
        "at": at.astimezone(UTC).isoformat(),
        "kind": kind,
        "portal": portal,
        "document_id": document_id,
        "capture_id": capture_id,
        "before": _canonical(before) if before is not None else None,
        "after": _canonical(after) if after is not None else None,
        "previous": connection.scalar(last) or BEGINNING,
    }
    connection.execute(insert(table).values(**row, digest=_digest(row)))


def read(
    connection: Connection, *, portal: str | None = None, kind: str | None = None, after: int = 0, limit: int = 100
) -> tuple[Event, ...]:
    """Up to `limit` events after the one numbered `after`, oldest first."""
    table = schema.events
    query = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(limit)
    if portal is not None:
        query = query.where(table.c.portal == portal)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    return tuple(_event(row) for row in connection.execute(query))


def broken(connection: Connection) -> BrokenChain | None:
    """Where the log is not what was written; None where every digest and every number holds.

    Events cut off at its very end leave no trace in the log itself: compare the last digests with those noted elsewhere.
    """
    held: dict[str, str] = {}
    expected = 1
    for row in _rows(connection):
        if row.seq != expected:
            return BrokenChain(expected, "this event is missing")
        expected += 1
        if row.previous != held.get(row.portal, BEGINNING):
            return BrokenChain(row.seq, "the event before it is not the one that it was chained to")
        if row.digest != _digest({name: getattr(row, name) for name in _HASHED}):
            return BrokenChain(row.seq, "its digest is not that of what it says")
        held[row.portal] = row.digest
    return None


_HASHED = ("at", "kind", "portal", "document_id", "capture_id", "before", "after", "previous")


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    yield from connection.execution_options(stream_results=True).execute(select(schema.events).order_by(schema.events.c.seq))


def _digest(row: Mapping[str, Any]) -> str:
    values = {
        name: json.loads(row[name]) if name in ("before", "after") and row[name] is not None else row[name] for name in _HASHED
    }
    return sha256(_canonical(values).encode()).hexdigest()


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _event(row: Row[Any]) -> Event:
    return Event(
        seq=row.seq,
        at=datetime.fromisoformat(row.at),
        kind=row.kind,
        portal=row.portal,
        document_id=row.document_id,
        capture_id=row.capture_id,
        before=json.loads(row.before) if row.before is not None else None,
        after=json.loads(row.after) if row.after is not None else None,
        previous=row.previous,
        digest=row.digest,
    )
