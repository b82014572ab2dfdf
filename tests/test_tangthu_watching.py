"""`tangthu watch` and `tangthu crawl` as a person or a timer has them: schedules, locks, signals, a full disk, units."""

from __future__ import annotations

import configparser
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.frontier import CrawlState
from ingest.crawl import Tally
from ingest.crew import Stop
from samples import SamplePortal
from tangthu.crawling import progress_line, spoken
from tangthu.house import House
from tangthu.settings import Settings
from tangthu.watching import JITTER, LONGEST_H, next_at, on_and_on
from tests.lying_portal import portal_at, run, slow, whole
from tests.lying_server import LyingServer
from tests.test_tangthu_cli import runner

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def crawl_of(hours_ago: float, *, failed: bool = False, ended: bool = True, number: int = 1) -> CrawlState:
    begun_at = NOW - timedelta(hours=hours_ago)
    return CrawlState(number, "p", False, begun_at, begun_at, begun_at + timedelta(minutes=1) if ended else None, failed)


def test_a_portal_that_was_never_crawled_or_was_stopped_is_due_at_once() -> None:
    assert next_at([], 6, NOW) == NOW
    assert next_at([crawl_of(0.1, ended=False), crawl_of(3)], 6, NOW) == NOW


def test_the_time_of_a_portal_is_its_interval_give_or_take_a_tenth_and_the_same_after_a_restart() -> None:
    times = [next_at([crawl_of(0, number=number)], 10, NOW) for number in range(50)]
    hours = [(at - NOW).total_seconds() / 3600 for at in times]
    assert all(10 * (1 - JITTER) <= each <= 10 * (1 + JITTER) for each in hours)
    assert len(set(hours)) > 40
    assert times[7] == next_at([crawl_of(0, number=7)], 10, NOW)


def test_each_failure_in_a_row_doubles_the_time_up_to_a_day() -> None:
    for failures, expected in [(0, 3), (1, 6), (2, 12), (3, 24), (6, 24)]:
        crawls = [crawl_of(0, failed=True)] * failures + [crawl_of(0)]
        hours = (next_at(crawls, 3, NOW) - NOW).total_seconds() / 3600
        assert expected * (1 - JITTER) <= hours <= expected * (1 + JITTER)


@given(st.lists(st.booleans(), min_size=1, max_size=10), st.floats(0.1, 1000))
def test_no_history_puts_a_portal_off_for_ever(failed: list[bool], every_h: float) -> None:
    at = next_at([crawl_of(0, failed=each) for each in failed], every_h, NOW)
    assert timedelta(0) < at - NOW <= timedelta(hours=max(every_h, LONGEST_H) * (1 + JITTER))


def test_progress_says_rate_time_left_and_pause() -> None:
    tally = Tally("p", fetched=10, waiting=50, delay_s=1.0)
    tally._ends.extend([0.0, 2.0, 4.0])
    assert progress_line([tally], "http://a/") == "(50 waiting, 0.5/s, 2 min left, pause 1.0 s) http://a/"
    assert progress_line([Tally("p")], "x") == "(0 waiting, pause 0.0 s) x"
    assert [spoken(each) for each in (12, 240, 9000)] == ["12 s", "4 min", "2.5 h"]


def test_watch_once_crawls_what_is_due_and_nothing_else(tmp_path: Path) -> None:
    with LyingServer(whole(1, 3)) as server:
        run = runner(tmp_path / "var", server.url("").rstrip("/"))
        env = {"TANGTHU_CRAWLED": "sample"}
        first = run("watch", "--once", "--json", more_env=env)
        assert first.code == 1, "it has none of the sample's other lists"
        assert first.json[0]["new"] == 3
        asked = len(server.requests)
        second = run("watch", "--once", more_env=env)
        assert (second.code, len(server.requests)) == (0, asked)
        assert "nothing is due before" in second.out
        assert run("watch", "--once", "--json", "sample", more_env={"TANGTHU_EVERY_H": "0"}).json[0]["lists"] == 1


