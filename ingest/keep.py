"""Bytes first, then meaning: a capture goes to the WARC file and is durable before anybody reads it.

`Keeper.keep` does both for what was just fetched; `Keeper.replay` does the second half again for what the files hold, after a
crash and for a rebuild. Both go through `Reader.understand` and `record`, so both come to the same ids, addresses and versions.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from threading import RLock
from typing import Literal
from urllib.parse import urlsplit

from archive import origins
from archive.catalog import Catalog
from archive.errors import CannotKeep, Damaged
from archive.identity import document_id
from archive.ledger import Ledger
from archive.origins import IMPORT
from archive.rates import Fared
from archive.records import ASTRAY, POSTED, Brought, Capture, Exchange, Origin, Outcome, Payload, Reading
from archive.rereading import Rereading, from_json, to_json
from archive.versions import content_digest
from archive.warc import READING, Entry, WarcStore, WarcWriter, Written
from ingest import repeats, rows
from ingest.errors import IngestError, NotReadable
from ingest.imports.mhtml import page_in
from ingest.parse import read
from ingest.portal import Portal, portal_of
from ingest.replaying import in_order, readable

DOCUMENT, LIST, FEED, ROBOTS, ROW = "document", "list", "feed", "robots", "row"
"""What a capture was made for."""
SITEMAP = "sitemap"
OTHER = "other"
"""What an import brought along, and is nobody's document."""
PERMANENT = frozenset({301, 308})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_HOPS = 10
GONE = frozenset({404, 410})
MISSING = frozenset({"soft_404"})
"""Codes of pages that say, though the server answered 200, that the announcement is gone."""
_BATCH = 200
_log = logging.getLogger(__name__)


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
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A capture that an import brings, what it is kept as and under which portal's name, and the capture that it repeats."""

    brought: Brought
    role: str
    portal: str
    same_as: Capture | None = None


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
    """A portal that no file declares: a host that is let through (`--allow-host`), or a name that imported rows give.

    Under a name of its own it owns no host, so that its documents' identities keep theirs.
    """
    name = name or host
    return Portal(name=name, title=name, host=name, base_url=f"https://{host}/", lists=())


def portal_for(portals: Sequence[Portal], capture: Capture) -> Portal:
    """The portal of a capture: the one that owns its address, else the one it was made for, if it is none of the others'."""
    owner = portal_of(portals, capture.url)
    if owner is not None:
        return owner
    named = next((portal for portal in portals if portal.name == capture.portal), None)
    host = urlsplit(capture.url).hostname
    if named is not None and host is None:
        return named
    name = capture.portal if named is None else None
    return passing_portal(host or "import", name)


class Reader:
    """Reads captures that are kept, with today's readers. Writes nothing."""

    def __init__(self, store: WarcStore, portals: Sequence[Portal]) -> None:
        self._store = store
        self._portals = portals

    def understand(
        self,
        capture: Capture,
        role: str,
        portal: Portal | None = None,
        origin: Origin | None = None,
        *,
        again: bool = False,
    ) -> Understood:
        """Read what is to be read; `portal` is the one it was made for, if that is known. Raises Damaged.

        A page that was read before, byte for byte, is not read, unless `again` asks for it; one that an import says to be the
        same as another is, for that may be the page of another address, or not the newest.
        """
        portal = portal or portal_for(self._portals, capture)
        if role == ROW:
            row = rows.Row.from_json(json.loads(self._store.payload(capture).body))
            understood = Understood(capture, role, portal, row.identity(portal), external_id=row.id, origin=origin)
            return _with_reading(understood, partial(row.reading, portal))
        understood = Understood(capture, role, portal, portal.identity_of(capture.url), origin=origin)
        holds_page = capture.status == 200 or (capture.status is None and capture.kind != "response")
        repeats_another = capture.kind == "revisit" and origin is None and not again
        if role != DOCUMENT or not holds_page or repeats_another:
            return understood
        payload = self._store.payload(capture)
        body, content_type = page_in(payload.body, payload.content_type)
        return _with_reading(understood, partial(read, body, capture.url, content_type, portal, capture.fetched_at))


