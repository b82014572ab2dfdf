"""Every kept page read again with today's readers, by several processes: what would be read otherwise, and how.

Nothing is written here. `Rereader` compares in each process, `read_again` hands out the work in the order of the WARC files and
counts; who wants the result in force is handed the re-readings in batches. Only the capture that a document's current version
was read from is read again, and those captures that no document could be read from.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal, Self

from archive.catalog import Catalog
from archive.errors import Damaged
from archive.identity import document_id
from archive.processes import end_with_parent
from archive.rates import Fared
from archive.records import Document, Reading
from archive.rereading import Rereading
from archive.rereads import Page, Standing, newest_last
from archive.versions import content_digest
from archive.warc import WarcStore
from ingest import repeats
from ingest.keep import DOCUMENT, GONE, REDIRECTS, Reader, leads_on, portal_for
from ingest.portal import Portal
from ingest.shifts import Shift, says_otherwise, shifts

Verdict = Literal["same", "differs", "readable", "unreadable", "damaged"]
_CHUNK = 50
_WORTH_PROCESSES = 200
_READER = ("archive/dates.py", "archive/numbers.py", "ingest")


@dataclass(frozen=True, slots=True)
class Compared:
    """What reading one page again came to."""

    verdict: Verdict
    portal: str
    document_id: str | None
    url: str
    shifts: tuple[Shift, ...] = ()
    error: str | None = None
    made: Rereading | None = None
    """What would have to be kept, if anything."""
    fared: tuple[Fared, ...] = ()
    """How other captures of the page are read: one that another layout had to read when it came, those that nothing could."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the pages are and what reads them; small enough to be sent to other processes."""

    warc: Path
    catalog: Path
    portals: tuple[Portal, ...]


