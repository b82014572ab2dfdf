"""The attribution that a portal demands, as one ready sentence, in the portal's own words."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.records import Version

_HOST = re.compile(r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+/?\Z", re.IGNORECASE)


def attribution(version: Version, url: str) -> str:
    """`Nguồn: NAME (host)`: the names that the portal's footer asked for on the day of this version's capture.

    Where it gives several alternatives, the first that is a name is followed by the first that is a host.
    Where the footer asked for nothing, the issuing body and the host of `url` are named.
    """
    terms = version.reading.reuse
    names = terms.names if terms else ()
    host = urlsplit(url).hostname
    spoken = [name for name in names if not _HOST.match(name)]
    hosts = [name for name in names if _HOST.match(name)]
    if not names:
        spoken, hosts = [version.reading.issuer] if version.reading.issuer else [], [host] if host else []
    if spoken and hosts:
        return f"Nguồn: {spoken[0]} ({hosts[0]})"
    return f"Nguồn: {(spoken or hosts or [url])[0]}"