class Keeper:
    """Keeps captures and records what they mean. One keeper a process, for all its threads; `writer` is its alone.

    Keeping takes turns: the disk and the catalogue take one capture after the other in any case, and a thread that waits for its
    host's delay has time. Measured in `bench/crawling.py`.
    """

    def __init__(self, writer: WarcWriter, store: WarcStore, catalog: Catalog, portals: Sequence[Portal]) -> None:
        self._writer = writer
        self._store = store
        self._catalog = catalog
        self._portals = portals
        self._reader = Reader(store, portals)
        self._turn = RLock()
        self._closed = False

    def close(self) -> None:
        """Keep nothing more: a thread that was left behind must not write into files that others have by now."""
        with self._turn:
            self._closed = True

    def payload(self, capture: Capture) -> Payload:
        """What a capture holds. Raises Damaged."""
        return self._store.payload(capture)

    def repeatable(self, url: str) -> Capture | None:
        """The newest page captured at `url`, if its bytes can still be read: only then may a capture refer to it."""
        before = self._catalog.last_payload(url)
        try:
            if before is not None:
                self._store.payload(before)
        except Damaged:
            return None
        return before

    def keep(self, exchanges: Sequence[Exchange], portal: Portal, role: str) -> Outcome:
        """Keep the hops of one fetch, then record them; the outcome is that of the last hop that shows what was asked for.

        Raises CannotKeep (nothing was kept), CatalogueBusy (kept; recorded by the next `catch_up`).
        """
        with self._turn:
            if self._closed:
                raise CannotKeep("this command has ended; what it still fetched was not kept")
            return self._keep(exchanges, portal, role)

    def _keep(self, exchanges: Sequence[Exchange], portal: Portal, role: str) -> Outcome:
        with self._writer.whole():
            captures = self._append(exchanges, portal, role)
            durable = self._writer.sync()
        understood = [self._reader.understand(capture, each, portal) for capture, each in captures]
        outcomes = self._record(understood, durable)
        shown = [outcome for outcome, (_, each) in zip(outcomes, captures, strict=True) if each != ASTRAY]
        return (shown or outcomes)[-1]

    def _append(self, exchanges: Sequence[Exchange], portal: Portal, role: str) -> list[tuple[Capture, str]]:
        captures: list[tuple[Capture, str]] = []
        for exchange in exchanges:
            posted = exchange.request.startswith(b"POST ")
            # The answer to a form is none to its address: neither repeats the other.
            same_as = None if posted else self.repeatable(exchange.url)
            made_for = POSTED if posted else role
            capture = self._writer.exchange(exchange, role=made_for, portal=portal.name, same_as=same_as)
            captures.append((capture, made_for))
            if role == DOCUMENT and capture.status in REDIRECTS and not leads_on(portal, capture):
                role = ASTRAY
        return captures

    def keep_rows(self, batch: Sequence[rows.Row], portal_name: str) -> list[Outcome]:
        """Keep imported rows as resource records, made durable together, then record them in one transaction."""
        captures = [
            self._writer.resource(
                row.url, row.as_json(), content_type="application/json", role=ROW, portal=row.portal or portal_name
            )
            for row in batch
        ]
        durable = self._writer.sync()
        return self._record([self._reader.understand(capture, ROW) for capture in captures], durable)

    def bring(self, batch: Sequence[Arrival], note: Mapping[str, object] | None = None) -> list[Outcome]:
        """Keep imported captures, and what `note` tells of their import, durable together; record them in one transaction."""
        with self._turn:
            return self._bring(batch, note)

    def _bring(self, batch: Sequence[Arrival], note: Mapping[str, object] | None) -> list[Outcome]:
        with self._writer.whole():
            if note is not None:
                self._writer.note(IMPORT, note)
            captures = [
                self._writer.bring(each.brought, role=each.role, portal=each.portal, same_as=each.same_as) for each in batch
            ]
            durable = self._writer.sync()
        understood = [
            self._understand_brought(capture, each.role, each.brought.origin)
            for capture, each in zip(captures, batch, strict=True)
        ]
        return self._record(understood, durable, note)

    def _understand_brought(self, capture: Capture, role: str, origin: Origin) -> Understood:
        portal = portal_for(self._portals, capture)
        try:
            return self._reader.understand(capture, role, portal, origin)
        except Damaged as error:  # of the capture that this one repeats
            why = NotReadable("damaged", capture.url, str(error))
            return Understood(capture, role, portal, portal.identity_of(capture.url), error=why, origin=origin)

    def _record(
        self, understood: Sequence[Understood], durable: Written | None, note: Mapping[str, object] | None = None
    ) -> list[Outcome]:
        with self._catalog.ledger() as ledger:
            if note is not None:
                ledger.imported(note)
            outcomes = [record(ledger, each, self._says) for each in understood]
            if durable:
                ledger.read_to(durable.file, durable.start, durable.end)
        return outcomes

    def catch_up(self) -> Replayed:
        """Record the captures that the files hold and the catalogue does not: a crash came between the two.

        Files that another writer has open are left to it.
        """
        known = self._catalog.read_to()
        with ExitStack() as locks:
            behind = {
                path.name: known.get(path.name, 0)
                for path in self._store.files()
                if path.stat().st_size > known.get(path.name, 0) and locks.enter_context(self._store.held_still(path.name))
            }
            return self.replay(behind)

    def replay(self, files: Mapping[str, int], progress: Callable[[int], None] = lambda _: None) -> Replayed:
        """Record the captures of `files` from the given bytes on, in the order they were made.

        A record that cannot be read costs that record only.
        """
        count = 0
        damaged: list[Damaged] = []
        batch: list[tuple[Entry, Understood | Rereading | None]] = []
        postponed: list[Rereading] = []
        reached = dict(files)
        for entry in in_order({file: readable(self._store, file, start, damaged) for file, start in files.items()}):
            if _repeats(entry, batch):
                self._record_batch(batch, reached, postponed)
                batch = []
            try:
                batch.append((entry, self._understand_entry(entry)))
            except Damaged as error:
                damaged.append(error)
                batch.append((entry, None))
            count += entry.capture is not None
            if len(batch) >= _BATCH:
                self._record_batch(batch, reached, postponed)
                progress(count)
                batch = []
        self._record_batch(batch, reached, postponed)
        with self._catalog.ledger() as ledger:  # a clock that went back can put a re-reading before what it read
            for made in postponed:
                ledger.restore(made)
        return Replayed(count, tuple(damaged))

    def _record_batch(
        self,
        batch: list[tuple[Entry, Understood | Rereading | None]],
        reached: dict[str, int],
        postponed: list[Rereading],
    ) -> None:
        with self._catalog.ledger() as ledger:
            for entry, understood in batch:
                if isinstance(understood, Understood):
                    record(ledger, understood, self._says)
                elif understood and not ledger.restore(understood):
                    postponed.append(understood)
                if entry.note is not None and (told := _told(entry.note)):
                    ledger.imported(told)
                ledger.read_to(entry.file, reached[entry.file], entry.end)
                reached[entry.file] = entry.end

    def _understand_entry(self, entry: Entry) -> Understood | Rereading | None:
        if entry.capture is not None:
            return self._reader.understand(entry.capture, entry.role, origin=entry.origin)
        if entry.metadata_at is None or entry.role != READING:
            return None
        try:
            return from_json(self._store.said(entry))
        except ValueError as error:
            raise Damaged(entry.file, entry.offset, str(error)) from error

    def reread(self, batch: Sequence[Rereading], fared: Sequence[Fared] = ()) -> list[bool]:
        """Keep what was read again, then put it into force; false for what is outdated, which is not kept.

        How other captures `fared` with today's reader is noted too; a rebuild finds that out by itself.

        The caller sees to it that nobody else writes. Raises CannotKeep (nothing was kept), CatalogueBusy (kept; put into
        force by the next `catch_up`).
        """
        with self._turn, self._catalog.ledger() as ledger:
            timely = [ledger.is_timely(made) for made in batch]
            with self._writer.whole():
                for made in (made for made, good in zip(batch, timely, strict=True) if good):
                    about, _ = ledger.captured(made.capture_id)
                    body = to_json(made)
                    self._writer.metadata(about, body, content_type="application/json", role=READING, portal=made.portal)
                durable = self._writer.sync()
            for made in (made for made, good in zip(batch, timely, strict=True) if good):
                ledger.reread(made)
            outdated = {id for made, good in zip(batch, timely, strict=True) if not good for id in made.captures}
            for each in fared:
                if each.capture_id not in outdated:
                    ledger.fared(each)
            if durable:
                ledger.read_to(durable.file, durable.start, durable.end)
        return timely

    def _says(self, capture: Capture, role: str) -> str | None:
        """The content digest of what today's reader makes of a capture; None where it cannot be read."""
        try:
            reading = self._reader.understand(capture, role, again=True).reading
        except Damaged:
            return None
        return content_digest(reading) if reading else None


