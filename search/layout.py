"""The arrays of one or several Whoosh segments: what their postings say, turned so that NumPy can answer from it.

All syllables of all documents stand in one stream, in their order, title, summary and body of a document one after the other
with a gap after each. From the stream follows what Whoosh need not hold: where each term stands, and which terms stand side by
side. Terms are sorted, and since a term is `fold|form` the readings of one fold are a range of them, here and among the pairs.

Arrays, by name. A set of postings `p` is `p.off` (where the postings of term i begin; one more at the end), `p.docs`, `p.tf`.
Documents and terms are numbered in two bytes where there are fewer than 65,535 of them, in four else.
    syllable.bytes, .at          the terms, sorted, end to end, and where each begins
    fold                         the number of each term's fold
    title, summary, body         postings of those terms; `.len` the field's length by document, as Whoosh keeps it
    tokens, starts               the stream of term numbers; where (document, field) begins in it, at 3 * document + field
    places.off, places           where each term stands in the stream
    whole                        postings of the terms over all three fields, `whole.w` by weight of places; `whole.wlen`
    pair.keys, pair              keys of adjacent terms, sorted, see `pair_key`; their postings likewise; `pair.len`, `pair.wlen`;
                                 `pair.total`, how often each key stands in all documents
    compounds, numbers, own_number, files    terms, postings; `.len`
    facet.NAME, facet.NAME.bytes, .at    codes by document into sorted values
    date                         see schema.date_key
    key                          see schema.id_key
    attached.docs                the documents with texts of attachments, ascending
    attached:NAME                all of the above once more, of documents numbered as `attached.docs` has them, which are but
                                 those texts, as `body`, and their numbers: so what attachments say changes no figure of the pages
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.schema import ATTACHED, ATTACHED_PLAIN, FACET_FIELDS, PLAIN_FIELDS, SYLLABLE_FIELDS
from search.words.analysis import BAR

LAYOUT_VERSION = 8
LEAD_WEIGHT, LEAD_SYLLABLES = 5.0, 20.0
"""What stands early in a document tells more of it: a place p counts 1 + LEAD_WEIGHT * exp(-p / LEAD_SYLLABLES)."""
_FIELDS = len(SYLLABLE_FIELDS)
_FOLD_BITS, _RANK_BITS = 22, 10
_BAR = BAR.encode()
BESIDE = "attached:"


@dataclass(frozen=True, slots=True)
class FieldPostings:
    """One field of one segment as it was read: for each term, in order, its documents, how often, and the places if kept."""

    terms: list[bytes]
    counts: Array
    """How many documents each term has."""
    docs: Array
    tf: Array
    places: Array
    """Places in the field, by term and document; empty for a field without them."""
    lengths: Array


@dataclass(frozen=True, slots=True)
class SegmentPostings:
    """All of one segment that is laid out."""

    count: int
    fields: Mapping[str, FieldPostings]
    facets: Mapping[str, Sequence[str]]
    dates: Sequence[int]
    keys: Sequence[int]
    """See schema.id_key."""


def lay_out(segment: SegmentPostings) -> dict[str, Array]:
    """The arrays of a segment, see the module."""
    docs, beside = _beside(segment)
    arrays = _laid_out(beside) if len(docs) else {}
    kind = number_type(segment.count)
    return _laid_out(segment) | {"attached.docs": docs.astype(kind)} | {f"{BESIDE}{name}": each for name, each in arrays.items()}


def _beside(segment: SegmentPostings) -> tuple[Array, SegmentPostings]:
    """The documents with texts of attachments, and these texts as documents of their own."""
    none = FieldPostings([], *(np.zeros(0, np.int64) for _ in range(5)))
    fields = {"body": segment.fields.get(ATTACHED, none)}
    fields |= {plain: segment.fields.get(name, none) for name, plain in ATTACHED_PLAIN.items()}
    docs = np.unique(np.concatenate([field.docs for field in fields.values()])).astype(np.int64)
    count = len(docs)
    blank = replace(none, lengths=np.zeros(count, np.int64))
    own = {
        name: replace(field, docs=np.searchsorted(docs, field.docs), lengths=field.lengths[docs])
        for name, field in fields.items()
        if len(field.lengths)
    }
    every = {name: own.get(name, blank) for name in (*SYLLABLE_FIELDS, *PLAIN_FIELDS)}
    keys = [segment.keys[doc] for doc in docs.tolist()]
    return docs, SegmentPostings(count, every, {name: [""] * count for name in FACET_FIELDS}, [0] * count, keys)


def _laid_out(segment: SegmentPostings) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    fields = [segment.fields[name] for name in SYLLABLE_FIELDS]
    terms = sorted(set().union(*(field.terms for field in fields)))
    arrays |= dictionary("syllable", terms)
    numbered = [_numbers_of(field.terms, terms) for field in fields]
    for name, field, numbers in zip(SYLLABLE_FIELDS, fields, numbered, strict=True):
        counts = np.zeros(len(terms), np.int64)
        counts[numbers] = field.counts
        arrays |= _postings(name, counts, field.docs, _small(field.tf), segment.count) | {
            f"{name}.len": field.lengths.astype(np.int32)
        }
    arrays |= _stream(segment.count, fields, numbered, len(terms))
    folds = Folds(terms)
    arrays["fold"] = folds.of.astype(np.int32)
    places = _weigh(arrays["tokens"], arrays["starts"], len(terms))
    arrays |= _whole(segment.count, arrays["tokens"], arrays["places"], places, len(terms))
    arrays |= _pairs(segment.count, arrays["tokens"], places, folds)
    for name in PLAIN_FIELDS:
        plain = segment.fields[name]
        arrays |= dictionary(name, plain.terms) | _postings(name, plain.counts, plain.docs, _small(plain.tf), segment.count)
        arrays[f"{name}.len"] = plain.lengths.astype(np.int32)
    for name in FACET_FIELDS:
        values = sorted(set(segment.facets[name]))
        codes = {value: code for code, value in enumerate(values)}
        arrays |= dictionary(f"facet.{name}", [value.encode() for value in values])
        arrays[f"facet.{name}"] = np.array([codes[value] for value in segment.facets[name]], np.int32)
    arrays["date"] = np.array(segment.dates, np.int64)
    arrays["key"] = np.array(segment.keys, np.uint64)
    return arrays


def _numbers_of(terms: list[bytes], among: list[bytes]) -> Array:
    known = {term: number for number, term in enumerate(among)}
    return np.array([known[term] for term in terms], np.int64)


def dictionary(name: str, terms: list[bytes]) -> dict[str, Array]:
    """Sorted terms as arrays, see Terms."""
    at = np.zeros(len(terms) + 1, np.int64)
    np.cumsum([len(term) for term in terms], out=at[1:])
    return {f"{name}.bytes": np.frombuffer(b"".join(terms), np.uint8), f"{name}.at": at}


def _postings(name: str, counts: Array, docs: Array, tf: Array, count: int) -> dict[str, Array]:
    return {f"{name}.off": offsets_of(counts), f"{name}.docs": docs.astype(number_type(count)), f"{name}.tf": tf}


def offsets_of(counts: Array) -> Array:
    """Where lists of these lengths begin when they stand end to end, and where the last one ends."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def _small(tf: Array) -> Array:
    return np.minimum(tf, 65535).astype(np.uint16)


