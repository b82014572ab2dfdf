"""What makes one list look like many: orders and views of it; and what tells that a walk goes in a circle."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from archive.identity import canonical_url
from ingest.discovering.pagers import PAGE_WORDS, slots_of

_SORTED = re.compile(
    r"(?:sort\w*|\w*[_-]?sort(?:by|dir|order|col|type)?|order|order[_-]?by\w*|\w*_orderby\w*|order[_-]?(?:dir|direction|col|type)|sap_?xep|sapxeptheo"
    r"|dir|direction|limit|per[_-]?page|page[_-]?size|\w*_delta|count|view_?mode|display_?mode|kieu_?xem|fontsize|co_?chu)\Z",
    re.IGNORECASE,
)
_PAGE_NUMBERS = re.compile(
    r"(?:page|trang|pg|paged|page_?(?:num|no|index|number)|cur(?:rent)?_?page|start|limitstart|offset|\w*[_-]cur)\Z",
    re.IGNORECASE,
)
_PAGE_IN_PATH = re.compile(rf"/(?:{PAGE_WORDS})\Z|(?:\A|[/_-])(?:{PAGE_WORDS})[-/_]\Z", re.IGNORECASE)
_PAGE_AT_END = re.compile(rf"/(?:{PAGE_WORDS})[-/_]?\Z", re.IGNORECASE)


def list_key(url: str) -> str:
    """One name for a list, whatever its order, its view and size of page, its page, or whose session it is.

    Raises ValueError for an address without a host.
    """
    return canonical_url(first_page(without_order(url)))


def without_order(url: str) -> str:
    """The address without the parameters that only say in which order, how many at once, or how large the letters."""
    head, mark, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and not _SORTED.match(pair.partition("=")[0])]
    return head + (f"?{'&'.join(kept)}" if mark and kept else "")


def first_page(url: str) -> str:
    """The address without its page number, where it is called one."""
    for slot in slots_of(url):
        if slot.before.endswith("="):
            if _PAGE_NUMBERS.match(slot.name):
                name = slot.before[: -len(slot.name) - 1]
                return first_page((name + slot.after.removeprefix("&")).rstrip("?&"))
        elif _PAGE_IN_PATH.search(slot.name) or _PAGE_IN_PATH.search(slot.before):
            return _PAGE_AT_END.sub("", slot.before).rstrip("/") + slot.after
    return url


def fingerprint(identities: Iterable[str]) -> str:
    """A digest of what a page lists, in whatever order; empty where it lists nothing."""
    named = sorted(set(identities))
    return hashlib.sha256("\n".join(named).encode("utf-8", "replace")).hexdigest() if named else ""
