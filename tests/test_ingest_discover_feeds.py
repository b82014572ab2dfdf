"""Feeds and sitemaps of every make: what they name, when it changed, and what only calls itself one."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from datetime import UTC, datetime

import pytest

from ingest.discover import Entry, Step, feed, robots_sitemaps, sitemap
from ingest.portal import Portal

PORTAL = Portal("mau", "Sở Tài chính tỉnh Mẫu", "mau.test", "http://mau.test/", ("/tin",), article=r"/bai/\d+")
URL = "http://mau.test/rss.xml"
ONE, TWO = "http://mau.test/bai/1", "http://mau.test/bai/2"
HANOI = datetime(2020, 6, 14, 17, tzinfo=UTC)
MORNING = datetime(2020, 6, 15, 1, 30, tzinfo=UTC)

RSS_091 = f"<rss version='0.91'><channel><title>x</title><item><title>Một</title><link>{ONE}</link></item></channel></rss>"
RSS_2 = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<atom:link href="{URL}" rel="self"/><atom:link href="{URL}?page=2" rel="next"/><link>http://mau.test/</link>
<item><title><![CDATA[Một & hai]]></title><link><![CDATA[ /bai/1 ]]></link><atom:link rel="self" href="http://mau.test/bai/99"/>
<guid isPermaLink="false">http://mau.test/bai/98</guid><pubDate>Mon, 15 Jun 2020 08:30:00 +0700</pubDate></item>
<item><guid>{TWO}</guid></item><item><link>http://khac.test/bai/5</link></item></channel></rss>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://mau.test/"><title>x</title></channel>
<item rdf:about="{ONE}"><title>Một</title><dc:date>2020-06-15T08:30:00+07:00</dc:date></item></rdf:RDF>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="{URL}"/><link rel="next" href="/atom?trang=2"/>
<entry><link rel="edit" href="http://mau.test/bai/97"/><link href="/bai/1"/><published>2020-06-01T00:00:00Z</published>
<updated>2020-06-15T01:30:00Z</updated></entry></feed>"""
BARE = f"<rss version='2.0'><channel><item><title>Thu & chi < 5 tỷ</title><link>{ONE}</link></item><item><link>{TWO}</link>"
BROKEN = f"<RSS><CHANNEL><ITEM><TITLE>a<b<LINK>{ONE}</LINK></ITEM><ITEM x=<LINK><![CDATA[{TWO}]]></LINK></CHANNEL>"


def dated(day: str) -> str:
    return RSS_091.replace("<item>", f"<item><pubDate>{day}</pubDate>")


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (RSS_091, (Entry(ONE),)),
        (RSS_2, (Entry(ONE, MORNING), Entry(TWO))),
        (RDF, (Entry(ONE, MORNING),)),
        (ATOM, (Entry(ONE, MORNING),)),
        (BARE, (Entry(ONE), Entry(TWO))),
        ("\ufeff\n  " + RSS_091, (Entry(ONE),)),
        (RSS_091.replace("Một", "Một&nbsp;hai &copy; \x0b"), (Entry(ONE),)),
        (BROKEN, (Entry(ONE), Entry(TWO))),
        (dated("15/06/2020 08:30"), (Entry(ONE, MORNING),)),
        (dated("Thứ hai, ngày 15 tháng 6 năm 2020"), (Entry(ONE, HANOI),)),
        (dated("hôm qua"), (Entry(ONE),)),
        (dated("9999-12-31T23:59:59-23:00"), (Entry(ONE),)),
        (dated("Mon, 99 Jun 2020 08:30:00 +9999"), (Entry(ONE),)),
    ],
)  # fmt: skip
def test_a_feed_names_its_announcements_and_when_they_changed(text: str, entries: tuple[Entry, ...]) -> None:
    found = feed(text.encode(), URL, PORTAL)
    assert (found.entries, found.is_feed) == (entries, True)


def test_a_feeds_older_pages_and_what_stands_elsewhere_are_told() -> None:
    assert feed(RSS_2.encode(), URL, PORTAL).external == ("http://khac.test/bai/5",)
    assert feed(RSS_2.encode(), URL, PORTAL).next_page == Step(f"{URL}?page=2")
    assert feed(ATOM.encode(), URL, PORTAL).next_page == Step("http://mau.test/atom?trang=2")
    assert feed(ATOM.replace("/atom?trang=2", URL).encode(), URL, PORTAL).next_page is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1258", "windows-1252"])
def test_a_feed_that_says_another_charset_than_it_has_is_read(encoding: str) -> None:
    text = RSS_091.replace("Một", "Thong bao")
    for told in ("utf-8", "utf-16", "iso-8859-1", "vietnamese", "x"):
        assert feed(f'<?xml version="1.0" encoding="{told}"?>{text}'.encode(encoding), URL, PORTAL).articles == (ONE,)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><h1>404</h1><a href='/bai/1'>x</a></body></html>",
        b"{'a': 1}",
        b"%PDF-1.7 <item><link>http://mau.test/bai/1</link></item>",
        b"http://mau.test/bai/1\n",
        b"\x1f\x8b\x08" + b"x" * 50,
        b"<!DOCTYPE html><html><script>var x = 1</script></html>",
    ],
)
def test_what_is_no_feed_says_so_and_names_nothing(body: bytes) -> None:
    found = feed(body, URL, PORTAL)
    assert (found.entries, found.is_feed, found.next_page) == ((), False, None)


def entities(root: str) -> bytes:
    inside = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{inside}]>{root}'.encode()


