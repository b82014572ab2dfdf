"""Similar documents and references for programs, over the real index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search.following.follow import Follower
from search.searcher import Searcher
from tests.web_archive import READING, WebArchive
from web.app import Services, create_app


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, list[str]]]:
    """The application over three documents: the second names the first by its number, the third is gone from its portal."""
    folder = tmp_path_factory.mktemp("related")
    archive = WebArchive(folder)
    ids = [archive.put()]
    text = "Căn cứ Thông báo số 123/TB-STC về công khai dự toán ngân sách (tài liệu mẫu) và Nghị định 163/2016/NĐ-CP."
    ids.append(
        archive.put("/tin/2", replace(READING, title="Công khai dự toán ngân sách bổ sung", text=text, number="45/TB-STC"))
    )
    ids.append(archive.put("/tin/3", replace(READING, text=READING.text + " Bản cũ.", number=None)))
    archive.remove(ids[2])
    Follower(archive.catalog, folder / "index").catch_up()
    searcher = Searcher(folder / "index")
    yield create_app(Services(archive.catalog, archive.store, searcher, None, "x")).test_client(), ids
    searcher.close()
    archive.catalog.close()


def test_similar_documents_come_nearest_first_and_say_whether_they_were_removed(site: tuple[FlaskClient, list[str]]) -> None:
    client, ids = site
    found = client.get(f"/api/documents/{ids[0]}/similar").get_json()
    assert found["id"] == ids[0]
    assert [(hit["id"], hit["state"]) for hit in found["hits"]] == [(ids[2], "removed"), (ids[1], "live")]
    assert len(client.get(f"/api/documents/{ids[0]}/similar?limit=1").get_json()["hits"]) == 1


def test_references_name_numbers_with_the_documents_that_carry_them(site: tuple[FlaskClient, list[str]]) -> None:
    client, ids = site
    found = client.get(f"/api/documents/{ids[1]}/references").get_json()
    assert {each["number"]: [hit["id"] for hit in each["documents"]] for each in found["names"]} == {
        "123/TB-STC": [ids[0]],
        "163/2016/NĐ-CP": [],
    }
    named = client.get(f"/api/documents/{ids[0]}/references?limit=5").get_json()
    assert [hit["id"] for hit in named["named_by"]] == [ids[1]]
    assert named["total_named_by"] == 1


@pytest.mark.parametrize("what", ["similar", "references"])
def test_what_is_not_there_and_limits_that_are_none_get_their_answer(site: tuple[FlaskClient, list[str]], what: str) -> None:
    client, ids = site
    assert client.get(f"/api/documents/aaaaaaaaaaaa/{what}").status_code == 404
    assert client.get(f"/api/documents/x/{what}").status_code == 404
    for limit in ("0", "-1", "101", "9" * 50, "một", ""):
        assert client.get(f"/api/documents/{ids[0]}/{what}", query_string={"limit": limit}).status_code == 400


def test_before_anything_is_indexed_the_answer_is_that_no_index_answers(tmp_path: Path) -> None:
    archive = WebArchive(tmp_path)
    id = archive.put()
    client = create_app(Services(archive.catalog, archive.store, Searcher(tmp_path / "index"), None, "x")).test_client()
    assert client.get(f"/api/documents/{id}/similar").status_code == 503
    archive.catalog.close()
