"""When the documents found were published: one bar a year, or a month where one year is looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from search.results import FacetValue
from web.asking import Asked
from web.language import gettext, iso_date

MOST_BARS = 60
"""Where more years lie between the first and the last, empty ones are left out, then the oldest."""
HEIGHT = 100
_LEAST_HEIGHT = 3
"""What a bar with anything in it has of HEIGHT at least, so that it is seen beside a bar of thousands."""
_TICKS_WIDE, _TICKS_NARROW = 16, 6
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Bar:
    """One year or month; `url` sets it as a filter or takes it away, None where nothing is in it."""

    name: str
    tick: str
    """The short name under the bar; `tick_at` says at which widths it stands there: `always`, `wide` or `never`."""
    tick_at: str
    count: int
    height: int
    """Of HEIGHT; the greatest count has it all."""
    url: str | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars in the order of time. `undated` of the documents found have no year."""

    unit: str
    bars: Sequence[Bar]
    greatest: int
    undated: int
    all_years: str | None = None
    """The address without the year that is looked at."""


def timeline(wanted: Asked, facets: Mapping[str, Sequence[FacetValue]]) -> Timeline | None:
    """The bars over all documents found; None where they would say nothing, as with one year alone."""
    years = {entry.value: entry.count for entry in facets.get("year", ()) if _YEAR.fullmatch(entry.value)}
    year = _year_looked_at(wanted)
    months = {entry.value: entry.count for entry in facets.get("month", ()) if _is_month_of(entry.value, year)}
    if year is not None and months:
        return _by_month(wanted, year, months)
    if len(years) < 2:
        return None
    undated = next((entry.count for entry in facets.get("undated", ()) if entry.value == "year"), 0)
    return _by_year(wanted, years, undated if not _dates(wanted) else 0)


def _dates(wanted: Asked) -> set[str]:
    return {value for name, value in wanted.filters if name in ("year", "month")}


def _year_looked_at(wanted: Asked) -> str | None:
    """The year that the filters leave over, if it is one."""
    years = {value[:4] for value in _dates(wanted)}
    return years.pop() if len(years) == 1 else None


def _is_month_of(value: str, year: str | None) -> bool:
    return bool(_MONTH.fullmatch(value)) and value[:4] == year


def _by_year(wanted: Asked, years: Mapping[str, int], undated: int) -> Timeline:
    first, last = int(min(years)), int(max(years))
    names = [f"{year:04}" for year in range(first, last + 1)] if last - first < MOST_BARS else sorted(years)[-MOST_BARS:]
    greatest = max(years[name] for name in names if name in years)
    bars = [
        _bar(wanted, ("year", name), name, name, _tick_at(at, len(names)), years.get(name, 0), greatest)
        for at, name in enumerate(names)
    ]
    return Timeline(gettext("Theo năm"), bars, greatest, undated)


def _by_month(wanted: Asked, year: str, months: Mapping[str, int]) -> Timeline:
    greatest = max(months.values())
    bars = [
        _bar(
            wanted,
            ("month", f"{year}-{month:02}"),
            iso_date(f"{year}-{month:02}"),
            str(month),
            "always",
            months.get(f"{year}-{month:02}", 0),
            greatest,
        )
        for month in range(1, 13)
    ]
    every = replace(wanted.first(), filters=tuple(entry for entry in wanted.filters if entry[0] not in ("year", "month")))
    return Timeline(gettext("Theo tháng, năm %(year)s", year=year), bars, greatest, 0, every.url)


def _bar(wanted: Asked, filter: tuple[str, str], name: str, tick: str, tick_at: str, count: int, greatest: int) -> Bar:
    height = max(_LEAST_HEIGHT, round(HEIGHT * count / greatest)) if count else 0
    return Bar(name, tick, tick_at, count, height, wanted.toggled(*filter).url if count else None, filter in wanted.filters)


def _tick_at(place: int, bars: int) -> str:
    """Ticks at regular steps back from the last bar, fewer of them where the page is narrow."""
    back = bars - 1 - place
    wide, narrow = -(-bars // _TICKS_WIDE), -(-bars // _TICKS_NARROW)
    narrow += -narrow % wide
    return "always" if back % narrow == 0 else "wide" if back % wide == 0 else "never"
