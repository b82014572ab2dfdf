"""Commands that look after the index: status, check, rebuild."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from search.errors import IndexDamaged, IndexMissing
from search.following import generations
from search.following.checking import Report
from search.following.follow import Progress as Built
from search.results import IndexFacts, IndexStatus
from search.schema import SCHEMA_VERSION
from tangthu.errors import ARCHIVE_DAMAGED, SOME_FAILED
from tangthu.house import House
from tangthu.printing import Progress, say, say_json

SHOWN = 20
"""Ids of each kind that a report names; `--repair` takes all of them."""


def status(house: House, as_json: bool) -> None:
    """`tangthu index status`."""
    facts = _facts(house)
    if as_json:
        say_json(facts)
    else:
        _say_status(facts)
    if facts["problem"] and facts["damaged"]:
        sys.exit(ARCHIVE_DAMAGED)


def _facts(house: House) -> dict[str, object]:
    engine = house.follower.engine
    index, newest = house.settings.index, house.catalog.last_change()
    held, files = IndexStatus(engine.name, "none", 0, 0), IndexFacts(0, 0, 0)
    problem, damaged = "", False
    try:
        current = generations.read_current(index, engine.name, SCHEMA_VERSION)
        with closing(engine.open(generations.folder_of(index, current))) as generation:
            held, files = generation.status(), generation.facts()
    except IndexMissing as error:
        problem = error.why
    except IndexDamaged as error:
        problem, damaged = error.why, True
    present = generations.names(index) if index.is_dir() else []
    states = {name: generations.state_of(index, name, held.generation) for name in present}
    return {
        "engine": engine.name,
        "schema": SCHEMA_VERSION,
        "generation": held.generation,
        "change": held.change,
        "catalogue_change": newest,
        "behind": max(0, newest - held.change),
        "documents": held.documents,
        "segments": files.segments,
        "layouts": files.layouts,
        "dead": files.dead,
        "problem": problem,
        "damaged": damaged,
        "generations": [
            {"name": name, "state": state, "bytes": generations.size_of(index / name)} for name, state in states.items()
        ],
    }


def _say_status(facts: dict[str, object]) -> None:
    say(f"{facts['engine']}, schema {facts['schema']}: generation {facts['generation']}, {facts['documents']} documents")
    say(f"  change      {facts['change']} of {facts['catalogue_change']} ({facts['behind']} behind)")
    say(f"  files       {facts['segments']} segments, {facts['layouts']} layouts, {facts['dead']} dead entries")
    listed = facts["generations"]
    for each in listed if isinstance(listed, list) else ():
        say(f"  {each['name']:<11} {each['bytes'] / (1 << 20):.1f} MiB, {each['state']}")
    if facts["problem"]:
        say(f"  {'damaged' if facts['damaged'] else 'missing'}: {facts['problem']}; {_CURE}")


_CURE = "the next search, or `tangthu index rebuild`, makes it from the catalogue"


def check(house: House, repair: bool, as_json: bool) -> None:
    """`tangthu index check`."""
    try:
        report = house.follower.check()
    except IndexMissing as error:
        _say_unusable(error.why, "missing", as_json)
        sys.exit(SOME_FAILED if house.catalog.last_change() else 0)
    except IndexDamaged as error:
        _say_unusable(error.why, "damaged", as_json)
        sys.exit(ARCHIVE_DAMAGED)
    repaired = house.follower.mend(report) if repair and report.differs and not report.damage else 0
    if repaired:
        before, report = report, house.follower.check()
    if as_json:
        say_json(_report_json(report, repaired))
    else:
        if repaired:
            _say_report(before)
            say(f"{repaired} documents indexed again or dropped; now:")
        _say_report(report)
    if report.damage:
        sys.exit(ARCHIVE_DAMAGED)
    if report.differs:
        sys.exit(SOME_FAILED)


def _say_unusable(why: str, kind: str, as_json: bool) -> None:
    if as_json:
        say_json({"generation": "none", kind: why})
    else:
        say(f"no index to check, it is {kind}: {why}; {_CURE}")


def _report_json(report: Report, repaired: int) -> dict[str, object]:
    kinds = {"missing": report.missing, "stale": report.stale, "extra": report.extra}
    return {
        "generation": report.generation,
        "change": report.change,
        "documents": report.documents,
        "behind": report.behind,
        **{kind: {"count": len(ids), "ids": ids[:SHOWN]} for kind, ids in kinds.items()},
        "canaries": {"asked": report.canaries, "lost": report.lost},
        "damage": report.damage,
        "cut": {"count": len(report.cut), "ids": report.cut[:SHOWN]},
        "repaired": repaired,
    }


def _say_report(report: Report) -> None:
    say(f"{report.generation}: {report.documents} documents at change {report.change}, {report.behind} changed since")
    for kind, ids in (("missing", report.missing), ("stale", report.stale), ("extra", report.extra)):
        more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
        say(f"  {kind:<9} {len(ids)}{': ' if ids else ''}{' '.join(ids[:SHOWN])}{more}")
    say(f"  canaries  {report.canaries - len(report.lost)} of {report.canaries} found")
    for canary in report.lost:
        say(f"    {canary.query} does not find {canary.id}")
    if report.cut:
        shown = " ".join(report.cut[:SHOWN])
        say(f"  cut       {len(report.cut)}: {shown} (their attachments hold more text than the index takes of one document)")
    for name in report.damage:
        say(f"  damaged   {name}")
    if report.damage or report.lost:
        say("  mend it with `tangthu index rebuild`")
    elif report.differs:
        say("  mend it with `tangthu index check --repair`")


def rebuild(house: House, as_json: bool) -> None:
    """`tangthu index rebuild`, and `tangthu reindex`."""
    started = time.monotonic()
    with shown_progress(house):
        documents = house.follower.reindex()
    seconds = round(time.monotonic() - started, 3)
    if as_json:
        say_json({"documents": documents, "seconds": seconds})
    else:
        say(f"{documents} documents indexed in {seconds} s")


@contextmanager
def shown_progress(house: House) -> Iterator[None]:
    """While a new index is built: how far it is, how fast, and how long it takes yet."""
    progress = Progress("documents")
    house.follower.progress = lambda built: progress(built.done, _how_far(built))
    yield
    progress.done()


def _how_far(built: Built) -> str:
    minutes, seconds = divmod(round(built.left_s), 60)
    return f"of {built.all}, {built.per_s:.0f} a second, {minutes} min {seconds:02d} s left"
