"""What a re-reading must know of the catalogue: which captures to read again, and the document that each of them stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from archive import schema
from archive.database import Database
from archive.records import Capture
from archive.stored import capture_of


@dataclass(frozen=True, slots=True)
class Page:
    """One capture to be read again, and what it was made for."""

    place: int
    """Of the capture in the order in which captures were catalogued."""
    capture: Capture
    role: str


def newest_last(page: Page) -> tuple[datetime, int]:
    """What captures are ordered by: when each was made, for what an import brings late may be old."""
    return page.capture.fetched_at, page.place


@dataclass(frozen=True, slots=True)
class Standing:
    """What the catalogue holds of one document beside its versions."""

    identities: tuple[str, ...] = ()
    state_at: str = ""
    """When the state that it has was seen; ISO 8601, UTC."""
    captures: tuple[str, ...] = ()
    """Ids, in their order."""
    reread: int = 0
    """Highest number of the versions that re-readings wrote down; 0 for none."""
    newest: Page | None = None
    """The newest capture that something was read from."""
    newest_platform: str = ""
    """The layout that read it."""
    unread: tuple[Page, ...] = field(default=(), repr=False)
    """Captures that no document could be read from, the one captured last first."""


class Rereads:
    """Reads for a re-reading; get them from `Catalog.rereads()`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pages(self, portal: str | None, after: int, limit: int) -> tuple[Page, ...]:
        """The captures that current versions were read from, of one portal or of all, up to `limit` after place `after`."""
        captures, documents, versions = schema.captures, schema.documents, schema.versions
        query = (
            select(captures)
            .join(documents, documents.c.id == captures.c.document_id)
            .join(versions, (versions.c.document_id == documents.c.id) & (versions.c.number == documents.c.current))
            .where(versions.c.capture_id == captures.c.id, captures.c.seq > after)
        )
        if portal is not None:
            query = query.where(documents.c.portal == portal)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(captures.c.seq).limit(limit))
            return tuple(Page(row.seq, capture_of(row), row.role) for row in rows)

    def capture(self, id: str) -> tuple[Capture, str]:
        """The capture `id`, which is here, and its role."""
        with self._database.reading() as connection:
            row = connection.execute(select(schema.captures).where(schema.captures.c.id == id)).one()
            return capture_of(row), str(row.role)

    def unread(self) -> tuple[Page, ...]:
        """The captures that show no document because none could be read from them, in their order."""
        with self._database.reading() as connection:
            return _unread(connection, None)

    def unshown_at(self, urls: Sequence[str]) -> tuple[Capture, ...]:
        """The captures of `urls` that show no document, in their order, whatever the server answered."""
        table = schema.captures
        asked = (table.c.url.in_(urls), table.c.document_id.is_(None), table.c.role.in_(("document", "row")))
        with self._database.reading() as connection:
            return tuple(capture_of(row) for row in connection.execute(select(table).where(*asked).order_by(table.c.seq)))

    def named(self, identity: str) -> tuple[str | None, tuple[str, ...]]:
        """The document id that `identity` stands for, if any, and all identities that stand for it."""
        table = schema.addresses
        with self._database.reading() as connection:
            id = connection.scalar(select(table.c.document_id).where(table.c.identity == identity))
            query = select(table.c.identity).where(table.c.document_id == id).order_by(table.c.identity)
            return id, tuple(connection.scalars(query)) if id else ()

    def standing(self, ids: Sequence[str]) -> dict[str, Standing]:
        """How each of the documents `ids` stands."""
        with self._database.reading() as connection:
            identities = _grouped(connection, schema.addresses.c.document_id, schema.addresses.c.identity, ids)
            captures = _grouped(connection, schema.captures.c.document_id, schema.captures.c.id, ids)
            stands = schema.documents
            rows = connection.execute(select(stands.c.id, stands.c.state_at).where(stands.c.id.in_(ids)))
            state_at = {row.id: row.state_at for row in rows}
            noted = schema.rereadings
            rows = connection.execute(select(noted).where(noted.c.document_id.in_(ids)))
            reread = {row.document_id: row.number for row in rows}
            unread: dict[str, list[Page]] = defaultdict(list)
            for page in sorted(_unread(connection, ids), key=newest_last, reverse=True):
                unread[str(page.capture.document_id)].append(page)
            read = sorted(_read(connection, ids), key=lambda each: newest_last(each[0]))
            newest = {str(page.capture.document_id): (page, platform) for page, platform in read}
        return {
            id: Standing(
                identities=tuple(identities[id]),
                captures=tuple(captures[id]),
                state_at=state_at.get(id, ""),
                reread=reread.get(id, 0),
                newest=newest[id][0] if id in newest else None,
                newest_platform=newest[id][1] if id in newest else "",
                unread=tuple(unread[id]),
            )
            for id in ids
        }

    def count(self, portal: str | None) -> int:
        """How many documents there are, of one portal or of all."""
        table = schema.documents
        query = select(func.count()).select_from(table)
        with self._database.reading() as connection:
            return connection.scalar(query if portal is None else query.where(table.c.portal == portal)) or 0


def _unread(connection: Connection, ids: Iterable[str] | None) -> tuple[Page, ...]:
    captures, unread = schema.captures, schema.unread
    query = select(captures).join(unread, unread.c.capture_id == captures.c.id)
    whose = captures.c.document_id
    query = query.where(whose.is_(None) if ids is None else whose.in_(list(ids)))
    return tuple(Page(row.seq, capture_of(row), row.role) for row in connection.execute(query.order_by(captures.c.seq)))


def _read(connection: Connection, ids: Sequence[str]) -> list[tuple[Page, str]]:
    """The captures that something was read from, and by which layout, in their order."""
    captures, rates = schema.captures, schema.rates
    query = select(captures, rates.c.platform).join(rates, rates.c.capture_id == captures.c.id)
    query = query.where(captures.c.document_id.in_(ids)).order_by(captures.c.seq)
    return [(Page(row.seq, capture_of(row), row.role), row.platform) for row in connection.execute(query)]


def _grouped(connection: Connection, key: object, value: object, ids: Sequence[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    order = schema.captures.c.seq if key is schema.captures.c.document_id else value
    for id, each in connection.execute(select(key, value).where(key.in_(ids)).order_by(order)):  # type: ignore[call-overload, attr-defined]
        grouped[id].append(each)
    return grouped
