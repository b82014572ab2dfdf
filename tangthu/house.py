"""Everything built from the settings and put together: the one place that knows which part gets which."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from archive.catalog import Catalog
from archive.errors import CatalogueBusy, Damaged
from archive.warc import WarcStore, WarcWriter
from tangthu.settings import Settings

if TYPE_CHECKING:
    from ingest.crawl import Ingester
    from ingest.fetch import Gate
    from ingest.keep import Keeper
    from ingest.portal import Portal
    from search.follow import Follower
    from search.searcher import Searcher
    from web.services import Services


@dataclass(frozen=True)
class Workshop:
    """What a command that brings something in works with."""

    ingester: Ingester
    keeper: Keeper
    gate: Gate


class House:
    """The parts of one archive, each built when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue."""
        return Catalog(self.settings.catalog, busy_s=self.settings.busy_s)

    @cached_property
    def store(self) -> WarcStore:
        """The WARC files, for reading."""
        return WarcStore(self.settings.warc, self.catalog.capture)

    @cached_property
    def portals(self) -> tuple[Portal, ...]:
        """All portals that are registered; the sample portal at the address of the settings."""
        from ingest.portals import PORTALS

        at = {"sample": self.settings.sample_base_url}
        return tuple(portal.at(at[portal.name]) if portal.name in at else portal for portal in PORTALS)

    @cached_property
    def follower(self) -> Follower:
        """What brings the index up to the catalogue."""
        from search.follow import Follower

        return Follower(self.catalog, self.settings.index, wait_s=self.settings.busy_s)

    @cached_property
    def searcher(self) -> Searcher:
        """What searches the index."""
        from search.searcher import Searcher

        return Searcher(self.settings.index)

    def services(self) -> Services:
        """What the web application is handed."""
        from web.services import Services

        return Services(
            catalog=self.catalog,
            warc=self.store,
            searcher=self.searcher,
            site_url=self.settings.site_url,
            contact=self.settings.contact,
        )

    @contextmanager
    def workshop(self, allow_hosts: frozenset[str] = frozenset()) -> Iterator[Workshop]:
        """Gate, writer and keeper, opened for one command; what a crash left uncatalogued is caught up with first."""
        from ingest import keep
        from ingest.crawl import Ingester
        from ingest.fetch import Gate, Limits

        settings = self.settings
        limits = Limits(
            connect_s=settings.connect_s,
            read_s=settings.read_s,
            total_s=settings.total_s,
            max_wire_bytes=settings.max_wire_bytes,
            max_body_bytes=settings.max_body_bytes,
            max_redirects=settings.max_redirects,
        )
        with WarcWriter(settings.warc, rotate_bytes=settings.rotate_bytes) as writer:
            keeper = keep.Keeper(writer, self.store, self.catalog, self.portals)
            keeper.catch_up()
            robots = keep.SideExchanges(keeper, self.portals)
            with Gate(agent=settings.agent, limits=limits, allow_hosts=allow_hosts, on_side_exchange=robots.keep) as gate:
                yield Workshop(Ingester(gate, keeper, self.catalog), keeper, gate)

    def rebuild(self, progress: Callable[[int], None]) -> tuple[Catalog, tuple[Damaged, ...]]:
        """Fill a new catalogue from the WARC files alone and swap it in; returns it and what could not be read.

        The old one answers until then. Whoever else writes waits, and finds the new one.
        """
        from ingest.keep import Keeper

        settings = self.settings
        fresh_path = settings.catalog.with_name("catalog.rebuilding.db")
        with _alone(settings.home / "rebuild.lock", settings.busy_s):
            _remove_database(fresh_path)
            fresh = Catalog(fresh_path, busy_s=settings.busy_s)
            fresh.last_change()  # an archive without captures has a catalogue too
            store = WarcStore(settings.warc, fresh.capture)
            with WarcWriter(settings.warc, rotate_bytes=settings.rotate_bytes) as writer:
                writer.mend()
                keeper = Keeper(writer, store, fresh, self.portals)
                replayed = keeper.replay({path.name: 0 for path in store.files()}, progress)
            fresh.close()
            self.catalog.close()
            # The old log must not be found beside the new file: SQLite would apply it.
            for suffix in ("-wal", "-shm"):
                settings.catalog.with_name(settings.catalog.name + suffix).unlink(missing_ok=True)
            fresh_path.replace(settings.catalog)
        return self.catalog, replayed.damaged


@contextmanager
def _alone(path: Path, wait_s: float) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CatalogueBusy(f"{path}: another rebuild is at work; wait for it to end") from error
        yield


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def warn(message: str) -> None:
    """One line for the person at the terminal."""
    print(f"tangthu: {message}", file=sys.stderr)  # noqa: T201
