"""The drift alarm: a portal changes its pages, and readers begin to miss what they used to find.

What a crawl brought in is held against the portal's own past, section by section of its addresses: a crawl that brings pages of
another kind is no drift. How improbable the miss is decides, not how large it looks: with few pages nothing is improbable.

The bound is Hoeffding's (1963, theorem 1): of n independent pages of which a share p was to be expected, at most a share q has a
field with a probability of no more than exp(-n·KL(q‖p)), however the pages differ among themselves.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median, pstdev
from typing import Literal
from urllib.parse import urlsplit

from archive.catalog import Catalog
from archive.rates import PageRead

FEWEST, FEWEST_BEFORE = 8, 20
"""Pages of a crawl, and pages before it, below which nothing is said."""
REMEMBERED = 2000
"""Pages of a portal that are looked at: its older past is another portal's."""
_SECTION = 5
_IMPROBABLE = math.log(10_000)
_EXPECTED, _FALL = 0.7, 0.2
"""A field is missed where at least this share of pages was to have it, and the share fell by at least that much."""
_LESS_SURE, _STEPS, _STEADY = 0.1, 4.0, 0.05
_SHORT = 0.25

DRIFT = "drift"
"""Code of the failure that an alarm is noted as."""
READABLE, LAYOUT, LENGTH = "readable", "layout", "length"
"""Watched beside the fields: could anything be read, by a layout made for the portal or its platform, as much as usual."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that a crawl's readings lack."""

    portal: str
    field: str
    """A field of a reading, or `readable`, `layout`, `length`."""
    kind: Literal["missing", "less_sure"]
    was: float
    """Share of pages that were to have it, or mean confidence; 0.0 to 1.0."""
    now: float
    pages: int
    before: int
    """How many pages of the crawl and before it were counted."""

    def __str__(self) -> str:
        if self.kind == "less_sure":
            return f"{self.field} is read less surely: {self.now:.2f} on {self.pages} pages, where {self.was:.2f} was usual"
        what = _WORDS.get(self.field, f"{self.field} is found")
        return f"{what} on {round(self.now * self.pages)} of {self.pages} pages, where {self.was:.0%} was usual"


