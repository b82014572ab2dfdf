"""A crawl that is killed at any moment goes on where it stood: nothing is lost, and nothing that was kept is fetched twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from archive.verify import verify
from ingest.crawl import PortalCrawl
from tangthu.house import House
from tests import lying_portal
from tests.lying_portal import path_of, portal_at, run, whole
from tests.lying_server import LyingServer

PAGES, EACH = 3, 8
KILLS = 3
CHILD = """
import sys
from dataclasses import replace
from pathlib import Path
from ingest.crawl import crawl
from tangthu.house import House
from tangthu.settings import Settings
from ingest.portals.sample import PORTAL
house = House(Settings(home=Path(sys.argv[1])))
portal = replace(PORTAL.at(sys.argv[2]), lists=("/tin-tuc/",), feeds=())
with house.workshop() as shop:
    crawl(portal, shop.ingester, house.catalog, full=sys.argv[3] == "full")
"""


def start(house: House, server: LyingServer, mode: str) -> subprocess.Popen[bytes]:
    base_url = server.url("").rstrip("/")
    return subprocess.Popen([sys.executable, "-c", CHILD, str(house.settings.home), base_url, mode])


def kill_after(child: subprocess.Popen[bytes], server: LyingServer, requests: int, more_s: float) -> None:
    """Kill as soon as the server has seen so many requests more, and a little later."""
    until = len(server.requests) + requests
    deadline = time.monotonic() + 20
    while len(server.requests) < until and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(more_s)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_a_killed_crawl_goes_on_and_fetches_no_page_twice(house: House, mode: str) -> None:
    draw = random.Random(4)
    answers = {path: lying_portal.slow(answer, 0.004) for path, answer in whole(PAGES, EACH).items() if isinstance(answer, bytes)}
    with LyingServer(answers) as server:
        if mode == "full":
            run(house, portal_at(server))
            server.requests.clear()
        for _ in range(KILLS):
            kill_after(start(house, server, mode), server, draw.randint(2, 9), draw.uniform(0, 0.02))
        assert start(house, server, mode).wait(30) == 0
        paths = [path for path in server.paths if path != "/robots.txt"]
        twice = len(paths) - len(set(paths))
        assert set(paths) == set(answers), "nothing is left out"
        assert twice <= KILLS, "but for the one request that was under way, nothing is asked for again"
    assert house.catalog.count_documents() == PAGES * EACH
    assert verify(house.store, house.catalog).bad == ()


def test_what_was_kept_and_not_yet_recorded_is_not_fetched_again(house: House) -> None:
    """A kill between the disk and the catalogue: the bytes are durable, the frontier still has the address."""
    with LyingServer(whole(1, 3)) as server:
        portal = portal_at(server)
        with house.workshop() as shop:
            one = PortalCrawl(portal, shop.ingester, house.catalog)
            while path_of(3) not in server.paths:
                one.step()
            fetched = shop.gate.fetch(server.url(path_of(2)), portal)
            for exchange in fetched.exchanges:
                shop.keeper._writer.exchange(exchange, role="document", portal=portal.name)
            shop.keeper._writer.sync()
        run(house, portal)
        assert [server.paths.count(path_of(number)) for number in (1, 2, 3)] == [1, 1, 1]
        assert server.paths.count("/tin-tuc/") == 1
    assert house.catalog.count_documents() == 3
