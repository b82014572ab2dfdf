"""What the search box is told while somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search.results import Completion
from tests.web_archive import WebArchive
from web.api import SUGGESTIONS


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[WebArchive]:
    built = WebArchive(tmp_path)
    yield built
    built.catalog.close()


@pytest.fixture
def client(archive: WebArchive) -> FlaskClient:
    return archive.app().test_client()


def test_suggestions_are_a_list_of_kind_text_and_id(archive: WebArchive, client: FlaskClient) -> None:
    archive.search.completions = (Completion("number", "12/TB-STC", "abc"), Completion("issuer", "Sở Tài chính"))
    answer = client.get("/goi-y?q=thông báo ")
    assert answer.get_json() == [
        {"kind": "number", "text": "12/TB-STC", "id": "abc"},
        {"kind": "issuer", "text": "Sở Tài chính", "id": None},
    ]
    assert answer.content_type == "application/json"
    assert archive.search.typed == [("thông báo ", SUGGESTIONS)]


@pytest.mark.parametrize("text", ["", " ", "\x00", "a" * 20_000, "\u202e<b>", "ngân\u00a0"])
def test_any_text_is_answered(client: FlaskClient, text: str) -> None:
    assert client.get("/goi-y", query_string={"q": text}).get_json() == []


def test_an_index_that_cannot_be_read_is_said_as_json(archive: WebArchive, client: FlaskClient) -> None:
    archive.search.down = True
    answer = client.get("/goi-y?q=a")
    assert (answer.status_code, answer.get_json()["status"]) == (503, 503)
