"""The same answers for programs: JSON in the shapes of `tangthu search --json` and `tangthu show --json`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.json.provider import DefaultJSONProvider

from archive.citation import attribution
from web.addresses import find_document, permanent
from web.asking import asked, plain
from web.errors import BadRequest
from web.files import find_file
from web.page_view import find_page
from web.services import Services


class _Json(DefaultJSONProvider):
    """Times in ISO 8601, letters as they are, keys in their order."""

    ensure_ascii = False
    sort_keys = False

    @staticmethod
    def default(o: Any) -> Any:
        """What JSON cannot say by itself."""
        return o.isoformat() if isinstance(o, datetime) else DefaultJSONProvider.default(o)


def api_search(services: Services) -> Response:
    """`/api/search`: takes the arguments of the results page."""
    return jsonify(services.searcher.search(asked(request.args).request))


_VERSION = ("number", "captured_at", "digest", "reread")


def api_document(services: Services, id: str) -> Response:
    """`/api/documents/<id>`: a document with its current version, and what else is kept of it."""
    document = find_document(services, id)
    return jsonify(
        {
            "id": document.id,
            "external_id": document.external_id,
            "portal": document.portal,
            "url": document.url,
            "permanent_url": permanent(services, document.id),
            "state": document.state,
            "first_captured_at": document.first_captured_at,
            "last_captured_at": document.last_captured_at,
            "attribution": attribution(document.version, document.url, document.portal),
            "version": document.version,
            "versions": [
                {name: getattr(each, name) for name in _VERSION} | {"capture": each.capture_id}
                for each in services.catalog.versions(document.id)
            ],
            "captures": services.catalog.captures(document.id),
            "attachments": services.catalog.files().attachments_of(document.id),
        }
    )


def api_file(services: Services, digest: str) -> Response:
    """`/api/files/<digest>`: what is known of a file, its documents, its corrections; pages have addresses of their own."""
    kept = find_file(services, digest)
    files = services.catalog.files()
    return jsonify(
        {
            "file": kept,
            "capture": files.capture_of(digest),
            "documents": files.documents_of(digest),
            "corrections": files.corrections(digest),
            "pages": [
                {"n": page.n, "origin": page.origin, "confidence": page.confidence, "title": page.title, "chars": len(page.text)}
                for page in files.pages(digest, limit=MOST_PAGES)
            ],
        }
    )


def api_page(services: Services, digest: str, n: int) -> Response:
    """`/api/files/<digest>/pages/<n>`: a page as it is shown and as it was read, with its words and corrections."""
    return jsonify(find_page(services, digest, n)[1])


MOST_PAGES = 500
"""More pages of a file than this are not listed."""
MOST_RELATED = 100
"""More similar or naming documents than this are not listed, whatever is asked for."""


def api_similar(services: Services, id: str) -> Response:
    """`/api/documents/<id>/similar?limit=20`: documents about the same, nearest first."""
    document = find_document(services, id)
    return jsonify({"id": document.id, "hits": services.searcher.similar(document.id, _limit())})


def api_references(services: Services, id: str) -> Response:
    """`/api/documents/<id>/references?limit=20`: what the document names by number, and the newest of those that name it."""
    document = find_document(services, id)
    return jsonify({"id": document.id, **asdict(services.searcher.references(document.id, _limit()))})


def _limit() -> int:
    value = request.args.get("limit", "20")
    if not (value.isascii() and value.isdigit() and len(value) < 4 and 1 <= int(value) <= MOST_RELATED):
        raise BadRequest("limit", plain(value[:80]))
    return int(value)


def healthz(services: Services) -> Response:
    """Whether catalogue and index answer, and how far the index follows."""
    return jsonify(
        {
            "status": "ok",
            "documents": services.catalog.count_documents(),
            "change": services.catalog.last_change(),
            "index": services.searcher.status(),
        }
    )


def register(app: Flask) -> None:
    """Let `app` speak JSON this way."""
    app.json = _Json(app)
