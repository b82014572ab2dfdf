"""Names that last: the canonical form of an address, and the id that a document has for ever."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

ID_LENGTH = 12
_ID = re.compile(r"[a-z2-7]{12}\Z")
_NOT_IDENTITY = re.compile(
    r"(?:utm_\w+|fbclid|gclid|zarsrc|_ga|jsessionid|phpsessid|aspsessionid\w*|sid|sessionid|print|share)\Z", re.IGNORECASE
)
_SESSION_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_SAFE = "/:@!$&'()*+,;=-._~"


def canonical_url(url: str) -> str:
    """`host/path?query` of an address: what stays the same when scheme, port, case of host, order of query,
    tracking and session parameters, percent-encoding and trailing slash differ.

    Raises ValueError for an address without a host.
    """
    parts = urlsplit(url.strip())
    if not parts.hostname:
        raise ValueError(f"address without a host: {url!r}")
    host = parts.hostname.lower().rstrip(".").removeprefix("www.")
    path = quote(unquote(_SESSION_PATH.sub("", parts.path)), safe=_SAFE)
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    kept = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _NOT_IDENTITY.match(k))
    return f"{host}{path}" + (f"?{urlencode(kept)}" if kept else "")


def document_id(identity: str) -> str:
    """The permanent id of the document that `identity` names: 12 characters of lower-case base32 of its SHA-256 (60 bits)."""
    digest = hashlib.sha256(identity.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:ID_LENGTH]


def is_document_id(text: str) -> bool:
    """Whether `text` has the shape of a document id."""
    return _ID.match(text) is not None
