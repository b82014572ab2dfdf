"""Another spelling of a query, of the index's own words: for syllables that it does not hold, and for pairs that never stand
there, where a spelling often taken for one of them gives a pair that does.

A noisy channel: each typed syllable has candidates with the cost of having been mistyped so, and the likeliest path through them
is taken, by how often they stand alone and side by side in the index.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.answering.restoring import MOST_READINGS, restored
from search.asking.typed_words import TypedWord, replaced, words_of
from search.postings import Postings
from search.words.analysis import BAR
from search.words.confusions import mistaken
from search.words.orthography import is_bare_syllable, is_syllable, toneless
from search.words.text import fold, has_marks, normalise

MOST_WORDS = 16
"""A longer query is read for its first words alone: each unknown one costs a look at the whole vocabulary."""
MOST_UNKNOWN = 3
MOST_LETTERS = 24
_LONG = 5
"""From so many letters on two of them may be wrong."""
_FOLDS, _READINGS = 8, 3
_EDIT, _CONFUSION, _FIRST, _MARK = 4.0, 2.0, 1.5, 1.2
"""Costs, as negative logarithms: a letter, a confusion, more for the first letter, an accent that differs."""
_SMOOTHING = 50.0
_UNSEEN = 0.1
_SLIPS = 1_000_000
"""Among so many syllables of the index one that is spelled so, or less, is taken for a slip."""
_RARE = 2
"""Syllables that the index has seen less often are as likely mistakes of its own."""
_FREQUENT = 12
_BOUND = 0.05
"""How often the rarer one of two syllables must stand beside the other for their pair to be an expression."""
_RARER = 50
"""A reading that is so many times as frequent as what was typed may have been meant."""


Chosen = dict[TypedWord, str]
"""Words of the query and what is to stand in their places."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """One reading of one typed syllable."""

    form: str
    count: int
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class _Place:
    word: TypedWord
    form: str
    choices: tuple[_Choice, ...]
    open: bool = False
    """Whether the word may be written anew."""


def did_you_mean(text: str, postings: Postings) -> str | None:
    """`text` with other words in their places, or None. Takes any string; quotes, operators, fields and numbers stay as typed.

    What is given back is of words that the index holds, so that it finds something.
    """
    every = words_of(text)
    words = every[:MOST_WORDS]
    forms = [normalise(word.raw).text for word in words]
    often = [_pair(postings, forms[i], forms[i + 1]) if words[i + 1].follows else -1 for i in range(len(words) - 1)]
    lonely = [max([*often[max(0, i - 1) : i + 1], 0]) == 0 for i in range(len(words))]
    unknown = [i for i, word in enumerate(words) if lonely[i] and _is_unknown(postings, word, forms[i])]
    if len(unknown) > MOST_UNKNOWN:
        return None
    chosen = _unknown_words(postings, words, forms, unknown) if unknown else _unknown_pairs(postings, words, forms, often)
    chosen |= _run_together(postings, words, forms)
    if not chosen:
        return None
    if len(every) == len(words) and not any(map(has_marks, forms)):
        chosen |= _accented(postings, words, forms, chosen)
    better = replaced(text, sorted(chosen.items(), key=lambda entry: entry[0].start))
    return better if better != text and _stands(postings, words, forms, chosen) else None


def _is_name(word: TypedWord) -> bool:
    """Whether a word looks like a name of another language."""
    return word.raw.isascii() and word.raw[0].isupper() and not word.raw.isupper()


def _is_fixed(word: TypedWord) -> bool:
    """Whether a word is to stay what it is: an acronym, or the beginning of words."""
    return word.acronym or word.partial


def _is_unknown(postings: Postings, word: TypedWord, form: str) -> bool:
    """Whether the index holds the syllable neither so nor without accents, or typed with accents only as a slip of its own."""
    if not 2 <= len(form) <= MOST_LETTERS or _is_fixed(word) or any(map(str.isdigit, form)):
        return False
    readings = _known(postings, form)
    if not readings or not has_marks(form):
        return not readings
    count = _count(postings, form)
    return count == 0 or (count <= postings.tokens // _SLIPS and not is_syllable(form))


def _pair(postings: Postings, first: str, second: str) -> int:
    """How often two syllables stand side by side, bare ones with any accents; where both are bare, in how many documents."""
    if has_marks(first) or has_marks(second):
        return int(postings.beside(_forms(postings, first), _forms(postings, second)).sum())
    return postings.frequency("pair", postings.pair(first, second, marked=False))


def _forms(postings: Postings, form: str) -> list[str]:
    return [form] if has_marks(form) else [each for each, _ in _known(postings, form)[:4]] or [form]


def _known(postings: Postings, form: str) -> tuple[tuple[str, int], ...]:
    """The readings of a syllable's fold that the index holds, the most frequent first."""
    return postings.common_readings(form, MOST_READINGS)


# syllables that the index does not hold


