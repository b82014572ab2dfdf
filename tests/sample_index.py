"""An index of the sample portal's announcements, for tests of the words of a query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samples.content import announcements
from search.schema import IndexDocument
from search.snapshot import Snapshot
from search.whoosh_engine import WhooshEngine


@contextmanager
def sample_snapshot(folder: Path, *more: IndexDocument) -> Iterator[Snapshot]:
    """The sample announcements and `more`, indexed in two commits."""
    generation = WhooshEngine().create(folder)
    documents = [
        IndexDocument(f"s{each.id}", "sample", f"https://mau.example/{each.id}", each.title, "", each.text)
        for each in announcements()
    ]
    generation.write(documents, [], 1)
    generation.write(more, [], 2)
    with generation.newest() as snapshot:
        yield snapshot
    generation.close()
