"""A document as a CSL-JSON item (CSL 1.0.2): the one form that every citation format is made from."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from archive.citation.attribution import attribution
from archive.records import Capture, Document, ReadDate, Version

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%-._~" + "".join(map(chr, range(0xA1, 0x2000)))
"""What stands in an address as it is: RFC 3986's characters, and letters that a person can read."""

_OWN_NUMBER = re.compile(r"^\s*số\s*:?\s*\d\S*", re.IGNORECASE)

Item = dict[str, object]


def csl_item(document: Document, version: Version, capture: Capture, permanent_url: str) -> Item:
    """CSL-JSON of one version as it was captured; the institution stays whole in `literal`, `note` is the attribution."""
    reading = version.reading
    item: Item = {
        "id": document.id,
        "type": "webpage",
        "title": reading.title,
        "author": [{"literal": reading.issuer or urlsplit(capture.url).hostname or document.portal}],
        "URL": quote(capture.url, safe=_IN_ADDRESSES),
        "accessed": _parts(capture.fetched_at.astimezone(_ZONE).date()),
        "archive": "Tàng Thư",
        "archive_location": permanent_url,
        "language": "vi",
        "note": attribution(version, capture.url),
    }
    if reading.published:
        item["issued"] = {"date-parts": [_read_parts(reading.published)]}
    if reading.number:
        item["number"] = reading.number
    if reading.kind:
        item["genre"] = reading.kind
    if subject := _subject(reading.title, reading.kind):
        item["title-short"] = subject
    return item


def _subject(title: str, kind: str | None) -> str | None:
    """What follows the kind of document, and its number, at the head of a title: `về việc …`."""
    if not kind or not title.casefold().startswith(kind.casefold()):
        return None
    rest = _OWN_NUMBER.sub("", title[len(kind) :]).strip(" :-–,")
    # A capital that begins an acronym or a name stays: only a word of one capital and small letters is lowered.
    return rest[0].lower() + rest[1:] if rest[1:2].islower() else rest or None


def _read_parts(value: ReadDate) -> list[int]:
    day = datetime.fromisoformat(value.value).date().isoformat() if value.precision == "minute" else value.value
    return [int(part) for part in day.split("-")]


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
