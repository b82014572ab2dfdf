"""Kept pages read again by another reader: new versions of the reading, the same after a rebuild, whoever is killed when."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import Damaged
from archive.rates import Fared
from archive.rereading import Rereading, from_json, to_json
from archive.verify import verify
from archive.warc import READING
from ingest.keep import DOCUMENT, passing_portal
from ingest.portal import Layout, Portal
from ingest.reread import Compared, Source, read_again
from ingest.rows import Row
from tangthu.house import House
from tests.test_ingest_keep import HOST, Clock, everything, rebuilt

PAGE = """<html><head><title>{title} - Sở Mẫu</title></head><body><div id="trang"><h1 class="ten">{title}</h1>
<p class="ngay">Ngày đăng: 15/06/2020</p><p class="nguoi">Trần Thị Mẫu</p><p class="tom">Tóm tắt: {title}.</p>
<div class="noi-dung"><p>{text}</p>
<p>Sở Mẫu thông báo để các đơn vị biết, thực hiện; mọi vướng mắc gửi về phòng Quản lý ngân sách.</p></div>
</div><div class="phien">Phiên phục vụ {views}</div></body></html>"""
TEXT = "Công khai dự toán ngân sách nhà nước của đơn vị theo quy định hiện hành, kèm theo biểu chi tiết từng khoản."
OLD = Layout("cu", "#trang", "h1.ten", "div.noi-dung", published=".ngay")
NEW = replace(OLD, name="moi", byline="p.nguoi", summary="p.tom")
DEMANDING = Layout("kho", "#khung-moi", "h1.ten", "div.noi-dung")


def portal(*layouts: Layout) -> Portal:
    return replace(passing_portal(HOST, "mau"), layouts=layouts, aliases=(HOST,), title="Sở Mẫu")


def documents(house: House) -> dict[str, object]:
    """All that has a permanent address. Another reader numbers the changes on the way to it otherwise."""
    return {name: value for name, value in everything(house).items() if name != "counts"}


def documents_rebuilt(house: House) -> dict[str, object]:
    return {name: value for name, value in rebuilt(house).items() if name != "counts"}


class Office:
    """An archive whose reader is exchanged: a house for each reader, over one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = Clock()
        self.house = self.with_reader(OLD)

    def with_reader(self, *layouts: Layout) -> House:
        from tangthu.settings import Settings

        self.house = House(Settings(home=self.home))
        self.portal = portal(*layouts)
        self.house.__dict__["portals"] = (self.portal,)
        return self.house

    def page(self, path: str, title: str, text: str = TEXT, views: int = 0) -> str:
        body = PAGE.format(title=title, text=text, views=views).encode()
        return self.raw(path, body)

    def raw(self, path: str, body: bytes) -> str:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        return self.respond(path, head + body)

    def respond(self, path: str, response: bytes) -> str:
        with self.house.workshop() as shop:
            outcome = shop.keeper.keep([self.clock.exchange(path, response)], self.portal, DOCUMENT)
        return outcome.outcome

    def reread(self, *, dry_run: bool = False, processes: int = 1) -> tuple[Counter[str], list[Compared], int]:
        seen: list[Compared] = []

        def put(batch: Sequence[Rereading], fared: Sequence[Fared]) -> list[bool]:
            with self.house.workshop(alone=True) as shop:
                return shop.keeper.reread(batch, fared)

        source = Source(self.house.settings.warc, self.house.settings.catalog, self.house.portals)
        applied, _ = read_again(source, self.house.catalog, put=None if dry_run else put, processes=processes, seen=seen.append)
        return Counter(each.verdict for each in seen), seen, applied

    def would_keep(self) -> list[Rereading]:
        """What a run would keep, kept by nobody."""
        made: list[Rereading] = []

        def take(batch: Sequence[Rereading], fared: Sequence[Fared]) -> list[bool]:
            made.extend(batch)
            return [False] * len(batch)

        source = Source(self.house.settings.warc, self.house.settings.catalog, self.house.portals)
        read_again(source, self.house.catalog, put=take, processes=1)
        return made

    def id(self, path: str) -> str:
        return str(self.house.catalog.id_at(f"https://{HOST}{path}"))


