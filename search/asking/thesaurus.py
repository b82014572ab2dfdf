"""Other names of what a query names: acronyms and full forms, former and new bodies, from files that archivists edit.

A name is found in the syllables of a query with its accents or without any; `HDND` is HĐND. Two letters, and abbreviations that
could be a syllable, are names only where they are typed in capitals. Within a document number nothing is a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.numbers import find_numbers
from search.asking.thesaurus_file import Entry, Name, read
from search.words.analysis import syllables
from search.words.orthography import is_bare_syllable
from search.words.text import fold, has_marks

SHIPPED = Path(__file__).with_name("thesaurus.toml")
"""The file of common names that comes with the program."""
MAX_EXPANSIONS = 8
"""Names that are looked up in one run of a query; more than that is no query by names."""
MAX_OTHERS = 4


@dataclass(frozen=True, slots=True)
class Expansion:
    """Other names of the syllables from `start` to before `end`."""

    start: int
    end: int
    forms: tuple[tuple[str, ...], ...]
    """Each other name as normalised syllables."""
    shown: tuple[str, ...]
    """The same names as people write them."""
    source: str


@dataclass(frozen=True, slots=True)
class _Known:
    name: Name
    entry: Entry
    capitals: bool
    """Whether it is a name only in capitals."""


class Thesaurus:
    """Names and their other names. Threads may share it."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._by_first: dict[str, list[_Known]] = {}
        for entry in entries:
            for name in entry.names:
                known = _Known(name, entry, _only_in_capitals(name))
                self._by_first.setdefault(fold(name.forms[0]), []).append(known)
        for each in self._by_first.values():
            each.sort(key=lambda known: -len(known.name.forms))

    def expansions(self, forms: Sequence[str], typed: str = "") -> tuple[Expansion, ...]:
        """The names among these syllables, from the left, the longest first, at most MAX_EXPANSIONS of them.

        `typed` is the text that the syllables come from: without it nothing counts as being in capitals, or as a number.
        """
        tokens = syllables(typed)
        alike = [token.text for token in tokens] == list(forms)
        raws = [typed[token.start : token.end] for token in tokens] if alike else list(forms)
        taken = [False] * len(forms)
        if alike and any(form[0].isdecimal() for form in forms):
            spans = [(number.start, number.end) for number in find_numbers(typed)]
            taken = [any(start <= token.start < end for start, end in spans) for token in tokens]
        found: list[Expansion] = []
        at = 0
        while at < len(forms) and len(found) < MAX_EXPANSIONS:
            matches = [] if taken[at] else list(self._matching(forms, raws, at))
            if matches:
                found.append(_expansion(at, matches))
            at = found[-1].end if matches else at + 1
        return tuple(found)

    def _matching(self, forms: Sequence[str], raws: Sequence[str], at: int) -> Iterator[_Known]:
        """The longest names that stand at this place; where one is there as it is written, no other that only looks like it."""
        found: list[_Known] = []
        for known in self._by_first.get(fold(forms[at]), ()):
            length = len(known.name.forms)
            if found and length < len(found[0].name.forms):
                break
            here = forms[at : at + length]
            if len(here) == length and all(map(_stands_for, here, known.name.forms)):
                raw = raws[at : at + length]
                if not known.capitals or all(each == each.upper() and each != each.lower() for each in raw):
                    found.append(known)
        exact = [known for known in found if known.name.forms == tuple(forms[at : at + len(known.name.forms)])]
        yield from exact or found


def load(*paths: Path) -> Thesaurus:
    """The names of these files; entries of a later one take the place of those that begin with the same name.

    Raises ThesaurusError, which names the file, the entry and what to do.
    """
    entries: dict[tuple[str, tuple[str, ...]], Entry] = {}
    for path in paths:
        entries |= {entry.key: entry for entry in read(path)}
    return Thesaurus(tuple(entries.values()))


def _only_in_capitals(name: Name) -> bool:
    short = fold(name.forms[0])
    return len(name.forms) == 1 and (len(short) <= 2 or (name.shown.isupper() and is_bare_syllable(short)))


def _stands_for(typed: str, form: str) -> bool:
    return typed == form or (not has_marks(typed) and typed == fold(form))


def _expansion(start: int, matches: Sequence[_Known]) -> Expansion:
    length = len(matches[0].name.forms)
    here = {known.name.forms for known in matches}
    others = {other.forms: other.shown for known in matches for other in known.entry.others if other.forms not in here}
    chosen = list(others.items())[:MAX_OTHERS]
    sources = dict.fromkeys(known.entry.source for known in matches)
    return Expansion(
        start, start + length, tuple(forms for forms, _ in chosen), tuple(shown for _, shown in chosen), "; ".join(sources)
    )
