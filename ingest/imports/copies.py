"""Which address a file in a copied site had: by the folders that wget and HTTrack make of it, and by wget's log."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_from_bytes

from archive.dates import ZONE
from ingest.portal import Portal, portal_of

MAX_LOG_BYTES = 64 << 20
_HOST = re.compile(
    rb"(?=.{4,253}\Z)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62})*\.([a-z]{2,24})(?:[:+]\d{1,5})?\Z", re.I
)
_GENERIC = frozenset({b"com", b"edu", b"gov", b"mil", b"net", b"org", b"int", b"info"})
"""The generic domains of RFC 1591, and `info`. Two letters are a country: nothing tells that a folder `bai.cu` is no host."""
_DYNAMIC = re.compile(rb"\.(?:aspx?|ashx|php\d?|jspx?|do|cgi|pl|cfm|nsf)\Z", re.IGNORECASE)
_ADJUSTED = re.compile(rb"\.html?\Z", re.IGNORECASE)
_SAFE = "%!$&'()*+,;=:@~"
_ASKED = re.compile(rb"--(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)--\s+(https?://\S+)")
_SAVED = re.compile("(?:[‘`“'\"])(.+?)(?:[’”'\"])")
_LOG = re.compile(rb"\A\s*--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--\s+https?://")


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log of wget says of one file."""

    url: str
    at: datetime


def is_log(head: bytes) -> bool:
    """Whether a file is a log of wget."""
    return _LOG.match(head) is not None


def read_log(path: Path) -> dict[str, Logged]:
    """For each file that a log of wget names: its address and when it was asked for. The log's clock is taken for Vietnam's."""
    found: dict[str, Logged] = {}
    asked: Logged | None = None
    with path.open("rb") as stream:
        while (line := stream.readline(16 << 10)) and stream.tell() <= MAX_LOG_BYTES:
            if match := _ASKED.match(line):
                at = datetime.strptime(match[1].decode(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE).astimezone(UTC)
                asked = Logged(match[2].decode(errors="replace"), at)
            elif asked and (name := _SAVED.search(line.decode(errors="replace"))):
                found.setdefault(unicodedata.normalize("NFC", name[1]), asked)
                asked = None
    return found


def address_by_folders(parts: Sequence[bytes], portals: Sequence[Portal]) -> str | None:
    """The address of a file whose path holds a folder named like its host: `…/host/path/file`; None where none is.

    `parts` are the names on the way to the file, its own the last. Of several hosts the first counts; the scheme is that of the
    portal, or of a folder `http` or `https` before the host, else http: it does not count for a document's identity.
    """
    for place, part in enumerate(parts[:-1]):
        host = part.lower().replace(b"+", b":").decode("ascii", errors="replace")
        owner = portal_of(portals, f"http://{host}/")
        if owner is None and not _is_host(part):
            continue
        scheme = parts[place - 1].decode() if place and parts[place - 1] in (b"http", b"https") else None
        scheme = scheme or (owner.base_url.partition(":")[0] if owner else "http")
        return address_under(f"{scheme}://{host}/", parts[place + 1 :])
    return None


def address_under(prefix: str, parts: Sequence[bytes]) -> str:
    """The address of a file below `prefix`, its name as wget makes names taken back: `index.html` for a folder, a query after
    `?`, `.html` appended to what a server's script gave."""
    *folders, name = parts
    if _ADJUSTED.search(name):
        bare = _ADJUSTED.sub(b"", name)
        if b"?" in name or _DYNAMIC.search(bare):
            name = bare
    if name in (b"index.html", b"index.htm"):
        name = b""
    path, mark, query = name.partition(b"?")
    quoted = "/".join(map(_quoted, (*folders, path)))
    return f"{prefix}{quoted}" + (f"?{quote_from_bytes(query, safe=_SAFE + '/?')}" if mark else "")


def _quoted(name: bytes) -> str:
    """A name as it stands in an address: composed, as servers have it, where it is UTF-8 (macOS takes letters apart)."""
    try:
        name = unicodedata.normalize("NFC", name.decode()).encode()
    except UnicodeDecodeError:
        return quote_from_bytes(name, safe=_SAFE)
    return quote_from_bytes(name, safe=_SAFE)


def _is_host(part: bytes) -> bool:
    match = _HOST.match(part)
    return match is not None and (len(match[1]) == 2 or match[1].lower() in _GENERIC)
