"""Which layouts a page may have, best first: the portal's own that were valid on its day, then the platforms'.

A portal's layout that names a platform in `over` is laid over each layout of it: what the portal gives is read as it says, the
rest as the platform has it. Every field knows whose selector read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from ingest.elements import Elements
from ingest.portal import Layout, Places, Portal

PORTAL_SURE, PLATFORM_SURE = 0.98, 0.92
"""How sure a field is that a portal's own selector gave, and one that a platform's did."""
_NOT_FIELDS = frozenset({"name", "recognise", "drop", "marks", "over", "valid_from", "valid_until"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A layout to be tried on a page; `over` is the platform's that a portal's was laid over."""

    layout: Layout
    portal: Portal | None = None
    own: frozenset[str] = frozenset()
    """Fields whose selectors the portal's file gives."""
    over: Layout | None = None

    def is_on(self, elements: Elements) -> bool:
        """Whether the page of `elements` has this layout."""
        marked = self.over is None or _is_recognised(self.over, elements)
        return marked and (_is_recognised(self.layout, elements) if self.layout.recognise else self.over is not None)

    def sure_of(self, name: str) -> float:
        """How sure field `name` is where a selector of this layout gave it."""
        return PORTAL_SURE if self.portal is not None and (self.over is None or name in self.own) else PLATFORM_SURE

    def origin_of(self, name: str, selector: str) -> str:
        """The origin of field `name` that `selector` gave: `selector:CSS @ LAYOUT`."""
        if self.portal is None:
            return f"selector:{selector} @ {self.layout.name}"
        if self.over is not None and name not in self.own:
            return f"selector:{selector} @ {self.over.name}"
        era = self.layout.name
        return f"selector:{selector} @ {era if '/' in era else f'{self.portal.name}/{era}'}"


def places(where: Places) -> tuple[str, ...]:
    """The selectors of `where` in order of trust."""
    return (where,) if isinstance(where, str) and where else tuple(where)


def candidates(portal: Portal | None, day: date | None, platforms: Sequence[Layout]) -> Iterator[Candidate]:
    """The layouts that a page of `portal` captured on `day` may have, best first; those of other days are left out."""
    for layout in portal.layouts if portal is not None else ():
        if not layout.is_valid_at(day):
            continue
        if not layout.over:
            yield Candidate(layout, portal)
        for platform in platforms:
            if platform.name == layout.over:
                yield _laid_over(layout, platform, portal)
    for platform in platforms:
        yield Candidate(platform)


def _laid_over(layout: Layout, platform: Layout, portal: Portal | None) -> Candidate:
    own = frozenset(entry.name for entry in fields(Layout) if entry.name not in _NOT_FIELDS and getattr(layout, entry.name))
    inherited = {
        entry.name: getattr(platform, entry.name)
        for entry in fields(Layout)
        if entry.name not in _NOT_FIELDS and entry.name not in own
    }
    return Candidate(replace(layout, drop=(*layout.drop, *platform.drop), **inherited), portal, own, platform)


def _is_recognised(layout: Layout, elements: Elements) -> bool:
    if not any(elements.select(selector) for selector in places(layout.recognise)):
        return False
    return not layout.marks or any(elements.select(selector) for selector in places(layout.marks))
