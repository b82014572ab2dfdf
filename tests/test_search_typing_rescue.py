"""Queries typed without an input method are read as they were meant, and all others are left alone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.keying import Method, Way, typed
from search.asking.typing_rescue import Beside, Known, Rescued, looked_up_in, rescue
from search.schema import IndexDocument
from search.words.text import fold, normalise
from tests.sample_index import sample_snapshot

MORE = IndexDocument(
    "m1",
    "p",
    "u",
    "Tuyển dụng người lao động",
    "",
    "Tổ chức, cá nhân được thông báo: khí CO2, thuế thu nhập, vía, lít, tên. Dự án.",
)

Looked = tuple[Known, Beside]


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    with sample_snapshot(tmp_path_factory.mktemp("index"), MORE) as snapshot:
        yield looked_up_in(snapshot.postings)


def read(looked: Looked, text: str) -> str | None:
    found = rescue(text, *looked)
    return found.text if found else None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("thoong baos", "thông báo"),
        ("tho6ng ba1o", "thông báo"),
        ("THOONG BAOS", "THÔNG BÁO"),
        ("Thoong baos", "Thông báo"),
        ("quyeets ddinhj", "quyết định"),
        ("uyr ban nhaan daan", "ủy ban nhân dân"),
        ("dduwowcj", "được"),
        ("nguwowif lao ddoongj", "người lao động"),
        ("tuyeern dungj", "tuyển dụng"),
        ("thông baos", "thông báo"),
        ("thong6 bao1", "thông báo"),
        ("tieude:thoong +ngaan sachs", "tieude:thông +ngân sách"),
        ('"thoong baos" OR quyeets', '"thông báo" OR quyết'),
        ("(thoong AND baos) so:12/tb ngaan*", "(thông AND báo) so:12/tb ngân*"),
        ("thoong, baos; quyeets.", "thông, báo; quyết."),
        ("12/QĐ-UBND quyeets ddinhj", "12/QĐ-UBND quyết định"),
        ("thoong\u00a0baos", "thông\u00a0báo"),
    ],
)
def test_what_keys_would_have_written_is_read(looked: Looked, text: str, meant: str) -> None:
    assert read(looked, text) == meant


def test_changes_are_told_word_by_word(looked: Looked) -> None:
    assert rescue("thoong tin BAOS", *looked) == Rescued("thông tin BAOS", (("thoong", "thông"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "thông báo công khai",
        "thong bao cong khai",
        "toan dan to chuc hoi nghi",
        "website Windows users",
        "12/QĐ-UBND",
        "123/2020/TT-BTC",
        "UBND",
        "ASEAN",
        "USA",
        "tax",
        "visa",
        "list of users",
        "test",
        "co2",
        "CO2",
        "a4",
        "quy1",
        "covid19",
        "2020",
        "OR",
        "as is",
        "https://stc.mau.example/thoong",
        "thoong@mau.example",
        "so:thoong",
        "nguon:baos",
        "s j x",
        "teen queen",
    ],
)
def test_what_was_typed_as_meant_is_left_alone(looked: Looked, text: str) -> None:
    assert read(looked, text) is None


def test_a_word_that_the_index_knows_stays_unless_its_neighbours_never_stand_beside_it(looked: Looked) -> None:
    counts = {"ans": 3, "án": 900, "dự": 1000, "kỷ": 5}
    pairs = {("dự", "án"): 800}
    for most, meant in ((800, "dự án"), (10, "dự ans")):
        found = rescue("duwj ans", lambda form: counts.get(form, 0), lambda a, b, most=most: min(most, pairs.get((a, b), 0)))  # type: ignore[misc]
        assert found
        assert found.text == meant


def test_without_knowledge_of_neighbours_only_sure_keys_count(looked: Looked) -> None:
    assert rescue("thoong baos", looked[0]) == rescue("thoong baos", *looked)
    assert rescue("list visa", looked[0]) is None


def queries(count: int) -> list[str]:
    from samples.content import announcements

    chance = random.Random(5)
    texts = [line for each in announcements() for line in (each.title, *each.text.split("\n")) if not line.isupper()]
    found: list[str] = []
    while len(found) < count:
        words = re.findall(r"[^\W\d_]+", chance.choice(texts))
        length = chance.choice((2, 3, 4, 6))
        if len(words) >= length and not any(word.isupper() for word in words):
            at = chance.randrange(len(words) - length + 1)
            found.append(" ".join(words[at : at + length]))
    return found


def shares_right(looked: Looked, method: Method, way: Way) -> float:
    asked = [(query, keys) for query in queries(400) if (keys := typed(query, method, way, single_w=True)) != query]
    right = sum(normalise(read(looked, keys) or keys).text == normalise(query).text for query, keys in asked)
    return right / len(asked)


@pytest.mark.parametrize(
    ("method", "way", "least"), [("telex", "tone last", 0.94), ("telex", "at once", 0.94), ("vni", "at once", 0.94)]
)
def test_most_queries_of_the_sample_are_read_back_whole(looked: Looked, method: Method, way: Way, least: float) -> None:
    assert shares_right(looked, method, way) >= least


def test_no_query_of_the_sample_is_read_anew_that_was_typed_right(looked: Looked) -> None:
    for query in queries(400):
        assert read(looked, query) is None
        assert read(looked, fold(query)) is None


@given(text=st.text(max_size=60) | st.text('thoongbaosjfrxzw0123456789 "()+-:*/', max_size=60))
def test_any_text_is_answered(looked: Looked, text: str) -> None:
    found = rescue(text, *looked)
    assert found is None or (found.changed and found.text != text)
