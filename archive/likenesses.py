"""Documents with the same content, as the catalogue holds them: what was sketched, which contents are alike.

A derived table: `ingest.likeness.link` fills it after every command that brings something in, and it depends on the documents
alone, not on the order in which they came. Contents are linked, not documents: a thousand copies are one content.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import schema
from archive.database import Database
from archive.records import Alike

_HANOI = timezone(timedelta(hours=7))
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sketched:
    """One document's content; `key` is None where there is too little of it to compare."""

    document_id: str
    version: int
    key: str | None
    sketch: bytes = b""


class Likenesses:
    """Reads and writes of the links; get them from `Catalog.likenesses()`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> tuple[str, ...]:
        """Ids of documents whose current version was not sketched yet."""
        documents, sketched = schema.documents, schema.sketched
        query = (
            select(documents.c.id)
            .outerjoin(sketched, sketched.c.document_id == documents.c.id)
            .where(or_(sketched.c.version.is_(None), sketched.c.version != documents.c.current))
        )
        with self._database.reading() as connection:
            return tuple(connection.scalars(query.order_by(documents.c.id)))

    def sketches(self) -> dict[str, bytes]:
        """All sketches by key of their content, in the order of the keys."""
        table = schema.contents
        with self._database.reading() as connection:
            return {row.key: row.sketch for row in connection.execute(select(table).order_by(table.c.key))}

    def one_of(self, keys: Sequence[str]) -> dict[str, str]:
        """For each content a document that has it."""
        table = schema.sketched
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for start in range(0, len(keys), _AT_ONCE):
                query = select(table.c.key, table.c.document_id).where(table.c.key.in_(keys[start : start + _AT_ONCE]))
                found |= {row.key: row.document_id for row in connection.execute(query.order_by(table.c.document_id.desc()))}
        return found

    def note(self, sketched: Sequence[Sketched]) -> None:
        """Note what documents hold. Raises CatalogueBusy, CannotKeep."""
        held = [{"key": each.key, "sketch": each.sketch, "compared": False} for each in sketched if each.key is not None]
        rows = [{"document_id": each.document_id, "version": each.version, "key": each.key} for each in sketched]
        noted = upsert(schema.sketched)
        told = {"version": noted.excluded.version, "key": noted.excluded.key}
        with self._database.writing() as connection:
            if held:
                connection.execute(upsert(schema.contents).on_conflict_do_nothing(), held)
            if rows:
                connection.execute(noted.on_conflict_do_update(index_elements=["document_id"], set_=told), rows)

    def forget_unused(self) -> None:
        """Drop contents that no document has any more, and their links."""
        contents, sketched, likenesses = schema.contents, schema.sketched, schema.likenesses
        used = select(sketched.c.key).where(sketched.c.key == contents.c.key)
        with self._database.writing() as connection:
            unused = list(connection.scalars(select(contents.c.key).where(~used.exists())))
            for start in range(0, len(unused), _AT_ONCE):
                keys = unused[start : start + _AT_ONCE]
                connection.execute(delete(likenesses).where(or_(likenesses.c.a.in_(keys), likenesses.c.b.in_(keys))))
                connection.execute(delete(contents).where(contents.c.key.in_(keys)))

    def link(self, compared: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> None:
        """Note that contents were compared with all others, and link them; a pair has the smaller key first."""
        contents = schema.contents
        rows = [{"a": a, "b": b, "similarity": similarity} for (a, b), similarity in pairs.items()]
        with self._database.writing() as connection:
            if rows:
                connection.execute(upsert(schema.likenesses).on_conflict_do_nothing(), rows)
            for start in range(0, len(compared), _AT_ONCE):
                done = contents.c.key.in_(compared[start : start + _AT_ONCE])
                connection.execute(update(contents).where(done).values(compared=True))

    def unlinked(self) -> tuple[str, ...]:
        """Keys of contents that were noted and not yet compared."""
        table = schema.contents
        with self._database.reading() as connection:
            return tuple(connection.scalars(select(table.c.key).where(~table.c.compared).order_by(table.c.key)))

    def alike(self, document_id: str) -> tuple[Alike, ...]:
        """The other documents with the content of this one, the first publisher first."""
        table = schema.sketched
        with self._database.reading() as connection:
            key = connection.scalar(select(table.c.key).where(table.c.document_id == document_id))
            if key is None:
                return ()
            found = _described(connection, _near(connection, [key])[key] | {key: 1.0})
        return tuple(each for each in found if each.document_id != document_id)

    def groups(self) -> tuple[tuple[Alike, ...], ...]:
        """All documents that are alike, in groups that are linked, directly or through others; the first publisher first.

        The similarity is that with the first one; 0.0 where they are linked through others only.
        """
        likenesses, sketched = schema.likenesses, schema.sketched
        with self._database.reading() as connection:
            pairs = [(row.a, row.b) for row in connection.execute(select(likenesses.c.a, likenesses.c.b))]
            keys = Counter(connection.scalars(select(sketched.c.key).where(sketched.c.key.is_not(None))))
            joined = [group for group in _joined(pairs, keys) if len(group) > 1 or keys[group[0]] > 1]
            groups = [_group(connection, group) for group in joined]
        return tuple(sorted(groups, key=lambda group: (group[0].known_since, group[0].document_id), reverse=True))


def _group(connection: Connection, keys: Sequence[str]) -> tuple[Alike, ...]:
    first = _described(connection, dict.fromkeys(keys, 0.0))[0]
    key = connection.scalar(select(schema.sketched.c.key).where(schema.sketched.c.document_id == first.document_id))
    near = _near(connection, [str(key)])[str(key)] | {str(key): 1.0}
    return tuple(_described(connection, dict.fromkeys(keys, 0.0) | near))


def _near(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, float]]:
    """The contents linked to each of `keys`, with their similarity."""
    table = schema.likenesses
    near: dict[str, dict[str, float]] = {key: {} for key in keys}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        for row in connection.execute(select(table).where(or_(table.c.a.in_(some), table.c.b.in_(some)))):
            for one, other in ((row.a, row.b), (row.b, row.a)):
                if one in near:
                    near[one][other] = row.similarity
    return near


def _joined(pairs: Iterable[tuple[str, str]], keys: Iterable[str]) -> list[list[str]]:
    """The keys, those that pairs join together."""
    leader = {key: key for key in keys}

    def lead(key: str) -> str:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for a, b in pairs:
        if a in leader and b in leader:
            one, other = sorted((lead(a), lead(b)))
            leader[other] = one
    grouped: dict[str, list[str]] = defaultdict(list)
    for key in sorted(leader):
        grouped[lead(key)].append(key)
    return list(grouped.values())


def _described(connection: Connection, similarity: Mapping[str, float]) -> list[Alike]:
    """The documents with the contents that `similarity` names, with what it says of each; the first publisher first."""
    documents, versions, sketched = schema.documents, schema.versions, schema.sketched
    keys = list(similarity)
    found: list[Alike] = []
    for start in range(0, len(keys), _AT_ONCE):
        query = (
            select(documents, versions.c.title, sketched.c.key)
            .join(sketched, sketched.c.document_id == documents.c.id)
            .join(versions, (versions.c.document_id == documents.c.id) & (versions.c.number == documents.c.current))
            .where(sketched.c.key.in_(keys[start : start + _AT_ONCE]))
        )
        found += [_alike(row, similarity[row.key]) for row in connection.execute(query)]
    found.sort(key=lambda each: (_moment(each.known_since), each.first_captured_at, each.document_id))
    return [replace(each, first=n == 0) for n, each in enumerate(found)]


def _alike(row: Any, similarity: float) -> Alike:
    captured = datetime.fromisoformat(row.first_captured_at)
    here = captured.astimezone(_HANOI).isoformat(timespec="minutes")
    by: Literal["published", "captured"] = (
        "published" if row.published and _moment(row.published) <= _moment(here) else "captured"
    )
    return Alike(
        document_id=row.id,
        portal=row.portal,
        url=row.url,
        title=row.title,
        state=row.state,
        similarity=similarity,
        published=row.published,
        first_captured_at=captured,
        known_since=row.published if by == "published" else here,
        known_by=by,
        first=False,
    )


def _moment(said: str) -> str:
    """A date of any precision as one that sorts: what a date leaves open is taken for late."""
    return said + "9999-99-99T99"[len(said) :]
