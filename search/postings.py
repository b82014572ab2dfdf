"""The postings of one committed state, as arrays over all of its documents: what ranking and filtering work with.

Documents are numbered as Whoosh numbers them, through all segments, deleted ones included. Everything here is read-only once it
is made, but for a bounded cache, so threads share it without taking turns. Nothing here knows a query's grammar or weights.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.arrays import Array
from search.columns import EMPTY as EMPTY
from search.columns import Cache as Cache
from search.columns import Column as Column
from search.layout import Layout, begun, found, pair_keys
from search.proximity import documents_of, following, pair_range, pairs_within, standing, within
from search.schema import FACET_FIELDS, PLAIN_FIELDS, SYLLABLE_FIELDS, id_key
from search.spelling import Vocabulary, ranges_of
from search.words.analysis import BAR, syllables
from search.words.text import fold, has_marks

CACHE_BYTES = 32 << 20
# Below this share of the documents a list of them is quicker to add than a whole column.
_SPARSE = 8
MAX_EXPANSIONS = 512
_MOST_READINGS = 20_000

Ranges = tuple[tuple[tuple[int, int], ...], ...]
"""For each layout, ranges of its term numbers."""
Stream = Literal["title", "summary", "body", "whole", "pair", "compounds", "numbers", "own_number", "files"]
Weighed = Literal["whole", "pair"]
SyllableField = Literal["title", "summary", "body"]


class Attached(NamedTuple):
    """What attachments say, in postings of their own, numbered by the documents that have any: `docs` are these, ascending."""

    postings: Postings
    docs: Array
    words: Postings
    """The layouts of both together: what the archive's own words are. Its documents are numbered otherwise."""

    def spread(self, mask: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
        """A mask over these documents as one over all."""
        spread = np.zeros(count, bool)
        spread[self.docs[mask]] = True
        return spread

    def row_of(self, doc: int) -> int | None:
        """The number here of a document."""
        at = int(np.searchsorted(self.docs, doc))
        return at if at < len(self.docs) and self.docs[at] == doc else None


class Postings:
    """The arrays of the layouts of one commit, put together. `totals`: how many terms each stream has, for mean lengths.

    `home`: the postings beside which these are, whose mean lengths count: a text is as long here as it would be there. `alone`:
    what attachments say is left out.
    """

    def __init__(
        self,
        layouts: Sequence[Layout],
        dead: Array,
        *,
        totals: dict[str, int] | None = None,
        cache_bytes: int = CACHE_BYTES,
        home: Postings | None = None,
        alone: bool = False,
    ) -> None:
        self.home = home
        self.layouts = tuple(layouts)
        self.count = sum(layout.count for layout in layouts)
        self.bases = tuple(int(base) for base in np.cumsum([0, *(layout.count for layout in layouts)])[:-1])
        self.alive = np.ones(self.count, bool)
        self.alive[dead] = False
        self.documents = int(np.count_nonzero(self.alive))
        self._totals = totals or {}
        self._norms: dict[tuple[str, float, float], NDArray[np.float32]] = {}
        self.restored: dict[tuple[str, ...], Any] = {}
        """What `restoring` found for the syllables of a query."""
        self._readings: dict[str, tuple[tuple[str, int], ...]] = {}
        self.tokens = sum(len(layout["places"]) for layout in self.layouts)
        self._cache_bytes = cache_bytes
        self._caches: dict[Hashable, Cache[Any]] = {}
        self.attached = None if alone else self._attached()

    def _attached(self) -> Attached | None:
        beside = [layout.attached for layout in self.layouts if layout.attached]
        if not beside:
            return None
        every = np.concatenate(
            [_numbered(layout["attached.docs"], base) for base, layout in zip(self.bases, self.layouts, strict=True)]
        )
        postings = Postings(beside, np.flatnonzero(~self.alive[every]), cache_bytes=self._cache_bytes // 2, home=self)
        none = np.zeros(0, np.int64)
        return Attached(postings, every, Postings([*self.layouts, *beside], none, cache_bytes=0, alone=True))

    @property
    def words(self) -> Postings:
        """What knows all words of the archive, those of attachments too; not to be asked for documents."""
        return self.attached.words if self.attached else self

    @cached_property
    def date(self) -> Array:
        """See schema.date_key."""
        return self._joined("date", np.int64)

    @cached_property
    def keys(self) -> Array:
        """See schema.id_key."""
        return self._joined("key", np.uint64)

    @cached_property
    def facets(self) -> dict[str, tuple[tuple[str, ...], Array]]:
        """The values of each facet, sorted, and their numbers by document."""
        return {name: self._facet(name) for name in FACET_FIELDS}

    @cached_property
    def _lengths(self) -> dict[str, Array]:
        return {name: self._joined(f"{name}.len", np.int32) for name in (*SYLLABLE_FIELDS, *PLAIN_FIELDS, "pair")}

    @cached_property
    def _weighed(self) -> dict[str, Array]:
        return {name: self._joined(f"{name}.wlen", np.float32) for name in ("whole", "pair")}

    def weighed_mean(self, stream: Weighed) -> float:
        """The mean weighed length of a document; 1 where there is none."""
        if self.home is not None:
            return self.home.weighed_mean(stream)
        return float(self._weighed[stream].sum(dtype=np.float64)) / max(1, self.documents) or 1.0

    def _joined(self, name: str, kind: type[np.generic]) -> Array:
        return np.concatenate([np.zeros(0, kind), *(layout[name] for layout in self.layouts)])

    def _facet(self, name: str) -> tuple[tuple[str, ...], Array]:
        """The values of a facet over all layouts, sorted, and their numbers by document."""
        values = sorted(set().union(*(layout.values(name) for layout in self.layouts)))
        numbers = {value: number for number, value in enumerate(values)}
        parts = [
            np.array([numbers[value] for value in layout.values(name)], np.int32)[layout[f"facet.{name}"]]
            for layout in self.layouts
        ]
        return tuple(values), np.concatenate([np.zeros(0, np.int32), *parts])

    def doc_of(self, id: str) -> int | None:
        """The live document of that id."""
        found = np.flatnonzero((self.keys == np.uint64(id_key(id))) & self.alive)
        return int(found[-1]) if len(found) else None

    @cached_property
    def months(self) -> tuple[tuple[str, ...], Array]:
        """The months of publication like a facet: `2020-06`, empty where a date has none."""
        months = self.date // 1_000_000
        keys, numbers = np.unique(np.where(months % 100, months, 0), return_inverse=True)
        return tuple(f"{key // 100:04d}-{key % 100:02d}" if key else "" for key in keys.tolist()), numbers.astype(np.int32)

    @cached_property
    def facet_forms(self) -> dict[str, list[tuple[str, ...]]]:
        """The syllables of each value of the facets, by code: conditions look for words in values."""
        forms = {name: [syllables(value) for value in values] for name, (values, _) in self.facets.items()}
        return {name: [tuple(token.text for token in each) for each in values] for name, values in forms.items()}

    # terms

    def exact(self, field: str, term: str) -> Ranges:
        """One term of a field."""
        key = term.encode()
        return tuple((found(layout.terms(field), key),) for layout in self.layouts)

    def begun(self, field: str, prefix: str) -> Ranges:
        """The terms of a field that begin with `prefix`."""
        key = prefix.encode()
        return tuple((begun(layout.terms(field), key),) for layout in self.layouts)

    def readings(self, form: str) -> Ranges:
        """All accented readings of a syllable."""
        return self.begun("body", fold(form) + BAR)

    def typed(self, form: str) -> Ranges:
        """The syllable as it is, accents and all."""
        return self.exact("body", fold(form) + BAR + form)

    def starting(self, form: str) -> Ranges:
        """The syllables that begin so: with these accents where there are any, with whatever accents else."""
        ranges = self.begun("body", fold(form))
        if not has_marks(form):
            return ranges
        marked = []
        for layout, ((low, high),) in zip(self.layouts, ranges, strict=True):
            terms = layout.terms("body")
            wanted = (f"{BAR}{form}").encode()
            found = [number for number in range(low, min(high, low + 16 * MAX_EXPANSIONS)) if wanted in terms[number]]
            marked.append(tuple((number, number + 1) for number in found[:MAX_EXPANSIONS]))
        return tuple(marked)

    def fuzzy(self, form: str, distance: int) -> Ranges:
        """The syllables that are spelt as `form` but for `distance` letters (see spelling), the first letter no exception.

        Typed without accents it is compared with what is written without its accents; with any, accent for accent. Of more than
        MAX_EXPANSIONS in a layout, the nearest, and of those the most frequent.
        """
        folded = not has_marks(form)
        ranges = []
        for layout, vocabulary in zip(self.layouts, self._vocabularies, strict=True):
            numbers, far = vocabulary.near(form, max(0, distance), folded=folded)
            if len(numbers) > MAX_EXPANSIONS:
                often = np.diff(layout["places.off"])[numbers]
                numbers = np.sort(numbers[np.lexsort((-often, far))[:MAX_EXPANSIONS]])
            ranges.append(ranges_of(numbers))
        return tuple(ranges)

    def spelled(self, form: str, distance: int) -> list[str]:
        """The forms that `fuzzy` finds."""
        found = set()
        for layout, spans in zip(self.layouts, self.fuzzy(form, distance), strict=True):
            terms = layout.terms("body")
            found |= {terms[number].decode().partition(BAR)[2] for low, high in spans for number in range(low, high)}
        return sorted(found)

    @cached_property
    def _vocabularies(self) -> tuple[Vocabulary, ...]:
        return tuple(Vocabulary(layout.terms("body")) for layout in self.layouts)

    def pair(self, first: str, second: str, *, marked: bool) -> Ranges:
        """Two syllables side by side: with their accents, or `marked` being false with any."""
        found = []
        for layout in self.layouts:
            keys = layout["pair.keys"]
            low, high = pair_range(layout, first, second, marked=marked)
            found.append(((int(np.searchsorted(keys, np.uint64(low))), int(np.searchsorted(keys, np.uint64(high)))),))
        return tuple(found)

    def frequency(self, stream: Stream | Literal["places"], ranges: Ranges) -> int:
        """An upper bound of how many documents hold any of the terms; exact for one term. Of `places`: how often they stand."""
        total = 0
        for layout, spans in zip(self.layouts, ranges, strict=True):
            offsets = layout[f"{stream}.off"]
            total += sum(int(offsets[high] - offsets[low]) for low, high in spans)
        return total

    def common_readings(self, form: str, most: int) -> tuple[tuple[str, int], ...]:
        """The readings of a syllable's fold that stand most often in all documents, and how often."""
        known = self._readings.get(form)
        if known is None:
            counts: Counter[str] = Counter()
            for layout, ((low, high),) in zip(self.layouts, self.readings(form), strict=True):
                offsets, terms = layout["places.off"], layout.terms("body")
                for number in range(low, high):
                    counts[terms[number].decode().partition(BAR)[2]] += int(offsets[number + 1] - offsets[number])
            known = tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:most])
            if len(self._readings) >= _MOST_READINGS:
                self._readings = {}
            self._readings[form] = known
        return known

    def beside(self, firsts: Sequence[str], seconds: Sequence[str]) -> NDArray[np.float64]:
        """How often each of `firsts` (rows) stands right before each of `seconds` (columns) in all documents."""
        totals = np.zeros((len(firsts), len(seconds)))
        for layout in self.layouts:
            keys = layout["pair.keys"]
            if not len(keys):
                continue
            one, other = _places_among(layout, firsts), _places_among(layout, seconds)
            wanted = pair_keys(one[:, None], other[None, :])
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            there = (one[:, None, 0] >= 0) & (other[None, :, 0] >= 0) & (keys[at] == wanted)
            totals += np.where(there, layout["pair.total"][at], 0)
        return totals

    # figures by document

    def frequencies(self, stream: Stream, ranges: Ranges, by: Literal["tf", "w"] = "tf") -> tuple[Array, Array]:
        """The documents that hold any of the terms, ascending, and how often they hold them; or by `w` with which weight."""
        docs, counts, single = [], [], True
        for base, layout, spans in zip(self.bases, self.layouts, ranges, strict=True):
            offsets, in_docs, in_tf = layout[f"{stream}.off"], layout[f"{stream}.docs"], layout[f"{stream}.{by}"]
            single = single and len(spans) <= 1 and all(high - low <= 1 for low, high in spans)
            for low, high in spans:
                if high > low and (span := slice(int(offsets[low]), int(offsets[high]))):
                    docs.append(_numbered(in_docs[span], base))
                    counts.append(in_tf[span])
        if not docs:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        all_docs = docs[0] if len(docs) == 1 else np.concatenate(docs)
        all_counts = (counts[0] if len(counts) == 1 else np.concatenate(counts)).astype(np.float32)
        return (all_docs, all_counts) if single else self._summed(all_docs, all_counts)

    def _summed(self, docs: Array, figures: Array) -> tuple[Array, Array]:
        if len(docs) * _SPARSE < self.count:
            unique, inverse = np.unique(docs, return_inverse=True)
            return unique.astype(np.int32, copy=False), np.bincount(inverse, figures).astype(np.float32)
        sums = np.bincount(docs, figures, minlength=self.count)
        present = np.flatnonzero(sums)
        return present.astype(np.int32), sums[present].astype(np.float32)

    def term_by_term(self, stream: SyllableField, ranges: Ranges) -> tuple[Array, Array, Array]:
        """Postings of terms side by side: documents, how often each holds its term, and the idf of that term."""
        # As wide as NumPy indexes with: each use of narrower numbers would widen them again.
        docs, tf, rare = [np.zeros(0, np.intp)], [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
        known = self._held(stream, ranges) if len(self.layouts) > 1 else None
        for base, layout, spans in zip(self.bases, self.layouts, ranges, strict=True):
            offsets, terms = layout[f"{stream}.off"], layout.terms(stream)
            for low, high in spans:
                span = slice(int(offsets[low]), int(offsets[high]))
                sizes = np.diff(offsets[low : high + 1])
                held = sizes if known is None else np.array([known[terms[at]] for at in range(low, high)])
                docs.append(layout[f"{stream}.docs"][span].astype(np.intp) + base)
                tf.append(layout[f"{stream}.tf"][span].astype(np.float32))
                rare.append(np.repeat((np.log(max(1, self.count) / (held + 1.0)) + 1).astype(np.float32), sizes))
        return np.concatenate(docs), np.concatenate(tf), np.concatenate(rare)

    def _held(self, stream: SyllableField, ranges: Ranges) -> Counter[bytes]:
        """How many documents hold each of the terms, by its name: layouts number theirs apart."""
        held: Counter[bytes] = Counter()
        for layout, spans in zip(self.layouts, ranges, strict=True):
            offsets, terms = layout[f"{stream}.off"], layout.terms(stream)
            for low, high in spans:
                for number in range(low, high):
                    held[terms[number]] += int(offsets[number + 1] - offsets[number])
        return held

    def idf(self, documents: int) -> float:
        """The weight of what so many documents hold, as Whoosh's BM25F has it; 0 for what none does."""
        return math.log(max(1, self.count) / (documents + 1)) + 1 if documents else 0.0

    def mean_length(self, stream: Stream) -> float:
        """Terms of a stream per document; 1 where there are none."""
        total = self._totals.get(stream)
        lengths = self._lengths[stream]
        return (total if total is not None else float(lengths.sum(dtype=np.int64))) / max(1, self.count) or 1.0

    def bm25(self, stream: Stream, ranges: Ranges, k1: float, b: float) -> Column:
        """BM25 of the terms of one stream taken as one word, without its idf."""
        docs, tf = self.frequencies(stream, ranges)
        if not len(docs):
            return EMPTY
        return Column(docs, (tf * np.float32(k1 + 1) / (tf + self.norm(stream, k1, b)[docs])).astype(np.float32), len(docs))

    def impact(self, stream: Weighed, ranges: Ranges, k1: float, b: float) -> Column:
        """BM25 of the terms taken as one word, without its idf, where each place counts by its weight; see layout."""
        docs, figures = self.frequencies(stream, ranges, "w")
        if not len(docs):
            return EMPTY
        key = (f"{stream} weighed", k1, b)
        norm = self._norms.get(key)
        if norm is None:
            lengths, mean = self._weighed[stream], self.weighed_mean(stream)
            norm = self._norms[key] = (k1 * (1 - b) + k1 * b / mean * lengths).astype(np.float32)
        return Column(docs, (figures * np.float32(k1 + 1) / (figures + norm[docs])).astype(np.float32), len(docs))

    def rarity(self, documents: int) -> float:
        """The weight of what so many documents hold, as Lucene has it: what most of them hold counts next to nothing."""
        return math.log(1 + (max(self.count, documents) - documents + 0.5) / (documents + 0.5)) if documents else 0.0

    def norm(self, stream: Stream, k1: float, b: float) -> NDArray[np.float32]:
        """What the length of each document adds under BM25's fraction; kept."""
        key = (stream, k1, b)
        found = self._norms.get(key)
        if found is None:
            lengths = self._lengths[stream]
            found = self._norms[key] = (k1 * (1 - b) + k1 * b / self.mean_length(stream) * lengths).astype(np.float32)
        return found

    def sum(self, parts: Iterable[tuple[Column, float]]) -> Column:
        """Columns added up, each times a factor above 0."""
        kept = [(column, factor) for column, factor in parts if column.count and factor]
        if not kept:
            return EMPTY
        if len(kept) == 1 and kept[0][0].docs is not None:
            column, factor = kept[0]
            return self.packed(column.docs, column.values if factor == 1 else column.values * np.float32(factor))
        if all(column.docs is not None for column, _ in kept) and sum(column.count for column, _ in kept) * _SPARSE < self.count:
            docs = np.concatenate([column.docs for column, _ in kept if column.docs is not None])
            figures = np.concatenate([column.values * np.float32(factor) for column, factor in kept])
            return self.packed(*self._summed(docs, figures))
        sums = np.zeros(self.count, np.float32)
        for column, factor in kept:
            column.add_to(sums, factor)
        return Column(None, sums, int(np.count_nonzero(sums)))

    def added(self, docs: Array, figures: Array) -> Column:
        """A column of figures that may name a document several times; none of them is 0."""
        if len(docs) * _SPARSE < self.count:
            return self.packed(*self._summed(docs, figures)) if len(docs) else EMPTY
        sums = np.bincount(docs, figures, minlength=self.count).astype(np.float32)
        return Column(None, sums, int(np.count_nonzero(sums)))

    def packed(self, docs: Array | None, values: Array) -> Column:
        """A column of these documents, in the form that is quickest to add."""
        if docs is None:
            return Column(None, values, int(np.count_nonzero(values)))
        if len(docs) * _SPARSE < self.count:
            return Column(docs, values, len(docs))
        whole = np.zeros(self.count, np.float32)
        whole[docs] = values
        return Column(None, whole, len(docs))

    def cache_for(self, weights: Hashable) -> Cache[Any]:
        """What was made with these weights; the cache of other weights is let go."""
        found = self._caches.get(weights)
        if found is None:
            found = Cache(self._cache_bytes)
            self._caches = {weights: found}
        return found

    # documents

    def dated(self, first: int, last: int) -> NDArray[np.bool_]:
        """For each document whether its date lies between these keys, both included (see schema.date_key); undated ones never."""
        found: NDArray[np.bool_] = (self.date >= max(1, first)) & (self.date <= last)
        return found

    def holding(self, field: Stream, ranges: Ranges) -> NDArray[np.bool_]:
        """For each document whether it holds any of these terms of a field."""
        here = np.zeros(self.count, bool)
        for base, layout, spans in zip(self.bases, self.layouts, ranges, strict=True):
            offsets, docs = layout[f"{field}.off"], layout[f"{field}.docs"]
            for low, high in spans:
                here[_numbered(docs[int(offsets[low]) : int(offsets[high])], base)] = True
        return here

    # how syllables stand to each other

    def phrase(self, forms: Sequence[str], *, marked: bool, field: SyllableField | None = None, slop: int = 1) -> Column:
        """In how many places of each document the syllables stand one after the other; `marked`: with these accents.

        With `field` only where they do so in that field; with `slop` each may stand up to so many places after the one before.
        """
        if len(forms) == 2 and slop == 1:
            docs, tf = self.frequencies("pair", self.pair(forms[0], forms[1], marked=marked))
            return Column(docs, tf, len(docs)) if field is None else self._pairs_in(field, docs, tf, forms, marked=marked)
        found = []
        for layout, spans in zip(self.layouts, self._spans(forms, marked=marked), strict=True):
            places = standing(layout, spans) if slop == 1 else following(layout, spans, slop)
            found.append(documents_of(layout, places, field))
        return self._counted(found)

    def _pairs_in(self, field: SyllableField, docs: Array, tf: Array, forms: Sequence[str], *, marked: bool) -> Column:
        """Pairs that stand in one field, of a body all but those in title and summary: these are short and are read."""
        terms = [self.typed(form) if marked else self.readings(form) for form in forms]
        read: tuple[SyllableField, ...] = ("title", "summary") if field == "body" else (field,)
        counted = np.zeros(len(docs), np.float32)
        for other in read:
            rows = np.flatnonzero((self.holding(other, terms[0]) & self.holding(other, terms[1]))[docs])
            for number, (base, layout) in enumerate(zip(self.bases, self.layouts, strict=True)):
                here = rows[(docs[rows] >= base) & (docs[rows] < base + layout.count)]
                counted[here] += pairs_within(layout, docs[here] - base, other, *(ranges[number][0] for ranges in terms))
        left = tf - counted if field == "body" else counted
        kept = left > 0
        return Column(docs[kept], left[kept], int(np.count_nonzero(kept)))

    def quoted(self, forms: Sequence[str], *, field: SyllableField | None = None, slop: int = 1) -> Column:
        """A phrase as somebody typed it: with its accents where there are any, with whatever accents where there are none.

        Where that is nowhere, half of the accents may have been lost in typing: those that are there hold, the others are free.
        """
        marks = [has_marks(form) for form in forms]
        found = self.phrase(forms, marked=any(marks), field=field, slop=slop)
        if found.count or all(marks) or not any(marks):
            return found
        terms = [self.typed(form) if marked else self.readings(form) for form, marked in zip(forms, marks, strict=True)]
        places = []
        for number, layout in enumerate(self.layouts):
            spans = [ranges[number][0] for ranges in terms]
            places.append(documents_of(layout, standing(layout, spans) if slop == 1 else following(layout, spans, slop), field))
        return self._counted(places)

    def near(self, forms: Sequence[str], window: int, *, marked: bool, field: SyllableField | None = None) -> Column:
        """Documents with all of the syllables, in any order, within some `window` neighbouring places of one field.

        The figure is how many places of the rarest syllable stand in such a window. A syllable that is named twice counts once.
        """
        terms = [self.typed(form) if marked else self.readings(form) for form in dict.fromkeys(forms)]
        terms = list(dict.fromkeys(sorted(terms, key=lambda ranges: self.frequency("places", ranges))))
        found = []
        for number, layout in enumerate(self.layouts):
            places = within(layout, [ranges[number][0] for ranges in terms], window)
            found.append(documents_of(layout, places, field))
        return self._counted(found)

    def _spans(self, forms: Sequence[str], *, marked: bool) -> list[list[tuple[int, int]]]:
        """By layout, the terms of each syllable."""
        terms = [self.typed(form) if marked else self.readings(form) for form in forms]
        return [[ranges[number][0] for ranges in terms] for number in range(len(self.layouts))]

    def _counted(self, found: Sequence[tuple[Array, Array]]) -> Column:
        docs = np.concatenate([np.zeros(0, np.int64), *(docs + base for base, (docs, _) in zip(self.bases, found, strict=True))])
        counts = np.concatenate([np.zeros(0, np.int64), *(counts for _, counts in found)])
        return Column(docs.astype(np.int32), counts.astype(np.float32), len(docs))


def _numbered(docs: Array, base: int) -> NDArray[np.int32]:
    """Documents of a layout as they are numbered over all layouts."""
    numbered: NDArray[np.int32] = docs.astype(np.int32)
    if base:
        numbered += np.int32(base)
    return numbered


def _places_among(layout: Layout, forms: Sequence[str]) -> NDArray[np.int64]:
    """Fold and rank among its readings of each form, -1 for one that the layout does not hold."""
    terms, folds = layout.terms("body"), layout["fold"]
    places = []
    for form in forms:
        start = (fold(form) + BAR).encode()
        low = bisect_left(terms, start)
        at, end = found(terms, start + form.encode())
        places.append((int(folds[low]), at - low) if end > at else (-1, -1))
    return np.array(places, np.int64).reshape(-1, 2)
