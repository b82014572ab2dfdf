"""A query typed in Telex or VNI while the input method was off, read as what was meant: `thoong baos` → thông báo.

Decided word by word and then by the whole query: what keys alone make certain (`dduwowcj`, `tho6ng`) is rescued by itself, what
may be another language's word (`list`, `visa`, `co2`) only where its neighbours in the index, or other rescued words, speak for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from search.keystrokes import telex, vni
from search.orthography import TONES, is_bare_syllable, is_syllable, toned, toneless
from search.text import normalise

MAX_WORDS = 48
_ENOUGH = 2
"""Pairs in the index that make a doubtful reading believed."""
_MANY = 20
"""Pairs in the index against which a word counts for nothing that the index knows, but never beside these neighbours."""
_FREQUENT = 5
"""A lone word is read anew only as a syllable that stands so often: what few texts hold was hardly meant."""

# Words in Latin letters that people search for as they are, though their keys would write a syllable.
_WORDS_OF_OTHERS = frozenset(
    """
    aids air ana arcs arts as axis ax bar bars barn base bears beef been beer beers bees best bias bits boo books boost boron boson bow box bus bust
    caps car cars cash cast cats chaos chair chairs charts chef chips chops conf cos cost cow cows cuts deer defend dense did dod does dos door dow
    dust dwarf east ex exe far fix gas gif goes goo guest had hair hangs hans has her here hero hers his hist hits hoof horn host hot how
    hurts if ins is isn its keeps laos laps las last law laws lee lens lips lisp list lists lose loops los lost lots low lows lust man mar
    mars mask mass mast mats max maya mers mine minor mis miss mix moo moon moons moos most must nas near nest nets new news nor now
    oasis of ooo oops or our own owns owner pair pas past paris peer peers pens pest poor port ports post posts queen queens quest
    ref reef rest roof roots row rows rust sans sars saw seas see seen sees sense sets seven sex show sir six sorts sos sow
    tar tars tax taxi tee teen teens tense test texas text the theme there these this thus tips toe toes toon too tor tour tow traps
    trans tree trees trust usa us use user users var vars vary vast ver verse vers vest vis visa visas vow war wars was west wing won
    worst yes
    """.split()
)
_LITERAL_FIELDS = frozenset("so number ngay date truoc before sau after nguon portal source tep file nam year thang month".split())
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_CHUNK = re.compile(r'[^\s"“”„«»＂‟()]+')
_FIELD = re.compile(r"([^\W\d_]{1,12}):(?=.)")
_CORE = re.compile(r"(?<![\w'’.@/&-])[0-9A-Za-z]+(?![\w'’@/&-]|\.\w)", re.ASCII)
_COMBINES = re.compile("[\u0300-\u036f]")

Known = Callable[[str], int]
Beside = Callable[[str, str], int]


@dataclass(frozen=True, slots=True)
class Rescued:
    """`text`: the whole query, everything but the rescued words as it was typed. `changed`: those words, as typed and as read."""

    text: str
    changed: tuple[tuple[str, str], ...]


class _Sign(IntEnum):
    """How much the keys of a word tell by themselves."""

    NONE = 0
    STANDS = 1
    """The index knows the word as it was typed."""
    DOUBTFUL = 2
    LIKELY = 3
    CERTAIN = 4


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    raw: str
    form: str
    """The normalised form as typed."""
    meant: str = ""
    """What its keys would have written."""
    sign: _Sign = _Sign.NONE
    foreign: bool = False
    """Whether it is no word of the index and no syllable."""

    @property
    def reading(self) -> str:
        """The form that its neighbours are compared with."""
        return self.meant if self.sign > _Sign.STANDS else self.form

    @property
    def figured(self) -> bool:
        """Whether it holds a figure, as VNI has them."""
        return any(char.isdigit() for char in self.raw)


def rescue(text: str, known: Known, beside: Beside | None = None) -> Rescued | None:
    """The query as it was meant, or None where nothing speaks for another reading. Takes any string.

    `known` tells how often a normalised syllable stands in the index, 0 for never; `beside` how often two stand side by side.
    Quotes, operators, numbers, fields, acronyms and accented words are left alone, and so is every word that the index knows.
    """
    if text.isascii() and not any(char.isalpha() for char in text):
        return None
    words = list(_words(text, known))[:MAX_WORDS]
    if not any(word.sign > _Sign.STANDS for word in words):
        return None
    taken = [word for i, word in enumerate(words) if word.sign and _believed(words, i, known, beside)]
    if not taken:
        return None
    parts, at = [], 0
    for word in taken:
        parts += [text[at : word.start], _cased(word)]
        at = word.end
    return Rescued("".join([*parts, text[at:]]), tuple((word.raw, _cased(word)) for word in taken))


def _cased(word: _Word) -> str:
    if word.raw.isupper() and len(word.raw) > 1:
        return word.meant.upper()
    return word.meant.capitalize() if word.raw[0].isupper() else word.meant


# words

def _words(text: str, known: Known) -> Iterator[_Word]:
    """The words of a query in their order, without operators, numbers, addresses and what stands in fields for names."""
    letters = [char for char in text if char.isalpha()]
    capitals = sum(map(str.isupper, letters)) == len(letters)
    for chunk in _CHUNK.finditer(text):
        field = _FIELD.match(chunk[0].lstrip("+-"))
        if field and field[1].casefold() in _LITERAL_FIELDS:
            continue
        begin = chunk.start() + (chunk[0].index(":") + 1 if field else 0)
        core = _core(text, begin, chunk.end())
        if core is not None:
            start, end = core
            raw = text[start:end]
            if raw.isascii() and raw in _OPERATORS:
                continue
            yield _word(start, end, raw, known, acronym=raw.isupper() and not capitals)


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


def _word(start: int, end: int, raw: str, known: Known, *, acronym: bool) -> _Word:
    form = normalise(raw).text
    if not raw.isascii() or len(raw) < 2 or acronym:
        return _Word(start, end, raw, form)
    meant = vni(form) if any(char.isdigit() for char in form) else telex(form)
    if meant is not None and not known(meant):
        meant = None
    if _stands(form, known):
        return _Word(start, end, raw, form, meant or "", _Sign.STANDS if meant else _Sign.NONE)
    if meant is None:
        return _Word(start, end, raw, form, foreign=not is_bare_syllable(form))
    return _Word(start, end, raw, form, meant, _sign(form, meant))


def _stands(form: str, known: Known) -> bool:
    """Whether the index knows the form, or any that is left of its accents."""
    if known(form):
        return True
    return is_syllable(form) and any(known(toned(form, tone)) for tone in range(1, len(TONES)))


_CERTAIN = re.compile(
    r"dd[a-z]"
    r"|[a-z]*(?:aa|uw|uow)[a-z]*"
    r"|[a-z]*[aeiouyw][a-z]*j[a-z]*"
    r"|[a-z]*(?:ee|oo)[a-z]+[fxj]|[a-z]*(?:ee|oo)[xj][a-z]*|[a-z]*(?:ee|oo)f[a-z]+"
    r"|[a-z]*[^aeiou\W]w[a-z]+|[a-z]*[ao]w[a-z]+[fxj]"
)
_TONE_KEYS = re.compile("[sfrxj]")
_ONE_FIGURE = re.compile(r"([a-z]+)[0-9]")


def _sign(typed: str, meant: str) -> _Sign:
    """English has no such letters side by side, and no word is written with figures in it: certain; other keys are likely."""
    figure = _ONE_FIGURE.fullmatch(typed)
    if figure:
        # `quy1`, `lop6` and `co2` may be a word and a figure.
        return _Sign.DOUBTFUL if len(typed) <= 3 or is_bare_syllable(figure[1]) else _Sign.CERTAIN
    if any(char.isdigit() for char in typed):
        return _Sign.CERTAIN
    if typed in _WORDS_OF_OTHERS or (len(typed) == 2 and not typed.endswith("j")):
        return _Sign.DOUBTFUL
    if typed.startswith("dd") or _CERTAIN.fullmatch(typed):
        return _Sign.CERTAIN
    apart = any(char in "âêô" for char in toneless(meant)[0]) and not re.search("aa|ee|oo", typed)
    tones = len(_TONE_KEYS.findall(typed.lstrip("rsx")))
    return _Sign.DOUBTFUL if tones > 1 or (apart and not set(typed) & set("fjxwz")) else _Sign.LIKELY


# the whole query

def _believed(words: Sequence[_Word], at: int, known: Known, beside: Beside | None) -> bool:
    word = words[at]
    others = [each for i, each in enumerate(words) if i != at]
    support = _support(words, at, word.meant, beside) if beside else 0
    certain = any(each.sign is _Sign.CERTAIN for each in others)
    foreign = sum(each.foreign for each in words)
    if word.sign is _Sign.STANDS:
        return certain and support >= _MANY and beside is not None and not _support(words, at, word.form, beside)
    if word.sign is _Sign.CERTAIN:
        return support > 0 or foreign <= sum(each.sign > _Sign.STANDS for each in words)
    if foreign > sum(each.sign is _Sign.CERTAIN for each in words):
        return False
    if word.sign is _Sign.DOUBTFUL:
        signs = certain or any(each.sign is _Sign.LIKELY or not each.raw.isascii() or word.figured for each in others)
        return support >= _ENOUGH and signs
    if not others:
        return not word.raw.isupper() and known(word.meant) >= _FREQUENT
    accented = any(not each.raw.isascii() for each in others)
    return support > 0 or certain or (beside is None and (accented or all(each.sign > _Sign.STANDS for each in words)))


def _support(words: Sequence[_Word], at: int, form: str, beside: Beside) -> int:
    """How often `form` stands beside the neighbours of the word in its place, these as they would be read too."""
    before = beside(words[at - 1].reading, form) if at else 0
    after = beside(form, words[at + 1].reading) if at + 1 < len(words) else 0
    return before + after
