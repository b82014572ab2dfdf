"""Proof that nothing changed: every record read again, every digest computed again, every capture found where it should be."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.catalog import Catalog
from archive.errors import Damaged
from archive.records import Capture
from archive.warc import WarcStore, digest_problem


@dataclass(frozen=True, slots=True)
class Bad:
    """One place where the archive is not what was kept."""

    file: str
    offset: int
    why: str
    record: bool = field(default=False, repr=False)
    """Whether a record stands there that was read, or should have been."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How many records were read, how many are what they were, and those that are not."""

    checked: int
    good: int
    bad: tuple[Bad, ...]


def verify(store: WarcStore, catalog: Catalog, progress: Callable[[int], None] = lambda _: None) -> Verified:
    """Read every record of every file, and compare what stands where with the catalogue.

    A record that agrees with itself is not enough: it must be the one that the catalogue knows, in its place.
    """
    checked = 0
    bad: list[Bad] = []
    files = {path.name: path for path in store.files()}
    for path in files.values():
        known = catalog.captures_in(path.name)
        damaged = False
        for bound, problem in _records(store, path, known):
            checked += bound
            damaged = damaged or problem is not None
            bad += [problem] if problem else []
            if checked % 200 == 0:
                progress(checked)
        if not damaged:
            bad += [Bad(path.name, each.offset, f"no record here, where capture {each.id} was kept") for each in known.values()]
    for name in catalog.read_to():
        if name not in files:
            bad.append(Bad(name, 0, f"the whole file is missing, with {len(catalog.captures_in(name))} captures"))
    return Verified(checked, checked - sum(1 for each in bad if each.record), tuple(bad))


def _records(store: WarcStore, path: Path, known: dict[str, Capture]) -> Iterator[tuple[int, Bad | None]]:
    """For each record of one file (1, what is wrong with it); what was met is taken out of `known`.

    A broken record is passed over, and the next one that is known to be whole is read.
    """
    at: int | None = 0
    while at is not None:
        try:
            for entry in store.entries(path.name, at):
                why = _check(path, entry.offset, entry.end - entry.offset)
                if entry.capture and not why:
                    why = _compare(entry.capture, known)
                if entry.capture:
                    known.pop(entry.capture.id, None)
                yield 1, Bad(path.name, entry.offset, why, record=True) if why else None
            at = None
        except Damaged as error:
            lost = sum(1 for each in known.values() if error.offset <= each.offset < (error.resume or each.offset + 1))
            note = f" ({lost} captures with it)" if lost else ""
            yield 1, Bad(path.name, error.offset, f"{error.why}{note}", record=True)
            at = error.resume


def _compare(found: Capture, known: dict[str, Capture]) -> str:
    """How a capture differs from the one that the catalogue knows by its id; empty for not at all."""
    kept = known.get(found.id)
    if kept is None:
        return "the catalogue does not know this capture; `tangthu rebuild` reads the files again"
    same = (found.offset, found.length, found.digest, found.url, found.fetched_at)
    if same != (kept.offset, kept.length, kept.digest, kept.url, kept.fetched_at):
        return f"not capture {found.id} as it was kept: its place, digest, address or time differs from the catalogue"
    return ""


def _check(path: Path, offset: int, length: int) -> str:
    """What is wrong with the record there by its own digests; empty for nothing."""
    with path.open("rb") as stream:
        stream.seek(offset)
        try:
            record = next(iter(WARCIterator(io.BytesIO(stream.read(length)), no_record_parse=True)))
            return digest_problem(record, record.raw_stream.read())
        except (ArchiveLoadFailed, StopIteration, EOFError, ValueError, zlib.error) as error:
            return f"not a readable record ({error})"
