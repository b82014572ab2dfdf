"""The grammar of dates in Vietnamese pages: day before month, real calendar days only, never more precise than the page.

`15/06/2020 08:30`, `Thứ hai, ngày 15 tháng 6 năm 2020`, `8h30' ngày 15/6/2020`, `ngày    tháng 6 năm 2020` (day left blank)
and ISO 8601. A time of 00:00 is what portals print when they hold a date only. Where a date stands on a page is `ingest`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from archive.records import ReadDate

ZONE = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Viet Nam has had no other offset since 1975, so a fixed one says the same as the zone's tables."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date within a longer text; `start` and `end` bound its words there."""

    date: ReadDate
    start: int
    end: int


# Gaps are bounded: adjacent unbounded ones are cubic in a run of blanks, and the text is a portal's.
_S = r"\s{0,9}"
_DOTS = r"[\s.…_]{0,60}"
_WEEKDAY = (
    rf"(?:(?:thứ\s{{1,9}}(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s{{1,9}}nhật|cn|t[2-7]){_S}[,\-–|]?{_S})?(?:ngày{_S}:?{_S})?"
)


def _clock(prefix: str) -> str:
    return (
        rf"(?P<{prefix}hour>[01]?\d|2[0-3])\s?(?::|h|giờ|g)\s?(?P<{prefix}minute>[0-5]\d)?(?::[0-5]\d)?(?!\d)\s?(?:['’′]|phút)?"
        rf"(?:{_S}(?P<{prefix}half>AM|PM|SA|CH|a\.m\.|p\.m\.)(?!\w))?"
        rf"(?:{_S}\(?(?:GMT|UTC)\s?(?P<{prefix}zone>[+-]\d{{1,2}})(?::?00)?\)?)?"
    )


