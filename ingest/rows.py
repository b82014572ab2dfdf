"""Rows of another system (JSON lines, CSV) as documents. A row is read strictly: what it lacks is named, nothing is made up."""

from __future__ import annotations

import csv
import html
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote, urlsplit

from archive.dates import read_date
from archive.identity import canonical_url
from archive.numbers import kind_of, own_number
from archive.records import FieldOrigin, ReadDate, Reading
from ingest.decode import is_binary
from ingest.errors import BadRow, IngestError
from ingest.portal import Portal
from ingest.targets import MAX_URL_CHARACTERS

ROW_SUFFIXES = (".jsonl", ".ndjson", ".csv")
MAX_ROW_CHARACTERS = 20_000_000
_HEAD_BYTES = 64 * 1024
_MAX_DIGITS = 100
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_UTF_8 = "not UTF-8: save the file as UTF-8"
_PORTAL = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}\Z")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


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

    @classmethod
    def from_record(cls, block: bytes) -> Self:
        """The row in a record of another archive, as strictly read as one of a file. Raises ValueError."""
        row = _row(json.loads(block))
        return cls(**asdict(row))

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


_NAMES = tuple(field.name for field in fields(Row))
_COLUMNS = ", ".join(_NAMES)


def is_portal_name(text: str) -> bool:
    """Whether `text` may be the name of a portal."""
    return _PORTAL.match(text) is not None


def read_rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of a `.jsonl` or `.csv` file, one by one; a row that is none comes as its BadRow, and the next follows.

    Raises IngestError (`format`) for a file that is neither, and for a CSV without the columns that make a document.
    """
    suffix = path.suffix.lower()
    reader = _csv if suffix == ".csv" else _jsonl
    if suffix not in ROW_SUFFIXES:
        raise _no_rows(path, "not a .jsonl or .csv file; rename it or convert it")
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if b"\0" in head or is_binary(head):
        raise _no_rows(path, "not text in UTF-8; save it as .jsonl or .csv in UTF-8")
    # What is no UTF-8 must not stop the reading of the rows after it, nor pass for text.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        for number, plain in enumerate(reader(stream, path), start=1):
            try:
                yield _row(plain)
            except ValueError as error:
                yield BadRow("row", str(path), f"{path}, row {number}: {error}", number)


def _no_rows(path: Path, why: str) -> IngestError:
    return IngestError("format", str(path), f"{path}: {why}")


def _lines(stream: IO[str]) -> Iterator[str | ValueError]:
    """The lines, never more than MAX_ROW_CHARACTERS of one in memory; a longer one is passed over and comes as an error."""
    while line := stream.readline(MAX_ROW_CHARACTERS + 1):
        if len(line) <= MAX_ROW_CHARACTERS:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = stream.readline(MAX_ROW_CHARACTERS)
        yield ValueError(f"longer than {MAX_ROW_CHARACTERS:,} characters")


def _jsonl(stream: IO[str], path: Path) -> Iterator[object]:
    for line in _lines(stream):
        if isinstance(line, ValueError):
            yield line
        elif line.strip():
            yield _object(line)


def _object(line: str) -> object:
    if _SURROGATE.search(line):
        return ValueError(_NOT_UTF_8)
    try:
        # Numbers stay as written: an id of 1.10 is not 1.1.
        return json.loads(line, parse_int=_digits, parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return ValueError(f"not JSON ({error})")


def _digits(number: str) -> str:
    if len(number) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(number)} digits")
    return number


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no value")


def _csv(stream: IO[str], path: Path) -> Iterator[object]:
    csv.field_size_limit(MAX_ROW_CHARACTERS)
    # Strict: otherwise a quote that is never closed takes all rows after it into one cell.
    rows = csv.reader(_whole(_lines(stream)), strict=True)
    heading = _heading(rows, path)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield ValueError(f"not CSV ({error})")
        except ValueError as error:
            # Inside or outside of quotes: after a line that was passed over nobody knows.
            yield ValueError(f"{error}; the rows after it were not read")
            return
        else:
            if cells:
                yield _columns(heading, cells)


def _whole(lines: Iterator[str | ValueError]) -> Iterator[str]:
    for line in lines:
        if isinstance(line, ValueError):
            raise line
        yield line


def _heading(rows: Iterator[list[str]], path: Path) -> list[str]:
    try:
        heading = [name.strip() for name in next(rows, [])]
    except (csv.Error, ValueError) as error:
        raise _no_rows(path, f"the heading is not CSV ({error})") from error
    if any(_SURROGATE.search(name) for name in heading):
        raise _no_rows(path, _NOT_UTF_8)
    missing = "title" if "title" not in heading else "id or url" if not {"id", "url"} & set(heading) else None
    if missing:
        found = ",".join(heading)[:200]
        raise _no_rows(path, f"the heading has no column {missing}; columns are {_COLUMNS}; the heading is {found!r}")
    return heading


def _columns(heading: list[str], cells: list[str]) -> object:
    if any(_SURROGATE.search(cell) for cell in cells):
        return ValueError(_NOT_UTF_8)
    if any(cells[len(heading) :]):
        return ValueError(f"{len(cells)} cells under a heading of {len(heading)}: put cells with commas in quotes")
    return dict(zip(heading, cells, strict=False))


def _row(plain: object) -> Row:
    if isinstance(plain, ValueError):
        raise plain
    if not isinstance(plain, dict):
        raise ValueError(f"not an object with the columns {_COLUMNS}")
    cells = {name: _cell(name, plain.get(name)) for name in _NAMES}
    title, text, id, url, portal = cells["title"], cells["text"], cells["id"], cells["url"], cells["portal"]
    if not title:
        raise ValueError("no title")
    if not id and not url:
        raise ValueError("neither id nor url: the document would have no lasting name")
    if url:
        _check_address(url)
    if portal and not is_portal_name(portal):
        raise ValueError(f"portal {portal[:80]!r} is no name: up to 100 of a-z, 0-9, dot and hyphen, a letter or digit first")
    if cells["published"]:
        _published(cells["published"])
    urn = f"urn:tangthu:{quote(portal or 'import', safe='')}:{quote(id or '', safe='')}"
    if len(url or urn) > MAX_URL_CHARACTERS:
        raise ValueError(f"{'url' if url else 'id'} is longer than {MAX_URL_CHARACTERS} characters")
    return Row(id, url or urn, title, text or "", cells["published"], cells["category"], cells["author"], portal)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"url {url[:80]!r} is not a web address")
    if "@" in parts.netloc:
        raise ValueError("url has a user name in it, which would be published; remove it")
    canonical_url(url)


def _cell(name: str, value: object) -> str | None:
    if isinstance(value, bool | dict | list):
        raise ValueError(f"a cell holds {type(value).__name__}, not text")
    text = "" if value is None else str(value).strip()
    if _SURROGATE.search(text):
        raise ValueError(f"{_NOT_UTF_8} ({name} holds half a character, \\ud800 to \\udfff)")
    if name in ("id", "url", "portal") and _CONTROL.search(text):
        raise ValueError(f"control characters in {name}: {text[:80]!r}")
    return unicodedata.normalize("NFC", text.replace("\x00", "")) or None


def _published(text: str | None) -> ReadDate | None:
    """ISO 8601 or a Vietnamese date. Raises ValueError for what is neither."""
    if text and (found := read_date(text)) is None:
        raise ValueError(f"published {text[:40]!r} is not a date (2020-06-15 or 15/06/2020)")
    return found if text else None
