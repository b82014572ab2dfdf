"""HTTP messages as the WARC records hold them: where the head ends, what it says, the body without its codings.

Heads are read by warcio's own parser, so that a record is understood alike when it is written, scanned and replayed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from urllib.parse import urljoin

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from archive.codings import CodingError, Decoder

MAX_BODY_BYTES = 256 << 20
MAX_RATIO = 1000
"""Looser than the gate's limits: what the gate let in must be readable for ever."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""What no text holds and packed bytes soon do."""

_CHUNK = re.compile(rb"\s*[0-9A-Fa-f]{1,16}[ \t]*(?:;|\r?\n)")

Headers = tuple[tuple[str, str], ...]


def split_http(block: bytes) -> tuple[bytes, bytes]:
    """Head (with the line that ends it) and body of an HTTP message, parted where warcio will part them."""
    stream = io.BytesIO(block)
    with suppress(EOFError):
        StatusAndHeadersParser([], verify=False).parse(stream)
    return block[: stream.tell()], block[stream.tell() :]


def head_of(block: bytes) -> tuple[int | None, Headers]:
    """Status code and headers of an HTTP response, as warcio will read them again; None where the first line has no status."""
    try:
        parsed = StatusAndHeadersParser([], verify=False).parse(io.BytesIO(block))
    except EOFError:
        return None, ()
    return status_of(parsed), tuple(parsed.headers)


def status_of(parsed: StatusAndHeaders) -> int | None:
    """The status code of a parsed head; None where the first line has none."""
    code = parsed.get_statuscode()
    return int(code) if code and code.isascii() and code.isdigit() else None


def first(headers: Headers, name: str) -> str | None:
    """The first header called `name` (in small letters)."""
    return next((value for key, value in headers if key.lower() == name), None)


def location(url: str, value: str | None) -> str | None:
    """The absolute address that a `Location` header names; None for none, or for one that is no address."""
    if value is None:
        return None
    try:
        return urljoin(url, value)
    except ValueError:
        return None


def decoded(body: bytes, headers: Headers) -> bytes:
    """A body as received without its transfer and content codings. Raises CodingError, TooMuch.

    Archiving browsers keep a body unpacked under the headers of the packed one: what is not coded as they say but is plain text
    is taken as it stands. The gate lets no such answer in; only an import brings them.
    """
    if (first(headers, "transfer-encoding") or "").lower().rpartition(",")[2].strip() == "chunked":
        body = _dechunked(body) if _CHUNK.match(body) else _or_plain(body, _dechunked)
    return _or_plain(body, partial(_uncoded, first(headers, "content-encoding") or ""))


def _or_plain(body: bytes, undo: Callable[[bytes], bytes]) -> bytes:
    try:
        return undo(body)
    except CodingError:
        if not body or _CONTROL.search(body[:1024]):
            raise
        return body


def _uncoded(coding: str, body: bytes) -> bytes:
    decoder = Decoder(coding, max_bytes=MAX_BODY_BYTES, max_ratio=MAX_RATIO)
    decoder.feed(body)
    return decoder.finish()


def _dechunked(body: bytes) -> bytes:
    whole = bytearray()
    at = 0
    while True:
        line_end = body.find(b"\n", at)
        size = body[at:line_end].partition(b";")[0].strip() if line_end != -1 else b""
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", size):
            raise CodingError("the chunks of the body are broken")
        length = int(size, 16)
        if length == 0:
            return bytes(whole)
        whole += body[line_end + 1 : line_end + 1 + length]
        at = line_end + 1 + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1