def _stream(count: int, fields: Sequence[FieldPostings], numbered: Sequence[Array], terms: int) -> dict[str, Array]:
    lengths = np.ones((count, _FIELDS), np.int64)
    for i, field in enumerate(fields):
        docs = np.repeat(field.docs, field.tf)
        np.maximum.at(lengths[:, i], docs, field.places + 2)
    starts = offsets_of(lengths.reshape(-1))
    tokens = np.full(int(starts[-1]), gap(terms), number_type(terms))
    for i, (field, numbers) in enumerate(zip(fields, numbered, strict=True)):
        by_posting = np.repeat(numbers, field.counts)
        at = starts[np.repeat(field.docs, field.tf) * _FIELDS + i] + field.places
        tokens[at] = np.repeat(by_posting, field.tf)
    return {"tokens": tokens, "starts": starts.astype(np.int64)} | _places(tokens, terms)


def gap(terms: int) -> int:
    """The number in the stream that is no term's."""
    return int(np.iinfo(number_type(terms)).max)


def number_type(count: int) -> type[np.uint16] | type[np.uint32]:
    """The type of the numbers of so many documents or terms: what is half as long costs half the memory of serving."""
    return np.uint16 if count < 65535 else np.uint32


def _places(tokens: Array, terms: int) -> dict[str, Array]:
    order = np.argsort(tokens, kind="stable")
    counts = np.bincount(tokens[tokens != gap(terms)], minlength=terms) if len(tokens) else np.zeros(terms, np.int64)
    # The gap is the greatest number, so what stands in gaps comes last.
    return {"places.off": offsets_of(counts), "places": order[: int(counts.sum())].astype(np.int32)}


