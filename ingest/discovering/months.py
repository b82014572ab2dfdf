"""Lists by date: which month an address speaks of, and which of a page's links lead to lists of past months.

A calendar that always has a next month has no end: nothing after the present month is a list, and nothing before
the first portals of the country (December 1997).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import etree

from ingest.discovering.page import Link, Page, absolute
from ingest.portal import Portal

FIRST_YEAR = 1997
MOST_ARCHIVES = 600
_MONTH_NAMES = re.compile(r"(?:thang|tháng|month|mm|m|\w+[_-](?:thang|month)|(?:thang|month)[_-]\w+)\Z", re.IGNORECASE)
_YEAR_NAMES = re.compile(r"(?:nam|năm|year|yyyy|yy|y|\w+[_-](?:nam|year)|(?:nam|year)[_-]\w+)\Z", re.IGNORECASE)
_DAY_NAMES = re.compile(r"(?:ngay|ngày|day|dd|d)\Z", re.IGNORECASE)
_DATE_NAMES = re.compile(
    r"(?:ngay|ngày|date|day|d|thang|tháng|month|archive|luu_?tru|thoigian|time|(?:tu|from|start|bat_?dau)[_-]?(?:ngay|date|day)?"
    r"|(?:den|to|end|ket_?thuc)[_-]?(?:ngay|date|day)|ngay_?(?:bat_?dau|ket_?thuc)|\w*date\w*)\Z",
    re.IGNORECASE,
)
_SAYS_DATE = re.compile(r"ngay|ngày|date|day|thang|tháng|month|archive|luu", re.IGNORECASE)
_VALUE = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?:(?P<s>[-/._]?)(?P<m>0?[1-9]|1[0-2])(?:(?P=s)(?P<d>0?[1-9]|[12]\d|3[01]))?)?\Z"
    r"|(?:(?P<d2>0?[1-9]|[12]\d|3[01])(?P<s2>[-/._]))?(?P<m2>0?[1-9]|1[0-2])[-/._](?P<y2>(?:19|20)\d\d)\Z"
)
_CENTURY = re.compile(r"(?:19|20)\d\d", re.ASCII)
_END = r"(?=/?\Z|\.\w{2,5}\Z|/page[-/]\d+/?\Z)"
_IN_PATH = re.compile(
    rf"/(?P<y>(?:19|20)\d\d)(?:[-/](?P<m>0?[1-9]|1[0-2])(?:[-/](?P<d>0?[1-9]|[12]\d|3[01]))?|(?P<m0>0[1-9]|1[0-2]))?{_END}"
    rf"|[/-](?:thang|month)[-/](?P<m2>0?[1-9]|1[0-2])[-/](?:nam[-/])?(?P<y2>(?:19|20)\d\d){_END}"
    rf"|[/-](?:nam|year)[-/](?P<y3>(?:19|20)\d\d)(?:[-/](?:thang|month)[-/](?P<m3>0?[1-9]|1[0-2]))?{_END}",
    re.IGNORECASE,
)
_MONTH_WORDS = (
    r"\d{1,2}|một|giêng|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười(?: một| hai)?|chạp"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
)
_LABEL = re.compile(
    rf"(?:(?:lưu trữ|archive)s?:?\s*)?(?:(?:tháng|thang|month)\s*)?(?:{_MONTH_WORDS})?"
    r"[\s/,.-]*(?:(?:năm|year)\s*)?(?:19|20)?\d{0,2}(?:\s*\(\d+\))?"
    r"|(?:19|20)\d\d\s?[/.-]\s?\d{1,2}(?:\s*\(\d+\))?"
    r"|.{0,3}(?:tháng|month|năm|year) (?:trước|sau|tới|next|previous|prev).{0,3}"
    r"|(?:previous|next|prev) (?:month|year)|[‹›«»<>←→]{1,2}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A year, a month or a day that an address speaks of."""

    year: int
    month: int | None = None
    day: int | None = None

    def is_past(self, today: date) -> bool:
        """Whether it has begun on `today`."""
        return (self.year, self.month or 0, self.day or 0) <= (today.year, today.month, today.day if self.day else 0)


@dataclass(frozen=True, slots=True)
class Archives:
    """The lists by date that a page leads to."""

    past: tuple[str, ...] = ()
    """Of a month or a year, the newest first."""
    future: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    """Of a single day, or of a time before there were portals."""


