"""A saved page beside what is read of it: which line of the page went into which field, and which into none.

For whoever writes a portal's file: the page is read as it would be if it had just come in, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.records import FieldOrigin, Reading
from ingest.characters import one_line
from ingest.decode import decode
from ingest.errors import NotReadable
from ingest.parse import read
from ingest.portal import Portal
from ingest.tree import grow, lines_of

_LEAST_PART, _LEAST_SHARE = 8, 0.4
"""A line and a field's words that are but part of each other belong together from this many characters and this share on: a lone
"Sở" stands everywhere."""

_ORDER = {name: place for place, name in enumerate(Reading.__slots__)}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page's text, in the order of the page, and the fields whose words stand in it."""

    text: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one saved page gives: a reading, or the error that says why there is none."""

    url: str
    lines: tuple[Line, ...]
    reading: Reading | None = None
    error: NotReadable | None = None

    def values(self) -> Iterator[tuple[FieldOrigin, str]]:
        """Each field that was read, in the order in which a record has them, with its value on one line."""
        if self.reading is not None:
            for origin in sorted(self.reading.fields, key=lambda origin: _ORDER.get(origin.name, len(_ORDER))):
                yield origin, " · ".join(words_of(self.reading, origin.name))


def trial(
    body: bytes, url: str, portal: Portal, *, content_type: str | None = None, captured_at: datetime | None = None
) -> Trial:
    """Read `body` as the page at `url` of `portal`."""
    lines = _lines(body, content_type)
    try:
        reading = read(body, url, content_type, portal, captured_at)
    except NotReadable as error:
        return Trial(url, tuple(Line(text, ()) for text in lines), error=error)
    return Trial(url, tuple(_attributed(lines, reading)), reading)


def words_of(reading: Reading, name: str) -> tuple[str, ...]:
    """The words that field `name` holds, each on one line, as the page has them."""
    origin = reading.origin_of(name)
    value = getattr(reading, name, None)
    if name == "attachments":
        found = [link.title for link in reading.attachments]
    elif name == "bases":
        found = [basis.text for basis in reading.bases]
    elif name == "mentions":
        found = [mention.raw for mention in reading.mentions]
    elif name == "reuse" and reading.reuse is not None:
        terms = reading.reuse
        found = [terms.wording or "", terms.licence_number or "", terms.licence_authority or "", terms.publisher or ""]
        found += [terms.responsible or "", terms.address or "", terms.phone or "", terms.fax or "", terms.email or ""]
    elif isinstance(value, str):
        found = value.split("\n")
    else:
        found = [origin.raw or ""] if origin else []
    return tuple(line for line in map(one_line, found) if line)


def _lines(body: bytes, content_type: str | None) -> list[str]:
    try:
        root, _ = grow(decode(body, content_type).text)
    except ValueError:
        return []
    return lines_of(root)


def _attributed(lines: Sequence[str], reading: Reading) -> Iterator[Line]:
    names = [origin.name for origin in reading.fields if origin.name not in ("kind", "language", "mentions")]
    words = {name: (*words_of(reading, name), *_raw(reading, name)) for name in names}
    whole = {name: frozenset(entries) for name, entries in words.items()}
    for line in lines:
        yield Line(line, tuple(name for name in names if line in whole[name] or _shares(line, words[name], name)))


def _shares(line: str, words: Sequence[str], name: str) -> bool:
    # The footer's terms are cut out of longer lines word by word.
    return any(entry in line for entry in words) if name == "reuse" else _overlap(line, words)


def _raw(reading: Reading, name: str) -> tuple[str, ...]:
    origin = reading.origin_of(name)
    return tuple(one_line(part) for part in (origin.raw or "").split("\n")) if origin and name != "text" else ()


def _overlap(line: str, words: Sequence[str]) -> bool:
    for entry in words:
        part, whole = sorted((line, entry), key=len)
        if len(part) >= _LEAST_PART and len(part) >= _LEAST_SHARE * len(whole) and part in whole:
            return True
    return False
