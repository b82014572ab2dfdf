"""The catalogue: what goes in comes out, all or nothing, numbered, and honest when it cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st

from archive import database, schema
from archive.catalog import Catalog, reuse_from_json
from archive.errors import ArchiveError, CatalogueBusy, CatalogueDamaged, NotFound
from archive.records import AttachmentLink, Capture, FieldOrigin, ReadDate, Reading, ReuseTerms

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
READING = Reading(
    title="Thông báo về việc công khai dự toán",
    text="Đoạn một.\n\nĐoạn hai.",
    html="<p>Đoạn một.</p><p>Đoạn hai.</p>",
    summary="Tóm tắt",
    byline="Ban Biên tập",
    published=ReadDate("2020-06-15T08:30+07:00", "minute", "15/06/2020 | 08:30 AM"),
    category="Thông báo",
    number="123/TB-STC",
    kind="Thông báo",
    issuer="Sở Tài chính tỉnh Mẫu",
    attachments=(AttachmentLink("http://127.0.0.1/a.pdf", "Phụ lục"),),
    reuse=ReuseTerms(
        ("SỞ TÀI CHÍNH TỈNH MẪU", "sample.example"), "Ghi rõ nguồn …", licence_date=ReadDate("2014-03-06", "day", "06-03-2014")
    ),
    fields=(FieldOrigin("title", "selector:h1", 0.95), FieldOrigin("byline", "rule:last line", 0.6, "Ban Biên tập ")),
    platform="sample/new",
)


def capture(n: int, *, url: str = "http://127.0.0.1/1", status: int = 200) -> Capture:
    at = NOON + timedelta(minutes=n)
    return Capture(
        f"capture-{n}", url, "response", at, f"{n:064x}", "a.warc.gz", n * 100, 100, status=status, etag=f'"{n}"', portal="sample"
    )


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.db", busy_s=0.2)
    yield opened
    opened.close()


def put(catalog: Catalog, n: int, reading: Reading = READING, id: str = "aaaaaaaaaaaa") -> tuple[str, int]:
    with catalog.ledger() as ledger:
        ledger.portal("sample", "127.0.0.1", "Sở Tài chính tỉnh Mẫu")
        ledger.name(f"sample:{id}", id)
        return ledger.keep(id, capture(n), "document", reading, portal="sample")


def test_a_reading_comes_back_as_it_went_in(catalog: Catalog) -> None:
    assert put(catalog, 1) == ("new", 1)
    document = catalog.document("aaaaaaaaaaaa")
    assert document.version.reading == READING
    assert catalog.captures("aaaaaaaaaaaa") == (replace(capture(1), document_id="aaaaaaaaaaaa"),)
    assert (document.url, document.state, document.versions) == ("http://127.0.0.1/1", "live", 1)


def test_only_a_reading_that_says_something_else_makes_a_version(catalog: Catalog) -> None:
    put(catalog, 1)
    assert put(catalog, 2, replace(READING, html="<p class=x>…", text=READING.text + " \n")) == ("unchanged", 1)
    assert put(catalog, 3, replace(READING, text="Đoạn một, đã sửa.")) == ("changed", 2)
    assert put(catalog, 4) == ("changed", 3), "what comes back is a version again: the page did change twice"
    versions = catalog.versions("aaaaaaaaaaaa")
    assert [(each.number, each.capture_id) for each in versions] == [(1, "capture-1"), (2, "capture-3"), (3, "capture-4")]
    assert catalog.document("aaaaaaaaaaaa").last_captured_at == capture(4).fetched_at
    assert catalog.document("aaaaaaaaaaaa").first_captured_at == capture(1).fetched_at


def test_every_change_has_the_next_number_and_a_document_is_named_once(catalog: Catalog) -> None:
    put(catalog, 1)
    put(catalog, 2, id="bbbbbbbbbbbb")
    put(catalog, 3, replace(READING, title="Khác"))
    changes = catalog.changes_after(0, 10)
    assert [(each.number, each.document_id) for each in changes] == [(2, "bbbbbbbbbbbb"), (3, "aaaaaaaaaaaa")]
    assert catalog.changes_after(2, 10) == changes[1:]
    assert catalog.changes_after(0, 1) == changes[:1]
    assert catalog.last_change() == 3
    put(catalog, 4, replace(READING, title="Khác"))
    assert catalog.last_change() == 3, "an unchanged page is no change"


def test_a_removal_is_a_change_once_and_coming_back_is_one(catalog: Catalog) -> None:
    put(catalog, 1)
    with catalog.ledger() as ledger:
        assert ledger.removed("aaaaaaaaaaaa")
        assert not ledger.removed("aaaaaaaaaaaa")
    assert catalog.document("aaaaaaaaaaaa").state == "removed"
    assert catalog.live_urls("sample") == ()
    put(catalog, 2)
    assert catalog.document("aaaaaaaaaaaa").state == "live"
    assert catalog.last_change() == 3


def test_a_transaction_that_fails_leaves_nothing(catalog: Catalog) -> None:
    def fail() -> None:
        with catalog.ledger() as ledger:
            ledger.keep("aaaaaaaaaaaa", capture(1), "document", READING, portal="sample")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert catalog.count_documents() == catalog.count_captures() == catalog.last_change() == 0


def test_what_is_not_there_is_said_by_name(catalog: Catalog) -> None:
    put(catalog, 1)
    for ask in (
        lambda: catalog.document("zzzzzzzzzzzz"),
        lambda: catalog.versions("zzzzzzzzzzzz"),
        lambda: catalog.version("aaaaaaaaaaaa", 2),
        lambda: catalog.capture("none"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_name_that_is_taken_stays(catalog: Catalog) -> None:
    with catalog.ledger() as ledger:
        ledger.name("sample:1", "aaaaaaaaaaaa")
        ledger.name("sample:1", "bbbbbbbbbbbb")
        assert ledger.document_of("sample:1") == "aaaaaaaaaaaa"


def test_the_newest_page_of_an_address_is_found_for_conditional_requests(catalog: Catalog) -> None:
    put(catalog, 1)
    put(catalog, 2)
    with catalog.ledger() as ledger:
        ledger.capture(capture(3, status=500), "document", None)
    found = catalog.last_payload("http://127.0.0.1/1")
    assert found is not None
    assert found.etag == '"2"'
    assert catalog.last_status("http://127.0.0.1/1") == 500
    assert catalog.last_status("http://127.0.0.1/2") is None


def test_recent_documents_come_newest_first_and_undated_ones_last(catalog: Catalog) -> None:
    put(catalog, 1, replace(READING, published=None), "cccccccccccc")
    put(catalog, 2, replace(READING, published=ReadDate("2019", "year", "2019")), "dddddddddddd")
    put(catalog, 3, id="eeeeeeeeeeee")
    assert [each.id for each in catalog.recent(2)] == ["eeeeeeeeeeee", "dddddddddddd"]
    assert [each.id for each in catalog.recent(9)][-1] == "cccccccccccc"


def test_many_documents_are_read_in_one_go(catalog: Catalog) -> None:
    ids = [f"{n:012d}" for n in range(700)]
    with catalog.ledger() as ledger:
        for n, id in enumerate(ids):
            ledger.keep(id, capture(n), "document", READING, portal="sample")
    assert list(catalog.documents([*ids, "zzzzzzzzzzzz"])) == ids
    assert catalog.document_ids() == tuple(ids)


def test_a_catalogue_that_another_process_holds_is_waited_for_and_then_said(catalog: Catalog) -> None:
    put(catalog, 1)
    other = sqlite3.connect(catalog.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CatalogueBusy, match=r"held by another process"):
        put(catalog, 2)
    assert catalog.document("aaaaaaaaaaaa").versions == 1, "readers are not held up"
    other.execute("ROLLBACK")
    other.close()
    assert put(catalog, 2) == ("unchanged", 1)


def test_a_file_that_is_no_catalogue_is_called_damaged_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CatalogueDamaged, match="tangthu rebuild"):
        Catalog(path).count_documents()


def test_a_catalogue_is_taken_over_whole_while_others_read_it(catalog: Catalog, tmp_path: Path) -> None:
    put(catalog, 1)
    reader = Catalog(catalog.path)
    assert reader.count_documents() == 1
    fresh = Catalog(tmp_path / "fresh.db")
    put(fresh, 1)
    put(fresh, 2, id="bbbbbbbbbbbb")
    fresh.close()
    catalog.take_over(tmp_path / "fresh.db")
    assert reader.count_documents() == catalog.count_documents() == 2
    put(reader, 3, id="cccccccccccc")
    assert catalog.count_documents() == 3
    reader.close()


def test_a_catalogue_that_was_removed_and_made_again_is_noticed(catalog: Catalog, tmp_path: Path) -> None:
    put(catalog, 1)
    fresh = Catalog(tmp_path / "fresh.db")
    put(fresh, 1)
    put(fresh, 2, id="bbbbbbbbbbbb")
    fresh.close()
    catalog.path.unlink()
    assert catalog.count_documents() == 1, "until then what is open goes on answering"
    for suffix in ("-wal", "-shm"):
        Path(f"{catalog.path}{suffix}").unlink(missing_ok=True)
    (tmp_path / "fresh.db").replace(catalog.path)
    assert catalog.count_documents() == 2


def test_a_catalogue_of_a_newer_program_is_left_alone(catalog: Catalog) -> None:
    put(catalog, 1)
    catalog.close()
    with closing(sqlite3.connect(catalog.path)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ArchiveError, match="newer"):
        catalog.count_documents()


def test_gaps_in_what_was_read_of_a_file_are_not_jumped_over(catalog: Catalog) -> None:
    with catalog.ledger() as ledger:
        ledger.read_to("a", 10, 20)
        ledger.read_to("b", 0, 10)
        ledger.read_to("b", 20, 30)
        ledger.read_to("b", 5, 15)
    assert catalog.read_to() == {"b": 15}


def test_the_database_is_safe_against_power_loss(catalog: Catalog) -> None:
    with catalog.ledger() as ledger:
        pragmas = {
            name: ledger._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_migrations_make_the_tables_that_the_schema_declares(catalog: Catalog) -> None:
    script = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
    assert script.get_current_head() == database.HEAD
    with catalog._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


@given(
    st.builds(
        ReuseTerms,
        names=st.tuples(st.text(), st.text()),
        wording=st.none() | st.text(),
        licence_date=st.just(ReadDate("2014", "year", "x")),
    )
)
def test_reuse_terms_survive_their_json_form(terms: ReuseTerms) -> None:
    import json
    from dataclasses import asdict

    assert reuse_from_json(json.dumps(asdict(terms))) == terms
