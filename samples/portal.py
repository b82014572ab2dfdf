"""Serves the sample portal over HTTP on loopback, and nowhere else."""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, TextIO

from samples.routes import Routes

HOST = "127.0.0.1"
DEFAULT_PORT = 8017
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Request:
    """One request that was answered."""

    method: str
    target: str
    status: int


class SamplePortal:
    """The sample portal at a port of its own, served by threads between `with` and its end.

    Port 0 takes a free one. `log` gets one line a request; None keeps quiet.
    Every instance starts afresh: pages that change or vanish do so once it was asked for them.
    """

    def __init__(self, port: int = 0, *, log: TextIO | None = None) -> None:
        self._server = _Server((HOST, port), log)
        self.port: int = self._server.server_address[1]
        self.base_url = f"http://{HOST}:{self.port}"
        self._server.routes = Routes(self.base_url)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="sample-portal")

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests so far (the latest 10,000), in the order in which their answers were ready."""
        return tuple(self._server.answered)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def run(self) -> None:
        """Serves until the process is interrupted."""
        try:
            self._server.serve_forever()
        finally:
            self._server.server_close()


def serve(port: int = DEFAULT_PORT, *, log: TextIO | None = None) -> None:
    """Serves the sample portal on loopback until interrupted. Raises OSError where the port is taken."""
    SamplePortal(port, log=log).run()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    routes: Routes

    def __init__(self, address: tuple[str, int], log: TextIO | None) -> None:
        self.log = log
        self.answered: deque[Request] = deque(maxlen=_REMEMBERED)
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer.server_bind asks the resolver for a full host name, which can hang on a machine without network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        # A client may keep its connection open: its thread would wait for the next request, and this for the thread.
        for connection in tuple(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SamplePortal"
    sys_version = ""
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        answer = self.server.routes.answer(self.command, self.path, self.headers)
        self.server.answered.append(Request(self.command, self.path, answer.status))
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        if self.server.log is not None:
            print(self.address_string(), format % args, file=self.server.log, flush=True)
