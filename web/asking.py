"""What the address of a page of the search asks for, and the addresses that ask for something a little different."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast, get_args
from urllib.parse import urlencode

from flask import g, url_for
from werkzeug.datastructures import MultiDict

from search.results import FILTERS, SearchRequest, Sort
from web.errors import BadRequest

PAGE = 20
LAST_PAGE = 500
"""The last page that is asked for by its number; those after it by cursor."""
LAST_COUNTED_PAGE = 9_999_999
MAX_FILTERS = 20
MAX_QUERY = 2_000
"""Characters of a query that links carry on; the search itself may cut it further and says so."""
MAX_CURSOR = 600
_SAFE = "!$'()*,/:;?@"
"""What may stand in an address as it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a page of results asks for."""

    text: str
    cut: bool
    filters: tuple[tuple[str, str], ...]
    sort: Sort
    page: int
    verbatim: bool = False
    after: str | None = None
    """A cursor; `page` then only counts."""

    @property
    def request(self) -> SearchRequest:
        """The same as a search."""
        offset = 0 if self.after else (self.page - 1) * PAGE
        return SearchRequest(
            self.text, self.filters, self.sort, limit=PAGE, offset=offset, verbatim=self.verbatim, after=self.after
        )

    @property
    def args(self) -> dict[str, object]:
        """The arguments that ask for this search, without the place of the page in it."""
        args: dict[str, object] = {"q": self.text}
        for name in FILTERS:
            if values := [value for key, value in self.filters if key == name]:
                args[name] = values
        if self.sort != "relevance":
            args["sort"] = self.sort
        if self.verbatim:
            args["nguyenvan"] = "1"
        return args

    @property
    def url(self) -> str:
        """The address that asks for this."""
        args = self.args
        if self.page > 1:
            args["trang"] = self.page
        if self.after:
            args["sau"] = self.after
        return _address("find", args)

    def why(self, id: str) -> str:
        """The address that says why `id` stands where it does."""
        return _address("why", {**self.args, "id": id})

    def first(self) -> Asked:
        """The first page of the same search."""
        return replace(self, page=1, after=None)

    def numbered(self, page: int) -> Asked:
        """The page of that number."""
        return replace(self, page=page, after=None)

    def following(self, cursor: str) -> Asked:
        """The page after this one, however deep."""
        return replace(self, page=self.page + 1, after=cursor)

    def typed(self, text: str) -> Asked:
        """The first page of the same search for other words."""
        return replace(self.first(), text=text)

    def spelled(self, *, verbatim: bool) -> Asked:
        """The first page of the search for nothing but what was typed, or for what it may mean as well."""
        return replace(self.first(), verbatim=verbatim)

    def sorted(self, sort: Sort) -> Asked:
        """The first page of the same search in another order."""
        return replace(self.first(), sort=sort)

    def unfiltered(self) -> Asked:
        """The first page of the same search without filters."""
        return replace(self.first(), filters=())

    def toggled(self, name: str, value: str) -> Asked:
        """The first page of the same search with one filter more, or one less where it was set.

        Months narrow the years: a year that goes takes its months with it, and one that comes is not hidden by months of others.
        """
        pair = (name, value)
        if pair in self.filters:
            kept = tuple(entry for entry in self.filters if entry != pair and not (name == "year" and _is_month_of(entry, value)))
            return replace(self.first(), filters=kept)
        kept = tuple(entry for entry in self.filters if not (name == "year" and entry[0] == "month"))
        return replace(self.first(), filters=(*kept, pair))


def _is_month_of(entry: tuple[str, str], year: str) -> bool:
    return entry[0] == "month" and entry[1].startswith(f"{year}-")


def plain(text: str) -> str:
    """`text` in NFC as one line, without control characters, lone surrogates and the like."""
    named = ((char, unicodedata.category(char)) for char in text)
    kept = "".join(" " if category == "Cc" else char for char, category in named if category not in {"Cs", "Co", "Cn"})
    return " ".join(unicodedata.normalize("NFC", kept).split())


def asked(args: MultiDict[str, str]) -> Asked:
    """What `args` ask for; raises BadRequest for a page, a cursor or a sort that cannot be."""
    text = plain(args.get("q", "")[: MAX_QUERY * 5])
    filters = tuple(
        dict.fromkeys((name, cleaned) for name in FILTERS for value in args.getlist(name) if (cleaned := plain(value[:300])))
    )
    sort = args.get("sort") or "relevance"
    if sort not in get_args(Sort):
        raise BadRequest("sort", plain(sort[:80]))
    after = _cursor(args.get("sau") or "")
    page = _page(args.get("trang") or "1", LAST_COUNTED_PAGE if after else LAST_PAGE)
    verbatim = args.get("nguyenvan") == "1"
    return Asked(text[:MAX_QUERY], len(text) > MAX_QUERY, filters[:MAX_FILTERS], cast(Sort, sort), page, verbatim, after)


def _page(value: str, last: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(last)) and 1 <= int(value) <= last):
        raise BadRequest("trang", plain(value[:80]))
    return int(value)


def _cursor(value: str) -> str | None:
    """A cursor is letters, figures and signs on one line; whether it still leads anywhere is for the search to say."""
    if len(value) > MAX_CURSOR or not (value.isascii() and (value.isprintable() or not value)):
        raise BadRequest("sau", plain(value[:80]))
    return value or None


def _address(endpoint: str, args: Mapping[str, object]) -> str:
    """What `url_for` gives, its part before the arguments made once a request: a page of results has some ninety such links, and
    making each from the start took a tenth of its time.
    """
    bases: dict[str, str] = g.setdefault("addresses", {})
    base = bases.get(endpoint) or bases.setdefault(endpoint, url_for(endpoint))
    return f"{base}{'&' if '?' in base else '?'}{urlencode(args, doseq=True, safe=_SAFE)}"