@pytest.mark.parametrize("read", [feed, sitemap])
@pytest.mark.parametrize(
    "body",
    [
        entities(f"<rss><channel><item><title>&e11;</title><link>{ONE}</link></item></channel></rss>"),
        entities(f"<urlset><url><loc>{ONE}</loc><lastmod>&e11;</lastmod></url></urlset>"),
        b"<rss>" * 400_000,
        b"<urlset><url>" * 500_000,
        b"<item>&#" * 500_000,
        b"<rss><item>" + b"<a " * 200_000,
        b"<urlset>" + b"<url><loc>http://mau.test/lien-he</loc></url>" * 55_000,
        b"<rss><channel>" + b"<item><link>http://mau.test/bai/1</link></item>" * 20_000,
        b"http://mau.test/bai/1\n" * 100_000,
        b"<![CDATA[" * 400_000,
    ],
    ids=range(10),
)  # fmt: skip
def test_bombs_and_heaps_are_read_in_bounded_time(read, body: bytes) -> None:  # type: ignore[no-untyped-def]
    began = time.monotonic()
    assert set(read(body, URL, PORTAL).articles) <= {ONE}
    assert time.monotonic() - began < 15


MAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>{ONE}</loc><lastmod>2020-06-15T08:30:00+07:00</lastmod><image:image><image:loc>http://mau.test/bai/77</image:loc></image:image></url>
<url><loc>{TWO}</loc><lastmod>2020-06</lastmod></url><url><loc>{ONE}</loc></url><url><loc>http://mau.test/lien-he</loc></url>
<url><loc>http://khac.test/bai/3</loc></url><url><loc>/bai/4</loc><news:news><news:publication_date>2020-06-15</news:publication_date></news:news>
</url></urlset>""".encode()
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://mau.test/2020.xml.gz</loc>
<lastmod>2020-12-31</lastmod></sitemap><sitemap><loc>http://khac.test/a.xml</loc></sitemap><sitemap><loc>http://mau.test/rss.xml</loc></sitemap>
</sitemapindex>"""


@pytest.mark.parametrize("packed", [MAP, gzip.compress(MAP), gzip.compress(gzip.compress(MAP)), b"\xef\xbb\xbf\n" + MAP])
def test_a_sitemap_names_its_pages_and_when_they_changed(packed: bytes) -> None:
    found = sitemap(packed, "http://mau.test/sitemap.xml.gz", PORTAL)
    june = datetime(2020, 5, 31, 17, tzinfo=UTC)
    assert found.entries == (Entry(ONE, MORNING), Entry(TWO, june), Entry("http://mau.test/bai/4", HANOI))
    assert (found.sitemaps, found.external, found.is_sitemap) == ((), ("http://khac.test/bai/3",), True)


def test_an_index_names_sitemaps_of_the_portal_and_not_itself() -> None:
    found = sitemap(INDEX, URL, PORTAL)
    assert found.sitemaps == (Entry("http://mau.test/2020.xml.gz", datetime(2020, 12, 30, 17, tzinfo=UTC)),)
    assert found.external == ("http://khac.test/a.xml",)


def test_lines_of_text_and_feeds_serve_as_sitemaps() -> None:
    assert sitemap(f"{ONE}\r\n# x\n{TWO}\n/bai/3\nhttp://khac.test/x".encode(), URL, PORTAL).articles == (ONE, TWO)
    assert sitemap(RSS_2.encode(), URL, PORTAL).entries == (Entry(ONE, MORNING), Entry(TWO))


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body><a href='/bai/1'>x</a></body></html>", b"404 Not Found", b"\x1f\x8b" + b"\0" * 99, b"<url><loc>http://mau.test/bai/1</loc></url>"],
)  # fmt: skip
def test_what_is_no_sitemap_says_so_and_names_nothing(body: bytes) -> None:
    found = sitemap(body, URL, PORTAL)
    assert (found.entries, found.sitemaps, found.is_sitemap) == ((), (), False)


@pytest.mark.parametrize(
    ("read", "head"), [(sitemap, MAP[:-20]), (feed, RSS_091.encode()[:-20]), (sitemap, b"http://mau.test/bai/1\n")]
)
def test_a_packed_or_a_long_bomb_stays_small(read, head: bytes) -> None:  # type: ignore[no-untyped-def]
    body = head + b" " * (120 << 20)
    body = gzip.compress(body, 1) if read is sitemap else body
    tracemalloc.start()
    try:
        assert ONE in read(body, URL, PORTAL).articles
        assert tracemalloc.get_traced_memory()[1] < 250 << 20
    finally:
        tracemalloc.stop()


def test_robots_txt_names_sitemaps() -> None:
    text = """\ufeffUser-agent: *\nDisallow: /a\nSitemap: http://mau.test/s.xml\n sitemap : /t.xml.gz # hai\nSITEMAP:http://khac.test/u.xml
Sitemap: http://mau.test/s.xml\nSitemap:\nSitemap: javascript:x\n#Sitemap: http://mau.test/v.xml"""
    assert robots_sitemaps(text.encode(), "http://mau.test/robots.txt", PORTAL) == (
        "http://mau.test/s.xml",
        "http://mau.test/t.xml.gz",
    )
    heap = b"\n".join(b"Sitemap: http://mau.test/%d.xml" % number for number in range(200_000))
    assert len(robots_sitemaps(heap, "http://mau.test/robots.txt", PORTAL)) <= 1000
