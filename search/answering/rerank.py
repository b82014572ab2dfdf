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

from search.answering.ranking import Beside, Part, Ranking
from search.arrays import Array
from search.asking.questions import asks
from search.layout import Layout
from search.postings import Column, Postings, Ranges
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
    longest_attached: int = 20_000
    """Syllables of its attachments."""
    question: float = 0.5
    """What the words count that only ask."""


PASSAGE_WEIGHTS = PassageWeights()
MOST = 64
"""Different syllables of a query."""


class Wanted(NamedTuple):
    """The different syllables that are looked for: the terms of each by layout, and what each counts.

    `names`: syllables of another name, which count nothing by themselves, and those that it stands for where all of it is there.
    """

    terms: list[Ranges]
    worth: NDArray[np.float32]
    names: list[tuple[list[int], list[int]]]


def reranked(postings: Postings, ranking: Ranking, weights: PassageWeights = PASSAGE_WEIGHTS) -> Ranking:
    """`ranking` with the passages of its best documents added to their scores, and to its parts.

    Nothing changes for a single syllable. To be asked of what passed all filters: these decide which documents are the best.
    """
    if len(ranking.docs) < 2 or ranking.timed_out:
        return ranking
    beside = ranking.beside
    of_pages = ranking.scores if beside is None else ranking.scores - beside.scores
    found = _of_best(postings, ranking, ranking.docs, of_pages, weights)
    if found is None and beside is None:
        return ranking
    scores, parts = ranking.scores.copy(), list(ranking.parts)
    if found is not None:
        scores[found.rows] += found.figures
        parts.append(found.part)
    if beside is not None:
        more = _of_attachments(beside, ranking.docs, weights)
        scores += more.scores - beside.scores
        beside = more
    return replace(ranking, scores=scores, parts=parts, beside=beside)


class _Found(NamedTuple):
    """The passages of the best documents, by their rows."""

    rows: Array
    figures: NDArray[np.float32]
    part: Part


def _of_best(
    postings: Postings, ranking: Ranking, docs: Array, scores: NDArray[np.float32], weights: PassageWeights
) -> _Found | None:
    wanted = _wanted(postings, ranking, weights)
    if np.count_nonzero(wanted.worth) < 2:
        return None
    rows = _best(scores, weights.depth)
    figures = passages(postings, docs[rows], wanted, weights)
    return _Found(rows, figures, Part("passage", f"{2 * weights.block}", Column(docs[rows], figures, len(rows))))


def _of_attachments(beside: Beside, docs: Array, weights: PassageWeights) -> Beside:
    """The same for what attachments say of these documents: of the best of them, by that alone."""
    here = np.flatnonzero(beside.scores)
    numbered = np.searchsorted(beside.attached.docs, docs[here])
    weights = replace(weights, longest=weights.longest_attached)
    found = _of_best(beside.attached.postings, beside.ranking, numbered, beside.scores[here], weights)
    if found is None:
        return beside
    scores = beside.scores.copy()
    scores[here[found.rows]] += found.figures * np.float32(beside.share)
    return replace(beside, scores=scores, ranking=replace(beside.ranking, parts=[*beside.ranking.parts, found.part]))


def _best(scores: NDArray[np.float32], count: int) -> Array:
    """The rows of the best scores, ascending; all of those that equal the last of them, up to twice as many."""
    if count >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    return np.flatnonzero(scores >= least)[: 2 * count]


