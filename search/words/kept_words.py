"""Which syllables join to words, kept by content, so that no text is segmented twice: not when it comes again, not by a rebuild.

    words(key, joined, check, build)    SQLite, beside the generations; derived: whatever happens to it, words are found again

A key is the SHA-256 of the text that is segmented, of the model and of the way in which texts are cut into tokens. Kept is
one bit for each token. An entry carries the name of the last generation that used it: what the newest did not use can be dropped.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search.arrays import Array
from search.words.segment import MODEL_SHA256, WORDS_SHA256

CUT_VERSION = 1
"""Goes up when the same text is cut into other tokens, or other lines of a document are segmented."""
_PREFIX = f"{CUT_VERSION} {MODEL_SHA256} {WORDS_SHA256}\n".encode()
_TABLE = (
    "create table if not exists words"
    "(key blob primary key, joined blob, tokens integer, checked integer, build text) without rowid"
)
_AT_ONCE = 500
_log = logging.getLogger(__name__)


def key_of(text: str) -> bytes:
    """The key of a text to segment."""
    return hashlib.sha256(_PREFIX + text.encode("utf-8", "surrogatepass")).digest()


class Entry(NamedTuple):
    """For each of `tokens` tokens, whether it continues the word of the token before it, eight to a byte."""

    key: bytes
    joined: bytes
    tokens: int

    @classmethod
    def of(cls, key: bytes, joined: Array) -> Entry:
        """Keep one boolean a token."""
        return cls(key, np.packbits(joined).tobytes(), len(joined))

    def flags(self) -> Array:
        """The booleans."""
        return np.unpackbits(np.frombuffer(self.joined, np.uint8), count=self.tokens).view(bool)

    def check(self) -> int:
        """Tells a damaged entry apart."""
        return zlib.crc32(self.joined, zlib.crc32(self.key, self.tokens & 0xFFFF))


class KeptWords:
    """The store at `path`, or one that is always empty. Any process may read; who follows and who builds may both write."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._checked = False

    def find(self, keys: Sequence[bytes]) -> dict[bytes, Entry]:
        """What is kept under these keys."""
        if self.path is None or not self.path.is_file():
            return {}
        found = {}
        try:
            with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)) as base:
                for start in range(0, len(keys), _AT_ONCE):
                    some = keys[start : start + _AT_ONCE]
                    marks = ",".join("?" * len(some))
                    rows = base.execute(f"select key, joined, tokens, checked from words where key in ({marks})", some)  # noqa: S608
                    for key, joined, tokens, checked in rows:
                        entry = Entry(key, joined, tokens)
                        if entry.check() == checked and len(joined) == (tokens + 7) // 8:
                            found[key] = entry
        except (sqlite3.Error, TypeError, ValueError) as error:
            _log.debug("kept words at %s cannot be read: %s", self.path, error)
        return found

    def keep(self, entries: Iterable[Entry], build: str) -> None:
        """Keep what generation `build` uses. A store that cannot be written is made anew, and left alone if that fails too."""
        rows = [(entry.key, entry.joined, entry.tokens, entry.check(), build) for entry in entries]
        self._write(
            "insert into words values (?, ?, ?, ?, ?) on conflict(key) do update set joined = excluded.joined,"
            " tokens = excluded.tokens, checked = excluded.checked, build = excluded.build"
            " where build <> excluded.build or checked <> excluded.checked",
            rows,
        )

    def drop_others(self, build: str) -> None:
        """Drop what generation `build` did not use."""
        if self.path is not None and self.path.is_file():
            self._write("delete from words where build <> ?", [(build,)])

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self.path is None or not rows:
            return
        for attempt in (1, 2):
            try:
                with closing(sqlite3.connect(self.path)) as base, base:
                    if not self._checked and base.execute("pragma quick_check").fetchone() != ("ok",):
                        raise sqlite3.DatabaseError("it is damaged")
                    base.execute(_TABLE)
                    base.executemany(statement, rows)
                self._checked = True
                return
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    return  # another writes just now: what is not kept is segmented again
                _log.warning("kept words at %s cannot be written: %s", self.path, error)
                if attempt == 1:
                    for path in self.path.parent.glob(self.path.name + "*"):
                        with suppress(OSError):
                            path.unlink()
