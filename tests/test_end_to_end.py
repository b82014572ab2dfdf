"""The main job as a person has it: a served portal, the command line, the served application, a browser."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, expect

import samples
from samples import SamplePortal

SEED = next(item for item in samples.announcements() if item.reprinted_from)
SCRIPTED = next(item for item in samples.announcements() if "script" in item.quirks)


@dataclass(frozen=True)
class Site:
    """A running archive: its portal, its address, the environment of its commands, its process."""

    portal: SamplePortal
    url: str
    env: dict[str, str]
    process: subprocess.Popen[bytes]

    def tangthu(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "tangthu.cli", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=self.env).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port = free_port()
    with SamplePortal() as portal:
        env = {name: value for name, value in os.environ.items() if not name.startswith("TANGTHU_")} | {
            "TANGTHU_HOME": str(tmp_path_factory.mktemp("end-to-end") / "var"),
            "TANGTHU_SAMPLE_BASE_URL": portal.base_url,
            "TANGTHU_SITE_URL": f"http://127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "tangthu.cli"]
        assert subprocess.run([*command, "crawl", "sample"], env=env, capture_output=True, check=False).returncode == 1
        process = subprocess.Popen([*command, "serve", "--port", str(port), "--workers", "2"], env=env)
        made = Site(portal, f"http://127.0.0.1:{port}", env, process)
        try:
            wait_for(made.url + "/healthz")
            yield made
        finally:
            process.terminate()
            process.wait(20)


def wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (URLError, ConnectionError):
            assert time.monotonic() < until, f"{url} does not answer"
            time.sleep(0.1)


def api(site: Site, path: str) -> object:
    with urllib.request.urlopen(site.url + path, timeout=10) as answer:
        return json.load(answer)


def test_search_document_citation_original(site: Site, browser: Browser) -> None:
    """A researcher types without accents, opens the first hit, cites it, looks at the original, and loads nothing foreign."""
    with browser.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(site.url)
        page.keyboard.press("/")
        page.keyboard.type("tuyen truyen dai hoi dang cac cap")
        page.keyboard.press("Enter")
        page.get_by_role("link", name=SEED.title, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SEED.title)
        expect(page.locator("body")).to_contain_text("Nguồn: SỞ TÀI CHÍNH TỈNH PHÚ THỌ (sotaichinh.phutho.gov.vn)")
        expect(page.locator("body")).to_contain_text(f"{site.portal.base_url}{SEED.path}")
        id = page.url.partition("/tai-lieu/")[2][:12]
        cited = json.loads(site.tangthu("cite", id, "--json"))["text"]
        assert cited in page.content().replace("&amp;", "&")
        look_at_the_original(page)
        assert all(url.startswith(site.url) for url in asked), asked


def look_at_the_original(page: Page) -> None:
    page.get_by_role("link", name="Nguyên bản").first.click()
    inside = page.frame_locator("iframe").locator("body")
    expect(inside).to_contain_text("sotaichinh.phutho.gov.vn")
    expect(inside).to_contain_text(SEED.paragraphs[-1].split(".")[0])


def test_a_script_in_a_captured_body_never_runs(site: Site, browser: Browser) -> None:
    id = json.loads(site.tangthu("search", SCRIPTED.title, "--json"))["hits"][0]["id"]
    with browser.new_context() as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        for path in (f"/tai-lieu/{id}", f"/tai-lieu/{id}/pb/1/nguyen-ban"):
            page.goto(site.url + path)
            expect(page.locator("body")).not_to_contain_text("đã chạy")
        assert "<script" not in page.goto(f"{site.url}/tai-lieu/{id}").text().partition("<main")[2]  # type: ignore[union-attr]
        assert errors == []


def test_the_language_switch_goes_with_the_reader(site: Site, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(site.url + "/tim-kiem?q=dự+toán")
        page.get_by_role("link", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.locator("main a[href*='/tai-lieu/']").first.click()
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_what_is_ingested_while_the_site_runs_is_found_at_once(site: Site, tmp_path: Path) -> None:
    row = {"id": "moi", "title": "Thông báo 987/TB-STC về lịch nghỉ lễ", "text": "Cơ quan nghỉ lễ theo quy định chung."}
    file = tmp_path / "moi.jsonl"
    file.write_text(json.dumps(row, ensure_ascii=False))
    site.tangthu("import", str(file))
    until = time.monotonic() + 1.0
    while True:
        found = api(site, "/api/search?q=987/TB-STC")
        assert isinstance(found, dict)
        if any(hit["external_id"] == "moi" for hit in found["hits"]):
            break
        assert time.monotonic() < until, "not found a second after it came in"


def test_a_rebuild_is_noticed_by_the_running_site(site: Site) -> None:
    before = api(site, "/healthz")
    site.tangthu("rebuild")
    after = api(site, "/healthz")
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert after["documents"] == before["documents"]
    assert after["index"]["generation"] != before["index"]["generation"]


def test_ctrl_c_ends_the_server_and_its_workers(site: Site) -> None:
    port = free_port()
    command = [sys.executable, "-m", "tangthu.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=site.env, start_new_session=True, stderr=subprocess.PIPE)
    wait_for(f"http://127.0.0.1:{port}/healthz")
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert b"Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_port_that_is_taken_is_one_line(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    command = [sys.executable, "-m", "tangthu.cli", "serve", "--port", port]
    ran = subprocess.run(command, env=site.env, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"tangthu: 127.0.0.1:{port} cannot be used")
    assert ran.stderr.count("\n") == 1
