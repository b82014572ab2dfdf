"""Characters that pages print for others: full-width figures and signs, unusual dashes, marks written after their letter.

The grammars of dates and numbers read texts through here. What they find is cut from the text as it was given, so places
in the plain text can be carried back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_FULL_WIDTH = {chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)}
_ALIKE = str.maketrans(
    {**_FULL_WIDTH, "\u3000": " ", "\u2014": "–", "\u2015": "–", "\u2212": "-", "\u2044": "/", "\u2215": "/", "\ufe63": "-"}
)
# A single character is found in a text many times as fast as a class of characters is.
_SIGNS = tuple("０１２３４５６７８９／－．：\u3000\u2014\u2015\u2212\u2044\u2215\ufe63")
_MARKS = tuple("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_CLUSTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in plain characters; `places` says where each stood before, None where nothing moved."""

    text: str
    places: Sequence[int] | None = None

    def place(self, index: int) -> int:
        """Where in the text as given the character at `index` of the plain one begins."""
        return index if self.places is None else self.places[index]


def alike(text: str) -> str:
    """`text` with plain characters for full-width ones and unusual dashes: one for one, so every place stays.

    Texts without full-width figures and signs are left as they are.
    """
    if text.isascii() or not any(sign in text for sign in _SIGNS):
        return text
    return text.translate(_ALIKE)


def plain(text: str) -> Plain:
    """`text` in NFC and in plain characters."""
    text = alike(text)
    if text.isascii() or not any(mark in text for mark in _MARKS):
        return Plain(text)
    parts: list[str] = []
    places: list[int] = []
    end = 0
    for match in _CLUSTER.finditer(text):
        parts.append(text[end : match.start()])
        places.extend(range(end, match.start()))
        composed = unicodedata.normalize("NFC", match[0])
        parts.append(composed)
        places.extend([match.start()] * len(composed))
        end = match.end()
    parts.append(text[end:])
    places.extend(range(end, len(text) + 1))
    return Plain("".join(parts), places)
