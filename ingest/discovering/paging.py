"""Which page of a list comes next.

A pager is learnt from the page: links that are labelled with numbers and differ in one number of their address (or of their
postback's argument) tell where that number stands and how it counts: from zero, from one, by thirty. A link is then known by
where it leads, whatever it is called. Words and signs are believed only where no pager speaks against them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from archive.identity import canonical_url, without_session_folder
from ingest.discovering import wording
from ingest.discovering.months import moment_of
from ingest.discovering.page import Link, Page
from ingest.discovering.postbacks import postback
from ingest.portal import Portal
from ingest.step import Step

_NAMED = re.compile(
    r"(?:page|trang|p|pg|paged|pagenum|pageno|page_no|currentpage|curpage|pageindex|page_index|pagenumber|page_number|iddetailpage"
    r"|start|limitstart|offset|\w*[_-]cur|\w*page\w{0,6})\Z",
    re.IGNORECASE,
)
"""Names of parameters that number pages. `…_cur` is Liferay's, `start` Joomla's and Domino's."""
_NEVER = re.compile(
    r"(?:ngay|ngày|day|date|d|thang|tháng|month|m|nam|năm|year|y|quy|tuan|week|\w*id|limit|count|pagesize|size|sort|order|lang|delta)\Z",
    re.IGNORECASE,
)
_NAMED_IN_PATH = re.compile(r"(?:\A|[/_.-])(?:page|trang|p|pg|tr)[-_/.]?\Z", re.IGNORECASE)
_IN_PATH_REST = re.compile(r"[/_.-]*(?:page|trang|p|pg|tr)?[-_/.]?\0", re.IGNORECASE)
_AFTER_A_MONTH = re.compile(r"/(?:19|20)\d\d[/-]\d{1,2}[/-]\Z|/(?:19|20)\d\d[/-]\Z")
_DIGITS = re.compile(r"(?<![\d%])\d{1,7}(?!\d)", re.ASCII)
_EXTENSION = re.compile(r"\.(?:html?|aspx?|php|jsp|cpx|vnp)\Z", re.IGNORECASE)
_CALENDAR = re.compile(r"calend|datepicker|(?:\A|[\s_-])(?:lich|cal)(?:\Z|[\s_-])", re.IGNORECASE)
_CURRENT = re.compile(r"(?:\A|[\s_-])(?:active|current|selected|curr|hientai|cpb|on)(?:\Z|[\s_-])", re.IGNORECASE)
_DISABLED = re.compile(r"disabled", re.IGNORECASE)
_DAY_SERIAL = re.compile(r"V?-?\d{1,6}\Z", re.ASCII)
_TOKEN = re.compile(r"\d{1,6}\Z", re.ASCII)
_LONGEST_LABEL = 60
MOST_NUMBERED = 400
"""Links with a number for a label that are looked at."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """An address (or postback) whose page number is taken out: what all links of one pager share."""

    template: str
    """Host, path and query in a settled order, `\\0` where the number stands."""
    name: str
    """The parameter's name, or what stands before the number in the path."""
    number: int
    before: str
    after: str
    """The address as it stands on the page, around the number."""

    @property
    def is_named(self) -> bool:
        return (_NAMED if self.before.endswith("=") else _NAMED_IN_PATH).search(self.name) is not None


@dataclass(frozen=True, slots=True)
class _Pager:
    """A learnt pager: page n has the number `step * n + offset` in its slot."""

    template: str
    step: int
    offset: int
    highest: int
    """The highest page that a link is labelled with."""
    pattern: _Slot
    labels: frozenset[int]

    @property
    def is_posted(self) -> bool:
        return self.template.startswith("\n")

    def page(self, number: int) -> int | None:
        page, rest = divmod(number - self.offset, self.step)
        return page if rest == 0 and page > 0 else None

    def number(self, page: int) -> int:
        return self.step * page + self.offset


def next_page(page: Page, portal: Portal, via: Step | None, candidates: Sequence[Link] | None = None) -> Step | None:
    """The step to the next page of the list; None on the last one, or where no link can be trusted to lead there.

    `candidates`: the links that a selector names; the first that leads on is taken at its word.
    """
    return _Reader(page, portal, via).next_page(candidates)


