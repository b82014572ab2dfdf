"""The grammar of dates in Vietnamese pages: day before month, real calendar days only, never more precise than the page.

`15/06/2020 08:30`, `Thứ hai, ngày 15 tháng 6 năm 2020`, `8h30' ngày 15/6/2020`, `ngày    tháng 6 năm 2020` (day left blank)
and ISO 8601. A time of 00:00 is what portals print when they hold a date only. Where a date stands on a page is `ingest`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from archive.characters import alike, plain
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
_GAP = r"(?:\s|[.…_](?![.…_]{40})){0,20}"
_WEEKDAY = (
    rf"(?:(?:thứ\s{{1,9}}(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s{{1,9}}nhật|cn|t[2-7]){_S}[,\-–|.]?{_S})?(?:ngày{_S}:?{_S})?"
)


def _clock(prefix: str) -> str:
    return (
        rf"(?P<{prefix}hour>[01]?\d|2[0-3])\s?(?::|h|giờ|g)\s?(?P<{prefix}minute>[0-5]\d)?(?::[0-5]\d)?(?!\d)\s?(?:['’′]|phút)?"
        rf"(?:{_S}(?P<{prefix}half>AM|PM|SA|CH|a\.m\.|p\.m\.|sáng|chiều|tối)(?!\w))?"
        rf"(?:{_S}\(?(?:GMT|UTC)\s?(?P<{prefix}zone>[+-]\s?\d{{1,2}})(?::?00)?\)?)?"
    )


_MONTHS = {
    name: number
    for number, names in enumerate(
        ("một", "hai", "ba", "tư|bốn", "năm", "sáu", "bảy|bẩy", "tám", "chín", "mười", "mười một", "mười hai"), 1
    )
    for name in names.split("|")
}
"""Months spelled out. `tháng giêng` and `tháng chạp` are months of the lunar year and thus none of these."""
_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_IN_ENGLISH_WORDS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    "|dec(?:ember)?"
)
_BY_NAME = r"mười\s{1,3}(?:một|hai)|mười|một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín"
_BEFORE = rf"(?:{_clock('before_')}{_S}[|,\-–]?{_S})?"
_AFTER = rf"(?:{_S}(?:[|,\-–]|vào\s{{1,9}}lúc)?{_S}(?:lúc{_S})?{_clock('after_')})?"
_DIGITS = (
    r"(?P<day>\d{1,2})(?P<sep>\s?/\s?|[.\-]|\s[\-–]\s)(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4})"
    r"(?!\d|\s?/|\.\d)(?!-\d)"
)
_WORDS = (
    rf"(?:mồng|mùng)?{_GAP}(?P<wday>\d{{1,2}}){_GAP}[/,]?{_S}tháng{_GAP}(?P<wmonth>\d{{1,2}}|{_BY_NAME}){_GAP}[,/]?{_S}"
    rf"(?:năm{_GAP})?(?P<wyear>\d{{4}})(?!\d)"
)
_FIRST_MONTH = rf"tháng{_S}(?P<amonth>{_BY_NAME}){_S}(?P<aday>\d{{1,2}}),{_S}(?P<ayear>\d{{4}})(?!\d)"
_YEAR_FIRST = r"(?P<iyear>\d{4})-(?P<imonth>\d{2})-(?P<iday>\d{2})(?![\w\-/.])"
_FULL = re.compile(
    rf"(?<![\w/.\-:]){_BEFORE}{_WEEKDAY}(?:{_DIGITS}|{_WORDS}|{_FIRST_MONTH}|{_YEAR_FIRST}){_AFTER}", re.IGNORECASE
)
_IN_ENGLISH = re.compile(
    rf"(?<![\w/.\-:])(?:(?P<eday>\d{{1,2}})(?:st|nd|rd|th)?(?:\s{{1,3}}|-)(?P<emonth>{_IN_ENGLISH_WORDS})[,.]?(?:\s{{1,3}}|-)"
    rf"|(?P<fmonth>{_IN_ENGLISH_WORDS})\.?\s{{1,3}}(?P<fday>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}})(?P<eyear>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_LUNAR = re.compile(r"\s{0,3}\(?\s?(?:âm lịch|ÂL)\b", re.IGNORECASE)
# 15-20/6/2020, 15/6 - 20/6/2020, từ ngày 15 đến ngày 20 tháng 6 năm 2020: what the first day leaves out stands in the last
_RANGE = re.compile(
    r"(?<![\w/.\-:])(?P<said>ngày\s{0,9})?(?P<day>\d{1,2})"
    rf"(?P<own>\s?[/.]\s?(?P<month>\d{{1,2}})|{_S}tháng{_S}(?P<wmonth>\d{{1,2}}))?"
    rf"(?:(?P<tight>[-–])|\s?[-–]\s?|(?P<until>\s{{1,3}}(?:đến|tới)(?:\s{{1,3}}hết)?\s{{1,3}}))(?:ngày{_S})?"
    rf"(?=(?P<last>\d{{1,2}}(?:\s?[/.]\s?\d{{1,2}}\s?[/.]\s?\d{{4}}|{_S}tháng{_S}\d{{1,2}}{_S},?{_S}năm{_S}\d{{4}})(?!\d|\s?/)))",
    re.IGNORECASE,
)
_MONTH = re.compile(
    rf"(?<!\w)(?:ngày{_DOTS})?tháng{_S}(?P<month>\d{{1,2}}|{_BY_NAME}){_S}(?:,?{_S}năm|[/\-.,]){_S}(?P<year>\d{{4}})(?!\d)"
    rf"|(?<!\w)ngày{_DOTS}/{_S}(?P<bmonth>\d{{1,2}}){_S}/{_S}(?P<byear>\d{{4}})(?!\d)"
    rf"|(?<!\w)ngày{_GAP}tháng{_GAP}(?P<cmonth>\d{{1,2}}){_GAP}năm{_GAP}(?P<cyear>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"(?<!\w)ngày{_DOTS}tháng{_DOTS}năm{_S}(?P<year>\d{{4}})(?!\d)", re.IGNORECASE)
_BARE_MONTH = re.compile(r"\s*(?:T|tháng\s)?(?P<month>\d{1,2})\s?[/\-.]\s?(?P<year>\d{4})\s*", re.IGNORECASE)
_BARE_YEAR = re.compile(rf"\s*(?:năm{_S})?(?P<year>\d{{4}})\s*", re.IGNORECASE)
_ISO = re.compile(
    r"\s*(?P<date>\d{4}-\d{2}-\d{2})(?:[T ](?P<clock>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?\s*"
)
_ISO_MONTH = re.compile(r"\s*(?P<year>\d{4})-(?P<month>\d{2})\s*")
_SLASHED_ISO = re.compile(r"\s*(?P<iyear>\d{4})/(?P<imonth>\d{1,2})/(?P<iday>\d{1,2})\s*")
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_MAX_TEXT = 200_000


def read_date(text: str) -> ReadDate | None:
    """The date that `text`, the words of a date field, gives: the first one in it, or None where there is none.

    Beside what `find_dates` finds, the whole text may be a bare month (`06/2020`), a bare year or ISO 8601. A year of two
    figures (`15/6/20`) is no year.
    """
    same = alike(text)
    if match := _ISO.fullmatch(same):
        return _iso(match, text)
    if found := find_dates(text):
        return found[0].date
    if match := _SLASHED_ISO.fullmatch(same):
        return _day(match["iyear"], match["imonth"], match["iday"], text.strip())
    whole = plain(text).text
    if match := _BARE_MONTH.fullmatch(whole) or _ISO_MONTH.fullmatch(whole):
        return _month(match["year"], match["month"], text.strip())
    if match := _BARE_YEAR.fullmatch(whole):
        return _year(match["year"], text.strip())
    return None


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """Every date within `text`, in its order; days that no calendar has (31/02, 06/15) are no dates, nor are lunar ones.

    Of a range that leaves out the month or year of its first day (`15-20/6/2020`) the first day's words are the whole range,
    and the last day follows within them.
    """
    given = text[:_MAX_TEXT]
    whole = plain(given)
    found = [
        FoundDate(replace(value, raw=given[(start := whole.place(at)) : (end := whole.place(at + len(value.raw)))]), start, end)
        for value, at in sorted(_find(whole.text), key=lambda entry: (entry[1], -len(entry[0].raw)))
    ]
    return tuple(found)


def _find(text: str) -> Iterator[tuple[ReadDate, int]]:
    """The dates in plain text and where they begin."""
    taken: list[tuple[int, int]] = []
    for match in _FULL.finditer(text):
        taken.append(match.span())
        if _LUNAR.match(text, match.end()) is None and (value := _full(match)) is not None:
            yield value, _start(match)
    for match in _RANGE.finditer(text):
        if (value := _range_start(match)) is not None:
            yield value, match.start()
            if not any(start <= match.start("last") < end for start, end in taken):
                taken.append(match.span("last"))
                yield from ((last, match.start("last")) for last, at in _find(match["last"]) if at == 0)
    for pattern, make in ((_IN_ENGLISH, _english), (_MONTH, _month_of), (_YEAR, _year_of)):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            if _LUNAR.match(text, match.end()) is None and (value := make(match)) is not None:
                yield value, _start(match)


def _start(match: re.Match[str]) -> int:
    return match.start() + len(match[0]) - len(match[0].lstrip())


_PARTS = ("", "w", "a", "i")


def _full(match: re.Match[str]) -> ReadDate | None:
    form = next(form for form in _PARTS if match[form + "day"] is not None)
    day = _day(match[form + "year"], match[form + "month"], match[form + "day"], match[0].strip())
    side = "after_" if match["after_hour"] is not None else "before_"
    if day is None or match[side + "hour"] is None:
        return day
    hour, minute = int(match[side + "hour"]), int(match[side + "minute"] or 0)
    half = (match[side + "half"] or "").upper().replace(".", "")
    if half in ("PM", "CH", "CHIỀU", "TỐI") and hour < 12:
        hour += 12
    elif half in ("AM", "SA") and hour == 12:
        hour = 0
    if hour == minute == 0:
        return day
    offset = match[side + "zone"]
    zone = ZONE if offset is None else timezone(timedelta(hours=max(-14, min(14, int(offset.replace(" ", ""))))))
    moment = datetime.fromisoformat(day.value).replace(hour=hour, minute=minute, tzinfo=zone)
    return _minute(moment, day.raw)


def _day(year: str, month: str, day: str, raw: str) -> ReadDate | None:
    number = _month_number(month)
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        return ReadDate(date(int(year), number, int(day)).isoformat(), "day", raw)
    except ValueError:
        return None


def _month_number(month: str) -> int:
    return int(month) if month.isdigit() else _MONTHS.get(" ".join(month.lower().split()), 0)


def _english(match: re.Match[str]) -> ReadDate | None:
    day, month = (match["eday"], match["emonth"]) if match["eday"] else (match["fday"], match["fmonth"])
    return _day(match["eyear"], str(_ENGLISH.index(month[:3].lower()) + 1), day, match[0])


def _range_start(match: re.Match[str]) -> ReadDate | None:
    """The first day of a range, with what it leaves out; None where that would not come before the last, or where a bare
    figure before a dash (`Số 3 - 15/6/2020`) may be anything.
    """
    if not any(match[name] for name in ("said", "own", "tight", "until")):
        return None
    last = next((value for value, at in _find(match["last"]) if at == 0), None)
    if last is None:
        return None
    year, month, _ = last.value[:10].split("-")
    start = _day(year, match["month"] or match["wmonth"] or month, match["day"], match[0] + match["last"])
    return start if start is not None and start.value < last.value else None


def _minute(moment: datetime, raw: str) -> ReadDate:
    return ReadDate(moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M+07:00"), "minute", raw)


def _month_of(match: re.Match[str]) -> ReadDate | None:
    return _month(
        match["year"] or match["byear"] or match["cyear"], match["month"] or match["bmonth"] or match["cmonth"], match[0].strip()
    )


def _year_of(match: re.Match[str]) -> ReadDate | None:
    return _year(match["year"], match[0].strip())


def _month(year: str, month: str, raw: str) -> ReadDate | None:
    number = _month_number(month)
    if not (_FIRST_YEAR <= int(year) <= _LAST_YEAR and 1 <= number <= 12):
        return None
    return ReadDate(f"{int(year):04d}-{number:02d}", "month", raw)


def _year(year: str, raw: str) -> ReadDate | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    return ReadDate(f"{int(year):04d}", "year", raw)


def _iso(match: re.Match[str], text: str) -> ReadDate | None:
    raw = text.strip()
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
