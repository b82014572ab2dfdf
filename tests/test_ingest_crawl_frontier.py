"""What is fetched, in which order, and what is not fetched again: the frontier in the catalogue, behind real sockets."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import frontier
from ingest.crawl import PortalCrawl
from ingest.frontier import MAX_BARREN_PAGES, MAX_LIST_PAGES, rank_of, why_it_ends
from ingest.plan import plan, waiting
from ingest.step import Step
from tangthu.house import House
from tests.lying_portal import announcement, asked, listing, path_of, portal_at, run, served, whole
from tests.lying_server import LyingServer, respond


def grown(answers: dict[str, object], new: int) -> dict[str, object]:
    """The same list with one announcement more at its head."""
    items = [path_of(new), *re.findall(r'href="(/tin-tuc/[^"?]+\.html)"', bytes(answers["/tin-tuc/"]).decode())]  # type: ignore[call-overload]
    following = re.findall(r'rel="next" href="([^"]+)"', bytes(answers["/tin-tuc/"]).decode())  # type: ignore[call-overload]
    return {**answers, "/tin-tuc/": listing(items, following[0] if following else None), path_of(new): announcement(new)}


def codes(house: House) -> dict[str, str]:
    """What failed, by address."""
    with closing(sqlite3.connect(house.settings.catalog)) as connection:
        return dict(connection.execute("SELECT url, code FROM failures").fetchall())


def test_the_new_comes_first_by_depth_then_by_date() -> None:
    newer, older = datetime(2026, 11, 20, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    ranks = [
        rank_of("feed", 0, None),
        rank_of("page", 0, newer),
        rank_of("page", 0, older),
        rank_of("page", 0, None),
        frontier.rank_after_failure(rank_of("page", 0, newer), 1),
        frontier.rank_after_failure(rank_of("page", 0, None), 2),
        rank_of("list", 1, None),
        rank_of("page", 1, newer),
        rank_of("list", 57, None),
    ]
    assert ranks == sorted(set(ranks))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, MAX_LIST_PAGES))
def test_no_claimed_date_leaves_its_depth(at: datetime, depth: int) -> None:
    assert rank_of("list", depth, None) < rank_of("page", depth, at) < rank_of("list", depth + 1, None)


def test_a_walk_ends_for_a_reason() -> None:
    goes_on = {"has_next": True, "new": True, "whole": False, "depth": 3, "barren": 0, "repeats": False}
    assert why_it_ends(**goes_on) == ""  # type: ignore[arg-type]
    assert why_it_ends(**{**goes_on, "new": False, "whole": True}) == ""  # type: ignore[arg-type]
    for change in (
        {"has_next": False},
        {"new": False},
        {"repeats": True},
        {"barren": MAX_BARREN_PAGES},
        {"depth": MAX_LIST_PAGES - 1},
        {"barren": MAX_BARREN_PAGES, "whole": True, "new": False},
    ):
        assert why_it_ends(**{**goes_on, **change}), change  # type: ignore[arg-type]


def test_a_form_comes_back_from_the_frontier_as_it_was() -> None:
    step = Step("http://a.vn/ds.aspx", (("__VIEWSTATE", "é=&"), ("__EVENTTARGET", "g$2")), "utf-8", 2)
    first = frontier.head("list", "http://a.vn/ds.aspx")
    assert frontier.step_of(frontier.next_page(step, first, found_at="x")) == step
    assert frontier.step_of(first) == Step("http://a.vn/ds.aspx")


def test_first_pages_and_what_they_name_come_before_deep_ones(house: House) -> None:
    answers = {**whole(3, 3), "/thong-bao/": listing([path_of(77)]), path_of(77): announcement(77)}
    with served(answers, lists=("/tin-tuc/", "/thong-bao/")) as (server, portal):
        run(house, portal)
        paths = [path for path in server.paths if path != "/robots.txt"]
    assert paths[:2] == ["/tin-tuc/", "/thong-bao/"]
    assert paths[2:6] == [path_of(9), path_of(8), path_of(7), path_of(77)]
    assert paths[6] == "/tin-tuc/?page=2"


def test_an_incremental_crawl_stops_at_the_first_page_with_nothing_new_and_a_full_one_does_not(house: House) -> None:
    answers = whole(6, 4)
    with served(answers) as (server, portal):
        run(house, portal)
        server.answers = grown(answers, 25)  # type: ignore[assignment, arg-type]
        server.requests.clear()
        assert run(house, portal).new == 1
        assert server.paths == ["/robots.txt", "/tin-tuc/", path_of(25), "/tin-tuc/?page=2"]
        server.requests.clear()
        tally = run(house, portal, full=True)
        assert (tally.lists, tally.unchanged, tally.new) == (6, 25, 0)
        assert len(server.paths) == len(set(server.paths))


def test_a_crawl_with_a_limit_is_taken_up_without_walking_the_list_again(house: House) -> None:
    with served(whole(5, 4)) as (server, portal):
        assert run(house, portal, limit=10).fetched == 10
        tally = run(house, portal)
        assert (tally.new, tally.waiting) == (10, 0)
        deep = [path for path in server.paths if "page=" in path]
        assert len(deep) == len(set(deep)), "only the first page is looked at again"
        run(house, portal)
        assert asked(server, "/tin-tuc/?page=5") == 1, "and the list counts as walked to its end"


def test_a_list_page_that_fails_for_good_has_the_list_walked_again(house: House) -> None:
    answers = whole(3, 3)
    broken = {**answers, "/tin-tuc/?page=2": respond(b"", status="404 Not Found")}
    with served(broken) as (server, portal):
        tally = run(house, portal)
        assert (tally.new, tally.reasons) == (3, {"http_404": 1})
        server.answers = answers
        assert run(house, portal).new == 6


def test_a_stopped_crawl_is_taken_up_where_it_stood(house: House) -> None:
    with served(whole(3, 4)) as (server, portal):
        with house.workshop() as shop:
            one = PortalCrawl(portal, shop.ingester, house.catalog)
            for _ in range(8):
                one.step()
            one.close()
        had = list(server.paths)
        tally = run(house, portal)
        assert tally.resumed
        assert house.catalog.count_documents() == 12
        paths = [path for path in server.paths if path != "/robots.txt"]
        assert len(paths) == len(set(paths))
        assert len(had) > 5


def test_a_crawl_that_was_stopped_long_ago_looks_for_what_is_new_first(house: House) -> None:
    answers = whole(3, 4)
    with served(answers) as (server, portal):
        with house.workshop() as shop:
            one = PortalCrawl(portal, shop.ingester, house.catalog)
            for _ in range(4):
                one.step()
        yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        with closing(sqlite3.connect(house.settings.catalog)) as connection, connection:
            connection.execute("UPDATE crawls SET begun_at = ?, looked_at = ?", (yesterday, yesterday))
        server.answers = grown(answers, 13)  # type: ignore[assignment, arg-type]
        server.requests.clear()
        tally = run(house, portal)
        assert tally.resumed
        assert asked(server, path_of(13)) == 1
        assert house.catalog.count_documents() == 13
        assert asked(server, path_of(12)) == 0, "what was had before is not asked for again"


def test_after_a_rebuild_no_known_announcement_is_fetched_and_the_frontier_is_still_there(house: House) -> None:
    answers = whole(3, 3)
    answers[path_of(4)] = respond(b"", status="500 Internal Server Error")
    answers[path_of(5)] = respond(b"", status="404 Not Found")
    with served(answers) as (server, portal):
        run(house, portal)
        house.rebuild(lambda count: None)
        server.requests.clear()
        run(house, portal)
        assert server.paths == ["/robots.txt", "/tin-tuc/", path_of(4)], "the list still counts as walked to its end"


def test_without_the_old_catalogue_lists_are_walked_again_and_no_announcement_is(house: House) -> None:
    answers = whole(3, 3)
    answers[path_of(4)] = respond(b"", status="500 Internal Server Error")
    answers[path_of(5)] = respond(b"", status="404 Not Found")
    with served(answers) as (server, portal):
        run(house, portal)
        house.catalog.close()
        for path in house.settings.home.glob("catalog*"):
            path.unlink()
        fresh = House(house.settings)
        fresh.rebuild(lambda count: None)
        assert codes(fresh) == {server.url(path_of(4)): "http_500", server.url(path_of(5)): "http_404"}, (
            "from the WARC files alone"
        )
        server.requests.clear()
        run(fresh, portal)
        assert set(server.paths) == {
            "/robots.txt",
            *(path for path in answers if path.endswith("/") or "page=" in path),
            path_of(4),
        }
        fresh.catalog.close()


def test_what_failed_without_an_answer_is_known_after_a_rebuild(house: House) -> None:
    with LyingServer(whole(1, 2)) as server:
        portal = portal_at(server)
    run(house, portal)
    before = codes(house)
    house.rebuild(lambda count: None)
    assert "left_alone" in before.values()
    assert codes(house) == before


@pytest.mark.parametrize("full", [False, True])
def test_a_plan_names_what_the_crawl_then_fetches_and_changes_nothing(house: House, full: bool) -> None:
    answers = whole(3, 3)
    with served(answers) as (server, portal):
        run(house, portal)
        server.answers = grown(answers, 10)  # type: ignore[assignment, arg-type]
        before = {path: path.stat().st_size for path in house.settings.warc.iterdir()}
        last = house.catalog.last_change()
        server.requests.clear()
        with house.gate() as gate:
            planned = [each.url for each in plan(portal, gate, house.catalog, full=full) if each.kind == "page"]
        assert all("html" not in path for path in server.paths), "lists are read, announcements are not"
        assert before == {path: path.stat().st_size for path in house.settings.warc.iterdir()}
        assert house.catalog.last_change() == last
        assert list(waiting(portal, house.catalog)) == []
        server.requests.clear()
        run(house, portal, full=full)
        assert sorted(planned) == sorted(server.url(path) for path in server.paths if "html" in path)
