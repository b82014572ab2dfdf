"""`tangthu import`: what other systems and people kept before."""

from __future__ import annotations

import fcntl
import getpass
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import CatalogueBusy
from archive.records import Failure
from ingest.errors import BadRow, IngestError
from ingest.imports.bringing import BATCH, HostTally, Importer, Tally
from ingest.imports.folder import Given
from ingest.imports.kinds import head_of, kind_of
from ingest.imports.material import UNSURE, Wanted
from ingest.imports.sources import source_of
from ingest.rows import ROW_SUFFIXES, Row, read_rows
from ingest.targets import target_of
from tangthu.bring_in import exit_if_failed
from tangthu.errors import WrongUse
from tangthu.house import House
from tangthu.printing import Progress, say, say_json

_ROWS_AT_ONCE = 500


def import_rows(house: House, file: Path, portal: str, as_json: bool) -> None:
    """`tangthu import`. Rows are kept and recorded some hundreds at a time; memory does not grow with the file."""
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    failed: list[Failure] = []
    progress = Progress("rows")
    with house.workshop() as shop, house.standing():
        batch: list[Row] = []

        def put_away() -> None:
            for outcome in shop.keeper.keep_rows(batch, portal):
                counts[outcome.outcome] += 1
            batch.clear()
            progress(sum(counts.values()))

        for row in _rows_of(file):
            if isinstance(row, BadRow):
                failed.append(Failure(str(row.row), str(row), row.code))
                continue
            batch.append(row)
            if len(batch) >= _ROWS_AT_ONCE:
                put_away()
        put_away()
    progress.done()
    house.index_what_came_in()
    summary = {"imported": counts["new"], "updated": counts["changed"], "skipped": counts["unchanged"]}
    if as_json:
        say_json({**summary, "failed": [{"row": int(failure.item), "error": failure.error} for failure in failed]})
    else:
        say(f"{summary['imported']} imported, {summary['updated']} updated, {summary['skipped']} skipped, {len(failed)} failed")
        for failure in failed:
            say(f"  failed: {failure.error}")
    exit_if_failed(bool(failed))


