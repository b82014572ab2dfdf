"""`tangthu status`: what is here, portal by portal, and how it fares; `tangthu duplicates`: what is here more than once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.records import Alike, PortalStatus
from ingest import drift
from ingest.drift import DRIFT, Drift, Rate
from ingest.portal import Portal
from tangthu.house import House, read_only_too
from tangthu.printing import Progress, say, say_json, table


@dataclass(frozen=True, slots=True)
class Standing:
    """One portal as it stands."""

    name: str
    host: str
    documents: int
    captures: int
    last_crawl: datetime | None
    failures: Mapping[str, int]
    """By reason: what did not get in and was not had since."""
    waiting: int
    """Addresses that the next crawl has still to fetch."""
    rates: tuple[Rate, ...]
    """Of the last crawl that brought in enough pages to tell."""
    alarms: tuple[Drift, ...]


def status(house: House, as_json: bool) -> None:
    """`tangthu status`."""
    catalog = house.catalog
    index = house.searcher.status()
    portals = [_standing(house, each) for each in catalog.portals()]
    if as_json:
        counts = {
            "documents": catalog.count_documents(),
            "versions": catalog.count_versions(),
            "captures": catalog.count_captures(),
        }
        say_json({**counts, "portals": portals, "index": index, "behind": catalog.last_change() - index.change})
        return
    say(f"{catalog.count_documents()} documents, {catalog.count_versions()} versions, {catalog.count_captures()} captures")
    behind = catalog.last_change() - index.change
    say(f"index: {index.engine} {index.generation}, {index.documents} documents, change {index.change} ({behind} behind)")
    if portals:
        table([_row(each) for each in portals], _HEADINGS)
    for each in portals:
        _say_rates(each)


def note_drift(house: House, portal: Portal, began: datetime) -> tuple[Drift, ...]:
    """What the readings of a crawl that began at `began` lack, noted among the portal's failures."""
    drifts = drift.check(house.catalog, portal.name, began)
    if drifts:
        with house.catalog.ledger() as ledger:
            ledger.failed(portal.name, portal.base_url, DRIFT, "; ".join(map(str, drifts)))
    return drifts


def _standing(house: House, portal: PortalStatus) -> Standing:
    rates, alarms = drift.standing(house.catalog, portal.name)
    facts = house.catalog.rates()
    with house.catalog.frontier(only_look=True) as frontier:
        waiting = frontier.count_waiting(portal.name)
    return Standing(
        name=portal.name,
        host=portal.host,
        documents=portal.documents,
        captures=facts.captures(portal.name),
        last_crawl=portal.last_crawl,
        failures=facts.failures(portal.name),
        waiting=waiting,
        rates=rates,
        alarms=alarms,
    )


_HEADINGS = ("portal", "host", "documents", "captures", "last crawl", "waiting", "failures")


def _row(portal: Standing) -> tuple[object, ...]:
    failures = ", ".join(f"{code} {count}" for code, count in portal.failures.items())
    crawled = portal.last_crawl.astimezone().strftime("%Y-%m-%d %H:%M") if portal.last_crawl else "never"
    return portal.name, portal.host, portal.documents, portal.captures, crawled, portal.waiting, failures


def _say_rates(portal: Standing) -> None:
    if not portal.rates:
        return
    alarmed = {each.field for each in portal.alarms}
    say(f"\n{portal.name}, the last {portal.rates[0].pages} pages: share that has the field, mean confidence")
    for rate in portal.rates:
        sure = f"{rate.confidence:.2f}" if rate.confidence is not None else ""
        say(f"  {rate.field:<14} {rate.filled:>5.0%}  {sure}{'  !' if rate.field in alarmed else ''}")
    for each in portal.alarms:
        say(f"  ! {each}")


def duplicates(house: House, as_json: bool) -> None:
    """`tangthu duplicates`."""
    progress = Progress("documents compared")
    with read_only_too():
        house.link_what_is_alike(progress)
    progress.done()
    groups = house.catalog.likenesses().groups()
    if as_json:
        say_json([{"first": group[0].document_id, "known_by": group[0].known_by, "documents": group} for group in groups])
        return
    say(f"{len(groups)} announcements are here more than once")
    for group in groups:
        first = group[0]
        why = "published" if first.known_by == "published" else "captured, and no earlier day of publication is known,"
        say(f"\n{first.title}\n  first       {first.document_id}  {first.portal}, {why} {first.known_since}  {first.url}")
        for each in group[1:]:
            say(f"  {_share(each):<11} {each.document_id}  {each.portal}, {each.known_by} {each.known_since}  {each.url}")


def _share(alike: Alike) -> str:
    return f"{alike.similarity:.0%} alike" if alike.similarity else "by others"
