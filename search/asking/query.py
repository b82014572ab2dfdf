"""A search as it was understood: a frozen tree with a version, which can be kept as JSON and read back.

    Words     syllables as they stand side by side; ranked together, any of them enough unless `every`
    Phrase    syllables that must stand one right after the other
    Prefix    whatever begins so          Fuzzy    whatever is spelled nearly so
    Number    one document number, however it was written
    Dated     published between two moments
    Bag       clauses side by side: each must match, should, or must not
    Every     all of these                AnyOf    one of these

Forms are normalised syllables (see text). `grammar` makes trees of what is typed, `conditions` and `ranking` answer them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from search.errors import QueryUnreadable
from search.results import Note
from search.words.text import has_marks

TREE_VERSION = 1
"""Goes up when kept trees can no longer be read as they stand; then `from_json` has to translate."""

FieldName = Literal["title", "author", "number", "category", "issuer", "kind", "source", "file", "body", "attached"]
Fields = tuple[FieldName | None, ...]
ON_PAGES: Fields = (None, "title", "body")
IN_ATTACHMENTS: Fields = (None, "attached")
"""Fields whose words are looked for in the documents' own texts, and in those of their attachments."""
Occur = Literal["must", "should", "not"]
MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Words:
    """Syllables in their order; with `field` they are looked for there alone."""

    forms: tuple[str, ...]
    typed: str
    """The same as it was typed: capitals tell an acronym from a syllable."""
    field: FieldName | None = None
    every: bool = False
    """Whether all of them are needed, not one."""
    numbers: tuple[str, ...] = ()
    """Keys of what may be a document number in it, see analysis.number_key; longest first."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Syllables one right after the other."""

    forms: tuple[str, ...]
    field: FieldName | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Syllables that begin so."""

    form: str
    field: FieldName | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Syllables that differ from this one by so many letters at most."""

    form: str
    distance: int = 1
    field: FieldName | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """The documents that carry this number themselves; with `begun`, or where none does, those whose number begins so."""

    key: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """Published from `first` to `last`, both included, as schema.date_key gives them."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a bag."""

    occur: Occur
    node: Node


@dataclass(frozen=True, slots=True)
class Bag:
    """What was typed side by side, in its order."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these is enough."""

    nodes: tuple[Node, ...]


Leaf = Words | Phrase | Prefix | Fuzzy | Number | Dated
Node = Leaf | Bag | Every | AnyOf


