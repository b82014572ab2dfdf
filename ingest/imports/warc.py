"""Records of a foreign WARC file (ISO 28500, 1.0 and 1.1), one by one, however it was packed.

Stricter than warcio's iterator where bytes may be lost or forged: a record counts only when what follows it is the start of
another or the end, so that a lying Content-Length neither swallows the next record nor leaves half of one. Where records are gzip
members of their own, reading goes on with the next; elsewhere it ends there, for nothing inside a broken record is ever taken
for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.imports.unpacked import NotGzip, Torn, Unpacked

MAX_HEAD_BYTES = 64 << 10
_VERSION = re.compile(rb"WARC/\d\.\d{1,2}\s*\Z")
_MARK = re.compile(rb"WARC/\d")
_MARK_BYTES = 32
_PIECE = 256 << 10


class Broken(Exception):
    """A record that is not whole or does not end where it says."""


class TooLong(Exception):
    """A record whose block is larger than what was asked for."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A place in a file that could not be read; `ends`: nor anything after it."""

    offset: int
    why: str
    ends: bool


class Record:
    """One record. Its block is read when it is asked for, and must be so before the next record is."""

    mark = _MARK
    """What every record of the format begins with."""

    def __init__(self, headers: dict[str, str], length: int, stream: Unpacked, offset: int) -> None:
        self.headers = headers
        """By name in small letters; the first one counts where a name comes twice."""
        self.length = length
        self.offset = offset
        self.ended = False
        self.told = False
        """Whether whoever asked for the block was told what is wrong with it."""
        self._stream = stream
        self._head = b""
        self._failed: Broken | Torn | None = None

    @property
    def kind(self) -> str:
        """`WARC-Type` in small letters."""
        return self.headers.get("warc-type", "").lower()

    def peek(self, size: int) -> bytes:
        """The first bytes of the block. Raises Broken, Torn."""
        if not self._head:
            try:
                self._head = b"".join(self._pieces(min(size, self.length)))
            except (Broken, Torn) as error:
                self._failed = error
                raise
        return self._head

    def block(self, limit: int) -> bytes:
        """The whole block, once it is known to end where it says. Raises Broken, TooLong, Torn."""
        if self.length > limit:
            raise TooLong
        if not self.ended:
            self.told = True
            self._head = b"".join((self._head, *self._rest()))
        return self._head

    def finish(self) -> None:
        """Pass over what was not read. Raises Broken, Torn."""
        if self._failed is not None:
            raise self._failed
        if not self.ended:
            for _ in self._rest():
                pass

    def _rest(self) -> Iterator[bytes]:
        try:
            yield from self._pieces(self.length - len(self._head), bool(self._head))
            self._check_end()
        except (Broken, Torn) as error:
            self._failed = error
            raise

    def _pieces(self, size: int, within: bool = False) -> Iterator[bytes]:
        while size:
            if within and self._stream.begins_member() and self._at_mark():
                raise Broken("its Content-Length lies: the next record begins before its end")
            piece = self._stream.some(min(size, _PIECE))
            if not piece:
                raise Broken("the file ends before it does")
            size -= len(piece)
            within = True
            yield piece

    def _at_mark(self) -> bool:
        return self.mark.match(self._stream.peek(_MARK_BYTES)) is not None

    def _check_end(self) -> None:
        stream = self._stream
        try:
            for _ in range(4):
                if stream.peek(1) not in (b"\r", b"\n"):
                    break
                stream.some(1)
            ends = not stream.peek(1) or self._at_mark() or stream.begins_member()
        except NotGzip:  # this record's member was whole; what follows is told when it is come to
            ends = True
        if ends:
            self.ended = True
            return
        raise Broken("its Content-Length lies: it goes on after its end")


def records(stream: Unpacked, parse: Callable[[Unpacked], Record] | None = None) -> Iterator[Record | Trouble]:
    """The records of a file in their order, and the places that are none. Never raises."""
    while True:
        try:
            _skip_blank(stream)
            if not stream.peek(1):
                return
        except Torn as error:
            yield Trouble(stream.tell(), str(error), ends=True)
            return
        offset, record = stream.tell(), None
        try:
            record = (parse or _record)(stream)
            yield record
            record.finish()
        except (Broken, Torn) as error:
            on = isinstance(error, Broken) and _next(stream)
            if not on or record is None or not record.told:
                yield Trouble(offset, str(error), ends=not on)
            if not on:
                return


def _next(stream: Unpacked) -> bool:
    """Go to the gzip member after a broken record: only a member's begin is known to be a record's."""
    try:
        return stream.begins_member() or stream.next_member()
    except Torn:
        return False


def _skip_blank(stream: Unpacked) -> None:
    for _ in range(64):
        if stream.peek(1) not in (b"\r", b"\n"):
            return
        stream.some(1)


def _record(stream: Unpacked) -> Record:
    offset = stream.tell()
    if not _VERSION.match(stream.line(32)):
        raise Broken("no WARC record begins here")
    headers: dict[str, str] = {}
    name, left = "", MAX_HEAD_BYTES
    while line := stream.line(left):
        left -= len(line)
        if left <= 0 or not line.endswith(b"\n"):
            raise Broken(f"its headers are longer than {MAX_HEAD_BYTES >> 10} KiB, or cut off")
        text = _text(line)
        if not text:
            break
        if line[:1] in b" \t" and name:
            headers[name] += " " + text
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if not colon:
            raise Broken("a header line without a colon")
        headers.setdefault(name, value.strip())
    length = headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise Broken("no Content-Length")
    return Record(headers, int(length), stream, offset)


def _text(line: bytes) -> str:
    try:
        return line.decode().strip()
    except UnicodeDecodeError:
        return line.decode("latin-1").strip()
