"""Ways to go on with what is being typed."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.asking.completion import complete
from search.postings import Postings
from search.results import Completion
from search.schema import IndexDocument
from search.searcher import Searcher
from search.snapshot import Snapshot
from search.whoosh_engine import WhooshEngine


def document(id: str, title: str, published: str = "2020-01-01", number: str = "", issuer: str = "") -> IndexDocument:
    return IndexDocument(id, "p", "u", title, "", "Quyết định cao đẳng.", published=published, number=number, issuer=issuer)


STC, UBND, HDND = "Sở Tài chính", "Ủy ban nhân dân tỉnh Phú Thọ", "Hội đồng nhân dân tỉnh Phú Thọ"
DOCUMENTS = (
    document("tb1", "Thông báo công khai ngân sách", "2019-01-01", "12/TB-STC", STC),
    document("tb2", "Thông báo tuyển dụng", "2021-01-01", "123/TB-STC", STC),
    document("qd1", "Quyết định về giá đất", "2020-05-01", "34/2021/QĐ-UBND", UBND),
    document("qd2", "Quyết định giá đất  năm\n2021", "2021-05-01", "35/2021/QĐ-UBND", UBND),
    document("dinh", "Đình chỉ thi công", "2022-01-01", "1234/QĐ-STC", STC),
    document("nfd", unicodedata.normalize("NFD", "Định giá tài sản"), "2018-01-01"),
    document("giao", "Về đất giao cho xã: quyết định và giá", "2023-01-01"),
    document("nq", "Nghị quyết của Hội đồng", "2023-01-01", "12/NQ-HĐND", HDND),
    document("same1", "Lịch tiếp công dân", "2019-01-01", "77/TB-STC"),
    document("same2", "LỊCH TIẾP CÔNG DÂN", "2020-01-01", "77/TB-STC"),
    document("same3", "Lịch tiếp công dân.", "2018-01-01"),
    document("bare", "Thong bao khong dau", "2017-01-01"),
    document("lich", "Lịch làm việc", "2024-01-01"),
    document("none", ""),
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    generation = WhooshEngine().create(tmp_path_factory.mktemp("index"))
    generation.write([*DOCUMENTS[:6], document("gone", "Thông báo đã gỡ", number="12/GM-STC", issuer="Sở Đã Gỡ")], [], 1)
    generation.write(DOCUMENTS[6:], ["gone"], 2)
    with generation.newest() as snapshot:
        yield snapshot
    generation.close()


def offered(snapshot: Snapshot, text: str, kind: str = "", limit: int = 8) -> list[str]:
    found = complete(snapshot.postings, snapshot.shown, text, limit)
    return [each.text if each.kind != "title" else each.id or "" for each in found if not kind or each.kind == kind]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("thong ba", ["tb2", "tb1", "bare"]),
        ("thông báo", ["tb2", "tb1", "bare"]),
        ("thông bá", ["tb2", "tb1", "bare"]),
        ("THÔNG BÁO TU", ["tb2"]),
        ("thông báo ngân", ["tb1"]),
        ("bao thong ", ["tb2", "tb1", "bare"]),
        ("quyê", ["qd2", "qd1", "giao", "nq"]),
        ("quyết định giá", ["qd2", "qd1", "giao"]),
        ("định", ["nfd", "giao", "qd2", "qd1", "dinh"]),
        ("đinh", ["dinh", "nfd", "giao", "qd2", "qd1"]),
        ("thông ", ["tb2", "tb1", "bare"]),
        ("thôn ", []),
        ("thoong baos tuy", ["tb2"]),
        ("tho6ng ba1o ngan", ["tb1"]),
        ("cao đẳng", []),
        ("thông báo đã gỡ", []),
        ("lich", ["same2", "lich"]),
        ("", []),
        ("   ", []),
        ("!?", []),
    ],
)
def test_titles_go_on_from_their_words(snapshot: Snapshot, text: str, ids: list[str]) -> None:
    assert offered(snapshot, text, "title") == ids


def test_a_title_is_offered_once_as_it_is_written_and_as_one_line(snapshot: Snapshot) -> None:
    found = complete(snapshot.postings, snapshot.shown, "lich tiep", 8)
    assert found == (Completion("title", "LỊCH TIẾP CÔNG DÂN", "same2"),)
    assert complete(snapshot.postings, snapshot.shown, "quyet dinh gia dat nam", 1)[0].text == "Quyết định giá đất năm 2021"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12", ["12/NQ-HĐND", "12/TB-STC", "1234/QĐ-STC", "123/TB-STC"]),
        ("12/", ["12/NQ-HĐND", "12/TB-STC"]),
        ("12/t", ["12/TB-STC"]),
        ("so 12 tb", ["12/TB-STC"]),
        ("số: 012/tb-stc", ["12/TB-STC"]),
        ("34/2021/q", ["34/2021/QĐ-UBND"]),
        ("qd-ub", ["35/2021/QĐ-UBND", "34/2021/QĐ-UBND"]),
        ("QĐ", ["1234/QĐ-STC", "35/2021/QĐ-UBND", "34/2021/QĐ-UBND"]),
        ("nq-hđnd", ["12/NQ-HĐND"]),
        ("qd", []),
        ("12/gm", []),
        ("99", []),
        ("năm 12", []),
    ],
)
def test_numbers_go_on_from_their_beginning(snapshot: Snapshot, text: str, numbers: list[str]) -> None:
    assert offered(snapshot, text, "number") == numbers


def test_a_number_leads_to_its_document_where_only_one_has_it(snapshot: Snapshot) -> None:
    assert complete(snapshot.postings, snapshot.shown, "12/tb", 8)[0] == Completion("number", "12/TB-STC", "tb1")
    assert complete(snapshot.postings, snapshot.shown, "77", 8)[0] == Completion("number", "77/TB-STC", None)


@pytest.mark.parametrize(
    ("text", "issuers"),
    [
        ("so tai", [STC]),
        ("sở t", [STC]),
        ("tài chính", [STC]),
        ("nhan dan", [UBND, HDND]),
        ("nhan dan huyen", []),
        ("ủy ban", [UBND]),
        ("uỷ ban", [UBND]),
        ("ubnd", [UBND]),
        ("hdn", [HDND]),
        ("sở đã", []),
        ("tai so", []),
    ],
)
def test_bodies_go_on_from_their_words_and_initials(snapshot: Snapshot, text: str, issuers: list[str]) -> None:
    assert offered(snapshot, text, "issuer") == issuers


def test_no_more_is_given_than_was_asked_for(snapshot: Snapshot) -> None:
    for limit in (0, 1, 2, 3, -1):
        for text in ("12", "so tai", "thong bao", "t"):
            assert len(complete(snapshot.postings, snapshot.shown, text, limit)) <= max(0, limit)


@given(text=st.text(max_size=300) | st.text('thôngbáoqđ-/.12 số:*"', max_size=40))
def test_any_text_is_answered(snapshot: Snapshot, text: str) -> None:
    assert all(each.text for each in complete(snapshot.postings, snapshot.shown, text, 8))


def test_an_empty_index_offers_nothing() -> None:
    def shown(docs: Sequence[int]) -> list[dict[str, Any]]:
        return []

    assert complete(Postings([], np.zeros(0, np.int64)), shown, "a", 8) == ()


def test_completion_is_quick_and_reads_no_more_documents_than_it_gives(tmp_path: Path) -> None:
    words = [f"{onset}{rime}" for onset in ("th", "ch", "b", "đ", "ng") for rime in ("ông", "áo", "ật", "anh", "iên")]
    titles = [f"{words[i % 25]} {words[i * 7 % 23]} {words[i * 11 % 19]} {i}" for i in range(4000)]
    generation = WhooshEngine().create(tmp_path)
    generation.write([document(f"d{i}", title, number=f"{i}/TB-STC", issuer=STC) for i, title in enumerate(titles)], [], 1)
    with generation.newest() as snapshot:
        complete(snapshot.postings, snapshot.shown, "a", 8)
        asked: list[int] = []

        def shown(docs: Sequence[int]) -> list[dict[str, Any]]:
            asked.append(len(docs))
            return snapshot.shown(docs)

        times = []
        for text in ("t", "th", "thông", "thong b", "đ", "chao ba", "12", "12/t", "so tai", "ngiên", "b đ n"):
            started = time.thread_time()
            complete(snapshot.postings, shown, text, 8)
            times.append(time.thread_time() - started)
    generation.close()
    assert sorted(times)[-2] < 0.05
    assert max(asked) <= 8


def test_a_searcher_completes_and_has_nothing_to_say_before_there_is_an_index(tmp_path: Path) -> None:
    assert Searcher(tmp_path).complete("thông", 8) == ()
