"""Two readings of one page, field by field: what one says and the other does not, and how much surer one of them is."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

from archive.records import AttachmentLink, LegalBasis, Mention, ReadDate, Reading, ReuseTerms

Kind = Literal["filled", "emptied", "changed", "surer", "less_sure"]
KINDS: tuple[Kind, ...] = ("filled", "emptied", "changed", "surer", "less_sure")
SAID = tuple(field.name for field in fields(Reading) if field.name not in ("fields", "platform"))
_EXAMPLE = 160


@dataclass(frozen=True, slots=True)
class Shift:
    """One field that the two readings give differently; `before` and `after` are cut to what an example needs."""

    field: str
    kind: Kind
    before: str
    after: str


def says_otherwise(before: Reading, after: Reading) -> bool:
    """Whether the two differ in more than in where their fields come from."""
    return _said(before) != _said(after)


def shifts(before: Reading, after: Reading) -> tuple[Shift, ...]:
    """What differs, in the order of the fields."""
    return (*_of_values(before, after), *_of_confidence(before, after), *_of_platform(before, after))


def _said(reading: Reading) -> Reading:
    return replace(reading, fields=(), platform="")


def _of_values(before: Reading, after: Reading) -> list[Shift]:
    found = []
    for name in SAID:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        kind: Kind = "filled" if not old else "emptied" if not new else "changed"
        found.append(Shift(name, kind, *_cut(_words(old), _words(new))))
    return found


def _of_confidence(before: Reading, after: Reading) -> list[Shift]:
    sure = {origin.name: origin.confidence for origin in before.fields}
    found = []
    for origin in after.fields:
        was = sure.get(origin.name, origin.confidence)
        if was != origin.confidence:
            kind: Kind = "surer" if origin.confidence > was else "less_sure"
            found.append(Shift(origin.name, kind, f"{was:.2f}", f"{origin.confidence:.2f}"))
    return found


def _of_platform(before: Reading, after: Reading) -> list[Shift]:
    return [] if before.platform == after.platform else [Shift("platform", "changed", before.platform, after.platform)]


def _words(value: object) -> str:
    """A field's value in words for a person."""
    if isinstance(value, tuple):
        return "; ".join(_words(each) for each in value)
    if isinstance(value, ReadDate):
        return value.value if value.raw == value.value else f"{value.value} ({value.raw})"
    if isinstance(value, AttachmentLink):
        return f"{value.title} <{value.url}>"
    if isinstance(value, LegalBasis):
        return value.text
    if isinstance(value, Mention):
        return value.number
    if isinstance(value, ReuseTerms):
        return " · ".join(_words(getattr(value, name)) for name in ReuseTerms.__slots__ if getattr(value, name))
    return "" if value is None else str(value)


def _cut(before: str, after: str) -> tuple[str, str]:
    """Both texts from a little before the place where they part."""
    before, after = " ".join(before.split()), " ".join(after.split())
    if max(len(before), len(after)) <= _EXAMPLE:
        return before, after
    same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    start = max(0, same - 30)
    return _from(before, start), _from(after, start)


def _from(text: str, start: int) -> str:
    end = start + _EXAMPLE
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
