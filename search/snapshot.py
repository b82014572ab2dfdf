"""One commit, open for searching: its arrays, and Whoosh's reader for what is shown of a document."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import numpy as np

from search import whoosh_reader
from search.layouts import LayoutFolder
from search.postings import Postings
from search.schema import PLAIN_FIELDS, SYLLABLE_FIELDS
from search.words.page_texts import PageTexts


class Snapshot:
    """Threads share it. It lets go of its files when it is closed and the last one that uses it is done."""

    def __init__(self, reader: Any, layouts: LayoutFolder) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._users = 1
        self.leaves = whoosh_reader.segments_of(reader)
        self.change, marks = whoosh_reader.change_of(reader)
        dead = [np.array(marks, np.int64)]
        base = 0
        self._firsts: list[int] = []
        for leaf in self.leaves:
            self._firsts.append(base)
            dead.append(whoosh_reader.deleted(leaf) + base)
            base += leaf.doc_count_all()
        totals = {
            name: sum(whoosh_reader.field_length(leaf, name) for leaf in self.leaves)
            for name in (*SYLLABLE_FIELDS, *PLAIN_FIELDS)
        }
        self.postings = Postings(layouts.take(self.leaves), np.concatenate(dead), totals=totals)

    @property
    def documents(self) -> int:
        """How many documents there are, deleted ones not counted."""
        return self.postings.documents

    def in_use(self) -> AbstractContextManager[Snapshot]:
        """Keeps the files open until it is left. Called under the lock of whoever may close the snapshot."""
        with self._lock:
            self._users += 1
        return self._leaving()

    @contextmanager
    def _leaving(self) -> Iterator[Snapshot]:
        try:
            yield self
        finally:
            self.close()

    def close(self) -> None:
        """One user less; whoever opened the snapshot is one."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._reader.close()

    def shown(self, docs: Sequence[int]) -> list[dict[str, Any]]:
        """What was stored to show of these documents."""
        with self._lock:
            return [whoosh_reader.shown(self._reader, doc) for doc in docs]

    def pages(self, doc: int) -> PageTexts | None:
        """The pages of a document's attachments, to be read while the snapshot is open; None where there are none."""
        at = bisect_right(self._firsts, doc) - 1
        with self._lock:
            record = whoosh_reader.page_record(self.leaves[at], doc - self._firsts[at])
        if record is None:
            return None
        return PageTexts(partial(self._locked, record))

    def _locked(self, read: Callable[[int, int], bytes], offset: int, count: int) -> bytes:
        with self._lock:
            return read(offset, count)

    def check(self) -> None:
        """Touch the ends of everything once, so that gross damage shows; the caller catches what comes."""
        with self._lock:
            whoosh_reader.check(self._reader)
