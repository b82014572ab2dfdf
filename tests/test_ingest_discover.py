from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover import feed, links, sitemap
from ingest.portal import Portal
from ingest.step import Step

PORTAL = Portal(
    name="probe",
    title="Cổng thử",
    host="portal.test",
    aliases=("www.portal.test",),
    base_url="http://portal.test/",
    lists=("/tin-tuc",),
    article=r"/bai-viet/\d+",
)
LIST = "http://portal.test/tin-tuc"


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>Tin tức</title>{head}</head><body>{body}</body></html>".encode()


def test_articles_come_absolute_in_order_and_once() -> None:
    found = links(
        page(
            '<a href="/bai-viet/2">Hai</a><a href="bai-viet/1#binh-luan">Một</a><a href="http://www.portal.test/bai-viet/3">Ba</a>'
            '<a href=" /bai-viet/2\n">Hai nữa</a><a href="/lien-he">Liên hệ</a><a href="#top">Lên</a><a>Không</a>'
        ),
        LIST,
        PORTAL,
    )
    assert found.articles == (
        "http://portal.test/bai-viet/2",
        "http://portal.test/bai-viet/1",
        "http://www.portal.test/bai-viet/3",
    )
    assert found.next_page is None
    assert found.external == ()


def test_links_to_other_hosts_are_told_apart_and_never_articles() -> None:
    found = links(
        page('<a href="//other.test/bai-viet/9">x</a><a href="https://evil.test\\@portal.test/bai-viet/1">y</a>'), LIST, PORTAL
    )
    assert found.articles == ()
    assert found.external == ("http://other.test/bai-viet/9", "https://evil.test/@portal.test/bai-viet/1")


@pytest.mark.parametrize(
    "href",
    [
        "http://u:p@portal.test/bai-viet/1",
        "javascript:void(0)",
        "mailto:a@portal.test",
        "data:text/html,x",
        "tel:0210",
        "",
        "#",
        "http://",
        "http://[",
        "http://portal.test:99999/x",
    ],
)
def test_what_is_no_web_address_is_left_out(href: str) -> None:
    found = links(page(f'<a href="{href}">x</a>'), LIST, replace(PORTAL, article="."))
    assert (found.articles, found.external) == ((), ())


def test_backslashes_lead_where_browsers_go() -> None:
    assert links(page(r'<a href="\bai-viet\1">x</a>'), LIST, PORTAL).articles == ("http://portal.test/bai-viet/1",)


def test_the_base_element_counts() -> None:
    found = links(page('<a href="bai-viet/1">x</a>', head='<base href="/cu/">'), LIST, PORTAL)
    assert found.articles == ("http://portal.test/cu/bai-viet/1",)


def test_a_portals_selectors_choose_items_and_next_page() -> None:
    portal = replace(PORTAL, article=".", items="article.tin, h3 a", next_page="ul.trang li.sau > a")
    found = links(
        page(
            '<nav><a href="/gioi-thieu">Giới thiệu</a></nav>'
            '<article class="tin"><a href="/a">A</a></article><h3><a href="/b">B</a></h3><h3><a href="http://other.test/c">C</a></h3>'
            '<ul class="trang"><li><a href="?p=9" rel="next">cuối</a></li><li class="sau"><a href="?p=2">2</a></li></ul>'
        ),
        LIST,
        portal,
    )
    assert found.articles == ("http://portal.test/a", "http://portal.test/b")
    assert found.external == ("http://other.test/c",)
    assert found.next_page == Step("http://portal.test/tin-tuc?p=2")


