"""Text as it comes out when the input method is off: the keys of Telex and VNI for syllables, in the ways people strike them."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, get_args

from search.words.orthography import TONES, toneless

Method = Literal["telex", "vni"]
Way = Literal["at once", "tone last", "all last"]
"""Each key right after its letter; marks after their letters, the tone at the end; all at the end, with one key for ươ."""
WAYS: tuple[Way, ...] = get_args(Way)
_TELEX_TONES, _VNI_TONES = "\0sfrxj", "\0" + "12345"
_TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
_VNI = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
_WORD = re.compile(r"[^\W\d_]+")


def keys_of(syllable: str, method: Method = "telex", way: Way = "tone last", *, single_w: bool = False) -> str:
    """The keys for a syllable in NFC; `single_w`: ươ by one key, as most people strike it."""
    letters, tone = toneless(syllable.lower())
    marks, tones = (_TELEX, _TELEX_TONES) if method == "telex" else (_VNI, _VNI_TONES)
    if single_w or way == "all last":
        letters = letters.replace("ươ", "uơ")
    if method == "telex":
        # A third o is what keeps the two from being ô.
        letters = letters.replace("oo", "ooo")
    place = _tone_place(syllable.lower())
    written, late = "", ""
    for i, letter in enumerate(letters):
        struck = marks.get(letter, letter)
        if way == "all last" and len(struck) == 2 and letter != "đ":
            written, late = written + struck[0], late + struck[1]
        else:
            written += struck
        if way == "at once" and tone and i == place:
            written += tones[tone]
    return written + late + (tones[tone] if tone and way != "at once" else "")


def typed(text: str, method: Method = "telex", way: Way = "tone last", *, single_w: bool = False) -> str:
    """A whole text, capitals kept: a word in capitals has its keys in capitals."""

    def replace(match: re.Match[str]) -> str:
        keys = keys_of(match[0], method, way, single_w=single_w)
        if match[0].isupper() and len(match[0]) > 1:
            return keys.upper()
        return keys[0].upper() + keys[1:] if match[0][0].isupper() else keys

    return _WORD.sub(replace, unicodedata.normalize("NFC", text))


def _tone_place(syllable: str) -> int:
    """Which letter bears the tone as it is written here."""
    at = -1
    for char in unicodedata.normalize("NFD", syllable):
        if not unicodedata.combining(char):
            at += 1
        elif char in TONES[1:]:
            return at
    return -1
