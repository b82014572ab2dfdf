"""The attribution that a portal demands, as one ready sentence, in the portal's own words."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from archive.records import Version

_HOST = re.compile(r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+/?\Z", re.IGNORECASE)


def attribution(version: Version, url: str, portal: str | None = None) -> str:
    """`Nguồn: NAME (host)`: the names that the portal's footer asked for on the day of this version's capture.

    Where it gives several alternatives, the first that is a name is followed by the first that is a host.
    Where the footer asked for nothing, the issuing body and the host of `url` are named; for an imported record, whose
    `url` may be a URN and thus no source, `portal` or else the portal that the URN names.
    """
    terms = version.reading.reuse
    names = terms.names if terms else ()
    spoken = [name for name in names if not _HOST.match(name)]
    hosts = [name for name in names if _HOST.match(name)]
    if not names:
        host = urlsplit(url).hostname
        spoken, hosts = [version.reading.issuer] if version.reading.issuer else [], [host] if host else []
    if spoken and hosts:
        return f"Nguồn: {spoken[0]} ({hosts[0]})"
    return f"Nguồn: {(spoken or hosts or [portal or _portal_of_urn(url) or url])[0]}"


def _portal_of_urn(url: str) -> str | None:
    """`sample` of `urn:tangthu:sample:17`."""
    parts = url.split(":")
    return unquote(parts[2]) if parts[0].lower() == "urn" and len(parts) > 3 else None
