"""Spellings that are taken for one another: what many people hear or pronounce alike, and what keyboards mix up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from search.words.orthography import ONSETS, TONES, toned, toneless

_ONSETS: dict[str, tuple[str, ...]] = {
    "s": ("x",), "x": ("s",), "ch": ("tr",), "tr": ("ch",), "d": ("gi", "r", "v"), "gi": ("d", "r", "v"), "r": ("d", "gi", "g"),
    "v": ("d", "gi"), "l": ("n",), "n": ("l",), "ng": ("ngh", "n"), "ngh": ("ng",), "g": ("gh", "r"), "gh": ("g",),
    "c": ("k", "q"), "k": ("c",), "nh": ("d",), "h": ("qu",), "qu": ("h", "k"),
}  # fmt: skip
"""s and x, ch and tr, d, gi, r and v, l and n: as they fall together in one dialect or another."""
_ENDS = (
    ("ng", "n"),
    ("n", "ng"),
    ("c", "t"),
    ("t", "c"),
    ("nh", "n"),
    ("n", "nh"),
    ("ch", "t"),
    ("t", "ch"),
    ("k", "c"),
    ("k", "ch"),
)
_RIMES = {"i": "y", "y": "i", "iêu": "ươu", "ươu": "iêu", "ưu": "iu", "iu": "ưu"}
_ASKING, _TUMBLING = TONES.index("\u0309"), TONES.index("\u0303")


@lru_cache(maxsize=4096)
def mistaken(form: str) -> tuple[str, ...]:
    """Forms that one common confusion makes of a syllable, accents kept or, of a bare one, none added. They need not exist."""
    letters, tone = toneless(form)
    found = dict.fromkeys(toned(other, tone) for other in _letters(letters))
    if tone in (_ASKING, _TUMBLING):
        found[toned(letters, _TUMBLING if tone == _ASKING else _ASKING)] = None
    found.pop(form, None)
    return tuple(found)


def _letters(letters: str) -> Iterator[str]:
    onset = next((each for each in ONSETS if letters.startswith(each) and letters != each), "")
    rime = letters[len(onset) :]
    for other in _ONSETS.get(onset, ()):
        yield other + rime
    for end, other in _ENDS:
        if rime.endswith(end) and len(rime) > len(end) and not (end == "n" and rime.endswith("ng")):
            yield onset + rime[: -len(end)] + other
    if rime in _RIMES:
        yield onset + _RIMES[rime]
