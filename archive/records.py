"""The records that cross folder borders: what was captured, what was read, what is kept.

Everything here is frozen data. How it is stored is `catalog`'s, how it is read is `ingest`'s.
Text is NFC from the parser on; times are aware UTC; digests are lower-case hex SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Precision = Literal["year", "month", "day", "minute"]
CaptureKind = Literal["response", "revisit", "resource"]
DocumentState = Literal["live", "removed"]
ASTRAY = "astray"
"""Role of a capture that an announcement's address led to, or that leads on from there, and is no announcement."""
POSTED = "posted"
"""Role of a capture that answered a form (a list's page in ASP.NET): its bytes are not what its address gives to a GET."""


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as a page gives it: the value no more precise than the page was, and the words it was read from."""

    value: str
    """ISO 8601, cut to `precision`: `2020`, `2020-06`, `2020-06-15` or `2020-06-15T08:30+07:00`."""
    precision: Precision
    raw: str


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """Where one field of a reading came from and how sure the reader is of it."""

    name: str
    origin: str
    """`selector:CSS @ LAYOUT`, `rule:NAME` or `import:COLUMN`; the layout is a platform's name or `portal/era`."""
    confidence: float
    """0.0 to 1.0; below 0.7 the field is shown as unsure."""
    raw: str | None = None
    """The words of the page, where the value is not simply those words."""


@dataclass(frozen=True, slots=True)
class AttachmentLink:
    """A file that a document links to: its absolute address and the words of the link."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One act that a document rests on, as its preamble names it ("Căn cứ …")."""

    text: str
    """The clause word for word, without the semicolon or full stop that ends it."""
    number: str | None = None
    """Canonical number of the act, where the clause gives one."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Another document that the text names by its number."""

    number: str
    """Canonical, e.g. `23/2021/NQ-HĐND`."""
    raw: str
    """The words it was read from, the first time it is named."""
    url: str | None = None
    """Absolute address, where the page itself links to it."""


@dataclass(frozen=True, slots=True)
class ReuseTerms:
    """What a portal's own footer demands of whoever republishes, and whom it names as answerable."""

    names: tuple[str, ...] = ()
    """The alternatives that the portal accepts, in its order: naming one of them satisfies the demand."""
    wording: str | None = None
    """The demand word for word, white space collapsed."""
    act: str | None = None
    """The act the demand speaks of, in the portal's words: `phát hành lại`, `sử dụng lại`, …"""
    licence_number: str | None = None
    licence_date: ReadDate | None = None
    licence_authority: str | None = None
    publisher: str | None = None
    responsible: str | None = None
    address: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader read from the bytes of one capture."""

    title: str
    text: str
    """The body as plain text, paragraphs parted by one empty line; neither title nor summary stands in it."""
    html: str
    """The body as clean HTML: no script, no style, no event handler; addresses absolute."""
    summary: str | None = None
    byline: str | None = None
    published: ReadDate | None = None
    category: str | None = None
    number: str | None = None
    """Document number in its canonical form, e.g. `123/TB-STC`."""
    kind: str | None = None
    """Kind of document in words, e.g. `Thông báo`."""
    issuer: str | None = None
    attachments: tuple[AttachmentLink, ...] = ()
    issued: ReadDate | None = None
    """The date that the document itself bears, which is not the day the portal published it."""
    place: str | None = None
    """Where it was issued, as it stands before that date, e.g. `Việt Trì`."""
    signer: str | None = None
    """Name of the person who signed."""
    signer_office: str | None = None
    """The office signed in, with what stands before it, e.g. `KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC`."""
    source: str | None = None
    """Where the portal says that it took the text from ("Nguồn: …"); the byline is the author, this is not."""
    bases: tuple[LegalBasis, ...] = ()
    """In the order of the preamble."""
    mentions: tuple[Mention, ...] = ()
    """Each number once, in the order of the text; neither the document's own nor those of its legal bases."""
    language: str | None = None
    """ISO 639-1 code of the language the text is in, where that is sure."""
    reuse: ReuseTerms | None = None
    fields: tuple[FieldOrigin, ...] = ()
    platform: str = "generic"
    """Name of the layout that read the page, `portal/era`, `platform` or `generic`."""

    def origin_of(self, name: str) -> FieldOrigin | None:
        """The origin of field `name`, or None where the field was not read."""
        return next((entry for entry in self.fields if entry.name == name), None)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response, byte for byte as they went over the wire."""

    url: str
    fetched_at: datetime
    request: bytes
    """Request line and headers as sent."""
    response: bytes
    """Status line, headers and body as received, transfer and content codings untouched."""
    address: str | None = None
    """IP address of the server that answered."""


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes of one address at one moment, and where in the WARC files they stand."""

    id: str
    """UUID of the WARC record."""
    url: str
    kind: CaptureKind
    fetched_at: datetime
    digest: str
    """Of the payload as it stands in the record."""
    file: str
    offset: int
    length: int
    """`file` is relative to the WARC folder; `offset` and `length` (bytes) bound one gzip member."""
    status: int | None = None
    content_type: str | None = None
    location: str | None = None
    """Absolute address that a redirect points to."""
    etag: str | None = None
    last_modified: str | None = None
    portal: str | None = None
    document_id: str | None = None
    refers_to: str | None = None
    """For a revisit: the id of the capture that holds the payload."""


