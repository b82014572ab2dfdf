"""Which records of a foreign WARC file become captures: the decision an archivist would make, record by record. Pure.

Taken are web pages (HTML, status 200) at addresses that may be announcements, and what became of such pages later (redirects,
404, 410) where the page is known here. What a page needs to be drawn is passed by, unless everything is wanted; what is broken,
forged or undated is refused, which never stops the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from archive.codings import CodingError, TooMuch
from archive.message import Headers, decoded, first, head_of, location, split_http
from archive.origins import one_line
from archive.records import CaptureKind
from ingest.errors import Refused as NotAnAddress
from ingest.imports import mhtml
from ingest.imports.digests import agrees
from ingest.imports.material import Candidate, Item, MadeBy, Passed, Refused, Repeats, Wanted
from ingest.imports.unpacked import Torn
from ingest.imports.warc import Broken, Record, TooLong
from ingest.keep import DOCUMENT, GONE, OTHER, PERMANENT, REDIRECTS, ROW, passing_portal
from ingest.portal import Portal, portal_of
from ingest.rows import Row, is_portal_name
from ingest.targets import target_of

MAX_BLOCK_BYTES = 64 << 20
MAX_HTTP_HEAD_BYTES = 1 << 20
_PEEK_BYTES = 64 << 10
_CAPTURES: dict[str, CaptureKind] = {"response": "response", "revisit": "revisit", "resource": "resource"}
_KINDS = frozenset({"request", "metadata", "conversion", "continuation", "warcinfo"})
_NO_WEB = frozenset({"dns", "whois", "urn", "metadata", "filedesc", "warcinfo"})
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,12})?(Z|[+-]\d{2}:?\d{2})\Z")
_FIRST_PAGE = datetime(1991, 8, 6, tzinfo=UTC)
"""Before that day there was no web page to capture: an older date is a clock that was not set."""
_AHEAD = timedelta(hours=1)
"""Clocks differ; but what is dated later than today would stay the newest of all that comes after it."""
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_TYPE = re.compile(rb"\ncontent-type[ \t]*:[ \t]*([^\r\n;]*)", re.IGNORECASE)
_MARKUP = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|!--|\?xml[^>]*>\s*<!doctype\s+html)", re.IGNORECASE
)
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_UNSAID_TYPES = frozenset({"", "text/plain", "application/octet-stream", "unknown/unknown"})
_UNSAID = "application/octet-stream"
_MAX_INFO = 100


def of_record(record: Record, wanted: Wanted, source: str, source_digest: str | None) -> Item | None:
    """What becomes of one record; None for one that only frames others. Never raises, and may leave the block unread."""
    try:
        return _of_record(record, wanted, source, source_digest)
    except TooLong:
        return Passed(_host(record), "too_large")
    except (Broken, Torn) as error:
        return _refused(record, "broken", str(error))
    except ValueError as error:
        return _refused(record, "url", str(error))


def _of_record(record: Record, wanted: Wanted, source: str, source_digest: str | None) -> Item | None:
    kind = _CAPTURES.get(record.kind)
    if record.kind == "warcinfo":
        return MadeBy(_info(record.block(1 << 20)))
    if kind is None:
        return Passed(_host(record), record.kind if record.kind in _KINDS else "unknown_record")
    if "warc-segment-number" in record.headers:
        return Passed(_host(record), "segmented")
    scheme = _url(record).partition(":")[0].lower()
    row = record.headers.get("tangthu-role") == ROW and kind == "resource"
    if scheme in _NO_WEB and not row:
        return Passed(_host(record), "no_web_address")
    try:
        at = date_of(record.headers.get("warc-date", ""), wanted.now)
        if scheme != "urn":
            target_of(_url(record))
    except (ValueError, NotAnAddress) as error:
        return _refused(record, "date" if isinstance(error, ValueError) else error.code, str(error))
    portal = portal_for(_url(record), wanted)
    if portal is None:
        return Passed(_host(record), "undeclared_host")
    return _Choice(record, kind, at, portal, wanted, source, source_digest).made(row)


@dataclass(slots=True)
class _Choice:
    """One record that may be a capture, on the way to the decision."""

    record: Record
    kind: CaptureKind
    at: datetime
    portal: Portal
    wanted: Wanted
    source: str
    source_digest: str | None

    def made(self, row: bool) -> Item:
        if row:
            return self._taken(ROW)
        if self.record.headers.get("tangthu-role", DOCUMENT) != DOCUMENT:
            return self._passed("no_announcement")  # another archive of ours kept it as a list, a feed or the like
        if self.kind == "resource":
            return self._resource()
        if not self.record.headers.get("content-type", "application/http").lower().startswith("application/http"):
            return self._passed("no_http")
        head = self.record.peek(_PEEK_BYTES)
        if self.kind == "revisit":
            return self._revisit(_status(head))
        return self._response(head)

    def _resource(self) -> Item:
        content_type = self.record.headers.get("content-type", "")
        named = content_type.partition(";")[0].strip().lower()
        if named not in (*_PAGE_TYPES, mhtml.CONTENT_TYPE) and not _MARKUP.match(self.record.peek(_PEEK_BYTES)):
            return self._passed(reason_of(named))
        if not is_announcement(self.portal, self._address(), self.wanted):
            return self._passed("no_announcement")
        return self._taken(DOCUMENT)

    def _response(self, head: bytes) -> Item:
        status = _status(head)
        if status is None:
            return self._passed("no_status")
        if self.record.headers.get("warc-truncated"):
            return self._passed("truncated")
        if status == 200:
            return self._page(head)
        if status in REDIRECTS or status in GONE:
            return self._fate(status)
        return self._passed(f"status_{status}")

    def _page(self, head: bytes) -> Item:
        found = _TYPE.search(head)
        named = found[1].decode("latin-1").strip().lower() if found else ""
        if named not in _PAGE_TYPES and named not in _UNSAID_TYPES:
            return self._passed(reason_of(named))
        if not is_announcement(self.portal, self._address(), self.wanted):
            return self._passed("no_announcement")
        return self._taken(DOCUMENT, sniff=named in _UNSAID_TYPES)

    def _fate(self, status: int) -> Item:
        """What became of a page: worth keeping where the page is a document here."""
        url = self._address()
        if not is_announcement(self.portal, url, self.wanted):
            return self._passed(f"status_{status}")
        needs = [self.portal.identity_of(url)]
        taken = self._taken(DOCUMENT, reason=f"status_{status}")
        if not isinstance(taken, Candidate):
            return taken
        target = location(url, first(head_of(taken.block)[1], "location")) if status in PERMANENT else None
        if target and urlsplit(target).hostname and portal_for(target, self.wanted) == self.portal:
            needs.append(self.portal.identity_of(target))
        return replace(taken, needs=tuple(needs))

    def _revisit(self, status: int | None) -> Item:
        if status not in (None, 200, 304):
            return self._passed(f"status_{status}")
        if not is_announcement(self.portal, self._address(), self.wanted):
            return self._passed("no_announcement")
        taken = self._taken(DOCUMENT, reason="revisit_of_nothing")
        if not isinstance(taken, Candidate):
            return taken
        headers = self.record.headers
        try:
            at = date_of(headers.get("warc-refers-to-date", ""), self.wanted.now)
        except ValueError:
            at = None
        url = _bare(headers.get("warc-refers-to-target-uri", "")) or self._address()
        digest = headers.get("warc-payload-digest")
        return replace(taken, repeats=Repeats(headers.get("warc-refers-to"), url, at, digest))

    def _passed(self, reason: str) -> Item:
        """Left where it is, unless everything is wanted; a record whose payload is another's is never kept for its own sake."""
        if self.wanted.everything and self.kind != "revisit":
            return self._taken(OTHER)
        return Passed(_host(self.record), reason)

    def _taken(self, role: str, *, reason: str = "", sniff: bool = False) -> Item:
        headers = self.record.headers
        block = self.record.block(MAX_BLOCK_BYTES)
        http = self.kind != "resource"
        if http and (why := _bad_head(block)) and self.kind == "response":
            return _refused(self.record, "http_head", why)
        head, body = split_http(block) if http else (b"", block)
        if self.kind == "response" and head_of(head)[0] is None and role != OTHER:
            return self._passed("no_status")
        if role == ROW and (why := self._no_row(block)):
            return _refused(self.record, "row", why)
        named = head_of(head)[1] if http else ()
        plain = self._plain(body, named, role)
        if isinstance(plain, Refused | Passed):
            return plain if isinstance(plain, Refused) else self._passed(plain.reason)
        if why := self._forged(block, body, plain):
            return _refused(self.record, "digest", why)
        if sniff and not _MARKUP.match(plain[:_PEEK_BYTES]):
            return self._passed("other_type")
        return Candidate(
            url=self._address(),
            at=self.at,
            kind=self.kind,
            block=block,
            content_type=headers.get("content-type") or ("application/http; msgtype=response" if http else _UNSAID),
            role=role,
            portal=self._row_portal() if role == ROW else self.portal,
            source=self.source,
            source_digest=self.source_digest,
            records=_ids(headers),
            digest=one_line(headers["warc-payload-digest"]) if "warc-payload-digest" in headers else None,
            address=_address_of(headers.get("warc-ip-address", "")),
            url_from=_word(headers.get("tangthu-url-from", "")),
            date_from=_word(headers.get("tangthu-date-from", "")),
            reason=reason,
        )

    def _no_row(self, block: bytes) -> str:
        try:
            return "" if Row.from_record(block).url == self._address() else "the row within is of another address"
        except ValueError as error:
            return str(error)

    def _row_portal(self) -> Portal:
        """Rows keep the name of the portal that they came in under, unless a portal here owns their address."""
        named = self.record.headers.get("tangthu-portal", "")
        declared = self.portal in self.wanted.portals
        return replace(self.portal, name=named) if is_portal_name(named) and not declared else self.portal

    def _plain(self, body: bytes, headers: Headers, role: str) -> bytes | Refused | Passed:
        """The body without its codings; it is read again for ever, so it must be readable now."""
        if self.kind != "response" or role == OTHER:
            return body
        declared = first(headers, "content-length") or ""
        coded = first(headers, "transfer-encoding") or first(headers, "content-encoding")
        if declared.isascii() and declared.isdigit() and len(declared) < 16 and len(body) < int(declared) and not coded:
            return Passed(_host(self.record), "truncated")
        try:
            return decoded(body, headers)
        except TooMuch as error:
            return _refused(self.record, "bomb" if error.bomb else "too_large", str(error))
        except CodingError as error:
            return _refused(self.record, "coding", str(error))

    def _forged(self, block: bytes, body: bytes, plain: bytes) -> str:
        """What is wrong with the record by its own digests; empty for nothing. Of a payload some writers digest the body as it
        was sent, some the chunks joined, some what it unpacks to."""
        headers = self.record.headers
        if agrees(headers.get("warc-block-digest", ""), block) is False:
            return "its block digest is another's: the record is not what was kept"
        claimed = headers.get("warc-payload-digest", "")
        if self.kind == "revisit" or agrees(claimed, body) is not False or agrees(claimed, plain) is not False:
            return ""
        joined = decoded(body, (("transfer-encoding", "chunked"),)) if self.kind == "response" and plain is not body else body
        return "" if agrees(claimed, joined) is not False else "its payload digest is another's: the record is not what was kept"

    def _address(self) -> str:
        return _url(self.record)


