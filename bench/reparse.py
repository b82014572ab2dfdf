"""How fast kept pages are read again, by how many processes, with how much memory. The pages are those of the sample portal.

The peer that gives the ratio is bs4 on lxml doing nothing but building its tree of the same pages, on one core, before and after.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, this module stands beside others that have the names of our packages.
sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import gc
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice

from bs4 import BeautifulSoup

from archive.rates import Fared
from archive.records import Capture, Payload
from archive.rereading import Rereading
from bench.ingest import exchanges, sample_payloads
from bench.machine import report
from ingest.keep import DOCUMENT
from ingest.portal import Portal
from ingest.reread import Compared, Progress, Source, read_again
from tangthu.house import House
from tangthu.settings import Settings

_WATCH_S = 0.1


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(Path(folder), chosen.pages)
    report("reparse", figures, chosen.json)


def _measure(folder: Path, pages: int) -> dict[str, object]:
    payloads = sample_payloads(House(Settings(home=folder / "sample")))
    house = House(Settings(home=folder / "kept"))
    _keep(house, payloads, pages)
    tree_before = _tree(payloads)
    dry, watched = _run(house, house.portals, apply=False)
    tree = (tree_before + _tree(payloads)) / 2
    changed = tuple(_read_otherwise(portal) for portal in house.portals)
    applied, watched_applied = _run(house, changed, apply=True)
    again, _ = _run(house, changed, apply=False)
    return {
        "pages": dry.pages,
        "cores": os.cpu_count(),
        "read again, nothing differs, pages/s": dry.pages / dry.seconds,
        "  share of all cores": watched.cpu_s / dry.seconds / (os.cpu_count() or 1),
        "  times the speed of bs4's trees on one core": dry.pages / dry.seconds / tree,
        "  peak RSS of this process, MiB": watched.peak(0),
        "  peak RSS of the largest worker, MiB": watched.peak(1),
        "  the same at a quarter of the way, MiB": watched.early_peak(),
        "read again, all differ, put into force, pages/s": applied.pages / applied.seconds,
        "  share of all cores ": watched_applied.cpu_s / applied.seconds / (os.cpu_count() or 1),
        "  put into force": applied.put,
        "  peak RSS of this process, MiB ": watched_applied.peak(0),
        "  peak RSS of the largest worker, MiB ": watched_applied.peak(1),
        "a second run: as before": again.verdicts["same"],
        "bs4 tree alone, pages/s a core": tree,
    }


def _keep(house: House, payloads: list[tuple[Capture, Payload]], pages: int) -> None:
    portal = next(each for each in house.portals if each.name == "sample")
    with house.workshop() as shop:
        for exchange in islice(exchanges(payloads), pages):
            shop.keeper.keep([exchange], portal, DOCUMENT)


def _tree(payloads: list[tuple[Capture, Payload]]) -> float:
    """Trees a second, of as many pages as take two seconds."""
    gc.collect()
    started = time.perf_counter()
    for done, (_, payload) in enumerate(cycle(payloads), start=1):
        BeautifulSoup(payload.body, "lxml")
        if time.perf_counter() - started > 2:
            return done / (time.perf_counter() - started)
    return 0.0


def _read_otherwise(portal: Portal) -> Portal:
    """The portal with layouts of other names that leave the summary where it stands."""
    layouts = tuple(replace(layout, name=f"{layout.name}-2", summary="") for layout in portal.layouts)
    return replace(portal, layouts=layouts)


class Run:
    """What one run came to."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.seconds = 0.0
        self.put = 0

    def see(self, compared: Compared) -> None:
        """Count a page."""
        self.verdicts[compared.verdict] += 1

    @property
    def pages(self) -> int:
        """How many pages were read."""
        return self.verdicts.total()


def _run(house: House, portals: tuple[Portal, ...], *, apply: bool) -> tuple[Run, Watched]:
    house.__dict__["portals"] = portals
    run = Run()

    def put(batch: Sequence[Rereading], fared: Sequence[Fared]) -> list[bool]:
        with house.workshop(alone=True) as shop:
            return shop.keeper.reread(batch, fared)

    source = Source(house.settings.warc, house.settings.catalog, portals)
    with _watched() as watched:
        started = time.perf_counter()
        run.put, _ = read_again(source, house.catalog, put=put if apply else None, seen=run.see, progress=watched.at)
        run.seconds = time.perf_counter() - started
    return run, watched


class Watched:
    """Memory and processor time of this process and its children, looked at ten times a second."""

    def __init__(self) -> None:
        self._peaks: list[list[float]] = []
        self._quarter: int | None = None
        self._began = {os.getpid(): _cpu_s(os.getpid())}
        self._ended: dict[int, float] = {}

    def look(self) -> None:
        """Take down how it stands."""
        mine = os.getpid()
        children = [pid for pid in _children(mine) if pid != mine]
        self._ended |= {pid: _cpu_s(pid) for pid in (mine, *children)}
        self._peaks.append([_rss(mine), max((_rss(pid) for pid in children), default=0.0)])

    def at(self, progress: Progress) -> None:
        """Note when a quarter was done."""
        if self._quarter is None and progress.done * 4 >= progress.all:
            self._quarter = max(1, len(self._peaks))

    @property
    def cpu_s(self) -> float:
        """Processor time of all processes, seconds."""
        return sum(spent - self._began.get(pid, 0.0) for pid, spent in self._ended.items())

    def peak(self, which: int) -> float:
        """Most memory of this process (0) or of the largest worker (1), MiB."""
        return max((peaks[which] for peaks in self._peaks), default=0.0)

    def early_peak(self) -> float:
        """Most memory of the largest worker in the first quarter, MiB."""
        return max((peaks[1] for peaks in self._peaks[: self._quarter]), default=0.0)


@contextmanager
def _watched() -> Iterator[Watched]:
    watched, over = Watched(), threading.Event()

    def watch() -> None:
        while not over.wait(_WATCH_S):
            watched.look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield watched
    finally:
        over.set()
        thread.join()


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _rss(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    except OSError:
        return 0.0


def _cpu_s(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
