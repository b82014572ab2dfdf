"""Which documents answer a query, and in which order: BM25 by weighed places, all documents at once.

What attachments say is ranked by the same rules beside it, in postings of its own, and a share of that is added: no score of a
document without attachments changes, and what only an attachment says counts less than the same words on the page itself.

A document is one run of syllables, and what stands early in it counts more. A query gives syllables with the accents that were
typed, or with those that the index's own words make likely, and what of them stands side by side. Where that finds little,
documents with other readings of the syllables come after all others. Numbers, phrases and other names are added to it.
Which documents may be hits at all is decided by `conditions`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from search.answering.conditions import Conditions, Demand, Mask, is_ranked
from search.answering.restoring import Restored, restored
from search.asking.query import (
    IN_ATTACHMENTS,
    ON_PAGES,
    AnyOf,
    Bag,
    Clause,
    Every,
    Fields,
    Fuzzy,
    Leaf,
    Node,
    Phrase,
    Prefix,
    Query,
    Words,
)
from search.asking.questions import asks
from search.postings import Attached, Column, Postings, Ranges, Stream
from search.results import ScoreStream
from search.words.text import fold

if TYPE_CHECKING:
    from search.asking.thesaurus import Expansion


@dataclass(frozen=True, slots=True)
class Weights:
    """All that can be tuned of the ranking at the time of a query, in one place; see layout for the weights of places."""

    k1: float = 0.7
    b: float = 0.95
    pair_k1: float = 0.9
    pair_b: float = 0.8
    pair: float = 0.6
    title: float = 0.3
    """What a syllable counts for standing in the title, on top of its place in the whole: people type titles."""
    title_b: float = 0.3
    likely: float = 0.05
    """The least chance of a reading that is looked for."""
    sure: float = 0.9
    """How sure two neighbours must be for their pair to be looked for with accents."""
    reading: float = 0.5
    """What a reading counts whose accents were supplied; its fold has the rest."""
    question: float = 0.5
    """What the words count that only ask (`bao nhiêu`, `là gì`)."""
    enough: int = 20
    """With fewer documents than this, those with other readings come after them."""
    number: float = 4.0
    own_number: float = 8.0
    number_begun: float = 0.5
    """What a number counts of which only the beginning was typed."""
    phrase: float = 1.0
    name: float = 0.9
    """What another name counts, from the thesaurus, for a document that has it instead of the one that was typed."""
    fuzzy: float = 0.6
    """What a syllable counts that is only spelled nearly so."""
    attached: float = 0.4
    """What all of it counts in an attachment. A word there is as rare as in both together, and a text as long as on a page."""


WEIGHTS = Weights()
ATTACHED_WEIGHTS = replace(WEIGHTS, own_number=20.0)
"""In an attachment. A document whose attachment bears a number stands after one that bears it, before those that name it."""

Term = tuple[ScoreStream, str, str]
"""What a list of postings is of: one syllable, or two that stand side by side; the second is empty for one."""


@dataclass(slots=True)
class Ranking:
    """The live documents that match, ascending, and their scores; `parts` name what these came from, for an explanation."""

    docs: NDArray[np.int32]
    scores: NDArray[np.float32]
    parts: list[Part] = field(default_factory=list)
    timed_out: bool = False
    spoken: tuple[Spoken, ...] = ()
    """What was looked for of syllables, for what looks at the best documents again."""
    named: tuple[Named, ...] = ()
    beside: Beside | None = None

    @property
    def scored(self) -> bool:
        """Whether the scores tell one document from another."""
        return bool(self.parts or (self.beside and self.beside.ranking.parts))

    def taken(self, kept: Mask) -> Ranking:
        """Those of the documents for which `kept` holds."""
        beside = self.beside and replace(self.beside, scores=self.beside.scores[kept])
        return replace(self, docs=self.docs[kept], scores=self.scores[kept], beside=beside)


@dataclass(frozen=True, slots=True)
class Beside:
    """What attachments gave: `scores` is their share in each of the documents' scores, `ranking` how they came to it, whose
    documents are numbered as `attached` has them.
    """

    attached: Attached
    ranking: Ranking
    scores: NDArray[np.float32]
    share: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """Syllables that were typed side by side, and the readings of each."""

    typed: tuple[str, ...]
    found: tuple[Restored, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What was typed of a name, and another name that says the same."""

    typed: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing looked for, its figures, and how often they count; `title` is the share of the figures that titles gave."""

    stream: ScoreStream
    what: str
    scores: Column
    factor: float = 1.0
    title: Column | None = None

    @property
    def label(self) -> str:
        """Stream and what was looked for, in one word for a list."""
        return f"{self.stream}:{self.what}"


class _OutOfTime(Exception):
    pass


def _where(column: Column, wanted: Mask) -> Column:
    docs = column.present()
    docs = docs[wanted[docs]]
    return Column(docs, column.at(docs), len(docs))


def everything(postings: Postings) -> Ranking:
    """All live documents, unscored."""
    docs = np.flatnonzero(postings.alive).astype(np.int32)
    return Ranking(docs, np.zeros(len(docs), np.float32))


class Ranker:
    """Ranks one query over one commit, until `deadline_s` have passed: then what was found by then stands.

    `names` gives other names of what words hold, see thesaurus.
    """

    def __init__(
        self,
        postings: Postings,
        query: Query,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
        weights: Weights = WEIGHTS,
        names: Callable[[Words], Sequence[Expansion]] = lambda words: (),
    ) -> None:
        self.postings = postings
        self.query = query
        self.clock = clock
        self.weights = weights
        self.names = names
        self.until = clock() + deadline_s
        self.home = postings.home
        self.fields = ON_PAGES if self.home is None else IN_ATTACHMENTS
        self._words = postings if self.home is None else self.home.words
        self.scores = np.zeros(postings.count, np.float32)
        self.parts: list[Part] = []
        self.spoken: list[Spoken] = []
        self.named: list[Named] = []
        self._known = postings.cache_for(weights)

    def rank(self) -> Ranking:
        """The live documents that match, scored."""
        if self.query.tree is None:
            docs = np.zeros(0, np.int32)
            return Ranking(docs, docs.astype(np.float32)) if self.query.only_signs else everything(self.postings)
        demanded = Demand(np.zeros(self.postings.count, bool), scored=False)  # until it is known, nothing may pass
        timed_out = False
        beside = None
        try:
            conditions = Conditions(self.postings, self.names, self._check)
            tree = conditions.settled(self.query.tree)
            demanded = conditions.demanded(tree)
            self._scored(tree, demanded)
            beside = self._attachments(tree, demanded)
        except _OutOfTime:
            timed_out = True
        return self._ranking(demanded, beside, timed_out or (beside is not None and beside.timed_out))

    def _scored(self, tree: Node, demanded: Demand) -> None:
        """Score what a tree looks for; where that finds little, with other readings after it."""
        self._score(tree)
        matching = self._matching(demanded)
        if np.count_nonzero(matching) < self.weights.enough:
            self._other_readings(tree, matching)

    def _ranking(self, demanded: Demand, beside: Ranking | None = None, timed_out: bool = False) -> Ranking:
        scores, share = self.scores, np.float32(self.weights.attached)
        attached = self.postings.attached
        more: NDArray[np.float32] | None = None
        if beside is not None and attached is not None and len(beside.docs):
            more = np.zeros(self.postings.count, np.float32)
            more[attached.docs[beside.docs]] = beside.scores * share
            scores = scores + more
        matching = self._matching(demanded, scores)
        docs = np.flatnonzero(matching).astype(np.int32)
        ranking = Ranking(docs, scores[docs], self.parts, timed_out, tuple(self.spoken), tuple(self.named))
        if more is not None and beside is not None and attached is not None:
            ranking.beside = Beside(attached, beside, more[docs], float(share))
        return ranking

    def _attachments(self, tree: Node, demanded: Demand) -> Ranking | None:
        """How well the attachments of the documents that may be hits answer, in their own numbers; None where there are none."""
        attached = self.postings.attached
        if attached is None:
            return None
        found = int(np.count_nonzero(self._matching(demanded)))
        weights = replace(ATTACHED_WEIGHTS, enough=max(0, self.weights.enough - found))
        ranker = Ranker(attached.postings, self.query, self.until - self.clock(), self.clock, weights, self.names)
        # What a page must be is known already; of the others those count that an attachment tells something of.
        wanted = Demand(None if demanded.mask is None else demanded.mask[attached.docs], scored=True)
        timed_out = False
        try:
            ranker._scored(tree, wanted)
        except _OutOfTime:
            timed_out = True
        return ranker._ranking(wanted, timed_out=timed_out)

    def _matching(self, demanded: Demand, scores: NDArray[np.float32] | None = None) -> Mask:
        scores = self.scores if scores is None else scores
        matching = self.postings.alive & (scores > 0) if demanded.scored else self.postings.alive
        return matching if demanded.mask is None else matching & demanded.mask

    def _check(self) -> None:
        if self.clock() > self.until:
            raise _OutOfTime

    def _add(self, part: Part) -> None:
        self._check()
        if part.scores.count:
            part.scores.add_to(self.scores, part.factor)
            self.parts.append(part)

    def _score(self, tree: Node) -> None:
        found = tuple(leaf for leaf in leaves_of(tree) if is_ranked(leaf, self.fields))
        for phrase in dict.fromkeys(leaf for leaf in found if isinstance(leaf, Phrase)):
            self._phrase(phrase)
        self._numbers(tuple(dict.fromkeys(key for leaf in found if isinstance(leaf, Words) for key in leaf.numbers)))
        self._syllables([run for run in runs(tree, self.fields) if run])
        for leaf in dict.fromkeys(found):
            if isinstance(leaf, Prefix):
                self._one("prefix", leaf.form, 1.0)
            elif isinstance(leaf, Fuzzy):
                self._one("fuzzy", f"{leaf.form}~{leaf.distance}", self.weights.fuzzy)
            elif isinstance(leaf, Words):
                self._other_names(leaf)

    # syllables, and what of them stands side by side

    def _syllables(self, found: Sequence[tuple[str, ...]]) -> None:
        terms: dict[Term, float] = {}
        for forms in found:
            readings = restored(self._words, forms)
            self.spoken.append(Spoken(forms, tuple(readings)))
            for term, factor in self._terms(forms, readings):
                terms[term] = max(factor, terms.get(term, 0.0))
        for (stream, first, second), factor in terms.items():
            if second:
                self._add(Part(stream, f"{first} {second}", self._column(stream, first, second), round(factor, 3)))
            else:
                self._one(stream, first, round(factor, 3))

    def _terms(self, typed: tuple[str, ...], found: list[Restored]) -> Iterator[tuple[Term, float]]:
        """What is looked for, and how much each counts. A syllable whose accents were supplied shares its weight with its fold:
        the chain is right most of the time, and what it misreads must still be found.
        """
        weights = self.weights
        asking = asks([each.best for each in found])
        supplied = [each.best != form for each, form in zip(found, typed, strict=True)]
        for i, each in enumerate(found):
            share = weights.question if asking[i] else 1.0
            for form, chance in each.readings:
                if chance > weights.likely:
                    yield ("syllable", form, ""), share * chance * (weights.reading if supplied[i] else 1.0)
            if supplied[i]:
                yield ("readings", fold(each.best), ""), share * (1 - weights.reading)
        for i, (one, other) in enumerate(pairwise(found)):
            share = weights.pair * (weights.question if asking[i] and asking[i + 1] else 1.0)
            folded: Term = ("readings of a pair", fold(one.best), fold(other.best))
            if one.sure * other.sure <= weights.sure:
                yield folded, share
            elif supplied[i] or supplied[i + 1]:
                yield ("pair", one.best, other.best), share * weights.reading
                yield folded, share * (1 - weights.reading)
            else:
                yield ("pair", one.best, other.best), share

    def _other_readings(self, tree: Node, matching: Mask) -> bool:
        """Below all documents that match: those with any reading of the syllables. Whether there are any."""
        others = np.zeros(self.postings.count, np.float32)
        bare = dict.fromkeys(fold(form) for run in runs(tree, self.fields) for form in run)
        parts = [Part("readings", form, self._single("readings", form)[0]) for form in bare]
        for part in parts:
            self._check()
            part.scores.add_to(others)
        others[self.scores > 0] = 0
        highest = float(others.max(initial=0.0))
        if highest:
            least = float(self.scores[matching].min()) if matching.any() else 2.0
            self.scores += others * np.float32(0.5 * least / highest)
            self.parts += [Part("readings", part.what, _where(part.scores, others > 0), 0.5 * least / highest) for part in parts]
        return highest > 0

    def _one(self, stream: ScoreStream, what: str, factor: float) -> None:
        column, title = self._single(stream, what)
        self._add(Part(stream, what, column, factor, title))

    def _single(self, stream: ScoreStream, what: str) -> tuple[Column, Column]:
        """BM25 of one syllable, or of several taken as one, by weighed places, with its rarity; and the share of titles in it."""
        made: _Single = self._known.take((stream, what), lambda: self._make_single(stream, what))
        return made.whole, made.title

    def _make_single(self, stream: ScoreStream, what: str) -> _Single:
        postings, weights = self.postings, self.weights
        ranges = self._ranges(postings, stream, what)
        column = postings.impact("whole", ranges, weights.k1, weights.b)
        rarity = self._rarity(column.count, stream, what)
        title = postings.bm25("title", ranges, weights.k1, weights.title_b)
        title = postings.packed(title.docs, title.values * np.float32(rarity * weights.title))
        both = postings.sum([(column, rarity), (title, 1.0)])
        return _Single(postings.packed(both.docs, both.values), title)

    def _ranges(self, postings: Postings, stream: ScoreStream, what: str) -> Ranges:
        if stream == "fuzzy":
            form, _, distance = what.partition("~")
            return postings.fuzzy(form, int(distance))
        return {"syllable": postings.typed, "prefix": postings.starting}.get(stream, postings.readings)(what)

    def _rarity(self, count: int, stream: ScoreStream, first: str, second: str = "") -> float:
        """The rarity of what so many documents here hold; of what attachments hold, with the pages that hold it too."""
        home = self.home
        if home is None or not count:
            return self.postings.rarity(count)
        if second:
            there = home.frequency("pair", home.pair(first, second, marked=stream == "pair"))
        else:
            there = home.frequency("whole", self._ranges(home, stream, first))
        return home.rarity(min(count + there, home.count))

    def _idf(self, count: int, there: int) -> float:
        """The same by BM25F's idf; `there`: how many documents hold it on their pages."""
        if self.home is None or not count:
            return self.postings.idf(count)
        return self.home.idf(min(count + there, self.home.count))

    def _pair(self, stream: ScoreStream, first: str, second: str) -> Column:
        column: Column = self._known.take((stream, first, second), lambda: self._make_pair(stream, first, second))
        return column

    def _make_pair(self, stream: ScoreStream, first: str, second: str) -> Column:
        postings, weights = self.postings, self.weights
        ranges = postings.pair(first, second, marked=stream == "pair")
        column = postings.impact("pair", ranges, weights.pair_k1, weights.pair_b)
        return postings.packed(column.docs, column.values * np.float32(self._rarity(column.count, stream, first, second)))

    # phrases and other names

    def _phrase(self, phrase: Phrase) -> None:
        found = _quoted(self.postings, phrase)
        there = 0 if self.home is None else _quoted(self.home, phrase).count
        weight = np.float32(self._idf(found.count, there) * self.weights.phrase)
        values = weight * found.values / (found.values + np.float32(self.weights.k1))
        self._add(Part("phrase", " ".join(phrase.forms), Column(found.docs, values, found.count)))

    def _other_names(self, words: Words) -> None:
        """A document that holds another name counts almost as if it held the one that was typed; one that holds both, once."""
        for name in self.names(words):
            span = words.forms[name.start : name.end]
            terms = list(self._terms(span, restored(self._words, span)))
            columns = [(term, self._column(*term), factor) for term, factor in terms]
            for forms in name.forms:
                self.named.append(Named(span, forms))
                found = self._figure_of(forms, _title(words.field))
                docs = found.present()
                # As rare as the more common of both: an acronym that no text holds is worth no less, and no more, than its name.
                worth = sum(factor * self._rarity(max(column.count, len(docs)), *term) for term, column, factor in columns)
                there = sum(
                    (column.at(docs) * np.float32(factor) for _, column, factor in columns), np.zeros(len(docs), np.float32)
                )
                more = np.maximum(found.at(docs) * np.float32(self.weights.name * worth) - there, 0)
                kept = more > 0
                self._add(Part("name", " ".join(forms), Column(docs[kept], more[kept], int(np.count_nonzero(kept)))))

    def _figure_of(self, forms: tuple[str, ...], field: Literal["title"] | None) -> Column:
        """How much a document is about a name, by where it stands: BM25 without rarity, of a long one that of its rarest pair."""
        postings, weights = self.postings, self.weights
        if len(forms) == 1:
            return postings.impact("whole", postings.typed(forms[0]), weights.k1, weights.b)
        pairs = [postings.pair(one, other, marked=True) for one, other in pairwise(forms)]
        rarest = postings.impact("pair", min(pairs, key=lambda ranges: postings.frequency("pair", ranges)), weights.k1, weights.b)
        docs = postings.phrase(forms, marked=True, field=field).present()
        return Column(docs, rarest.at(docs), len(docs))

    def _column(self, stream: ScoreStream, first: str, second: str) -> Column:
        return self._pair(stream, first, second) if second else self._single(stream, first)[0]

    # document numbers

    def _numbers(self, keys: tuple[str, ...]) -> None:
        """The whole number where it is known; else the known numbers that begin as it does."""
        postings = self.postings
        found = {key: postings.exact("numbers", key) for key in keys}
        known = [key for key, ranges in found.items() if postings.frequency("numbers", ranges)]
        longest = [key for key in known if not any(other != key and other.startswith(key) for other in known)]
        for key in longest:
            self._number(key, Postings.exact, 1.0)
        if not longest:
            for key in keys:
                if not key[-1].isdecimal() and postings.frequency("numbers", postings.begun("numbers", key)):
                    self._number(key, Postings.begun, self.weights.number_begun)
                    break

    def _number(self, key: str, terms: Callable[[Postings, str, str], Ranges], share: float) -> None:
        streams: tuple[tuple[Stream, ScoreStream, float], ...] = (
            ("own_number", "own number", self.weights.own_number),
            ("numbers", "number", self.weights.number),
        )
        for stream, name, strength in streams:
            docs, _ = self.postings.frequencies(stream, terms(self.postings, stream, key))
            there = 0 if self.home is None else self.home.frequency(stream, terms(self.home, stream, key))
            weight = self._idf(len(docs), there) * strength * share
            self._add(Part(name, key, Column(docs, np.full(len(docs), weight, np.float32), len(docs))))


