"""Ways to go on with what is being typed: document numbers, issuing bodies and titles of one commit, from their beginnings.

The last word is the beginning of one, the words before it are whole. Typed without accents they stand for all their readings;
with accents, titles that have these come first, and an accent that is still to come (`quyê` of quyết) is waited for. What finds
nothing is tried as Telex or VNI.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from archive.numbers import KINDS
from search.arrays import Array
from search.asking.listing import Listing
from search.asking.typing_rescue import looked_up_in, rescue
from search.layout import begun
from search.postings import Postings, Ranges
from search.results import Completion
from search.words.analysis import BAR, number_key, syllables
from search.words.orthography import toneless
from search.words.text import fold, has_marks

MAX_CHARS = 200
MAX_WORDS = 12
MAX_LIMIT = 50
_MOST_ISSUERS = 2
_MOST_TITLES = 1000
"""Titles in which the places of words are looked at: the most frequent and newest of all that hold the words."""
_MOST_NUMBERS = 200
_MOST_TERMS = 4096

Shown = Callable[[Sequence[int]], list[dict[str, Any]]]
_NUMBER = re.compile(r"\s*(?:(?:số|so)\s*:?\s*)?(?P<rest>\d[\w/.\-–\s]*)", re.IGNORECASE)
_SIGNS = re.compile(r"\s*(?P<rest>[^\W\d_]{1,6}(?:[-–/][^\W_]*)+|[^\W\d_]{2,6})\s*")
_KINDS = frozenset(fold(kind).lower() for kind in KINDS)

_listings: WeakKeyDictionary[Postings, Listing] = WeakKeyDictionary()
_lock = threading.Lock()


def complete(postings: Postings, shown: Shown, text: str, limit: int) -> tuple[Completion, ...]:
    """Up to `limit` ways to go on, numbers first where a number is being typed. Never raises for what was typed.

    `shown` tells what is shown of documents, see snapshot.Snapshot; it is asked for no more than are given back.
    """
    limit = max(0, min(limit, MAX_LIMIT))
    text = unicodedata.normalize("NFC", text[-MAX_CHARS:] if len(text) > MAX_CHARS else text)
    if not limit or not postings.documents:
        return ()
    found = _complete(postings, shown, text, limit)
    if not found and (meant := rescue(text, *looked_up_in(postings))):
        found = _complete(postings, shown, meant.text, limit)
    return found


def _complete(postings: Postings, shown: Shown, text: str, limit: int) -> tuple[Completion, ...]:
    words = _words(text)
    if not words:
        return ()
    listing = _listing(postings)
    numbers = _numbers(postings, listing, shown, text, limit)
    issuers = _issuers(listing, words, min(_MOST_ISSUERS, limit - len(numbers)))
    left = limit - len(numbers) - len(issuers)
    titles = _titles(postings, listing, shown, words, left) if left > 0 else []
    return (*numbers, *issuers, *titles)


def _listing(postings: Postings) -> Listing:
    with _lock:
        found = _listings.get(postings)
        if found is None:
            found = _listings[postings] = Listing(postings)
        return found


@dataclass(frozen=True, slots=True)
class _Typed:
    """One word of what was typed; `begun`: it goes on."""

    form: str
    begun: bool = False


def _words(text: str) -> list[_Typed]:
    tokens = syllables(text)
    words = [_Typed(token.text) for token in tokens[-MAX_WORDS:]]
    if tokens and tokens[-1].end >= len(text.rstrip("\u200b")):
        words[-1] = _Typed(words[-1].form, begun=True)
    return words


# document numbers


def _numbers(postings: Postings, listing: Listing, shown: Shown, text: str, limit: int) -> list[Completion]:
    chosen: dict[int, int] = {}
    for numbers in _numbered(listing, text):
        docs = listing.of_numbers(numbers)
        for doc in docs[np.lexsort((docs, -postings.date[docs]))].tolist():
            chosen.setdefault(int(listing.numbers[doc]), doc)
    chosen = dict(islice(chosen.items(), limit))
    return [
        Completion("number", values["number"], values["id"] if listing.bearers(number) == 1 else None)
        for values, number in zip(shown(list(chosen.values())), chosen, strict=True)
        if values.get("number")
    ]


def _numbered(listing: Listing, text: str) -> Iterator[list[int]]:
    """Numbers that go on as `text` does, those first whose figure is whole; none where that is no number's beginning."""
    if match := _NUMBER.fullmatch(text):
        rest = match["rest"].rstrip()
        key = number_key(rest)
        if key[-1:].isdecimal():
            yield listing.begun(key + "/", _MOST_NUMBERS)
        if not (key[-1:].isdecimal() and rest[-1:] in "/-–"):
            yield listing.begun(key, _MOST_NUMBERS)
    elif (match := _SIGNS.fullmatch(text)) and (not match["rest"].isalpha() or _is_kind(match["rest"])):
        yield listing.signed(number_key(match["rest"]), _MOST_NUMBERS)


