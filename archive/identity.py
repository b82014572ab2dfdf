"""Names that last: the canonical form of an address, and the id that a document has for ever."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import quote_plus, unquote_to_bytes, urlsplit

ID_LENGTH = 12
_ID = re.compile(r"[a-z2-7]{12}\Z")
_NOT_IDENTITY = re.compile(
    r"(?:utm_\w+|fbclid|gclid|zarsrc|_ga|jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid|session_?id|sess_?id|p_auth"
    r"|_afr(?:loop|windowmode|windowid|fs|mt|mfw|mfh|mfdw|mfdh|mfc|mfci|mfm|mfr|mfg|mfs|mfo)|_adf\.(?:ctrl-state|winid))\Z",
    re.IGNORECASE,
)
"""Of campaigns and sessions. `p_auth` is Liferay's, the `_afr…` and `_adf.…` are Oracle WebCenter's state of a window."""
_SESSION_TOKEN = re.compile(rb"(?=\d*[A-Za-z])(?=[A-Za-z]*\d)[A-Za-z\d]{16,}\Z")
_SESSION_NAME = re.compile(
    r"(?:jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid|session_?id|sess_?id|p_auth)\Z", re.IGNORECASE
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|session_?id)=[^/;]*", re.IGNORECASE)
_SESSION_FOLDER = re.compile(
    r"/(?:\(|%28)(?:X(?:\(|%28)1(?:\)|%29))?(?:[AF](?:\(|%28)[\w!*-]{16,400}(?:\)|%29))*S(?:\(|%28)[a-z0-5]{24}(?:\)|%29)"
    r"(?:[AF](?:\(|%28)[\w!*-]{16,400}(?:\)|%29))*(?:\)|%29)(?=/|\Z)",
    re.ASCII,
)
"""`(S(…))`: where ASP.NET keeps the session of a visitor without cookies, always 24 characters of `a-z0-5`."""
_NO_HOST = re.compile(r"[\s\x00-\x20\x7f\\]")
_WWW = re.compile(r"\A(?:www\.)+(?=.)")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~/:@!$&'()*+,;=-]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_url(url: str) -> str:
    """`host/path?query` of an address: what stays the same when scheme, port, case of host, order of query,
    tracking and session parameters, spelling of percent-escapes and trailing slash differ.

    Escapes are compared as bytes: `%E1` and `%E2` name two pages of a portal in an old encoding, `%2F` is no `/`.
    Raises ValueError for an address without a host.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").lower().rstrip(".")
    if not host or _NO_HOST.search(host):
        raise ValueError(f"address without a host: {url[:200]!r}")
    host = f"[{host}]" if ":" in host else _WWW.sub("", host)
    # Escapes first: what they hide may be the name of the session.
    path = _SESSION_FOLDER.sub("", _SESSION_PATH.sub("", _ESCAPED.sub(_one_spelling, parts.path)))
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    kept = sorted(pair for pair in _pairs(parts.query) if not _is_passing(*pair))
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in kept)
    return f"{host}{path}" + (f"?{query}" if query else "")


def without_session(url: str) -> str:
    """The address without the session that it may carry in a parameter of its path or query; nothing else is changed.

    `(S(…))` stays: a server that writes it there answers an address without it by a redirect to one with a new one.
    """
    head, mark, query = url.partition("?")
    kept = [pair for pair in query.split("&") if not _SESSION_NAME.match(pair.partition("=")[0])]
    return _SESSION_PATH.sub("", head) + (f"?{'&'.join(kept)}" if mark and kept else "")


def without_session_folder(path: str) -> str:
    """A path, or an address up to its query, without the folder `(S(…))` of a session."""
    return _SESSION_FOLDER.sub("", path) if "S(" in path or "S%28" in path else path


def _one_spelling(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 1:
        return "".join(f"%{byte:02X}" for byte in found.encode())
    plain = chr(int(found[1:], 16))
    return plain if plain in _UNRESERVED else found.upper()


def _pairs(query: str) -> list[tuple[bytes, bytes]]:
    """Names and values as bytes: a query in an old encoding is no UTF-8, and its values must stay apart."""
    split = (part.partition("=") for part in query.split("&") if part)
    return [(_unquoted(name), _unquoted(value)) for name, _, value in split]


def _unquoted(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))


def _is_passing(name: bytes, value: bytes) -> bool:
    """Whether a parameter says who looks, not at what. `sid` is a session on some portals and a story's number on others."""
    if name.lower() == b"sid":
        return _SESSION_TOKEN.match(value) is not None
    return _NOT_IDENTITY.match(name.decode(errors="replace")) is not None


def document_id(identity: str) -> str:
    """The permanent id of the document that `identity` names: 12 characters of lower-case base32 of its SHA-256 (60 bits)."""
    digest = hashlib.sha256(identity.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:ID_LENGTH]


def is_document_id(text: str) -> bool:
    """Whether `text` has the shape of a document id."""
    return _ID.match(text) is not None
