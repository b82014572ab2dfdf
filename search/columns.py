"""Figures by document, which is what postings give, and a bounded cache of what was made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array


@dataclass(frozen=True, slots=True)
class Column:
    """A figure by document: for all of them, or where `docs` is given for those alone, ascending. `count`: how many have one."""

    docs: NDArray[np.int32] | None
    values: NDArray[np.float32]
    count: int

    def add_to(self, sums: NDArray[np.float32], factor: float = 1.0) -> None:
        """Add the figures, times `factor`, to a column of all documents."""
        values = self.values if factor == 1.0 else self.values * np.float32(factor)
        if self.docs is None:
            np.add(sums, values, out=sums)
        else:
            sums[self.docs] += values

    def of(self, doc: int) -> float:
        """The figure of one document; 0 where there is none."""
        if self.docs is None:
            return float(self.values[doc])
        at = int(np.searchsorted(self.docs, doc))
        return float(self.values[at]) if at < len(self.docs) and self.docs[at] == doc else 0.0

    def at(self, docs: Array) -> NDArray[np.float32]:
        """The figures of these documents; 0 where there is none."""
        if self.docs is None:
            return self.values[docs]
        if not self.count:
            return np.zeros(len(docs), np.float32)
        rows = np.minimum(np.searchsorted(self.docs, docs), self.count - 1)
        return np.where(self.docs[rows] == docs, self.values[rows], np.float32(0))

    def present(self) -> Array:
        """The documents that have a figure, ascending."""
        return np.flatnonzero(self.values).astype(np.int32) if self.docs is None else self.docs

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.values.nbytes + (0 if self.docs is None else self.docs.nbytes)


EMPTY = Column(np.zeros(0, np.int32), np.zeros(0, np.float32), 0)


_LANES = 64
# Below this size NumPy finds the bound among all figures as fast as among their highest.
_MANY = 2048


def greatest(values: Array, count: int) -> NDArray[np.int64]:
    """Where the `count` greatest figures stand and all that equal the last of them, ascending.

    Of many figures the highest of each of some hundred heaps are looked at first: the `count` highest of those bound the rest.
    """
    if count >= len(values):
        return np.arange(len(values))
    if count <= 0:
        return np.zeros(0, np.int64)
    rows: NDArray[np.int64] | None = None
    if len(values) >= max(_MANY, 2 * _LANES * count):
        wide = len(values) // _LANES
        rows = np.flatnonzero(values >= _nth(values[: wide * _LANES].reshape(_LANES, wide).max(axis=0), count))
        values = values[rows]
    kept = np.flatnonzero(values >= _nth(values, count))
    return kept if rows is None else rows[kept]


def _nth(values: Array, count: int) -> np.generic:
    """The figure that is the `count`-th when the greatest comes first."""
    nth: np.generic = np.partition(values, len(values) - count)[len(values) - count]
    return nth


class Sized(Protocol):
    """What a cache can hold."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""


S = TypeVar("S", bound=Sized)


class Cache(Generic[S]):
    """What was made before, by key; the longest unused is dropped when all of it holds too many bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held: OrderedDict[Hashable, S] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def take(self, key: Hashable, make: Callable[[], S]) -> S:
        """`make()`, or what it gave before for `key`."""
        with self._lock:
            if (found := self._held.get(key)) is not None:
                self._held.move_to_end(key)
                return found
        made = make()
        with self._lock:
            if key not in self._held and made.nbytes <= self._max_bytes // 4:
                self._held[key] = made
                self._bytes += made.nbytes + 256
            while self._bytes > self._max_bytes:
                self._bytes -= self._held.popitem(last=False)[1].nbytes + 256
        return made