def _is_kind(text: str) -> bool:
    """Whether it is the abbreviation of a kind of document, in capitals."""
    return text.isupper() and fold(text).lower() in _KINDS


# issuing bodies


def _issuers(listing: Listing, words: Sequence[_Typed], limit: int) -> list[Completion]:
    typed = [word.form for word in words]
    names = listing.issuers_with(typed, begun=words[-1].begun)
    return [Completion("issuer", name) for name in names[: max(0, limit)]]


# titles


def _titles(postings: Postings, listing: Listing, shown: Shown, words: Sequence[_Typed], limit: int) -> list[Completion]:
    chosen: list[int] = []
    marked = any(has_marks(word.form) for word in words)
    for exact in (True, False) if marked else (False,):
        ranges = [_terms(postings, word, exact=exact) for word in words]
        chosen += [doc for doc in _with(postings, listing, ranges, limit) if doc not in chosen]
        if len(chosen) >= limit:
            break
    chosen = chosen[:limit]
    return [
        Completion("title", title, values["id"])
        for values in shown(chosen)
        if (title := " ".join((values.get("title") or "").split()))
    ]


def _terms(postings: Postings, word: _Typed, *, exact: bool) -> Ranges:
    """The terms that a word stands for."""
    form = word.form
    if not exact or not has_marks(form):
        return postings.begun("title", fold(form) + ("" if word.begun else BAR))
    return _to_be_accented(postings, form) if word.begun else postings.typed(form)


def _to_be_accented(postings: Postings, form: str) -> Ranges:
    """The terms that begin with these letters; a tone that was not struck yet may be any."""
    letters, tone = toneless(form)
    ranges = []
    for layout in postings.layouts:
        terms = layout.terms("title")
        low, high = begun(terms, fold(form).encode())
        numbers = [
            number
            for number in range(low, min(high, low + _MOST_TERMS))
            if _goes_on(terms[number].decode().partition(BAR)[2], letters, tone)
        ]
        ranges.append(tuple((number, number + 1) for number in numbers))
    return tuple(ranges)


def _goes_on(form: str, letters: str, tone: int) -> bool:
    bare, its_tone = toneless(form)
    return bare.startswith(letters) and (not tone or tone == its_tone)


def _with(postings: Postings, listing: Listing, ranges: Sequence[Ranges], limit: int) -> list[int]:
    """The newest document of each of the best titles with all of these words."""
    holding = postings.alive.copy()
    for each in ranges:
        here = np.zeros(postings.count, bool)
        for docs in _docs_of(postings, each):
            here[docs] = True
        holding &= here
    docs = listing.newest[listing.best_titles(holding, _MOST_TITLES)]
    beside, first = _places(postings, docs, ranges)
    # The sort is stable: what stands equal stays in the order of frequency and date.
    order = np.lexsort((~first, ~beside))[:limit]
    return [int(doc) for doc in docs[order]]


def _docs_of(postings: Postings, ranges: Ranges) -> Iterator[Array]:
    for base, layout, spans in zip(postings.bases, postings.layouts, ranges, strict=True):
        offsets, docs = layout["title.off"], layout["title.docs"]
        for low, high in spans:
            if high > low:
                yield docs[int(offsets[low]) : int(offsets[high])] + np.int32(base)


def _places(postings: Postings, docs: Array, ranges: Sequence[Ranges]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each document whether the words stand one after the other in its title, and whether the title begins with the first."""
    beside, first = np.zeros(len(docs), bool), np.zeros(len(docs), bool)
    for number, (base, layout) in enumerate(zip(postings.bases, postings.layouts, strict=True)):
        rows = np.flatnonzero((docs >= base) & (docs < base + layout.count))
        starts = layout["starts"]
        begins = starts[(docs[rows] - base) * 3]
        lengths = starts[(docs[rows] - base) * 3 + 1] - begins
        owners = np.repeat(np.arange(len(rows)), lengths)
        at = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        places = np.repeat(begins, lengths) + at
        tokens = layout["tokens"]
        standing = [
            _among(tokens[np.minimum(places + ahead, len(tokens) - 1)], each[number]) for ahead, each in enumerate(ranges)
        ]
        beside[rows[owners[np.logical_and.reduce(standing)]]] = True
        first[rows[owners[standing[0] & (at == 0)]]] = True
    return beside, first


def _among(tokens: Array, spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    if len(spans) == 1:
        low, high = spans[0]
        one: NDArray[np.bool_] = (tokens >= low) & (tokens < high)
        return one
    bounds = np.array([bound for span in spans for bound in span], np.int64)
    inside: NDArray[np.bool_] = np.searchsorted(bounds, tokens, side="right") % 2 == 1
    return inside
