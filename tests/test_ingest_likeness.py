"""Near-duplicates: the same announcement is found however it is set, and two of one form are told apart."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np
import pytest

from archive.catalog import Catalog
from archive.records import AttachmentLink, Capture, ReadDate, Reading
from ingest import likeness
from ingest.essence import conflict, essence_of
from ingest.likeness import candidates, link, runs_of, similarity, sketch_of
from tangthu.house import House

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
VOCABULARY = """ngân sách dự toán quyết toán đơn vị báo cáo kế hoạch thực hiện quy định hướng dẫn tài sản công khai minh bạch
thu chi địa phương huyện xã thành phố cơ quan kiểm tra giám sát đầu tư xây dựng giải ngân vốn nguồn kinh phí hỗ trợ người dân
doanh nghiệp thủ tục hành chính trực tuyến hồ sơ thẩm định phê duyệt điều chỉnh bổ sung tổ chức cuộc họp triển khai"""
WORDS = VOCABULARY.split()


def prose(seed: int, words: int = 220) -> str:
    """A text of nonsense from the vocabulary of offices; another one for each seed."""
    chance = random.Random(seed)
    paragraphs = [" ".join(chance.choice(WORDS) for _ in range(words // 4)).capitalize() + "." for _ in range(4)]
    return "\n\n".join(paragraphs)


def said(title: str, text: str, **more: object) -> Reading:
    return replace(Reading(title, text, ""), **more)  # type: ignore[arg-type]


ARTICLE = said(
    "Hội nghị tập huấn nghiệp vụ ngân sách tại huyện Thí Dụ",
    f"{prose(1)}\n\nHội nghị diễn ra ngày 15/6/2020 với 120 đại biểu, kinh phí 35.500.000 đồng.\n\n{prose(2)}",
)


FOOT = "\n\nHoài Anh\n\nNguồn: Cổng thông tin tỉnh Mẫu. Điện thoại: 0210 999 888. Lượt xem: 77"


def bare(text: str) -> str:
    stripped = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    return stripped.replace("đ", "d").replace("Đ", "D")


def some_words_changed(text: str, share: float) -> str:
    chance = random.Random(3)
    return " ".join(chance.choice(WORDS) if chance.random() < share and word.isalpha() else word for word in text.split(" "))


def same(one: Reading, other: Reading) -> bool:
    a, b = essence_of(one), essence_of(other)
    return similarity(runs_of(a), runs_of(b)) >= likeness.ALIKE and not conflict(a, b)


@pytest.mark.parametrize(
    "other",
    [
        replace(ARTICLE, text=ARTICLE.text + "\n\n" + prose(9, 60)),
        replace(ARTICLE, text=ARTICLE.text + FOOT),
        replace(ARTICLE, text=bare(ARTICLE.text), title=bare(ARTICLE.title)),
        replace(ARTICLE, text=some_words_changed(ARTICLE.text, 0.05)),
        replace(ARTICLE, text=ARTICLE.text.replace("15/6/2020", "15 tháng 06 năm 2020")),
        replace(ARTICLE, title="Thí Dụ: tập huấn nghiệp vụ ngân sách"),
        replace(ARTICLE, text=ARTICLE.text.upper()),
        replace(ARTICLE, text=unicodedata.normalize("NFD", ARTICLE.text)),
    ],
    ids=["paragraph", "footer", "bare", "words", "date", "title", "capitals", "nfd"],
)
def test_the_same_announcement_is_the_same_however_it_is_set(other: Reading) -> None:
    assert same(ARTICLE, other)
    assert same(other, ARTICLE)


TABLE = [["Xi măng PCB30", "1.450", "1.460"], ["Thép phi 8", "15.200", "15.100"], ["Cát vàng", "310", "305"]]


def test_a_table_that_is_set_by_columns_says_the_same() -> None:
    rows = "\n".join(" ".join(row) for row in TABLE)
    columns = "\n".join(" ".join(row[n] for row in TABLE) for n in range(3))
    one, other = (said("Giá vật liệu tháng 10", f"{prose(4)}\n\n{table}") for table in (rows, columns))
    assert same(one, other)


@pytest.mark.parametrize(
    ("title", "text", "other_title", "other_text"),
    [
        ("Thông báo lịch nghỉ Tết 2020", "Nghỉ từ ngày 23/01/2020 đến hết ngày 29/01/2020.",
         "Thông báo lịch nghỉ Tết 2021", "Nghỉ từ ngày 10/02/2021 đến hết ngày 16/02/2021."),
        ("Giá vật liệu xây dựng tháng 5", "Xi măng 1.450 đồng, thép 15.200 đồng, cát 310 đồng.",
         "Giá vật liệu xây dựng tháng 6", "Xi măng 1.480 đồng, thép 15.900 đồng, cát 310 đồng."),
        ("Thông báo tuyển dụng viên chức", "Chỉ tiêu 12 người, nhận hồ sơ đến ngày 30/9.",
         "Thông báo tuyển dụng viên chức", "Chỉ tiêu 15 người, nhận hồ sơ đến ngày 30/9."),
        ("Thông báo kết quả thi đợt một", "Có 20 người đạt.", "Thông báo kết quả thi đợt hai", "Có 20 người đạt."),
        ("Báo cáo thu ngân sách quý I", "Thu đạt 45 %.", "Báo cáo thu ngân sách quý II", "Thu đạt 45 %."),
        ("Bổ nhiệm ông Nguyễn Văn Thử giữ chức trưởng phòng", "Quyết định có hiệu lực ngay.",
         "Bổ nhiệm ông Trần Minh Mẫu giữ chức trưởng phòng", "Quyết định có hiệu lực ngay."),
    ],
    ids=["year", "prices", "quota", "round", "quarter", "name"],
)  # fmt: skip
def test_two_announcements_of_one_form_are_not_the_same(title: str, text: str, other_title: str, other_text: str) -> None:
    one, other = said(title, f"{prose(5)}\n\n{text}"), said(other_title, f"{prose(5)}\n\n{other_text}")
    assert similarity(runs_of(essence_of(one)), runs_of(essence_of(other))) > 0.8, "by their words they would be"
    assert not same(one, other)
    assert not same(other, one)


def test_documents_with_numbers_or_dates_of_their_own_are_not_the_same() -> None:
    assert not same(replace(ARTICLE, number="12/TB-SM"), replace(ARTICLE, number="13/TB-SM"))
    assert same(replace(ARTICLE, number="12/TB-SM"), ARTICLE), "one portal gives the number, another leaves it out"
    days = [replace(ARTICLE, issued=ReadDate(day, "day", day)) for day in ("2020-06-15", "2020-06-16")]
    assert not same(*days)
    assert same(replace(ARTICLE, published=ReadDate("2020-06-15", "day", "")), replace(ARTICLE, published=None))


def test_a_few_words_over_different_files_are_not_the_same() -> None:
    brief = said("Lịch công tác tuần", prose(6, 60))
    one, other = (replace(brief, attachments=(AttachmentLink(f"https://mau.example/{n}.pdf", f"Lịch {n}"),)) for n in "ab")
    assert not same(one, other)
    assert same(one, one)


def test_sketches_estimate_the_share_of_common_runs() -> None:
    one = runs_of(essence_of(said("a", prose(11, 800))))
    for keep in (0.3, 0.6, 0.9):
        other = np.union1d(one[: int(len(one) * keep)], runs_of(essence_of(said("b", prose(12, int(800 * (1 - keep)))))))
        estimate = float((sketch_of(one) == sketch_of(other)).mean())
        assert abs(estimate - similarity(one, other)) < 0.13


def test_all_pairs_that_are_alike_meet_and_few_others() -> None:
    chance = np.random.default_rng(5)
    rows = chance.integers(0, 1 << 32, (2000, likeness._HASHES), dtype=np.uint32)
    rows[1000:1100] = rows[:100]
    rows[1000:1100, :40] = chance.integers(0, 1 << 32, (100, 40), dtype=np.uint32)
    rows[1500:1510] = rows[1500]
    found = candidates(rows, np.ones(2000, bool))
    assert {(n, 1000 + n) for n in range(100)} <= set(found)
    assert len(found) == 100 + 45
    newest = np.zeros(2000, bool)
    newest[1007] = True
    assert candidates(rows, newest) == [(7, 1007)]


class Shelf:
    """A catalogue that readings are put into."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def put(self, id: str, reading: Reading, day: int, portal: str = "mau") -> None:
        at = NOON + timedelta(days=day)
        digest = sha256(f"{id} {day}".encode()).hexdigest()
        capture = Capture(
            f"{id}-{day}", f"https://{portal}.example/{id}", "response", at, digest, "a.warc.gz", day, 1, status=200
        )
        with self.catalog.ledger() as ledger:
            ledger.portal(portal, f"{portal}.example", portal)
            ledger.keep(id, capture, "document", reading, portal=portal)

    def put_all(self, several: Sequence[tuple[str, Reading, int, str]]) -> None:
        for id, reading, day, portal in several:
            self.put(id, reading, day, portal)

    def linked(self) -> dict[str, list[tuple[str, float]]]:
        ids = self.catalog.document_ids()
        return {id: [(each.document_id, each.similarity) for each in self.catalog.alike(id)] for id in ids}


