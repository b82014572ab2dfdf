"""The same announcement at two addresses or portals: found by MinHash over runs of three syllables, then compared in full.

A sketch is 160 minima (Broder 1997) in 40 bands of 4: two texts that share 55 % of their runs meet in a band with a probability
of 98 %, two that share 5 % with one of 0.03 %. What meets in a band is compared exactly, and texts of one form are told apart by
their particulars (`essence`). Syllables are taken without accents: order says more than marks, and a page that lost its marks
says the same.

What is found depends on the documents alone: in whatever order they came, however often this was interrupted.
"""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from archive.catalog import Catalog
from archive.likenesses import Sketched
from archive.records import Document
from ingest.essence import Essence, conflict, essence_of

ALIKE = 0.55
"""Least share of runs that two texts have in common: measured in `bench/likeness.py`."""
_RUN = 3
_BANDS, _ROWS = 40, 4
_HASHES = _BANDS * _ROWS
_NEARLY = 0.4
"""Estimates below this are not looked at: an estimate from 160 minima is off by 0.04 (one standard error)."""
_BATCH = 200
_REMEMBERED = 4000
_PAIRS, _AT_ONCE = 1 << 18, 1 << 14

Words = NDArray[np.uint64]


def _drawn(count: int, seed: int) -> Words:
    """Numbers that are the same on every machine and in every version (splitmix64)."""
    state = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    return _mixed(state)


def _mixed(value: Words) -> Words:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


_FACTORS, _SHIFTS = _drawn(_HASHES, 1) | np.uint64(1), _drawn(_HASHES, 1000)


@lru_cache(maxsize=65536)
def _hash(syllable: str) -> int:
    raw = syllable.encode()
    return zlib.crc32(raw) << 32 | zlib.crc32(raw, 0x5BD1E995)


def runs_of(essence: Essence) -> Words:
    """The runs of three syllables, hashed: sorted, each once."""
    hashed = np.fromiter(map(_hash, essence.syllables), np.uint64, len(essence.syllables))
    last = max(0, len(hashed) - _RUN + 1)
    run = np.zeros(last, np.uint64)
    for n in range(_RUN):
        run = _mixed(run + hashed[n : n + last])
    return np.unique(run)


def sketch_of(runs: Words) -> NDArray[np.uint32]:
    """The minima of `runs` under 160 hash functions."""
    minima = np.full(_HASHES, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(runs), 4096):
        hashed = (runs[start : start + 4096, None] * _FACTORS + _SHIFTS) >> np.uint64(32)
        np.minimum(minima, hashed.min(axis=0).astype(np.uint32), out=minima)
    return minima


def similarity(one: Words, other: Words) -> float:
    """Jaccard's share of what two sorted sets have in common."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common) if len(one) + len(other) else 0.0


def link(catalog: Catalog, progress: Callable[[int], None] = lambda done: None) -> int:
    """Sketch what is new or changed and link what is alike; says how many documents were sketched.

    One process at a time; a second one waits. Raises CatalogueBusy, CannotKeep.
    """
    links = catalog.likenesses()
    if not links.waiting() and not links.unlinked():
        return 0
    with _alone(catalog):
        waiting, done = iter(links.waiting()), 0
        while ids := list(islice(waiting, _BATCH)):
            links.note([_sketched(document) for document in catalog.documents(ids).values()])
            done += len(ids)
            progress(done)
        links.forget_unused()
        new = links.unlinked()
        links.link(new, _pairs(catalog, new))
    return done


class Looked:
    """Texts that were looked at, as they are compared; the last some thousand are remembered."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.essence = lru_cache(maxsize=_REMEMBERED)(self._essence)
        self.runs = lru_cache(maxsize=_REMEMBERED)(lambda id: runs_of(self.essence(id)))

    def _essence(self, id: str) -> Essence:
        return essence_of(self._catalog.document(id).version.reading)


