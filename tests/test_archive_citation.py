"""Citations, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from citeproc.frontend import CitationStylesStyle

from archive import citation
from archive.errors import NotFound
from archive.records import (
    Capture,
    CaptureKind,
    Citation,
    Document,
    FieldOrigin,
    Precision,
    ReadDate,
    Reading,
    ReuseTerms,
    Version,
)

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
    ): "Sở Tài chính tỉnh Mẫu (2020), Thông báo số 123/TB-STC về việc công khai dự toán ngân sách "
    f"năm 2021, đăng tháng 12 năm 2020, {URL},"
    f" chụp ngày 22/11/2026, bản lưu: {PERMANENT}. Nguồn: Sở Tài chính tỉnh Mẫu (sotaichinh.phutho.gov.vn).",
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


def cite(reading: Reading, format: str, url: str = URL, kind: CaptureKind = "response") -> Citation:
    capture = Capture("c", url, kind, datetime(2026, 11, 21, 18, 0, tzinfo=UTC), "d", "f", 0, 1, status=200)
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
        ("Quyết định giao dự toán bổ sung", "Quyết định", "Quyết định số 64/QĐ-STC về giao dự toán bổ sung,"),
        ("Quyết định số 64/QĐ-STC về việc giao dự toán", "Quyết định", "Quyết định số 64/QĐ-STC về việc giao dự toán,"),
        ("Quyết định UBND tỉnh ban hành", "Quyết định", "Quyết định số 64/QĐ-STC về UBND tỉnh ban hành,"),
        ("Quyết định 64/QĐ-STC giao dự toán", "Quyết định", "Quyết định số 64/QĐ-STC về giao dự toán,"),
        ("Quyết định 6/2020 giao dự toán", "Quyết định", "Quyết định số 64/QĐ-STC về 6/2020 giao dự toán,"),
        (
            "Quyết định số 64/QĐ-STC ngày 12/7/2018 về việc giao dự toán",
            "Quyết định",
            "Quyết định số 64/QĐ-STC ngày 12/7/2018 về việc giao dự toán,",
        ),
        ("Quyết định của Sở Tài chính", "Quyết định", "Quyết định số 64/QĐ-STC của Sở Tài chính,"),
        ("QUYẾT ĐỊNH VỀ VIỆC GIAO DỰ TOÁN", "Quyết định", "Quyết định số 64/QĐ-STC VỀ VIỆC GIAO DỰ TOÁN,"),
        ("V/v giao dự toán", "Quyết định", "Quyết định số 64/QĐ-STC V/v giao dự toán,"),
        ("Về việc giao dự toán", "Quyết định", "Quyết định số 64/QĐ-STC về việc giao dự toán,"),
        ("Vẽ bản đồ", "Quyết định", "Quyết định số 64/QĐ-STC, Vẽ bản đồ,"),
        ("Quyết định", "Quyết định", "Quyết định số 64/QĐ-STC, Quyết định,"),
        ("Giao dự toán bổ sung", "Quyết định", "Quyết định số 64/QĐ-STC, Giao dự toán bổ sung,"),
    ],
)
def test_the_kind_of_document_is_said_once(title: str, kind: str, cited: str) -> None:
    reading = Reading(title=title, text="", html="", kind=kind, number="64/QĐ-STC")
    assert f"(không ghi ngày), {cited}" in cite(reading, "vi").text


def test_the_date_of_a_document_is_said_as_its_own_only_where_it_was_read_from_its_letterhead() -> None:
    dated = replace(NUMBERED, published=ReadDate("2018-07-12", "day", "ngày 12 tháng 7 năm 2018"))
    posted = cite(replace(dated, fields=(FieldOrigin("published", "selector:time", 0.95),)), "vi").text
    assert "số 123/TB-STC về việc công khai dự toán ngân sách năm 2021, đăng ngày 12 tháng 7 năm 2018," in posted
    own = cite(replace(dated, fields=(FieldOrigin("published", "rule:letterhead-date", 0.5),)), "vi").text
    assert "số 123/TB-STC ngày 12 tháng 7 năm 2018 về việc công khai dự toán ngân sách năm 2021," in own
    assert "đăng" not in own


@pytest.mark.parametrize("format", citation.FORMATS)
def test_a_number_that_the_reader_doubts_is_not_cited(format: str) -> None:
    sure = replace(NUMBERED, fields=(FieldOrigin("number", "rule:number-in-title", 0.7),))
    doubted = replace(NUMBERED, fields=(FieldOrigin("number", "rule:number-in-opening", 0.69),))
    assert "123/TB-STC" in cite(sure, format).text
    text = cite(doubted, format).text
    assert "123/TB-STC" not in text
    assert text.count("Thông báo") == 1, "the kind is said by the title alone"
    assert NUMBERED.title in text


URN = "urn:tangthu:sample:A-17"


@pytest.mark.parametrize(
    ("format", "words"),
    [
        ("vi", f"Lịch tiếp công dân, nhập kho ngày 22/11/2026, bản lưu: {PERMANENT}. Nguồn: p."),
        ("iso690", f"không ghi ngày [nhập kho ngày 2026-11-22]. bản lưu: {PERMANENT}. Nguồn: p."),
        ("apa", f"Nhập kho ngày 22 tháng 11 năm 2026 (bản lưu: {PERMANENT}). Nguồn: p."),
    ],
)
def test_an_imported_record_without_an_address_is_cited_at_the_archive_alone(format: str, words: str) -> None:
    made = cite(UNDATED, format, URN, "resource")
    assert made.text.endswith(words)
    assert "urn:" not in made.text + made.html
    assert made.text.startswith("p")


@pytest.mark.parametrize("format", citation.FORMATS)
def test_an_imported_record_of_a_page_is_not_said_to_be_captured_from_it(format: str) -> None:
    text = cite(UNDATED, format, URL, "resource").text
    assert URL in text
    assert "nhập kho" in text.casefold()
    for said in ("chụp", "Truy xuất", "xem ngày"):
        assert said not in text


def test_a_urn_is_no_source() -> None:
    version = Version("a", 1, "c", datetime.now(UTC), "d", UNDATED)
    assert citation.attribution(version, URN) == "Nguồn: sample"
    assert citation.attribution(version, "urn:tangthu:c%E1%BB%95ng%3A1:x") == "Nguồn: cổng:1"
    assert citation.attribution(version, URN, "mau") == "Nguồn: mau"
    issued = replace(version, reading=replace(UNDATED, issuer="Sở Mẫu"))
    assert citation.attribution(issued, URN, "mau") == "Nguồn: Sở Mẫu"


@pytest.mark.parametrize("format", citation.FORMATS)
@pytest.mark.parametrize(("value", "precision"), [("hôm qua", "day"), ("2020-xx", "minute"), ("", "year")])
def test_a_date_that_is_none_is_cited_in_the_words_of_the_page(format: str, value: str, precision: Precision) -> None:
    text = cite(replace(SEED, published=ReadDate(value, precision, "Rằm tháng Giêng")), format).text
    assert "Rằm tháng Giêng" in text


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