def _unknown_words(postings: Postings, words: Sequence[TypedWord], forms: Sequence[str], unknown: Sequence[int]) -> Chosen:
    places: list[_Place] = []
    for i, (word, form) in enumerate(zip(words, forms, strict=True)):
        near = i in unknown or i - 1 in unknown or i + 1 in unknown
        choices = tuple(_candidates(postings, form)) if i in unknown else _readings(postings, form, near=near)
        places.append(_Place(word, form, choices, open=i in unknown and bool(choices)))
    chosen: Chosen = {}
    for run in _runs(places):
        path = [choice.form for choice in _likeliest(postings, run)]
        for at, place in enumerate(run):
            if place.open and _is_borne_out(postings, path, at, place, sole=len(words) == 1):
                chosen[place.word] = path[at]
    return chosen


def _is_borne_out(postings: Postings, path: Sequence[str], at: int, place: _Place, *, sole: bool) -> bool:
    """Whether the word stands in the index beside a neighbour; where it has none, whether it is near and frequent by itself.
    `sole`: nothing else was typed.

    Names and words of other languages have near forms too, but these stand beside nothing that was typed.
    """
    if len(path) > 1:
        # What could be a syllable or a name is perhaps only missing here: what is put for it must be part of an expression.
        count = _expression if is_syllable(place.form) or _is_name(place.word) else _pair_of
        return max(count(postings, path[i], path[i + 1]) for i in (at - 1, at) if 0 <= i < len(path) - 1) >= _frequent(postings)
    if not sole and (is_syllable(place.form) or _is_name(place.word)):
        return False
    choice = next(each for each in place.choices if each.form == path[at])
    return choice.cost <= _EDIT + _MARK and choice.count >= _frequent(postings)


def _pair_of(postings: Postings, first: str, second: str) -> int:
    return int(postings.beside([first], [second])[0, 0])


