"""The files that documents link to or that were handed in, and their pages: what the catalogue knows of them.

Reads only. Which address holds which file is written by `attached`, readings, corrections and hand-ins by `filing`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from archive import schema
from archive.correcting import corrected
from archive.database import Database
from archive.errors import NotFound
from archive.file_readings import from_plain, unpacked
from archive.pages import AttachedFile, AttachedText, Correction, Entry, FileState, KeptFile, KeptPage, Page, UnsurePage
from archive.records import AttachmentLink, Capture
from archive.stored import capture_of

MAX_HOPS = 5
_AT_ONCE = 400


class Files:
    """Reads about files; get them from `Catalog.files()`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def attachments_of(self, document_id: str) -> tuple[AttachedFile, ...]:
        """The attachments of a document's current version, in its order."""
        with self._database.reading() as connection:
            return tuple(_attached(connection, [document_id]).get(document_id, ()))

    def file(self, digest: str) -> KeptFile:
        """The file with this SHA-256. Raises NotFound."""
        with self._database.reading() as connection:
            found = _files(connection, [digest])
        if digest not in found:
            raise NotFound("file", digest)
        return found[digest]

    def capture_of(self, digest: str) -> Capture:
        """The first capture that holds the file. Raises NotFound."""
        captures, files = schema.captures, schema.files
        query = select(captures).join(files, files.c.capture_id == captures.c.id).where(files.c.digest == digest)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("file", digest)
        return capture_of(row)

    def page(self, digest: str, n: int) -> KeptPage:
        """Page `n` of a file, corrections in force. Raises NotFound."""
        table = schema.pages
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.digest == digest, table.c.n == n)).first()
            if row is None:
                raise NotFound("page", f"{digest}/{n}")
            return KeptPage(digest, _shown(row), unpacked(row.page), _corrections(connection, digest, f"page/{n}"))

    def pages(self, digest: str, *, after: int = 0, limit: int | None = None) -> Iterator[Page]:
        """The pages of a file as they are to be shown, in order; those after page `after`, `limit` of them."""
        table = schema.pages
        query = select(table).where(table.c.digest == digest, table.c.n > after).order_by(table.c.n).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        yield from map(_shown, rows)

    def texts(self, digest: str) -> tuple[tuple[int, str], ...]:
        """Number and text of each page of a file, corrections in force, in order."""
        table = schema.pages
        query = select(table.c.n, func.coalesce(table.c.corrected, table.c.text)).where(table.c.digest == digest)
        with self._database.reading() as connection:
            return tuple((int(n), str(text)) for n, text in connection.execute(query.order_by(table.c.n)))

    def corrections(self, digest: str) -> tuple[Correction, ...]:
        """All corrections of a file, oldest first."""
        with self._database.reading() as connection:
            return _corrections(connection, digest)

    def documents_of(self, digest: str) -> tuple[str, ...]:
        """Ids of the documents whose attachments' addresses hold this file."""
        table = schema.attachments
        with self._database.reading() as connection:
            urls = urls_holding(connection, digest)
            query = select(table.c.document_id).where(table.c.url.in_(urls)).distinct()
            return tuple(connection.scalars(query.order_by(table.c.document_id)))

    def entry(self, document_id: str) -> Entry | None:
        """What an archivist said of a file that he handed in; None for a document that came from a portal."""
        table = schema.entries
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.document_id == document_id)).first()
        return None if row is None else Entry(row.digest, row.name, json.loads(row.facts), row.by, _time(row.at))

    def waiting(self, limit: int) -> tuple[str, ...]:
        """Digests of files that were not read yet, in the order they came in."""
        files, captures = schema.files, schema.captures
        query = select(files.c.digest).join(captures, captures.c.id == files.c.capture_id).where(files.c.state == "waiting")
        with self._database.reading() as connection:
            return tuple(connection.scalars(query.order_by(captures.c.seq).limit(limit)))

    def in_state(self, state: FileState, limit: int) -> tuple[int, tuple[KeptFile, ...]]:
        """How many files are in this state, and those of them that came in last."""
        files, captures = schema.files, schema.captures
        query = select(files).join(captures, captures.c.id == files.c.capture_id).where(files.c.state == state)
        with self._database.reading() as connection:
            count = connection.scalar(select(func.count()).select_from(files).where(files.c.state == state)) or 0
            return count, tuple(map(_file, connection.execute(query.order_by(captures.c.seq.desc()).limit(limit))))

    def unsure(self, limit: int) -> tuple[int, tuple[UnsurePage, ...]]:
        """How many pages hold words that their reader was not sure of and that nobody corrected; those with most of them."""
        files, pages = schema.files, schema.pages
        open_ones = (pages.c.unsure > 0) & pages.c.corrected.is_(None)
        query = (
            select(pages.c.digest, files.c.name, pages.c.n, pages.c.unsure)
            .join(files, files.c.digest == pages.c.digest)
            .where(open_ones)
            .order_by(pages.c.unsure.desc(), pages.c.digest, pages.c.n)
        )
        with self._database.reading() as connection:
            count = connection.scalar(select(func.count()).select_from(pages).where(open_ones)) or 0
            return count, tuple(UnsurePage(*row) for row in connection.execute(query.limit(limit)))

    def texts_of(self, document_ids: Sequence[str]) -> Mapping[str, tuple[AttachedText, ...]]:
        """What the attachments of these documents' current versions say, each file once a document; for the index."""
        with self._database.reading() as connection:
            texts: dict[str, tuple[AttachedText, ...]] = {}
            for start in range(0, len(document_ids), _AT_ONCE):
                for id, attached in _attached(connection, document_ids[start : start + _AT_ONCE]).items():
                    texts[id] = tuple(_texts(connection, attached))
            return texts


