"""Finding elements by the selectors that layouts use, from one walk over the page.

A page is asked for dozens of selectors, most of them to find out which platform it is not. Names, ids, classes, attributes,
`:first-child`, `:last-child`, `:not()` and all four combinators are answered from an index; whatever else CSS can say is
asked of bs4, on a tree of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bs4 import BeautifulSoup
from lxml import etree

from ingest.tree import Element

_NAME = r"[A-Za-z_-][\w-]*"
_PART = re.compile(
    rf"(?P<any>\*)|(?P<tag>{_NAME})|\.(?P<class>{_NAME})|#(?P<id>{_NAME})"
    rf"""|\[\s*(?P<key>[A-Za-z_][\w-]*)\s*(?:(?P<sign>[~^$*|]?=)\s*(?:"(?P<double>[^"\]]*)"|'(?P<single>[^'\]]*)'|(?P<bare>[\w./-]+))\s*(?P<fold>i(?=\s*\]))?\s*)?\]"""
    rf"|:(?P<place>first|last)-child(?![\w-])|:not\((?P<not>[^(),]+)\)"
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_MARKED = etree.XPath("descendant-or-self::*[@class or @id]")
_MARK = "tangthu-place"


@dataclass(frozen=True, slots=True)
class _Attribute:
    name: str
    sign: str
    """`=`, `^=`, `$=`, `*=`, `~=`, `|=`; empty: the attribute need only be there."""
    value: str
    fold: bool

    def matches(self, element: Element) -> bool:
        held = element.get(self.name)
        return held is not None and self.fits(held)

    def fits(self, held: str) -> bool:
        """Whether `held` is a value that is asked for."""
        if not self.sign:
            return True
        held, value = (held.lower(), self.value.lower()) if self.fold else (held, self.value)
        return bool(self.sign == "=" or value) and _TESTS[self.sign](held, value)


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda held, value: held == value,
    "~=": lambda held, value: value in held.split(),
    "^=": str.startswith,
    "$=": str.endswith,
    "*=": lambda held, value: value in held,
    "|=": lambda held, value: held == value or held.startswith(f"{value}-"),
}


@dataclass(frozen=True, slots=True)
class _Compound:
    name: str | None = None
    id: str | None = None
    classes: tuple[str, ...] = ()
    attributes: tuple[_Attribute, ...] = ()
    first: bool = False
    last: bool = False
    but: tuple[_Compound, ...] = ()

    def matches(self, element: Element) -> bool:
        if self.name is not None and element.tag != self.name:
            return False
        if self.id is not None and element.get("id") != self.id:
            return False
        if self.classes:
            held = classes_of(element)
            if not all(word in held for word in self.classes):
                return False
        if self.first and element.getprevious() is not None:
            return False
        if self.last and element.getnext() is not None:
            return False
        return all(test.matches(element) for test in self.attributes) and not any(each.matches(element) for each in self.but)


_Chain = tuple[tuple[str, _Compound], ...]
"""Compounds from left to right, each with the combinator before it; that of the first is empty."""


def classes_of(element: Element) -> list[str]:
    """The classes of `element`."""
    return (element.get("class") or "").split()


