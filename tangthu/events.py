"""The command that reads the log of events: `tangthu events`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from archive.events import Event
from tangthu.errors import ARCHIVE_DAMAGED
from tangthu.house import House, warn
from tangthu.printing import say, say_json


def events(house: House, portal: str | None, kind: str | None, after: int, limit: int, as_json: bool) -> None:
    """`tangthu events`. Raises WrongUse for a portal of which nothing is known."""
    portal = _known(house, portal) if portal else None
    found = house.catalog.events(portal, kind, after=after, limit=limit)
    if as_json:
        say_json(found)
        return
    for event in found:
        _say(event)
    shown = f"{len(found)} of {house.catalog.count_events()} events"
    say(f"{shown}; the next ones: --after {found[-1].seq}" if len(found) == limit else shown)


def _known(house: House, name: str) -> str:
    """The name of a portal that is here or has a file, by its name or host."""
    if name in {portal.name for portal in house.catalog.portals()}:
        return name
    from tangthu.crawling import named

    return named(house.portals, name).name


def verify(house: House, as_json: bool) -> None:
    """`tangthu events --verify`: exits with 3 where the log is not what was written."""
    broken = house.catalog.broken_log()
    count = house.catalog.count_events()
    if as_json:
        say_json({"events": count, "whole": broken is None, "broken": broken})
    elif broken is None:
        say(f"{count} events, every digest and number holds")
    if broken is not None:
        warn(f"event {broken.seq}: {broken.why}; `tangthu rebuild` writes the log again from the WARC files")
        sys.exit(ARCHIVE_DAMAGED)


def _say(event: Event) -> None:
    at = f"{event.at.astimezone():%Y-%m-%d %H:%M}"
    say(f"{event.seq:>5}  {at}  {event.portal}  {event.kind}  {event.document_id or ''}".rstrip())
    for line in _differences(event.before or {}, event.after or {}):
        say(f"       {line}")


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{name}: {_words(old)} → {_words(new)}" if before else f"{name}: {_words(new)}"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(map(str, value))
    if isinstance(value, dict):
        return str(value.get("value", value))
    return "–" if value is None else str(value)
