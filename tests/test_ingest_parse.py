"""Whole pages read: every page of the sample, with its layouts and without, and what cannot be read."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Reading
from ingest.clean import ALLOWED
from ingest.errors import NotReadable
from ingest.parse import read
from ingest.platforms import PLATFORMS
from ingest.portal import Layout, Portal
from ingest.portals import PORTALS
from samples import pages
from samples.content import Announcement, announcements

URL = "https://mau.example/tin/bai-1"
MAU = Portal(name="mau", title="Sở Mẫu", host="mau.example", base_url="https://mau.example", lists=("/",))
SAMPLE = next(portal for portal in PORTALS if portal.name == "sample")
PARAGRAPH = "<p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng và gửi bảng đối chiếu có xác nhận của Kho bạc nơi giao dịch.</p>"


def page(body: str, head: str = "<title>Đối chiếu số dư tạm ứng</title>") -> bytes:
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def read_page(body: str, portal: Portal | None = MAU) -> Reading:
    return read(page(body), URL, "text/html", portal)


def collapsed(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def sample_reading(item: Announcement, portal: Portal, platforms: Sequence[Layout] = PLATFORMS) -> Reading:
    content_type = f"text/html; charset={item.encoding}"
    url = f"http://127.0.0.1:8017{item.path}"
    return read(pages.article(item, later=False), url, content_type, portal, platforms=platforms)


@pytest.mark.parametrize("item", announcements(), ids=lambda item: str(item.id))
def test_a_sample_page_is_read_as_it_was_written(item: Announcement) -> None:
    reading = sample_reading(item, SAMPLE)
    assert reading.platform == item.layout
    assert (reading.title, reading.category, reading.byline) == (item.title, item.category, item.byline)
    assert collapsed(reading.summary) == collapsed(item.summary)
    assert (reading.number, reading.kind) == (item.number, item.kind)
    assert (reading.issuer or "").casefold() == item.issuer.casefold()
    date = reading.published
    assert (date.value if date else None, date.precision if date else None) == (item.published, item.precision)
    prose = [collapsed(part) for part in reading.text.split("\n\n") if " | " not in part]
    assert prose == [collapsed(part) for part in item.paragraphs]
    for row in (row for table in item.tables for row in table):
        assert " | ".join(row) in reading.text
    assert reading.reuse is not None
    assert (reading.reuse.names, reading.reuse.wording, reading.reuse.act) == (
        item.footer.names,
        item.footer.wording,
        item.footer.act,
    )
    assert all(entry.confidence >= 0.9 for entry in reading.fields if entry.origin.startswith("selector:"))


@pytest.mark.parametrize("item", announcements(), ids=lambda item: str(item.id))
def test_the_generic_reader_reads_a_sample_page_without_its_layouts(item: Announcement) -> None:
    reading = sample_reading(item, replace(SAMPLE, layouts=()), platforms=())
    assert reading.platform == "generic"
    assert reading.title == item.title
    prose = [collapsed(part) for part in reading.text.split("\n\n") if " | " not in part]
    assert prose == [collapsed(part) for part in item.paragraphs]
    sure = {entry.name: entry.confidence for entry in reading.fields}
    assert max(sure[name] for name in ("title", "text", "published") if name in sure) <= 0.6


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "text/html", "empty"),
        (b" \n\t", None, "empty"),
        (b"%PDF-1.4\n%\xe2\xe3", "text/html", "not_html"),
        (page(PARAGRAPH), "application/pdf", "not_html"),
        (page(PARAGRAPH), "image/png", "not_html"),
        (b"Hai dong chu, khong co the nao ca.", "text/plain", "not_html"),
        (b'{"title": "x"}', "text/html", "not_html"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', "text/xml", "not_html"),
        (page('<div id="root"></div><script src="/app.js"></script>'), "text/html", "script_only"),
        (
            page("<noscript>Hãy bật JavaScript để xem trang này, trình duyệt của bạn chưa bật.</noscript>"),
            "text/html",
            "script_only",
        ),
        (
            page("<script>x()</script><aside><p>" + "Liên kết đến các cơ quan trong tỉnh và ngoài tỉnh. " * 5 + "</p></aside>"),
            "text/html",
            "script_only",
        ),
        (page('<h2 class="post__title">Tin</h2><div id="post__content"></div><script>x()</script>'), "text/html", "script_only"),
        (page('<a href="/a">Trang chủ</a>'), "text/html", "empty"),
        (page(PARAGRAPH * 3, head=""), "text/html", "no_title"),
    ],
)
def test_what_is_no_announcement_says_why(body: bytes, content_type: str | None, code: str) -> None:
    with pytest.raises(NotReadable) as caught:
        read(body, URL, content_type, MAU)
    assert (caught.value.code, caught.value.url) == (code, URL)
    assert URL in str(caught.value)


def test_the_clock_of_the_header_is_not_the_date() -> None:
    assert read_page(f"<div>Chủ nhật, 22/11/2026 10:15</div><h1>Đối chiếu số dư tạm ứng</h1>{PARAGRAPH * 3}").published is None


def test_a_title_that_stands_only_in_the_head_is_unsure_and_loses_the_sites_name() -> None:
    reading = read(page(PARAGRAPH * 3, head="<title>Đối chiếu số dư | Sở Mẫu</title>"), URL, None, MAU)
    origin = reading.origin_of("title")
    assert reading.title == "Đối chiếu số dư"
    assert origin is not None
    assert origin.confidence <= 0.4


def test_damaged_bytes_lower_every_confidence() -> None:
    whole = page(f'<h2 class="post__title">Tin</h2><div id="post__content">{PARAGRAPH}</div>')
    good, damaged = read(whole, URL, None, MAU), read(whole.replace("rà".encode(), b"r\xc3"), URL, None, MAU)
    assert [entry.confidence * 0.8 for entry in good.fields] == pytest.approx(
        [entry.confidence for entry in damaged.fields], abs=1e-3
    )


def test_a_portals_own_layout_is_tried_before_the_platforms() -> None:
    layout = replace(PLATFORMS[0], name="mau/2020", title="h1.own")
    reading = read_page(
        f'<h1 class="own">Của cổng</h1><h2 class="post__title">Tin</h2><div id="post__content">{PARAGRAPH}</div>',
        replace(MAU, layouts=(layout,)),
    )
    assert (reading.platform, reading.title) == ("mau/2020", "Của cổng")


@pytest.mark.parametrize(
    ("last", "byline", "sure"),
    [
        ('<p align="right"><b>Hoài Mẫu</b></p>', "Hoài Mẫu", 0.65),
        ("<p>Hoài Mẫu - Minh Thử</p>", "Hoài Mẫu - Minh Thử", 0.55),
        ("<p>Tác giả: Trần Mẫu</p>", "Trần Mẫu", 0.85),
        ("<p>Nguồn: Báo Mẫu</p>", None, None),
        ("<p>(Theo Báo Mẫu)</p>", None, None),
        ("<p>BBT</p>", "BBT", 0.75),
        ("<p>Câu cuối.<br><i>Hoài Mẫu</i></p>", "Hoài Mẫu", 0.55),
        ("<p>Trân trọng.</p>", None, None),
        ("<p>Theo quy định của pháp luật</p>", None, None),
        ('<p align="right"><b>GIÁM ĐỐC</b></p><p align="right"><b>Nguyễn Văn Mẫu</b></p>', None, None),
        ("<p>Sở Mẫu</p>", None, None),
        ("<p>SỞ TÀI CHÍNH</p>", None, None),
    ],
)
def test_the_last_line_is_a_byline_only_where_it_reads_like_one(last: str, byline: str | None, sure: float | None) -> None:
    reading = read_page(f'<h2 class="post__title">Tin</h2><div id="post__content">{PARAGRAPH * 2}{last}</div>')
    origin = reading.origin_of("byline")
    assert reading.byline == byline
    assert (origin.confidence if origin else None) == sure
    assert byline is None or byline not in reading.text


@pytest.mark.parametrize(
    ("last", "byline", "source"),
    [
        ("<p>Nguồn: Báo Mẫu</p>", None, "Báo Mẫu"),
        ("<p>(Theo Báo Mẫu)</p>", None, "Báo Mẫu"),
        ("<p>Tác giả: Trần Mẫu</p><p>Nguồn: Báo Mẫu</p>", "Trần Mẫu", "Báo Mẫu"),
    ],
)
def test_where_the_text_was_taken_from_is_its_source_not_its_author(last: str, byline: str | None, source: str) -> None:
    reading = read_page(f'<h2 class="post__title">Tin</h2><div id="post__content">{PARAGRAPH * 2}{last}</div>')
    assert (reading.byline, reading.source) == (byline, source)
    assert "Báo Mẫu" not in reading.text


def test_title_summary_and_date_do_not_stand_in_the_text() -> None:
    inner = "<h2 class=post__title>Đối chiếu</h2><div class=post__datetime>15/06/2020</div>"
    inner += "<strong id=post__summary>Tóm lại là thế.</strong>"
    assert read_page(f"<div id=post__content>{inner}{PARAGRAPH}</div>").text == PARAGRAPH[3:-4]


def test_text_is_nfc_whatever_the_page_is() -> None:
    body = unicodedata.normalize("NFD", f"<h1>Đối chiếu số dư</h1>{PARAGRAPH * 3}")
    reading = read_page(body)
    for value in (reading.title, reading.text, reading.html):
        assert unicodedata.is_normalized("NFC", value)


def test_clean_html_holds_nothing_that_runs() -> None:
    hostile = (
        '<img src=x onerror=alert(1)><svg onload=alert(1)></svg><a href="javascript:alert(1)">a</a><script>alert(1)</script>'
    )
    reading = read_page(f'<h2 class="post__title">Tin</h2><div id="post__content">{PARAGRAPH}{hostile}</div>')
    assert not any(word in reading.html for word in ("onerror", "onload", "javascript:", "<script", "<svg", "style=", "class="))
    attributes = {name: set(allowed) for name, allowed in ALLOWED.items() if allowed}
    assert nh3.clean(reading.html, tags=set(ALLOWED), attributes=attributes, link_rel=None) == reading.html


HEAD = "<h1>Đối chiếu số dư tạm ứng</h1>"


@pytest.mark.parametrize(
    "body",
    [
        HEAD + "<div>" * 50_000 + PARAGRAPH * 5,
        HEAD + "<p><b>" * 20_000 + PARAGRAPH * 5,
        HEAD + "<table><tr><td>" * 20_000 + PARAGRAPH * 5,
        HEAD + PARAGRAPH * 5 + "<i>x</i>" * 400_000,
        HEAD + PARAGRAPH * 15_000,
        HEAD + PARAGRAPH * 5 + "&amp;amp;" * 400_000,
        HEAD + PARAGRAPH * 5 + "<a href=/a.pdf>x</a>" * 20_000,
        HEAD + PARAGRAPH * 5 + "<p>ngày 15/06/2020" + " " * 1_000_000 + "x</p>",
        HEAD + PARAGRAPH * 5 + "<footer>" + "Giấy phép số ghi rõ nguồn khi " * 20_000 + "</footer>",
    ],
    ids=["deep", "misnested", "tables", "tags", "long", "entities", "links", "blanks", "footer"],
)
def test_a_bomb_is_read_in_bounded_time(body: str) -> None:
    started = time.monotonic()
    assert "bảng đối chiếu" in read_page(body).text
    assert time.monotonic() - started < 20


PIECES = st.sampled_from(
    [
        HEAD,
        PARAGRAPH,
        "<div>",
        "</div>",
        "<table><tr><td>",
        "</table>",
        "<p>Số: 12/TB-SM</p>",
        "15/06/2020",
        "<title>x</title>",
        "<script>x",
        "</script>",
        "<!--",
        "Hoài Mẫu",
        "<h2 class=post__title>Tin</h2>",
        "<div id=post__content>",
        "<form>",
        "<base href='http://['>",
        "<a href='//x/a.pdf' download>x</a>",
        "<nav>",
        "&#0;",
        "\x00",
        "<footer>",
        'Ghi rõ nguồn "A" khi đăng lại',
        "<li>",
        "<ul>",
        "<b>",
        "</html>",
        "<body>",
        "<p align=right>",
    ]
)


@given(st.lists(PIECES, max_size=15).map("".join))
def test_any_markup_is_read_or_refused_with_a_code(markup: str) -> None:
    reading, code = None, None
    try:
        reading = read(markup.encode(), URL, None, MAU)
    except NotReadable as refused:
        code = refused.code
    if reading is None:
        assert code in {"not_html", "empty", "script_only", "no_title"}
        return
    assert reading.title
    assert {entry.name for entry in reading.fields} >= {"title", "text"}
    assert all(0 <= entry.confidence <= 1 for entry in reading.fields)


def test_a_body_is_named_as_its_own_portal_spells_it() -> None:
    """The seed's page stands on another portal here, and names its source in capitals."""
    seed = next(item for item in announcements() if item.reprinted_from)
    reading = read(pages.article(seed, later=False), f"http://127.0.0.1:8017{seed.path}", "text/html", None)
    origin = reading.origin_of("issuer")
    assert reading.issuer == "Sở Tài chính tỉnh Phú Thọ"
    assert origin is not None
    assert origin.raw == "SỞ TÀI CHÍNH TỈNH PHÚ THỌ"


