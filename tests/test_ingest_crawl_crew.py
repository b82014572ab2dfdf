"""Several portals at once: in parallel over hosts, never over one, and all of them stop when told to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import pytest

from archive.verify import verify
from ingest.crawl import PortalCrawl
from ingest.crew import Crew, Stop, groups_of, names_of
from ingest.portal import Portal
from tangthu.house import House
from tests.lying_portal import portal_at, whole
from tests.lying_server import LyingServer, Script, silent


class Together:
    """Says how many requests were being answered at the same moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def __enter__(self) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._now -= 1


def counted(answer: bytes | Script, seconds: float, counts: Sequence[Together]) -> Script:
    """The same answer, later, and counted while it is made."""
    assert isinstance(answer, bytes)

    def script(connection: socket.socket, stop: threading.Event) -> None:
        with ExitStack() as counting:
            for count in counts:
                counting.enter_context(count)
            stop.wait(seconds)
        connection.sendall(answer)

    return script


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def serve(stack: ExitStack, host: str, counts: Sequence[Together] = (), pages: int = 2, seconds: float = 0.02) -> LyingServer:
    answers = {path: counted(answer, seconds, counts) for path, answer in whole(pages, 5).items()}
    return stack.enter_context(LyingServer(answers, host=host))


def crawl_all(house: House, groups: Sequence[Sequence[Portal]], stop: Stop | None = None, grace_s: float = 5.0) -> Crew:
    stop = stop or Stop()
    with house.workshop() as shop:

        def make(group: Sequence[Portal]) -> list[PortalCrawl]:
            ingester = shop.another(stop.sleep)
            return [PortalCrawl(portal, ingester, house.catalog) for portal in group]

        crew = Crew(groups, make, stop, grace_s)
        crew.run()
    return crew


def test_hosts_are_crawled_at_the_same_time_and_one_host_never_is(house: House, stack: ExitStack) -> None:
    every, each = Together(), [Together() for _ in range(3)]
    servers = [serve(stack, f"127.0.0.{number + 2}", (every, one), seconds=0.05) for number, one in enumerate(each)]
    portals = [portal_at(server, name=f"p{number}") for number, server in enumerate(servers)]
    crew = crawl_all(house, groups_of(portals, {}))
    assert [one.tally.new for one in crew.crawls] == [10, 10, 10]
    assert [one.most for one in each] == [1, 1, 1]
    assert every.most > 1
    assert all(len(server.requests) == 13 for server in servers)
    assert house.catalog.count_documents() == 30
    assert verify(house.store, house.catalog).bad == ()


def test_portals_of_one_host_take_turns(house: House, stack: ExitStack) -> None:
    """The announcements of the one are not kept waiting by all those of the other."""
    together = Together()
    answers = whole(1, 10) | whole(1, 10, base="/thong-bao/", after=100)
    server = stack.enter_context(LyingServer({path: counted(answer, 0.001, [together]) for path, answer in answers.items()}))
    portals = [portal_at(server, name="one"), portal_at(server, name="other", lists=("/thong-bao/",))]
    (group,) = groups_of(portals, {})
    crew = crawl_all(house, [group])
    assert together.most == 1
    assert [one.tally.new for one in crew.crawls] == [10, 10]
    numbers = [int(path.rpartition("-")[2].removesuffix(".html")) for path in server.paths if path.endswith(".html")]
    assert [number > 100 for number in numbers] == [False, True] * 10


def test_portals_that_share_a_host_an_alias_or_an_address_are_one_group() -> None:
    def portal(name: str, *aliases: str) -> Portal:
        return Portal(name, name, name, f"https://{name}", (), aliases=aliases)

    a, b, c, d, e = portal("a.vn", "www.a.vn"), portal("b.vn", "cu.vn"), portal("c.vn", "cu.vn"), portal("d.vn"), portal("e.vn")
    addresses = {"a.vn": ("203.0.113.1",), "d.vn": ("203.0.113.1", "203.0.113.9"), "b.vn": ("203.0.113.2",)}
    assert groups_of([a, b, c, d, e], addresses) == [[b, c], [a, d], [e]]
    joined = portal("f.vn", "cu.vn", "e.vn")
    assert groups_of([b, e, joined], {}) == [[b, e, joined]]
    assert names_of(a, addresses) == {"a.vn", "www.a.vn", "203.0.113.1"}


def test_all_stop_within_seconds_and_what_was_fetched_is_kept(house: House, stack: ExitStack) -> None:
    first, second = serve(stack, "127.0.0.2"), serve(stack, "127.0.0.3")
    second.answers["/tin-tuc/?page=2"] = silent
    portals = [portal_at(first, name="p1", delay_s=0.2), portal_at(second, name="p2")]
    stop = Stop()
    threading.Timer(1.0, stop.set).start()
    began = time.monotonic()
    crawl_all(house, groups_of(portals, {}), stop, grace_s=0.5)
    assert time.monotonic() - began < 4
    count = house.catalog.count_documents()
    assert 5 <= count < 20
    second.answers["/tin-tuc/?page=2"] = whole(2, 5)["/tin-tuc/?page=2"]
    crew = crawl_all(house, groups_of([portals[0], replace(portals[1], delay_s=0.0)], {}))
    assert all(one.tally.resumed for one in crew.crawls)
    assert house.catalog.count_documents() == 20
    assert verify(house.store, house.catalog).bad == ()


def test_an_error_of_one_worker_stops_the_others_and_is_raised(house: House, stack: ExitStack) -> None:
    server = serve(stack, "127.0.0.2", pages=4)
    broken = portal_at(server, name="broken", identity="(")
    good = portal_at(serve(stack, "127.0.0.3", pages=9), name="good", delay_s=0.5)
    began = time.monotonic()
    with pytest.raises(Exception, match=r"unterminated|missing"):
        crawl_all(house, [[broken], [good]])
    assert time.monotonic() - began < 10
