"""The web application under granian: a production WSGI server with several processes over one index."""

from __future__ import annotations

import logging
import socket
from typing import Any

from tangthu.errors import WrongUse
from tangthu.house import House, warn
from tangthu.settings import load

THREADS = 4
"""Of one worker: pages are short and hold the interpreter's lock; more threads only wait for each other."""
KILL_AFTER_S = 3
PATIENCE_S = 5
"""An index of thousands of documents that must be built first is built while the pages are there already."""


def application() -> Any:
    """The WSGI application of the settings in force; granian's workers call this."""
    from web.app import create_app

    return create_app(House(load()).services())


def serve(host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Raises WrongUse when the address cannot be had."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    logging.basicConfig(format="tangthu: %(message)s", level=logging.WARNING)
    house = House(load())
    house.catalog.last_change()  # what is wrong with the catalogue is said here, not by each worker
    _refuse_taken(host, port)
    shown = f"[{host}]" if ":" in host else host
    server = Granian(
        "tangthu.serving:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        # Now and then a worker misses the Ctrl-C that the terminal sends to it and to the parent at once.
        workers_kill_timeout=KILL_AFTER_S,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    )
    # The parent has nothing else to do, and is one however many workers answer: here the index follows, whoever brings pages in.
    with house.standing(with_captures=True) as standing:
        if not standing.first.wait(PATIENCE_S):
            warn("the index is still being brought up to date; pages say so where it shows")
        warn(f"open http://{shown}:{port}/ (Ctrl-C ends it)")
        server.serve()


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongUse(f"{host}:{port} cannot be used: {error.strerror}; choose another with --host and --port") from error