class _Reader:
    """One page, looked at for its next one."""

    def __init__(self, page: Page, portal: Portal, via: Step | None) -> None:
        self._page, self._portal, self._via = page, portal, via
        self._moment = moment_of(page.url)
        self._canonical = canonical_url(page.url)
        self._links = [link for link in page.links if _is_short(link) and self._may_lead(link)]
        self._pagers = [
            (pager, current)
            for pager in _pagers(page, self._links)
            if (current := _current(page, pager, self._links, via)) is not None
        ]

    def next_page(self, candidates: Sequence[Link] | None) -> Step | None:
        if candidates is not None:
            return self._first([link for link in candidates if self._may_lead(link)])
        ways = (
            lambda: self._turn([each for each in self._pagers if _nearness(each[0], self._page.url) == 3]),
            lambda: self._first(link for link in self._heads() if link.control is None),
            lambda: self._first(link for link in self._links if wording.is_next(link.label) or _is_page_next(link)),
            lambda: self._turn(self._pagers),
            self._by_controls,
            self._counted_on,
            self._by_weak_words,
            self._by_signs,
        )
        sure = False
        for number, way in enumerate(ways):
            if step := way():
                return step
            # Where a pager of this very list shows no later page, this is the last one, whatever else the page points at.
            sure = any(_nearness(pager, self._page.url) >= 2 for pager, _ in self._pagers)
            if sure and number >= 3:
                return None
        return None

    def _may_lead(self, link: Link) -> bool:
        """Whether a link may lead to another page of this list at all."""
        if link.control is not None:
            return not _is_disabled(link.element) and not (_is_date_picker(link) and not link.control.button)
        if not self._portal.owns(link.url) or _is_disabled(link.element):
            return False
        # Another month is another list, and a calendar has always one more.
        return moment_of(link.url) in (None, self._moment)

    def _heads(self) -> Iterator[Link]:
        return (link for link in (*self._page.heads, *self._links) if "next" in link.relations and self._may_lead(link))

    def _first(self, links: Iterable[Link]) -> Step | None:
        """The step of the first of `links` that does not lead to this page or one before it."""
        for link in links:
            if not self._leads_back(link) and (step := self._step(link, self._following())):
                return step
        return None

    def _following(self) -> int:
        """The number of the page after this one, as far as that is known."""
        shown = next((current for _, current in self._pagers), None)
        return (shown or (self._via.page if self._via else None) or 1) + 1

    def _leads_back(self, link: Link) -> bool:
        """Whether a link leads to this page, to the first one or to one before this, by what the pagers say."""
        if link.control is None and canonical_url(link.url) == self._canonical:
            return True
        here = [(slot.template, slot.number) for slot in slots_of(self._page.url)]
        for slot in _slots(link):
            if any(slot.template == pager.template and slot.number <= pager.number(current) for pager, current in self._pagers):
                return True
            if slot.is_named and any(slot.template == template and slot.number <= number for template, number in here):
                return True
        return link.control is None and any(
            current > 1 and _remainder(pager.template) == _bare(link.url) for pager, current in self._pagers
        )

    def _step(self, link: Link, number: int) -> Step | None:
        if link.control is not None:
            return postback(self._page, link.element, link.control, self._portal, number)
        return Step(link.url)

    def _turn(self, pagers: Iterable[tuple[_Pager, int]]) -> Step | None:
        for pager, current in pagers:
            wanted = pager.number(current + 1)
            for link in self._links:
                if any(slot.template == pager.template and slot.number == wanted for slot in _slots(link)):
                    return self._step(link, current + 1)
            if pager.highest > current and not pager.is_posted:
                # A window of numbers that leaves the next one out: its address is known from the others.
                return Step(f"{pager.pattern.before}{wanted}{pager.pattern.after}")
            if _nearness(pager, self._page.url) >= 2:
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
        here = {slot.template: slot.number for slot in slots_of(self._page.url) if slot.is_named}
        for link in self._links:
            if link.control is None and any(here.get(slot.template, slot.number) + 1 == slot.number for slot in _slots(link)):
                return Step(link.url)
        return None

    def _by_weak_words(self) -> Step | None:
        bare = (link for link in self._links if wording.is_bare_next(link.label) and self._is_near(link))
        return self._first(bare) or self._first(
            link for link in self._links if wording.is_more(link.label) and self._is_more(link)
        )

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
        here = {_remainder(slot.template) for slot in slots_of(self._page.url)} | {_bare(self._page.url)}
        return any(_remainder(slot.template) in here for slot in slots_of(link.url))

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
    for each, _ in zip(element.iterancestors(), range(6), strict=False):
        if _CALENDAR.search(f"{each.get('class') or ''} {each.get('id') or ''}"):
            return True
        if each.tag == "table":
            days = [cell for cell, _ in zip(each.iter("td"), range(60), strict=False) if _is_day(cell)]
            return len(days) >= 20
    return False


