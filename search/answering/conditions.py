"""Which documents may be hits at all: what a query's tree demands and excludes, as a mask over all documents.

Accents: a syllable that was typed with marks is that very one, one without marks is any of its readings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.asking.query import (
    IN_ATTACHMENTS,
    ON_PAGES,
    AnyOf,
    Bag,
    Clause,
    Dated,
    Every,
    Fields,
    Fuzzy,
    Leaf,
    Node,
    Number,
    Phrase,
    Prefix,
    Query,
    Words,
)
from search.postings import Attached, Postings, Ranges, Stream, SyllableField
from search.words.text import fold, has_marks

if TYPE_CHECKING:
    from search.asking.thesaurus import Expansion

Mask = NDArray[np.bool_]
FACETS = {
    "author": ("author",),
    "category": ("category",),
    "issuer": ("issuer",),
    "kind": ("kind",),
    "source": ("portal", "host"),
}
"""The facets in whose values a field's words are looked for."""
Names: TypeAlias = "Callable[[Words], Sequence[Expansion]]"
"""Other names of what words hold, none where nothing but what was typed may be looked for."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A mask that hits pass, None where there is no condition; and whether hits need a score besides."""

    mask: Mask | None
    scored: bool


def is_ranked(leaf: Leaf, fields: Fields = (*ON_PAGES, *IN_ATTACHMENTS)) -> bool:
    """Whether a leaf tells how well a document answers, not only whether: by texts that one of `fields` names."""
    return isinstance(leaf, Words | Phrase | Prefix | Fuzzy) and leaf.field in fields


def is_wish(node: Node) -> bool:
    """Whether a node is looked for without being a condition: something of it is enough."""
    return (isinstance(node, Words) and not node.every) or (isinstance(node, Prefix | Fuzzy) and node.field is None)


