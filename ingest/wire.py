"""One request and its answer over one connection, pinned to checked IP addresses and recorded byte for byte.

The recording stands between urllib3 and the socket (above TLS): it holds what was sent, and of what was received
exactly the bytes that belong to the message, chunk framing and content coding intact. Time and size limits are
kept at the same place, so no part of a message (status line, headers, body, trailers) escapes them.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import urllib3.connection
from urllib3.exceptions import HTTPError

from archive.codings import CodingError, Decoder, TooMuch
from archive.records import Exchange
from ingest.errors import FetchFailed, NotFetched, TooLarge
from ingest.targets import Target

MIB = 1024 * 1024
_READ_BYTES = 64 * 1024
_MAX_INTERIM = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a server's time and bytes one fetch takes at most."""

    connect_s: float = 10.0
    """For each address tried, and again for the TLS handshake."""
    read_s: float = 20.0
    """Between two arrivals of bytes."""
    total_s: float = 60.0
    """From the first connection to the last byte, redirects included; the delay between requests does not count."""
    max_wire_bytes: int = 50 * MIB
    max_body_bytes: int = 100 * MIB
    """Once unpacked."""
    max_ratio: int = 200
    """Unpacked to packed size, looked at from 10 MiB on."""
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the exchange for the archive, and the same taken apart, codings removed."""

    exchange: Exchange
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class _TooLong(Exception):
    """More bytes came than the limit on the wire."""


class _Meter:
    """The time and bytes that one exchange may still use."""

    def __init__(self, limits: Limits, deadline: float, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._deadline = deadline
        self._clock = clock
        self.received = 0

    def patience(self, most_s: float) -> float:
        """How long to wait for the next step; TimeoutError when the total is used up."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeoutError("the total time is used up")
        return min(most_s, left)

    @property
    def read_s(self) -> float:
        return self.patience(self._limits.read_s)

    @property
    def connect_s(self) -> float:
        return self.patience(self._limits.connect_s)

    def count(self, received: int) -> None:
        self.received += received
        if self.received > self._limits.max_wire_bytes:
            raise _TooLong


class _MeteredSocketReader(io.RawIOBase):
    """The receiving side of the socket, each read under the meter."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, meter: _Meter) -> None:
        self._raw = raw
        self._sock = sock
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._meter.read_s)
        received: int | None = self._raw.readinto(buffer)
        self._meter.count(received or 0)
        return received

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Tape(io.BufferedReader):
    """A buffered reader that remembers what was taken from it: read-ahead beyond the message is not on the tape."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__(raw, _READ_BYTES)
        self.taken = bytearray()
        self.start = 0
        """Where the final response begins: after every `100 Continue`."""

    def read(self, size: int | None = -1, /) -> bytes:
        # urllib3 takes a chunk of -5 bytes at its word.
        if size is not None and size < -1:
            raise http.client.HTTPException(f"a length of {size}")
        return self._note(super().read(size))

    def read1(self, size: int = -1, /) -> bytes:
        return self._note(super().read1(size))

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._note(super().readline(size))

    def readinto(self, buffer: Any, /) -> int:
        count = super().readinto(buffer)
        self._note(bytes(memoryview(buffer)[:count]))
        return count

    def readinto1(self, buffer: Any, /) -> int:
        count = super().readinto1(buffer)
        self._note(bytes(memoryview(buffer)[:count]))
        return count

    def _note(self, data: bytes) -> bytes:
        # One buffer, not a list of pieces: a body in chunks of one byte would make millions of them.
        self.taken += data
        return data


class _TapedResponse(http.client.HTTPResponse):
    """http.client's response over a tape; `tapes` receives it, for http.client drops its own when the body ends."""

    def __init__(self, sock: socket.socket, *args: Any, meter: _Meter, tapes: list[_Tape], **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        tape = _Tape(_MeteredSocketReader(self.fp.detach(), sock, meter))
        tapes.append(tape)
        self.fp = tape
        self._tape = tape
        self._begun = 0

    def _read_status(self) -> tuple[str, int, str]:
        """Note where each response begins: http.client passes over `100 Continue`, any number of them."""
        self._begun += 1
        if self._begun > _MAX_INTERIM + 1:
            raise http.client.HTTPException(f"more than {_MAX_INTERIM} interim responses")
        self._tape.start = len(self._tape.taken)
        read: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]  # typeshed leaves it out
        return read


class _Recording:
    """What both kinds of connection share: connects to checked addresses only and keeps both directions."""

    meter: _Meter
    addresses: Sequence[str]
    address: str | None
    sent: bytearray
    tapes: list[_Tape]

    def record(self, addresses: Sequence[str], meter: _Meter) -> None:
        self.meter = meter
        self.addresses = addresses
        self.address = None
        self.sent = bytearray()
        self.tapes = []

    def connect_pinned(self, port: int) -> socket.socket:
        """Connect to the first of the addresses that answers; no name is resolved here."""
        failure: OSError | None = None
        for address in self.addresses:
            try:
                sock = socket.create_connection((address, port), timeout=self.meter.connect_s)
            except OSError as error:
                failure = error
                continue
            self.address = address
            sock.settimeout(self.meter.connect_s)
            return sock
        raise failure if failure is not None else OSError("no address to connect to")

    def received(self) -> bytes:
        """The message as it came, without the `100 Continue` that may go before it."""
        return b"".join(memoryview(tape.taken)[tape.start :] for tape in self.tapes)


