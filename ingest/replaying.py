"""The records of the WARC files in the order in which they came in, for whoever goes through them again."""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from archive.errors import Damaged
from archive.warc import Entry, WarcStore

Dated = Iterator[tuple[float, Entry]]


def readable(store: WarcStore, file: str, start: int, damaged: list[Damaged]) -> Iterator[Entry]:
    """The records of one file, those that cannot be read left out and noted in `damaged`."""
    at: int | None = start
    while at is not None:
        try:
            yield from store.entries(file, at)
            at = None
        except Damaged as error:
            damaged.append(error)
            at = error.resume


def in_order(files: Mapping[str, Iterator[Entry]]) -> Iterator[Entry]:
    """The records of several files by the time they came in; what has no time follows what stands before it.

    A file's name begins with the time it was begun, so it is opened only when the merge has come that far: an archive has more
    files than a process may hold open.
    """
    waiting = deque(sorted(files.items()))
    heap: list[tuple[float, str, Entry, Dated]] = []
    while waiting or heap:
        while waiting and (not heap or _begun(waiting[0][0]) <= heap[0][0]):
            name, entries = waiting.popleft()
            _push(heap, name, _dated(entries))
        if heap:
            _, name, entry, rest = heapq.heappop(heap)
            yield entry
            _push(heap, name, rest)


def _push(
    heap: list[tuple[float, str, Entry, Iterator[tuple[float, Entry]]]], name: str, rest: Iterator[tuple[float, Entry]]
) -> None:
    if (following := next(rest, None)) is not None:
        heapq.heappush(heap, (following[0], name, following[1], rest))


def _begun(file: str) -> float:
    """When a file was begun, by its name; 0.0 for a name that does not say."""
    match = re.match(r"tangthu-(\d{20})-", file)
    return datetime.strptime(match[1], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC).timestamp() if match else 0.0


def _dated(entries: Iterator[Entry]) -> Dated:
    at = 0.0
    for entry in entries:
        if entry.entered_at:
            at = max(at, entry.entered_at.timestamp())
        yield at, entry
