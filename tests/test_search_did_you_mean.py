"""Another spelling of a query, of the index's own words."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.content import announcements
from search.asking.did_you_mean import did_you_mean
from search.postings import Postings
from search.schema import IndexDocument
from search.words.text import fold
from tests.sample_index import sample_snapshot

MORE = tuple(
    IndexDocument(f"m{i}", "p", "u", title, "", body)
    for i, (title, body) in enumerate(
        [
            ("Chính sách hỗ trợ giáo dục", "Chia sẻ thông tin, bổ sung chính sách. Ngành nghề kinh doanh."),
            ("Sửa chữa trụ sở", "Công ty sửa chữa nhà làm việc. Nghiêm cấm sắp xếp sai. Người lao động nghỉ ngơi."),
            ("Xuất khẩu qua hải quan", "Thủ tục hải quan khi xuất khẩu; giao dịch điện tử."),
            ("Văn bản chép sai", "thôngbáo"),
        ]
    )
)


@pytest.fixture(scope="module")
def postings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postings]:
    with sample_snapshot(tmp_path_factory.mktemp("index"), *MORE) as snapshot:
        yield snapshot.postings


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("thôg báo", "thông báo"),
        ("Thôg báo", "Thông báo"),
        ("THÔGN BÁO", "THÔNG BÁO"),
        ("thogn bao", "thông báo"),
        ("quyết địhn", "quyết định"),
        ("chính xách", "chính sách"),
        ("chinh xach", "chính sách"),
        ("hỗ chợ", "hỗ trợ"),
        ("giáo giục", "giáo dục"),
        ("nghành nghề", "ngành nghề"),
        ("bổ xung", "bổ sung"),
        ("chia xẻ", "chia sẻ"),
        ("sửa chửa", "sửa chữa"),
        ("công ti", "công ty"),
        ("ngiêm cấm", "nghiêm cấm"),
        ("xuất khẩo", "xuất khẩu"),
        ("giao dịk", "giao dịch"),
        ("thủ tục hải quaan", "thủ tục hải quan"),
        ("ngân sáchh nhà nước", "ngân sách nhà nước"),
        ("ngânsách", "ngân sách"),
        ("ngansach", "ngân sách"),
        ("thôngbáo", "thông báo"),
        ('"thôg báo" +quyết tieude:ngân -sáchh so:12/tb', '"thông báo" +quyết tieude:ngân -sách so:12/tb'),
        ("(thôg HOẶC quyết) 123/TB-STC", "(thông HOẶC quyết) 123/TB-STC"),
    ],
)
def test_slips_and_confusions_are_mended(postings: Postings, text: str, meant: str) -> None:
    assert did_you_mean(text, postings) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "thông báo công khai ngân sách",
        "thong bao cong khai ngan sach",
        "blockchain",
        "python",
        "xyzzyq",
        "asdfgh qwerty",
        "ông Washington thông báo",
        "12/QĐ-UBND",
        "UBNX",
        "so:thôg",
        "ngâ* thôg~",
        "2020",
        '"',
    ],
)
def test_what_is_known_or_like_nothing_known_has_no_other_spelling(postings: Postings, text: str) -> None:
    assert did_you_mean(text, postings) is None


def test_titles_of_the_index_have_no_other_spelling(postings: Postings) -> None:
    titles = [each.title for each in announcements()]
    assert [title for title in titles if did_you_mean(title, postings) or did_you_mean(fold(title), postings)] == []


def test_a_phrase_is_offered_only_if_it_stands_so_in_the_index(postings: Postings) -> None:
    assert did_you_mean('"thôg báo"', postings) == '"thông báo"'
    assert did_you_mean('"báo thôg"', postings) is None


def test_words_of_the_suggestion_are_known(postings: Postings) -> None:
    for text in ("thôgn", "quyêts", "ngâhn sách", "tài chínhh"):
        offered = did_you_mean(text, postings)
        if offered:
            assert all(postings.frequency("places", postings.typed(form)) for form in offered.split())


def test_an_empty_index_offers_nothing() -> None:
    assert did_you_mean("thôg báo", Postings([], np.zeros(0, np.int64))) is None


@given(text=st.text(max_size=60) | st.text('thôgnbaoáix "()+-:*', max_size=80))
def test_any_text_is_answered(postings: Postings, text: str) -> None:
    offered = did_you_mean(text, postings)
    assert offered is None or offered != text


def test_long_texts_take_little_time(postings: Postings) -> None:
    did_you_mean("thôg", postings)
    started = time.thread_time()
    did_you_mean("thôgx báox " * 500, postings)
    did_you_mean("ngânsách" * 500, postings)
    assert time.thread_time() - started < 0.5
