"""Lists by date, and what would make a walk endless: each has an end, and what was left alone is told."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.discover import READ_BYTES, Step, Trap, feed, links, list_key, robots_sitemaps, sitemap
from ingest.discovering.months import Moment, moment_of
from ingest.portal import Portal

PORTAL = Portal("mau", "Sở Tài chính tỉnh Mẫu", "mau.test", "http://mau.test/", ("/tin",), article=r"/bai/\d+")
HOST = "http://mau.test"
TODAY = date(2021, 3, 15)


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><title>Tin</title>{head}</head><body>{body}</body></html>".encode()


def to(address: str, label: str) -> str:
    return f'<a href="{address}">{label}</a> '


@pytest.mark.parametrize(
    ("address", "moment"),
    [
        ("/2020/06/", Moment(2020, 6)),
        ("/tin/2020-06", Moment(2020, 6)),
        ("/luu-tru/2020/6.html", Moment(2020, 6)),
        ("/luu-tru/202006", Moment(2020, 6)),
        ("/tin/2020/06/15/", Moment(2020, 6, 15)),
        ("/tin/2020/", Moment(2020)),
        ("/tin/thang-6-2020", Moment(2020, 6)),
        ("/tin/thang-06/nam-2020", Moment(2020, 6)),
        ("/tin/nam-2020/thang-6.html", Moment(2020, 6)),
        ("/tin?thang=6&nam=2020", Moment(2020, 6)),
        ("/tin?year=2020&month=06&c=4", Moment(2020, 6)),
        ("/tin?nam=2020", Moment(2020)),
        ("/tin?tungay=01/06/2020&denngay=30/06/2020", Moment(2020, 6, 1)),
        ("/tin?date=2020-06-15", Moment(2020, 6, 15)),
        ("/tin?archive=2020-06", Moment(2020, 6)),
        ("/tin?thang=06%2F2020", Moment(2020, 6)),
        ("/tin?ngay=5&thang=6&nam=2020", Moment(2020, 6, 5)),
        ("/tin/2020/06/cong-khai-du-toan-1234.html", None),
        ("/tin/1234", None),
        ("/tin?id=2020", None),
        ("/tin?start=2000", None),
        ("/tin?from=200006", None),
        ("/tin?thang=13&nam=20", None),
        ("/tin-tuc-2020-su-kien", None),
        ("/bai/2020", Moment(2020)),
        ("/tin", None),
    ],
)
def test_the_time_that_an_address_speaks_of(address: str, moment: Moment | None) -> None:
    assert moment_of(HOST + address) == moment


@pytest.mark.parametrize(
    "address", ["/luu-tru/{y}/{m:02}/", "/tin?thang={m}&nam={y}", "/tin/thang-{m}-{y}", "/tin?archive={y}-{m:02}"]
)
@pytest.mark.parametrize("label", ["Tháng {m}/{y}", "{m}/{y}", "Tháng {m} năm {y} (12)", "{y}-{m:02}"])
def test_archives_by_month_are_lists_up_to_this_month(address: str, label: str) -> None:
    months = [(2020, 11), (2021, 1), (2020, 12), (2021, 3), (2021, 4), (2022, 1), (1990, 5)]
    body = "".join(to(address.format(y=y, m=m), label.format(y=y, m=m)) for y, m in months)
    found = links(page(body + to("/bai/1", "Bài")), f"{HOST}/tin", PORTAL, today=TODAY)
    newest = [(2021, 3), (2021, 1), (2020, 12), (2020, 11)]
    assert found.archives == tuple(HOST + address.format(y=y, m=m) for y, m in newest)
    assert [(trap.url, trap.why) for trap in found.traps] == [
        (HOST + address.format(y=2021, m=4), "future"),
        (HOST + address.format(y=2022, m=1), "future"),
        (HOST + address.format(y=1990, m=5), "day"),
    ]
    assert found.articles == (f"{HOST}/bai/1",)


def test_a_form_with_menus_of_years_and_months_is_an_archive() -> None:
    years = "".join(f"<option value='{year}'>{year}</option>" for year in (2019, 2020, 2021, 2022))
    months = "".join(f"<option value='{month}'>Tháng {month}</option>" for month in range(1, 13))
    form = f"<form action='/tin'><input type=hidden name=c value=4><select name=nam><option value=''>Năm</option>{years}</select>"
    found = links(page(f"{form}<select name=thang>{months}</select></form>"), f"{HOST}/tin", PORTAL, today=TODAY)
    assert len(found.archives) == 12 + 12 + 3
    assert found.archives[0] == f"{HOST}/tin?c=4&nam=2021&thang=3"
    by_year = links(page(f"{form}</form>"), f"{HOST}/tin", PORTAL, today=TODAY)
    assert by_year.archives == tuple(f"{HOST}/tin?c=4&nam={year}" for year in (2021, 2020, 2019))


@pytest.mark.parametrize("address", ["/lich?thang={m}&nam={y}", "/lich/{y}/{m:02}/"])
def test_a_calendar_without_end_is_left_at_this_month_and_walked_back_to_the_first_portals(address: str) -> None:
    def calendar(year: int, month: int) -> bytes:
        before, after = (year, month - 1) if month > 1 else (year - 1, 12), (year, month + 1) if month < 12 else (year + 1, 1)
        days = "".join(f"<td>{to(f'/lich/{year}/{month:02}/{day:02}', str(day))}</td>" for day in range(1, 29))
        turn = to(address.format(y=before[0], m=before[1]), "‹ Tháng trước") + to(
            address.format(y=after[0], m=after[1]), "Tháng sau ›"
        )
        return page(f"{turn}<table class='calendar'><tr>{days}</tr></table>")

    waiting, walked = [HOST + address.format(y=2021, m=3)], set[str]()
    while waiting:
        url = waiting.pop()
        walked.add(url)
        moment = moment_of(url)
        assert moment is not None
        found = links(calendar(moment.year, moment.month or 1), url, PORTAL, today=TODAY)
        assert found.next_page is None
        waiting += [each for each in found.archives if each not in walked]
        assert len(walked) < 1000
    assert len(walked) == (2021 - 1997) * 12 + 3


def test_orders_and_sizes_of_a_list_are_one_list() -> None:
    body = "".join(
        to(f"/tin?c=2&{order}", "Sắp xếp")
        for order in ("sort=ten", "orderby=ngay&dir=desc", "sapxep=1", "limit=50", "_x_delta=75")
    )
    found = links(page(body + to("/tin?c=3&sort=ten", "Khác")), f"{HOST}/tin?c=2", replace(PORTAL, article="[^/]"), today=TODAY)
    assert [trap.why for trap in found.traps] == ["sorted"] * 5
    assert found.lists == found.articles == ()
    same = [
        "/tin?c=2",
        "/tin?c=2&page=4",
        "/tin?sort=a&c=2&Page=1",
        "/tin/?c=2&limit=5",
        "/tin;jsessionid=9?c=2",
        "/tin/page-3?c=2",
        "/tin?c=2&pageindex=8&PHPSESSID=1",
    ]
    assert len({list_key(HOST + each) for each in same}) == 1
    assert (
        len({list_key(HOST + each) for each in ("/tin?c=2", "/tin?c=3", "/tin?id=2", "/tin/2?c=2", "/tin?view=2", "/tin?p=7")})
        == 6
    )


def test_a_page_that_lists_the_same_again_has_the_same_fingerprint() -> None:
    def listed(*numbers: int, more: str = "") -> str:
        return links(page("".join(to(f"/bai/{n}{more}", "x") for n in numbers)), f"{HOST}/tin?page={numbers}", PORTAL).fingerprint

    assert listed(1, 2, 3) == listed(3, 1, 2) == listed(1, 2, 3, more=";jsessionid=77") == listed(1, 2, 3, more="?PHPSESSID=5")
    assert len({listed(1, 2), listed(1, 3), listed(1), ""}) == 4
    assert links(page("x"), f"{HOST}/tin", PORTAL).fingerprint == ""


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/moi", "/moi"),
        ("0;URL='/moi'", "/moi"),
        ("5, url = /moi", "/moi"),
        ("0 /moi", "/moi"),
        ("0;url=http://khac.test/", None),
        ("0;url=/tin", None),
        ("0;url=", None),
        ("30", None),
        ("", None),
        ("0;url=javascript:alert(1)", None),
    ],
)
def test_a_meta_refresh_is_told_unless_it_leads_to_itself_or_away(content: str, target: str | None) -> None:
    found = links(page("", f'<meta http-equiv="Refresh" content="{content}">'), f"{HOST}/tin", PORTAL)
    assert found.refresh == (HOST + target if target else None)


def test_feeds_and_sitemaps_that_a_page_points_to_are_told() -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/rss/tin.rss"><link rel="alternate" hreflang="en" href="/en">'
        '<link rel="alternate" type="application/atom+xml" href="http://khac.test/atom"><link rel="sitemap" href="/sm.xml">'
    )
    body = (
        to("/articles/rss.xml", "RSS")
        + to("/sitemap_index.xml", "Sitemap")
        + to("/so-do-trang.html", "Sơ đồ trang")
        + to("/rss-la-gi", "RSS")
    )
    found = links(page(body, head), f"{HOST}/", PORTAL)
    assert found.feeds == (f"{HOST}/rss/tin.rss", f"{HOST}/articles/rss.xml")
    assert found.sitemaps == (f"{HOST}/sm.xml", f"{HOST}/sitemap_index.xml")
    assert found.lists == (f"{HOST}/so-do-trang.html",)


def test_a_page_of_ten_megabytes_is_read_as_far_as_is_allowed() -> None:
    began = time.monotonic()
    body = page(to("/bai/1", "Một") + "<p>" + "chữ " * (READ_BYTES // 4) + "</p>" + to("/bai/2", "Hai"))
    found = links(body, f"{HOST}/tin", PORTAL)
    assert found.articles == (f"{HOST}/bai/1",)
    assert found.is_cut
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("article", [r"/bai/\d+", "[^/]"])
def test_a_page_of_a_hundred_thousand_links_is_read_in_bounded_time(article: str) -> None:
    body = page("".join(f'<li><a href="/bai/{n}">{n} thông báo về việc công khai ngân sách</a></li>' for n in range(100_000)))
    began = time.monotonic()
    found = links(body, f"{HOST}/tin", replace(PORTAL, article=article))
    assert found.articles[:2] == (f"{HOST}/bai/0", f"{HOST}/bai/1")
    assert 1000 <= len(found.articles) <= 20_000
    assert found.is_cut
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "content_type", ["application/pdf", "text/plain", "image/png", "nonsense", "text/html; charset=base64", ""]
)
def test_a_wrong_content_type_hides_nothing(content_type: str) -> None:
    assert links(page(to("/bai/1", "x")), f"{HOST}/tin", PORTAL, content_type).articles == (f"{HOST}/bai/1",)


PIECES = [
    *("<a href='", "' onclick='", "'>", "</a>", "<form method=post>", "<input type=hidden name=__VIEWSTATE value="),
    *('javascript:__doPostBack("a","Page$2")', "?page=", "2", "1", "Trang sau", "›", "...", "/2020/06/", "/bai/", '"', "//x"),
    *("<table><tr><td>", "<select onchange=x name=nam><option value=", "window.open(", "[", "<", "\0", "ữ", "?thang=6&nam=2020"),
    *("<meta http-equiv=refresh content=", "0;url=", "<link rel=alternate type=application/rss+xml href=", "http://mau.test"),
    *("(S(lit3py55t21z5v55vlm25s55))", ";jsessionid=", "%", "&", "="),
]


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.sampled_from(["/tin", "/tin?page=1", "/lich/2020/06", "/(S(lit3py55t21z5v55vlm25s55))/t", "/t.aspx?p=%FF&x=[", "?"]),
    st.sampled_from([PORTAL, replace(PORTAL, article="[^/]"), replace(PORTAL, items="a, td", next_page="a")]),
)
def test_any_markup_gives_a_bounded_answer(markup: str, path: str, portal: Portal) -> None:
    url = HOST + path
    found = links(markup.encode(), url, portal, via=Step(url, page=3), today=TODAY)
    own = (*found.articles, *found.lists, *found.archives, *found.feeds, *found.sitemaps)
    assert all(portal.owns(address) for address in own)
    assert not any(portal.owns(address) for address in found.external)
    assert found.next_page is None or (portal.owns(found.next_page.url) and found.next_page.key != Step(url).key)
    assert found.next_page is None or isinstance(found.next_page.body, bytes)
    assert len(set(own[: len(found.articles)])) == len(found.articles)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer_from_every_reader(noise: bytes) -> None:
    for body in (noise, b"<html><a href='/bai/1'>" + noise, b"<rss><channel><item><link>" + noise, b"<urlset><url><loc>" + noise):
        for read in (links, feed, sitemap, robots_sitemaps):
            read(body, f"{HOST}/tin", PORTAL)


@given(st.text(max_size=60))
def test_any_address_has_a_moment_and_a_key_or_is_refused(text: str) -> None:
    address = f"{HOST}/{text}".encode("utf-8", "replace").decode()
    moment_of(address)
    assert list_key(address) == list_key(f"http://{list_key(address)}")


def test_traps_are_told_once() -> None:
    found = links(page(to("/tin?nam=2030", "2030") * 3), f"{HOST}/tin", PORTAL, today=TODAY)
    assert found.traps == (Trap(f"{HOST}/tin?nam=2030", "future"),)
