"""The frontier: which addresses of a portal are to be fetched, in which order, and how far its crawls have come.

One row an address. `waiting` rows are fetched by rank; `done` ones were had in the crawl whose number they bear and are dropped
when it ends; those `aside` failed for good or led elsewhere, and only a full crawl asks for them again. What the rows mean and
how they are ranked is `ingest`'s. Not derived from the WARC files: a rebuild carries these tables over (`carry_over`), and where
they are lost the next crawl walks every list again and fetches only the announcements that are not here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import schema

Kind = Literal["page", "list", "feed", "sitemap"]
_BATCH = 400
_TABLE = schema.frontier


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address that is to be fetched."""

    key: str
    """One name for it however it is written: an announcement's identity; of a list, feed or sitemap its kind and address."""
    url: str
    kind: Kind
    rank: int
    """The smaller, the sooner."""
    depth: int = 0
    """Pages of a list before this one; sitemaps above this one."""
    walk: str = ""
    """The first page of the list that this is a page of; empty for an announcement."""
    whole: bool = False
    """The walk goes on past pages that hold nothing new."""
    found_at: str = ""
    """The address of the page that named it; empty where the portal's file or the catalogue did."""
    form: str | None = None
    """A postback's form, as `ingest` writes it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An address that waits, with its place in the frontier."""

    seq: int
    wanted: Wanted
    attempts: int
    """How often it failed for a reason that may pass."""
    crawl: int
    """The crawl that it was found or last tried in."""
    not_before: float | None
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class CrawlState:
    """One crawl of a portal."""

    number: int
    portal: str
    full: bool
    begun_at: datetime
    looked_at: datetime
    """When it last set out to look at the feeds and the first pages of the lists."""
    ended_at: datetime | None
    """None while it runs, and for ever where it was killed or stopped: the next one takes it up."""
    failed: bool | None
    """Whether something kept it from walking the portal; None: not known."""


