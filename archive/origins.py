"""Where imported captures came from: written into the headers of their WARC records, and from there into the catalogue.

A record that an import appended is a new one whose `WARC-Date` is that of the original; its origin stands in named fields of our
own. What an import as a whole was (who, when, what file, what came of it) stands in `metadata` records with the role `import`,
one when it begins and one when it ends. A rebuild reads both again, so nothing here is known to the catalogue alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import schema
from archive.records import KnownCapture, Origin, Provenance, Said

IMPORT = "import"
"""Role of the metadata records that tell of an import."""
MAX_SAID = 2000
_NOT_IN_A_HEADER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_KNOWN = ("source", "kind", "digest", "size", "began_at", "ended_at", "by")


def one_line(text: str) -> str:
    """Foreign words as one header line may hold them: no control characters, MAX_SAID characters at most."""
    return _NOT_IN_A_HEADER.sub("\ufffd", text)[:MAX_SAID]


def headers_of(origin: Origin) -> list[tuple[str, str]]:
    """The named fields that tell of `origin` in a WARC record."""
    said = (
        ("Tangthu-Import", f"<urn:uuid:{origin.imported}>"),
        ("Tangthu-Imported-From", origin.source),
        ("Tangthu-Imported-Digest", f"sha256:{origin.source_digest}" if origin.source_digest else None),
        ("Tangthu-Archived", origin.archived_at.astimezone(UTC).isoformat()),
        ("Tangthu-Original-Record", origin.record),
        ("Tangthu-Original-Digest", origin.digest),
        ("Tangthu-Url-From", origin.url_from),
        ("Tangthu-Date-From", origin.date_from),
    )
    return [(name, one_line(value)) for name, value in said if value]


def origin_in(header: Callable[[str], str | None]) -> Origin | None:
    """The origin that a WARC record tells of; None for a record that no import made."""
    imported, archived = header("Tangthu-Import"), header("Tangthu-Archived")
    if not imported or not archived:
        return None
    return Origin(
        imported=imported.strip("<>").removeprefix("urn:uuid:"),
        source=header("Tangthu-Imported-From") or "",
        archived_at=datetime.fromisoformat(archived),
        source_digest=(header("Tangthu-Imported-Digest") or "").partition(":")[2] or None,
        record=header("Tangthu-Original-Record"),
        digest=header("Tangthu-Original-Digest"),
        url_from=header("Tangthu-Url-From"),
        date_from=header("Tangthu-Date-From"),
    )


def is_note(plain: Mapping[str, Any]) -> bool:
    """Whether this is what `note` can write: another value than ours would end the rebuild that meets it."""
    pairs = plain.get("made_by", [])
    return (
        isinstance(plain.get("import"), str)
        and all(isinstance(plain.get(name), str | None) for name in _KNOWN if name != "size")
        and (plain.get("size") is None or (isinstance(plain["size"], int) and abs(plain["size"]) < 1 << 63))
        and isinstance(pairs, list)
        and all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
    )


def note(connection: Connection, plain: Mapping[str, Any]) -> None:
    """Write what a metadata record tells of an import; what an earlier one told and this one does not stays."""
    row = {name: plain[name] for name in _KNOWN if plain.get(name) is not None}
    row |= {name: json.dumps(plain[name], ensure_ascii=False, sort_keys=True) for name in ("made_by", "counts") if name in plain}
    statement = upsert(schema.imports).values(id=plain["import"], **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row or {"id": plain["import"]}))


def add(connection: Connection, capture_id: str, origin: Origin) -> None:
    """Tie a capture to where it came from."""
    row = {
        "capture_id": capture_id,
        "import_id": origin.imported,
        "source": origin.source,
        "source_digest": origin.source_digest,
        "archived_at": origin.archived_at.astimezone(UTC).isoformat(),
        "original_record": origin.record,
        "original_digest": origin.digest,
        "url_from": origin.url_from,
        "date_from": origin.date_from,
    }
    connection.execute(insert(schema.provenance).values(row))


def provenance(connection: Connection, capture_id: str) -> Provenance | None:
    """Where a capture came from; None for one that we fetched ourselves."""
    table, imports = schema.provenance, schema.imports
    row = connection.execute(select(table).where(table.c.capture_id == capture_id)).first()
    if row is None:
        return None
    told = connection.execute(select(imports).where(imports.c.id == row.import_id)).first()
    return Provenance(
        capture_id=capture_id,
        origin=_origin(row),
        kind=told.kind if told else None,
        size=told.size if told else None,
        by=told.by if told else None,
        began_at=datetime.fromisoformat(told.began_at) if told and told.began_at else None,
        ended_at=datetime.fromisoformat(told.ended_at) if told and told.ended_at else None,
        made_by=_said(told.made_by) if told and told.made_by else (),
    )


def _origin(row: Row[tuple[object, ...]]) -> Origin:
    return Origin(
        imported=row.import_id,
        source=row.source,
        archived_at=datetime.fromisoformat(row.archived_at),
        source_digest=row.source_digest,
        record=row.original_record,
        digest=row.original_digest,
        url_from=row.url_from,
        date_from=row.date_from,
    )


def _said(text: str) -> Said:
    return tuple((str(name), str(value)) for name, value in json.loads(text))


def held_at(connection: Connection, urls: Iterable[str]) -> list[KnownCapture]:
    """The captures of these addresses (500 at most), as far as an import must know them to take none twice."""
    captures, table = schema.captures, schema.provenance
    query = (
        select(captures.c.id, captures.c.url, captures.c.fetched_at, captures.c.digest, table.c.original_record)
        .outerjoin(table, table.c.capture_id == captures.c.id)
        .where(captures.c.url.in_(list(urls)))
    )
    return [
        KnownCapture(row.id, row.url, datetime.fromisoformat(row.fetched_at), row.digest, row.original_record)
        for row in connection.execute(query)
    ]


def repeated(connection: Connection, *, record: str | None, digest: str | None, url: str, at: datetime | None) -> str | None:
    """The id of the capture that a foreign revisit repeats: by the record that it names, else by address and second, else by the
    payload digest that it and the original give in the same words. Only a capture that holds a payload counts.
    """
    captures, table = schema.captures, schema.provenance
    whole = (captures.c.kind != "revisit") & ((captures.c.status == 200) | captures.c.status.is_(None))
    joined = select(captures.c.id).outerjoin(table, table.c.capture_id == captures.c.id).where(whole)
    if record:
        named = connection.scalar(joined.where((table.c.original_record == record) | (captures.c.id == bare_id(record))).limit(1))
        if named:
            return cast(str, named)
    if at is not None:
        second = at.astimezone(UTC).isoformat()[:19]
        dated = connection.scalar(joined.where(captures.c.url == url, captures.c.fetched_at.like(f"{second}%")).limit(1))
        if dated:
            return cast(str, dated)
    if digest:
        same = joined.where((table.c.original_digest == digest) | (captures.c.digest == digest.removeprefix("sha256:")))
        return connection.scalar(same.order_by((captures.c.url == url).desc(), captures.c.seq).limit(1))
    return None


def bare_id(record: str) -> str:
    """The id of a WARC record as captures bear it: the UUID alone where it is one."""
    return record.strip("<>").removeprefix("urn:uuid:")
