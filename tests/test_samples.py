"""The sample portal over real HTTP, and its ground truth."""

from __future__ import annotations

import gzip
import hashlib
import html
import http.client
import io
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from archive.identity import document_id
from ingest.portals.sample import PORTAL
from samples import Announcement, SamplePortal, announcements, windows1258
from samples.content import masthead
from samples.pages import FEED_SIZE, PER_PAGE

SEED_DIGEST = "c5fcf8035c66ab506f8c90d0cd8503b486ff83ebd47134d182906ef7a9c69616"
"""Of the page's text as it was handed to this project (2,989 characters, NFC), white space collapsed."""
WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
QUIRKS = {
    "letterhead", "word", "nfd", "cp1258", "changes", "removed", "moved", "script", "no-summary", "no-date", "month",
    "blank-number", "eth", "tone", "capitals", "edit-time",
}  # fmt: skip
EVERY = pytest.mark.parametrize("item", announcements(), ids=lambda item: str(item.id))


@dataclass(frozen=True)
class Response:
    status: int
    headers: Message
    body: bytes

    @property
    def page(self) -> str:
        charset = self.headers.get_content_charset()
        assert charset is not None
        return unicodedata.normalize("NFC", self.body.decode({"windows-1258": "cp1258"}.get(charset, charset)))

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.page, "lxml")


def ask(portal: SamplePortal, target: str, method: str = "GET", **headers: str) -> Response:
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=10)
    try:
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Response(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def with_quirk(quirk: str) -> Announcement:
    return next(item for item in announcements() if quirk in item.quirks)


@pytest.fixture(scope="module")
def shared() -> Iterator[SamplePortal]:
    with SamplePortal() as portal:
        yield portal


@pytest.fixture
def fresh() -> Iterator[SamplePortal]:
    with SamplePortal() as portal:
        yield portal


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def walk(portal: SamplePortal, section: str) -> Iterator[BeautifulSoup]:
    target: str | None = section
    while target:
        soup = ask(portal, target).soup
        yield soup
        following = soup.select_one(PORTAL.next_page)
        target = urljoin(target, str(following["href"])) if following else None


def listed_links(portal: SamplePortal) -> list[str]:
    return [str(link["href"]) for section in PORTAL.lists for soup in walk(portal, section) for link in soup.select(PORTAL.items)]


def test_paging_through_the_lists_reaches_every_announcement(fresh: SamplePortal) -> None:
    links = listed_links(fresh)
    assert {item.moved_from or item.path for item in announcements()} <= set(links)
    assert len(announcements()) >= 41
    assert len(links) == len(set(links))


@pytest.mark.parametrize("section", PORTAL.lists)
def test_a_list_is_paged_and_newest_first(fresh: SamplePortal, section: str) -> None:
    pages = list(walk(fresh, section))
    assert len(pages) >= 2
    assert all(len(soup.select(PORTAL.items)) == PER_PAGE for soup in pages[:-1])
    shown = [node.get_text() for soup in pages for node in soup.select(".news-item__date")]
    days = [tuple(reversed(day.split("/"))) for day in shown]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "٣", "1" * 5000])
def test_a_list_has_no_page_outside_its_range(shared: SamplePortal, page: str) -> None:
    assert ask(shared, f"/tin-tuc/?page={page.encode().hex() if not page.isascii() else page}").status == 404


def test_the_feed_holds_only_the_newest(shared: SamplePortal) -> None:
    answer = ask(shared, "/rss.xml")
    assert answer.headers.get_content_type() == "application/rss+xml"
    links = [urlsplit(str(node.text)).path for node in ET.fromstring(answer.body).iter("link")][1:]
    assert len(links) == FEED_SIZE < len(announcements())
    assert links == [item.moved_from or item.path for item in announcements()[:FEED_SIZE]]


def test_the_lists_link_to_another_host_a_missing_page_and_a_failing_one(fresh: SamplePortal) -> None:
    links = listed_links(fresh)
    assert len([link for link in links if urlsplit(link).hostname]) == 1
    own = [link for link in links if not urlsplit(link).hostname]
    statuses = Counter(ask(fresh, link).status for link in own)
    assert statuses == {200: len(announcements()) - 1, 301: 1, 404: 1, 500: 1}


