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

from search.asking.typed_words import TypedWord, cased, replaced, words_of
from search.postings import Postings
from search.words.keystrokes import telex, vni
from search.words.orthography import TONES, is_bare_syllable, is_syllable, toned, toneless
from search.words.text import normalise

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
    first = _taken(_Context(words, known, beside))
    taken = _taken(_Context(words, known, beside, first)) if first else []
    if not taken:
        return None
    changed = tuple((word.typed.raw, cased(word.typed.raw, word.meant)) for word in taken)
    return Rescued(replaced(text, [(word.typed, word.meant) for word in taken]), changed)


def looked_up_in(postings: Postings) -> tuple[Known, Beside]:
    """What `rescue` asks of an index."""

    def known(form: str) -> int:
        return postings.frequency("places", postings.typed(form))

    def beside(first: str, second: str) -> int:
        return int(postings.beside([first], [second])[0, 0])

    return known, beside


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


@dataclass(frozen=True, slots=True)
class _Context:
    """A query and what the index tells of it; `taken`: words that were believed when each was asked about by itself."""

    words: Sequence[_Word]
    known: Known
    beside: Beside | None
    taken: Sequence[_Word] = ()

    def support(self, at: int, form: str) -> int:
        """How often `form` stands beside the neighbours of the word in its place, these as they would be read too."""
        if self.beside is None:
            return 0
        before = self.beside(self.words[at - 1].reading, form) if at else 0
        after = self.beside(form, self.words[at + 1].reading) if at + 1 < len(self.words) else 0
        return before + after


def _taken(context: _Context) -> list[_Word]:
    return [word for i, word in enumerate(context.words) if word.sign and _believed(context, i)]


def _believed(context: _Context, at: int) -> bool:
    """Whether a word is read anew, by its own keys and by the rest of the query."""
    words, word = context.words, context.words[at]
    others = [each for i, each in enumerate(words) if i != at]
    certain = [each for each in others if each.sign is _Sign.CERTAIN or each in context.taken]
    foreign = sum(each.foreign for each in words)
    support = context.support(at, word.meant)
    if word.sign is _Sign.CERTAIN:
        return support > 0 or foreign <= sum(each.sign > _Sign.STANDS for each in words)
    if foreign > len(certain):
        return False
    if word.sign is _Sign.STANDS:
        return bool(certain) and support >= _MANY and not context.support(at, word.form)
    if word.sign is _Sign.LIKELY:
        return bool(certain) or support > 0 or _likely(context, word, others)
    if word.figured and any(each.figured for each in certain):
        return True
    return support >= (1 if certain else _ENOUGH if any(map(_tells, others)) or (word.figured and others) else _MANY)


def _tells(word: _Word) -> bool:
    """Whether a word makes it likelier that others of its query were typed without an input method, or with a slip of it."""
    return word.sign is _Sign.LIKELY or word.accented


def _likely(context: _Context, word: _Word, others: Sequence[_Word]) -> bool:
    """What a likely word is by itself, or among words whose neighbours nobody knows."""
    if not others:
        return not word.typed.raw.isupper() and context.known(word.meant) >= _FREQUENT
    return context.beside is None and (any(map(_tells, others)) or all(each.sign > _Sign.STANDS for each in others))
