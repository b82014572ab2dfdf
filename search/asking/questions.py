"""The words of a query that only ask. They stand in no announcement that answers, and must not outweigh what is asked about."""

from __future__ import annotations

from collections.abc import Sequence

_ASKING = (
    "phải không",
    "hay không",
    "là gì",
    "như thế nào",
    "thế nào",
    "bao nhiêu",
    "bao lâu",
    "ở đâu",
    "khi nào",
    "tại sao",
    "vì sao",
    "là ai",
    "ai",
    "nào",
    "gì",
)
_PHRASES = sorted((tuple(phrase.split()) for phrase in _ASKING), key=len, reverse=True)


def asks(forms: Sequence[str]) -> list[bool]:
    """For each syllable of a query, whether it belongs to words that only ask. All of a query that only asks counts in full."""
    found = [False] * len(forms)
    for phrase in _PHRASES:
        for i in range(len(forms) - len(phrase) + 1):
            if tuple(forms[i : i + len(phrase)]) == phrase:
                found[i : i + len(phrase)] = [True] * len(phrase)
    return [False] * len(forms) if all(found) else found
