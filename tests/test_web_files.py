"""Files and their pages as a person gets them: over real WARC files, a real catalogue and real pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from PIL import Image

from archive.pages import Correction, FileReading, Member, Page, PageFact, Word
from archive.records import AttachmentLink
from search.results import Hit, Results
from tests.test_web_hostile import ATTACKS
from tests.test_web_pages import soup
from tests.web_archive import HOST, PORTAL, READING
from tests.web_files import ANNEX, LETTER, FileArchive, scan
from web.differences import differences
from web.file_names import ascii_name, download_name, shown_name
from web.leaf import leaf
from web.marking import snippet
from web.security import CAPTURE_CSP

URL = f"https://{HOST}/tep/qd-12.pdf"
LINK = AttachmentLink(URL, "Quyết định 12/QĐ-STC.pdf")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    made = FileArchive(tmp_path)
    yield made
    made.catalog.close()


@pytest.fixture
def visitor(archive: FileArchive) -> FlaskClient:
    return archive.app().test_client()


@pytest.fixture
def digest(archive: FileArchive) -> str:
    """A scan of two pages with an unsure word on the second, attached to a document."""
    data, reading = scan(LETTER, ANNEX, unsure={"kênh.": 0.4, "Thí": 0.71})
    return archive.put_file(data, reading, document=archive.put_with(LINK))


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select_one(selector)
    assert found is not None, selector
    return found


def text_of(tag: BeautifulSoup | Tag) -> str:
    return " ".join(tag.get_text(" ").split())


# the document


def test_a_document_lists_its_files_with_what_became_of_each(archive: FileArchive, visitor: FlaskClient) -> None:
    urls = {name: f"https://{HOST}/tep/{name}" for name in ("cho.doc", "mat.pdf", "mat-tich.rar", "chua.doc", "bang.xls")}
    id = archive.put_with(LINK, *(AttachmentLink(url, name) for name, url in urls.items()))
    data, reading = scan(LETTER, ANNEX)
    read = archive.put_file(data, reading, document=id)
    archive.put_file(b"doc", None, "cho.doc", urls["cho.doc"], id)
    archive.put_file(b"pdf", FileReading("pdf", failed="encrypted"), "mat.pdf", urls["mat.pdf"], id)
    old = Page(1, "Bảng", "converted", 0.99, original="B¶ng", encodings=("tcvn3",))
    archive.put_file(b"xls", FileReading("xls", (old,)), "bang.xls", urls["bang.xls"], id)
    archive.missing_at(urls["mat-tich.rar"], "http_404")
    page = soup(visitor, f"/tai-lieu/{id}")
    rows = {text_of(one(row, ".attachment")): row for row in page.select(".attachments li")}
    said = {name: text_of(row) for name, row in rows.items()}
    assert "đọc 2 trang" in said["Quyết định 12/QĐ-STC.pdf"]
    assert "đọc từ ảnh quét" in said["Quyết định 12/QĐ-STC.pdf"]
    assert "đang chờ đọc" in said["cho.doc"]
    assert "không đọc được: tệp có mật khẩu" in said["mat.pdf"]
    assert "chưa tải được: cổng báo không có tệp này (404)" in said["mat-tich.rar"]
    assert "đang chờ tải" in said["chua.doc"]
    assert "chữ chuyển từ bảng mã TCVN3 (ABC)" in said["bang.xls"]
    links = {str(link["href"]) for link in rows["Quyết định 12/QĐ-STC.pdf"].select("a")}
    assert {f"/tep/{read}", f"/tep/{read}/trang/1", f"/tep/{read}/goc", f"/tep/{read}/pdf", URL} <= links
    assert f"/tep/{read}/pdf" not in str(rows["bang.xls"]), "only a scan needs another PDF"


def test_what_the_page_does_not_say_and_its_file_does_stands_on_the_slip(archive: FileArchive, visitor: FlaskClient) -> None:
    id = archive.put_with(LINK, reading=replace(READING, number=None, kind=None, fields=()))
    data, reading = scan(LETTER)
    archive.put_file(data, reading, document=id)
    slip = one(soup(visitor, f"/tai-lieu/{id}"), ".slip")
    assert text_of(one(slip, ".fact--number")) == "Số, ký hiệu 12/QĐ-STC theo tệp đính kèm, trang 1"
    assert text_of(one(slip, ".fact--issued")) == "Ngày ban hành ngày 3 tháng 2 năm 2020 theo tệp đính kèm, trang 1"
    assert "chưa chắc chắn, độ tin cậy 55%" in text_of(one(slip, ".fact--signer"))
    assert "theo tệp" not in text_of(one(slip, ".fact--issuer")), "the page says that itself"


def test_a_fact_of_a_file_names_its_page_and_how_sure_it_is(visitor: FlaskClient, digest: str) -> None:
    facts = one(soup(visitor, f"/tep/{digest}"), ".said-facts")
    number, signer = one(facts, ".fact--number"), one(facts, ".fact--signer")
    assert text_of(number) == "Số, ký hiệu 12/QĐ-STC trang 1 , đọc ở dòng số ký hiệu đầu văn bản, độ tin cậy 98%"
    assert one(number, "a")["href"] == f"/tep/{digest}/trang/1"
    assert one(signer, ".unsure")
    assert not number.select(".unsure")


def test_a_corrected_fact_says_who_corrected_it(archive: FileArchive, visitor: FlaskClient, digest: str) -> None:
    assert archive.desk
    at = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
    archive.desk.correct(Correction(digest, "signer", "Người Ký Khác", "Người Ký Mẫu", "Lê Mẫu", "đọc nhầm", at))
    signer = one(soup(visitor, f"/tep/{digest}"), ".fact--signer")
    assert text_of(signer) == "Người ký Người Ký Khác Lê Mẫu đính chính lúc 10:04, 22/11/2026"


# the file


def test_a_file_page_says_what_is_known_and_lists_the_pages(visitor: FlaskClient, digest: str, archive: FileArchive) -> None:
    page = soup(visitor, f"/tep/{digest}")
    text = text_of(page)
    for words in ("PDF", "2 trang", digest, URL, "UTF-8", "11:12, 20/11/2026", "đọc từ ảnh quét, 97%"):
        assert words in text
    rows = page.select(".leaves .row")
    assert len(rows) == 2
    assert "Trạm bơm Thí Dụ được giao" in text_of(rows[1])
    assert one(rows[1], "a")["href"] == f"/tep/{digest}/trang/2"


def test_claims_warnings_and_members_are_told_as_what_they_are(archive: FileArchive, visitor: FlaskClient) -> None:
    reading = FileReading(
        "zip",
        (Page(1, "a.doc", "text", 1.0),),
        meta=(("author", "Người Soạn Mẫu"), ("created", "2020-02-03T09:30:00+07:00"), ("khác", "x")),
        warnings=("members: 3 of 40 are listed", "strange: a thing happened"),
        members=(Member("Thư mục/a.doc", 2048), Member("..\u202egnp.exe", 5)),
    )
    page = soup(visitor, f"/tep/{archive.put_file(b'PK', reading, 'Hồ sơ.zip')}")
    claims = text_of(one(page, ".claims"))
    assert "kho không kiểm chứng" in claims
    assert "Tạo lúc 09:30, ngày 3 tháng 2 năm 2020" in claims
    notes = [text_of(note) for note in page.select(".notes li")]
    assert notes == ["Không phải mọi tệp bên trong đều được liệt kê. 3 of 40 are listed", "strange: a thing happened"]
    assert [text_of(row) for row in page.select(".members tbody tr")] == ["Thư mục/a.doc 2 KB", "..gnp.exe 5 byte"]


def test_a_file_of_many_pages_is_listed_in_parts(archive: FileArchive, visitor: FlaskClient) -> None:
    pages = tuple(Page(n, f"Trang mẫu {n}", "text", 1.0) for n in range(1, 96))
    digest = archive.put_file(b"dai", FileReading("docx", pages))
    seen: list[str] = []
    address = f"/tep/{digest}"
    while address:
        page = soup(visitor, address)
        seen += [text_of(number) for number in page.select(".leaves .number")]
        following = page.select_one(".pages a[rel=next]")
        address = str(following["href"]) if following else ""
    assert seen == [f"Trang {n}" for n in range(1, 96)]
    assert visitor.get(f"/tep/{digest}?sau=x").status_code == 400


def test_words_are_found_in_the_pages_of_a_file(archive: FileArchive, visitor: FlaskClient, digest: str) -> None:
    page = soup(visitor, f"/tep/{digest}?q=trạm+bơm")
    rows = page.select(".leaves .row")
    assert [text_of(one(row, ".number")) for row in rows] == ["Trang 2"]
    assert one(rows[0], "a")["href"] == f"/tep/{digest}/trang/2?q=tr%E1%BA%A1m+b%C6%A1m#k1"
    assert {mark.get_text() for mark in rows[0].find_all("mark")} == {"trạm", "bơm", "Trạm"}
    assert "Không trang nào của tệp có những từ này." in text_of(soup(visitor, f"/tep/{digest}?q=không-có"))
    archive.search.down = True
    assert visitor.get(f"/tep/{digest}/trang/2?q=bơm").status_code == 200, "the text is readable while the search is down"


def test_the_original_is_saved_byte_for_byte_under_a_safe_name(archive: FileArchive, visitor: FlaskClient) -> None:
    data, reading = scan(LETTER)
    digest = archive.put_file(data, reading, name="../Quyết định\r\nSet-Cookie: a=b\u202e12/QĐ.pdf")
    answer = visitor.get(f"/tep/{digest}/goc")
    assert answer.data == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == CAPTURE_CSP
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=\"Quyet dinh Set-Cookie- a=b12-QD.pdf\"; filename*=UTF-8''Quy%E1%BA%BFt")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("name", "extension", "given"),
    [
        ("Biểu số 1", "xls", "Biểu số 1.xls"),
        ("Biểu số 1.XLS", "xls", "Biểu số 1.XLS"),
        ("a/b\\c:d", "pdf", "a-b-c-d.pdf"),
        ("\u202e\x00..", "bin", "tep.bin"),
        ("x" * 500, "doc", f"{'x' * 150}.doc"),
        ("Đơn", "", "Đơn"),
    ],
)
def test_a_name_is_fit_for_any_disk(name: str, extension: str, given: str) -> None:
    assert download_name(name, extension) == given
    assert ascii_name(given).isascii()


def test_names_are_shown_on_one_line_that_runs_one_way() -> None:
    assert shown_name("a\u202efdp.exe\n\tb\x07") == "afdp.exe b"
    assert len(shown_name("x" * 10_000)) == 200


def test_a_scan_is_to_be_had_as_a_searchable_pdf(visitor: FlaskClient, digest: str) -> None:
    answer = visitor.get(f"/tep/{digest}/pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("path", ["", "/goc", "/pdf", "/trang/1", "/trang/1/anh", "/trang?n=1"])
@pytest.mark.parametrize("digest", ["0" * 64, "abc", "../../etc/passwd", "A" * 64])
def test_files_that_are_not_here_are_said_not_to_be(visitor: FlaskClient, path: str, digest: str) -> None:
    assert visitor.get(f"/tep/{digest}{path}").status_code == 404


@pytest.mark.parametrize(("n", "status"), [("0", 404), ("3", 404), ("99999999999999999999", 404), ("-1", 404), ("x", 404)])
def test_pages_that_a_file_has_not_are_said_not_to_be(visitor: FlaskClient, digest: str, n: str, status: int) -> None:
    assert visitor.get(f"/tep/{digest}/trang/{n}").status_code == status


def test_a_record_that_is_damaged_is_never_handed_out(archive: FileArchive, visitor: FlaskClient, digest: str) -> None:
    archive.damage(archive.catalog.files().capture_of(digest))
    answer = visitor.get(f"/tep/{digest}/goc")
    assert answer.status_code == 500
    assert "Bản chụp bị hỏng" in answer.text


# pictures


def test_pictures_come_in_a_few_widths_and_are_kept_by_browsers(archive: FileArchive, visitor: FlaskClient, digest: str) -> None:
    assert archive.pictures
    first = visitor.get(f"/tep/{digest}/trang/2/anh?w=400")
    assert first.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(first.data)).width == 400
    assert "max-age=604800" in first.headers["Cache-Control"]
    made = archive.pictures.made
    again = visitor.get(f"/tep/{digest}/trang/2/anh?w=400", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, archive.pictures.made) == (304, b"", made)
    for width in ("401", "0", "99999", "x", ""):
        assert visitor.get(f"/tep/{digest}/trang/2/anh?w={width}").status_code == 400
    assert visitor.get(f"/tep/{digest}/trang/3/anh").status_code == 404


def test_a_page_of_which_no_picture_can_be_made_says_so(archive: FileArchive, visitor: FlaskClient) -> None:
    reading = FileReading("pdf", (Page(1, "Chữ", "text", 1.0, width=10, height=10),))
    digest = archive.put_file(b"no pdf at all", reading)
    answer = visitor.get(f"/tep/{digest}/trang/1/anh")
    assert answer.status_code == 422
    assert "tệp hỏng" in answer.text
    assert visitor.get(f"/tep/{digest}/trang/1").status_code == 200


def test_where_no_pictures_are_made_pages_say_so(archive: FileArchive, digest: str) -> None:
    archive.pictures = archive.desk = None
    visitor = archive.app().test_client()
    page = soup(visitor, f"/tep/{digest}/trang/1")
    assert not page.select(".sheet, .boxes")
    assert "không dựng ảnh của trang" in text_of(page)
    assert visitor.get(f"/tep/{digest}/trang/1/anh").status_code == 404
    assert visitor.get(f"/tep/{digest}/pdf").status_code == 404
    assert visitor.get("/ban-lam-viec").status_code == 404
    assert not page.select("a[href^='/ban-lam-viec']")


# one page


def test_picture_and_text_carry_the_same_words(visitor: FlaskClient, digest: str) -> None:
    page = soup(visitor, f"/tep/{digest}/trang/2?q=trạm")
    words = {str(word["data-w"]): word.get_text() for word in page.select(".leaf-text [data-w]")}
    boxes = {str(box["data-w"]): box for box in page.select(".boxes rect")}
    assert list(words.values()) == ANNEX.split()
    assert boxes.keys() == words.keys()
    found = [number for number, box in boxes.items() if "found" in box.get("class", [])]
    assert [words[number] for number in found] == ["trạm", "Trạm"]
    for box in boxes.values():
        assert 0 <= int(str(box["x"])) < int(str(box["x"])) + int(str(box["width"])) <= 10_000
    image = one(page, ".sheet img")
    assert (image["width"], image["loading"]) == ("800", "lazy")
    assert abs(int(str(image["height"])) - 800 * 1754 / 1240) < 1
    assert [mark["id"] for mark in page.select("mark[id]")] == ["k1", "k2"]


def test_unsure_words_look_unsure_on_both_sides_and_a_legend_says_why(visitor: FlaskClient, digest: str) -> None:
    page = soup(visitor, f"/tep/{digest}/trang/2")
    doubts = page.select(".leaf-text .doubt")
    assert [doubt.get_text() for doubt in doubts] == ["Thí", "Thí", "kênh."]
    assert doubts[2]["title"] == "40%"
    assert len(page.select(".boxes path")) == 3
    assert "3 chữ chưa chắc" in text_of(page)
    assert "máy đọc chưa chắc" in text_of(one(page, ".legend"))
    assert "chưa chắc" not in text_of(one(soup(visitor, f"/tep/{digest}/trang/1"), ".legend"))


def test_links_lead_to_the_pages_around_and_to_those_that_match(archive: FileArchive, visitor: FlaskClient) -> None:
    texts = ["dự toán", "khác", "khác", "dự toán chi", "khác"]
    digest = archive.put_file(b"d", FileReading("docx", tuple(Page(n, text, "text", 1.0) for n, text in enumerate(texts, 1))))
    page = soup(visitor, f"/tep/{digest}/trang/2?q=toán")
    assert one(page, "a[rel=prev]")["href"] == f"/tep/{digest}/trang/1?q=to%C3%A1n"
    assert one(page, "[data-match=page-before]")["href"] == f"/tep/{digest}/trang/1?q=to%C3%A1n#k1"
    assert one(page, "[data-match=page-after]")["href"] == f"/tep/{digest}/trang/4?q=to%C3%A1n#k1"
    assert not page.select("[data-match=next]")
    last = soup(visitor, f"/tep/{digest}/trang/5")
    assert not last.select("a[rel=next]")
    moved = visitor.get(f"/tep/{digest}/trang?n=900&q=toán")
    assert moved.headers["Location"] == f"/tep/{digest}/trang/5?q=to%C3%A1n"
    assert visitor.get(f"/tep/{digest}/trang?n=hai").status_code == 400


def test_rows_of_cells_are_a_table_and_their_figures_stand_right(archive: FileArchive, visitor: FlaskClient) -> None:
    text = "BIỂU SỐ 1\n\nSTT\tĐơn vị\tSố tiền\n1\tĐơn vị <b>mẫu</b>\t1.234.567\n2\tHai ô\nCộng\t\t(12,5%)\nHết bảng"
    digest = archive.put_file(b"x", FileReading("xls", (Page(1, text, "text", 1.0, title="Chi\u202etiết"),)))
    page = soup(visitor, f"/tep/{digest}/trang/1?q=mẫu")
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.select(".leaf-text table tr")]
    assert rows == [
        ["STT", "Đơn vị", "Số tiền"],
        ["1", "Đơn vị <b>mẫu</b>", "1.234.567"],
        ["2", "Hai ô", ""],
        ["Cộng", "", "(12,5%)"],
    ]
    assert [cell.get_text() for cell in page.select("td.num")] == ["1", "1.234.567", "2", "(12,5%)"]
    assert [mark.get_text() for mark in page.select("td mark")] == ["mẫu"]
    assert [p.get_text() for p in page.select(".leaf-text .text > p")] == ["BIỂU SỐ 1", "Hết bảng"]
    assert "Chitiết" in text_of(one(page, ".meta"))
    assert not page.select(".sheet")


def test_the_text_before_conversion_can_be_seen_character_for_character(archive: FileArchive, visitor: FlaskClient) -> None:
    old = Page(1, "Quyết định", "converted", 0.99, original="QuyÕt ®Þnh\x07", encodings=("tcvn3",))
    page = soup(visitor, f"/tep/{archive.put_file(b'd', FileReading('doc', (old,)))}/trang/1")
    assert one(page, "details.before pre").get_text() == "QuyÕt ®Þnh\u2407"
    assert "TCVN3 (ABC)" in text_of(one(page, "details.before summary"))


def test_corrections_are_told_word_by_word_and_the_text_is_the_corrected_one(
    archive: FileArchive, visitor: FlaskClient, digest: str
) -> None:
    assert archive.desk
    for at, (before, after) in enumerate([("lợp mái", "lợp lại mái"), ("ba trăm triệu", "bốn trăm triệu")]):
        text = archive.catalog.files().page(digest, 2).page.text
        when = datetime(2026, 11, 22 + at, 3, 4, tzinfo=UTC)
        archive.desk.correct(Correction(digest, "page/2", text.replace(before, after), text, "Lê Mẫu", f"lý do {at}", when))
    page = soup(visitor, f"/tep/{digest}/trang/2?q=lại")
    assert "lợp lại mái" in text_of(one(page, ".leaf-text"))
    history = page.select(".history li")
    assert [text_of(one(item, ".reason")) for item in history] == ["Lý do: lý do 1", "Lý do: lý do 0"]
    assert (one(history[0], "del").get_text(), one(history[0], "ins").get_text()) == ("ba", "bốn")
    assert one(history[1], "ins").get_text().strip() == "lại"
    assert "10:04, 22/11/2026 Lê Mẫu" in text_of(history[1])
    assert len(page.select(".boxes rect.found")) == 1, "a word that was put in has the place of its neighbours"


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_anything_of_a_file_is_text(archive: FileArchive, visitor: FlaskClient, attack: str) -> None:
    link = AttachmentLink(URL, attack)
    words = tuple(Word(word, (0.1, 0.1, 0.2, 0.2), 0.2) for word in attack.split())
    page = Page(1, f"{attack}\n{attack}\tb", "ocr", 0.5, words, attack, (attack,), 100, 100, title=attack)
    reading = FileReading(
        attack,
        (page,),
        (attack,),
        meta=((attack, attack),),
        warnings=(attack,),
        facts=tuple(PageFact(name, attack, 1, 0.5, attack, attack) for name in ("number", "signer", "basis")),
        members=(Member(attack, 1),),
        reader=attack,
    )
    id = archive.put_with(link, reading=replace(READING, number=None))
    digest = archive.put_file(attack.encode(), reading, attack, document=id)
    assert archive.desk
    correction = Correction(digest, "page/1", f"{attack} b", page.text, attack, attack, datetime(2026, 1, 1, tzinfo=UTC))
    archive.desk.correct(correction)
    for path in (f"/tai-lieu/{id}", f"/tep/{digest}", f"/tep/{digest}?q={attack}", f"/tep/{digest}/trang/1?q={attack}"):
        for language in ("vi", "en"):
            html = visitor.get(path, query_string={"lang": language} if "?" not in path else None).text
            parsed = BeautifulSoup(html, "lxml")
            assert {str(script["src"]).split("?")[0] for script in parsed.find_all("script")} <= {
                f"/static/{name}.js" for name in ("tangthu", "completion", "leaf")
            }
            for element in parsed.find_all(True):
                assert element.name not in {"iframe", "object", "style"}
                assert not any(name.startswith("on") or name == "style" for name in element.attrs), element
                assert not str(element.get("href", "")).lower().startswith(("javascript:", "data:")), element
            assert all(str(image["src"]).startswith(f"/tep/{digest}/") for image in parsed.find_all("img"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_file_pages_speak_both_languages(visitor: FlaskClient, digest: str, language: str) -> None:
    for path in (f"/tep/{digest}", f"/tep/{digest}?q=dự", f"/tep/{digest}/trang/1", "/tep/0"):
        page = BeautifulSoup(visitor.get(f"{path}{'&' if '?' in path else '?'}lang={language}").text, "lxml")
        assert one(page, "html")["lang"] == language
        assert len(page.find_all("h1")) == 1
        own = [str(link["href"]) for link in page.select("main a[href^='/']") if not str(link["href"]).endswith(("/goc", "/pdf"))]
        assert all(("lang=en" in href) == (language == "en") for href in own if "/anh?" not in href)


def test_programs_get_files_and_pages_as_json(visitor: FlaskClient, digest: str) -> None:
    known = visitor.get(f"/api/files/{digest}").get_json()
    assert (known["file"]["digest"], known["file"]["state"], len(known["pages"])) == (digest, "read", 2)
    page = visitor.get(f"/api/files/{digest}/pages/2").get_json()
    assert page["page"]["text"] == ANNEX
    assert len(page["page"]["words"]) == len(ANNEX.split())
    assert visitor.get("/api/files/x").get_json()["status"] == 404
    document = visitor.get(f"/api/documents/{known['documents'][0]}").get_json()
    assert document["attachments"][0]["file"]["digest"] == digest


# the results


@dataclass(frozen=True)
class FoundPage:
    """The page of an attachment that a hit names."""

    file: str
    name: str
    page: int
    snippet: str
    snippet_html: str
    others: int = 0


@dataclass(frozen=True)
class HitWithPage(Hit):
    page: FoundPage | None = None  # type: ignore[assignment, unused-ignore]


def test_a_hit_says_which_page_of_which_file_and_leads_there(archive: FileArchive, visitor: FlaskClient, digest: str) -> None:
    (id,) = archive.catalog.files().documents_of(digest)
    html = "được giao <mark>lợp mái</mark><script>"
    page = FoundPage(digest, "Quyết định\u202e 12.pdf", 2, "được giao lợp mái", html, others=3)
    archive.search.answer = Results(1, (HitWithPage(id, 1.0, "Một", "Một", "", "", "", PORTAL, page=page),))
    where = one(soup(visitor, "/tim-kiem?q=lợp+mái"), ".in-page")
    assert text_of(where) == "trang 2 của Quyết định 12.pdf và 3 trang khớp nữa được giao lợp mái"
    first, more = where.select("a")
    assert first["href"] == f"/tep/{digest}/trang/2?q=l%E1%BB%A3p+m%C3%A1i#k1"
    assert one(soup(visitor, str(first["href"])), "#k1").get_text() == "lợp"
    assert text_of(soup(visitor, str(more["href"])).select(".leaves .row")[0]).startswith("Trang 2")
    assert visitor.get("/api/search?q=lợp").get_json()["hits"][0]["page"]["page"] == 2


# what it is made of


def test_words_that_a_text_does_not_hold_are_passed_over() -> None:
    words = tuple(Word(text, (0, 0, 1, 1), 0.5) for text in ("một", "không-có", "", "hai"))
    shown = leaf(Page(1, "một hai", "ocr", 0.5, words, width=1, height=1))
    assert [place.word for place in shown.places] == [0, 3]


def test_boxes_outside_the_page_are_brought_back_to_its_edge() -> None:
    page = Page(1, "a", "ocr", 0.5, (Word("a", (-3.0, 0.5, 9.0, 0.4), 1.0),), width=1, height=1)
    (place,) = leaf(page).places
    assert (place.left, place.width, place.height) == (0, 10_000, 1)


def test_a_page_without_end_is_cut_and_says_so() -> None:
    shown = leaf(Page(1, "từ " * 200_000, "text", 1.0), [(599_990, 599_992)])
    assert shown.cut
    assert len(shown.html) < 310_000


def test_a_snippet_shows_where_most_stands_close_together() -> None:
    text = "dự toán " + "x " * 400 + "dự toán chi dự toán thu" + " y" * 400
    at = [(match, match + 7) for match in range(len(text)) if text.startswith("dự toán", match)]
    assert str(snippet(text, at)).count("<mark>") == 2
    assert str(snippet(text, at)).startswith("…")


def test_differences_of_long_texts_stay_quick() -> None:
    before = "\n".join(f"dòng {n} " + "từ " * 20 for n in range(3_000))
    made = differences(before, before.replace("dòng 7 ", "dòng bảy "))
    assert {part.kind for part in made} == {"same", "left_out", "out", "in"}
    whole = differences("a\n" * 20_000, "b\n" * 20_000)
    assert [part.kind for part in whole] == ["out", "in"]