class Folds:
    """The folds of sorted terms: terms of one fold are neighbours, so that a fold is a range and a reading a rank in it."""

    def __init__(self, terms: Sequence[bytes]) -> None:
        fold_of = np.zeros(len(terms), np.int64)
        first: list[int] = []
        before: bytes | None = None
        for number, term in enumerate(terms):
            fold = term.partition(_BAR)[0]
            if fold != before:
                first.append(number)
                before = fold
            fold_of[number] = len(first) - 1
        self.of = fold_of
        self.first = np.array(first, np.int64)
        self.rank = np.arange(len(terms)) - self.first[fold_of] if len(terms) else fold_of

    def paired(self, numbers: NDArray[np.int64]) -> Array:
        """Whether a term can stand in a pair's key: beyond its bounds lies only what no text is made of."""
        fits: Array = (self.of[numbers] < (1 << _FOLD_BITS) - 1) & (self.rank[numbers] < (1 << _RANK_BITS) - 1)
        return fits

    def keys(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Keys of pairs of terms, ordered by both folds first, then by both readings."""
        folds = (self.of[first] << _FOLD_BITS | self.of[second]).astype(np.uint64)
        ranks = (self.rank[first] << _RANK_BITS | self.rank[second]).astype(np.uint64)
        return (folds << np.uint64(2 * _RANK_BITS)) | ranks

    def terms(self, keys: NDArray[np.uint64]) -> tuple[Array, Array]:
        """The two terms of each key."""
        whole = keys.astype(np.uint64)
        fold_mask, rank_mask = np.uint64((1 << _FOLD_BITS) - 1), np.uint64((1 << _RANK_BITS) - 1)
        ranks_first, ranks_second = (whole >> np.uint64(_RANK_BITS)) & rank_mask, whole & rank_mask
        second = (whole >> np.uint64(2 * _RANK_BITS)) & fold_mask
        first = whole >> np.uint64(2 * _RANK_BITS + _FOLD_BITS)
        return (
            self.first[first.astype(np.int64)] + ranks_first.astype(np.int64),
            self.first[second.astype(np.int64)] + ranks_second.astype(np.int64),
        )


def pair_key(first: tuple[int, int], second: tuple[int, int] = (0, 0)) -> int:
    """The key of two syllables, each as (fold, rank among its readings)."""
    folds = first[0] << _FOLD_BITS | second[0]
    return folds << 2 * _RANK_BITS | first[1] << _RANK_BITS | second[1]


def pair_keys(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The same for many: fold and rank on the last axis."""
    one, other = first.astype(np.uint64), second.astype(np.uint64)
    folds = one[..., 0] << np.uint64(_FOLD_BITS) | other[..., 0]
    return folds << np.uint64(2 * _RANK_BITS) | one[..., 1] << np.uint64(_RANK_BITS) | other[..., 1]


class _Weighed(NamedTuple):
    """For each place of the stream its document and its weight, 0 in a gap."""

    docs: Array
    weights: Array


def _weigh(tokens: Array, starts: Array, terms: int) -> _Weighed:
    taken = tokens < terms
    docs = np.repeat(np.arange(len(starts) - 1) // _FIELDS, np.diff(starts))
    counted: Array = np.cumsum(taken) - taken
    ordinals: Array = counted - counted[starts[:-1][docs * _FIELDS]]
    return _Weighed(docs, np.where(taken, 1 + LEAD_WEIGHT * np.exp(-ordinals / LEAD_SYLLABLES), 0.0))


def _whole(count: int, tokens: Array, places: Array, weighed: _Weighed, terms: int) -> dict[str, Array]:
    numbers, docs = tokens[places], weighed.docs[places]
    begins = np.flatnonzero(_changes(numbers) | _changes(docs))
    counts = np.bincount(numbers[begins], minlength=terms)
    return {
        "whole.off": offsets_of(counts),
        "whole.docs": docs[begins].astype(number_type(count)),
        "whole.w": _halved(_summed(weighed.weights[places], begins)),
        "whole.wlen": np.bincount(weighed.docs, weighed.weights, minlength=count).astype(np.float32),
    }


def _halved(values: Array) -> Array:
    """In two bytes each: a rank needs no more than three digits, and memory is what serving costs."""
    return np.minimum(values, 65000).astype(np.float16)


def _summed(values: Array, begins: Array) -> Array:
    return (np.add.reduceat(values, begins) if len(begins) else np.zeros(0)).astype(np.float32)


def _pairs(count: int, tokens: Array, weighed: _Weighed, folds: Folds) -> dict[str, Array]:
    terms = len(folds.of)
    beside = np.flatnonzero((tokens[:-1] < terms) & (tokens[1:] < terms)) if len(tokens) else np.zeros(0, np.int64)
    first, second = tokens[beside].astype(np.int64), tokens[beside + 1].astype(np.int64)
    docs, weights = weighed.docs[beside], weighed.weights[beside]
    lengths = np.bincount(docs, minlength=count).astype(np.int32)
    weighed_lengths = np.bincount(docs, weights, minlength=count).astype(np.float32)
    fits = folds.paired(first) & folds.paired(second)
    keys, docs, weights = folds.keys(first[fits], second[fits]), docs[fits], weights[fits]
    order = np.argsort(keys, kind="stable")
    keys, docs, weights = keys[order], docs[order], weights[order]
    begins = np.flatnonzero(_changes(keys) | _changes(docs))
    tf = np.diff(np.r_[begins, len(keys)])
    few = np.minimum(tf, 255).astype(np.uint8)
    keys, docs = keys[begins], docs[begins]
    opens = np.flatnonzero(_changes(keys))
    counts = np.diff(np.r_[opens, len(keys)])
    return _postings("pair", counts, docs, few, count) | {
        "pair.keys": keys[opens],
        "pair.total": _summed(tf, opens).astype(np.int32),
        "pair.w": _halved(_summed(weights, begins)),
        "pair.len": lengths,
        "pair.wlen": weighed_lengths,
    }


def _changes(values: Array) -> Array:
    """Where a value differs from the one before it; the first always does."""
    changes = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


class Layout:
    """Arrays that were laid out, with their terms looked up by binary search. Read-only: threads may share it."""

    def __init__(self, facts: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        self.count = int(facts["count"])
        self.segments: tuple[str, ...] = tuple(facts["segments"])
        self.arrays = arrays
        # Every word of every query looks for its readings here, and a list is searched ten times as fast as an array of bytes.
        self._syllables = self.all_terms("syllable")
        self._plain = {name: Terms(arrays, name) for name in PLAIN_FIELDS}
        self.attached: Layout | None = None
        """The texts of attachments as documents of their own; None where there are none."""
        if len(docs := arrays.get("attached.docs", ())):
            beside = {name.removeprefix(BESIDE): array for name, array in arrays.items() if name.startswith(BESIDE)}
            self.attached = Layout({"count": len(docs), "segments": facts["segments"]}, beside)

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    def terms(self, field: str) -> Sequence[bytes]:
        """The sorted terms of a field; the syllable fields share theirs."""
        return self._syllables if field in SYLLABLE_FIELDS else self._plain[field]

    def all_terms(self, name: str) -> list[bytes]:
        """All entries of a dictionary."""
        return list(Terms(self.arrays, name))

    def values(self, facet: str) -> list[str]:
        """The values of a facet, by code."""
        return [value.decode() for value in self.all_terms(f"facet.{facet}")]


class Terms(Sequence[bytes]):
    """Sorted terms that stand end to end in an array of bytes."""

    def __init__(self, arrays: Mapping[str, Array], name: str) -> None:
        self._bytes = memoryview(arrays[f"{name}.bytes"])  # type: ignore[arg-type]
        self._at = arrays[f"{name}.at"]

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return bytes(self._bytes[self._at[number] : self._at[number + 1]])


def found(terms: Sequence[bytes], term: bytes) -> tuple[int, int]:
    """The range of `term` among sorted terms: one number, or none."""
    at = bisect_left(terms, term)
    return (at, at + 1) if at < len(terms) and terms[at] == term else (at, at)


def begun(terms: Sequence[bytes], prefix: bytes) -> tuple[int, int]:
    """The range of the terms that begin with `prefix` among sorted ones."""
    low = bisect_left(terms, prefix)
    return low, bisect_left(terms, prefix + b"\xff\xff", lo=low)