def test_two_watchers_or_two_crawls_of_one_host_cannot_be(tmp_path: Path) -> None:
    home = tmp_path / "var"
    (home / "crawling").mkdir(parents=True)
    with (
        SamplePortal() as portal,
        (home / "watch.lock").open("a") as watching,
        (home / "crawling/127.0.0.1.lock").open("a") as one,
    ):
        run = runner(home, portal.base_url)
        fcntl.flock(watching, fcntl.LOCK_EX)
        ran = run("watch", "sample")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert "another `tangthu watch`" in ran.err
        fcntl.flock(one, fcntl.LOCK_EX)
        ran = run("crawl", "sample", "--json")
        assert (ran.code, ran.json["reasons"], len(portal.requests)) == (1, {"taken": 1}, 0)


@pytest.fixture
def slow_portal() -> Iterator[LyingServer]:
    answers = {path: slow(bytes(answer), 0.1) for path, answer in whole(30, 10).items()}  # type: ignore[arg-type]
    with LyingServer(answers) as server:
        server.answers["/rss.xml"] = bytes(whole(1, 1)["/tin-tuc/"])  # type: ignore[arg-type]
        yield server


def started(home: Path, server: LyingServer, *arguments: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("TANGTHU_")}
    env |= {"TANGTHU_HOME": str(home), "TANGTHU_SAMPLE_BASE_URL": server.url("").rstrip("/")}
    command = [sys.executable, "-m", "tangthu.cli", *arguments]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("arguments", "number", "code"),
    [
        (("crawl", "sample"), signal.SIGINT, 1),
        (("watch", "sample"), signal.SIGTERM, 0),
    ],
)
def test_a_signal_ends_a_crawl_within_seconds_and_the_next_one_goes_on(
    home: Path, slow_portal: LyingServer, arguments: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    process = started(home, slow_portal, *arguments)
    until = time.monotonic() + 20
    while len(slow_portal.requests) < 10 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(number)
    told = time.monotonic()
    said, warned = process.communicate(timeout=30)
    assert time.monotonic() - told < 6
    assert process.returncode == code
    assert "Traceback" not in warned
    assert "still waiting" in said
    before = set(slow_portal.paths)
    slow_portal.requests.clear()
    process = started(home, slow_portal, "crawl", "sample", "--limit", "3", "--json")
    said, _ = process.communicate(timeout=30)
    assert json.loads(said)["resumed"]
    again = [path for path in slow_portal.paths if path in before and path.endswith(".html")]
    assert len(again) <= 1, "but for what was under way nothing is fetched twice"


def watching(house: House, server: LyingServer, tell: Callable[[Tally], None], stop: Stop) -> threading.Thread:
    portal = portal_at(server, every_h=0.00001)
    thread = threading.Thread(target=on_and_on, args=(house, [portal], stop, tell), kwargs={"trouble_s": 0.2})
    thread.start()
    return thread


def test_a_busy_catalogue_and_a_full_disk_are_waited_out(small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = House(Settings(home=small_disk))
    tallies: list[Tally] = []
    stop = Stop()
    with LyingServer(whole(1, 3)) as server:
        filler = small_disk / "filler"
        run(house, portal_at(server, name="other", lists=()))
        filler.write_bytes(bytes(shutil.disk_usage(small_disk).free))
        thread = watching(house, server, tallies.append, stop)
        until = time.monotonic() + 15
        while "watching goes on" not in capsys.readouterr().err and time.monotonic() < until:
            time.sleep(0.05)
        assert thread.is_alive()
        filler.unlink()
        while not any(tally.new == 3 for tally in tallies) and time.monotonic() < until:
            time.sleep(0.05)
        stop.set()
        thread.join(15)
    assert not thread.is_alive()
    assert sum(tally.new for tally in tallies) == 3
    house.catalog.close()


def test_a_catalogue_that_is_held_by_a_rebuild_is_waited_for(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    hasty = House(replace(house.settings, busy_s=0.1))
    tallies: list[Tally] = []
    stop = Stop()
    hasty.catalog.last_change()
    with LyingServer(whole(1, 3)) as server, (house.settings.home / "writers.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        thread = watching(hasty, server, tallies.append, stop)
        until = time.monotonic() + 15
        while "at work in" not in capsys.readouterr().err and time.monotonic() < until:
            time.sleep(0.05)
        fcntl.flock(lock, fcntl.LOCK_UN)
        while len(tallies) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        stop.set()
        thread.join(15)
    assert [tally.new for tally in tallies[:2]] == [3, 0], "and it crawls again when its time has come"
    hasty.catalog.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def units(page: str) -> dict[str, str]:
    """The systemd units that a page of the documentation shows, by file name."""
    text = (ROOT / "docs" / page).read_text()
    return dict(re.findall(r"```ini\n# /etc/systemd/system/([\w.-]+)\n(.*?)```", text, re.DOTALL))


@pytest.mark.parametrize("page", ["crawling.md", "thu-thap.md"])
def test_the_units_of_the_documentation_are_units(page: str, tmp_path: Path) -> None:
    shown = units(page)
    assert set(shown) == {"tangthu-watch.service", "tangthu-crawl.service", "tangthu-crawl.timer"}
    for name, text in shown.items():
        parsed = configparser.ConfigParser(strict=False, interpolation=None)
        parsed.optionxform = str  # type: ignore[assignment, method-assign]
        parsed.read_string(text)
        assert "Unit" in parsed
        assert "Description" in parsed["Unit"]
        assert parsed.has_section("Timer" if name.endswith("timer") else "Service")
        (tmp_path / name).write_text(text.replace("/opt/tangthu/.venv/bin/tangthu", "/bin/true").replace("User=tangthu\n", ""))
    assert "watch" in shown["tangthu-watch.service"]
    assert "Persistent=true" in shown["tangthu-crawl.timer"]
    if analyze := shutil.which("systemd-analyze"):
        ran = subprocess.run(
            [analyze, "verify", *(str(tmp_path / name) for name in shown)], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr


def test_both_languages_show_the_same_units_and_commands() -> None:
    assert units("crawling.md") == units("thu-thap.md")
    commands = [
        re.findall(r"`(tangthu [a-z][^`]*)`", (ROOT / "docs" / page).read_text()) for page in ("crawling.md", "thu-thap.md")
    ]
    assert set(commands[0]) == set(commands[1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("crawl",), "name the portals to crawl, or say --all"),
        (("crawl", "sample", "--all"), "not both"),
        (("crawl", "sample", "--offline"), "--offline goes with --dry-run"),
        (("watch", "nowhere"), "no portal is called"),
    ],
)
def test_wrong_use_of_crawl_and_watch_is_one_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = runner(tmp_path / "var", "http://127.0.0.1:9")(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


def test_a_dry_run_lists_what_would_be_fetched_and_why(tmp_path: Path) -> None:
    with LyingServer(whole(2, 4)) as server:
        run = runner(tmp_path / "var", server.url("").rstrip("/"))
        planned = run("crawl", "sample", "--dry-run", "--json").json
        assert sum(each["kind"] == "page" for each in planned) == 8
        assert all(each["why"] for each in planned)
        for limit in (0, 3):
            few = run("crawl", "sample", "--dry-run", "--limit", str(limit), "--json").json
            assert sum(each["kind"] == "page" for each in few) == limit
        assert run("status", "--json").json["documents"] == 0
        run("crawl", "sample", "--limit", "3")
        before = len(server.requests)
        offline = run("crawl", "--all", "--dry-run", "--offline", "--json", more_env={"TANGTHU_CRAWLED": "sample"}).json
        assert len(server.requests) == before
        assert any(each["kind"] == "page" for each in offline)
