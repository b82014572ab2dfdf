"""What was read from a file: its pages of text, and what it says of itself.

Frozen data that crosses folder borders. A file goes by the SHA-256 of its bytes: the same file at two addresses is read once.
How readings are kept is `files`'s; who reads is `ingest`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.records import AttachmentLink, Said

PageOrigin = Literal["text", "ocr", "converted"]
"""text: as it stands in the file; converted: from an encoding older than Unicode; ocr: read from a picture of the page."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares (0.0 to 1.0) of the page's width and height as it is shown, upright."""
FileState = Literal["waiting", "read", "failed"]
UNSURE = 0.9
"""Words and pages that are less sure than this are shown as unsure."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page and where it stands on the page's image."""

    text: str
    box: Box
    confidence: float | None = None
    """0.0 to 1.0: how likely the word is right; None where nothing was guessed."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file; of a workbook one sheet, of slides one slide. A format without pages has one."""

    n: int
    """From 1."""
    text: str
    """NFC; lines are parted by a line feed, paragraphs by an empty line, cells of a table's row by tabs."""
    origin: PageOrigin
    confidence: float
    """0.0 to 1.0; for `ocr` the mean of its words', weighted by their letters."""
    words: tuple[Word, ...] = ()
    """In the order of `text`, which holds each of them; empty where the format places no words (a DOC, a sheet)."""
    original: str | None = None
    """The text before it was converted, character for character."""
    encodings: tuple[str, ...] = ()
    """What was found in it: `tcvn3`, `vni`, `viscii`, `vps`, `cp1258`, `viqr`; empty for Unicode."""
    width: float | None = None
    height: float | None = None
    """Of the page as it is shown, in points (PDF) or pixels (images); None where it has no image."""
    turned: int = 0
    """Degrees, clockwise, by which the page's picture was turned to stand upright: 0, 90, 180 or 270."""
    title: str | None = None
    """Name of the sheet."""


@dataclass(frozen=True, slots=True)
class PageFact:
    """One thing that a document says of itself on one of its pages."""

    name: str
    """A field of `Reading`: number, kind, issued, place, issuer, signer, signer_office, subject, basis."""
    value: str
    page: int
    confidence: float
    rule: str
    raw: str | None = None
    """The words of the page, where the value is not simply those words."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file within a file: of a ZIP, an e-mail."""

    name: str
    """As it stands there, cleaned of control characters; never used as a path."""
    size: int
    """Bytes, unpacked."""
    digest: str | None = None
    """SHA-256 of its bytes, where they were unpacked."""
    format: str | None = None


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a reader made of the bytes of one file."""

    format: str
    """`pdf`, `docx`, `doc`, `rtf`, `xlsx`, `xls`, `odt`, `ppt`, `pptx`, `txt`, `csv`, `html`, `png`, `jpeg`, `tiff`, `eml`,
    `zip`; `unknown`."""
    pages: tuple[Page, ...] = ()
    detected: tuple[str, ...] = ()
    """Encodings of the whole file, as it was found to be: `utf-8`, `tcvn3`, …, the commonest first."""
    converted: bool = False
    meta: Said = ()
    """What the file says of its making (author, created, modified, software, title). Claims; nothing of it is verified."""
    warnings: tuple[str, ...] = ()
    """What the reader of it should know, each in one English sentence that begins with a stable word and a colon (`cut: …`)."""
    facts: tuple[PageFact, ...] = ()
    members: tuple[Member, ...] = ()
    failed: str | None = None
    """Why it could not be read, in one word: empty, encrypted, damaged, unsupported, too_large, too_many_pages, timeout, memory,
    crashed, no_text, no_ocr."""
    reader: str = ""
    """Mark of the readers and engines that read, e.g. `files 1, tesseract 5.5.2 vie best_int`."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What an archivist says that a page, or a fact of a file, should read."""

    file: str
    """Digest."""
    field: str
    """`page/3`, or the name of a fact: `number`."""
    value: str
    before: str
    """What stood there when it was corrected."""
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that an archivist put into the archive by hand, and what he says of it."""

    file: str
    """Digest."""
    name: str
    """Of the file, as it was handed over."""
    facts: Mapping[str, str]
    """title, number, kind, issued (ISO 8601), issuer, signer, place, summary, category, source: those that were entered."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept, and how far it was read."""

    digest: str
    size: int
    capture_id: str
    """The first capture that holds it."""
    name: str
    """Title of the first link to it, or the name it was handed over by."""
    state: FileState
    page_count: int
    reading: FileReading | None
    """Without its pages, which `Files.page` gives one by one; None while it waits."""
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it is to be shown: read, and corrected where somebody corrected it."""

    file: str
    page: Page
    """With the corrected text; unchanged words keep their boxes and confidences, what was put in has confidence 1.0."""
    read: Page
    """As the reader read it."""
    corrections: tuple[Correction, ...] = ()
    """Oldest first; the last one is in force."""


@dataclass(frozen=True, slots=True)
class UnsurePage:
    """A page that holds words its reader was not sure of, and that nobody has corrected."""

    file: str
    """Digest."""
    name: str
    """Of the file."""
    n: int
    unsure: int
    """How many words."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One attachment of a document: the link, and what its address was found to hold."""

    link: AttachmentLink
    file: KeptFile | None = None
    """None: not fetched yet, or it could not be."""
    failed: str | None = None
    """Why it is not here, in one word: http_404, robots, host, too_large, …"""


@dataclass(frozen=True, slots=True)
class AttachedText:
    """The text of one attachment of a document, for the index."""

    file: str
    """Digest."""
    name: str
    pages: tuple[tuple[int, str], ...]
    """Number and text of each page that has text, corrections in force."""
    numbers: tuple[str, ...] = ()
    """The document numbers among its facts."""
