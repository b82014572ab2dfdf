"""What the index holds of a document, and under which version of that agreement."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.numbers import find_numbers
from archive.pages import AttachedText
from archive.records import Document
from search.words import page_texts
from search.words.analysis import Analysis, analyse, number_key, syllables, term
from search.words.standing_syllables import checkpoints_of

SCHEMA_VERSION = 5
"""Goes up with every change of fields, terms or analysis: an index of another version is built anew."""

SYLLABLE_FIELDS = ("title", "summary", "body")
FACET_FIELDS = ("portal", "host", "category", "year", "kind", "issuer", "author")
PASSAGE_FIELDS = ("summary", "body")
"""Texts that a hit shows a passage of, with `NAME_checkpoints` beside them; see checkpoints."""
PLAIN_FIELDS = ("compounds", "numbers", "own_number", "files")
"""Fields whose terms have no places."""
ATTACHED = "attached"
"""The syllables of the attachments' pages; between two pages one place stays empty, so that nothing reaches across."""
ATTACHED_PLAIN = {"attached_numbers": "numbers", "attached_own_number": "own_number"}
"""Fields of attachments without places, and what each would be among PLAIN_FIELDS were the attachments documents."""
PAGES = "attached_pages"
"""The column of the pages' texts, see page_texts."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One document as the index sees it: what is searched, what is filtered, what is shown."""

    id: str
    portal: str
    url: str
    title: str
    summary: str
    body: str
    state: str = "live"
    external_id: str | None = None
    published: str | None = None
    category: str | None = None
    number: str | None = None
    kind: str | None = None
    issuer: str | None = None
    author: str | None = None
    version: str = ""
    """Digest of the version that is held; not searched."""
    files: tuple[str, ...] = ()
    """Titles and file names of the attachments."""
    attached: tuple[AttachedText, ...] = ()
    """What the attachments say, as much of it as the index takes."""
    attached_version: str = ""
    """Digest of what they say; not searched."""
    left_out: int = 0
    """Characters of the attachments that are more than the index takes of one document."""

    @property
    def attached_chars(self) -> int:
        """How much text of attachments there is."""
        return sum(len(text) for file in self.attached for _, text in file.pages)

    @property
    def host(self) -> str:
        """The host of the page's address, or empty."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""

    @property
    def year(self) -> str:
        """The year of publication, or empty."""
        return self.published[:4] if self.published else ""


def of_document(document: Document, attached: Sequence[AttachedText] = ()) -> IndexDocument:
    """What the index holds of a document's current version, and of what its attachments say."""
    reading = document.version.reading
    kept, left_out = page_texts.bounded(attached)
    return IndexDocument(
        id=document.id,
        portal=document.portal,
        url=document.url,
        title=reading.title,
        summary=reading.summary or "",
        body=reading.text,
        state=document.state,
        external_id=document.external_id,
        published=reading.published.value if reading.published else None,
        category=reading.category,
        number=reading.number,
        kind=reading.kind,
        issuer=reading.issuer,
        author=reading.byline,
        version=document.version.digest,
        files=tuple(f"{each.title} {_file_name(each.url)}" for each in reading.attachments),
        attached=kept,
        attached_version=document.attached,
        left_out=left_out,
    )


def _file_name(url: str) -> str:
    return unquote(url.partition("?")[0].rpartition("/")[2])