def _repeats(entry: Entry, batch: Sequence[tuple[Entry, Understood | Rereading | None]]) -> bool:
    """Whether `entry` is an imported revisit of a capture that stands in `batch`: it is read with that capture's bytes."""
    if entry.origin is None or entry.capture is None or entry.capture.kind != "revisit":
        return False
    return any(before.capture and before.capture.id == entry.capture.refers_to for before, _ in batch)


def _told(note: bytes) -> dict[str, object] | None:
    """What a metadata record tells of an import; None for what is no such thing, which must not stop a rebuild."""
    try:
        told = json.loads(note)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and origins.is_note(told) else None


def _with_reading(understood: Understood, reader: Callable[[], Reading]) -> Understood:
    """What the reader makes of a capture. A page that breaks the reader costs that page, not the run, nor a rebuild."""
    try:
        return replace(understood, reading=reader())
    except IngestError as error:
        return replace(understood, error=error)
    except Exception as error:  # noqa: BLE001 - the bytes are kept already, and must not stop every later replay
        _log.exception("the reader failed on %s (capture %s)", understood.capture.url, understood.capture.id)
        why = f"{understood.capture.url}: the reader failed ({type(error).__name__}); the page is kept"
        return replace(understood, error=NotReadable("reader_failed", understood.capture.url, why))


