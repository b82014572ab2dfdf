"""What a document has to do with others: those it names, those that name it, those about the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import current_app, url_for

from archive.records import Document
from search.errors import SearchError
from search.results import Hit, References
from web.services import Services

MOST_NAMING = 8
MOST_SIMILAR = 5


@dataclass(frozen=True, slots=True)
class Related:
    """The documents around one; `all_naming` is the address of all that name it, where more do than are shown."""

    references: References = field(default_factory=References)
    similar: Sequence[Hit] = ()
    all_naming: str | None = None

    @property
    def any(self) -> bool:
        """Whether there is something to show."""
        return bool(self.references.names or self.references.named_by or self.similar)


def related(services: Services, document: Document) -> Related:
    """What the search knows of `document`; nothing while it does not answer, because the document itself must stay readable."""
    try:
        references = services.searcher.references(document.id, MOST_NAMING)
        similar = services.searcher.similar(document.id, MOST_SIMILAR)
    except SearchError as error:
        current_app.logger.warning("%s is shown without its neighbours: %s", document.id, error)
        return Related()
    number = document.version.reading.number
    more = references.total_named_by > len(references.named_by) and number
    return Related(references, similar, url_for("find", q=number, sort="newest") if more else None)
