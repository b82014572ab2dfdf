"""The files that an import names: what each is, its digest, and what its reader finds in it, item by item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from archive.origins import one_line
from ingest.imports import choosing, kinds
from ingest.imports.arc import arc_records
from ingest.imports.folder import Folder, Found, Given
from ingest.imports.material import Item, MadeBy, Passed, Refused, Wanted
from ingest.imports.unpacked import Unpacked
from ingest.imports.wacz import UNREADABLE, NoPackage, Package
from ingest.imports.warc import Record, Trouble, records

_MAX_NESTED = 2
_NOTHING = Given()
_READERS = {"warc": records, "arc": arc_records}


@dataclass(frozen=True, slots=True)
class Source:
    """One file that an import reads as a whole."""

    path: Path
    name: str
    """As provenance names it."""
    kind: str
    """`warc`, `arc`, `zip`, `folder`, `page`."""
    size: int | None = None
    digest: str | None = None
    """SHA-256; None for a folder."""
    given: Given = _NOTHING

    def items(self, wanted: Wanted) -> Iterator[Item]:
        """What is found in it, in its order; may be asked for again."""
        if self.kind == "folder":
            yield from _of_folder(Folder(self.path, self.given, wanted), wanted)
            return
        if self.kind == "page":
            yield from _of_folder(Folder(self.path.parent, self.given, wanted, only=self.path), wanted)
            return
        with self.path.open("rb") as stream:
            if self.kind == "zip":
                yield from _of_package(stream, self.path.stat().st_size, self, self.name, wanted)
            else:
                yield from _of_records(stream, self.kind, self, self.name, wanted)


def source_of(path: Path, kind: str, name: str, given: Given = _NOTHING) -> Source:
    """The source at `path`; a file is read once, for its digest."""
    if kind == "folder":
        return Source(path, one_line(name), kind, given=given)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Source(path, one_line(name), kind, path.stat().st_size, digest, given)


def _of_folder(folder: Folder, wanted: Wanted) -> Iterator[Item]:
    for found in folder.items():
        if not isinstance(found, Found):
            yield found
        elif found.kind == "zip" and not _is_package(found.path):
            yield Passed("", "file")
        else:
            yield from source_of(found.path, found.kind, found.name).items(wanted)


def _is_package(path: Path) -> bool:
    try:
        with path.open("rb") as stream, Package(stream, path.stat().st_size):
            return True
    except NoPackage:
        return False


def _of_records(stream: IO[bytes], kind: str, source: Source, name: str, wanted: Wanted) -> Iterator[Item]:
    for found in _READERS[kind](Unpacked(stream)):
        item = _of_found(found, name, wanted, source.digest)
        if item is not None:
            yield item


def _of_found(found: Record | Trouble, name: str, wanted: Wanted, digest: str | None) -> Item | None:
    if isinstance(found, Record):
        return choosing.of_record(found, wanted, name, digest)
    rest = "; what follows in this file was not read" if found.ends else ""
    return Refused(name, "torn" if found.ends else "broken", f"at byte {found.offset} (unpacked): {found.why}{rest}")


def _of_package(stream: IO[bytes], size: int, source: Source, name: str, wanted: Wanted, depth: int = 1) -> Iterator[Item]:
    try:
        with Package(stream, size) as package:
            yield MadeBy(package.made_by())
            for member in package.members():
                within = f"{name}!/{one_line(member.name)}"
                if member.problem:
                    yield Refused(within, "fixity", member.problem)
                else:
                    yield from _of_whole_member(package, member.name, size, source, within, wanted, depth)
    except NoPackage as error:
        yield Refused(name, "no_package", str(error))
    except OSError as error:
        yield Refused(name, "torn", f"cannot be read ({error.strerror or error})")


def _of_whole_member(
    package: Package, member: str, size: int, source: Source, name: str, wanted: Wanted, depth: int
) -> Iterator[Item]:
    """What a member holds, as far as it can be unpacked: one that cannot costs itself only."""
    try:
        yield from _of_member(package, member, size, source, name, wanted, depth)
    except UNREADABLE as error:
        yield Refused(name, "torn", f"it cannot be unpacked ({error})")


def _of_member(package: Package, member: str, size: int, source: Source, name: str, wanted: Wanted, depth: int) -> Iterator[Item]:
    with package.open(member) as head:
        kind = kinds.kind_of(head.read(kinds.HEAD_BYTES))
    if kind in _READERS:
        with package.open(member) as stream:
            yield from _of_records(stream, kind, source, name, wanted)
    elif kind == "zip" and depth < _MAX_NESTED:
        with package.open(member) as stream:
            yield from _of_package(stream, size, source, name, wanted, depth + 1)
    else:
        yield Passed("", "no_warc")