@pytest.fixture
def office(home: Path) -> Office:
    return Office(home)


def test_another_reader_makes_new_versions_of_the_reading_and_none_of_the_capture(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    office.page("/tin/2", "Thông báo hai")
    captures, change = office.house.catalog.count_captures(), office.house.catalog.last_change()
    office.with_reader(NEW)
    counts, seen, applied = office.reread(dry_run=True)
    assert (counts, applied) == (Counter(differs=2), 0)
    assert {(shift.field, shift.kind, shift.after) for shift in seen[0].shifts if shift.kind == "filled"} == {
        ("byline", "filled", "Trần Thị Mẫu"),
        ("summary", "filled", "Tóm tắt: Thông báo một."),
    }
    assert office.house.catalog.last_change() == change, "a dry run changes nothing"
    assert office.reread()[2] == 2
    first, second = office.house.catalog.versions(office.id("/tin/1"))
    assert (first.reread, first.reading.byline, first.reading.platform) == (False, None, "cu")
    assert (second.reread, second.reading.byline, second.reading.platform) == (True, "Trần Thị Mẫu", "moi")
    assert (second.capture_id, second.captured_at) == (first.capture_id, first.captured_at)
    assert (office.house.catalog.count_captures(), office.house.catalog.last_change()) == (captures, change + 2)
    assert verify(office.house.store, office.house.catalog).bad == ()


def test_a_second_run_changes_nothing(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    office.with_reader(NEW)
    office.reread()
    before, files = everything(office.house), [path.stat().st_size for path in office.house.store.files()]
    assert office.reread()[0] == Counter(same=1)
    assert everything(office.house) == before
    assert [path.stat().st_size for path in office.house.store.files()] == files


@pytest.mark.parametrize("then", [(NEW,), (OLD,), (DEMANDING,), ()], ids=["new", "old", "fails", "generic"])
def test_a_rebuild_by_any_reader_comes_to_the_same_versions(office: Office, then: tuple[Layout, ...]) -> None:
    office.page("/tin/1", "Thông báo một")
    office.page("/tin/1", "Thông báo một", TEXT + " Đã sửa.")
    office.page("/tin/2", "Thông báo hai")
    office.with_reader(NEW)
    office.reread()
    office.page("/tin/1", "Thông báo một", TEXT + " Đã sửa lần hai.")
    office.with_reader(replace(NEW, byline=""))
    office.reread()
    before = documents(office.house)
    assert [each.number for each in office.house.catalog.versions(office.id("/tin/1"))] == [1, 2, 3, 4, 5]
    office.with_reader(*then)
    assert documents_rebuilt(office.house) == before


def test_versions_that_another_reader_would_not_have_made_are_not_made_by_a_rebuild(office: Office) -> None:
    """The first reader took a line of the server's own for a part of the body, so that each look at the page was a version."""
    office.with_reader(replace(OLD, body="body"))
    assert [office.page("/tin/1", "Thông báo một", views=n) for n in (1, 2)] == ["new", "changed"]
    office.with_reader(NEW)
    office.reread()
    assert [each.reread for each in office.house.catalog.versions(office.id("/tin/1"))] == [False, False, True]
    before = documents(office.house)
    assert documents_rebuilt(office.house) == before
    assert "Phiên phục vụ 2" in office.house.catalog.version(office.id("/tin/1"), 2).reading.text


def test_where_only_the_origin_differs_the_version_keeps_its_number(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    office.with_reader(replace(OLD, title="#trang h1"))
    change = office.house.catalog.last_change()
    counts, _, applied = office.reread()
    assert (counts, applied) == (Counter(differs=1), 1)
    (version,) = office.house.catalog.versions(office.id("/tin/1"))
    origin = version.reading.origin_of("title")
    assert origin is not None
    assert ("selector:#trang h1" in origin.origin, version.reread) == (True, False)
    assert office.house.catalog.last_change() == change, "nothing for the index to follow"
    before = everything(office.house)
    assert rebuilt(office.house) == before
    assert office.reread()[0] == Counter(same=1)


SCRIPT = b"<html><head><title>x</title></head><body><div id='trang'></div><script>draw()</script></body></html>"


def test_a_page_that_could_not_be_read_becomes_a_document_once_it_can(office: Office) -> None:
    shy = b"<html><body><section class='giau'><b>Thong bao</b> 1</section></body></html>"
    assert office.raw("/tin/9", shy) == "failed"
    assert office.raw("/tin/9", shy) == "failed"
    assert office.raw("/tin/8", SCRIPT) == "failed"
    office.with_reader(Layout("giau", "section.giau", "section.giau b", "section.giau"))
    counts, (found,), applied = office.reread()
    assert (counts, applied) == (Counter(readable=1), 1)
    document = office.house.catalog.document(str(found.document_id))
    assert (document.version.reading.title, document.version.number, document.version.reread) == ("Thong bao", 1, False)
    assert len(office.house.catalog.captures(document.id)) == 2
    before = everything(office.house)
    assert office.reread()[0] == Counter(same=1)
    for layouts in ((office.portal.layouts), (OLD,)):
        office.with_reader(*layouts)
        assert rebuilt(office.house) == before


def test_a_later_capture_that_could_not_be_read_is_a_change_of_the_page_once_it_can(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    assert office.raw("/tin/1", b"<html><body><section class='giau'><b>Thong bao</b> moi</section></body></html>") == "failed"
    office.with_reader(OLD, Layout("giau", "section.giau", "section.giau b", "section.giau"))
    assert office.reread()[0] == Counter(readable=1)
    first, second = office.house.catalog.versions(office.id("/tin/1"))
    assert (second.reading.title, second.reread, second.capture_id != first.capture_id) == ("Thong bao", False, True)
    before = everything(office.house)
    assert rebuilt(office.house) == before


def test_a_document_that_cannot_be_read_any_more_stays_through_a_rebuild(office: Office) -> None:
    layout = Layout("giau", "section.giau", "section.giau b", "section.giau")
    office.with_reader(layout)
    assert office.raw("/tin/9", b"<html><body><section class='giau'><b>Thong bao</b> 1</section></body></html>") == "new"
    office.with_reader(OLD)
    counts, (lost,), _ = office.reread()
    assert (counts, lost.error is not None) == (Counter(unreadable=1), True)
    before, sizes = everything(office.house), [path.stat().st_size for path in office.house.store.files()]
    assert rebuilt(office.house) == before
    office.reread()
    assert [path.stat().st_size for path in office.house.store.files()] == sizes, "it is written down once"


def test_rows_of_another_system_are_read_again_too(office: Office) -> None:
    row = Row("7", "urn:tangthu:kho:7", "Thông báo số 12/TB-SM", "Nội dung.", portal="kho")
    with office.house.workshop() as shop:
        shop.keeper.keep_rows([row], "kho")
    assert office.reread()[0] == Counter(same=1)


def test_an_unchanged_page_that_the_new_reader_reads_otherwise_is_unchanged(office: Office) -> None:
    office.page("/tin/1", "Thông báo một", views=1)
    office.with_reader(NEW)
    assert office.page("/tin/1", "Thông báo một", views=2) == "unchanged"
    assert office.page("/tin/1", "Thông báo một", TEXT + " Đã sửa.", views=3) == "changed"
    assert office.page("/tin/1", "Thông báo một", TEXT + " Đã sửa.", views=4) == "unchanged"
    assert [each.reread for each in office.house.catalog.versions(office.id("/tin/1"))] == [False, False]


def test_what_was_captured_since_it_was_read_again_outdates_a_reading(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    office.with_reader(NEW)
    made: list[Rereading] = []
    source = Source(office.house.settings.warc, office.house.settings.catalog, office.house.portals)

    def late(batch: Sequence[Rereading], fared: Sequence[Fared]) -> list[bool]:
        office.page("/tin/1", "Thông báo một", TEXT + " Đã sửa.")
        made.extend(batch)
        with office.house.workshop(alone=True) as shop:
            return shop.keeper.reread(batch, fared)

    assert read_again(source, office.house.catalog, put=late, processes=1) == (0, 1)
    assert [each.reread for each in office.house.catalog.versions(office.id("/tin/1"))] == [False, False]
    assert not any(
        entry.role == READING for file in office.house.store.files() for entry in office.house.store.entries(file.name)
    )


def test_metadata_of_other_programs_is_passed_by(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    capture = office.house.catalog.captures(office.id("/tin/1"))[0]
    with office.house.workshop(alone=True) as shop:
        shop.keeper._writer.metadata(capture, b"outlinks: 3", content_type="application/warc-fields", role="notes", portal=None)
        shop.keeper._writer.sync()
    before = everything(office.house)
    assert rebuilt(office.house) == before
    assert verify(office.house.store, office.house.catalog).bad == ()


def test_a_reading_record_that_makes_no_sense_costs_that_record_only(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    capture = office.house.catalog.captures(office.id("/tin/1"))[0]
    with office.house.workshop(alone=True) as shop:
        for body in (b"{", b"[]", b'{"form": 99}', b'{"form": 1}', b"[" * 100_000):
            shop.keeper._writer.metadata(capture, body, content_type="application/json", role=READING, portal=None)
        shop.keeper._writer.sync()
    done = office.house.rebuild(lambda count: None)
    assert len(done.damaged) == 5
    assert all(isinstance(each, Damaged) for each in done.damaged)
    assert done.catalog.count_documents() == 1


def test_a_kill_between_the_record_and_the_catalogue_loses_nothing(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    office.with_reader(NEW)
    made = office.would_keep()
    about = office.house.catalog.capture(made[0].capture_id)
    with office.house.workshop(alone=True) as shop:
        writer = shop.keeper._writer
        writer.metadata(about, to_json(made[0]), content_type="application/json", role=READING, portal="mau")
        writer.sync()
    assert len(office.house.catalog.versions(office.id("/tin/1"))) == 1
    with office.house.workshop():  # opened, it catches up
        pass
    assert len(office.house.catalog.versions(office.id("/tin/1"))) == 2
    before = everything(office.house)
    assert office.reread()[0] == Counter(same=1)
    assert rebuilt(office.house) == before


KILLED = """
import sys
from pathlib import Path
from tests.test_ingest_reread import NEW, Office
from ingest import reread
if __name__ == "__main__":
    office = Office(Path(sys.argv[1]))
    office.with_reader(NEW)
    from ingest.reread import Source, read_again
    def put(batch, fared):
        with office.house.workshop(alone=True) as shop:
            done = shop.keeper.reread(batch, fared)
        print(len(done), flush=True)
        return done
    source = Source(office.house.settings.warc, office.house.settings.catalog, office.house.portals)
    read_again(source, office.house.catalog, put=put, processes=1, batch=3)
"""


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_killed_run_and_one_more_end_as_one_run_does(office: Office, tmp_path: Path, after: int) -> None:
    with office.house.workshop() as shop:
        for n in range(40):
            body = PAGE.format(title=f"Thông báo {n}", text=TEXT, views=0).encode()
            exchange = office.clock.exchange(f"/tin/{n}", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)
            shop.keeper.keep([exchange], office.portal, DOCUMENT)
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(office.home)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(after):
        child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    office.with_reader(NEW)
    office.reread()
    versions = {len(office.house.catalog.versions(id)) for id in office.house.catalog.document_ids()}
    assert versions == {2}
    assert verify(office.house.store, office.house.catalog).bad == ()
    before = everything(office.house)
    assert rebuilt(office.house) == before


def test_several_processes_come_to_what_one_comes_to(office: Office) -> None:
    for n in range(120):
        office.page(f"/tin/{n}", f"Thông báo {n}")
    office.with_reader(NEW)
    alone = office.reread(dry_run=True)[1]
    together = office.reread(dry_run=True, processes=2)[1]
    assert together == alone
    assert len(alone) == 120


def test_a_re_reading_survives_its_json_form(office: Office) -> None:
    office.page("/tin/1", "Thông báo một")
    office.with_reader(NEW)
    made = office.would_keep()
    assert from_json(to_json(made[0])) == made[0]
    newer = json.loads(to_json(made[0]))
    newer["reading"]["learnt_later"] = "x"
    assert from_json(json.dumps(newer).encode()) == made[0], "what a newer program knew beyond ours is passed over"
    assert made[0].first_captured_at < datetime.now(UTC)
