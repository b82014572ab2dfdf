"""Commands that look something up: search, show, cite. They change nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from archive import citation
from archive.errors import NotFound
from archive.identity import is_document_id
from archive.records import Document
from search.errors import IndexDamaged
from search.results import FILTERS, Hit, PageHit, Results, SearchRequest
from tangthu.errors import WrongUse
from tangthu.house import House, read_only_too
from tangthu.printing import plain, say, say_json

A = TypeVar("A")


def request(query: str, filters: Sequence[str], **options: Any) -> SearchRequest:
    """A search as the options of the command ask for it. Raises WrongUse."""
    return SearchRequest(query, tuple(_filter(pair) for pair in filters), **options)


def search(house: House, request: SearchRequest, as_json: bool) -> None:
    """`tangthu search`."""
    with read_only_too():
        house.follower.ready()
    results = _mended(house, lambda: house.searcher.search(request))
    if as_json:
        say_json(replace(results, ms=round(results.ms, 1)))
    else:
        _say_results(results)


def _mended(house: House, ask: Callable[[], A]) -> A:
    """What `ask` gives; damage inside a segment shows only when a search meets it, and is mended then."""
    try:
        return ask()
    except IndexDamaged:
        house.follower.ready()
        return ask()


def _filter(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals or name not in FILTERS:
        raise WrongUse(f"--filter {pair!r} is not NAME=VALUE with a name of: {', '.join(FILTERS)}")
    if name == "year" and not re.fullmatch(r"\d{4}", value):
        raise WrongUse(f"--filter {pair!r} is not a year of four figures")
    if name == "month" and not re.fullmatch(r"\d{4}-\d{2}", value):
        raise WrongUse(f"--filter {pair!r} is not a month like 2020-06")
    return name, value


def _say_results(results: Results) -> None:
    say(f"{results.total} found in {results.ms:.1f} ms")
    for note in results.notes:
        say(f"  note: {note.code} {note.detail}".rstrip())
    for heading, text in (
        ("read as", results.read_as),
        ("also", ", ".join(results.also)),
        ("did you mean", results.did_you_mean),
    ):
        if text:
            say(f"  {heading}: {text}")
    for hit in results.hits:
        say(f"\n{_line(hit)}\n  {_facts(hit)}\n  {hit.snippet}")
        if hit.page is not None:
            say(f"  {_page(hit.page)}: {hit.page.snippet}")
        for part, share in hit.explanation:
            say(f"    {share:8.3f}  {part}")


def _line(hit: Hit) -> str:
    return f"{hit.id}  {hit.title}" + ("  (removed)" if hit.state == "removed" else "")


def _page(page: PageHit) -> str:
    others = f" and {page.others} more" if page.others else ""
    return f"page {page.page} of {page.name}{others}"


def _facts(hit: Hit) -> str:
    return " · ".join(fact for fact in (hit.number, hit.published, hit.category, hit.portal) if fact)


def similar(house: House, id: str, limit: int, as_json: bool) -> None:
    """`tangthu similar`."""
    document = _document(house, id)
    with read_only_too():
        house.follower.ready()
    hits = _mended(house, lambda: house.searcher.similar(document.id, limit))
    if as_json:
        say_json({"id": document.id, "hits": hits})
        return
    say(f"{len(hits)} similar to {document.id}  {document.version.reading.title}")
    for hit in hits:
        say(f"\n{_line(hit)}\n  {_facts(hit)}")


def references(house: House, id: str, limit: int, as_json: bool) -> None:
    """`tangthu references`."""
    document = _document(house, id)
    with read_only_too():
        house.follower.ready()
    found = _mended(house, lambda: house.searcher.references(document.id, limit))
    if as_json:
        say_json({"id": document.id, **plain(found)})
        return
    say(f"{document.id} names {len(found.names)} document number(s)")
    for named in found.names:
        say(f"  {named.number}" + ("" if named.documents else "  (not here)"))
        for hit in named.documents:
            say(f"    {_line(hit)}")
    say(f"{found.total_named_by} document(s) name it")
    for hit in found.named_by:
        say(f"  {_line(hit)}")


def show(house: House, id: str, as_json: bool) -> None:
    """`tangthu show`."""
    document = _document(house, id)
    if as_json:
        say_json({**_record(house, document)})
        return
    reading = document.version.reading
    say(f"{document.id}  {reading.title}")
    say(f"  original   {document.url}\n  permanent  {permanent_url(house, document.id)}")
    say(f"  state      {document.state}, seen last {document.last_captured_at.isoformat()}, {document.versions} version(s)")
    for field in reading.fields:
        value = getattr(reading, field.name, None)
        shown = value if isinstance(value, str) else field.raw or ""
        say(f"  {field.name:<10} {' '.join(shown.split())[:100]}   [{field.origin}, {field.confidence:.2f}]")
    say()
    say(reading.text)


def _document(house: House, id: str) -> Document:
    if not is_document_id(id.lower()):
        raise NotFound("document", id)
    return house.catalog.document(id.lower())


VERSION_FIELDS = ("number", "captured_at", "digest", "reread")
"""What is told of each version of a document beside the one that is shown whole."""


def _record(house: House, document: Document) -> dict[str, object]:
    captures = house.catalog.captures(document.id)
    return {
        "id": document.id,
        "external_id": document.external_id,
        "portal": document.portal,
        "url": document.url,
        "permanent_url": permanent_url(house, document.id),
        "state": document.state,
        "first_captured_at": document.first_captured_at,
        "last_captured_at": document.last_captured_at,
        "attribution": citation.attribution(document.version, document.url, document.portal),
        "version": document.version,
        "versions": [
            {name: getattr(each, name) for name in VERSION_FIELDS} | {"capture": each.capture_id}
            for each in house.catalog.versions(document.id)
        ],
        "captures": captures,
        "provenance": {each.capture_id: each for each in map(house.catalog.provenance, [c.id for c in captures]) if each},
    }


def permanent_url(house: House, id: str, version: int | None = None) -> str:
    """The address that a document, or one version of it, keeps for ever."""
    address = f"{house.settings.site_url}/tai-lieu/{id}"
    return f"{address}/pb/{version}" if version else address


def cite(house: House, id: str, format: str, number: int | None, as_json: bool) -> None:
    """`tangthu cite`."""
    if format not in citation.FORMATS:
        raise WrongUse(f"--format {format!r} is none of: {', '.join(citation.FORMATS)}")
    document = _document(house, id)
    version = house.catalog.version(id, number) if number else document.version
    capture = house.catalog.capture(version.capture_id)
    made = citation.cite(document, version, capture, format, permanent_url(house, id, version.number))
    if as_json:
        say_json(made)
    else:
        say(made.text)