@cache
def reader_mark() -> str:
    """A digest of the code that reads: 12 hex digits that differ where another reader read."""
    root = Path(__file__).parent.parent
    files = [file for name in _READER for file in sorted([root / name] if name.endswith(".py") else (root / name).rglob("*.py"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _Read:
    """What one page is read as today, or why not."""

    reading: Reading | None
    digest: str
    """Of all that the page says."""
    error: str | None = None

    @property
    def told(self) -> Reading:
        """The reading, where there is one."""
        assert self.reading is not None
        return self.reading


class Rereader:
    """Reads pages again and compares, in one process."""

    def __init__(self, source: Source) -> None:
        self._catalog = Catalog(source.catalog)
        self._portals = source.portals
        self._reader = Reader(WarcStore(source.warc, self._catalog.capture), source.portals)

    def close(self) -> None:
        """Close the catalogue."""
        self._catalog.close()

    def known(self, pages: Sequence[Page]) -> list[Compared]:
        """Compare the pages that current versions were read from, in the order in which they stand in the files."""
        ids = [str(page.capture.document_id) for page in pages]
        documents, standing = self._catalog.documents(ids), self._catalog.rereads().standing(ids)
        ordered = sorted(pages, key=lambda page: (page.capture.file, page.capture.offset))
        return [self._compare(page, documents[id], standing[id]) for page in ordered if (id := str(page.capture.document_id))]

    def _compare(self, page: Page, document: Document, standing: Standing) -> Compared:
        kept = document.version
        facts = (document.portal, document.id, page.capture.url)
        try:
            now = self._read(page)
            later = self._later(page, standing)
        except Damaged as error:
            return Compared("damaged", *facts, error=str(error))
        fared = () if later else self._later_rate(page, document, standing)
        if later is not None and (now.reading is None or later[1].digest != now.digest):
            made = self._made(document, standing, later[0], later[1], self._highest(document) + 1)
            return Compared("readable", *facts, shifts(kept.reading, later[1].told), made=made)
        if now.reading is None:
            # A rebuild with this reader would lose the document: what is known of it is written down as it is.
            written = standing.reread >= self._highest(document)
            return Compared(
                "unreadable", *facts, error=now.error, made=None if written else self._as_it_is(page, document, standing)
            )
        if now.reading == kept.reading and now.digest == kept.digest:
            readable = self._readable_by_now(standing)
            # A rebuild with this reader would number the versions otherwise, or change the text of an earlier one.
            changes = bool(readable) or self._reads_others_otherwise(document, standing)
            made_again = self._as_it_is(page, document, standing) if changes else None
            return Compared("same", *facts, made=made_again, fared=(*fared, *readable))
        number = self._highest(document) + 1 if says_otherwise(kept.reading, now.reading) else kept.number
        made = self._made(document, standing, page, now, number)
        return Compared("differs", *facts, shifts(kept.reading, now.reading), made=made, fared=fared)

    def _as_it_is(self, page: Page, document: Document, standing: Standing) -> Rereading:
        """What is known of a document, to be written down word for word."""
        kept = document.version
        return self._made(document, standing, page, _Read(kept.reading, kept.digest), kept.number)

    def _readable_by_now(self, standing: Standing) -> tuple[Fared, ...]:
        """How those captures are read today that no document could be read from when they came."""
        read = [(each, self._read_if_whole(each)) for each in standing.unread]
        return tuple(Fared.of(each.capture.id, reading.told) for each, reading in read if reading and reading.reading)

    def _reads_others_otherwise(self, document: Document, standing: Standing) -> bool:
        """Whether a version that is not the current one, and was not written down by a re-reading, is read otherwise today."""
        if document.versions == 1 or standing.reread >= self._highest(document):
            return False
        for version in self._catalog.versions(document.id):
            if version.number <= standing.reread or version.number == document.version.number:
                continue
            capture, role = self._catalog.rereads().capture(version.capture_id)
            now = self._read_if_whole(Page(0, capture, role))
            if now is not None and (now.reading, now.digest) != (version.reading, version.digest):
                return True
        return False

    def _read_if_whole(self, page: Page) -> _Read | None:
        try:
            return self._read(page)
        except Damaged:
            return None

    def _highest(self, document: Document) -> int:
        """The highest number of its versions, which an older capture that was imported late may have."""
        if document.versions == 1:
            return document.version.number
        return max(each.number for each in self._catalog.versions(document.id))

    def _read(self, page: Page) -> _Read:
        """A page as it would be kept today: without what repeats on the pages of its portal."""
        understood = self._reader.understand(page.capture, page.role, again=True)
        if understood.reading is None:
            return _Read(None, "", str(understood.error))
        whole, blocks = understood.reading, repeats.digests_of(understood.reading)
        if page.role != DOCUMENT:
            return _Read(whole, content_digest(whole))
        repeating = self._catalog.repeating(understood.portal.name, whole.platform, blocks)
        return _Read(repeats.without(whole, repeating), content_digest(whole))

    def _later(self, page: Page, standing: Standing) -> tuple[Page, _Read] | None:
        """The newest of the captures after `page` that could not be read when they came, and can be now."""
        for each in standing.unread:
            if newest_last(each) <= newest_last(page):
                return None
            if (read := self._read(each)).reading is not None:
                return each, read
        return None

    def _later_rate(self, page: Page, document: Document, standing: Standing) -> tuple[Fared, ...]:
        """How the newest capture is read by now, if another layout read it than the one that read the current version."""
        newest = standing.newest
        if (
            newest is None
            or newest_last(newest) <= newest_last(page)
            or standing.newest_platform == document.version.reading.platform
        ):
            return ()
        reading = self._read(newest).reading
        return (Fared.of(newest.capture.id, reading),) if reading and reading.platform != standing.newest_platform else ()

    def _made(self, document: Document, standing: Standing, page: Page, read: _Read, number: int) -> Rereading:
        kept = document.version
        alone = kept.number in (1, standing.reread) and kept.number == self._highest(document)
        first = min(kept.number, standing.reread)
        before = [kept] if alone else [each for each in self._catalog.versions(document.id) if each.number >= first]
        at, state_at = page.capture.fetched_at, datetime.fromisoformat(standing.state_at)
        last = page.capture.id != kept.capture_id and at >= document.last_captured_at
        there = last and at >= state_at
        return Rereading(
            document_id=document.id,
            identities=standing.identities,
            portal=document.portal,
            url=page.capture.url if last else document.url,
            external_id=document.external_id,
            state="live" if there else document.state,
            first_captured_at=document.first_captured_at,
            last_captured_at=max(document.last_captured_at, at),
            state_at=max(at, state_at) if there else state_at,
            captures=standing.captures,
            before=tuple(before),
            capture_id=page.capture.id,
            number=number,
            reading=read.told,
            digest=read.digest,
            reread=page.capture.id == kept.capture_id,
            reader=reader_mark(),
        )

    def unknown(self, groups: Sequence[Sequence[Page]]) -> list[Compared]:
        """Read again what no document could be read from; a group holds the captures of one announcement, newest first."""
        found = (self._first_readable(group) for group in groups)
        return [each for each in found if each is not None]

    def _first_readable(self, group: Sequence[Page]) -> Compared | None:
        for page in group:
            portal = portal_for(self._portals, page.capture)
            facts = (portal.name, None, page.capture.url)
            try:
                read = self._read(page)
            except Damaged as error:
                return Compared("damaged", *facts, error=str(error))
            if read.reading is not None:
                made = self._found(group, page, read, portal)
                return Compared("readable", made.portal, made.document_id, made.url, made=made) if made else None
        return None

    def _found(self, group: Sequence[Page], page: Page, read: _Read, portal: Portal) -> Rereading | None:
        """The document that comes to be; None where it is here already, from a later capture."""
        identity = portal.identity_of(page.capture.url)
        id, identities = self._catalog.rereads().named(identity)
        id = id or document_id(identity)
        if self._catalog.documents([id]):
            return None
        captures = self._catalog.rereads().unshown_at(sorted({each.capture.url for each in group}))
        there = [each.fetched_at for each in captures if each.status in (200, 304)]
        last = max(captures, key=lambda each: each.fetched_at)
        gone = last.status in GONE or (last.status in REDIRECTS and not leads_on(portal, last))
        return Rereading(
            document_id=id,
            identities=identities or (identity,),
            portal=portal.name,
            url=page.capture.url,
            external_id=None,
            state="removed" if gone else "live",
            first_captured_at=min(there),
            last_captured_at=max(there),
            state_at=last.fetched_at if gone else max(there),
            captures=tuple(each.id for each in captures),
            before=(),
            capture_id=page.capture.id,
            number=1,
            reading=read.told,
            digest=read.digest,
            reread=False,
            reader=reader_mark(),
        )


@dataclass(frozen=True, slots=True)
class _Task:
    """A piece of work: pages of known documents, or groups of captures that show none."""

    pages: tuple[Page, ...] = ()
    groups: tuple[tuple[Page, ...], ...] = ()
    keep: bool = True

    def parts(self) -> list[_Task]:
        """One task a page or group."""
        return [replace(self, pages=(page,), groups=()) for page in self.pages] + [
            replace(self, pages=(), groups=(group,)) for group in self.groups
        ]

    def run(self, rereader: Rereader) -> list[Compared]:
        done = [*rereader.known(self.pages), *rereader.unknown(self.groups)]
        return done if self.keep else [replace(each, made=None, fared=()) for each in done]


_here: Rereader | None = None


def _begin(source: Source) -> None:
    global _here  # one a process, made once: a pool hands its processes no other place to keep it
    end_with_parent()
    _here = Rereader(source)


def _run(task: _Task) -> list[Compared]:
    assert _here is not None
    return task.run(_here)


class Readers(AbstractContextManager["Readers"]):
    """The processes that read. Work is handed out a few pieces ahead, and comes back in its order."""

    def __init__(self, source: Source, processes: int) -> None:
        self._source = source
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._alone: Rereader | None = None

    def __enter__(self) -> Self:
        if self._processes > 1:
            self._pool = self._start(self._processes)
        else:
            self._alone = Rereader(self._source)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        if self._alone is not None:
            self._alone.close()

    def _start(self, processes: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (self._source,))

    def results(self, tasks: Iterator[_Task]) -> Iterator[list[Compared]]:
        """What the tasks come to, in their order."""
        if self._alone is not None:
            yield from (task.run(self._alone) for task in tasks)
            return
        ahead: deque[tuple[_Task, Future[list[Compared]] | None]] = deque()
        for task in tasks:
            ahead.append((task, self._submit(task)))
            if len(ahead) > 2 * self._processes:
                yield self._result(*ahead.popleft())
        while ahead:
            yield self._result(*ahead.popleft())

    def _submit(self, task: _Task) -> Future[list[Compared]] | None:
        assert self._pool is not None
        try:
            return self._pool.submit(_run, task)
        except BrokenProcessPool:
            return None

    def _result(self, task: _Task, future: Future[list[Compared]] | None) -> list[Compared]:
        try:
            if future is not None:
                return future.result()
        except BrokenProcessPool:
            pass
        return [each for part in task.parts() for each in self._carefully(part)]

    def _carefully(self, part: _Task) -> list[Compared]:
        """Read one page in a process of its own: a page that ends the process costs that page only."""
        try:
            with self._start(1) as one:
                done = one.submit(_run, part).result()
        except BrokenProcessPool:
            page = part.pages[0] if part.pages else part.groups[0][0]
            why = f"{page.capture.url}: the process that read it ended (capture {page.capture.id})"
            portal = portal_for(self._source.portals, page.capture).name
            done = [Compared("unreadable", portal, page.capture.document_id, page.capture.url, error=why)]
        return done


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a re-reading is."""

    done: int
    all: int


Put = Callable[[Sequence[Rereading], Sequence[Fared]], Sequence[bool]]
"""Keeps re-readings and says of each whether it was still timely; notes how other captures are read by now."""


@dataclass(slots=True)
class _Batch:
    """Re-readings on their way to where they are put into force."""

    put: Put
    size: int
    waiting: list[Rereading] = field(default_factory=list)
    fared: list[Fared] = field(default_factory=list)
    applied: int = 0
    outdated: int = 0

    def add(self, compared: Compared) -> None:
        self.waiting += [compared.made] if compared.made else []
        self.fared += compared.fared
        if len(self.waiting) + len(self.fared) >= self.size:
            self.flush()

    def flush(self) -> None:
        if self.waiting or self.fared:
            put = self.put(self.waiting, self.fared)
            self.applied += sum(put)
            self.outdated += len(put) - sum(put)
            self.waiting, self.fared = [], []


def read_again(
    source: Source,
    catalog: Catalog,
    *,
    portal: str | None = None,
    put: Put | None = None,
    batch: int = 200,
    processes: int | None = None,
    seen: Callable[[Compared], None] = lambda compared: None,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> tuple[int, int]:
    """Read all pages of `portal` (None: of all portals) again, and hand what comes of each to `seen`.

    `put` is handed what to keep, in batches; without it nothing is kept. Returns how many were put into force and how many were
    outdated.
    """
    everything = catalog.rereads().count(portal)
    if processes is None:
        processes = (os.cpu_count() or 1) if everything >= _WORTH_PROCESSES else 1
    batches = _Batch(put or (lambda made, fared: []), batch)
    done = 0
    with Readers(source, processes) as readers:
        for results in readers.results(_tasks(catalog, source.portals, portal, keep=put is not None)):
            for compared in results:
                seen(compared)
                batches.add(compared)
            done += len(results)
            progress(Progress(done, max(done, everything)))
    batches.flush()
    return batches.applied, batches.outdated


def _tasks(catalog: Catalog, portals: Sequence[Portal], portal: str | None, *, keep: bool) -> Iterator[_Task]:
    reads, after = catalog.rereads(), 0
    while pages := reads.pages(portal, after, _CHUNK):
        after = pages[-1].place
        yield _Task(pages=pages, keep=keep)
    groups = _groups(reads.unread(), portals, portal)
    for start in range(0, len(groups), _CHUNK):
        yield _Task(groups=groups[start : start + _CHUNK], keep=keep)


def _groups(pages: Sequence[Page], portals: Sequence[Portal], name: str | None) -> tuple[tuple[Page, ...], ...]:
    """What could not be read, by announcement, newest capture first."""
    grouped: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        portal = portal_for(portals, page.capture)
        if page.role == DOCUMENT and name in (None, portal.name):
            grouped[portal.identity_of(page.capture.url)].append(page)
    return tuple(tuple(sorted(group, key=newest_last, reverse=True)) for group in grouped.values())
