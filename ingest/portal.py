"""What a portal is: where it lives, where its lists are, how its pages keep their fields.

A portal is one small file under `portals/` that builds one `Portal`; a platform is one small file under
`platforms/` that builds a few `Layout`s. Neither holds logic: `parse` reads with them, `discover` walks with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from archive.identity import canonical_url

_HOST = re.compile(r"\A[^/?]*/?")


Places = str | tuple[str, ...]
"""Where something stands: a CSS selector, or several in order of trust. Of what one selector matches, the first element on the
page that holds something counts."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one kind of page keeps its fields.

    Empty: the layout has no such field; in one that is laid over a platform's: the field stands where the platform has it.
    """

    name: str
    recognise: Places = ""
    """Any of these is on every page of this layout and on no other."""
    title: Places = ""
    body: Places = ""
    """Of several elements that one selector matches, the one with the most text."""
    published: Places = ""
    summary: Places = ""
    byline: Places = ""
    category: Places = ""
    source: Places = ""
    number: Places = ""
    issuer: Places = ""
    issued: Places = ""
    signer: Places = ""
    crumbs: Places = ""
    """The steps that lead to the page: the last that is neither the page nor the site's front is its category."""
    rows: Places = ""
    """A table of what a document is: label and value side by side. It gives what no other selector gave."""
    files: Places = ""
    """Where files are offered outside the body."""
    drop: tuple[str, ...] = ()
    """What stands inside the body but is not part of it: share bars, related lists, view counts."""
    marks: Places = ""
    """One of these has to be on the page as well, where what recognises it is weak. Empty: it is mark enough."""
    over: str = ""
    """Name of the platform whose layout this one of a portal is laid over: what it leaves empty is where the platform has it."""
    valid_from: date | None = None
    valid_until: date | None = None
    """First and last day on which the portal's pages had this layout; None: not known, or still so. A capture of another day is
    not read with it."""

    def is_valid_at(self, day: date | None) -> bool:
        """Whether pages captured on `day` may have this layout; of a day that is not known, any may."""
        if day is None:
            return True
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Where one kind of list page keeps its links, as CSS selectors."""

    name: str
    recognise: str
    """Matches something on every list page of this layout and on no other."""
    items: str
    """The links to announcements, or the elements that hold one each."""
    next_page: str = ""
    """The link to the next page; empty: links that look like paging are tried."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A source site, as its file declares it."""

    name: str
    title: str
    """The issuing body in full, as it names itself."""
    host: str
    """Main host; with `aliases` all the hosts that the gate lets through."""
    base_url: str
    lists: tuple[str, ...]
    """Paths of the first page of each list."""
    feeds: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    article: str = r"[^/]"
    """Regular expression searched in path and query of an address: is it an announcement's page? Unless declared: every page
    but the site's root."""
    next_page: str = ""
    """CSS selector of the link to a list's next page; empty: links that look like paging are tried."""
    items: str = ""
    """CSS selector of the links to announcements on a list page; empty: every link that `article` matches."""
    identity: str = ""
    """Regular expression over path and query whose groups name the announcement whatever its slug; empty: the whole address."""
    layouts: tuple[Layout, ...] = ()
    local: bool = False
    """Served on this machine's loopback; the gate then lets `base_url`'s host and port through, and only them."""
    delay_s: float = 1.0
    every_h: float | None = None
    """How often to crawl it, in hours; None: as often as the settings say."""

    def owns(self, url: str) -> bool:
        """Whether `url` stands on one of this portal's hosts (for a local portal: on loopback, at any port)."""
        try:
            host = (urlsplit(url).hostname or "").lower()
        except ValueError:
            return False
        return host in {self.host, *self.aliases}

    def is_article(self, url: str) -> bool:
        """Whether `url` is the address of an announcement."""
        return self.owns(url) and re.search(self.article, _path_and_query(url)) is not None

    def identity_of(self, url: str) -> str:
        """The name of the announcement at `url` that outlives changes of host alias, scheme, port and slug.

        An address on a host that is not this portal's keeps its host in the name. Raises ValueError for one without a host.
        """
        canonical = canonical_url(url)
        if not self.owns(url):
            return f"{self.name}:{canonical}"
        if self.identity and (match := re.search(self.identity, _path_and_query(url))):
            groups = [group for group in match.groups() if group]
            if groups:
                return f"{self.name}:{':'.join(groups)}"
        return f"{self.name}:{_HOST.sub('', canonical)}"

    def at(self, base_url: str) -> Portal:
        """The same portal served at another address."""
        return replace(self, base_url=base_url)


def _path_and_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def portal_of(portals: Sequence[Portal], url: str) -> Portal | None:
    """The portal whose host `url` stands on."""
    return next((portal for portal in portals if portal.owns(url)), None)
