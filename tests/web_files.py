"""Files and their pages for the tests of the web application: in real WARC files and a real catalogue, with real pictures."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pypdfium2
from flask import Flask
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import insert, select, update

import web
from archive import schema
from archive.errors import NotFound, Overtaken
from archive.file_readings import packed, to_plain
from archive.identity import document_id
from archive.pages import UNSURE, Correction, Entry, FileReading, Page, PageFact, Word
from archive.records import AttachmentLink, Capture, Exchange, Outcome, Reading
from archive.warc import WarcWriter
from ingest.errors import FileUnreadable
from tests.web_archive import HOST, PORTAL, READING, START, WebArchive
from web.app import Services, create_app

FONTS = Path(web.__file__).parent / "static" / "fonts"
WIDTH, HEIGHT = 1240, 1754
"""A4 at 150 dots an inch."""
LETTER = """SỞ TÀI CHÍNH TỈNH MẪU
Số: 12/QĐ-STC
Mẫu Trì, ngày 3 tháng 2 năm 2020

QUYẾT ĐỊNH
Về việc giao dự toán thu, chi ngân sách (văn bản mẫu)

Căn cứ Luật Ngân sách nhà nước;
Điều 1. Giao dự toán cho các đơn vị trực thuộc theo phụ lục.
Điều 2. Các đơn vị chịu trách nhiệm thi hành Quyết định này."""
ANNEX = """PHỤ LỤC
Dự toán của trạm bơm Thí Dụ và nhà văn hóa xã Mẫu

Trạm bơm Thí Dụ được giao ba trăm triệu đồng để nạo vét kênh.
Nhà văn hóa xã Mẫu được giao hai trăm triệu đồng để lợp mái."""


@cache
def _font(script: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"source-serif-4-{script}-wght-normal.woff2", size)


def _draw(draw: ImageDraw.ImageDraw, left: float, top: float, text: str, size: int) -> float:
    """Write `text`; where it ends. Each font file holds one script only."""
    for char in text:
        font = _font("latin" if ord(char) < 256 else "vietnamese", size)
        draw.text((left, top), char, fill=(24, 24, 30), font=font)
        left += font.getlength(char)
    return left


def drawn(text: str, n: int = 1, unsure: Mapping[str, float] | None = None) -> tuple[Image.Image, Page]:
    """A page with `text` on it, and what OCR would have read from it: each word where it was drawn."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw, words, top, size = ImageDraw.Draw(picture), [], 150.0, 30
    for line in text.split("\n"):
        left = 140.0
        for word in line.split():
            end = _draw(draw, left, top, word, size)
            box = (left / WIDTH, (top + 4) / HEIGHT, end / WIDTH, (top + size + 10) / HEIGHT)
            words.append(Word(word, box, (unsure or {}).get(word, 0.97)))
            left = end + size * 0.28
        top += size * 1.75
    sure = sum(word.confidence or 0 for word in words) / max(len(words), 1)
    return picture, Page(n, text, "ocr", round(sure, 3), tuple(words), width=WIDTH, height=HEIGHT)


def scan(*texts: str, unsure: Mapping[str, float] | None = None) -> tuple[bytes, FileReading]:
    """A scanned PDF with these pages, and its reading."""
    made = [drawn(text, n, unsure) for n, text in enumerate(texts, 1)]
    out = io.BytesIO()
    made[0][0].save(out, "PDF", save_all=True, append_images=[picture for picture, _ in made[1:]], resolution=150)
    facts = (
        PageFact("number", "12/QĐ-STC", 1, 0.98, "number-in-letterhead"),
        PageFact("kind", "Quyết định", 1, 0.95, "kind-in-heading"),
        PageFact("issued", "2020-02-03", 1, 0.9, "letterhead-date", "ngày 3 tháng 2 năm 2020"),
        PageFact("signer", "Người Ký Mẫu", 1, 0.55, "signature"),
        PageFact("basis", "Luật Ngân sách nhà nước", 1, 0.9, "preamble"),
    )
    reading = FileReading("pdf", tuple(page for _, page in made), detected=("utf-8",), facts=facts, reader="files 1, mẫu 1")
    return out.getvalue(), reading


