"""A Whoosh folder that survives a power cut, and that is read only when it is what was written.

Whoosh never calls fsync, and its table of contents is a pickle. Here every file is on the disk before a table of contents names
it, and beside each table stands a note of its digest and of the segments' sizes and ends: a table that differs is not unpickled.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from contextlib import suppress
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from search.errors import IndexDamaged
from search.following.durable import sync_file, sync_folder, write_durably

_TOC = re.compile(r"_MAIN_(\d+)\.toc\Z")
_NOTE = re.compile(r"toc-(\d+)\.json\Z")
_SEGMENT = re.compile(r"MAIN_\w+\.\w+\Z")
_HEAD_BYTES, _TAIL_BYTES = 4096, 65536
_LEFT_OVER = re.compile(r"_MAIN_\d+\.toc\..+\Z")


class _Handle(FileIO):
    """A file that is closed without a word when nobody holds it any more: where a segment is damaged, Whoosh leaves those that
    it had opened by then to that.
    """

    def _dealloc_warn(self, source: object) -> None:
        """Called by Python to say that a file was not closed."""


class DurableStorage(FileStorage):
    """Whoosh's folder, with what Whoosh leaves out: fsync before each commit, and a check of what is opened."""

    def __init__(self, folder: Path) -> None:
        # Files are read, not mapped: what Whoosh maps it copies into memory whole, which is more than all arrays together.
        super().__init__(str(folder), supports_mmap=False)  # type: ignore[no-untyped-call]
        self.path = folder
        self._synced: set[str] = set()
        self._checksums: dict[str, int] | None = None

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Called by Whoosh to put a new table of contents in place: the moment of a commit."""
        if match := _TOC.match(newname):
            self._make_durable(oldname, int(match[1]))
        super().rename_file(oldname, newname, safe=safe)  # type: ignore[no-untyped-call]
        sync_folder(self.path)

    def open_file(self, name: str, **options: Any) -> Any:
        """Raises IndexDamaged for a table of contents that is not as it was written."""
        if match := _TOC.match(name):
            self._check(name, int(match[1]))
        struct_file: Any = StructFile
        return struct_file(BufferedReader(_Handle(self.path / name)), name=name, **options)

    def tidy(self) -> None:
        """Drop notes of tables that are gone, tables never finished, and segments that no table names. For the writer only."""
        names = {path.name for path in self.path.iterdir()}
        for name in names:
            note = _NOTE.match(name)
            if (note and f"_MAIN_{note[1]}.toc" not in names) or _LEFT_OVER.match(name):
                (self.path / name).unlink(missing_ok=True)
        if noted := self._noted():
            for name in names:
                if _SEGMENT.match(name) and name not in noted:
                    (self.path / name).unlink(missing_ok=True)

    def damage(self) -> tuple[str, ...]:
        """Which files of the newest commit are not what was written, every byte read."""
        wrong = []
        for name, checksum in self._noted().items():
            with suppress(FileNotFoundError):  # merged away since; one that is needed is missed when the index is opened
                if _checksum(self.path / name) != checksum:
                    wrong.append(f"{name}: its checksum differs")
        return tuple(wrong)

    def _noted(self) -> dict[str, int]:
        """The checksums that stand in the newest note."""
        notes = [(int(match[1]), path) for path in self.path.iterdir() if (match := _NOTE.match(path.name))]
        try:
            return {str(k): int(v) for k, v in json.loads(max(notes)[1].read_bytes())["checksums"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            return {}

    def _make_durable(self, toc: str, generation: int) -> None:
        known = self._noted() if self._checksums is None else self._checksums
        segments, checksums = {}, {}
        for name in [path.name for path in self.path.iterdir()]:
            if _SEGMENT.match(name):
                segments[name] = _ends(self.path / name)
                checksums[name] = known[name] if name in known else _checksum(self.path / name)
                if name not in self._synced:
                    sync_file(self.path / name)
                    self._synced.add(name)
        self._synced &= segments.keys()
        sync_file(self.path / toc)
        self._checksums = checksums
        digest = hashlib.sha256((self.path / toc).read_bytes()).hexdigest()
        note = {"sha256": digest, "segments": segments, "checksums": checksums}
        write_durably(self.path / f"toc-{generation}.json", json.dumps(note))

    def _check(self, name: str, generation: int) -> None:
        data = (self.path / name).read_bytes()
        try:
            note = json.loads((self.path / f"toc-{generation}.json").read_bytes())
            expected, segments = note["sha256"], dict(note["segments"])
        except FileNotFoundError as error:
            raise IndexDamaged(self.path, f"{name} has no note of its digest") from error
        except (ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(self.path, f"the note beside {name} cannot be read") from error
        if hashlib.sha256(data).hexdigest() != expected:
            raise IndexDamaged(self.path, f"{name} is not what was written")
        for segment, ends in segments.items():
            # A segment that a later commit merged away is gone; Whoosh itself fails where one is missing that it needs.
            with suppress(FileNotFoundError):
                if _ends(self.path / segment) != ends:
                    raise IndexDamaged(self.path, f"{segment} is not what was written")


def _ends(path: Path) -> str:
    """Size, and digest of the first and last bytes: what tells a cut or overwritten file apart without reading all of it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        digest = hashlib.sha256(file.read(_HEAD_BYTES))
        file.seek(max(0, size - _TAIL_BYTES))
        digest.update(file.read(_TAIL_BYTES))
    return f"{size}:{digest.hexdigest()}"


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            crc = zlib.crc32(chunk, crc)
    return crc