class Frontier:
    """The frontier within one transaction; get one from `Catalog.frontier()`. Those that write need the right to write."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, portal: str, *, full: bool) -> CrawlState:
        """Note that a crawl of `portal` begins."""
        now = datetime.now(UTC).isoformat()
        row = {"portal": portal, "full": full, "begun_at": now, "looked_at": now}
        self._connection.execute(insert(schema.crawls).values(row))
        return next(iter(self.crawls(portal, 1)))

    def look_again(self, crawl: CrawlState, seeds: Sequence[Wanted]) -> CrawlState:
        """Have a crawl that was interrupted long ago look once more at where new announcements stand."""
        table = schema.crawls
        now = datetime.now(UTC).isoformat()
        self._connection.execute(update(table).where(table.c.number == crawl.number).values(looked_at=now))
        self._put(crawl.portal, seeds, crawl)
        return next(iter(self.crawls(crawl.portal, 1)))

    def end(self, crawl: CrawlState, *, failed: bool) -> None:
        """Note that a crawl came to its end, and drop what it was done with."""
        table = schema.crawls
        ended = {"ended_at": datetime.now(UTC).isoformat(), "failed": failed}
        self._connection.execute(update(table).where(table.c.number == crawl.number).values(ended))
        done = and_(_TABLE.c.portal == crawl.portal, _TABLE.c.state == "done")
        self._connection.execute(delete(_TABLE).where(done))

    def crawls(self, portal: str, limit: int) -> tuple[CrawlState, ...]:
        """The latest crawls of a portal, newest first."""
        table = schema.crawls
        query = select(table).where(table.c.portal == portal).order_by(table.c.number.desc()).limit(limit)
        return tuple(_crawl(row) for row in self._connection.execute(query))

    def want(self, portal: str, wanted: Iterable[Wanted], crawl: CrawlState, *, room: int | None = None) -> tuple[int, int]:
        """Add addresses; how many were added and how many found no room.

        One that is here already stays as it is, but for one that waits in a later place, one that an earlier crawl was done with,
        and in a full crawl one that was set aside.
        `room` bounds how many addresses that a portal's pages named may be here in all, waiting or done with.
        """
        free = None if room is None else room - self._count_found(portal)
        each_once: dict[str, Wanted] = {}
        for each in wanted:
            each_once.setdefault(each.key, each)
        here = self._rows(portal, [*each_once])
        fresh = [each for each in each_once.values() if each.key not in here or _is_wanted_again(here[each.key], each, crawl)]
        taken = fresh if free is None else fresh[: max(0, free)]
        self._put(portal, taken, crawl)
        return len(taken), len(fresh) - len(taken)

    def next(self, portal: str, crawl: CrawlState, now: float, *, tries: int) -> Waiting | None:
        """The address to fetch now: of those whose time has come the one with the least rank, the oldest first.

        One that failed `tries` times and more is tried once in each crawl.
        """
        ready = or_(_TABLE.c.not_before.is_(None), _TABLE.c.not_before <= now)
        query = select(_TABLE).where(*self._open(portal, crawl, tries), ready).order_by(_TABLE.c.rank, _TABLE.c.seq).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else _waiting(row)

    def next_time(self, portal: str, crawl: CrawlState, *, tries: int) -> float | None:
        """When the time of the first address comes that this crawl may still fetch; seconds since the epoch, None for never."""
        first: float | None = self._connection.scalar(
            select(func.min(_TABLE.c.not_before)).where(*self._open(portal, crawl, tries))
        )
        return first

    def waiting(self, portal: str, limit: int) -> tuple[Waiting, ...]:
        """What waits, in the order in which it will be fetched."""
        query = select(_TABLE).where(_TABLE.c.portal == portal, _TABLE.c.state == "waiting")
        rows = self._connection.execute(query.order_by(_TABLE.c.rank, _TABLE.c.seq).limit(limit))
        return tuple(_waiting(row) for row in rows)

    def count_waiting(self, portal: str) -> int:
        """How many addresses of a portal wait."""
        query = select(func.count()).where(_TABLE.c.portal == portal, _TABLE.c.state == "waiting")
        return self._connection.scalar(query) or 0

    def _count_found(self, portal: str) -> int:
        query = select(func.count()).where(_TABLE.c.portal == portal, _TABLE.c.found_at != "")
        return self._connection.scalar(query) or 0

    def known(self, portal: str, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that are in the frontier, or that a document goes by."""
        addresses = schema.addresses
        found: set[str] = set()
        for part in _parts(keys):
            found |= set(self._connection.scalars(select(addresses.c.identity).where(addresses.c.identity.in_(part))))
            here = select(_TABLE.c.key).where(_TABLE.c.portal == portal, _TABLE.c.key.in_(part))
            found |= set(self._connection.scalars(here))
        return found

    def answered(self, urls: Sequence[str], statuses: Iterable[int]) -> set[str]:
        """Those of `urls` whose newest capture has one of these HTTP statuses."""
        captures, wanted = schema.captures, set(statuses)
        last: dict[str, int | None] = {}
        for part in _parts(urls):
            query = select(captures.c.url, captures.c.status).where(captures.c.url.in_(part)).order_by(captures.c.seq)
            last |= {row.url: row.status for row in self._connection.execute(query)}
        return {url for url, status in last.items() if status in wanted}

    def was_met(self, portal: str, key: str, crawl: CrawlState) -> bool:
        """Whether this crawl had the address already, or waits for it."""
        row = self._rows(portal, [key]).get(key)
        return row is not None and (row.state == "waiting" or row.crawl == crawl.number)

    def done(self, seq: int, crawl: CrawlState) -> None:
        """Note that an address was had."""
        self._set(seq, state="done", crawl=crawl.number, not_before=None, form=None)

    def set_aside(self, seq: int, crawl: CrawlState) -> None:
        """Note that an address failed for good, or led to a document that does not go by it."""
        self._set(seq, state="aside", crawl=crawl.number, not_before=None, form=None)

    def later(self, seq: int, crawl: CrawlState, attempts: int, *, rank: int, not_before: float | None) -> None:
        """Note that an address failed, for the `attempts`th time, where it stands now, and from when on it may be tried again."""
        self._set(seq, crawl=crawl.number, attempts=attempts, rank=rank, not_before=not_before)

    def is_waited_for(self, portal: str, walk: str) -> bool:
        """Whether a page of the list that begins at `walk` still waits."""
        return self._walk_has(portal, walk, _TABLE.c.state == "waiting")

    def walk_ended(self, portal: str, walk: str, crawl: CrawlState) -> bool:
        """Note that one way along a list came to its end; true, and the list is marked as walked to its end, where no page of it
        still waits or failed in this crawl.
        """
        failed_now = and_(_TABLE.c.state == "aside", _TABLE.c.crawl == crawl.number)
        complete = not self._walk_has(portal, walk, or_(_TABLE.c.state == "waiting", failed_now))
        if complete:
            self.mark_list(walk, complete=True)
        return complete

    def mark_list(self, url: str, *, complete: bool) -> None:
        """Note whether the list that begins at `url` has been walked to its end, so that what is new stands at its head."""
        statement = upsert(schema.lists).values(url=url, complete=complete)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_={"complete": complete}))

    def list_is_complete(self, url: str) -> bool:
        """Whether the list that begins at `url` was once walked to its end."""
        table = schema.lists
        return bool(self._connection.scalar(select(table.c.complete).where(table.c.url == url)))

    def _open(self, portal: str, crawl: CrawlState, tries: int) -> tuple[ColumnElement[bool], ...]:
        exhausted = and_(_TABLE.c.attempts >= tries, _TABLE.c.crawl == crawl.number)
        return (_TABLE.c.portal == portal, _TABLE.c.state == "waiting", ~exhausted)

    def _walk_has(self, portal: str, walk: str, state: ColumnElement[bool]) -> bool:
        query = select(_TABLE.c.seq).where(_TABLE.c.portal == portal, _TABLE.c.walk == walk, _TABLE.c.kind != "page", state)
        return self._connection.scalar(query.limit(1)) is not None

    def _rows(self, portal: str, keys: Sequence[str]) -> dict[str, Row[tuple[object, ...]]]:
        here = select(_TABLE).where(_TABLE.c.portal == portal)
        found = (self._connection.execute(here.where(_TABLE.c.key.in_(part))) for part in _parts(keys))
        return {row.key: row for rows in found for row in rows}

    def _put(self, portal: str, wanted: Sequence[Wanted], crawl: CrawlState) -> None:
        fixed = {"portal": portal, "crawl": crawl.number, "state": "waiting", "attempts": 0, "not_before": None}
        rows = [{name: getattr(each, name) for name in Wanted.__slots__} | fixed for each in wanted]
        if rows:
            statement = upsert(_TABLE)
            again = {name: statement.excluded[name] for name in rows[0] if name not in ("portal", "key")}
            self._connection.execute(statement.on_conflict_do_update(index_elements=["portal", "key"], set_=again), rows)

    def _set(self, seq: int, **values: object) -> None:
        self._connection.execute(update(_TABLE).where(_TABLE.c.seq == seq).values(**values))


