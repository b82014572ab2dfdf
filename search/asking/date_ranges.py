"""Dates as they are typed into a search: a day, a month, a year, or a range of them, as bounds of schema.date_key."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

_DAY_FIRST = re.compile(r"(?:(?:(?P<day>\d{1,2})[/.-])?(?P<month>\d{1,2})[/.-])?(?P<year>\d{4})\Z")
_ISO = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?\Z")
_RANGE = re.compile(r"\.\.+|…")
LAST = 9999_12_31_23_59


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last moment, both included; `turned` where they were typed the other way round."""

    first: int
    last: int
    turned: bool = False


def bounds(text: str) -> Bounds | None:
    """`2020`, `06/2020`, `15/06/2020`, `2020-06-15`, or two of them with `..` between, either of which may be missing.

    None for what is no date, or one that does not exist.
    """
    ends = _RANGE.split(text.strip())
    if len(ends) == 1:
        return _one(ends[0])
    if len(ends) != 2 or not any(ends):
        return None
    first, last = (_one(end) if end else Bounds(1, LAST) for end in ends)
    if first is None or last is None:
        return None
    if first.first > last.last:
        return Bounds(last.first, first.last, turned=True)
    return Bounds(first.first, last.last)


def before(text: str) -> Bounds | None:
    """All before the day, month or year that is named."""
    named = _one(text.strip())
    return Bounds(1, named.first - 1) if named else None


def after(text: str) -> Bounds | None:
    """All after the day, month or year that is named."""
    named = _one(text.strip())
    return Bounds(named.last + 1, LAST) if named else None


def _one(text: str) -> Bounds | None:
    """Unknown parts of a document's date stand as 0, so a month begins before its first day."""
    if not text.isascii() or not (match := _DAY_FIRST.match(text) or _ISO.match(text)):
        return None
    year, month, day = (int(match[part] or 0) for part in ("year", "month", "day"))
    if not year or (match["month"] and not 1 <= month <= 12) or (match["day"] and not 1 <= day <= monthrange(year, month)[1]):
        return None
    first = (year * 100 + month) * 100 + day
    last = first + (0 if day else 99 if month else 9999)
    return Bounds(first * 10_000, last * 10_000 + 9_999)
