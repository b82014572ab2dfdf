"""The pages in a real browser: nothing foreign is loaded or run, nothing sticks out, the keyboard and the copy buttons work."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect
from werkzeug.serving import make_server

from search.results import Completion, Explained, FacetValue, Hit, NamedNumber, Note, References, Results, Share
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
    others = tuple(replace(hit, id=archive.put(f"/tin/{number}"), title_html=f"Hàng {number}") for number in range(4))
    years = tuple(FacetValue(str(year), year % 7) for year in range(1980, 2027) if year % 7)
    archive.search.answer = Results(
        45,
        (hit, *others),
        {"kind": (FacetValue("Thông báo", 5), FacetValue(LONG, 2)), "year": years, "month": (FacetValue("2020-06", 3),)},
        notes=(Note("date", LONG), Note("plain")),
        read_as=LONG,
        also=(LONG, "tên khác"),
        did_you_mean=LONG,
        next="con-tro",
    )
    archive.search.answers = {"không có gì": Results(0, (), did_you_mean=LONG)}
    shares = (Share("pair", LONG, 10**6, 0.5, 12.5, 3.25), Share("own number", "123/TB-STC", 1, 8.0, 8.0))
    archive.search.explained = Explained(replace(hit, title_html=LONG), 1234, shares)
    archive.search.neighbours = (replace(hit, title=LONG), *others)
    archive.search.named = References((NamedNumber(LONG, (hit,)), NamedNumber("1/TB", ())), (hit,), 99)
    archive.search.completions = (
        Completion("number", "123/TB-STC", id),
        Completion("issuer", "Sở Tài chính <b>Mẫu</b>"),
        Completion("title", f"Thông báo {LONG}", others[1].id),
    )
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
            "/tim-kiem?q=a&year=2020&nguyenvan=1&sau=x&trang=9999999",
            "/tim-kiem?q=không+có+gì&kind=a&year=2020&lang=en",
            f"/tim-kiem/vi-sao?q={LONG}&id={id}",
            "/huong-dan",
            "/huong-dan?lang=en",
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
    for path in ("/", f"/tai-lieu/{id}", "/tim-kiem?q=a&year=2020", f"/tim-kiem/vi-sao?q=a&id={id}", "/huong-dan"):
        page.goto(own + path, wait_until="load")
        page.wait_for_timeout(200)
        assert page.evaluate("window.moved") < 0.02, path


# completion while typing, and keys


@pytest.fixture
def typing(context: BrowserContext, site: tuple[str, str]) -> Page:
    """The first page, with `to` typed and three offers open."""
    page = context.new_page()
    page.goto(site[0])
    page.click("#q")
    page.keyboard.type("to")
    expect(page.locator("[role=option]")).to_have_count(3)
    return page


def active(page: Page) -> str | None:
    """The text of the offer that the box points to."""
    id = page.get_attribute("#q", "aria-activedescendant")
    if id is None:
        assert page.locator("[aria-selected=true]").count() == 0
        return None
    assert page.locator(f"#{id}").get_attribute("aria-selected") == "true"
    return page.locator(f"#{id} span >> nth=0").inner_text()[:40]


def test_offers_are_a_listbox_of_the_box_and_their_markup_is_text(typing: Page) -> None:
    box = typing.locator("#q")
    assert [box.get_attribute(name) for name in ("role", "aria-expanded", "aria-controls")] == ["combobox", "true", "goi-y"]
    assert typing.locator("#goi-y").get_attribute("role") == "listbox"
    assert typing.locator("[role=option] >> nth=1").inner_text().split("\n") == ["Sở Tài chính <b>Mẫu</b>", "cơ quan"]
    assert typing.locator("#goi-y b").count() == 0
    assert typing.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_arrows_walk_through_the_offers_and_back_to_what_was_typed(typing: Page) -> None:
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        typing.keyboard.press(key)
        seen.append((active(typing) or "")[:5])
    assert seen == ["123/T", "Sở Tà", "Thông", "", "Thông", "Sở Tà"]
    assert typing.input_value("#q") == "to"


def test_enter_takes_an_offer_or_else_searches_what_was_typed(typing: Page, site: tuple[str, str]) -> None:
    typing.keyboard.press("ArrowDown")
    typing.keyboard.press("Enter")
    typing.wait_for_url(f"**/tai-lieu/{site[1]}")
    typing.keyboard.press("/")
    typing.keyboard.type("to")
    expect(typing.locator("[role=option]")).to_have_count(3)
    typing.keyboard.press("Enter")
    typing.wait_for_url("**/tim-kiem?q=to")


def test_an_offer_without_a_document_is_searched_for(typing: Page) -> None:
    typing.click("[role=option] >> nth=1")
    typing.wait_for_url("**/tim-kiem?q=S%E1%BB%9F+T%C3%A0i*")


def test_an_offer_can_be_touched(browser: Browser, site: tuple[str, str]) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(site[0] + "?lang=en")
        page.tap("#q")
        page.keyboard.type("to")
        expect(page.locator("[role=option]")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert min(page.evaluate("[...document.querySelectorAll('[role=option]')].map((one) => one.offsetHeight)")) >= 40
        page.tap("[role=option] >> nth=0")
        page.wait_for_url(f"**/tai-lieu/{site[1]}?lang=en")


def test_escape_closes_the_offers_and_keeps_what_was_typed(typing: Page) -> None:
    typing.keyboard.press("Escape")
    expect(typing.locator("[role=option]")).to_have_count(0)
    assert typing.get_attribute("#q", "aria-expanded") == "false"
    assert typing.input_value("#q") == "to"
    typing.keyboard.press("ArrowDown")
    expect(typing.locator("[role=option]")).to_have_count(3)
    typing.keyboard.press("Tab")
    expect(typing.locator("[role=option]")).to_have_count(0)


def test_quick_typing_asks_once_and_late_answers_are_dropped(context: BrowserContext, site: tuple[str, str]) -> None:
    page = context.new_page()
    page.goto(site[0])
    asked: list[str] = []
    held: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route.request.url.rpartition("=")[2])
        held.append(route)

    page.route("**/goi-y*", hold)
    page.click("#q")
    page.keyboard.type("thong", delay=20)
    page.wait_for_timeout(300)
    page.keyboard.type("bao", delay=20)
    page.wait_for_timeout(300)
    assert asked == ["thong", "thongbao"]
    held[1].fulfill(json=[{"kind": "title", "text": "sau", "id": None}])
    expect(page.locator("[role=option]")).to_have_text(["sau tài liệu"])
    with suppress(Error):  # the page has let go of the first request
        held[0].fulfill(json=[{"kind": "title", "text": "trước", "id": None}])
    page.wait_for_timeout(150)
    expect(page.locator("[role=option]")).to_have_text(["sau tài liệu"])


def test_an_input_method_keeps_its_keys_while_it_composes(typing: Page) -> None:
    typing.keyboard.press("ArrowDown")
    stolen = typing.evaluate(
        """() => ["Enter", "Escape", "ArrowDown", "ArrowUp"].filter((key) => !document.getElementById("q").dispatchEvent(
            new KeyboardEvent("keydown", {key, isComposing: true, bubbles: true, cancelable: true})))"""
    )
    assert stolen == []
    assert (active(typing) or "").startswith("123/TB")
    assert typing.url.endswith("/")


def answering(status: int, body: str) -> Callable[[Route], None]:
    """A server that gives that answer to everything."""
    return lambda route: route.fulfill(status=status, body=body)


def test_an_answer_that_is_none_leaves_typing_alone(context: BrowserContext, site: tuple[str, str]) -> None:
    page = context.new_page()
    page.goto(site[0])
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.click("#q")
    for status, body in ((500, ""), (200, "{"), (200, "")):
        page.unroute("**/goi-y*")
        page.route("**/goi-y*", answering(status, body))
        page.keyboard.type("a b")
        page.wait_for_timeout(250)
        expect(page.locator("[role=option]")).to_have_count(0)
    assert problems == []
    assert page.input_value("#q") == "a ba ba b"


def test_j_and_k_walk_from_hit_to_hit_but_are_letters_in_the_box(context: BrowserContext, site: tuple[str, str]) -> None:
    page = context.new_page()
    page.goto(site[0] + "/tim-kiem?q=a")
    seen = []
    for key in "jjjkkkj":
        page.keyboard.press(key)
        seen.append(page.evaluate("[...document.querySelectorAll('.rows h2 a')].indexOf(document.activeElement)"))
    assert seen == [0, 1, 2, 1, 0, 0, 1]
    page.keyboard.press("Enter")
    page.wait_for_url("**/tai-lieu/*")
    page.keyboard.press("j")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.input_value("#q") == "jk"


def test_bars_of_the_timeline_are_reached_by_tab_and_say_what_they_hold(context: BrowserContext, site: tuple[str, str]) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site[0] + "/tim-kiem?q=a")
    page.focus(".bars a >> nth=0")
    page.keyboard.press("Tab")
    tip = page.locator(".bars a:focus .tip")
    expect(tip).to_have_text(re.compile(r"^\d{4}: \d tài liệu$"))
    assert tip.evaluate("element => getComputedStyle(element).clipPath") == "none"
    year = tip.inner_text()[:4]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**year={year}")
