"""One analysis for what is indexed and what is asked: syllables with their places, words of several syllables, document numbers.

A syllable is a run of letters and digits. Its term carries both of its forms, `fold|form` (`dinh|định`), so that all accented
readings of an unaccented syllable stand side by side in the sorted terms of an index.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from archive.numbers import find_numbers
from search.words.checkpoints import STEP
from search.words.segment import segmenter
from search.words.text import Normalised, fold, normalise

BAR = "|"
MAX_SYLLABLE = 64
SYLLABLE = re.compile(r"[^\W_]+")
_SIXTEEN = re.compile(rf"[\W_]*+(?:[^\W_]++[\W_]++){{{STEP}}}(?=[^\W_])")
_DATE = r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|\d{1,2}\s?/\s?\d{4}"
_ADDRESS = r"(?:https?://|www\.)\S++|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+)++"
# Possessive and anchored to the start of a run: a page of one endless word must not cost the square of its length.
_RUN = r"(?<![^\W_])[^\W\d_]*+\d[^\W_]*+(?:[/.,_-][^\W_]++)*+"
_OPAQUE = re.compile(rf"{_ADDRESS}|{_DATE}|{_RUN}")
_FIGURES = re.compile(rf"{_DATE}|{_RUN}")
_DIGIT = re.compile(r"\d")
_KEY_PART = re.compile(r"[^\W_]+")


class Token(NamedTuple):
    """One term; `start` and `end` bound it in the original text, `position` counts syllables from 0."""

    text: str
    start: int
    end: int
    position: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """The streams of one text. `numbers` hold keys, see `number_key`; their position is that of their first syllable."""

    syllables: tuple[Token, ...]
    compounds: tuple[Token, ...]
    numbers: tuple[Token, ...]


def analyse(text: str) -> Analysis:
    """All streams of `text`. Raises segment.SegmenterMissing."""
    normal = normalise(text)
    syllables = _syllables(normal)
    numbers = _numbers(text, normal, syllables)
    return Analysis(syllables, _compounds(normal, syllables, numbers), numbers)


class Readied(NamedTuple):
    """A text before its words are found: normalised, where every sixteenth syllable begins in the original, the keys of its
    numbers, and the lines to segment.
    """

    text: str
    places: list[int]
    numbers: list[str]
    lines: str


def readied(text: str) -> Readied:
    """What `analyse` does without the model and without places: one syllable of a document's many thousands needs none."""
    normal = normalise(text)
    numbers = find_numbers(text)
    lines = _masked(normal, [(number.start, number.end) for number in numbers])
    return Readied(normal.text, _every_sixteenth(normal), [number_key(number.canonical) for number in numbers], lines)


def _every_sixteenth(normal: Normalised) -> list[int]:
    places: list[int] = []
    at = 0
    while match := _SIXTEEN.match(normal.text, at):
        at = match.end()
        places.append(normal.map[at])
    return places


def syllables_and_numbers(text: str) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """What a query is read for, by the same steps: nothing is segmented, because no ranking asks for words."""
    normal = normalise(text)
    found = _syllables(normal)
    return found, _numbers(text, normal, found)


def syllables(text: str) -> tuple[Token, ...]:
    """The syllables alone, for highlights: nothing is segmented."""
    return _syllables(normalise(text))


def _syllables(normal: Normalised) -> tuple[Token, ...]:
    places = normal.map
    return tuple(
        Token(match[0][:MAX_SYLLABLE], places[match.start()], places[match.end()], i)
        for i, match in enumerate(SYLLABLE.finditer(normal.text))
    )


def _numbers(text: str, normal: Normalised, syllables: tuple[Token, ...]) -> tuple[Token, ...]:
    starts = [token.start for token in syllables]
    found = []
    for number in find_numbers(text):
        position = bisect_left(starts, number.start)
        found.append(Token(number_key(number.canonical), number.start, number.end, position))
    return tuple(found)


def _compounds(normal: Normalised, syllables: tuple[Token, ...], numbers: tuple[Token, ...]) -> tuple[Token, ...]:
    """Words of two or more syllables, line by line; what is no word keeps its place as a figure and spaces of its length."""
    text = _masked(normal, [(number.start, number.end) for number in numbers])
    ordinals = [token.start for token in syllables]
    found: list[Token] = []
    at = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            for start, end in segmenter().words(line):
                parts = line[start:end].split()
                if len(parts) > 1:
                    first, last = normal.original(at + start, at + end)
                    found.append(Token("_".join(parts), first, last, bisect_left(ordinals, first)))
        at += len(line) + 1
    return tuple(found)


def _masked(normal: Normalised, numbers: Iterable[tuple[int, int]]) -> str:
    """The normalised text in which numbers, dates and addresses are figures; `numbers` are spans of the original."""
    text = normal.text
    for first, last in numbers:
        start, end = bisect_left(normal.map, first), bisect_left(normal.map, last)
        text = text[:start] + _figure(end - start) + text[end:]
    if "@" in text or "http" in text or "www." in text:
        return _OPAQUE.sub(lambda match: _figure(len(match[0])), text)
    return _without_figures(text)


def _without_figures(text: str) -> str:
    """What `_OPAQUE` does to a text without addresses, tried at its digits alone: nothing else there can begin a match."""
    parts: list[str] = []
    end = 0
    for digit in _DIGIT.finditer(text):
        if (start := digit.start()) < end:
            continue
        while start > end and (char := text[start - 1]).isalnum() and not char.isdecimal():
            start -= 1
        if match := _FIGURES.match(text, start) or _FIGURES.match(text, digit.start()):
            parts += text[end : match.start()], _figure(len(match[0]))
            end = match.end()
    return "".join([*parts, text[end:]]) if end else text


def _figure(length: int) -> str:
    return "0" + " " * (length - 1) if length else ""


def term(form: str) -> str:
    """The index's term of a syllable."""
    return f"{fold(form)}{BAR}{form}"


def number_key(number: str) -> str:
    """What equal numbers share however they are typed: groups of digits parted by `/`, then all letters folded in one piece.

    `123/TB-STC`, `123 tb stc` and `0123/tbstc` give `123/tbstc`; `34/2021/NQ-HĐND` gives `34/2021/nqhdnd`.
    """
    return join_key(fold(part) for part in _KEY_PART.findall(normalise(number).text))


def join_key(parts: Iterable[str]) -> str:
    """The key of a number whose folded letter and digit groups are `parts`."""
    digits: list[str] = []
    letters = ""
    for part in parts:
        if part.isdecimal() and not letters:
            digits.append(part.lstrip("0") or "0")
        else:
            letters += part
    return "/".join([*digits, letters] if letters else digits)
