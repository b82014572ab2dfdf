"""Writes a Whoosh segment from postings that are sorted already, past Whoosh's pool and its formats, which take them one by one.

What comes out is a segment of Whoosh's own codec (W3, codec/whoosh3.py): the same blocks of 128 postings, the same statistics,
the same terms, so that Whoosh alone can read, query, merge and delete in it. Only the pickles of blocks are of protocol 3, not
2, which knows no bytes and spells them out. The internals relied on are those of the pinned whoosh3; reading is in whoosh_reader.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from pickle import dumps
from typing import Any, NamedTuple

import numpy as np
from whoosh.system import pack_int, pack_long, pack_uint, pack_ushort
from whoosh.util.numeric import byte_to_length, length_to_byte
from whoosh.writing import SegmentWriter

from search.arrays import Array
from search.layout import FieldPostings, SegmentPostings
from search.schema import ATTACHED, FACET_FIELDS, PAGES, SYLLABLE_FIELDS, IndexDocument, date_key, id_key, storable, stored
from search.words.streams import Streams

POOL_MB = 128
"""Of the pool that takes the postings of segments to merge."""
_BLOCK = 128
_MAGIC = b"W3Bl"
_COMPRESSION, _WORTH_COMPRESSING = 3, 80
_TERM = struct.Struct("!BfIBBfII")
_LENGTH_OF_BYTE = np.array([byte_to_length(byte) for byte in range(256)], np.int64)
_BYTE_OF_LENGTH = np.array([length_to_byte(length) for length in range(int(_LENGTH_OF_BYTE[-1]) + 1)], np.uint8)


class _Field(NamedTuple):
    """Postings of a field as Whoosh keeps them. `values` are its encoded places or counts, None where it keeps none."""

    terms: Sequence[bytes]
    counts: Array
    docs: Array
    tf: Array
    values: Sequence[bytes] | bytes | None


class BulkWriter:
    """One commit: documents with their postings, the change number, deletions, segments merged by a policy of Whoosh's."""

    def __init__(self, index: Any) -> None:
        make: Any = _Segment
        self._writer: Any = make(index, limitmb=POOL_MB)
        self._columns = {name: self._writer.schema[name].column_type for name in (*FACET_FIELDS, "date")}
        self._keys: dict[str, dict[bytes, list[int]]] = {}
        self._terms: dict[tuple[str, Any], list[bytes]] = {}
        self._facets: dict[str, list[str]] = {name: [] for name in FACET_FIELDS}
        self._dates: list[int] = []
        self._ids: list[int] = []

    def delete(self, ids: Iterable[str]) -> None:
        """Mark the committed documents of these ids as deleted, and the one of the change number with them."""
        terms = [*(("id", id.encode("utf-8", "replace")) for id in ids), ("meta", b"change")]
        with self._writer.reader() as reader:
            for leaf, base in reader.leaf_readers():
                if not leaf.doc_count_all():
                    continue
                for term in terms:
                    if term in leaf._terms:
                        for doc in leaf.postings(*term).all_ids():
                            self._writer.delete_document(base + doc)

    def add(self, documents: Sequence[IndexDocument], streams: Streams) -> None:
        """What is kept by document. The postings come with `commit`."""
        exact = {name: stream.lengths.tolist() for name, stream in streams.fields.items()}
        for i, document in enumerate(documents):
            facets = {name: storable(getattr(document, name) or "") for name in FACET_FIELDS}
            date = date_key(document.published)
            doc = self._start({name: values[i] for name, values in exact.items()}, {**stored(document), **streams.checkpoints[i]})
            for name, value in facets.items():
                self._enter(name, value, doc)
                self._column(name, value)
                self._facets[name].append(value)
            self._enter("id", document.id, doc)
            self._ids.append(id_key(document.id))
            self._enter("date", date, doc)
            self._column("date", date)
            self._dates.append(date)
            if streams.pages[i]:
                self._writer.perdocwriter.add_column_value(PAGES, self._writer.schema[PAGES].column_type, streams.pages[i])
            self._writer.perdocwriter.finish_doc()

    def add_change(self, change: int) -> None:
        """A document that holds nothing but the change number."""
        self._enter("meta", "change", self._start({}, {"change": change}))
        self._writer.perdocwriter.finish_doc()
        for values in self._facets.values():
            values.append("")
        self._ids.append(0)
        # What Whoosh reads where a column has nothing; without documents there is no column.
        none = self._writer.schema["date"].from_column_value(self._columns["date"].default_value())
        self._dates.append(none if self._dates else 0)

    def _start(self, lengths: Mapping[str, int], shown: Mapping[str, Any]) -> int:
        writer, doc = self._writer, self._writer.docnum
        writer.perdocwriter.start_doc(doc)
        for name, length in lengths.items():
            if length:
                writer.perdocwriter.add_field(name, writer.schema[name], None, length)
        writer.perdocwriter.add_field("shown", writer.schema["shown"], shown, 0)
        writer.docnum += 1
        writer._added = True
        return int(doc)

    def _enter(self, name: str, value: Any, doc: int) -> None:
        held = self._keys.setdefault(name, {})
        if (terms := self._terms.get((name, value))) is None:
            terms = [term for term, _, _, _ in self._writer.schema[name].index(value)]
            if name != "id":
                self._terms[name, value] = terms
        for term in terms:
            held.setdefault(term, []).append(doc)

    def _column(self, name: str, value: Any) -> None:
        column = self._writer.schema[name].to_column_value(value)
        self._writer.perdocwriter.add_column_value(name, self._columns[name], column)

    def commit(self, fields: Mapping[str, FieldPostings], policy: Any, lay_out: Callable[[str, SegmentPostings], None]) -> None:
        """Write the postings of what was added, and commit.

        `lay_out` gets the name of the new segment and all of it that whoosh_reader.postings_of would read there, unless documents
        of merged segments stand in it too. It runs before the commit, in a thread beside the writing.
        """
        kept = {name: replace(field, lengths=_kept_lengths(field.lengths)) for name, field in fields.items()}
        segment = SegmentPostings(self._writer.docnum, kept, self._facets, self._dates, self._ids)
        self._writer.lay_out = partial(lay_out, str(self._writer.newsegment.segment_id()), segment)
        self._writer.lengths = {name: _BYTE_OF_LENGTH[_capped(field.lengths)] for name, field in fields.items()}
        contents = {name: _encoded(name, field) for name, field in fields.items() if field.terms}
        self._writer.contents = contents | {name: _of_keys(terms) for name, terms in self._keys.items()}
        self._writer.commit(mergetype=policy)

    def cancel(self) -> None:
        """Leave everything as it was committed last."""
        if not self._writer.is_closed:
            self._writer.cancel()


