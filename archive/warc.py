"""The WARC files (ISO 28500, WARC 1.1): append, make durable, read back, find where a crash tore one.

One gzip member a record. A record's bytes are those of the wire; digests are `sha256:` and lower-case hex, over the block and
over the payload as it stands in the record (the reading that warcio and pywb check). Two named fields of our own say what a
capture was made for, so that the files alone tell the whole story: `Tangthu-Role` and `Tangthu-Portal`.

What a capture means for a document is not known here; see `ingest.keep`.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
import socket
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.codings import CodingError, TooMuch
from archive.errors import CannotKeep, Damaged, NotFound
from archive.message import decoded, first, head_of, location, split_http, status_of
from archive.origins import IMPORT, headers_of, origin_in
from archive.records import Brought, Capture, CaptureKind, Exchange, Origin, Payload
from archive.torn import end_of_good_members, note_ends, noted_ends, set_torn_tail_aside, sync_folder

ROTATE_BYTES = 1 << 30
_REVISIT_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_REVISIT_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MAX_NOTE_BYTES = 16 << 20
_CAPTURES = {"response", "revisit", "resource"}
READING = "reading"
"""Role of the metadata records that say what a later reader made of a capture; see `rereading`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as a scan of the files meets it: its capture (None for request, warcinfo, metadata) and where it ends."""

    capture: Capture | None
    role: str
    file: str
    offset: int
    end: int
    metadata_at: datetime | None = None
    """When a metadata record with a role of ours was written; None for every other record, those of other programs included."""
    origin: Origin | None = None
    """Where an imported capture came from."""
    note: bytes | None = None
    """What a metadata record tells of an import (JSON)."""

    @property
    def entered_at(self) -> datetime | None:
        """When the capture, or what is said of one, came into the archive; None for every other record."""
        if self.origin is not None:
            return self.origin.archived_at
        return self.capture.fetched_at if self.capture else self.metadata_at


@dataclass(frozen=True, slots=True)
class Written:
    """A stretch of a WARC file that one `sync` made durable."""

    file: str
    start: int
    end: int


class _RawHeaders(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers that are written as they were received: warcio would write its own spelling of them."""

    def __init__(self, raw: bytes) -> None:
        super().__init__("as received", [], protocol="")  # warcio takes one without a status line for none
        self.raw = raw

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self.raw


