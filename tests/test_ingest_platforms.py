"""Whole pages of every platform against what a person reads on them, and the traps that their docstrings name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from archive.records import Reading
from bench.reading import FIELDS, FIXTURES, Triple, judge, triples
from ingest.choosing import places
from ingest.elements import Elements
from ingest.errors import NotReadable
from ingest.parse import read
from ingest.platforms import LISTS, PLATFORMS, slug_ids
from ingest.portal import Layout, Portal
from ingest.tree import grow

TRIPLES = triples(FIXTURES)
NAMES = sorted({layout.name for layout in PLATFORMS})
STATED = {field.partition(".")[0] for field in FIELDS} - {"unsure"}
MAU = Portal(name="mau", title="Sở Mẫu", host="mau.example", base_url="https://mau.example", lists=("/",))
PARAGRAPH = "<p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng và gửi bảng đối chiếu có xác nhận của Kho bạc nơi giao dịch.</p>"
URL = "https://mau.example/tin/bai-1"


@pytest.mark.parametrize("triple", [each for each in TRIPLES if each.error is None], ids=lambda each: each.name)
def test_a_page_is_read_as_a_person_reads_it(triple: Triple) -> None:
    verdicts = judge(triple)
    assert {verdict.field: verdict.read for verdict in verdicts} == {verdict.field: verdict.expected for verdict in verdicts}
    assert len(verdicts) > 10


@pytest.mark.parametrize("triple", [each for each in TRIPLES if each.error], ids=lambda each: each.name)
def test_a_page_without_text_is_refused(triple: Triple) -> None:
    with pytest.raises(NotReadable) as refused:
        read(triple.body, triple.url, triple.content_type, triple.portal, triple.captured_at)
    assert refused.value.code == triple.error


@pytest.mark.parametrize("platform", NAMES)
def test_every_platform_has_four_pages_that_state_every_field(platform: str) -> None:
    own = [each for each in TRIPLES if each.group == platform and set(each.expected) >= STATED]
    assert len(own) >= 4
    assert len({each.expected["text"] for each in own}) == len(own)
    assert any(each.expected["attachments"] for each in own)


def test_every_field_is_stated_by_some_page() -> None:
    filled = Counter(name for each in TRIPLES for name, value in each.expected.items() if value)
    assert set(filled) >= STATED


def test_every_page_says_that_it_is_a_sample() -> None:
    for page in FIXTURES.rglob("*.html"):
        assert b"Trang m" in page.read_bytes()[:3000], page


def test_a_platforms_lists_are_known_under_its_name() -> None:
    assert {layout.name for layout in LISTS} == set(NAMES)


def by_name(name: str) -> Triple:
    return next(each for each in TRIPLES if each.name == name)


def page(body: str, head: str = "<title>Đối chiếu số dư tạm ứng</title>") -> bytes:
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def read_page(body: str, portal: Portal | None = MAU, head: str = "<title>x</title>", at: datetime | None = None) -> Reading:
    return read(page(body, head), URL, "text/html", portal, at)


@pytest.mark.parametrize("name", ["nukeviet/news-default", "joomla/item-page-3", "drupal/own-fields", "dotnetnuke/english-parts"])
def test_a_platform_is_told_by_its_page_not_by_its_host(name: str) -> None:
    triple = by_name(name)
    elsewhere = read(triple.body, "https://khac.example/a", triple.content_type, None)
    assert elsewhere.platform == triple.group


def test_the_visible_date_counts_not_the_time_of_the_last_edit() -> None:
    triple = by_name("nukeviet/news-default")
    reading = read(triple.body, triple.url, triple.content_type, None)
    assert b"2023-06-20T09:12" in triple.body
    assert reading.published is not None
    assert reading.published.value.startswith("2023-06-12")


def test_text_inside_a_form_survives_and_what_is_not_seen_does_not() -> None:
    triple = by_name("sharepoint/article-content")
    reading = read(triple.body, triple.url, triple.content_type, None)
    assert "\u200b".encode() in triple.body
    assert "\u200b" not in reading.text
    assert "24 nhiệm vụ" in reading.text


@pytest.mark.parametrize(
    ("last", "field", "value"),
    [
        ('<p class="h5 text-right"><strong>Tác giả: </strong>Trần Mẫu</p>', "byline", "Trần Mẫu"),
        ('<p class="h5 text-right"><strong>Nguồn tin: </strong>Báo Mẫu</p>', "source", "Báo Mẫu"),
        ('<p class="h5 text-right"><strong>Tác giả: </strong>admin</p>', "byline", None),
    ],
)
def test_a_label_says_whose_a_line_is(last: str, field: str, value: str | None) -> None:
    reading = read_page(
        f'<div class="news_column"><h1 class="title">Đối chiếu</h1><div id="news-bodyhtml">{PARAGRAPH}</div>{last}</div>'
    )
    assert getattr(reading, field) == value
    assert [getattr(reading, other) for other in ("byline", "source") if other != field] == [None]


def test_share_bars_font_buttons_and_related_lists_inside_the_body_are_no_text() -> None:
    beside = (
        '<div class="fb-like">Thích</div><div class="font-size">A+ A-</div><div class="social-share">Chia sẻ</div>'
        '<div class="tin-lien-quan"><h4>Tin liên quan</h4><a href="/x">Tin khác</a></div><div class="rating">5 sao</div>'
    )
    reading = read_page(f'<h1 class="title">Đối chiếu</h1><div id="news-bodyhtml">{PARAGRAPH * 3}{beside}</div>')
    assert reading.text == "\n\n".join([PARAGRAPH[3:-4]] * 3)


def test_what_is_called_like_dress_but_holds_the_text_stays() -> None:
    reading = read_page(f'<h1 class="title">Đối chiếu</h1><div id="news-bodyhtml"><div class="share">{PARAGRAPH * 3}</div></div>')
    assert reading.text.count("Kho bạc") == 3


def test_a_date_is_never_the_title_whatever_heading_it_stands_in() -> None:
    inner = f'<h1>Thứ ba, ngày 4 tháng 6 năm 2019</h1><h2>Đối chiếu</h2><div class="journal-content-article">{PARAGRAPH}</div>'
    reading = read_page(f'<div id="p_p_id_1_"><div class="asset-full-content">{inner}</div></div>')
    assert (reading.title, reading.published and reading.published.value) == ("Đối chiếu", "2019-06-04")


def test_a_body_that_a_script_would_draw_is_not_replaced_by_a_side_bar() -> None:
    side = f'<div class="ms-rtestate-field">{PARAGRAPH * 4}</div>'
    with pytest.raises(NotReadable) as refused:
        read_page(f'<h1 class="News_Detail_Title">Tin</h1><div id="divArticleContent"></div>{side}<script>draw()</script>')
    assert refused.value.code == "script_only"


@pytest.mark.parametrize(
    ("onclick", "address"),
    [
        ("window.open('/a.nsf/0/1/$FILE/QD 19 2026.pdf')", "https://mau.example/a.nsf/0/1/$FILE/QD%2019%202026.pdf"),
        ('javascript:window.open("/f/b.doc","f","w=1")', "https://mau.example/f/b.doc"),
        ("window.open('javascript:alert(1)//a.pdf')", None),
        ("window.open('/a.nsf/view?OpenView')", None),
    ],
)
def test_a_file_behind_a_script_is_an_attachment(onclick: str, address: str | None) -> None:
    number = "<tr><td>Số ký hiệu</td><td><span class='doc-notation'>19/QĐ-SM</span></td></tr>"
    opener = f"<tr><td>Tệp</td><td><a href='#' onclick='{onclick.replace(chr(39), '&#39;')}'>Tải</a></td></tr>"
    table = number + opener
    reading = read_page(
        f"<h1 class=doc-title>Đối chiếu</h1><table class=doc-info>{table}</table><div class=doc-content>{PARAGRAPH}</div>"
    )
    assert [link.url for link in reading.attachments] == ([address] if address else [])


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("/article/ten-cu-40217-12", "/article/ten-moi-da-sua-40217-12", True),
        ("/article/ten-cu-40217-12", "/article/40217", True),
        ("/article/nghi-dinh-30-2020-40217-12", "/article/40217", True),
        ("/article/ten-cu-40217-12", "/article/ten-cu-40218-12", False),
    ],
)
def test_the_articles_own_id_is_its_identity_whatever_the_slug(first: str, second: str, same: bool) -> None:
    portal = replace(MAU, article=slug_ids.ARTICLE, identity=slug_ids.IDENTITY)
    one, other = (portal.identity_of(f"https://mau.example{path}") for path in (first, second))
    assert portal.is_article(f"https://mau.example{first}")
    assert portal.is_article(f"https://mau.example{second}")
    assert (one == other) is same


OVER = Layout(name="2024", over="nukeviet", published=".ngay")
DATES = '<span class="h5">01/02/2020</span><i class="ngay">03/04/2021</i>'
NEWS = f'<h1 class="title">Đối chiếu</h1>{DATES}<div id="news-bodyhtml">{PARAGRAPH}</div>'


def test_a_portal_overrides_one_field_and_inherits_the_rest() -> None:
    reading = read_page(NEWS, replace(MAU, layouts=(OVER,)))
    origins = {entry.name: (entry.origin, entry.confidence) for entry in reading.fields}
    assert reading.published is not None
    assert (reading.platform, reading.title, reading.published.value) == ("2024", "Đối chiếu", "2021-04-03")
    assert origins["published"] == ("selector:.ngay @ mau/2024", 0.98)
    assert origins["title"][0].endswith(" @ nukeviet")
    assert origins["title"][1] == 0.92


def test_what_the_portal_gives_in_vain_is_read_as_the_platform_has_it_not() -> None:
    """An overridden place that is not on the page leaves the field to the rules, unsure: the platform's place is not it."""
    reading = read_page(NEWS.replace('class="ngay"', ""), replace(MAU, layouts=(OVER,)))
    origin = reading.origin_of("published")
    assert origin is not None
    assert origin.origin == "rule:date-after-title"
    assert origin.confidence < 0.7


