"""`tangthu import` as its users have it: content tells what a path is; killed or out of space, it goes on when run again."""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.verify import verify
from tangthu.cli import main
from tangthu.house import House
from tests.foreign_files import HOST, URL, Desk, Records, answer, one, package, page
from tests.test_ingest_keep import everything, rebuilt

DOCS = Path(__file__).parent.parent / "docs" / "importing.md"


@dataclass(frozen=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in this process: a start of Python for each costs more than the command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANGTHU_HOME", str(tmp_path / "var"))

    def run(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as left:
            main.main(list(arguments))
        said = capsys.readouterr()
        return Ran(int(left.value.code or 0), said.out, said.err)

    return run


def test_one_json_value_and_an_exit_code_tell_what_came_in(run: Run, tmp_path: Path) -> None:
    made = one(page())
    made.response("/tin/2", answer(page("Hai")), WARC_Date="1970-01-01T00:00:00Z")
    (tmp_path / "giấy mời.jsonl").write_bytes(made.members())
    done = run("import", "giấy mời.jsonl", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["captures"], told["new"], told["refused"]) == (1, 1, 1, {"date": 1})
    assert told["hosts"][HOST]["declared"] is False
    (found,) = json.loads(run("search", "cong khai du toan", "--json").stdout)["hits"]
    shown = json.loads(run("show", found["id"], "--json").stdout)
    (told,) = shown["provenance"].values()
    assert told["origin"]["source"] == "giấy mời.jsonl"
    assert shown["captures"][0]["fetched_at"].startswith("2021-03-01")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("a.warc", "rows.csv"), "one file at a time"),
        (("rows.csv", "--dry-run"), "one file at a time"),
        (("a.warc", "--url", URL), "--url-prefix"),
        (("folder", "--host", "a b"), "not an address"),
        (("none",), "does not exist"),
        (("empty",), "empty is empty"),
        (("note.txt",), "WARC, ARC, WACZ, a saved page"),
    ],
)
def test_wrong_use_is_one_line(run: Run, tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    (tmp_path / "a.warc").write_bytes(one(page()).plain())
    (tmp_path / "rows.csv").write_text("id,title\n1,Một\n")
    (tmp_path / "empty").touch()
    (tmp_path / "note.txt").write_text("giấy nháp")
    (tmp_path / "folder").mkdir()
    done = run("import", *arguments)
    assert (done.returncode, done.stdout, why in done.stderr) == (2, "", True), done.stderr


def test_a_folder_with_nothing_in_it_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    done = run("import", "folder")
    assert (done.returncode, done.stdout.startswith("nothing was found there")) == (0, True)


def test_two_imports_at_once_do_not_take_the_same_twice(run: Run, tmp_path: Path, house: House) -> None:
    (tmp_path / "a.warc").write_bytes(one(page()).plain())
    (tmp_path / "var").mkdir()
    with (tmp_path / "var" / "import.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run("import", "a.warc")
    assert (done.returncode, "another import" in done.stderr) == (1, True)


def many(count: int) -> bytes:
    made = Records()
    for number in range(count):
        made.response(f"/tin/{number}", answer(page(f"Thông báo {number}")))
    return made.members()


CHILD = """
import sys
from pathlib import Path
from ingest.imports import bringing
from tangthu.cli import main
from tangthu.house import House
from tangthu.importing import Asked, import_captures
from tangthu.settings import Settings
house = House(Settings(home=Path(sys.argv[1])))
import_captures(house, {Path(sys.argv[2]): "warc"}, Asked(), lambda tally: print(tally.total("captures"), flush=True), 20)
"""


@pytest.mark.parametrize("after_s", [0.0, 0.15])
def test_killed_at_any_moment_an_import_goes_on_when_run_again(house: House, tmp_path: Path, after_s: float) -> None:
    file = tmp_path / "big.warc.gz"
    file.write_bytes(many(100))
    command = [sys.executable, "-c", CHILD, str(house.settings.home), str(file)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=DOCS.parent.parent)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "20"
    time.sleep(after_s)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    tally = Desk(house, tmp_path).take_paths(file)
    assert tally.total("captures") + tally.total("skipped") == 100
    assert tally.total("skipped") >= 20
    captures = house.catalog.count_captures()
    assert (captures, house.catalog.count_documents()) == (100, 100)
    assert verify(house.store, house.catalog).bad == ()
    before = everything(house)
    assert rebuilt(house) == before


def test_a_full_disk_loses_nothing_and_the_import_goes_on_when_there_is_space(run: Run, tmp_path: Path, house: House) -> None:
    (tmp_path / "a.warc.gz").write_bytes(many(100))
    house.catalog.count_captures()  # made while there is space
    size = house.settings.catalog.stat().st_size

    def little_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60_000, size + 60_000))

    command = [sys.executable, "-c", CHILD, str(house.settings.home), str(tmp_path / "a.warc.gz")]
    child = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=DOCS.parent.parent, preexec_fn=little_space, timeout=60
    )
    assert "CannotKeep" in child.stderr
    with house.workshop():
        pass
    assert verify(house.store, house.catalog).bad == ()
    done = run("import", "a.warc.gz", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["captures"] + told["skipped"]) == (0, 100)
    assert house.catalog.count_captures() == 100


