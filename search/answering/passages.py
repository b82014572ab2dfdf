"""What of a query stands in a run of syllables, and the stretch of it that answers best. A text is numbers here, one a syllable.

A stretch is worth the sum of what different things stand in it: rare ones more than common ones, whole phrases and neighbours
that were typed as neighbours more than single syllables, the accents that were typed more than other readings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.words.text import fold, has_marks

STRETCH_SYLLABLES = 40
MAX_EVENTS = 4000
MAX_SYMBOLS = 1 << 15
_PAIR, _PHRASE, _READING, _AGAIN = 0.6, 1.5, 0.6, 0.02
_LEAST_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a hit marks of a query. All are normalised syllables, see text.normalise."""

    forms: tuple[str, ...] = ()
    """In the order in which they were typed, repeated ones too: what was typed side by side is preferred side by side."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Marked where they stand whole, and nowhere else."""
    prefixes: tuple[str, ...] = ()
    """Without their `*`: with these accents where there are any, with whatever accents else."""
    fuzzy: tuple[str, ...] = ()
    """Forms of the index that are near to one that was typed: as they are, accents and all."""
    bare: tuple[str, ...] = ()
    """Those of `forms` of which any reading is as good as the one that was typed."""
    marked: bool = False
    """Whether anything was typed with accents: then other readings are marked only in a text without the one that was typed."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to mark."""
        return not (self.forms or self.phrases or self.prefixes or self.fuzzy)


@dataclass(frozen=True, slots=True)
class Matches:
    """Stretches of a run of syllables that match, by their first and last syllable, ascending; `units` are what they match."""

    firsts: Array
    lasts: Array
    units: Array
    exact: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.firsts)

    def picked(self, rows: Any) -> Matches:
        """Those in these rows."""
        return Matches(self.firsts[rows], self.lasts[rows], self.units[rows], self.exact[rows])

    def between(self, low: int, high: int) -> Matches:
        """Those of syllables `low` to `high`, the latter left out."""
        low_row, high_row = self.firsts.searchsorted((low, high)).tolist()
        part = self.picked(slice(low_row, high_row))
        whole = part.lasts < high
        return part if whole.all() else part.picked(whole)


class Stretch(NamedTuple):
    """A stretch by its first and its last syllable, and what it is worth."""

    first: int
    last: int
    worth: float


