"""A whole portal, crawled over real sockets: what is new comes in, what fails is named, a second crawl is short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

import samples
from archive.verify import verify
from ingest.crawl import Tally, crawl
from ingest.portal import Portal
from samples import SamplePortal
from tangthu.house import House
from tests.lying_server import LyingServer, redirect, respond


@pytest.fixture
def served() -> Iterator[SamplePortal]:
    with SamplePortal() as portal:
        yield portal


def sample(house: House, base_url: str) -> Portal:
    return next(portal for portal in house.portals if portal.name == "sample").at(base_url)


def run(house: House, portal: Portal, *, full: bool = False, limit: int | None = None) -> Tally:
    with house.workshop() as shop:
        return crawl(portal, shop.ingester, house.catalog, full=full, limit=limit)


def test_the_sample_portal_comes_in_whole(house: House, served: SamplePortal) -> None:
    portal = sample(house, served.base_url)
    tally = run(house, portal)
    assert tally.new == len(samples.announcements()) == house.catalog.count_documents()
    assert sorted(failure.error.rpartition(" ")[2] for failure in tally.failures) == ["404", "500"]
    for item in samples.announcements():
        assert house.catalog.knows(portal.identity_of(served.base_url + item.path)), item.path
    assert verify(house.store, house.catalog).bad == ()


def test_a_second_crawl_fetches_only_what_is_new(house: House, served: SamplePortal) -> None:
    portal = sample(house, served.base_url)
    run(house, portal)
    asked = len(served.requests)
    tally = run(house, portal)
    assert (tally.new, tally.changed, tally.fetched) == (0, 0, 1), "only the page that answered 500 is tried again"
    assert len(served.requests) - asked <= 1 + 1 + 2 * len(portal.lists) + 1


def test_a_full_crawl_sees_what_changed_and_what_was_removed(house: House, served: SamplePortal) -> None:
    portal = sample(house, served.base_url)
    run(house, portal)
    tally = run(house, portal, full=True)
    assert (tally.new, tally.changed, tally.removed) == (0, 1, 1)
    assert tally.unchanged == len(samples.announcements()) - 2
    (changed,) = (item for item in samples.announcements() if item.later_blocks)
    document = house.catalog.document(str(house.catalog.id_at(served.base_url + changed.path)))
    assert document.versions == 2
    states = {id: house.catalog.document(id).state for id in house.catalog.document_ids()}
    assert sorted(states.values()).count("removed") == 1


def test_ids_do_not_depend_on_the_port_or_the_order(
    house: House, served: SamplePortal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(house, sample(house, served.base_url))
    with SamplePortal() as elsewhere:
        other = House(replace(house.settings, home=tmp_path_factory.mktemp("other")))
        portal = sample(other, elsewhere.base_url)
        run(other, replace(portal, lists=tuple(reversed(portal.lists)), feeds=()))
        assert other.catalog.document_ids() == house.catalog.document_ids()
        other.catalog.close()


def test_a_limit_is_kept(house: House, served: SamplePortal) -> None:
    tally = run(house, sample(house, served.base_url), limit=3)
    assert tally.fetched == 3
    assert house.catalog.count_documents() == 3


def test_nothing_that_robots_txt_forbids_is_fetched(house: House, served: SamplePortal) -> None:
    portal = sample(house, served.base_url)
    with house.workshop() as shop:
        outcome = shop.ingester.page(f"{served.base_url}/quan-tri/", portal)
    assert outcome.outcome == "failed"
    assert "robots" in str(outcome.error)
    assert all(request.target != "/quan-tri/" for request in served.requests)


PAGE = (
    "<html><body><h1>Thông báo</h1><p>" + "Công khai dự toán ngân sách nhà nước năm nay của đơn vị. " * 5 + "</p></body></html>"
)


def test_a_redirect_to_a_foreign_host_is_refused_and_the_hop_is_kept(house: House) -> None:
    answers = {"/robots.txt": respond(b"", status="404 Not Found"), "/tin-tuc/x-1.html": redirect("http://evil.example/")}
    with LyingServer(answers) as server:
        portal = sample(house, server.url("").rstrip("/"))
        with house.workshop() as shop:
            outcome = shop.ingester.page(server.url("/tin-tuc/x-1.html"), portal)
    assert outcome.outcome == "failed"
    assert "evil.example" in str(outcome.error)
    assert house.catalog.last_status(server.url("/tin-tuc/x-1.html")) == 302


def test_a_list_whose_next_page_is_itself_ends(house: House) -> None:
    body = b'<div class="news-list"><div class="news-item__title"><a href="/tin-tuc/x-1.html">x</a></div></div>'
    body += b'<nav class="pagination"><a rel="next" href="/tin-tuc/">Sau</a></nav>'
    page = respond(PAGE.encode(), "Content-Type: text/html; charset=utf-8")
    with LyingServer(
        {"/robots.txt": respond(b"", status="404 Not Found"), "/tin-tuc/": respond(body), "/tin-tuc/x-1.html": page}
    ) as server:
        portal = replace(sample(house, server.url("").rstrip("/")), lists=("/tin-tuc/",), feeds=())
        tally = run(house, portal)
        assert tally.new == 1
        assert server.paths.count("/tin-tuc/") == 1


def test_a_list_that_cannot_be_had_is_a_failure_and_the_others_are_walked(house: House, served: SamplePortal) -> None:
    portal = sample(house, served.base_url)
    tally = run(house, replace(portal, lists=("/khong-co/", *portal.lists), feeds=("/khong-co.xml",)))
    assert tally.new == len(samples.announcements())
    assert sum("khong-co" in failure.item for failure in tally.failures) == 2