@contextmanager
def _alone(catalog: Catalog) -> Iterator[None]:
    with catalog.path.with_name("likeness.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sketched(document: Document) -> Sketched:
    essence = essence_of(document.version.reading)
    if not essence.comparable:
        return Sketched(document.id, document.version.number, None)
    sketch = sketch_of(runs_of(essence)).astype("<u4").tobytes()
    return Sketched(document.id, document.version.number, essence.key, sketch)


def _pairs(catalog: Catalog, new: Sequence[str]) -> dict[tuple[str, str], float]:
    """What of `new` contents is alike, among themselves or with others, and how much."""
    sketches = catalog.likenesses().sketches()
    keys = list(sketches)
    matrix = np.frombuffer(b"".join(sketches.values()), "<u4").reshape(len(keys), _HASHES)
    near = candidates(matrix, np.isin(np.array(keys), np.array(new)) if new else np.zeros(len(keys), bool))
    document = catalog.likenesses().one_of(sorted({keys[n] for pair in near for n in pair}))
    looked = Looked(catalog)
    found: dict[tuple[str, str], float] = {}
    for a, b in ((keys[i], keys[j]) for i, j in near):
        share = alike(looked, document[a], document[b])
        if share is not None:
            found[a, b] = share
    return found


def alike(looked: Looked, one: str, other: str) -> float | None:
    """How much two documents have in common; None where that is too little, or where they are two of one form."""
    share = similarity(looked.runs(one), looked.runs(other))
    if share < ALIKE or conflict(looked.essence(one), looked.essence(other)):
        return None
    return round(share, 3)


def candidates(matrix: NDArray[np.uint32], new: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The pairs of rows, at least one of each `new`, that meet in a band and look nearly alike; the smaller first, in order."""
    count = len(matrix)
    found = [np.zeros(0, np.int64)]
    for band in range(_BANDS if new.any() else 0):
        for one, other in _meeting(matrix[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)):
            wanted = new[one] | new[other]
            one, other = one[wanted], other[wanted]
            close = np.concatenate([_agree(matrix, one[at], other[at]) for at in _parts(len(one))] or [np.zeros(0, bool)])
            found.append(np.unique(np.minimum(one, other)[close] * count + np.maximum(one, other)[close]))
    together = np.unique(np.concatenate(found))
    return [(int(pair) // count, int(pair) % count) for pair in together]


def _agree(matrix: NDArray[np.uint32], one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    agreed: NDArray[np.bool_] = (matrix[one] == matrix[other]).mean(axis=1) >= _NEARLY
    return agreed


def _parts(length: int) -> list[slice]:
    return [slice(start, start + _AT_ONCE) for start in range(0, length, _AT_ONCE)]


def _meeting(rows: Words) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The pairs of rows that are equal, in portions."""
    left = rows[:, 0] << np.uint64(32) | rows[:, 1]
    band = _mixed(left + _mixed(rows[:, 2] << np.uint64(32) | rows[:, 3]))
    order = np.argsort(band, kind="stable")
    starts = np.flatnonzero(np.diff(band[order], prepend=band[order[:1]] + np.uint64(1)))
    sizes = np.diff(starts, append=len(order))
    twos = starts[sizes == 2]
    yield order[twos], order[twos + 1]
    ones: list[NDArray[np.int64]] = []
    others: list[NDArray[np.int64]] = []
    waiting = 0
    for start, size in zip(starts[sizes > 2].tolist(), sizes[sizes > 2].tolist(), strict=True):
        members = order[start : start + size]
        for n in range(size - 1):
            ones.append(np.full(size - 1 - n, members[n]))
            others.append(members[n + 1 :])
            waiting += size - 1 - n
            if waiting >= _PAIRS:
                yield np.concatenate(ones), np.concatenate(others)
                ones, others, waiting = [], [], 0
    if ones:
        yield np.concatenate(ones), np.concatenate(others)
