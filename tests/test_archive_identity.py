"""Identity: one document has one id, however its address is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.identity import canonical_url, document_id, is_document_id

SAME = [
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html",
    "https://sotaichinh.phutho.gov.vn/tin/bai-1.html",
    "HTTPS://SoTaiChinh.PhuTho.gov.vn:443/tin/bai-1.html",
    "http://www.sotaichinh.phutho.gov.vn//tin/bai-1.html/",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html#top",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html?utm_source=zalo&fbclid=1",
    "http://sotaichinh.phutho.gov.vn/tin/bai-1.html;jsessionid=AB12",
    "http://sotaichinh.phutho.gov.vn/tin/b%61i-1.html",
]


@pytest.mark.parametrize("url", SAME)
def test_ways_to_write_one_address_are_one_identity(url: str) -> None:
    assert canonical_url(url) == "sotaichinh.phutho.gov.vn/tin/bai-1.html"


def test_the_order_of_the_query_does_not_matter_and_its_values_do() -> None:
    assert canonical_url("http://a.vn/?b=2&a=1") == canonical_url("http://a.vn/?a=1&b=2")
    assert canonical_url("http://a.vn/?id=1") != canonical_url("http://a.vn/?id=2")


def test_an_address_without_host_is_refused() -> None:
    with pytest.raises(ValueError, match="without a host"):
        canonical_url("/tin/1")


def test_an_id_is_twelve_characters_of_base32_and_never_changes() -> None:
    """These ids stand in citations: if this fails, permanent addresses broke."""
    assert document_id("sample:1001") == "ih27jlr4sidq"
    assert document_id("sotaichinh.phutho.gov.vn:tin/bai-1.html") == "qurolg6h74n2"


@given(st.text())
def test_every_identity_gives_a_well_formed_id(identity: str) -> None:
    assert is_document_id(document_id(identity.encode("utf-8", "replace").decode()))


@given(st.from_regex(r"[a-z]{1,9}\.vn", fullmatch=True), st.text(max_size=30))
def test_the_canonical_form_is_its_own_canonical_form(host: str, path: str) -> None:
    path = path.replace("#", "").replace("?", "").encode("utf-8", "ignore").decode()
    once = canonical_url(f"http://{host}/{path}")
    assert canonical_url(f"http://{once}") == once