def _rows_of(file: Path) -> Iterator[Row | BadRow]:
    try:
        yield from read_rows(file)
    except IngestError as error:
        raise WrongUse(str(error)) from error


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of `tangthu import` say."""

    portal: str | None = None
    everything: bool = False
    declared_only: bool = False
    dry_run: bool = False
    url: str | None = None
    url_prefix: str | None = None
    host: str | None = None

    @property
    def given(self) -> Given:
        """What is said of where saved pages came from. Raises WrongUse."""
        for option, url in (("--url", self.url), ("--url-prefix", self.url_prefix), ("--host", self._host_url)):
            try:
                _ = url is None or target_of(url)
            except IngestError as error:
                raise WrongUse(f"{option}: {error}") from error
        return Given(self.url, self.url_prefix, self.host)

    @property
    def _host_url(self) -> str | None:
        return None if self.host is None else f"http://{self.host}/"


def bring_in(house: House, paths: Sequence[Path], asked: Asked, as_json: bool) -> None:
    """`tangthu import`: what each path is, its content tells."""
    kinds = {path: kind_of_path(path) for path in paths}
    for path, kind in kinds.items():
        if kind in ("rows", "empty", "unknown") and path.suffix.lower() not in ROW_SUFFIXES:
            why = "is empty" if kind == "empty" else "is none of these"
            raise WrongUse(f"{path} {why}: WARC, ARC, WACZ, a saved page or a folder of them, rows (named .jsonl or .csv)")
    if asked.url and (len(paths) > 1 or kinds[paths[0]] != "page"):
        raise WrongUse("--url is the address of one saved page; for a folder say --url-prefix or --host")
    rows = [path for path, kind in kinds.items() if kind in ("rows", "empty", "unknown")]
    if rows and (len(paths) > 1 or asked.everything or asked.declared_only or asked.dry_run):
        raise WrongUse(f"{rows[0]}: neither WARC, WACZ nor a saved page; rows (.jsonl, .csv) are imported one file at a time")
    if rows:
        import_rows(house, rows[0], asked.portal or "import", as_json)
        return
    tally = import_captures(house, kinds, asked)
    if not asked.dry_run:
        house.index_what_came_in()
    _say_tally(tally, asked.dry_run, as_json)
    exit_if_failed(bool(tally.refused))


def kind_of_path(path: Path) -> str:
    """What is read as what: `folder`, `page`, `warc`, `arc`, `zip`, `rows`, `empty`, `unknown`."""
    if path.is_dir():
        return "folder"
    kind = kind_of(head_of(path))
    return "page" if kind in ("page", "mhtml", "http") else kind


def import_captures(
    house: House,
    kinds: Mapping[Path, str],
    asked: Asked,
    watch: Callable[[Tally], None] | None = None,
    batch: int = BATCH,
    *,
    follow: bool = True,
) -> Tally:
    """Take what these paths, each with its kind, hold; what was taken before is skipped.

    `watch` sees the tally after each batch of `batch` captures; with `follow` the index follows meanwhile, in this process.
    """
    wanted = Wanted(house.portals, datetime.now(UTC), asked.everything, asked.declared_only, asked.portal)
    given = asked.given
    progress = Progress("captures")
    with ExitStack() as opened:
        keeper = None
        if not asked.dry_run:
            opened.enter_context(_alone(house))
            keeper = opened.enter_context(house.workshop()).keeper
            if follow:
                opened.enter_context(house.standing())
        importer = Importer(house.catalog, keeper, wanted, by=_who(), batch=batch, progress=watch or _shown(progress))
        for path, kind in kinds.items():
            importer.take(source_of(path.resolve(), kind, path.resolve().name, given))
        importer.finish()
    progress.done()
    return importer.tally


def _shown(progress: Progress) -> Callable[[Tally], None]:
    return lambda tally: progress(tally.total("captures"))


@contextmanager
def _alone(house: House) -> Iterator[None]:
    """One import at a time: two of the same file would each find nothing of it here."""
    path = house.settings.home / "import.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CatalogueBusy(f"another import is at work in {house.settings.home}; wait for it to end") from error
        yield


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"


def _say_tally(tally: Tally, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json(_tally_json(tally, dry_run))
        return
    for name, host in sorted(tally.hosts.items(), key=lambda each: -each[1].captures):
        say(f"{name or '(no host)'}: {_host_line(host, dry_run)}")
        if host.passed:
            say(f"  passed by: {_listed(host.passed)}")
    for label, counts in (("addresses found by", tally.url_from), ("dates found by", tally.date_from)):
        if counts:
            say(f"{label}: {_listed(counts)}{_UNSURE if UNSURE in counts else ''}")
    for refused in tally.refusals:
        say(f"  failed: {refused.item}: {refused.why}")
    if tally.refused.total() > len(tally.refusals):
        say(f"  and {tally.refused.total() - len(tally.refusals)} more that failed")
    if not (tally.hosts or tally.refusals):
        say("nothing was found there that could be imported: no saved page, no WARC or WACZ file")
    say(_closing(tally, dry_run))


def _host_line(host: HostTally, dry_run: bool) -> str:
    said = [_counted(host.captures, "capture") + (" would come in" if dry_run else "")]
    for count, words in (
        (host.new, "new document"),
        (host.changed, "new version"),
        (host.unchanged, "unchanged"),
        (host.moved, "moved"),
        (host.removed, "removed"),
        (host.kept, "kept without being read"),
        (host.skipped, "here already"),
    ):
        if count:
            said.append(_counted(count, words))
    if host.unread:
        said.append(f"kept but not read: {_listed(host.unread)}")
    declared = "portal" if host.declared else "no portal declares it: taken as"
    return ", ".join(said) + (f" ({declared} {host.portal})" if host.portal else "")


def _closing(tally: Tally, dry_run: bool) -> str:
    captures = _counted(tally.total("captures"), "capture")
    head = f"{captures} would come in" if dry_run else f"{captures}, {_counted(tally.total('new'), 'new document')}"
    return f"{head}, {tally.total('skipped')} here already, {tally.reasons().total()} passed by, {tally.refused.total()} failed"


def _counted(count: int, words: str) -> str:
    """A count with its noun, in the plural where it is one."""
    return f"{count} {words}{'' if count == 1 or not words.endswith(('capture', 'document', 'version')) else 's'}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in counts.most_common())


_UNSURE = " (unsure: only the time of the file)"
_COUNTS = ("captures", "new", "changed", "unchanged", "moved", "removed", "kept", "skipped")


def _tally_json(tally: Tally, dry_run: bool) -> dict[str, object]:
    hosts = {
        name: {
            "portal": host.portal or None,
            "declared": host.declared,
            **{count: getattr(host, count) for count in _COUNTS},
            "unread": dict(host.unread),
            "passed": dict(host.passed),
        }
        for name, host in tally.hosts.items()
    }
    return {
        "dry_run": dry_run,
        **{count: tally.total(count) for count in _COUNTS},
        "unread": dict(sum((host.unread for host in tally.hosts.values()), Counter())),
        "passed": dict(tally.reasons()),
        "hosts": hosts,
        "url_from": dict(tally.url_from),
        "date_from": dict(tally.date_from),
        "refused": dict(tally.refused),
        "failed": [{"item": each.item, "code": each.code, "error": each.why} for each in tally.refusals],
    }
