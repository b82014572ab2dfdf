"""Another spelling of a query, of the index's own words: for syllables that it does not hold, and for pairs that never stand there
where a spelling often taken for one of them gives a pair that does.

A noisy channel: each typed syllable has candidates with the cost of having been mistyped so, and the likeliest path through them
is taken, by how often they stand alone and side by side in the index.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.analysis import BAR
from search.confusions import mistaken
from search.orthography import is_bare_syllable, toneless
from search.postings import Postings
from search.text import fold, has_marks, normalise
from search.typed_words import TypedWord, replaced, words_of

MOST_WORDS = 16
"""A longer query is read for its first words alone: each unknown one costs a look at the whole vocabulary."""
MOST_UNKNOWN = 3
_LONG = 5
"""From so many letters on two of them may be wrong."""
_FOLDS, _READINGS = 8, 3
_EDIT, _CONFUSION, _FIRST, _MARK = 4.0, 2.0, 1.5, 1.2
"""Costs, as negative logarithms: a letter, a confusion, more for the first letter, an accent that differs."""
_SMOOTHING = 50.0
_UNSEEN = 0.1
_RARE = 2
"""Syllables that the index has seen less often are as likely mistakes of its own."""
_FREQUENT_PAIR = 12
_MORE = 8.0
"""How much likelier a whole query must get where every one of its syllables is known."""


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
    words = words_of(text)[:MOST_WORDS]
    forms = [normalise(word.raw).text for word in words]
    unknown = [i for i, form in enumerate(forms) if _is_unknown(postings, words[i], form)]
    if len(unknown) > MOST_UNKNOWN:
        return None
    chosen = _unknown_words(postings, words, forms, unknown) if unknown else _unknown_pairs(postings, words, forms)
    if not chosen:
        return None
    better = replaced(text, sorted(chosen.items(), key=lambda entry: entry[0].start))
    return better if better != text and _stands(postings, words, forms, chosen) else None


def _is_unknown(postings: Postings, word: TypedWord, form: str) -> bool:
    return len(form) > 1 and not any(map(str.isdigit, form)) and not word.acronym and not postings.common_readings(form, 1)


# syllables that the index does not hold


def _unknown_words(
    postings: Postings, words: Sequence[TypedWord], forms: Sequence[str], unknown: Sequence[int]
) -> dict[TypedWord, str]:
    places: list[_Place] = []
    for i, (word, form) in enumerate(zip(words, forms, strict=True)):
        near = i in unknown or i - 1 in unknown or i + 1 in unknown
        choices = tuple(_candidates(postings, form)) if i in unknown else _readings(postings, form, near=near)
        places.append(_Place(word, form, choices, open=i in unknown and bool(choices)))
    chosen = {}
    for run in _runs(places):
        for place, choice in zip(run, _likeliest(postings, run), strict=True):
            if place.open:
                chosen[place.word] = choice.form
    for i in unknown:
        if parted := _parted(postings, forms[i]):
            chosen[words[i]] = parted
    bare = not any(map(has_marks, forms))
    if chosen and bare:
        chosen |= _accented(postings, places, chosen)
    return chosen


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
    return tuple(_Choice(each, count) for each, count in postings.common_readings(form, 4)) or (_Choice(form, 1),)


def _count(postings: Postings, form: str) -> int:
    return postings.frequency("places", postings.typed(form))


def _candidates(postings: Postings, form: str) -> list[_Choice]:
    """What the index holds that may have been meant, the likeliest first by itself."""
    costs = _near_folds(postings, fold(form))
    found = []
    for bare, cost in costs.items():
        for reading, count in postings.common_readings(bare, _READINGS if not has_marks(form) else 2 * _READINGS):
            if count >= _RARE:
                found.append(_Choice(reading, count, cost + _mark_cost(form, reading)))
    found.sort(key=lambda choice: choice.cost - math.log(choice.count))
    return found[: _FOLDS + _READINGS]


def _near_folds(postings: Postings, bare: str) -> dict[str, float]:
    """Bare forms of the index that are spelled nearly so, with their costs; the cheapest."""
    costs: dict[str, float] = {}
    for distance in (1, 2) if len(bare) >= _LONG else (1,):
        for other in _folds(postings, bare, distance):
            costs.setdefault(other, distance * _EDIT + (_FIRST if other[:1] != bare[:1] else 0.0))
        if any(postings.common_readings(other, 1)[0][1] >= _FREQUENT_PAIR for other in costs):
            break
    for other in mistaken(bare):
        if postings.common_readings(other, 1):
            costs[other] = _CONFUSION
    weighed = {other: cost - math.log(postings.common_readings(other, 1)[0][1]) for other, cost in costs.items()}
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


def _parted(postings: Postings, form: str) -> str | None:
    """Two syllables that were run together, where they stand side by side often: `thôngbáo`."""
    best: tuple[int, str] | None = None
    for at in range(1, len(form)):
        first, second = form[:at], form[at:]
        if is_bare_syllable(fold(first)) and is_bare_syllable(fold(second)):
            often = postings.frequency("pair", postings.pair(first, second, marked=has_marks(form)))
            if often >= _FREQUENT_PAIR and (best is None or often > best[0]):
                best = often, f"{first} {second}"
    return best[1] if best else None


def _accented(postings: Postings, places: Sequence[_Place], chosen: dict[TypedWord, str]) -> dict[TypedWord, str]:
    return {}


# the likeliest path


def _likeliest(postings: Postings, run: Sequence[_Place]) -> list[_Choice]:
    scores = np.array([_alone(postings, choice) for choice in run[0].choices])
    back: list[NDArray[np.int64]] = []
    for before, here in zip(run, run[1:], strict=False):
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
    return chances - np.array([choice.cost for choice in here])


# pairs that never stand side by side


def _unknown_pairs(postings: Postings, words: Sequence[TypedWord], forms: Sequence[str]) -> dict[TypedWord, str]:
    """One word of a pair that the index never holds, written as it is often mistaken for, where that pair is frequent."""
    often = [_pair(postings, forms[i], forms[i + 1]) if words[i + 1].follows else -1 for i in range(len(words) - 1)]
    best: tuple[int, int, str] | None = None
    for i, (word, form) in enumerate(zip(words, forms, strict=True)):
        before, after = often[i - 1] if i else -1, often[i] if i < len(often) else -1
        # A word that stands beside one of its neighbours in the index is no mistake.
        if 0 not in (before, after) or before > 0 or after > 0 or word.acronym or any(map(str.isdigit, form)):
            continue
        for other in mistaken(form):
            gained = [_pair(postings, forms[i - 1], other)] if before == 0 else []
            gained += [_pair(postings, other, forms[i + 1])] if after == 0 else []
            if gained and min(gained) >= _FREQUENT_PAIR and (best is None or sum(gained) > best[0]):
                best = sum(gained), i, other
    return {words[best[1]]: best[2]} if best else {}


def _pair(postings: Postings, first: str, second: str) -> int:
    """In how many documents two syllables stand side by side: with their accents, or with any where neither was typed with them."""
    marked = has_marks(first) or has_marks(second)
    return postings.frequency("pair", postings.pair(first, second, marked=marked))


def _stands(postings: Postings, words: Sequence[TypedWord], forms: Sequence[str], chosen: dict[TypedWord, str]) -> bool:
    return True
