"""Writes Vietnamese in windows-1258, which spells most accented vowels as a letter and a combining tone mark.

Python's `cp1258` codec maps single code points only, so `ế` (one code point in NFC) must be parted into `ê` and the acute first;
full decomposition would part the circumflex too, for which the code page has no combining mark.
"""

from __future__ import annotations

import unicodedata

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def encode(text: str) -> bytes:
    """`text` in windows-1258; characters that the code page lacks become HTML character references."""
    return "".join(map(_parted, unicodedata.normalize("NFC", text))).encode("cp1258", "xmlcharrefreplace")


def _parted(char: str) -> str:
    try:
        char.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", char)
        tones = "".join(mark for mark in marks if mark in _TONES)
        return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)) + tones
    return char
