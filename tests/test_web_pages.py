"""The pages as a person gets them, over a real catalogue and real WARC files."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

import ingest
from archive.citation import FORMATS, cite
from archive.records import FieldOrigin, ReadDate, Reading
from search.results import FacetValue, Hit, Results
from tests.web_archive import PORTAL, READING, WORDING, WebArchive
from web.facts import RULES, origin_in_words

INGEST = Path(ingest.__file__).parent

HIT = Hit(
    id="aaaaaaaaaaaa",
    score=1.0,
    title="Thông báo mẫu",
    title_html="Thông báo <mark>mẫu</mark>",
    snippet="Đoạn mẫu",
    snippet_html="Đoạn <mark>mẫu</mark>",
    url="https://stc.mau.example/tin/1",
    portal=PORTAL,
    published="2020-06",
    category="Thông báo",
    number="123/TB-STC",
    kind="Thông báo",
)


def soup(client: FlaskClient, url: str, status: int = 200) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == status, response.text[:2000]
    return BeautifulSoup(response.text, "lxml")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_answers_in_both_languages(kept: WebArchive, client: FlaskClient, language: str) -> None:
    id = kept.put()
    kept.change()
    kept.search.answer = Results(1, (HIT,), {"kind": (FacetValue("Thông báo", 1),)})
    for path in ("/", "/tim-kiem?q=mẫu", f"/tai-lieu/{id}", f"/tai-lieu/{id}/pb/1", f"/tai-lieu/{id}/pb/1/nguyen-ban"):
        page = soup(client, f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.html is not None
        assert page.html["lang"] == language
        assert len(page.find_all("h1")) == 1


def test_links_and_forms_of_an_english_page_stay_english(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, f"/tai-lieu/{id}?lang=en")
    own = [str(link["href"]) for link in page.select("main a[href^='/']")]
    assert own
    assert all("lang=en" in href for href in own)
    assert page.select_one("form input[name=lang][value=en]")


def test_permanent_addresses_name_no_language(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, f"/tai-lieu/{id}?lang=en")
    canonical = page.select_one("link[rel=canonical]")
    assert canonical
    assert canonical["href"] == f"https://tangthu.example/tai-lieu/{id}"


def test_the_language_switch_keeps_the_search(client: FlaskClient) -> None:
    switch = soup(client, "/tim-kiem?q=ngân+sách&kind=Thông+báo").select_one(".languages a[hreflang=en]")
    assert switch
    response = client.get(str(switch["href"]))
    box = BeautifulSoup(response.text, "lxml").select_one("#q")
    assert box
    assert box["value"] == "ngân sách"


def test_the_home_page_of_an_empty_archive_says_what_to_do(client: FlaskClient) -> None:
    assert "tangthu crawl" in soup(client, "/").get_text()


def test_the_home_page_lists_recent_documents_and_portals_with_counts(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, "/")
    assert page.select_one(f".rows a[href='/tai-lieu/{id}']")
    portal = page.select_one(".portals li")
    assert portal
    assert "Sở Tài chính Mẫu" in portal.get_text()
    count = portal.select_one(".num")
    assert count
    assert count.get_text() == "1"


def test_a_document_shows_its_text_its_number_and_its_dates(kept: WebArchive, client: FlaskClient) -> None:
    page = soup(client, f"/tai-lieu/{kept.put()}").get_text(" ", strip=True)
    for words in ("Đoạn văn thứ hai.", "123/TB-STC", "ngày 15 tháng 6 năm 2020", "Tóm tắt của tài liệu mẫu.", "Phụ lục mẫu"):
        assert words in page
    assert "10:12, 20/11/2026" in page, "captured at 03:12 UTC, which is 10:12 in Việt Nam"


def test_each_fact_says_where_it_was_read_and_unsure_ones_say_so_in_words(kept: WebArchive, client: FlaskClient) -> None:
    page = soup(client, f"/tai-lieu/{kept.put()}")
    byline, number = page.select_one(".fact--byline"), page.select_one(".fact--number")
    assert byline
    assert number
    assert "chưa chắc chắn, độ tin cậy 55" in byline.get_text()
    assert "dòng cuối bài" in byline.get_text()
    assert "chưa chắc" not in number.get_text()
    assert "Số: 123/TB-STC" in " ".join(number.get_text().split())


def test_a_doubtful_title_is_named_on_the_slip(kept: WebArchive, client: FlaskClient) -> None:
    doubtful = replace(READING, fields=(FieldOrigin("title", "rule:heading", 0.3),))
    fact = soup(client, f"/tai-lieu/{kept.put(reading=doubtful)}").select_one(".fact--title")
    assert fact
    assert "chưa chắc chắn" in fact.get_text()


@pytest.mark.parametrize(
    ("value", "precision", "vietnamese", "english"),
    [
        ("2020", "year", "năm 2020", "2020"),
        ("2020-06", "month", "tháng 6 năm 2020", "June 2020"),
        ("2020-06-15", "day", "ngày 15 tháng 6 năm 2020", "15 June 2020"),
        ("2020-06-15T08:30+07:00", "minute", "08:30, ngày 15 tháng 6 năm 2020", "08:30, 15 June 2020"),
    ],
)
def test_a_date_is_shown_no_more_precise_than_it_is(
    kept: WebArchive, client: FlaskClient, value: str, precision: str, vietnamese: str, english: str
) -> None:
    id = kept.put(reading=replace(READING, published=ReadDate(value, precision, "raw")))  # type: ignore[arg-type]
    for language, words in (("vi", vietnamese), ("en", english)):
        shown = soup(client, f"/tai-lieu/{id}?lang={language}").select_one(".letterhead-right")
        assert shown
        assert shown.get_text(strip=True) == words


def test_a_document_without_most_fields_still_reads_well(kept: WebArchive, client: FlaskClient) -> None:
    bare = replace(
        READING,
        html="",
        summary=None,
        byline=None,
        published=None,
        category=None,
        number=None,
        kind=None,
        issuer=None,
        reuse=None,
    )
    page = soup(client, f"/tai-lieu/{kept.put(reading=replace(bare, fields=(), attachments=()))}")
    assert "None" not in page.get_text()
    assert [paragraph.get_text() for paragraph in page.select(".text p")] == READING.text.split("\n\n")
    assert "không rõ ngày" in page.get_text()


def test_a_place_in_a_layout_is_told_in_words_and_its_selector_kept_for_archivists(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    for language, words in (
        ("vi", "đọc ở chỗ dành cho ngày đăng của mẫu trang mau/moi"),
        ("en", "read in the place for the publication date in page layout mau/moi"),
    ):
        page = soup(client, f"/tai-lieu/{id}?lang={language}")
        published, origins = page.select_one(".fact--published"), page.select_one("details.origins")
        assert published
        assert origins
        assert words in published.get_text()
        assert "span.date" not in published.get_text()
        assert [code.get_text() for code in origins.select("code")] == [field.origin for field in READING.fields]
    other = kept.put("/tin/2", replace(READING, platform="older"))
    assert f"mẫu trang {PORTAL}/older" in soup(client, f"/tai-lieu/{other}").get_text()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_rule_that_the_readers_write_has_words(kept: WebArchive, language: str) -> None:
    names = rule_names()
    assert {"only-h1", "byline-unit", "number-in-opening", "footer", "lead-after-title", "head-title", "number"} <= names
    with kept.app().test_request_context(f"/?lang={language}"):
        words = {name: origin_in_words(FieldOrigin("title", f"rule:{name}", 0.9), "x/y") for name in names}
        unknown = origin_in_words(FieldOrigin("title", "rule:no-such", 0.9), "x/y")
        source = {name: str(RULES[name]) for name in names}
    assert "no-such" in unknown
    assert all(words.values())
    with kept.app().test_request_context("/"):
        vietnamese = {name: str(RULES[name]) for name in names}
    assert words == source
    assert all((words[name] == vietnamese[name]) == (language == "vi") for name in names)


def rule_names() -> set[str]:
    """Names of rules in the source of the readers, also where they reach `rule:{…}` through a Title, a Found or a place."""
    found: set[str] = set()
    for path in sorted(INGEST.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in whole:
                found.update(re.findall(r"\Arule:([a-z0-9-]+)\Z", node.value))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Title":
                found.update(str(part.value) for part in node.args if isinstance(part, ast.Constant) and is_name(part.value))
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                at = {"Found": 3, "found": 1}.get(called)
                rule = node.args[at] if at is not None and len(node.args) > at else None
                if isinstance(rule, ast.Constant) and is_name(rule.value):
                    found.add(str(rule.value))
            if isinstance(node, ast.Tuple) and path.name in ("generic.py", "headline.py") and len(node.elts) == 3:
                place = node.elts[1] if isinstance(node.elts[0], ast.Name) else None
                if isinstance(place, ast.Constant) and is_name(place.value):
                    found.add(str(place.value))
            if isinstance(node, ast.JoinedStr):
                head = str(getattr(node.values[0], "value", ""))
                assert not head.startswith("rule:") or head in ("rule:", "rule:number-in-"), f"{path.name}: {head} is new here"
    numbers = ast.parse((INGEST.parent / "archive" / "numbers.py").read_text(encoding="utf-8"))
    for node in ast.walk(numbers):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "OwnNumber":
            place = node.args[2]
            assert isinstance(place, ast.Constant)
            assert isinstance(place.value, str)
            found.add(f"number-in-{place.value}")
    found.add("number-in-labelled")
    return found


def is_name(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9-]+", value) is not None


@pytest.mark.parametrize("suffix", ["", "/pb/1", "/pb/1/nguyen-ban"])
def test_an_address_in_capitals_or_with_a_slash_leads_to_the_canonical_one(
    kept: WebArchive, client: FlaskClient, suffix: str
) -> None:
    id = kept.put()
    canonical = f"/tai-lieu/{id}{suffix}"
    for path in (f"/tai-lieu/{id.upper()}{suffix}", f"{canonical}/", f"/tai-lieu/{id.upper()}{suffix}/"):
        for query in ("", "?lang=en"):
            answer = client.get(path + query)
            assert (answer.status_code, answer.headers["Location"]) == (308, canonical + query)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(canonical).status_code == 200
    assert client.post(f"{canonical}/").status_code in (404, 405)


def test_every_citation_format_stands_in_a_field_that_can_be_copied(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    page = soup(client, f"/tai-lieu/{id}")
    document = kept.catalog.document(id)
    for format in FORMATS:
        field = page.select_one(f"textarea#trich-{format}[readonly]")
        assert field
        address = f"https://tangthu.example/tai-lieu/{id}/pb/1"
        assert field.get_text() == cite(document, document.version, kept.capture_of(id), format, address).text
        assert page.select_one(f"button[data-copy=trich-{format}][hidden]"), "no button without JavaScript"


def test_the_attribution_and_the_reuse_terms_stand_word_for_word(kept: WebArchive, client: FlaskClient) -> None:
    page = soup(client, f"/tai-lieu/{kept.put()}")
    attribution, wording = page.select_one("textarea#nguon"), page.select_one(".reuse blockquote")
    assert attribution
    assert wording
    assert attribution.get_text() == "Nguồn: SỞ TÀI CHÍNH MẪU (stc.mau.example)"
    assert wording.get_text() == WORDING


@pytest.mark.parametrize("suffix", ["", "/pb/1"])
def test_a_removed_document_says_so_and_stays_readable(kept: WebArchive, client: FlaskClient, suffix: str) -> None:
    id = kept.put()
    kept.remove(id)
    page = soup(client, f"/tai-lieu/{id}{suffix}").get_text()
    assert "Tài liệu này đã bị gỡ khỏi cổng, bản chụp còn đây." in page
    assert "Đoạn văn thứ hai." in page
    assert client.get(f"/tai-lieu/{id}/pb/1/nguyen-ban").status_code == 200


@pytest.mark.parametrize("lost", [False, True])
def test_a_document_whose_capture_is_damaged_or_lost_stays_readable(kept: WebArchive, client: FlaskClient, lost: bool) -> None:
    id = kept.put()
    capture = kept.capture_of(id)
    if lost:
        (kept.folder / "warc" / capture.file).unlink()
    else:
        kept.damage(capture)
    kept.remove(id)
    for suffix in ("", "/pb/1"):
        page = soup(client, f"/tai-lieu/{id}{suffix}")
        assert "Đoạn văn thứ hai." in page.get_text()
        assert page.select_one("#trich-vi")
    told = soup(client, f"/tai-lieu/{id}/pb/1/nguyen-ban", status=500)
    assert "Bản chụp bị hỏng" in told.get_text()
    back = told.select_one(f"a.button[href='/tai-lieu/{id}/pb/1']")
    assert back, "the text in the catalogue is one step away"


ROW = Reading(
    title="Thông báo về lịch ôn tập (bản ghi mẫu)",
    text="SỞ TÀI CHÍNH\n-------\nDòng thứ hai.",
    html="<p>SỞ TÀI CHÍNH\n-------\nDòng thứ hai.</p>",
    published=ReadDate("2018-07-19", "day", "2018-07-19"),
    fields=(FieldOrigin("title", "import:title", 1.0), FieldOrigin("published", "import:published", 1.0, "2018-07-19")),
    platform="import",
)
URN = f"urn:tangthu:{PORTAL}:A-17"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_imported_record_says_that_it_is_one_and_names_no_urn(kept: WebArchive, client: FlaskClient, language: str) -> None:
    id = kept.put_row(URN, b'{"id": "A-17"}', ROW, "A-17")
    page = soup(client, f"/tai-lieu/{id}?lang={language}")
    text = page.get_text(" ", strip=True)
    assert "urn:" not in str(page)
    assert "A-17" in text
    for words in {"vi": ("Chụp lúc", "chụp ngày"), "en": ("Captured", "the page says")}[language]:
        assert words not in text
    attribution, published = page.select_one("textarea#nguon"), page.select_one(".fact--published .origin")
    assert attribution
    assert published
    assert attribution.get_text() == f"Nguồn: {PORTAL}"
    said = {"vi": "lấy từ cột dành cho ngày đăng của bản ghi nhập", "en": "taken from the imported record’s column"}
    assert published.get_text().startswith(said[language])
    label = page.select_one("#nguon-nhan")
    assert label
    assert label.get_text() == {"vi": "Câu ghi nguồn", "en": "Attribution"}[language], "no portal demanded it"


@pytest.mark.parametrize("url", [URN, "https://stc.mau.example/tin/9"])
def test_the_original_of_an_imported_record_is_the_row_to_save(kept: WebArchive, client: FlaskClient, url: str) -> None:
    row = b'{"id": "A-17", "title": "x"}'
    id = kept.put_row(url, row, ROW, "A-17")
    page = soup(client, f"/tai-lieu/{id}/pb/1/nguyen-ban")
    text = page.get_text(" ", strip=True)
    assert "được nhập từ hệ thống khác" in text
    assert {"A-17", "Sở Tài chính Mẫu (cổng mẫu)", "Nhập lúc"} <= set(page.stripped_strings)
    assert "urn:" not in text
    assert bool(page.select_one(f"a.address[href='{url}']")) == (url != URN)
    button = page.select_one("a.button[href^='/ban-chup/']")
    assert button
    saved = client.get(str(button["href"]))
    assert saved.data == row
    assert saved.headers["Content-Disposition"].endswith(".json")


def test_lines_of_dashes_are_not_in_the_reading_view_but_in_the_record(kept: WebArchive, client: FlaskClient) -> None:
    html = (
        "<table><tr><td><p><b>SỞ MẪU<br>-------</b></p></td><td><p>Độc lập</p><p><i>_____</i></p></td></tr></table>"
        "<p>a - b ---- c</p><p>* * *</p><table><tr><td>Chi</td><td>---</td><td>-</td></tr></table><p>--</p>"
    )
    id = kept.put(reading=replace(READING, html=html))
    text = soup(client, f"/tai-lieu/{id}").select_one(".text")
    assert text
    assert "".join(map(str, text.contents)).strip() == (
        "<table><tbody><tr><td><p><b>SỞ MẪU</b></p></td><td><p>Độc lập</p></td></tr></tbody></table>"
        "<p>a - b ---- c</p><table><tbody><tr><td>Chi</td><td>---</td><td>-</td></tr></tbody></table><p>--</p>"
    )
    assert kept.catalog.document(id).version.reading.html == html
    row = soup(client, f"/tai-lieu/{kept.put_row(URN, b'{}', ROW)}").select_one(".text.text--plain")
    assert row
    assert row.get_text().strip() == "SỞ TÀI CHÍNH\nDòng thứ hai."


@pytest.mark.parametrize("value", ["0001-01-01T00:00+07:00", "9999-12-31T23:59-07:00", "2020-13-45", "x"])
def test_a_date_that_no_calendar_has_is_shown_in_the_words_of_the_page(kept: WebArchive, client: FlaskClient, value: str) -> None:
    published = ReadDate(value, "minute", "ngày đầu tiên")
    id = kept.put(reading=replace(READING, published=published))
    kept.search.answer = Results(1, (replace(HIT, published=value),))
    for path in (f"/tai-lieu/{id}", f"/tai-lieu/{id}/pb/1", "/", "/tim-kiem"):
        for language in ("vi", "en"):
            assert client.get(path, query_string={"lang": language, "q": "a"}).status_code == 200
    assert "ngày đầu tiên" in soup(client, f"/tai-lieu/{id}").get_text()


def test_each_version_has_its_own_page_that_points_to_the_document(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.change()
    old, new = soup(client, f"/tai-lieu/{id}/pb/1"), soup(client, f"/tai-lieu/{id}")
    assert "Đoạn văn thứ hai." in old.get_text()
    assert "Đoạn văn đã đổi." in new.get_text()
    assert "cổng đã thay bằng phiên bản khác" in old.get_text()
    canonical, address = old.select_one("link[rel=canonical]"), old.select_one("input#dia-chi")
    assert canonical
    assert address
    assert canonical["href"] == f"https://tangthu.example/tai-lieu/{id}"
    assert address["value"] == f"https://tangthu.example/tai-lieu/{id}/pb/1"
    assert len(new.select(".versions li")) == 2


def test_a_portal_whose_address_is_not_set_is_cited_at_the_host_of_the_request(kept: WebArchive) -> None:
    id = kept.put()
    address = soup(kept.app(site_url=None).test_client(), f"/tai-lieu/{id}").select_one("input#dia-chi")
    assert address
    assert address["value"] == f"http://localhost/tai-lieu/{id}"


def test_results_show_marks_number_kind_date_and_portal(kept: WebArchive, client: FlaskClient) -> None:
    kept.search.answer = Results(1, (HIT,))
    row = soup(client, "/tim-kiem?q=mẫu").select_one(".rows .row")
    assert row
    assert [mark.get_text() for mark in row.find_all("mark")] == ["mẫu", "mẫu"]
    assert {"123/TB-STC", "Thông báo", "6/2020", "Sở Tài chính Mẫu (cổng mẫu)"} <= set(row.stripped_strings)


def test_the_api_gives_results_and_documents_as_json(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.search.answer = Results(1, (HIT,), {"kind": (FacetValue("Thông báo", 1),)}, ms=1.5)
    found = client.get("/api/search?q=mẫu").get_json()
    assert (found["total"], found["hits"][0]["id"], found["facets"]["kind"][0]["count"]) == (1, HIT.id, 1)
    document = client.get(f"/api/documents/{id}").get_json()
    assert document["permanent_url"] == f"https://tangthu.example/tai-lieu/{id}"
    assert document["version"]["reading"]["number"] == "123/TB-STC"
    assert document["first_captured_at"] == "2026-11-20T03:12:00+00:00"


def test_health_names_the_change_that_the_index_holds(kept: WebArchive, client: FlaskClient) -> None:
    kept.put()
    health = client.get("/healthz").get_json()
    assert (health["status"], health["documents"], health["change"]) == ("ok", 1, 1)
    assert health["index"]["engine"] == "set"


def test_the_slip_says_who_signed_when_and_where_and_the_letterhead_bears_the_date_of_issue(
    kept: WebArchive, client: FlaskClient
) -> None:
    issued = ReadDate("2020-06-12", "day", "ngày 12 tháng 6 năm 2020")
    origins = (*READING.fields, FieldOrigin("signer", "rule:signature", 0.6, "Người Ký Mẫu"))
    office = "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"
    signed = replace(READING, issued=issued, place="Mẫu Trì", signer="Người Ký Mẫu", signer_office=office, fields=origins)
    page = soup(client, f"/tai-lieu/{kept.put(reading=replace(signed, source='Báo Mẫu', language='en'))}")
    head = page.select_one(".letterhead-right")
    assert head
    assert " ".join(head.get_text().split()) == "Mẫu Trì, ngày 12 tháng 6 năm 2020"
    pairs = zip(page.select(".slip dt"), page.select(".slip dd"), strict=False)
    values = {label.get_text(strip=True): value.get_text(" ", strip=True) for label, value in pairs}
    assert values["Ngày ban hành"] == "ngày 12 tháng 6 năm 2020"
    assert values["Nơi ban hành"] == "Mẫu Trì"
    assert values["Nguồn tin"] == "Báo Mẫu"
    assert values["Người ký"].startswith("Người Ký Mẫu chưa chắc chắn")
    assert values["Chức vụ người ký"] == office
    assert values["Ngôn ngữ"] == "Tiếng Anh"


def test_a_version_that_was_read_again_says_that_the_page_did_not_change(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.reread(id, replace(READING, signer="Người Ký Mẫu"))
    items = [" ".join(item.get_text(" ").split()) for item in soup(client, f"/tai-lieu/{id}").select(".versions li")]
    assert len(items) == 2
    assert "đọc lại từ cùng một bản chụp" in items[0]
    assert "đọc lại" not in items[1]
    notice = soup(client, f"/tai-lieu/{id}/pb/1?lang=en").select_one(".notice")
    assert notice
    assert "read again" in notice.get_text()
