"""Which page of a list comes next.

A pager is learnt from the page: links that are labelled with numbers and differ in one number of their address (or of their
postback's argument) tell where that number stands and how it counts: from zero, from one, by thirty. A link is then known by
where it leads, whatever it is called. Words and signs are believed only where no pager speaks against them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from lxml import etree

from archive.identity import canonical_url
from ingest.discovering import wording
from ingest.discovering.months import moment_of
from ingest.discovering.page import Link, Ours, Page
from ingest.discovering.pagers import MOST_NUMBERED, Pager, Slot, bare, nearness, origin_free, pagers, remainder, slots, slots_of
from ingest.discovering.postbacks import postback
from ingest.step import Step

_DIGITS = re.compile(r"(?<![\d%])\d{1,7}(?!\d)", re.ASCII)
_CALENDAR = re.compile(r"calend|datepicker|(?:\A|[\s_-])(?:lich|cal)(?:\Z|[\s_-])", re.IGNORECASE)
_CURRENT = re.compile(r"(?:\A|[\s_-])(?:active|current|selected|curr|hientai|cpb|on)(?:\Z|[\s_-])", re.IGNORECASE)
_DISABLED = re.compile(r"disabled", re.IGNORECASE)
_DAY_SERIAL = re.compile(r"V?-?\d{1,6}\Z", re.ASCII)
_LONGEST_LABEL = 32


def next_page(page: Page, ours: Ours, via: Step | None, choices: Sequence[Sequence[Link] | None] = (None,)) -> Step | None:
    """The step to the next page of the list; None on the last one, or where no link can be trusted to lead there.

    Each of `choices` is tried in turn: links that a selector names, of which the first that leads on is taken at its word, or
    None for what links usually look like.
    """
    reader = _Reader(page, ours, via)
    return next((step for candidates in choices if (step := reader.next_page(candidates))), None)


class _Reader:
    """One page, looked at for its next one."""

    def __init__(self, page: Page, ours: Ours, via: Step | None) -> None:
        self._page, self._ours, self._via = page, ours, via
        self._moment = moment_of(page.url)
        self._canonical = canonical_url(page.url)
        self._here = tuple(slots_of(page.url))
        self._links = [link for link in page.links if _is_short(link) and self._may_lead(link)]
        self._slotted = [(link, tuple(slots(link))) for link in self._links]
        self._pagers = self._known_pagers()
        self._is_sure = any(near >= 2 for _, _, near in self._pagers)
        """A pager of this very list is known: where it shows no later page, this is the last one."""

    def next_page(self, candidates: Sequence[Link] | None) -> Step | None:
        if candidates is not None:
            return self._first([link for link in candidates if self._may_lead(link)])
        surest: tuple[Callable[[], Step | None], ...] = (
            lambda: self._turn(near=3),
            lambda: self._first(self._heads()),
            lambda: self._first(link for link in self._links if wording.is_next(link.label) or _is_page_next(link)),
            lambda: self._turn(near=0),
        )
        others = () if self._is_sure else (self._by_controls, self._counted_on, self._by_weak_words, self._by_signs)
        return next((step for way in (*surest, *others) if (step := way())), None)

    def _known_pagers(self) -> list[tuple[Pager, int, int]]:
        """The pagers whose present page is known, with that page and their nearness, the nearest first."""
        known = []
        for pager in pagers(self._slotted, self._page.url):
            near = nearness(pager, self._page.url)
            if (current := self._current(pager, near)) is not None:
                known.append((pager, current, near))
        return known

    def _current(self, pager: Pager, near: int) -> int | None:
        """Which page this is: by its own address, by what the pager marks, else the first."""
        here = next((slot for slot in self._here if slot.template == pager.template), None)
        if here is not None:
            return pager.page(here.number)
        if near == 2 and not pager.is_posted:
            return 1
        shown = _shown([link for link, found in self._slotted if _has(found, pager)], pager.labels)
        if shown is not None:
            return shown
        if pager.is_posted:
            return self._via.page if self._via is not None and self._via.page is not None else 1
        return 1 if near or pager.pattern.is_named else None

    def _may_lead(self, link: Link) -> bool:
        """Whether a link may lead to another page of this list at all."""
        if link.control is not None:
            return not _is_disabled(link.element) and not (_is_date_picker(link) and not link.control.button)
        if not self._ours.owns(link.url) or _is_disabled(link.element):
            return False
        # Another month is another list, and a calendar has always one more.
        return moment_of(link.url) in (None, self._moment)

    def _heads(self) -> Iterator[Link]:
        marked = (link for link in (*self._page.heads, *self._links) if "next" in link.relations)
        return (link for link in marked if link.control is None and self._may_lead(link))

    def _first(self, links: Iterable[Link]) -> Step | None:
        """The step of the first of `links` that does not lead to this page or one before it."""
        for link in links:
            if not self._leads_back(link) and (step := self._step(link, self._following())):
                return step
        return None

    def _following(self) -> int:
        """The number of the page after this one, as far as that is known."""
        shown = next((current for _, current, _ in self._pagers), None)
        return (shown or (self._via.page if self._via else None) or 1) + 1

    def _leads_back(self, link: Link) -> bool:
        """Whether a link leads to this page, to the first one or to one before this, by what the pagers say."""
        if link.control is None and canonical_url(link.url) == self._canonical:
            return True
        for slot in slots(link):
            if any(slot.template == pager.template and slot.number <= pager.number(at) for pager, at, _ in self._pagers):
                return True
            if slot.is_named and any(slot.template == here.template and slot.number <= here.number for here in self._here):
                return True
        return link.control is None and any(
            at > 1 and remainder(pager.template) == bare(link.url) for pager, at, _ in self._pagers
        )

    def _step(self, link: Link, number: int) -> Step | None:
        if link.control is not None:
            return postback(self._page, link.element, link.control, self._ours, number)
        return Step(link.url)

    def _turn(self, near: int) -> Step | None:
        """The step that the nearest pager, of those at least so near, says comes next."""
        for pager, current, nearness_ in self._pagers:
            if nearness_ < near:
                continue
            wanted = pager.number(current + 1)
            for link, found in self._slotted:
                if _has(found, pager, wanted):
                    return self._step(link, current + 1)
            if pager.highest > current and not pager.is_posted:
                # A window of numbers that leaves the next one out: its address is known from the others.
                return Step(f"{pager.pattern.before}{wanted}{pager.pattern.after}")
            if nearness_ >= 2:
                return None
        return None

    def _by_controls(self) -> Step | None:
        """A pager of controls that bear numbers only for the eye: each is a target of its own."""
        groups: dict[str, list[tuple[int, Link]]] = defaultdict(list)
        for place, link in enumerate(self._links):
            if link.control is not None and not _DIGITS.search(link.control.argument):
                groups[_family(link)].append((place, link))
        for group in groups.values():
            numbers = {number: link for _, link in reversed(group) if (number := wording.number_of(link.label)) is not None}
            current = self._shown_among(numbers)
            if current is None:
                continue
            if following := numbers.get(current + 1):
                return self._step(following, current + 1)
            last = max((place for place, link in group if wording.number_of(link.label) is not None), default=0)
            for place, link in group:
                if place > last and link.label in wording.ELLIPSES:
                    return self._step(link, current + 1)
        return None

    def _shown_among(self, numbers: Mapping[int, Link]) -> int | None:
        """The page that a pager of controls is at: what it shows as no link, else what is missing among its numbers."""
        if not numbers:
            return None
        if (shown := _shown(list(numbers.values()), frozenset(numbers))) is not None:
            return shown
        if self._via is not None and self._via.page is not None and self._via.page not in numbers:
            return self._via.page
        return 1 if min(numbers) == 2 else None

    def _counted_on(self) -> Step | None:
        """A link to the same list with the number after this page's, whatever it is called."""
        here = {slot.template: slot.number for slot in self._here if slot.is_named}
        for link, found in self._slotted:
            if link.control is None and any(here.get(slot.template, slot.number) + 1 == slot.number for slot in found):
                return Step(link.url)
        return None

    def _by_weak_words(self) -> Step | None:
        words = (link for link in self._links if wording.is_bare_next(link.label) and self._is_near(link))
        more = (link for link in self._links if wording.is_more(link.label) and self._is_more(link))
        return self._first(words) or self._first(more)

    def _by_signs(self) -> Step | None:
        return next(
            (
                step
                for signs in wording.NEXT_SIGNS
                if (step := self._first(link for link in self._links if link.label in signs and self._is_near(link)))
            ),
            None,
        )

    def _is_near(self, link: Link) -> bool:
        """Whether a link stays with this list: same path, or the same once a page number is taken out."""
        if _is_in_calendar(link.element):
            return False
        if link.control is not None or _path(link.url) == _path(self._page.url):
            return True
        here = {remainder(slot.template) for slot in self._here} | {bare(self._page.url)}
        return any(remainder(slot.template) in here for slot in slots_of(link.url))

    def _is_more(self, link: Link) -> bool:
        """Whether "Xem thêm" means more of this list: it counts pages, and no second link of the page is called so."""
        if link.control is not None:
            return sum(1 for each in self._links if each.control is not None and wording.is_more(each.label)) == 1
        return self._is_near(link) and any(slot.is_named for slot in slots_of(link.url))


