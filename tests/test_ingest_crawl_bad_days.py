"""Portals that misbehave, crawled end to end: each comes to a bounded, recorded end, and nothing that arrived is lost."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from dataclasses import replace

import pytest

from archive.verify import verify
from ingest.frontier import MAX_BARREN_PAGES
from ingest.ingester import MAX_REFRESHES
from ingest.pace import TRIES
from tangthu.house import House
from tests.lying_portal import TEXT, announcement, asked, in_turn, listing, path_of, portal_at, run, served, titles, whole
from tests.lying_server import LyingServer, Script, drip, redirect, respond, silent

BUSY = respond(b"busy", status="503 Service Unavailable")


def failures(house: House) -> dict[str, str]:
    """What the catalogue says failed: code by address."""
    with house.catalog.frontier(only_look=True) as look:
        rows = look._connection.exec_driver_sql("SELECT url, code FROM failures").all()
    assert len(rows) == len(set(rows)), "a failure is recorded once"
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize(
    "trouble",
    [
        BUSY,
        respond(b"slow down", status="429 Too Many Requests"),
        respond(b"broken", status="500 Internal Server Error"),
        respond(b"half", length=100),
        respond(b"slow down", "Retry-After: 1", status="429 Too Many Requests"),
    ],
    ids=["503", "429", "500", "truncated", "retry-after"],
)
def test_what_fails_for_a_while_is_tried_again_in_the_same_crawl(house: House, trouble: bytes) -> None:
    answers = whole(1, 3)
    answers[path_of(2)] = in_turn(trouble, announcement(2))
    with served(answers) as (server, portal):
        began = time.monotonic()
        tally = run(house, portal)
        assert (tally.fetched, tally.new, tally.failed) == (3, 3, 0)
        assert asked(server, path_of(2)) == 2
        if b"Retry-After" in trouble:
            assert time.monotonic() - began >= 1


def test_what_goes_on_failing_is_tried_a_few_times_then_once_a_crawl_and_at_last_not_at_all(house: House) -> None:
    answers = whole(1, 2)
    answers[path_of(1)] = respond(b"broken", status="500 Internal Server Error")
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert (tally.new, tally.failed, tally.waiting, asked(server, path_of(1))) == (1, 1, 1, TRIES)
        for _ in range(12):
            run(house, portal)
        assert asked(server, path_of(1)) == 10
        assert failures(house)[server.url(path_of(1))] == "http_500"
        server.answers[path_of(1)] = announcement(1)
        assert run(house, portal).new == 0
        assert run(house, portal, full=True).new == 1, "a full crawl asks again for what had failed for good"


def test_a_host_that_asks_to_be_left_alone_for_long_is_left_alone(house: House) -> None:
    answers = whole(1, 5)
    answers[path_of(5)] = respond(b"slow down", "Retry-After: 7200", status="429 Too Many Requests")
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert "left alone" in tally.stopped
        assert tally.waiting == 5, "what waits goes on waiting"
        assert len(server.paths) == 3
        tally = run(house, portal)
        assert tally.new == 4
        assert asked(server, path_of(5)) == 1, "its own time has not come"


def test_a_storm_of_429_ends_the_crawl_and_loses_nothing(house: House) -> None:
    answers = whole(1, 8)
    storm = respond(b"slow down", status="429 Too Many Requests")
    good = {path: answer for path, answer in answers.items() if path != "/tin-tuc/"}
    answers |= dict.fromkeys(good, storm)
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert tally.stopped
        assert (tally.new, tally.waiting) == (0, 8)
        assert len(server.paths) <= 8
        server.answers |= good
        assert run(house, portal).new == 8


def test_a_host_that_does_not_answer_is_given_up_for_this_crawl(house: House) -> None:
    with LyingServer(whole(1, 2)) as server:
        portal = portal_at(server)
        run(house, portal, limit=1)
    tally = run(house, portal)
    assert tally.stopped
    assert tally.waiting >= 1
    assert failures(house)[portal.base_url] == "left_alone"


def test_a_list_whose_next_pages_go_in_a_circle_ends(house: House) -> None:
    answers = whole(3, 2)
    answers["/tin-tuc/?page=3"] = listing([path_of(2), path_of(1)], "/tin-tuc/?page=2")
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert (tally.new, tally.failed) == (6, 0)
        assert len(server.paths) == len(set(server.paths))
        assert run(house, portal).lists == 1, "the list counts as walked to its end"


def test_a_list_that_gives_the_same_items_on_every_page_ends(house: House) -> None:
    answers = whole(1, 3)
    items = [path_of(3), path_of(2), path_of(1)]
    answers["/tin-tuc/"] = listing(items, "/tin-tuc/?page=2")
    answers |= {f"/tin-tuc/?page={page}": listing(items, f"/tin-tuc/?page={page + 1}") for page in range(2, 60)}
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert tally.new == 3
        assert sum(path.startswith("/tin-tuc/?page") for path in server.paths) <= MAX_BARREN_PAGES
        assert any("same items" in note for note in tally.notes)


def test_a_calendar_without_end_ends(house: House) -> None:
    answers = whole(1, 2)
    answers["/tin-tuc/"] = listing([path_of(2), path_of(1)], "/tin-tuc/?page=2")
    answers |= {f"/tin-tuc/?page={page}": listing([], f"/tin-tuc/?page={page + 1}") for page in range(2, 200)}
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert (tally.new, tally.failed) == (2, 0)
        assert len(server.paths) < 10 + MAX_BARREN_PAGES


def test_a_portal_that_names_more_and_more_is_bounded_and_it_is_recorded(house: House) -> None:
    """Every page of the list names announcements under addresses that nobody has seen: a script makes them up."""
    draw = random.Random(7)
    answers = {
        f"/tin-tuc/?page={page}": listing([path_of(draw.randint(10**6, 10**9)) for _ in range(20)], f"/tin-tuc/?page={page + 1}")
        for page in range(2, 12)
    }
    answers["/tin-tuc/"] = listing([path_of(1)], "/tin-tuc/?page=2")
    with LyingServer(answers) as server:
        tally = run(house, portal_at(server), max_found=50)
        assert tally.fetched <= 50
        assert "too_many" in tally.reasons
        assert "too_many" in failures(house).values()
        assert len(server.paths) < 120


def test_session_ids_in_addresses_make_no_second_announcement(house: House) -> None:
    answers = whole(1, 2)
    first = [f"{path_of(number)}?PHPSESSID={number * 7:032x}" for number in (2, 1)]
    again = [f"{path_of(number)}?PHPSESSID={number * 9:032x}" for number in (2, 1)]
    answers["/tin-tuc/"] = listing(first, "/tin-tuc/?page=2&PHPSESSID=aa")
    answers["/tin-tuc/?page=2&PHPSESSID=aa"] = listing(again, "/tin-tuc/?PHPSESSID=bb&page=2")
    answers |= {path: announcement(int(path.split("-")[4].split(".")[0])) for path in (*first, *again)}
    with served(answers, identity=r"-(\d+)\.html") as (server, portal):
        tally = run(house, portal)
        assert (tally.fetched, tally.new) == (2, 2)
        assert len(server.paths) == 1 + 2 + 2


def refreshing(to: str) -> bytes:
    return respond(f'<html><head><meta http-equiv="refresh" content="0; url={to}"></head><body>.</body></html>'.encode())


def test_a_meta_refresh_is_followed_as_a_redirect(house: House) -> None:
    answers = whole(1, 2)
    answers[path_of(2)] = refreshing(path_of(22))
    answers[path_of(22)] = announcement(22)
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert (tally.new, tally.failed, tally.moved) == (2, 0, 1)
        assert titles(house) == {"Thông báo mẫu số 1", "Thông báo mẫu số 22"}
        before = len(server.paths)
        run(house, portal)
        assert asked(server, path_of(2)) == asked(server, path_of(22)) == 1
        assert len(server.paths) - before == 2, "robots.txt and the list"


def test_a_meta_refresh_loop_is_a_failure_and_bounded(house: House) -> None:
    answers = whole(1, 2)
    answers[path_of(2)] = refreshing(path_of(22))
    answers[path_of(22)] = refreshing(path_of(2))
    answers[path_of(1)] = refreshing(path_of(100))
    answers |= {path_of(number): refreshing(path_of(number + 1)) for number in range(100, 130)}
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert tally.reasons == {"refreshes": 2}
        assert len(server.paths) <= 2 + 2 + 2 + MAX_REFRESHES


def test_a_redirect_loop_is_a_failure_and_the_others_come_in(house: House) -> None:
    answers = whole(1, 3)
    answers[path_of(2)] = redirect(path_of(22))
    answers[path_of(22)] = redirect(path_of(2))
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert (tally.new, tally.reasons) == (2, {"redirects": 1})
        run(house, portal)
        assert asked(server, path_of(2)) <= 3, "the loop is not walked again"


@pytest.mark.parametrize("size", [10 << 20, 100])
def test_robots_txt_of_ten_megabytes_or_of_noise_is_survived(house: House, size: int) -> None:
    answers = whole(1, 2)
    answers["/robots.txt"] = respond(b"User-agent: *\nDisallow: /quan-tri/\n" + b"x" * size, "Content-Type: text/plain")
    with served(answers) as (_, portal):
        assert run(house, portal).new == 2


def test_robots_txt_with_status_500_lets_nothing_be_fetched_and_is_said_once(house: House) -> None:
    answers = whole(2, 3) | {"/robots.txt": respond(b"", status="500 Internal Server Error")}
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert (tally.fetched, tally.new) == (0, 0)
        assert tally.stopped
        assert set(server.paths) == {"/robots.txt"}
        server.answers["/robots.txt"] = respond(b"", status="404 Not Found")
        assert run(house, portal).new == 6, "nothing was lost by it"


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Loi he thong</body></html>",
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"<rss><channel><item><link>http://[</link>",
    ],
)
def test_a_feed_that_is_none_is_recorded_and_the_lists_are_walked(house: House, body: bytes) -> None:
    answers = whole(1, 2) | {"/rss.xml": respond(body, "Content-Type: application/rss+xml")}
    with served(answers, feeds=("/rss.xml",)) as (_, portal):
        assert run(house, portal).new == 2


def test_a_wrong_content_type_loses_no_list(house: House) -> None:
    answers = whole(2, 2)
    for path in ("/tin-tuc/", "/tin-tuc/?page=2"):
        answers[path] = bytes(answers[path]).replace(b"text/html; charset=utf-8", b"application/octet-stream")  # type: ignore[arg-type]
    with served(answers) as (_, portal):
        assert run(house, portal).new == 4


def test_a_slow_loris_costs_the_time_of_one_page(house: House) -> None:
    hasty = House(replace(house.settings, read_s=0.1, total_s=0.2))
    answers = whole(1, 3)
    answers[path_of(3)] = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000, 0.05)
    answers[path_of(2)] = silent
    with served(answers) as (_, portal):
        began = time.monotonic()
        tally = run(hasty, portal)
        assert tally.new == 1
        assert tally.waiting == 2
        assert time.monotonic() - began < 15
    hasty.catalog.close()


def test_connections_that_are_reset_in_the_middle_are_tried_again(house: House) -> None:
    def reset(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    answers = whole(1, 3)
    answers[path_of(2)] = in_turn(reset, announcement(2))
    with served(answers) as (_, portal):
        assert run(house, portal).new == 3


def test_a_server_that_answers_200_with_the_same_error_page_for_every_address_is_bounded(house: House) -> None:
    error = f"<html><body><h1>Thông báo lỗi</h1><p>{TEXT}</p><a href='/tin-tuc/loi-99.html'>Xem thêm</a></body></html>"
    page = respond(error.encode())
    with served({"/robots.txt": respond(b"", status="404 Not Found"), "/tin-tuc/": page}) as (server, portal):
        server.answers = _Everything(page)
        run(house, replace(portal, items="", next_page="", lists=("/tin-tuc/", "/thong-bao/")))
        assert len(server.paths) < 12
    assert verify(house.store, house.catalog).bad == ()


class _Everything(dict[str, bytes | Script]):
    """The same answer whatever is asked for."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self._answer = answer

    def get(self, path: str, default: object = None) -> bytes:
        return self._answer


