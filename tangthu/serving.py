"""The web application under granian: a production WSGI server with several processes over one index."""

from __future__ import annotations

import os
import socket
from typing import Any

from tangthu.errors import WrongUse
from tangthu.house import House
from tangthu.settings import load


def application() -> Any:
    """The WSGI application of the settings in force; granian's workers call this."""
    from web.app import create_app

    return create_app(House(load()).services())


def serve(host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Raises WrongUse when the address cannot be had."""
    from granian import Granian
    from granian.constants import Interfaces

    house = House(load())
    house.catalog.last_change()  # a damaged or missing catalogue is said here, not by each worker
    house.follower.ready()
    house.catalog.close()
    _refuse_taken(host, port)
    os.environ.setdefault("TANGTHU_SITE_URL", house.settings.site_url)
    server = Granian(
        "tangthu.serving:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        log_access=False,
        websockets=False,
        respawn_failed_workers=True,
    )
    server.serve()


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongUse(f"{host}:{port} cannot be used: {error.strerror}; choose another with --host and --port") from error