def carry_over(old: Path, fresh: Path) -> None:
    """Copy what no WARC file holds from the catalogue at `old` to the one at `fresh`: frontier, crawls, lists, and failures that
    left no capture. An old catalogue without these tables, or none that can be read, gives nothing.
    """
    if not old.exists():
        return
    with closing(sqlite3.connect(fresh)) as connection:
        connection.execute("ATTACH DATABASE ? AS old", (f"{old}",))
        try:
            with connection:
                for table in (schema.frontier, schema.crawls, schema.lists):
                    columns = ", ".join(column.name for column in table.columns)
                    # The names are the schema's own.
                    connection.execute(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM old.{table.name}")  # noqa: S608
                connection.execute(_FAILURES)
        except sqlite3.DatabaseError:
            return


_FAILURES = """
INSERT INTO failures (portal, url, code, error, at)
SELECT portal, url, code, error, at FROM old.failures AS past
WHERE NOT EXISTS (SELECT 1 FROM failures WHERE failures.url = past.url AND failures.code = past.code)
"""


def _is_wanted_again(row: Row[tuple[object, ...]], wanted: Wanted, crawl: CrawlState) -> bool:
    if row.state == "waiting":
        # A better place, and perhaps a newer address: a list names what the catalogue knew under the host that it had then.
        return bool(row.rank > wanted.rank and not row.attempts)
    if row.crawl == crawl.number:
        return False
    # A list that another page only pointed to, and that is none, is no more looked for than an announcement that is none.
    is_own = wanted.kind != "page" and (wanted.depth > 0 or not wanted.found_at)
    return row.state != "aside" or is_own or crawl.full


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))


def _waiting(row: Row[tuple[object, ...]]) -> Waiting:
    wanted = Wanted(**{name: getattr(row, name) for name in Wanted.__slots__})
    return Waiting(row.seq, wanted, row.attempts, row.crawl, row.not_before)


def _crawl(row: Row[tuple[object, ...]]) -> CrawlState:
    ended_at = datetime.fromisoformat(row.ended_at) if row.ended_at else None
    begun_at, looked_at = datetime.fromisoformat(row.begun_at), datetime.fromisoformat(row.looked_at)
    return CrawlState(row.number, row.portal, row.full, begun_at, looked_at, ended_at, row.failed)