def _wanted(postings: Postings, ranking: Ranking, weights: PassageWeights) -> Wanted:
    home = postings.home or postings
    common = home.rarity(round(weights.common * home.documents))
    terms: list[Ranges] = []
    worth: list[float] = []
    numbers: dict[str, int] = {}
    for spoken in ranking.spoken:
        asking = asks([each.best for each in spoken.found])
        for form, each, only_asks in zip(spoken.typed, spoken.found, asking, strict=True):
            if form in numbers or len(terms) == MOST:
                continue
            numbers[form] = len(terms)
            terms.append(postings.typed(form) if each.best == form else postings.readings(form))
            rarity = _rarity(postings, each.best)
            counts = weights.any * rarity + weights.rare * max(0.0, rarity - common)
            worth.append(counts * (weights.question if only_asks else 1.0))
    names = []
    for name in ranking.named:
        if len(terms) + len(name.other) > 2 * MOST:
            break
        names.append((list(range(len(terms), len(terms) + len(name.other))), [numbers[f] for f in name.typed if f in numbers]))
        terms += [postings.typed(form) for form in name.other]
        worth += [0.0] * len(name.other)
    return Wanted(terms, np.array(worth, np.float32), names)


def _rarity(postings: Postings, form: str) -> float:
    count, home = postings.frequency("whole", postings.typed(form)), postings.home
    if home is None:
        return postings.rarity(count)
    return home.rarity(min(count + home.frequency("whole", home.typed(form)), home.count))


def passages(postings: Postings, docs: Array, wanted: Wanted, weights: PassageWeights) -> NDArray[np.float32]:
    """For each of `docs`, ascending, the most that the different syllables in one passage are worth together."""
    figures = np.zeros(len(docs), np.float32)
    for number, (base, layout) in enumerate(zip(postings.bases, postings.layouts, strict=True)):
        low, high = np.searchsorted(docs, (base, base + layout.count))
        if high > low:
            figures[low:high] = _in_layout(layout, number, docs[low:high] - base, wanted, weights)
    return figures


def _in_layout(layout: Layout, number: int, docs: Array, wanted: Wanted, weights: PassageWeights) -> NDArray[np.float32]:
    """Each document begins a new block, and an empty one follows it, so that no passage holds of two."""
    starts = layout["starts"].astype(np.int64)
    begins = starts[docs * len(SYLLABLE_FIELDS)]
    lengths = np.minimum(starts[(docs + 1) * len(SYLLABLE_FIELDS)] - begins, weights.longest)
    blocks = np.zeros(len(docs) + 1, np.int64)
    np.cumsum(-(-lengths // weights.block) + 1, out=blocks[1:])
    total = int(blocks[-1])
    holds = np.zeros((total, len(wanted.terms)), np.float32)
    for which, wanted_of in _tables(layout, number, wanted.terms):
        text = np.zeros(total * weights.block, np.uint8)
        for at, begin, length in zip((blocks[:-1] * weights.block).tolist(), begins.tolist(), lengths.tolist(), strict=True):
            which.take(layout["tokens"][begin : begin + length], mode="clip", out=text[at : at + length])
        places = np.flatnonzero(text)
        holds[places // weights.block, wanted_of[text[places]]] = 1
    passage = np.maximum(holds[:-1], holds[1:])
    for other, typed in wanted.names:
        whole = passage[:, other].min(axis=1)
        for column in typed:
            np.maximum(passage[:, column], whole, out=passage[:, column])
    together = np.zeros(total, np.float32)
    together[:-1] = passage @ wanted.worth
    together[blocks[1:] - 1] = 0
    return np.maximum.reduceat(together, blocks[:-1]).astype(np.float32)


def _tables(layout: Layout, number: int, terms: Sequence[Ranges]) -> list[tuple[NDArray[np.uint8], Array]]:
    """Tables from term numbers to which of `terms` they are, 0 for none; a term that is wanted twice needs a second table."""
    size = (1 << 16) if layout["tokens"].dtype == np.uint16 else len(layout["fold"]) + 1
    made: list[tuple[NDArray[np.uint8], list[int]]] = []
    for at, ranges in enumerate(terms):
        spans = ranges[number]
        free = (one for one in made if not any(one[0][low:high].any() for low, high in spans))
        if (table := next(free, None)) is None:
            made.append(table := (np.zeros(size, np.uint8), [0]))
        which, members = table
        members.append(at)
        for low, high in spans:
            which[low:high] = len(members) - 1
    return [(which, np.array(members)) for which, members in made]
