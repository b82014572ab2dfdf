"""The results page over the real index: what is typed goes to the search as it is, what comes back stands on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from archive.records import ReadDate
from search.following.follow import Follower
from search.searcher import Searcher
from tests.web_archive import READING, WebArchive
from web.app import Services, create_app


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, str]]:
    """The application over an index of three documents, and the id of the one from 2021."""
    folder = tmp_path_factory.mktemp("searched")
    archive = WebArchive(folder)
    archive.put()
    decision = replace(
        READING,
        title="Quyết định về việc giao biên chế (tài liệu mẫu)",
        text="Giao chỉ tiêu biên chế cho các phòng <b>chuyên môn</b>.",
        html="",
        summary=None,
        number="45/QĐ-STC",
        kind="Quyết định",
        published=ReadDate("2021-03-02", "day", "02/03/2021"),
    )
    id = archive.put("/tin/2", decision)
    archive.put("/tin/3", replace(READING, title="Lịch tiếp công dân (tài liệu mẫu)", number=None, kind=None, published=None))
    Follower(archive.catalog, folder / "index").catch_up()
    searcher = Searcher(folder / "index")
    yield create_app(Services(archive.catalog, archive.store, searcher, None, "x")).test_client(), id
    searcher.close()
    archive.catalog.close()


def rows(client: FlaskClient, query: str, **args: str) -> list[str]:
    response = client.get("/tim-kiem", query_string={"q": query, **args})
    assert response.status_code == 200
    return [str(link["href"]) for link in BeautifulSoup(response.text, "lxml").select(".rows h2 a")]


@pytest.mark.parametrize("query", ["giao biên chế", "giao bien che", "45/QĐ-STC", "so 45/qd-stc", "  biên \n chế "])
def test_a_document_is_found_by_words_with_or_without_marks_and_by_its_number(site: tuple[FlaskClient, str], query: str) -> None:
    client, id = site
    assert rows(client, query)[0] == f"/tai-lieu/{id}"


def test_an_empty_search_lists_everything(site: tuple[FlaskClient, str]) -> None:
    assert len(rows(site[0], "")) == 3


def test_filters_and_facets_of_the_page_are_those_of_the_index(site: tuple[FlaskClient, str]) -> None:
    client, id = site
    assert rows(client, "", year="2021") == [f"/tai-lieu/{id}"]
    assert rows(client, "", kind="Quyết định") == [f"/tai-lieu/{id}"]
    page = BeautifulSoup(client.get("/tim-kiem?q=").text, "lxml")
    facets = {str(link.get_text(" ", strip=True)): str(link["href"]) for link in page.select(".facets li a")}
    assert {"2021 1", "2020 1", "Quyết định 1", "Sở Tài chính Mẫu (cổng mẫu) 3"} <= set(facets)
    narrowed = BeautifulSoup(client.get(facets["2021 1"]).text, "lxml")
    assert [str(link["href"]) for link in narrowed.select(".rows h2 a")] == [f"/tai-lieu/{id}"]


def test_what_matched_is_marked_and_markup_of_the_text_is_text(site: tuple[FlaskClient, str]) -> None:
    row = BeautifulSoup(site[0].get("/tim-kiem?q=biên+chế").text, "lxml").select_one(".rows .row")
    assert row
    assert row.find("mark")
    assert not row.find("b")
    assert "<b>" in row.get_text()


@pytest.mark.parametrize(
    "query", ['"', '"chưa đóng', "*", "a*", "(((", "AND OR NOT", "kind:", "\\", "a" * 10_000, "ngân " * 3000, "\x00", "!!"]
)
def test_odd_queries_get_a_page(site: tuple[FlaskClient, str], query: str) -> None:
    for address in ("/tim-kiem", "/api/search"):
        assert site[0].get(address, query_string={"q": query}).status_code == 200


def test_pages_of_results_follow_each_other(site: tuple[FlaskClient, str]) -> None:
    assert rows(site[0], "", trang="2") == []


def test_an_archive_without_an_index_says_so(tmp_path: Path) -> None:
    archive = WebArchive(tmp_path)
    client = create_app(Services(archive.catalog, archive.store, Searcher(tmp_path / "index"), None, "x")).test_client()
    assert client.get("/tim-kiem?q=a").status_code == 503
    assert client.get("/").status_code == 200
    assert client.get("/healthz").get_json()["index"]["generation"] == "none"
    archive.catalog.close()