class Elements:
    """The elements of one page by name, id and class, as the page stood when this was built."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._by_name: dict[str, list[Element]] = {}
        self._by_id: dict[str, list[Element]] = {}
        self._by_class: dict[str, list[Element]] = {}
        self._by_attribute: dict[str, list[Element]] = {}
        self._found: dict[_Chain, list[Element]] = {}
        marked: list[Element] = _MARKED(root)  # type: ignore[assignment]
        for element in marked:
            if (name := element.get("id")) is not None:
                self._by_id.setdefault(name, []).append(element)
            if (words := element.get("class")) is not None:
                for word in dict.fromkeys(words.split()):
                    self._by_class.setdefault(word, []).append(element)

    @cached_property
    def order(self) -> dict[Element, int]:
        """Every element of the page with its place."""
        return {element: place for place, element in enumerate(self.root.iter(etree.Element))}

    @property
    def links(self) -> list[Element]:
        """Every `a` of the page."""
        return self.named("a")

    @property
    def openers(self) -> list[Element]:
        """Every element that opens another window by script."""
        return [element for element in self._with_attribute("onclick") if "open" in (element.get("onclick") or "")]

    @property
    def base(self) -> Element | None:
        """The first `base` of the page."""
        return next(iter(self.named("base")), None)

    def named(self, *names: str) -> list[Element]:
        """The elements of these names, in the order of the page."""
        key = " ".join(names)
        if key not in self._by_name:
            self._by_name[key] = list(self.root.iter(*names))
        return self._by_name[key]

    def select(self, selector: str) -> list[Element]:
        """What `selector` matches, in the order of the page."""
        chains = _chains(selector)
        if chains is None:
            return self._select_by_soup(selector)
        if len(chains) == 1:
            return self._chain(chains[0])
        found = dict.fromkeys(element for chain in chains for element in self._chain(chain))
        return list(found) if len(found) < 2 else self._sorted(found)

    def _chain(self, chain: _Chain) -> list[Element]:
        """What `chain` matches. What stands to the left is looked for first: most layouts' is not on the page at all."""
        if chain in self._found:
            return self._found[chain]
        combinator, last = chain[-1]
        around = frozenset(self._chain(chain[:-1])) if combinator else frozenset()
        found: list[Element] = []
        if around or not combinator:
            test = _AROUND[combinator]
            found = [element for element in self._candidates(last) if last.matches(element) and test(element, around)]
        self._found[chain] = found
        return found

    def _candidates(self, last: _Compound) -> Collection[Element]:
        """Elements among which those that `last` matches are, in the order of the page."""
        if last.id is not None:
            return self._by_id.get(last.id, ())
        if last.classes:
            return min((self._by_class.get(word, []) for word in last.classes), key=lambda found: len(found))
        if last.attributes:
            first = last.attributes[0]
            if first.name == "id":
                found = [element for name, elements in self._by_id.items() if first.fits(name) for element in elements]
                return found if len(found) < 2 else self._sorted(found)
            return self._with_attribute(first.name)
        return self.order if last.name is None else self.named(last.name)

    def _with_attribute(self, name: str) -> list[Element]:
        if name not in self._by_attribute:
            self._by_attribute[name] = _with(name)(self.root)  # type: ignore[assignment]
        return self._by_attribute[name]

    def _sorted(self, elements: Iterable[Element]) -> list[Element]:
        return sorted(elements, key=lambda element: self.order.get(element, len(self.order)))

    def _select_by_soup(self, selector: str) -> list[Element]:
        places = list(self.order)
        found = {int(str(tag[_MARK])) for tag in self._soup.select(selector) if tag.has_attr(_MARK)}
        return [places[place] for place in sorted(found)]

    @cached_property
    def _soup(self) -> BeautifulSoup:
        """The page as bs4 sees it, each element marked with its place."""
        for element, place in self.order.items():
            element.set(_MARK, str(place))
        markup = etree.tostring(self.root, encoding="unicode", method="html")
        for element in self.order:
            del element.attrib[_MARK]
        return BeautifulSoup(markup, "lxml")


_AROUND: dict[str, Callable[[Element, frozenset[Element]], bool]] = {
    "": lambda element, around: True,
    " ": lambda element, around: any(outer in around for outer in element.iterancestors()),
    ">": lambda element, around: element.getparent() in around,
    "+": lambda element, around: element.getprevious() in around,
    "~": lambda element, around: any(before in around for before in element.itersiblings(preceding=True)),
}
"""For each combinator: whether an element stands to one of those around it as it says."""


@lru_cache(maxsize=256)
def _with(attribute: str) -> etree.XPath:
    return etree.XPath(f"descendant-or-self::*[@{attribute}]")


@lru_cache(maxsize=1024)
def _chains(selector: str) -> tuple[_Chain, ...] | None:
    """`selector` as chains of compounds, or None where it says more than can be answered from the index."""
    chains: list[_Chain] = []
    at = 0
    selector = selector.strip()
    chain: list[tuple[str, _Compound]] = []
    combinator = ""
    while at < len(selector):
        compound, at = _compound(selector, at)
        if compound is None:
            return None
        chain.append((combinator, compound))
        if comma := re.compile(r"\s*,\s*").match(selector, at):
            chains.append(tuple(chain))
            chain, combinator, at = [], "", comma.end()
            continue
        if at == len(selector):
            break
        if (match := _COMBINATOR.match(selector, at)) is None:
            return None
        combinator, at = match[1] or " ", match.end()
    return (*chains, tuple(chain)) if chain else None


def _compound(selector: str, at: int) -> tuple[_Compound | None, int]:
    start = at
    name: str | None = None
    ids: list[str] = []
    classes: list[str] = []
    attributes: list[_Attribute] = []
    places: set[str] = set()
    but: list[_Compound] = []
    while (match := _PART.match(selector, at)) is not None:
        if (match["tag"] or match["any"]) and at != start:
            return None, at
        name = match["tag"].lower() if match["tag"] else name
        ids += [match["id"]] if match["id"] else []
        classes += [match["class"]] if match["class"] else []
        places |= {match["place"]} if match["place"] else set()
        if match["key"]:
            value = next((match[each] for each in ("double", "single", "bare") if match[each] is not None), "")
            attributes.append(_Attribute(match["key"].lower(), match["sign"] or "", value, bool(match["fold"])))
        if match["not"]:
            other, end = _compound(match["not"].strip(), 0)
            if other is None or end != len(match["not"].strip()):
                return None, at
            but.append(other)
        at = match.end()
    if at == start or len(ids) > 1:
        return None, at
    made = _Compound(
        name, ids[0] if ids else None, tuple(classes), tuple(attributes), "first" in places, "last" in places, tuple(but)
    )
    return made, at
