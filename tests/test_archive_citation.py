"""Citations, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from citeproc.frontend import CitationStylesStyle

from archive import citation
from archive.errors import NotFound
from archive.records import Capture, Citation, Document, ReadDate, Reading, ReuseTerms, Version

SEED = Reading(
    title="Sở Tài chính Phú Thọ đẩy mạnh công tác tuyên truyền Đại hội Đảng các cấp",
    text="…",
    html="",
    published=ReadDate("2020-06-15", "day", "15/06/2020 00:00"),
    issuer="Sở Tài chính tỉnh Phú Thọ",
    reuse=ReuseTerms(("SỞ TÀI CHÍNH TỈNH PHÚ THỌ", "sotaichinh.phutho.gov.vn"), "Ghi rõ nguồn …"),
)
NUMBERED = Reading(
    title="Thông báo về việc công khai dự toán ngân sách năm 2021",
    text="…",
    html="",
    published=ReadDate("2020-12", "month", "tháng 12 năm 2020"),
    issuer="Sở Tài chính tỉnh Mẫu",
    kind="Thông báo",
    number="123/TB-STC",
)
UNDATED = Reading(title="Lịch tiếp công dân", text="…", html="")
URL = "http://sotaichinh.phutho.gov.vn/tin/1.html"
PERMANENT = "http://127.0.0.1:8080/tai-lieu/abcdefghijkl/pb/1"

GOLDEN = {
    ("seed", "vi"): "Sở Tài chính tỉnh Phú Thọ (2020), Sở Tài chính Phú Thọ đẩy mạnh công tác tuyên truyền Đại hội Đảng các cấp, "
    f"đăng ngày 15 tháng 6 năm 2020, {URL}, chụp ngày 22/11/2026, bản lưu: {PERMANENT}. "
    "Nguồn: SỞ TÀI CHÍNH TỈNH PHÚ THỌ (sotaichinh.phutho.gov.vn).",
    ("seed", "iso690"): "Sở Tài chính tỉnh Phú Thọ. Sở Tài chính Phú Thọ đẩy mạnh công tác tuyên truyền Đại hội Đảng các cấp "
    f"[trực tuyến]. 2020-06-15 [xem ngày 2026-11-22]. {URL}; bản lưu: {PERMANENT}. "
    "Nguồn: SỞ TÀI CHÍNH TỈNH PHÚ THỌ (sotaichinh.phutho.gov.vn).",
    (
        "seed",
        "apa",
    ): "Sở Tài chính tỉnh Phú Thọ. (2020, 15 tháng 6). Sở Tài chính Phú Thọ đẩy mạnh công tác tuyên truyền Đại hội Đảng "
    f"các cấp. Truy xuất ngày 22 tháng 11 năm 2026 từ {URL} (bản lưu: {PERMANENT}). "
    "Nguồn: SỞ TÀI CHÍNH TỈNH PHÚ THỌ (sotaichinh.phutho.gov.vn).",
    (
        "numbered",
        "vi",
    ): "Sở Tài chính tỉnh Mẫu (2020), Thông báo số 123/TB-STC tháng 12 năm 2020 về việc công khai dự toán ngân sách "
    f"năm 2021, {URL}, chụp ngày 22/11/2026, bản lưu: {PERMANENT}. Nguồn: Sở Tài chính tỉnh Mẫu (sotaichinh.phutho.gov.vn).",
    ("numbered", "iso690"): "Sở Tài chính tỉnh Mẫu. Thông báo về việc công khai dự toán ngân sách năm 2021 [trực tuyến]. "
    f"Thông báo 123/TB-STC. 2020-12 [xem ngày 2026-11-22]. {URL}; bản lưu: {PERMANENT}. "
    "Nguồn: Sở Tài chính tỉnh Mẫu (sotaichinh.phutho.gov.vn).",
    ("numbered", "apa"): "Sở Tài chính tỉnh Mẫu. (2020, tháng 12). Thông báo về việc công khai dự toán ngân sách năm 2021 "
    f"(Thông báo số 123/TB-STC). Truy xuất ngày 22 tháng 11 năm 2026 từ {URL} (bản lưu: {PERMANENT}). "
    "Nguồn: Sở Tài chính tỉnh Mẫu (sotaichinh.phutho.gov.vn).",
    ("undated", "vi"): f"sotaichinh.phutho.gov.vn (không ghi ngày), Lịch tiếp công dân, {URL}, chụp ngày 22/11/2026, "
    f"bản lưu: {PERMANENT}. Nguồn: sotaichinh.phutho.gov.vn.",
    ("undated", "iso690"): "sotaichinh.phutho.gov.vn. Lịch tiếp công dân [trực tuyến]. không ghi ngày [xem ngày 2026-11-22]. "
    f"{URL}; bản lưu: {PERMANENT}. Nguồn: sotaichinh.phutho.gov.vn.",
    ("undated", "apa"): f"sotaichinh.phutho.gov.vn. (k.n.). Lịch tiếp công dân. Truy xuất ngày 22 tháng 11 năm 2026 từ {URL} "
    f"(bản lưu: {PERMANENT}). Nguồn: sotaichinh.phutho.gov.vn.",
}
READINGS = {"seed": SEED, "numbered": NUMBERED, "undated": UNDATED}


def cite(reading: Reading, format: str, url: str = URL) -> Citation:
    capture = Capture("c", url, "response", datetime(2026, 11, 21, 18, 0, tzinfo=UTC), "d", "f", 0, 1, status=200)
    version = Version("abcdefghijkl", 1, "c", capture.fetched_at, "d", reading)
    document = Document("abcdefghijkl", "p", url, "live", capture.fetched_at, capture.fetched_at, version, 1)
    return citation.cite(document, version, capture, format, PERMANENT)


@pytest.mark.parametrize(("name", "format"), sorted(GOLDEN))
def test_a_citation_reads_word_for_word(name: str, format: str) -> None:
    """Captured on 21 November at 18:00 UTC, which is the 22nd in Việt Nam."""
    assert cite(READINGS[name], format).text == GOLDEN[name, format]


@pytest.mark.parametrize(
    ("title", "kind", "cited"),
    [
        ("Quyết định giao dự toán bổ sung", "Quyết định", "Quyết định số 64/QĐ-STC giao dự toán bổ sung,"),
        ("Quyết định số 64/QĐ-STC về việc giao dự toán", "Quyết định", "Quyết định số 64/QĐ-STC về việc giao dự toán,"),
        ("Quyết định UBND tỉnh ban hành", "Quyết định", "Quyết định số 64/QĐ-STC UBND tỉnh ban hành,"),
        ("Giao dự toán bổ sung", "Quyết định", "Quyết định số 64/QĐ-STC, Giao dự toán bổ sung,"),
    ],
)
def test_the_kind_of_document_is_said_once(title: str, kind: str, cited: str) -> None:
    reading = Reading(title=title, text="", html="", kind=kind, number="64/QĐ-STC")
    assert f"(không ghi ngày), {cited}" in cite(reading, "vi").text


def test_every_format_has_its_golden_citations() -> None:
    assert {format for _, format in GOLDEN} == set(citation.FORMATS)


@pytest.mark.parametrize("format", citation.FORMATS)
def test_the_title_is_in_italics_and_addresses_are_links(format: str) -> None:
    html = cite(SEED, format).html
    assert f"<i>{SEED.title}</i>" in html
    assert f'<a href="{URL}">{URL}</a>' in html
    assert f'<a href="{PERMANENT}">{PERMANENT}</a>' in html


@pytest.mark.parametrize("format", citation.FORMATS)
def test_hostile_text_stays_text(format: str) -> None:
    hostile = replace(SEED, title='<script>alert(1)</script> & "<i>"', issuer="<b>X</b>")
    made = cite(hostile, format, 'http://a.vn/?q="><script>')
    assert "<script" not in made.html
    assert "<b>" not in made.html
    assert '<script>alert(1)</script> & "<i>"' in made.text


def test_a_format_that_is_none_is_said() -> None:
    with pytest.raises(NotFound, match="harvard"):
        cite(SEED, "harvard")


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (
            ("SỞ TÀI CHÍNH TỈNH PHÚ THỌ", "sotaichinh.phutho.gov.vn"),
            "Nguồn: SỞ TÀI CHÍNH TỈNH PHÚ THỌ (sotaichinh.phutho.gov.vn)",
        ),
        (("Công báo tỉnh Sơn La",), "Nguồn: Công báo tỉnh Sơn La"),
        (("congbao.sonla.gov.vn",), "Nguồn: congbao.sonla.gov.vn"),
        ((), "Nguồn: Sở Tài chính tỉnh Phú Thọ (sotaichinh.phutho.gov.vn)"),
    ],
)
def test_the_attribution_is_in_the_portal_s_own_words(names: tuple[str, ...], sentence: str) -> None:
    reading = replace(SEED, reuse=ReuseTerms(names) if names else None)
    version = Version("a", 1, "c", datetime.now(UTC), "d", reading)
    assert citation.attribution(version, URL) == sentence


@pytest.mark.parametrize("style", sorted((Path(citation.__file__).with_name("styles")).glob("*.csl")), ids=lambda path: path.stem)
def test_each_style_is_valid_csl(style: Path) -> None:
    """Validated against the CSL schema that citeproc-py ships; what is not valid is warned of, and warnings are errors."""
    CitationStylesStyle(str(style), validate=True)
