"""What a file is, by its content: names lie, and a WARC may be called anything."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Literal

Kind = Literal["warc", "arc", "zip", "mhtml", "http", "page", "rows", "empty", "unknown"]
HEAD_BYTES = 16 << 10
_ARC = re.compile(rb"filedesc:\S* ")
_MHTML = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,40}?(?i:content-type:\s*multipart/related)")
_HTTP = re.compile(rb"\AHTTP/\d(?:\.\d)? +\d{3}[^\n]*\n(?:[!-9;-~]+:[^\n]*\n)*\r?\n", re.IGNORECASE)
_PAGE = re.compile(
    rb"\A\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,8000}-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|table|div|h1|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML = re.compile(rb"<(?:html|head|body)[\s>]", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def head_of(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def kind_of(head: bytes) -> Kind:
    """What the file that begins with `head` is."""
    if not head:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    plain = _unpacked(head) if head.startswith(b"\x1f\x8b") else head
    if plain.startswith(b"WARC/"):
        return "warc"
    if _ARC.match(plain):
        return "arc"
    if plain is not head:
        return "unknown"
    return _of_text(head)


def _of_text(head: bytes) -> Kind:
    if _HTTP.match(head):
        return "http"
    if _MHTML.match(head.replace(b"\r\n", b"\n")):
        return "mhtml"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.startswith(_WIDE):
        text = head.decode("utf-16", errors="replace").encode()
    if _PAGE.match(text) or (text.lstrip().startswith(b"<") and _HTML.search(text)):
        return "page"
    return "unknown" if b"\0" in head else "rows"


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""