@dataclass(frozen=True, slots=True)
class _Single:
    """The figures of a syllable, and what of them titles gave."""

    whole: Column
    title: Column

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.whole.nbytes + self.title.nbytes


def _quoted(postings: Postings, phrase: Phrase) -> Column:
    if phrase.field == "body":
        return postings.sum([(postings.quoted(phrase.forms, field=field), 1.0) for field in ("summary", "body")])
    return postings.quoted(phrase.forms, field=_title(phrase.field))


def _title(field: str | None) -> Literal["title"] | None:
    return "title" if field == "title" else None


def leaves_of(tree: Node) -> tuple[Leaf, ...]:
    """All that must or may be there, see query.Query.leaves."""
    return Query(tree).leaves


def runs(tree: Node, fields: Fields = ON_PAGES) -> list[tuple[str, ...]]:
    """The syllables that are ranked, of these fields, as they were typed side by side; an operator parts them."""
    if isinstance(tree, Every | AnyOf):
        return [run for node in tree.nodes for run in runs(node, fields)]
    if not isinstance(tree, Bag):
        return [_spoken(tree, fields)]
    found: list[tuple[str, ...]] = [()]
    for clause in tree.clauses:
        if clause.occur != "not" and (spoken := _spoken(clause.node, fields)):
            found[-1] += spoken
        else:
            found += [*(runs(clause.node, fields) if _is_inner(clause) else []), ()]
    return [run for run in found if run]


def _is_inner(clause: Clause) -> bool:
    return clause.occur != "not" and isinstance(clause.node, Bag | Every | AnyOf)


def _spoken(node: Node, fields: Fields) -> tuple[str, ...]:
    return node.forms if isinstance(node, Words | Phrase) and is_ranked(node, fields) else ()
