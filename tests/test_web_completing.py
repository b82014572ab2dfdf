"""Ways to go on with what is being typed, as the script beside the box gets them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.results import Completion
from tests.web_archive import WebArchive
from web.completing import LIMIT

COMPLETIONS = (
    Completion("number", "123/TB-STC", "aaaaaaaaaaaa"),
    Completion("issuer", "Sở Tài chính Mẫu"),
    Completion("title", "Thông báo <b>mẫu</b>", "bbbbbbbbbbbb"),
)


def test_completions_are_a_list_of_kind_text_and_id(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.completions = COMPLETIONS
    response = client.get("/goi-y?q=123+tb")
    assert response.content_type == "application/json"
    assert response.get_json() == [
        {"kind": "number", "text": "123/TB-STC", "id": "aaaaaaaaaaaa"},
        {"kind": "issuer", "text": "Sở Tài chính Mẫu", "id": None},
        {"kind": "title", "text": "Thông báo <b>mẫu</b>", "id": "bbbbbbbbbbbb"},
    ]
    assert kept.search.typed == ["123 tb"]


def test_no_more_are_given_than_a_person_reads(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.completions = COMPLETIONS * 10
    assert len(client.get("/goi-y?q=a").get_json()) == LIMIT


@pytest.mark.parametrize("query", ["", "?q=", "?q=+++", "?q=%00%01", "?x=1", "?q=" + "a" * 101, "?q=" + "a" * 10_000])
def test_what_cannot_be_gone_on_with_asks_nothing_of_the_search(kept: WebArchive, client: FlaskClient, query: str) -> None:
    kept.search.completions = COMPLETIONS
    response = client.get("/goi-y" + query)
    assert (response.status_code, response.get_json()) == (200, [])
    assert kept.search.typed == []


def test_a_search_that_is_down_offers_nothing(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.down = True
    response = client.get("/goi-y?q=abc")
    assert (response.status_code, response.get_json()) == (200, [])


@given(query=st.binary(max_size=120).map(lambda raw: "".join(f"%{byte:02X}" for byte in raw)))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_it(kept: WebArchive, client: FlaskClient, query: str) -> None:
    kept.search.completions = COMPLETIONS
    response = client.get(f"/goi-y?q={query}")
    assert response.status_code == 200
    assert isinstance(response.get_json(), list)
    assert all("\x00" not in typed and len(typed) <= 100 for typed in kept.search.typed)


def test_another_method_is_refused_as_json(client: FlaskClient) -> None:
    response = client.post("/goi-y")
    assert (response.status_code, response.get_json()["status"]) == (405, 405)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_box_says_where_its_completions_come_from_and_links_to_the_guide(client: FlaskClient, language: str) -> None:
    for path in ("/", "/tim-kiem", "/huong-dan"):
        page = BeautifulSoup(client.get(f"{path}?lang={language}").text, "lxml")
        box = page.select_one("input#q")
        assert box
        assert box["data-complete"] == "/goi-y"
        assert str(box["data-document"]).replace("ID", "x") == {"vi": "/tai-lieu/x", "en": "/tai-lieu/x?lang=en"}[language]
        assert not box.has_attr("role"), "without the script it is a plain box"
        assert page.select_one("a.how[href^='/huong-dan']")
