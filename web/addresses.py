"""The addresses that last, as the world sees them: without language, with the host of the site, in one spelling."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from archive.errors import NotFound
from archive.identity import ID_LENGTH, is_document_id
from archive.records import Document, Version
from web.services import Services

_OTHER_SPELLING = re.compile(
    rf"(?P<head>/tai-lieu/)(?P<id>[A-Za-z2-7]{{{ID_LENGTH}}})(?P<rest>(?:/pb/[0-9]{{1,7}}(?:/nguyen-ban)?)?)/?", re.ASCII
)


def permanent(services: Services, document_id: str) -> str:
    """Permanent address of a document."""
    return _absolute(services, url_for("document", id=document_id, lang=None))


def permanent_version(services: Services, document: Document, version: Version) -> str:
    """Permanent address of one version, which stays what it is when the document changes."""
    return _absolute(services, url_for("version", id=document.id, number=version.number, lang=None))


def canonical(services: Services) -> Response | None:
    """A redirect to the address of a document where this request spells it in capitals or with a slash at its end."""
    match = _OTHER_SPELLING.fullmatch(request.path)
    if match is None or request.method not in ("GET", "HEAD"):
        return None
    id = match["id"].lower()
    path = f"{match['head']}{id}{match['rest']}"
    if path == request.path:
        return None
    find_document(services, id)
    query = urlencode(list(request.args.items(multi=True)))
    return redirect(f"{path}?{query}" if query else path, 308)


def find_document(services: Services, id: str) -> Document:
    """The document `id`; raises NotFound, for what cannot be an id too."""
    if not is_document_id(id):
        raise NotFound("document", id)
    return services.catalog.document(id)


def _absolute(services: Services, path: str) -> str:
    return (services.site_url or request.url_root).rstrip("/") + path
