"""One request that leads on from a page: an address to GET, or a form of the page to POST. Pure data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote_plus

from archive.identity import canonical_url

MAX_FORM_BYTES = 4 * 1024 * 1024
"""Of a form as it is sent. View states of half a megabyte are met; what is larger is no list's."""
TARGET, ARGUMENT, STATE = "__EVENTTARGET", "__EVENTARGUMENT", "__VIEWSTATE"
"""The fields of an ASP.NET page that say which of its controls was used, with which argument, and what state the page was in."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to ask for next."""

    url: str
    """Absolute, without fragment."""
    fields: tuple[tuple[str, str], ...] = ()
    """Names and values of a postback's form in its order; none: a plain GET."""
    charset: str = "utf-8"
    """In which the form is sent: that of the page it stands on."""
    page: int | None = None
    """Of a postback: which page of the list it asks for, counted from 1."""

    @property
    def is_post(self) -> bool:
        """Whether a form is sent."""
        return bool(self.fields)

    @property
    def body(self) -> bytes:
        """The form as `application/x-www-form-urlencoded`; what the charset lacks is sent as browsers do, as `&#N;`."""
        pairs = (f"{self._quoted(name)}={self._quoted(value)}" for name, value in self.fields)
        return "&".join(pairs).encode("ascii")

    @property
    def key(self) -> str:
        """A name for what is asked for, the same whatever session or page state the request carries: for sets of what was walked.

        One control may lead to many pages ("next"), and one page may be reached by many controls: the number tells them apart.
        Raises ValueError for an address without a host.
        """
        address = canonical_url(self.url)
        if not self.is_post:
            return address
        target = next((value for name, value in self.fields if name == TARGET), "")
        return f"{address}#{re.sub('[0-9]+', '0', target)}:{self.page}"

    def _quoted(self, text: str) -> str:
        return quote_plus(text.encode(self.charset, "xmlcharrefreplace"))
