"""Files of names that mean the same (see thesaurus.toml for their form): read strictly, every mistake named with its cure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from search.errors import ThesaurusError
from search.words.analysis import syllables

MAX_BYTES = 1 << 20
MAX_ENTRIES = 5000
MAX_NAMES = 8
MAX_SYLLABLES = 12
_MAX_CHARS = 120
_KEYS = {"same": ("names",), "short": ("short", "full"), "renamed": ("from", "to")}
_OPTIONAL = {"same": ("note",), "short": ("note",), "renamed": ("since", "note")}


@dataclass(frozen=True, slots=True)
class Name:
    """A name as people write it, and its normalised syllables."""

    shown: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: whoever looks for one of `names` looks for `others` too."""

    kind: str
    names: tuple[Name, ...]
    others: tuple[Name, ...]
    source: str
    since: date | None = None

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What an entry of a later file must share to take its place."""
        return self.kind, self.names[0].forms


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a file. Raises ThesaurusError, which names the file, the entry and what to do."""
    found: dict[tuple[str, tuple[str, ...]], Entry] = {}
    for entry, where in _entries(path, _table(path)):
        if entry.key in found:
            raise ThesaurusError(path, where, f"{entry.names[0].shown!r} has an entry already; put both into one")
        found[entry.key] = entry
    return tuple(found.values())


def _table(path: Path) -> Mapping[str, object]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ThesaurusError(path, "", f"{error.strerror}; the setting `thesaurus` must name a file that can be read") from error
    if len(data) > MAX_BYTES:
        raise ThesaurusError(path, "", f"it has more than {MAX_BYTES:,} bytes; leave out what is not needed")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ThesaurusError(path, "", f"it is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ThesaurusError(path, "", f"it is not TOML ({str(error)[:200]}); correct that line") from error


def _entries(path: Path, table: Mapping[str, object]) -> Iterator[tuple[Entry, str]]:
    for kind, rows in table.items():
        if kind not in _KEYS:
            raise ThesaurusError(path, f"[{kind[:40]}]", f"there is no such table; there are: {_listed(_KEYS, '[[{}]]')}")
        if not isinstance(rows, list):
            raise ThesaurusError(path, f"[{kind}]", f"it must be a list of tables; write [[{kind}]] above each entry")
        if len(rows) > MAX_ENTRIES:
            raise ThesaurusError(path, f"[[{kind}]]", f"it has more than {MAX_ENTRIES:,} entries; leave out what is not needed")
        for number, row in enumerate(rows, 1):
            where = f"[[{kind}]] number {number}"
            if not isinstance(row, dict):
                raise ThesaurusError(path, where, f"it must be a table; write [[{kind}]] above it")
            yield _entry(path, where, kind, row), where


def _entry(path: Path, where: str, kind: str, row: Mapping[str, object]) -> Entry:
    wanted = (*_KEYS[kind], "source")
    for key in row:
        if key not in (*wanted, *_OPTIONAL[kind]):
            known = _listed((*wanted, *_OPTIONAL[kind]))
            raise ThesaurusError(path, where, f"{key[:40]!r} is not known here; an entry has: {known}")
    for key in wanted:
        if key not in row:
            cure = "say where the names come from" if key == "source" else "add it"
            raise ThesaurusError(path, where, f"{key!r} is missing; {cure}")
    source = _line(path, where, "source", row["source"])
    _ = _line(path, where, "note", row.get("note", "-"))
    since = row.get("since")
    if since is not None and (not isinstance(since, date) or isinstance(since, datetime)):
        raise ThesaurusError(path, where, f"since = {str(since)[:40]!r} is not a date; write it as 2025-07-01, without quotes")
    names = _names(path, where, kind, row)
    others = names[1:] if kind != "same" else names
    return Entry(kind, names if kind == "same" else names[:1], others, source, since)


def _names(path: Path, where: str, kind: str, row: Mapping[str, object]) -> tuple[Name, ...]:
    if kind == "same":
        values = row["names"]
        if not isinstance(values, list) or not 2 <= len(values) <= MAX_NAMES:
            raise ThesaurusError(path, where, f"names must be a list of 2 to {MAX_NAMES} names; split it or add the other name")
        named = [("names", value) for value in values]
    else:
        named = [(key, row[key]) for key in _KEYS[kind]]
    names = tuple(_name(path, where, key, value) for key, value in named)
    if len({name.forms for name in names}) < len(names):
        raise ThesaurusError(path, where, f"{names[-1].shown!r} is there twice, capitals and signs aside; leave one out")
    return names


def _name(path: Path, where: str, key: str, value: object) -> Name:
    shown = _line(path, where, key, value)
    forms = tuple(token.text for token in syllables(shown))
    if not 1 <= len(forms) <= MAX_SYLLABLES:
        raise ThesaurusError(path, where, f"{key} = {shown!r} must have 1 to {MAX_SYLLABLES} words; write the name alone")
    return Name(shown, forms)


def _line(path: Path, where: str, key: str, value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > _MAX_CHARS or not text.isprintable():
        cure = f"write one line of 1 to {_MAX_CHARS} characters"
        raise ThesaurusError(path, where, f"{key} = {str(value)[:40]!r} cannot be used; {cure}")
    return text


def _listed(names: Mapping[str, object] | tuple[str, ...], form: str = "{}") -> str:
    return ", ".join(form.format(name) for name in names)
