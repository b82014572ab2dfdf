"""`tangthu import`: what other systems and people kept before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.records import Failure
from ingest.errors import BadRow, IngestError
from ingest.rows import Row, read_rows
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