class _PlainConnection(_Recording, urllib3.connection.HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return self.connect_pinned(self.port)

    def send(self, data: Any) -> None:
        self.sent += data
        super().send(data)


class _TlsConnection(_Recording, urllib3.connection.HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return self.connect_pinned(self.port)

    def send(self, data: Any) -> None:
        self.sent += data
        super().send(data)


def exchange(
    target: Target,
    addresses: Sequence[str],
    headers: Mapping[str, str],
    form: bytes | None = None,
    *,
    limits: Limits,
    deadline: float,
    clock: Callable[[], float],
    tls: ssl.SSLContext,
) -> Answer:
    """GET `target` from one of `addresses`, or POST it the urlencoded `form`; Host, SNI and certificate are by its host name.

    `deadline` is in the time of `clock`. Raises FetchFailed and TooLarge; where the answer came whole but cannot
    be unpacked, the error carries the exchange.
    """
    meter = _Meter(limits, deadline, clock)
    connection: _PlainConnection | _TlsConnection
    if target.scheme == "https":
        connection = _TlsConnection(target.host, target.port, timeout=limits.read_s, ssl_context=tls)
    else:
        connection = _PlainConnection(target.host, target.port, timeout=limits.read_s)
    connection.record(addresses, meter)
    # typeshed wants a class here; http.client only calls it.
    connection.response_class = partial(_TapedResponse, meter=meter, tapes=connection.tapes)  # type: ignore[assignment]
    try:
        return _converse(connection, target, headers, form, limits)
    except _TooLong as error:
        raise _too_large(target, limits) from error
    except TooMuch as error:
        raise TooLarge("bomb" if error.bomb else "too_large", target.url, f"{target.url}: {error}; left out") from error
    except (OSError, http.client.HTTPException, HTTPError) as error:
        raise _failure(target, connection, error) from error
    finally:
        # In this order: http.client flushes an unread response as it closes it.
        connection.close()
        for tape in connection.tapes:
            tape.close()


def _converse(
    connection: _PlainConnection | _TlsConnection,
    target: Target,
    headers: Mapping[str, str],
    form: bytes | None,
    limits: Limits,
) -> Answer:
    fetched_at = datetime.now(UTC)
    method = "GET" if form is None else "POST"
    connection.request(method, target.path, body=form, headers=headers, preload_content=False, decode_content=False)
    connection.timeout = connection.meter.read_s
    response = connection.getresponse()
    if response.status < 200:
        raise http.client.HTTPException(f"final status {response.status}")
    if response.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
        raise http.client.HTTPException(f"transfer coding {response.headers['Transfer-Encoding'][:80]!r}")
    if (response.length_remaining or 0) > limits.max_wire_bytes:
        raise _TooLong
    body: bytes | CodingError = _unpacked(response, limits)
    taken = Exchange(target.url, fetched_at, bytes(connection.sent), connection.received(), connection.address)
    if isinstance(body, CodingError):
        raise FetchFailed("coding", target.url, f"{target.url}: {body}", (taken,)) from body
    return Answer(taken, response.status, tuple(response.headers.iteritems()), body)


def _unpacked(response: urllib3.response.BaseHTTPResponse, limits: Limits) -> bytes | CodingError:
    """The body; where it cannot be unpacked, the reason, once all of it was read: the raw bytes are kept even then."""
    make = partial(Decoder, max_bytes=limits.max_body_bytes, max_ratio=limits.max_ratio)
    fault: CodingError | None = None
    decoder = make("identity")
    try:
        decoder = make(response.headers.get("Content-Encoding", ""))
    except CodingError as error:
        fault = error
    for piece in response.stream(_READ_BYTES, decode_content=False):
        if fault is None:
            try:
                decoder.feed(piece)
            except CodingError as error:
                fault = error
    if fault is not None:
        return fault
    try:
        return decoder.finish()
    except CodingError as error:
        return error


def _too_large(target: Target, limits: Limits) -> TooLarge:
    return TooLarge("too_large", target.url, f"{target.url}: more than {limits.max_wire_bytes} bytes on the wire; left out")


def _failure(target: Target, connection: _PlainConnection | _TlsConnection, error: Exception) -> NotFetched:
    """The error in our words: which step failed decides, for the same OSError may come from any."""
    where = target.url
    causes = [error, *(cause for cause in error.args if isinstance(cause, Exception))]
    if any(isinstance(cause, ssl.SSLError) and not isinstance(cause, TimeoutError) for cause in causes):
        return FetchFailed("tls", where, f"{where}: no trusted connection to {target.host}: {error}")
    if any(isinstance(cause, TimeoutError) for cause in causes) or isinstance(error, urllib3.exceptions.TimeoutError):
        return FetchFailed("timeout", where, f"{where}: {target.host} took too long; try again later")
    if connection.address is None:
        tried = ", ".join(connection.addresses)
        return FetchFailed("connect", where, f"{where}: cannot connect to {target.host} ({tried}): {error}; is it up?")
    if any(isinstance(cause, http.client.IncompleteRead) for cause in causes) or "prematurely" in str(error):
        return FetchFailed("truncated", where, f"{where}: the answer stops before its end; try again later")
    if connection.tapes and not connection.tapes[-1].taken:
        return FetchFailed("protocol", where, f"{where}: {target.host} hung up without an answer")
    return FetchFailed("protocol", where, f"{where}: the answer of {target.host} is not correct HTTP: {str(error)[:200]}")