@pytest.fixture
def shelf(house: House) -> Shelf:
    return Shelf(house.catalog)


COPY = replace(ARTICLE, text=ARTICLE.text + "\n\nNguồn: Sở Mẫu")
STOCK = [
    ("aaaaaaaaaaaa", replace(ARTICLE, published=ReadDate("2020-06-20", "day", "20/6/2020")), 1, "mau"),
    ("bbbbbbbbbbbb", replace(COPY, published=ReadDate("2020-06-15T08:30+07:00", "minute", "15/06/2020 08:30")), 2, "thi-du"),
    ("cccccccccccc", replace(ARTICLE, title=bare(ARTICLE.title)), 3, "mau"),
    ("dddddddddddd", said("Một tin khác", prose(20)), 4, "mau"),
    ("eeeeeeeeeeee", said("Ngắn", "Xem tệp đính kèm."), 5, "mau"),
    ("ffffffffffff", said("Ngắn", "Xem tệp đính kèm."), 6, "thi-du"),
]


def test_the_first_publisher_is_named_with_the_reason(shelf: Shelf) -> None:
    shelf.put_all(STOCK)
    assert link(shelf.catalog) == 6
    (group,) = shelf.catalog.likenesses().groups()
    assert [each.document_id for each in group] == ["bbbbbbbbbbbb", "aaaaaaaaaaaa", "cccccccccccc"]
    first = group[0]
    assert (first.first, first.known_by, first.known_since) == (True, "published", "2020-06-15T08:30+07:00")
    assert (group[2].known_by, group[2].known_since) == ("captured", "2026-11-25T12:00+07:00")
    assert [each.document_id for each in shelf.catalog.alike("aaaaaaaaaaaa")] == ["bbbbbbbbbbbb", "cccccccccccc"]
    assert [each.first for each in shelf.catalog.alike("aaaaaaaaaaaa")] == [True, False]
    assert shelf.catalog.alike("dddddddddddd") == ()
    assert shelf.catalog.alike("eeeeeeeeeeee") == (), "too little to tell"


