"""The pages as a person gets them, over a real catalogue and real WARC files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from archive.citation import FORMATS, cite
from archive.records import FieldOrigin, ReadDate
from search.results import FacetValue, Hit, Note, Results
from tests.web_archive import PORTAL, READING, WORDING, WebArchive

HIT = Hit(
    id="aaaaaaaaaaaa",
    score=1.0,
    title="Thông báo mẫu",
    title_html="Thông báo <mark>mẫu</mark>",
    snippet="Đoạn mẫu",
    snippet_html="Đoạn <mark>mẫu</mark>",
    url="https://stc.mau.example/tin/1",
    portal=PORTAL,
    published="2020-06",
    category="Thông báo",
    number="123/TB-STC",
    kind="Thông báo",
)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[WebArchive]:
    archive = WebArchive(tmp_path)
    yield archive
    archive.catalog.close()


@pytest.fixture
def client(kept: WebArchive) -> FlaskClient:
    return kept.app().test_client()


def soup(client: FlaskClient, url: str, status: int = 200) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == status, response.text[:2000]
    return BeautifulSoup(response.text, "lxml")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_answers_in_both_languages(kept: WebArchive, client: FlaskClient, language: str) -> None:
    id = kept.put()
    kept.change()
    kept.search.answer = Results(1, (HIT,), {"kind": (FacetValue("Thông báo", 1),)})
    for path in ("/", "/tim-kiem?q=mẫu", f"/tai-lieu/{id}", f"/tai-lieu/{id}/pb/1", f"/tai-lieu/{id}/pb/1/nguyen-ban"):
        page = soup(client, f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.html is not None
        assert page.html["lang"] == language
        assert len(page.find_all("h1")) == 1


def test_links_and_forms_of_an_english_page_stay_english(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, f"/tai-lieu/{id}?lang=en")
    own = [str(link["href"]) for link in page.select("main a[href^='/']")]
    assert own
    assert all("lang=en" in href for href in own)
    assert page.select_one("form input[name=lang][value=en]")


def test_permanent_addresses_name_no_language(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, f"/tai-lieu/{id}?lang=en")
    canonical = page.select_one("link[rel=canonical]")
    assert canonical
    assert canonical["href"] == f"https://tangthu.example/tai-lieu/{id}"


def test_the_language_switch_keeps_the_search(client: FlaskClient) -> None:
    switch = soup(client, "/tim-kiem?q=ngân+sách&kind=Thông+báo").select_one(".languages a[hreflang=en]")
    assert switch
    response = client.get(str(switch["href"]))
    box = BeautifulSoup(response.text, "lxml").select_one("#q")
    assert box
    assert box["value"] == "ngân sách"


def test_the_home_page_of_an_empty_archive_says_what_to_do(client: FlaskClient) -> None:
    assert "tangthu crawl" in soup(client, "/").get_text()


def test_the_home_page_lists_recent_documents_and_portals_with_counts(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, "/")
    assert page.select_one(f".rows a[href='/tai-lieu/{id}']")
    portal = page.select_one(".portals li")
    assert portal
    assert "Sở Tài chính Mẫu" in portal.get_text()
    count = portal.select_one(".num")
    assert count
    assert count.get_text() == "1"


def test_a_document_shows_its_text_its_number_and_its_dates(kept: WebArchive, client: FlaskClient) -> None:
    page = soup(client, f"/tai-lieu/{kept.put()}").get_text(" ", strip=True)
    for words in ("Đoạn văn thứ hai.", "123/TB-STC", "ngày 15 tháng 6 năm 2020", "Tóm tắt của tài liệu mẫu.", "Phụ lục mẫu"):
        assert words in page
    assert "10:12, 20/11/2026" in page, "captured at 03:12 UTC, which is 10:12 in Việt Nam"


def test_each_fact_says_where_it_was_read_and_unsure_ones_say_so_in_words(kept: WebArchive, client: FlaskClient) -> None:
    page = soup(client, f"/tai-lieu/{kept.put()}")
    byline, number = page.select_one(".fact--byline"), page.select_one(".fact--number")
    assert byline
    assert number
    assert "chưa chắc chắn, độ tin cậy 55" in byline.get_text()
    assert "dòng cuối bài" in byline.get_text()
    assert "chưa chắc" not in number.get_text()
    assert "Số: 123/TB-STC" in " ".join(number.get_text().split())


def test_a_doubtful_title_is_named_on_the_slip(kept: WebArchive, client: FlaskClient) -> None:
    doubtful = replace(READING, fields=(FieldOrigin("title", "rule:heading", 0.3),))
    fact = soup(client, f"/tai-lieu/{kept.put(reading=doubtful)}").select_one(".fact--title")
    assert fact
    assert "chưa chắc chắn" in fact.get_text()


@pytest.mark.parametrize(
    ("value", "precision", "vietnamese", "english"),
    [
        ("2020", "year", "năm 2020", "2020"),
        ("2020-06", "month", "tháng 6 năm 2020", "June 2020"),
        ("2020-06-15", "day", "ngày 15 tháng 6 năm 2020", "15 June 2020"),
        ("2020-06-15T08:30+07:00", "minute", "08:30, ngày 15 tháng 6 năm 2020", "08:30, 15 June 2020"),
    ],
)
def test_a_date_is_shown_no_more_precise_than_it_is(
    kept: WebArchive, client: FlaskClient, value: str, precision: str, vietnamese: str, english: str
) -> None:
    id = kept.put(reading=replace(READING, published=ReadDate(value, precision, "raw")))  # type: ignore[arg-type]
    for language, words in (("vi", vietnamese), ("en", english)):
        shown = soup(client, f"/tai-lieu/{id}?lang={language}").select_one(".letterhead-right")
        assert shown
        assert shown.get_text(strip=True) == words


def test_a_document_without_most_fields_still_reads_well(kept: WebArchive, client: FlaskClient) -> None:
    bare = replace(
        READING,
        html="",
        summary=None,
        byline=None,
        published=None,
        category=None,
        number=None,
        kind=None,
        issuer=None,
        reuse=None,
    )
    page = soup(client, f"/tai-lieu/{kept.put(reading=replace(bare, fields=(), attachments=()))}")
    assert "None" not in page.get_text()
    assert [paragraph.get_text() for paragraph in page.select(".text p")] == READING.text.split("\n\n")
    assert "không rõ ngày" in page.get_text()


def test_every_citation_format_stands_in_a_field_that_can_be_copied(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, f"/tai-lieu/{id}")
    document = kept.catalog.document(id)
    for format in FORMATS:
        field = page.select_one(f"textarea#trich-{format}[readonly]")
        assert field
        address = f"https://tangthu.example/tai-lieu/{id}/pb/1"
        assert field.get_text() == cite(document, document.version, kept.capture_of(id), format, address).text
        assert page.select_one(f"button[data-copy=trich-{format}][hidden]"), "no button without JavaScript"


def test_the_attribution_and_the_reuse_terms_stand_word_for_word(kept: WebArchive, client: FlaskClient) -> None:
    page = soup(client, f"/tai-lieu/{kept.put()}")
    attribution, wording = page.select_one("textarea#nguon"), page.select_one(".reuse blockquote")
    assert attribution
    assert wording
    assert attribution.get_text() == "Nguồn: SỞ TÀI CHÍNH MẪU (stc.mau.example)"
    assert wording.get_text() == WORDING


def test_a_removed_document_says_so_and_stays_readable(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.remove(id)
    page = soup(client, f"/tai-lieu/{id}").get_text()
    assert "Tài liệu này đã bị gỡ khỏi cổng, bản chụp còn đây." in page
    assert "Đoạn văn thứ hai." in page


def test_each_version_has_its_own_page_that_points_to_the_document(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.change()
    old, new = soup(client, f"/tai-lieu/{id}/pb/1"), soup(client, f"/tai-lieu/{id}")
    assert "Đoạn văn thứ hai." in old.get_text()
    assert "Đoạn văn đã đổi." in new.get_text()
    assert "cổng đã thay bằng phiên bản khác" in old.get_text()
    canonical, address = old.select_one("link[rel=canonical]"), old.select_one("input#dia-chi")
    assert canonical
    assert address
    assert canonical["href"] == f"https://tangthu.example/tai-lieu/{id}"
    assert address["value"] == f"https://tangthu.example/tai-lieu/{id}/pb/1"
    assert len(new.select(".versions li")) == 2


def test_a_portal_whose_address_is_not_set_is_cited_at_the_host_of_the_request(kept: WebArchive) -> None:
    id = kept.put()
    address = soup(kept.app(site_url=None).test_client(), f"/tai-lieu/{id}").select_one("input#dia-chi")
    assert address
    assert address["value"] == f"http://localhost/tai-lieu/{id}"


def test_results_show_marks_number_kind_date_and_portal(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(1, (HIT,))
    row = soup(client, "/tim-kiem?q=mẫu").select_one(".rows .row")
    assert row
    assert [mark.get_text() for mark in row.find_all("mark")] == ["mẫu", "mẫu"]
    assert {"123/TB-STC", "Thông báo", "6/2020", "Sở Tài chính Mẫu (cổng mẫu)"} <= set(row.stripped_strings)


def test_a_facet_is_a_link_that_sets_it_and_a_chip_one_that_takes_it_away(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(1, (HIT,), {"kind": (FacetValue("Thông báo", 1),)})
    link = soup(client, "/tim-kiem?q=mẫu&trang=3&sort=newest").select_one(".facets li a")
    assert link
    page = soup(client, str(link["href"]))
    assert list(kept.search.asked[-1].filters) == [("kind", "Thông báo")]
    assert kept.search.asked[-1].sort == "newest"
    assert kept.search.asked[-1].offset == 0
    chip = page.select_one(".chips a")
    assert chip
    soup(client, str(chip["href"]))
    assert list(kept.search.asked[-1].filters) == []


def test_paging_leads_to_the_next_hits(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(95, (HIT,))
    page = soup(client, "/tim-kiem?q=mẫu&trang=2")
    assert [link.get_text() for link in page.select(".pages a")] == ["1", "2", "3", "4", "5"]
    chosen = page.select_one(".pages a[aria-current=page]")
    assert chosen
    assert chosen.get_text() == "2"
    soup(client, str(page.select(".pages a")[2]["href"]))
    assert kept.search.asked[-1].offset == 40


def test_a_page_after_the_last_one_leads_back(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(3, ())
    link = soup(client, "/tim-kiem?q=mẫu&trang=9").select_one(".empty a")
    assert link
    assert "trang" not in str(link["href"])


def test_an_empty_result_gives_advice_and_a_way_out_of_the_filters(client: FlaskClient) -> None:
    page = soup(client, "/tim-kiem?q=không+có&kind=Thông+báo")
    assert "Không tìm thấy tài liệu nào" in page.get_text()
    way_out = page.select_one(".empty li a")
    assert way_out
    assert "kind" not in str(way_out["href"])


@pytest.mark.parametrize("code", ["cut", "plain", "prefix", "timeout", "unknown_filter", "rebuilding"])
def test_what_the_search_notes_is_told_in_words(kept: WebArchive, client: FlaskClient, code: str) -> None:
    kept.search.answer = Results(0, (), notes=(Note(code),))  # type: ignore[arg-type]
    note = soup(client, "/tim-kiem?q=mẫu").select_one(".notes li")
    assert note
    assert code not in note.get_text()


def test_the_api_gives_results_and_documents_as_json(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.search.answer = Results(1, (HIT,), {"kind": (FacetValue("Thông báo", 1),)}, ms=1.5)
    found = client.get("/api/search?q=mẫu").get_json()
    assert (found["total"], found["hits"][0]["id"], found["facets"]["kind"][0]["count"]) == (1, HIT.id, 1)
    document = client.get(f"/api/documents/{id}").get_json()
    assert document["permanent_url"] == f"https://tangthu.example/tai-lieu/{id}"
    assert document["version"]["reading"]["number"] == "123/TB-STC"
    assert document["first_captured_at"] == "2026-11-20T03:12:00+00:00"


def test_health_names_the_change_that_the_index_holds(kept: WebArchive, client: FlaskClient) -> None:
    kept.put()
    health = client.get("/healthz").get_json()
    assert (health["status"], health["documents"], health["change"]) == ("ok", 1, 1)
    assert health["index"]["engine"] == "set"
