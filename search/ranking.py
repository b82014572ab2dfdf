"""Which documents answer a query, and in which order: BM25 by weighed places, all documents at once.

A document is one run of syllables, and what stands early in it counts more. A query gives syllables with the accents that were
typed, or with those that the index's own words make likely, and what of them stands side by side. Where that finds little,
documents with other readings of the syllables come after all others. Numbers and phrases are added to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.postings import Column, Postings, Ranges, Stream
from search.query import Query
from search.questions import asks
from search.restoring import Restored, restored
from search.text import fold, has_marks


@dataclass(frozen=True, slots=True)
class Weights:
    """All that can be tuned of the ranking at the time of a query, in one place; see layout for the weights of places."""

    k1: float = 1.2
    b: float = 0.9
    pair_k1: float = 0.9
    pair_b: float = 0.8
    pair: float = 0.5
    title: float = 0.3
    """What a syllable counts for standing in the title, on top of its place in the whole: people type titles."""
    title_b: float = 0.3
    likely: float = 0.05
    """The least chance of a reading that is looked for."""
    sure: float = 0.9
    """How sure two neighbours must be for their pair to be looked for with accents."""
    reading: float = 0.5
    """What a reading counts whose accents were supplied; its fold has the rest."""
    question: float = 0.5
    """What the words count that only ask (`bao nhiêu`, `là gì`)."""
    enough: int = 20
    """With fewer documents than this, those with other readings come after them."""
    number: float = 4.0
    own_number: float = 8.0
    number_begun: float = 0.5
    """What a number counts of which only the beginning was typed."""
    phrase: float = 1.0


WEIGHTS = Weights()

Term = tuple[str, str, str]
"""What a list of postings is of: `syllable`, `folded`, `pair` or `folded pair`, and its one or two syllables."""
_MARKS = {"folded": "~"}


@dataclass(slots=True)
class Ranking:
    """The live documents that match, ascending, and their scores; `parts` name what these came from, for an explanation."""

    docs: NDArray[np.int32]
    scores: NDArray[np.float32]
    parts: list[Part] = field(default_factory=list)
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One thing looked for, its figures, and how often they count."""

    label: str
    scores: Column
    factor: float = 1.0


class _OutOfTime(Exception):
    pass


def _where(column: Column, wanted: NDArray[np.bool_]) -> Column:
    docs = column.present()
    docs = docs[wanted[docs]]
    return Column(docs, column.at(docs), len(docs))