def _is_day(cell: etree._Element) -> bool:
    text = "".join(str(piece) for piece, _ in zip(cell.itertext(), range(5), strict=False)).strip()
    return text.isascii() and text.isdigit() and 1 <= int(text) <= 31 if len(text) < 3 else False


def _path(url: str) -> str:
    return _origin_free(url.partition("?")[0])


# Learning a pager


def _slots(link: Link) -> Iterator[_Slot]:
    """Every place of a link's address or argument where a page number may stand."""
    if link.control is not None:
        for match in _DIGITS.finditer(link.control.argument):
            before, after = link.control.argument[: match.start()], link.control.argument[match.end() :]
            yield _Slot(f"\n{link.control.target}\n{before}\0{after}", before, int(match[0]), before, after)
        return
    yield from slots_of(link.url)


def slots_of(url: str) -> Iterator[_Slot]:
    """Every number of an address that may count pages: parameters of the query first, then what stands in the path."""
    head, mark, query = url.partition("?")
    pairs = query.split("&") if mark else []
    at = len(head) + 1
    for index, pair in enumerate(pairs):
        name, _, value = pair.partition("=")
        if _TOKEN.match(value) and not _NEVER.match(name):
            start = at + len(name) + 1
            template = f"{_origin_free(head)}?{_settled([*pairs[:index], *pairs[index + 1 :], f'{name}=' + chr(0)])}"
            yield _Slot(template, name, int(value), url[:start], url[start + len(value) :])
        at += len(pair) + 1
    path_at = head.find("/", 8)
    for match in _DIGITS.finditer(head, path_at) if path_at != -1 else ():
        before = head[path_at : match.start()]
        if _AFTER_A_MONTH.search(before):
            continue
        template = _origin_free(head[: match.start()] + "\0" + head[match.end() :]) + (f"?{_settled(pairs)}" if pairs else "")
        yield _Slot(template, before[before.rfind("/") :], int(match[0]), url[: match.start()], url[match.end() :])


def _origin_free(head: str) -> str:
    """An address without its scheme, `www.` and session: pagers mix them."""
    return without_session_folder(head).partition("://")[2].removeprefix("www.").rstrip("/")


def _settled(pairs: Iterable[str]) -> str:
    return "&".join(sorted(pair for pair in pairs if pair))


def _pagers(page: Page, links: Sequence[Link]) -> list[_Pager]:
    """The pagers of the page that are sure, the one that speaks of this very list first."""
    groups: dict[str, list[tuple[int, _Slot]]] = defaultdict(list)
    numbered = ((number, link) for link in links if (number := wording.number_of(link.label)) is not None)
    for number, link in (pair for pair, _ in zip(numbered, range(MOST_NUMBERED), strict=False)):
        for slot in _slots(link):
            groups[slot.template].append((number, slot))
    pagers = [pager for template, found in groups.items() if (pager := _learnt(template, found, page.url))]
    return sorted(pagers, key=lambda pager: (-_nearness(pager, page.url), -len(pager.labels)))


