"""From bytes to documents, twice: as they come in, and again from the WARC files alone."""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import CatalogueBusy, CatalogueDamaged
from archive.message import split_http
from archive.records import Exchange, Outcome, Reading
from archive.torn import notes_of
from archive.verify import verify
from archive.warc import sha256
from ingest import keep
from ingest.errors import BadRow
from ingest.keep import DOCUMENT, LIST, passing_portal
from ingest.portal import Portal
from ingest.rows import read_rows
from tangthu.house import House

PAGE = """<html><head><title>{title}</title></head><body><h1>{title}</h1><p>Ngày 15/06/2020</p><div><p>{text}</p>
<p>Sở Tài chính thông báo để các đơn vị biết, thực hiện; mọi vướng mắc gửi về phòng Quản lý ngân sách để được hướng dẫn.</p>
</div></body></html>"""
HOST = "thu.example.vn"


@pytest.fixture
def portal() -> Portal:
    return passing_portal(HOST)


class Shop:
    """A workshop that is opened for each thing that is kept, as each command opens its own."""

    def __init__(self, house: House) -> None:
        self._house = house

    def keep(self, exchanges: list[Exchange], portal: Portal, role: str) -> Outcome:
        with self._house.workshop() as workshop:
            return workshop.keeper.keep(exchanges, portal, role)


@pytest.fixture
def shop(house: House) -> Shop:
    return Shop(house)


