"""Finding elements by the simple selectors that layouts use, from one walk over the page.

A selector walk of soupsieve costs as much as a fifth of parsing the page, and a page is asked for dozens. Names, ids,
classes, attributes by value or part of it (`[id^=dnn_ctr][id$=_lblTitle i]`), `:not()` of these and descent (`div.a #b`,
comma-separated) are answered from the index; whatever else CSS can say goes to soupsieve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup, Tag

_ATTRIBUTE = r"""\[\s*[\w:-]+\s*(?:[~^$*|]?=\s*(?:"[^"]*"|'[^']*'|[\w./-]+)\s*i?\s*)?\]"""
_MARKS = rf"(?:[.#][A-Za-z_][\w-]*|{_ATTRIBUTE})"
_COMPOUND = re.compile(rf"(?P<name>[a-z][a-z0-9]*)?(?P<marks>{_MARKS}*)(?P<nots>(?::not\({_MARKS}+\))*)")
_EACH_MARK = re.compile(rf"[.#][A-Za-z_][\w-]*|{_ATTRIBUTE}")
_EACH_NOT = re.compile(rf":not\(({_MARKS}+)\)")
_PARTS = re.compile(
    r"""\[\s*(?P<name>[\w:-]+)\s*(?:(?P<sign>[~^$*|]?=)\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w./-]+))"""
    r"""\s*(?P<fold>i?)\s*)?\]"""
)
_OUTSIDE_BRACKETS = r"(?![^\[]*\])"
_SCOPE = re.compile(r"#([A-Za-z_][\w-]*)[ >]")
_INDEXED = frozenset({"itemprop", "property", "name", "content", "src", "rel", "typeof", "datetime"})
"""Attributes that pages are asked for beside id and class."""
_NAMED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "time", "article", "main", "meta", "script"})
"""Elements that pages are asked for by their name alone."""


@dataclass(frozen=True, slots=True)
class _Attribute:
    name: str
    sign: str
    """`=`, `^=`, `$=`, `*=`, `~=`; empty: the attribute need only be there."""
    value: str
    fold: bool

    def matches(self, tag: Tag) -> bool:
        held = tag.attrs.get(self.name) if tag.attrs else None
        return held is not None and self.fits(held if isinstance(held, str) else " ".join(held))

    def fits(self, held: str) -> bool:
        if self.fold:
            held = held.lower()
        if not self.sign:
            return True
        if self.sign == "=":
            return held == self.value
        if self.sign == "~=":
            return self.value in held.split()
        if self.sign == "^=":
            return held.startswith(self.value)
        return held.endswith(self.value) if self.sign == "$=" else self.value in held


@dataclass(frozen=True, slots=True)
class _Compound:
    name: str | None
    id: str | None
    classes: tuple[str, ...]
    attributes: tuple[_Attribute, ...] = ()
    nots: tuple[_Compound, ...] = ()

    def matches(self, tag: Tag) -> bool:
        if self.name is not None and tag.name != self.name:
            return False
        if self.id is not None and tag.get("id") != self.id:
            return False
        if self.classes and not all(word in classes_of(tag) for word in self.classes):
            return False
        return all(entry.matches(tag) for entry in self.attributes) and not any(entry.matches(tag) for entry in self.nots)


_Chain = tuple[_Compound, ...]


def classes_of(tag: Tag) -> list[str]:
    """The classes of `tag`."""
    value = tag.get("class")
    return value.split() if isinstance(value, str) else list(value or ())


