"""Where the whole records of a WARC file end: tells a tail that a crash tore from damage to what was kept.

A writer notes the end of every record that it made durable in `FILE.offsets` (8 bytes each, big-endian). What is broken before
the last of them is damage; what is broken after it was never acknowledged. A page's body may itself hold whole WARC records, so
nothing inside a broken record is ever taken for one: reading goes on at the next noted end. The notes are derived: where they
are missing, the broken record ends what can be read of the file, unless it is the only thing that follows.
"""

from __future__ import annotations

import os
import struct
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO

from archive.errors import Damaged

_CHUNK = 1 << 20
_END = struct.Struct(">Q")


def notes_of(path: Path) -> Path:
    """The file that holds the noted ends of a WARC file's records."""
    return path.with_name(path.name + ".offsets")


def note_ends(path: Path, ends: Sequence[int]) -> None:
    """Append the ends of records that are durable now. Not fsynced: what a power cut takes of it, a scan finds again."""
    with notes_of(path).open("ab") as notes:
        # A note that a crash cut short must not shift the ones after it.
        notes.truncate(notes.tell() - notes.tell() % _END.size)
        notes.write(b"".join(map(_END.pack, ends)))


def noted_ends(path: Path) -> list[int]:
    """The noted ends, ascending; empty where there are no notes, or notes that make no sense."""
    try:
        data = notes_of(path).read_bytes()
    except FileNotFoundError:
        return []
    ends = [end for (end,) in _END.iter_unpack(data[: len(data) - len(data) % _END.size])]
    return ends if all(a < b for a, b in pairwise([0, *ends])) else []


def forget_notes(path: Path) -> None:
    """Drop notes that do not belong to the file as it is."""
    notes_of(path).unlink(missing_ok=True)


def notes_fit(stream: IO[bytes], ends: Sequence[int], size: int) -> bool:
    """Whether the last noted record within the file really is one whole record; notes of another copy of the file do not fit."""
    within = bisect_right(ends, size)
    if not within:
        return not ends
    start = ends[within - 2] if within > 1 else 0
    return member_end(stream, start, size) == ends[within - 1]


def end_of_good_members(stream: IO[bytes], start: int, size: int, name: str, ends: Sequence[int]) -> int:
    """Offset just after the last whole gzip member between `start` (a member's first byte) and `size`.

    Raises Damaged where a member that was durable (before the last of the noted `ends`) does not decompress; its `resume` is the
    next noted end.
    """
    at = start
    while at < size:
        end = member_end(stream, at, size)
        if end is None:
            return _torn_or_damaged(at, size, name, ends)
        at = end
    if ends and ends[-1] > size:
        raise Damaged(name, size, f"the file ends here, {ends[-1] - size} bytes before the end of what was kept")
    return at


def _torn_or_damaged(at: int, size: int, name: str, ends: Sequence[int]) -> int:
    after = bisect_right(ends, at)
    if after == len(ends):
        return at
    resume = ends[after]
    raise Damaged(name, at, "a record that was kept cannot be read", resume=resume if resume < size else None)


def member_end(stream: IO[bytes], at: int, size: int) -> int | None:
    """Offset after the gzip member that begins at `at`; None where none does, or it is not whole."""
    stream.seek(at)
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    read = at
    try:
        while read < size:
            chunk = stream.read(min(_CHUNK, size - read))
            if not chunk:
                return None
            read += len(chunk)
            data = chunk
            while data and not inflate.eof:
                inflate.decompress(data, _CHUNK)
                data = inflate.unconsumed_tail
            if inflate.eof:
                return read - len(inflate.unused_data)
    except zlib.error:
        return None
    return None


def set_torn_tail_aside(stream: IO[bytes], path: Path) -> int:
    """Move what stands after the last whole record into `torn/`, and return how many bytes that was.

    `stream` is `path` opened for reading and writing by its only writer. Raises Damaged where what is broken was durable:
    then nothing is moved, and the file is not to be written to.
    """
    size = path.stat().st_size
    ends = noted_ends(path)
    if not notes_fit(stream, ends, size):
        forget_notes(path)
        ends = []
    known = [end for end in ends if end <= size]
    good = end_of_good_members(stream, known[-1] if known else 0, size, path.name, ends)
    if good == size:
        return 0
    if not ends:
        _refuse_later_members(stream, good, size, path.name)
    _move_aside(stream, path, good, size)
    return size - good


def _refuse_later_members(stream: IO[bytes], at: int, size: int, name: str) -> None:
    """Without notes, a broken place with anything whole after it is taken for damage: cutting it off could lose records."""
    position = at + 1
    while position < size:
        stream.seek(position)
        window = stream.read(_CHUNK)
        found = window.find(b"\x1f\x8b\x08")
        if found == -1:
            position += max(1, len(window) - 2)
        elif member_end(stream, position + found, size) is not None:
            raise Damaged(name, at, "a broken record with whole ones after it")
        else:
            position += found + 1


def _move_aside(stream: IO[bytes], path: Path, good: int, size: int) -> None:
    torn = path.parent / "torn"
    torn.mkdir(exist_ok=True)
    stream.seek(good)
    with (torn / f"{path.name}.{good}").open("wb") as copy:
        left = size - good
        while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
            copy.write(chunk)
            left -= len(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(torn)
    stream.truncate(good)
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
