"""The catalogue: what documents, versions and captures there are. Derived from the WARC files, answers every question.

Reads stand here; writes are `ledger`'s, within one transaction each.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Row, Table, func, select

from archive import events as log
from archive import origins, schema
from archive.database import Database
from archive.errors import NotFound
from archive.files import Files
from archive.frontier import Frontier
from archive.ledger import Ledger
from archive.likenesses import Likenesses
from archive.pages import AttachedText
from archive.rates import Rates
from archive.records import (
    ASTRAY,
    POSTED,
    Alike,
    AttachmentLink,
    Capture,
    Change,
    Document,
    FieldOrigin,
    Held,
    KnownCapture,
    LegalBasis,
    Mention,
    PortalStatus,
    Provenance,
    ReadDate,
    Reading,
    ReuseTerms,
    Version,
)
from archive.repeats import Repeats
from archive.rereads import Rereads
from archive.stored import capture_of

_BATCH = 500


class Catalog:
    """The catalogue in one database file. Safe to use from several threads."""

    def __init__(self, path: Path, *, busy_s: float = 10.0) -> None:
        self.path = path
        self._database = Database(path, busy_s=busy_s)

    def close(self) -> None:
        """Close every connection to the database."""
        self._database.close()

    def take_over(self, other: Path) -> None:
        """Hold what the catalogue at `other` holds; searches and pages see the old state until all of the new one is here."""
        self._database.take_over(other)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The right to write, for one transaction: all of it happens or nothing. Raises CatalogueBusy, CannotKeep."""
        with self._database.writing() as connection:
            yield Ledger(connection)

    @contextmanager
    def frontier(self, *, only_look: bool = False) -> Iterator[Frontier]:
        """What is to be fetched, for one transaction; with `only_look` without the right to write."""
        with self._database.reading() if only_look else self._database.writing() as connection:
            yield Frontier(connection)

    def document(self, id: str) -> Document:
        """The document `id`. Raises NotFound."""
        found = self.documents([id])
        if id not in found:
            raise NotFound("document", id)
        return found[id]

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """Those of `ids` that exist, by id."""
        with self._database.reading() as connection:
            return {
                document.id: document
                for start in range(0, len(ids), _BATCH)
                for document in _documents(connection, ids[start : start + _BATCH])
            }

    def document_ids(self) -> tuple[str, ...]:
        """The ids of all documents, in order."""
        with self._database.reading() as connection:
            return tuple(connection.scalars(select(schema.documents.c.id).order_by(schema.documents.c.id)))

    def likenesses(self) -> Likenesses:
        """Which documents have the same content; see there."""
        return Likenesses(self._database)

    def alike(self, document_id: str) -> tuple[Alike, ...]:
        """The other documents with the content of this one, the first publisher first; all that were linked so far."""
        return self.likenesses().alike(document_id)

    def files(self) -> Files:
        """The files that documents link to, and their pages; see there."""
        return Files(self._database)

    def rereads(self) -> Rereads:
        """What a re-reading must know; see there."""
        return Rereads(self._database)

    def rates(self) -> Rates:
        """How a portal's readings fare; see there."""
        return Rates(self._database)

    def id_at(self, url: str) -> str | None:
        """The document that the page at exactly this address was captured for last."""
        captures = schema.captures
        query = (
            select(captures.c.document_id)
            .where(captures.c.url == url, captures.c.document_id.is_not(None))
            .order_by(captures.c.seq.desc())
        )
        with self._database.reading() as connection:
            return connection.scalar(query.limit(1))

    def version(self, document_id: str, number: int) -> Version:
        """Version `number` of a document. Raises NotFound."""
        table = schema.versions
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.document_id == document_id, table.c.number == number)).first()
            if row is None:
                raise NotFound("version", f"{document_id}/pb/{number}")
            return _versions(connection, [row])[0]

    def versions(self, document_id: str) -> tuple[Version, ...]:
        """All versions of a document by the dates of their captures, oldest first. Raises NotFound."""
        table = schema.versions
        with self._database.reading() as connection:
            rows = connection.execute(
                select(table).where(table.c.document_id == document_id).order_by(table.c.captured_at, table.c.number)
            ).all()
            if not rows:
                raise NotFound("document", document_id)
            return tuple(_versions(connection, rows))

    def capture(self, id: str) -> Capture:
        """The capture `id`. Raises NotFound."""
        with self._database.reading() as connection:
            row = connection.execute(select(schema.captures).where(schema.captures.c.id == id)).first()
        if row is None:
            raise NotFound("capture", id)
        return capture_of(row)

    def captures(self, document_id: str) -> tuple[Capture, ...]:
        """All captures of a document's pages, oldest first."""
        table = schema.captures
        with self._database.reading() as connection:
            query = select(table).where(table.c.document_id == document_id).order_by(table.c.fetched_at, table.c.seq)
            return tuple(capture_of(row) for row in connection.execute(query))

    def provenance(self, capture_id: str) -> Provenance | None:
        """Where an imported capture came from; None for one that was fetched for this archive."""
        with self._database.reading() as connection:
            return origins.provenance(connection, capture_id)

    def held_at(self, urls: Iterable[str]) -> list[KnownCapture]:
        """The captures of these addresses (500 at most) in short, for whoever must not take one twice."""
        with self._database.reading() as connection:
            return origins.held_at(connection, urls)

    def repeated(self, record: str | None, digest: str | None, url: str, at: datetime | None) -> str | None:
        """The id of the capture that a foreign revisit record repeats: see `origins.repeated`."""
        with self._database.reading() as connection:
            return origins.repeated(connection, record=record, digest=digest, url=url, at=at)

    def captures_in(self, file: str) -> dict[str, Capture]:
        """The captures that one WARC file holds, by id."""
        table = schema.captures
        with self._database.reading() as connection:
            rows = connection.execute(select(table).where(table.c.file == file))
            return {row.id: capture_of(row) for row in rows}

    def repeating(self, portal: str, layout: str, digests: Collection[str]) -> frozenset[str]:
        """Those of these blocks (`ingest.repeats.digests_of`) that repeat on the pages of a portal that have this layout."""
        with self._database.reading() as connection:
            return Repeats(connection, portal, layout).among(digests)

    def unfinished(self, portal: str) -> tuple[str, ...]:
        """Addresses that failed for a reason that may pass (timeouts, 5xx) and were not had since, oldest first."""
        table, captures = schema.failures, schema.captures
        had = select(captures.c.seq).where(captures.c.url == table.c.url, captures.c.status.in_((200, 304, 404, 410)))
        codes = ("timeout", "connect", "dns", "truncated", "protocol", "http_408", "http_425", "http_429")
        passing = table.c.code.in_(codes) | table.c.code.like("http_5%")
        query = select(table.c.url).where(table.c.portal == portal, passing, ~had.exists()).group_by(table.c.url)
        with self._database.reading() as connection:
            return tuple(connection.scalars(query.order_by(func.min(table.c.seq))))

    def last_payload(self, url: str) -> Capture | None:
        """The newest capture of `url` that holds a page itself, to repeat or to ask the server about; no answer to a form, and
        nothing that an announcement's address led astray to."""
        table = schema.captures
        got = (table.c.status == 200, table.c.kind == "response", table.c.role.not_in((POSTED, ASTRAY)))
        query = select(table).where(table.c.url == url, *got)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(table.c.fetched_at.desc(), table.c.seq.desc()).limit(1)).first()
        return capture_of(row) if row else None

    def captured_since(self, url: str, at: datetime, roles: Sequence[str]) -> Capture | None:
        """The newest capture of `url` in one of these roles, if it was made at `at` or later."""
        table = schema.captures
        query = select(table).where(table.c.url == url, table.c.role.in_(roles)).order_by(table.c.fetched_at.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        capture = capture_of(row) if row else None
        return capture if capture and capture.fetched_at >= at else None

    def last_status(self, url: str) -> int | None:
        """The HTTP status of the newest capture of `url`; None where it was never captured."""
        table = schema.captures
        query = select(table.c.status).where(table.c.url == url).order_by(table.c.fetched_at.desc(), table.c.seq.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(query)

    def live_urls(self, portal: str) -> tuple[str, ...]:
        """The addresses of a portal's documents that were there when last seen, as a server answered to."""
        table = schema.documents
        query = select(table.c.url).where(table.c.portal == portal, table.c.state == "live", table.c.external_id.is_(None))
        with self._database.reading() as connection:
            return tuple(connection.scalars(query.order_by(table.c.id)))

    def knows(self, identity: str) -> bool:
        """Whether a document goes by this identity."""
        with self._database.reading() as connection:
            query = select(schema.addresses.c.document_id).where(schema.addresses.c.identity == identity)
            return connection.scalar(query) is not None

    def read_to(self) -> dict[str, int]:
        """For each WARC file, up to which byte the catalogue holds its captures."""
        with self._database.reading() as connection:
            return {row.file: row.read_to for row in connection.execute(select(schema.warc_files))}

    def changes_after(self, number: int, limit: int) -> tuple[Change, ...]:
        """Documents changed after change `number`, each once with its latest change, ascending."""
        table, later = schema.changes, schema.changes.alias()
        # Reads what lies after `number`, not the whole table: a running server asks for every page that comes in.
        again = select(later.c.number).where(later.c.document_id == table.c.document_id, later.c.number > table.c.number)
        query = select(table).where(table.c.number > number, ~again.exists()).order_by(table.c.number).limit(limit)
        with self._database.reading() as connection:
            return tuple(Change(row.number, row.document_id) for row in connection.execute(query))

    def last_change(self) -> int:
        """The number of the newest change; 0 for none."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.max(schema.changes.c.number))) or 0

    def count_at(self, change: int) -> int:
        """How many documents there were when change `change` was the newest."""
        table = schema.changes
        with self._database.reading() as connection:
            query = select(func.count(table.c.document_id.distinct())).where(table.c.number <= change)
            return connection.scalar(query) or 0

    def texts_of(self, ids: Sequence[str]) -> Mapping[str, tuple[AttachedText, ...]]:
        """What the attachments of these documents' current versions say."""
        return self.files().texts_of(ids)

    def held(self, after: str, limit: int) -> tuple[Held, ...]:
        """Up to `limit` documents whose ids come after `after`, in order, in short."""
        table, versions, changes = schema.documents, schema.versions, schema.changes
        latest = select(func.max(changes.c.number)).where(changes.c.document_id == table.c.id).scalar_subquery()
        query = (
            select(table.c.id, table.c.state, table.c.url, table.c.attached, versions.c.digest, latest.label("change"))
            .join(versions, (table.c.id == versions.c.document_id) & (table.c.current == versions.c.number))
            .where(table.c.id > after)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(table.c.id).limit(limit))
            return tuple(Held(row.id, row.digest, row.state, row.url, row.change or 0, row.attached) for row in rows)

    def events(
        self, portal: str | None = None, kind: str | None = None, *, after: int = 0, limit: int = 100
    ) -> tuple[log.Event, ...]:
        """Up to `limit` lines of the log after the one numbered `after`, oldest first."""
        with self._database.reading() as connection:
            return log.read(connection, portal=portal, kind=kind, after=after, limit=limit)

    def broken_log(self) -> log.BrokenChain | None:
        """Where the log of events is not what was written; None where it is whole."""
        with self._database.reading() as connection:
            return log.broken(connection)

    def count_events(self) -> int:
        """How many events there are."""
        return self._count(schema.events)

    def count_documents(self) -> int:
        """How many documents there are."""
        return self._count(schema.documents)

    def count_captures(self) -> int:
        """How many captures there are."""
        return self._count(schema.captures)

    def count_versions(self) -> int:
        """How many versions there are."""
        return self._count(schema.versions)

    def recent(self, limit: int) -> tuple[Document, ...]:
        """The documents published last, newest first; those without a date stand behind the others."""
        table = schema.documents
        query = select(table.c.id).order_by(table.c.published.desc().nulls_last(), table.c.id).limit(limit)
        with self._database.reading() as connection:
            ids = list(connection.scalars(query))
            found = {document.id: document for document in _documents(connection, ids)}
        return tuple(found[id] for id in ids)

    def portals(self) -> tuple[PortalStatus, ...]:
        """The portals of which something is here, by name."""
        table, count = schema.portals, func.count(schema.documents.c.id)
        query = (
            select(table, count.label("documents"))
            .outerjoin(schema.documents, schema.documents.c.portal == table.c.name)
            .group_by(table.c.name)
            .order_by(table.c.name)
        )
        with self._database.reading() as connection:
            return tuple(
                PortalStatus(row.name, row.host, row.title, row.documents, _time(row.last_crawl) if row.last_crawl else None)
                for row in connection.execute(query)
            )

    def _count(self, table: Table) -> int:
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _documents(connection: Connection, ids: Sequence[str]) -> Iterator[Document]:
    table, versions = schema.documents, schema.versions
    rows = connection.execute(select(table).where(table.c.id.in_(ids))).all()
    current = connection.execute(
        select(versions)
        .join(table, (table.c.id == versions.c.document_id) & (table.c.current == versions.c.number))
        .where(table.c.id.in_(ids))
    ).all()
    highest = select(versions.c.document_id, func.max(versions.c.number)).where(versions.c.document_id.in_(ids))
    counts = {row[0]: row[1] for row in connection.execute(highest.group_by(versions.c.document_id))}
    by_document = {version.document_id: version for version in _versions(connection, current)}
    for row in rows:
        yield Document(
            id=row.id,
            portal=row.portal,
            url=row.url,
            state=row.state,
            first_captured_at=_time(row.first_captured_at),
            last_captured_at=_time(row.last_captured_at),
            version=by_document[row.id],
            versions=counts[row.id],
            external_id=row.external_id,
            attached=row.attached,
        )


def _versions(connection: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Version]:
    documents = {row.document_id for row in rows}
    origins = _origins(connection, documents)
    terms = _reuse(connection, {row.reuse for row in rows if row.reuse})
    return [
        Version(
            document_id=row.document_id,
            number=row.number,
            capture_id=row.capture_id,
            captured_at=_time(row.captured_at),
            digest=row.digest,
            reading=_reading(row, origins.get((row.document_id, row.number), ()), terms.get(row.reuse)),
            reread=row.reread,
        )
        for row in rows
    ]


def _origins(connection: Connection, documents: Iterable[str]) -> dict[tuple[str, int], tuple[FieldOrigin, ...]]:
    table = schema.fields
    found: dict[tuple[str, int], tuple[FieldOrigin, ...]] = {}
    query = select(table).where(table.c.document_id.in_(list(documents))).order_by(table.c.place)
    for row in connection.execute(query):
        key = (row.document_id, row.version)
        found[key] = (*found.get(key, ()), FieldOrigin(row.name, row.origin, row.confidence, row.raw))
    return found


def _reuse(connection: Connection, digests: Iterable[str]) -> dict[str, ReuseTerms]:
    table = schema.reuse_terms
    rows = connection.execute(select(table).where(table.c.digest.in_(list(digests))))
    return {row.digest: reuse_from_json(row.terms) for row in rows}


def reuse_from_json(text: str) -> ReuseTerms:
    """Reuse terms out of the JSON form that the ledger writes."""
    plain = json.loads(text)
    licence_date = plain.pop("licence_date")
    names = tuple(plain.pop("names"))
    return ReuseTerms(names=names, licence_date=ReadDate(**licence_date) if licence_date else None, **plain)


def _reading(row: Row[tuple[object, ...]], origins: tuple[FieldOrigin, ...], reuse: ReuseTerms | None) -> Reading:
    published = ReadDate(row.published, row.published_precision, row.published_raw) if row.published else None
    issued = ReadDate(row.issued, row.issued_precision, row.issued_raw) if row.issued else None
    return Reading(
        title=row.title,
        text=row.text,
        html=row.html,
        summary=row.summary,
        byline=row.byline,
        published=published,
        category=row.category,
        number=row.number_text,
        kind=row.kind,
        issuer=row.issuer,
        attachments=tuple(AttachmentLink(**link) for link in json.loads(row.attachments)),
        issued=issued,
        place=row.place,
        signer=row.signer,
        signer_office=row.signer_office,
        source=row.source,
        bases=tuple(LegalBasis(**basis) for basis in json.loads(row.bases)),
        mentions=tuple(Mention(**mention) for mention in json.loads(row.mentions)),
        language=row.language,
        reuse=reuse,
        fields=origins,
        platform=row.platform,
    )
