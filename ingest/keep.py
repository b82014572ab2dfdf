"""Bytes first, then meaning: a capture goes to the WARC file and is durable before anybody reads it.

`Keeper.keep` does both for what was just fetched; `Keeper.replay` does the second half again for what the files hold, after a
crash and for a rebuild. Both go through `understand` and `record`, so both come to the same ids, addresses and versions.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from archive.catalog import Catalog
from archive.errors import Damaged
from archive.identity import document_id
from archive.ledger import Ledger
from archive.records import Capture, Exchange, Outcome, Reading
from archive.warc import Entry, WarcStore, WarcWriter
from ingest import rows
from ingest.errors import IngestError
from ingest.parse import read
from ingest.portal import Portal, portal_of

DOCUMENT, LIST, FEED, ROBOTS, ROW = "document", "list", "feed", "robots", "row"
PERMANENT = frozenset({301, 308})
GONE = frozenset({404, 410})
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Understood:
    """A capture and what could be read from it: a reading, or the error that says why not, or neither."""

    capture: Capture
    role: str
    portal: Portal
    identity: str
    reading: Reading | None = None
    error: IngestError | None = None
    external_id: str | None = None


class SideExchanges:
    """Keeps what the gate fetches on its own account: robots.txt, which says what we were allowed to do."""

    def __init__(self, keeper: Keeper, portals: Sequence[Portal]) -> None:
        self._keeper = keeper
        self._portals = portals

    def keep(self, exchange: Exchange) -> None:
        """Keep one exchange under the portal of its host."""
        host = urlsplit(exchange.url).hostname or ""
        self._keeper.keep([exchange], portal_of(self._portals, exchange.url) or passing_portal(host), ROBOTS)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many captures were gone through again, and which records could not be read."""

    captures: int
    damaged: tuple[Damaged, ...] = ()


def passing_portal(host: str, name: str | None = None) -> Portal:
    """A portal for pages of a host that no file declares (`--allow-host`)."""
    return Portal(name=name or host, title=name or host, host=host, base_url=f"https://{host}/", lists=())


class Keeper:
    """Keeps captures and records what they mean. One keeper a process; `writer` is its alone."""

    def __init__(self, writer: WarcWriter, store: WarcStore, catalog: Catalog, portals: Sequence[Portal]) -> None:
        self._writer = writer
        self._store = store
        self._catalog = catalog
        self._portals = portals

    def keep(self, exchanges: Sequence[Exchange], portal: Portal, role: str) -> Outcome:
        """Keep the hops of one fetch, then record them; the outcome is that of the last hop.

        Raises CannotKeep (nothing was kept), CatalogueBusy (kept; recorded by the next `catch_up`).
        """
        captures = [
            self._writer.exchange(exchange, role=role, portal=portal.name, same_as=self._catalog.last_payload(exchange.url))
            for exchange in exchanges
        ]
        durable = self._writer.sync()
        understood = [self._understand(capture, role, portal) for capture in captures]
        with self._catalog.ledger() as ledger:
            outcomes = [record(ledger, each) for each in understood]
            if durable:
                ledger.read_to(*durable)
        return outcomes[-1]

    def keep_rows(self, batch: Sequence[rows.Row], portal_name: str) -> list[Outcome]:
        """Keep imported rows as resource records, made durable together, then record them in one transaction."""
        captures = [
            self._writer.resource(
                row.url, row.as_json(), content_type="application/json", role=ROW, portal=row.portal or portal_name
            )
            for row in batch
        ]
        durable = self._writer.sync()
        understood = [_understand_row(row, capture, self._portal(capture)) for row, capture in zip(batch, captures, strict=True)]
        with self._catalog.ledger() as ledger:
            outcomes = [record(ledger, each) for each in understood]
            if durable:
                ledger.read_to(*durable)
        return outcomes

    def catch_up(self) -> Replayed:
        """Record the captures that the files hold and the catalogue does not: a crash came between the two."""
        known = self._catalog.read_to()
        behind = {
            path.name: known.get(path.name, 0)
            for path in self._store.files()
            if path.stat().st_size > known.get(path.name, 0) and not self._store.is_being_written(path.name)
        }
        return self.replay(behind)

    def replay(self, files: Mapping[str, int], progress: Callable[[int], None] = lambda _: None) -> Replayed:
        """Record the captures of `files` from the given bytes on, in the order they were made.

        A record that cannot be read costs that record only.
        """
        count = 0
        damaged: list[Damaged] = []
        batch: list[tuple[Entry, Understood | None]] = []
        for entry in _in_order([_readable(self._store, file, start, damaged) for file, start in files.items()]):
            try:
                batch.append((entry, self._understand_entry(entry)))
            except Damaged as error:
                damaged.append(error)
                continue
            count += entry.capture is not None
            if len(batch) >= _BATCH:
                self._record_batch(batch)
                progress(count)
                batch = []
        self._record_batch(batch)
        return Replayed(count, tuple(damaged))

    def _record_batch(self, batch: list[tuple[Entry, Understood | None]]) -> None:
        if not batch:
            return
        with self._catalog.ledger() as ledger:
            for entry, understood in batch:
                if understood and not ledger.has_capture(understood.capture.id):
                    record(ledger, understood)
                ledger.read_to(entry.file, entry.end)

    def _understand_entry(self, entry: Entry) -> Understood | None:
        if entry.capture is None:
            return None
        return self._understand(entry.capture, entry.role, self._portal(entry.capture))

    def _portal(self, capture: Capture) -> Portal:
        named = next((portal for portal in self._portals if portal.name == capture.portal), None)
        host = urlsplit(capture.url).hostname or "import"
        return named or portal_of(self._portals, capture.url) or passing_portal(host, capture.portal)

    def _understand(self, capture: Capture, role: str, portal: Portal) -> Understood:
        """Read what is to be read. A page that was read before, byte for byte, is not read again."""
        if role == ROW:
            payload = self._store.payload(capture)
            return _understand_row(rows.Row.from_json(json.loads(payload.body)), capture, portal)
        identity = portal.identity_of(capture.url)
        if role != DOCUMENT or capture.status != 200 or capture.kind == "revisit":
            return Understood(capture, role, portal, identity)
        payload = self._store.payload(capture)
        try:
            reading = read(payload.body, capture.url, payload.content_type, portal)
        except IngestError as error:
            return Understood(capture, role, portal, identity, error=error)
        return Understood(capture, role, portal, identity, reading=reading)


