"""Finding elements by the simple selectors that layouts use, from one walk over the page.

A selector walk of soupsieve costs as much as a fifth of parsing the page, and a page is asked for a dozen. Names, ids,
classes and descent (`div.a #b`, comma-separated) are answered from the index; whatever else CSS can say goes to soupsieve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup, Tag

_COMPOUND = re.compile(r"(?P<name>[a-z][a-z0-9]*)?(?P<marks>(?:[.#][A-Za-z_][\w-]*)+)")
_SCOPE = re.compile(r"#([A-Za-z_][\w-]*)[ >]")


@dataclass(frozen=True, slots=True)
class _Compound:
    name: str | None
    id: str | None
    classes: tuple[str, ...]

    def matches(self, tag: Tag) -> bool:
        if self.name is not None and tag.name != self.name:
            return False
        if self.id is not None and tag.get("id") != self.id:
            return False
        return all(word in classes_of(tag) for word in self.classes)


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
        self.links: list[Tag] = []
        """Every `a` of the page."""
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
            elif node.name == "base" and self.base is None:
                self.base = node
            if node.attrs:
                if name := node.attrs.get("id"):
                    self._by_id.setdefault(str(name), []).append(node)
                if "class" in node.attrs:
                    for word in set(classes_of(node)):
                        self._by_class.setdefault(word, []).append(node)

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
        if last.id is not None:
            candidates = self._by_id.get(last.id, [])
        elif last.classes:
            candidates = self._by_class.get(last.classes[0], [])
        else:
            candidates = [tag for root in self._chain(chain[:-1]) for tag in root.find_all(last.name or True)]
        return [tag for tag in candidates if last.matches(tag) and _stands_in(tag, chain[:-1])]


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


@lru_cache(maxsize=512)
def _chains(selector: str) -> tuple[_Chain, ...] | None:
    """`selector` as chains of compounds, or None where it says more than names, ids, classes and descent."""
    chains: list[_Chain] = []
    for alternative in selector.split(","):
        chain: list[_Compound] = []
        for word in alternative.split():
            if re.fullmatch(r"[a-z][a-z0-9]*", word) and chain:
                chain.append(_Compound(word, None, ()))
                continue
            match = _COMPOUND.fullmatch(word)
            if match is None:
                return None
            marks = re.findall(r"([.#])([\w-]+)", match["marks"])
            ids = [name for sign, name in marks if sign == "#"]
            if len(ids) > 1:
                return None
            chain.append(_Compound(match["name"], ids[0] if ids else None, tuple(name for sign, name in marks if sign == ".")))
        if not chain:
            return None
        chains.append(tuple(chain))
    return tuple(chains)
