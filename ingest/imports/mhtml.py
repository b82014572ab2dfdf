"""MHTML (RFC 2557): a page and its images in one file, as browsers save it. Only the page itself is read."""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.utils import parsedate_to_datetime

CONTENT_TYPE = "multipart/related"
_PAGES = ("text/html", "application/xhtml+xml")
MAX_PARTS = 5000


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The page in an MHTML file."""

    body: bytes
    content_type: str
    url: str | None
    """As the file names it."""
    saved_at: datetime | None


def page_in(body: bytes, content_type: str | None) -> tuple[bytes, str | None]:
    """The page that `body` holds and its type: of an MHTML file the page within, of anything else itself."""
    if not (content_type or "").lower().startswith(CONTENT_TYPE):
        return body, content_type
    page = saved_page(body)
    return (page.body, page.content_type) if page else (body, content_type)


def saved_page(body: bytes) -> SavedPage | None:
    """The page of an MHTML file; None where it holds none."""
    try:
        message = email.message_from_bytes(body, policy=policy.compat32)
        main = str(message.get("Snapshot-Content-Location") or message.get("Content-Location") or "").strip() or None
        parts = []
        for part in message.walk():
            parts.append(part)
            if len(parts) > MAX_PARTS:
                break
        pages = [part for part in parts if part.get_content_type() in _PAGES]
        named = [part for part in pages if main and str(part.get("Content-Location") or "").strip() == main]
        page = next(iter(named or pages), None)
        if page is None:
            return None
        payload = page.get_payload(decode=True)
    except (MessageError, ValueError, LookupError, RecursionError):
        return None
    if not isinstance(payload, bytes):
        return None
    charset = page.get_content_charset()
    kind = page.get_content_type() + (f"; charset={charset}" if charset else "")
    url = main or str(page.get("Content-Location") or "").strip() or None
    return SavedPage(payload, kind, url, _date(str(message.get("Date") or "")))


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    # "-0000" says: in UTC, and nothing is known of the place.
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
