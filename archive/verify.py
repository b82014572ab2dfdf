"""Proof that nothing changed: every record read again, every digest computed again, every capture found where it should be."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.catalog import Catalog
from archive.errors import Damaged
from archive.warc import WarcStore


@dataclass(frozen=True, slots=True)
class Bad:
    """One place where the archive is not what was kept."""

    file: str
    offset: int
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many records were read, how many are what they were, and those that are not."""

    checked: int
    good: int
    bad: tuple[Bad, ...]


def verify(store: WarcStore, catalog: Catalog, progress: Callable[[int], None] = lambda _: None) -> Verified:
    """Read every record of every file. A capture that the catalogue knows and no file holds is bad too."""
    checked = 0
    bad: list[Bad] = []
    found: set[str] = set()
    for path in store.files():
        for id, problem in _records(store, path):
            checked += 1
            found.add(id)
            if problem:
                bad.append(problem)
            if checked % 200 == 0:
                progress(checked)
    at_fault = {(problem.file, problem.offset) for problem in bad}
    for id, file, offset in catalog.capture_locations():
        if id not in found and (file, offset) not in at_fault:
            bad.append(Bad(file, offset, f"capture {id} is in the catalogue, but this file does not hold it"))
    return Verified(checked, checked - sum(1 for problem in bad if not problem.why.startswith("capture ")), tuple(bad))


def _records(store: WarcStore, path: Path) -> Iterator[tuple[str, Bad | None]]:
    """(record id, what is wrong with it) of one file; a broken record is passed over and the next whole one read."""
    at: int | None = 0
    while at is not None:
        try:
            for entry in store.entries(path.name, at):
                problem = _check(path, entry.offset, entry.end - entry.offset)
                yield entry.capture.id if entry.capture else "", Bad(path.name, entry.offset, problem) if problem else None
            at = None
        except Damaged as error:
            yield "", Bad(path.name, error.offset, error.why)
            at = error.resume


def _check(path: Path, offset: int, length: int) -> str:
    """What is wrong with the record there; empty for nothing."""
    with path.open("rb") as stream:
        stream.seek(offset)
        try:
            record = next(iter(WARCIterator(io.BytesIO(stream.read(length)), check_digests=True)))
            while record.raw_stream.read(1 << 20):
                pass
        except (ArchiveLoadFailed, StopIteration, EOFError, ValueError) as error:
            return f"not a readable record ({error})"
    if record.rec_type == "revisit" or record.digest_checker.passed is True:
        return ""
    return "; ".join(record.digest_checker.problems) or "the record bears no digest"