class _Segment(SegmentWriter):
    """Whoosh's own writer, but for the postings of what was added."""

    contents: Mapping[str, _Field]
    lengths: Mapping[str, Array]
    lay_out: Callable[[], None]
    merged = False

    def add_reader(self, reader: Any) -> None:
        self.merged = True
        super().add_reader(reader)  # type: ignore[no-untyped-call]

    def _cleanup_on_error(self) -> None:
        """Whoosh leaves its files open where a commit failed."""
        for file in (self.fieldwriter._tindex.dbfile, self.fieldwriter._postfile, self.perdocwriter._cols._temp):
            with suppress(Exception):
                file.close()
        super()._cleanup_on_error()  # type: ignore[no-untyped-call]

    def _flush_segment(self) -> None:
        if self.merged:
            # The added documents go the way of the merged ones: through the pool, which sorts both.
            for name, field in self.contents.items():
                for posting in _postings(name, field):
                    self.pool.add(posting)  # type: ignore[no-untyped-call]
            super()._flush_segment()  # type: ignore[no-untyped-call]
            return
        with ThreadPoolExecutor(1) as beside:
            laid_out = beside.submit(self.lay_out)
            self.perdocwriter.close()
            none = np.zeros(self.docnum, np.uint8)
            for name in sorted(self.contents):
                self.fieldwriter.start_field(name, self.schema[name])
                _write_field(self.fieldwriter, self.contents[name], self.lengths.get(name, none))
                self.fieldwriter.finish_field()
            self.fieldwriter.close()
            laid_out.result()


def _capped(lengths: Array) -> Array:
    capped: Array = np.minimum(lengths, len(_BYTE_OF_LENGTH) - 1)
    return capped


def _kept_lengths(lengths: Array) -> Array:
    kept: Array = _LENGTH_OF_BYTE[_BYTE_OF_LENGTH[_capped(lengths)]]
    return kept


def _of_keys(terms: Mapping[bytes, list[int]]) -> _Field:
    held = sorted(terms)
    counts = np.array([len(terms[term]) for term in held], np.int64)
    docs = np.array([doc for term in held for doc in terms[term]], np.int64)
    return _Field(held, counts, docs, np.ones(len(docs), np.int64), None)


def _encoded(name: str, field: FieldPostings) -> _Field:
    """Values as formats.Positions and formats.Frequency write them."""
    values = _encoded_places(field) if name in (*SYLLABLE_FIELDS, ATTACHED) else field.tf.astype(">u4").tobytes()
    return _Field(field.terms, field.counts, field.docs, field.tf, values)


def _encoded_places(field: FieldPostings) -> list[bytes]:
    gaps = np.diff(field.places, prepend=0)
    firsts = np.cumsum(field.tf) - field.tf
    gaps[firsts] = field.places[firsts]
    every = gaps.tolist()
    values = []
    at = 0
    for count in field.tf.tolist():
        values.append(_one_place(every[at]) if count == 1 else pack_uint(count) + dumps(every[at : at + count], 2))
        at += count
    return values


