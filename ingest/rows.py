"""Rows of another system (JSON lines, CSV) as documents. A row is read strictly: what it lacks is named, nothing is made up."""

from __future__ import annotations

import csv
import html
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote, urlsplit

from archive.dates import read_date
from archive.numbers import kind_of, own_number
from archive.records import FieldOrigin, ReadDate, Reading
from ingest.errors import BadRow, IngestError
from ingest.portal import Portal

MAX_ROW_CHARACTERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came in. `url` is never empty: a row without an address gets a URN from its portal and id."""

    id: str | None
    url: str
    title: str
    text: str
    published: str | None = None
    category: str | None = None
    author: str | None = None
    portal: str | None = None

    @classmethod
    def from_json(cls, plain: Mapping[str, object]) -> Self:
        """The row that `as_json` wrote."""
        return cls(**{field.name: plain.get(field.name) for field in fields(cls)})  # type: ignore[arg-type]

    def as_json(self) -> bytes:
        """UTF-8 JSON, keys sorted: the same row gives the same bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    def identity(self, portal: Portal) -> str:
        """A row with a web address is the document of that page; any other goes by portal and id."""
        if urlsplit(self.url).hostname:
            return portal.identity_of(self.url)
        return f"{portal.name}:import:{self.id}"

    def reading(self, portal: Portal) -> Reading:
        """The row as a reading; every field's origin is its column."""
        published = _published(self.published)
        own = own_number(self.title, self.text)
        number = own.value if own else None
        kind = kind_of(number) if number else None
        columns = {"title": self.title, "text": self.text, "byline": self.author, "category": self.category}
        origins = [FieldOrigin(name, f"import:{name}", 1.0) for name, value in columns.items() if value]
        if own and number:
            origins.append(FieldOrigin("number", f"rule:number-in-{own.place}", own.confidence, own.raw))
        if kind:
            origins.append(FieldOrigin("kind", "rule:number", 0.9))
        if published:
            origins.append(FieldOrigin("published", "import:published", 1.0, published.raw))
        return Reading(
            title=self.title,
            text=self.text,
            html="".join(f"<p>{html.escape(part)}</p>" for part in self.text.split("\n\n") if part.strip()),
            byline=self.author,
            published=published,
            category=self.category,
            number=number,
            kind=kind,
            fields=tuple(origins),
            platform="import",
        )


def read_rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of a `.jsonl` or `.csv` file, one by one; a row that is none comes as its BadRow, and the next follows.

    Raises IngestError (`format`) for a file that is neither.
    """
    readers = {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": _csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise IngestError("format", str(path), f"{path}: not a .jsonl or .csv file; rename it or convert it")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        for number, plain in enumerate(reader(stream), start=1):
            try:
                yield _row(plain)
            except ValueError as error:
                yield BadRow("row", str(path), f"{path}, row {number}: {error}", number)


def _jsonl(stream: IO[str]) -> Iterator[object]:
    for line in stream:
        if line.strip():
            try:
                yield json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                yield ValueError(f"not JSON ({error})")


def _csv(stream: IO[str]) -> Iterator[object]:
    csv.field_size_limit(MAX_ROW_CHARACTERS)
    rows = csv.DictReader(stream)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield ValueError(f"not CSV ({error})")


def _row(plain: object) -> Row:
    if isinstance(plain, ValueError):
        raise plain
    if not isinstance(plain, dict):
        raise ValueError("not an object with the columns id, url, title, text, published, category, author, portal")
    cells = {name: _cell(plain.get(name)) for name in (field.name for field in fields(Row))}
    title, text, id, url = cells["title"], cells["text"], cells["id"], cells["url"]
    if not title:
        raise ValueError("no title")
    if not id and not url:
        raise ValueError("neither id nor url: the document would have no lasting name")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"url {url[:80]!r} is not a web address")
    if cells["published"]:
        _published(cells["published"])
    urn = f"urn:tangthu:{quote(cells['portal'] or 'import', safe='')}:{quote(id or '', safe='')}"
    return Row(id, url or urn, title, text or "", cells["published"], cells["category"], cells["author"], cells["portal"])


def _cell(value: object) -> str | None:
    if isinstance(value, bool | dict | list):
        raise ValueError(f"a cell holds {type(value).__name__}, not text")
    text = "" if value is None else str(value).replace("\x00", "").strip()
    return unicodedata.normalize("NFC", text) or None


def _published(text: str | None) -> ReadDate | None:
    """ISO 8601 or a Vietnamese date. Raises ValueError for what is neither."""
    if text and (found := read_date(text)) is None:
        raise ValueError(f"published {text[:40]!r} is not a date (2020-06-15 or 15/06/2020)")
    return found if text else None
