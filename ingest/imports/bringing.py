"""Takes what readers hand on: nothing twice, some hundreds at a time, every item counted.

A capture is known by its address and second together with the id of its original record or its payload digest; so the same
file under another name, a package that holds the same WARC, and the export of another archive bring nothing new. What is only
worth keeping when something else is here (a 404 of a document, a revisit of a payload) may stand before it: such sources are gone
through a second time for it.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive.catalog import Catalog
from archive.message import split_http
from archive.origins import bare_id
from archive.records import Brought, Capture, KnownCapture, Origin, Outcome, Said
from archive.warc import sha256, stored_url
from ingest.imports.material import UNSURE, Candidate, Item, MadeBy, Passed, Refused, Repeats, Wanted
from ingest.imports.sources import Source
from ingest.keep import DOCUMENT, Arrival, Keeper

BATCH = 200
_BATCH_BYTES = 16 << 20
_MAX_REFUSALS = 1000
_MAX_WAITING = 20_000
_MAX_HOSTS = 2000
_OTHERS = "(other hosts)"


@dataclass(slots=True)
class HostTally:
    """What came of one host."""

    captures: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    removed: int = 0
    kept: int = 0
    skipped: int = 0
    """Captures that were here already."""
    portal: str = ""
    """Name under which its captures were taken."""
    declared: bool = True
    """Whether that is a portal which a file declares."""
    unread: Counter[str] = field(default_factory=Counter)
    """Kept, but no document could be read from it, by reason."""
    passed: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """What an import came to."""

    hosts: dict[str, HostTally] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    refusals: list[Refused] = field(default_factory=list)
    """The first of them, each with its reason."""
    url_from: Counter[str] = field(default_factory=Counter)
    date_from: Counter[str] = field(default_factory=Counter)

    def of(self, host: str) -> HostTally:
        """The tally of `host`; beyond some thousand hosts they share one."""
        if host not in self.hosts and len(self.hosts) >= _MAX_HOSTS:
            host = _OTHERS
        return self.hosts.setdefault(host, HostTally())

    def refuse(self, refused: Refused) -> None:
        """Count what could not be taken."""
        self.refused[refused.code] += 1
        if len(self.refusals) < _MAX_REFUSALS:
            self.refusals.append(refused)

    def total(self, name: str) -> int:
        """The sum over all hosts of one of their counts."""
        return sum(int(getattr(each, name)) for each in self.hosts.values())

    def reasons(self) -> Counter[str]:
        """What was passed by, by reason, over all hosts."""
        return sum((each.passed for each in self.hosts.values()), Counter())


class Importer:
    """One import command. Feed it sources, then `finish`."""

    def __init__(
        self,
        catalog: Catalog,
        keeper: Keeper | None,
        wanted: Wanted,
        *,
        by: str,
        batch: int = BATCH,
        progress: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        """`keeper` None: nothing is taken, only counted (a dry run). `batch` captures are kept in one transaction."""
        self.tally = Tally()
        self.catalog = catalog
        self.keeper = keeper
        self.by = by
        self.batch = batch
        self.progress = progress
        self.taken: set[str] = set()
        """By what names what a dry run would take is asked for: see `_names`."""
        self.tried = _Here(())
        """What a dry run would have taken so far: nothing of it is in the catalogue, and it may come by again."""
        self.wanted = wanted
        self._waiting: list[_Run] = []

    def take(self, source: Source) -> None:
        """Take what `source` holds. Raises CannotKeep, CatalogueBusy: run the import again, it goes on."""
        run = _Run(self, source)
        run.over(source.items(self.wanted))
        if run.waits:
            self._waiting.append(run)

    def finish(self) -> None:
        """Go a second time through the sources that hold what was waiting for something that has come since."""
        for run in self._waiting:
            if run.has_come():
                run.second = True
                run.over(run.source.items(self.wanted))
            else:
                run.give_up_waiting()
        self._waiting.clear()

    def is_document(self, identity: str) -> bool:
        """Whether a document goes by this identity, here or in what a dry run would take."""
        return identity in self.taken or self.catalog.knows(identity)


class _Run:
    """One source on its way in."""

    def __init__(self, importer: Importer, source: Source) -> None:
        self.source = source
        self.second = False
        """Whether this is the second time through: only what was waiting is looked at, and nothing is counted twice."""
        self._importer = importer
        self._id = str(uuid.uuid4())
        self._noted = False
        self._made_by: Said = ()
        self._counts: Counter[str] = Counter()
        self._batch: list[tuple[Candidate, Capture | None]] = []
        self._bytes = 0
        self._pending: set[str] = set()  # identities, record ids and payload digests of what stands in the batch
        self._needs: set[str] = set()
        self._unmet: Counter[tuple[str, str]] = Counter()
        self._revisits = 0
        self._overflowed = False

    @property
    def waits(self) -> bool:
        """Whether something of it waits for what was not here."""
        return bool(self._unmet) or self._revisits > 0

    def has_come(self) -> bool:
        """Whether some of that may be here by now."""
        return self._overflowed or self._revisits > 0 or any(map(self._importer.is_document, self._needs))

    def give_up_waiting(self) -> None:
        """Count what waited in vain."""
        for (host, reason), count in self._unmet.items():
            self._importer.tally.of(host).passed[reason] += count

    def over(self, items: Iterable[Item]) -> None:
        """Go through the source once."""
        for item in items:
            if isinstance(item, Candidate):
                self._consider(item)
            elif isinstance(item, MadeBy):
                self._made_by = self._made_by or item.said
            elif not self.second:
                self._leave(item)
        self._flush()
        self._end()

    def _leave(self, item: Passed | Refused) -> None:
        tally = self._importer.tally
        if isinstance(item, Passed):
            tally.of(item.host).passed[item.reason] += 1
            self._counts["passed"] += 1
        else:
            tally.refuse(item)
            self._counts["refused"] += 1

    def _consider(self, candidate: Candidate) -> None:
        if candidate.repeats is not None:
            self._consider_revisit(candidate, candidate.repeats)
        elif candidate.needs:
            if any(each in self._pending or self._importer.is_document(each) for each in candidate.needs):
                self._add(candidate)
            elif self.second:
                self._leave(Passed(_host(candidate), candidate.reason))
            else:
                self._wait(candidate)
        elif not self.second:
            self._add(candidate)

    def _wait(self, candidate: Candidate) -> None:
        self._unmet[_host(candidate), candidate.reason] += 1
        if len(self._needs) < _MAX_WAITING:
            self._needs.update(candidate.needs)
        else:
            self._overflowed = True

    def _consider_revisit(self, candidate: Candidate, repeats: Repeats) -> None:
        named = {repeats.record, repeats.digest, _moment(repeats.url, repeats.at) if repeats.at else None}
        if self._pending & named:
            self._flush()
        id = self._importer.catalog.repeated(repeats.record, repeats.digest, stored_url(repeats.url), repeats.at)
        if id is not None:
            self._add(candidate, self._importer.catalog.capture(id))
        elif self._importer.keeper is None and self._importer.taken & named:
            self._add(candidate)
        elif not self.second:
            self._revisits += 1
        else:
            why = "a revisit record that repeats a capture which is neither in this file nor in this archive"
            self._leave(Refused(candidate.url, "revisit_of_nothing", why))

    def _add(self, candidate: Candidate, same_as: Capture | None = None) -> None:
        self._batch.append((candidate, same_as))
        self._bytes += len(candidate.block)
        self._pending |= _names(candidate)
        if len(self._batch) >= self._importer.batch or self._bytes >= _BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        """Take what of the batch is not here yet."""
        batch, self._batch, self._bytes, self._pending = self._batch, [], 0, set()
        fresh = self._fresh(batch)
        if fresh and self._importer.keeper is not None:
            outcomes = self._importer.keeper.bring([self._arrival(*each) for each in fresh], self._note())
            for (candidate, _), outcome in zip(fresh, outcomes, strict=True):
                self._count(candidate, outcome)
        elif fresh:
            for candidate, _ in fresh:
                self._count(candidate, None)
                self._importer.taken |= _names(candidate)
        self._importer.progress(self._importer.tally)

    def _fresh(self, batch: Sequence[tuple[Candidate, Capture | None]]) -> list[tuple[Candidate, Capture | None]]:
        here = _Here(self._importer.catalog.held_at({stored_url(each.url) for each, _ in batch}))
        tried = self._importer.tried
        fresh = []
        for candidate, same_as in batch:
            digest = same_as.digest if same_as else _digest(candidate)
            if not (here.knows(candidate, digest) or tried.knows(candidate, digest)):
                (here if self._importer.keeper else tried).add(candidate, digest)
                fresh.append((candidate, same_as))
            elif not self.second:
                self._importer.tally.of(_host(candidate)).skipped += 1
                self._counts["skipped"] += 1
        return fresh

    def _arrival(self, candidate: Candidate, same_as: Capture | None) -> Arrival:
        origin = Origin(
            imported=self._id,
            source=candidate.source,
            archived_at=datetime.now(UTC),
            source_digest=candidate.source_digest,
            record=candidate.records[0] if candidate.records else None,
            digest=candidate.digest,
            url_from=candidate.url_from,
            date_from=candidate.date_from,
        )
        brought = Brought(
            candidate.url, candidate.kind, candidate.at, candidate.block, candidate.content_type, origin, candidate.address
        )
        return Arrival(brought, candidate.role, candidate.portal.name, same_as)

    def _count(self, candidate: Candidate, outcome: Outcome | None) -> None:
        tally = self._importer.tally
        host = tally.of(_host(candidate))
        host.captures += 1
        host.portal, host.declared = candidate.portal.name, candidate.portal in self._importer.wanted.portals
        self._counts["captures"] += 1
        if candidate.url_from:
            tally.url_from[candidate.url_from] += 1
        if candidate.date_from:
            tally.date_from[candidate.date_from] += 1
        if outcome is None:
            return
        if outcome.outcome == "failed":
            host.unread[outcome.code or "not_read"] += 1
        else:
            setattr(host, outcome.outcome, getattr(host, outcome.outcome) + 1)
            self._counts[outcome.outcome] += 1

    def _note(self) -> Mapping[str, object] | None:
        """What is told of the import when its first captures come in; None later."""
        if self._noted:
            return None
        self._noted = True
        source = self.source
        about = {"source": source.name, "kind": source.kind, "digest": source.digest, "size": source.size}
        return {"import": self._id, **about, "by": self._importer.by, "began_at": _now(), "made_by": self._made_by}

    def _end(self) -> None:
        if self._noted and self._importer.keeper is not None:
            told = {"import": self._id, "ended_at": _now(), "made_by": self._made_by, "counts": dict(self._counts)}
            self._importer.keeper.bring([], told)


class _Here:
    """What is here of some addresses, and of the batch so far."""

    def __init__(self, known: Iterable[KnownCapture]) -> None:
        self._ids: set[tuple[str, str, str]] = set()
        self._moments: set[tuple[str, str, str]] = set()
        self._bytes: set[tuple[str, str]] = set()
        for each in known:
            self._add(each.url, (each.id, each.original or each.id), each.fetched_at, each.digest)

    def knows(self, candidate: Candidate, digest: str) -> bool:
        url, second = stored_url(candidate.url), _second(candidate.at)
        if any((url, second, bare_id(id)) in self._ids for id in candidate.records):
            return True  # some writers give one id to many records: the date must agree too
        if candidate.date_from == UNSURE and (url, digest) in self._bytes:
            return True  # a copied file has another time, but is the same page
        return (url, second, digest) in self._moments

    def add(self, candidate: Candidate, digest: str) -> None:
        self._add(stored_url(candidate.url), candidate.records, candidate.at, digest)

    def _add(self, url: str, ids: Iterable[str], at: datetime, digest: str) -> None:
        second = _second(at)
        self._ids |= {(url, second, bare_id(id)) for id in ids}
        self._moments.add((url, second, digest))
        self._bytes.add((url, digest))


def _names(candidate: Candidate) -> set[str]:
    """What others may ask for it by: its record's ids, its address and second, its payload digest, its document's identity."""
    names = {*candidate.records, _moment(candidate.url, candidate.at)}
    if candidate.digest:
        names.add(candidate.digest)
    if candidate.role == DOCUMENT and not candidate.needs:
        names.add(candidate.portal.identity_of(candidate.url))
    return names


def _digest(candidate: Candidate) -> str:
    """The payload digest as the writer computes it."""
    return sha256(candidate.block if candidate.kind == "resource" else split_http(candidate.block)[1])


def _host(candidate: Candidate) -> str:
    return urlsplit(candidate.url).hostname or ""


def _second(at: datetime) -> str:
    """Some tools cut a date to the second; within one, the same bytes at the same address are one capture."""
    return at.astimezone(UTC).isoformat()[:19]


def _moment(url: str, at: datetime) -> str:
    return f"{_second(at)} {url}"


def _now() -> str:
    return datetime.now(UTC).isoformat()
