"""A page as an archivist corrected it: words that stayed keep their places, new ones take the place of what they replace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from archive.pages import Box, Page, Word


def corrected(page: Page, text: str) -> Page:
    """`page` with `text` for its own. Its words are aligned word by word; what was put in is sure."""
    if not page.words:
        return replace(page, text=text, confidence=1.0)
    new, old = text.split(), [word.text for word in page.words]
    words: list[Word] = []
    for same, i, j, k, m in _stretches(old, new):
        if same:
            words += page.words[i:j]
        elif m > k and (box := _room(page.words, i, j)) is not None:
            words += [Word(each, box, 1.0) for each in new[k:m]]
    return replace(page, text=text, words=tuple(words))


def _stretches(old: Sequence[str], new: Sequence[str]) -> list[tuple[bool, int, int, int, int]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(tag == "equal", i, j, k, m) for tag, i, j, k, m in matcher.get_opcodes()]


def _room(words: Sequence[Word], i: int, j: int) -> Box | None:
    """The place of words `i` to `j`; of none, the place of their neighbours."""
    taken = words[i:j] or words[max(i - 1, 0) : i + 1]
    if not taken:
        return None
    lefts, tops, rights, bottoms = zip(*(word.box for word in taken), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
