"""What a later reader made of a page that was kept before: said in a WARC record first, then in the catalogue.

The record holds the document as it is from then on: the versions since the last re-reading word for word as they were read, and
the new reading. So a rebuild comes to the same text under the same numbers, whatever the reader of its day makes of the captures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.readings import from_plain, to_plain
from archive.records import DocumentState, Reading, Version

FORM = 1


@dataclass(frozen=True, slots=True)
class Rereading:
    """One document, read again."""

    document_id: str
    identities: tuple[str, ...]
    """All names that the document goes by."""
    portal: str
    url: str
    external_id: str | None
    state: DocumentState
    first_captured_at: datetime
    last_captured_at: datetime
    state_at: datetime
    """When `state` was seen: what comes late and is older does not change it."""
    captures: tuple[str, ...]
    """Ids of the captures that show the document, in their order: one that came after the last of them makes this outdated."""
    before: tuple[Version, ...]
    """The versions from the last re-reading on, oldest first; empty where the page could not be read before."""
    capture_id: str
    """The capture that was read again."""
    number: int
    """Of the version that the reading is: the current one's where only origins differ, so that what it says stays as it is."""
    reading: Reading
    digest: str
    """Of what the page says, what repeats on its portal's pages included; see `versions.content_digest`."""
    reread: bool
    """Whether the version is made from a capture that an earlier version was read from."""
    reader: str
    """Mark of the reader that read."""


def to_json(made: Rereading) -> bytes:
    """UTF-8 JSON; the same re-reading gives the same bytes."""
    plain = {name: getattr(made, name) for name in Rereading.__slots__}
    plain |= {
        "form": FORM,
        "reading": to_plain(made.reading),
        "before": [_version_to_plain(version) for version in made.before],
        "first_captured_at": made.first_captured_at.isoformat(),
        "last_captured_at": made.last_captured_at.isoformat(),
        "state_at": made.state_at.isoformat(),
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()


def from_json(body: bytes) -> Rereading:
    """The re-reading that `to_json` wrote. Raises ValueError for what is none."""
    try:
        plain = json.loads(body)
        if plain["form"] != FORM:
            raise ValueError(f"its form is {plain['form']!r}, ours is {FORM}")
        return Rereading(
            document_id=plain["document_id"],
            identities=tuple(plain["identities"]),
            portal=plain["portal"],
            url=plain["url"],
            external_id=plain["external_id"],
            state=plain["state"],
            first_captured_at=datetime.fromisoformat(plain["first_captured_at"]),
            last_captured_at=datetime.fromisoformat(plain["last_captured_at"]),
            state_at=datetime.fromisoformat(plain.get("state_at") or plain["last_captured_at"]),
            captures=tuple(plain["captures"]),
            before=tuple(_version_from_plain(plain["document_id"], each) for each in plain["before"]),
            capture_id=plain["capture_id"],
            number=plain["number"],
            reading=from_plain(plain["reading"]),
            digest=plain["digest"],
            reread=plain["reread"],
            reader=plain["reader"],
        )
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not a re-reading: {error!r}") from error


def _version_to_plain(version: Version) -> dict[str, Any]:
    plain = {name: getattr(version, name) for name in ("number", "capture_id", "digest", "reread")}
    return {**plain, "captured_at": version.captured_at.isoformat(), "reading": to_plain(version.reading)}


def _version_from_plain(document_id: str, plain: Mapping[str, Any]) -> Version:
    return Version(
        document_id=document_id,
        number=plain["number"],
        capture_id=plain["capture_id"],
        captured_at=datetime.fromisoformat(plain["captured_at"]),
        digest=plain["digest"],
        reading=from_plain(plain["reading"]),
        reread=plain["reread"],
    )
