"""A server that runs finds within the second what others bring in; real processes on loopback."""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ingest.rows import Row
from search.following import generations
from tangthu.house import House
from tangthu.settings import Settings
from tests.test_end_to_end import free_port, wait_for
from tests.test_search_kills import bring_in, rows

COMMAND = [sys.executable, "-m", "tangthu.cli"]


@dataclass
class Site:
    """A server with two workers over an archive, and somebody who searches it all the time."""

    url: str
    house: House
    env: dict[str, str]
    process: subprocess.Popen[bytes]
    answered: int = 0
    failed: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def search(self, query: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/search?q={urllib.parse.quote(query)}", timeout=10) as answer:
            return json.load(answer)

    def search_all_the_time(self) -> None:
        while not self.done.is_set():
            try:
                if self.search("tài liệu mẫu")["total"] < 1:
                    self.failed.append("nothing found")
                self.answered += 1
            except OSError as error:
                self.failed.append(str(error))
            time.sleep(0.02)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home, port = tmp_path_factory.mktemp("following") / "var", free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("TANGTHU_")} | {
        "TANGTHU_HOME": str(home),
        "TANGTHU_SITE_URL": f"http://127.0.0.1:{port}",
    }
    house = House(Settings(home=home))
    bring_in(house, rows(1000, 30, random.Random(1)))
    process = subprocess.Popen([*COMMAND, "serve", "--port", str(port), "--workers", "2"], env=env)
    made = Site(f"http://127.0.0.1:{port}", house, env, process)
    try:
        wait_for(made.url + "/healthz")
        reader = threading.Thread(target=made.search_all_the_time)
        reader.start()
        yield made
        made.done.set()
        reader.join()
        assert made.answered > 20
        assert made.failed == [], "searches go on whatever is written meanwhile"
    finally:
        made.done.set()
        process.terminate()
        process.wait(20)
        house.catalog.close()


def until(holds: Callable[[], bool], within_s: float = 20.0) -> float:
    """Seconds until something holds."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < within_s
        time.sleep(0.01)
    return time.monotonic() - begun


def row(n: int) -> Row:
    return Row(f"v{n}", f"urn:mau:v{n}", f"Thông báo {n}/TB-MAU về lịch tiếp công dân (tài liệu mẫu)", "Nội dung mẫu.")


def finds(site: Site, n: int) -> bool:
    return any(hit["external_id"] == f"v{n}" for hit in site.search(f"{n}/TB-MAU")["hits"])


def test_what_the_catalogue_has_a_running_server_finds_within_a_second(site: Site) -> None:
    """Nobody but the server indexes here: the process that kept the page has ended or has other things to do."""
    waits = []
    for n in range(500, 505):
        bring_in(site.house, [row(n)])
        waits.append(until(lambda n=n: finds(site, n)))  # type: ignore[misc]
    print(f"from the catalogue to a hit over HTTP, s: {' '.join(f'{wait:.2f}' for wait in waits)}")
    assert statistics.median(waits) <= 1.0


def test_captures_that_a_killed_process_left_uncatalogued_are_catalogued_and_found(site: Site) -> None:
    left = row(600)
    with site.house.workshop() as shop:
        shop.keeper._writer.resource(left.url, left.as_json(), content_type="application/json", role="row", portal="mau")
        shop.keeper._writer.sync()
    until(lambda: finds(site, 600))


def test_a_rebuild_of_index_or_archive_goes_on_beside_the_server(site: Site) -> None:
    for command in (["index", "rebuild"], ["rebuild"]):
        before = site.search("")["total"]
        assert subprocess.run([*COMMAND, *command], env=site.env, capture_output=True, check=False).returncode == 0
        until(lambda before=before: site.search("")["total"] == before)  # type: ignore[misc]
    checked = subprocess.run([*COMMAND, "index", "check", "--json"], env=site.env, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_a_long_import_is_found_while_it_goes_on(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "nhieu.jsonl"
    text = " ".join(["nội dung mẫu của một thông báo dài"] * 10)
    lines = [json.dumps({"id": f"l{n}", "title": f"Hoa phong lan {n} (tài liệu mẫu)", "text": text}) for n in range(1100)]
    file.write_text("\n".join(lines))
    process = subprocess.Popen([*COMMAND, "import", str(file)], env=site.env, stdout=subprocess.DEVNULL)
    until(lambda: site.search('"hoa phong lan"')["total"] > 0, 60)
    assert process.poll() is None, "it is not over yet"
    assert process.wait(120) == 0
    until(lambda: site.search('"hoa phong lan"')["total"] == 1100, 60)


def test_an_index_that_vanishes_under_the_server_comes_back(tmp_path: Path) -> None:
    home, port = tmp_path / "var", free_port()
    house = House(Settings(home=home))
    bring_in(house, rows(1, 20, random.Random(2)))
    env = os.environ | {"TANGTHU_HOME": str(home), "TANGTHU_SITE_URL": f"http://127.0.0.1:{port}"}
    with subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=env, stderr=subprocess.DEVNULL) as process:
        site = Site(f"http://127.0.0.1:{port}", house, env, process)
        wait_for(site.url + "/healthz")
        count = site.search("")["total"]
        (home / "index").rename(tmp_path / "gone")

        def comes_back() -> bool:
            try:
                return bool(site.search("")["total"] == count)
            except OSError:  # until it is made again there is nothing to search
                return False

        until(comes_back)
        process.send_signal(signal.SIGINT)
        process.wait(20)
    house.catalog.close()


@pytest.mark.parametrize("server", [False, True], ids=["alone", "beside a server"])
def test_a_command_that_brings_something_in_has_it_indexed_when_it_ends(tmp_path: Path, server: bool) -> None:
    home = tmp_path / "var"
    env = os.environ | {"TANGTHU_HOME": str(home)}
    file = tmp_path / "mot.jsonl"
    file.write_text(json.dumps({"id": "a", "title": "Thông báo về giá đất (tài liệu mẫu)", "text": "Nội dung."}))
    handle = generations.stand(home / "index") if server else None  # one that follows, and is slow
    ran = subprocess.run([*COMMAND, "import", str(file)], env=env, capture_output=True, text=True, check=False)
    if handle is not None:
        os.close(handle)
    assert (ran.returncode, ran.stderr) == (0, "")
    house = House(Settings(home=home))
    assert house.searcher.status().change == house.catalog.last_change() == 1
    house.searcher.close()
    house.catalog.close()
