"""Bytes of a page → its text in NFC, whatever the label says.

A label (HTTP header, `<meta charset>`) is a claim: UTF-8 that decodes is UTF-8, a label that yields no Vietnamese loses to
cp1258, and UTF-8 that was taken for Latin-1 and encoded again is mended. Vietnamese never has more than a few bytes above
ASCII in a row; what has is of another script, and read by its label or as Chinese. Which charset it was, and whether it was
sound, is told.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_META_WINDOW = 4096
_WEB_CHARSETS = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874"}
    | {f"iso8859-{part}" for part in range(1, 17)}
    | {f"cp{page}" for page in range(1250, 1259)}
    | {
        "tis-620",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
        "big5hkscs",
        "euc_jp",
        "iso2022_jp",
        "shift_jis",
        "cp932",
        "euc_kr",
        "cp949",
    }
)
"""Python's names for the encodings of the web. Its registry knows more under names that a page may claim: some do not give
text (`base64`, `rot13`), some always fail (`undefined`), some make half characters of ASCII (`unicode_escape`)."""

_LATIN = frozenset({"utf-8", "ascii", "latin-1", "iso8859-1", "cp1250", "cp1252", "cp1254", "cp1257", "cp1258"})
"""Labels that are put on pages of any script."""

_MULTIBYTE = re.compile(rb"[\xc3-\xc6][\x80-\xbf]|\xe1[\xba\xbb][\x80-\xbf]|\xe2\x80[\x80-\xbf]")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_ROW = re.compile(rb"[\x80-\xff]{7,}")
_HAN = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
_COMMON_HAN = re.compile("[的一是不在了有和人这這中大为為上个個国國年月日公告通知关關于於政府]")
_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_MARKED_VOWEL = re.compile(f"[aeiouyăâêôơưAEIOUYĂÂÊÔƠƯ][{_MARKS}]")
_MARK = re.compile(f"[{_MARKS}]")
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")

_MOJIBAKE = re.compile("á[»º]|Ä[‘\u0091\u0090]|Æ[°¡]")
_CP1252 = {bytes([b]).decode("cp1252"): b for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_AS_BYTES = {**{chr(b): b for b in range(0x80, 0x100)}, **_CP1252}
_HIGH_RUN = re.compile("[" + re.escape("".join(_AS_BYTES)) + "]{2,}")
_MOJIBAKE_LEAST = 3

_MAGIC = (
    b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b",
    b"{\\rtf", b"RIFF", b"\x7fELF", b"MZ\x90", b"OggS",
)  # fmt: skip
_NOT_TEXT = bytes(b for b in range(32) if b not in (9, 10, 12, 13, 27))


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page in NFC and how it was won."""

    text: str
    charset: str
    """The charset that read the bytes; `utf-8 (doubled)` where UTF-8 had been encoded twice."""
    label: str | None
    """What header or meta tag claimed, in Python's spelling; None where neither names a charset we know."""
    sound: bool
    """False where bytes were lost: replaced by U+FFFD, or read as Latin-1 for want of anything better."""


