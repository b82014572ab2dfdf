"""Readings of files and their pages as plain JSON and back: how they stand in WARC records and in the catalogue.

What an older program wrote lacks the fields that were learnt since; what a newer one wrote beyond ours is passed over.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from archive.pages import FileReading, Member, Page, PageFact, Word

T = TypeVar("T")
_BOX_DIGITS, _SURE_DIGITS = 5, 3


def to_plain(reading: FileReading) -> dict[str, Any]:
    """A reading without its pages; what is empty is left out."""
    plain = {field.name: getattr(reading, field.name) for field in fields(FileReading) if field.name != "pages"}
    plain["facts"] = [_filled(fact) for fact in reading.facts]
    plain["members"] = [_filled(member) for member in reading.members]
    return {name: value for name, value in plain.items() if value not in (None, (), [], "", False)}


def from_plain(plain: Mapping[str, Any], pages: tuple[Page, ...] = ()) -> FileReading:
    """The reading that `to_plain` wrote. Raises KeyError, TypeError or ValueError for what is none."""
    known = _known(FileReading, plain)
    known["detected"] = tuple(plain.get("detected") or ())
    known["warnings"] = tuple(plain.get("warnings") or ())
    known["meta"] = tuple((str(name), str(value)) for name, value in plain.get("meta") or ())
    known["facts"] = tuple(PageFact(**_known(PageFact, each)) for each in plain.get("facts") or ())
    known["members"] = tuple(Member(**_known(Member, each)) for each in plain.get("members") or ())
    return FileReading(**{**known, "pages": pages})


def page_to_plain(page: Page) -> dict[str, Any]:
    """A page; its words as `[text, left, top, right, bottom, confidence?]`, rounded beyond what an image shows."""
    plain = {field.name: getattr(page, field.name) for field in fields(Page) if field.name != "words"}
    plain = {name: value for name, value in plain.items() if value not in (None, ())}
    if page.words:
        plain["words"] = [_word_to_plain(word) for word in page.words]
    return plain


def page_from_plain(plain: Mapping[str, Any]) -> Page:
    """The page that `page_to_plain` wrote. Raises KeyError, TypeError or ValueError for what is none."""
    known = _known(Page, plain)
    known["encodings"] = tuple(plain.get("encodings") or ())
    known["words"] = tuple(_word_from_plain(each) for each in plain.get("words") or ())
    return Page(**known)


def packed(page: Page) -> bytes:
    """A page as the catalogue keeps it: JSON, deflated."""
    return zlib.compress(json.dumps(page_to_plain(page), ensure_ascii=False, sort_keys=True).encode())


def unpacked(blob: bytes) -> Page:
    """The page that `packed` gave."""
    return page_from_plain(json.loads(zlib.decompress(blob)))


def _word_to_plain(word: Word) -> list[Any]:
    plain: list[Any] = [word.text, *(round(side, _BOX_DIGITS) for side in word.box)]
    return plain if word.confidence is None else [*plain, round(word.confidence, _SURE_DIGITS)]


def _word_from_plain(plain: list[Any]) -> Word:
    text, left, top, right, bottom, *sure = plain
    return Word(str(text), (float(left), float(top), float(right), float(bottom)), float(sure[0]) if sure else None)


def _filled(part: PageFact | Member) -> dict[str, Any]:
    return {name: value for name, value in asdict(part).items() if value is not None}


def _known(kind: type[Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in plain.items() if name in names}
