"""The page that says why a document stands where it does."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search.results import Explained, Hit, Results, Share
from tests.web_archive import PORTAL, WebArchive
from web.explaining import MOST_SHARES

STREAMS = get_args(get_type_hints(Share)["stream"])
SHARES = (
    Share("pair", "ngân sách", 301, 0.5, 3.2, 1.2),
    Share("syllable", "ngân", 2210, 1.0, 1.6),
    Share("readings", "du", 7001, 0.5, 0.0),
)


@pytest.fixture
def id(kept: WebArchive) -> str:
    return kept.put()


def hit(id: str) -> Hit:
    return Hit(id, 4.8, "Thông báo mẫu", "Thông báo <mark>mẫu</mark><i>", "", "", "https://stc.mau.example/1", PORTAL)


def page(client: FlaskClient, url: str, status: int = 200) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == status, response.text[:2000]
    return BeautifulSoup(response.text, "lxml")


def test_a_hit_leads_to_its_explanation_under_the_same_filters(kept: WebArchive, client: FlaskClient, id: str) -> None:
    kept.search.answer = Results(60, (hit(id),))
    kept.search.explained = Explained(hit(id), 45, SHARES)
    link = page(client, "/tim-kiem?q=ngân+sách&kind=Thông+báo&year=2020&sort=newest&nguyenvan=1&trang=3").select_one("a.why")
    assert link
    assert "Thông báo mẫu" in str(link["aria-label"])
    soup = page(client, str(link["href"]))
    asked = kept.search.asked[-1]
    assert (asked.text, asked.sort, asked.verbatim, asked.offset) == ("ngân sách", "newest", True, 0)
    assert asked.filters == (("kind", "Thông báo"), ("year", "2020"))
    back = soup.select_one(".back a")
    assert back
    page(client, str(back["href"]))
    assert (kept.search.asked[-1].offset, kept.search.asked[-1].filters) == (40, asked.filters), "to the page that it stands on"


def test_a_list_of_everything_explains_nothing(kept: WebArchive, client: FlaskClient, id: str) -> None:
    kept.search.answer = Results(1, (hit(id),))
    assert not page(client, "/tim-kiem?q=").select("a.why")
    assert "mọi tài liệu" in page(client, f"/tim-kiem/vi-sao?q=&id={id}").get_text()


def test_place_points_and_what_gave_them_are_told_in_words(kept: WebArchive, client: FlaskClient, id: str) -> None:
    kept.search.explained = Explained(hit(id), 1, SHARES)
    soup = page(client, f"/tim-kiem/vi-sao?q=ngân+sách&id={id}")
    text = " ".join(soup.get_text(" ").split())
    assert "Vì sao đứng thứ 1 cho “ngân sách”" in text
    assert "Tài liệu được 4,80 điểm." in text
    rows = [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    assert rows[0] == [
        "ngân sách hai từ đứng cạnh nhau",
        "Số tài liệu có: 301",
        "Trọng số: × 0,5",
        "3,20 trong đó 1,20 nhờ đứng ở tiêu đề",
    ]
    assert rows[1] == ["ngân từ đúng dấu", "Số tài liệu có: 2.210", "Trọng số: × 1", "1,60"]
    assert [(rect["width"]) for rect in soup.select("rect.all")] == ["100.0", "50.0", "0.0"]
    assert soup.select("rect.of-title")[0]["width"] == "37.5"
    assert soup.select_one("a[href='/huong-dan#xep-hang']")
    assert not soup.find("i")


def test_numbers_are_written_as_the_language_writes_them(kept: WebArchive, client: FlaskClient, id: str) -> None:
    kept.search.explained = Explained(hit(id), 1, SHARES)
    text = page(client, f"/tim-kiem/vi-sao?q=a&id={id}&lang=en").get_text()
    assert "The document has 4.80 points." in text
    assert "2,210" in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_stream_has_words_of_its_own(kept: WebArchive, client: FlaskClient, id: str, language: str) -> None:
    kept.search.explained = Explained(hit(id), 1, tuple(Share(stream, "x", 1, 1.0, 1.0) for stream in STREAMS))
    told = [cell.get_text() for cell in page(client, f"/tim-kiem/vi-sao?q=a&id={id}&lang={language}").select(".stream")]
    assert len(set(told)) == len(STREAMS)
    assert not set(told) & set(STREAMS)


def test_scores_that_cannot_be_drawn_are_still_told(kept: WebArchive, client: FlaskClient, id: str) -> None:
    odd = (Share("pair", "<b>", 0, 0.0, -1.0, 5.0), Share("pair", "y", 10**9, 1e9, 0.0, -2.0))
    kept.search.explained = Explained(hit(id), 10**9, odd)
    soup = page(client, f"/tim-kiem/vi-sao?q=a&id={id}")
    assert all(float(str(rect["width"])) == 0 for rect in soup.select("rect"))
    assert "<b>" in soup.get_text()


def test_a_thousand_shares_are_cut_and_counted(kept: WebArchive, client: FlaskClient, id: str) -> None:
    kept.search.explained = Explained(hit(id), 1, tuple(Share("pair", f"a{n}", 1, 1.0, 1.0) for n in range(1000)))
    soup = page(client, f"/tim-kiem/vi-sao?q=a&id={id}")
    assert len(soup.select("tbody tr")) == MOST_SHARES
    assert f"và {1000 - MOST_SHARES} mục khác" in soup.get_text()
    assert "1.000,00 điểm" in soup.get_text(), "the sum is of all"


def test_a_document_without_points_or_outside_the_results_is_said_to_be_so(
    kept: WebArchive, client: FlaskClient, id: str
) -> None:
    assert "không nằm trong kết quả" in page(client, f"/tim-kiem/vi-sao?q=khác&id={id}").get_text()
    kept.search.explained = Explained(hit(id), 3, ())
    assert "không đặt điểm nào" in page(client, f"/tim-kiem/vi-sao?q=ngay:2020&id={id}").get_text()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?q=a", 400),
        ("?q=a&id=", 400),
        ("?q=a&id=aaaaaaaaaaaa", 404),
        ("?q=a&id=" + "a" * 10_000, 404),
        ("?q=a&id=%00", 400),
        ("?q=a&id=../../etc", 404),
        ("?q=a&id={id}&sort=x", 400),
        ("?q=a&id={id}&trang=0", 400),
        ("?id={id}", 200),
        ("?id={id}&q=%00%ff%ED%A0%80", 200),
        ("?id={id}&q=" + "a+" * 5_000, 200),
        ("?id={id}&q=a&month=%00&year=99999&kind=<script>", 200),
    ],
)
def test_bad_input_gets_a_page(client: FlaskClient, id: str, query: str, status: int) -> None:
    assert page(client, "/tim-kiem/vi-sao" + query.replace("{id}", id), status).select_one("form[role=search]")


def test_a_search_that_is_down_is_said_to_be(kept: WebArchive, client: FlaskClient, id: str) -> None:
    kept.search.down = True
    assert "Tìm kiếm tạm dừng" in page(client, f"/tim-kiem/vi-sao?q=a&id={id}", status=503).get_text()
