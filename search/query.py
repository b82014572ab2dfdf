"""What somebody typed, read into what is looked for. Nothing raises, and what is left out is said in a note."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from search.analysis import Token, join_key, syllables, syllables_and_numbers
from search.results import Note
from search.text import fold, has_marks

MAX_CHARS = 2000
MAX_WORDS = 48
MAX_PHRASES = 8
MIN_PREFIX = 3
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"', "‟": '"'})
_PHRASE = re.compile(r'"([^"]*)"')
_STARRED = re.compile(r"(?P<before>\*?)(?P<stem>[^\W_][\w/.-]*)?(?P<after>\*+)|(?P<lone>\*+)\S*")
_LONGEST_NUMBER = 7


@dataclass(frozen=True, slots=True)
class Word:
    """One syllable that is looked for; with `prefix`, whatever begins so."""

    form: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A search as it was read. Words are alternatives, phrases are required; all forms are normalised."""

    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    syllables: tuple[str, ...] = ()
    """All syllables in their order, repeated ones too."""
    numbers: tuple[str, ...] = ()
    """Keys of what may be a document number, longest first."""
    marked: bool = False
    """Whether anything was typed with accents."""
    notes: tuple[Note, ...] = ()
    only_signs: bool = False
    """Whether something was typed that holds neither a letter nor a figure: it finds nothing, where an empty query finds all."""

    @property
    def empty(self) -> bool:
        """Whether nothing is looked for, which finds everything."""
        return not (self.words or self.phrases or self.numbers)


def read(text: str) -> Query:
    """Read a query of any length and content."""
    notes: list[Note] = []
    only_signs = bool(text.strip(" \t\r\n*")) and not any(char.isalnum() for char in text[: 4 * MAX_CHARS])
    text = unicodedata.normalize("NFC", _CONTROL.sub(" ", text[: 4 * MAX_CHARS]))
    if len(text) > MAX_CHARS:
        text = text[:MAX_CHARS]
        notes.append(Note("cut", f"{MAX_CHARS}"))
    text = text.translate(_QUOTES)
    if text.count('"') % 2:
        text = text.replace('"', " ")
        notes.append(Note("plain", '"'))
    text, prefixes = _take_prefixes(text, notes)
    phrases = tuple(forms for match in _PHRASE.finditer(text) if (forms := _forms(match[1])))[:MAX_PHRASES]
    typed, numbers = syllables_and_numbers(text)
    words = tuple(dict.fromkeys([*(Word(token.text) for token in typed), *(Word(stem, prefix=True) for stem in prefixes)]))
    if len(words) > MAX_WORDS:
        words = words[:MAX_WORDS]
        if not any(note.code == "cut" for note in notes):
            notes.append(Note("cut", f"{MAX_WORDS}"))
    return Query(
        words=words,
        phrases=tuple(dict.fromkeys(phrase[:MAX_WORDS] for phrase in phrases)),
        syllables=tuple(token.text for token in typed)[:MAX_WORDS],
        numbers=_number_keys(typed, numbers),
        marked=any(has_marks(word.form) for word in words),
        notes=tuple(notes),
        only_signs=only_signs,
    )


def _forms(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in syllables(text))


def _take_prefixes(text: str, notes: list[Note]) -> tuple[str, list[str]]:
    """The text without its `stem*`, and those stems; a star that cannot be served goes, and its word stays a word."""
    stems: list[str] = []

    def replace(match: re.Match[str]) -> str:
        stem = syllables(match["stem"] or "")
        if stem and not match["before"] and len(stem[-1].text) >= MIN_PREFIX:
            stems.append(stem[-1].text)
            return f" {match['stem'][: stem[-1].start]} "
        if not any(note.code == "prefix" for note in notes):
            notes.append(Note("prefix", match[0][:40]))
        return " " + match[0].replace("*", " ") + " "

    return (_STARRED.sub(replace, text), stems) if "*" in text else (text, stems)


def _number_keys(typed: Sequence[Token], numbers: Sequence[Token]) -> tuple[str, ...]:
    """Keys that the query may mean: numbers that the grammar finds, then every figure with the groups after it."""
    keys = [token.text for token in numbers]
    parts = [fold(token.text) for token in typed]
    for i, part in enumerate(parts):
        if part[0].isdecimal():
            for length in range(min(_LONGEST_NUMBER, len(parts) - i), 1, -1):
                key = join_key(parts[i : i + length])
                if not key[-1].isdecimal() or "/" in key:
                    keys.append(key)
        if len(keys) > MAX_WORDS:
            break
    return tuple(dict.fromkeys(keys))
