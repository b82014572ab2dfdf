"""The words of a query where they stand, for whoever reads them anew: without operators, numbers, addresses and names in fields.

Whatever is no word stays as it was typed when some of them are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from search.asking.lexing import FIELDS
from search.words.text import fold

MAX_WORDS = 48
MAX_CHARS = 4000
"""No query is read any further, see grammar: what follows stays as it was typed."""
_WORDLESS = frozenset({"number", "date", "before", "after", "source", "file"})
"""Fields that hold names and figures, not words of the language."""
_OPERATORS = frozenset({"AND", "OR", "NOT", "VA", "HOAC", "KHONG"})
_CHUNK = re.compile(r'[^\s"“”„«»＂‟()]+')
_FIELD = re.compile(r"[+-]?([^\W\d_]{2,40}):(?=[^\s/:)])|[+-]?([a-z]{2,12}):(?= )")
_COMBINES = re.compile("[\u0300-\u036f]")
_QUOTES = re.compile('["“”„«»＂‟]')


@dataclass(frozen=True, slots=True)
class TypedWord:
    """One word; `start` and `end` bound it in the query."""

    start: int
    end: int
    raw: str
    follows: bool = False
    """Whether nothing but a space parts it from the word before: the two may stand side by side in a text."""
    acronym: bool = False
    """Whether it is in capitals where the rest of the query is not."""
    quoted: bool = False
    partial: bool = False
    """Whether `*` or `~` follows: it stands for whatever begins so, or is spelled nearly so."""


def words_of(text: str) -> list[TypedWord]:
    """Up to MAX_WORDS words in their order. Takes any string."""
    text = text[:MAX_CHARS]
    letters = [char for char in text if char.isalpha()]
    shouted = all(map(str.isupper, letters))
    words: list[TypedWord] = []
    passed = 0
    for chunk in _CHUNK.finditer(text):
        field = _FIELD.match(text, chunk.start())
        name = FIELDS.get(fold(field[1] or field[2]).lower()) if field else None
        if field and name in _WORDLESS:
            passed = max(passed, _value_end(text, field.end()))
        if chunk.start() < passed or (field and name and field.end() >= chunk.end()):
            continue
        core = _core(text, field.end() if field else chunk.start(), chunk.end())
        if core is None:
            continue
        raw = text[core[0] : core[1]]
        if raw.isupper() and fold(raw) in _OPERATORS and not (shouted and fold(raw) in ("VA", "HOAC", "KHONG")):
            continue
        follows = bool(words) and text[words[-1].end : core[0]].isspace()
        quoted = len(_QUOTES.findall(text, 0, core[0])) % 2 == 1
        partial = text[core[1] : core[1] + 1] in ("*", "~")
        words.append(TypedWord(*core, raw, follows, raw.isupper() and len(raw) > 1 and not shouted, quoted, partial))
        if len(words) == MAX_WORDS:
            break
    return words


def _value_end(text: str, start: int) -> int:
    """Where what a field is about ends: with its closing quotation mark, or the chunk."""
    if opening := _QUOTES.match(text, start):
        closing = _QUOTES.search(text, opening.end())
        return closing.end() if closing else len(text)
    chunk = _CHUNK.match(text, start)
    return chunk.end() if chunk else start


def _core(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The one word of a chunk without the signs around it; None for numbers, addresses and what is put together."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not (text[end - 1].isalnum() or _COMBINES.match(text[end - 1])):
        end -= 1
    inner = text[start:end]
    if not inner or inner.isdecimal() or not all(char.isalnum() or _COMBINES.match(char) for char in inner):
        return None
    return start, end


def replaced(text: str, words: Iterable[tuple[TypedWord, str]]) -> str:
    """`text` with these words, in their order, written as given; capitals as they were typed."""
    parts, at = [], 0
    for word, written in words:
        parts += [text[at : word.start], cased(word.raw, written)]
        at = word.end
    return "".join([*parts, text[at:]])


def cased(raw: str, written: str) -> str:
    """`written` with the capitals of `raw`."""
    if raw.isupper() and len(raw) > 1:
        return written.upper()
    return written[:1].upper() + written[1:] if raw[0].isupper() else written