def sha256(data: bytes) -> str:
    """Lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


class WarcWriter:
    """Appends records to one file that nobody else appends to. Use as a context manager.

    Nothing counts as kept before `sync` has returned. When a write fails, the file is cut back to what was last synced.
    """

    def __init__(self, folder: Path, *, rotate_bytes: int = ROTATE_BYTES, software: str = "tangthu") -> None:
        self._folder = folder
        self._rotate_bytes = rotate_bytes
        self._software = software
        self._file: io.FileIO | None = None
        self._path: Path | None = None
        self._synced = 0
        self._ends: list[int] = []
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def exchange(self, exchange: Exchange, *, role: str, portal: str | None, same_as: Capture | None = None) -> Capture:
        """Append a response (or a revisit of `same_as`, when the payload is the same or the server said 304) and its request."""
        status, headers = head_of(exchange.response)
        head, body = split_http(exchange.response)
        digest = sha256(body)
        not_modified = status == 304
        revisit = same_as is not None and (not_modified or (status == 200 and same_as.digest == digest))
        named = self._named(exchange.url, exchange.fetched_at, role, portal)
        if exchange.address:
            named.append(("WARC-IP-Address", exchange.address))
        if revisit and same_as is not None:
            digest = same_as.digest
            named += _refers(same_as, not_modified)
        named.append(("WARC-Payload-Digest", f"sha256:{digest}"))
        kind: CaptureKind = "revisit" if revisit else "response"
        block = head if revisit else exchange.response
        file, offset, length, id = self._append(kind, named, block, "application/http; msgtype=response")
        request = self._named(exchange.url, exchange.fetched_at, role, portal)
        _, sent = split_http(exchange.request)
        request += [("WARC-Concurrent-To", f"<urn:uuid:{id}>"), ("WARC-Payload-Digest", f"sha256:{sha256(sent)}")]
        self._append("request", request, exchange.request, "application/http; msgtype=request")
        return Capture(
            id=id,
            url=stored_url(exchange.url),
            kind=kind,
            fetched_at=exchange.fetched_at,
            digest=digest,
            file=file,
            offset=offset,
            length=length,
            status=status,
            content_type=first(headers, "content-type"),
            location=location(exchange.url, first(headers, "location")),
            etag=first(headers, "etag"),
            last_modified=first(headers, "last-modified"),
            portal=portal,
            refers_to=same_as.id if revisit and same_as else None,
        )

    def resource(self, url: str, body: bytes, *, content_type: str, role: str, portal: str | None) -> Capture:
        """Append bytes that no server sent us: an imported row, an uploaded file."""
        now = datetime.now(UTC)
        digest = sha256(body)
        named = [*self._named(url, now, role, portal), ("WARC-Payload-Digest", f"sha256:{digest}")]
        file, offset, length, id = self._append("resource", named, body, content_type)
        at = (file, offset, length)
        return Capture(id, stored_url(url), "resource", now, digest, *at, content_type=content_type, portal=portal)

    def bring(self, brought: Brought, *, role: str, portal: str | None, same_as: Capture | None = None) -> Capture:
        """Append a capture that was imported, as a revisit of `same_as` where it is one. Its date is its own, not today's."""
        http = brought.kind != "resource"
        status, headers = head_of(brought.block) if http else (None, ())
        head, body = split_http(brought.block) if http else (b"", brought.block)
        digest = same_as.digest if same_as else sha256(body)
        named = [*self._named(brought.url, brought.fetched_at, role, portal), *headers_of(brought.origin)]
        named += [("WARC-IP-Address", brought.address)] if brought.address else []
        named += _refers(same_as, status == 304) if same_as else []
        named.append(("WARC-Payload-Digest", f"sha256:{digest}"))
        kind: CaptureKind = "revisit" if same_as else brought.kind
        file, offset, length, id = self._append(kind, named, head if same_as else brought.block, brought.content_type)
        return Capture(
            id=id,
            url=stored_url(brought.url),
            kind=kind,
            fetched_at=brought.fetched_at,
            digest=digest,
            file=file,
            offset=offset,
            length=length,
            status=status,
            content_type=first(headers, "content-type") if http else brought.content_type,
            location=location(brought.url, first(headers, "location")),
            etag=first(headers, "etag"),
            last_modified=first(headers, "last-modified"),
            portal=portal,
            refers_to=same_as.id if same_as else None,
        )

    def note(self, role: str, plain: Mapping[str, object]) -> None:
        """Append a metadata record that holds `plain` as JSON."""
        block = json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()
        self._append("metadata", [("WARC-Date", _date(datetime.now(UTC))), ("Tangthu-Role", role)], block, "application/json")

    def metadata(self, about: Capture, body: bytes, *, content_type: str, role: str, portal: str | None) -> None:
        """Append what is said about a capture that is kept already: `role` says what, `body` holds it."""
        named = [*self._named(about.url, datetime.now(UTC), role, portal), ("WARC-Refers-To", f"<urn:uuid:{about.id}>")]
        self._append("metadata", named, body, content_type)

    def mend(self) -> None:
        """Set aside the torn tail of every file that no writer has open."""
        for path in self._folder.glob("*.warc.gz"):
            with path.open("r+b", buffering=0) as file, suppress(BlockingIOError, Damaged):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                set_torn_tail_aside(file, path)

    def sync(self) -> Written | None:
        """Make all that was appended durable, and return where it stands (None: nothing was appended).

        Raises CannotKeep, and then none of it is kept.
        """
        if self._file is None or self._path is None:
            return None
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._cannot_keep(error) from error
        durable = Written(self._path.name, self._synced, self._file.tell())
        self._synced = durable.end
        with suppress(OSError):  # the notes are derived; a full disk must not undo what is kept
            note_ends(self._path, self._ends)
        self._ends = []
        if self._synced >= self._rotate_bytes:
            self.close()
        return durable

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Where what is done within fails, what it appended and did not sync is cut off: the next sync must not vouch for it."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; what was not synced is cut off."""
        if self._file is not None:
            if self._file.tell() > self._synced:
                os.ftruncate(self._file.fileno(), self._synced)
            self._file.close()
        self._file = None
        self._path = None
        self._ends = []

    def _append(self, kind: str, named: list[tuple[str, str]], block: bytes, content_type: str) -> tuple[str, int, int, str]:
        file = self._open()
        assert self._path is not None
        offset = file.tell()
        id = str(uuid.uuid4())
        if any(_CONTROL.search(value) for _, value in named):
            raise ValueError(f"a WARC header would hold control characters: {named!r}")
        headers = [("WARC-Type", kind), ("WARC-Record-ID", f"<urn:uuid:{id}>"), *named]
        headers.append(("WARC-Block-Digest", f"sha256:{sha256(block)}"))
        payload, raw = (b"", _RawHeaders(block)) if kind == "revisit" else (block, None)
        record = ArcWarcRecord(
            "warc", kind, StatusAndHeaders("", headers, protocol="WARC/1.1"), io.BytesIO(payload), raw, content_type, len(payload)
        )
        record.payload_length = len(payload)
        member = io.BytesIO()
        WARCWriter(member, gzip=True, warc_version="1.1").write_record(record)
        try:
            _write_all(file, member.getbuffer())
        except OSError as error:
            raise self._cannot_keep(error) from error
        self._ends.append(file.tell())
        return self._path.name, offset, file.tell() - offset, id

    def _named(self, url: str, at: datetime, role: str, portal: str | None) -> list[tuple[str, str]]:
        named = [("WARC-Target-URI", stored_url(url)), ("WARC-Date", _date(at)), ("Tangthu-Role", role)]
        return [*named, ("Tangthu-Portal", portal)] if portal else named

    def _cannot_keep(self, error: OSError) -> CannotKeep:
        """Cut the file back to what is durable, and say why."""
        path = self._path
        self.close()
        return CannotKeep(f"could not write {path}: {error.strerror}; free some space and ingest again")

    def _open(self) -> io.FileIO:
        if self._file is not None:
            return self._file
        try:
            self._file, self._path = self._claim() or self._create()
        except OSError as error:
            raise CannotKeep(f"could not open a WARC file in {self._folder}: {error.strerror}") from error
        self._synced = self._file.tell()
        if self._synced == 0:
            self._warcinfo(self._path.name)
        return self._file

    def _claim(self) -> tuple[io.FileIO, Path] | None:
        """The newest file that has room and no other writer, its torn tail set aside."""
        for path in sorted(self._folder.glob("*.warc.gz"), reverse=True)[:8]:
            if path.stat().st_size >= self._rotate_bytes:
                continue
            file = path.open("r+b", buffering=0)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                set_torn_tail_aside(file, path)
            except (BlockingIOError, Damaged):
                file.close()
                continue
            file.seek(0, os.SEEK_END)
            return file, path
        return None

    def _create(self) -> tuple[io.FileIO, Path]:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        path = self._folder / f"tangthu-{stamp}-{os.getpid()}.warc.gz"
        file = path.open("xb+", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        sync_folder(self._folder)
        return file, path

    def _warcinfo(self, name: str) -> None:
        info = f"software: {self._software}\r\nformat: WARC File Format 1.1\r\nhostname: {socket.gethostname()}\r\n".encode()
        named = [("WARC-Date", _date(datetime.now(UTC))), ("WARC-Filename", name)]
        self._append("warcinfo", named, info, "application/warc-fields")


def _refers(same_as: Capture, not_modified: bool) -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", _REVISIT_NOT_MODIFIED if not_modified else _REVISIT_SAME),
        ("WARC-Refers-To", f"<urn:uuid:{same_as.id}>"),
        ("WARC-Refers-To-Target-URI", same_as.url),
        ("WARC-Refers-To-Date", _date(same_as.fetched_at)),
    ]


