"""The command line as its users have it: one JSON value on stdout, exit codes, one line for an error."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import samples
from archive.records import Reading
from samples import SamplePortal
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine

ROOT = Path(__file__).parent.parent
SEED = next(item for item in samples.announcements() if item.reprinted_from)
COMMANDS = [
    "similar",
    "references",
    "ingest",
    "crawl",
    "watch",
    "parse",
    "portal",
    "import",
    "search",
    "show",
    "cite",
    "status",
    "duplicates",
    "reparse",
    "verify",
    "events",
    "rebuild",
    "index",
    "reindex",
]
COMMANDS += ["serve", "sample-portal"]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


def runner(home: Path, base_url: str) -> Run:
    env = {name: value for name, value in os.environ.items() if not name.startswith("TANGTHU_")}
    env |= {"TANGTHU_HOME": str(home), "TANGTHU_SAMPLE_BASE_URL": base_url, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}

    def run(*arguments: str, more_env: dict[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "tangthu.cli", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=env | (more_env or {}),
            cwd=home.parent,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="module")
def portal() -> Iterator[SamplePortal]:
    with SamplePortal() as served:
        yield served


@pytest.fixture(scope="module")
def crawled(portal: SamplePortal, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """An archive of the whole sample portal; tests of this module only read it."""
    home = tmp_path_factory.mktemp("crawled") / "var"
    run = runner(home, portal.base_url)
    ran = run("crawl", "sample", "--json")
    assert ran.code == 1, "two of its links are broken on purpose"
    return run, home


@pytest.fixture
def run(tmp_path: Path, portal: SamplePortal) -> Run:
    return runner(tmp_path / "var", portal.base_url)


@pytest.fixture
def copy(crawled: tuple[Run, Path], portal: SamplePortal, tmp_path: Path) -> tuple[Run, Path]:
    """A copy of the crawled archive that a test may break."""
    shutil.copytree(crawled[1], tmp_path / "var")
    return runner(tmp_path / "var", portal.base_url), tmp_path / "var"


def id_of(run: Run, query: str) -> str:
    return str(run("search", query, "--json").json["hits"][0]["id"])


def test_help_is_quick_and_teaches(run: Run) -> None:
    started = time.perf_counter()
    ran = run("--help")
    assert time.perf_counter() - started < 2, "nothing heavy is imported for it; bench/ingest.py measures it"
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", ran.out, re.MULTILINE), command


@pytest.mark.parametrize("module", ["whoosh", "sqlalchemy", "bs4", "flask", "citeproc", "urllib3", "rich", "samples", "granian"])
def test_help_imports_nothing_heavy(module: str) -> None:
    script = f"import sys, tangthu.cli; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_crawl_says_what_it_did_as_one_json_value(portal: SamplePortal, tmp_path: Path) -> None:
    with SamplePortal() as fresh:
        run = runner(tmp_path / "var", fresh.base_url)
        first, second = run("crawl", "sample", "--json"), run("crawl", "sample", "--json")
        full = run("crawl", "127.0.0.1", "--full", "--json")
    assert first.code == second.code == full.code == 1
    assert {"portal", "fetched", "new", "changed", "unchanged", "failed", "seconds", "failures"} <= set(first.json)
    assert first.json["new"] == len(samples.announcements())
    assert (second.json["new"], second.json["fetched"]) == (0, 1)
    assert (full.json["changed"], full.json["removed"]) == (1, 1)
    assert {failure["url"].rpartition("/")[2] for failure in first.json["failures"]} == {
        "hoi-nghi-giao-ban-cong-tac-tai-chinh-quy-iii-1990.html",
        "thong-bao-lich-tiep-cong-dan-thang-7-1991.html",
    }


def test_search_finds_with_and_without_accents(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    for query in ("tuyên truyền Đại hội Đảng các cấp", "tuyen truyen dai hoi dang cac cap", "TUYÊN TRUYỀN ĐẠI HỘI ĐẢNG"):
        found = run("search", query, "--json")
        assert found.code == 0
        assert {"total", "hits", "facets", "ms"} <= set(found.json)
        hit = found.json["hits"][0]
        assert {"id", "external_id", "url", "title", "score", "snippet", "published"} <= set(hit)
        assert hit["title"] == SEED.title
        assert hit["published"] == "2020-06-15"


def test_search_filters_sorts_and_explains(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    found = run("search", "ngân sách", "--filter", "year=2020", "--sort", "oldest", "--explain", "--json").json
    dates = [hit["published"] for hit in found["hits"]]
    assert dates == sorted(dates)
    assert all(date.startswith("2020") for date in dates)
    assert found["hits"][0]["explanation"]
    refused = run("search", "x", "--filter", "colour=red")
    assert (refused.code, refused.out) == (2, "")
    assert "portal, category, kind, issuer, year, month" in refused.err


def test_show_tells_where_each_field_comes_from(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    record = run("show", id_of(run, SEED.title), "--json").json
    reading = record["version"]["reading"]
    assert reading["title"] == SEED.title
    assert reading["byline"] == "Hoài Anh"
    assert {field["name"] for field in reading["fields"]} >= {"title", "text", "published", "summary", "byline", "reuse"}
    assert all(field["origin"] and 0 <= field["confidence"] <= 1 for field in reading["fields"])
    assert reading["reuse"]["names"] == ["SỞ TÀI CHÍNH TỈNH PHÚ THỌ", "sotaichinh.phutho.gov.vn"]
    assert record["attribution"] == "Nguồn: SỞ TÀI CHÍNH TỈNH PHÚ THỌ (sotaichinh.phutho.gov.vn)"


def test_similar_lists_what_is_about_the_same(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    prices = id_of(run, "công bố giá vật liệu xây dựng tháng 10 năm 2014")
    found = run("similar", prices, "--limit", "3", "--json").json
    assert found["id"] == prices
    assert found["hits"][0]["title"].startswith("Công bố giá vật liệu xây dựng tháng 6 năm 2023")
    said = run("similar", prices.upper(), "--limit", "3")
    assert said.out.splitlines()[0].startswith(f"{len(found['hits'])} similar to {prices}")
    assert all(hit["id"] in said.out for hit in found["hits"])


def test_references_tell_who_names_whom(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    old, new = id_of(run, "45/QĐ-STC"), id_of(run, "210/QĐ-STC")
    found = run("references", new, "--json").json
    assert [(each["number"], [hit["id"] for hit in each["documents"]]) for each in found["names"]] == [("45/QĐ-STC", [old])]
    named = run("references", old, "--json").json
    assert [hit["id"] for hit in named["named_by"]] == [new]
    assert named["total_named_by"] == 1
    said = run("references", old).out
    assert "130/2005/NĐ-CP  (not here)" in said
    assert f"1 document(s) name it\n  {new}" in said


@pytest.mark.parametrize("format", ["vi", "iso690", "apa"])
def test_cite_carries_attribution_original_permanent_address_and_day(
    crawled: tuple[Run, Path], portal: SamplePortal, format: str
) -> None:
    run, _ = crawled
    id = id_of(run, SEED.title)
    cited = run("cite", id, "--format", format, "--json").json
    assert set(cited) == {"format", "text", "html"}
    assert "Nguồn: SỞ TÀI CHÍNH TỈNH PHÚ THỌ (sotaichinh.phutho.gov.vn)" in cited["text"]
    assert f"{portal.base_url}{SEED.path}" in cited["text"]
    assert f"/tai-lieu/{id}/pb/1" in cited["text"]
    assert run("cite", id, "--format", format).out.strip() == cited["text"]


def test_a_document_format_or_version_that_is_not_there_is_one_line(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    for arguments, code in (
        (("show", "aaaaaaaaaaaa"), 1),
        (("cite", id_of(run, SEED.title), "--format", "mla"), 2),
        (("cite", "x"), 1),
        (("similar", "aaaaaaaaaaaa"), 1),
        (("references", "x"), 1),
    ):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.startswith("tangthu: ")
        assert ran.err.count("\n") == 1


def test_status_counts_what_is_here(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    status = run("status", "--json").json
    assert status["documents"] == len(samples.announcements())
    assert status["captures"] > status["documents"]
    (portal,) = status["portals"]
    assert {"name", "host", "documents", "captures", "last_crawl", "failures", "waiting", "rates", "alarms"} == set(portal)
    assert portal["failures"] == {"http_500": 1}, "what is missing for good is no failure that waits"
    assert {"field": "title", "pages": len(samples.announcements()), "filled": 1.0} == {
        name: value for name, value in portal["rates"][-1].items() if name != "confidence"
    }
    assert set(status["index"]) == {"engine", "generation", "change", "documents"}
    assert status["index"]["documents"] == status["documents"]
    assert run("status").code == 0


def test_ingest_names_each_address_and_what_became_of_it(run: Run, portal: SamplePortal) -> None:
    good = portal.base_url + SEED.path
    ran = run("ingest", good, "http://evil.example/", "ftp://127.0.0.1/x", "http://127.0.0.1:1/", "http://[::1", "--json")
    assert ran.code == 1
    assert [set(entry) for entry in ran.json] == [{"url", "outcome", "document", "version", "capture", "error"}] * 5
    assert [entry["outcome"] for entry in ran.json] == ["new", "failed", "failed", "failed", "failed"]
    assert all(entry["error"] for entry in ran.json[1:])
    assert "--allow-host evil.example" in ran.json[1]["error"]
    again = run("ingest", good, "--json")
    assert (again.code, again.json[0]["outcome"]) == (0, "unchanged")
    for _ in range(2):
        assert f"{portal.base_url}/tin-tuc/: " in run("ingest", portal.base_url + "/tin-tuc/").out, "which address is always said"


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "100.64.0.1", "192.168.1.1", "0x7f000001", "[::1]", "[64:ff9b::7f00:1]"]
)
def test_a_private_address_is_refused_even_when_allowed_by_name(run: Run, host: str) -> None:
    ran = run("ingest", f"http://{host}/", "--allow-host", host.strip("[]"), "--json")
    assert ran.code == 1
    assert ran.json[0]["outcome"] == "failed"


def test_parse_reads_a_saved_page_and_stores_nothing(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "trang.html"
    page.write_bytes(samples.pages.article(SEED, later=False))
    ran = run("parse", str(page), "--url", f"http://127.0.0.1:8017{SEED.path}", "--json")
    assert ran.code == 0
    assert set(ran.json) == {*Reading.__slots__} - {"html"}
    assert ran.json["published"] == {"value": "2020-06-15", "precision": "day", "raw": "15/06/2020 00:00"}
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.html", b""),
        ("image.html", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("script.html", b"<html><script>document.write('x')</script></html>"),
    ],
)
def test_a_page_that_is_none_is_one_line(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    ran = run("parse", str(tmp_path / name), "--url", "http://127.0.0.1:8017/tin-tuc/x-1.html")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1


def test_import_takes_rows_names_bad_ones_and_finds_them_by_their_old_id(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cu.jsonl"
    rows = [
        {"id": f"r{n}", "title": f"Thông báo số {n}/TB-STC về kê khai giá", "text": f"Nội dung kê khai giá đợt {n}."}
        for n in range(30)
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n{broken\n")
    first, second = run("import", str(file), "--json"), run("import", str(file), "--json")
    assert first.code == 1
    assert (first.json["imported"], first.json["updated"], first.json["skipped"]) == (30, 0, 0)
    assert [failure["row"] for failure in first.json["failed"]] == [31]
    assert (second.json["imported"], second.json["skipped"]) == (0, 30)
    assert run("search", "17/TB-STC", "--json").json["hits"][0]["external_id"] == "r17"


def test_rebuild_brings_back_the_same_ids_from_the_warc_files_alone(copy: tuple[Run, Path]) -> None:
    run, home = copy
    ids = sorted(hit["id"] for hit in run("search", "", "--limit", "100", "--json").json["hits"])
    shown = [run("show", id, "--json").json for id in ids[:5]]
    status = run("status", "--json").json
    shutil.rmtree(home / "index")
    for path in home.glob("catalog.db*"):
        path.unlink()
    rebuilt = run("rebuild", "--json")
    assert rebuilt.code == 0
    assert rebuilt.json == {"captures": status["captures"], "documents": status["documents"], "versions": status["documents"]}
    assert sorted(hit["id"] for hit in run("search", "", "--limit", "100", "--json").json["hits"]) == ids
    assert [run("show", id, "--json").json for id in ids[:5]] == shown
    assert len(ids) == len(samples.announcements())


def test_verify_finds_one_changed_byte_and_exits_3(copy: tuple[Run, Path]) -> None:
    run, home = copy
    sound = run("verify", "--json")
    assert sound.code == 0
    assert sound.json["checked"] == sound.json["good"] > 100
    assert sound.json["bad"] == []
    (path,) = (home / "warc").glob("*.warc.gz")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    damaged = run("verify", "--json")
    assert damaged.code == 3
    assert len(damaged.json["bad"]) == 1
    assert damaged.json["bad"][0]["file"] == path.name


@pytest.mark.parametrize("command", [("index", "rebuild"), ("reindex",)])
def test_a_rebuilt_index_counts_and_search_goes_on(copy: tuple[Run, Path], command: tuple[str, ...]) -> None:
    run, _ = copy
    ran = run(*command, "--json")
    assert set(ran.json) == {"documents", "seconds"}
    assert ran.json["documents"] == len(samples.announcements())
    assert ran.json["seconds"] > 0
    assert run("index", "check").code == 0


def test_the_state_of_the_index_is_told(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    ran = run("index", "status", "--json")
    assert ran.code == 0
    facts = ran.json
    assert (facts["engine"], facts["generation"], facts["behind"]) == ("whoosh", "gen-0001", 0)
    assert facts["documents"] == len(samples.announcements())
    assert facts["change"] == facts["catalogue_change"] > 0
    assert facts["segments"] >= facts["layouts"] >= 1
    (generation,) = facts["generations"]
    assert (generation["name"], generation["state"]) == ("gen-0001", "answers")
    assert generation["bytes"] > 100_000
    assert "0 behind" in run("index", "status").out


def test_an_index_that_holds_what_the_catalogue_has_is_well(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    ran = run("index", "check", "--json")
    assert ran.code == 0
    assert [ran.json[kind]["count"] for kind in ("missing", "stale", "extra")] == [0, 0, 0]
    assert ran.json["canaries"]["asked"] >= 8
    assert ran.json["canaries"]["lost"] == ran.json["damage"] == []


def test_what_differs_is_named_and_repaired(copy: tuple[Run, Path]) -> None:
    run, home = copy
    generation = WhooshEngine().open(home / "index" / "gen-0001")
    first, second, *_ = sorted(each.id for each in generation.held())
    foreign = IndexDocument("khongcotrong", "sample", "http://127.0.0.1/x", "Không có trong mục lục", "", "")
    changed = IndexDocument(second, "sample", "http://127.0.0.1/y", "Tên khác", "", "")
    generation.write([foreign, changed], [first], generation.status().change)
    generation.close()
    found = run("index", "check", "--json")
    assert found.code == 1
    assert [found.json[kind]["ids"] for kind in ("missing", "stale", "extra")] == [[first], [second], ["khongcotrong"]]
    repaired = run("index", "check", "--repair")
    assert repaired.code == 0
    assert "tangthu index check --repair" in repaired.out
    assert "3 documents indexed again or dropped" in repaired.out
    assert run("index", "check").code == 0


@pytest.mark.parametrize(("harm", "code"), [("seg", 3), ("missing", 1), ("pointer", 1)])
def test_a_broken_index_is_said_by_status_and_check(copy: tuple[Run, Path], harm: str, code: int) -> None:
    run, home = copy
    if harm == "missing":
        shutil.rmtree(home / "index")
    elif harm == "pointer":
        (home / "index" / "CURRENT").write_text('{"generation": "gen-')
    else:
        path = max((home / "index").glob("gen-0001/*.seg"), key=lambda each: each.stat().st_size)
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.write_bytes(data)
    checked = run("index", "check")
    assert (checked.code, checked.err) == (code, "")
    assert "tangthu index rebuild" in checked.out
    assert run("index", "rebuild").code == 0


def test_the_index_of_an_empty_archive_is_well(run: Run) -> None:
    assert run("index", "check").code == 0
    assert run("index", "status", "--json").json["documents"] == 0
    assert run("index", "rebuild", "--json").json["documents"] == 0
    assert run("index", "check", "--json").code == 0


@pytest.mark.parametrize("harm", ["missing", "damaged", "schema"])
def test_a_broken_index_is_made_again_and_said(copy: tuple[Run, Path], harm: str) -> None:
    run, home = copy
    if harm == "missing":
        shutil.rmtree(home / "index")
    elif harm == "damaged":
        for path in (home / "index").rglob("*"):
            if path.is_file() and path.name != "CURRENT":
                path.write_bytes(b"garbage")
    else:
        pointer = home / "index" / "CURRENT"
        pointer.write_text(re.sub(r'("schema[a-z_]*": *)[^,}]+', r"\g<1>0", pointer.read_text()))
    ran = run("search", "dự toán ngân sách", "--json")
    assert ran.code == 0
    assert ran.json["total"] > 0
    assert "index" in ran.err


def test_a_damaged_catalogue_exits_3_and_names_the_cure(copy: tuple[Run, Path]) -> None:
    run, home = copy
    for path in home.glob("catalog.db*"):
        path.unlink()
    (home / "catalog.db").write_bytes(b"not a database" * 1000)
    ran = run("status")
    assert (ran.code, ran.out) == (3, "")
    assert "tangthu rebuild" in ran.err
    assert run("rebuild").code == 0
    assert run("status").code == 0


@pytest.mark.parametrize("query", ["x" * 10_000, "\x01\x02 dự", '"ngân sách', "*", "*a*", "AND (", "", "\udcff"])
def test_no_query_breaks_the_command(crawled: tuple[Run, Path], query: str) -> None:
    run, _ = crawled
    ran = run("search", "--json", "--", query)
    assert ran.code == 0
    assert "total" in ran.json


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("crawl", "nowhere"), "there are:"),
        (("parse", "/none.html", "--url", "http://a.vn"), "does not exist"),
        (("search",), "Missing argument"),
        (("crawl", "sample", "--base-url", "ftp://x"), "must begin with http"),
        (("portal",), "\nCommands:\n  list "),
        (("index",), "\nCommands:\n  check "),
        (("events", "--portal", "nowhere"), "there are:"),
        (("events", "--kind", "nothing"), "reuse_changed"),
        (("events", "--verify", "--portal", "sample"), "the whole log"),
    ],
)
def test_wrong_use_exits_2_and_says_what_there_is(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_wrong_settings_exit_2_and_name_the_setting(run: Run) -> None:
    ran = run("status", more_env={"TANGTHU_DELAY_S": "soon"})
    assert (ran.code, ran.out) == (2, "")
    assert "TANGTHU_DELAY_S" in ran.err


def test_an_empty_archive_answers_everything(run: Run) -> None:
    assert run("status", "--json").json["documents"] == 0
    assert run("search", "gì cũng được", "--json").json["total"] == 0
    assert run("verify", "--json").json == {"checked": 0, "good": 0, "bad": []}
    assert run("rebuild", "--json").json == {"captures": 0, "documents": 0, "versions": 0}


def examples() -> list[tuple[str, str]]:
    """The `tangthu` commands of README.md with the output that stands under each."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [
        (command, output.strip())
        for block in blocks
        for command, output in re.findall(r"^\$ tangthu (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


@pytest.mark.parametrize(("command", "output"), examples())
def test_the_readme_shows_what_its_commands_print(crawled: tuple[Run, Path], command: str, output: str) -> None:
    def same_every_time(text: str) -> str:
        return re.sub(r"127\.0\.0\.1:\d+|\d+\.\d+ ms|chụp ngày [\d/]+", "…", text.strip())

    assert same_every_time(crawled[0](*shlex.split(command)).out) == same_every_time(output)


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text()
    assert len(examples()) >= 3
    for command in COMMANDS:
        assert f"`tangthu {command}" in readme, command


def test_a_crawl_that_was_cut_short_is_completed_by_the_next_one(tmp_path: Path) -> None:
    with SamplePortal() as fresh:
        run = runner(tmp_path / "var", fresh.base_url)
        first = run("crawl", "sample", "--limit", "20", "--json").json
        assert first["fetched"] == 20
        assert first["new"] + run("crawl", "sample", "--json").json["new"] == len(samples.announcements())


@pytest.mark.parametrize(
    "arguments", [("bogus",), ("search", "a", "--limit", "0"), ("search", "a", "--bogus"), ("import", "/none.csv"), ("--bogus",)]
)
def test_wrong_use_is_one_line_with_the_way_to_help(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--help" in ran.err


def test_a_terminal_without_vietnamese_gets_escapes_and_json_stays_json(crawled: tuple[Run, Path]) -> None:
    run, _ = crawled
    poor = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert run("search", "dự toán", more_env=poor).code == 0
    assert run("search", SEED.title, "--json", more_env=poor).json["hits"][0]["title"] == SEED.title


@pytest.mark.parametrize("url", ["http://user:geheim@127.0.0.1/x", "ftp://user:geheim@a.vn/"])
def test_a_password_in_an_address_is_said_nowhere(run: Run, url: str) -> None:
    ran = run("ingest", url, "--json")
    assert ran.code == 1
    assert "geheim" not in ran.out + ran.err


def test_a_lost_warc_file_is_named_by_rebuild_and_the_old_catalogue_stays(copy: tuple[Run, Path]) -> None:
    run, home = copy
    for path in (home / "warc").iterdir():
        path.unlink()
    assert run("verify").code == 3
    rebuilt = run("rebuild")
    assert rebuilt.code == 3
    assert "catalog.old.db" in rebuilt.err
    assert (home / "catalog.old.db").exists()


def test_a_missing_catalogue_is_said_with_its_cure(copy: tuple[Run, Path]) -> None:
    run, home = copy
    for path in home.glob("catalog.db*"):
        path.unlink()
    for command in (("status",), ("search", "dự toán"), ("show", "aaaaaaaaaaaa")):
        ran = run(*command)
        assert (ran.code, ran.err.count("\n")) == (3, 1)
        assert "tangthu rebuild" in ran.err
    assert run("rebuild").code == 0


def test_a_file_where_the_archive_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    ran = runner(tmp_path / "var", "http://127.0.0.1:8017")("status")
    assert (ran.code, ran.err.count("\n")) == (1, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a read-only file system")
def test_an_archive_that_can_only_be_read_is_read(copy: tuple[Run, Path]) -> None:
    run, home = copy
    if subprocess.run(["mount", "--bind", "-o", "ro", str(home), str(home)], check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(home)], check=True, capture_output=True)
        found = run("search", SEED.title, "--json")
        assert found.json["hits"][0]["title"] == SEED.title
        id = found.json["hits"][0]["id"]
        assert run("show", id).code == run("cite", id).code == run("status").code == run("verify").code == 0
        ran = run("crawl", "sample")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
    finally:
        subprocess.run(["umount", str(home)], check=True, capture_output=True)


def test_a_command_that_a_service_ends_says_so_and_leaves_nothing_undone(crawled: tuple[Run, Path], tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    with rows.open("w", encoding="utf-8") as file:
        for n in range(40_000):
            file.write(
                json.dumps({"id": str(n), "title": f"Bản ghi mẫu số {n}", "text": "Văn bản mẫu."}, ensure_ascii=False) + "\n"
            )
    env = {**os.environ, "TANGTHU_HOME": str(tmp_path / "var")}
    command = [sys.executable, "-m", "tangthu.cli", "import", str(rows)]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 20
        while not list((tmp_path / "var").glob("warc/*.gz")) and time.monotonic() < until:
            time.sleep(0.02)
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "stopped" in err.splitlines()[-1]
