"""Whether an index holds and finds what the catalogue has: asked before a new generation answers, and whenever a person asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.records import Document, Held
from search.engine import Generation
from search.results import SearchRequest

if TYPE_CHECKING:
    from search.following.follow import ChangeSource

CANARIES = 8
"""Documents that are looked for; spread over all changes, they find a stream, a range of documents or a field that is lost."""
_PAGE = 100
_AT_ONCE = 2000
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){3,11}")


@dataclass(frozen=True, slots=True)
class Canary:
    """A query that must find the document it was made from among its first hits."""

    id: str
    query: str


@dataclass(frozen=True, slots=True)
class Report:
    """How an index differs from the catalogue. Documents that changed after `change` are not compared: they are yet to come."""

    generation: str
    change: int
    documents: int
    """How many the index holds."""
    behind: int
    """How many documents changed since."""
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    """Held in another version, state or address than the catalogue has, or with other texts of its attachments."""
    extra: tuple[str, ...]
    """Held, and not in the catalogue, or held twice."""
    canaries: int
    lost: tuple[Canary, ...]
    """Canaries whose document was not found."""
    damage: tuple[str, ...]
    """Files that are not what was written."""
    cut: tuple[str, ...] = ()
    """Held, but with more text in their attachments than the index takes of one document: the rest is not searched."""

    @property
    def differs(self) -> bool:
        """Whether the documents are others than the catalogue's, or are not found."""
        return bool(self.missing or self.stale or self.extra or self.lost)


def reconcile(generation: Generation, source: ChangeSource) -> Report:
    """Compare all that `generation` holds with `source`. Raises IndexDamaged."""
    status = generation.status()
    held: dict[str, tuple[str, str, str, str]] = {}
    extra: set[str] = set()
    cut = []
    for each in generation.held():
        if each.id in held:
            extra.add(each.id)
        held[each.id] = (each.version, each.state, each.url, each.attached)
        if each.left_out:
            cut.append(each.id)
    found: Counter[str] = Counter()
    missing, stale = [], []
    for entry in _all(source):
        known = held.pop(entry.id, None)
        if entry.change > status.change:
            found["behind"] += 1
        elif known is None:
            missing.append(entry.id)
        elif known != (entry.digest, entry.state, entry.url, entry.attached):
            stale.append(entry.id)
    asked = canaries(source, status.change)
    return Report(
        generation=status.generation,
        change=status.change,
        documents=status.documents,
        behind=found["behind"],
        missing=tuple(missing),
        stale=tuple(stale),
        extra=tuple(sorted(extra | held.keys())),
        canaries=len(asked),
        lost=tuple(canary for canary in asked if _is_lost(generation, canary)),
        damage=generation.damage(),
        cut=tuple(sorted(cut)),
    )


def _all(source: ChangeSource) -> Iterator[Held]:
    after = ""
    while page := source.held(after, _AT_ONCE):
        yield from page
        after = page[-1].id


def objections(generation: Generation, source: ChangeSource) -> tuple[str, ...]:
    """Why a new generation must not answer; nothing where it may. Raises IndexDamaged."""
    status = generation.status()
    expected = source.count_at(status.change)
    # What changes during a build is held in the new version or not yet: at the next commit it is.
    moved = len(source.changes_after(status.change, _AT_ONCE))
    if not expected - moved <= status.documents <= expected:
        return (f"it holds {status.documents} documents where the catalogue has {expected} at change {status.change}",)
    lost = [canary for canary in canaries(source, status.change) if _is_lost(generation, canary)]
    return tuple(f"a search for {canary.query} does not find document {canary.id}" for canary in lost)


def canaries(source: ChangeSource, change: int) -> tuple[Canary, ...]:
    """Queries made of titles and numbers of documents that did not change after `change`, spread over all changes."""
    changes = [each for n in range(CANARIES) for each in source.changes_after(change * n // CANARIES, 1) if each.number <= change]
    found = source.documents(sorted({each.document_id for each in changes}))
    return tuple(canary for document in found.values() for canary in _made_of(document))


def _made_of(document: Document) -> Iterator[Canary]:
    reading = document.version.reading
    # Words alone, four to twelve of them: no sign that the query language could take for its own, no end that it could cut off.
    if words := _WORDS.search(reading.title):
        yield Canary(document.id, f'"{words[0]}"')
    if reading.number:
        yield Canary(document.id, reading.number)


def _is_lost(generation: Generation, canary: Canary) -> bool:
    """Whether its document does not come up; where more documents say the same than a page holds, nobody can tell."""
    results = generation.search(SearchRequest(canary.query, limit=_PAGE, verbatim=True))
    ids = [hit.id for hit in results.hits]
    return canary.id not in ids and (results.total <= len(ids)) and not any(note.code == "timeout" for note in results.notes)
