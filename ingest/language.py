"""Which language a text is in, told by its letters and its most frequent words; only where that is sure.

Vietnamese marks stand on half of its syllables, and most of its marked letters (ơ, ư, đ, ế …) belong to no other language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639-1 code, and how sure that is."""

    code: str
    confidence: float


_WORD = re.compile(r"[^\W\d_]+")
_MARKED = re.compile("[đơưăĐƠƯĂ\u1ea0-\u1ef9]")
_ENGLISH_WORDS = "the of and to in is for on with by that as are from at be this has was which have its not or an will"
_FRENCH_WORDS = "le la les des et du en est que pour dans une sur par au aux avec qui ce plus cette son ses"
_BARE_WORDS = """
    va cua cac trong cho duoc voi nhung khong ngay thang nam theo tinh nguoi cong viec thuc hien quy dinh so tai ve tu
    den co la mot
"""
_ENGLISH, _FRENCH, _BARE = (frozenset(words.split()) for words in (_ENGLISH_WORDS, _FRENCH_WORDS, _BARE_WORDS))
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]"), 0.05),
    ("zh", re.compile("[\u4e00-\u9fff]"), 0.3),
    ("ko", re.compile("[\uac00-\ud7af]"), 0.3),
    ("lo", re.compile("[\u0e80-\u0eff]"), 0.3),
    ("th", re.compile("[\u0e00-\u0e7f]"), 0.3),
    ("km", re.compile("[\u1780-\u17ff]"), 0.3),
    ("ru", re.compile("[\u0400-\u04ff]"), 0.5),
)
_OTHER = re.compile("[\u0400-\u04ff\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_SAMPLE = 1800
_LEAST_WORDS = 12


def language_of(text: str) -> Language | None:
    """The language of `text`, judged by up to 1,800 of its characters; None where it is too short or mixed to say."""
    if len(text) > _SAMPLE:
        text = text[: _SAMPLE // 2] + "\n" + text[len(text) // 2 : len(text) // 2 + _SAMPLE // 2]
    letters = sum(map(str.isalpha, text))
    if letters < 20:
        return None
    for code, pattern, least in _SCRIPTS if _OTHER.search(text) else ():
        if (share := len(pattern.findall(text)) / letters) >= least:
            return Language(code, 0.95 if share > 0.5 else 0.8)
    words = _WORD.findall(text.lower())
    if len(words) < _LEAST_WORDS:
        return None
    return _latin(words)


def _latin(words: list[str]) -> Language | None:
    count = len(words)
    vietnamese = sum(_MARKED.search(word) is not None for word in words) / count
    english = sum(word in _ENGLISH for word in words) / count
    french = sum(word in _FRENCH for word in words) / count
    if vietnamese >= 0.25:
        return Language("vi", 0.99 if english < 0.1 else 0.8)
    if vietnamese > 0.12:
        return None
    if english >= 0.15 and english > 2 * french:
        return Language("en", 0.95 if english >= 0.2 and vietnamese < 0.04 else 0.8)
    if french >= 0.15 and french > 2 * english:
        return Language("fr", 0.85)
    if vietnamese < 0.04 and sum(word in _BARE for word in words) / count >= 0.2 and max(english, french) < 0.08:
        return Language("vi", 0.75)
    return None