def _is_short(link: Link) -> bool:
    """Whether a link may be one of a pager: an announcement's title is longer."""
    return 0 < len(link.label) <= _LONGEST_LABEL or "next" in link.relations


def _is_page_next(link: Link) -> bool:
    return link.control is not None and link.control.argument in ("Page$Next", "Next")


def _family(link: Link) -> str:
    """A control's name without its numbers: what the controls of one pager share."""
    assert link.control is not None
    name = link.control.target or next((name for name, _ in link.control.button), "")
    return re.sub(r"\d+", "0", f"{name}\n{link.control.argument}")


def _is_disabled(element: etree._Element) -> bool:
    parent = element.getparent()
    return any(
        each.get("disabled") is not None or each.get("aria-disabled") == "true" or _DISABLED.search(str(each.get("class") or ""))
        for each in (element, *([parent] if parent is not None and parent.tag == "li" else []))
    )


def _is_date_picker(link: Link) -> bool:
    """Whether a control is one of ASP.NET's calendar: its argument is a day's number since 2000, or `V` and a month's first."""
    return link.control is not None and _DAY_SERIAL.match(link.control.argument) is not None and _is_in_calendar(link.element)


def _is_in_calendar(element: etree._Element) -> bool:
    for each in islice(element.iterancestors(), 6):
        if _CALENDAR.search(f"{each.get('class') or ''} {each.get('id') or ''}"):
            return True
        if each.tag == "table":
            days = [cell for cell in islice(each.iter("td"), 60) if _is_day(cell)]
            return len(days) >= 20
    return False


