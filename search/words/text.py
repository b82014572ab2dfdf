"""One normaliser for indexing and queries, and the fold to no accents. What is shown stays the original: positions map back.

Canonical composition (NFC), case folding, one placement of the tone mark (hoá → hóa, hòan → hoàn), đ for its look-alikes, plain
spaces for all others, nothing for characters without width. Applying it twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text` for matching, and for each of its characters, and for its end, the place in the original where that began."""

    text: str
    map: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that gave `text[start:end]`, combining marks included."""
        return self.map[start], self.map[end]


_REMOVED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile(r"[\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[\x00-\x08\r\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\ud800-\udfff]")
_TO_STROKE = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})
# Within these ranges a composed character folds to one character by itself; anything beyond takes the general way.
_GENERAL = re.compile(
    r"[^\t\n\x20-\x7e\xa1-\xac\xae-\xde\xe0-\u012f\u0131-\u0148\u014a-\u017e\u01a0\u01a1\u01af\u01b0"
    r"\u1ea0-\u1ef9\u2010-\u2027\u2030-\u203f\u20ab]"
)

_TONES = "\u0300\u0301\u0309\u0303\u0323"
_OPEN = {
    first + unicodedata.normalize("NFC", second + tone): unicodedata.normalize("NFC", first + tone) + second
    for first, second in ("oa", "oe", "uy")
    for tone in _TONES
}
_CLOSED = {placed: written for written, placed in _OPEN.items()}
# Each alternative begins with a letter, so that the patterns are tried at those letters alone.
_AT_END = re.compile(rf"(?:{'|'.join(rf'u(?<!qu){k[1:]}' if k[0] == 'u' else k for k in _OPEN)})(?!\w)")
_INSIDE = re.compile(
    "|".join([*(rf"{k}(?=[^\W\d_])" for k in _CLOSED), *(f"{k[0]}(?<=q{k[0]}){k[1:]}" for k in _CLOSED if k[1] == "y")])
)


def normalise(text: str) -> Normalised:
    """`text` as it is matched, with the way back to each original position. Takes any string."""
    # A blank for a blank moves nothing, and this one is in one document of ten.
    text = text.replace("\xa0", " ")
    if not _GENERAL.search(text):
        folded = text.casefold()
        if len(folded) == len(text):
            return Normalised(_place_tones(folded.replace("ð", "đ")), range(len(text) + 1))
    if "\n" in text[:-1]:
        return _by_lines(text)
    kept, places = _without_width(text)
    chars: list[str] = []
    positions: list[int] = []
    for start, end in _runs(kept):
        settled = _settle(kept[start:end])
        chars.append(settled)
        if end - start == 1 == len(settled):
            positions.append(places[start])
        else:
            positions.extend([places[start]] * len(settled))
    positions.append(len(text))
    return Normalised(_place_tones("".join(chars)), positions)


def keeps_places(text: str) -> bool:
    """Whether each character of `text` normalises to one character that is a letter, a figure or neither as it was itself."""
    return not _GENERAL.search(text)


def _by_lines(text: str) -> Normalised:
    """Line by line: one rare character must not send a whole document the general way, which takes twenty times as long."""
    texts: list[str] = []
    places: list[int] = []
    at = 0
    for line in text.split("\n"):
        normal = normalise(line + "\n") if at + len(line) < len(text) else normalise(line)
        texts.append(normal.text)
        places.extend(at + place for place in normal.map[: len(normal.text)])
        at += len(line) + 1
    places.append(len(text))
    return Normalised("".join(texts), places)


def _without_width(text: str) -> tuple[str, Sequence[int]]:
    text = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text))
    if not _REMOVED.search(text):
        return text, range(len(text) + 1)
    places = [i for i, char in enumerate(text) if not _REMOVED.match(char)]
    return "".join(text[i] for i in places), places


def _runs(text: str) -> list[tuple[int, int]]:
    """Spans that normalise by themselves: a character and what may combine with it."""
    starts = [i for i, char in enumerate(text) if i == 0 or not _combines(char)]
    return list(pairwise([*starts, len(text)]))


@lru_cache(maxsize=4096)
def _combines(char: str) -> bool:
    return unicodedata.category(char).startswith("M") or "\u1160" <= char <= "\u11ff"


@lru_cache(maxsize=8192)
def _settle(run: str) -> str:
    """The fixed point of composing, folding case and replacing look-alikes: some characters need a second turn."""
    for _ in range(8):
        turned = unicodedata.normalize("NFC", unicodedata.normalize("NFC", run).casefold().translate(_TO_STROKE))
        turned = _REMOVED.sub("", turned)
        if turned == run:
            break
        run = turned
    return run


def _place_tones(text: str) -> str:
    if text.isascii():
        return text
    text = _AT_END.sub(lambda match: _OPEN[match[0]], text)
    return _INSIDE.sub(lambda match: _CLOSED[match[0]], text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` without accents: combining marks gone, đ as d. Case is left alone."""
    if text.isascii():
        return text
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", bare.replace("đ", "d").replace("Đ", "D"))


def has_marks(text: str) -> bool:
    """Whether anything in `text` would be lost by folding."""
    return fold(text) != text
