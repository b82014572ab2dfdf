"""A small real archive for the tests of the web application: WARC files and catalogue on disk, a search with set answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from archive.catalog import Catalog
from archive.identity import document_id
from archive.records import AttachmentLink, Capture, Exchange, FieldOrigin, ReadDate, Reading, ReuseTerms
from archive.rereading import Rereading
from archive.warc import WarcStore, WarcWriter
from search.errors import SearchError
from search.results import Completion, Explained, Hit, IndexStatus, References, Results, SearchRequest
from web.app import Services, create_app

PORTAL = "mau"
HOST = "stc.mau.example"
START = datetime(2026, 11, 20, 3, 12, tzinfo=UTC)
WORDING = 'Ghi rõ nguồn "SỞ TÀI CHÍNH MẪU" hoặc "stc.mau.example" khi phát hành lại thông tin từ trang mẫu này'

PAGE = """<!doctype html><html><head><title>Trang mẫu</title><script>alert(1)</script></head>
<body onload="alert(2)"><h1>Thông báo mẫu</h1><img src="https://stc.mau.example/anh.png"></body></html>"""

READING = Reading(
    title="Thông báo về việc công khai dự toán ngân sách (tài liệu mẫu)",
    text="Đoạn văn thứ nhất của tài liệu mẫu.\n\nĐoạn văn thứ hai.",
    html="<p>Đoạn văn thứ nhất của tài liệu mẫu.</p><p>Đoạn văn thứ hai.</p>",
    summary="Tóm tắt của tài liệu mẫu.",
    byline="Người Mẫu",
    published=ReadDate("2020-06-15", "day", "15/06/2020 00:00"),
    category="Thông báo",
    number="123/TB-STC",
    kind="Thông báo",
    issuer="Sở Tài chính Mẫu",
    attachments=(AttachmentLink("https://stc.mau.example/phu-luc.pdf", "Phụ lục mẫu"),),
    reuse=ReuseTerms(names=("SỞ TÀI CHÍNH MẪU", "stc.mau.example"), wording=WORDING, act="phát hành lại", phone="0000.000.000"),
    fields=(
        FieldOrigin("number", "rule:number-in-letterhead", 0.9, "Số:  123/TB-STC"),
        FieldOrigin("published", "selector:span.date", 0.95),
        FieldOrigin("byline", "rule:byline-last-line", 0.55),
    ),
    platform="mau/moi",
)


@dataclass
class SetSearch:
    """A search that gives the answer it was set, and remembers what it was asked."""

    answer: Results = field(default_factory=lambda: Results(0, ()))
    answers: dict[str, Results] = field(default_factory=dict)
    """Answers to other texts than the one that `answer` is for."""
    completions: tuple[Completion, ...] = ()
    neighbours: tuple[Hit, ...] = ()
    named: References = field(default_factory=References)
    explained: Explained | None = None
    asked: list[SearchRequest] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    down: bool = False

    def search(self, request: SearchRequest) -> Results:
        """The set answer."""
        self._up()
        self.asked.append(request)
        return self.answers.get(request.text, self.answer)

    def complete(self, text: str, limit: int) -> tuple[Completion, ...]:
        """The set completions, as many as are wanted."""
        self._up()
        self.typed.append(text)
        return self.completions[:limit]

    def explain(self, request: SearchRequest, id: str) -> Explained | None:
        """The set explanation, for its document."""
        self._up()
        self.asked.append(request)
        return self.explained if self.explained and self.explained.hit.id == id else None

    def similar(self, id: str, limit: int) -> tuple[Hit, ...]:
        """The set neighbours."""
        self._up()
        return self.neighbours[:limit]

    def references(self, id: str, limit: int) -> References:
        """The set references."""
        self._up()
        return replace(self.named, named_by=self.named.named_by[:limit])

    def marks(self, text: str, request: SearchRequest) -> tuple[tuple[int, int], ...]:
        """Where the words that were typed stand, letter for letter."""
        self._up()
        words = "|".join(re.escape(word) for word in request.text.split())
        return tuple(match.span() for match in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE)) if words else ()

    def _up(self) -> None:
        if self.down:
            raise SearchError("the index is being rebuilt")

    def status(self) -> IndexStatus:
        """A status that says nothing."""
        return IndexStatus("set", "1", 0, 0)


class WebArchive:
    """An archive with one portal under `folder`, and the application over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalog = Catalog(folder / "catalog.db")
        self.store = WarcStore(folder / "warc", self.catalog.capture)
        self.search = SetSearch()
        with self.catalog.ledger() as ledger:
            ledger.portal(PORTAL, HOST, "Sở Tài chính Mẫu (cổng mẫu)")

    def app(self, site_url: str | None = "https://tangthu.example") -> Flask:
        """The application."""
        return create_app(Services(self.catalog, self.store, self.search, site_url, "luutru@tangthu.example"))

    def put(
        self,
        path: str = "/tin/1",
        reading: Reading = READING,
        body: bytes | str = PAGE,
        content_type: str = "text/html; charset=utf-8",
        day: int = 0,
    ) -> str:
        """Keep a page with what was read from it; the id of its document."""
        url = f"https://{HOST}{path}"
        raw = body.encode() if isinstance(body, str) else body
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(raw)}\r\n\r\n"
        sent = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        exchange = Exchange(url, START + timedelta(days=day), sent, head.encode("latin-1") + raw)
        id = document_id(f"{PORTAL}:{path}")
        with WarcWriter(self.folder / "warc") as writer, self.catalog.ledger() as ledger:
            capture = writer.exchange(exchange, role="document", portal=PORTAL)
            writer.sync()
            ledger.keep(id, capture, "document", reading, portal=PORTAL)
        return id

    def put_row(self, url: str, row: bytes, reading: Reading, external_id: str | None = None) -> str:
        """Keep an imported row with what was read from it; the id of its document."""
        id = document_id(f"{PORTAL}:{url}")
        with WarcWriter(self.folder / "warc") as writer, self.catalog.ledger() as ledger:
            capture = writer.resource(url, row, content_type="application/json", role="row", portal=PORTAL)
            writer.sync()
            ledger.keep(id, capture, "row", reading, portal=PORTAL, external_id=external_id)
        return id

    def change(self, path: str = "/tin/1") -> None:
        """Keep the same page a day later with another text."""
        changed = replace(READING, text="Đoạn văn đã đổi.", html="<p>Đoạn văn đã đổi.</p>")
        self.put(path, changed, PAGE.replace("mẫu</h1>", "mẫu đã đổi</h1>"), day=1)

    def reread(self, id: str, reading: Reading) -> None:
        """Have a later reader make `reading` of the capture that the current version was read from."""
        document = self.catalog.document(id)
        kept = document.version
        made = Rereading(
            document_id=id,
            identities=(f"{PORTAL}:{id}",),
            portal=document.portal,
            url=document.url,
            external_id=None,
            state=document.state,
            first_captured_at=document.first_captured_at,
            last_captured_at=document.last_captured_at,
            state_at=document.last_captured_at,
            captures=tuple(capture.id for capture in self.catalog.captures(id)),
            before=self.catalog.versions(id),
            capture_id=kept.capture_id,
            number=kept.number + 1,
            reading=reading,
            digest=kept.digest,
            reread=True,
            reader="mau",
        )
        with self.catalog.ledger() as ledger:
            ledger.reread(made)

    def remove(self, id: str) -> None:
        """Note that the page is gone from its portal."""
        with self.catalog.ledger() as ledger:
            ledger.removed(id)

    def damage(self, capture: Capture) -> None:
        """Turn over the bits of one byte in the middle of a capture's record."""
        path = self.folder / "warc" / capture.file
        data = bytearray(path.read_bytes())
        data[capture.offset + capture.length // 2] ^= 0xFF
        path.write_bytes(bytes(data))

    def capture_of(self, id: str, number: int = 1) -> Capture:
        """The capture that a version was read from."""
        return self.catalog.capture(self.catalog.version(id, number).capture_id)