class Clock:
    """Captures one minute apart."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, tzinfo=UTC)

    def exchange(self, path: str, response: bytes) -> Exchange:
        self.now += timedelta(minutes=1)
        return Exchange(f"https://{HOST}{path}", self.now, b"GET / HTTP/1.1\r\n\r\n", response, "203.0.113.1")

    def page(self, path: str, title: str, text: str) -> Exchange:
        body = PAGE.format(title=title, text=text).encode()
        return self.exchange(path, b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: "1"\r\n\r\n' + body)

    def status(self, path: str, line: str) -> Exchange:
        return self.exchange(path, f"HTTP/1.1 {line}\r\n\r\n".encode())

    def redirect(self, path: str, to: str, status: int = 301) -> Exchange:
        return self.exchange(path, f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\n\r\n".encode())


TEXT = "Công khai dự toán ngân sách nhà nước năm 2021 của đơn vị theo quy định hiện hành."


def everything(house: House) -> dict[str, object]:
    """All that must be the same after a rebuild."""
    catalog = house.catalog
    return {id: (catalog.document(id), catalog.versions(id), catalog.captures(id)) for id in catalog.document_ids()} | {
        "portals": catalog.portals(),
        "counts": (catalog.count_captures(), catalog.count_versions(), catalog.last_change()),
    }


def rebuilt(house: House) -> dict[str, object]:
    done = house.rebuild(lambda count: None)
    assert (done.damaged, done.lost) == ((), ())
    return everything(house)


def test_a_page_lives_through_change_removal_and_return_and_a_rebuild_tells_the_same(
    house: House, shop: Shop, portal: Portal
) -> None:
    clock = Clock()
    keep = shop.keep
    steps: list[Outcome] = [
        keep([clock.page("/tin/1", "Thông báo một", TEXT)], portal, DOCUMENT),
        keep([clock.page("/tin/1", "Thông báo một", TEXT)], portal, DOCUMENT),
        keep([clock.status("/tin/1", "304 Not Modified")], portal, DOCUMENT),
        keep([clock.page("/tin/1", "Thông báo một", TEXT + " Đã sửa.")], portal, DOCUMENT),
        keep([clock.status("/tin/1", "503 Busy")], portal, DOCUMENT),
        keep([clock.status("/tin/1", "410 Gone")], portal, DOCUMENT),
        keep([clock.page("/tin/1", "Thông báo một", TEXT + " Đã sửa.")], portal, DOCUMENT),
        keep([clock.page("/tin/2", "Thông báo hai", TEXT)], portal, DOCUMENT),
        keep([clock.page("/", "Trang chủ", TEXT)], portal, LIST),
        keep([clock.status("/tin/9", "404 Not Found")], portal, DOCUMENT),
    ]
    assert [each.outcome for each in steps] == [
        "new", "unchanged", "unchanged", "changed", "failed", "removed", "unchanged", "new", "kept", "failed",
    ]  # fmt: skip
    assert {each.document for each in steps[:7]} == {steps[0].document, None}
    before = everything(house)
    assert rebuilt(house) == before
    assert verify(house.store, house.catalog).bad == ()


def test_a_document_keeps_its_id_when_its_page_moves(house: House, shop: Shop, portal: Portal) -> None:
    clock = Clock()
    first = shop.keep([clock.page("/tin/cu", "Thông báo", TEXT)], portal, DOCUMENT)
    moved = shop.keep([clock.redirect("/tin/cu", "/tin/moi"), clock.page("/tin/moi", "Thông báo", TEXT)], portal, DOCUMENT)
    assert moved.document == first.document
    assert house.catalog.count_documents() == 1
    assert house.catalog.document(str(first.document)).url == f"https://{HOST}/tin/moi"
    assert rebuilt(house)["counts"] == (3, 1, 2)


def test_two_addresses_of_one_page_are_one_document_whichever_was_listed(house: House, shop: Shop, portal: Portal) -> None:
    clock = Clock()
    hops = [clock.redirect("/tin/cu", "/tin/moi"), clock.page("/tin/moi", "Thông báo", TEXT)]
    first = shop.keep(hops, portal, DOCUMENT)
    again = shop.keep([clock.page("/tin/moi", "Thông báo", TEXT)], portal, DOCUMENT)
    assert (first.outcome, again.outcome) == ("new", "unchanged")
    assert first.document == again.document
    assert house.catalog.knows(portal.identity_of(f"https://{HOST}/tin/cu"))


def test_a_temporary_redirect_does_not_merge_addresses(house: House, shop: Shop, portal: Portal) -> None:
    clock = Clock()
    shop.keep([clock.redirect("/tin/1", "/bao-tri", 302), clock.page("/bao-tri", "Bảo trì", TEXT)], portal, DOCUMENT)
    kept = shop.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    assert kept.outcome == "new"
    assert house.catalog.count_documents() == 2


def test_a_page_that_cannot_be_read_is_kept_and_named(house: House, shop: Shop, portal: Portal) -> None:
    clock = Clock()
    outcome = shop.keep([clock.exchange("/tin/1", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")], portal, DOCUMENT)
    assert outcome.outcome == "failed"
    assert outcome.capture is not None
    assert house.catalog.capture(outcome.capture).status == 200
    assert house.catalog.count_documents() == 0
    again = shop.keep([clock.exchange("/tin/1", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")], portal, DOCUMENT)
    assert again.outcome == "failed"


def test_what_a_crash_left_uncatalogued_is_caught_up_with(house: House, portal: Portal) -> None:
    clock = Clock()
    with house.workshop() as shop:
        shop.keeper.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    with house.workshop() as shop:
        shop.keeper._writer.exchange(clock.page("/tin/2", "Thông báo hai", TEXT), role=DOCUMENT, portal=portal.name)
        shop.keeper._writer.sync()
    assert house.catalog.count_documents() == 1
    with house.workshop():
        pass
    assert house.catalog.count_documents() == 2
    with house.workshop():
        pass
    assert house.catalog.count_captures() == 2, "nothing is catalogued twice"


KILLED = """
import sys
from pathlib import Path
from tangthu.house import House
from tangthu.settings import Settings
from ingest.keep import DOCUMENT, passing_portal
from tests.test_ingest_keep import Clock, HOST, TEXT
house, clock = House(Settings(home=Path(sys.argv[1]))), Clock()
with house.workshop() as shop:
    for n in range(10_000):
        outcome = shop.keeper.keep([clock.page(f"/tin/{n}", f"Thông báo {n}", TEXT)], passing_portal(HOST), DOCUMENT)
        print(outcome.document, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.02, 0.11, 0.23, 0.37])
