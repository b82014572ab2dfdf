"""The page that teaches how to search: in both languages, with examples that run."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search.asking import grammar
from search.asking.lexing import FIELDS
from tests.web_archive import HOST, WebArchive


def examples(client: FlaskClient, language: str) -> list[str]:
    """The queries that the links of the guide run."""
    page = BeautifulSoup(client.get(f"/huong-dan?lang={language}").text, "lxml")
    links = page.select(".lessons dt a")
    queries = [parse_qs(urlsplit(str(link["href"])).query)["q"][0] for link in links]
    assert [link.get_text() for link in links] == queries, "what is read is what runs"
    for link in links:
        assert client.get(str(link["href"])).status_code == 200
    return queries


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_example_is_understood_as_it_stands(client: FlaskClient, language: str) -> None:
    queries = examples(client, language)
    assert len(queries) > 20
    assert {query: grammar.read(query).notes for query in queries if grammar.read(query).notes} == {}


def test_every_field_is_taught_by_its_name_in_each_language(client: FlaskClient) -> None:
    used = {query.split(":")[0].split()[-1] for language in ("vi", "en") for query in examples(client, language) if ":" in query}
    assert used == set(FIELDS)


@pytest.mark.parametrize("sign", ['"', "+", " -", "*", "~", "(", "VÀ", "HOẶC", "KHÔNG", ".."])
def test_every_sign_is_taught(client: FlaskClient, sign: str) -> None:
    assert any(sign in query for query in examples(client, "vi"))


def test_the_example_of_a_source_is_a_portal_that_is_kept(client: FlaskClient) -> None:
    assert f"nguon:{HOST}" in examples(client, "vi")


def test_the_guide_answers_while_the_search_is_down(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.down = True
    response = client.get("/huong-dan")
    assert response.status_code == 200
    assert "Kết quả được xếp thế nào" in response.text
