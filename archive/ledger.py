"""What one transaction writes into the catalogue. Every change of a document gets the next change number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import origins, schema, terms
from archive.rates import Fared
from archive.records import Capture, Origin, Reading, ReuseTerms, Version
from archive.repeats import Repeats
from archive.rereading import Rereading
from archive.stored import capture_of
from archive.versions import content_digest

_Short = tuple[int, str]
"""Number and digest of a version."""


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
        says: Callable[[Capture, str], str | None] = lambda before, role: None,
    ) -> tuple[Literal["new", "changed", "unchanged"], int]:
        """Add a capture with what was read from it: what that means for the document, and the number of its version.

        The current version is that of the newest capture, whatever the order in which captures come in; numbers follow that
        order, because they are permanent addresses. A reading that says the same as the version in force when it was captured
        (or, for one that comes late, as the one that followed) makes no new one. Where it does not, the reader may have changed
        and not the page: `says` gives the content digest of what today's reader reads from the current version's own capture
        (given with its role), and where that agrees, nothing changed. `shown`: the reading as it is to be kept, where that leaves
        out what repeats on the portal's pages; what a page says is judged by all of it.
        """
        table = schema.documents
        row = self._connection.execute(select(table).where(table.c.id == document_id)).first()
        at = _utc(capture.fetched_at)
        digest = content_digest(reading)
        if row is None:
            values = {"url": capture.url, "state": "live", "published": _published(reading), "external_id": external_id}
            times = dict.fromkeys(("first_captured_at", "last_captured_at", "state_at"), at)
            self._connection.execute(insert(table).values(id=document_id, portal=portal, current=1, **values, **times))
            self.capture(capture, role, document_id)
            self.fared(Fared.of(capture.id, shown or reading))
            self._version(Version(document_id, 1, capture.id, capture.fetched_at, digest, shown or reading))
            self._changed(document_id)
            return "new", 1
        self.capture(capture, role, document_id)
        self.fared(Fared.of(capture.id, shown or reading))
        if (known := self._version_saying(row, capture, digest, says)) is not None:
            self.seen(document_id, capture.fetched_at, url=capture.url)
            return "unchanged", known
        number = self._highest(document_id) + 1
        self._version(Version(document_id, number, capture.id, capture.fetched_at, digest, shown or reading))
        if at >= row.last_captured_at:
            latest = update(table).where(table.c.id == document_id).values(current=number, published=_published(reading))
            self._connection.execute(latest)
        self._see(row, at, capture.url)
        self._changed(document_id)
        return "changed", number

    def repeats_unread(self, capture: Capture, document_id: str) -> bool:
        """Whether a revisit repeats a page that could not be read: one captured after the document was last seen."""
        captures, documents = schema.captures, schema.documents
        query = select(captures.c.seq).where(
            captures.c.id == capture.refers_to,
            captures.c.fetched_at > select(documents.c.last_captured_at).where(documents.c.id == document_id).scalar_subquery(),
        )
        return capture.refers_to is not None and self._connection.scalar(query) is not None

    def unread(self, capture_id: str, code: str) -> None:
        """Note that no document could be read from a capture."""
        self._connection.execute(insert(schema.unread).values(capture_id=capture_id, code=code))

    def captured(self, id: str) -> tuple[Capture, str]:
        """The capture `id`, which is here, and its role."""
        row = self._connection.execute(select(schema.captures).where(schema.captures.c.id == id)).one()
        return capture_of(row), str(row.role)

    def is_timely(self, made: Rereading) -> bool:
        """Whether the catalogue still holds what a re-reading says was there before: neither captured nor read again since."""
        highest = self._highest(made.document_id)
        return highest == max((version.number for version in made.before), default=0) and not self._came_after(made)

    def reread(self, made: Rereading) -> None:
        """Put a timely re-reading into force: a version more, or other origins for the current one."""
        if not made.before:
            self.restore(made)
            return
        self._put_document(made)
        self._version(self._made_version(made))
        self.fared(Fared.of(made.capture_id, made.reading))
        if made.number not in {version.number for version in made.before}:
            self._changed(made.document_id)

    def restore(self, made: Rereading) -> bool:
        """Bring a document into the state that a re-reading left it in, whoever read its captures since; false, and nothing is
        written, where it was captured again in between.
        """
        if self._came_after(made):
            return False
        known = {version.capture_id for version in made.before} | {made.capture_id}
        here = set(self._connection.scalars(select(schema.captures.c.id).where(schema.captures.c.id.in_(known))))
        if made.capture_id not in here:
            return False
        was = self._state(made.document_id)
        self._put_document(made)
        self._put_names(made)
        self._put_versions(made, here)
        self.fared(Fared.of(made.capture_id, made.reading))
        if self._state(made.document_id) != was:
            self._changed(made.document_id)
        return True

    def _put_versions(self, made: Rereading, here: set[str]) -> None:
        """The versions of a re-reading in the place of those that are there; what was read from a lost capture stays lost."""
        versions = [version for version in made.before if version.number != made.number and version.capture_id in here]
        first = min((version.number for version in made.before), default=1)
        told = [version.number for version in versions] + [made.number]
        number = schema.versions.c.number
        self._forget_versions(made.document_id, (number >= first) & number.not_in(told))
        for version in versions:
            self._version(version)
        self._version(self._made_version(made))

    def fared(self, fared: Fared) -> None:
        """Note how a capture was read last; one that could not be read before is no longer among those."""
        self._connection.execute(delete(schema.unread).where(schema.unread.c.capture_id == fared.capture_id))
        row = {"platform": fared.platform, "length": fared.length, "confidence": json.dumps(fared.confidence)}
        statement = upsert(schema.rates).values(capture_id=fared.capture_id, **row)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["capture_id"], set_=row))

    def _came_after(self, made: Rereading) -> bool:
        """Whether the document was captured since."""
        table = schema.captures
        last = select(func.max(table.c.seq)).where(table.c.id.in_(made.captures)).scalar_subquery()
        later = select(table.c.seq).where(table.c.document_id == made.document_id, table.c.seq > last)
        return self._connection.scalar(later.limit(1)) is not None

    def _state(self, document_id: str) -> tuple[object, ...] | None:
        """What the index would have to follow, where it changes."""
        table, versions = schema.documents, schema.versions
        query = (
            select(table.c.current, table.c.state, table.c.url, versions.c.digest)
            .join(versions, (versions.c.document_id == table.c.id) & (versions.c.number == table.c.current))
            .where(table.c.id == document_id)
        )
        row = self._connection.execute(query).first()
        return tuple(row) if row else None

    def _put_document(self, made: Rereading) -> None:
        table = schema.documents
        row = {
            "portal": made.portal,
            "url": made.url,
            "external_id": made.external_id,
            "state": made.state,
            "first_captured_at": _utc(made.first_captured_at),
            "last_captured_at": _utc(made.last_captured_at),
            "state_at": _utc(made.state_at),
            "current": made.number,
            "published": _published(made.reading),
        }
        statement = upsert(table).values(id=made.document_id, **row)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
        noted = {"number": max([made.number, *(each.number for each in made.before)]), "reader": made.reader}
        statement = upsert(schema.rereadings).values(document_id=made.document_id, **noted)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=noted))

    def _put_names(self, made: Rereading) -> None:
        """Identities and captures of a document, as a re-reading says them."""
        captures = schema.captures
        for identity in made.identities:
            statement = upsert(schema.addresses).values(identity=identity, document_id=made.document_id)
            called = {"document_id": made.document_id}
            self._connection.execute(statement.on_conflict_do_update(index_elements=["identity"], set_=called))
        shown = captures.c.document_id == made.document_id
        self._connection.execute(update(captures).where(shown, captures.c.id.not_in(made.captures)).values(document_id=None))
        mine = captures.c.id.in_(made.captures)
        self._connection.execute(update(captures).where(mine).values(document_id=made.document_id))

    def _made_version(self, made: Rereading) -> Version:
        table = schema.captures
        at = self._connection.scalar(select(table.c.fetched_at).where(table.c.id == made.capture_id))
        before = next((version for version in made.before if version.number == made.number), None)
        reread = before.reread if before else made.reread
        when = datetime.fromisoformat(str(at))
        return Version(made.document_id, made.number, made.capture_id, when, made.digest, made.reading, reread)

    def repeats(self, portal: str, layout: str) -> Repeats:
        """What repeats on the pages of a portal that have this layout."""
        return Repeats(self._connection, portal, layout)

    def seen(self, document_id: str, at: datetime, *, url: str | None = None) -> int:
        """Note that a document's page was there at `at`, unchanged. Returns the number of the version in force then."""
        table = schema.documents
        row = self._connection.execute(select(table).where(table.c.id == document_id)).one()
        self._see(row, _utc(at), url or row.url)
        now = self._connection.execute(select(table).where(table.c.id == document_id)).one()
        if (now.state, now.url) != (row.state, row.url):
            self._changed(document_id)
        if _utc(at) >= row.last_captured_at:
            return int(row.current)
        before, after = self._neighbours(document_id, _utc(at), self._numbered(document_id, row.current))
        in_force = before or after
        return in_force[0] if in_force else int(row.current)

    def removed(self, document_id: str, at: datetime | None = None) -> bool:
        """Note that a document's page was gone at `at`, or by now; false where that, or something newer, was known."""
        table = schema.documents
        row = self._connection.execute(select(table).where(table.c.id == document_id)).one()
        gone_at = _utc(at) if at else str(row.state_at)
        if gone_at < row.state_at:
            return False
        values = {"state": "removed", "state_at": gone_at}
        self._connection.execute(update(table).where(table.c.id == document_id).values(**values))
        if row.state == "removed":
            return False
        self._changed(document_id)
        return True

    def is_newest(self, document_id: str, at: datetime) -> bool:
        """Whether nothing newer than `at` is known of a document's page."""
        table = schema.documents
        known = self._connection.scalar(select(table.c.state_at).where(table.c.id == document_id))
        return known is None or _utc(at) >= known

    def origin(self, capture_id: str, origin: Origin) -> None:
        """Note where an imported capture came from."""
        origins.add(self._connection, capture_id, origin)

    def imported(self, note: Mapping[str, Any]) -> None:
        """Note what a metadata record tells of an import."""
        origins.note(self._connection, note)

    def terms(self, portal: str, capture: Capture, document_id: str, shown: ReuseTerms | None) -> None:
        """Note which reuse terms a page of `portal` shows; a change of them is an event. See `archive.terms`."""
        terms.note(self._connection, portal, capture, document_id, shown)

    def terms_changed_after(self, portal: str, at: datetime) -> bool:
        """Whether a change of the portal's reuse terms is known from a page captured later than `at`."""
        table = schema.events
        query = select(table.c.at).where(table.c.portal == portal, table.c.kind.like("reuse_%")).order_by(table.c.seq.desc())
        known = self._connection.scalar(query.limit(1))
        return known is not None and _utc(at) < known

    def failed(self, portal: str | None, url: str, code: str, error: str, at: datetime | None = None) -> None:
        """Note what did not get in, why, and when (None: now). A failure that comes again is noted once, with its last time."""
        table = schema.failures
        values = {"portal": portal, "error": error, "at": _utc(at or datetime.now(UTC))}
        again = update(table).where(table.c.url == url, table.c.code == code).values(**values)
        if self._connection.execute(again).rowcount == 0:
            self._connection.execute(insert(table).values(url=url, code=code, **values))

    def _changed(self, document_id: str) -> None:
        self._connection.execute(insert(schema.changes).values(document_id=document_id))

    def _see(self, row: Row[tuple[object, ...]], at: str, url: str) -> None:
        """Note that the page of the document in `row` was there at `at`: what is newer than that stays."""
        values: dict[str, str] = {"first_captured_at": min(row.first_captured_at, at)}
        if at >= row.last_captured_at:
            values |= {"last_captured_at": at, "url": url}
        if at >= row.state_at:
            values |= {"state_at": at, "state": "live"}
        table = schema.documents
        self._connection.execute(update(table).where(table.c.id == row.id).values(**values))

    def _version_saying(
        self, row: Row[Any], capture: Capture, digest: str, says: Callable[[Capture, str], str | None]
    ) -> int | None:
        """The number of the version beside a capture in time that says the same."""
        at = _utc(capture.fetched_at)
        current = self._numbered(row.id, row.current)
        if at >= row.last_captured_at:
            return row.current if current is None or self._says_the_same(row.id, current, capture, digest, says) else None
        beside = [each for each in self._neighbours(row.id, at, current) if each is not None]
        return next((each[0] for each in beside if self._says_the_same(row.id, each, capture, digest, says)), None)

    def _says_the_same(
        self, document_id: str, version: _Short, capture: Capture, digest: str, says: Callable[[Capture, str], str | None]
    ) -> bool:
        if version[1] == digest:
            return True
        read_from = self._current(document_id, version[0])
        if read_from is None:
            return False
        before, role = self.captured(read_from[1])
        return before.digest == capture.digest or says(before, role) == digest

    def _neighbours(self, document_id: str, at: str, last: _Short | None = None) -> tuple[_Short | None, _Short | None]:
        """The version in force at `at`, and the next one; `last` where none follows."""
        table = schema.versions
        query = select(table.c.number, table.c.digest).where(table.c.document_id == document_id)
        earlier = query.where(table.c.captured_at <= at).order_by(table.c.captured_at.desc(), table.c.number.desc())
        later = query.where(table.c.captured_at > at).order_by(table.c.captured_at, table.c.number)
        before, after = (_short(self._connection.execute(each.limit(1)).first()) for each in (earlier, later))
        return before, after or last

    def _numbered(self, document_id: str, number: int) -> _Short | None:
        table = schema.versions
        query = select(table.c.number, table.c.digest).where(table.c.document_id == document_id, table.c.number == number)
        return _short(self._connection.execute(query).first())

    def _highest(self, document_id: str) -> int:
        table = schema.versions
        return self._connection.scalar(select(func.max(table.c.number)).where(table.c.document_id == document_id)) or 0

    def _current(self, document_id: str, number: int) -> tuple[str, str] | None:
        """Digest and capture of a version."""
        table = schema.versions
        query = select(table.c.digest, table.c.capture_id).where(table.c.document_id == document_id, table.c.number == number)
        row = self._connection.execute(query).first()
        return (row.digest, row.capture_id) if row else None

    def _version(self, version: Version) -> None:
        """Write a version, in the place of what has its number. Nothing is written where that is the same."""
        row, origins = self._version_row(version), _origin_rows(version)
        if self._current(version.document_id, version.number) is not None:
            if self._holds(row, origins):
                return
            self._forget_versions(version.document_id, schema.versions.c.number == version.number)
        self._connection.execute(insert(schema.versions).values(row))
        if origins:
            self._connection.execute(insert(schema.fields), origins)

    def _holds(self, row: Mapping[str, object], origins: Sequence[Mapping[str, object]]) -> bool:
        versions, fields = schema.versions, schema.fields
        at = (versions.c.document_id == row["document_id"], versions.c.number == row["number"])
        kept = self._connection.execute(select(versions).where(*at)).mappings().first()
        if kept is None or dict(kept) != row:
            return False
        query = select(fields).where(fields.c.document_id == row["document_id"], fields.c.version == row["number"])
        return [dict(each) for each in self._connection.execute(query.order_by(fields.c.place)).mappings()] == origins

    def _forget_versions(self, document_id: str, which: ColumnElement[bool]) -> None:
        versions, fields = schema.versions, schema.fields
        numbers = select(versions.c.number).where(versions.c.document_id == document_id, which)
        self._connection.execute(delete(fields).where(fields.c.document_id == document_id, fields.c.version.in_(numbers)))
        self._connection.execute(delete(versions).where(versions.c.document_id == document_id, which))

    def _version_row(self, version: Version) -> dict[str, object]:
        reading = version.reading
        published, issued = reading.published, reading.issued
        return {
            "document_id": version.document_id,
            "number": version.number,
            "capture_id": version.capture_id,
            "captured_at": _utc(version.captured_at),
            "digest": version.digest,
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
            "reread": version.reread,
            "platform": reading.platform,
            "reuse": self._reuse(reading.reuse) if reading.reuse else None,
        }

    def _reuse(self, terms: ReuseTerms) -> str:
        text = json.dumps(asdict(terms), ensure_ascii=False, sort_keys=True)
        digest = sha256(text.encode()).hexdigest()
        self._connection.execute(upsert(schema.reuse_terms).values(digest=digest, terms=text).on_conflict_do_nothing())
        return digest


def _origin_rows(version: Version) -> list[Mapping[str, object]]:
    return [
        {"document_id": version.document_id, "version": version.number, "name": origin.name, "place": place}
        | {"origin": origin.origin, "confidence": origin.confidence, "raw": origin.raw}
        for place, origin in enumerate(version.reading.fields)
    ]


def _short(row: Any) -> _Short | None:
    return (row[0], row[1]) if row else None


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _published(reading: Reading) -> str | None:
    return reading.published.value if reading.published else None