def as_in_the_docs(folder: Path) -> None:
    """The files that the commands in docs/importing.md name."""
    made = Records()
    made.record("warcinfo", b"software: Thi Du Crawler 2\r\n", Content_Type="application/warc-fields")
    first = made.response("/thong-bao/12", answer(page("Thông báo lịch tiếp công dân")))
    made.response("/anh/huy-hieu.png", answer(b"\x89PNG", content_type="image/png"))
    made.response("/mau.css", answer(b"a{}", content_type="text/css"))
    made.response("/thong-bao/13", answer(page("Thông báo nghỉ lễ")))
    made.response("/khong-co", answer(b"", "404 Not Found"))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    named = {"WARC_Target_URI": f"https://{HOST}/thong-bao/12", "Content_Type": "application/http; msgtype=response"}
    made.record("revisit", head, WARC_Refers_To=first, **named)
    made.response("/thong-bao/14", answer(page("Bị sửa")), WARC_Block_Digest="sha1:" + "A" * 32)
    (folder / "crawl.warc.gz").write_bytes(made.members())
    (folder / "collection.wacz").write_bytes(package({"archive/data.warc.gz": made.members()}, title="Bộ sưu tập mẫu"))
    older = one(page("Thông báo lịch tiếp công dân (bản cũ)"), WARC_Date="2015-05-04T01:00:00Z").plain()
    (folder / "old.warc").write_bytes(older.replace(b"/tin/1", b"/thong-bao/12"))
    saved = folder / "saved" / HOST
    saved.mkdir(parents=True)
    for name, body in (("giay-moi-7.html", page("Giấy mời họp")), ("logo.png", b"\x89PNG")):
        (saved / name).write_bytes(body)
        os.utime(saved / name, (1_592_184_600, 1_592_184_600))
    (folder / "saved" / "khong-ro.html").write_bytes(page("Không rõ từ đâu"))


def test_the_commands_of_the_docs_say_what_the_docs_show(run: Run, tmp_path: Path) -> None:
    as_in_the_docs(tmp_path)
    shown = re.findall(r"```console\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    commands = [part for block in shown for part in re.split(r"(?m)^\$ ", block) if part]
    assert len(commands) >= 5
    for part in commands:
        line, _, wanted = part.partition("\n")
        program, *arguments = shlex.split(line)
        assert program == "tangthu"
        done = run(*arguments)
        assert done.stdout.strip() == wanted.strip(), f"$ {line}\n{done.stdout}{done.stderr}"
