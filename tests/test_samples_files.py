"""The attachments of the sample portal: one of every format, offered as such portals do, and served."""

from __future__ import annotations

import io
import zipfile
from urllib.parse import urljoin, urlsplit

import pypdfium2
import pytest
from PIL import Image

from ingest.parse import read
from ingest.portals.sample import PORTAL
from samples import SamplePortal, announcements
from samples.content import HERE, SampleFile, masthead, sample_files
from tests.test_samples import ask

FORMATS = {
    "pdf": b"%PDF-", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "odt": b"PK\x03\x04", "pptx": b"PK\x03\x04",
    "zip": b"PK\x03\x04",
    "doc": b"\xd0\xcf\x11\xe0", "xls": b"\xd0\xcf\x11\xe0", "ppt": b"\xd0\xcf\x11\xe0", "rtf": b"{\\rtf1", "png": b"\x89PNG",
    "jpg": b"\xff\xd8\xff", "tif": b"II*\x00", "eml": b"From: ", "txt": b"", "csv": b'"', "html": b"<!DOCTYPE html>",
}  # fmt: skip
EVERY = pytest.mark.parametrize("file", sample_files(), ids=lambda file: file.name)


def bytes_of(name: str) -> bytes:
    return (HERE / "files" / name).read_bytes()


@EVERY
def test_a_file_is_of_the_format_that_its_name_says(file: SampleFile) -> None:
    assert file.body.startswith(FORMATS[file.name.rpartition(".")[2]]) or file.fails == "empty"
    assert (file.says is None) == (file.fails is not None)
    assert file.on in {item.id for item in announcements()}


def test_there_is_one_of_every_format_and_together_they_are_small() -> None:
    kept = {path.name: path.stat().st_size for path in (HERE / "files").iterdir()}
    assert set(kept) == {file.name for file in sample_files()}
    assert {name.rpartition(".")[2] for name in kept} == set(FORMATS)
    assert sum(kept.values()) <= 700 * 1024
    assert {name for name, size in kept.items() if size > 40 * 1024} <= {"no-cong-2016.ppt"}
    assert {file.fails for file in sample_files() if file.fails} == {"encrypted", "damaged", "empty"}


@EVERY
def test_a_page_offers_its_files_and_the_portal_hands_them_out(file: SampleFile) -> None:
    with SamplePortal() as portal:
        item = next(item for item in announcements() if item.id == file.on)
        page = ask(portal, item.path)
        url = portal.base_url + item.path
        reading = read(page.body, url, page.headers["Content-Type"], PORTAL.at(portal.base_url))
        offered = {link.title: link.url for link in reading.attachments}
        assert file.title in offered, offered
        answer = ask(portal, _target(offered[file.title]))
        if file.through:
            assert answer.status == 301
            answer = ask(portal, _target(urljoin(url, answer.headers["Location"])))
        assert (answer.status, answer.body) == (200, file.body)
        assert answer.headers["Content-Type"] == file.type


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_the_box_of_files_is_no_part_of_the_text() -> None:
    with SamplePortal() as portal:
        for item in (item for item in announcements() if item.files):
            page = ask(portal, item.path)
            reading = read(page.body, portal.base_url + item.path, page.headers["Content-Type"], PORTAL.at(portal.base_url))
            assert "đính kèm" not in reading.text.replace(item.text, "")


def test_the_reprinted_article_offers_none() -> None:
    assert not any(item.files for item in announcements() if item.reprinted_from)


def test_the_scan_has_two_pages_and_no_text() -> None:
    document = pypdfium2.PdfDocument(bytes_of("ban-quet-quyet-dinh-31.pdf"))
    assert [page.get_textpage().get_text_range().strip() for page in document] == ["", ""]


def test_the_pdf_with_a_text_layer_says_its_words_on_its_second_page() -> None:
    file = next(file for file in sample_files() if file.name == "quyet-toan-2018.pdf")
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file.body)]
    assert file.says is not None
    assert [file.says in text for text in pages] == [False, True]
    assert masthead().mark[:15] in pages[0]


def test_the_legacy_pdf_holds_no_vietnamese_letter_and_names_its_font() -> None:
    body = bytes_of("quyet-dinh-phong-chu-cu.pdf")
    text = pypdfium2.PdfDocument(body)[0].get_textpage().get_text_range()
    assert "kinh phÝ in thÎ cö tri" in text
    assert b".VnTime" in body


def test_the_encrypted_and_the_damaged_pdf_do_not_open() -> None:
    for name in ("khoa-bang-mat-khau.pdf", "hong.pdf"):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(bytes_of(name))


def test_pictures_and_packages_open() -> None:
    assert Image.open(io.BytesIO(bytes_of("ket-qua-trung-tuyen.tif"))).n_frames == 2  # type: ignore[attr-defined]
    assert zipfile.ZipFile(io.BytesIO(bytes_of("ho-so-chao-gia.zip"))).namelist() == ["cau-hinh.txt", "mau-bao-gia.csv"]
