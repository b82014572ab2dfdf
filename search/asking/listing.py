"""What completion looks up of one commit: its different titles, its numbers by their letters, its issuing bodies by their words.

Made once for a commit, in some ten milliseconds for 50,000 documents, from the arrays alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.layout import Layout
from search.postings import Postings
from search.words.analysis import syllables
from search.words.text import fold, has_marks

_FIELDS = 3


class Listing:
    """Documents are numbered as in `Postings`. Read-only once made, so threads share it."""

    def __init__(self, postings: Postings) -> None:
        self._alive = postings.alive
        self._titles(postings)
        self._own_numbers(postings)
        values, codes = postings.facets["issuer"]
        counts = np.bincount(codes[postings.alive], minlength=len(values)).tolist()
        self._issuers = [(value, count) for value, count in zip(values, counts, strict=True) if value and count]

    # titles

    def _titles(self, postings: Postings) -> None:
        """`groups`: by document, the number of its title. By that number: `copies`, how many live ones have it, and `newest`."""
        keys = np.concatenate([np.zeros(0, np.uint64), *map(_title_keys, postings.layouts)])
        _, groups = np.unique(keys, return_inverse=True)
        self.groups: NDArray[np.int64] = groups
        live = np.flatnonzero(postings.alive)
        count = int(groups.max(initial=-1)) + 1
        self.copies = np.bincount(groups[live], minlength=count)
        self.newest = np.zeros(count, np.int64)
        order = live[np.argsort(postings.date[live], kind="stable")]
        self.newest[groups[order]] = order
        self._place = np.zeros(count, np.int64)
        self._place[np.lexsort((self.newest, -postings.date[self.newest], -self.copies))] = np.arange(count)

    def best_titles(self, holding: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
        """The numbers of up to `most` different titles of these documents: the most frequent, then the newest."""
        here = np.zeros(len(self.copies), bool)
        here[self.groups[holding]] = True
        found = np.flatnonzero(here)
        if len(found) > most:
            found = found[np.argpartition(self._place[found], most)[:most]]
        return found[np.argsort(self._place[found])]

    # document numbers

    def _own_numbers(self, postings: Postings) -> None:
        """`numbers`: by document, its own number as a place among all different ones, -1 where it has none."""
        terms = sorted(set().union(*(layout.terms("own_number") for layout in postings.layouts)))
        at = {term: i for i, term in enumerate(terms)}
        self._terms = [term.decode() for term in terms]
        self.numbers = np.full(postings.count, -1, np.int64)
        for base, layout in zip(postings.bases, postings.layouts, strict=True):
            own = np.array([at[term] for term in layout.terms("own_number")], np.int64)
            self.numbers[layout["own_number.docs"] + base] = np.repeat(own, np.diff(layout["own_number.off"]))
        self.numbers[~postings.alive] = -1
        self._by_number = np.argsort(self.numbers, kind="stable")
        self._bounds = np.searchsorted(self.numbers[self._by_number], np.arange(len(terms) + 1))

    def bearers(self, number: int) -> int:
        """How many live documents bear a number."""
        return int(self._bounds[number + 1] - self._bounds[number])

    def of_numbers(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """The live documents that bear any of these numbers."""
        spans = [self._by_number[self._bounds[number] : self._bounds[number + 1]] for number in numbers]
        return np.concatenate([np.zeros(0, np.int64), *spans])

    def begun(self, key: str, most: int) -> list[int]:
        """Numbers whose key begins so (see analysis.number_key), those first where the figure ends there."""
        low = bisect_left(self._terms, key)
        return [low + i for i, term in enumerate(islice(self._terms, low, low + most)) if term.startswith(key)]

    def signed(self, letters: str, most: int) -> list[int]:
        """Numbers whose letters begin so: `qdub` for those of decisions of people's committees."""
        signs = self._signs
        at = bisect_left(signs, (letters, -1))
        return [number for sign, number in islice(signs, at, at + most) if sign.startswith(letters)]

    @cached_property
    def _signs(self) -> list[tuple[str, int]]:
        return sorted((term.rpartition("/")[2], number) for number, term in enumerate(self._terms))

    # issuing bodies

    def issuers_with(self, typed: Sequence[str], *, begun: bool) -> list[str]:
        """Bodies in whose names these words stand one after the other (`begun`: the last goes on), or whose initials they are.

        Exact accents first, then the names that begin so, then the bodies that issued most.
        """
        folds = [fold(form) for form in typed]
        ranked = []
        for number, place in sorted(set(self._candidates(folds[0], begun=begun and len(folds) == 1))):
            name, count = self._issuers[number]
            forms = self._forms[number][place : place + len(typed)]
            if _same(list(map(fold, forms)), folds, begun=begun):
                exact = any(map(has_marks, typed)) and _same(forms, typed, begun=begun)
                ranked.append((not exact, place > 0, -count, name))
        if len(folds) == 1 and len(folds[0]) > 2:
            ranked += [
                (True, True, -count, name)
                for (name, count), initials in zip(self._issuers, self._initials, strict=True)
                if initials.startswith(folds[0])
            ]
        return list(dict.fromkeys(name for *_, name in sorted(ranked)))

    def _candidates(self, first: str, *, begun: bool) -> Iterator[tuple[int, int]]:
        at = bisect_left(self._words, (first, -1, -1))
        for word, number, place in islice(self._words, at, None):
            if word != first and not (begun and word.startswith(first)):
                break
            yield number, place

    @cached_property
    def _forms(self) -> list[list[str]]:
        return [[token.text for token in syllables(name)] for name, _ in self._issuers]

    @cached_property
    def _words(self) -> list[tuple[str, int, int]]:
        return sorted((fold(form), i, at) for i, forms in enumerate(self._forms) for at, form in enumerate(forms))

    @cached_property
    def _initials(self) -> list[str]:
        return ["".join(fold(form)[0] for form in forms) for forms in self._forms]


def _same(forms: Sequence[str], typed: Sequence[str], *, begun: bool) -> bool:
    if len(forms) != len(typed) or list(forms[:-1]) != list(typed[:-1]):
        return False
    return forms[-1] == typed[-1] or (begun and forms[-1].startswith(typed[-1]))


def _title_keys(layout: Layout) -> NDArray[np.uint64]:
    """A number for each document that is the same for the same syllables in the same order, in all layouts of this process."""
    terms = np.array([hash(term) & 0xFFFF_FFFF_FFFF_FFFF for term in layout.terms("title")] + [0], np.uint64)
    starts = layout["starts"]
    begins, ends = starts[:-1][::_FIELDS], starts[1:][::_FIELDS]
    lengths = ends - begins
    at = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    tokens = np.minimum(layout["tokens"][np.repeat(begins, lengths) + at], len(terms) - 1)
    # Each place has an odd multiplier of its own: the sum tells the order of the syllables too.
    odd = (at.astype(np.uint64) * np.uint64(0x9E37_79B9_7F4A_7C15)) | np.uint64(1)
    sums: Array = np.add.reduceat(terms[tokens] * odd, np.cumsum(lengths) - lengths) if len(lengths) else np.zeros(0, np.uint64)
    return sums.astype(np.uint64)
