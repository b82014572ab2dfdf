"""Files in a real browser: words marked on the picture, keys, dropping files, nothing that moves or sticks out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from archive.pages import FileReading
from archive.pages import Page as Leaf
from archive.records import AttachmentLink
from tests.web_archive import HOST
from tests.web_files import ANNEX, LETTER, FileArchive, scan

LONG = "x" * 300


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileArchive]:
    made = FileArchive(tmp_path_factory.mktemp("files"))
    yield made
    made.catalog.close()


@pytest.fixture(scope="module")
def paths(archive: FileArchive) -> dict[str, str]:
    """Addresses by what they show."""
    id = archive.put_with(AttachmentLink(f"https://{HOST}/tep/qd-12.pdf", f"Quyết định {LONG}.pdf"))
    data, reading = scan(LETTER, ANNEX, unsure={"kênh.": 0.4, "Thí": 0.71})
    digest = archive.put_file(data, reading, f"Quyết định {LONG}.pdf", document=id)
    rows = "\n".join("\t".join(f"ô {LONG[:40]} {at}" for at in range(12)) for _ in range(3))
    old = Leaf(1, f"{rows}\n\n{LONG}", "converted", 0.99, original=LONG, encodings=("tcvn3",), title=LONG)
    sheet = archive.put_file(b"x", FileReading("xls", (old,), warnings=(LONG,)), LONG, f"https://{HOST}/tep/x.xls")
    return {
        "document": f"/tai-lieu/{id}",
        "file": f"/tep/{digest}",
        "page": f"/tep/{digest}/trang/2",
        "found": f"/tep/{digest}?q=trạm",
        "sheet": f"/tep/{sheet}",
        "sheet page": f"/tep/{sheet}/trang/1",
        "correct": f"/ban-lam-viec/sua/{digest}/2",
        "facts": f"/ban-lam-viec/du-kien/{digest}",
        "desk": "/ban-lam-viec",
        "hand in": "/ban-lam-viec/nhap",
    }


@pytest.fixture(scope="module")
def own(archive: FileArchive) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, archive.app(site_url=None), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        made = context.new_page()
        problems: list[str] = []
        made.on("pageerror", lambda error: problems.append(str(error)))
        made.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        yield made
        assert problems == []


def sign_in(page: Page, own: str) -> None:
    page.goto(f"{own}/ban-lam-viec/dang-nhap")
    page.fill("#ten", "Lê Mẫu")
    page.fill("#mat-khau", "mật khẩu mẫu")
    page.click("button.button--main")
    page.wait_for_url(f"{own}/ban-lam-viec")


def test_a_word_that_is_found_lies_marked_on_the_picture_where_it_was_drawn(
    page: Page, own: str, paths: dict[str, str], archive: FileArchive
) -> None:
    page.goto(f"{own}{paths['page']}?q=bơm", wait_until="load")
    image, box = page.locator(".sheet img").bounding_box(), page.locator(".boxes .found >> nth=0").bounding_box()
    assert image
    assert box
    assert page.evaluate("document.querySelector('.sheet img').naturalWidth") > 0, "the picture is there"
    word = next(word for word in archive.catalog.files().page(paths["file"][5:], 2).page.words if word.text == "bơm")
    left, top, right, bottom = word.box
    assert abs(box["x"] - image["x"] - left * image["width"]) < 2
    assert abs(box["y"] - image["y"] - top * image["height"]) < 2
    assert abs(box["width"] - (right - left) * image["width"]) < 3
    assert abs(box["height"] - (bottom - top) * image["height"]) < 3


def test_a_word_pointed_at_is_shown_on_the_other_side(page: Page, own: str, paths: dict[str, str]) -> None:
    page.goto(f"{own}{paths['page']}")
    page.hover(".leaf-text .doubt >> nth=2")
    number = page.get_attribute(".leaf-text .doubt >> nth=2", "data-w")
    expect(page.locator(".boxes .lit")).to_have_attribute("data-w", str(number))
    page.hover(".boxes rect >> nth=0")
    expect(page.locator(".leaf-text .lit")).to_have_text("PHỤ")
    page.hover("h1")
    expect(page.locator(".lit")).to_have_count(0)
    page.focus(".leaf-text .doubt >> nth=0")
    expect(page.locator(".boxes .lit")).to_have_count(1)


def test_keys_turn_pages_and_go_from_match_to_match(page: Page, own: str, paths: dict[str, str]) -> None:
    page.goto(f"{own}{paths['page']}?q=giao")
    for key, current in (("n", "k1"), ("n", "k2"), ("p", "k1")):
        page.keyboard.press(key)
        expect(page.locator("mark.current")).to_have_attribute("id", current)
    expect(page.locator(".boxes .current")).to_have_count(1)
    page.keyboard.press("p")
    page.wait_for_url("**/trang/1?q=giao#k1")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/trang/2?q=giao")
    page.fill("#q-tep", "")
    page.keyboard.type("np")
    assert page.input_value("#q-tep") == "np"


def test_marks_and_links_are_there_without_javascript(browser: Browser, own: str, paths: dict[str, str]) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{own}{paths['file']}")
        page.fill("#q-tep", "kênh")
        page.press("#q-tep", "Enter")
        page.click(".leaves a >> nth=0")
        page.wait_for_url("**/trang/2?q=*#k1")
        assert page.locator(".boxes .found").count() == 1
        page.click("a[rel=prev]")
        page.wait_for_url("**/trang/1?*")


def test_files_that_are_dropped_are_handed_in(page: Page, own: str, archive: FileArchive) -> None:
    sign_in(page, own)
    page.goto(f"{own}/ban-lam-viec/nhap")
    script = "name => { const held = new DataTransfer(); held.items.add(new File(['chữ mẫu'], name)); return held; }"
    for name in ("một.txt", "hai.txt"):
        held = page.evaluate_handle(script, name)
        page.dispatch_event(".drop", "dragover", {"dataTransfer": held})
        expect(page.locator(".drop.over")).to_have_count(1)
        page.dispatch_event(".drop", "drop", {"dataTransfer": held})
    expect(page.locator(".chosen li")).to_have_count(2)
    assert "một.txt" in page.inner_text(".chosen li >> nth=0")
    page.click("button[data-busy]")
    expect(page.locator(".outcomes .row")).to_have_count(2)
    assert archive.desk
    assert [entry.name for entry in archive.desk.entries] == ["một.txt"], "the second is the same file once more"


def test_too_much_is_said_before_it_is_sent(page: Page, own: str) -> None:
    sign_in(page, own)
    page.goto(f"{own}/ban-lam-viec/nhap")
    page.set_input_files("#tep", {"name": "to.pdf", "mimeType": "application/pdf", "buffer": b"x" * (2 << 20)})
    expect(page.locator(".drop .problem[role=alert]")).to_contain_text("1 MB")
    page.click("button[data-busy]")
    assert page.url.endswith("/nhap")
    assert page.locator(".outcomes").count() == 0


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_of_the_files_sticks_out_or_moves(
    browser: Browser, own: str, paths: dict[str, str], width: int, mode: Literal["light", "dark"]
) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=mode) as context:
        page = context.new_page()
        page.add_init_script(
            "window.moved = 0;"
            "new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.moved += entry.value; })"
            ".observe({type: 'layout-shift', buffered: true});"
        )
        sign_in(page, own)
        for name, path in paths.items():
            page.goto(f"{own}{path}", wait_until="load")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            if name == "page":
                page.wait_for_timeout(200)
                assert page.evaluate("window.moved") < 0.02
