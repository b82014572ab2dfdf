"""Home, and the pages of one document: its text, its facts, its versions, its citation."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from archive.citation import FORMATS, attribution, cite
from archive.errors import NotFound
from archive.records import Capture, Document, Version
from web import clean
from web.addresses import find_document, permanent, permanent_version
from web.attachments import attachments
from web.facts import facts, origins, reuse_facts
from web.file_facts import entered, in_order, lacking
from web.relating import related
from web.services import Services

RECENT = 8
_LAST_NUMBER = 1_000_000


def home(services: Services) -> str:
    """What this is, the search box, what came in last, and which portals are kept."""
    portals = services.catalog.portals()
    return render_template(
        "home.html",
        recent=services.catalog.recent(RECENT),
        portals=portals,
        portal_titles={portal.name: portal.title for portal in portals},
        documents=services.catalog.count_documents(),
    )


def document(services: Services, id: str) -> str:
    """The permanent address of a document: its current version."""
    found = find_document(services, id)
    return _document_page(services, found, found.version)


def version(services: Services, id: str, number: int) -> str:
    """One version of a document, current or not."""
    found = find_document(services, id)
    return _document_page(services, found, find_version(services, found, number))


def find_version(services: Services, document: Document, number: int) -> Version:
    """Version `number` of `document`; raises NotFound."""
    if not 1 <= number <= _LAST_NUMBER:
        raise NotFound("version", str(number))
    return document.version if number == document.version.number else services.catalog.version(document.id, number)


def portal_title(services: Services, name: str) -> str:
    """The name that a portal gives itself; its short name where it is no longer registered."""
    return next((portal.title for portal in services.catalog.portals() if portal.name == name), name)


@dataclass(frozen=True, slots=True)
class _Reference:
    format: str
    text: str
    html: str


def _references(document: Document, version: Version, capture: Capture, address: str) -> list[_Reference]:
    made = (cite(document, version, capture, format, address) for format in FORMATS)
    return [_Reference(one.format, one.text, clean.citation(one.html)) for one in made]


def _document_page(services: Services, document: Document, version: Version) -> str:
    capture = services.catalog.capture(version.capture_id)
    reading = version.reading
    title = portal_title(services, document.portal)
    current = version.number == document.version.number
    attached = attachments(services, document, version)
    entry = services.catalog.files().entry(document.id)
    lasting, lasting_version = permanent(services, document.id), permanent_version(services, document, version)
    return render_template(
        "document.html",
        document=document,
        version=version,
        reading=reading,
        capture=capture,
        current=current,
        versions=services.catalog.versions(document.id),
        portal_title=title,
        body=clean.body(reading.html) if reading.html else None,
        paragraphs=reading.text.split("\n\n"),
        facts=in_order(
            [
                *facts(document, version, title, services.catalog.provenance(capture.id)),
                *lacking(services, reading, [each.attached for each in attached]),
                *entered(entry, reading),
            ]
        ),
        reuse=reading.reuse,
        reuse_facts=reuse_facts(reading.reuse) if reading.reuse else [],
        origins=origins(reading),
        imported=capture.kind == "resource",
        entry=entry,
        attribution=attribution(version, capture.url, document.portal),
        references=_references(document, version, capture, lasting_version),
        original=clean.link(capture.url),
        permanent=lasting,
        address=lasting if current else lasting_version,
        related=related(services, document, version),
        attachments=attached,
    )
