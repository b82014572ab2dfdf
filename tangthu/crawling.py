"""`tangthu crawl`: one portal or several, at once over hosts; and what it would fetch."""

from __future__ import annotations

import fcntl
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from archive.records import Outcome
from ingest import plan
from ingest.crawl import PortalCrawl, Tally
from ingest.crew import GRACE_S, Crew, Stop, Stopped, groups_of, names_of
from ingest.drift import DRIFT
from ingest.fetch import system_resolve
from ingest.portal import Portal
from ingest.tally import TAKEN
from tangthu.bring_in import mind_contact
from tangthu.errors import SOME_FAILED, WrongUse
from tangthu.house import House, warn
from tangthu.overview import note_drift
from tangthu.printing import Progress, say, say_json
from tangthu.settings import is_web_address


@dataclass(frozen=True)
class Order:
    """What a crawl is asked to do."""

    limit: int | None = None
    full: bool = False
    base_url: str | None = None


def crawl(house: House, names: Sequence[str], order: Order, *, everything: bool, as_json: bool) -> None:
    """`tangthu crawl`."""
    portals = chosen(house, names, order, everything=everything)
    mind_contact(house, portals)
    with stopped_by_signals() as stop:
        tallies = crawl_them(house, portals, order, stop)
        if not stop.is_set:
            house.index_what_came_in()
        _report(tallies, as_json, one=len(portals) == 1 and not everything)
    if stop.is_set:
        warn("stopped; what was fetched is kept, and the next crawl goes on from there")
    if stop.is_set or any(tally.failed for tally in tallies):
        sys.exit(SOME_FAILED)


def dry_run(house: House, names: Sequence[str], order: Order, *, everything: bool, offline: bool, as_json: bool) -> None:
    """`tangthu crawl --dry-run`: says what would be fetched and why. Lists and feeds are read, unless `offline`."""
    found: list[dict[str, str]] = []
    with suppress(Stopped), stopped_by_signals() as stop, house.gate(sleep=stop.sleep) as gate:
        for portal in chosen(house, names, order, everything=everything):
            catalog = house.catalog
            would = plan.waiting(portal, catalog) if offline else plan.plan(portal, gate, catalog, full=order.full)
            for each in _at_most(order.limit, would):
                if as_json:
                    found.append({"portal": portal.name, "url": each.url, "kind": each.kind, "why": each.why})
                else:
                    found.append({})
                    say(f"{each.kind:<8} {each.url}  ({each.why})")
    if as_json:
        say_json(found)
    elif not found:
        say("nothing would be fetched")


def _at_most(limit: int | None, would: Iterator[plan.Planned]) -> Iterator[plan.Planned]:
    """What would be fetched until `limit` announcements are named; all of it without one."""
    pages = 0
    if limit == 0:
        return
    for each in would:
        yield each
        pages += each.kind == "page"
        if pages == limit:
            return


def chosen(house: House, names: Sequence[str], order: Order, *, everything: bool) -> list[Portal]:
    """The portals that are meant, each once. Raises WrongUse."""
    if everything == bool(names):
        raise WrongUse("name the portals to crawl or say --all, not both" if names else "name the portals to crawl, or say --all")
    portals = regular(house) if everything else [named(house.portals, name) for name in names]
    portals = list(dict.fromkeys(portals))
    if not portals:
        raise WrongUse("there is no portal to crawl but the sample: name it, or add one (`tangthu portal new`)")
    if order.base_url is None:
        return portals
    if not is_web_address(order.base_url):
        raise WrongUse(f"--base-url {order.base_url!r} must begin with http:// or https:// and name a host")
    if len(portals) != 1:
        raise WrongUse("--base-url goes with one portal")
    return [portals[0].at(order.base_url)]


def regular(house: House) -> list[Portal]:
    """The portals that are crawled without being named: those of the settings, else all but the ones on this machine."""
    if house.settings.crawled:
        return [named(house.portals, name.strip()) for name in house.settings.crawled.split(",")]
    return [portal for portal in house.portals if not portal.local]


def named(portals: Sequence[Portal], name: str) -> Portal:
    """The portal of that name or host. Raises WrongUse."""
    for portal in portals:
        if name.lower() in (portal.name, portal.host, *portal.aliases):
            return portal
    raise WrongUse(f"no portal is called {name!r}; there are: {', '.join(portal.name for portal in portals)}")