class Ranker:
    """Ranks one query over one commit, until `deadline_s` have passed: then what was found by then stands."""

    def __init__(
        self,
        postings: Postings,
        query: Query,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
        weights: Weights = WEIGHTS,
    ) -> None:
        self.postings = postings
        self.query = query
        self.clock = clock
        self.weights = weights
        self.until = clock() + deadline_s
        self.scores = np.zeros(postings.count, np.float32)
        self.parts: list[Part] = []
        self._known = postings.cache_for(weights)

    def rank(self) -> Ranking:
        """The live documents that match, scored."""
        required: NDArray[np.bool_] | None = None
        timed_out = False
        try:
            required = self._phrases()
            self._numbers()
            self._syllables()
            matching = self._matching(required)
            if np.count_nonzero(matching) < self.weights.enough and self._other_readings(matching):
                matching = self._matching(required)
        except _OutOfTime:
            timed_out = True
            matching = self._matching(required)
        docs = np.flatnonzero(matching).astype(np.int32)
        return Ranking(docs, self.scores[docs], self.parts, timed_out)

    def _matching(self, required: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        matching = self.scores > 0
        matching &= self.postings.alive
        if self.query.phrases:
            matching &= required if required is not None else False
        return matching

    def _add(self, part: Part) -> None:
        if self.clock() > self.until:
            raise _OutOfTime
        if part.scores.count:
            part.scores.add_to(self.scores, part.factor)
            self.parts.append(part)

    # syllables, and what of them stands side by side

    def _syllables(self) -> None:
        terms: dict[Term, float] = {}
        for term, factor in self._terms(restored(self.postings, self.query.syllables)):
            terms[term] = max(factor, terms.get(term, 0.0))
        for (kind, first, second), factor in terms.items():
            label = f"pairs:{first} {second}" if second else first + _MARKS.get(kind, "")
            self._add(Part(label, self._figures(kind, first, second), round(factor, 3)))
        for word in self.query.words:
            if word.prefix:
                self._add(Part(f"{word.form}*", self._figures("prefix", word.form, "")))

    def _terms(self, found: list[Restored]) -> Iterator[tuple[Term, float]]:
        """What is looked for, and how much each counts. A syllable whose accents were supplied shares its weight with its fold:
        the chain is right most of the time, and what it misreads must still be found.
        """
        weights = self.weights
        asking = asks([each.best for each in found])
        supplied = [each.best != typed for each, typed in zip(found, self.query.syllables, strict=True)]
        for i, each in enumerate(found):
            share = weights.question if asking[i] else 1.0
            for form, chance in each.readings:
                if chance > weights.likely:
                    yield ("syllable", form, ""), share * chance * (weights.reading if supplied[i] else 1.0)
            if supplied[i]:
                yield ("folded", fold(each.best), ""), share * (1 - weights.reading)
        for i, (one, other) in enumerate(pairwise(found)):
            share = weights.pair * (weights.question if asking[i] and asking[i + 1] else 1.0)
            folded: Term = ("folded pair", fold(one.best), fold(other.best))
            if one.sure * other.sure <= weights.sure:
                yield folded, share
            elif supplied[i] or supplied[i + 1]:
                yield ("pair", one.best, other.best), share * weights.reading
                yield folded, share * (1 - weights.reading)
            else:
                yield ("pair", one.best, other.best), share

    def _other_readings(self, matching: NDArray[np.bool_]) -> bool:
        """Below all documents that match: those with any reading of the syllables. Whether there are any."""
        others = np.zeros(self.postings.count, np.float32)
        parts = [
            Part(f"{form}~", self._figures("folded", form, "")) for form in {fold(each): None for each in self.query.syllables}
        ]
        for part in parts:
            if self.clock() > self.until:
                raise _OutOfTime
            part.scores.add_to(others)
        others[self.scores > 0] = 0
        highest = float(others.max(initial=0.0))
        if highest:
            least = float(self.scores[matching].min()) if matching.any() else 2.0
            self.scores += others * np.float32(0.5 * least / highest)
            self.parts += [Part(part.label, _where(part.scores, others > 0), 0.5 * least / highest) for part in parts]
        return highest > 0

    def _figures(self, kind: str, first: str, second: str) -> Column:
        """BM25 of one term, or of several taken as one, by weighed places, with its rarity."""
        column: Column = self._known.take((kind, first, second), lambda: self._make(kind, first, second))
        return column

    def _make(self, kind: str, first: str, second: str) -> Column:
        postings, weights = self.postings, self.weights
        if second:
            ranges = postings.pair(first, second, marked=kind == "pair")
            column = postings.impact("pair", ranges, weights.pair_k1, weights.pair_b)
        else:
            look_up = {"syllable": postings.typed, "prefix": postings.starting, "folded": postings.readings}[kind]
            ranges = look_up(first)
            column = postings.impact("whole", ranges, weights.k1, weights.b)
            rarity = np.float32(postings.rarity(column.count))
            title = postings.bm25("title", ranges, weights.k1, weights.title_b)
            column = postings.sum([(column, 1.0), (title, weights.title)])
            return postings.packed(column.docs, column.values * rarity)
        return postings.packed(column.docs, column.values * np.float32(postings.rarity(column.count)))

    def _phrases(self) -> NDArray[np.bool_] | None:
        required: NDArray[np.bool_] | None = None
        for phrase in self.query.phrases:
            found = self.postings.phrase(phrase, marked=any(map(has_marks, phrase)))
            here = np.zeros(self.postings.count, bool)
            here[found.present()] = True
            required = here if required is None else required & here
            weight = np.float32(self.postings.idf(found.count) * self.weights.phrase)
            values = weight * found.values / (found.values + np.float32(self.weights.k1))
            self._add(Part('"' + " ".join(phrase) + '"', Column(found.docs, values, found.count)))
        return required

    # document numbers

    def _numbers(self) -> None:
        """The whole number where it is known; else the known numbers that begin as it does."""
        postings = self.postings
        found = {key: postings.exact("numbers", key) for key in self.query.numbers}
        known = [key for key, ranges in found.items() if postings.frequency("numbers", ranges)]
        longest = [key for key in known if not any(other != key and other.startswith(key) for other in known)]
        for key in longest:
            self._number(key, lambda field, key=key: postings.exact(field, key), 1.0)  # type: ignore[misc]
        if not longest:
            for key in self.query.numbers:
                if not key[-1].isdecimal() and postings.frequency("numbers", postings.begun("numbers", key)):
                    self._number(key, lambda field, key=key: postings.begun(field, key), self.weights.number_begun)  # type: ignore[misc]
                    break

    def _number(self, key: str, terms: Callable[[str], Ranges], share: float) -> None:
        streams: tuple[tuple[Stream, float], ...] = (
            ("own_number", self.weights.own_number),
            ("numbers", self.weights.number),
        )
        for name, strength in streams:
            docs, _ = self.postings.frequencies(name, terms(name))
            weight = self.postings.idf(len(docs)) * strength * share
            self._add(Part(f"{name}:{key}", Column(docs, np.full(len(docs), weight, np.float32), len(docs))))