@dataclass(frozen=True, slots=True)
class Query:
    """A search as it was read."""

    tree: Node | None = None
    """None: nothing is looked for, which finds everything."""
    notes: tuple[Note, ...] = ()
    only_signs: bool = False
    """Whether something was typed that holds neither a letter nor a figure: it finds nothing, where an empty query finds all."""

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All that must or may be there, in the order of typing; what must not be there is left out."""
        return tuple(_leaves(self.tree)) if self.tree else ()

    @property
    def marked(self) -> bool:
        """Whether anything was typed with accents."""
        return any(has_marks(form) for leaf in self.leaves for form in forms_of(leaf))


def loosened(tree: Node) -> Node | None:
    """The same without the demand that words in quotes stand together; None where nothing is quoted, or operators say what is
    wanted exactly.
    """
    clauses = tree.clauses if isinstance(tree, Bag) else (Clause("must", tree),)
    if any(isinstance(clause.node, Bag | Every | AnyOf) for clause in clauses) or not any(map(_is_quoted, clauses)):
        return None
    return Bag(tuple(_loosened(clause) if _is_quoted(clause) else clause for clause in clauses))


def _is_quoted(clause: Clause) -> bool:
    return clause.occur != "not" and isinstance(clause.node, Phrase) and clause.node.field is None


def _loosened(clause: Clause) -> Clause:
    forms = forms_of(clause.node) if isinstance(clause.node, Phrase) else ()
    return Clause("should", Words(forms, " ".join(forms)))


def forms_of(leaf: Leaf) -> tuple[str, ...]:
    """The syllables of a leaf."""
    if isinstance(leaf, Words | Phrase):
        return leaf.forms
    return (leaf.form,) if isinstance(leaf, Prefix | Fuzzy) else ()


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Bag):
        for clause in node.clauses:
            if clause.occur != "not":
                yield from _leaves(clause.node)
    elif isinstance(node, Every | AnyOf):
        for each in node.nodes:
            yield from _leaves(each)
    else:
        yield node


# JSON: {"version": 1, "tree": {"words": {…}}}; a node is an object of one key, its name.

_NAMES: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Words, Phrase, Prefix, Fuzzy, Number, Dated, Bag, Every, AnyOf)
}


def to_json(tree: Node | None) -> dict[str, Any]:
    """A tree as plain JSON values, defaults left out."""
    return {"version": TREE_VERSION, "tree": _node_out(tree) if tree else None}


def _node_out(node: Node) -> dict[str, Any]:
    if isinstance(node, Bag):
        inside: Any = [{"occur": clause.occur, **_node_out(clause.node)} for clause in node.clauses]
    elif isinstance(node, Every | AnyOf):
        inside = [_node_out(each) for each in node.nodes]
    else:
        values = {field.name: (getattr(node, field.name), field.default) for field in fields(node)}
        inside = {
            name: list(value) if isinstance(value, tuple) else value
            for name, (value, default) in values.items()
            if value != default
        }
    return {type(node).__name__.lower(): inside}


def from_json(value: Any) -> Node | None:
    """The tree that `to_json` gave. Raises QueryUnreadable for anything else, also for one of a later version."""
    if not isinstance(value, Mapping) or value.get("version") != TREE_VERSION:
        raise QueryUnreadable(f"it is not of version {TREE_VERSION}")
    tree = value.get("tree")
    return None if tree is None else _node_in(tree, 0)


def _node_in(value: Any, depth: int) -> Node:
    if not isinstance(value, Mapping) or depth > 4 * MAX_DEPTH:
        raise QueryUnreadable("a node is no object, or stands too deep")
    names = [name for name in value if name in _NAMES]
    if len(names) != 1 or set(value) - {"occur", *names}:
        raise QueryUnreadable(f"a node has not one of the names {', '.join(_NAMES)}")
    kind, inside = _NAMES[names[0]], value[names[0]]
    if kind in (Bag, Every, AnyOf):
        if not isinstance(inside, list) or not inside:
            raise QueryUnreadable(f"{names[0]} holds no list of nodes")
        nodes = [_node_in(each, depth + 1) for each in inside]
        if kind is not Bag:
            made: Node = kind(tuple(nodes))
            return made
        return Bag(tuple(Clause(_one_of(each.get("occur"), Occur), node) for each, node in zip(inside, nodes, strict=True)))
    return _leaf_in(kind, inside)


def _leaf_in(kind: type[Any], inside: Any) -> Node:
    checks: dict[str, Callable[[Any], Any]] = {
        "forms": _texts, "numbers": _texts, "typed": _text, "form": _text, "key": _text, "every": _flag, "begun": _flag,
        "field": lambda name: _one_of(name, FieldName), "distance": _figure, "first": _figure, "last": _figure,
    }  # fmt: skip
    if not isinstance(inside, Mapping) or not set(inside) <= {field.name for field in fields(kind)}:
        raise QueryUnreadable(f"{kind.__name__.lower()} has parts that are not its own")
    try:
        made: Node = kind(**{name: checks[name](part) for name, part in inside.items()})
    except TypeError as error:
        raise QueryUnreadable(f"{kind.__name__.lower()} lacks a part") from error
    return made


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise QueryUnreadable("a text is missing or empty")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise QueryUnreadable("a list of texts is missing")
    return tuple(map(_text, value))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise QueryUnreadable("a flag is neither true nor false")
    return value


def _figure(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
        raise QueryUnreadable("a figure is none, or too great")
    return value


def _one_of(value: Any, names: Any) -> Any:
    if value not in get_args(names):
        raise QueryUnreadable(f"{value!r} is none of {', '.join(get_args(names))}")
    return value