def is_binary(body: bytes) -> bool:
    """Whether `body` is no text at all, whatever its name or label: known file signatures, or control characters throughout."""
    if body.startswith(_MAGIC):
        return True
    head = body[:2048]
    if body.startswith(tuple(bom for bom, _ in _BOMS)) or _wide(head):
        return False
    controls = len(head) - len(head.translate(None, _NOT_TEXT))
    return controls > len(head) // 20


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of `body`; never fails, and says in `sound` when it had to guess."""
    label = _label(body, content_type)
    if label == "iso2022_jp" and b"\x1b$" in body:
        return _made(body.decode(label, errors="replace"), label, label)
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return _made(body.decode(charset, errors="replace").lstrip("\ufeff"), charset, label)
    if wide := _wide(body[:2048]):
        return _made(body.decode(wide, errors="replace"), wide, label)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, label)
    mended = _undouble(text)
    return _made(text if mended is None else mended, "utf-8" if mended is None else "utf-8 (doubled)", label)


def _made(text: str, charset: str, label: str | None) -> Decoded:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return Decoded(text, charset, label, sound="\ufffd" not in text)


def _label(body: bytes, content_type: str | None) -> str | None:
    claims = []
    if content_type and (match := _HEADER.search(content_type)):
        claims.append(match[1])
    if meta := _META.search(body[:_META_WINDOW]):
        claims.append(meta[1].decode("ascii"))
    for claim in claims:
        try:
            name = codecs.lookup(claim).name
        except (LookupError, UnicodeError):
            continue
        if name in _WEB_CHARSETS:
            return name
    return None


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark of its byte order: markup is ASCII, so every other byte of it is zero."""
    if len(head) < 8 or b"\0" not in head:
        return None
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > len(odd) * 0.4 and even.count(0) < len(even) * 0.1:
        return "utf-16-le"
    if even.count(0) > len(even) * 0.4 and odd.count(0) < len(odd) * 0.1:
        return "utf-16-be"
    return None


def _not_utf8(body: bytes, label: str | None) -> Decoded:
    text = body.decode("utf-8", errors="replace")
    good = len(_MULTIBYTE.findall(body))
    if good > 4 * text.count("\ufffd"):
        return _made(text, "utf-8", label)
    foreign = _is_of_another_script(body)
    if not foreign and (vietnamese := _cp1258(body)) is not None:
        return _made(vietnamese, "cp1258", label)
    if foreign and (label is None or label in _LATIN) and (chinese := _chinese(body)) is not None:
        return _made(*chinese, label)
    if label is not None and label not in ("utf-8", "ascii", "latin-1", "iso8859-1"):
        try:
            return _made(body.decode(label), label, label)
        except UnicodeError:
            pass  # the label is wrong; what follows decodes anything
    lost = _made(body.decode("cp1252", errors="replace"), "cp1252", label)
    if good:
        return _made(text, "utf-8", label)
    return Decoded(lost.text, lost.charset, label, sound=False)


def _is_of_another_script(body: bytes) -> bool:
    """Whether bytes above ASCII come in rows as no Vietnamese word has them."""
    high = len(_HIGH.findall(body))
    return sum(map(len, _HIGH_ROW.findall(body))) > 0.2 * high


def _chinese(body: bytes) -> tuple[str, str] | None:
    """Text and charset where `body` is sound Chinese: its commonest characters are there, and hardly any of Japanese."""
    try:
        text = body.decode("gb18030")
    except UnicodeDecodeError:
        return None
    han, common = len(_HAN.findall(text)), len(_COMMON_HAN.findall(text))
    return (text, "gb18030") if common >= 0.05 * han > len(_KANA.findall(text)) * 0.5 else None


def _cp1258(body: bytes) -> str | None:
    """The text where `body` reads as Vietnamese in cp1258: its marks follow vowels. Undefined bytes become U+FFFD."""
    text = body.decode("cp1258", errors="replace")
    marks = len(_MARK.findall(text))
    placed = len(_MARKED_VOWEL.findall(text))
    if not marks:
        return text if len(_VIETNAMESE.findall(text)) and text.count("\ufffd") == 0 and re.search("[đăơưĐĂƠƯ]", text) else None
    return text if placed >= 0.9 * marks else None


def _undouble(text: str) -> str | None:
    """The text with doubly encoded runs mended, or None where it has none worth the name."""
    if len(_MOJIBAKE.findall(text)) < _MOJIBAKE_LEAST:
        return None
    mended, count = _HIGH_RUN.subn(_redecode, text)
    return mended if count and len(_VIETNAMESE.findall(mended)) > len(_VIETNAMESE.findall(text)) else None


def _redecode(match: re.Match[str]) -> str:
    try:
        return bytes(_AS_BYTES[character] for character in match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