def _write_all(file: io.FileIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def stored_url(url: str) -> str:
    """`url` with blanks and control characters percent-encoded: it must not break out of its header line."""
    return re.sub(r"[\s\x00-\x20\x7f-\xa0]", lambda match: quote(match[0]), url)


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _parse_date(text: str) -> datetime:
    for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"):
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC)
    raise ValueError(f"not a WARC-Date: {text!r}")


class WarcStore:
    """Reads the WARC files of one folder. Safe to use from several threads: every call opens its own file."""

    def __init__(self, folder: Path, find: Callable[[str], Capture]) -> None:
        """`find` gives a capture by its id or raises NotFound; a revisit is followed with it."""
        self.folder = folder
        self._find = find

    def files(self) -> tuple[Path, ...]:
        """All WARC files, oldest first."""
        return tuple(sorted(self.folder.glob("*.warc.gz")))

    @contextmanager
    def held_still(self, file: str) -> Iterator[bool]:
        """Keep writers off `file` for a while; gives false, and holds nothing, where one has it open."""
        with (self.folder / file).open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def entries(self, file: str, start: int = 0) -> Iterator[Entry]:
        """The records of `file` from byte `start` on, headers only. Ends at a torn tail, raises Damaged at a broken record."""
        path = self.folder / file
        broken: Damaged | None = None
        with path.open("rb") as stream:
            try:
                good = end_of_good_members(stream, start, path.stat().st_size, file, noted_ends(path))
            except Damaged as error:
                good, broken = error.offset, error
            stream.seek(start)
            iterator = WARCIterator(_Bounded(stream, good - start, start))
            try:
                for record in iterator:
                    yield _entry(record, file, iterator)
            except (ArchiveLoadFailed, ValueError) as error:
                raise Damaged(file, iterator.offset, str(error)) from error
        if broken is not None:
            raise broken

    def payload(self, capture: Capture) -> Payload:
        """What `capture` holds, its codings removed and its digest checked; a revisit gives what it repeats.

        Raises Damaged when the bytes are not there, not readable or not the ones that were kept.
        """
        if capture.kind == "revisit":
            return self.payload(self._repeated(capture))
        record, block = self._record(capture.file, capture.offset, capture.length)
        if record.rec_headers.get_header("WARC-Payload-Digest") != f"sha256:{capture.digest}":
            raise Damaged(capture.file, capture.offset, "the record holds another payload than the one that was kept")
        if record.rec_type == "resource":
            return Payload(None, (), block, record.content_type)
        _, headers = head_of(block)
        try:
            body = decoded(split_http(block)[1], headers)
        except (CodingError, TooMuch) as error:
            raise Damaged(capture.file, capture.offset, f"the body cannot be decoded ({error})") from error
        return Payload(capture.status, headers, body, first(headers, "content-type"))

    def said(self, entry: Entry) -> bytes:
        """The body of a metadata record, its digest checked. Raises Damaged."""
        return self._record(entry.file, entry.offset, entry.end - entry.offset)[1]

    def _record(self, file: str, offset: int, length: int) -> tuple[ArcWarcRecord, bytes]:
        """The record at a place, with its whole block. Raises Damaged when it is not the one that was kept."""
        try:
            record = next(iter(WARCIterator(io.BytesIO(self._bytes(file, offset, length)), no_record_parse=True)))
            block = record.raw_stream.read()
        except (ArchiveLoadFailed, StopIteration, EOFError, OSError, ValueError, zlib.error) as error:
            raise Damaged(file, offset, f"not a readable record ({error})") from error
        if problem := digest_problem(record, block):
            raise Damaged(file, offset, problem)
        return record, block

    def _repeated(self, capture: Capture) -> Capture:
        try:
            return self._find(capture.refers_to or "")
        except NotFound as error:
            raise Damaged(capture.file, capture.offset, f"the capture {capture.refers_to} that it repeats is not here") from error

    def _bytes(self, file: str, offset: int, length: int) -> bytes:
        try:
            with (self.folder / file).open("rb") as stream:
                stream.seek(offset)
                return stream.read(length)
        except OSError as error:
            raise Damaged(file, offset, error.strerror or "cannot be read") from error


