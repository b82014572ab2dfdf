"""How answers travel: text is compressed for clients that take it, pages are checked again at each visit.

Pages that hold a secret are those of the desk; they are not stored, and not compressed, so that compression gives nothing away
(the BREACH attack needs a secret beside text of others).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

_TEXT = frozenset({"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "text/plain"})
_MIN_BYTES = 1024


@lru_cache(maxsize=32)
def _squeezed(content: bytes, level: int) -> bytes:
    return gzip.compress(content, level, mtime=0)


def _deliver(response: Response) -> Response:
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    if response.mimetype not in _TEXT or response.status_code != 200 or "Content-Encoding" in response.headers:
        return response
    if response.cache_control.no_store:
        return response
    response.vary.add("Accept-Encoding")
    if request.method != "GET" or request.accept_encodings.quality("gzip") <= 0:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= _MIN_BYTES:
        response.set_data(_squeezed(content, 9) if request.endpoint == "static" else gzip.compress(content, 5))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)
    return response


def register(app: Flask) -> None:
    """Let every answer of `app` be sent so."""
    app.after_request(_deliver)
