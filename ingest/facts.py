"""What the words of an announcement tell beside its layout's fields: its own number, its kind, who issued it.

Each fact comes with its origin; none is taken from a document that the text merely refers to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.dates import find_dates
from archive.numbers import OwnNumber, agency_of, kind_of, own_number
from archive.records import FieldOrigin, ReadDate, ReuseTerms
from ingest.characters import one_line
from ingest.clean import Block
from ingest.portals import PORTALS

_AGENCIES = (
    (r"CP", "Chính phủ"),
    (r"TTg", "Thủ tướng Chính phủ"),
    (r"QH\d*", "Quốc hội"),
    (r"UBTVQH\d*", "Ủy ban Thường vụ Quốc hội"),
    (r"BTC", "Bộ Tài chính"),
    (r"BKHĐT", "Bộ Kế hoạch và Đầu tư"),
    (r"BNV", "Bộ Nội vụ"),
    (r"UBND", "Ủy ban nhân dân"),
    (r"HĐND|TTHĐND", "Hội đồng nhân dân"),
)
_HEAD_BLOCKS = 12


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one announcement and their origins; `dated` is the letterhead's own date."""

    number: str | None
    kind: str | None
    issuer: str | None
    dated: ReadDate | None
    origins: tuple[FieldOrigin, ...]


def read_facts(title: str, blocks: Sequence[Block], site: str, terms: ReuseTerms | None) -> Facts:
    """The facts in a title and a body.

    `site`: how the portal names itself; `terms`: what the page's footer says, which may be another name.
    """
    head = _head_text(blocks)
    own = own_number(title, head, _initials(site) or None)
    number = own.value if own else None
    origins: list[FieldOrigin] = []
    if own is not None and number is not None:
        origins.append(FieldOrigin("number", f"rule:number-in-{own.place}", own.confidence, own.raw))
    kind, kind_origin = _kind(own, title, blocks)
    issuer, issuer_origin = _issuer(number, blocks, site, terms)
    dates = find_dates(head[:1500]) if blocks and blocks[0].cells else ()
    origins += [origin for origin in (kind_origin, issuer_origin) if origin is not None]
    return Facts(number, kind, issuer, dates[0].date if dates else None, tuple(origins))


def _head_text(blocks: Sequence[Block]) -> str:
    lines: list[str] = []
    for block in blocks[:_HEAD_BLOCKS]:
        if block.cells:
            lines += [line for cell in block.cells for line in cell.split("\n")]
        else:
            lines += block.text.split("\n")
    return "\n".join(lines)


def _kind(own: OwnNumber | None, title: str, blocks: Sequence[Block]) -> tuple[str | None, FieldOrigin | None]:
    if own is not None:
        # A blank figure still names the kind: "Số:     /QĐ-STC" is a decision.
        shown = own.value or re.sub(r"^[^/]*/", "0/", own.raw).replace(" ", "")
        if (kind := kind_of(shown)) is not None:
            return kind, FieldOrigin("kind", "rule:kind-of-number", own.confidence or 0.75, own.raw)
    if (kind := kind_of(title)) is not None:
        return kind, FieldOrigin("kind", "rule:kind-in-title", 0.7, title[: len(kind)])
    for block in blocks[:6]:
        if not block.cells and block.text.isupper() and (kind := kind_of(block.text)) is not None:
            return kind, FieldOrigin("kind", "rule:kind-in-heading", 0.7, block.text)
    return None, None


def _issuer(
    number: str | None, blocks: Sequence[Block], site: str, terms: ReuseTerms | None
) -> tuple[str | None, FieldOrigin | None]:
    if (name := _letterhead_issuer(blocks)) is not None:
        own = bool(site) and site.casefold().startswith(name.casefold())
        return (site if own else _spelled(name)), FieldOrigin("issuer", "rule:letterhead", 0.85 if own else 0.75, name)
    agency = agency_of(number) if number else None
    if agency is not None and agency != _initials(site):
        known = next((name for pattern, name in _AGENCIES if re.fullmatch(pattern, agency)), None)
        if known is not None:
            return known, FieldOrigin("issuer", "rule:agency-of-number", 0.7, agency)
    named = next((name for name in (terms.names if terms else ()) if "." not in name), None)
    if named is not None and (not site or site.casefold() not in named.casefold()):
        return _spelled(named), FieldOrigin("issuer", "rule:name-in-footer", 0.5, named)
    if not site:
        return None, None
    if agency is not None and agency == _initials(site):
        return site, FieldOrigin("issuer", "rule:agency-of-number", 0.8, agency)
    return site, FieldOrigin("issuer", "rule:portal", 0.4 if agency else 0.6 if named else 0.5)


def _spelled(name: str) -> str:
    """A body's name as its own portal spells it, where that is registered: pages print names in capitals."""
    return _TITLES.get(name.casefold(), name)


def _letterhead_issuer(blocks: Sequence[Block]) -> str | None:
    """The body that a letterhead names: the last line in capitals of its left cell, above `Số:` or the rule under it."""
    for block in blocks[:3]:
        if len(block.cells) < 2 or not any(
            "CỘNG H" in cell.upper() or "ĐẢNG CỘNG SẢN" in cell.upper() for cell in block.cells[:4]
        ):
            continue
        names: list[str] = []
        for line in block.cells[0].split("\n"):
            name = one_line(line).strip(" -–_*")
            if re.match(r"số\b", name, re.IGNORECASE):
                break
            if name.isupper():
                names.append(name)
        if len(names) > 1 and _PLACE.match(names[-1]):
            return f"{names[-2]} {names[-1]}"
        return names[-1] if names else None
    return None


_TITLES = {portal.title.casefold(): portal.title for portal in PORTALS}
_PLACE = re.compile(r"(?:TỈNH|THÀNH PHỐ|TP|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|THỊ TRẤN)\b")


def _initials(title: str) -> str:
    agency = re.split(r"\s+(?:tỉnh|thành phố|huyện|quận|thị xã)\s", title, maxsplit=1)[0]
    return "".join(word[0].upper() for word in agency.split())
