"""Where the whole records of a WARC file end: tells a tail that a crash tore from damage in the middle."""

from __future__ import annotations

import zlib
from typing import IO

from archive.errors import Damaged

_GZIP_MAGIC = b"\x1f\x8b\x08"
_CHUNK = 1 << 20


def end_of_good_members(stream: IO[bytes], start: int, size: int, name: str) -> int:
    """Offset just after the last whole gzip member between `start` (a member's first byte) and `size`.

    Raises Damaged where a whole member stands after one that does not decompress.
    """
    at = start
    while at < size:
        end = _member_end(stream, at, size)
        if end is None:
            _refuse_later_members(stream, at, size, name)
            return at
        at = end
    return at


def _member_end(stream: IO[bytes], at: int, size: int) -> int | None:
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


def _refuse_later_members(stream: IO[bytes], at: int, size: int, name: str) -> None:
    stream.seek(at)
    rest = stream.read(size - at)
    found = rest.find(_GZIP_MAGIC, 1)
    while found != -1:
        if _member_end(stream, at + found, size) is not None:
            raise Damaged(name, at, "a broken record with whole records after it", resume=at + found)
        found = rest.find(_GZIP_MAGIC, found + 1)
