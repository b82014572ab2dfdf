"""What a document has to do with others: those it rests on, those it names, those that name it, those about the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from archive.records import Alike, Document, Reading, Version
from search.errors import SearchError
from search.results import Hit, NamedNumber, References
from web import clean
from web.services import Services

MOST_NAMING = 8
MOST_SIMILAR = 5


@dataclass(frozen=True, slots=True)
class Basis:
    """One act that a document rests on, in its own words, and the documents here that carry its number."""

    text: str
    number: str | None
    documents: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A document that the text names by number: those here that carry it, and where the page's own link leads."""

    number: str
    documents: tuple[Hit, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """The documents around one; `all_naming` is the address of all that name it, where more do than are shown."""

    bases: Sequence[Basis] = ()
    names: Sequence[Named] = ()
    named_by: Sequence[Hit] = ()
    total_named_by: int = 0
    similar: Sequence[Hit] = ()
    all_naming: str | None = None
    alike: Sequence[Alike] = ()
    """Other documents with the same content, the first publisher at their head."""

    @property
    def comes_first(self) -> bool:
        """Whether none of the others was there before this one."""
        return not any(other.first for other in self.alike)

    @property
    def any(self) -> bool:
        """Whether there is something to show."""
        return bool(self.alike or self.bases or self.names or self.named_by or self.similar)


def related(services: Services, document: Document, version: Version) -> Related:
    """What is known of the documents around `version`. An older version is shown with what its own text names only; so is the
    current one while the search does not answer, because the document itself must stay readable.
    """
    current = version.number == document.version.number
    references, similar = _asked(services, document) if current else _nothing()
    bases, names = _bases(version.reading, references.names), _names(version.reading, references.names)
    number = version.reading.number
    more = references.total_named_by > len(references.named_by) and number
    return Related(
        bases,
        names,
        references.named_by,
        references.total_named_by,
        similar,
        url_for("find", q=number, sort="newest") if more else None,
        services.catalog.alike(document.id) if current else (),
    )


def _asked(services: Services, document: Document) -> tuple[References, tuple[Hit, ...]]:
    try:
        return services.searcher.references(document.id, MOST_NAMING), services.searcher.similar(document.id, MOST_SIMILAR)
    except SearchError as error:
        current_app.logger.warning("%s is shown without its neighbours: %s", document.id, error)
        return _nothing()


def _nothing() -> tuple[References, tuple[Hit, ...]]:
    return References(), ()


def _bases(reading: Reading, names: Sequence[NamedNumber]) -> list[Basis]:
    here = {name.number: name.documents for name in names}
    return [Basis(basis.text, basis.number, here.get(basis.number or "", ())) for basis in reading.bases]


def _names(reading: Reading, names: Sequence[NamedNumber]) -> list[Named]:
    """Numbers that the reader or the index found in the text, in the reader's order, without those of the legal bases."""
    bases = {basis.number for basis in reading.bases}
    here = {name.number: name.documents for name in names}
    links = {mention.number: mention.url for mention in reading.mentions}
    numbers = [number for number in dict.fromkeys((*links, *here)) if number not in bases]
    return [Named(number, here.get(number, ()), _followable(links.get(number))) for number in numbers]


def _followable(url: str | None) -> str | None:
    return clean.link(url) if url else None