class Conditions:
    """What trees demand of the documents of one commit. `check` is called between steps and may raise."""

    def __init__(self, postings: Postings, names: Names, check: Callable[[], None]) -> None:
        self.postings = postings
        self._names = names
        self._check = check

    def settled(self, tree: Node) -> Node:
        """The tree with each field's words cut to what a value holds: `loai:quyết định dự toán` asks for decisions, and for
        `dự toán` anywhere.
        """
        if isinstance(tree, Bag):
            clauses: list[Clause] = []
            for clause in tree.clauses:
                node = self.settled(clause.node)
                taken_apart = isinstance(node, Bag) and not isinstance(clause.node, Bag) and clause.occur != "not"
                clauses += node.clauses if isinstance(node, Bag) and taken_apart else (Clause(clause.occur, node),)
            return Bag(tuple(clauses))
        if isinstance(tree, Every | AnyOf):
            return replace(tree, nodes=tuple(map(self.settled, tree.nodes)))
        if isinstance(tree, Words) and tree.field in FACETS:
            return self._settled_words(tree)
        return tree

    def _settled_words(self, words: Words) -> Node:
        """The longest beginning of the words that stands in a value, or another name of it; the rest are words like any other."""
        names = [each for each in self._names(replace(words, field=None)) if each.start == 0]
        for length in range(len(words.forms), 0, -1):
            wanted = [words.forms[:length], *(form for each in names if each.end == length for form in each.forms)]
            phrases = tuple(Phrase(forms, words.field) for forms in wanted if self._in_values(words.field, Phrase(forms)).any())
            if phrases:
                value: Node = phrases[0] if len(phrases) == 1 else AnyOf(phrases)
                rest = words.forms[length:]
                return Bag((Clause("must", value), Clause("should", Words(rest, " ".join(rest))))) if rest else value
        return Phrase(words.forms, words.field)

    def demanded(self, tree: Node) -> Demand:
        """What a whole tree demands of a document before it is a hit."""
        if isinstance(tree, Bag):
            return self._demanded_of_bag(tree)
        return Demand(None, scored=True) if is_wish(tree) else Demand(self.holding(tree), scored=False)

    def _demanded_of_bag(self, bag: Bag) -> Demand:
        """What should be there is no condition beside a word that must; beside none, something of it has to be there."""
        mask = self._clauses(bag)
        wished = [clause.node for clause in bag.clauses if clause.occur == "should"]
        needed = [
            leaf for clause in bag.clauses if clause.occur == "must" for leaf in Query(clause.node).leaves if is_ranked(leaf)
        ]
        if not wished or any(isinstance(c.node, Words | Phrase) and is_ranked(c.node) for c in bag.clauses if c.occur == "must"):
            return Demand(mask, scored=False)
        if not needed:
            return Demand(mask, scored=True)
        any_of: Mask = np.logical_or.reduce([self.holding(node) for node in wished])
        return Demand(any_of if mask is None else any_of & mask, scored=False)

    def _clauses(self, bag: Bag) -> Mask | None:
        mask: Mask | None = None
        for clause in bag.clauses:
            if clause.occur == "should":
                continue
            found = self.holding(clause.node)
            found = found if clause.occur == "must" else ~found
            mask = found if mask is None else mask & found
        return mask

    def holding(self, node: Node) -> Mask:
        """The documents that match a node of any kind."""
        self._check()
        if isinstance(node, Every | AnyOf):
            join = np.logical_and if isinstance(node, Every) else np.logical_or
            found: Mask = join.reduce([self.holding(each) for each in node.nodes])
            return found
        if isinstance(node, Bag):
            demanded = self._clauses(node)
            if any(clause.occur == "must" for clause in node.clauses) and demanded is not None:
                return demanded
            wanted = [self.holding(clause.node) for clause in node.clauses if clause.occur == "should"]
            any_of = np.logical_or.reduce(wanted) if wanted else np.ones(self.postings.count, bool)
            return any_of if demanded is None else any_of & demanded
        return self._leaf(node)

    def _leaf(self, leaf: Leaf) -> Mask:
        if isinstance(leaf, Dated):
            return self.postings.dated(leaf.first, leaf.last)
        if isinstance(leaf, Number):
            return self._numbered(leaf)
        if leaf.field in FACETS:
            return self._in_values(leaf.field, leaf)
        if leaf.field == "file":
            return self._every([self._in_files(form) for form in _forms(leaf)])
        if isinstance(leaf, Words):
            return self._words(leaf)
        if isinstance(leaf, Phrase):
            return self._quoted(leaf)
        if isinstance(leaf, Prefix):
            return self._standing(leaf.field, lambda postings: postings.starting(leaf.form))
        return self._standing(leaf.field, lambda postings: postings.fuzzy(leaf.form, leaf.distance))

    def _standing(self, field: str | None, terms: Callable[[Postings], Ranges]) -> Mask:
        """The documents that hold any of these terms in the texts that a field names; in none: in any, attachments included."""
        masks = [self.postings.holding(stream, terms(self.postings)) for stream in _STREAMS[field]]
        if attached := self._attached(field):
            masks.append(attached.spread(attached.postings.holding("whole", terms(attached.postings)), self.postings.count))
        return masks[0] if len(masks) == 1 else self._any(masks)

    def _quoted(self, phrase: Phrase) -> Mask:
        fields = _FIELDS[phrase.field]
        masks = [self._present(self.postings.quoted(phrase.forms, field=field).present()) for field in fields]
        if attached := self._attached(phrase.field):
            masks.append(self._present(attached.docs[attached.postings.quoted(phrase.forms).present()]))
        return self._any(masks)

    def _attached(self, field: str | None) -> Attached | None:
        return self.postings.attached if field in IN_ATTACHMENTS else None

    def _any(self, masks: Sequence[Mask]) -> Mask:
        mask: Mask = np.logical_or.reduce(masks) if masks else np.zeros(self.postings.count, bool)
        return mask

    # words

    def _words(self, words: Words) -> Mask:
        single = [self._standing(words.field, partial(_term, form)) for form in words.forms]
        if not words.every:
            mask: Mask = np.logical_or.reduce(single)
            return mask
        for each in self._names(words):
            span = np.logical_and.reduce(single[each.start : each.end])
            for forms in each.forms:
                span = span | self._leaf(Phrase(forms, words.field))
            single[each.start : each.end] = [span] * (each.end - each.start)
        return self._every(single)

    def _in_files(self, form: str) -> Mask:
        postings, marked = self.postings, has_marks(form)
        term = f"{fold(form)}|{form if marked else ''}"
        return postings.holding("files", postings.exact("files", term) if marked else postings.begun("files", term))

    def _every(self, masks: Sequence[Mask]) -> Mask:
        mask: Mask = np.logical_and.reduce(masks) if masks else np.zeros(self.postings.count, bool)
        return mask

    def _present(self, docs: NDArray[np.int32]) -> Mask:
        mask = np.zeros(self.postings.count, bool)
        mask[docs] = True
        return mask

    # numbers and values

    def _numbered(self, number: Number) -> Mask:
        """The number itself, of the document or of an attachment; where none carries it, those that begin so, figures whole."""
        exact = self._carrying(lambda postings: postings.exact("own_number", number.key))
        if number.begun:
            return exact | self._carrying(lambda postings: postings.begun("own_number", number.key))
        if exact.any():
            return exact
        key = number.key + "/" if number.key[-1].isdecimal() else number.key
        return self._carrying(lambda postings: postings.begun("own_number", key))

    def _carrying(self, terms: Callable[[Postings], Ranges]) -> Mask:
        mask = self.postings.holding("own_number", terms(self.postings))
        if attached := self.postings.attached:
            mask |= attached.spread(attached.postings.holding("own_number", terms(attached.postings)), self.postings.count)
        return mask

    def _in_values(self, field: str | None, leaf: Leaf) -> Mask:
        mask = np.zeros(self.postings.count, bool)
        for facet in FACETS[field or ""]:
            _, numbers = self.postings.facets[facet]
            chosen = np.array([_stands_in(leaf, forms) for forms in self.postings.facet_forms[facet]], bool)
            if chosen.any():
                mask |= chosen[numbers]
        return mask


_STREAMS: dict[str | None, tuple[Stream, ...]] = {
    None: ("whole",), "title": ("title",), "body": ("summary", "body"), "attached": (),
}  # fmt: skip
_FIELDS: dict[str | None, tuple[SyllableField | None, ...]] = {
    None: (None,), "title": ("title",), "body": ("summary", "body"), "attached": (),
}  # fmt: skip
"""The streams of a document's own texts that a field's words are looked for in, and the fields that its phrases are."""


def _term(form: str, postings: Postings) -> Ranges:
    return postings.typed(form) if has_marks(form) else postings.readings(form)


def _forms(leaf: Leaf) -> tuple[str, ...]:
    return leaf.forms if isinstance(leaf, Words | Phrase) else (leaf.form,) if isinstance(leaf, Prefix | Fuzzy) else ()


def _stands_in(leaf: Leaf, value: tuple[str, ...]) -> bool:
    """Whether a value's syllables hold what is looked for, side by side."""
    if isinstance(leaf, Prefix):
        marked = has_marks(leaf.form)
        return any((each if marked else fold(each)).startswith(leaf.form) for each in value)
    forms = _forms(leaf)
    spans = range(len(value) - len(forms) + 1)
    return any(all(map(_same, forms, value[at : at + len(forms)])) for at in spans)


def _same(form: str, syllable: str) -> bool:
    return syllable == form if has_marks(form) else fold(syllable) == form