def id_key(id: str) -> int:
    """A number for a document's id, in 64 bits: it orders hits that are equal in all else, whatever was written when."""
    return int.from_bytes(hashlib.blake2b(id.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def date_key(published: str | None) -> int:
    """An ISO 8601 date of any precision as YYYYMMDDhhmm, unknown parts 0; 0 for no date."""
    digits = re.sub(r"\D", "", (published or "")[:16])
    return int(digits.ljust(12, "0")[:12]) if digits else 0


def fields_of(document: IndexDocument) -> dict[str, Any]:
    """The values of one Whoosh document: lists of ready terms, plain strings, and what is shown. Whoosh itself keeps no place
    empty between two pages.
    """
    parts: dict[str, Analysis] = {name: analyse(getattr(document, name)) for name in SYLLABLE_FIELDS}
    numbers = [token.text for analysis in parts.values() for token in analysis.numbers]
    own = [number_key(document.number)] if document.number else []
    fields: dict[str, Any] = {name: [term(token.text) for token in analysis.syllables] for name, analysis in parts.items()}
    fields["compounds"] = [token.text for analysis in parts.values() for token in analysis.compounds]
    fields["numbers"] = numbers + own
    fields["own_number"] = own
    fields["files"] = [term(token.text) for name in document.files for token in syllables(name)]
    fields |= _attached(document)
    fields |= {name: storable(getattr(document, name) or "") for name in FACET_FIELDS}
    return fields | {"id": document.id, "date": date_key(document.published), "shown": shown(document)}


def _attached(document: IndexDocument) -> dict[str, Any]:
    if not document.attached:
        return {}
    pages = [text for file in document.attached for _, text in file.pages]
    counts = [[len(syllables(block)) for block in page_texts.blocks_of(text)] for text in pages]
    numbers = numbers_in(document.attached)
    return {
        ATTACHED: [term(token.text) for text in pages for token in syllables(text)],
        "attached_numbers": list(numbers),
        "attached_own_number": own_numbers(document.attached),
        PAGES: page_texts.packed(document.attached, counts, list(numbers.values())),
    }


def numbers_in(attached: Sequence[AttachedText]) -> dict[str, str]:
    """All document numbers on the pages and among the facts of attachments, by key, each as it was written first."""
    found: dict[str, str] = {}
    for file in attached:
        for _, text in file.pages:
            for number in find_numbers(text):
                found.setdefault(number_key(number.canonical), number.canonical)
        for fact in file.numbers:
            found.setdefault(number_key(fact), fact)
    return {key: number for key, number in found.items() if key}


def own_numbers(attached: Sequence[AttachedText]) -> list[str]:
    """The keys of the numbers that attachments carry themselves."""
    return [key for key in dict.fromkeys(number_key(number) for file in attached for number in file.numbers) if key]


def shown(document: IndexDocument) -> dict[str, Any]:
    """What a hit shows: texts in full for the passage, with their checkpoints."""
    return stored(document) | {f"{name}_checkpoints": checkpoints_of(getattr(document, name)) for name in PASSAGE_FIELDS}


def stored(document: IndexDocument) -> dict[str, Any]:
    """The same without checkpoints."""
    names = ("id", "portal", "url", "title", "summary", "body", "state", "external_id", "published", "category", "number", "kind")
    texts = {name: storable(value) if (value := getattr(document, name)) else value for name in (*names, "issuer", "version")}
    return texts | {"attached_version": document.attached_version, "left_out": document.left_out}


def storable(text: str) -> str:
    """`text` without lone surrogates, which no encoding holds."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def whoosh_schema() -> Any:
    """The fields for Whoosh: terms come ready made, and white space alone parts them for whoever queries with Whoosh itself."""
    from whoosh import fields
    from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer

    def stream(*, positions: bool) -> Any:
        return fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=positions)

    return fields.Schema(
        id=fields.ID(unique=True),
        **{name: stream(positions=True) for name in SYLLABLE_FIELDS},
        **{name: stream(positions=False) for name in PLAIN_FIELDS},
        **{ATTACHED: stream(positions=True)},
        **{name: stream(positions=False) for name in ATTACHED_PLAIN},
        **{PAGES: fields.COLUMN()},
        **{name: fields.ID(sortable=True) for name in FACET_FIELDS},
        date=fields.NUMERIC(int, bits=64, sortable=True),
        meta=fields.ID(),
        shown=fields.STORED(),
    )
