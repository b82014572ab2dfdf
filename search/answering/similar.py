"""Documents about the same as one: by what it says most and others say least, and first those that say nearly all the same.

Of a document the pairs of neighbouring syllables and the syllables with the most weight (early places, rarity) are looked for
like a query. What comes out best is compared pair by pair: a corrected or repeated announcement stands before one on the same
matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.answering.ranking import WEIGHTS, Part, Ranking
from search.arrays import Array
from search.layout import LEAD_SYLLABLES, LEAD_WEIGHT, Layout, found, pair_key
from search.postings import Postings
from search.runs import place_of, tokens_of
from search.words.analysis import BAR

MAX_PAIRS, MAX_SYLLABLES = 24, 8
MAX_TOKENS = 3000
"""What stands later in a document is no longer looked at."""
COMPARED = 40
NEARLY_THE_SAME = 0.5
"""The share of the pairs of two documents that both must have to be nearly the same."""
_COMMON = 10
"""What more than one document of so many holds tells nothing; that bounds the time as well."""
_SYLLABLE = 0.4
_LEAST_SHARE = 0.08
"""Less than this share of what the document itself would score is no likeness."""


def nearest(postings: Postings, doc: int, limit: int) -> Ranking:
    """The documents nearest to `doc`, itself left out, in their order."""
    subject = _Subject.of(postings, doc)
    parts = [*_pairs(postings, subject), *_syllables(postings, subject)]
    scores = np.zeros(postings.count, np.float32)
    for part in parts:
        part.scores.add_to(scores, part.factor)
    own = float(scores[doc])
    scores[doc] = 0
    scores[~postings.alive] = 0
    best = np.flatnonzero(scores > _LEAST_SHARE * own)
    most = max(COMPARED, limit)
    if len(best) > most:
        best = best[np.argpartition(-scores[best], most)[:most]]
    best = best[np.lexsort((postings.keys[best], -scores[best]))]
    shares = np.array(
        [subject.shared(postings, other) for other in best[:COMPARED].tolist()] + [0.0] * max(0, len(best) - COMPARED)
    )
    alike = np.where(shares >= NEARLY_THE_SAME, shares, 0.0)
    docs = best[np.argsort(-alike, kind="stable")][:limit].astype(np.int32)
    return Ranking(docs, scores[docs], parts)


@dataclass(frozen=True, slots=True)
class _Subject:
    """One document: its layout, its syllables there, and how much each counts for its place."""

    number: int
    layout: Layout
    tokens: Array
    weights: NDArray[np.float64]
    terms: Array
    """The different syllables, ascending."""
    numbers: dict[bytes, int]
    pairs: Array
    """Its different pairs, see `_keys`."""

    @classmethod
    def of(cls, postings: Postings, doc: int) -> _Subject:
        number, place = place_of(postings, doc)
        layout = postings.layouts[number]
        tokens = tokens_of(layout, place)[:MAX_TOKENS].astype(np.int64)
        known = layout.terms("body")
        tokens[tokens >= len(known)] = -1
        weights = 1 + LEAD_WEIGHT * np.exp(-np.arange(len(tokens)) / LEAD_SYLLABLES)
        terms = np.unique(tokens[tokens >= 0])
        numbers = {known[term]: term for term in terms.tolist()}
        return cls(number, layout, tokens, weights, terms, numbers, np.unique(_keys(tokens)))

    def shared(self, postings: Postings, doc: int) -> float:
        """The share of the pairs of both documents that both have."""
        number, place = place_of(postings, doc)
        layout = postings.layouts[number]
        tokens = tokens_of(layout, place)[:MAX_TOKENS].astype(np.int64)
        known = layout.terms("body")
        tokens[tokens >= len(known)] = -1
        unknown = 0
        if number != self.number:
            used, places = np.unique(tokens, return_inverse=True)
            own = np.array([self.numbers.get(known[term], -1) if term >= 0 else -1 for term in used.tolist()], np.int64)
            strange = np.where((used >= 0) & (own < 0), -2, own)[places]
            unknown = len(np.unique(tokens[:-1][(strange[:-1] == -2) | (strange[1:] == -2)])) if len(tokens) else 0
            tokens = np.maximum(strange, -1)
        pairs = np.unique(_keys(tokens))
        both = len(np.intersect1d(self.pairs, pairs, assume_unique=True))
        return both / max(1, len(self.pairs) + len(pairs) + unknown - both)


def _keys(tokens: Array) -> Array:
    """Neighbours as one number each; a gap, -1, has none."""
    first, second = tokens[:-1], tokens[1:]
    kept = (first >= 0) & (second >= 0)
    keys: Array = first[kept] << 32 | second[kept]
    return keys


def _pairs(postings: Postings, subject: _Subject) -> list[Part]:
    """The pairs that say most of a document."""
    tokens = subject.tokens
    beside = np.flatnonzero((tokens[:-1] >= 0) & (tokens[1:] >= 0))
    keys, places = np.unique(_keys(tokens), return_inverse=True)
    strengths = np.sqrt(np.bincount(places, subject.weights[beside], minlength=len(keys)))
    firsts, seconds = keys >> 32, keys & 0xFFFF_FFFF
    counts = np.zeros(len(keys), np.int64)
    for number, layout in enumerate(postings.layouts):
        here = np.full(int(subject.terms[-1]) + 1 if len(subject.terms) else 1, -1)
        here[subject.terms] = subject.terms if number == subject.number else _numbers_in(layout, subject)
        counts += _pair_counts(layout, here[firsts], here[seconds])
    parts = []
    for row in _weightiest(postings, counts, strengths, MAX_PAIRS):
        one, other = (_form(subject.layout, int(side[row])) for side in (firsts, seconds))
        column = postings.impact("pair", postings.pair(one, other, marked=True), WEIGHTS.pair_k1, WEIGHTS.pair_b)
        parts.append(Part("pair", f"{one} {other}", column, float(strengths[row]) * postings.rarity(column.count)))
    return parts


def _syllables(postings: Postings, subject: _Subject) -> list[Part]:
    """The syllables that say most of it, names and borrowed words mostly."""
    taken = subject.tokens >= 0
    weights = np.bincount(subject.tokens[taken], subject.weights[taken], minlength=1)[subject.terms]
    counts = np.zeros(len(subject.terms), np.int64)
    for number, layout in enumerate(postings.layouts):
        here = subject.terms if number == subject.number else _numbers_in(layout, subject)
        offsets = layout["whole.off"]
        counts += np.where(here >= 0, offsets[here + 1] - offsets[here], 0) if len(offsets) > 1 else 0
    strengths = _SYLLABLE * np.sqrt(weights)
    parts = []
    for row in _weightiest(postings, counts, strengths, MAX_SYLLABLES):
        form = _form(subject.layout, int(subject.terms[row]))
        column = postings.impact("whole", postings.typed(form), WEIGHTS.k1, WEIGHTS.b)
        parts.append(Part("syllable", form, column, float(strengths[row]) * postings.rarity(column.count)))
    return parts


def _numbers_in(layout: Layout, subject: _Subject) -> Array:
    """The numbers that the subject's syllables have in another layout, -1 where there is none."""
    known = layout.terms("body")
    ranges = [found(known, term) for term in subject.numbers]
    return np.array([low if high > low else -1 for low, high in ranges], np.int64)


