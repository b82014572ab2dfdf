"""The addresses that last, as the world sees them: without language, with the host of the site."""

from __future__ import annotations

from flask import request, url_for

from archive.records import Document, Version
from web.services import Services


def permanent(services: Services, document_id: str) -> str:
    """Permanent address of a document."""
    return _absolute(services, url_for("document", id=document_id, lang=None))


def permanent_version(services: Services, document: Document, version: Version) -> str:
    """Permanent address of one version, which stays what it is when the document changes."""
    return _absolute(services, url_for("version", id=document.id, number=version.number, lang=None))


def _absolute(services: Services, path: str) -> str:
    return (services.site_url or request.url_root).rstrip("/") + path