def urls_holding(connection: Connection, digest: str) -> list[str]:
    """The addresses that hold a file, those that lead to them included."""
    table = schema.file_addresses
    urls = list(connection.scalars(select(table.c.url).where(table.c.digest == digest)))
    found = dict.fromkeys(urls)
    for _ in range(MAX_HOPS):
        urls = [url for url in connection.scalars(select(table.c.url).where(table.c.leads_to.in_(urls))) if url not in found]
        found |= dict.fromkeys(urls)
    return list(found)


def held_at(connection: Connection, urls: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """Of each address that is known: the digest of the file it holds, or why it holds none. Redirects are followed."""
    table = schema.file_addresses
    rows: dict[str, Any] = {}
    asked = list(dict.fromkeys(urls))
    for _ in range(MAX_HOPS + 1):
        missing = [url for url in asked if url not in rows]
        if not missing:
            break
        rows |= {row.url: row for row in connection.execute(select(table).where(table.c.url.in_(missing)))}
        asked = [row.leads_to for row in rows.values() if row.leads_to]
    return {url: _end(rows, url) for url in urls if url in rows}


def _end(rows: Mapping[str, Any], url: str) -> tuple[str | None, str | None]:
    for _ in range(MAX_HOPS + 1):
        row = rows.get(url)
        if row is None:
            return None, None
        if row.digest or row.failed or not row.leads_to:
            return row.digest, row.failed
        url = row.leads_to
    return None, "redirects"


def _attached(connection: Connection, document_ids: Sequence[str]) -> dict[str, list[AttachedFile]]:
    documents, versions = schema.documents, schema.versions
    query = (
        select(versions.c.document_id, versions.c.attachments)
        .join(documents, (documents.c.id == versions.c.document_id) & (documents.c.current == versions.c.number))
        .where(documents.c.id.in_(list(document_ids)), versions.c.attachments != "[]")
    )
    links = {
        row.document_id: [AttachmentLink(**each) for each in json.loads(row.attachments)] for row in connection.execute(query)
    }
    held = held_at(connection, [link.url for each in links.values() for link in each])
    files = _files(connection, [digest for digest, _ in held.values() if digest])
    return {
        id: [
            AttachedFile(link, files.get(digest or ""), failed)
            for link in each
            for digest, failed in (held.get(link.url, (None, None)),)
        ]
        for id, each in links.items()
    }


def _files(connection: Connection, digests: Sequence[str]) -> dict[str, KeptFile]:
    table = schema.files
    return {row.digest: _file(row) for row in connection.execute(select(table).where(table.c.digest.in_(list(digests))))}


def _file(row: Row[Any]) -> KeptFile:
    return KeptFile(
        digest=row.digest,
        size=row.size,
        capture_id=row.capture_id,
        name=row.name,
        state=row.state,
        page_count=row.page_count,
        reading=from_plain(json.loads(row.reading)) if row.reading else None,
        read_at=_time(row.read_at) if row.read_at else None,
    )


def _shown(row: Row[Any]) -> Page:
    page = unpacked(row.page)
    return page if row.corrected is None else corrected(page, row.corrected)


def _corrections(connection: Connection, digest: str, field: str | None = None) -> tuple[Correction, ...]:
    table = schema.corrections
    query = select(table).where(table.c.digest == digest).order_by(table.c.seq)
    if field is not None:
        query = query.where(table.c.field == field)
    return tuple(
        Correction(row.digest, row.field, row.value, row.before, row.by, row.reason, _time(row.at))
        for row in connection.execute(query)
    )


def _texts(connection: Connection, attached: Sequence[AttachedFile]) -> Iterator[AttachedText]:
    table = schema.pages
    named = {each.file.digest: each for each in reversed(attached) if each.file is not None}
    by_digest: dict[str, list[tuple[int, str]]] = defaultdict(list)
    query = select(table.c.digest, table.c.n, table.c.text, table.c.corrected).where(table.c.digest.in_(list(named)))
    for row in connection.execute(query.order_by(table.c.digest, table.c.n)):
        by_digest[row.digest].append((row.n, row.text if row.corrected is None else row.corrected))
    for digest in dict.fromkeys(each.file.digest for each in attached if each.file is not None):
        if pages := by_digest.get(digest):
            each = named[digest]
            reading = each.file.reading if each.file else None
            numbers = tuple(fact.value for fact in reading.facts if fact.name == "number") if reading else ()
            yield AttachedText(digest, each.link.title, tuple(pages), numbers)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
