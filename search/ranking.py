"""Which documents answer a query, and in which order: BM25 a field, term by term from the rarest on.

A word typed with marks counts in full where it stands so, and a little where only its fold does; without marks all readings of
the fold are one word. Side-by-side syllables and pyvi's compounds add to it. Documents that hold more of the query come first.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from search.analysis import BAR, term
from search.query import Query, Word
from search.schema import SYLLABLE_FIELDS
from search.text import fold, has_marks
from search.whoosh_reader import Snapshot

K1, B = 1.2, 0.75
FIELD_WEIGHTS = {"title": 1.0, "summary": 0.6, "body": 1.0}
PAIR_WEIGHT = 0.5
COMPOUND_WEIGHT = 0.3
OTHER_READING = 0.1
COVERAGE_FLOOR = 0.4
NUMBER_WEIGHT = 4.0
OWN_NUMBER_WEIGHT = 8.0
PHRASE_WEIGHT = 1.0
MAX_READINGS = 64
MAX_EXPANSIONS = 48

Contribution = dict[int, float]


@dataclass(slots=True)
class Ranking:
    """Scores by document number; `parts` name what each came from, for an explanation."""

    scores: Contribution = field(default_factory=dict)
    parts: list[tuple[str, Contribution]] = field(default_factory=list)
    timed_out: bool = False


class _OutOfTime(Exception):
    pass


class Ranker:
    """Ranks one query over one snapshot, until `deadline_s` have passed: then what was found by then stands."""

    def __init__(self, snapshot: Snapshot, query: Query, deadline_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.snapshot = snapshot
        self.query = query
        self.clock = clock
        self.until = clock() + deadline_s
        self.covered: Contribution = {}
        self.weight = 0.0
        self.ranking = Ranking()

    def rank(self) -> Ranking:
        """The live documents that match, scored."""
        required: set[int] | None = None
        try:
            required = self._phrases()
            self._numbers()
            for word, readings in self._by_rarity():
                self._word(word, readings)
            self._adjacent()
        except _OutOfTime:
            self.ranking.timed_out = True
        self._settle(required)
        return self.ranking

    def _settle(self, required: set[int] | None) -> None:
        scores, weight, covered = self.ranking.scores, self.weight, self.covered
        kept = scores.keys() - self.snapshot.dead
        if self.query.phrases:
            kept &= required or set()
        share = (1 - COVERAGE_FLOOR) / weight if weight else 0.0
        floor = COVERAGE_FLOOR if weight else 1.0
        self.ranking.scores = {doc: scores[doc] * min(1.0, floor + share * covered.get(doc, 0.0)) for doc in kept}

    def _add(self, label: str, contribution: Contribution) -> None:
        scores = self.ranking.scores
        for doc, score in contribution.items():
            scores[doc] = scores.get(doc, 0.0) + score
        self.ranking.parts.append((label, contribution))

    def _cover(self, docs: Iterable[int], weight: float) -> None:
        covered = self.covered
        for doc in docs:
            covered[doc] = covered.get(doc, 0.0) + weight

    # words

    def _by_rarity(self) -> list[tuple[Word, list[str]]]:
        found = [(word, self._readings(word)) for word in self.query.words]
        return sorted(found, key=lambda entry: sum(self.snapshot.frequency("body", reading) for reading in entry[1]))

    def _readings(self, word: Word) -> list[str]:
        """Terms of the index for a word: all accented readings of its fold, the one that was typed first."""
        fields = SYLLABLE_FIELDS
        if word.prefix:
            marked = has_marks(word.form)
            start = fold(word.form)
            limit = MAX_EXPANSIONS * (8 if marked else 1)
            found = dict.fromkeys(reading for name in fields for reading in self.snapshot.terms(name, start, limit))
            return [t for t in found if not marked or t.partition(BAR)[2].startswith(word.form)][:MAX_EXPANSIONS]
        start = fold(word.form) + BAR
        found = dict.fromkeys(reading for name in fields for reading in self.snapshot.terms(name, start, MAX_READINGS))
        typed = term(word.form)
        return ([typed] if typed in found else []) + [reading for reading in found if reading != typed]

    def _word(self, word: Word, readings: list[str]) -> None:
        if not readings:
            return
        typed = term(word.form)
        if word.prefix or not self.query.marked:
            contribution, idf = self._over_fields(readings)
        else:
            exact, idf = self._over_fields([typed]) if readings[0] == typed else ({}, 0.0)
            others, other_idf = self._over_fields([reading for reading in readings if reading != typed])
            scale = OTHER_READING * (min(1.0, idf / other_idf) if idf and other_idf else 1.0)
            contribution = {doc: score * scale for doc, score in others.items()} | exact
            idf = idf or other_idf
            self._cover(others.keys() - exact.keys(), idf * 0.5)
            self._cover(exact, idf)
            self.weight += idf
            self._add(word.form, contribution)
            return
        self.weight += idf
        self._cover(contribution, idf)
        self._add(word.form + ("*" if word.prefix else ""), contribution)

    def _over_fields(self, terms: list[str]) -> tuple[Contribution, float]:
        """BM25 of the terms taken as one word, added up over the fields; and the weight of the word (idf) over all of them."""
        by_field = {name: self._frequencies(name, terms) for name in SYLLABLE_FIELDS}
        idf = self._idf(len(set().union(*by_field.values())))
        total: Contribution = {}
        for name, frequencies in by_field.items():
            for doc, score in self._bm25(name, frequencies, idf * FIELD_WEIGHTS[name]).items():
                total[doc] = total.get(doc, 0.0) + score
        return total, idf

    def _frequencies(self, name: str, terms: list[str]) -> Contribution:
        found: Contribution = {}
        for number, one in enumerate(terms):
            for docs, weights in self.snapshot.blocks(name, one):
                if self.clock() > self.until:
                    raise _OutOfTime
                if number:
                    for doc, weight in zip(docs, weights, strict=True):
                        found[doc] = found.get(doc, 0.0) + weight
                else:
                    found.update(zip(docs, weights, strict=True))
        return found

    def _bm25(self, name: str, frequencies: Contribution, weight: float) -> Contribution:
        if not frequencies:
            return {}
        lengths = self.snapshot.lengths(name)
        base, slope = K1 * (1 - B), K1 * B / self.snapshot.average_length(name)
        top = weight * (K1 + 1)
        return {doc: top * tf / (tf + base + slope * lengths[doc]) for doc, tf in frequencies.items()}

    def _idf(self, documents: int) -> float:
        return math.log(max(1, self.snapshot.documents) / (documents + 1)) + 1 if documents else 0.0

    # what stands side by side

    def _adjacent(self) -> None:
        for name, terms, weight in (
            ("pairs", self.query.pairs, PAIR_WEIGHT),
            ("compounds", self.query.compounds if self.query.marked else (), COMPOUND_WEIGHT),
        ):
            ordered = sorted(terms, key=lambda one: self.snapshot.frequency(name, one))
            for one in ordered:
                frequencies = self._frequencies(name, [one])
                self._add(f"{name}:{one}", self._bm25(name, frequencies, weight * self._idf(len(frequencies))))

    def _phrases(self) -> set[int] | None:
        required: set[int] | None = None
        for phrase in self.query.phrases:
            places: dict[int, int] = {}
            for name in SYLLABLE_FIELDS:
                for doc, count in self._phrase(name, phrase).items():
                    places[doc] = places.get(doc, 0) + count
            required = set(places) if required is None else required & places.keys()
            idf = self._idf(len(places)) * PHRASE_WEIGHT
            self._add('"' + " ".join(phrase) + '"', {doc: idf * count / (count + K1) for doc, count in places.items()})
        return required

    def _phrase(self, name: str, phrase: tuple[str, ...]) -> dict[int, int]:
        """In how many places of each document the syllables stand one after the other."""
        marked = any(has_marks(form) for form in phrase)
        words = [[term(form)] if marked else self.snapshot.terms(name, fold(form) + BAR, MAX_READINGS) for form in phrase]
        order = sorted(range(len(phrase)), key=lambda i: sum(self.snapshot.frequency(name, one) for one in words[i]))
        starts: dict[int, set[int]] | None = None
        for i in order:
            wanted = None if starts is None else set(starts)
            here: dict[int, set[int]] = {}
            for one in words[i]:
                if self.clock() > self.until:
                    raise _OutOfTime
                for doc, positions in self.snapshot.positions(name, one, wanted).items():
                    here.setdefault(doc, set()).update(position - i for position in positions)
            starts = here if starts is None else {doc: both for doc, at in here.items() if (both := at & starts[doc])}
            if not starts:
                return {}
        return {doc: len(at) for doc, at in (starts or {}).items()}

    # document numbers

    def _numbers(self) -> None:
        """The whole number where it is known; else the known numbers that begin as it does."""
        known = [key for key in self.query.numbers if self.snapshot.frequency("numbers", key)]
        longest = [key for key in known if not any(other != key and other.startswith(key) for other in known)]
        for key in longest:
            self._number(key, [key], 1.0)
        if not longest:
            for key in self.query.numbers:
                if not key[-1].isdecimal() and (begun := self.snapshot.terms("numbers", key, MAX_EXPANSIONS)):
                    self._number(key, begun, 0.5)
                    break

    def _number(self, key: str, terms: list[str], weight: float) -> None:
        for name, strength in (("own_number", OWN_NUMBER_WEIGHT), ("numbers", NUMBER_WEIGHT)):
            docs = self._frequencies(name, terms)
            idf = self._idf(len(docs))
            self._add(f"{name}:{key}", dict.fromkeys(docs, idf * strength * weight))
            if name == "numbers":
                self.weight += idf * strength * weight
                self._cover(docs, idf * strength * weight)