@EVERY
def test_a_page_carries_its_announcement_in_the_declared_layout(fresh: SamplePortal, item: Announcement) -> None:
    soup = ask(fresh, item.path).soup
    layout = next(layout for layout in PORTAL.layouts if layout.name == item.layout)
    others = [layout for layout in PORTAL.layouts if layout.name != item.layout]
    assert soup.select_one(str(layout.recognise))
    assert not any(soup.select_one(str(other.recognise)) for other in others)
    for selector, value in (
        (layout.title, item.title),
        (layout.summary, item.summary),
        (layout.published, item.shown),
        (layout.byline, item.byline),
        (layout.category, item.category),
    ):
        node = soup.select_one(str(selector))
        assert (squeezed(node.get_text()) if node else None) == (squeezed(value) if value else None)
    body = squeezed(soup.select(str(layout.body))[0].get_text())
    cells = (cell for rows in item.tables for row in rows for cell in row)
    assert [words for words in (*item.paragraphs, *cells) if squeezed(words) not in body] == []


@EVERY
def test_a_page_has_a_realistic_size_and_its_foot(fresh: SamplePortal, item: Announcement) -> None:
    answer = ask(fresh, item.path)
    assert 8 * 1024 <= len(answer.body) <= 25 * 1024
    assert answer.headers["Content-Type"] == f"text/html; charset={item.encoding}"
    assert f"charset={item.encoding}" in answer.page.replace('charset="', "charset=")
    for line in item.footer.lines:
        assert line in html.unescape(answer.page)


@EVERY
def test_every_text_but_the_reprinted_one_is_marked_as_a_sample(fresh: SamplePortal, item: Announcement) -> None:
    soup = ask(fresh, item.path).soup
    mark = soup.find(string=re.compile(re.escape(masthead().mark)))
    assert (mark is None) == bool(item.reprinted_from)
    assert bool(item.reprinted_from) == (item.issuer == "Sở Tài chính tỉnh Phú Thọ")


def test_the_reprinted_article_stands_with_its_own_foot_and_nothing_of_the_sample(shared: SamplePortal) -> None:
    item = next(item for item in announcements() if item.reprinted_from)
    page = ask(shared, item.path).page
    assert "SỞ TÀI CHÍNH TỈNH PHÚ THỌ" in page
    assert "đảy\xa0mạnh" in page
    assert "ỉnh Mẫu" not in page.split("<main>")[1]
    assert "Lượt xem" not in page
    assert item.footer.licence_number == "01/GPTTĐT-STTTT"


def test_the_reprinted_article_is_word_for_word() -> None:
    item = next(item for item in announcements() if item.reprinted_from)
    parts = (item.title, item.shown, item.summary, *item.paragraphs, item.byline, *item.footer.lines)
    words = squeezed(" ".join(part for part in parts if part))
    assert hashlib.sha256(words.encode()).hexdigest() == SEED_DIGEST


def test_only_one_text_is_reprinted() -> None:
    assert [item.id for item in announcements() if item.reprinted_from] == [1001]


def test_addresses_and_identities_are_unique() -> None:
    assert max(Counter(item.path for item in announcements()).values()) == 1
    identities = [PORTAL.identity_of(PORTAL.base_url + item.path) for item in announcements()]
    assert len({document_id(identity) for identity in identities}) == len(announcements())
    assert all(PORTAL.is_article(PORTAL.base_url + item.path) for item in announcements())
    assert max(Counter(item.text for item in announcements()).values()) == 1


def test_titles_texts_and_kinds_vary() -> None:
    assert len({item.title for item in announcements()}) == len(announcements())
    assert len({item.kind for item in announcements()}) >= 12
    words = [len(squeezed(item.text).split()) for item in announcements()]
    assert min(words) >= 20
    assert max(words) >= 600


@EVERY
def test_ground_truth_is_well_formed(item: Announcement) -> None:
    texts = [item.title, item.summary or "", item.byline or "", *item.paragraphs, *item.later_paragraphs]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    assert all(text.strip() == text and text for text in item.paragraphs)
    assert (item.published is None) == (item.shown is None) == (item.precision is None)
    assert all(len(row) == len(rows[0]) for rows in item.tables for row in rows)
    assert item.quirks <= QUIRKS
    assert item.section in masthead().sections
    assert (item.layout == "older") == (item.listed.year <= 2016)
    for value in (item.footer.wording, item.footer.licence_number, item.footer.licence_authority, item.footer.responsible):
        assert value in " ".join(item.footer.lines)
    assert all(f'"{name}"' in item.footer.wording for name in item.footer.names)


