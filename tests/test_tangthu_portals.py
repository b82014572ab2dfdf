"""The commands around portals, as whoever adds one uses them."""

from __future__ import annotations

import json
import re
import shlex
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ingest.portals import load_file
from samples import SamplePortal
from tests.test_tangthu_cli import ROOT, Run, runner


@pytest.fixture(scope="module")
def portal() -> Iterator[SamplePortal]:
    with SamplePortal() as served:
        yield served


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The archive's own folder of portal files."""
    return tmp_path / "portals"


@pytest.fixture
def run(tmp_path: Path, portal: SamplePortal, own: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    base = runner(tmp_path / "var", portal.base_url)
    return lambda *arguments, more_env=None: base(*arguments, more_env={"TANGTHU_PORTAL_FILES": str(own), **(more_env or {})})


def saved(portal: SamplePortal, path: str, to: Path) -> Path:
    with urllib.request.urlopen(f"{portal.base_url}{path}") as answer:
        to.write_bytes(answer.read())
    return to


def article(portal: SamplePortal, tmp_path: Path) -> Path:
    listed = saved(portal, "/thong-bao/", tmp_path / "list.html").read_text()
    return saved(portal, listed.split('news-item__title"><a href="')[1].split('"')[0], tmp_path / "bai.html")


def test_a_new_portal_is_looked_at_and_its_file_crawls(run: Run, own: Path, portal: SamplePortal) -> None:
    own.mkdir()
    made = run("portal", "new", portal.base_url, "--json")
    assert made.code == 0, made.err
    file = Path(made.json["file"])
    declared = load_file(file)
    assert declared.title == "Sở Tài chính tỉnh Mẫu"
    assert {"/tin-tuc/", "/thong-bao/", "/van-ban/"} <= set(declared.lists)
    assert declared.feeds == ("/rss.xml",)
    assert declared.identity
    crawled = run("crawl", declared.name, "--json")
    counts = crawled.json if isinstance(crawled.json, dict) else crawled.json[0]
    assert counts["new"] >= 45, crawled.out
    again = run("portal", "new", portal.base_url)
    assert again.code == 2
    assert "is there already" in again.err


def test_a_new_portal_can_be_made_from_saved_pages_without_any_connection(
    run: Run, own: Path, portal: SamplePortal, tmp_path: Path
) -> None:
    page = saved(portal, "/thong-bao/", tmp_path / "list.html")
    made = run("portal", "new", "stc.mau.example", "--no-look", "--page", str(page), "--json")
    assert made.code == 0, made.err
    text = Path(made.json["file"]).read_text()
    assert Path(made.json["file"]).name == "stc_mau_example.py"
    assert "www.stc.mau.example" in text
    assert run("portal", "list").out.count("stc.mau.example")
    assert run("portal", "new", "stc.mau.example", "--no-look").code == 2


@pytest.mark.parametrize(
    "host", ["", "a b", "ftp://mau.example", "https://mau.example/tin", "sotaichinh.phutho.gov.vn", "http://"]
)
def test_what_is_no_host_or_is_known_makes_no_file(run: Run, own: Path, host: str) -> None:
    ran = run("portal", "new", host, "--no-look")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert not own.exists()


def test_hostile_names_on_a_page_stay_names_in_the_file(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "trang.html"
    page.write_text('<title>x""" + __import__("os").abort() + """\\</title><a href="/a\\"b/">a</a>', encoding="utf-8")
    made = run("portal", "new", "mau.example", "--no-look", "--page", str(page), "--json")
    assert made.code == 0, made.err
    assert load_file(Path(made.json["file"])).title == 'x""" + __import__("os").abort() + """\\'


def test_trying_shows_the_page_beside_what_is_read_and_keeps_nothing(run: Run, portal: SamplePortal, tmp_path: Path) -> None:
    page = article(portal, tmp_path)
    shown = run("portal", "try", "sample", str(page))
    assert shown.code == 0, shown.err
    lines = [line.split() for line in shown.out.splitlines()]
    assert any(line[:1] == ["title"] and line[1] == "0.98" for line in lines)
    assert any(line[-1:] == ["published"] for line in lines)
    assert not (tmp_path / "var" / "catalog.db").exists()
    tried = json.loads(run("portal", "try", "sample", str(page), "--json").out)[0]
    assert tried["platform"] in ("newer", "older")
    assert {field["name"] for field in tried["fields"]} >= {"title", "published", "text", "reuse"}
    assert any(line["fields"] == ["title"] for line in tried["lines"])


def test_a_page_that_is_none_is_said_and_exits_with_1(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "rong.html"
    empty.write_text("<html><body><script>draw()</script></body></html>")
    ran = run("portal", "try", "sample", str(empty))
    assert ran.code == 1
    assert "not readable" in ran.out


@pytest.mark.parametrize("text", ["PORTAL = 3\n", "PORTAL = (\n", "raise SystemExit(7)\n"])
def test_a_portal_file_that_is_wrong_is_said_in_one_line(run: Run, own: Path, text: str) -> None:
    own.mkdir()
    (own / "hong.py").write_text(text)
    ran = run("portal", "list")
    assert ran.code == 2
    assert "hong.py" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_side_by_side_runs_and_loads_nothing_of_the_page(run: Run, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "bai.html"
    page.write_text(
        "<title>Trang mẫu</title><h1>Thông báo mẫu về việc nghỉ lễ</h1><p>15/06/2020</p><p>Đoạn văn mẫu đủ dài để đọc được "
        'như một thông báo, có hai câu. Đây là câu thứ hai.</p><img src="http://127.0.0.1:9/a.png" onerror="document.title=1">'
        "<script>parent.document.title='run'; document.title='run'</script>",
        encoding="utf-8",
    )
    out = tmp_path / "doi-chieu.html"
    assert run("portal", "try", "sample", str(page), "--page", str(out)).code == 0
    opened = browser.new_page()
    asked: set[str] = set()
    stopped: set[str] = set()
    opened.on("request", lambda request: asked.add(request.url))
    opened.on("requestfailed", lambda request: stopped.add(request.url) if request.failure == "csp" else None)
    opened.goto(out.as_uri())
    assert opened.title() == "Pages and what is read of them"
    assert opened.frame_locator("iframe").first.locator("h1").inner_text() == "Thông báo mẫu về việc nghỉ lễ"
    assert opened.locator("td", has_text="Thông báo mẫu").count()
    assert {url for url in asked if url.startswith("http")} <= stopped, "the policy stops them before they are sent"
    opened.close()


CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("name", ["add-a-portal.md", "them-cong.md"])
def test_the_walk_through_shows_what_its_commands_print(
    run: Run, portal: SamplePortal, own: Path, tmp_path: Path, name: str
) -> None:
    """Its commands in their order; each line that it shows stands in what is printed."""
    own.mkdir()
    blocks = CONSOLE.findall((ROOT / "docs" / name).read_text())
    for command, shown in _commands("".join(blocks)):
        if command.startswith("curl"):
            saved(portal, command.split(":8017")[1].split()[0], tmp_path / command.split()[-1])
        if not command.startswith("tangthu") or "sample-portal" in command:
            continue
        ran = run(*shlex.split(command.replace("http://127.0.0.1:8017", portal.base_url))[1:])
        assert ran.code in (0, 1), ran.err
        out = ran.out.replace(portal.base_url, "http://127.0.0.1:8017").replace(str(own), "cong")
        assert [line for line in shown if line not in out] == [], out


def test_both_languages_walk_the_same_way() -> None:
    blocks = [CONSOLE.findall((ROOT / "docs" / name).read_text()) for name in ("add-a-portal.md", "them-cong.md")]
    assert blocks[0] == blocks[1]


def _commands(text: str) -> Iterator[tuple[str, list[str]]]:
    command, shown = "", list[str]()
    for line in text.split("\n"):
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        elif line and line != "…":
            shown.append(line)
    yield command, shown
