"""The page of results: from the address to a search, and from its results to links that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flask import render_template, request, url_for

from search.results import Hit, Note, Results
from web import clean
from web.asking import LAST_PAGE, PAGE, Asked, asked
from web.file_names import shown_name
from web.language import gettext
from web.narrowing import Choice, chips, facet_groups
from web.noting import in_words
from web.services import Services
from web.timeline import timeline
from web.ways_out import ways_out

MAX_OTHER_NAMES = 12


def find(services: Services) -> str:
    """One page of results."""
    wanted = asked(request.args)
    results = services.searcher.search(wanted.request)
    if any(note.code == "cursor" for note in results.notes):
        wanted = wanted.first()
    titles = {portal.name: portal.title for portal in services.catalog.portals()}
    return render_template(
        "results.html",
        asked=wanted,
        results=results,
        hits=[_shown(wanted, hit) for hit in results.hits],
        first=(wanted.page - 1) * PAGE + 1,
        portal_titles=titles,
        facets=facet_groups(wanted, results.facets, titles),
        timeline=timeline(wanted, results.facets),
        chips=chips(wanted, titles),
        sorts=_sorts(wanted),
        pages=_pages(wanted, results),
        notes=in_words([*([Note("cut")] if wanted.cut else []), *results.notes]),
        reading=_reading(wanted, results),
        ways_out=[] if results.total else ways_out(services, wanted, titles),
        first_page=wanted.first().url,
    )


@dataclass(frozen=True, slots=True)
class ShownPage:
    """The page of a hit's file that answers best; `url` shows it with the words marked, `all_url` lists the others."""

    n: int
    name: str
    snippet: str
    more: int
    url: str
    all_url: str


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with its marked texts made safe for the page; `why` is the address of its explanation, where words were asked."""

    hit: Hit
    title: str
    snippet: str
    why: str | None
    page: ShownPage | None = None


def _shown(wanted: Asked, hit: Hit) -> ShownHit:
    return ShownHit(
        hit,
        clean.marked(hit.title_html),
        clean.marked(hit.snippet_html),
        wanted.why(hit.id) if wanted.text else None,
        _shown_page(wanted, hit),
    )


def _shown_page(wanted: Asked, hit: Hit) -> ShownPage | None:
    found = getattr(hit, "page", None)
    if found is None:
        return None
    return ShownPage(
        n=found.page,
        name=shown_name(found.name),
        snippet=clean.marked(found.snippet_html),
        more=found.others,
        url=url_for("file_page", digest=found.file, n=found.page, q=wanted.text or None, _anchor="k1"),
        all_url=url_for("file", digest=found.file, q=wanted.text or None),
    )


@dataclass(frozen=True, slots=True)
class ShownReading:
    """How the query was read, where that is not what was typed, and the addresses that change it."""

    read_as: str | None
    also: Sequence[str]
    meant: str | None
    meant_url: str | None
    verbatim_url: str | None
    wider_url: str | None


def _reading(wanted: Asked, results: Results) -> ShownReading | None:
    changed = results.read_as is not None or bool(results.also)
    if not (changed or results.did_you_mean or wanted.verbatim):
        return None
    return ShownReading(
        read_as=results.read_as,
        also=results.also[:MAX_OTHER_NAMES],
        meant=results.did_you_mean,
        meant_url=wanted.typed(results.did_you_mean).url if results.did_you_mean else None,
        verbatim_url=wanted.spelled(verbatim=True).url if changed and not wanted.verbatim else None,
        wider_url=wanted.spelled(verbatim=False).url if wanted.verbatim else None,
    )


def _sorts(wanted: Asked) -> list[Choice]:
    labels: dict[Literal["relevance", "newest", "oldest"], str] = {
        "relevance": gettext("Sát nhất"),
        "newest": gettext("Mới nhất"),
        "oldest": gettext("Cũ nhất"),
    }
    return [Choice(label, wanted.sorted(sort).url, wanted.sort == sort) for sort, label in labels.items()]


@dataclass(frozen=True, slots=True)
class Pages:
    """Links to other pages; None among the numbers stands for a gap. Behind a cursor pages have no numbers."""

    numbers: Sequence[Choice | None]
    previous: str | None
    next: str | None


def _pages(wanted: Asked, results: Results) -> Pages:
    last = min(max(1, -(-results.total // PAGE)), LAST_PAGE)
    numbered = wanted.after is None
    return Pages(
        numbers=_numbers(wanted, last) if numbered and last > 1 else [],
        previous=wanted.numbered(wanted.page - 1).url if numbered and 1 < wanted.page <= last else None,
        next=_next(wanted, results, last),
    )


def _next(wanted: Asked, results: Results, last: int) -> str | None:
    """By number as long as there are numbers, so that the address can be read and kept; then by cursor."""
    if wanted.after is None and wanted.page < last:
        return wanted.numbered(wanted.page + 1).url
    return wanted.following(results.next).url if results.next else None


def _numbers(wanted: Asked, last: int) -> list[Choice | None]:
    near = {number for number in range(wanted.page - 2, wanted.page + 3) if 1 <= number <= last}
    pages: list[Choice | None] = []
    previous = 0
    for number in sorted({1, last, *near}):
        if number - previous > 1:
            pages.append(None)
        pages.append(Choice(str(number), wanted.numbered(number).url, number == wanted.page))
        previous = number
    return pages
