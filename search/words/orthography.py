"""How Vietnamese syllables are written: an onset, a rime, a tone. Forms are normalised, see text: lower case, NFC, hóa not hoá.

The rimes are those of the national spelling (chữ quốc ngữ), the few of loan words that became syllables included (`xoong`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from search.words.text import normalise

TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
"""ngang, sắc, huyền, hỏi, ngã, nặng: as combining marks."""
_ONSETS = "ngh ng nh gh gi g ph kh k th tr t ch c qu b d đ h l m n p r s v x"
ONSETS = tuple(_ONSETS.split())
"""Longest of one first letter first; a syllable may have none."""
_RIMES_TEXT = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu y yêm yên yêng yêt yêu
    o oc oi om on ong op ot oong ooc oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uc ui um un ung up ut uôc uôi uôm uôn uông uôt uân uâng uât uây uê uêch uênh uơ
    uy uya uych uyên uyêt uynh uyt uyu uyn uyp ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
"""
_RIMES = frozenset(_RIMES_TEXT.split())
_AFTER_QU_TEXT = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eng eo et ê ên êt ênh êch
    i it in inh ich y yên yêt ynh yt ych yu ơ ôc ôn
"""
_AFTER_QU = frozenset(_AFTER_QU_TEXT.split())
_AFTER_GI_TEXT = """
    a ac ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăt âc âm ân âng âp ât âu ây e em eo ep et ên êng êt
    o oc oi om on ong ot ô ôc ôi ông ôt ơ ơi ơn ơt u uc ui um un ung up ut uôc uông ư ưt ưng ưa ương ươc ươm ươt
"""
_AFTER_GI = frozenset(_AFTER_GI_TEXT.split())
_Y_ALONE = frozenset("hklmstv")
"""After these `y` is written as well as `i` for the whole rime: kỹ, mỹ."""
_FRONT = "ieêy"
_STOPS = ("c", "ch", "p", "t")
_BARE = str.maketrans("ăâêôơưđ", "aaeooud")


class Syllable(NamedTuple):
    """The parts of a form; `tone` is a place in TONES."""

    onset: str
    rime: str
    tone: int


@lru_cache(maxsize=65536)
def toneless(form: str) -> tuple[str, int]:
    """The form without its tone, ă â ê ô ơ ư đ kept, and the tone; of several tones, the last."""
    if form.isascii():
        return form, 0
    tone = 0
    kept = []
    for char in unicodedata.normalize("NFD", form):
        if char in TONES[1:]:
            tone = TONES.index(char)
        else:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)), tone


@lru_cache(maxsize=65536)
def split(form: str) -> Syllable | None:
    """The parts of a syllable that can be Vietnamese, None for any other string."""
    letters, tone = toneless(form)
    found = _parts(letters)
    if found is None or toned(letters, tone) != form:
        return None
    stopped = found[1].endswith(_STOPS)
    return Syllable(*found, tone) if not stopped or tone in (1, 5) else None


def is_syllable(form: str) -> bool:
    """Whether `form` can be a Vietnamese syllable, tone and all."""
    return split(form) is not None


def is_bare_syllable(form: str) -> bool:
    """Whether `form` is what is left of a Vietnamese syllable without its accents."""
    return form in _bare_syllables()


@lru_cache(maxsize=1)
def _bare_syllables() -> frozenset[str]:
    return frozenset(letters.translate(_BARE) for letters in _toneless_syllables())


def syllables() -> Iterator[str]:
    """Every form that the spelling allows, some 18,000; about a third of them are in use."""
    for letters in _toneless_syllables():
        for tone in range(len(TONES)):
            if not letters.endswith(_STOPS) or tone in (1, 5):
                yield toned(letters, tone)


def _toneless_syllables() -> Iterator[str]:
    every = sorted(_RIMES | _AFTER_QU | _AFTER_GI)
    return (onset + rime for onset in ("", *ONSETS) for rime in every if _parts(onset + rime) == (onset, rime))


def _parts(letters: str) -> tuple[str, str] | None:
    """Onset and rime of a form without tone. `gi` is read as an onset before a vowel, and as g before i where it must be."""
    for onset in (*ONSETS, ""):
        if letters.startswith(onset) and _fits(onset, rime := letters[len(onset) :]):
            return onset, rime
    return None


def _fits(onset: str, rime: str) -> bool:
    if onset == "qu":
        return rime in _AFTER_QU
    if onset == "gi":
        return rime in _AFTER_GI
    if rime not in _RIMES:
        return False
    if onset == "g" and rime in ("i", "in"):
        return True
    if onset in ("k", "gh", "ngh"):
        return rime[0] in _FRONT and (rime[0] != "y" or onset == "k")
    if onset in ("c", "g", "ng"):
        return rime[0] not in _FRONT
    if rime[0] == "y":
        return (rime == "y" and onset in _Y_ALONE) or not onset
    return True


def toned(letters: str, tone: int) -> str:
    """A form without tone given one (a place in TONES), on the letter that bears it in the spelling of `text.normalise`."""
    if not tone:
        return letters
    at = _bearer(letters)
    if at < 0:
        return letters
    return normalise(letters[: at + 1] + TONES[tone] + letters[at + 1 :]).text


_VOWELS = "aăâeêioôơuưy"


def _bearer(letters: str) -> int:
    """Where the tone stands: on the marked vowel, on the last of several before a consonant, else on the middle or first."""
    start = 2 if letters.startswith("qu") or (letters.startswith("gi") and letters[2:3] and letters[2] in _VOWELS) else 0
    places = [i for i in range(start, len(letters)) if letters[i] in _VOWELS]
    if not places:
        return -1
    marked = [i for i in places if letters[i] in "ăâêôơư"]
    if marked:
        return marked[-1]
    if len(places) == 1:
        return places[0]
    if len(places) == 3:
        return places[1]
    return places[1] if places[1] < len(letters) - 1 else places[0]