def date_of(text: str, now: datetime) -> datetime:
    """The moment that a `WARC-Date` names, to the second at least. Raises ValueError for none, and for one that cannot be."""
    match = _DATE.match(text.strip())
    if match is None:
        raise ValueError(f"no WARC-Date to the second ({text[:40]!r})" if text else "no WARC-Date")
    fraction = (match[2] or ".0")[:7]
    at = datetime.fromisoformat(f"{match[1]}{fraction.ljust(7, '0')}{'+00:00' if match[3] == 'Z' else match[3]}").astimezone(UTC)
    check_date(at, now, text[:40])
    return at


def check_date(at: datetime, now: datetime, text: str) -> None:
    """Raises ValueError for a moment at which no page can have been captured."""
    if not _FIRST_PAGE <= at <= now + _AHEAD:
        raise ValueError(f"its date {text} cannot be: {'there was no web then' if at < now else 'it lies in the future'}")


def is_announcement(portal: Portal, url: str, wanted: Wanted) -> bool:
    """Whether an announcement may stand at `url`: where the portal says so; on a host that none declares, not at its root."""
    if portal in wanted.portals:
        return portal.is_article(url)
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query)


def portal_for(url: str, wanted: Wanted) -> Portal | None:
    """The portal under whose name what stands at `url` is taken; None where it is not."""
    owner = portal_of(wanted.portals, url)
    if owner is not None:
        return owner
    return None if wanted.declared_only else passing_portal(urlsplit(url).hostname or "import", wanted.portal)


