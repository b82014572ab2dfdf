"""The pages in a real browser: nothing foreign is loaded or run, nothing sticks out, the keyboard and the copy buttons work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from werkzeug.serving import make_server

from search.results import FacetValue, Hit, Results
from tests.web_archive import PORTAL, READING, WebArchive

WIDE = "<table><tr>" + "".join(f"<td>ô rộng số {number} của bảng mẫu</td>" for number in range(14)) + "</tr></table>"
LONG = "x" * 400
CAPTURED = """<!doctype html><title>chụp</title><meta http-equiv="refresh" content="0;url=FOREIGN/refresh">
<script>document.title = "đã chạy"; top.location = "FOREIGN/script"</script><link rel="stylesheet" href="FOREIGN/a.css">
<link rel="prefetch" href="FOREIGN/prefetch"><iframe src="FOREIGN/frame"></iframe>
<img src="FOREIGN/a.png" onerror="document.body.textContent = 'đã chạy'"><p id="p">Trang mẫu LONG</p>"""


@pytest.fixture(scope="module")
def foreign() -> Iterator[tuple[str, list[str]]]:
    """Address of another site, and the paths that were asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, foreign: tuple[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Address of a served archive, and the id of its document."""
    archive = WebArchive(tmp_path_factory.mktemp("site"))
    html = f"<p>Đoạn văn mẫu. {LONG}</p>{WIDE}<p><img src='{foreign[0]}/b.png' alt='Ảnh mẫu'></p>"
    id = archive.put(
        reading=replace(READING, html=html, number="123456789/QĐ-UBND-STC-QLNS-VP"),
        body=CAPTURED.replace("FOREIGN", foreign[0]).replace("LONG", LONG),
    )
    hit = Hit(
        id, 1.0, "Thông báo mẫu", "Thông báo <mark>mẫu</mark>", LONG, LONG, "", PORTAL, number="123/TB-STC", published="2020"
    )
    archive.search.answer = Results(45, (hit,) * 5, {"kind": (FacetValue("Thông báo", 5), FacetValue(LONG, 2))})
    server = make_server("127.0.0.1", 0, archive.app(site_url=None), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", id
    server.shutdown()
    thread.join()
    server.server_close()
    archive.catalog.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as made:
        yield made


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_sticks_out(browser: Browser, site: tuple[str, str], width: int, mode: Literal["light", "dark"]) -> None:
    own, id = site
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=mode) as context:
        page = context.new_page()
        for path in (
            "/",
            f"/tim-kiem?q={LONG}&kind={LONG}",
            f"/tai-lieu/{id}",
            f"/tai-lieu/{id}/pb/1/nguyen-ban?lang=en",
            "/khong",
        ):
            page.goto(own + path, wait_until="load")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_captured_page_is_seen_but_runs_nothing_and_asks_for_nothing(
    context: BrowserContext, site: tuple[str, str], foreign: tuple[str, list[str]]
) -> None:
    own, id = site
    page = context.new_page()
    page.goto(f"{own}/tai-lieu/{id}", wait_until="load")
    page.goto(f"{own}/tai-lieu/{id}/pb/1/nguyen-ban", wait_until="load")
    assert page.frame_locator("iframe").locator("#p").inner_text().startswith("Trang mẫu")
    page.goto(page.frames[1].url, wait_until="load")
    page.wait_for_timeout(300)
    assert page.title() == "chụp"
    assert page.url.startswith(f"{own}/ban-chup/")
    assert foreign[1] == []


def test_slash_goes_to_the_search_box_but_can_be_typed_in_it(context: BrowserContext, site: tuple[str, str]) -> None:
    own, id = site
    page = context.new_page()
    page.goto(f"{own}/tai-lieu/{id}")
    page.keyboard.press("/")
    page.keyboard.type("123/TB")
    assert page.input_value("#q") == "123/TB"
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim-kiem?q=123%2FTB")


def test_one_click_copies_the_citation_and_says_so(context: BrowserContext, site: tuple[str, str]) -> None:
    own, id = site
    page = context.new_page()
    page.goto(f"{own}/tai-lieu/{id}")
    page.click("button[data-copy=trich-vi]")
    expect(page.locator("button[data-copy=trich-vi]")).to_have_text("Đã chép")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.input_value("#trich-vi")
    assert "Nguồn: SỞ TÀI CHÍNH MẪU" in copied


def test_the_skip_link_is_the_first_stop_of_the_keyboard(context: BrowserContext, site: tuple[str, str]) -> None:
    page = context.new_page()
    page.goto(site[0])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"


def test_search_reading_and_citation_work_without_javascript(browser: Browser, site: tuple[str, str]) -> None:
    own, id = site
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(own)
        page.fill("#q", "mẫu")
        page.press("#q", "Enter")
        page.click(".rows a >> nth=0")
        page.wait_for_url(f"**/tai-lieu/{id}")
        assert page.is_visible("#trich-vi")
        assert not page.is_visible("button[data-copy=trich-vi]")
        page.click("text=ISO 690")
        assert page.is_visible("#trich-iso690")
        page.click(".views a >> nth=1")
        page.wait_for_url("**/nguyen-ban")


def test_the_page_does_not_move_while_it_loads(context: BrowserContext, site: tuple[str, str]) -> None:
    own, id = site
    page = context.new_page()
    page.add_init_script(
        "window.moved = 0;"
        "new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.moved += entry.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for path in ("/", f"/tai-lieu/{id}"):
        page.goto(own + path, wait_until="load")
        page.wait_for_timeout(200)
        assert page.evaluate("window.moved") < 0.02, path