Said = tuple[tuple[str, str], ...]
"""What somebody said of himself, name by name."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an imported capture came from."""

    imported: str
    """UUID of the import."""
    source: str
    """Name of the file it stood in; of a file within a package or folder, both, parted by `!/`."""
    archived_at: datetime
    """When it came into this archive; when it was captured is the capture's own date."""
    source_digest: str | None = None
    """SHA-256 of the file that was imported."""
    record: str | None = None
    """Id of the original WARC record, as it stands there."""
    digest: str | None = None
    """Payload digest of the original record, as it stands there (`sha1:…`)."""
    url_from: str | None = None
    """Rule that gave the address of a saved page; None where the original names it."""
    date_from: str | None = None
    """What gave the date of a saved page; `mtime`: only the time of the file, which is unsure."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a capture came from, and the import that brought it."""

    capture_id: str
    origin: Origin
    kind: str | None = None
    """`warc`, `arc`, `wacz`, `folder`, `page`."""
    size: int | None = None
    """Bytes of the imported file."""
    by: str | None = None
    """Who imported it."""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    """None: that import was broken off, and another one went on."""
    made_by: Said = ()
    """What the file says of its own making (warcinfo, datapackage). Nothing of it is verified."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A capture that somebody else made, as an import hands it over; nothing of its bytes was altered."""

    url: str
    kind: CaptureKind
    fetched_at: datetime
    block: bytes
    """Of the record: the HTTP message (its head alone for a revisit), or the bytes of a resource."""
    content_type: str
    """Of the record."""
    origin: Origin
    address: str | None = None
    """IP address of the server that answered."""


@dataclass(frozen=True, slots=True)
class KnownCapture:
    """A capture in short: enough to know it again."""

    id: str
    url: str
    fetched_at: datetime
    digest: str
    original: str | None
    """Id of the record it was imported from."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What a capture's record holds, read back: HTTP status and headers, and the body with codings removed."""

    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One reading of a document that differs from the one before."""

    document_id: str
    number: int
    """1, 2, … in the order in which they came in; an import may bring an older capture after a newer one."""
    capture_id: str
    captured_at: datetime
    digest: str
    """Of the content fields; see `versions.content_digest`."""
    reading: Reading
    reread: bool = False
    """Made by a later reader from a capture that an earlier version was read from: the page itself did not change."""


@dataclass(frozen=True, slots=True)
class Document:
    """One announcement with its current version."""

    id: str
    portal: str
    url: str
    """Address of the page when it was last captured."""
    state: DocumentState
    first_captured_at: datetime
    last_captured_at: datetime
    """When the page was last seen, changed or not."""
    version: Version
    """What the newest capture says."""
    versions: int
    """How many there are: the highest number."""
    external_id: str | None = None
    """The id that an imported record had in the system it came from."""
    attached: str = ""
    """Digest of what its attachments say; empty where nothing was read of them."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A document with the same content as another one, at another address."""

    document_id: str
    portal: str
    url: str
    title: str
    state: DocumentState
    similarity: float
    """Share of the two texts' runs of three syllables that both have (Jaccard); 1.0: nothing but accents and marks differs."""
    published: str | None
    first_captured_at: datetime
    known_since: str
    """When it is known to have been there: the day or minute it was published, or was first captured here if that was earlier."""
    known_by: Literal["published", "captured"]
    """Which of the two that is."""
    first: bool
    """Whether it was there before all others with the same content."""


@dataclass(frozen=True, slots=True)
class Change:
    """One numbered change of the catalogue: this document is not what it was."""

    number: int
    document_id: str


@dataclass(frozen=True, slots=True)
class Held:
    """A document in short: enough to tell whether what was made from it still says the same."""

    id: str
    digest: str
    """Of its current version."""
    state: DocumentState
    url: str
    change: int
    """The number of its latest change."""
    attached: str = ""
    """Digest of what its attachments say."""


@dataclass(frozen=True, slots=True)
class PortalStatus:
    """How much of a portal is here."""

    name: str
    host: str
    title: str
    documents: int
    last_crawl: datetime | None


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference to a document in one format, attribution included."""

    format: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One item that did not get in, and why."""

    item: str
    error: str
    code: str = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one address or row that was to be ingested."""

    url: str
    outcome: Literal["new", "changed", "unchanged", "removed", "moved", "kept", "failed"]
    """`kept`: captured, but no document (a list page, a feed)."""
    document: str | None = None
    version: int | None = None
    capture: str | None = None
    error: str | None = None
    code: str | None = None
    """One stable word for `error`."""