@lru_cache(maxsize=65536)
def _one_place(place: int) -> bytes:
    return pack_uint(1) + dumps([place], 2)


def _postings(name: str, field: _Field) -> Iterator[tuple[str, bytes, int, float, bytes]]:
    at = 0
    docs, tf = field.docs.tolist(), field.tf.tolist()
    for term, count in zip(field.terms, field.counts.tolist(), strict=True):
        for i in range(at, at + count):
            yield name, term, docs[i], float(tf[i]), _value(field.values, i)
        at += count


def _value(values: Sequence[bytes] | bytes | None, i: int) -> bytes:
    if values is None:
        return b""
    return values[4 * i : 4 * i + 4] if isinstance(values, bytes) else values[i]


def _write_field(writer: Any, field: _Field, lengths: Array) -> None:
    """Blocks into the postings file, a line for each term into the table of terms: W3FieldWriter and W3PostingsWriter at once."""
    blocks = _Blocks(field, lengths)
    key = pack_ushort(writer._fieldid)
    file = writer._postfile
    at = file.tell()
    for number, term in enumerate(field.terms):
        data = blocks.of_term(number)
        file.write(data)
        writer._tindex.add(key + term, blocks.term_info(number, at, len(data)))
        at += len(data)


class _Blocks:
    """The blocks of a field's postings, 128 postings of one term at most in each, with their statistics."""

    def __init__(self, field: _Field, lengths: Array) -> None:
        self._values = field.values
        ends = np.cumsum(field.counts)
        per_term = -(-field.counts // _BLOCK)
        self._first = np.concatenate([[0], np.cumsum(per_term)])
        ordinal = np.arange(int(self._first[-1])) - np.repeat(self._first[:-1], per_term)
        begins = np.repeat(ends - field.counts, per_term) + ordinal * _BLOCK
        self._bounds = np.append(begins, len(field.docs)).tolist()
        gaps = np.diff(field.docs.astype(np.int64), prepend=0)
        gaps[begins] = field.docs[begins]
        self._gaps, self._tf = gaps.tolist(), field.tf.astype(float).tolist()
        bytes_of = lengths[field.docs]
        self._least = np.minimum.reduceat(field.tf, begins).tolist() if len(begins) else []
        self._most = np.maximum.reduceat(field.tf, begins).tolist() if len(begins) else []
        self._shortest = np.minimum.reduceat(bytes_of, begins).tolist() if len(begins) else []
        self._longest = np.maximum.reduceat(bytes_of, begins).tolist() if len(begins) else []
        self._last = field.docs[np.append(begins[1:], len(field.docs)) - 1].tolist() if len(begins) else []
        self._counts = field.counts.tolist()
        opens = (ends - field.counts).astype(np.int64)
        self._totals = np.add.reduceat(field.tf, opens).tolist() if len(opens) else []
        self._opens = field.docs[opens].tolist() if len(opens) else []
        self._bounds_of = self._first.tolist()

    def of_term(self, number: int) -> bytes:
        """All blocks of a term."""
        first, last = self._bounds_of[number], self._bounds_of[number + 1] - 1
        parts = [_MAGIC]
        for block in range(first, last):
            parts += self._block(block, last=False)
        parts += self._block(last, last=True)
        return b"".join(parts)

    def _block(self, block: int, *, last: bool) -> tuple[bytes, bytes, bytes]:
        start, end = self._bounds[block], self._bounds[block + 1]
        least, most = self._least[block], self._most[block]
        weights = None if least == most == 1 else float(most) if least == most else tuple(self._tf[start:end])
        data = dumps((tuple(self._gaps[start:end]), weights, self._between(start, end)), 3)
        compression = _COMPRESSION if len(data) >= _WORTH_COMPRESSING else 0
        if compression:
            data = zlib.compress(data, compression)
        facts = (end - start, self._last[block], float(most), compression, self._shortest[block], self._longest[block])
        info = dumps(facts, 2)
        size = len(info) + len(data)
        return pack_int(-size if last else size), info, data

    def _between(self, start: int, end: int) -> tuple[bytes, ...] | bytes | None:
        values = self._values
        if values is None or isinstance(values, bytes):
            return None if values is None else values[4 * start : 4 * end]
        return tuple(values[start:end])

    def term_info(self, number: int, offset: int, size: int) -> bytes:
        """W3TermInfo of a term whose blocks stand at `offset`."""
        first, end = self._bounds_of[number], self._bounds_of[number + 1]
        return (
            _TERM.pack(
                0,
                self._totals[number],
                self._counts[number],
                min(self._shortest[first:end]),
                max(self._longest[first:end]),
                max(self._most[first:end]),
                self._opens[number],
                self._last[end - 1],
            )
            + pack_long(offset)
            + pack_int(size)
        )
