"""Where an address or a postback has its page number, and how a pager of numbered links counts.

Links that are labelled with numbers and differ in one number of their address (or of their postback's argument) are a pager.
Page 1 has the number 0 or 1 there; the pages after it count on by one, or by as many entries as a page shows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.identity import without_session_folder
from ingest.discovering import wording
from ingest.discovering.page import Link

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
PAGE_WORDS = r"(?:cur(?:rent)?_?)?page(?:_?(?:num|no|index|number))?|trang"
"""What stands before a page's number in a path; DotNetNuke writes its parameters so, `/currentpage/2/`."""
_NAMED_IN_PATH = re.compile(rf"(?:\A|[/_.-])(?:{PAGE_WORDS}|p|pg|tr)[-_/.]?\Z", re.IGNORECASE)
_IN_PATH_REST = re.compile(rf"[/_.-]*(?:{PAGE_WORDS}|p|pg|tr)?[-_/.]?\0", re.IGNORECASE)
_AFTER_A_MONTH = re.compile(r"/(?:19|20)\d\d[/-]\d{1,2}[/-]\Z|/(?:19|20)\d\d[/-]\Z")
_DIGITS = re.compile(r"(?<![\d%])\d{1,7}(?!\d)", re.ASCII)
_EXTENSION = re.compile(r"\.(?:html?|aspx?|php|jsp|cpx|vnp)\Z", re.IGNORECASE)
_TOKEN = re.compile(r"\d{1,6}\Z", re.ASCII)
MOST_NUMBERED = 400
"""Links with a number for a label that are looked at."""


@dataclass(frozen=True, slots=True)
class Slot:
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
class Pager:
    """A learnt pager: page n has the number `step * n + offset` in its slot."""

    template: str
    step: int
    offset: int
    highest: int
    """The highest page that a link is labelled with."""
    pattern: Slot
    labels: frozenset[int]

    @property
    def is_posted(self) -> bool:
        return self.template.startswith("\n")

    def page(self, number: int) -> int | None:
        page, rest = divmod(number - self.offset, self.step)
        return page if rest == 0 and page > 0 else None

    def number(self, page: int) -> int:
        return self.step * page + self.offset


def slots(link: Link) -> Iterator[Slot]:
    """Every place of a link's address or argument where a page number may stand."""
    if link.control is not None:
        for match in _DIGITS.finditer(link.control.argument):
            before, after = link.control.argument[: match.start()], link.control.argument[match.end() :]
            yield Slot(f"\n{link.control.target}\n{before}\0{after}", before, int(match[0]), before, after)
        return
    yield from slots_of(link.url)


def slots_of(url: str) -> Iterator[Slot]:
    """Every number of an address that may count pages: parameters of the query first, then what stands in the path."""
    head, mark, query = url.partition("?")
    pairs = query.split("&") if mark else []
    at = len(head) + 1
    for index, pair in enumerate(pairs):
        name, _, value = pair.partition("=")
        if _TOKEN.match(value) and not _NEVER.match(name):
            start = at + len(name) + 1
            template = f"{origin_free(head)}?{_settled([*pairs[:index], *pairs[index + 1 :], f'{name}=' + chr(0)])}"
            yield Slot(template, name, int(value), url[:start], url[start + len(value) :])
        at += len(pair) + 1
    path_at = head.find("/", 8)
    for match in _DIGITS.finditer(head, path_at) if path_at != -1 else ():
        before = head[path_at : match.start()]
        if _AFTER_A_MONTH.search(before):
            continue
        template = origin_free(head[: match.start()] + "\0" + head[match.end() :]) + (f"?{_settled(pairs)}" if pairs else "")
        yield Slot(template, before[before.rfind("/") :], int(match[0]), url[: match.start()], url[match.end() :])


def origin_free(head: str) -> str:
    """An address without its scheme, `www.` and session: pagers mix them."""
    return without_session_folder(head).partition("://")[2].removeprefix("www.").rstrip("/")


def _settled(pairs: Iterable[str]) -> str:
    return "&".join(sorted(pair for pair in pairs if pair))


def pagers(slotted: Iterable[tuple[Link, Sequence[Slot]]], url: str) -> list[Pager]:
    """The pagers that the links and their slots make, the one that speaks of the list at `url` first."""
    groups: dict[str, list[tuple[int, Slot]]] = defaultdict(list)
    labelled = ((number, found) for link, found in slotted if found and (number := wording.number_of(link.label)) is not None)
    for number, found in islice(labelled, MOST_NUMBERED):
        for slot in found:
            groups[slot.template].append((number, slot))
    learnt = [pager for template, pairs in groups.items() if (pager := _learnt(template, pairs, url))]
    return sorted(learnt, key=lambda pager: (-nearness(pager, url), -len(pager.labels)))


def _learnt(template: str, found: Sequence[tuple[int, Slot]], url: str) -> Pager | None:
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
    return Pager(template, step, offset, high[0], highest, labels)


def _of_one_link(template: str, pair: tuple[int, int], slot: Slot, url: str, labels: frozenset[int]) -> Pager | None:
    """One numbered link is a pager where its number is called one, or where it leads to this list with a number added."""
    label, number = pair
    counts = slot.is_named or slot.before == "Page$" or any(here.template == template for here in slots_of(url))
    if not counts and remainder(template) != bare(url):
        return None
    if number in (label, label - 1):
        return Pager(template, 1, number - label, label, slot, labels)
    step, rest = divmod(number, label - 1) if label > 1 else (0, 1)
    if rest == 0 and step > 1:
        return Pager(template, step, -step, label, slot, labels)
    step, rest = divmod(number - 1, label - 1) if label > 1 else (0, 1)
    return Pager(template, step, 1 - step, label, slot, labels) if rest == 0 and step > 1 else None


def nearness(pager: Pager, url: str) -> int:
    """3: this page has its number in the same slot; 2: the slot, taken out, leaves this address; 1: the same path."""
    if any(slot.template == pager.template for slot in slots_of(url)):
        return 3
    if pager.is_posted:
        return 2
    rest, here = remainder(pager.template), bare(url)
    if rest == here:
        return 2
    rest_path, _, rest_query = rest.partition("?")
    path, _, query = here.partition("?")
    return 1 if rest_path == path and set(filter(None, query.split("&"))) <= set(rest_query.split("&")) else 0


def remainder(template: str) -> str:
    """A template without its number and what names it: the address of the list's first page, if that has none."""
    head, mark, query = template.partition("?")
    pairs = _settled(pair for pair in query.split("&") if "\0" not in pair)
    head = _EXTENSION.sub("", _IN_PATH_REST.sub("", head)).rstrip("/")
    return head + (f"?{pairs}" if mark and pairs else "")


def bare(url: str) -> str:
    head, mark, query = url.partition("?")
    pairs = _settled(query.split("&"))
    return _EXTENSION.sub("", origin_free(head)).rstrip("/") + (f"?{pairs}" if mark and pairs else "")
