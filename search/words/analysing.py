"""The analysis of many documents, in pieces: by several processes where that is worth their start."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Self

from archive.processes import end_with_parent
from search.schema import SYLLABLE_FIELDS, IndexDocument
from search.words.kept_words import KeptWords
from search.words.streams import Analyst, Streams

_log = logging.getLogger(__name__)

WORTH_PROCESSES = 1000
"""Processes need half a second to start, which is the analysis of some hundreds of documents of 400 syllables."""
_PIECE, _PIECE_CHARACTERS = 250, 1_000_000
_analyst = Analyst()
_busy = threading.Lock()


class Analysts:
    """Who analyses for one generation: processes that are started at the first batch worth it, and kept till `close`."""

    def __init__(self, words: Path | None = None, processes: int | None = None) -> None:
        self._words = words
        self._count = min(os.cpu_count() or 1, 8) if processes is None else processes
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def analysed(self, documents: Sequence[IndexDocument]) -> Iterator[tuple[Sequence[IndexDocument], Streams]]:
        """All documents, piece by piece in their order, with their terms. Raises segment.SegmenterMissing."""
        pieces = _pieces(documents)
        work = partial(_analyse, words=self._words)
        if self._count < 2 or (self._pool is None and len(documents) < WORTH_PROCESSES):
            yield from zip(pieces, map(work, pieces), strict=True)
            return
        done = 0
        try:
            if self._pool is None:
                # Not forked: the process that indexes may have threads, and a fork keeps their locks as they stood.
                self._pool = ProcessPoolExecutor(self._count, multiprocessing.get_context("spawn"), end_with_parent)
            for piece, streams in zip(pieces, self._pool.map(work, pieces), strict=True):
                yield piece, streams
                done += 1
        except BrokenProcessPool:
            _log.warning("the processes that analyse ended early; this one goes on alone with %d pieces", len(pieces) - done)
            self.close()
            self._count = 1
            yield from zip(pieces[done:], map(work, pieces[done:]), strict=True)


def _analyse(documents: Sequence[IndexDocument], words: Path | None) -> Streams:
    with _busy:
        return _analyst.streams(documents, KeptWords(words))


def _pieces(documents: Sequence[IndexDocument]) -> list[Sequence[IndexDocument]]:
    """Runs of documents that are analysed together, bounded in number and in characters."""
    pieces = []
    start = characters = 0
    for end, document in enumerate(documents):
        size = sum(len(getattr(document, name)) for name in SYLLABLE_FIELDS) + document.attached_chars
        if end > start and (end - start >= _PIECE or characters + size > _PIECE_CHARACTERS):
            pieces.append(documents[start:end])
            start, characters = end, 0
        characters += size
    return [*pieces, documents[start:]] if documents else []
