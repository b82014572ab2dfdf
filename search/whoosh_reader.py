"""One committed state of a Whoosh index, read for ranking: postings by blocks, lengths, filters, dates, and what is shown.

Whoosh's matchers hand out one posting at a time through several calls; here a term's blocks are taken whole. The internals that
this relies on are those of the pinned whoosh3, and stand in this module alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from search.schema import FACET_FIELDS

Blocks = Iterator[tuple[Sequence[int], Sequence[float]]]
Facets = tuple[str, str, str, str]


class _Segment:
    """What never changes of a segment: lengths by field, values for filters, dates."""

    def __init__(self, reader: Any) -> None:
        self.count: int = reader.doc_count_all()
        self.lengths: dict[str, list[int]] = {}
        columns = [self._column(reader, name, "") for name in FACET_FIELDS]
        self.facets: list[Facets] = [(row[0], row[1], row[2], row[3]) for row in zip(*columns, strict=True)]
        self.dates: list[int] = self._column(reader, "date", 0)

    def _column(self, reader: Any, name: str, missing: Any) -> list[Any]:
        if not reader.has_column(name):
            return [missing] * self.count
        column = reader.column_reader(name)
        return [column[i] for i in range(self.count)]

    def field_lengths(self, reader: Any, field: str) -> list[int]:
        found = self.lengths.get(field)
        if found is None:
            found = self.lengths[field] = [reader.doc_field_length(i, field) for i in range(self.count)]
        return found


class SegmentCache:
    """Segments that were read before, kept over commits as long as they are part of the index."""

    def __init__(self) -> None:
        self._segments: dict[str, _Segment] = {}

    def take(self, readers: Sequence[Any]) -> list[_Segment]:
        """The data of these readers' segments; all others are let go."""
        known, self._segments = self._segments, {}
        for reader in readers:
            name = reader.segment().segment_id()
            self._segments[name] = known.get(name) or _Segment(reader)
        return list(self._segments.values())


class Snapshot:
    """Everything of one commit, by document numbers that count over all segments. Not for several threads at once."""

    def __init__(self, reader: Any, cache: SegmentCache) -> None:
        self.reader = reader
        leaves = [(leaf, offset) for leaf, offset in reader.leaf_readers() if leaf.doc_count_all()]
        self._leaves = leaves
        self._segments = cache.take([leaf for leaf, _ in leaves])
        self.facets: list[Facets] = [row for segment in self._segments for row in segment.facets]
        self.dates: list[int] = [date for segment in self._segments for date in segment.dates]
        self._lengths: dict[str, list[int]] = {}
        self.dead: set[int] = {offset + i for leaf, offset in leaves for i in leaf.segment().deleted_docs()}
        self.change = 0
        for docs, _ in self.blocks("meta", "change"):
            for doc in docs:
                if doc not in self.dead:
                    self.change = int(self.shown(doc)["change"])
                self.dead.add(doc)
        self.documents = len(self.dates) - len(self.dead)

    def close(self) -> None:
        """Let go of the files."""
        self.reader.close()

    def blocks(self, field: str, term: str) -> Blocks:
        """The postings of a term, document by document: numbers and frequencies; dead documents among them."""
        key = term.encode()
        for leaf, offset in self._leaves:
            for matcher in self._matcher_blocks(leaf, field, key):
                matcher.id()
                matcher.weight()
                ids = matcher._ids
                yield ([offset + i for i in ids] if offset else ids), matcher._weights

    def positions(self, field: str, term: str, wanted: set[int] | None) -> dict[int, list[int]]:
        """Where a term stands in each document of `wanted` (in all, for None)."""
        key = term.encode()
        found: dict[int, list[int]] = {}
        for leaf, offset in self._leaves:
            for matcher in self._matcher_blocks(leaf, field, key):
                matcher.id()
                if wanted is not None and wanted.isdisjoint([offset + i for i in matcher._ids]):
                    continue
                matcher.value()
                decode = matcher.format.decode_positions
                for i, value in zip(matcher._ids, matcher._values, strict=True):
                    if wanted is None or offset + i in wanted:
                        found[offset + i] = decode(value)
        return found

    def _matcher_blocks(self, leaf: Any, field: str, key: bytes) -> Iterator[Any]:
        if field not in leaf.schema or (field, key) not in leaf._terms:
            return
        matcher = leaf._terms.matcher(field, key, leaf.schema[field].format)
        while matcher.is_active():
            yield matcher
            matcher._next_block()

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold the term, dead ones included."""
        key = (field, term.encode())
        return sum(leaf._terms.term_info(*key).doc_frequency() for leaf, _ in self._leaves if key in leaf._terms)

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """Up to `limit` terms of a field that begin with `prefix`, from every segment, sorted."""
        start = prefix.encode()
        found: set[bytes] = set()
        for leaf, _ in self._leaves:
            if field not in leaf._terms.indexed_field_names():
                continue
            for i, (name, term) in enumerate(leaf._terms.terms_from(field, start)):
                if name != field or not term.startswith(start) or i >= limit:
                    break
                found.add(term)
        return [term.decode() for term in sorted(found)[:limit]]

    def lengths(self, field: str) -> list[int]:
        """How many terms of `field` each document has."""
        found = self._lengths.get(field)
        if found is None:
            found = []
            for (leaf, _), segment in zip(self._leaves, self._segments, strict=True):
                found += segment.field_lengths(leaf, field)
            self._lengths[field] = found
        return found

    def average_length(self, field: str) -> float:
        """Mean length of `field` over all documents, as Whoosh counts it."""
        total: int = self.reader.field_length(field)
        return (total / self.documents if self.documents else 0.0) or 1.0

    def shown(self, doc: int) -> dict[str, Any]:
        """What was stored to show of a document."""
        stored: dict[str, Any] = self.reader.stored_fields(doc)["shown"]
        return stored

    def check(self) -> None:
        """Touch the first and last of everything once, so that gross damage shows; the caller catches what comes."""
        for leaf, _ in self._leaves:
            for _ in leaf._terms.terms_from("body", b""):
                break
            for a, b in pairwise(sorted({0, leaf.doc_count_all() - 1})):
                leaf.stored_fields(a)
                leaf.stored_fields(b)