def moment_of(url: str) -> Moment | None:
    """The time that an address speaks of: `/2020/06/`, `?thang=6&nam=2020`, `?tungay=01/06/2020`; None where it names none.

    Of a range the beginning counts. A date with a slug behind it is part of an announcement's address, and none.
    """
    if not _CENTURY.search(url):
        return None
    parts = urlsplit(url)
    if parts.query and (found := _in_query(parts.query)):
        return found
    if "/19" not in parts.path and "/20" not in parts.path and not re.search(r"(?:thang|month|nam|year)[-/]", parts.path, re.I):
        return None
    match = _IN_PATH.search(parts.path)
    if match is None:
        return None
    year, month = match["y"] or match["y2"] or match["y3"], match["m"] or match["m0"] or match["m2"] or match["m3"]
    return _moment(year, month, match["d"])


def _in_query(query: str) -> Moment | None:
    year = month = day = None
    for name, value in parse_qsl(query, max_num_fields=None)[:50]:
        # `start=2000` and `from=200006` count entries.
        told = _DATE_NAMES.match(name) and (_SAYS_DATE.search(name) or not value.isdigit())
        if told and (match := _VALUE.match(value.strip())) and (match["m"] or match["m2"]):
            return _moment(match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"])
        if not value.isascii() or not value.isdigit() or len(value) > 4:
            continue
        if _YEAR_NAMES.match(name) and re.match(r"(?:19|20)\d\d\Z", value):
            year = value
        elif _MONTH_NAMES.match(name) and 1 <= int(value) <= 12:
            month = value
        elif _DAY_NAMES.match(name) and 1 <= int(value) <= 31:
            day = value
    return _moment(year, month, day if month else None) if year else None


def _moment(year: str, month: str | None, day: str | None) -> Moment:
    return Moment(int(year), int(month) if month else None, int(day) if day else None)


def archives(page: Page, portal: Portal, links: list[Link], today: date) -> Archives:
    """The lists by date among `links` (on the portal's hosts) and those that a form with menus of years and months asks for."""
    here = moment_of(page.url)
    past: dict[str, Moment] = {}
    future: dict[str, None] = {}
    other: dict[str, None] = {}
    for url in (*_linked(links), *_asked_by_forms(page, portal)):
        moment = moment_of(url)
        if moment is None or moment == here:
            continue
        if not moment.is_past(today):
            future[url] = None
        elif moment.day is not None or moment.year < FIRST_YEAR:
            other[url] = None
        else:
            past[url] = moment
    newest = sorted(past, key=lambda url: (-past[url].year, -(past[url].month or 0)))
    return Archives(tuple(newest[:MOST_ARCHIVES]), tuple(future), tuple(other))


def _linked(links: list[Link]) -> Iterator[str]:
    return (
        link.url for link in links if len(link.label) < 40 and _LABEL.fullmatch(link.label) and moment_of(link.url) is not None
    )


def _asked_by_forms(page: Page, portal: Portal) -> Iterator[str]:
    """What a form with GET and a menu of years asks for, for each year and, where it has such a menu, each month of it."""
    for form in [] if page.root is None else list(page.root.iter("form"))[:50]:
        url = absolute(page.base, form.get("action") or page.url)
        menus = {str(menu.get("name") or ""): _numbers(menu) for menu in form.iter("select")}
        years = next((name for name in menus if _YEAR_NAMES.match(name)), None)
        if (form.get("method") or "get").lower() != "get" or years is None or url is None or not portal.owns(url):
            continue
        months = next((name for name in menus if _MONTH_NAMES.match(name)), None)
        kept = [(str(field.get("name")), str(field.get("value") or "")) for field in form.iter("input") if _is_hidden(field)][:20]
        for year in [number for number in menus[years] if FIRST_YEAR <= number <= 2100][:60]:
            for month in menus[months] if months else (0,):
                if months is None or 1 <= month <= 12:
                    asked = [*kept, (years, str(year)), *([(months, str(month))] if months else [])]
                    yield f"{url.partition('?')[0]}?{urlencode(asked)}"


def _is_hidden(field: etree._Element) -> bool:
    return (field.get("type") or "").lower() == "hidden" and bool(field.get("name"))


def _numbers(menu: etree._Element) -> list[int]:
    values = (str(option.get("value") or "") for option in menu.iter("option"))
    return [int(value) for value in values if re.fullmatch(r"\d{1,4}", value, re.ASCII)][:100]
