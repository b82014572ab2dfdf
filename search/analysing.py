"""The analysis of many documents at once: by several processes where that is worth their start."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from search.schema import IndexDocument, fields_of

_log = logging.getLogger(__name__)

WORTH_PROCESSES = 1000
"""A process needs a third of a second to start, which is the analysis of some eighty documents of 400 syllables."""
_AT_ONCE = 32


def analysed(documents: Sequence[IndexDocument], processes: int | None = None) -> Iterator[dict[str, Any]]:
    """`fields_of` of each document, in their order. Raises segment.SegmenterMissing."""
    count = min(os.cpu_count() or 1, 8) if processes is None else processes
    if len(documents) < WORTH_PROCESSES or count < 2:
        yield from map(fields_of, documents)
        return
    done = 0
    try:
        # Not forked: the process that indexes may have threads, and a fork keeps their locks as they stood.
        with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
            for fields in pool.map(fields_of, documents, chunksize=_AT_ONCE):
                yield fields
                done += 1
    except BrokenProcessPool:
        _log.warning("the processes that analyse ended early; this one goes on alone with %d documents", len(documents) - done)
        yield from map(fields_of, documents[done:])
