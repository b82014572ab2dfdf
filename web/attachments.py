"""The attachments of a document as its page lists them: where each leads, how far it has come, what its first page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from archive.pages import AttachedFile
from archive.records import Document, Version
from web import clean
from web.file_facts import SaidFact, said_facts
from web.file_names import shown_name
from web.file_words import format_in_words, origin_in_words, state_in_words
from web.services import Services

MOST_LOOKED_INTO = 30
"""Attachments whose first page is looked at; a document with more is a list of files."""


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """One line of the list."""

    attached: AttachedFile
    title: str
    source: str | None
    """The address on the portal, where it may be followed."""
    state: str | None
    """None where it is not known: an older version's, which is no longer followed."""
    format: str | None
    how: str | None
    """Where the text of its first page comes from, where that is not simply the file."""
    scanned: bool
    facts: Sequence[SaidFact]


def attachments(services: Services, document: Document, version: Version) -> list[ShownAttachment]:
    """The attachments of `version`; what became of them is known for those of the current one, others stand as their links."""
    links = version.reading.attachments
    found = services.catalog.files().attachments_of(document.id)
    known = {each.link.url: each for each in found}
    rows = [known.get(link.url, AttachedFile(link)) for link in links]
    # A document that was handed in carries its file without a link on any page.
    current = version.number == document.version.number
    rows += [each for each in found if not links] if current else []
    return [_shown(services, each, current=current, look=at < MOST_LOOKED_INTO) for at, each in enumerate(rows)]


def _shown(services: Services, attached: AttachedFile, *, current: bool, look: bool) -> ShownAttachment:
    file, link = attached.file, attached.link
    files = services.catalog.files()
    read = file is not None and file.state == "read" and look
    first = next(islice(files.pages(file.digest, limit=1), 1), None) if file and read else None
    return ShownAttachment(
        attached=attached,
        title=shown_name(link.title) or shown_name(link.url),
        source=clean.link(link.url),
        state=state_in_words(attached) if current or file or attached.failed else None,
        format=format_in_words(file.reading.format) if file and file.reading else None,
        how=origin_in_words(first.origin, first.encodings) if first and first.origin != "text" else None,
        scanned=bool(first and first.origin == "ocr"),
        facts=said_facts(file, files.corrections(file.digest)) if file and read else (),
    )
