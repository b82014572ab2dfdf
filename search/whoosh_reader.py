"""What a Whoosh segment holds, read whole: postings block by block, lengths, columns, deletions, and what is shown of a document.

The internals that this relies on are those of the pinned whoosh3, and stand in this module alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pickle import loads
from typing import Any

import numpy as np

from search.arrays import Array
from search.layout import FieldPostings, SegmentPostings
from search.schema import ATTACHED, ATTACHED_PLAIN, FACET_FIELDS, PAGES, PLAIN_FIELDS, SYLLABLE_FIELDS, id_key

_COUNT_BYTES = 4


def segments_of(reader: Any) -> list[Any]:
    """The readers of a reader's segments that hold documents, in the order that numbers the documents."""
    return [leaf for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]


def name_of(leaf: Any) -> str:
    """The name of a segment, which no other segment ever has."""
    return str(leaf.segment().segment_id())


def deleted(leaf: Any) -> Array:
    """The numbers of the deleted documents of a segment."""
    return np.fromiter(leaf.segment().deleted_docs(), np.int64)


def field_length(leaf: Any, field: str) -> int:
    """The number of terms of a field in all documents of a segment, as Whoosh counts it."""
    return int(leaf.field_length(field))


def postings_of(leaf: Any) -> SegmentPostings:
    """All of a segment that is laid out in arrays."""
    return SegmentPostings(
        count=leaf.doc_count_all(),
        fields={name: _field(leaf, name) for name in (*SYLLABLE_FIELDS, *PLAIN_FIELDS, ATTACHED, *ATTACHED_PLAIN)},
        facets={name: _column(leaf, name, "") for name in FACET_FIELDS},
        dates=_column(leaf, "date", 0),
        keys=_keys(leaf),
    )


def _field(leaf: Any, name: str) -> FieldPostings:
    terms: list[bytes] = []
    counts, docs, tf, gaps = array("l"), array("l"), array("l"), array("l")
    placed = name in (*SYLLABLE_FIELDS, ATTACHED)
    for term, info in _terms(leaf, name):
        terms.append(term)
        before = len(docs)
        for ids, weights, values in _blocks(leaf, name, info):
            docs.extend(ids)
            if placed:
                for value in values:
                    # Whoosh's own pickles, in a folder that only this program writes: see generations.
                    places = loads(value[_COUNT_BYTES:])  # noqa: S301
                    tf.append(len(places))
                    gaps.extend(places)
            else:
                tf.extend(map(int, weights))
        counts.append(len(docs) - before)
    frequencies = _numbers(tf)
    return FieldPostings(
        terms, _numbers(counts), _numbers(docs), frequencies, _undo_gaps(gaps, frequencies), _lengths(leaf, name)
    )


def _numbers(values: array[int]) -> Array:
    return np.frombuffer(values, np.int64) if values else np.zeros(0, np.int64)


def _undo_gaps(gaps: array[int], counts: Array) -> Array:
    """Whoosh keeps places as distances from the place before; the first of each posting from 0."""
    if not gaps:
        return np.zeros(0, np.int64)
    sums = np.cumsum(_numbers(gaps))
    first = np.cumsum(counts) - counts
    before: Array = np.where(first > 0, sums[first - 1], 0)
    places: Array = sums - np.repeat(before, counts)
    return places


def _terms(leaf: Any, name: str) -> Iterator[tuple[bytes, Any]]:
    if name not in leaf._terms.indexed_field_names():
        return
    for (field, term), info in leaf._terms.items_from(name, b""):
        if field != name:
            return
        yield term, info


def _blocks(leaf: Any, name: str, info: Any) -> Iterator[tuple[Sequence[int], Sequence[float], Sequence[bytes]]]:
    terms = leaf._terms
    matcher = terms._codec.postings_reader(terms._postfile, info, leaf.schema[name].format)
    while matcher.is_active():
        matcher.id()
        matcher.weight()
        matcher.value()
        yield matcher._ids, matcher._weights, matcher._values
        matcher._next_block()


def _keys(leaf: Any) -> list[int]:
    keys = [0] * leaf.doc_count_all()
    for term, info in _terms(leaf, "id"):
        for docs, _, _ in _blocks(leaf, "id", info):
            for doc in docs:
                keys[doc] = id_key(term.decode())
    return keys


def _column(leaf: Any, name: str, missing: Any) -> list[Any]:
    count = leaf.doc_count_all()
    if not leaf.has_column(name):
        return [missing] * count
    column = leaf.column_reader(name)
    return [column[i] for i in range(count)]


def _lengths(leaf: Any, name: str) -> Array:
    return np.array([leaf.doc_field_length(i, name) or 0 for i in range(leaf.doc_count_all())], np.int64)


def change_of(reader: Any) -> tuple[int, list[int]]:
    """The change number of the newest commit, and the documents that hold nothing else, dead ones among them."""
    change, held = 0, []
    key = ("meta", b"change")
    for leaf, offset in reader.leaf_readers():
        if not leaf.doc_count_all() or key not in leaf._terms:
            continue
        for ids, _, _ in _blocks(leaf, "meta", leaf._terms.term_info(*key)):
            for doc in ids:
                held.append(offset + doc)
                if not leaf.segment().is_deleted(doc):
                    change = int(shown(reader, offset + doc)["change"])
    return change, held


def shown(reader: Any, doc: int) -> dict[str, Any]:
    """What was stored to show of a document. Not for several threads at once."""
    stored: dict[str, Any] = reader.stored_fields(doc)["shown"]
    return stored


def page_record(leaf: Any, doc: int) -> Callable[[int, int], bytes] | None:
    """What reads so many bytes from an offset of the record of a document's pages, see page_texts; None where there is none.

    Not for several threads at once. Raises ValueError beyond the record.
    """
    if not leaf.has_column(PAGES):
        return None
    column: Any = leaf._perdoc._cached_reader(PAGES, leaf.schema[PAGES].column_type)
    size, offset = int(column._lengths[doc]), int(column._offsets[doc])
    begin = column._basepos + offset

    def read(at: int, count: int) -> bytes:
        if at + count > size:
            raise ValueError("a record of pages ends before its end")
        return bytes(column._dbfile.get(begin + at, count))

    return read if size else None


def check(reader: Any) -> None:
    """Touch the first and last of everything once, so that gross damage shows; the caller catches what comes."""
    for leaf in segments_of(reader):
        for _ in leaf._terms.terms_from("body", b""):
            break
        for a, b in pairwise(sorted({0, leaf.doc_count_all() - 1})):
            leaf.stored_fields(a)
            leaf.stored_fields(b)