class FileArchive(WebArchive):
    """An archive with files, pictures of their pages, and a desk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.pictures: DrawnPictures | None = DrawnPictures(self)
        self.desk: SmallDesk | None = SmallDesk(self)

    def app(self, site_url: str | None = "https://tangthu.example", max_upload_bytes: int = 1 << 20) -> Flask:
        """The application, with pictures and a desk."""
        services = Services(self.catalog, self.store, self.search, site_url, "luutru@tangthu.example")
        return create_app(replace(services, pictures=self.pictures, desk=self.desk, max_upload_bytes=max_upload_bytes))

    def put_with(self, *links: AttachmentLink, path: str = "/tin/1", reading: Reading = READING) -> str:
        """Keep a page that links to files; the id of its document."""
        return self.put(path, replace(reading, attachments=links))

    def put_file(
        self,
        data: bytes,
        reading: FileReading | None = None,
        name: str = "Quyết định 12/QĐ-STC.pdf",
        url: str = f"https://{HOST}/tep/qd-12.pdf",
        document: str | None = None,
    ) -> str:
        """Keep a file, read or waiting; its digest."""
        with WarcWriter(self.folder / "warc") as writer:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {len(data)}\r\n\r\n"
            sent = f"GET /tep HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
            exchange = Exchange(url, START + timedelta(hours=1), sent, head.encode() + data)
            capture = writer.exchange(exchange, role="attachment", portal=PORTAL)
            writer.sync()
        self.catalogue_file(capture, data, reading, name)
        digest = hashlib.sha256(data).hexdigest()
        with self.catalog._database.writing() as connection:
            values = {"url": url, "digest": digest, "capture_id": capture.id, "at": capture.fetched_at.isoformat()}
            connection.execute(insert(schema.file_addresses).values(values))
            if document is not None:
                connection.execute(insert(schema.attachments).values(document_id=document, url=url))
        return digest

    def catalogue_file(self, capture: Capture, data: bytes, reading: FileReading | None, name: str) -> None:
        """Put a file whose capture is kept into the catalogue."""
        digest = hashlib.sha256(data).hexdigest()
        state = "waiting" if reading is None else "failed" if reading.failed else "read"
        with self.catalog.ledger() as ledger:
            ledger.capture(capture, "attachment", None)
        with self.catalog._database.writing() as connection:
            row = {
                "digest": digest,
                "size": len(data),
                "capture_id": capture.id,
                "name": name,
                "state": state,
                "page_count": len(reading.pages) if reading else 0,
                "reading": json.dumps(to_plain(reading), ensure_ascii=False) if reading else None,
                "read_at": START.isoformat() if reading else None,
            }
            connection.execute(insert(schema.files).values(row))
            for page in reading.pages if reading else ():
                unsure = sum((word.confidence or 1) < UNSURE for word in page.words)
                values = {"digest": digest, "n": page.n, "text": page.text, "page": packed(page), "unsure": unsure}
                connection.execute(insert(schema.pages).values(values))

    def missing_at(self, url: str, why: str) -> None:
        """Note that an address holds no file."""
        with self.catalog._database.writing() as connection:
            connection.execute(insert(schema.file_addresses).values(url=url, failed=why, at=START.isoformat()))


class DrawnPictures:
    """Pictures of kept PDF files, made by the same library, without a child process."""

    def __init__(self, archive: FileArchive) -> None:
        self.archive = archive
        self.made = 0
        self._lock = threading.Lock()  # PDFium is not to be entered twice

    def picture(self, digest: str, n: int, width: int) -> bytes:
        """Page `n` as JPEG."""
        with self._lock:
            self.made += 1
            try:
                document = pypdfium2.PdfDocument(self._bytes(digest))
            except pypdfium2.PdfiumError as error:
                raise FileUnreadable("damaged", "no picture") from error
            if not 1 <= n <= len(document):
                raise NotFound("page", f"{digest}/{n}")
            page = document[n - 1]
            height = round(width * page.get_height() / page.get_width())
            picture = page.render(scale=width / page.get_width()).to_pil().convert("RGB").resize((width, height))
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=80)
            document.close()
            return out.getvalue()

    def searchable(self, digest: str) -> bytes:
        """The file as it is."""
        return self._bytes(digest)

    def _bytes(self, digest: str) -> bytes:
        return self.archive.store.payload(self.archive.catalog.files().capture_of(digest)).body


class SmallDesk:
    """A desk that keeps what it takes in the archive's own files and catalogue."""

    def __init__(self, archive: FileArchive) -> None:
        self.archive = archive
        self.passwords = {"Lê Mẫu": "mật khẩu mẫu"}
        self.entries: list[Entry] = []

    def archivist(self, name: str, password: str) -> bool:
        """Whether they fit."""
        return self.passwords.get(name) == password

    def key(self, name: str) -> bytes | None:
        """Made of name and password."""
        return hashlib.sha256(f"{name}\0{self.passwords[name]}".encode()).digest() if name in self.passwords else None

    def take(self, data: bytes, name: str, facts: Mapping[str, str], by: str) -> Outcome:
        """Keep a file as a resource record, with a document that carries it."""
        digest = hashlib.sha256(data).hexdigest()
        url = f"urn:sha256:{digest}"
        id = document_id(f"{PORTAL}:{url}")
        if self.archive.catalog.id_at(url):
            return Outcome(url, "unchanged", id)
        self.entries.append(Entry(digest, name, facts, by, datetime.now(UTC)))
        reading = Reading(
            title=facts.get("title", name),
            text="",
            html="",
            number=facts.get("number"),
            attachments=(AttachmentLink(url, name),),
            platform="entry",
        )
        with WarcWriter(self.archive.folder / "warc") as writer, self.archive.catalog.ledger() as ledger:
            capture = writer.resource(url, data, content_type="application/octet-stream", role="file", portal=PORTAL)
            writer.sync()
            ledger.keep(id, capture, "file", reading, portal=PORTAL)
        with self.archive.catalog._database.writing() as connection:
            row = {
                "digest": digest,
                "size": len(data),
                "capture_id": capture.id,
                "name": name,
                "state": "waiting",
                "page_count": 0,
            }
            connection.execute(insert(schema.files).values(row))
            at = capture.fetched_at.isoformat()
            connection.execute(insert(schema.file_addresses).values(url=url, digest=digest, capture_id=capture.id, at=at))
            connection.execute(insert(schema.attachments).values(document_id=id, url=url))
            said = {"document_id": id, "digest": digest, "name": name, "facts": json.dumps(dict(facts)), "by": by, "at": at}
            connection.execute(insert(schema.entries).values(said))
        return Outcome(url, "new", id, 1, capture.id)

    def correct(self, correction: Correction) -> None:
        """Put a correction in force."""
        files = self.archive.catalog.files()
        _, _, n = correction.field.partition("/")
        if n:
            now = files.page(correction.file, int(n)).page.text
            if now != correction.before:
                raise Overtaken(correction.file, correction.field, now)
        table = schema.corrections
        row = {name: getattr(correction, name) for name in ("field", "value", "before", "by", "reason")}
        with self.archive.catalog._database.writing() as connection:
            connection.execute(insert(table).values(digest=correction.file, at=correction.at.isoformat(), **row))
            if n:
                page = schema.pages
                here = (page.c.digest == correction.file) & (page.c.n == int(n))
                connection.execute(update(page).where(here).values(corrected=correction.value))

    def count(self) -> int:
        """How many corrections are kept."""
        with self.archive.catalog._database.reading() as connection:
            return len(connection.execute(select(schema.corrections)).all())