def reason_of(content_type: str) -> str:
    """What kind of thing a content type names, in one word."""
    main, _, sub = content_type.partition("/")
    if main in ("image", "font", "audio", "video"):
        return "media" if main in ("audio", "video") else main
    if "css" in sub:
        return "style"
    if "javascript" in sub or "ecmascript" in sub:
        return "script"
    if "font" in sub:
        return "font"
    if re.search(r"pdf|msword|officedocument|excel|powerpoint|rtf|zip|rar|opendocument", sub):
        return "file"
    if re.search(r"rss|atom|xml", sub):
        return "feed_or_xml"
    return "json" if "json" in sub else "other_type"


def _status(head: bytes) -> int | None:
    match = _STATUS.match(head)
    return int(match[1]) if match else None


def _bad_head(block: bytes) -> str:
    window = block[: MAX_HTTP_HEAD_BYTES + 4]
    if b"\r\n\r\n" in window or b"\n\n" in window or len(block) <= MAX_HTTP_HEAD_BYTES:
        return ""
    return f"its HTTP headers are longer than {MAX_HTTP_HEAD_BYTES >> 20} MiB"


def _info(block: bytes) -> tuple[tuple[str, str], ...]:
    lines = block.decode("utf-8", errors="replace").splitlines()[:_MAX_INFO]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return tuple((one_line(name.strip()), one_line(value.strip())) for name, _, value in pairs)


def _ids(headers: dict[str, str]) -> tuple[str, ...]:
    ids = (headers.get("tangthu-original-record"), headers.get("warc-record-id"))
    return tuple(one_line(id) for id in ids if id)


def _address_of(text: str) -> str | None:
    return text if re.fullmatch(r"[0-9a-fA-F.:]{2,45}", text) else None


def _word(text: str) -> str | None:
    """A rule by which another archive of ours found something."""
    return text if re.fullmatch(r"[a-z:-]{1,20}", text) else None


def _bare(url: str) -> str:
    return url.strip().removeprefix("<").removesuffix(">")


def _url(record: Record) -> str:
    return _bare(record.headers.get("warc-target-uri", ""))


def _host(record: Record) -> str:
    try:
        return urlsplit(_url(record)).hostname or ""
    except ValueError:
        return ""


def _refused(record: Record, code: str, why: str) -> Refused:
    url = _url(record)
    if "@" in url.partition("?")[0]:
        url = "an address with a user name in it"
    return Refused(url[:200] or "a record without an address", code, f"record at byte {record.offset} (unpacked): {why}")
