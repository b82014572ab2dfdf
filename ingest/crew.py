"""Several crawls at once: in parallel over hosts, never over one.

Portals that share a host or an address have one worker: a thread with a gate of its own, in which they take turns, so that none
starves another.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.crawl import PortalCrawl
from ingest.portal import Portal
from ingest.targets import target_of

GRACE_S = 5.0
"""For workers to end what they are at, once they were told to stop; who takes longer waits for a server and is left behind."""
_LOOK_S = 0.2


class Stopped(Exception):
    """The crawl was told to stop while it waited."""


class Stop:
    """Tells the workers to stop; what they sleep with."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Tell everybody to stop."""
        self._event.set()

    @property
    def is_set(self) -> bool:
        """Whether everybody was told to stop."""
        return self._event.is_set()

    def sleep(self, seconds: float) -> None:
        """Sleep. Raises Stopped as soon as everybody is told to stop."""
        if self._event.wait(seconds):
            raise Stopped


@dataclass(eq=False)
class Crew:
    """The workers of one command. `make` builds the crawl of a portal in the thread that runs it."""

    groups: Sequence[Sequence[Portal]]
    make: Callable[[Sequence[Portal]], list[PortalCrawl]]
    stop: Stop
    grace_s: float = GRACE_S
    crawls: list[PortalCrawl] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def run(self, look: Callable[[], None] = lambda: None) -> None:
        """Crawl all groups; returns when all are done or were told to stop. `look` is called a few times a second meanwhile.

        Raises the first error that ended a worker; the others were told to stop by it.
        """
        threads = [threading.Thread(target=self._work, args=(group,), daemon=True) for group in self.groups]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads) and not self.stop.is_set:
                look()
                _join(threads, time.monotonic() + _LOOK_S)
        finally:
            if any(thread.is_alive() for thread in threads):
                self.stop.set()
                _join(threads, time.monotonic() + self.grace_s)
        if self.errors:
            raise self.errors[0]

    def _work(self, group: Sequence[Portal]) -> None:
        try:
            crawls = self.make(group)
            self.crawls += crawls
            take_turns(crawls, self.stop)
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits for this one
            self.errors.append(error)
            self.stop.set()


def take_turns(crawls: Sequence[PortalCrawl], stop: Stop) -> None:
    """Have crawls of one host take turns until all are done. Raises Stopped."""
    waits = dict.fromkeys(range(len(crawls)), 0.0)
    while waits:
        for number in tuple(waits):
            if stop.is_set:
                raise Stopped
            waits[number] = crawls[number].step()
            if waits[number] == math.inf:
                del waits[number]
        if waits and (wait_s := min(waits.values())) > 0:
            stop.sleep(wait_s)


def groups_of(portals: Sequence[Portal], addresses: Mapping[str, Iterable[str]]) -> list[list[Portal]]:
    """The portals in groups that share no host and no address; `addresses` are those of each host, as far as they are known."""
    groups: list[tuple[set[str], list[Portal]]] = []
    for portal in portals:
        names = names_of(portal, addresses)
        sharing = [group for group in groups if group[0] & names]
        groups = [group for group in groups if not group[0] & names]
        members = [each for _, group in sharing for each in group]
        groups.append((names.union(*(group[0] for group in sharing)), [*members, portal]))
    return [members for _, members in groups]


def names_of(portal: Portal, addresses: Mapping[str, Iterable[str]]) -> set[str]:
    """The hosts of a portal and their addresses: what two crawls must not share."""
    hosts = {target_of(portal.base_url).host, portal.host, *portal.aliases}
    return hosts | {address for host in hosts for address in addresses.get(host, ())}


def _join(threads: Sequence[threading.Thread], until: float) -> None:
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