def _is_day(cell: etree._Element) -> bool:
    text = "".join(str(piece) for piece in islice(cell.itertext(), 5)).strip()
    return text.isascii() and text.isdigit() and 1 <= int(text) <= 31 if len(text) < 3 else False


def _path(url: str) -> str:
    return origin_free(url.partition("?")[0])


def _has(found: Iterable[Slot], pager: Pager, number: int | None = None) -> bool:
    """Whether a link's slots are of the pager, and stand at `number` where that is given."""
    return any(slot.template == pager.template and number in (None, slot.number) for slot in found)


def _shown(links: Sequence[Link], labels: frozenset[int]) -> int | None:
    """The number that the pager around `links` shows as that of this page: marked, or the only one that is no link."""
    for link in links:
        if (number := wording.number_of(link.label)) is not None and _is_marked(link):
            return number
    around = links[0].element.getparent() if links else None
    for _ in range(3):
        if around is None or around.tag == "body":
            return None
        bare = [number for number in _bare_numbers(around) if number not in labels]
        near = [number for number in bare if min(labels, default=0) - 1 <= number <= max(labels, default=0) + 1]
        if near:
            return near[0] if len(set(near)) == 1 else None
        around = around.getparent()
    return None


def _is_marked(link: Link) -> bool:
    element, parent = link.element, link.element.getparent()
    around = [element] if parent is None or parent.tag not in ("li", "span", "strong", "b") else [element, parent]
    return any(
        each.tag in ("strong", "b")
        or (each.get("aria-current") or "false") != "false"
        or _CURRENT.search(str(each.get("class") or ""))
        for each in around
    )


def _bare_numbers(around: etree._Element) -> Iterator[int]:
    """Numbers that stand alone in an element and lead nowhere."""
    for each in islice(around.iter(), MOST_NUMBERED):
        leads = each.tag == "a" and each.get("href") and not str(each.get("href")).startswith("#")
        for text in ((None if leads else each.text), each.tail if each is not around else None):
            for piece in (text or "").split() if text and len(text) < 60 else ():
                if (number := wording.number_of(piece.strip("|,·"))) is not None:
                    yield number
