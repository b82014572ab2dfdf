"""Everything that names announcements is walked: lists behind forms, sitemaps of robots.txt, feeds and sections of a page."""

from __future__ import annotations

import re
import socket
import threading
from urllib.parse import parse_qs

from archive.verify import verify
from ingest.crawl import PortalCrawl
from tangthu.house import House
from tests.lying_portal import announcement, asked, listing, path_of, portal_at, run, served
from tests.lying_server import LyingServer, respond

PAGES, EACH = 4, 3


def behind_forms(server: LyingServer) -> None:
    """A list whose next pages are postbacks to the one address; the page's state says which page it shows."""

    def page(number: int) -> bytes:
        rows = "".join(
            f'<div class="news-item__title"><a href="{path_of(number * 10 + row)}">Tin {number} {row}</a></div>'
            for row in range(EACH)
        )
        pager = "".join(
            f"<span>{other}</span>"
            if other == number
            else f"<a href=\"javascript:__doPostBack('ctl00$g$pager$ctl{other:02}','')\">{other}</a>"
            for other in range(1, PAGES + 1)
        )
        form = f'<form method="post" action="/ds.aspx"><input type="hidden" name="__VIEWSTATE" value="trang-{number}">'
        return respond(f'<html><body>{form}<div class="news-list">{rows}</div><div>{pager}</div></form></body></html>'.encode())

    def script(connection: socket.socket, stop: threading.Event) -> None:
        form = parse_qs(server.forms[-1].decode())
        target = form.get("__EVENTTARGET", ["ctl01"])[0]
        connection.sendall(page(int(target[-2:])) if not form or form["__VIEWSTATE"][0].startswith("trang-") else respond(b"?"))

    server.answers["/ds.aspx"] = script
    for number in range(1, PAGES + 1):
        server.answers |= {path_of(number * 10 + row): announcement(number * 10 + row) for row in range(EACH)}


def test_a_list_behind_forms_is_walked_to_its_end_and_taken_up_after_a_stop(house: House) -> None:
    with LyingServer() as server:
        behind_forms(server)
        portal = portal_at(server, lists=("/ds.aspx",), next_page="")
        with house.workshop() as shop:
            one = PortalCrawl(portal, shop.ingester, house.catalog)
            while len([form for form in server.forms if form]) < 2:
                one.step()
        tally = run(house, portal)
        assert tally.resumed
        assert house.catalog.count_documents() == PAGES * EACH
        assert len([form for form in server.forms if form]) == PAGES - 1, "each page is asked for once"
        assert run(house, portal).new == 0
        assert len([form for form in server.forms if form]) == PAGES - 1, "the list counts as walked to its end"
    before = house.catalog.document_ids()
    house.rebuild(lambda count: None)
    assert house.catalog.document_ids() == before
    assert verify(house.store, house.catalog).bad == ()


def sitemap(*entries: tuple[str, str], kind: str = "url") -> bytes:
    inside = "".join(f"<{kind}><loc>{url}</loc><lastmod>{at}</lastmod></{kind}>" for url, at in entries)
    root = "urlset" if kind == "url" else "sitemapindex"
    return respond(
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</{root}>'.encode(), "Content-Type: text/xml"
    )


def test_the_sitemaps_of_robots_txt_are_walked_once_the_newest_first(house: House) -> None:
    with LyingServer({"/tin-tuc/": listing([path_of(1)]), path_of(1): announcement(1)}) as server:
        at = server.url
        server.answers["/robots.txt"] = respond(
            f"User-agent: *\nSitemap: {at('/sitemap.xml')}".encode(), "Content-Type: text/plain"
        )
        index = [(at("/s1.xml"), "2026-01-01"), (at("/s2.xml"), "2026-02-01"), (at("/sitemap.xml"), "2026-01-01")]
        server.answers["/sitemap.xml"] = sitemap(*index, kind="sitemap")
        server.answers["/s1.xml"] = sitemap((at(path_of(2)), "2019-05-02"), (at(path_of(3)), "2026-10-01T08:00:00+07:00"))
        server.answers["/s2.xml"] = sitemap((at(path_of(4)), "2024-05-02"), (at(path_of(1)), "2020-01-01"))
        server.answers |= {path_of(number): announcement(number) for number in (2, 3, 4)}
        portal = portal_at(server)
        assert run(house, portal).new == 4
        html = [path for path in server.paths if path.endswith(".html")]
        assert html == [path_of(number) for number in (1, 3, 4, 2)]
        server.requests.clear()
        assert run(house, portal).fetched == 0
        assert server.paths == ["/robots.txt", "/tin-tuc/"], "an incremental crawl reads feeds and lists"
        server.requests.clear()
        run(house, portal, full=True)
        assert asked(server, "/s1.xml") == 1, "a full one reads sitemaps too"


def test_feeds_and_sections_that_the_first_page_points_to_are_walked(house: House) -> None:
    front = bytes(listing([path_of(1)])).partition(b"\r\n\r\n")[2].decode()
    nav = '<nav><ul class="menu"><li><a href="/thong-bao/">Thông báo</a></li><li><a href="/van-ban/">Văn bản</a></li></ul></nav>'
    head = '<head><link rel="alternate" type="application/rss+xml" href="/tin.rss"></head>'
    feed = (
        f"<rss version='2.0'><channel><title>Tin</title><item><title>Bốn</title><link>{path_of(4)}</link></item></channel></rss>"
    )
    answers = {
        "/tin-tuc/": respond(re.sub("<html><body>", f"<html>{head}<body>{nav}", front).encode()),
        "/thong-bao/": listing([path_of(2)]),
        "/van-ban/": listing([path_of(3)], "/van-ban/?page=2"),
        "/van-ban/?page=2": listing([path_of(5)]),
        "/tin.rss": respond(feed.encode(), "Content-Type: application/rss+xml"),
        **{path_of(number): announcement(number) for number in range(1, 6)},
    }
    with served(answers) as (server, portal):
        assert run(house, portal).new == 5
        assert len(server.paths) == len(set(server.paths))
        server.requests.clear()
        assert run(house, portal).fetched == 0
        assert "/van-ban/?page=2" not in server.paths
