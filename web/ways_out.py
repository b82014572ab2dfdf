"""Where nothing was found: what to leave out so that something is, tried out before it is offered."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from search.errors import SearchError
from search.words.text import fold
from web.asking import Asked
from web.language import gettext
from web.narrowing import shown
from web.services import Services

MOST_TRIED = 8
BUDGET_S = 0.15
"""After this much searching no other way is tried: help must not make an empty page slow."""
_PART = re.compile(r'[^\s"()]*"[^"]*"|\S+')
_MOST_PARTS = 8
_SIGNS = re.compile(r"[()|&]")
_OPERATORS = frozenset({"and", "or", "not", "va", "hoac", "khong"})


@dataclass(frozen=True, slots=True)
class WayOut:
    """A search that finds something, and how much."""

    label: str
    url: str
    count: int


def ways_out(services: Services, wanted: Asked, titles: Mapping[str, str]) -> list[WayOut]:
    """Searches near `wanted` that find something, in the order in which they keep more of what was asked."""
    until = time.monotonic() + BUDGET_S
    found = []
    for tried, (label, near) in enumerate(_near(wanted, titles)):
        if tried >= MOST_TRIED or time.monotonic() > until:
            break
        try:
            total = services.searcher.search(replace(near.request, limit=1)).total
        except SearchError:  # a page that says that nothing was found is better than none
            break
        if total:
            found.append(WayOut(label, near.url, total))
    return found


def _near(wanted: Asked, titles: Mapping[str, str]) -> Iterator[tuple[str, Asked]]:
    if wanted.verbatim:
        yield gettext("Tìm cả những cách viết khác"), wanted.spelled(verbatim=False)
    if len(wanted.filters) > 1:
        for name, value in wanted.filters:
            yield gettext("Bỏ lọc “%(value)s”", value=shown(name, value, titles)), wanted.toggled(name, value)
    if wanted.filters:
        yield gettext("Tìm lại mà bỏ hết bộ lọc"), wanted.unfiltered()
    if '"' in wanted.text:
        yield gettext("Bỏ dấu ngoặc kép"), wanted.typed(" ".join(wanted.text.replace('"', " ").split()))
    parts = _PART.findall(wanted.text)
    if 1 < len(parts) <= _MOST_PARTS and not any(_is_operator(part) for part in parts):
        for at, part in enumerate(parts):
            yield gettext("Bỏ “%(part)s”", part=part[:80]), wanted.typed(" ".join(parts[:at] + parts[at + 1 :]))


def _is_operator(part: str) -> bool:
    """Whether a part joins others, so that none of them can be left out alone: anything in parentheses, AND, HOẶC…"""
    return bool(_SIGNS.search(part)) or (part.isupper() and fold(part).lower() in _OPERATORS)