def _pair_counts(layout: Layout, firsts: Array, seconds: Array) -> Array:
    """How many documents of a layout hold each pair of its terms; -1 is no term."""
    keys, folds = layout["pair.keys"], layout["fold"]
    if not len(keys):
        return np.zeros(len(firsts), np.int64)
    sides: list[Any] = []
    for terms in (firsts, seconds):
        fold = folds[terms]
        sides.append((fold.astype(np.uint64), (terms - np.searchsorted(folds, fold)).astype(np.uint64)))
    wanted = pair_key(*sides)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    offsets = layout["pair.off"]
    counts: Array = np.where((keys[at] == wanted) & (firsts >= 0) & (seconds >= 0), offsets[at + 1] - offsets[at], 0)
    return counts


def _weightiest(postings: Postings, counts: Array, strengths: Array, most: int) -> list[int]:
    """The rows that weigh most, of those that more than one document holds and not too many."""
    useful = np.flatnonzero((counts > 1) & (counts <= max(50, postings.count // _COMMON)))
    rarity = np.log(1 + (postings.count - counts[useful] + 0.5) / (counts[useful] + 0.5))
    rows: list[int] = useful[np.argsort(-strengths[useful] * rarity, kind="stable")[:most]].tolist()
    return rows


def _form(layout: Layout, term: int) -> str:
    form: str = layout.terms("body")[term].decode().partition(BAR)[2]
    return form