def digest_problem(record: ArcWarcRecord, block: bytes) -> str:
    """What is wrong with a record whose whole `block` is given, by its own digests; empty for nothing."""
    kind, headers = record.rec_type, record.rec_headers
    if headers.get_header("WARC-Block-Digest") != f"sha256:{sha256(block)}":
        return "the record is not the one that was kept: its block digest differs"
    if kind not in ("response", "request", "resource"):
        return ""
    payload = block if kind == "resource" else split_http(block)[1]
    if headers.get_header("WARC-Payload-Digest") != f"sha256:{sha256(payload)}":
        return "the record is not the one that was kept: its payload digest differs"
    return ""


class _Bounded(io.RawIOBase):
    """The next `length` bytes of a file as a stream whose positions are those of the file."""

    def __init__(self, stream: IO[bytes], length: int, start: int) -> None:
        self._stream = stream
        self._left = length
        self._at = start

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self._at += len(data)
        return data


def _entry(record: ArcWarcRecord, file: str, iterator: WARCIterator) -> Entry:
    named = record.rec_headers
    capture: Capture | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    http = record.http_headers is not None and record.rec_type != "request"
    if http:
        status, headers = status_of(record.http_headers), tuple(record.http_headers.headers)
    role = named.get_header("Tangthu-Role") or ""
    told = record.rec_type == "metadata" and role == IMPORT
    note = record.content_stream().read(_MAX_NOTE_BYTES) if told else None  # before the length is asked for: that reads on
    offset = iterator.get_record_offset()
    length = iterator.get_record_length()
    if record.rec_type in _CAPTURES:
        url = named.get_header("WARC-Target-URI")
        capture = Capture(
            id=_uuid(named.get_header("WARC-Record-ID")),
            url=url,
            kind=record.rec_type,
            fetched_at=_parse_date(named.get_header("WARC-Date")),
            digest=(named.get_header("WARC-Payload-Digest") or "").partition(":")[2],
            file=file,
            offset=offset,
            length=length,
            status=status,
            content_type=first(headers, "content-type") if http else record.content_type,
            location=location(url, first(headers, "location")),
            etag=first(headers, "etag"),
            last_modified=first(headers, "last-modified"),
            portal=named.get_header("Tangthu-Portal"),
            refers_to=_uuid(named.get_header("WARC-Refers-To")) or None,
        )
    said_at = _parse_date(named.get_header("WARC-Date")) if role and record.rec_type == "metadata" else None
    origin = origin_in(named.get_header) if capture else None
    return Entry(capture, role, file, offset, offset + length, said_at, origin, note)


def _uuid(text: str | None) -> str:
    return (text or "").strip("<>").removeprefix("urn:uuid:")
