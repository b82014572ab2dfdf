"""What a text says, stripped of how it is set: syllables without accents, and the particulars that tell it from its like.

Two announcements made from one form share nearly all their words; what parts them are numbers, dates, amounts, ordinals, and
names in their titles. Such a particular counts with the place it stands in: after the same words another number stands.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from posixpath import basename
from urllib.parse import urlsplit

from archive.records import Reading

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})\Z")
_COUNTED = frozenset(("thang", "quy", "lan", "thu", "dot", "khoa", "ky", "tuan", "so"))
"""After these a word may count: `tháng Giêng`, `lần thứ hai`, `đợt một`."""
_COUNTS = frozenset(
    ("mot", "hai", "ba", "bon", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "nhat", "nhi", "gieng", "chap", "dau", "cuoi")
)
_PASSING = frozenset(
    ("dien thoai", "luot xem", "luot doc", "luot truy", "truy cap", "lan xem", "da xem", "so xem", "cap nhat", "ngay dang")
)
"""Words before numbers that say nothing of the announcement: how to call, how often and when a page was looked at."""
_PASSING_ONE = frozenset(("dt", "tel", "fax", "hotline", "mobile", "views", "view"))
FEWEST = 30
"""Syllables of a body below which there is too little to compare."""
_BRIEF = 120
"""Below as many syllables the files that a page links to are what it says."""

Place = tuple[str, str]
"""The two words before a particular, or before the particulars that it stands among."""


@dataclass(frozen=True, slots=True)
class Essence:
    """A text as it is compared."""

    syllables: tuple[str, ...]
    """Title, summary and body; folded, numbers without leading zeros."""
    title: tuple[str, ...]
    """Of the title, folded; what begins with a capital inside it has a `^` before it."""
    particulars: tuple[tuple[Place, str], ...]
    number: str | None
    issued: str | None
    files: frozenset[str]
    """Names and titles of attachments."""
    body: int
    """How many of the syllables are the body's."""

    @property
    def comparable(self) -> bool:
        """Whether there is enough of it to compare."""
        return self.body >= FEWEST

    @property
    def key(self) -> str:
        """16 hex digits that are the same where nothing differs that is compared."""
        parts = (self.syllables, self.title, self.particulars, self.number, self.issued, sorted(self.files))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def essence_of(reading: Reading) -> Essence:
    """The essence of a reading."""
    title = _words(reading.title)
    body = _words(reading.text)
    whole = [*title, *_words(reading.summary or ""), *body]
    return Essence(
        syllables=tuple(_folded(word) for word in whole),
        title=tuple(_title(title)),
        particulars=tuple(_particulars(whole)),
        number=reading.number,
        issued=reading.issued.value if reading.issued and reading.issued.precision in ("day", "minute") else None,
        files=frozenset(name for link in reading.attachments for name in (basename(urlsplit(link.url).path), link.title) if name),
        body=len(body),
    )


def conflict(one: Essence, other: Essence) -> str:
    """What tells two texts of one form apart; empty where nothing does."""
    for name in ("number", "issued"):
        a, b = getattr(one, name), getattr(other, name)
        if a and b and a != b:
            return f"{name}: {a}, {b}"
    if min(one.body, other.body) < _BRIEF and one.files and other.files and not one.files & other.files:
        return "their files differ"
    return _other_particular(one, other) or _other_name(one, other)


def _other_particular(one: Essence, other: Essence) -> str:
    """Different particulars after the same words, one of which the other text lacks altogether.

    Nothing tells the two apart where all of one's are in the other: a paragraph was added, or a table set by columns.
    """
    values = Counter(value for _, value in one.particulars), Counter(value for _, value in other.particulars)
    foreign = values[0] - values[1], values[1] - values[0]
    if not foreign[0] or not foreign[1]:
        return ""
    mine, theirs = _by_place(one), _by_place(other)
    for place in mine.keys() & theirs.keys():
        a, b = mine[place] - theirs[place], theirs[place] - mine[place]
        if a and b and (a & foreign[0] or b & foreign[1]):
            return f"{' '.join(place)}: {', '.join(a)}; {', '.join(b)}"
    return ""


def _by_place(essence: Essence) -> dict[Place, Counter[str]]:
    places: dict[Place, Counter[str]] = defaultdict(Counter)
    for place, value in essence.particulars:
        places[place][value] += 1
    return places


def _other_name(one: Essence, other: Essence) -> str:
    """Two names in the same place of the titles, each of which the other text lacks."""
    a, b = one.title, other.title
    bare_a, bare_b = [word.lstrip("^") for word in a], [word.lstrip("^") for word in b]
    if bare_a == bare_b:
        return ""
    said = set(one.syllables), set(other.syllables)
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, bare_a, bare_b, autojunk=False).get_opcodes():
        mine, theirs = _names(a[a1:a2]) - said[1], _names(b[b1:b2]) - said[0]
        if kind == "replace" and mine and theirs:
            return f"{' '.join(sorted(mine))}, {' '.join(sorted(theirs))}"
    return ""


def _names(words: Sequence[str]) -> set[str]:
    return {word[1:] for word in words if word.startswith("^")}


def _words(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFC", text))


def _title(words: Sequence[str]) -> Iterator[str]:
    """The title's words; in one all of capitals none tells a name."""
    loud = sum(word.isupper() for word in words) * 2 > len(words)
    for n, word in enumerate(words):
        named = n > 0 and not loud and word[0].isupper()
        yield ("^" if named else "") + _folded(word)


def _particulars(words: Sequence[str]) -> Iterator[tuple[Place, str]]:
    before = ("", "")
    for word in words:
        folded = _folded(word)
        if word.isdigit() or _ROMAN.match(word) or (folded in _COUNTS and before[1] in _COUNTED):
            if before[1] not in _PASSING_ONE and " ".join(before) not in _PASSING:
                yield before, folded
        else:
            before = (before[1], folded)


@lru_cache(maxsize=65536)
def _folded(word: str) -> str:
    """A syllable without accents, tone and case; a number without leading zeros."""
    if word.isdigit():
        return word.lstrip("0") or "0"
    bare = "".join(char for char in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(char) != "Mn")
    return bare.replace("đ", "d")