_BEFORE = rf"(?:{_clock('before_')}{_S}[|,\-–]?{_S})?"
_AFTER = rf"(?:{_S}(?:[|,\-–]|vào\s{{1,9}}lúc)?{_S}(?:lúc{_S})?{_clock('after_')})?"
_DIGITS = r"(?P<day>\d{1,2})(?P<sep>[/.\-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4})(?![\d/])(?!-\d)"
_WORDS = rf"(?P<wday>\d{{1,2}}){_S}tháng{_S}(?P<wmonth>\d{{1,2}}){_S},?{_S}năm{_S}(?P<wyear>\d{{4}})(?!\d)"
_FULL = re.compile(rf"(?<![\w/.\-:]){_BEFORE}{_WEEKDAY}(?:{_DIGITS}|{_WORDS}){_AFTER}", re.IGNORECASE)
_MONTH = re.compile(
    rf"(?<!\w)(?:ngày{_DOTS})?tháng{_S}(?P<month>\d{{1,2}}){_S}(?:,?{_S}năm|[/\-]){_S}(?P<year>\d{{4}})(?!\d)"
    rf"|(?<!\w)ngày{_DOTS}/{_S}(?P<bmonth>\d{{1,2}}){_S}/{_S}(?P<byear>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"(?<!\w)ngày{_DOTS}tháng{_DOTS}năm{_S}(?P<year>\d{{4}})(?!\d)", re.IGNORECASE)
_BARE_MONTH = re.compile(r"\s*(?P<month>\d{1,2})[/\-](?P<year>\d{4})\s*")
_BARE_YEAR = re.compile(rf"\s*(?:năm{_S})?(?P<year>\d{{4}})\s*", re.IGNORECASE)
_ISO = re.compile(
    r"\s*(?P<date>\d{4}-\d{2}-\d{2})(?:[T ](?P<clock>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?\s*"
)
_ISO_MONTH = re.compile(r"\s*(?P<year>\d{4})-(?P<month>\d{2})\s*")
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_MAX_TEXT = 200_000


def read_date(text: str) -> ReadDate | None:
    """The date that `text`, the words of a date field, gives: the first one in it, or None where there is none.

    Beside what `find_dates` finds, the whole text may be a bare month (`06/2020`), a bare year or ISO 8601.
    """
    if match := _ISO.fullmatch(text):
        return _iso(match)
    if found := find_dates(text):
        return found[0].date
    if match := _BARE_MONTH.fullmatch(text) or _ISO_MONTH.fullmatch(text):
        return _month(match["year"], match["month"], text.strip())
    if match := _BARE_YEAR.fullmatch(text):
        return _year(match["year"], text.strip())
    return None


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """Every date within `text`, in its order; days that no calendar has (31/02, 06/15) are no dates."""
    text = text[:_MAX_TEXT]
    found: list[FoundDate] = []
    taken: list[tuple[int, int]] = []
    for match in _FULL.finditer(text):
        taken.append(match.span())
        if (value := _full(match)) is not None:
            found.append(_found(value, match))
    for pattern, make in ((_MONTH, _month_of), (_YEAR, _year_of)):
        for match in pattern.finditer(text):
            value = make(match)
            if value is not None and not any(start < match.end() and match.start() < end for start, end in taken):
                found.append(_found(value, match))
    return tuple(sorted(found, key=lambda entry: entry.start))


def _found(value: ReadDate, match: re.Match[str]) -> FoundDate:
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return FoundDate(value, start, start + len(value.raw))


def _full(match: re.Match[str]) -> ReadDate | None:
    year, month, day = (int(match[name] or match["w" + name]) for name in ("year", "month", "day"))
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        value = date(year, month, day)
    except ValueError:
        return None
    raw = match[0].strip()
    side = "after_" if match["after_hour"] is not None else "before_"
    if match[side + "hour"] is None:
        return ReadDate(value.isoformat(), "day", raw)
    hour, minute = int(match[side + "hour"]), int(match[side + "minute"] or 0)
    half = (match[side + "half"] or "").upper().replace(".", "")
    if half in ("PM", "CH") and hour < 12:
        hour += 12
    elif half in ("AM", "SA") and hour == 12:
        hour = 0
    if hour == minute == 0:
        return ReadDate(value.isoformat(), "day", raw)
    zone = ZONE if match[side + "zone"] is None else timezone(timedelta(hours=max(-14, min(14, int(match[side + "zone"])))))
    return _minute(datetime(year, month, day, hour, minute, tzinfo=zone), raw)


def _minute(moment: datetime, raw: str) -> ReadDate:
    return ReadDate(moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M+07:00"), "minute", raw)


def _month_of(match: re.Match[str]) -> ReadDate | None:
    return _month(match["year"] or match["byear"], match["month"] or match["bmonth"], match[0].strip())


def _year_of(match: re.Match[str]) -> ReadDate | None:
    return _year(match["year"], match[0].strip())


def _month(year: str, month: str, raw: str) -> ReadDate | None:
    if not (_FIRST_YEAR <= int(year) <= _LAST_YEAR and 1 <= int(month) <= 12):
        return None
    return ReadDate(f"{int(year):04d}-{int(month):02d}", "month", raw)


def _year(year: str, raw: str) -> ReadDate | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    return ReadDate(f"{int(year):04d}", "year", raw)


def _iso(match: re.Match[str]) -> ReadDate | None:
    raw = match[0].strip()
    try:
        day = date.fromisoformat(match["date"])
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return None
        if match["clock"] is None:
            return ReadDate(day.isoformat(), "day", raw)
        moment = datetime.fromisoformat(f"{match['date']}T{match['clock']}")
        zone = match["zone"]
        offset = ZONE if zone is None else UTC if zone == "Z" else datetime.strptime(zone, "%z").tzinfo
    except ValueError:
        return None
    if match["clock"] == "00:00":
        return ReadDate(day.isoformat(), "day", raw)
    return _minute(moment.replace(tzinfo=offset), raw)
