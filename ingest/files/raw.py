"""What the module of a format gives: text as it stands in the file, with the fonts it is set in, nothing converted yet.

`legacy` makes Unicode of it, `reading` pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.pages import Box, Member
from archive.records import Said


@dataclass(frozen=True, slots=True)
class Run:
    """Characters set in one font. In 8-bit formats a character is what Windows-1252 (or the code page that the file names for
    this font) makes of its byte.
    """

    text: str
    font: str | None = None
    """As the file names it: `.VnTime`, `VNI-Times`, `Times New Roman`; None where the format names none."""


Line = tuple[Run, ...]
"""A paragraph, a line of a page, or a table's row whose cells are parted by tabs. It holds no line feed; an empty line is ()."""


@dataclass(frozen=True, slots=True)
class RawWord:
    """A word placed on its page, in the order of the lines."""

    text: str
    box: Box
    font: str | None = None


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page, sheet or slide."""

    lines: tuple[Line, ...] = ()
    words: tuple[RawWord, ...] = ()
    width: float | None = None
    height: float | None = None
    """Of its image, in points or pixels; None where it has none."""
    pictured: float = 0.0
    """Which share of the page pictures cover, 0.0 to 1.0: what may have to be read by OCR."""
    title: str | None = None
    """Name of the sheet."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file, opened."""

    format: str
    pages: tuple[RawPage, ...]
    meta: Said = ()
    """author, last_author, created, modified, software, title, subject, company, pages, … as the file says them."""
    warnings: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    charset: str | None = None
    """What the bytes of a text file were decoded from."""