def test_the_links_do_not_depend_on_the_order_or_on_when_they_were_made(shelf: Shelf, house: House) -> None:
    more = [(letter * 12, said("Tin chung", prose(30 + n // 3)), n, "mau") for n, letter in enumerate("ghijklmno")]
    several = STOCK + more
    shelf.put_all(several)
    link(shelf.catalog)
    at_once = shelf.linked()
    again = Shelf(Catalog(house.settings.home / "other.db"))
    for id, reading, day, portal in reversed(several):
        again.put(id, reading, day, portal)
        link(again.catalog)
    assert again.linked() == at_once
    assert sum(map(len, at_once.values())) > 6
    again.catalog.close()


def test_a_document_that_changes_is_linked_by_what_it_says_now(shelf: Shelf) -> None:
    shelf.put_all(STOCK[:2])
    link(shelf.catalog)
    assert shelf.catalog.alike("aaaaaaaaaaaa") != ()
    shelf.put("aaaaaaaaaaaa", said("Khác hẳn", prose(40)), 9)
    assert link(shelf.catalog) == 1
    assert shelf.catalog.alike("bbbbbbbbbbbb") == ()
    shelf.put("aaaaaaaaaaaa", ARTICLE, 10)
    link(shelf.catalog)
    assert [each.document_id for each in shelf.catalog.alike("bbbbbbbbbbbb")] == ["aaaaaaaaaaaa"]
    assert link(shelf.catalog) == 0


def test_what_was_interrupted_between_noting_and_comparing_is_compared_later(shelf: Shelf) -> None:
    shelf.put_all(STOCK[:2])
    links = shelf.catalog.likenesses()
    links.note([likeness._sketched(shelf.catalog.document(id)) for id in shelf.catalog.document_ids()])
    assert shelf.catalog.alike("aaaaaaaaaaaa") == ()
    link(shelf.catalog)
    assert [each.document_id for each in shelf.catalog.alike("aaaaaaaaaaaa")] == ["bbbbbbbbbbbb"]


def test_copies_in_great_number_are_one_content(shelf: Shelf) -> None:
    for n in range(60):
        shelf.put(f"{n:012d}", ARTICLE, n)
    link(shelf.catalog)
    (group,) = shelf.catalog.likenesses().groups()
    assert len(group) == 60
    assert len(shelf.catalog.likenesses().sketches()) == 1
