"""What was captured, shown as it was: framed, without script, without network.

The page around it is ours; the bytes come from an address of their own that carries the sandbox in its headers,
so that they stay harmless when that address is opened by itself.
"""

from __future__ import annotations

import codecs
import mimetypes

from flask import Response, make_response, render_template
from werkzeug.http import parse_options_header

from archive.errors import NotFound
from archive.records import Capture
from web import clean, security
from web.addresses import find_document, permanent
from web.pages import find_version, portal_title
from web.services import Services

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_MAX_ID = 64


def original(services: Services, id: str, number: int) -> str:
    """The page around the capture that a version was read from."""
    document = find_document(services, id)
    version = find_version(services, document, number)
    capture = services.catalog.capture(version.capture_id)
    # Read here too: a damaged capture must be told by the page, not inside its frame.
    payload = services.warc.payload(capture)
    return render_template(
        "original.html",
        document=document,
        version=version,
        capture=capture,
        size=len(payload.body),
        imported=capture.kind == "resource",
        entry=services.catalog.files().entry(document.id),
        framed=_is_html(payload.content_type or capture.content_type),
        original=clean.link(capture.url),
        permanent=permanent(services, document.id),
        portal_title=portal_title(services, document.portal),
    )


def capture(services: Services, id: str) -> Response:
    """The body of a capture: HTML behind the sandbox, everything else to be saved and not shown."""
    if len(id) > _MAX_ID:
        raise NotFound("capture", id)
    found = services.catalog.capture(id)
    payload = services.warc.payload(found)
    content_type = payload.content_type or found.content_type
    response = make_response(payload.body)
    if _is_html(content_type):
        charset = _charset(content_type)
        # Without a label the browser looks for one in the page, as it would have on the portal.
        response.headers["Content-Type"] = f"text/html; charset={charset}" if charset else "text/html"
    else:
        response.headers["Content-Type"] = "application/octet-stream"
        response.headers.set("Content-Disposition", "attachment", filename=_file_name(found, content_type))
    response.headers["Cache-Control"] = "private, max-age=3600"
    return security.guard_capture(response)


def _is_html(content_type: str | None) -> bool:
    return parse_options_header(content_type)[0].lower() in _HTML


def _charset(content_type: str | None) -> str | None:
    label = parse_options_header(content_type)[1].get("charset", "")
    try:
        codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return label


def _file_name(capture: Capture, content_type: str | None) -> str:
    kind = parse_options_header(content_type)[0].lower()
    return f"{capture.id}{mimetypes.guess_extension(kind) or '.bin'}"
