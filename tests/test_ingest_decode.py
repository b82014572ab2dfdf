"""Bytes to text: whatever the label says, Vietnamese comes out, in NFC."""

from __future__ import annotations

import encodings.aliases
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decode import decode, is_binary

SENTENCE = "Sở Tài chính đẩy mạnh công tác tuyên truyền; “quyết định” của Ủy ban nhân dân được gửi đến từng đơn vị."
MARKS = "\u0300\u0301\u0303\u0309\u0323"


def page(label: str) -> str:
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={label}"></head><p>{SENTENCE}</p></html>'


def as_cp1258(text: str) -> bytes:
    written = b""
    for character in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", character)
        base = unicodedata.normalize("NFC", parts[0] + "".join(part for part in parts[1:] if part not in MARKS))
        written += (base + "".join(part for part in parts[1:] if part in MARKS)).encode("cp1258")
    return written


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (page("utf-8").encode(), "utf-8"),
        (page("windows-1258").encode(), "utf-8"),
        (page("iso-8859-1").encode(), "utf-8"),
        (page("no-such-charset").encode(), "utf-8"),
        (b"\xef\xbb\xbf" + page("windows-1258").encode(), "utf-8"),
        (unicodedata.normalize("NFD", page("utf-8")).encode(), "utf-8"),
        (as_cp1258(page("windows-1258")), "cp1258"),
        (as_cp1258(page("utf-8")), "cp1258"),
        (as_cp1258(page("windows-1252")), "cp1258"),
        (page("utf-8").encode("utf-16"), "utf-16"),
        (page("utf-8").encode("utf-16-le"), "utf-16-le"),
        (page("utf-8").encode("utf-16-be"), "utf-16-be"),
        (page("utf-8").encode().decode("latin-1").encode(), "utf-8 (doubled)"),
    ],
)
def test_the_bytes_win_over_the_label(body: bytes, charset: str) -> None:
    decoded = decode(body, "text/html")
    assert SENTENCE in decoded.text
    assert decoded.charset == charset
    assert decoded.sound
    assert unicodedata.is_normalized("NFC", decoded.text)


def test_the_header_is_asked_before_the_meta_tag() -> None:
    assert decode(page("windows-1258").encode(), "text/html; charset=UTF-8").label == "utf-8"
    assert decode(page("windows-1258").encode(), "text/html").label == "cp1258"


@pytest.mark.parametrize(
    "label",
    [
        "undefined",
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
        "rot13",
        "base64",
        "hex",
        "utf-7",
        "utf-8-sig",
        "mbcs",
    ],
)
def test_a_label_that_is_no_charset_of_the_web_is_no_label(label: str) -> None:
    body = b"<p>\\ud800 caf\xe9 +2AA-</p>"
    for claimed in (decode(body, f"text/html; charset={label}"), decode(page(label).encode() + b"\xe9")):
        assert claimed.label is None
        assert "\ud800" not in claimed.text
    assert decode(body, f"text/html; charset={label}").text == "<p>\\ud800 café +2AA-</p>"


@pytest.mark.parametrize(("label", "charset"), [("Shift_JIS", "shift_jis"), ("KOI8-R", "koi8-r")])
def test_a_label_of_the_web_reads_what_is_no_vietnamese(label: str, charset: str) -> None:
    text = "<p>Москва, город</p>"
    decoded = decode(text.encode(charset), f"text/html; charset={label}")
    assert (decoded.charset, decoded.label, decoded.sound) == (charset, charset, True)
    assert decoded.text == text


def test_a_page_doubled_only_in_part_is_mended_there() -> None:
    doubled = SENTENCE.encode().decode("latin-1")
    decoded = decode(f"<p>Tiêu đề đúng</p><p>{doubled}</p>".encode())
    assert decoded.text == f"<p>Tiêu đề đúng</p><p>{SENTENCE}</p>"


def test_ordinary_text_is_not_taken_for_doubled() -> None:
    text = "<p>Nghị quyết «về cá» và giá 30º, ánh Ä‘èn</p>"
    assert decode(text.encode()).text == text


def test_broken_utf_8_is_read_on_and_told() -> None:
    decoded = decode(page("utf-8").encode().replace("mạnh".encode(), b"m\xe1\xbanh"))
    assert "công tác tuyên truyền" in decoded.text
    assert "\ufffd" in decoded.text
    assert (decoded.charset, decoded.sound) == ("utf-8", False)


def test_what_is_neither_is_read_as_latin_and_told() -> None:
    decoded = decode("<p>où était-ce, però</p>".encode("latin-1"))
    assert decoded.text == "<p>où était-ce, però</p>"
    assert not decoded.sound


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\x89PNG\r\n", b"\x1f\x8b\x08", bytes(range(32)) * 4]
)
def test_binary_content_is_told_from_text(head: bytes) -> None:
    assert is_binary(head + b"\x00\x01\x02 <html>" * 20)


@pytest.mark.parametrize(
    "body", [page("utf-8").encode(), page("x").encode("utf-16"), page("x").encode("utf-16-le"), b"<p>\x00</p>" + b"x" * 100]
)
def test_text_is_not_binary(body: bytes) -> None:
    assert not is_binary(body)


LABELS = sorted({*encodings.aliases.aliases, *encodings.aliases.aliases.values(), "undefined", "idna", "x-sjis", "utf-8"})


@given(
    st.binary(max_size=300),
    st.none() | st.text(max_size=30) | st.sampled_from(LABELS).map(lambda label: f"text/html; charset={label}"),
    st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"\\ud800", b"<meta charset=unicode_escape>", b"\xed\xa0\x80", b"\xe9"]),
)
def test_any_bytes_with_any_label_decode_to_whole_characters_in_nfc(body: bytes, content_type: str | None, start: bytes) -> None:
    text = decode(start + body, content_type).text
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode().decode() == text
