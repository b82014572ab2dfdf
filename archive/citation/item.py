"""A document as a CSL-JSON item (CSL 1.0.2): the one form that every citation format is made from."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from archive.citation.attribution import attribution
from archive.records import Capture, Document, ReadDate, Reading, Version

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%-._~" + "".join(map(chr, range(0xA1, 0x2000)))
"""What stands in an address as it is: RFC 3986's characters, and letters that a person can read."""

_OWN_NUMBER = re.compile(r"^\s*(?:số\s*:?\s*\d\S*|\d+(?:/\d{4})?/[^\W\d_]\S*)", re.IGNORECASE)
_READS_ON = re.compile(r"(?:về|v/v|của|cho|gửi|theo|tại|từ|do|ngày)(?!\w)", re.IGNORECASE)
"""Words that follow a document's number as they are; before any other stands `về`."""

_SURE = 0.7
_OWN_DATE = "rule:letterhead-date"
"""The one origin of a date that is the document's own; every other is the day on which the page was posted."""

Item = dict[str, object]


def csl_item(document: Document, version: Version, capture: Capture, permanent_url: str) -> Item:
    """CSL-JSON of one version as it was captured; the institution stays whole in `literal`, `note` is the attribution.

    `issued` is when the page was posted, `original-date` the document's own date where that is known; `accessed` is the day
    of a capture from the web, `submitted` the day on which a record was imported.
    """
    reading = version.reading
    host = urlsplit(capture.url).hostname
    item: Item = {
        "id": document.id,
        "type": "webpage",
        "title": reading.title,
        "author": [{"literal": reading.issuer or host or document.portal}],
        "submitted" if capture.kind == "resource" else "accessed": _parts(capture.fetched_at.astimezone(_ZONE).date()),
        "archive": "Tàng Thư",
        "archive_location": permanent_url,
        "language": "vi",
        "note": attribution(version, capture.url, document.portal),
    }
    if host:
        item["URL"] = quote(capture.url, safe=_IN_ADDRESSES)
    return item | _dates(reading) | _numbered(reading)


def _dates(reading: Reading) -> Item:
    if reading.published is None or (read := _read_parts(reading.published)) is None:
        return {}
    origin = reading.origin_of("published")
    own = origin is not None and origin.origin == _OWN_DATE
    return {"issued": read, "original-date": read} if own else {"issued": read}


def _numbered(reading: Reading) -> Item:
    """Number, kind and what the title says after them. A number that the reader doubts is none to cite."""
    origin = reading.origin_of("number")
    if reading.number and origin is not None and origin.confidence < _SURE:
        return {}
    known = {"number": reading.number, "genre": reading.kind, "title-short": _subject(reading.title, reading.kind)}
    return {name: value for name, value in known.items() if value}


def _subject(title: str, kind: str | None) -> str | None:
    """What follows the kind of document, and its number, at the head of a title: `về việc …`."""
    if re.match(r"(?:về|v/v)(?!\w)", title, re.IGNORECASE):
        rest = title
    elif kind and re.match(rf"{re.escape(kind)}(?!\w)", title, re.IGNORECASE):
        rest = _OWN_NUMBER.sub("", title[len(kind) :]).strip(" :-–,")
    else:
        return None
    # A capital that begins an acronym or a name stays: only a word of one capital and small letters is lowered.
    rest = rest[0].lower() + rest[1:] if rest[1:2].islower() else rest
    return rest if not rest or _READS_ON.match(rest) else f"về {rest}"


def _read_parts(value: ReadDate) -> dict[str, object] | None:
    """The date as CSL has it; None for what is no date."""
    try:
        day = datetime.fromisoformat(value.value).date().isoformat() if value.precision == "minute" else value.value
        return {"date-parts": [[int(part) for part in day.split("-")]]}
    except ValueError:
        return {"literal": value.raw} if value.raw.strip() else None


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