def test_a_kill_at_any_moment_loses_nothing_that_was_said_to_be_kept(house: House, after_s: float) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(house.settings.home)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [child.stdout.readline().strip()]
    time.sleep(after_s)
    os.kill(child.pid, signal.SIGKILL)
    said += child.stdout.read().split("\n")
    child.wait()
    child.stdout.close()
    kept = {id for id in said if len(id) == 12}
    with house.workshop():
        pass
    assert kept <= set(house.catalog.document_ids())
    assert verify(house.store, house.catalog).bad == ()
    before = everything(house)
    assert rebuilt(house) == before


def test_rebuild_passes_over_a_damaged_record_and_says_which(house: House, portal: Portal) -> None:
    clock = Clock()
    with house.workshop() as shop:
        outcomes = [shop.keeper.keep([clock.page(f"/tin/{n}", f"Thông báo {n}", TEXT)], portal, DOCUMENT) for n in range(3)]
    middle = house.catalog.capture(str(outcomes[1].capture))
    path = house.settings.warc / middle.file
    data = bytearray(path.read_bytes())
    data[middle.offset + 60] ^= 0xFF
    path.write_bytes(data)
    assert [(bad.file, bad.offset) for bad in verify(house.store, house.catalog).bad] == [(middle.file, middle.offset)]
    done = house.rebuild(lambda count: None)
    assert [error.offset for error in done.damaged] == [middle.offset]
    assert done.lost == (outcomes[1].document,)
    assert set(done.catalog.document_ids()) == {outcomes[0].document, outcomes[2].document}


