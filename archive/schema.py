"""The catalogue's tables. Derived from the WARC files: `ingest.keep` fills them, `catalog` reads and writes them.

A change here needs a revision under `archive/migrations/versions/`; `tests/test_archive_catalog.py` compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s"})

portals = Table(
    "portals",
    metadata,
    Column("name", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("last_crawl", String),
)

warc_files = Table(
    "warc_files",
    metadata,
    Column("file", String, primary_key=True),
    Column("read_to", Integer, nullable=False),
)

lists = Table(
    "lists",
    metadata,
    Column("url", Text, primary_key=True),
    Column("complete", Boolean, nullable=False),
)

# What is still to be fetched is in no WARC file: a rebuild takes these two, `lists`, and the failures that left no capture
# from the catalogue it replaces. Where they are lost, the next crawl walks every list again and fetches only what is not here.
frontier = Table(
    "frontier",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("portal", String, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("form", Text),
    Column("kind", String, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("walk", Text, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("found_at", Text, nullable=False),
    Column("crawl", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Float),
    UniqueConstraint("portal", "key"),
    Index(None, "portal", "state", "rank", "seq"),
    sqlite_autoincrement=True,
)

crawls = Table(
    "crawls",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("portal", String, nullable=False),
    Column("full", Boolean, nullable=False),
    Column("begun_at", String, nullable=False),
    Column("looked_at", String, nullable=False),
    Column("ended_at", String),
    Column("failed", Boolean),
    Index(None, "portal"),
    sqlite_autoincrement=True,
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("portal", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("external_id", Text),
    Column("state", String, nullable=False),
    Column("first_captured_at", String, nullable=False),
    Column("last_captured_at", String, nullable=False),
    Column("current", Integer, nullable=False),
    Column("state_at", String, nullable=False, server_default=""),
    Column("published", String),
    Column("attached", String(64), nullable=False, server_default=""),
    Index(None, "published"),
    Index(None, "portal"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("identity", Text, primary_key=True),
    Column("document_id", String(12), nullable=False),
    Index(None, "document_id"),
)

captures = Table(
    "captures",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("fetched_at", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file", String, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("status", Integer),
    Column("content_type", Text),
    Column("location", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("portal", String),
    Column("document_id", ForeignKey("documents.id")),
    Column("refers_to", String(36)),
    Index(None, "url"),
    Index(None, "file"),
    Index(None, "document_id"),
    Index(None, "digest"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("source", Text),
    Column("kind", String),
    Column("digest", String(64)),
    Column("size", Integer),
    Column("by", Text),
    Column("began_at", String),
    Column("ended_at", String),
    Column("made_by", Text),
    Column("counts", Text),
)

provenance = Table(
    "provenance",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True),
    Column("import_id", String(36), nullable=False),
    Column("source", Text, nullable=False),
    Column("source_digest", String(64)),
    Column("archived_at", String, nullable=False),
    Column("original_record", Text),
    Column("original_digest", Text),
    Column("url_from", String),
    Column("date_from", String),
    Index(None, "original_record"),
    Index(None, "original_digest"),
)

reuse_terms = Table(
    "reuse_terms",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("terms", Text, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("capture_id", ForeignKey("captures.id"), nullable=False),
    Column("captured_at", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("summary", Text),
    Column("byline", Text),
    Column("published", String),
    Column("published_precision", String),
    Column("published_raw", Text),
    Column("category", Text),
    Column("number_text", Text),
    Column("kind", Text),
    Column("issuer", Text),
    Column("attachments", Text, nullable=False),
    Column("issued", String),
    Column("issued_precision", String),
    Column("issued_raw", Text),
    Column("place", Text),
    Column("signer", Text),
    Column("signer_office", Text),
    Column("source", Text),
    Column("bases", Text, nullable=False, server_default="[]"),
    Column("mentions", Text, nullable=False, server_default="[]"),
    Column("language", String),
    Column("reread", Boolean, nullable=False, server_default="0"),
    Column("platform", String, nullable=False),
    Column("reuse", ForeignKey("reuse_terms.digest")),
)

fields = Table(
    "fields",
    metadata,
    Column("document_id", String(12), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("raw", Text),
    ForeignKeyConstraint(["document_id", "version"], ["versions.document_id", "versions.number"]),
)

counted_pages = Table(
    "counted_pages",
    metadata,
    Column("portal", String, primary_key=True),
    Column("layout", String, primary_key=True),
    Column("pages", Integer, nullable=False),
)

repeated_blocks = Table(
    "repeated_blocks",
    metadata,
    Column("portal", String, primary_key=True),
    Column("layout", String, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("pages", Integer, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Index(None, "document_id"),
    sqlite_autoincrement=True,
)

# What an address that an attachment's link names was found to hold, or why nothing.
file_addresses = Table(
    "file_addresses",
    metadata,
    Column("url", Text, primary_key=True),
    Column("leads_to", Text),
    Column("digest", String(64)),
    Column("capture_id", ForeignKey("captures.id")),
    Column("failed", String),
    Column("at", String, nullable=False),
    Index(None, "digest"),
    Index(None, "leads_to"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("url", Text, primary_key=True),
    Index(None, "url"),
)

files = Table(
    "files",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("capture_id", ForeignKey("captures.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("reading", Text),
    Column("read_at", String),
    Index(None, "state"),
)

pages = Table(
    "pages",
    metadata,
    Column("digest", ForeignKey("files.digest"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("page", LargeBinary, nullable=False),
    Column("corrected", Text),
    Column("unsure", Integer, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False),
    Column("field", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String, nullable=False),
    Index(None, "digest"),
)

entries = Table(
    "entries",
    metadata,
    Column("document_id", String(12), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String, nullable=False),
    Index(None, "digest"),
)

unread = Table(
    "unread",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True),
    Column("code", String, nullable=False),
)

rates = Table(
    "rates",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True),
    Column("platform", String, nullable=False),
    Column("length", Integer, nullable=False),
    Column("confidence", Text, nullable=False),
)

rereadings = Table(
    "rereadings",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("reader", String, nullable=False),
)

contents = Table(
    "contents",
    metadata,
    Column("key", String(16), primary_key=True),
    Column("sketch", LargeBinary, nullable=False),
    Column("compared", Boolean, nullable=False),
)

sketched = Table(
    "sketched",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("key", ForeignKey("contents.key")),
    Index(None, "key"),
)

likenesses = Table(
    "likenesses",
    metadata,
    Column("a", ForeignKey("contents.key"), primary_key=True),
    Column("b", ForeignKey("contents.key"), primary_key=True),
    Column("similarity", Float, nullable=False),
    Index(None, "b"),
)

failures = Table(
    "failures",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("portal", String),
    Column("url", Text, nullable=False),
    Column("code", String, nullable=False),
    Column("error", Text, nullable=False),
    Column("at", String, nullable=False),
    Index(None, "portal"),
    Index(None, "url"),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("portal", String, nullable=False),
    Column("document_id", String(12)),
    Column("capture_id", String(36)),
    Column("before", Text),
    Column("after", Text),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index(None, "portal"),
    Index(None, "kind"),
    sqlite_autoincrement=True,
)

terms_read = Table(
    "terms_read",
    metadata,
    Column("portal", String, primary_key=True),
    Column("readings", Integer, nullable=False),
    Column("without", Integer, nullable=False),
    Column("noted", String(64)),
)

terms_shown = Table(
    "terms_shown",
    metadata,
    Column("portal", String, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("terms", Text, nullable=False),
    Column("last", Integer, nullable=False),
)