def leads_on(portal: Portal, capture: Capture) -> bool:
    """Whether a redirect of an announcement leads to an announcement: many portals send what they removed to their front page."""
    return capture.location is not None and (portal.is_article(capture.location) or not portal.is_article(capture.url))


def record(ledger: Ledger, understood: Understood, says: Callable[[Capture, str], str | None]) -> Outcome:
    """Write what a capture means into the catalogue. The decision depends on the capture, the catalogue and today's reader alone;
    `says` is asked for the content digest of an earlier capture, given with its role, where the reader may have changed since.
    """
    capture = understood.capture
    if ledger.has_capture(capture.id):  # another process caught up with it first
        known = ledger.document_of(understood.identity)
        return Outcome(capture.url, "unchanged" if known else "kept", document=known, capture=capture.id)
    outcome = _record_new(ledger, understood, says)
    if understood.origin is not None:
        ledger.origin(capture.id, understood.origin)
    return outcome


def _record_new(ledger: Ledger, understood: Understood, says: Callable[[Capture, str], str | None]) -> Outcome:
    capture, portal, role = understood.capture, understood.portal, understood.role
    ledger.portal(portal.name, portal.host, portal.title)
    if role in (LIST, FEED, SITEMAP, POSTED):
        ledger.crawled(portal.name, capture.fetched_at)
    if role not in (DOCUMENT, ROW):
        ledger.capture(capture, role, None)
        # A host without robots.txt has no rules; where the rules cannot be had, each page that is refused for it says so.
        fine = capture.status in (200, 304) or role in (ROBOTS, OTHER)
        return _outcome(capture, "kept") if fine else _failed(ledger, understood, _http(capture))
    known = ledger.document_of(understood.identity) or document_id(understood.identity)
    if understood.reading is not None:
        shown = _shown(ledger, understood, understood.reading)
        state, number = ledger.keep(
            known,
            capture,
            role,
            understood.reading,
            portal=portal.name,
            external_id=understood.external_id,
            shown=shown,
            says=says,
        )
        ledger.name(understood.identity, known)
        # What an imported page demanded before the last change of terms is no change of them.
        if role == DOCUMENT and not (understood.origin and ledger.terms_changed_after(portal.name, capture.fetched_at)):
            ledger.terms(portal.name, capture, known, understood.reading.reuse)
        if state == "new" and role == DOCUMENT:
            ledger.repeats(portal.name, understood.reading.platform).count(repeats.digests_of(understood.reading))
        return Outcome(capture.url, state, document=known, version=number, capture=capture.id)
    return _record_unread(ledger, understood, known if ledger.exists(known) else None)


