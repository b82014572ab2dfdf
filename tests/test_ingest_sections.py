"""The section of a page: from the path to it, or the heading over the article."""

from __future__ import annotations

import pytest

from archive.records import Reading
from ingest.parse import read
from tests.test_ingest_parse import MAU, PARAGRAPH, URL, page

TITLE = "Đối chiếu số dư tạm ứng"
GENERIC = f"<h1>{TITLE}</h1>{PARAGRAPH * 3}"
NUKEVIET = f'<div class="news_column"><h1 class="title">{TITLE}</h1><div class="bodytext">{PARAGRAPH * 3}</div></div>'


def read_body(body: str) -> Reading:
    return read(page(body), URL, "text/html", MAU)


@pytest.mark.parametrize("article", [GENERIC, NUKEVIET])
@pytest.mark.parametrize(
    "path",
    [
        '<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="/a">Ngân sách xã</a></li></ul>',
        f'<ol class="breadcrumb"><li>Home</li><li><a href="/a">Ngân sách xã</a></li><li class="active">{TITLE}</li></ol>',
        '<div class="duong-dan"><a href="/">Trang chủ</a> › <a href="/t">Tin</a> › Ngân sách xã</div>',
        '<ul class="breadcrumb"><li>Trang chủ » Tin » Ngân sách xã</li></ul>',
        '<p><a href="/">Trang chủ</a> / <a href="/t">Tin</a> / <a href="/a">Ngân sách xã</a> / Chi tiết</p>',
    ],
)
def test_the_last_step_before_the_page_is_its_section(path: str, article: str) -> None:
    reading = read_body(path + article)
    assert (reading.title, reading.category) == (TITLE, "Ngân sách xã")


@pytest.mark.parametrize("article", [GENERIC, NUKEVIET])
def test_without_a_path_the_heading_over_the_article_is_its_section(article: str) -> None:
    over = '<div class="module-title"><span><a href="/a">Ngân sách xã</a></span></div>'
    reading = read_body(f'<div class="main">{over}<div class="box">{article}</div></div>')
    assert reading.category == "Ngân sách xã"
    assert next(each for each in reading.fields if each.name == "category").confidence < 0.7


@pytest.mark.parametrize(
    "over", ["<h2>Sở Mẫu</h2>", "<h3>Trang chủ</h3>", f"<h3>{TITLE}</h3>", "<h3>15/06/2020</h3>", "<p>Chào bạn.</p>"]
)
def test_no_name_of_a_site_no_front_and_no_day_is_a_section(over: str) -> None:
    assert read_body(f'<div class="main">{over}<div class="box">{GENERIC}</div></div>').category is None
