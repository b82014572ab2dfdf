"""A web server on loopback that misbehaves on demand: it says what its script says, byte for byte, true HTTP or not."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

Stop = threading.Event
Script = Callable[[socket.socket, Stop], None]
"""Writes an answer to the socket; to wait it waits for the event, which is set when the test is over."""


class LyingServer:
    """Answers each path with its bytes or script; robots.txt and every other path with 404 unless they are given.

    Each connection is closed after one answer. `requests` are the requests as received, in order, a form's body with its head.
    """

    def __init__(
        self, answers: Mapping[str, bytes | Script] | None = None, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.answers: dict[str, bytes | Script] = dict(answers or {})
        self.requests: list[bytes] = []
        self._tls = tls
        self._stop = threading.Event()
        self._listener = socket.create_server((host, 0))
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        # A thread in accept() does not see its socket closed; a connection wakes it.
        with socket.create_connection((self.host, self.port)):
            pass
        for thread in self._threads:
            thread.join(timeout=10)
        self._listener.close()

    def url(self, path: str = "/") -> str:
        """The address of `path` on this server, by IP address."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [request.split(b" ", 2)[1].decode() for request in self.requests]

    @property
    def forms(self) -> list[bytes]:
        """The bodies behind the heads of the requests, in order; empty where there was none."""
        return [request.partition(b"\r\n\r\n")[2] for request in self.requests]

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stop.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            request = _read_request(connection)
            if request:
                self.requests.append(request)
                self._answer(connection, request.split(b" ", 2)[1].decode())
        except OSError:
            pass  # the client hung up, which is what many of these scripts are written to bring about
        finally:
            connection.close()

    def _answer(self, connection: socket.socket, path: str) -> None:
        answer = self.answers.get(path, respond(b"not here", status="404 Not Found"))
        if callable(answer):
            answer(connection, self._stop)
        else:
            connection.sendall(answer)


def _read_request(connection: socket.socket) -> bytes:
    request = b""
    while not _is_whole(request):
        data = connection.recv(65536)
        if not data:
            return b""
        request += data
    return request


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def respond(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A correct answer, but for a `length` that may lie."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    if not any(header.lower().startswith("content-type") for header in headers):
        lines.append("Content-Type: text/html; charset=utf-8")
    return "\r\n".join([*lines, "", ""]).encode() + body


def respond_chunked(pieces: Iterable[bytes], *headers: str, end: bytes = b"0\r\n\r\n") -> bytes:
    """An answer in chunks, one a piece; `end` may lie."""
    head = "\r\n".join(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers, "", ""]).encode()
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + end


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A redirect; `location` goes out as UTF-8."""
    return respond(b"moved", f"Location: {location}", status=status)


def drip(data: bytes, every_s: float) -> Script:
    """One byte at a time."""

    def script(connection: socket.socket, stop: Stop) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            if stop.wait(every_s):
                return

    return script


def endless(head: bytes, piece: bytes) -> Script:
    """The same piece until somebody hangs up."""

    def script(connection: socket.socket, stop: Stop) -> None:
        connection.sendall(head)
        while not stop.is_set():
            connection.sendall(piece)

    return script


def silent(connection: socket.socket, stop: Stop) -> None:
    """Takes the request and says nothing."""
    stop.wait(10)