def _shown(ledger: Ledger, understood: Understood, reading: Reading) -> Reading:
    """The reading as it is kept: without what repeats on the pages of its portal."""
    if understood.role != DOCUMENT:
        return reading
    repeating = ledger.repeats(understood.portal.name, reading.platform).among(repeats.digests_of(reading))
    return repeats.without(reading, repeating)


def _record_unread(ledger: Ledger, understood: Understood, known: str | None) -> Outcome:
    capture = understood.capture
    ledger.capture(capture, understood.role, known)
    missing = understood.error is not None and understood.error.code in MISSING
    if understood.error is not None and not (missing and known):
        ledger.unread(capture.id, understood.error.code)
        return _failed(ledger, understood, (understood.error.code, str(understood.error)))
    late = understood.origin and known and not ledger.is_newest(known, capture.fetched_at)
    if late and (missing or capture.status not in (200, 304)):
        return _outcome(capture, "kept", known)  # the page came back, or moved on, since: that is known already
    if missing and known:
        ledger.removed(known, capture.fetched_at)
        return _outcome(capture, "removed", known)
    if capture.status in REDIRECTS and not leads_on(understood.portal, capture):
        if known is None:
            return _failed(
                ledger, understood, ("moved_away", f"{capture.url}: leads to {capture.location}, which is no announcement")
            )
        ledger.removed(known, capture.fetched_at)
        return _outcome(capture, "removed", known)
    if capture.status in PERMANENT and capture.location and understood.portal.owns(capture.location):
        _moved(ledger, understood.identity, understood.portal.identity_of(capture.location))
        return _outcome(capture, "moved", known)
    if capture.status in GONE and known:
        ledger.removed(known, capture.fetched_at)
        return _outcome(capture, "removed", known)
    if capture.kind == "revisit" and known and not ledger.repeats_unread(capture, known):
        number = ledger.seen(known, capture.fetched_at, url=capture.url)
        return Outcome(capture.url, "unchanged", document=known, version=number, capture=capture.id)
    if capture.kind == "revisit":
        return _failed(ledger, understood, ("not_read", f"{capture.url}: the same bytes as before, which could not be read"))
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
    at = understood.origin.archived_at if understood.origin else understood.capture.fetched_at
    ledger.failed(understood.portal.name, understood.capture.url, code, message, at)
    return Outcome(understood.capture.url, "failed", capture=understood.capture.id, error=message, code=code)


def _outcome(capture: Capture, outcome: Literal["kept", "moved", "removed"], document: str | None = None) -> Outcome:
    return Outcome(capture.url, outcome, document=document, capture=capture.id)
