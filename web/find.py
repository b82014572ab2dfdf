"""The page of results: from the address to a search, and from its results to links that change it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from search.results import FILTERS, FacetValue, Hit, Note, Results, SearchRequest, Sort
from web import clean
from web.errors import BadRequest
from web.language import gettext
from web.services import Services

PAGE = 20
LAST_PAGE = 500
MAX_FILTERS = 20
MAX_QUERY = 2_000
"""Characters of a query that links carry on; the search itself may cut it further and says so."""
SHOWN_VALUES = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a results page asks for."""

    text: str
    cut: bool
    filters: tuple[tuple[str, str], ...]
    sort: Sort
    page: int

    @property
    def request(self) -> SearchRequest:
        """The same as a search."""
        return SearchRequest(self.text, self.filters, self.sort, limit=PAGE, offset=(self.page - 1) * PAGE)

    @property
    def url(self) -> str:
        """The address that asks for this."""
        args: dict[str, object] = {"q": self.text}
        for name in FILTERS:
            if values := [value for key, value in self.filters if key == name]:
                args[name] = values
        if self.sort != "relevance":
            args["sort"] = self.sort
        if self.page > 1:
            args["trang"] = self.page
        return url_for("find", **args)  # type: ignore[arg-type]

    def toggled(self, name: str, value: str) -> Asked:
        """The first page of the same search with one filter more, or one less where it was set."""
        pair = (name, value)
        kept = tuple(entry for entry in self.filters if entry != pair)
        return replace(self, filters=kept if pair in self.filters else (*kept, pair), page=1)


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


def plain(text: str) -> str:
    """`text` in NFC as one line, without control characters, lone surrogates and the like."""
    named = ((char, unicodedata.category(char)) for char in text)
    kept = "".join(" " if category == "Cc" else char for char, category in named if category not in {"Cs", "Co", "Cn"})
    return " ".join(unicodedata.normalize("NFC", kept).split())


def asked(args: MultiDict[str, str]) -> Asked:
    """What `args` ask for; raises BadRequest for a page or a sort that does not exist."""
    text = plain(args.get("q", "")[: MAX_QUERY * 5])
    filters = tuple(
        dict.fromkeys((name, cleaned) for name in FILTERS for value in args.getlist(name) if (cleaned := plain(value[:300])))
    )
    sort = args.get("sort") or "relevance"
    if sort not in get_args(Sort):
        raise BadRequest("sort", plain(sort[:80]))
    page = _page(args.get("trang") or "1")
    return Asked(text[:MAX_QUERY], len(text) > MAX_QUERY, filters[:MAX_FILTERS], cast(Sort, sort), page)


def _page(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= LAST_PAGE):
        raise BadRequest("trang", plain(value[:80]))
    return int(value)


def find(services: Services) -> str:
    """One page of results."""
    wanted = asked(request.args)
    results = services.searcher.search(wanted.request)
    titles = {portal.name: portal.title for portal in services.catalog.portals()}
    return render_template(
        "results.html",
        asked=wanted,
        results=results,
        hits=[_shown(hit) for hit in results.hits],
        first=(wanted.page - 1) * PAGE + 1,
        portal_titles=titles,
        facets=_facet_groups(wanted, results.facets, titles),
        chips=_chips(wanted, titles),
        sorts=_sorts(wanted),
        pages=_pages(wanted, results),
        notes=_notes(wanted, results),
        without_filters=replace(wanted, filters=(), page=1).url if wanted.filters else None,
        first_page=replace(wanted, page=1).url,
    )


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with its marked texts made safe for the page."""

    hit: Hit
    title: str
    snippet: str


def _shown(hit: Hit) -> ShownHit:
    return ShownHit(hit, clean.marked(hit.title_html), clean.marked(hit.snippet_html))


def _labels() -> dict[str, str]:
    return {
        "portal": gettext("Cổng thông tin"),
        "category": gettext("Chuyên mục"),
        "year": gettext("Năm"),
        "kind": gettext("Loại văn bản"),
        "issuer": gettext("Cơ quan ban hành"),
        "month": gettext("Tháng"),
    }


def _chips(wanted: Asked, titles: Mapping[str, str]) -> list[Chip]:
    labels = _labels()
    return [Chip(labels[name], titles.get(value, value), wanted.toggled(name, value).url) for name, value in wanted.filters]


def _facet_groups(wanted: Asked, facets: Mapping[str, tuple[FacetValue, ...]], titles: Mapping[str, str]) -> list[FacetGroup]:
    groups = []
    for name, label in _labels().items():
        choices = [
            Choice(
                titles.get(entry.value, entry.value) if name == "portal" else entry.value,
                wanted.toggled(name, entry.value).url,
                (name, entry.value) in wanted.filters,
                entry.count,
            )
            for entry in (sorted(facets.get(name, ()), key=_newest) if name in ("year", "month") else facets.get(name, ()))
        ]
        if choices:
            groups.append(FacetGroup(name, label, choices[:SHOWN_VALUES], choices[SHOWN_VALUES:]))
    return groups


def _newest(entry: FacetValue) -> tuple[int, str]:
    figures = entry.value.replace("-", "")
    return (-int(figures), "") if figures.isascii() and figures.isdigit() else (0, entry.value)


def _sorts(wanted: Asked) -> list[Choice]:
    labels: dict[Literal["relevance", "newest", "oldest"], str] = {
        "relevance": gettext("Sát nhất"),
        "newest": gettext("Mới nhất"),
        "oldest": gettext("Cũ nhất"),
    }
    return [Choice(label, replace(wanted, sort=sort, page=1).url, wanted.sort == sort) for sort, label in labels.items()]


def _pages(wanted: Asked, results: Results) -> list[Choice | None]:
    """Links to pages; None stands for a gap."""
    last = min(max(1, -(-results.total // PAGE)), LAST_PAGE)
    near = {number for number in range(wanted.page - 2, wanted.page + 3) if 1 <= number <= last}
    numbers = sorted({1, last, *near}) if last > 1 else []
    pages: list[Choice | None] = []
    for previous, number in zip([0, *numbers], numbers, strict=False):
        if number - previous > 1:
            pages.append(None)
        pages.append(Choice(str(number), replace(wanted, page=number).url, number == wanted.page))
    return pages


def _notes(wanted: Asked, results: Results) -> list[str]:
    """The notes in words, each once: the query may be cut here and by the search."""
    notes = [*([Note("cut")] if wanted.cut else []), *results.notes]
    return list(dict.fromkeys(in_words(note) for note in notes))


def in_words(note: Note) -> str:
    """What a note tells the person."""
    words = {
        "cut": gettext("Câu tìm quá dài nên chỉ phần đầu được dùng."),
        "plain": gettext("Câu tìm được hiểu như những từ thường, vì dấu ngoặc hay ký hiệu trong đó chưa đóng đủ."),
        "prefix": gettext("Dấu * đã được bỏ qua."),
        "timeout": gettext("Tìm kiếm dừng sớm vì mất quá nhiều thời gian; kết quả có thể chưa đủ."),
        "unknown_filter": gettext("Có bộ lọc không được hiểu nên đã bỏ qua."),
        "rebuilding": gettext("Chỉ mục đang được dựng lại; kết quả có thể chưa đủ."),
    }
    named = note.detail and note.code in {"prefix", "unknown_filter"}
    return f"{words[note.code]} ({note.detail})" if named else words[note.code]
