"""What a saved page says of where and when it was saved: the marks of browsers and copiers, and the page's own address."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_WINDOW = 8 << 10
_OWN_WINDOW = 256 << 10
_SAVED_FROM = re.compile(r"<!--\s{0,9}saved from url=\(\d{4}\)(\S{1,8000})", re.IGNORECASE)
_HTTRACK = re.compile(r"<!--\s{0,9}Mirrored from (\S{1,8000}) by HTTrack Website Copier([^>]{0,200}?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(r"Page saved with SingleFile\s{1,9}url:\s{0,9}(\S{1,8000})\s{1,9}saved date:([^\n>]{1,200})")
_SCRIPT_DATE = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})")
_TAG = re.compile(r"<(?:link|meta)\b[^>]{0,3000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_COPIER = re.compile(r"""<meta[^>]{0,200}content=["']?HTTrack Website Copier""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the mark of a browser or copier says. `rule` names it."""

    rule: str
    url: str
    saved_at: datetime | None


def mark_of(body: bytes) -> Mark | None:
    """The mark near the head of a saved page."""
    head = _text(body[:_WINDOW])
    if match := _SINGLE_FILE.search(head):
        return Mark("singlefile", match[1], _script_date(match[2]))
    if match := _HTTRACK.search(head):
        url = match[1] if "://" in match[1] else f"http://{match[1]}"
        return Mark("httrack", html.unescape(url), _mail_date(match[2].rpartition("],")[2] or match[2].partition(",")[2]))
    if match := _SAVED_FROM.search(head):
        return Mark("saved-from", match[1].removesuffix("-->"), None)
    return None


def own_addresses(body: bytes) -> Iterator[tuple[str, str]]:
    """Rule and address that a page gives as its own: its canonical link, then `og:url`."""
    found: dict[str, str] = {}
    for tag in _TAG.findall(_text(body[:_OWN_WINDOW])):
        said = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(tag)}
        if said.get("rel", "").lower() == "canonical" and said.get("href"):
            found.setdefault("canonical", html.unescape(said["href"]).strip())
        elif said.get("property", "").lower() == "og:url" and said.get("content"):
            found.setdefault("og:url", html.unescape(said["content"]).strip())
    for rule in ("canonical", "og:url"):
        if rule in found:
            yield rule, found[rule]


def is_copiers_own(body: bytes) -> bool:
    """Whether a page is the copier's own index of what it copied."""
    return _COPIER.search(_text(body[:_WINDOW])) is not None


def http_date(head: bytes) -> datetime | None:
    """The `Date` of kept HTTP headers."""
    match = re.search(rb"\ndate:[ \t]*([^\r\n]{1,60})", head, re.IGNORECASE)
    return _mail_date(match[1].decode("latin-1")) if match else None


def _text(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    return body.decode("utf-8", errors="replace")


def _mail_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _script_date(text: str) -> datetime | None:
    """A date as JavaScript writes it: `Mon Jun 15 2020 08:30:00 GMT+0700 (Indochina Time)`."""
    match = _SCRIPT_DATE.search(text)
    if match is None:
        return None
    try:
        at = datetime.strptime(f"{match[1]} {match[2]} {match[3]} {match[4]} {match[5]}", "%b %d %Y %H:%M:%S %z")
    except ValueError:
        return None
    return at.astimezone(UTC)
