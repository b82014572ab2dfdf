"""Which accents were left out of a query: the likeliest readings of its bare syllables, by what stands side by side in the index.

A hidden Markov chain over the readings of each syllable (forward and backward), of the index's own words alone. What was typed
with accents stays what it is. A query is only ever ranked by this; no text is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.postings import Postings
from search.words.text import has_marks

MOST_READINGS = 16
_SMOOTHING = 50.0
_UNSEEN = 0.1
_MOST_KNOWN = 512

Chances = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Restored:
    """One syllable of a query: its readings with the chance of each, and the one on the likeliest path."""

    readings: tuple[tuple[str, float], ...]
    best: str

    @property
    def sure(self) -> float:
        """The chance of the likeliest reading."""
        return max((chance for _, chance in self.readings), default=0.0)


def restored(postings: Postings, forms: Sequence[str]) -> list[Restored]:
    """The readings of each syllable of a query, in its order. Remembered: ranking asks for them, then what marks the hits."""
    known = postings.restored
    key = tuple(forms)
    found: list[Restored] | None = known.get(key)  # another thread may empty it at any moment
    if found is None:
        found = _restored(postings, forms)
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[key] = found
    return found


def _restored(postings: Postings, forms: Sequence[str]) -> list[Restored]:
    candidates = [_candidates(postings, form) for form in forms]
    if all(len(each) == 1 for each in candidates):
        return [Restored(((each[0][0], 1.0),), each[0][0]) for each in candidates]
    names = [[form for form, _ in each] for each in candidates]
    single = [np.array([count + _UNSEEN for _, count in each]) / max(1, postings.tokens) for each in candidates]
    counts = [np.array([float(count) for _, count in each]) for each in candidates]
    moves = []
    for i in range(len(names) - 1):
        beside = postings.beside(names[i], names[i + 1])
        moves.append((beside + _SMOOTHING * single[i + 1]) / (counts[i][:, None] + _SMOOTHING))
    chances = _posterior(single[0], moves)
    path = _likeliest(single[0], moves)
    return [
        Restored(tuple(zip(forms, chance.tolist(), strict=True)), forms[at])
        for forms, chance, at in zip(names, chances, path, strict=True)
    ]


def _candidates(postings: Postings, form: str) -> tuple[tuple[str, int], ...]:
    if form[0].isdigit() or has_marks(form):
        return ((form, postings.frequency("places", postings.typed(form))),)
    return postings.common_readings(form, MOST_READINGS) or ((form, 0),)


def _posterior(start: Chances, moves: Sequence[Chances]) -> list[Chances]:
    forward = [start / start.sum()]
    for move in moves:
        ahead = forward[-1] @ move
        forward.append(ahead / ahead.sum())
    backward = [np.ones(len(forward[-1]))]
    for move in reversed(moves):
        behind = move @ backward[-1]
        backward.append(behind / behind.sum())
    both = [one * other for one, other in zip(forward, reversed(backward), strict=True)]
    return [each / each.sum() for each in both]


def _likeliest(start: Chances, moves: Sequence[Chances]) -> list[int]:
    scores = np.log(start)
    back = []
    for move in moves:
        table = scores[:, None] + np.log(move)
        back.append(table.argmax(axis=0))
        scores = table.max(axis=0)
    path = [int(scores.argmax())]
    for choice in reversed(back):
        path.append(int(choice[path[-1]]))
    return path[::-1]