class Symbols:
    """Numbers for the syllables that matter to a query, 0 for all others. `rarity` weighs a form; without it all are equal."""

    def __init__(self, wanted: Wanted, rarity: Callable[[str], float] | None = None) -> None:
        self.wanted = wanted
        singles = list(dict.fromkeys([*wanted.forms, *wanted.fuzzy]))
        self._units = {form: unit for unit, form in enumerate(singles)}
        self._fold_units: dict[str, int] = {}
        for form in wanted.forms:
            self._fold_units.setdefault(fold(form), self._units[form])
        self._bare = frozenset(map(fold, wanted.bare))
        self._prefixes = [(len(singles) + i, form, has_marks(form)) for i, form in enumerate(wanted.prefixes)]
        self._phrase_forms = {form: i for i, form in enumerate(dict.fromkeys(f for p in wanted.phrases for f in p))}
        self._phrase_folds = {form: i for i, form in enumerate(dict.fromkeys(map(fold, self._phrase_forms)))}
        self._phrase_unit = len(singles) + len(wanted.prefixes)
        weigh = rarity or (lambda form: 1.0)
        weights = [weigh(form) + _LEAST_WEIGHT for form in (*singles, *wanted.prefixes)]
        phrases = [_PHRASE * sum(weigh(form) + _LEAST_WEIGHT for form in phrase) for phrase in wanted.phrases]
        pairs = [(self._units[a], self._units[b]) for a, b in dict.fromkeys(pairwise(wanted.forms))]
        self._pairs = np.zeros((self._phrase_unit if pairs else 0, self._phrase_unit), np.int32)
        for i, pair in enumerate(pairs):
            self._pairs[pair] = self._phrase_unit + len(phrases) + i
        weights += [*phrases, *(_PAIR * (weights[a] + weights[b]) for a, b in pairs)]
        self.weights = np.array(weights, np.float32)
        self._numbers: dict[str, int] = {}
        self._rows: list[tuple[int, bool, int, int]] = [(-1, False, -1, -1)]
        self._table: tuple[Array, ...] | None = None

    def of(self, form: str) -> int:
        """The number of a syllable."""
        number = self._numbers.get(form)
        if number is None:
            row = self._row(form)
            number = self._numbers[form] = 0 if row == self._rows[0] else self._added(row)
        return number

    def of_prefix(self, prefix: str) -> int:
        """The number of a syllable of which nothing matters but that it begins so."""
        unit = next(unit for unit, form, _ in self._prefixes if form == prefix)
        return self._added((unit, True, -1, -1))

    def _added(self, row: tuple[int, bool, int, int]) -> int:
        if len(self._rows) >= MAX_SYMBOLS:
            return 0
        self._rows.append(row)
        self._table = None
        return len(self._rows) - 1

    def _row(self, form: str) -> tuple[int, bool, int, int]:
        """Its unit, whether exactly, its numbers among the forms and the folds of phrases."""
        bare = fold(form)
        unit, exact = self._units.get(form, -1), True
        if unit < 0:
            unit = next((unit for unit, start, marked in self._prefixes if (form if marked else bare).startswith(start)), -1)
        if unit < 0:
            unit, exact = self._fold_units.get(bare, -1), not self.wanted.marked or bare in self._bare
        return unit, exact, self._phrase_forms.get(form, -1), self._phrase_folds.get(bare, -1)

    def _columns(self) -> tuple[Array, ...]:
        if self._table is None:
            self._table = tuple(map(np.array, zip(*self._rows, strict=True)))
        return self._table

    def matches(self, run: Array) -> Matches:
        """What of the query stands in a run of numbers."""
        places = run.nonzero()[0]
        if not len(places):
            return _NONE
        units, exact, forms, folds = self._columns()
        numbers = run[places]
        found = [self._singles(places, units[numbers], exact[numbers])]
        for i, phrase in enumerate(self.wanted.phrases):
            found.append(self._phrase(i, phrase, run, places, forms, folds))
        return found[0] if len(found) == 1 else _sorted(found)

    def _singles(self, places: Array, units: Array, exact: Array) -> Matches:
        kept = units >= 0
        if self.wanted.marked and not exact.all():
            stands = np.zeros(len(self.weights) + 1, bool)
            stands[units[exact & kept]] = True
            kept &= exact | ~stands[units]
        places = places[kept]
        return Matches(places, places, units[kept], exact[kept])

    def _phrase(self, i: int, phrase: tuple[str, ...], run: Array, places: Array, forms: Array, folds: Array) -> Matches:
        exact = False
        begins = places[:0]
        if any(map(has_marks, phrase)):
            begins = _standing(run, places, forms, [self._phrase_forms[form] for form in phrase])
            exact = bool(len(begins))
        if not exact:
            begins = _standing(run, places, folds, [self._phrase_folds[fold(form)] for form in phrase])
        count = len(begins)
        unit = np.full(count, self._phrase_unit + i)
        return Matches(begins, begins + len(phrase) - 1, unit, np.full(count, exact or not self.wanted.marked))

    def best(self, matches: Matches, parts: Array | None = None) -> Stretch:
        """The stretch that answers best; of equal ones the first. There must be a match.

        What begins within STRETCH_SYLLABLES of the first one belongs to a stretch, phrases with all of their syllables. Of texts
        in `parts` (where each begins, ascending) no stretch reaches from one into the next.
        """
        matches = self._weightiest(matches)
        starts = matches.firsts
        after = starts.searchsorted(starts + STRETCH_SYLLABLES)
        if parts is not None:
            ends = np.append(parts, np.iinfo(np.int64).max)[parts.searchsorted(starts, side="right")]
            after = np.minimum(after, starts.searchsorted(ends))
        counts = np.zeros((len(starts) + 1, len(self.weights)), np.float32)
        np.cumsum(self._marks(matches), axis=0, out=counts[1:])
        # Matches that begin with the same syllable begin the same stretch: the first of them has them all.
        inside = counts[after] - counts[:-1]
        worth = (np.minimum(inside, 1) + _AGAIN * np.minimum(inside, 5)) @ self.weights
        at = int((worth > worth.max() - 1e-4).argmax())
        return Stretch(int(starts[at]), int(matches.lasts[at : after[at]].max()), float(worth[at]))

    def as_full(self, matches: Matches, parts: Array, part: int) -> int:
        """How many other parts hold all of the query that part number `part` holds, wherever it stands in them."""
        of_part = parts.searchsorted(matches.firsts, side="right") - 1
        numbers, rows = np.unique(of_part, return_inverse=True)
        holds = np.zeros((len(numbers), len(self.weights)), bool)
        holds[rows, matches.units] = True
        wanted = holds[int(np.searchsorted(numbers, part))]
        return int(np.count_nonzero(holds[:, wanted].all(axis=1))) - 1

    def _weightiest(self, matches: Matches) -> Matches:
        """Of too many matches those that weigh most, the first of equal ones: a bound for texts that hold little else."""
        if len(matches) <= MAX_EVENTS:
            return matches
        return matches.picked(np.sort(np.argsort(-self.weights[matches.units], kind="stable")[:MAX_EVENTS]))

    def _marks(self, matches: Matches) -> Array:
        """What each match (rows) gives to each unit (columns): itself and, where the next form stands beside it, their pair."""
        marks = np.zeros((len(matches), len(self.weights)), np.float32)
        degrees = np.where(matches.exact, np.float32(1), np.float32(_READING))
        marks[np.arange(len(matches)), matches.units] = degrees
        if self._pairs.size:
            single = np.flatnonzero(matches.units < len(self._pairs)) if self.wanted.phrases else np.arange(len(matches))
            singles = matches.firsts[single]
            beside = (singles[1:] - singles[:-1] == 1).nonzero()[0]
            one, other = single[beside], single[beside + 1]
            units = self._pairs[matches.units[one], matches.units[other]]
            typed = units.nonzero()[0]
            one, other = one[typed], other[typed]
            marks[one, units[typed]] = np.minimum(degrees[one], degrees[other])
        return marks


_NONE = Matches(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool))


def _sorted(parts: Sequence[Matches]) -> Matches:
    joined = Matches(
        np.concatenate([part.firsts for part in parts]),
        np.concatenate([part.lasts for part in parts]),
        np.concatenate([part.units for part in parts]),
        np.concatenate([part.exact for part in parts]),
    )
    return joined.picked(np.argsort(joined.firsts, kind="stable"))


def _standing(run: Array, places: Array, ids: Array, wanted: Sequence[int]) -> Array:
    """Where syllables with these numbers in `ids` stand one after the other."""
    begins = places[places + len(wanted) <= len(run)]
    for i, id in enumerate(wanted):
        begins = begins[ids[run[begins + i]] == id]
    return begins