def test_a_move_to_a_host_that_no_file_names_is_recorded_with_its_cure_and_not_fetched(house: House) -> None:
    answers = whole(1, 2)
    answers[path_of(2)] = redirect("http://so-moi.example.vn/tin-tuc/moi-2.html", "301 Moved Permanently")
    with served(answers) as (server, portal):
        tally = run(house, portal)
        assert tally.reasons == {"moved_host": 1}
        (failure,) = tally.failures
        assert "moved to so-moi.example.vn: add it as alias" in failure.error
        assert failures(house)[server.url(path_of(2))] == "moved_host"


def test_a_merged_host_that_the_file_names_keeps_the_documents(house: House) -> None:
    """The same announcements, now listed on another host of the portal; one of them under another name besides."""
    with LyingServer(whole(1, 3)) as server:
        portal = portal_at(server)
        run(house, portal)
        before = house.catalog.document_ids()
        moved = portal_at(server, host="localhost", aliases=("127.0.0.1",))
        moved = replace(moved, base_url=moved.base_url.replace("127.0.0.1", "localhost"))
        tally = run(house, moved, full=True)
        assert (tally.new, tally.unchanged, tally.moved) == (0, 3, 0)
        assert house.catalog.document_ids() == before
        server.answers[path_of(3)] = redirect("/tin-tuc/tin-ten-moi-33.html", "301 Moved Permanently")
        server.answers["/tin-tuc/tin-ten-moi-33.html"] = announcement(3)
        tally = run(house, moved, full=True)
        assert (tally.new, tally.unchanged, tally.moved) == (0, 3, 1)
        assert house.catalog.document_ids() == before


def test_removed_pages_are_removed_and_their_captures_stay(house: House) -> None:
    answers = whole(1, 3)
    with served(answers) as (server, portal):
        run(house, portal)
        server.answers[path_of(1)] = respond(b"", status="410 Gone")
        server.answers[path_of(2)] = redirect("/")
        server.answers["/"] = respond(b"<html>Trang chu</html>")
        tally = run(house, portal, full=True)
        assert (tally.removed, tally.unchanged) == (2, 1)
    states = sorted(house.catalog.document(id).state for id in house.catalog.document_ids())
    assert states == ["live", "removed", "removed"]
    assert all(house.catalog.captures(id) for id in house.catalog.document_ids())
    assert house.catalog.count_documents() == 3
