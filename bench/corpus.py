"""Documents to measure on, read from JSON lines with id, title, body: numbered through, so that none replaces another."""

from __future__ import annotations

import gzip
import hashlib
import json
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.pages import AttachedText
from archive.records import Change, Document, Held, ReadDate, Reading, Version

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def rows(corpus: Path, limit: int = 0, times: int = 1) -> Iterator[tuple[str, str]]:
    """Title and text of each document; `limit` 0 takes all of them, `times` the whole so many times."""
    for _ in range(times):
        with gzip.open(corpus, "rt", encoding="utf-8") if corpus.suffix == ".gz" else corpus.open(encoding="utf-8") as file:
            for number, line in enumerate(file):
                if limit and number >= limit:
                    break
                entry: dict[str, Any] = json.loads(line)
                yield str(entry.get("title") or ""), str(entry.get("body") or entry.get("text") or "")


class FileSource:
    """The catalogue's part in an index, played by a file that is read piece by piece, as a catalogue is: follow.ChangeSource."""

    def __init__(self, path: Path, texts: Iterator[tuple[str, str]]) -> None:
        self._offsets = array("Q")
        with path.open("wb") as file:
            for row in texts:
                self._offsets.append(file.tell())
                file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        self._file = path.open("rb")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def last_change(self) -> int:
        """How many documents there are."""
        return len(self._offsets)

    def changes_after(self, number: int, limit: int) -> Sequence[Change]:
        """Each document changed once."""
        return [Change(n, f"d{n:09}") for n in range(number + 1, min(number + limit, len(self._offsets)) + 1)]

    def count_at(self, change: int) -> int:
        """As many as changes."""
        return change

    def held(self, after: str, limit: int) -> Sequence[Held]:
        """In the order of the numbers."""
        first = int(after[1:]) + 1 if after else 1
        numbers = range(first, min(first + limit, len(self._offsets) + 1))
        return [Held(f"d{n:09}", "digest", "live", f"https://mau.example/d{n:09}", n) for n in numbers]

    def texts_of(self, ids: Sequence[str]) -> dict[str, tuple[AttachedText, ...]]:
        """None has attachments."""
        return {}

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """Read from the file."""
        return {id: self._document(id, int(id[1:])) for id in ids}

    def _document(self, id: str, number: int) -> Document:
        self._file.seek(self._offsets[number - 1])
        title, text = json.loads(self._file.readline())
        spread = int(hashlib.sha256(id.encode()).hexdigest()[:8], 16)
        date = f"{2005 + spread % 20}-01-01"
        reading = Reading(
            title=title,
            text=text,
            html="",
            published=ReadDate(date, "day", date),
            category=f"mục {spread % 13}",
            kind="Thông báo",
        )
        version = Version(id, 1, "capture", _NOW, "digest", reading)
        return Document(id, f"portal-{spread % 7}", f"https://mau.example/{id}", "live", _NOW, _NOW, version, 1)
