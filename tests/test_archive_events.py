"""The log of events: chained, checkable, and quiet where two footers take turns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import Catalog
from archive.events import BEGINNING
from archive.records import Capture, ReuseTerms
from archive.terms import WINDOW

OLD = ReuseTerms(names=("SỞ MẪU", "mau.example"), wording='Ghi rõ nguồn "SỞ MẪU" …', act="phát hành lại", phone="1")
NEW = ReuseTerms(names=("CỔNG MẪU",), wording='Ghi rõ nguồn "CỔNG MẪU" …', act="sử dụng lại", phone="2")
START = datetime(2020, 6, 15, tzinfo=UTC)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    kept = Catalog(tmp_path / "catalog.db")
    yield kept
    kept.close()


def show(catalog: Catalog, pages: Sequence[ReuseTerms | None], portal: str = "mau", first: int = 0) -> None:
    with catalog.ledger() as ledger:
        for index, terms in enumerate(pages, first):
            at = START + timedelta(minutes=index)
            capture = Capture(f"{portal}-{index}", "https://mau.example/", "response", at, "0" * 64, "a", 0, 1)
            ledger.terms(portal, capture, "d" * 12, terms)


def kinds(catalog: Catalog) -> list[str]:
    return [event.kind for event in catalog.events()]


def test_the_first_terms_and_then_a_change_are_events_with_what_was_before_and_after(catalog: Catalog) -> None:
    show(catalog, [OLD, OLD, NEW, NEW])
    found, changed = catalog.events()
    assert (found.kind, found.before, changed.kind) == ("reuse_found", None, "reuse_changed")
    assert (found.at, changed.at) == (START, START + timedelta(minutes=2))
    assert changed.before == found.after
    assert changed.before is not None
    assert changed.before["names"] == ["SỞ MẪU", "mau.example"]
    assert changed.after is not None
    assert (changed.after["names"], changed.after["act"]) == (["CỔNG MẪU"], "sử dụng lại")
    assert (changed.portal, changed.document_id, changed.capture_id) == ("mau", "d" * 12, "mau-2")


def test_two_footers_that_take_turns_raise_one_event(catalog: Catalog) -> None:
    show(catalog, [OLD, NEW] * 300)
    assert kinds(catalog) == ["reuse_found", "reuse_changed"]


def test_sections_with_footers_of_their_own_do_not_flood(catalog: Catalog) -> None:
    for turn in range(20):
        show(catalog, [OLD] * 40 + [NEW] * 40, first=turn * 80)
    assert kinds(catalog) == ["reuse_found", "reuse_changed"]


def test_terms_that_come_back_for_good_are_an_event_again(catalog: Catalog) -> None:
    show(catalog, [OLD] * 3 + [NEW] * 3 + [OLD] * (WINDOW + 5))
    assert kinds(catalog) == ["reuse_found", "reuse_changed", "reuse_changed"]
    back = catalog.events()[-1]
    assert back.after is not None
    assert back.after["names"] == list(OLD.names)


def test_one_page_without_terms_is_nothing_and_many_are_their_end(catalog: Catalog) -> None:
    show(catalog, [OLD, None, OLD] + [None] * (WINDOW - 1))
    assert kinds(catalog) == ["reuse_found"]
    show(catalog, [None] * 30, first=500)
    assert kinds(catalog) == ["reuse_found", "reuse_gone"]
    show(catalog, [OLD], first=600)
    assert kinds(catalog) == ["reuse_found", "reuse_gone", "reuse_found"]


def test_a_telephone_number_is_no_term(catalog: Catalog) -> None:
    show(catalog, [OLD, ReuseTerms(names=OLD.names, wording=OLD.wording, act=OLD.act, phone="9", email="a@b.c")])
    assert kinds(catalog) == ["reuse_found"]


def test_every_event_is_chained_to_the_one_before_it_of_its_portal(catalog: Catalog) -> None:
    show(catalog, [OLD, NEW])
    show(catalog, [NEW, OLD], portal="thu")
    first, second, other, last = catalog.events()
    assert (first.previous, second.previous) == (BEGINNING, first.digest)
    assert (other.previous, last.previous) == (BEGINNING, other.digest)
    assert [event.seq for event in catalog.events("thu", "reuse_changed")] == [4]
    assert [event.seq for event in catalog.events(after=2, limit=1)] == [3]
    assert catalog.broken_log() is None


def test_the_same_pages_give_the_same_digests_whatever_other_portals_do(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        with closing(Catalog(tmp_path / f"{name}.db")) as kept:
            if name == "b":
                show(kept, [NEW], portal="thu")
            show(kept, [OLD, NEW])
            digests.append([event.digest for event in kept.events("mau")])
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("tamper", "seq"),
    [
        ("UPDATE events SET after = replace(after, 'CỔNG', 'SỞ') WHERE seq = 2", 2),
        ("UPDATE events SET at = '2019-01-01T00:00:00+00:00' WHERE seq = 1", 1),
        ("UPDATE events SET kind = 'reuse_found' WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 1", 1),
        ("UPDATE events SET portal = 'thu' WHERE seq = 3", 3),
    ],
)
def test_a_log_that_was_tampered_with_says_where(tmp_path: Path, tamper: str, seq: int) -> None:
    path = tmp_path / "catalog.db"
    with closing(Catalog(path)) as kept:
        show(kept, [OLD] * 2 + [NEW] * 2 + [OLD] * (WINDOW + 1))
        assert kept.count_events() == 3
    with closing(sqlite3.connect(path)) as database:
        database.execute(tamper)
        database.commit()
    with closing(Catalog(path)) as kept:
        broken = kept.broken_log()
    assert broken is not None
    assert broken.seq == seq
