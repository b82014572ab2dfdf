"""Content codings undone piece by piece, so that a bomb is stopped while it is still small."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

PIECE_BYTES = 64 * 1024
RATIO_FROM_BYTES = 10 * 1024 * 1024
"""Below this size the ratio is not looked at: small pages of one repeated row compress a hundredfold in all innocence."""


class CodingError(ValueError):
    """The body is not what its `Content-Encoding` says, or the coding is none that we know."""


class TooMuch(Exception):
    """The unpacked body passes a limit; `bomb` says whether by its ratio."""

    def __init__(self, message: str, *, bomb: bool) -> None:
        super().__init__(message)
        self.bomb = bomb


class _Coding(Protocol):
    """One coding. `unpack` is lazy and yields pieces of about PIECE_BYTES; `whole` says whether the end mark was seen."""

    def unpack(self, data: bytes) -> Iterator[bytes]: ...

    def whole(self) -> bool: ...


class _Gzip:
    """Members one after another (RFC 1952); what follows the last one and is no member is left out, as browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)
        self._ended = False
        self._tail = False

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data and not self._tail:
            if self._ended:
                if data[:1] != b"\x1f":
                    self._tail = True
                    return
                self._member, self._ended = zlib.decompressobj(31), False
            try:
                piece = self._member.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise CodingError(f"not gzip: {error}") from error
            if piece:
                yield piece
            self._ended = self._member.eof
            data = self._member.unused_data if self._ended else self._member.unconsumed_tail

    def whole(self) -> bool:
        return self._ended


class _Deflate:
    """With the zlib wrapper, as the standard says (RFC 9110 section 8.4.1.2), or without, as many servers send it."""

    def __init__(self) -> None:
        self._head = b""
        self._stream: zlib._Decompress | None = None

    def unpack(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return
            wrapped = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2]) % 31 == 0
            self._stream, data = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS), self._head
        while data and not self._stream.eof:
            try:
                piece = self._stream.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise CodingError(f"not deflate: {error}") from error
            if piece:
                yield piece
            data = self._stream.unconsumed_tail

    def whole(self) -> bool:
        return self._stream is not None and self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while not self._stream.is_finished():
            try:
                piece = self._stream.process(data, output_buffer_limit=PIECE_BYTES)
            except brotli.error as error:
                raise CodingError(f"not brotli: {error}") from error
            if piece:
                yield piece
            if self._stream.can_accept_more_data():
                return
            data = b""

    def whole(self) -> bool:
        return bool(self._stream.is_finished())


class _Identity:
    def unpack(self, data: bytes) -> Iterator[bytes]:
        yield data

    def whole(self) -> bool:
        return True


_CODINGS: dict[str, type[_Coding]] = {
    "": _Identity,
    "identity": _Identity,
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
}
ACCEPTED = "gzip, deflate, br"


class Decoder:
    """Undoes one content coding under limits. Feed it the body as it comes, then `finish`.

    `coding` is the value of `Content-Encoding`; two codings on top of each other are not read.
    Raises CodingError and TooMuch, from `feed` as early as can be known.
    """

    def __init__(self, coding: str, *, max_bytes: int, max_ratio: int) -> None:
        name = coding.strip().lower()
        if name not in _CODINGS:
            raise CodingError(f"unknown content coding {coding[:80]!r}")
        self._coding = _CODINGS[name]()
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._whole = bytearray()
        self._taken = 0
        self._given = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the coded body."""
        self._taken += len(data)
        for piece in self._coding.unpack(data):
            self._given += len(piece)
            if self._given > self._max_bytes:
                raise TooMuch(f"more than {self._max_bytes} bytes once unpacked", bomb=False)
            if self._given > RATIO_FROM_BYTES and self._given > self._taken * self._max_ratio:
                raise TooMuch(f"unpacks to more than {self._max_ratio} times its size", bomb=True)
            self._whole += piece

    def finish(self) -> bytes:
        """The whole body. A body of no bytes at all is empty whatever its coding."""
        if self._taken and not self._coding.whole():
            raise CodingError("the coded body stops before its end")
        return bytes(self._whole)