def _learnt(template: str, found: Sequence[tuple[int, _Slot]], url: str) -> _Pager | None:
    """The pager that explains all pairs of label and number. Page 1 has number 0 or 1: a calendar's days do not count so."""
    pairs = sorted({(label, slot.number) for label, slot in found})
    low, high = pairs[0], pairs[-1]
    if len({label for label, _ in pairs}) != len(pairs):
        return None
    highest = max(found, key=lambda pair: pair[0])[1]
    labels = frozenset(label for label, _ in pairs)
    if low == high:
        return _of_one_link(template, low, highest, url, labels)
    step, rest = divmod(high[1] - low[1], high[0] - low[0])
    offset = low[1] - step * low[0]
    if rest or step < 1 or offset not in (-step, 1 - step) or any(number != step * label + offset for label, number in pairs):
        return None
    return _Pager(template, step, offset, high[0], highest, labels)


def _of_one_link(template: str, pair: tuple[int, int], slot: _Slot, url: str, labels: frozenset[int]) -> _Pager | None:
    """One numbered link is a pager where its number is called one, or where it leads to this list with a number added."""
    label, number = pair
    counts = slot.is_named or slot.before == "Page$" or any(here.template == template for here in slots_of(url))
    if not counts and _remainder(template) != _bare(url):
        return None
    if number in (label, label - 1):
        return _Pager(template, 1, number - label, label, slot, labels)
    step, rest = divmod(number, label - 1) if label > 1 else (0, 1)
    if rest == 0 and step > 1:
        return _Pager(template, step, -step, label, slot, labels)
    step, rest = divmod(number - 1, label - 1) if label > 1 else (0, 1)
    return _Pager(template, step, 1 - step, label, slot, labels) if rest == 0 and step > 1 else None


def _nearness(pager: _Pager, url: str) -> int:
    """3: this page has its number in the same slot; 2: the slot, taken out, leaves this address; 1: the same path."""
    if any(slot.template == pager.template for slot in slots_of(url)):
        return 3
    if pager.is_posted:
        return 2
    rest, here = _remainder(pager.template), _bare(url)
    if rest == here:
        return 2
    rest_path, _, rest_query = rest.partition("?")
    path, _, query = here.partition("?")
    return 1 if rest_path == path and set(filter(None, query.split("&"))) <= set(rest_query.split("&")) else 0


def _remainder(template: str) -> str:
    """A template without its number and what names it: the address of the list's first page, if that has none."""
    head, mark, query = template.partition("?")
    pairs = _settled(pair for pair in query.split("&") if "\0" not in pair)
    head = _EXTENSION.sub("", _IN_PATH_REST.sub("", head)).rstrip("/")
    return head + (f"?{pairs}" if mark and pairs else "")


def _bare(url: str) -> str:
    head, mark, query = url.partition("?")
    pairs = _settled(query.split("&"))
    return _EXTENSION.sub("", _origin_free(head)).rstrip("/") + (f"?{pairs}" if mark and pairs else "")


# Using it


def _current(page: Page, pager: _Pager, links: Sequence[Link], via: Step | None) -> int | None:
    """Which page this is, by its own address, by a link of the pager to itself, by what the pager marks, else the first."""
    here = next((slot for slot in slots_of(page.url) if slot.template == pager.template), None)
    if here is not None:
        return pager.page(here.number)
    nearness = _nearness(pager, page.url)
    if nearness == 2 and not pager.is_posted:
        return 1
    shown = _shown([link for link in links if any(slot.template == pager.template for slot in _slots(link))], pager.labels)
    if shown is not None:
        return shown
    if pager.is_posted:
        return via.page if via is not None and via.page is not None else 1
    return 1 if nearness or pager.pattern.is_named else None


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
    for index, each in enumerate(around.iter()):
        if index > MOST_NUMBERED:
            return
        leads = each.tag == "a" and each.get("href") and not str(each.get("href")).startswith("#")
        for text in ((None if leads else each.text), each.tail if each is not around else None):
            for piece in (text or "").split() if text and len(text) < 60 else ():
                if (number := wording.number_of(piece.strip("|,·"))) is not None:
                    yield number