def _frequent(postings: Postings) -> int:
    """How often something must stand in an index of this size to be no chance."""
    return max(1, min(_FREQUENT, postings.tokens // _SLIPS))


def _runs(places: Sequence[_Place]) -> Iterator[list[_Place]]:
    """Places that stand side by side; those without any reading are left out and part what is around them."""
    run: list[_Place] = []
    for place in places:
        if run and (not place.word.follows or not place.choices):
            yield run
            run = []
        if place.choices:
            run.append(place)
    if run:
        yield run


def _readings(postings: Postings, form: str, *, near: bool) -> tuple[_Choice, ...]:
    """A syllable that is known stays what it is; typed bare, it has its common readings."""
    if has_marks(form) or not near:
        return (_Choice(form, max(1, _count(postings, form))),)
    return tuple(_Choice(each, count) for each, count in _known(postings, form)[:4]) or (_Choice(form, 1),)


def _count(postings: Postings, form: str) -> int:
    return postings.frequency("places", postings.typed(form))


def _candidates(postings: Postings, form: str) -> list[_Choice]:
    """What the index holds that may have been meant, the likeliest first by itself."""
    costs = _near_folds(postings, fold(form))
    most = 2 * _READINGS if has_marks(form) else _READINGS
    found = []
    for bare, cost in costs.items():
        for reading, count in _known(postings, bare)[:most]:
            if count >= _RARE:
                found.append(_Choice(reading, count, cost + _mark_cost(form, reading)))
    found.sort(key=lambda choice: choice.cost - math.log(choice.count))
    return found[: _FOLDS + _READINGS]


def _near_folds(postings: Postings, bare: str) -> dict[str, float]:
    """Bare forms of the index that are spelled nearly so, with their costs; the cheapest."""
    costs = {bare: 0.0} if _known(postings, bare) else {}
    for distance in (1, 2) if len(bare) >= _LONG else (1,):
        for other in _folds(postings, bare, distance):
            # Two letters of which the first is one make another word: python is no thôn.
            if distance == 1 or other[:1] == bare[:1]:
                costs.setdefault(other, distance * _EDIT + (_FIRST if other[:1] != bare[:1] else 0.0))
        if any(_known(postings, other)[0][1] >= _frequent(postings) for other in costs if other != bare):
            break
    for other in mistaken(bare):
        if _known(postings, other):
            costs[other] = _CONFUSION
    weighed = {other: cost - math.log(_known(postings, other)[0][1]) for other, cost in costs.items()}
    return {other: costs[other] for other in sorted(weighed, key=weighed.__getitem__)[:_FOLDS]}


def _folds(postings: Postings, bare: str, distance: int) -> Iterator[str]:
    for layout, spans in zip(postings.layouts, postings.fuzzy(bare, distance), strict=True):
        terms = layout.terms("body")
        yield from dict.fromkeys(
            terms[number].partition(BAR.encode())[0].decode() for low, high in spans for number in range(low, high)
        )


def _mark_cost(typed: str, reading: str) -> float:
    """What it costs that accents differ; none that were typed cost nothing."""
    if not has_marks(typed):
        return 0.0
    (letters, tone), (others, other_tone) = toneless(typed), toneless(reading)
    marks = set(letters) & set("ăâêôơưđ")
    return _MARK * ((tone != other_tone) + (marks != set(others) & set("ăâêôơưđ")))


def _run_together(postings: Postings, words: Sequence[TypedWord], forms: Sequence[str]) -> Chosen:
    """Two syllables without the space between them, where they stand side by side far more often: `thôngbáo`."""
    chosen: Chosen = {}
    for word, form in zip(words, forms, strict=True):
        if not _LONG <= len(form) <= MOST_LETTERS or _is_fixed(word) or is_bare_syllable(fold(form)):
            continue
        count = _expression if _is_name(word) else _pair
        ways = [(count(postings, form[:at], form[at:]), f"{form[:at]} {form[at:]}") for at in _seams(form)]
        often, parted = max(ways, default=(0, ""))
        if often >= _frequent(postings) * (1 + sum(count for _, count in _known(postings, form))):
            chosen[word] = parted
    return chosen


def _seams(form: str) -> Iterator[int]:
    return (at for at in range(1, len(form)) if is_bare_syllable(fold(form[:at])) and is_bare_syllable(fold(form[at:])))


def _accented(postings: Postings, words: Sequence[TypedWord], forms: Sequence[str], chosen: Chosen) -> Chosen:
    """The whole of a query that was typed without accents, with those that the index's own words make likely."""
    whole = [chosen.get(word, form).split() for word, form in zip(words, forms, strict=True)]
    found = iter(restored(postings, [form for each in whole for form in each]))
    best = {word: " ".join(next(found).best for _ in each) for word, each in zip(words, whole, strict=True)}
    return {word: form for word, form in best.items() if not _is_fixed(word)}


# the likeliest path


def _likeliest(postings: Postings, run: Sequence[_Place]) -> list[_Choice]:
    scores = np.array([_alone(postings, choice) for choice in run[0].choices])
    back: list[NDArray[np.int64]] = []
    for before, here in pairwise(run):
        if not before.open and not here.open and len(before.choices) == len(here.choices) == 1:
            table = scores[:, None]
        else:
            table = scores[:, None] + _moves(postings, before.choices, here.choices)
        back.append(table.argmax(axis=0))
        scores = table.max(axis=0)
    path = [int(scores.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return [place.choices[at] for place, at in zip(run, reversed(path), strict=True)]


def _alone(postings: Postings, choice: _Choice) -> float:
    return math.log((choice.count + _UNSEEN) / max(1, postings.tokens)) - choice.cost


def _moves(postings: Postings, before: Sequence[_Choice], here: Sequence[_Choice]) -> NDArray[np.float64]:
    """For each pair of choices the logarithm of the second's chance after the first, less its cost."""
    beside = postings.beside([choice.form for choice in before], [choice.form for choice in here])
    counts = np.array([choice.count for choice in before], float)
    single = np.array([choice.count + _UNSEEN for choice in here]) / max(1, postings.tokens)
    chances: NDArray[np.float64] = np.log((beside + _SMOOTHING * single) / (counts[:, None] + _SMOOTHING))
    chances -= np.array([choice.cost for choice in here])
    return chances


# pairs that never stand side by side


def _unknown_pairs(postings: Postings, words: Sequence[TypedWord], forms: Sequence[str], often: Sequence[int]) -> Chosen:
    """One word of a pair that the index never holds, written as it is often mistaken for, where that pair is frequent."""
    best: tuple[int, int, str] | None = None
    for i, (word, form) in enumerate(zip(words, forms, strict=True)):
        before, after = often[i - 1] if i else -1, often[i] if i < len(often) else -1
        # A word that stands beside one of its neighbours in the index is no mistake.
        if 0 not in (before, after) or before > 0 or after > 0 or _is_fixed(word) or any(map(str.isdigit, form)):
            continue
        for other in _taken_for(postings, form):
            gained = _expression(postings, forms[i - 1], other) if before == 0 else 0
            gained += _expression(postings, other, forms[i + 1]) if after == 0 else 0
            if gained and (best is None or gained > best[0]):
                best = gained, i, other
    return {words[best[1]]: best[2]} if best else {}


def _expression(postings: Postings, first: str, second: str) -> int:
    """How often two syllables stand side by side, where they do so often enough to belong together: chia sẻ; else 0."""
    often = _pair(postings, first, second)
    rarer = min(sum(_count(postings, form) for form in _forms(postings, each)) for each in (first, second))
    return often if often >= max(_frequent(postings), _BOUND * rarer) else 0


def _taken_for(postings: Postings, form: str) -> tuple[str, ...]:
    """What a syllable is often mistaken for; one that the index holds rarely so, for the readings of it that are frequent too."""
    if not has_marks(form):
        return mistaken(form)
    rare = _RARER * _count(postings, form)
    return (*mistaken(form), *(each for each, count in _known(postings, form) if count > rare and each != form))


def _stands(postings: Postings, words: Sequence[TypedWord], forms: Sequence[str], chosen: Chosen) -> bool:
    """Whether what stands in quotes can be found as it is written now; words outside of them can, for the index holds them."""
    run: list[str] = []
    for i, word in enumerate(words):
        if word.quoted:
            run += chosen.get(word, forms[i]).split()
        if run and (i + 1 == len(words) or not words[i + 1].quoted or not words[i + 1].follows):
            if not postings.quoted(run).count:
                return False
            run = []
    return True
