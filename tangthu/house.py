"""Everything built from the settings and put together: the one place that knows which part gets which."""

from __future__ import annotations

import errno
import fcntl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from archive.catalog import Catalog
from archive.errors import CannotKeep, CatalogueBusy, CatalogueDamaged, Damaged
from archive.frontier import carry_over
from archive.warc import WarcStore, WarcWriter
from tangthu.settings import Settings

if TYPE_CHECKING:
    from archive.records import Exchange
    from ingest.fetch import Gate
    from ingest.ingester import Ingester
    from ingest.keep import Keeper
    from ingest.portal import Portal
    from search.following.follow import Follower
    from search.following.standing import Standing
    from search.searcher import Searcher
    from web.services import Services


@dataclass(frozen=True)
class Workshop:
    """What a command that brings something in works with."""

    ingester: Ingester
    keeper: Keeper
    gate: Gate
    another: Callable[[Callable[[float], None]], Ingester]
    """An ingester with a gate of its own, for another thread; it sleeps with what it is given."""


class House:
    """The parts of one archive, each built when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue. Raises CatalogueDamaged where it is missing and the WARC files are not."""
        path = self.settings.catalog
        if not (path.exists() and path.stat().st_size) and any(self.settings.warc.glob("*.warc.gz")):
            raise CatalogueDamaged(str(path), "is missing, and there are WARC files")
        return Catalog(path, busy_s=self.settings.busy_s)

    @cached_property
    def store(self) -> WarcStore:
        """The WARC files, for reading."""
        return WarcStore(self.settings.warc, self.catalog.capture)

    @cached_property
    def portals(self) -> tuple[Portal, ...]:
        """All portals that are registered; the sample portal at the address of the settings."""
        from ingest.portals import PORTALS, load

        at = {"sample": self.settings.sample_base_url}
        shipped = tuple(portal.at(at[portal.name]) if portal.name in at else portal for portal in PORTALS)
        own = load(self.settings.portal_files) if self.settings.portal_files else ()
        replaced = {portal.name for portal in own}
        return tuple(map(self.paced, (*own, *(portal for portal in shipped if portal.name not in replaced))))

    def paced(self, portal: Portal) -> Portal:
        """`portal` with the pause of the settings where its own is shorter; what this machine serves itself needs none."""
        least_s = self.settings.delay_s
        return portal if portal.local or portal.delay_s >= least_s else replace(portal, delay_s=least_s)

    @cached_property
    def follower(self) -> Follower:
        """What brings the index up to the catalogue."""
        from search.following.follow import Follower

        return Follower(self.catalog, self.settings.index, wait_s=self.settings.busy_s)

    @contextmanager
    def standing(self, *, with_captures: bool = False) -> Iterator[Standing]:
        """Have the index follow the catalogue, and with `with_captures` the catalogue what others left in WARC files."""
        from search.following.standing import POLL_S, Standing

        if with_captures:
            standing = Standing(self.follower, chore=LeftOver(self).catalogue)
        else:  # half as often beside a crawl, which shares its processor with every commit
            standing = Standing(self.follower, poll_s=2 * POLL_S)
        with standing:
            yield standing

    def index_what_came_in(self) -> None:
        """Link what is alike, and have the index hold all that the catalogue has; as long as another process comes on with that,
        it is waited for.
        """
        from search.errors import IndexLocked

        self.link_what_is_alike()

        change, before = self.catalog.last_change(), -1
        while True:
            try:
                self.follower.catch_up()
                return
            except IndexLocked:
                held = self.searcher.status().change
                if before < held < change:
                    before = held
                    continue
                if held < change:
                    warn("another process writes the index just now; it takes in what came in, or the next command does")
                return

    def link_what_is_alike(self, progress: Callable[[int], None] = lambda done: None) -> None:
        """Link documents with the same content; what another process that writes keeps from it, the next command does."""
        from ingest.likeness import link

        try:
            link(self.catalog, progress)
        except CatalogueBusy:
            warn("another process writes the catalogue just now; the next command links what has the same content")

    @cached_property
    def searcher(self) -> Searcher:
        """What searches the index."""
        from search.asking.thesaurus import SHIPPED
        from search.searcher import Searcher

        own = self.settings.thesaurus
        return Searcher(self.settings.index, thesaurus=(SHIPPED, own) if own else (SHIPPED,))

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
    def workshop(self, allow_hosts: frozenset[str] = frozenset(), *, alone: bool = False) -> Iterator[Workshop]:
        """Gate, writer and keeper, opened for one command; what a crash left uncatalogued is caught up with first.

        Several workshops may be open in several processes; a rebuild, or one that must be `alone`, waits for them, they for it.
        """
        from ingest import keep
        from ingest.ingester import Ingester

        settings = self.settings
        with (
            _among_writers(settings, fcntl.LOCK_EX if alone else fcntl.LOCK_SH),
            WarcWriter(settings.warc, rotate_bytes=settings.rotate_bytes) as writer,
        ):
            keeper = keep.Keeper(writer, self.store, self.catalog, self.portals)
            for error in keeper.catch_up().damaged:
                warn(f"{error}; the captures around it are here")
            robots = keep.SideExchanges(keeper, self.portals)

            def another(sleep: Callable[[float], None]) -> Ingester:
                return Ingester(self.gate(allow_hosts, robots.keep, sleep), keeper, self.catalog)

            try:
                with self.gate(allow_hosts, robots.keep) as gate:
                    yield Workshop(Ingester(gate, keeper, self.catalog), keeper, gate, another)
            finally:
                keeper.close()

    def gate(
        self,
        allow_hosts: frozenset[str] = frozenset(),
        on_side_exchange: Callable[[Exchange], None] = lambda exchange: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Gate:
        """A gate with the limits of the settings."""
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
        return Gate(agent=settings.agent, limits=limits, allow_hosts=allow_hosts, on_side_exchange=on_side_exchange, sleep=sleep)

    def rebuild(self, progress: Callable[[int], None]) -> Rebuilt:
        """Fill a new catalogue from the WARC files alone and put it in the place of the old one, which is kept beside it.

        The old one answers until then; whoever wants to write waits.
        """
        from ingest.keep import Keeper
        from search.following import generations

        settings = self.settings
        fresh_path = settings.catalog.with_name("catalog.rebuilding.db")
        with _among_writers(settings, fcntl.LOCK_EX):
            _remove_database(fresh_path)
            fresh = Catalog(fresh_path, busy_s=settings.busy_s)
            store = WarcStore(settings.warc, fresh.capture)
            with WarcWriter(settings.warc, rotate_bytes=settings.rotate_bytes) as writer:
                writer.mend()
                keeper = Keeper(writer, store, fresh, self.portals)
                replayed = keeper.replay({path.name: 0 for path in store.files()}, progress)
            found = set(fresh.document_ids())
            fresh.close()
            before = self._keep_old_catalogue(fresh_path)
            current = Catalog(settings.catalog, busy_s=settings.busy_s)
            # Said twice: whoever begins to build between the two still reads the old catalogue.
            generations.make_anew(settings.index)
            current.take_over(fresh_path)
            generations.make_anew(settings.index)
            _remove_database(fresh_path)
            self.__dict__["catalog"] = current
        return Rebuilt(current, replayed.damaged, tuple(sorted(before - found)))

    def _keep_old_catalogue(self, fresh: Path) -> set[str]:
        """Copy the catalogue that is here to `catalog.old.db`, and what no WARC file holds from it to the catalogue at `fresh`.

        Returns which documents it knows; none where it cannot be read.
        """
        path = self.settings.catalog
        if not path.exists():
            return set()
        kept = path.with_name("catalog.old.db")
        try:
            old = Catalog(path, busy_s=self.settings.busy_s)
            known = set(old.document_ids())
            old.close()
            _remove_database(kept)
            Catalog(kept).take_over(path)
            carry_over(kept, fresh)
        except CatalogueDamaged:
            return set()
        return known


class LeftOver:
    """Captures that a process wrote and, being killed, did not catalogue: looked for again and again while a server runs."""

    EVERY_S = 2.0

    def __init__(self, house: House) -> None:
        self._house = house
        self._looked_at = 0.0
        self._tried: set[tuple[str, int]] = set()

    def catalogue(self) -> None:
        """Catalogue what is in the files and not in the catalogue. What cannot be read is said once."""
        if time.monotonic() - self._looked_at < self.EVERY_S:
            return
        self._looked_at = time.monotonic()
        known = self._house.catalog.read_to()
        files = ((path.name, path.stat().st_size) for path in self._house.store.files())
        behind = {(name, size) for name, size in files if size > known.get(name, 0)}
        if behind - self._tried:
            try:
                with self._house.workshop():  # opened, it catches up
                    pass
            except CatalogueBusy:
                return  # a writer is at work; what it leaves is looked for again
        self._tried = behind


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild came to: the catalogue, the records that could not be read, the documents that only the old one knew."""

    catalog: Catalog
    damaged: tuple[Damaged, ...]
    lost: tuple[str, ...]


@contextmanager
def _among_writers(settings: Settings, kind: int) -> Iterator[None]:
    """Hold the lock that parts writers (shared) from a rebuild (alone)."""
    path = settings.home / "writers.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        until = time.monotonic() + settings.busy_s
        while True:
            try:
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    who = "a rebuild or a re-reading is" if kind == fcntl.LOCK_SH else "a crawl or an import is"
                    raise CatalogueBusy(f"{who} at work in {settings.home}; wait for it to end and try again") from error
                time.sleep(0.05)
        yield


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def read_only_too() -> Iterator[None]:
    """Go on, with a line that says so, where what is tried needs to write and this user can only read the archive."""
    try:
        yield
    except (OSError, CannotKeep) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        if not isinstance(cause, OSError) or cause.errno not in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise
        warn(f"{cause.filename}: {cause.strerror}; going on with what is there")


def warn(message: str) -> None:
    """One line for the person at the terminal."""
    print(f"tangthu: {message}", file=sys.stderr)  # noqa: T201
