"""The documents around one: those that it names, those that name it, those about the same."""

from __future__ import annotations

from dataclasses import replace

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from archive.records import LegalBasis, Mention, ReadDate
from ingest.likeness import link
from search.results import Hit, NamedNumber, References
from tests.web_archive import PORTAL, READING, WebArchive

HIT = Hit("bbbbbbbbbbbb", 1.0, "Quyết định <i>mẫu</i>", "", "", "", "https://stc.mau.example/2", PORTAL, number="45/QĐ-STC")
GONE = replace(HIT, id="cccccccccccc", title="Công văn mẫu", number=None, state="removed", published="2019-03")
HEADINGS = ["Tài liệu được nhắc tới", "Được nhắc tới trong 12", "Tài liệu tương tự"]


def document(client: FlaskClient, id: str, suffix: str = "") -> BeautifulSoup:
    response = client.get(f"/tai-lieu/{id}{suffix}")
    assert response.status_code == 200, response.text[:2000]
    return BeautifulSoup(response.text, "lxml")


def headings(page: BeautifulSoup) -> list[str]:
    return [" ".join(heading.get_text().split()) for heading in page.select(".related h2")]


def test_a_document_stands_among_its_neighbours(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.named = References((NamedNumber("45/QĐ-STC", (HIT,)), NamedNumber("01/2015/TT-BTC", ())), (GONE,), 12)
    kept.search.neighbours = (HIT, GONE)
    page = document(client, kept.put())
    assert headings(page) == HEADINGS
    named = [" ".join(item.get_text(" ").split()) for item in page.select(".named > li")]
    assert named == ["45/QĐ-STC Quyết định <i>mẫu</i>", "01/2015/TT-BTC chưa có trong kho"]
    assert {str(link["href"]) for link in page.select(".related .rows a")} == {"/tai-lieu/bbbbbbbbbbbb", "/tai-lieu/cccccccccccc"}
    assert "đã bị gỡ khỏi cổng" in page.select(".related .rows")[0].get_text()
    assert not page.select(".related i")
    every = page.select_one(".related .more a")
    assert every
    client.get(str(every["href"]))
    assert (kept.search.asked[-1].text, kept.search.asked[-1].sort) == ("123/TB-STC", "newest")


def test_what_is_shown_in_full_or_has_no_number_leads_to_no_search(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.named = References((), (HIT,), 1)
    assert not document(client, kept.put()).select(".related .more")
    kept.search.named = References((), (HIT,), 9)
    assert not document(client, kept.put("/tin/2", replace(READING, number=None))).select(".related .more")


def test_a_document_alone_has_no_empty_headings(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    assert not document(client, id).select(".related")
    kept.search.neighbours = (HIT,)
    assert headings(document(client, id)) == HEADINGS[2:]


def test_a_version_that_was_replaced_has_no_neighbours(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.change()
    kept.search.neighbours = (HIT,)
    assert not document(client, id, "/pb/1").select(".related")
    assert document(client, id, "/pb/2").select(".related")


def test_a_search_that_is_down_leaves_the_document_as_it_is(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.search.neighbours = (HIT,)
    kept.search.down = True
    page = document(client, id)
    assert "Đoạn văn thứ hai." in page.get_text()
    assert not page.select(".related")


def test_legal_bases_stand_in_the_words_of_the_preamble_with_what_is_here_of_them(kept: WebArchive, client: FlaskClient) -> None:
    bases = (
        LegalBasis("Căn cứ Quyết định số 45/QĐ-STC (tài liệu mẫu)", "45/QĐ-STC"),
        LegalBasis("Theo đề nghị của <b>Trưởng phòng</b> mẫu"),
    )
    mentions = (
        Mention("9/KH-STC", "Kế hoạch số 9/KH-STC", "https://stc.mau.example/9"),
        Mention("8/KH-STC", "8", "javascript:1"),
    )
    id = kept.put(reading=replace(READING, bases=bases, mentions=mentions))
    kept.search.named = References((NamedNumber("45/QĐ-STC", (HIT,)), NamedNumber("9/KH-STC", ())))
    page = document(client, id)
    assert headings(page) == ["Căn cứ ban hành", "Tài liệu được nhắc tới"]
    said = [" ".join(item.get_text(" ").split()) for item in page.select(".bases > li")]
    assert said == [f"{bases[0].text} Quyết định <i>mẫu</i>", bases[1].text]
    named = [" ".join(item.get_text(" ").split()) for item in page.select(".named:not(.bases) > li")]
    assert named == ["9/KH-STC chưa có trong kho liên kết trên trang gốc", "8/KH-STC chưa có trong kho"]
    assert [link["href"] for link in page.select("a.elsewhere")] == ["https://stc.mau.example/9"]


def test_what_a_text_names_is_shown_of_every_version_and_without_the_search(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put(reading=replace(READING, bases=(LegalBasis("Căn cứ Luật mẫu", None),)))
    kept.change()
    kept.search.down = True
    assert headings(document(client, id, "/pb/1")) == ["Căn cứ ban hành"]


def test_hundreds_of_named_numbers_are_cut(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.named = References(tuple(NamedNumber(f"{n}/QĐ-STC", (HIT,) * 9) for n in range(500)))
    assert len(document(client, kept.put()).select(".named > li")) == 30


def test_the_same_content_elsewhere_is_named_with_who_was_first(kept: WebArchive, client: FlaskClient) -> None:
    words = " ".join(f"chữ{n} mẫu{n * 7 % 31} số{n * 13 % 17}" for n in range(120))
    reading = replace(READING, number=None, text=words, html=f"<p>{words}</p>")
    first = kept.put("/tin/1", replace(reading, published=ReadDate("2020-06-15", "day", "15/06/2020")))
    later = kept.put(
        "/tin/2", replace(reading, published=ReadDate("2020-06-18", "day", "18/06/2020")), "<p>trang khác</p>", day=1
    )
    link(kept.catalog)
    page = document(client, later)
    assert headings(page) == ["Cùng nội dung"]
    row = page.select_one(".related .row")
    assert row
    assert "đăng trước tiên" in row.get_text()
    assert str(row.select("a")[0]["href"]) == f"/tai-lieu/{first}"
    other = document(client, first)
    assert "Tài liệu này có trước" in other.get_text()
    assert "đăng trước tiên" not in other.get_text()
