"""The page of results over set answers: how the query was read, what narrows it, what follows it, what helps where nothing is."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from search.results import FacetValue, Hit, Note, Results
from tests.web_archive import PORTAL, WebArchive
from web.timeline import HEIGHT, MOST_BARS

HIT = Hit("aaaaaaaaaaaa", 1.0, "Thông báo mẫu", "Thông báo <mark>mẫu</mark>", "Đoạn", "Đoạn", "https://stc.mau.example/1", PORTAL)
YEARS = {"2018": 1, "2020": 40, "2021": 400}
CODES = get_args(get_type_hints(Note)["code"])


def page(client: FlaskClient, url: str, status: int = 200) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == status, response.text[:2000]
    return BeautifulSoup(response.text, "lxml")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    found = soup.select(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def counted(**values: dict[str, int]) -> dict[str, tuple[FacetValue, ...]]:
    return {name: tuple(FacetValue(value, count) for value, count in counts.items()) for name, counts in values.items()}


# notes


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_note_of_the_search_is_told_in_words_of_its_own(
    kept: WebArchive, client: FlaskClient, code: str, language: str
) -> None:
    kept.search.answer = Results(1, (HIT,), notes=(Note(code), Note("no-such-note")))  # type: ignore[arg-type]
    told = [item.get_text() for item in page(client, f"/tim-kiem?q=mẫu&lang={language}").select(".notes li")]
    assert len(told) == 3, "a note, the words for any other, and the way to the guide"
    assert told[0] != told[1]
    assert not any("-" in text and "no-such-note" in text for text in told)


def test_a_note_names_what_was_typed_and_markup_in_it_is_text(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(
        1, (HIT,), notes=(Note("date", "31/02/2020"), Note("field", "<b>mau</b>"), Note("wildcard", "*a*"))
    )
    notes = one(page(client, "/tim-kiem?q=mẫu"), ".notes")
    text = notes.get_text()
    assert "“31/02/2020”" in text
    assert "“<b>mau</b>:”" in text
    assert "“*a*”" in text
    assert not notes.find("b")


def test_notes_lead_to_the_guide_and_are_told_once(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(1, (HIT,), notes=(Note("cut", "2000"), Note("cut", "48")))
    notes = one(page(client, "/tim-kiem?q=" + "a" * 3000), ".notes")
    assert len(notes.select("li")) == 2
    assert one(notes, "a")["href"] == "/huong-dan"


def test_what_a_note_repeats_is_bounded(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(1, (HIT,), notes=(Note("date", "x" * 10_000),))
    assert one(page(client, "/tim-kiem?q=mẫu"), ".notes").get_text().count("x") == 60


# how the query was read


def test_a_query_that_was_read_otherwise_says_how_and_can_be_searched_word_for_word(
    kept: WebArchive, client: FlaskClient
) -> None:
    kept.search.answer = Results(1, (HIT,), read_as="thông báo", also=("ủy ban nhân dân", "UBND"))
    reading = one(page(client, "/tim-kiem?q=thoong+baos&kind=Thông+báo&sort=newest&trang=2"), ".reading")
    text = " ".join(reading.get_text(" ", strip=True).split())
    assert "Đã hiểu là “thông báo”" in text
    assert "Cũng tìm: ủy ban nhân dân , UBND" in text
    link = one(reading, "a")
    assert link.get_text() == "Tìm đúng nguyên văn"
    page(client, str(link["href"]))
    asked = kept.search.asked[-1]
    assert asked.verbatim
    assert (asked.text, asked.filters, asked.sort, asked.offset) == ("thoong baos", (("kind", "Thông báo"),), "newest", 0)


def test_a_verbatim_search_says_so_and_leads_back(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(50, (HIT,))
    soup = page(client, "/tim-kiem?q=thoong+baos&nguyenvan=1")
    link = one(soup, ".reading a")
    page(client, str(link["href"]))
    assert not kept.search.asked[-1].verbatim
    page(client, str(one(soup, ".pages a[rel=next]")["href"]))
    assert kept.search.asked[-1].verbatim, "other pages stay word for word"


def test_what_was_perhaps_meant_is_one_link_away(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(0, (), did_you_mean="ngân sách <i>")
    meant = one(page(client, "/tim-kiem?q=ngan+sahc"), ".meant")
    assert " ".join(meant.get_text().split()) == "Ý bạn là: ngân sách <i>?"
    page(client, str(one(meant, "a")["href"]))
    assert "ngân sách <i>" in {request.text for request in kept.search.asked}


def test_a_plain_search_says_nothing_of_how_it_was_read(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(1, (HIT,))
    assert not page(client, "/tim-kiem?q=mẫu").select(".reading, .notes")


# facets


def test_a_facet_is_a_link_that_sets_it_and_a_chip_one_that_takes_it_away(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(1, (HIT,), {"kind": (FacetValue("Thông báo", 1),)})
    link = one(page(client, "/tim-kiem?q=mẫu&trang=3&sort=newest"), ".facets li a")
    soup = page(client, str(link["href"]))
    assert list(kept.search.asked[-1].filters) == [("kind", "Thông báo")]
    assert kept.search.asked[-1].sort == "newest"
    assert kept.search.asked[-1].offset == 0
    page(client, str(one(soup, ".chips a")["href"]))
    assert list(kept.search.asked[-1].filters) == []


def test_values_of_one_facet_are_added_to_each_other(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(2, (HIT,), counted(issuer={"Sở Mẫu": 1, "Ủy ban Mẫu": 1}))
    url = "/tim-kiem?q=mẫu"
    for at in (0, 1):
        url = str(page(client, url).select(".facets li a")[at]["href"])
    page(client, url)
    assert kept.search.asked[-1].filters == (("issuer", "Sở Mẫu"), ("issuer", "Ủy ban Mẫu"))


def test_months_stand_among_the_facets_once_a_year_is_chosen(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(41, (HIT,), counted(year=YEARS, month={"2020-06": 40, "2020-05": 1}))
    assert "loc-month" not in client.get("/tim-kiem?q=mẫu").text
    soup = page(client, "/tim-kiem?q=mẫu&year=2020")
    months = [link.get_text(" ", strip=True) for link in soup.select("section[aria-labelledby=loc-month] li a")]
    assert months == ["tháng 6 năm 2020 40", "tháng 5 năm 2020 1"]


def test_a_year_that_goes_takes_its_months_and_one_that_comes_is_not_hidden_by_months(
    kept: WebArchive, client: FlaskClient
) -> None:
    kept.search.answer = Results(41, (HIT,), counted(year=YEARS))
    soup = page(client, "/tim-kiem?q=mẫu&year=2020&month=2020-06&month=2021-01")
    links = {link.get_text(" ", strip=True): str(link["href"]) for link in soup.select("section[aria-labelledby=loc-year] li a")}
    page(client, links["2020 40"])
    assert list(kept.search.asked[-1].filters) == [("month", "2021-01")]
    page(client, links["2021 400"])
    assert list(kept.search.asked[-1].filters) == [("year", "2020"), ("year", "2021")]


def test_a_facet_of_ten_thousand_values_leaves_the_page_light(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(10_000, (HIT,), counted(issuer={f"Cơ quan mẫu số {number}": 1 for number in range(10_000)}))
    response = client.get("/tim-kiem?q=mẫu")
    assert len(response.data) < 60_000
    assert "Cơ quan mẫu số 7<" in response.text


# the timeline


def bars(soup: BeautifulSoup) -> list[tuple[str, int]]:
    """What each bar says, and its height."""
    found = []
    for item in soup.select(".bars li"):
        rect = one(item, "rect")
        said = item.select_one(".tip, .hidden")
        assert said
        assert int(str(rect["y"])) + int(str(rect["height"])) == HEIGHT
        found.append((said.get_text(), int(str(rect["height"]))))
    return found


def test_the_timeline_has_a_bar_for_every_year_and_each_is_a_link_that_filters(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(448, (HIT,), counted(year=YEARS, undated={"year": 7, "month": 9}))
    soup = page(client, "/tim-kiem?q=mẫu&sort=oldest")
    assert bars(soup) == [
        ("2018: 1 tài liệu", 3),
        ("2019: không có tài liệu", 0),
        ("2020: 40 tài liệu", 10),
        ("2021: 400 tài liệu", 100),
    ]
    assert "7 tài liệu không rõ năm" in one(soup, ".timeline").get_text()
    page(client, str(soup.select(".bars a")[1]["href"]))
    assert kept.search.asked[-1].filters == (("year", "2020"),)
    assert kept.search.asked[-1].sort == "oldest"


def test_the_timeline_of_one_year_has_its_months_and_leads_back_to_all(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(
        40, (HIT,), counted(year=YEARS, month={"2021-02": 9, "2020-06": 30, "2020-12": 10, "2020-00": 1})
    )
    soup = page(client, "/tim-kiem?q=mẫu&year=2020&month=2020-06&kind=Thông+báo")
    assert len(bars(soup)) == 12
    assert bars(soup)[5] == ("tháng 6 năm 2020: 30 tài liệu", 100)
    chosen = one(soup, ".bars a[aria-current]")
    page(client, str(chosen["href"]))
    assert list(kept.search.asked[-1].filters) == [("kind", "Thông báo"), ("year", "2020")]
    page(client, str(one(soup, ".timeline h2 a")["href"]))
    assert list(kept.search.asked[-1].filters) == [("kind", "Thông báo")]


def test_several_years_are_chosen_bar_by_bar(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(440, (HIT,), counted(year=YEARS, month={"2020-06": 40}))
    soup = page(client, "/tim-kiem?q=mẫu&year=2020&year=2021")
    assert [link.get_text(strip=True)[:4] for link in soup.select(".bars a[aria-current] .tip")] == ["2020", "2021"]


def test_years_that_lie_centuries_apart_make_no_endless_timeline(kept: WebArchive, client: FlaskClient) -> None:
    years = {"0001": 1, "9999": 1, "20xx": 1, **{str(year): 2 for year in range(1500, 2027)}}
    kept.search.answer = Results(9, (HIT,), counted(year=years))
    found = bars(page(client, "/tim-kiem?q=mẫu"))
    assert len(found) == MOST_BARS
    assert found[-1][0].startswith("9999")


@pytest.mark.parametrize("facets", [{}, {"year": {"2020": 4}}, {"year": {"x": 1, "y": 2}}, {"month": {"2020-06": 4}}])
def test_a_timeline_that_would_say_nothing_is_not_there(
    kept: WebArchive, client: FlaskClient, facets: dict[str, dict[str, int]]
) -> None:
    kept.search.answer = Results(4, (HIT,), counted(**facets))
    assert not page(client, "/tim-kiem?q=mẫu").select(".timeline")


# pages


def test_paging_leads_to_the_next_hits(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(95, (HIT,), next="con-tro")
    soup = page(client, "/tim-kiem?q=mẫu&trang=2")
    assert [link.get_text() for link in soup.select(".pages a.num")] == ["1", "2", "3", "4", "5"]
    assert one(soup, ".pages a[aria-current=page]").get_text() == "2"
    for rel, offset in (("next", 40), ("prev", 0)):
        page(client, str(one(soup, f".pages a[rel={rel}]")["href"]))
        assert (kept.search.asked[-1].offset, kept.search.asked[-1].after) == (offset, None)


def test_the_last_page_leads_nowhere_on(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(95, (HIT,))
    assert not page(client, "/tim-kiem?q=mẫu&trang=5").select(".pages a[rel=next]")
    kept.search.answer = Results(9, (HIT,))
    assert not page(client, "/tim-kiem?q=mẫu").select(".pages")


def test_after_the_last_numbered_page_a_cursor_leads_on_as_far_as_there_are_hits(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(50_000, (HIT,), next="c+/=1")
    soup = page(client, "/tim-kiem?q=mẫu&trang=500&sort=newest&year=2020")
    for number in (501, 502):
        soup = page(client, str(one(soup, ".pages a[rel=next]")["href"]))
        asked = kept.search.asked[-1]
        assert (asked.after, asked.offset, asked.sort, asked.filters) == ("c+/=1", 0, "newest", (("year", "2020"),))
        assert one(soup, ".rows")["start"] == str((number - 1) * 20 + 1)
        assert f"Trang {number}" in one(soup, ".pages").get_text()
    kept.search.answer = Results(50_000, (HIT,), next=None)
    soup = page(client, "/tim-kiem?q=mẫu&trang=2500&sau=c")
    assert not soup.select(".pages a[rel=next]")
    page(client, str(one(soup, ".pages a")["href"]))
    assert (kept.search.asked[-1].after, kept.search.asked[-1].offset) == (None, 0)


def test_a_cursor_that_is_no_longer_usable_shows_the_first_page_as_such(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(95, (HIT,), notes=(Note("cursor"),), next="moi")
    soup = page(client, "/tim-kiem?q=mẫu&trang=501&sau=cu")
    assert one(soup, ".rows")["start"] == "1"
    assert one(soup, ".pages a[aria-current=page]").get_text() == "1"
    assert "đây là trang đầu" in one(soup, ".notes").get_text()


@pytest.mark.parametrize("cursor", ["x" * 601, "á", "a\x00b", "a\nb"])
def test_a_cursor_that_cannot_be_one_is_a_400(client: FlaskClient, cursor: str) -> None:
    assert client.get("/tim-kiem", query_string={"q": "a", "sau": cursor}).status_code == 400


def test_a_page_after_the_last_one_leads_back(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(3, ())
    assert "trang" not in str(one(page(client, "/tim-kiem?q=mẫu&trang=9"), ".empty a")["href"])


# nothing found


def test_an_empty_result_gives_advice(client: FlaskClient) -> None:
    soup = page(client, "/tim-kiem?q=không+có")
    assert "Không tìm thấy tài liệu nào" in soup.get_text()
    assert one(soup, ".empty li a")["href"] == "/huong-dan"


def test_only_ways_out_that_find_something_are_offered_with_how_much(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answers = {"biên chế": Results(12, (HIT,)), 'biên chế "đất"': Results(0, ()), "giao biên chế đất": Results(3, ())}
    soup = page(client, '/tim-kiem?q=giao+biên+chế+"đất"')
    assert not soup.select(".ways-out li:nth-child(2)"), "no part left out finds anything but without quotes"
    way = one(soup, ".ways-out li")
    assert " ".join(way.get_text().split()) == "Bỏ dấu ngoặc kép 3 tài liệu"
    page(client, str(one(way, "a")["href"]))
    assert kept.search.asked[-1].text == "giao biên chế đất"


def test_words_are_left_out_one_by_one(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answers = {'+"biên chế" -xe': Results(2, (HIT,))}
    assert "Bỏ “giá” 2 tài liệu" in " ".join(
        one(page(client, '/tim-kiem?q=%2B"biên+chế"+giá+-xe'), ".ways-out").get_text().split()
    )


@pytest.mark.parametrize("query", ["(a b) c", "a VÀ b", "a OR b", "a hoac", " ".join(map(str, range(40)))])
def test_a_query_is_not_taken_apart_where_its_parts_hang_together(kept: WebArchive, client: FlaskClient, query: str) -> None:
    client.get("/tim-kiem", query_string={"q": query})
    assert len(kept.search.asked) == (3 if query == "a hoac" else 1)


def test_filters_are_left_out_one_by_one_and_together(kept: WebArchive, client: FlaskClient) -> None:
    def search(request: object) -> Results:
        kept.search.asked.append(request)  # type: ignore[arg-type]
        return Results(5 if ("year", "2020") not in request.filters else 0, ())  # type: ignore[attr-defined]

    kept.search.search = search  # type: ignore[method-assign]
    soup = page(client, f"/tim-kiem?q=a&portal={PORTAL}&year=2020")
    told = [" ".join(item.get_text().split()) for item in soup.select(".ways-out li")]
    assert told == ["Bỏ lọc “2020” 5 tài liệu", "Tìm lại mà bỏ hết bộ lọc 5 tài liệu"]


def test_help_that_fails_leaves_the_page(kept: WebArchive, client: FlaskClient) -> None:
    answered: list[object] = []
    real = kept.search.search

    def search(request: object) -> Results:
        kept.search.down = bool(answered)
        answered.append(request)
        return real(request)  # type: ignore[arg-type]

    kept.search.search = search  # type: ignore[method-assign]
    assert "Có thể thử" in page(client, "/tim-kiem?q=a+b").get_text()
    assert len(answered) == 2