class Elements:
    """The elements of one page by id and class, as the page stood when this was built."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self._soup = soup
        self._order: dict[int, int] = {}
        self._by_id: dict[str, list[Tag]] = {}
        self._by_class: dict[str, list[Tag]] = {}
        self._by_attribute: dict[str, list[Tag]] = {}
        self._by_name: dict[str, list[Tag]] = {}
        self.links: list[Tag] = []
        """Every `a` of the page."""
        self.openers: list[Tag] = []
        """Every element that opens another window by script."""
        self.base: Tag | None = None
        self.depth = 0
        """How deep the deepest element stands."""
        depths = {id(soup): 0}
        for node in soup.descendants:
            if not isinstance(node, Tag):
                continue
            key = id(node)
            self._order[key] = len(self._order)
            depths[key] = depth = depths[id(node.parent)] + 1
            if depth > self.depth:
                self.depth = depth
            if node.name == "a":
                self.links.append(node)
            elif node.name in _NAMED:
                self._by_name.setdefault(node.name, []).append(node)
            elif node.name == "base" and self.base is None:
                self.base = node
            if node.attrs:
                if name := node.attrs.get("id"):
                    self._by_id.setdefault(str(name), []).append(node)
                if "class" in node.attrs:
                    for word in set(classes_of(node)):
                        self._by_class.setdefault(word, []).append(node)
                for attribute in node.attrs:
                    if attribute in _INDEXED:
                        self._by_attribute.setdefault(attribute, []).append(node)
                    elif attribute == "onclick" and "open" in str(node.attrs[attribute]):
                        self.openers.append(node)

    def order(self, tag: Tag) -> int:
        """The place of `tag` among the elements of the page."""
        return self._order.get(id(tag), 0)

    def select(self, selector: str) -> list[Tag]:
        """What `selector` matches, in the order of the page."""
        chains = _chains(selector)
        if chains is None:
            scope = _SCOPE.match(selector) if "," not in selector else None
            roots: list[Tag] = [self._soup] if scope is None else self._by_id.get(scope[1], [])
            return [tag for root in roots for tag in root.select(selector)]
        found = {id(tag): tag for chain in chains for tag in self._chain(chain)}
        return sorted(found.values(), key=lambda tag: self._order[id(tag)])

    def _chain(self, chain: _Chain) -> list[Tag]:
        last = chain[-1]
        return [tag for tag in self._candidates(chain) if last.matches(tag) and _stands_in(tag, chain[:-1])]

    def _candidates(self, chain: _Chain) -> list[Tag]:
        """Elements among which those that the last compound matches are."""
        last = chain[-1]
        if last.id is not None:
            return self._by_id.get(last.id, [])
        if last.classes:
            return self._by_class.get(last.classes[0], [])
        if last.attributes:
            first = last.attributes[0]
            if first.name == "id":
                return [tag for id, tags in self._by_id.items() if first.fits(id) for tag in tags]
            if first.name == "class":
                found = {id(tag): tag for word, tags in self._by_class.items() if first.fits(word) for tag in tags}
                return list(found.values())
            return self._by_attribute.get(first.name, [])
        if last.name in _NAMED:
            return self._by_name.get(last.name, [])
        return [tag for root in self._chain(chain[:-1]) for tag in root.find_all(last.name or True)]


def _stands_in(tag: Tag, chain: _Chain) -> bool:
    if not chain:
        return True
    wanted = len(chain) - 1
    for parent in tag.parents:
        if chain[wanted].matches(parent):
            wanted -= 1
            if wanted < 0:
                return True
    return False


@lru_cache(maxsize=2048)
def _chains(selector: str) -> tuple[_Chain, ...] | None:
    """`selector` as chains of compounds, or None where it says more than the index can tell."""
    chains: list[_Chain] = []
    for alternative in re.split(f",{_OUTSIDE_BRACKETS}", selector):
        chain: list[_Compound] = []
        for word in re.split(rf"\s+{_OUTSIDE_BRACKETS}", alternative.strip()):
            compound = _compound(word)
            if compound is None:
                return None
            chain.append(compound)
        if not any(entry.id or entry.classes or entry.attributes or entry.name in _NAMED for entry in chain):
            return None
        chains.append(tuple(chain))
    return tuple(chains)


def _compound(word: str) -> _Compound | None:
    match = _COMPOUND.fullmatch(word) if word else None
    if match is None:
        return None
    marks = _EACH_MARK.findall(match["marks"])
    ids = [mark[1:] for mark in marks if mark[0] == "#"]
    attributes = [_attribute(mark) for mark in marks if mark[0] == "["]
    nots = [_compound(inner) for inner in _EACH_NOT.findall(match["nots"])]
    classes = tuple(mark[1:] for mark in marks if mark[0] == ".")
    if len(ids) > 1 or any(entry is None for entry in (*attributes, *nots)):
        return None
    if attributes and not ids and not classes and not _is_indexed(attributes[0]):
        return None
    return _Compound(
        match["name"],
        ids[0] if ids else None,
        classes,
        tuple(entry for entry in attributes if entry is not None),
        tuple(entry for entry in nots if entry is not None),
    )


def _attribute(mark: str) -> _Attribute | None:
    match = _PARTS.fullmatch(mark)
    if match is None or match["sign"] == "|=":
        return None
    value = next((match[group] for group in ("double", "single", "bare") if match[group] is not None), "")
    fold = bool(match["fold"])
    return _Attribute(match["name"], match["sign"] or "", value.lower() if fold else value, fold)


def _is_indexed(attribute: _Attribute | None) -> bool:
    if attribute is None:
        return False
    if attribute.name == "class":  # its words are looked up one by one
        return attribute.sign in ("*=", "~=") and " " not in attribute.value
    return attribute.name == "id" or attribute.name in _INDEXED
