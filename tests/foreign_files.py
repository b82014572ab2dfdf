"""WARC files and packages as others write them, made by hand: right ones, and ones with a defect."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.imports.bringing import Tally
from tangthu.house import House
from tangthu.importing import Asked, import_captures, kind_of_path

HOST = "thu.example.vn"
PAGE = """<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>Ngày 15/06/2020</p><div><p>{text}</p>
<p>Sở Tài chính tỉnh Mẫu thông báo để các đơn vị biết; mọi vướng mắc gửi về phòng Quản lý ngân sách để được hướng dẫn.</p>
</div></body></html>"""
TEXT = "Công khai dự toán ngân sách nhà nước năm 2021 của đơn vị theo quy định hiện hành."
URL = f"https://{HOST}/tin/1"
BEGAN = datetime(2021, 3, 1, 8, tzinfo=UTC)


def page(title: str = "Thông báo một", text: str = TEXT) -> bytes:
    """A page of an announcement."""
    return PAGE.format(title=title, text=text).encode()


def answer(
    body: bytes, status: str = "200 OK", content_type: str = "text/html; charset=utf-8", *more: str, proto: str = "HTTP/1.1"
) -> bytes:
    """An HTTP response."""
    lines = [f"{proto} {status}", f"Content-Type: {content_type}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sha1(data: bytes) -> str:
    """As Heritrix writes it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def at(minutes: float = 0) -> str:
    """A WARC-Date, minutes after BEGAN."""
    return (BEGAN + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Records:
    """Records one after another; each is a bytes of its own."""

    def __init__(self, host: str = HOST) -> None:
        self.all: list[bytes] = []
        self.host = host

    def record(self, kind: str, block: bytes, **named: str | None) -> str:
        """Add a record; names with `_` for `-`. None leaves a field out. Returns its id."""
        id = f"<urn:uuid:00000000-0000-4000-8000-{len(self.all):012d}>"
        fields: dict[str, str | None] = {"WARC-Type": kind, "WARC-Record-ID": id, "WARC-Date": at(len(self.all))}
        fields |= {name.replace("_", "-"): value for name, value in named.items()}
        fields.setdefault("Content-Length", str(len(block)))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
        self.all.append(f"WARC/1.{len(self.all) % 2}\r\n{head}\r\n".encode() + block + b"\r\n\r\n")
        return str(fields["WARC-Record-ID"])

    def response(self, path: str, block: bytes, **named: str | None) -> str:
        """Add a response from `path` of the host, with the digests that most writers give."""
        body = block.partition(b"\r\n\r\n")[2]
        given: dict[str, str | None] = {
            "WARC_Target_URI": path if "://" in path or ":" in path.partition("/")[0] else f"https://{self.host}{path}",
            "Content_Type": "application/http; msgtype=response",
            "WARC_Block_Digest": sha1(block),
            "WARC_Payload_Digest": sha1(body),
        }
        return self.record("response", block, **{**given, **named})

    def plain(self) -> bytes:
        """The file without any packing."""
        return b"".join(self.all)

    def members(self) -> bytes:
        """One gzip member a record."""
        return b"".join(gzip.compress(each, 1) for each in self.all)

    def whole(self) -> bytes:
        """One gzip member for all."""
        return gzip.compress(self.plain())


def package(files: dict[str, bytes], *, lie: str = "", method: int = zipfile.ZIP_STORED, **described: object) -> bytes:
    """A WACZ package of these files; the digest of the file `lie` is wrong."""
    resources = [
        {"path": name, "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data + (b'!' if name == lie else b'')).hexdigest()}"}
        for name, data in files.items()
    ]
    body = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": resources, **described}).encode()
    signed: dict[str, object] = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(body).hexdigest()}"}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
        made.writestr("datapackage.json", body)
        made.writestr(
            "datapackage-digest.json", json.dumps({**signed, "signedData": {"domain": "mau.example", "signature": "x"}})
        )
    return stream.getvalue()


def one(body: bytes, *more: str, **named: str | None) -> Records:
    """A file with one page."""
    made = Records()
    made.response("/tin/1", answer(body, "200 OK", "text/html; charset=utf-8", *more), **named)
    return made


class Desk:
    """Imports bytes as files into one archive."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self._folder = folder
        self._count = 0

    def take(self, *files: bytes, **asked: bool | str) -> Tally:
        paths = []
        for data in files:
            self._count += 1
            paths.append(self._folder / f"file-{self._count}")
            paths[-1].write_bytes(data)
        return self.take_paths(*paths, **asked)

    def take_paths(self, *paths: Path, **asked: bool | str) -> Tally:
        return import_captures(self.house, {path: kind_of_path(path) for path in paths}, Asked(**asked))  # type: ignore[arg-type]

    def history(self, url: str = URL) -> list[tuple[int, str]]:
        """Number and day of each version of the document at `url`, by date."""
        versions = self.house.catalog.versions(self.id(url))
        return [(each.number, each.captured_at.strftime("%Y-%m-%d")) for each in versions]

    def id(self, url: str = URL) -> str:
        found = self.house.catalog.id_at(url)
        assert found is not None
        return found