@pytest.mark.parametrize(
    ("url", "body", "next_page"),
    [
        (LIST, '<a href="?page=5">»</a><a rel="nofollow next" href="?page=1">x</a>', "?page=1"),
        (LIST, '<a href="?page=1">2</a><a href="/khac">Trang sau »</a>', "/khac"),
        (LIST, '<a href="?x=1">Tiếp</a>', "?x=1"),
        (LIST, '<a href="?x=1">Trang tiếp theo</a>', "?x=1"),
        (LIST, '<a href="?x=1" title="Trang sau"><i></i></a>', "?x=1"),
        (LIST, '<a href="?x=9">»</a><a href="?x=1">›</a>', "?x=1"),
        (LIST, '<a href="?x=9">&gt;&gt;</a>', "?x=9"),
        (LIST, '<a href="?page=1">2</a><a href="?page=2">3</a><a href="?page=7">»</a>', "?page=1"),
        (LIST, '<a href="?page=2">2</a><a href="?page=3">3</a>', "?page=2"),
        (LIST + "?page=3", '<a href="?page=2">2</a><a href="?page=4">5</a><a href="?page=9">»</a>', "?page=4"),
        (LIST + "?Page=3&c=1", '<a href="?c=1&Page=4">x</a><a href="?c=2&Page=4">y</a>', "?c=1&Page=4"),
        ("http://portal.test/tin-tuc/page-2", '<a href="/khac/page-3">3</a><a href="/tin-tuc/page-3">3</a>', "/tin-tuc/page-3"),
        (LIST, '<a href="/tin-tuc/page-2">2</a>', "/tin-tuc/page-2"),
        (LIST, '<link rel="next" href="?page=2">', "?page=2"),
        (
            LIST,
            '<a href="?_101_INSTANCE_x_cur=2&p_p_id=101">2</a><a href="?x=1">xem tiếp</a>',
            "?_101_INSTANCE_x_cur=2&p_p_id=101",
        ),
        (LIST + "?p_p_id=101&_101_cur=2", '<a href="?p_p_id=101&_101_cur=3">3</a>', "?p_p_id=101&_101_cur=3"),
    ],
)
def test_the_next_page_is_found_by_what_paging_looks_like(url: str, body: str, next_page: str | None) -> None:
    expected = None if next_page is None else f"http://portal.test{'' if next_page.startswith('/') else '/tin-tuc'}{next_page}"
    assert links(page(body), url, PORTAL).next_page == (expected and Step(expected))


@pytest.mark.parametrize(
    "href", ["", "#", "/tin-tuc", "/tin-tuc/", "//www.portal.test/tin-tuc#x", "https://other.test/tin-tuc?page=2"]
)
@pytest.mark.parametrize("selector", ["", "a.sau"])
def test_a_next_page_that_is_this_page_or_anothers_is_none(href: str, selector: str) -> None:
    assert (
        links(page(f'<a class="sau" rel="next" href="{href}">Trang sau</a>'), LIST, replace(PORTAL, next_page=selector)).next_page
        is None
    )


def test_other_pages_of_the_list_are_not_taken_for_articles() -> None:
    found = links(
        page('<a href="?page=2">2</a><a href="?page=3">3</a><a href="/tin-tuc">1</a><a href="/a">A</a>'),
        LIST,
        replace(PORTAL, article="."),
    )
    assert found.articles == ("http://portal.test/a",)


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<font>", "<table><tr><td>", "<a href=/bai-viet/1>", "<ul><li>"])
@pytest.mark.parametrize("selector", ["", "a"])
def test_fifty_thousand_unclosed_tags_are_survived_and_what_stands_before_them_is_found(tag: str, selector: str) -> None:
    began = time.monotonic()
    found = links(page('<a href="/bai-viet/1">x</a>' + tag * 50_000), LIST, replace(PORTAL, items=selector))
    assert found.articles == ("http://portal.test/bai-viet/1",)
    assert time.monotonic() - began < 10


def test_links_below_a_thousand_unclosed_tags_are_found() -> None:
    assert links(page("<font>" * 1000 + '<a href="/bai-viet/1">x</a>'), LIST, PORTAL).articles


@pytest.mark.parametrize(
    "body",
    [
        b'<a href="/bai-viet/1">\xff\xfe\xc3</a>\xe1\xba',
        b'\x00<a\x00 href="/bai-viet/1">x</a>\x00\x00',
        b'<?xml version="1.0" encoding="utf-16"?><html><a href="/bai-viet/1">x</a>',
        '\ufeff<a href="/bai-viet/1">x</a>'.encode(),
        '<html><a href="/bai-viet/1">x</a></html>'.encode("utf-16"),
        b'<a href="/bai-viet/1">x</a><script>document.write("<a href=/bai-viet/2>")</script><!-- <a href="/bai-viet/3"> -->',
    ],
)
@pytest.mark.parametrize("selector", ["", "a"])
def test_broken_bytes_do_not_hide_links(body: bytes, selector: str) -> None:
    assert links(body, LIST, replace(PORTAL, items=selector)).articles == ("http://portal.test/bai-viet/1",)


@pytest.mark.parametrize("body", [b"", b" ", b"\0", b"http://portal.test/bai-viet/1", b"%PDF-1.7", b"<!--", b"<", b"\xff\xfe"])
@pytest.mark.parametrize("selector", ["", "a"])
def test_what_is_no_page_has_no_links(body: bytes, selector: str) -> None:
    found = links(body, LIST, replace(PORTAL, items=selector, next_page=selector))
    assert (found.articles, found.next_page, found.external) == ((), None, ())


def test_an_address_in_another_charset_or_in_nfd_stays_as_the_page_has_it() -> None:
    decomposed = "/bai-viet/1?t=Tha\u0302\u0301ng"
    assert links(page(f'<a href="{decomposed}">x</a>'), LIST, PORTAL).articles == (f"http://portal.test{decomposed}",)