ENGLISH = "<p>The department of the sample province held a meeting on {} with all of its units about the budget of the year.</p>"


@pytest.mark.parametrize(
    ("said", "captured", "day"),
    [
        ("12 March 2024", None, "2024-03-12"),
        ("3 December 2024", None, "2024-12-03"),
        ("a Tuesday", datetime(2024, 6, 1, tzinfo=UTC), "2024-03-12"),
        ("a Tuesday", datetime(2025, 6, 1, tzinfo=UTC), "2024-12-03"),
    ],
)
def test_the_month_goes_first_on_an_english_page_where_its_text_or_the_capture_says_so(
    said: str, captured: datetime | None, day: str
) -> None:
    head = "<h1>Meeting on the budget of the year</h1><p class=date>03/12/2024</p>"
    words = ENGLISH.format(said) + ENGLISH.format("the plan") * 3
    body = page(f"<div>{head}<div>{words}</div></div>", "<title>Meeting on the budget of the year</title>")
    reading = read(body, URL, "text/html", MAU, captured)
    assert reading.published is not None
    assert reading.published.value == day
    if day == "2024-03-12":
        assert next(each for each in reading.fields if each.name == "published").confidence < 0.7


def test_a_signature_that_is_the_sites_name_is_no_title() -> None:
    text = "".join(f"<p>Đoạn văn mẫu thứ {n} của thông báo này, đủ dài để được đọc như một đoạn văn.</p>" for n in range(30))
    page = (
        "<html><head><title>Công an tỉnh Mẫu</title></head><body><main><nav>Trang chủ / Thông báo tuyển chọn mẫu năm 2025</nav>"
        f"<section><h2>Thông báo tuyển chọn mẫu năm 2025</h2><div>{text}<p><strong>CÔNG AN TỈNH MẪU</strong></p></div></section>"
        "</main></body></html>"
    )
    reading = read(page.encode(), "https://mau.example/a/1", None, None)
    assert reading.title == "Thông báo tuyển chọn mẫu năm 2025"
