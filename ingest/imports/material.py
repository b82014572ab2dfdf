"""What readers of foreign formats hand on: captures to take, what was passed by and why, what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.records import CaptureKind, Said
from ingest.portal import Portal

UNSURE = "mtime"
"""What gave the date of a saved page where nothing better did: the time of its file."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a revisit record says of the capture whose payload it does not hold again."""

    record: str | None
    url: str
    at: datetime | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A capture that may be taken, if it is not here yet."""

    url: str
    at: datetime
    kind: CaptureKind
    block: bytes
    content_type: str
    role: str
    portal: Portal
    source: str
    """Name of the file it stands in; see `Origin.source`."""
    source_digest: str | None = None
    records: tuple[str, ...] = ()
    """Ids that the record had, here and in the archives before this one, the original first."""
    digest: str | None = None
    address: str | None = None
    url_from: str | None = None
    date_from: str | None = None
    repeats: Repeats | None = None
    needs: tuple[str, ...] = ()
    """Identities one of which must name a document here, for this to be worth keeping; empty: it is, whatever is here."""
    reason: str = ""
    """What it counts as where it is not worth keeping."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What is left where it is, and why: one stable word."""

    host: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be taken although it should have been. `code` is for counts, `why` for people."""

    item: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What a file says of its own making."""

    said: Said


Item = Candidate | Passed | Refused | MadeBy


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an import is to take."""

    portals: tuple[Portal, ...]
    now: datetime
    everything: bool = False
    """Also what is no announcement, as captures without documents."""
    declared_only: bool = False
    """Nothing of hosts that no portal declares."""
    portal: str | None = None
    """Name under which hosts that no portal declares are taken; None: each under its own."""
