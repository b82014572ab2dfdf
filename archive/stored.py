"""Rows of the catalogue as the records that they hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Row

from archive.records import Capture


def capture_of(row: Row[tuple[object, ...]]) -> Capture:
    """The capture that a row of `captures` holds."""
    return Capture(
        id=row.id,
        url=row.url,
        kind=row.kind,
        fetched_at=datetime.fromisoformat(row.fetched_at),
        digest=row.digest,
        file=row.file,
        offset=row.offset,
        length=row.length,
        status=row.status,
        content_type=row.content_type,
        location=row.location,
        etag=row.etag,
        last_modified=row.last_modified,
        portal=row.portal,
        document_id=row.document_id,
        refers_to=row.refers_to,
    )
