"""What must not get through: script in what was kept, wrong addresses, bad arguments, damaged captures."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import CannotKeep, CatalogueBusy, Damaged, NotFound
from archive.records import AttachmentLink
from search.errors import SearchError
from search.results import FILTERS, Explained, FacetValue, Hit, NamedNumber, Note, References, Results, Share
from tests.web_archive import PAGE, PORTAL, READING, WebArchive
from web import clean
from web.errors import BadRequest, answer_for
from web.security import CAPTURE_CSP, OWN_CSP

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "</template><script>alert(1)</script>",
)
SCRIPTS = ["/static/tangthu.js", "/static/completion.js"]
BODIES = (
    "<p onclick=alert(1)>a<script>alert(1)</script><style>p{}</style></p>",
    "<a href='javascript:alert(1)'>a</a><a href='data:text/html,x'>b</a>",
    "<iframe src=//evil.example></iframe><object data=x></object><embed src=x><form action=x><input name=q></form>",
    "<img src='x' onerror='alert(1)' alt='\"><script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<a title='<img src=x onerror=alert(1)>' href='https://x.example'>a</a><img src='https://x.example/\"onmouseover=alert(1)'>",
    "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'><link rel=stylesheet href=//evil.example>",
    "<p style='position:fixed;inset:0' class='masthead' id='q'>a</p>",
)


def assert_inert(html: str) -> None:
    """No script but our file, no handler, no address that runs, nothing foreign that loads by itself."""
    page = BeautifulSoup(html, "lxml")
    assert [script["src"].split("?")[0] for script in page.find_all("script")] == SCRIPTS
    for element in page.find_all(True):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), element
            assert name != "style", element
            if name in {"href", "src", "action"}:
                assert not str(value).strip().lower().startswith(("javascript:", "data:", "vbscript:")), element
        if element.name in {"img", "iframe", "link", "source", "object", "embed"}:
            address = str(element.get("src") or element.get("href") or "")
            assert address.startswith(("/", "https://tangthu.example/")), element
            assert not address.startswith("//"), element


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_any_field_of_a_document_is_text(kept: WebArchive, client: FlaskClient, attack: str) -> None:
    reading = replace(
        READING,
        title=attack,
        summary=attack,
        byline=attack,
        category=attack,
        number=attack,
        kind=attack,
        issuer=attack,
        text=attack,
        attachments=(AttachmentLink(attack, attack), AttachmentLink("javascript:alert(1)", "x")),
        reuse=replace(READING.reuse, names=(attack,), wording=attack, phone=attack),  # type: ignore[type-var]
        html="",
    )
    id = kept.put(reading=reading)
    hit = Hit(id, 1.0, attack, attack, attack, attack, attack, attack, number=attack, kind=attack, published=attack)
    kept.search.neighbours = (hit,)
    kept.search.named = References((NamedNumber(attack, (hit,)),), (hit,), 2)
    for path in ("/", f"/tai-lieu/{id}", f"/tai-lieu/{id}?lang=en", f"/tai-lieu/{id}/pb/1/nguyen-ban"):
        assert_inert(client.get(path).text)


@pytest.mark.parametrize("body", BODIES)
def test_markup_in_a_body_cannot_run_or_load(kept: WebArchive, client: FlaskClient, body: str) -> None:
    html = client.get(f"/tai-lieu/{kept.put(reading=replace(READING, html=body))}").text
    assert_inert(html)
    text = BeautifulSoup(html, "lxml").select_one(".text")
    assert text
    assert not text.find_all(["img", "iframe", "form", "input", "style", "base", "meta"])
    assert not text.select("[class]:not(.image-link), [id], [style]")


@given(st.text(alphabet="<>\"'&=/ aimgsrcoltpe!-\n", max_size=60))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_makes_the_cleaned_body_hold_more_than_it_may(kept: WebArchive, soup: str) -> None:
    with kept.app().test_request_context("/"):
        page = BeautifulSoup(str(clean.body(f"<img src='{soup}' alt=\"{soup}\">{soup}")), "lxml")
    for element in page.find_all(True):
        assert element.name not in {"img", "script", "style", "iframe", "object", "svg"}
        assert set(element.attrs) <= {"href", "rel", "class", "colspan", "rowspan", "start"}


def test_an_image_of_a_body_becomes_a_link_that_names_it(kept: WebArchive, client: FlaskClient) -> None:
    html = "<p>Trước <img src='https://stc.mau.example/a.jpg' alt='Trụ sở \"mẫu\"'> sau</p>"
    link = BeautifulSoup(client.get(f"/tai-lieu/{kept.put(reading=replace(READING, html=html))}").text, "lxml").select_one(
        ".text a.image-link"
    )
    assert link
    assert link.get_text() == 'Ảnh: Trụ sở "mẫu"'
    assert link["href"] == "https://stc.mau.example/a.jpg"
    assert set(link["rel"]) >= {"noopener", "noreferrer"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_a_search_is_text(kept: WebArchive, client: FlaskClient, attack: str) -> None:
    hit = Hit("aaaaaaaaaaaa", 1.0, attack, f"<mark>a</mark>{attack}", attack, f"<b onclick=x>{attack}</b>", attack, attack)
    facets = {name: (FacetValue(attack, 1), FacetValue("2020", 1), FacetValue("2021", 1)) for name in FILTERS}
    notes = (Note("date", attack), Note("field", attack), Note("plain", attack))
    kept.search.answer = Results(1, (hit,), facets, 0.0, notes, attack, (attack, attack), attack, attack)
    id = kept.put()
    kept.search.explained = Explained(replace(hit, id=id), 1, (Share("pair", attack, 1, 1.0, 1.0, 1.0),))
    for language in ("vi", "en"):
        asked = {"q": attack, "lang": language, "id": id, **dict.fromkeys(FILTERS, attack)}
        for path, more in (("/tim-kiem", {}), ("/tim-kiem", {"nguyenvan": "1", "sau": attack}), ("/tim-kiem/vi-sao", {})):
            response = client.get(path, query_string={**asked, **more})
            assert response.status_code == 200
            assert_inert(response.text)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_where_nothing_is_found_is_text(kept: WebArchive, client: FlaskClient, attack: str) -> None:
    query = f'{attack} {attack} "{attack}"'
    kept.search.answers = {query: Results(0, (), did_you_mean=attack)}
    kept.search.answer = Results(3, ())
    response = client.get("/tim-kiem", query_string={"q": query, "kind": attack, "year": attack})
    assert response.status_code == 200
    assert_inert(response.text)


def test_every_answer_carries_the_headers(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    paths = (
        "/",
        "/tim-kiem",
        f"/tai-lieu/{id}",
        "/tim-kiem/vi-sao",
        "/huong-dan",
        "/goi-y?q=a",
        "/nothing",
        "/api/search",
        "/healthz",
        "/static/tangthu.css",
        "/tim-kiem?trang=x",
    )
    for path in paths:
        with client.get(path) as response:
            headers = response.headers
        assert headers["Content-Security-Policy"] == OWN_CSP, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Set-Cookie" not in headers
    assert "unsafe" not in OWN_CSP


def test_no_page_holds_inline_script_or_style(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    hit = Hit(id, 1.0, "a", "a", "a", "a", "", PORTAL)
    kept.search.answer = Results(9, (hit,), {"year": (FacetValue("2020", 4), FacetValue("2021", 5))})
    kept.search.explained = Explained(hit, 1, (Share("pair", "a b", 1, 1.0, 1.0, 0.5),))
    kept.search.neighbours = (hit,)
    searched = ("/tim-kiem?q=a", f"/tim-kiem/vi-sao?q=a&id={id}", "/huong-dan")
    for path in ("/", *searched, f"/tai-lieu/{id}", f"/tai-lieu/{id}/pb/1/nguyen-ban", "/nothing"):
        page = BeautifulSoup(client.get(path).text, "lxml")
        assert not page.find_all("style")
        assert all(script.get("src") for script in page.find_all("script"))
        assert not page.select("[style]")


def test_links_that_lead_away_hide_where_they_come_from(kept: WebArchive, client: FlaskClient) -> None:
    html = "<p><a href='https://khac.example'>liên kết</a></p>"
    id = kept.put(reading=replace(READING, html=html))
    for path in (f"/tai-lieu/{id}", f"/tai-lieu/{id}/pb/1/nguyen-ban"):
        away = BeautifulSoup(client.get(path).text, "lxml").select("main a[href^='http']")
        assert away
        assert all({"noopener", "noreferrer"} <= set(link["rel"]) for link in away)


def test_a_captured_page_is_given_byte_for_byte_behind_the_sandbox(kept: WebArchive, client: FlaskClient) -> None:
    capture = kept.capture_of(kept.put())
    response = client.get(f"/ban-chup/{capture.id}")
    assert response.data == PAGE.encode()
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Security-Policy"] == CAPTURE_CSP
    assert CAPTURE_CSP.startswith("sandbox; default-src 'none'")
    assert "script-src" not in CAPTURE_CSP
    assert "allow-" not in CAPTURE_CSP
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_frame_around_a_capture_allows_nothing(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    frame = BeautifulSoup(client.get(f"/tai-lieu/{id}/pb/1/nguyen-ban").text, "lxml").select_one("iframe")
    assert frame
    assert frame.has_attr("sandbox")
    assert not frame["sandbox"]
    assert frame["src"] == f"/ban-chup/{kept.capture_of(id).id}"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("text/html; charset=windows-1258", "text/html; charset=windows-1258"),
        ("text/html", "text/html"),
        ("TEXT/HTML;CHARSET=utf-8", "text/html; charset=utf-8"),
        ("text/html; charset=no-such", "text/html"),
        ('text/html; charset="utf-8; x=y"', "text/html"),
        ("application/xhtml+xml", "text/html"),
    ],
)
def test_a_captured_page_keeps_its_charset(kept: WebArchive, client: FlaskClient, label: str, expected: str) -> None:
    capture = kept.capture_of(kept.put(content_type=label))
    assert client.get(f"/ban-chup/{capture.id}").headers["Content-Type"] == expected


@pytest.mark.parametrize("label", ["application/pdf", "image/svg+xml", "text/javascript", "application/json", "text/plain", ""])
def test_what_is_no_page_is_saved_and_never_shown(kept: WebArchive, client: FlaskClient, label: str) -> None:
    id = kept.put(body=b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", content_type=label)
    response = client.get(f"/ban-chup/{kept.capture_of(id).id}")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Security-Policy"] == CAPTURE_CSP
    page = BeautifulSoup(client.get(f"/tai-lieu/{id}/pb/1/nguyen-ban").text, "lxml")
    assert not page.select("iframe")
    assert page.select_one("a.button[href^='/ban-chup/']")


def test_a_damaged_capture_is_told_and_not_shown(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    capture = kept.capture_of(id)
    kept.damage(capture)
    for address in (f"/tai-lieu/{id}/pb/1/nguyen-ban", f"/ban-chup/{capture.id}"):
        response = client.get(address)
        assert response.status_code == 500
        assert "Bản chụp bị hỏng" in response.text
        assert capture.file in response.text
    assert client.get(f"/tai-lieu/{id}").status_code == 200, "the text is in the catalogue and stays readable"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "//evil.example/x",
        "/tai-lieu/",
        "/tai-lieu/aaaaaaaaaaaa",
        "/tai-lieu/AAAAAAAAAAAA",
        "/tai-lieu/'%20OR%201=1",
        "/tai-lieu/{id}/pb/0",
        "/tai-lieu/{id}/pb/2",
        "/tai-lieu/{id}/pb/-1",
        "/tai-lieu/{id}/pb/99999999999999999999999",
        "/tai-lieu/{id}/pb/2/nguyen-ban",
        "/ban-chup/nothing",
        "/ban-chup/" + "a" * 5000,
        "/ban-chup/..%2f..%2fetc%2fpasswd",
        "/api/documents/aaaaaaaaaaaa",
        "/static/../app.py",
    ],
)
def test_what_is_not_here_is_a_clear_404(kept: WebArchive, client: FlaskClient, path: str) -> None:
    response = client.get(path.replace("{id}", kept.put()))
    assert response.status_code == 404
    if path.startswith("/api/"):
        assert response.get_json()["status"] == 404
    else:
        assert BeautifulSoup(response.text, "lxml").select_one("form[role=search]")
        assert "evil.example" not in response.text


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "١", "501", "9" * 30, "1e3", " ", "%00", "%ED%A0%80"])
def test_a_bad_page_number_is_a_usable_400(client: FlaskClient, value: str) -> None:
    response = client.get(f"/tim-kiem?q=a&trang={value}")
    assert response.status_code == 400
    assert BeautifulSoup(response.text, "lxml").select_one("form[role=search]")


def test_an_unknown_order_is_a_400_for_people_and_programs(client: FlaskClient) -> None:
    assert client.get("/tim-kiem?sort=x").status_code == 400
    assert client.get("/api/search?sort=x").get_json()["status"] == 400


def test_a_query_of_ten_thousand_characters_is_cut_and_that_is_said(kept: WebArchive, client: FlaskClient) -> None:
    response = client.get("/tim-kiem", query_string={"q": "ngân sách " * 1000})
    assert response.status_code == 200
    assert "quá dài" in response.text
    assert len(kept.search.asked[-1].text) <= 2000
    assert len(response.data) < 100_000


@pytest.mark.parametrize("query", ["%00a%00", "%ED%A0%80", "%EF%BF%BF", "a%0D%0Ab", "%E2%80%AE", "%F0%9F%98%80", "%ff", "%"])
def test_characters_that_are_none_leave_the_page_whole(client: FlaskClient, query: str) -> None:
    response = client.get(f"/tim-kiem?q={query}")
    assert response.status_code == 200
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", response.text)


@given(query=st.binary(max_size=200).map(lambda raw: "".join(f"%{byte:02X}" for byte in raw)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_in_a_query_break_the_page(client: FlaskClient, query: str) -> None:
    response = client.get(f"/tim-kiem?q={query}&kind={query}&lang={query}")
    assert response.status_code == 200
    assert "\x00" not in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_other_methods_are_refused(client: FlaskClient, method: str) -> None:
    response = client.open("/", method=method)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_an_index_that_does_not_answer_leaves_documents_readable(kept: WebArchive, client: FlaskClient) -> None:
    id = kept.put()
    kept.search.down = True
    response = client.get("/tim-kiem?q=a")
    assert response.status_code == 503
    assert "Retry-After" in response.headers
    assert "Tìm kiếm tạm dừng" in response.text
    assert client.get(f"/tai-lieu/{id}").status_code == 200


def test_every_domain_error_has_its_status() -> None:
    errors: dict[Exception, int] = {
        NotFound("document", "x"): 404,
        Damaged("f.warc.gz", 1, "digest"): 500,
        CatalogueBusy("busy"): 503,
        CannotKeep("full"): 500,
        SearchError("gone"): 503,
        BadRequest("trang", "x"): 400,
        RuntimeError("bug"): 500,
    }
    assert {type(error): answer_for(error).status for error in errors} == {
        type(error): status for error, status in errors.items()
    }


def test_an_unforeseen_error_is_a_page_that_tells_nothing_of_the_inside(kept: WebArchive, client: FlaskClient) -> None:
    def broken(_: object) -> Results:
        raise RuntimeError("secret of the inside")

    kept.search.search = broken  # type: ignore[method-assign, assignment]
    response = client.get("/tim-kiem?q=a")
    assert response.status_code == 500
    assert "secret" not in response.text
