"""The archivists' desk: who gets in, what it takes, what it refuses, what it corrects."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.pages import FileReading
from tests.test_web_files import one, text_of
from tests.web_files import ANNEX, LETTER, FileArchive, scan
from web.correcting import typed
from web.desk import day_of, iso_day
from web.errors import TooOften
from web.sessions import COOKIE, LONGEST_WAIT_S, Patience

NAME, PASSWORD = "Lê Mẫu", "mật khẩu mẫu"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    made = FileArchive(tmp_path)
    yield made
    made.catalog.close()


@pytest.fixture
def app(archive: FileArchive) -> Flask:
    return archive.app(site_url=None, max_upload_bytes=200_000)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def archivist(visitor: FlaskClient) -> FlaskClient:
    assert sign_in(visitor).status_code == 303
    return visitor


@pytest.fixture
def digest(archive: FileArchive) -> str:
    data, reading = scan(LETTER, ANNEX, unsure={"kênh.": 0.4, "Thí": 0.71})
    return archive.put_file(data, reading)


def page_at(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.text, "lxml")


def token(client: FlaskClient, path: str) -> str:
    return str(one(page_at(client, path), "main form input[name=token]")["value"])


def sign_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD, onward: str = "") -> TestResponse:
    sent = token(client, "/ban-lam-viec/dang-nhap")
    data = {"token": sent, "name": name, "password": password, "tiep": onward}
    return client.post("/ban-lam-viec/dang-nhap", data=data)


def hand_in(client: FlaskClient, *files: tuple[bytes, str], **facts: str) -> TestResponse:
    data = {"token": token(client, "/ban-lam-viec/nhap"), **facts, "tep": [(io.BytesIO(data), name) for data, name in files]}
    return client.post("/ban-lam-viec/nhap", data=data, content_type="multipart/form-data")


# who gets in


def test_visitors_see_the_way_in_and_nothing_else_of_the_desk(visitor: FlaskClient, digest: str) -> None:
    for path in ("/", f"/tep/{digest}", f"/tep/{digest}/trang/1"):
        page = page_at(visitor, path)
        assert [str(link["href"]) for link in page.select("a[href^='/ban-lam-viec']")] == ["/ban-lam-viec"]
    for path in ("", "/nhap", f"/sua/{digest}/1", f"/du-kien/{digest}"):
        answer = visitor.get(f"/ban-lam-viec{path}")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/ban-lam-viec/dang-nhap?tiep=/ban-lam-viec")
        assert "kênh" not in answer.text


def test_a_session_is_out_of_reach_of_scripts_and_other_sites(archive: FileArchive) -> None:
    cookies = sign_in(archive.app(site_url=None).test_client()).headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(session.split("; "))
    assert "Secure" not in session
    client = archive.app(site_url="https://tangthu.example").test_client()
    answer = client.get("/ban-lam-viec/dang-nhap", base_url="https://tangthu.example")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_after_signing_in_one_goes_where_one_wanted_to_go_but_not_elsewhere(visitor: FlaskClient, digest: str) -> None:
    wanted = f"/ban-lam-viec/sua/{digest}/2"
    assert sign_in(visitor, onward=wanted).headers["Location"] == wanted
    assert visitor.get("/ban-lam-viec/dang-nhap?tiep=/tep/1").headers["Location"] == "/tep/1"
    for elsewhere in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/ban-lam-viec\\x",
        "javascript:alert(1)",
        "/goi-y",
    ):
        answer = visitor.get("/ban-lam-viec/dang-nhap", query_string={"tiep": elsewhere})
        assert answer.headers["Location"] == "/ban-lam-viec"


@pytest.mark.parametrize(
    ("name", "password"), [(NAME, "sai"), ("Ai Đó", PASSWORD), ("", ""), (NAME, "x" * 1001), ("x" * 101, "x")]
)
def test_wrong_names_and_passwords_get_one_and_the_same_answer(visitor: FlaskClient, name: str, password: str) -> None:
    answer = sign_in(visitor, name, password)
    assert answer.status_code == 403
    assert "Tên hoặc mật khẩu không đúng." in answer.text
    assert COOKIE not in str(answer.headers.getlist("Set-Cookie"))
    assert visitor.get("/ban-lam-viec").status_code == 303


def test_guessing_is_slowed_down_and_says_for_how_long(visitor: FlaskClient) -> None:
    for _ in range(3):
        sign_in(visitor, password="sai")
    answer = sign_in(visitor)
    assert answer.status_code == 429, "the right password has to wait too"
    assert int(answer.headers["Retry-After"]) >= 1


def test_patience_doubles_ends_and_forgets() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    for _ in range(20):
        patience.failed(["a"])
    now[0] = LONGEST_WAIT_S - 1
    with pytest.raises(TooOften) as wait:
        patience.ask(["b", "a"])
    assert 0 < wait.value.wait_s <= 1
    patience.ask(["b"])
    patience.succeeded(["a"])
    patience.ask(["a"])
    for number in range(10_000):
        patience.failed([str(number)])
    assert len(patience._failures) <= 4_096


def test_a_session_ends_with_signing_out_with_another_password_and_with_a_changed_cookie(
    archive: FileArchive, app: Flask, archivist: FlaskClient
) -> None:
    assert archive.desk
    cookie = archivist.get_cookie(COOKIE)
    assert cookie
    for bad in (cookie.value[:-1], cookie.value + "x", "a.b.c.d", "\u00e9", ".", cookie.value.replace(".", "", 1)):
        stranger = app.test_client()
        stranger.set_cookie(COOKIE, bad)
        assert stranger.get("/ban-lam-viec").status_code == 303
    archive.desk.passwords[NAME] = "mật khẩu mới"
    assert archivist.get("/ban-lam-viec").status_code == 303
    assert sign_in(archivist, password="mật khẩu mới").status_code == 303
    out = archivist.post("/ban-lam-viec/dang-xuat", data={"token": token(archivist, "/ban-lam-viec")})
    assert out.status_code == 303
    assert archivist.get("/ban-lam-viec").status_code == 303


def test_a_form_that_is_not_ours_does_nothing(archive: FileArchive, archivist: FlaskClient, digest: str) -> None:
    assert archive.desk
    good = token(archivist, "/ban-lam-viec")
    change = {"text": "khác", "reason": "x", "seen": ""}
    for sent, headers in (
        ("", {}),
        ("sai", {}),
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Sec-Fetch-Site": "same-site"}),
    ):
        for path in (f"/sua/{digest}/1", f"/du-kien/{digest}", "/nhap", "/dang-xuat"):
            answer = archivist.post(f"/ban-lam-viec{path}", data={**change, "token": sent}, headers=headers)
            assert answer.status_code == 403, path
    assert archivist.get("/ban-lam-viec").status_code == 200
    assert archive.desk.count() == 0


def test_nobody_posts_without_signing_in(visitor: FlaskClient, digest: str) -> None:
    for path in (f"/sua/{digest}/1", f"/du-kien/{digest}", "/nhap", "/dang-xuat"):
        answer = visitor.post(f"/ban-lam-viec{path}", data={"text": "x"})
        assert answer.status_code == 403
        assert "Cần đăng nhập" in answer.text


def test_nothing_but_the_desk_takes_posts(archivist: FlaskClient, digest: str) -> None:
    for path in ("/", "/tim-kiem", f"/tep/{digest}", f"/tep/{digest}/trang/1", "/ban-lam-viec", "/healthz"):
        assert archivist.post(path, data={"a": "b"}).status_code == 405


def test_pages_of_the_desk_are_neither_stored_nor_compressed(archivist: FlaskClient) -> None:
    answer = archivist.get("/ban-lam-viec/nhap", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers
    assert "Cookie" in answer.headers["Vary"]


# what needs a hand


def test_the_desk_lists_what_failed_what_is_unsure_and_what_waits(
    archive: FileArchive, archivist: FlaskClient, digest: str
) -> None:
    archive.put_file(b"mat", FileReading("pdf", failed="encrypted"), "Tệp mật.pdf", "https://stc.mau.example/mat.pdf")
    archive.put_file(b"cho", None, "Đang chờ.doc", "https://stc.mau.example/cho.doc")
    page = page_at(archivist, "/ban-lam-viec")
    unsure = page.select(".desk-columns .rows .row")
    assert [text_of(row) for row in unsure] == ["3 chữ Trang 2 của Quyết định 12/QĐ-STC.pdf xem trang"]
    assert one(unsure[0], "h3 a")["href"] == f"/ban-lam-viec/sua/{digest}/2"
    assert [text_of(item) for item in page.select(".plain-list li")] == [
        "Tệp mật.pdf không đọc được: tệp có mật khẩu",
        "Đang chờ.doc 3 byte",
    ]


# handing in


def test_files_are_handed_in_with_what_the_archivist_knows_of_them(archive: FileArchive, archivist: FlaskClient) -> None:
    assert archive.desk
    answer = hand_in(
        archivist,
        (b"%PDF mau", "hồ sơ/Quyết định.pdf"),
        title=" Quyết định\nmẫu ",
        number="12/QĐ-STC",
        issued="3/2/2020",
        source="Phòng Mẫu",
    )
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "lxml")
    (entry,) = archive.desk.entries
    assert (entry.name, entry.by) == ("Quyết định.pdf", NAME)
    assert dict(entry.facts) == {"title": "Quyết định mẫu", "number": "12/QĐ-STC", "issued": "2020-02-03", "source": "Phòng Mẫu"}
    address = str(one(page, ".outcomes h3 a")["href"])
    document = page_at(archivist, address)
    slip = text_of(one(document, ".slip"))
    assert "Quyết định.pdf Lê Mẫu nhập lúc" in slip
    assert "Phòng Mẫu" in slip
    assert archivist.get(f"/tep/{entry.file}/goc").data == b"%PDF mau"
    original = page_at(archivist, f"{address}/pb/1/nguyen-ban")
    assert "do Lê Mẫu nhập từ một tệp" in text_of(original)
    assert "urn:" not in text_of(document)


def test_several_files_come_at_once_and_each_has_its_own_outcome(archive: FileArchive, archivist: FlaskClient) -> None:
    answer = hand_in(archivist, (b"mot", "một.doc"), (b"", "rỗng.doc"), (b"mot", "lại.doc"), issuer="Sở Mẫu")
    rows = [text_of(row) for row in BeautifulSoup(answer.text, "lxml").select(".outcomes .row")]
    assert rows[0].startswith("đã lưu một.doc")
    assert rows[1] == "chưa lưu rỗng.doc tệp rỗng, không có gì để lưu"
    assert rows[2].startswith("đã có từ trước lại.doc")
    assert "Lưu được 2 trong 3 tệp" in answer.text


@pytest.mark.parametrize(
    ("files", "facts", "said"),
    [
        ((), {}, "Chưa chọn tệp nào."),
        (((b"a", "a"), (b"b", "b")), {"number": "1/TB"}, "là của riêng từng tệp"),
        (((b"a", "a"),), {"issued": "32/13/2020"}, "Không đọc được ngày “32/13/2020”"),
    ],
)
def test_a_form_that_cannot_be_used_comes_back_as_it_was_filled(
    archive: FileArchive, archivist: FlaskClient, files: tuple[tuple[bytes, str], ...], facts: dict[str, str], said: str
) -> None:
    assert archive.desk
    answer = hand_in(archivist, *files, signer="Người Ký Mẫu", **facts)
    page = BeautifulSoup(answer.text, "lxml")
    assert answer.status_code == 400
    assert said in text_of(page)
    assert one(page, "#o-signer")["value"] == "Người Ký Mẫu"
    problem = one(page, ".problem[id]")
    assert page.select(f"[aria-describedby={problem['id']}]") or problem["id"] == "loi-title"
    assert archive.desk.entries == []


def test_more_than_is_taken_at_once_is_refused_with_the_way_out(archive: FileArchive, archivist: FlaskClient) -> None:
    assert archive.desk
    answer = hand_in(archivist, (b"x" * 300_000, "to.pdf"))
    assert answer.status_code == 413
    assert "Hãy nhập ít tệp hơn mỗi lần" in answer.text
    assert archive.desk.entries == []
    assert hand_in(archivist, (b"x" * 190_000, "vừa.pdf")).status_code == 200


@pytest.mark.parametrize(
    ("text", "iso"),
    [("15/6/2020", "2020-06-15"), ("6/2020", "2020-06"), ("2020", "2020"), ("ngày 3 tháng 2 năm 2020", "2020-02-03")],
)
def test_dates_are_read_as_people_write_them(text: str, iso: str) -> None:
    assert iso_day(text) == (iso, None)
    assert iso_day(day_of(iso)) == (iso, None)


# correcting


def correct(client: FlaskClient, path: str, **changed: str) -> TestResponse:
    """Fill in the form at `path` and send it."""
    form = one(page_at(client, path), "main form.form")
    fields = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]")}
    fields |= {str(area["name"]): area.get_text().removeprefix("\n") for area in form.select("textarea[name]")}
    return client.post(path, data={**fields, **changed})


def test_a_corrected_page_says_what_it_says_now_and_who_said_so(archivist: FlaskClient, digest: str) -> None:
    text = ANNEX.replace("kênh", "kênh mương").replace("\n", "\r\n")
    answer = correct(archivist, f"/ban-lam-viec/sua/{digest}/2", text=text, reason="đối chiếu bản giấy")
    assert answer.headers["Location"] == f"/tep/{digest}/trang/2#lich-su"
    page = page_at(archivist, f"/tep/{digest}/trang/2")
    assert "nạo vét kênh mương." in text_of(one(page, ".leaf-text"))
    history = text_of(one(page, ".history"))
    assert "Lê Mẫu" in history
    assert "đối chiếu bản giấy" in history
    assert archivist.get("/ban-lam-viec").text.count("Trang 2 của") == 0, "it needs no hand any more"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": "x"}, "Nội dung không khác gì bản đang có"),
        ({"text": f"\n{ANNEX}  \r\n\n", "reason": "x"}, "Nội dung không khác gì bản đang có"),
        ({"text": "khác", "reason": "  "}, "Hãy ghi lý do"),
    ],
)
def test_what_changes_nothing_or_gives_no_reason_is_kindly_refused(
    archive: FileArchive, archivist: FlaskClient, digest: str, changed: dict[str, str], said: str
) -> None:
    assert archive.desk
    answer = correct(archivist, f"/ban-lam-viec/sua/{digest}/2", **changed)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "lxml")
    assert said in text_of(page)
    assert typed(one(page, "textarea").get_text()) == typed(changed.get("text", ANNEX))
    assert archive.desk.count() == 0


def test_of_two_who_correct_one_page_the_second_sees_both_texts_and_loses_nothing(
    archive: FileArchive, archivist: FlaskClient, digest: str
) -> None:
    assert archive.desk
    path = f"/ban-lam-viec/sua/{digest}/2"
    before = page_at(archivist, path)
    fields = {str(field["name"]): str(field["value"]) for field in before.select("form.form input[type=hidden]")}
    correct(archivist, path, text=ANNEX.replace("ba trăm", "bốn trăm"), reason="người thứ nhất")
    mine = ANNEX.replace("hai trăm", "năm trăm")
    answer = archivist.post(path, data={**fields, "text": mine, "reason": "người thứ hai"})
    assert answer.status_code == 409
    page = BeautifulSoup(answer.text, "lxml")
    assert typed(one(page, "textarea").get_text()) == mine
    assert one(page, "#ly-do")["value"] == "người thứ hai"
    conflict = one(page, ".notice--conflict")
    assert "người thứ nhất" in text_of(conflict)
    assert "bốn trăm" in one(conflict, "pre").get_text()
    assert {"bốn", "hai"} <= {gone.get_text() for gone in conflict.find_all("del")}
    assert archive.desk.count() == 1
    again = {str(field["name"]): str(field["value"]) for field in page.select("form.form input[type=hidden]")}
    assert archivist.post(path, data={**again, "text": mine, "reason": "người thứ hai"}).status_code == 303
    assert archive.catalog.files().page(digest, 2).page.text == mine


def test_facts_of_a_file_are_corrected_field_by_field(archive: FileArchive, archivist: FlaskClient, digest: str) -> None:
    assert archive.desk
    path = f"/ban-lam-viec/du-kien/{digest}"
    assert one(page_at(archivist, path), "#o-issued")["value"] == "3/2/2020"
    answer = correct(archivist, path, signer="Người Ký Khác", issued="4/2/2020", reason="đọc nhầm")
    assert answer.headers["Location"] == f"/tep/{digest}#tep-ghi"
    made = {each.field: (each.before, each.value) for each in archive.catalog.files().corrections(digest)}
    assert made == {"issued": ("2020-02-03", "2020-02-04"), "signer": ("Người Ký Mẫu", "Người Ký Khác")}
    assert correct(archivist, path, reason="x").status_code == 400
    assert correct(archivist, path, signer="a").status_code == 400
    assert correct(archivist, path, issued="hôm nọ", reason="x").status_code == 400
    assert correct(archivist, path, seen="sai", signer="Khác nữa", reason="x").status_code == 409
    assert archive.desk.count() == 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_control_of_the_desk_has_a_label_in_both_languages(archivist: FlaskClient, digest: str, language: str) -> None:
    for path in ("", "/nhap", f"/sua/{digest}/2", f"/du-kien/{digest}"):
        page = page_at(archivist, f"/ban-lam-viec{path}?lang={language}")
        assert one(page, "html")["lang"] == language
        assert len(page.find_all("h1")) == 1
        for control in page.select("main input:not([type=hidden]), main textarea, main select"):
            assert page.select_one(f"label[for='{control['id']}']"), control
        for form in page.select("main form[method=post]"):
            assert form.select_one("input[name=token]")
