"""`tangthu watch`: crawls again and again, each portal in its own time."""

from __future__ import annotations

import fcntl
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.errors import CannotKeep, CatalogueBusy
from archive.frontier import CrawlState
from ingest.crawl import Tally
from ingest.crew import Stop, Stopped
from ingest.portal import Portal
from search.errors import SearchError
from tangthu.bring_in import mind_contact
from tangthu.crawling import Order, chosen, crawl_them, stopped_by_signals, summary, told
from tangthu.errors import SOME_FAILED
from tangthu.house import House, warn
from tangthu.printing import plain, say, say_json

LONGEST_H = 24.0
"""Between two crawls of a portal that fails again and again, unless it is crawled less often in any case."""
JITTER = 0.1
PATIENCE_S = 600.0
"""A portal whose time has come waits so long for the others that are being crawled; then they pause, and all go on together."""
_TROUBLE_S, _LONGEST_TROUBLE_S = 60.0, 3600.0
"""Wait after a full disk or a busy catalogue, doubled with each time in a row."""
_TAKEN_S = 60.0
"""Until a portal that another process crawls is looked at again."""
_LOOK_S = 30.0


def watch(house: House, names: Sequence[str], *, once: bool, as_json: bool) -> None:
    """`tangthu watch`: until told to stop, or `once` all whose time has come."""
    portals = chosen(house, names, Order(), everything=not names)
    mind_contact(house, portals)
    with _only_watch(house.settings.home), stopped_by_signals() as stop:
        if once:
            _once(house, portals, stop, as_json)
        else:
            on_and_on(house, portals, stop, lambda tally: _tell(tally, as_json))


def next_at(crawls: Sequence[CrawlState], every_h: float, now: datetime) -> datetime:
    """When a portal is to be crawled next, by its latest crawls, newest first. Pure.

    One that was never crawled, or whose last crawl was stopped, at once. Each failure in a row doubles the time. A tenth more or
    less is drawn, always the same for one crawl, so that a restart changes nothing.
    """
    if not crawls or crawls[0].ended_at is None:
        return now
    last = crawls[0]
    failures = next((count for count, crawl in enumerate(crawls) if not crawl.failed), len(crawls))
    hours = max(every_h, min(every_h * 2.0**failures, LONGEST_H))
    drawn = random.Random(f"{last.portal} {last.number}").uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    return last.begun_at + timedelta(hours=hours * drawn)


def due(house: House, portals: Sequence[Portal], now: datetime) -> dict[str, datetime]:
    """When each portal is to be crawled next, by name."""
    with house.catalog.frontier(only_look=True) as look:
        latest = {portal.name: look.crawls(portal.name, 8) for portal in portals}
    hours = {portal.name: portal.every_h or house.settings.every_h for portal in portals}
    return {name: next_at(crawls, hours[name], now) for name, crawls in latest.items()}


def _once(house: House, portals: Sequence[Portal], stop: Stop, as_json: bool) -> None:
    now = datetime.now(UTC)
    times = due(house, portals, now)
    tallies = _crawl(house, [portal for portal in portals if times[portal.name] <= now], stop, {})
    if as_json:
        say_json([told(tally) for tally in tallies])
    else:
        for tally in tallies:
            summary(tally, say)
        if not tallies:
            say(f"nothing is due before {min(times.values()).astimezone():%Y-%m-%d %H:%M}")
    if any(tally.failed for tally in tallies):
        sys.exit(SOME_FAILED)


def on_and_on(
    house: House, portals: Sequence[Portal], stop: Stop, tell: Callable[[Tally], None], *, trouble_s: float = _TROUBLE_S
) -> None:
    """Crawl each portal whenever its time has come, until told to stop. A full disk or a busy catalogue is waited out."""
    troubles = 0
    taken: dict[str, datetime] = {}
    while not stop.is_set:
        try:
            now = datetime.now(UTC)
            times = due(house, portals, now)
            times = {name: max(at, taken.get(name, at)) for name, at in times.items()}
            ready = [portal for portal in portals if times[portal.name] <= now]
            for tally in _crawl(house, ready, stop, times):
                tell(tally)
                if tally.is_taken:
                    taken[tally.portal] = datetime.now(UTC) + timedelta(seconds=_TAKEN_S)
            troubles = 0
            wait_s = 0.0 if ready else min(_LOOK_S, max(0.1, (min(times.values()) - now).total_seconds()))
        except (CannotKeep, CatalogueBusy, SearchError, OSError) as error:
            wait_s = min(trouble_s * 2.0**troubles, _LONGEST_TROUBLE_S)
            troubles += 1
            warn(f"{error}; watching goes on in {wait_s:.0f} s")
        _wait(stop, wait_s)


def _crawl(house: House, portals: Sequence[Portal], stop: Stop, times: dict[str, datetime]) -> list[Tally]:
    """Crawl these portals, until all are done or the time of others, by `times`, is long past."""
    if not portals:
        return []
    batch, until = Stop(), time.monotonic() + PATIENCE_S
    others = [at for name, at in times.items() if name not in {portal.name for portal in portals}]

    def look() -> None:
        waits = others and min(others) + timedelta(seconds=PATIENCE_S) <= datetime.now(UTC)
        if stop.is_set or (waits and time.monotonic() >= until):
            batch.set()

    tallies = crawl_them(house, portals, Order(), batch, look)
    if not stop.is_set:
        house.index_what_came_in()
    return tallies


def _tell(tally: Tally, as_json: bool) -> None:
    if as_json:  # one line a crawl: there is no last one to wait for
        say(json.dumps(plain(told(tally)), ensure_ascii=True))
    else:
        summary(tally, lambda line: say(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {line}"))
    sys.stdout.flush()


def _wait(stop: Stop, seconds: float) -> None:
    try:
        stop.sleep(seconds)
    except Stopped:
        return


@contextmanager
def _only_watch(home: Path) -> Iterator[None]:
    """Be the only one that watches for this archive. Raises CatalogueBusy."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "watch.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CatalogueBusy(f"another `tangthu watch` is at work for {home}; there is no need for two") from error
        yield
