"""Identity: one document has one id, however its address is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.identity import canonical_url, document_id, is_document_id, without_session

SAME = [
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html",
    "https://sotaichinh.phutho.gov.vn/tin/bai-1.html",
    "HTTPS://SoTaiChinh.PhuTho.gov.vn:443/tin/bai-1.html",
    "http://www.sotaichinh.phutho.gov.vn//tin/bai-1.html/",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html#top",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html?utm_source=zalo&fbclid=1",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html;jsessionid=AB12",
    "http://sotaichinh.phutho.gov.vn/tin/b%61i-1.html",
    "http://sotaichinh.phutho.gov.vn/(S(lit3py55t21z5v55vlm25s55))/tin/bai-1.html",
    "http://sotaichinh.phutho.gov.vn/tin/(X(1)S(lit3py55t21z5v55vlm25s55))/bai-1.html",
    "http://sotaichinh.phutho.gov.vn/tin/%28S%28abcdefghijklmnopqrstuvwx%29%29/bai-1.html",
    "http://sotaichinh.phutho.gov.vn/(A(Qm2kYv1vygEkAAAAOTQ5)S(lit3py55t21z5v55vlm25s55))/tin/bai-1.html",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html;JSESSIONID=AB12!-17",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html?p_auth=a8Xw2Lq0",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html?_afrLoop=17420&_adf.ctrl-state=x_4&_afrWindowMode=0",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html?ASP.NET_SessionId=x&session_id=2",
]


@pytest.mark.parametrize("url", SAME)
def test_ways_to_write_one_address_are_one_identity(url: str) -> None:
    assert canonical_url(url) == "sotaichinh.phutho.gov.vn/tin/bai-1.html"


def test_the_order_of_the_query_does_not_matter_and_its_values_do() -> None:
    assert canonical_url("http://a.vn/?b=2&a=1") == canonical_url("http://a.vn/?a=1&b=2")
    assert canonical_url("http://a.vn/?id=1") != canonical_url("http://a.vn/?id=2")


@pytest.mark.parametrize("url", ["/tin/1", "http:///a", "http://./a", "http://:80/a", "http://a b.vn/", "", "http://?a=1"])
def test_an_address_without_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="without a host"):
        canonical_url(url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/tin/%E1", "/tin/%E2"),
        ("/?q=%E1", "/?q=%E2"),
        ("/a%2Fb", "/a/b"),
        ("/a%3Fb=1", "/a?b=1"),
        ("/?sid=1001", "/?sid=1002"),
        ("/?sid=deadbeefdeadbeef", "/?sid=deadbeefdeadbeee"),
        ("/tin/1?print=1", "/tin/1"),
        ("/tin/1?share=2", "/tin/1"),
        ("/tin/(S(1))/bai", "/tin/bai"),
        ("/tin/(S(lit3py55t21z5v55vlm25s5))/bai", "/tin/bai"),
        ("/(S(lit3py55t21z5v55vlm25s55))bai", "/bai"),
        ("/bai-(S(lit3py55t21z5v55vlm25s55))", "/bai-"),
        ("/(T(lit3py55t21z5v55vlm25s55))/bai", "/bai"),
        ("/tin/bai;id=1", "/tin/bai;id=2"),
        ("/tin/bai;jsessionid=A;id=1", "/tin/bai;jsessionid=A;id=2"),
        ("/tin?auth=1", "/tin?auth=2"),
        ("/tin?afrLoop=1", "/tin?afrLoop=2"),
        ("/tin?session=1", "/tin?session=2"),
    ],
)
def test_addresses_of_different_pages_are_different_identities(one: str, other: str) -> None:
    assert canonical_url(f"http://a.vn{one}") != canonical_url(f"http://a.vn{other}")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://a.vn/thông báo", "a.vn/th%C3%B4ng%20b%C3%A1o"),
        ("http://a.vn/th%c3%b4ng%20b%c3%a1o", "a.vn/th%C3%B4ng%20b%C3%A1o"),
        ("http://a.vn/%7Emau/%61", "a.vn/~mau/a"),
        ("http://a.vn/100%", "a.vn/100%25"),
        ("http://a.vn/x;%6Asessionid=1/y", "a.vn/x/y"),
        ("http://a.vn/?q=m%E1%BB%99t+hai&b", "a.vn?b=&q=m%E1%BB%99t+hai"),
        ("http://a.vn/tin?sid=1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d&id=1", "a.vn/tin?id=1"),
        ("http://a.vn/tin?PHPSESSID=x&sessionid=1", "a.vn/tin"),
        ("http://www.www.a.vn./", "a.vn"),
        ("http://[::1]:8017/a", "[::1]/a"),
    ],
)
def test_the_canonical_form_of(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_an_id_is_twelve_characters_of_base32_and_never_changes() -> None:
    """These ids stand in citations: if this fails, permanent addresses broke."""
    assert document_id("sample:1001") == "ih27jlr4sidq"
    assert document_id("sotaichinh.phutho.gov.vn:tin/bai-1.html") == "qurolg6h74n2"


@given(st.text())
def test_every_identity_gives_a_well_formed_id(identity: str) -> None:
    assert is_document_id(document_id(identity.encode("utf-8", "replace").decode()))


@given(st.from_regex(r"[a-z]{1,9}\.vn", fullmatch=True), st.text(max_size=30))
def test_the_canonical_form_is_its_own_canonical_form(host: str, path: str) -> None:
    path = path.encode("utf-8", "ignore").decode()
    once = canonical_url(f"http://{host}/{path}")
    assert canonical_url(f"http://{once}") == once
    assert once.isascii()


PIECES = [
    "/(S(lit3py55t21z5v55vlm25s55))",
    "/(S(",
    "))",
    *"abwW.:[]@%/?#&=;+ 0129\\\t\n\x00\u2100ễİ",
    "www.",
    "%E1",
    "%2f",
    ";jsessionid=",
    "%6Asessionid",
    "sid=",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_address_has_a_canonical_form_or_is_refused(text: str) -> None:
    try:
        once = canonical_url(f"http://{text}")
    except ValueError:
        return
    assert canonical_url(f"http://{once}") == once


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://a.vn/tin;jsessionid=AB12?page=2", "http://a.vn/tin?page=2"),
        ("http://a.vn/tin?PHPSESSID=1&q=m%E1+x&page=2", "http://a.vn/tin?q=m%E1+x&page=2"),
        ("http://a.vn/tin?p_auth=xY12", "http://a.vn/tin"),
        ("http://a.vn/tin?b=&a", "http://a.vn/tin?b=&a"),
        ("http://a.vn/(S(lit3py55t21z5v55vlm25s55))/tin?sid=7", "http://a.vn/(S(lit3py55t21z5v55vlm25s55))/tin?sid=7"),
    ],
)
def test_a_session_is_taken_out_of_an_address_and_nothing_else_changes(url: str, plain: str) -> None:
    assert without_session(url) == plain
    assert canonical_url(url) == canonical_url(plain)
