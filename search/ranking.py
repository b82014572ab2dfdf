"""Which documents answer a query, and in which order: BM25 a field, all documents at once.

A word typed with marks counts in full where it stands so, and a little where only its fold does; without marks all readings of
the fold are one word. Side-by-side syllables and pyvi's compounds add to it. Documents that hold more of the query come first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from search.postings import EMPTY, Column, Postings, Ranges, Stream
from search.query import Query, Word
from search.schema import SYLLABLE_FIELDS
from search.text import has_marks


@dataclass(frozen=True, slots=True)
class Weights:
    """All that can be tuned of the ranking, in one place."""

    k1: float = 1.2
    b: float = 0.75
    title: float = 1.0
    summary: float = 0.6
    body: float = 1.0
    pair: float = 0.5
    compound: float = 0.3
    other_reading: float = 0.1
    """What a word typed with marks counts where it stands with other marks or none."""
    other_covers: float = 0.5
    coverage_floor: float = 0.4
    """What is left of the score of a document that holds next to nothing of the query."""
    number: float = 4.0
    own_number: float = 8.0
    number_begun: float = 0.5
    """What a number counts of which only the beginning was typed."""
    phrase: float = 1.0

    def of_field(self, name: str) -> float:
        """The weight of a syllable field."""
        return {"title": self.title, "summary": self.summary, "body": self.body}[name]


WEIGHTS = Weights()


@dataclass(slots=True)
class Ranking:
    """The live documents that match, ascending, and their scores; `parts` name what these came from, for an explanation."""

    docs: NDArray[np.int32]
    scores: NDArray[np.float32]
    parts: list[Part] = field(default_factory=list)
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One thing looked for: its figures, what of the query it covers where, and its weight among all that can be covered."""

    label: str
    scores: Column
    covers: Column = EMPTY
    weight: float = 0.0

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.scores.nbytes + self.covers.nbytes


class _OutOfTime(Exception):
    pass


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
        self.covered = np.zeros(postings.count, np.float32)
        self.weight = 0.0
        self.parts: list[Part] = []
        self._known = postings.cache_for(weights)

    def rank(self) -> Ranking:
        """The live documents that match, scored."""
        required: NDArray[np.bool_] | None = None
        timed_out = False
        try:
            required = self._phrases()
            self._numbers()
            for word in self.query.words:
                self._add(self._known.take((word, self.query.marked), lambda word=word: self._word(word)))  # type: ignore[misc]
            self._adjacent()
        except _OutOfTime:
            timed_out = True
        docs, scores = self._settled(required)
        return Ranking(docs, scores, self.parts, timed_out)

    def _settled(self, required: NDArray[np.bool_] | None) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        matching = self.scores > 0
        matching &= self.postings.alive
        if self.query.phrases:
            matching &= required if required is not None else False
        docs = np.flatnonzero(matching).astype(np.int32)
        scores = self.scores[docs]
        if self.weight:
            floor = np.float32(self.weights.coverage_floor)
            share = np.float32((1 - self.weights.coverage_floor) / self.weight)
            scores *= np.minimum(np.float32(1), floor + share * self.covered[docs])
        return docs, scores

    def _add(self, part: Part) -> None:
        if self.clock() > self.until:
            raise _OutOfTime
        self.weight += part.weight
        if part.scores.count:
            part.scores.add_to(self.scores)
            self.parts.append(part)
        if part.covers.count:
            part.covers.add_to(self.covered)

    # words

    def _word(self, word: Word) -> Part:
        postings = self.postings
        if word.prefix:
            scores, idf = self._over_fields(postings.starting(word.form))
            return Part(f"{word.form}*", scores, _covering(scores, idf), idf)
        if not self.query.marked:
            scores, idf = self._over_fields(postings.readings(word.form))
            return Part(word.form, scores, _covering(scores, idf), idf)
        return self._marked_word(word)

    def _marked_word(self, word: Word) -> Part:
        """A word with marks somewhere in the query: as it stands, and less where only its fold does."""
        weights, postings = self.weights, self.postings
        typed = postings.typed(word.form)
        exact, idf = self._over_fields(typed)
        others, other_idf = self._over_fields(_without(postings.readings(word.form), typed))
        whole = idf or other_idf
        if not others.count:
            return Part(word.form, exact, _covering(exact, whole), whole)
        scale = weights.other_reading * (min(1.0, idf / other_idf) if idf and other_idf else 1.0)
        less = Column(others.docs, others.values * np.float32(scale), others.count)
        covers = self._either(_covering(exact, whole), _covering(others, whole * weights.other_covers))
        return Part(word.form, self._either(exact, less), covers, whole)

    def _either(self, first: Column, second: Column) -> Column:
        """The figures of `first`, and those of `second` where it has none."""
        if second.docs is not None and first.docs is not None:
            apart = ~np.isin(second.docs, first.docs, assume_unique=True)
            docs = np.concatenate([first.docs, second.docs[apart]])
            order = np.argsort(docs, kind="stable")
            return self.postings.packed(docs[order], np.concatenate([first.values, second.values[apart]])[order])
        whole = np.zeros(self.postings.count, np.float32)
        second.add_to(whole)
        present = first.present()
        whole[present] = first.values if first.docs is not None else first.values[present]
        return self.postings.packed(None, whole)

    def _over_fields(self, ranges: Ranges) -> tuple[Column, float]:
        """BM25 of the terms taken as one word, added up over the fields; and the weight of the word (idf) over all of them."""
        weights, postings = self.weights, self.postings
        parts = [(postings.bm25(name, ranges, weights.k1, weights.b), weights.of_field(name)) for name in _FIELDS]
        found = postings.sum(parts)
        idf = postings.idf(found.count)
        return Column(found.docs, found.values * np.float32(idf), found.count), idf

    # what stands side by side

    def _adjacent(self) -> None:
        weights, postings = self.weights, self.postings
        for pair in self.query.pairs:
            first, _, second = pair.partition(" ")

            def make_pair(label: str = f"pairs:{pair}", first: str = first, second: str = second) -> Part:
                return self._beside(label, "pair", postings.pair(first, second, marked=False), weights.pair)

            self._add(self._known.take(("pair", pair), make_pair))
        for compound in self.query.compounds if self.query.marked else ():

            def make_compound(label: str = f"compounds:{compound}", compound: str = compound) -> Part:
                return self._beside(label, "compounds", postings.exact("compounds", compound), weights.compound)

            self._add(self._known.take(("compound", compound), make_compound))

    def _beside(self, label: str, stream: Stream, ranges: Ranges, weight: float) -> Part:
        column = self.postings.bm25(stream, ranges, self.weights.k1, self.weights.b)
        factor = np.float32(weight * self.postings.idf(column.count))
        return Part(label, self.postings.packed(column.docs, column.values * factor))

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
            column = Column(docs, np.full(len(docs), weight, np.float32), len(docs))
            covers, counted = (column, weight) if name == "numbers" else (EMPTY, 0.0)
            self._add(Part(f"{name}:{key}", column, covers, counted))


_FIELDS: tuple[Stream, ...] = ("title", "summary", "body")
assert _FIELDS == SYLLABLE_FIELDS


def _covering(column: Column, weight: float) -> Column:
    """`weight` wherever the column has a figure."""
    return Column(column.docs, (column.values > 0).astype(np.float32) * np.float32(weight), column.count)


def _without(ranges: Ranges, left_out: Ranges) -> Ranges:
    """Ranges of one span each, without the term of `left_out`."""
    return tuple(
        ((low, at), (end, high)) if at < end else ((low, high),)
        for ((low, high),), ((at, end),) in zip(ranges, left_out, strict=True)
    )
