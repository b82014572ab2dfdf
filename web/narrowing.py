"""The ways to narrow a page of results: facets with their counts, and the filters that are set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.results import FacetValue
from web.asking import Asked
from web.language import gettext, iso_date

SHOWN_VALUES = 8
FOLDED_VALUES = 60
"""Values after these are not listed: whoever looks for them types the name."""
_DATES = ("year", "month")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, sort or page as a link."""

    label: str
    url: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet with its values; `rest` is folded."""

    name: str
    label: str
    values: Sequence[Choice]
    rest: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    value: str
    url: str


def _labels() -> dict[str, str]:
    return {
        "portal": gettext("Cổng thông tin"),
        "category": gettext("Chuyên mục"),
        "kind": gettext("Loại văn bản"),
        "issuer": gettext("Cơ quan ban hành"),
        "year": gettext("Năm"),
        "month": gettext("Tháng"),
    }


def shown(name: str, value: str, titles: Mapping[str, str]) -> str:
    """How a value of a facet is called; `titles` are those of the portals."""
    if name == "portal":
        return titles.get(value, value)
    return iso_date(value) if name == "month" else value


def chips(wanted: Asked, titles: Mapping[str, str]) -> list[Chip]:
    """The filters that are set."""
    labels = _labels()
    return [Chip(labels[name], shown(name, value, titles), wanted.toggled(name, value).url) for name, value in wanted.filters]


def facet_groups(wanted: Asked, facets: Mapping[str, Sequence[FacetValue]], titles: Mapping[str, str]) -> list[FacetGroup]:
    """The facets that have values. Months stand there once a year is chosen: before that they would be hundreds."""
    by_month = any(name in _DATES for name, _ in wanted.filters)
    groups = []
    for name, label in _labels().items():
        if name == "month" and not by_month:
            continue
        entries = sorted(facets.get(name, ()), key=_newest) if name in _DATES else facets.get(name, ())
        choices = [
            Choice(
                shown(name, entry.value, titles),
                wanted.toggled(name, entry.value).url,
                (name, entry.value) in wanted.filters,
                entry.count,
            )
            for entry in entries[: SHOWN_VALUES + FOLDED_VALUES]
        ]
        if choices:
            head = 12 if name == "month" else SHOWN_VALUES
            groups.append(FacetGroup(name, label, choices[:head], choices[head:]))
    return groups


def _newest(entry: FacetValue) -> tuple[int, str]:
    figures = entry.value.replace("-", "")
    return (-int(figures), "") if figures.isascii() and figures.isdigit() else (0, entry.value)
