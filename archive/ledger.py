"""What one transaction writes into the catalogue. Every change of a document gets the next change number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import schema, terms
from archive.records import Capture, Reading, ReuseTerms
from archive.repeats import Repeats
from archive.versions import content_digest


class Ledger:
    """The writes of one transaction; get one from `Catalog.ledger()`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def portal(self, name: str, host: str, title: str) -> None:
        """Note that a portal exists, by the name, host and title that its declaration has today."""
        row = {"host": host, "title": title}
        statement = upsert(schema.portals).values(name=name, **row)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))

    def crawled(self, name: str, at: datetime) -> None:
        """Note that a crawl of portal `name` ended at `at`."""
        table = schema.portals
        self._connection.execute(update(table).where(table.c.name == name).values(last_crawl=_utc(at)))

    def read_to(self, file: str, start: int, end: int) -> None:
        """Note that all captures of a WARC file between bytes `start` and `end` are here.

        Counts only where what stands before `start` is here too: what another process left out is caught up with later.
        """
        table = schema.warc_files
        known = self._connection.scalar(select(table.c.read_to).where(table.c.file == file))
        if known is None and start == 0:
            self._connection.execute(insert(table).values(file=file, read_to=end))
        elif known is not None and start <= known < end:
            self._connection.execute(update(table).where(table.c.file == file).values(read_to=end))

    def has_capture(self, id: str) -> bool:
        """Whether the capture `id` is here already."""
        return self._connection.scalar(select(schema.captures.c.seq).where(schema.captures.c.id == id)) is not None

    def capture(self, capture: Capture, role: str, document_id: str | None) -> None:
        """Add a capture, tied to the document it shows."""
        row = {name: getattr(capture, name) for name in Capture.__slots__}
        row |= {"role": role, "fetched_at": _utc(capture.fetched_at), "document_id": document_id}
        self._connection.execute(insert(schema.captures).values(row))

    def document_of(self, identity: str) -> str | None:
        """The id of the document that goes by `identity`."""
        table = schema.addresses
        return self._connection.scalar(select(table.c.document_id).where(table.c.identity == identity))

    def exists(self, document_id: str) -> bool:
        """Whether a version of this document was ever read."""
        table = schema.documents
        return self._connection.scalar(select(table.c.id).where(table.c.id == document_id)) is not None

    def name(self, identity: str, document_id: str) -> None:
        """Let `identity` name a document; a name that is taken stays with the document that has it."""
        statement = upsert(schema.addresses).values(identity=identity, document_id=document_id)
        self._connection.execute(statement.on_conflict_do_nothing())

    def keep(
        self,
        document_id: str,
        capture: Capture,
        role: str,
        reading: Reading,
        *,
        portal: str,
        external_id: str | None = None,
        shown: Reading | None = None,
    ) -> tuple[Literal["new", "changed", "unchanged"], int]:
        """Add a capture with what was read from it: what that means for the document, and the number of its version.

        A reading that says the same as the current version makes no new one. `shown`: the reading as it is to be kept, where
        that leaves out what repeats on the portal's pages; what a page says is judged by all of it.
        """
        table = schema.documents
        row = self._connection.execute(select(table).where(table.c.id == document_id)).first()
        at = _utc(capture.fetched_at)
        digest = content_digest(reading)
        values = {"url": capture.url, "state": "live", "last_captured_at": at, "published": _published(reading)}
        if row is None:
            fixed = {"id": document_id, "portal": portal, "external_id": external_id, "first_captured_at": at, "current": 1}
            self._connection.execute(insert(table).values(**fixed, **values))
            self.capture(capture, role, document_id)
            self._version(document_id, 1, capture, digest, shown or reading)
            self._changed(document_id)
            return "new", 1
        self.capture(capture, role, document_id)
        if self._current_digest(document_id, row.current) == digest:
            self.seen(document_id, capture.fetched_at, url=capture.url)
            return "unchanged", row.current
        number = row.current + 1
        self._version(document_id, number, capture, digest, shown or reading)
        self._connection.execute(update(table).where(table.c.id == document_id).values(current=number, **values))
        self._changed(document_id)
        return "changed", number

    def repeats(self, portal: str, layout: str) -> Repeats:
        """What repeats on the pages of a portal that have this layout."""
        return Repeats(self._connection, portal, layout)

    def seen(self, document_id: str, at: datetime, *, url: str | None = None) -> int:
        """Note that a document's page was there at `at`, unchanged. Returns the number of its current version."""
        table = schema.documents
        row = self._connection.execute(select(table).where(table.c.id == document_id)).one()
        values = {"last_captured_at": _utc(at), "state": "live", "url": url or row.url}
        self._connection.execute(update(table).where(table.c.id == document_id).values(**values))
        if row.state != "live" or values["url"] != row.url:
            self._changed(document_id)
        return int(row.current)

    def removed(self, document_id: str) -> bool:
        """Note that a document's page is gone from its portal; false where that was known."""
        table = schema.documents
        statement = update(table).where(table.c.id == document_id, table.c.state != "removed").values(state="removed")
        if self._connection.execute(statement).rowcount == 0:
            return False
        self._changed(document_id)
        return True

    def terms(self, portal: str, capture: Capture, document_id: str, shown: ReuseTerms | None) -> None:
        """Note which reuse terms a page of `portal` shows; a change of them is an event. See `archive.terms`."""
        terms.note(self._connection, portal, capture, document_id, shown)

    def failed(self, portal: str | None, url: str, code: str, error: str, at: datetime | None = None) -> None:
        """Note what did not get in, why, and when (None: now). A failure that comes again is noted once, with its last time."""
        table = schema.failures
        values = {"portal": portal, "error": error, "at": _utc(at or datetime.now(UTC))}
        again = update(table).where(table.c.url == url, table.c.code == code).values(**values)
        if self._connection.execute(again).rowcount == 0:
            self._connection.execute(insert(table).values(url=url, code=code, **values))

    def _changed(self, document_id: str) -> None:
        self._connection.execute(insert(schema.changes).values(document_id=document_id))

    def _current_digest(self, document_id: str, number: int) -> str | None:
        table = schema.versions
        return self._connection.scalar(select(table.c.digest).where(table.c.document_id == document_id, table.c.number == number))

    def _version(self, document_id: str, number: int, capture: Capture, digest: str, reading: Reading) -> None:
        published, issued = reading.published, reading.issued
        row = {
            "document_id": document_id,
            "number": number,
            "capture_id": capture.id,
            "captured_at": _utc(capture.fetched_at),
            "digest": digest,
            "title": reading.title,
            "text": reading.text,
            "html": reading.html,
            "summary": reading.summary,
            "byline": reading.byline,
            "published": published.value if published else None,
            "published_precision": published.precision if published else None,
            "published_raw": published.raw if published else None,
            "category": reading.category,
            "number_text": reading.number,
            "kind": reading.kind,
            "issuer": reading.issuer,
            "attachments": json.dumps([asdict(link) for link in reading.attachments], ensure_ascii=False),
            "issued": issued.value if issued else None,
            "issued_precision": issued.precision if issued else None,
            "issued_raw": issued.raw if issued else None,
            "place": reading.place,
            "signer": reading.signer,
            "signer_office": reading.signer_office,
            "source": reading.source,
            "bases": json.dumps([asdict(basis) for basis in reading.bases], ensure_ascii=False),
            "mentions": json.dumps([asdict(mention) for mention in reading.mentions], ensure_ascii=False),
            "language": reading.language,
            "platform": reading.platform,
            "reuse": self._reuse(reading.reuse) if reading.reuse else None,
        }
        self._connection.execute(insert(schema.versions).values(row))
        fields: list[Mapping[str, object]] = [
            {"document_id": document_id, "version": number, "place": place, **asdict(origin)}
            for place, origin in enumerate(reading.fields)
        ]
        if fields:
            self._connection.execute(insert(schema.fields), fields)

    def _reuse(self, terms: ReuseTerms) -> str:
        text = json.dumps(asdict(terms), ensure_ascii=False, sort_keys=True)
        digest = sha256(text.encode()).hexdigest()
        self._connection.execute(upsert(schema.reuse_terms).values(digest=digest, terms=text).on_conflict_do_nothing())
        return digest


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _published(reading: Reading) -> str | None:
    return reading.published.value if reading.published else None
