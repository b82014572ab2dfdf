"""What stands on most pages of a portal is no part of its announcements, and the formulas of documents are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Exchange, FieldOrigin, Outcome, Reading
from archive.repeats import LEAST_PAGES
from archive.schema import repeated_blocks
from ingest.keep import DOCUMENT, passing_portal
from ingest.parse import read
from ingest.portals import PORTALS
from ingest.repeats import digests_of, without
from samples import pages
from samples.content import announcements
from tangthu.house import House
from tests.test_ingest_clean import PIECES
from tests.test_ingest_clean import html as clean_html
from tests.test_ingest_clean import text as clean_text

HOST = "thu.example.vn"
BANNER = "Chuyên trang do Văn phòng Sở vận hành, phản ánh xin gửi về hòm thư góp ý của Sở"
FORMULAS = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Căn cứ Luật Ngân sách nhà nước ngày 25 tháng 6 năm 2015;",
    "Quyết định này có hiệu lực thi hành kể từ ngày ký ban hành.",
    "Văn phòng Sở thông báo lịch làm việc của lãnh đạo như sau:",
    "Trân trọng cảm ơn sự quan tâm của các đơn vị.",
)


def page(n: int, banner: str = BANNER, layout: str = "noidung") -> bytes:
    own = f"Đơn vị thứ {n} nộp báo cáo quyết toán quý {n % 4 + 1} trước ngày {n % 27 + 1} của tháng kế tiếp, kèm bảng kê số {n}."
    parts = "".join(f"<p>{words}</p>" for words in (FORMULAS[0], FORMULAS[1], own, own + " Bản giấy.", *FORMULAS[2:], banner))
    head = f"<head><meta charset=utf-8><title>Thông báo số {n}</title></head>"
    return f'<html>{head}<body><h1>Thông báo số {n}</h1><div class="{layout}">{parts}</div></body></html>'.encode()


def keep(house: House, numbers: range, banner: str = BANNER) -> list[Outcome]:
    outcomes = []
    with house.workshop() as shop:
        for n in numbers:
            at = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=house.catalog.count_captures())
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            exchange = Exchange(f"https://{HOST}/tin/{n}", at, b"GET / HTTP/1.1\r\n\r\n", head + page(n, banner), "203.0.113.1")
            outcomes.append(shop.keeper.keep([exchange], passing_portal(HOST), DOCUMENT))
    return outcomes


def reading_of(house: House, outcome: Outcome) -> Reading:
    return house.catalog.document(str(outcome.document)).version.reading


def test_a_block_on_every_page_is_left_out_once_there_are_enough_pages(house: House) -> None:
    first, last = (reading_of(house, each) for each in (keep(house, range(1)) + keep(house, range(1, 12)))[::11])
    origin = last.origin_of("text")
    assert BANNER in first.text
    assert BANNER not in last.text + last.html
    assert all(words in last.text for words in FORMULAS)
    assert "Đơn vị thứ 11" in last.text
    assert origin is not None
    assert origin.origin.endswith("; rule:repeats")
    assert origin.raw == BANNER


def test_what_was_learnt_since_changes_no_page_and_a_rebuild_comes_to_the_same(house: House) -> None:
    keep(house, range(12))
    again = keep(house, range(12))
    assert {each.outcome for each in again} == {"unchanged"}
    before = {id: house.catalog.versions(id) for id in house.catalog.document_ids()}
    house.rebuild(lambda count: None)
    assert {id: house.catalog.versions(id) for id in house.catalog.document_ids()} == before


def test_a_changed_page_is_a_new_version_without_what_repeats(house: House) -> None:
    keep(house, range(12))
    (changed,) = keep(house, range(1), banner=BANNER + " (bản mới, từ quý này)")
    assert (changed.outcome, changed.version) == ("changed", 2)


def test_what_was_seen_once_is_forgotten(house: House) -> None:
    with house.catalog.ledger() as ledger:
        counts = ledger.repeats("mau", "generic")
        for n in range(3000):
            counts.count([f"{n:064}", "a" * 64])
        assert counts.among(["a" * 64, f"{2999:064}"]) == {"a" * 64}
        held = ledger._connection.execute(repeated_blocks.select()).all()
    assert len(held) < 300


def test_another_layouts_pages_are_counted_apart(house: House) -> None:
    with house.catalog.ledger() as ledger:
        for _ in range(LEAST_PAGES):
            ledger.repeats("mau", "cũ").count(["a" * 64])
        assert ledger.repeats("mau", "cũ").among(["a" * 64])
        assert not ledger.repeats("mau", "mới").among(["a" * 64])
        assert not ledger.repeats("khác", "cũ").among(["a" * 64])


def test_a_reading_that_would_lose_everything_keeps_it_and_is_less_sure() -> None:
    reading = Reading("T", BANNER, f"<p>{BANNER}</p>", fields=(FieldOrigin("text", "rule:densest-text", 0.6),))
    left = without(reading, digests_of(reading))
    assert (left.text, left.html) == (reading.text, reading.html)
    assert [entry.confidence for entry in left.fields] == [0.3]


@pytest.mark.parametrize("layouts", [True, False], ids=["its-own-layouts", "generic"])
def test_nothing_of_the_sample_portal_is_lost(house: House, layouts: bool) -> None:
    """Its announcements are read and counted as they would come in, twice over."""
    sample = next(portal for portal in PORTALS if portal.name == "sample")
    portal = sample if layouts else replace(sample, layouts=())
    with house.catalog.ledger() as ledger:
        for item in (*announcements(), *announcements()):
            url = f"http://127.0.0.1:8017{item.path}"
            reading = read(pages.article(item, later=False), url, None, portal, platforms=())
            counts = ledger.repeats("sample", reading.platform)
            assert without(reading, counts.among(digests_of(reading))) == reading
            counts.count(digests_of(reading))


@given(st.lists(PIECES, max_size=15).map("".join))
def test_taking_nothing_out_changes_nothing(markup: str) -> None:
    reading = Reading("T", clean_text(markup), clean_html(markup), fields=(FieldOrigin("text", "x", 0.6),))
    left = without(reading, ["0" * 64])
    assert (left.text, left.html) == (reading.text, reading.html)
