"""A query typed in Telex or VNI while the input method was off, read as what was meant: `thoong baos` → thông báo.

Decided word by word and then by the whole query: what keys alone make certain (`dduwowcj`, `tho6ng`) is rescued by itself, what
may be another language's word (`list`, `visa`, `co2`) only where its neighbours in the index, or other rescued words, speak
for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from search.keystrokes import telex, vni
from search.orthography import TONES, is_bare_syllable, is_syllable, toned, toneless
from search.text import normalise
from search.typed_words import TypedWord, cased, replaced, words_of

_ENOUGH = 2
"""Pairs in the index that make a doubtful reading believed."""
_MANY = 20
"""Pairs in the index against which a word counts for nothing that the index knows, but never beside these neighbours."""
_FREQUENT = 5
"""A lone word is read anew only as a syllable that stands so often: what few texts hold was hardly meant."""

# Words in Latin letters that people search for as they are, though their keys would write a syllable.
_OTHERS = """
    aids air ana arcs arts as ax axis bar barn bars base bears beef been beer beers bees best bias bits boo books boost boron
    boson bow box bus bust caps car cars cash cast cats chair chairs chaos charts chef chips chops conf cos cost cow cows
    cuts deer defend dense did dod does door dos dow dust dwarf east ex exe far fix gas gif goes goo guest had hair hangs
    hans has her here hero hers his hist hits hoof horn host hot how hurts if ins is isn its keeps laos laps las last law
    laws lee lens lips lisp list lists loops los lose lost lots low lows lust man mar mars mask mass mast mats max maya mers
    mine minor mis miss mix moo moon moons moos most must nas near nest nets new news nor now oasis of ooo oops or our own
    owner owns pair paris pas past peer peers pens pest poor port ports post posts queen queens quest reef ref rest roof
    roots row rows rust sans sars saw seas see seen sees sense sets seven sex show sir six sorts sos sow tar tars tax taxi
    tee teen teens tense test texas text the theme there these this thus tips toe toes too toon tor tour tow trans traps tree
    trees trust us usa use user users var vars vary vast ver vers verse vest vis visa visas vow war wars was west wing won
    worst yes
"""
_WORDS_OF_OTHERS = frozenset(_OTHERS.split())
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
    typed: TypedWord
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
    def accented(self) -> bool:
        """Whether an input method was on when it was typed."""
        return not self.typed.raw.isascii()

    @property
    def figured(self) -> bool:
        """Whether it holds a figure, as VNI has them."""
        return any(char.isdigit() for char in self.form)


def rescue(text: str, known: Known, beside: Beside | None = None) -> Rescued | None:
    """The query as it was meant, or None where nothing speaks for another reading. Takes any string.

    `known` tells how often a normalised syllable stands in the index, 0 for never; `beside` how often two stand side by side.
    Quotes, operators, numbers, fields, acronyms and accented words are left alone, and so is every word that the index knows.
    """
    if text.isascii() and not any(char.isalpha() for char in text):
        return None
    words = [_word(word, known) for word in words_of(text)]
    if not any(word.sign > _Sign.STANDS for word in words):
        return None
    taken = [word for i, word in enumerate(words) if word.sign and _believed(words, i, known, beside)]
    if not taken:
        return None
    changed = tuple((word.typed.raw, cased(word.typed.raw, word.meant)) for word in taken)
    return Rescued(replaced(text, [(word.typed, word.meant) for word in taken]), changed)


# words


def _word(word: TypedWord, known: Known) -> _Word:
    form = normalise(word.raw).text
    if not word.raw.isascii() or len(word.raw) < 2 or word.acronym:
        return _Word(word, form)
    meant = vni(form) if any(char.isdigit() for char in form) else telex(form)
    if meant is not None and not known(meant):
        meant = None
    if _stands(form, known):
        return _Word(word, form, meant or "", _Sign.STANDS if meant else _Sign.NONE)
    if meant is None:
        return _Word(word, form, foreign=not is_bare_syllable(form))
    return _Word(word, form, meant, _sign(form, meant))


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
        signs = certain or any(each.sign is _Sign.LIKELY or each.accented or word.figured for each in others)
        return (support >= _ENOUGH and signs) or (support >= _MANY and not foreign)
    if not others:
        return not word.typed.raw.isupper() and known(word.meant) >= _FREQUENT
    accented = any(each.accented for each in others)
    return support > 0 or certain or (beside is None and (accented or all(each.sign > _Sign.STANDS for each in words)))


def _support(words: Sequence[_Word], at: int, form: str, beside: Beside) -> int:
    """How often `form` stands beside the neighbours of the word in its place, these as they would be read too."""
    before = beside(words[at - 1].reading, form) if at else 0
    after = beside(form, words[at + 1].reading) if at + 1 < len(words) else 0
    return before + after
