"""When the reuse terms of a portal changed: decided from the terms that its pages show one after the other.

Portals show more than one footer: by section, by language, from a cache. So a change is noted only when the terms differ from
all that the portal showed on its last `WINDOW` pages, or when those last noted have not been shown for as many. Two footers
that take turns raise one event, not one a page. What counts are the demand, the licence, the publisher and who is
responsible; a telephone number is no term.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import events, schema
from archive.records import Capture, ReuseTerms

WINDOW = 100
"""So many pages of a portal are looked back upon."""
_COUNTED = ("names", "wording", "act", "licence_number", "licence_date", "licence_authority", "publisher", "responsible")


def note(connection: Connection, portal: str, capture: Capture, document_id: str, terms: ReuseTerms | None) -> None:
    """Take note of the terms on a page of `portal`, None where it shows none, and log the event that this is, if any.

    `reuse_found`: the first terms, or the first again after none; `reuse_changed`; `reuse_gone`: none on `WINDOW` pages.
    """
    table = schema.terms_read
    row = connection.execute(select(table).where(table.c.portal == portal)).first()
    readings, without, noted = (row.readings + 1, row.without, row.noted) if row else (1, 0, None)
    shown = _shown(terms)
    without = 0 if shown is not None else without + 1
    digest = _digest(shown) if shown is not None else None
    kind = None
    if digest is None:
        kind = "reuse_gone" if noted is not None and without >= WINDOW else None
    elif noted is None:
        kind = "reuse_found"
    elif digest != noted and not (_recent(connection, portal, digest, readings) and _recent(connection, portal, noted, readings)):
        kind = "reuse_changed"
    if shown is not None and digest is not None:
        _remember(connection, portal, digest, shown, readings)
    if kind is not None:
        _log(connection, kind, portal, capture, document_id, noted, shown)
        noted = digest
    values = {"readings": readings, "without": without, "noted": noted}
    statement = upsert(table).values(portal=portal, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["portal"], set_=values))


def _log(
    connection: Connection,
    kind: str,
    portal: str,
    capture: Capture,
    document_id: str,
    noted: str | None,
    shown: Mapping[str, Any] | None,
) -> None:
    table = schema.terms_shown
    query = select(table.c.terms).where(table.c.portal == portal, table.c.digest == noted)
    before = connection.scalar(query) if noted is not None else None
    events.append(
        connection,
        at=capture.fetched_at,
        kind=kind,
        portal=portal,
        document_id=document_id,
        capture_id=capture.id,
        before=json.loads(before) if before else None,
        after=shown,
    )


def _recent(connection: Connection, portal: str, digest: str, readings: int) -> bool:
    """Whether these terms stood on one of the portal's last pages, the present one not counted."""
    table = schema.terms_shown
    last = connection.scalar(select(table.c.last).where(table.c.portal == portal, table.c.digest == digest))
    return last is not None and readings - last <= WINDOW


def _remember(connection: Connection, portal: str, digest: str, shown: Mapping[str, Any], readings: int) -> None:
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True)
    statement = upsert(schema.terms_shown).values(portal=portal, digest=digest, terms=text, last=readings)
    connection.execute(statement.on_conflict_do_update(index_elements=["portal", "digest"], set_={"last": readings}))


def _shown(terms: ReuseTerms | None) -> dict[str, Any] | None:
    """What counts of `terms`, as JSON says it; None where nothing of it is there."""
    if terms is None:
        return None
    plain = asdict(terms)
    counted = {name: plain[name] for name in _COUNTED if plain[name]}
    return json.loads(json.dumps(counted)) if counted else None


def _digest(shown: Mapping[str, Any]) -> str:
    return sha256(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
