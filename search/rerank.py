"""The order of the best documents once more: by the passage of each that holds most of the query.

BM25 counts what stands anywhere in a text. Of two documents that it holds for equal, the one answers where the words stand
together: the rarity of all different syllables of the query within one passage is added to the score, whatever their order.
Only the best documents are looked at, and since nothing is ever taken from a score no other can rise among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.layout import Layout
from search.postings import Column, Postings, Ranges
from search.questions import asks
from search.ranking import Part, Ranking
from search.schema import SYLLABLE_FIELDS


@dataclass(frozen=True, slots=True)
class PassageWeights:
    """What can be tuned of it; docs/relevance.md says how it was chosen."""

    any: float = 0.6
    """What the rarity of a syllable counts."""
    rare: float = 1.0
    """What of its rarity goes beyond that of `common` counts besides."""
    common: float = 0.2
    """The share of the documents that hold a common syllable."""
    depth: int = 50
    """How many of the best documents are looked at."""
    block: int = 15
    """Syllables. A passage is two blocks side by side."""
    longest: int = 4000
    """Syllables of a document that are looked at."""
    question: float = 0.5
    """What the words count that only ask."""


PASSAGE_WEIGHTS = PassageWeights()
MOST = 64
"""Different syllables of a query."""


class _Wanted(NamedTuple):
    """The different syllables of a query: the terms of each by layout, and what each counts."""

    terms: list[Ranges]
    worth: NDArray[np.float32]


def reranked(postings: Postings, ranking: Ranking, weights: PassageWeights = PASSAGE_WEIGHTS) -> Ranking:
    """`ranking` with the passages of its best documents added to their scores, and to its parts.

    Nothing changes for a single syllable. To be asked of what passed all filters: these decide which documents are the best.
    """
    wanted = _wanted(postings, ranking, weights)
    if len(wanted.terms) < 2 or len(ranking.docs) < 2 or ranking.timed_out:
        return ranking
    rows = _best(ranking.scores, weights.depth)
    docs = ranking.docs[rows]
    figures = passages(postings, docs, wanted.terms, wanted.worth, weights)
    scores = ranking.scores.copy()
    scores[rows] += figures
    part = Part("passage", f"{2 * weights.block}", Column(docs, figures, len(docs)))
    return replace(ranking, scores=scores, parts=[*ranking.parts, part])


def _best(scores: NDArray[np.float32], count: int) -> Array:
    """The rows of the best scores, ascending; all of those that equal the last of them, up to twice as many."""
    if count >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    return np.flatnonzero(scores >= least)[: 2 * count]


def _wanted(postings: Postings, ranking: Ranking, weights: PassageWeights) -> _Wanted:
    common = postings.rarity(round(weights.common * postings.documents))
    different: dict[tuple[str, bool], float] = {}
    for spoken in ranking.spoken:
        asking = asks([each.best for each in spoken.found])
        for form, each, only_asks in zip(spoken.typed, spoken.found, asking, strict=True):
            rarity = postings.rarity(postings.frequency("whole", postings.typed(each.best)))
            worth = weights.any * rarity + weights.rare * max(0.0, rarity - common)
            different.setdefault((each.best, each.best != form), worth * (weights.question if only_asks else 1.0))
    terms = [postings.readings(form) if supplied else postings.typed(form) for form, supplied in list(different)[:MOST]]
    return _Wanted(terms, np.array(list(different.values())[:MOST], np.float32))


def passages(
    postings: Postings, docs: Array, terms: Sequence[Ranges], worth: NDArray[np.float32], weights: PassageWeights
) -> NDArray[np.float32]:
    """For each of `docs`, ascending, the most that the different `terms` in one passage are worth together."""
    figures = np.zeros(len(docs), np.float32)
    for number, (base, layout) in enumerate(zip(postings.bases, postings.layouts, strict=True)):
        low, high = np.searchsorted(docs, (base, base + layout.count))
        if high > low:
            spans = [ranges[number] for ranges in terms]
            figures[low:high] = _in_layout(layout, docs[low:high] - base, spans, worth, weights)
    return figures


def _in_layout(
    layout: Layout, docs: Array, spans: Sequence[Sequence[tuple[int, int]]], worth: NDArray[np.float32], weights: PassageWeights
) -> NDArray[np.float32]:
    """Each document begins a new block, and an empty one follows it, so that no passage holds of two."""
    tokens, starts = layout["tokens"], layout["starts"].astype(np.int64)
    which = np.zeros(int(np.iinfo(tokens.dtype).max) + 1 if tokens.dtype == np.uint16 else len(layout["fold"]) + 1, np.uint8)
    for number, ranges in enumerate(spans, 1):
        for low, high in ranges:
            which[low:high] = number
    begins = starts[docs * len(SYLLABLE_FIELDS)]
    lengths = np.minimum(starts[(docs + 1) * len(SYLLABLE_FIELDS)] - begins, weights.longest)
    blocks = np.zeros(len(docs) + 1, np.int64)
    np.cumsum(-(-lengths // weights.block) + 1, out=blocks[1:])
    text = np.zeros(int(blocks[-1]) * weights.block, np.uint8)
    for at, begin, length in zip((blocks[:-1] * weights.block).tolist(), begins.tolist(), lengths.tolist(), strict=True):
        which.take(tokens[begin : begin + length], mode="clip", out=text[at : at + length])
    places = np.flatnonzero(text)
    holds = np.zeros((int(blocks[-1]), len(worth)), np.float32)
    holds[places // weights.block, text[places] - 1] = 1
    together = np.zeros(int(blocks[-1]), np.float32)
    together[:-1] = np.maximum(holds[:-1], holds[1:]) @ worth
    together[blocks[1:] - 1] = 0
    return np.maximum.reduceat(together, blocks[:-1]).astype(np.float32)