@EVERY
def test_the_date_shown_is_the_date_published(item: Announcement) -> None:
    if item.published is None or item.shown is None:
        assert "no-date" in item.quirks
        return
    assert item.published.startswith(f"{item.listed:%Y-%m}")
    numbers = [int(number) for number in re.findall(r"\d+", item.shown)]
    if item.precision == "month":
        assert numbers == [item.listed.month, item.listed.year]
        return
    day = date.fromisoformat(item.published[:10])
    assert day == item.listed
    assert set(numbers) >= {day.day, day.month, day.year}
    if item.precision == "minute":
        moment = datetime.fromisoformat(item.published)
        assert {moment.hour, moment.minute} <= set(numbers)
    for weekday in WEEKDAYS:
        assert weekday not in item.shown or weekday == WEEKDAYS[day.weekday()]


@EVERY
def test_a_number_stands_on_its_page_as_shown(fresh: SamplePortal, item: Announcement) -> None:
    if item.number is None:
        return
    assert item.number_shown is not None
    assert item.number_shown in ask(fresh, item.path).soup.get_text()
    assert item.number_shown.replace("Ð", "Đ") == item.number


def test_every_quirk_stands_on_some_page() -> None:
    assert set().union(*(item.quirks for item in announcements())) == QUIRKS


@pytest.mark.parametrize(
    ("quirk", "marks"),
    [
        ("letterhead", ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: "]),
        ("word", ["MsoNormal", "<o:p>", "<!--[if gte mso 9]>"]),
        ("script", ["<script>var luotXem", 'onclick="alert(']),
        ("blank-number", ["Số:      /QĐ-STC", "ngày     tháng 11 năm 2019"]),
        ("eth", ["64/Q\u00d0-STC"]),
        ("tone", ["hoá", "Uỷ ban"]),
        ("month", ["ngày    tháng 6 năm 2023"]),
        ("edit-time", ['itemprop="datePublished" content="2024']),
    ],
)
def test_a_page_has_the_marks_of_its_quirk(shared: SamplePortal, quirk: str, marks: list[str]) -> None:
    page = html.unescape(ask(shared, with_quirk(quirk).path).page)
    assert [mark for mark in marks if mark not in page] == []


def test_titles_in_capitals_dates_and_summaries_can_be_missing() -> None:
    assert with_quirk("capitals").title.isupper()
    assert with_quirk("no-date").shown is None
    assert with_quirk("no-summary").summary is None


def test_words_stand_before_and_after_the_script(shared: SamplePortal) -> None:
    item = with_quirk("script")
    page = ask(shared, item.path).page
    first, script, second = (page.index(words) for words in (item.paragraphs[0], "luotXem", item.paragraphs[1]))
    assert first < script < second


def test_the_nfd_page_is_decomposed(shared: SamplePortal) -> None:
    text = ask(shared, with_quirk("nfd").path).body.decode()
    assert unicodedata.is_normalized("NFD", text)
    assert not unicodedata.is_normalized("NFC", text)


def test_the_windows_1258_page_is_no_utf_8(shared: SamplePortal) -> None:
    answer = ask(shared, with_quirk("cp1258").path)
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()
    assert "&#" not in answer.body.decode("cp1258").split("<body")[1].replace("&#34;", "")


@given(st.text("aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵAĐẾỘƯỲ 0123“”–"))
def test_windows_1258_keeps_every_vietnamese_letter(text: str) -> None:
    assert unicodedata.normalize("NFC", windows1258.encode(text).decode("cp1258")) == unicodedata.normalize("NFC", text)


def test_windows_1258_refers_to_characters_it_lacks() -> None:
    assert windows1258.encode("漢") == b"&#28450;"


def test_a_page_changes_after_the_first_request_and_says_so_in_its_headers(fresh: SamplePortal) -> None:
    item = with_quirk("changes")
    first, second, third = (ask(fresh, item.path) for _ in range(3))
    assert item.text != "\n\n".join(item.later_paragraphs)
    assert all(words in first.page for words in item.paragraphs)
    assert all(words in second.page for words in item.later_paragraphs)
    assert "đính chính" in second.page
    assert "đính chính" not in first.page
    assert second.body == third.body
    assert first.headers["ETag"] != second.headers["ETag"]
    assert parsedate_to_datetime(first.headers["Last-Modified"]) < parsedate_to_datetime(second.headers["Last-Modified"])


def test_a_changed_page_answers_in_full_to_the_old_tag(fresh: SamplePortal) -> None:
    path = with_quirk("changes").path
    old = ask(fresh, path).headers["ETag"]
    assert ask(fresh, path, If_None_Match=old).status == 200


def test_a_page_is_removed_after_the_first_request_from_lists_too(fresh: SamplePortal) -> None:
    path = with_quirk("removed").path
    assert path in listed_links(fresh)
    assert ask(fresh, path, "HEAD").status == 200
    assert [ask(fresh, path).status for _ in range(3)] == [200, 410, 410]
    assert path not in listed_links(fresh)


def test_the_removed_announcement_is_the_last_of_its_list() -> None:
    item = with_quirk("removed")
    assert item == [other for other in announcements() if other.section == item.section][-1]


def test_a_moved_page_redirects_to_the_same_document(shared: SamplePortal) -> None:
    item = with_quirk("moved")
    assert item.moved_from is not None
    answer = ask(shared, item.moved_from)
    assert (answer.status, answer.headers["Location"]) == (301, item.path)
    assert ask(shared, item.path).status == 200
    at = PORTAL.at(shared.base_url)
    assert at.identity_of(shared.base_url + item.moved_from) == at.identity_of(shared.base_url + item.path)


@pytest.mark.parametrize(
    "item", [item for item in announcements() if not item.quirks & {"changes", "removed"}], ids=lambda item: str(item.id)
)
def test_conditional_requests_are_answered_304(shared: SamplePortal, item: Announcement) -> None:
    answer = ask(shared, item.path)
    by_tag = ask(shared, item.path, if_none_match=answer.headers["ETag"])
    by_date = ask(shared, item.path, If_Modified_Since=answer.headers["Last-Modified"])
    other = ask(shared, item.path, If_None_Match='"other"', If_Modified_Since=answer.headers["Last-Modified"])
    assert [by_tag.status, by_date.status, other.status] == [304, 304, 200]
    assert by_tag.body == b""
    assert by_tag.headers["ETag"] == answer.headers["ETag"]
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) < datetime(2025, 1, 1, tzinfo=UTC)