@pytest.mark.parametrize(("platform", "layouts"), [("joomla", ()), ("nukeviet", (OVER,))])
def test_a_layout_laid_over_a_platform_is_for_that_platform_only(platform: str, layouts: tuple[Layout, ...]) -> None:
    body = (
        NEWS
        if platform == "nukeviet"
        else f'<div class="item-page"><h2>Tin</h2><div itemprop="articleBody">{PARAGRAPH}</div></div>'
    )
    reading = read_page(body, replace(MAU, layouts=(OVER,)))
    assert reading.platform == ("2024" if layouts else "joomla")


ERAS = (
    Layout(name="cu", recognise="#noidung", title="h2.cu", body="#noidung", valid_until=date(2019, 12, 31)),
    Layout(name="moi", recognise="#noidung", title="h2.moi", body="#noidung", valid_from=date(2020, 1, 1)),
)


@pytest.mark.parametrize(
    ("at", "platform", "title"),
    [
        (datetime(2019, 12, 31, 16, 59, tzinfo=UTC), "cu", "Tên cũ"),
        (datetime(2019, 12, 31, 17, 1, tzinfo=UTC), "moi", "Tên mới"),
        (datetime(2026, 1, 1, tzinfo=UTC), "moi", "Tên mới"),
        (None, "cu", "Tên cũ"),
    ],
)
def test_the_day_of_the_capture_decides_which_version_of_a_portals_layout_reads(
    at: datetime | None, platform: str, title: str
) -> None:
    """A day is one in Viet Nam: 17:00 UTC begins the next."""
    body = f'<h2 class="cu">Tên cũ</h2><h2 class="moi">Tên mới</h2><div id="noidung">{PARAGRAPH}</div>'
    reading = read_page(body, replace(MAU, layouts=ERAS), at=at)
    assert (reading.platform, reading.title) == (platform, title)


SELECTORS = {
    selector
    for layout in PLATFORMS
    for name in ("title", "body", "published", "byline")
    for selector in places(getattr(layout, name))
}


@pytest.mark.parametrize("triple", TRIPLES[::5], ids=lambda each: each.name)
def test_the_index_selects_what_css_selects(triple: Triple) -> None:
    """bs4 is asked of the same tree, written out with the place of each element."""
    elements = Elements(grow(triple.body.decode("utf-8", "replace"))[0])
    for place, element in enumerate(elements.order):
        element.set("data-place", str(place))
    soup = BeautifulSoup(etree.tostring(elements.root, encoding="unicode", method="html"), "lxml", multi_valued_attributes=None)
    differing = [
        selector
        for selector in sorted(SELECTORS)
        if [element.get("data-place") for element in elements.select(selector)]
        != [tag["data-place"] for tag in soup.select(selector) if tag.has_attr("data-place")]
    ]
    assert differing == []


def test_no_selector_names_a_host_or_a_portal() -> None:
    for layout in PLATFORMS:
        assert not re.search(r"\.vn\b|gov", repr(layout))
