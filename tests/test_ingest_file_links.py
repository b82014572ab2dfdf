"""Files that a page offers, however their addresses look, and pages that are none."""

from __future__ import annotations

import pytest

from ingest.parse import read
from tests.test_ingest_parse import MAU, PARAGRAPH, URL, page

TITLE = "<h1>Đối chiếu số dư tạm ứng</h1>"


def offered(link: str) -> list[str]:
    reading = read(page(f"<div>{TITLE}{PARAGRAPH * 2}<p>{link}</p>{PARAGRAPH}</div>"), URL, "text/html", MAU)
    return [each.url.removeprefix("https://mau.example") for each in reading.attachments]


@pytest.mark.parametrize(
    "address",
    [
        "/LinkClick.aspx?fileticket=aB3%3d&tabid=91",
        "/documents/20182/0/bieu.pdf/0b1c-77?t=1592",
        "/c/document_library/get_file?uuid=0b1c&groupId=20182",
        "/van-ban/component/k2/item/download/71_0c2f",
        "/laws/down/bieu-mau-71/1/",
        "/tep/bieu.pdf?v=2",
    ],
)
def test_a_file_is_told_by_its_address(address: str) -> None:
    assert offered(f'<a href="{address}">Biểu mẫu kèm theo</a>') == [address]


@pytest.mark.parametrize("words", ["BM-71.docx", "Tải về", "Biểu mẫu (DOCX, 32KB)", '<img src="/i.gif"> Tải file'])
def test_a_file_is_told_by_the_words_of_its_link(words: str) -> None:
    assert offered(f'<a href="/attachments/71">{words}</a>') == ["/attachments/71"]


def test_an_address_is_percent_encoded() -> None:
    assert offered('<a href="/tep/đua xe.pdf">Thể lệ</a>') == ["/tep/%C4%91ua%20xe.pdf"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/van-ban/71.html", "Xem chi tiết"),
        ("/huong-dan-tai-ve.html", "Tải về"),
        ("/tin/pdf-la-gi", "Định dạng tệp"),
        ("/documents", "Văn bản"),
        ("/download", "Mục tải về"),
        ("https://www.facebook.com/sharer.php?u=/a.pdf", "Chia sẻ"),
    ],
)
def test_a_link_to_a_page_is_no_file(address: str, words: str) -> None:
    assert offered(f'<a href="{address}">{words}</a>') == []


def test_files_below_the_text_are_its_own_and_those_of_a_side_bar_are_not() -> None:
    below = '<div class="tep"><a href="/tep/a.pdf">Biểu mẫu</a></div><div class="tin">Tin khác <a href="/b.pdf">Bài</a></div>'
    aside = '<div class="cot-phai"><a href="/c.pdf">Lịch công tác</a></div>'
    article = f"<div>{TITLE}<div>{PARAGRAPH * 4}</div>{below}</div>"
    reading = read(page(f'<div class="row"><div class="cot-giua">{article}</div>{aside}</div>'), URL, "text/html", MAU)
    assert [each.url for each in reading.attachments] == ["https://mau.example/tep/a.pdf"]
