"""The plain bytes of a file that may be gzip: one member a record, one for all, or none. Memory does not grow with the file."""

from __future__ import annotations

import zlib
from collections import deque
from typing import IO
from zipfile import BadZipFile

_PACKED_BYTES = 64 << 10
_PLAIN_BYTES = 256 << 10
_GZIP = b"\x1f\x8b"
BOMB_FROM_BYTES = 64 << 20
BOMB_RATIO = 500
"""One member that is larger than this and unpacks to that many times its size is no archive's; DEFLATE reaches 1,032 at most."""


class Torn(Exception):
    """The file cannot be read on from here."""


class NotGzip(Torn):
    """What stands after the last whole gzip member is none."""


class Unpacked:
    """Reads forward only. Knows where members begin, because records of a WARC file do so there."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._packed = self._read(_PACKED_BYTES)
        self.gzip = self._packed.startswith(_GZIP)
        self._member: zlib._Decompress | None = None
        self._member_packed = self._member_plain = 0
        self._buffer = b""
        self._at = 0
        self._end = 0  # offset, in plain bytes, of the end of the buffer
        self._starts: deque[int] = deque()

    def tell(self) -> int:
        """Offset in plain bytes."""
        return self._end - len(self._buffer) + self._at

    def peek(self, size: int) -> bytes:
        """The next bytes without taking them; fewer than `size` only at the end. Raises Torn."""
        while len(self._buffer) - self._at < size and self._fill():
            pass
        return self._buffer[self._at : self._at + size]

    def some(self, size: int) -> bytes:
        """Between 1 and `size` bytes, never over the start of a member; none at the end. Raises Torn."""
        if self._at >= len(self._buffer) and not self._fill():
            return b""
        here = self.tell()
        while self._starts and self._starts[0] <= here:
            self._starts.popleft()
        if self._starts:
            size = min(size, self._starts[0] - here)
        piece = self._buffer[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def line(self, limit: int) -> bytes:
        """Up to and with the next line feed, `limit` bytes at most. Raises Torn."""
        searched = 0
        while True:
            found = self._buffer.find(b"\n", self._at + searched)
            if found != -1 and found - self._at < limit:
                break
            if found != -1 or len(self._buffer) - self._at >= limit:
                found = self._at + limit - 1
                break
            searched = len(self._buffer) - self._at
            if not self._fill():
                found = len(self._buffer) - 1
                break
        line = self._buffer[self._at : found + 1]
        self._at = found + 1
        return line

    def begins_member(self) -> bool:
        """Whether a gzip member begins just here."""
        if not self.gzip or not self.peek(1):
            return False
        here = self.tell()
        while self._starts and self._starts[0] < here:
            self._starts.popleft()
        return bool(self._starts) and self._starts[0] == here

    def next_member(self) -> bool:
        """Go on to the next start of a member; False where none follows. Raises Torn."""
        while self.some(_PLAIN_BYTES):
            if self.begins_member():
                return True
        return False

    def _fill(self) -> bool:
        piece = self._more() if self.gzip else self._plain()
        if not piece:
            return False
        self._buffer = self._buffer[self._at :] + piece if self._at < len(self._buffer) else piece
        self._at = 0
        self._end += len(piece)
        return True

    def _plain(self) -> bytes:
        piece, self._packed = self._packed, b""
        return piece or self._read(_PLAIN_BYTES)

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (OSError, EOFError, zlib.error, BadZipFile) as error:
            raise Torn(f"cannot be read ({error})") from error

    def _more(self) -> bytes:
        while True:
            if not self._packed:
                self._packed = self._read(_PACKED_BYTES)
            if self._member is None and not self._begin():
                return b""
            if piece := self._inflate():
                return piece

    def _begin(self) -> bool:
        """Begin the next member; False at the end of the file."""
        self._packed = self._packed.lstrip(b"\0")  # some tools pad
        while len(self._packed) < 2 and (more := self._read(_PACKED_BYTES)):
            self._packed = (self._packed + more).lstrip(b"\0")
        if not self._packed:
            return False
        if not self._packed.startswith(_GZIP):
            raise NotGzip("what follows is not gzip")
        self._member = zlib.decompressobj(31)
        self._member_packed = self._member_plain = 0
        self._starts.append(self._end)
        return True

    def _inflate(self) -> bytes:
        member = self._member
        assert member is not None
        taken, ended = self._packed, not self._packed
        try:
            piece = member.decompress(taken, _PLAIN_BYTES)
        except zlib.error as error:
            raise Torn(f"damaged gzip ({error})") from error
        self._packed = member.unused_data if member.eof else member.unconsumed_tail
        self._member_packed += len(taken) - len(self._packed)
        self._member_plain += len(piece)
        if self._member_plain > BOMB_FROM_BYTES and self._member_plain > BOMB_RATIO * self._member_packed:
            raise Torn(f"a gzip member that unpacks to more than {BOMB_RATIO} times its size")
        if member.eof:
            self._member = None
        elif ended and not piece:
            raise Torn("the file is cut off within a gzip member")
        return piece