def crawl_them(
    house: House,
    portals: Sequence[Portal],
    order: Order,
    stop: Stop,
    look: Callable[[], None] = lambda: None,
    hurry: Stop | None = None,
) -> list[Tally]:
    """Crawl portals at once over hosts, never over one; the tallies in the order of the portals.

    One that another process crawls just now is left out, and its tally says so. `look` is called a few times a second.
    With `hurry` the process lives on after `stop`: workers then end what they are at, until `hurry` is set, so that no two are
    ever at one host. Raises CannotKeep, CatalogueBusy.
    """
    show, began = _Shown(len(portals)), datetime.now(UTC)
    with ExitStack() as locks:
        addresses = _addresses(portals) if len(portals) > 1 else {}
        free: list[Portal] = []
        taken: list[Portal] = []
        for portal in portals:
            names = names_of(portal, addresses)
            (free if locks.enter_context(_alone(house.settings.home, names)) else taken).append(portal)
        with house.workshop() as shop, house.standing():

            def make(group: Sequence[Portal]) -> list[PortalCrawl]:
                ingester, most = shop.another(stop.sleep), house.settings.max_found
                return [
                    PortalCrawl(
                        each, ingester, house.catalog, limit=order.limit, full=order.full, max_found=most, progress=show.note
                    )
                    for each in group
                ]

            groups = groups_of(free, addresses)
            crew = Crew(groups, make, stop, house.settings.total_s + GRACE_S, hurry) if hurry else Crew(groups, make, stop)

            def draw() -> None:
                show.draw()
                look()

            try:
                crew.run(draw)
            finally:
                show.done()
                tallies = {one.portal.name: one.close() for one in crew.crawls}
        for portal in free:
            for each in note_drift(house, portal, began) if portal.name in tallies else ():
                tallies[portal.name].fail(portal.base_url, str(each), DRIFT)
    for portal in taken:
        tallies[portal.name] = _taken(portal)
    return [tallies.get(portal.name, Tally(portal.name)) for portal in portals]


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """Have Ctrl-C and SIGTERM stop a crawl in good order; a second Ctrl-C ends it at once."""
    stop = Stop()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alone(home: Path, names: set[str]) -> Iterator[bool]:
    """Hold the right to crawl these hosts; false where another process crawls one of them."""
    folder = home / "crawling"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        for name in sorted(names):
            file = held.enter_context((folder / f"{name.replace(':', '_')}.lock").open("a"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.close()
                yield False
                return
        yield True


def _addresses(portals: Sequence[Portal]) -> dict[str, tuple[str, ...]]:
    """The addresses of the portals' hosts; portals at one address are one machine to us. A host that has none is let be."""
    hosts = sorted({host for portal in portals for host in names_of(portal, {})})

    def resolved(host: str) -> tuple[str, ...]:
        with suppress(OSError, UnicodeError):
            return tuple(system_resolve(host, 80))
        return ()

    with ThreadPoolExecutor(max_workers=16) as pool:
        return dict(zip(hosts, pool.map(resolved, hosts), strict=True))


def _taken(portal: Portal) -> Tally:
    tally = Tally(portal.name, stopped="another process crawls one of its hosts just now")
    tally.fail(portal.base_url, f"{portal.base_url}: {tally.stopped}; try again when it is done", TAKEN)
    return tally


class _Shown:
    """How far the crawls are, on one line of the terminal."""

    def __init__(self, portals: int) -> None:
        self._portals = portals
        self._progress = Progress("announcements")
        self._tallies: dict[str, Tally] = {}
        self._last = ""

    def note(self, tally: Tally, outcome: Outcome) -> None:
        """What a worker tells after each announcement."""
        self._tallies[tally.portal] = tally
        self._last = outcome.url

    def draw(self) -> None:
        """Draw the line."""
        if tallies := list(self._tallies.values()):
            self._progress(sum(tally.fetched for tally in tallies), progress_line(tallies, self._last))

    def done(self) -> None:
        """Leave the line."""
        self._progress.done()


def progress_line(tallies: Sequence[Tally], last: str) -> str:
    """Rate, time left and pause of what runs. The time left is that of the slowest portal, for what is known to wait."""
    rate = sum(tally.rate for tally in tallies)
    left = max((left_s for tally in tallies if (left_s := tally.left_s) is not None), default=None)
    parts = [f"{sum(tally.waiting for tally in tallies)} waiting"]
    if rate:
        parts.append(f"{rate:.1f}/s")
    if left is not None:
        parts.append(f"{spoken(left)} left")
    parts.append(f"pause {max(tally.delay_s for tally in tallies):.1f} s")
    return f"({', '.join(parts)}) {last}"


def spoken(seconds: float) -> str:
    """A time for people: 12 s, 4 min, 2.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


_COUNTS = ("portal", "fetched", "new", "changed", "unchanged", "moved", "removed", "failed", "lists", "bytes", "waiting")


def told(tally: Tally) -> dict[str, object]:
    """A tally as JSON shows it."""
    return {
        **{name: getattr(tally, name) for name in _COUNTS},
        "seconds": round(tally.seconds, 3),
        "delay_s": round(tally.delay_s, 3),
        "resumed": tally.resumed,
        "stopped": tally.stopped or None,
        "reasons": tally.reasons,
        "failures": [{"url": failure.item, "code": failure.code, "error": failure.error} for failure in tally.failures],
        "notes": tally.notes,
        "traps": dict(tally.traps),
    }


def _report(tallies: Sequence[Tally], as_json: bool, *, one: bool) -> None:
    if as_json:
        say_json(told(tallies[0]) if one else [told(tally) for tally in tallies])
        return
    for tally in tallies:
        summary(tally, say)


def summary(tally: Tally, line: Callable[[str], None]) -> None:
    """The closing summary of one crawl, for people."""
    line(
        f"{tally.portal}: {tally.fetched} fetched, {tally.new} new, {tally.changed} changed, {tally.unchanged} unchanged, "
        f"{tally.removed} removed, {tally.failed} failed in {tally.seconds:.1f} s"
    )
    moved = f"{tally.moved} moved, " if tally.moved else ""
    again = "taken up, " if tally.resumed else ""
    line(
        f"  {again}{moved}{tally.lists} list pages, {tally.bytes / 1e6:.1f} MB, pause {tally.delay_s:.1f} s, "
        f"{tally.waiting} still waiting"
    )
    for note in tally.notes:
        line(f"  note: {note}")
    if tally.traps:
        line("  left alone: " + ", ".join(f"{count} {why}" for why, count in tally.traps.most_common()))
    if len(tally.failures) > 1:
        line("  failed by reason: " + ", ".join(f"{count} {code}" for code, count in tally.reasons.items()))
    for failure in tally.failures:
        line(f"  {DRIFT if failure.code == DRIFT else 'failed'}: {failure.error}")
