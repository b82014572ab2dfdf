"""A portal's file as it is first written: what could be found out about a site, marked as found, and what is left to a person.

It needs a page of the site (its home page or a list); without one the file holds the host alone, which is enough to begin.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from ingest.characters import one_line
from ingest.decode import decode
from ingest.discover import links
from ingest.portal import Portal
from ingest.reuse import read_reuse
from ingest.tree import grow, lines_of

_MOST_LISTS = 40
_IDENTITIES = (
    r"/node/(\d+)(?:[/?]|$)",
    r"[?&](?:ItemID|ArticleID|NewsID|id|nid)=(\d+)",
    r"-(\d+)-\d+(?:\.html?|\.aspx)?(?:[/?]|$)",
    r"-(\d+)(?:\.html?|\.aspx)?(?:[/?]|$)",
    r"/(\d{3,})(?:\.html?|\.aspx|/[^/]*)?(?:\?|$)",
)
"""How platforms write the id of an announcement into its address, the most telling first."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What pages of a site tell about it; paths and addresses as they would stand in its file."""

    title: str | None = None
    lists: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    identity: str | None = None
    """The form of address whose group names the announcement, where nearly all addresses have it and each another id."""


def plain_portal(base_url: str) -> Portal:
    """A portal of which only the address is known. Raises ValueError for an address without a host."""
    host = (urlsplit(base_url).hostname or "").lower()
    if not host:
        raise ValueError(f"no host in {base_url!r}")
    name = host.removeprefix("www.")
    return Portal(name=name, title=host, host=host, base_url=base_url.rstrip("/"), lists=("/",), local=_is_local(host))


def survey(pages: Iterable[tuple[bytes, str, str | None]], portal: Portal) -> Survey:
    """What `pages` (body, address, content type each) of `portal` tell."""
    found: dict[str, list[str]] = {name: [] for name in ("lists", "feeds", "sitemaps", "articles")}
    titles: list[str] = []
    for body, url, content_type in pages:
        page = links(body, url, portal, content_type)
        for name, entries in found.items():
            entries += getattr(page, name)
        if (title := _title(body, content_type)) is not None:
            titles.append(title)
    articles = tuple(dict.fromkeys(found["articles"]))
    return Survey(
        title=Counter(titles).most_common(1)[0][0] if titles else None,
        lists=tuple(dict.fromkeys(_path(url) for url in found["lists"]))[:_MOST_LISTS],
        feeds=tuple(dict.fromkeys(_path(url) for url in found["feeds"])),
        sitemaps=tuple(dict.fromkeys(_path(url) for url in found["sitemaps"])),
        articles=articles,
        identity=_identity(articles),
    )


def source(portal: Portal, found: Survey, made_on: date) -> str:
    """The text of the file that declares `portal`, with what was `found`."""
    title = found.title or portal.title
    lines = [
        f'"""{_plain(title)}: made on {made_on.isoformat()} by `tangthu portal new`; docs/add-a-portal.md says how to go on."""',
        "",
        "from __future__ import annotations",
        "",
        "from ingest.portal import Portal",
        "",
        "PORTAL = Portal(",
        f"    name={_quoted(portal.name)},",
        f"    title={_quoted(title)},{'' if found.title else '  # the name in full, as the body writes it itself'}",
        f"    host={_quoted(portal.host)},",
        f"    base_url={_quoted(portal.base_url)},",
        *_several("lists", found.lists or portal.lists, "sections that the page links to: keep those that list announcements"),
        *_several("feeds", found.feeds, "feeds that the page names"),
        *_several("aliases", _aliases(portal.host), "other names of the same host"),
        *_addresses(found),
        *(["    local=True,", "    delay_s=0.0,"] if portal.local else []),
        ")",
        "",
    ]
    return "\n".join(lines)


def _several(name: str, values: tuple[str, ...], comment: str) -> list[str]:
    if not values:
        return []
    return [f"    # {comment}", f"    {name}=(", *(f"        {_quoted(value)}," for value in values), "    ),"]


def _addresses(found: Survey) -> list[str]:
    """What tells announcements from other pages, and one from another whatever its slug."""
    lines = []
    if found.articles:
        lines += ['    # taken for announcements\' addresses; where that is wrong, say with `article=r"…"` which are:']
        lines += [f"    #   {_plain(url)}" for url in found.articles[:3]]
    if found.identity:
        lines += ["    # the number in the address names the announcement, whatever stands before it:"]
        lines += [f'    identity=r"{found.identity}",']
    return lines


def _quoted(text: str) -> str:
    """`text` as a literal: JSON's are Python's, and have the quotation marks that the other files have."""
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> str:
    """`text` as it may stand in a comment or docstring: one line, no quotes that would end it, no backslash."""
    return one_line(text).replace("\\", "/").replace('"', "'")


def _aliases(host: str) -> tuple[str, ...]:
    if _is_local(host):
        return ()
    return (host.removeprefix("www."),) if host.startswith("www.") else (f"www.{host}",)


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _title(body: bytes, content_type: str | None) -> str | None:
    """How the site names itself: whom its footer demands to be named, who answers for it, else what its head says."""
    try:
        root, _ = grow(decode(body, content_type).text)
    except ValueError:
        return None
    lines = lines_of(root)
    terms = read_reuse(lines)
    named = [name for name in (*terms[0].names, terms[0].publisher or "") if name and "." not in name] if terms else []
    declared = [tag.get("content") or "" for tag in root.iter("meta") if tag.get("property") == "og:site_name"]
    titles = [tag.text or "" for tag in root.iter("title")]
    named += [one_line(name) for name in (*declared[:1], *titles[:1])]
    title = next((name for name in named if name), None)
    spelled = (line for line in lines if title and line.casefold() == title.casefold() and not line.isupper())
    return next(spelled, title)  # footers shout


def _identity(articles: tuple[str, ...]) -> str | None:
    """The form of `_IDENTITIES` that nearly all addresses have, each with another id; None where no form does."""
    if len(articles) < 3:
        return None
    for pattern in _IDENTITIES:
        ids = [match[1] for url in articles if (match := re.search(pattern, _path(url), re.IGNORECASE))]
        if len(ids) >= 0.9 * len(articles) and len(set(ids)) == len(ids):
            return pattern
    return None
