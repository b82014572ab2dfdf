"""Commands that bring something in over the network: ingest, crawl; and parse, which only looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from archive.records import Outcome, Reading
from ingest import parse as reader
from ingest.addresses import parse_address, refusal
from ingest.errors import IngestError
from ingest.keep import passing_portal
from ingest.portal import Portal, portal_of
from ingest.targets import target_of
from tangthu.errors import SOME_FAILED, WrongUse
from tangthu.house import House, warn
from tangthu.printing import say, say_json
from tangthu.settings import is_web_address

_MAX_SAVED_PAGE = 100 << 20


def ingest(house: House, urls: Sequence[str], allow_hosts: frozenset[str], as_json: bool) -> None:
    """`tangthu ingest`."""
    mind_contact(house, [portal_of(house.portals, url) for url in urls])
    with house.workshop(allow_hosts) as shop, house.standing():
        outcomes = [_ingest_one(house, url, allow_hosts, shop.ingester.page) for url in urls]
    house.index_what_came_in()
    if as_json:
        say_json([{name: getattr(outcome, name) for name in _OUTCOME} for outcome in outcomes])
    else:
        for outcome in outcomes:
            say(_line(outcome))
    exit_if_failed(any(outcome.outcome == "failed" for outcome in outcomes))


_OUTCOME = ("url", "outcome", "document", "version", "capture", "error")


def _ingest_one(house: House, url: str, allow_hosts: frozenset[str], page: Callable[[str, Portal], Outcome]) -> Outcome:
    try:
        target = target_of(url)
    except IngestError as error:
        return Outcome(error.url, "failed", error=str(error))
    portal = portal_of(house.portals, url)
    if portal is None:
        portal = house.paced(passing_portal(target.host))
        if target.host not in allow_hosts:
            known = ", ".join(each.host for each in house.portals)
            return Outcome(url, "failed", error=f"{url}: {target.host} is no registered portal ({known}){_cure(target.host)}")
    return page(url, portal)


def _cure(host: str) -> str:
    """What would let `host` through, if anything does."""
    try:
        parse_address(host)
    except ValueError:
        return f"; --allow-host {host} fetches it all the same"
    why = refusal(host)
    return f", and never will be: {why}" if why else f"; --allow-host {host} fetches it all the same"


def _line(outcome: Outcome) -> str:
    if outcome.outcome == "failed":
        return f"failed     {outcome.error}"
    version = f" version {outcome.version}" if outcome.version else ""
    return f"{outcome.outcome:<10} {outcome.document or ''}{version}  {outcome.url}"


def mind_contact(house: House, portals: Sequence[Portal | None]) -> None:
    """Say it where portals beyond this machine could not tell whom to ask."""
    if not house.settings.contact and any(portal is None or not portal.local for portal in portals):
        warn("no contact is set: portals cannot tell whom to ask; set TANGTHU_CONTACT to your e-mail address")


def parse(house: House, file: Path, url: str, as_json: bool) -> None:
    """`tangthu parse`."""
    if not is_web_address(url):
        raise WrongUse(f"--url {url!r} is not a web address")
    if file.stat().st_size > _MAX_SAVED_PAGE:
        raise IngestError("too_large", url, f"{file}: larger than {_MAX_SAVED_PAGE >> 20} MiB; no portal's page is")
    reading = reader.read(file.read_bytes(), url, None, portal_of(house.portals, url))
    if as_json:
        say_json(_reading_json(reading))
        return
    say(reading.title)
    for field in reading.fields:
        value = getattr(reading, field.name, None)
        shown = value if isinstance(value, str) else field.raw or ""
        say(f"  {field.name:<12} {field.confidence:.2f}  {field.origin:<40} {' '.join(shown.split())[:90]}")


def _reading_json(reading: Reading) -> dict[str, object]:
    plain = {name: getattr(reading, name) for name in Reading.__slots__ if name not in ("html", "fields")}
    origins = {field.name: {"origin": field.origin, "confidence": field.confidence} for field in reading.fields}
    return {**plain, "fields": origins}


def exit_if_failed(failed: bool) -> None:
    """Leave with the exit code that says that some items failed, if some did."""
    if failed:
        sys.exit(SOME_FAILED)