def _understand_row(row: rows.Row, capture: Capture, portal: Portal) -> Understood:
    return Understood(capture, ROW, portal, row.identity(portal), reading=row.reading(portal), external_id=row.id)


def _readable(store: WarcStore, file: str, start: int, damaged: list[Damaged]) -> Iterator[Entry]:
    """The records of one file, those that cannot be read left out and noted in `damaged`."""
    at: int | None = start
    while at is not None:
        try:
            yield from store.entries(file, at)
            at = None
        except Damaged as error:
            damaged.append(error)
            at = error.resume


def _in_order(files: Iterable[Iterator[Entry]]) -> Iterator[Entry]:
    """The records of several files by the time of their captures; what has no time follows what stands before it."""
    return (entry for _, _, entry in heapq.merge(*(_dated(entries) for entries in files), key=lambda dated: dated[:2]))


def _dated(entries: Iterator[Entry]) -> Iterator[tuple[float, str, Entry]]:
    at = 0.0
    for entry in entries:
        if entry.capture:
            at = max(at, entry.capture.fetched_at.timestamp())
        yield at, entry.file, entry


def record(ledger: Ledger, understood: Understood) -> Outcome:
    """Write what a capture means into the catalogue. The decision depends on the capture and the catalogue alone."""
    capture, portal, role = understood.capture, understood.portal, understood.role
    ledger.portal(portal.name, portal.host, portal.title)
    if role in (LIST, FEED):
        ledger.crawled(portal.name, capture.fetched_at)
    if role not in (DOCUMENT, ROW):
        ledger.capture(capture, role, None)
        return _outcome(capture, "kept") if capture.status in (200, 304) else _failed(ledger, understood, _http(capture))
    known = ledger.document_of(understood.identity) or document_id(understood.identity)
    if understood.reading is not None:
        state, number = ledger.keep(
            known, capture, role, understood.reading, portal=portal.name, external_id=understood.external_id
        )
        ledger.name(understood.identity, known)
        return Outcome(capture.url, state, document=known, version=number, capture=capture.id)
    return _record_unread(ledger, understood, known if ledger.exists(known) else None)


def _record_unread(ledger: Ledger, understood: Understood, known: str | None) -> Outcome:
    capture = understood.capture
    ledger.capture(capture, understood.role, known)
    if understood.error is not None:
        return _failed(ledger, understood, (understood.error.code, str(understood.error)))
    if capture.status in PERMANENT and capture.location and understood.portal.owns(capture.location):
        _moved(ledger, understood.identity, understood.portal.identity_of(capture.location))
        return _outcome(capture, "moved", known)
    if capture.status in GONE and known:
        ledger.removed(known)
        return _outcome(capture, "removed", known)
    if capture.kind == "revisit" and known:
        number = ledger.seen(known, capture.fetched_at, url=capture.url)
        return Outcome(capture.url, "unchanged", document=known, version=number, capture=capture.id)
    if capture.kind == "revisit":
        return _failed(ledger, understood, ("not_read", "the same bytes as before, which could not be read"))
    return _failed(ledger, understood, _http(capture))


def _moved(ledger: Ledger, old: str, new: str) -> None:
    """Both identities name one document from now on: the one that is known, else the one the new address gives."""
    old_id, new_id = ledger.document_of(old), ledger.document_of(new)
    id = old_id or new_id or document_id(new)
    ledger.name(old, id)
    ledger.name(new, id)


def _http(capture: Capture) -> tuple[str, str]:
    return f"http_{capture.status}", f"{capture.url}: the server answered {capture.status}"


def _failed(ledger: Ledger, understood: Understood, why: tuple[str, str]) -> Outcome:
    code, message = why
    ledger.failed(understood.portal.name, understood.capture.url, code, message)
    return Outcome(understood.capture.url, "failed", capture=understood.capture.id, error=message)


def _outcome(capture: Capture, outcome: Literal["kept", "moved", "removed"], document: str | None = None) -> Outcome:
    return Outcome(capture.url, outcome, document=document, capture=capture.id)
