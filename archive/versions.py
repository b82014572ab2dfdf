"""When two readings are the same: the digest that decides whether a capture makes a new version."""

from __future__ import annotations

import hashlib
import json

from archive.records import ReadDate, Reading


def content_digest(reading: Reading) -> str:
    """SHA-256 over what the page says.

    White space, the origins of the fields, the clean HTML (its image addresses carry time stamps on some portals) and the
    footer's reuse terms (they belong to the portal and are kept per capture) do not count. Nor do the fields that follow from
    the text (signer, place, date of issue, legal bases, mentions, language): a reader that learns them changes no page.
    """
    said = [
        reading.title,
        reading.summary,
        reading.text,
        reading.byline,
        _date(reading.published),
        reading.category,
        reading.number,
        reading.kind,
        reading.issuer,
        [[link.url, link.title] for link in reading.attachments],
    ]
    return hashlib.sha256(json.dumps(_squeeze(said), ensure_ascii=False).encode()).hexdigest()


def _date(date: ReadDate | None) -> str | None:
    return date.value if date else None


def _squeeze(value: object) -> object:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_squeeze(item) for item in value]
    return value
