"""What the keys of Telex and VNI would have written, had an input method been on: `thoong` → thông, `tho6ng` → thông.

Keys are read as the usual input methods read them, free placement included: marks and tones may stand right after their vowel,
after the final consonant or at the end of the word; a key struck twice gives the letter itself; `z` and `0` take a tone away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from search.words.orthography import is_syllable, toned

_TELEX_TONES = {"s": 1, "f": 2, "r": 3, "x": 4, "j": 5}
_VNI_TONES = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
_ROOF = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"u": "ư", "o": "ơ"}
_BREVE = {"a": "ă"}
_HOOK = _HORN | _BREVE
_VNI_MARKS = {"6": _ROOF, "7": _HORN, "8": _BREVE}
_PLAIN = {"â": "a", "ê": "e", "ô": "o", "ư": "u", "ơ": "o", "ă": "a"}
_VOWELS = frozenset("aeiouyăâêôơư")
_HORNED = re.compile("ưo|uơ")
MAX_KEYS = 16
"""The longest syllable, `nghiêng` with a tone, takes ten keys of Telex; some are struck twice."""


@dataclass(slots=True)
class _Line:
    """What stands written so far. `struck`: keys that took effect; `closed`: keys that were struck twice and are letters now."""

    letters: list[str] = field(default_factory=list)
    tone: int = 0
    struck: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    @property
    def vowels(self) -> list[int]:
        """Places of the vowels; the u of qu and the i of gi before a vowel are none."""
        text = "".join(self.letters)
        start = 2 if text.startswith("qu") or (text.startswith("gi") and text[2:3] in _VOWELS and text[2:]) else 0
        return [i for i in range(start, len(text)) if text[i] in _VOWELS]

    def written(self) -> str | None:
        """The syllable in normalised form, or None where it is none."""
        text = "".join(self.letters)
        if not text.startswith("qu"):
            # One key serves for both vowels: ươ before another letter, uơ at the end (thuở).
            text = _HORNED.sub("ươ", text)
            text = text[:-2] + "uơ" if text.endswith("ươ") else text
        form = toned(text, self.tone)
        return form if is_syllable(form) else None


def telex(word: str) -> str | None:
    """The syllable that these keys write in Telex; None where they write none, or nothing but themselves."""
    return _decoded(word, "telex")


def vni(word: str) -> str | None:
    """The same in VNI."""
    return _decoded(word, "vni")


@lru_cache(maxsize=4096)
def _decoded(word: str, method: str) -> str | None:
    if not 1 < len(word) <= MAX_KEYS or not word.isascii():
        return None
    line = _Line()
    strike = _strike_telex if method == "telex" else _strike_vni
    for key in word.lower():
        if key in line.closed or not strike(line, key):
            line.letters.append(key)
    form = line.written()
    return None if form == word.lower() else form


def _strike_telex(line: _Line, key: str) -> bool:
    """Whether the key did something other than write its letter."""
    if key in _TELEX_TONES:
        return bool(line.vowels) and _tone(line, key, _TELEX_TONES[key])
    if key == "z":
        return _untone(line)
    if key == "d":
        return _stroke(line, "d")
    if key in _ROOF:
        at = _last(line, key, _ROOF[key])
        return at is not None and _mark(line, key + key, at, _ROOF)
    return key == "w" and _hook(line)


def _strike_vni(line: _Line, key: str) -> bool:
    if key in _VNI_TONES:
        return bool(line.vowels) and _tone(line, key, _VNI_TONES[key])
    if key == "0":
        return _untone(line)
    if key == "9":
        return _stroke(line, "9")
    if key == "7" and _both_horns(line):
        return True
    marks = _VNI_MARKS.get(key)
    at = _last(line, *marks, *marks.values()) if marks else None
    return marks is not None and at is not None and _mark(line, key, at, marks)


def _tone(line: _Line, key: str, tone: int) -> bool:
    if key in line.struck and line.tone == tone:
        line.tone = 0
        line.closed |= _TELEX_TONES.keys() | _VNI_TONES.keys()
        return False
    line.struck.add(key)
    line.tone = tone
    return True


def _untone(line: _Line) -> bool:
    if not line.tone:
        return False
    line.tone = 0
    return True


def _stroke(line: _Line, key: str) -> bool:
    if line.letters[:1] == ["d"]:
        line.letters[0] = "đ"
        line.struck.add(key)
        return True
    if line.letters[:1] == ["đ"] and key in line.struck:
        line.letters[0] = "d"
        line.closed.add(key)
    return False


def _last(line: _Line, *wanted: str) -> int | None:
    """The last vowel that is one of these, of `uu` the first (ưu); None where a vowel follows that a mark would not suit."""
    places = line.vowels
    found = [i for i in places if line.letters[i] in wanted]
    after = "iuya" if found and line.letters[found[-1]] == "u" else "iuy"
    if not found or any(line.letters[i] not in after for i in places if i > found[-1]):
        return None
    return found[-2] if [line.letters[i] for i in found[-2:]] == ["u", "u"] else found[-1]


def _mark(line: _Line, key: str, at: int, marks: dict[str, str]) -> bool:
    letter = line.letters[at]
    if letter in marks.values():
        if key not in line.struck:
            return False
        line.letters[at] = _PLAIN[letter]
        line.closed.add(key[-1])
        return False
    line.struck.add(key)
    line.letters[at] = marks[letter]
    return True


def _both_horns(line: _Line) -> bool:
    """`uo` with one key for both: ươ."""
    places = line.vowels
    pairs = [i for i in places if i + 1 in places and line.letters[i : i + 2] in (["u", "o"], ["ư", "o"], ["u", "ơ"])]
    if not pairs:
        return False
    line.letters[pairs[-1] : pairs[-1] + 2] = ["ư", "ơ"]
    line.struck.add("w")
    return True


def _hook(line: _Line) -> bool:
    """The w of Telex: ươ of uo, ư of the u before a, else ơ, ă or ư of the last vowel; ư by itself where there is none."""
    places = line.vowels
    if not places:
        line.letters.append("ư")
        line.struck.add("w alone")
        return True
    if "w alone" in line.struck and line.letters[-1] == "ư":
        line.letters[-1] = "w"
        line.closed.add("w")
        return True
    if _both_horns(line):
        return True
    for i in places:
        if line.letters[i] == "u" and line.letters[i + 1 : i + 2] == ["a"]:
            line.letters[i] = "ư"
            line.struck.add("w")
            return True
    at = _last(line, *_HOOK, "ư", "ơ", "ă")
    return at is not None and _mark(line, "w", at, _HOOK)
