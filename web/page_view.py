"""One page of a file: its picture beside its text, what is looked for marked on both, what was corrected and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for

from archive.errors import NotFound
from archive.pages import Correction, KeptFile, KeptPage, Page
from web import sessions
from web.differences import Stretch, differences
from web.file_names import shown_name
from web.file_words import encodings_in_words
from web.files import WIDTHS, asked_words, documents_of, find_file, page_how
from web.leaf import SCALE, leaf, visible
from web.marking import marks, matching
from web.services import Services

MOST_LOOKED_AHEAD = 150
"""Pages that are looked through, each way, for the next that matches."""
_LAST_PAGE = 1_000_000
_MOST_CORRECTIONS = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture of a page: addresses by width, and its size as the page is laid out with it."""

    src: str
    srcset: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Change:
    """A correction as the history shows it."""

    by: str
    at: datetime
    reason: str
    stretches: Sequence[Stretch]


def file_page(services: Services, digest: str, n: int) -> str:
    """`/tep/<digest>/trang/<n>?q=`."""
    kept, page = find_page(services, digest, n)
    query = asked_words()
    found = marks(services, page.page.text, query)
    shown = leaf(page.page, found)
    return render_template(
        "page.html",
        file=kept,
        name=shown_name(kept.name),
        n=n,
        page_count=max(kept.page_count, n),
        title=shown_name(page.page.title) if page.page.title else None,
        how=page_how(page.read.origin, page.read.encodings, page.read.confidence),
        documents=documents_of(services, digest)[:3],
        leaf=shown,
        scale=SCALE,
        sheet=sheet(services, kept, page.page),
        pictured=page.page.width is not None,
        asked_words=query,
        found=len(found),
        around=_around(services, kept, n, query) if query else (None, None),
        previous=_address(digest, n - 1, query) if n > 1 else None,
        next=_address(digest, n + 1, query) if n < kept.page_count else None,
        original=visible(page.read.original) if page.read.original is not None else None,
        encodings=encodings_in_words(page.read.encodings),
        turned=page.read.turned,
        changes=[change(each) for each in reversed(page.corrections[-_MOST_CORRECTIONS:])],
        archivist=sessions.archivist(services),
    )


def find_page(services: Services, digest: str, n: int) -> tuple[KeptFile, KeptPage]:
    """Page `n` of a file; raises NotFound."""
    kept = find_file(services, digest)
    if not 1 <= n <= _LAST_PAGE:
        raise NotFound("page", f"{digest}/{n}")
    return kept, services.catalog.files().page(digest, n)


def sheet(services: Services, kept: KeptFile, page: Page) -> Sheet | None:
    """The picture of a page; None where its format has none or no pictures are made here."""
    if services.pictures is None or not page.width or not page.height:
        return None
    addresses = {width: url_for("picture", digest=kept.digest, n=page.n, w=width) for width in WIDTHS}
    width = WIDTHS[1]
    height = max(1, round(width * page.height / page.width))
    return Sheet(addresses[width], ", ".join(f"{url} {each}w" for each, url in addresses.items()), width, height)


def change(made: Correction) -> Change:
    """A correction for the history."""
    return Change(made.by, made.at, made.reason, differences(made.before, made.value))


def _address(digest: str, n: int, query: str) -> str:
    return url_for("file_page", digest=digest, n=n, q=query or None)


def _around(services: Services, kept: KeptFile, n: int, query: str) -> tuple[tuple[int, str] | None, tuple[int, str] | None]:
    """Number and address of the nearest matching page before this one, and of the nearest after it."""
    texts = services.catalog.files().texts(kept.digest)
    before = [each for each in reversed(texts) if each[0] < n][:MOST_LOOKED_AHEAD]
    after = [each for each in texts if each[0] > n][:MOST_LOOKED_AHEAD]
    return _first(services, kept, before, query), _first(services, kept, after, query)


def _first(services: Services, kept: KeptFile, texts: Iterable[tuple[int, str]], query: str) -> tuple[int, str] | None:
    found = next(matching(services, list(texts), query), None)
    return None if found is None else (found.n, f"{_address(kept.digest, found.n, query)}#k1")
