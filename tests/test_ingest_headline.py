"""Titles: the article's own, not its section's, its site's or its signature's."""

from __future__ import annotations

import pytest

from archive.records import Reading
from ingest.parse import read
from tests.test_ingest_parse import MAU, PARAGRAPH, URL, page

TITLE = "Rà soát số dư tạm ứng của các đơn vị"
MENU = '<div class="menu"><a href="/a">Ngân sách xã</a><a href="/b">Thông báo chung</a></div>'


def read_body(body: str, head: str = "<title>Sở Mẫu</title>") -> Reading:
    return read(page(body, head), URL, "text/html", MAU)


def test_a_heading_that_menus_name_is_a_section_and_the_title_stands_below() -> None:
    body = f'<div class="bodytext">{PARAGRAPH * 3}</div>'
    for article in (
        f"<h1>Ngân sách xã</h1><h2>{TITLE}</h2>{PARAGRAPH * 3}",
        f'<div class="news_column"><h1 class="title">Ngân sách xã</h1><h2>{TITLE}</h2>{body}</div>',
    ):
        reading = read_body(f"{MENU}<div>{article}</div>", "<title>Ngân sách xã - Sở Mẫu</title>")
        assert (reading.title, reading.category) == (TITLE, "Ngân sách xã")
        assert TITLE not in reading.text


@pytest.mark.parametrize(
    "head",
    [
        f"<title>{TITLE} - UBND huyện Thí Dụ</title>",
        f"<title>{TITLE} | Cổng thông tin điện tử tỉnh Mẫu</title>",
        f'<meta property="og:site_name" content="Thí Dụ mạng"><title>{TITLE} - Thí Dụ mạng</title>',
        f"<title>Trang thông tin điện tử Sở Mẫu - {TITLE}</title>",
    ],
)
def test_the_site_s_name_is_cut_from_the_title_in_the_head(head: str) -> None:
    assert read_body(f"<div>{PARAGRAPH * 3}</div>", head).title == TITLE


def test_a_title_in_the_head_keeps_its_own_dashes() -> None:
    head = "<title>Hội nghị Thử - Mẫu bàn về thu ngân sách - Sở Tài chính tỉnh Mẫu</title>"
    assert read_body(f"<div>{PARAGRAPH * 3}</div>", head).title == "Hội nghị Thử - Mẫu bàn về thu ngân sách"


def test_the_page_s_own_title_line_goes_before_the_document_s_capitals() -> None:
    line = "Chỉ thị Về tăng cường rà soát số dư tạm ứng"
    body = f"<div><div>{line}</div><div><p>CHỈ THỊ</p><p>Về tăng cường rà soát số dư tạm ứng</p>{PARAGRAPH * 3}</div></div>"
    assert read_body(body).title == line


@pytest.mark.parametrize(
    "line",
    [f"<p><b>{TITLE}</b></p>", f'<p><font size="5">{TITLE}</font></p>', f'<p><span style="font-size: 20px">{TITLE}</span></p>'],
)
def test_where_no_heading_stands_the_line_set_apart_is_the_title(line: str) -> None:
    assert read_body(f"<div>{line}{PARAGRAPH * 3}</div>").title == TITLE


def test_where_nothing_is_set_apart_the_subject_is_the_title() -> None:
    assert read_body(f"<div><p>V/v rà soát số dư tạm ứng năm 2023</p>{PARAGRAPH * 3}</div>").title.startswith("V/v rà soát")


def test_a_signature_over_files_is_no_title_and_the_long_text_is_the_body() -> None:
    long = "".join(
        f"<p>{number}. Các đơn vị gửi bảng đối chiếu số dư có xác nhận của Kho bạc nơi giao dịch.</p>" for number in range(12)
    )
    files = '<div><a href="/a.pdf">a.pdf</a> <a href="/b.pdf">b.pdf</a></div>'
    reading = read_body(
        f"<div><div><p><b>{TITLE}</b></p>{long}<h3>CÔNG AN TỈNH MẪU</h3></div>{files}</div>", f"<title>{TITLE}</title>"
    )
    assert reading.title == TITLE
    assert "11. Các đơn vị" in reading.text