def test_a_missing_file_is_found_by_verify(house: House, portal: Portal) -> None:
    with house.workshop() as shop:
        outcome = shop.keeper.keep([Clock().page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    (house.settings.warc / house.catalog.capture(str(outcome.capture)).file).unlink()
    (bad,) = verify(house.store, house.catalog).bad
    assert bad.why == "the whole file is missing, with 1 captures"


def row(n: int, **more: object) -> str:
    return json.dumps(
        {"id": f"cu-{n}", "title": f"Thông báo {n}", "text": TEXT, "published": "2019-05-02", **more}, ensure_ascii=False
    )


def test_rows_are_kept_first_then_recorded_and_survive_a_rebuild(house: House, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(
        "\n".join([row(1), row(2, portal="kho-cu", author="Hoài Anh"), row(3, url="http://127.0.0.1:8017/tin/x-77.html")])
    )
    rows = [each for each in read_rows(file) if not isinstance(each, BadRow)]
    with house.workshop() as shop:
        first = shop.keeper.keep_rows(rows, "import")
        again = shop.keeper.keep_rows(rows, "import")
    assert [each.outcome for each in first] == ["new"] * 3
    assert [each.outcome for each in again] == ["unchanged"] * 3
    assert [house.catalog.document(str(each.document)).external_id for each in first] == ["cu-1", "cu-2", "cu-3"]
    assert house.catalog.document(str(first[1].document)).portal == "kho-cu"
    assert house.catalog.document(str(first[2].document)).portal == "sample"
    before = everything(house)
    assert rebuilt(house) == before


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        ('{"title": "x"}', "neither id nor url"),
        ('{"id": "1"}', "no title"),
        ('{"id": "1", "title": {"a": 1}}', "not text"),
        ('{"id": "1", "title": "x", "published": "31/02/2020"}', "not a date"),
        ('{"id": "1", "title": "x", "url": "javascript:alert(1)"}', "not a web address"),
        ('{"id": ' + "[" * 100_000 + "}", "not JSON"),
    ],
)
def test_a_bad_row_is_named_and_the_next_one_read(tmp_path: Path, line: str, why: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(f"{line}\n{row(2)}\n")
    bad, good = read_rows(file)
    assert isinstance(bad, BadRow)
    assert why in str(bad)
    assert bad.row == 1
    assert not isinstance(good, BadRow)


def test_csv_with_a_byte_order_mark_and_line_breaks_in_cells_is_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes('\ufeffid,title,text,published\r\n7,"Thông báo, số 7","dòng một\r\ndòng hai",15/06/2020\r\n'.encode())
    (read,) = read_rows(file)
    assert not isinstance(read, BadRow)
    assert (read.id, read.title, read.text, read.published) == ("7", "Thông báo, số 7", "dòng một\r\ndòng hai", "15/06/2020")


def test_a_page_that_breaks_the_reader_costs_that_page_only(
    house: House, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are kept before they are read: a reader's bug must not stop every later catch-up and rebuild."""
    clock = Clock()

    def broken(*arguments: object) -> Reading:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch, house.workshop() as shop:
        patch.setattr(keep, "read", broken)
        failed = shop.keeper.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    assert (failed.outcome, "the page is kept" in str(failed.error)) == ("failed", True)
    done = house.rebuild(lambda count: None)
    assert done.catalog.count_documents() == 1, "the mended reader reads it"


def test_an_announcement_that_leads_to_the_front_page_is_removed_not_replaced(house: House, shop: Shop, portal: Portal) -> None:
    clock = Clock()
    first = shop.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    gone = shop.keep([clock.redirect("/tin/1", "/"), clock.page("/", "Trang chủ", TEXT)], portal, DOCUMENT)
    unknown = shop.keep([clock.redirect("/tin/2", "/"), clock.page("/", "Trang chủ", TEXT)], portal, DOCUMENT)
    assert (gone.outcome, gone.document) == ("removed", first.document)
    assert unknown.outcome == "failed"
    document = house.catalog.document(str(first.document))
    assert (document.state, document.versions, house.catalog.count_documents()) == ("removed", 1, 1)
    before = everything(house)
    assert rebuilt(house) == before


def test_a_damaged_capture_is_fetched_and_kept_anew(house: House, shop: Shop, portal: Portal) -> None:
    clock = Clock()
    first = shop.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    capture = house.catalog.capture(str(first.capture))
    path = house.settings.warc / capture.file
    data = bytearray(path.read_bytes())
    data[capture.offset + 60] ^= 0xFF
    path.write_bytes(data)
    second = shop.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    healed = house.catalog.capture(str(second.capture))
    assert healed.kind == "response"
    assert TEXT in house.store.payload(healed).body.decode()


def test_verify_sees_a_record_that_was_replaced_by_another_whole_one(house: House, shop: Shop, portal: Portal) -> None:
    clock = Clock()
    capture = house.catalog.capture(str(shop.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT).capture))
    path = house.settings.warc / capture.file
    member = gzip.decompress(path.read_bytes()[capture.offset : capture.offset + capture.length])
    forged = member.replace("dự toán".encode(), "dự phòng".encode()[: len("dự toán".encode())])
    block = forged.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
    for part, digest in ((block, b"WARC-Block-Digest"), (split_http(block)[1], b"WARC-Payload-Digest")):
        forged = re.sub(digest + rb": sha256:[0-9a-f]+", digest + b": sha256:" + sha256(part).encode(), forged)
    data = path.read_bytes()
    path.write_bytes(data[: capture.offset] + gzip.compress(forged) + data[capture.offset + capture.length :])
    notes_of(path).unlink()
    assert any("not capture" in bad.why for bad in verify(house.store, house.catalog).bad)


def test_what_another_process_left_uncatalogued_is_not_passed_over(house: House, portal: Portal) -> None:
    """Its bytes stand before ours in the file: ours being catalogued says nothing of them."""
    clock = Clock()
    with house.workshop() as shop:
        shop.keeper.keep([clock.page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
        shop.keeper._writer.exchange(clock.page("/tin/2", "Thông báo hai", TEXT), role=DOCUMENT, portal=portal.name)
        shop.keeper._writer.sync()
        shop.keeper.keep([clock.page("/tin/3", "Thông báo ba", TEXT)], portal, DOCUMENT)
    assert house.catalog.count_documents() == 2
    with house.workshop():
        pass
    assert house.catalog.count_documents() == 3


def test_a_rebuild_waits_for_writers_and_says_who_is_at_work(house: House) -> None:
    hasty = House(replace(house.settings, busy_s=0.1))
    with house.workshop(), pytest.raises(CatalogueBusy, match="a crawl or an import is at work"):
        hasty.rebuild(lambda count: None)


def test_a_rebuild_needs_few_open_files(house: House, portal: Portal) -> None:
    clock = Clock()
    small = House(replace(house.settings, rotate_bytes=1))
    for n in range(60):
        with small.workshop() as shop:
            shop.keeper.keep([clock.page(f"/tin/{n}", f"Thông báo {n}", TEXT)], portal, DOCUMENT)
    before = everything(small)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 25, hard))
    try:
        after = rebuilt(small)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert after == before


def test_rows_of_two_hosts_with_one_path_are_two_documents(house: House, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    real = "https://sotaichinh.phutho.gov.vn/article/x-12345"
    file.write_text("\n".join([row(1, url="https://a.example/tin/1"), row(2, url="https://b.example/tin/1"), row(3, url=real)]))
    claims = [replace(each, portal="sotaichinh.phutho.gov.vn") for each in read_rows(file) if not isinstance(each, BadRow)]
    with house.workshop() as shop:
        outcomes = shop.keeper.keep_rows(claims, "import")
    assert len({each.document for each in outcomes}) == 3
    portals = [house.catalog.document(str(each.document)).portal for each in outcomes]
    assert portals == ["a.example", "b.example", "sotaichinh.phutho.gov.vn"], "a row does not speak for another's host"


def test_a_missing_catalogue_beside_warc_files_is_no_empty_archive(house: House, shop: Shop, portal: Portal) -> None:
    shop.keep([Clock().page("/tin/1", "Thông báo", TEXT)], portal, DOCUMENT)
    house.catalog.close()
    house.settings.catalog.unlink()
    with pytest.raises(CatalogueDamaged, match="tangthu rebuild"):
        _ = House(house.settings).catalog


GONE_200 = "<html><head><title>Không tìm thấy trang | Sở Mẫu</title></head><body><p>Bài viết này không tồn tại.</p></body></html>"
LOGIN = "<html><head><title>Đăng nhập</title></head><body><form><input name=u><input type=password></form></body></html>"
CHALLENGE = "<html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p></body></html>"


def test_a_page_that_says_it_is_gone_though_it_answers_200_is_removed_and_may_return(
    house: House, shop: Shop, portal: Portal
) -> None:
    clock = Clock()
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    steps = [
        shop.keep([clock.page("/tin/1", "Thông báo một", TEXT)], portal, DOCUMENT),
        shop.keep([clock.exchange("/tin/1", ok + LOGIN.encode())], portal, DOCUMENT),
        shop.keep([clock.exchange("/tin/1", ok + CHALLENGE.encode())], portal, DOCUMENT),
        shop.keep([clock.exchange("/tin/1", ok + GONE_200.encode())], portal, DOCUMENT),
    ]
    assert [each.outcome for each in steps] == ["new", "failed", "failed", "removed"]
    known = str(steps[0].document)
    again = shop.keep([clock.exchange("/tin/1", ok + GONE_200.encode())], portal, DOCUMENT)
    assert (again.outcome, house.catalog.captures(known)[-1].kind) == ("failed", "revisit")
    assert house.catalog.document(known).state == "removed"
    assert len(house.catalog.captures(known)) == 5
    returned = shop.keep([clock.page("/tin/1", "Thông báo một", TEXT)], portal, DOCUMENT)
    assert (returned.outcome, returned.document, returned.version) == ("unchanged", known, 1)
    assert house.catalog.document(known).state == "live"
    unknown = shop.keep([clock.exchange("/tin/9", ok + GONE_200.encode())], portal, DOCUMENT)
    assert (unknown.outcome, unknown.document) == ("failed", None)
    before = everything(house)
    assert rebuilt(house) == before


def test_what_was_appended_before_a_failure_is_not_vouched_for_by_the_next_one(house: House, portal: Portal) -> None:
    clock = Clock()
    broken = replace(clock.page("/tin/2", "Thông báo hai", TEXT), address="203.0.113.1\nX")
    with house.workshop() as shop:
        with pytest.raises(ValueError, match="control characters"):
            shop.keeper.keep([clock.redirect("/tin/1", "/tin/2"), broken], portal, DOCUMENT)
        shop.keeper.keep([clock.page("/tin/3", "Thông báo ba", TEXT)], portal, DOCUMENT)
    before = everything(house)
    assert house.catalog.count_captures() == 1
    assert rebuilt(house) == before
