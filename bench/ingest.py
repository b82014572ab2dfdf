"""How fast pages come in: reading alone, and from kept bytes to searchable. The pages are those of the sample portal.

The peer that gives the ratios is bs4 on lxml doing nothing but building its tree of the same pages: no reader on bs4 is faster.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, this module would be found in the place of the package `ingest`.
sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from bs4 import BeautifulSoup

import samples
from archive.records import Capture, Exchange, Payload
from bench.machine import peak_mib, report
from ingest import parse
from ingest.crawl import crawl
from ingest.keep import DOCUMENT
from samples import SamplePortal
from tangthu.house import House
from tangthu.settings import Settings

ROUNDS = 3


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(Path(folder), chosen.pages)
    report("ingest", figures, chosen.json)


def _measure(folder: Path, pages: int) -> dict[str, object]:
    payloads = sample_payloads(House(Settings(home=folder / "sample")))
    portal = next(each for each in House(Settings(home=folder)).portals if each.name == "sample")
    reading = _best(lambda: [parse.read(p.body, c.url, p.content_type, portal) for c, p in payloads]) / len(payloads)
    tree = _best(lambda: [BeautifulSoup(p.body, "lxml") for _, p in payloads]) / len(payloads)
    kept = House(Settings(home=folder / "kept"))
    keep_s = _keep(kept, payloads, pages)
    searchable_s = _time(lambda: _rebuild(kept))
    figures: dict[str, object] = {
        "pages": pages,
        "mean page, KiB": sum(len(p.body) for _, p in payloads) / len(payloads) / 1024,
        "reading, pages/s a core": 1 / reading,
        "bs4 tree alone, pages/s a core": 1 / tree,
        "reading : bs4 tree, time": reading / tree,
        "keeping (WARC, fsync, read, catalogue), pages/s": pages / keep_s,
        "from kept to searchable, pages/s": pages / searchable_s,
        "peak memory of this process, MiB": peak_mib(),
        "tangthu --help, s": min(_time(lambda: _run("--help")) for _ in range(5)),
        "serving process with the sample, MiB": _serving_mib(folder / "sample"),
    }
    return figures


def sample_payloads(house: House) -> list[tuple[Capture, Payload]]:
    """The sample portal's announcements, crawled for real."""
    with SamplePortal() as served, house.workshop() as shop:
        portal = next(each for each in house.portals if each.name == "sample").at(served.base_url)
        crawl(portal, shop.ingester, house.catalog)
        addresses = [served.base_url + item.path for item in samples.announcements()]
    house.follower.ready()
    captures = [capture for url in addresses if (capture := house.catalog.last_payload(url))]
    return [(capture, house.store.payload(capture)) for capture in captures]


def _keep(house: House, payloads: list[tuple[Capture, Payload]], pages: int) -> float:
    """Keep `pages` pages under addresses of their own; seconds that it took."""
    portal = next(each for each in house.portals if each.name == "sample")
    pages_of_their_own = list(islice(exchanges(payloads), pages))
    with house.workshop() as shop:
        started = time.perf_counter()
        for exchange in pages_of_their_own:
            shop.keeper.keep([exchange], portal, DOCUMENT)
        return time.perf_counter() - started


def exchanges(payloads: list[tuple[Capture, Payload]]) -> Iterator[Exchange]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for n, (_, payload) in enumerate(cycle(payloads)):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {payload.content_type}\r\n\r\n".encode()
        url = f"http://127.0.0.1:8017/tin-tuc/bai-{n}.html"
        yield Exchange(url, at + timedelta(seconds=n), b"GET / HTTP/1.1\r\n\r\n", head + payload.body, "127.0.0.1")


def _rebuild(house: House) -> None:
    house.rebuild(lambda count: None)
    house.follower.reindex()


def _best(work: Callable[[], object]) -> float:
    return min(_time(work) for _ in range(ROUNDS))


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "tangthu.cli", *arguments], check=True, capture_output=True)


_SERVING = """
import sys
from pathlib import Path
from tangthu.house import House
from tangthu.settings import Settings
from web.app import create_app
client = create_app(House(Settings(home=Path(sys.argv[1]))).services()).test_client()
for query in ("", "du toan ngan sach", "dự toán ngân sách", '"công khai"', "123/TB-STC") * 20:
    hits = client.get("/api/search", query_string={"q": query}).get_json()["hits"]
    assert client.get("/tim-kiem", query_string={"q": query}).status_code == 200
    for hit in hits[:3]:
        assert client.get("/tai-lieu/" + hit["id"]).status_code == 200
print([line for line in open("/proc/self/status") if line.startswith("VmRSS")][0].split()[1])
"""


def _serving_mib(home: Path) -> float:
    """Resident memory of a process that answered 100 searches and their documents."""
    run = subprocess.run([sys.executable, "-c", _SERVING, str(home)], capture_output=True, text=True, check=True, env=os.environ)
    return int(run.stdout) / 1024


if __name__ == "__main__":
    main()
