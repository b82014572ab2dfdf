"""Commands that look after the archive: verify, rebuild."""

from __future__ import annotations

import sys

from archive.verify import verify as verify_archive
from tangthu.errors import ARCHIVE_DAMAGED
from tangthu.house import House, read_only_too, warn
from tangthu.indexing import shown_progress
from tangthu.printing import Progress, say, say_json


def verify(house: House, as_json: bool) -> None:
    """`tangthu verify`."""
    progress = Progress("records")
    with read_only_too(), house.workshop():  # catalogues what a crash left, so that it is not taken for damage
        pass
    verified = verify_archive(house.store, house.catalog, progress)
    progress.done()
    if as_json:
        bad_places = [{"file": bad.file, "offset": bad.offset, "why": bad.why} for bad in verified.bad]
        say_json({"checked": verified.checked, "good": verified.good, "bad": bad_places})
    else:
        say(f"{verified.checked} records checked, {verified.good} good, {len(verified.bad)} bad")
        for bad in verified.bad:
            say(f"  bad: {bad.file} at byte {bad.offset}: {bad.why}")
    if verified.bad:
        sys.exit(ARCHIVE_DAMAGED)


def rebuild(house: House, as_json: bool) -> None:
    """`tangthu rebuild`."""
    progress = Progress("captures")
    rebuilt = house.rebuild(progress)
    progress.done()
    with shown_progress(house):
        house.index_what_came_in()
    catalog = rebuilt.catalog
    counts = {"captures": catalog.count_captures(), "documents": catalog.count_documents(), "versions": catalog.count_versions()}
    if as_json:
        say_json(counts)
    else:
        say(f"{counts['captures']} captures, {counts['documents']} documents, {counts['versions']} versions")
    for error in rebuilt.damaged:
        warn(str(error))
    if rebuilt.lost:
        warn(f"no WARC file holds what the old catalogue (kept as catalog.old.db) knew of: {', '.join(rebuilt.lost)}")
    if rebuilt.damaged or rebuilt.lost:
        sys.exit(ARCHIVE_DAMAGED)