_WORDS = {
    READABLE: "something can be read",
    LAYOUT: "a layout of the portal or its platform fits",
    LENGTH: "the body is as long as usual",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """How one field fares over some pages."""

    field: str
    pages: int
    filled: float
    """Share of pages that have it."""
    confidence: float | None
    """Mean over those; None where none has it."""


def check(catalog: Catalog, portal: str, since: datetime) -> tuple[Drift, ...]:
    """What the pages captured since `since` lack, held against those before; nothing where either are too few."""
    pages = catalog.rates().pages(portal, REMEMBERED)
    return compare(portal, [page for page in pages if page.fetched_at >= since], [p for p in pages if p.fetched_at < since])


def standing(catalog: Catalog, portal: str) -> tuple[tuple[Rate, ...], tuple[Drift, ...]]:
    """How a portal's fields fare in what was last captured, and what is missed in it.

    That is the last crawl that brought in enough pages to tell, and what came after it.
    """
    pages = catalog.rates().pages(portal, REMEMBERED)
    for since in catalog.rates().runs(portal, 50):
        new = [page for page in pages if page.fetched_at >= since]
        if len(new) >= FEWEST:
            return rates(new, pages), compare(portal, new, [page for page in pages if page.fetched_at < since])
    return rates(pages, pages), ()


def rates(pages: Sequence[PageRead], known: Sequence[PageRead]) -> tuple[Rate, ...]:
    """How each field that any of the `known` pages has fares over `pages`, by name."""
    return tuple(_rate(name, pages) for name in sorted({name for page in known for name in page.confidence}))


def _rate(name: str, pages: Sequence[PageRead]) -> Rate:
    sure = [page.confidence[name] for page in pages if name in page.confidence]
    return Rate(name, len(pages), round(len(sure) / len(pages), 3), round(fmean(sure), 3) if sure else None)


def compare(portal: str, new: Sequence[PageRead], old: Sequence[PageRead]) -> tuple[Drift, ...]:
    """What `new` pages lack, held against `old` ones."""
    if len(new) < FEWEST or len(old) < FEWEST_BEFORE:
        return ()
    found = []
    read = [page for page in new if page.platform is not None]
    read_before = [page for page in old if page.platform is not None]
    for name, has, these, those in _watched(new, old, read, read_before):
        drift = _missing(portal, name, has, these, those)
        if drift is None and name not in (READABLE, LAYOUT, LENGTH):
            drift = _less_sure(portal, name, these, those)
        if drift is not None:
            found.append(drift)
    return tuple(found)


Has = Callable[[PageRead], bool]


def _watched(
    new: Sequence[PageRead], old: Sequence[PageRead], read: Sequence[PageRead], read_before: Sequence[PageRead]
) -> list[tuple[str, Has, Sequence[PageRead], Sequence[PageRead]]]:
    """What is watched: its name, which pages have it, and the pages to count."""
    usual = _usual_lengths(read_before)
    watched: list[tuple[str, Has, Sequence[PageRead], Sequence[PageRead]]] = [
        (READABLE, lambda page: page.platform is not None, new, old),
        (LAYOUT, lambda page: page.platform != "generic", read, read_before),
        (LENGTH, lambda page: page.length >= _SHORT * usual.get(section(page.url), min(usual.values())), read, read_before),
    ]
    names = sorted({name for page in read_before for name in page.confidence})
    return watched + [(name, _has(name), read, read_before) for name in names if name != "text"]


def _has(name: str) -> Has:
    return lambda page: name in page.confidence


def section(url: str) -> str:
    """Where on its portal a page stands: its path without the last part, and without parts that count or date."""
    parts = urlsplit(url).path.split("/")[1:-1]
    return "/".join(part for part in parts if not re.search(r"\d", part))


def _by_section(pages: Sequence[PageRead]) -> dict[str, list[PageRead]]:
    """Pages by section; sections with few pages count as none of their own."""
    grouped: dict[str, list[PageRead]] = defaultdict(list)
    for page in pages:
        grouped[section(page.url)].append(page)
    return {name: group for name, group in grouped.items() if len(group) >= _SECTION}


def _usual_lengths(pages: Sequence[PageRead]) -> Mapping[str, float]:
    groups = _by_section(pages) or {"": list(pages)}
    return {name: median(page.length for page in group) for name, group in groups.items() if group} or {"": 0.0}


def _expected(pages: Sequence[PageRead], of_past: Mapping[str, float]) -> list[float]:
    """What was to be expected of each page: what its section had, and in a new section what even the poorest has."""
    poorest = min(of_past.values())
    return [of_past.get(section(page.url), poorest) for page in pages]


def _missing(portal: str, name: str, has: Has, new: Sequence[PageRead], old: Sequence[PageRead]) -> Drift | None:
    if len(new) < FEWEST or len(old) < FEWEST_BEFORE:
        return None
    groups = _by_section(old) or {"": list(old)}
    cautious = {key: _at_least(sum(map(has, group)), len(group)) for key, group in groups.items()}
    p, q = fmean(_expected(new, cautious)), sum(map(has, new)) / len(new)
    if p < _EXPECTED or p - q < _FALL or len(new) * _divergence(q, p) < _IMPROBABLE:
        return None
    was = fmean(_expected(new, {key: sum(map(has, group)) / len(group) for key, group in groups.items()}))
    return Drift(portal, name, "missing", round(was, 3), round(q, 3), len(new), len(old))


def _at_least(count: int, of: int) -> float:
    """A share that is not overrated: one standard error below the one that was seen."""
    p = (count + 0.5) / (of + 1)
    return max(0.0, p - math.sqrt(p * (1 - p) / of))


def _divergence(q: float, p: float) -> float:
    """KL(q‖p) of two shares, nats."""
    first = q * math.log(q / p) if q > 0 else 0.0
    return first + ((1 - q) * math.log((1 - q) / (1 - p)) if q < 1 else 0.0)


def _less_sure(portal: str, name: str, new: Sequence[PageRead], old: Sequence[PageRead]) -> Drift | None:
    """Whether a field is read less surely, by so many standard errors; what always was read alike is given a small spread."""
    these, those = [p for p in new if name in p.confidence], [p for p in old if name in p.confidence]
    if len(these) < FEWEST or len(those) < FEWEST_BEFORE:
        return None
    groups = _by_section(those) or {"": those}
    was = fmean(_expected(these, {key: fmean(page.confidence[name] for page in group) for key, group in groups.items()}))
    spread = max(_STEADY, pstdev(page.confidence[name] for page in those))
    now = fmean(page.confidence[name] for page in these)
    if was - now < max(_LESS_SURE, _STEPS * spread / math.sqrt(len(these))):
        return None
    return Drift(portal, name, "less_sure", round(was, 3), round(now, 3), len(these), len(those))