def test_a_senseless_date_is_no_condition(shared: SamplePortal) -> None:
    assert ask(shared, announcements()[0].path, If_Modified_Since="hôm qua".encode().decode("latin-1")).status == 200


def test_articles_are_compressed_for_those_who_accept_it(shared: SamplePortal) -> None:
    path = announcements()[0].path
    plain, packed, refused = (ask(shared, path, Accept_Encoding=coding) for coding in ("identity", "br, gzip", "gzip;q=0"))
    assert (plain.headers["Content-Encoding"], packed.headers["Content-Encoding"]) == (None, "gzip")
    assert refused.headers["Content-Encoding"] is None
    assert gzip.decompress(packed.body) == plain.body
    assert packed.body == ask(shared, path, Accept_Encoding="gzip").body


def test_the_same_content_gives_the_same_bytes() -> None:
    targets = ["/", *PORTAL.lists, *(item.path for item in announcements())]
    with SamplePortal() as one, SamplePortal() as two:
        assert all(ask(one, target).body == ask(two, target).body for target in targets)


def test_robots_may_not_enter_the_administration(shared: SamplePortal) -> None:
    rules = ask(shared, "/robots.txt")
    assert rules.headers.get_content_type() == "text/plain"
    assert "Disallow: /quan-tri/" in rules.body.decode()
    assert "Crawl-delay" not in rules.body.decode()
    assert ask(shared, "/quan-tri/dang-nhap").status == 403


@pytest.mark.parametrize("target", ["/khong-co", "/tin-tuc/khong-co-9999.html", "/samples/../portal.toml", "/%00", "/van-ban/x"])
def test_unknown_addresses_get_a_page_that_says_so(shared: SamplePortal, target: str) -> None:
    answer = ask(shared, target)
    assert answer.status == 404
    assert "Không tìm thấy trang" in answer.page


def test_a_head_request_gets_the_length_and_no_body(shared: SamplePortal) -> None:
    path = announcements()[0].path
    answer = ask(shared, path, "HEAD")
    assert answer.body == b""
    assert int(answer.headers["Content-Length"]) == len(ask(shared, path).body)


def test_the_portal_is_quiet_unless_asked(capfd: pytest.CaptureFixture[str]) -> None:
    log = io.StringIO()
    with SamplePortal() as quiet, SamplePortal(log=log) as loud:
        ask(quiet, "/khong-co")
        ask(loud, "/khong-co")
        assert [(request.target, request.status) for request in quiet.requests] == [("/khong-co", 404)]
    assert "/khong-co" in log.getvalue()
    assert capfd.readouterr() == ("", "")


def test_the_portal_ends_though_a_client_keeps_its_connection_open() -> None:
    with SamplePortal() as portal:
        connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=10)
        connection.request("GET", "/robots.txt")
        connection.getresponse().read()
        port = portal.port
    connection.close()
    with SamplePortal(port) as again:
        assert ask(again, "/robots.txt").status == 200