@given(
    st.lists(
        st.sampled_from(
            ['<a href="', '">', "</a>", "<base href=", "?page=", "2", "Trang sau", "/bai-viet/", "//x", "[", "<", "\0", "ữ"]
        )
    ).map("".join)
)
def test_any_markup_gives_only_articles_of_the_portal(markup: str) -> None:
    for portal in (PORTAL, replace(PORTAL, article=".", items="a", next_page="a")):
        found = links(markup.encode(), LIST, portal)
        assert all(portal.is_article(address) and urlsplit(address).scheme in ("http", "https") for address in found.articles)
        assert not any(portal.owns(address) for address in found.external)
        assert len(set(found.articles)) == len(found.articles)
        assert found.next_page is None or found.next_page.url != LIST


# Feeds

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title><link>http://portal.test/</link>
<item><title>Một</title><link>http://portal.test/bai-viet/1#x</link></item><item><title>Hai</title><link>/bai-viet/2</link></item>
<item><title>Một nữa</title><link>http://portal.test/bai-viet/1</link></item><item><link>http://other.test/bai-viet/3</link></item>
<item><title>Không có địa chỉ</title></item><item><link>file:///etc/passwd</link></item></channel></rss>""".encode()
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title><link href="http://portal.test/bai-viet/7"/></entry></feed>"""


def test_a_feed_names_its_announcements() -> None:
    assert feed(RSS, "http://portal.test/rss.xml", PORTAL).articles == (
        "http://portal.test/bai-viet/1",
        "http://portal.test/bai-viet/2",
    )
    assert feed(ATOM, "http://portal.test/atom.xml", PORTAL).articles == ("http://portal.test/bai-viet/7",)


def test_a_cut_feed_still_names_what_it_holds() -> None:
    assert "http://portal.test/bai-viet/1" in feed(RSS[:400], "http://portal.test/rss.xml", PORTAL).articles


def bomb(link: str) -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "aaaaaaaaaa">{entities}]><rss version="2.0"><channel>'
        f"<item><link>{link}</link><title>&e9;</title></item></channel></rss>"
    ).encode()


@pytest.mark.parametrize(
    "body",
    [
        bomb("http://portal.test/bai-viet/1"),
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><link>http://portal.test/&x;</link></item></channel></rss>',
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><rss><channel><item/></channel></rss>',
        b"<html><body><p>404</body></html>",
        b"",
        b"\x00\xff\xfe" * 500,
        b"<rss>" * 20_000,
        b"<item>" * 20_000,
        b"&#" * 50_000,
        b"<![CDATA[" * 20_000,
        b"{}",
    ],
)
def test_what_is_no_honest_feed_is_survived(body: bytes) -> None:
    began = time.monotonic()
    assert set(feed(body, "http://portal.test/rss.xml", PORTAL).articles) <= {"http://portal.test/bai-viet/1"}
    assert time.monotonic() - began < 10


def test_a_body_that_is_the_name_of_a_file_is_not_opened(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("feed") / "rss.xml"
    file.write_bytes(RSS)
    assert feed(str(file).encode(), "http://portal.test/rss.xml", PORTAL).articles == ()
    assert feed(b"http://127.0.0.1:1/rss.xml", "http://portal.test/rss.xml", PORTAL).articles == ()


@given(st.binary(max_size=200))
def test_any_bytes_make_a_list_of_announcements(noise: bytes) -> None:
    for body in (noise, RSS[:200] + noise + RSS[200:]):
        assert all(PORTAL.is_article(address) for address in feed(body, LIST, PORTAL).articles)


# Sitemaps

SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc> http://portal.test/bai-viet/1 </loc></url><url><loc>http://portal.test/lien-he</loc></url>
<url><loc>http://other.test/bai-viet/2</loc></url><url><loc>http://portal.test/bai-viet/1</loc></url><url/></urlset>"""
SITEMAPS = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://portal.test/2020.xml</loc></sitemap>
<sitemap><loc>http://other.test/2021.xml</loc></sitemap></sitemapindex>"""


def test_a_sitemap_names_announcements_and_further_sitemaps() -> None:
    assert sitemap(SITEMAP, LIST, PORTAL).articles == ("http://portal.test/bai-viet/1",)
    assert [each.url for each in sitemap(SITEMAPS, LIST, PORTAL).sitemaps] == ["http://portal.test/2020.xml"]
    assert sitemap(SITEMAP[:170], LIST, PORTAL).articles == ("http://portal.test/bai-viet/1",)


@given(st.binary(max_size=200))
def test_any_bytes_make_a_sitemap(noise: bytes) -> None:
    for body in (noise, SITEMAP[:150] + noise + SITEMAP[150:], bomb("x")):
        found = sitemap(body, LIST, PORTAL)
        assert all(PORTAL.is_article(address) for address in found.articles)
