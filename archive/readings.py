"""Readings as plain JSON and back: how they are written where no table holds them.

What an older program wrote lacks the fields that were learnt since, and they stay empty; what a newer one wrote beyond ours is
passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from archive.records import AttachmentLink, FieldOrigin, LegalBasis, Mention, ReadDate, Reading, ReuseTerms

R = TypeVar("R", AttachmentLink, FieldOrigin, LegalBasis, Mention, ReadDate)

_PARTS = {"attachments": AttachmentLink, "bases": LegalBasis, "mentions": Mention, "fields": FieldOrigin}


def to_plain(reading: Reading) -> dict[str, Any]:
    """`reading` as what JSON can say; what is empty is left out."""
    return {name: value for name, value in asdict(reading).items() if value not in (None, ())}


def from_plain(plain: Mapping[str, Any]) -> Reading:
    """The reading that `to_plain` wrote. Raises KeyError, TypeError or ValueError for what is none."""
    known = _known(Reading, plain)
    for name, kind in _PARTS.items():
        known[name] = tuple(_part(kind, each) for each in plain.get(name) or ())
    for name in ("published", "issued"):
        known[name] = _part(ReadDate, plain[name]) if plain.get(name) else None
    known["reuse"] = _terms(plain["reuse"]) if plain.get("reuse") else None
    return Reading(**known)


def _terms(plain: Mapping[str, Any]) -> ReuseTerms:
    known = _known(ReuseTerms, plain)
    known["names"] = tuple(plain.get("names") or ())
    known["licence_date"] = _part(ReadDate, plain["licence_date"]) if plain.get("licence_date") else None
    return ReuseTerms(**known)


def _part(kind: type[R], plain: Mapping[str, Any]) -> R:
    return kind(**_known(kind, plain))


def _known(kind: type[Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in plain.items() if name in names}
