"""WARC files of others become captures with their own dates, once, whatever their packing; what is wrong with them is said."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest

from archive.verify import verify
from tangthu.house import House
from tests.foreign_files import BEGAN, HOST, TEXT, URL, Desk, Records, answer, at, one, page, sha1
from tests.test_ingest_keep import everything, rebuilt


@pytest.mark.parametrize("packing", ["members", "whole", "plain"])
def test_a_response_becomes_a_capture_with_its_own_date_and_bytes(desk: Desk, packing: str) -> None:
    made = Records()
    made.record("warcinfo", b"software: Crawler/3\r\noperator: Ban Mau\r\n", Content_Type="application/warc-fields")
    block = answer(page(), "200 OK", "text/html; charset=utf-8", "X-Odd:  two  spaces", 'ETag: "7"')
    record = made.response("/tin/1", block, WARC_IP_Address="203.0.113.9")
    tally = desk.take(getattr(made, packing)())
    assert (tally.total("captures"), tally.total("new"), tally.refused.total()) == (1, 1, 0)
    (capture,) = desk.house.catalog.captures(desk.id())
    assert (capture.fetched_at, capture.status, capture.etag) == (BEGAN + timedelta(minutes=1), 200, '"7"')
    kept = gzip.decompress((desk.house.settings.warc / capture.file).read_bytes()[capture.offset :][: capture.length])
    assert block in kept
    told = desk.house.catalog.provenance(capture.id)
    assert told is not None
    assert (told.origin.record, told.origin.digest, told.origin.source) == (record, sha1(page()), "file-1")
    assert told.origin.archived_at - datetime.now(UTC) < timedelta(minutes=1)
    assert ("operator", "Ban Mau") in told.made_by
    assert told.ended_at is not None


def test_the_same_capture_is_taken_once_however_it_comes_again(desk: Desk) -> None:
    made = one(page())
    renamed = one(page(), WARC_Record_ID="<urn:uuid:other>", WARC_Date=at(0)[:-1] + ".400Z", WARC_Block_Digest=None)
    assert desk.take(made.members()).total("captures") == 1
    for again in (made.members(), made.whole(), made.plain(), renamed.members()):
        tally = desk.take(again)
        assert (tally.total("captures"), tally.total("skipped")) == (0, 1)
    assert desk.take(one(page()).members() * 3).total("skipped") == 3
    assert desk.house.catalog.count_captures() == 1


def test_an_archive_that_imports_anothers_export_knows_what_both_took(desk: Desk, tmp_path: Path) -> None:
    from tangthu.settings import Settings

    other = Desk(House(Settings(home=tmp_path / "other")), tmp_path)
    other.take(one(page()).members())
    (file,) = other.house.store.files()
    other.house.catalog.close()
    assert desk.take(file.read_bytes()).total("captures") == 1
    assert desk.take(one(page()).members()).total("skipped") == 1
    (own,) = desk.house.store.files()
    assert desk.take(own.read_bytes()).total("skipped") == 1
    (capture,) = desk.house.catalog.captures(desk.id())
    told = desk.house.catalog.provenance(capture.id)
    assert told is not None
    assert told.origin.record == "<urn:uuid:00000000-0000-4000-8000-000000000000>"


def test_an_older_capture_that_comes_later_has_a_number_but_is_not_current(desk: Desk) -> None:
    def dated(year: int, text: str) -> bytes:
        return one(page(text=text), WARC_Date=f"{year}-05-01T00:00:00Z").members()

    for year, text in ((2023, "C"), (2021, "A"), (2022, "B"), (2024, "D")):
        desk.take(dated(year, text * 60))
    document = desk.house.catalog.document(desk.id())
    assert document.version.reading.text.startswith("DDD")
    assert (document.version.number, document.versions) == (4, 4)
    assert desk.history() == [(2, "2021-05-01"), (3, "2022-05-01"), (1, "2023-05-01"), (4, "2024-05-01")]
    assert (document.first_captured_at.year, document.last_captured_at.year) == (2021, 2024)
    tally = desk.take(one(page(text="B" * 60), WARC_Date="2022-06-01T00:00:00Z").members())
    assert tally.total("unchanged") == 1, "it says what the version in force then says"
    before = everything(desk.house)
    assert rebuilt(desk.house) == before
    assert verify(desk.house.store, desk.house.catalog).bad == ()


def test_an_old_page_with_old_terms_changes_no_terms(desk: Desk) -> None:
    def demanding(name: str, date: str, path: str) -> bytes:
        footer = f'<footer>Ghi rõ nguồn "{name}" khi sử dụng lại thông tin từ website này.</footer></body>'.encode()
        made = Records()
        made.response(path, answer(page().replace(b"</body>", footer)), WARC_Date=date)
        return made.members()

    for name, date, path in (("SỞ A", "2019", "/1"), ("SỞ B", "2022", "/2"), ("SỞ C", "2020", "/3"), ("SỞ D", "2023", "/4")):
        assert desk.take(demanding(name, f"{date}-01-01T00:00:00Z", path)).total("new") == 1
    logged = [(each.kind, each.at.year) for each in desk.house.catalog.events()]
    assert logged == [("reuse_found", 2019), ("reuse_changed", 2022), ("reuse_changed", 2023)]
    before = everything(desk.house)
    assert rebuilt(desk.house) == before


def test_provenance_comes_back_with_a_rebuild(desk: Desk) -> None:
    desk.take(one(page()).members())
    (capture,) = desk.house.catalog.captures(desk.id())
    before = desk.house.catalog.provenance(capture.id)
    rebuilt(desk.house)
    assert desk.house.catalog.provenance(capture.id) == before is not None


def test_what_became_of_a_known_page_is_recorded_if_it_is_newer(desk: Desk) -> None:
    def gone(date: str) -> bytes:
        made = Records()
        made.response("/tin/1", answer(b"", "404 Not Found"), WARC_Date=date)
        made.response("/khac", answer(b"", "404 Not Found"))
        return made.members()

    desk.take(one(page(), WARC_Date="2022-01-01T00:00:00Z").members())
    older, state = desk.take(gone("2021-01-01T00:00:00Z")), desk.house.catalog.document(desk.id()).state
    assert (older.total("kept"), older.total("removed"), state) == (1, 0, "live")
    newer, state = desk.take(gone("2023-01-01T00:00:00Z")), desk.house.catalog.document(desk.id()).state
    assert (newer.total("removed"), newer.reasons()["status_404"], state) == (1, 1, "removed")
    desk.take(one(page(text="Bản giữa " * 30), WARC_Date="2022-06-01T00:00:00Z").members())
    document = desk.house.catalog.document(desk.id())
    assert (document.state, document.version.number) == ("removed", 2), "seen before it went: its text is the last, it stays gone"
    before = everything(desk.house)
    assert rebuilt(desk.house) == before


def test_what_waits_for_something_that_stands_behind_it_comes_in_all_the_same(desk: Desk) -> None:
    made, later = Records(), Records()
    made.response("/tin/1", answer(b"", "410 Gone"), WARC_Date=at(-60))
    made.response("/tin/cu", answer(b"", "301 Moved Permanently", "text/html", "Location: /tin/1"))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    digest = sha1(page())
    named = {"WARC_Target_URI": f"https://{HOST}/ban-sao", "Content_Type": "application/http; msgtype=response"}
    made.record("revisit", head, WARC_Payload_Digest=digest, **named)
    later.response("/tin/1", answer(page()))
    assert desk.take(made.members(), later.members(), dry_run=True).total("captures") == 4
    tally = desk.take(made.members(), later.members())
    assert (tally.total("captures"), tally.total("new"), tally.total("moved")) == (4, 2, 1)
    again = desk.take(made.members(), later.members())
    assert (again.total("captures"), again.total("skipped"), again.refused.total()) == (0, 4, 0)
    assert desk.house.catalog.knows(f"{HOST}:tin/cu")
    before = everything(desk.house)
    assert rebuilt(desk.house) == before


@pytest.mark.parametrize("by", ["record", "date", "digest"])
def test_a_revisit_repeats_the_capture_that_it_names(desk: Desk, by: str) -> None:
    made = Records()
    first = made.response("/tin/1", answer(page()))
    names = {
        "record": {"WARC_Refers_To": first},
        "date": {"WARC_Refers_To_Target_URI": URL, "WARC_Refers_To_Date": at(0)},
        "digest": {"WARC_Payload_Digest": sha1(page())},
    }[by]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    made.record("revisit", head, WARC_Target_URI=URL, WARC_Date=at(600), Content_Type="application/http", **names)
    made.record("revisit", b"", WARC_Target_URI=URL, WARC_Date=at(700), Content_Type="application/http", **names)
    tally = desk.take(made.members())
    assert (tally.total("captures"), tally.total("unchanged")) == (3, 2)
    captures = desk.house.catalog.captures(desk.id())
    assert [each.refers_to for each in captures] == [None, captures[0].id, captures[0].id]
    assert desk.house.store.payload(captures[1]).body == page()


def test_a_revisit_of_what_is_not_here_is_said(desk: Desk) -> None:
    made = Records()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    made.record("revisit", head, WARC_Target_URI=URL, Content_Type="application/http", WARC_Refers_To="<urn:uuid:gone>")
    assert desk.take(made.members()).refused == {"revisit_of_nothing": 1}


def chunked(body: bytes) -> bytes:
    return f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (chunked(page()), ("Transfer-Encoding: chunked",)),
        (gzip.compress(page()), ("Content-Encoding: gzip",)),
        (brotli.compress(page()), ("Content-Encoding: br",)),
        (zlib.compress(page()), ("Content-Encoding: deflate",)),
        (chunked(gzip.compress(page())), ("Content-Encoding: gzip", "Transfer-Encoding: chunked")),
        (page(), ("Content-Encoding: br", "Transfer-Encoding: chunked")),
    ],
    ids=["chunked", "gzip", "brotli", "deflate", "both", "unpacked-by-the-browser"],
)
def test_bodies_are_read_whatever_their_coding(desk: Desk, body: bytes, more: tuple[str, ...]) -> None:
    assert desk.take(one(body, *more).members()).total("new") == 1
    (capture,) = desk.house.catalog.captures(desk.id())
    assert desk.house.store.payload(capture).body == page()
    assert rebuilt(desk.house)


@pytest.mark.parametrize("digested", ["body", "entity"])
def test_a_payload_digest_may_be_of_the_body_as_sent_or_of_what_it_unpacks_to(desk: Desk, digested: str) -> None:
    body = chunked(gzip.compress(page()))
    named = {"WARC_Payload_Digest": sha1(page() if digested == "entity" else body)}
    made = one(body, "Content-Encoding: gzip", "Transfer-Encoding: chunked", **named)
    assert desk.take(made.members()).total("new") == 1


@pytest.mark.parametrize("line", ["HTTP/2 200", "HTTP/2.0 200 OK", "HTTP/1.1 200", "HTTP/1.0 200 Được"])
def test_odd_status_lines_are_read(desk: Desk, line: str) -> None:
    made = Records()
    made.response("/tin/1", line.encode() + b"\r\ncontent-type: text/html\r\n\r\n" + page())
    assert desk.take(made.members()).total("new") == 1


def test_what_is_no_announcement_is_passed_by_with_its_reason_and_kept_on_demand(desk: Desk) -> None:
    made = Records()
    made.response("/a.png", answer(b"\x89PNG", content_type="image/png"))
    made.response("/a.css", answer(b"a{}", content_type="text/css"))
    made.response("/a.js", answer(b"a()", content_type="application/javascript"))
    made.response("/loi", answer(b"", "503 Busy"))
    made.record("request", b"GET / HTTP/1.1\r\n\r\n", WARC_Target_URI=URL)
    made.record("metadata", b"a: b", WARC_Target_URI=URL)
    made.record("conversion", b"abc", WARC_Target_URI=URL)
    made.record("resource", b"1.2.3.4", WARC_Target_URI="dns:thu.example.vn", Content_Type="text/dns")
    made.response("/phan", answer(page()), WARC_Segment_Number="1")
    made.record("continuation", b"abc", WARC_Target_URI=f"https://{HOST}/phan", WARC_Segment_Number="2")
    made.response("/cut", answer(page())[:-50], WARC_Truncated="length", WARC_Payload_Digest=None)
    made.response("/short", answer(page(), "200 OK", "text/html", "Content-Length: 99999"))
    tally = desk.take(made.members())
    assert tally.reasons() == {
        "image": 1, "style": 1, "script": 1, "status_503": 1, "request": 1, "metadata": 1, "conversion": 1,
        "no_web_address": 1, "segmented": 1, "continuation": 1, "truncated": 2,
    }  # fmt: skip
    assert (tally.total("captures"), tally.refused.total()) == (0, 0)
    everything_kept = desk.take(made.members(), everything=True)
    assert (everything_kept.total("captures"), everything_kept.total("kept")) == (6, 6)
    assert desk.house.catalog.count_documents() == 0
    assert desk.take(made.members(), everything=True).total("skipped") == 6
    assert desk.house.rebuild(lambda count: None).catalog.count_captures() == 6


def test_hosts_that_no_portal_declares_go_by_their_own_name_or_are_passed_by(desk: Desk) -> None:
    made = one(page())
    assert desk.take(made.members(), declared_only=True).reasons() == {"undeclared_host": 1}
    assert desk.take(made.members()).hosts[HOST].portal == HOST
    other = Records("khac.example.vn")
    other.response("/tin/5", answer(page()))
    assert desk.take(other.members(), portal="bo-suu-tap").hosts["khac.example.vn"].portal == "bo-suu-tap"
    assert desk.house.catalog.document(desk.id("https://khac.example.vn/tin/5")).portal == "bo-suu-tap"


def test_of_a_declared_portal_only_its_announcements_are_taken(desk: Desk) -> None:
    made = Records("127.0.0.1")
    made.response("/tin-tuc/", answer(page("Danh sách")))
    made.response("/tin-tuc/thu-nghiem-12.html", answer(page()))
    tally = desk.take(made.members())
    assert (tally.reasons(), tally.hosts["127.0.0.1"].portal, tally.total("new")) == ({"no_announcement": 1}, "sample", 1)


WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "block-digest": ({"WARC_Block_Digest": sha1(b"")}, "digest"),
    "payload-digest": ({"WARC_Payload_Digest": sha1(b"")}, "digest"),
    "no-date": ({"WARC_Date": None}, "date"),
    "1970": ({"WARC_Date": "1970-01-01T00:00:00Z"}, "date"),
    "future": ({"WARC_Date": "2199-01-01T00:00:00Z"}, "date"),
    "no-date-at-all": ({"WARC_Date": "hôm qua"}, "date"),
    "user": ({"WARC_Target_URI": f"https://ai:mat-khau@{HOST}/tin/1"}, "credentials"),
    "file": ({"WARC_Target_URI": "file:///etc/passwd"}, "scheme"),
    "javascript": ({"WARC_Target_URI": "javascript:alert(1)"}, "scheme"),
    "no-address": ({"WARC_Target_URI": None}, "scheme"),
    "bad-host": ({"WARC_Target_URI": "http://[::1/tin/1"}, "url"),
}


@pytest.mark.parametrize(("named", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_record_that_cannot_be_trusted_is_refused_and_the_others_come_in(
    desk: Desk, named: dict[str, str | None], code: str
) -> None:
    made = Records()
    made.response("/tin/1", answer(page()), **named)
    made.response("/tin/2", answer(page("Hai")))
    tally = desk.take(made.members())
    assert (tally.refused, tally.total("new")) == ({code: 1}, 1)
    assert "mat-khau" not in str(tally.refusals)


def test_a_body_that_no_reader_can_unpack_is_refused(desk: Desk) -> None:
    bomb = gzip.compress(bytes(20 << 20), 9)
    made = Records()
    made.response("/bom", answer(bomb, "200 OK", "text/html", "Content-Encoding: gzip"))
    made.response("/hong", answer(gzip.compress(page())[:-20], "200 OK", "text/html", "Content-Encoding: gzip"))
    made.response("/la", answer(bytes(range(32)) * 9, "200 OK", "text/html", "Content-Encoding: zstd"))
    made.response("/dau", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: " + b"x" * (10 << 20) + b"\r\n\r\n" + page())
    made.response("/tin/1", answer(page()))
    tally = desk.take(made.members())
    assert tally.refused == {"bomb": 1, "coding": 2, "http_head": 1}
    assert tally.total("new") == 1


def test_a_lying_length_costs_its_record_where_records_are_members(desk: Desk) -> None:
    for lie in (40, 100_000):
        made = Records()
        made.response("/tin/1", answer(page()), Content_Length=str(lie))
        made.response("/tin/2", answer(page("Hai")))
        tally = desk.take(made.members())
        assert tally.refused.total() >= 1
        assert tally.total("new") + tally.total("skipped") == 1
        plain = desk.take(made.plain())
        assert plain.total("captures") == 0
        assert "not read" in plain.refusals[-1].why, "nothing tells where the next record begins: a page may hold one"


def test_a_record_inside_a_page_is_no_record(desk: Desk) -> None:
    inner = one(page("Giả mạo")).plain()
    made = Records()
    made.response("/tin/1", answer(page() + inner), Content_Length="300", WARC_Block_Digest=None, WARC_Payload_Digest=None)
    made.response("/goi", answer(inner, content_type="application/warc"))
    tally = desk.take(made.members())
    assert tally.total("captures") == 0
    assert tally.reasons() == {"other_type": 1}


def test_a_torn_file_gives_what_is_whole_and_says_where_it_ends(desk: Desk) -> None:
    made = one(page())
    made.response("/tin/2", answer(page("Hai")))
    for data in (made.members()[:-30], made.whole()[:-30], made.plain()[:-30]):
        tally = desk.take(data)
        assert tally.total("new") + tally.total("skipped") >= (0 if data is made.whole() else 1)
        assert tally.refused
    assert desk.house.catalog.count_documents() == 1
    assert desk.take(made.members()).total("new") == 1
    assert desk.take(made.members() + b"garbage").refused == {"torn": 1}


def test_an_endless_header_ends(desk: Desk) -> None:
    made = one(page())
    data = b"WARC/1.0\r\nX: " + b"x" * (10 << 20) + b"\r\n\r\n"
    assert desk.take(gzip.compress(data) + made.members()).total("new") == 1
    assert desk.take(data + made.plain()).refused == {"torn": 1}


def test_a_member_that_unpacks_to_nothing_but_zeros_is_left(desk: Desk) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(90)) + packer.flush()
    head = packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\nWARC-Date: {at()}\r\nContent-Length: {90 << 20}\r\n\r\n"
    )
    bomb = head.compress(first.encode()) + b"".join(head.compress(bytes(1 << 20)) for _ in range(90)) + head.flush()
    tally = desk.take(one(page("Hai")).members() + bomb)
    assert (tally.total("new"), tally.refused) == (1, {"torn": 1})


ARC = "filedesc://a.arc 0.0.0.0 20090301080000 text/plain 76\n1 0 Mau\nURL IP-address Archive-date Content-type Archive-length\n"


def test_an_arc_file_is_read_too(desk: Desk) -> None:
    block = answer(page())
    head = ARC.replace(" 76\n", f" {len(ARC.partition(chr(10))[2])}\n").encode()
    record = f"\n{URL} 203.0.113.5 20090301080900 text/html {len(block)}\n".encode() + block + b"\n"
    tally = desk.take(head + record)
    assert (tally.total("new"), tally.refused.total()) == (1, 0)
    assert desk.history() == [(1, "2009-03-01")]
    assert desk.take(gzip.compress(head) + gzip.compress(record[1:])).total("skipped") == 1


def test_a_dry_run_counts_a_capture_once_however_often_the_file_is_gone_through(desk: Desk) -> None:
    made = Records()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    named = {"WARC_Payload_Digest": sha1(page()), "Content_Type": "application/http; msgtype=response"}
    made.record("revisit", head, WARC_Target_URI=f"https://{HOST}/ban-sao", **named)
    made.response("/tin/1", answer(page()))
    made.record("revisit", head, WARC_Target_URI=URL, WARC_Date=at(600), **named)
    tried = desk.take(made.members(), made.members(), dry_run=True)
    taken = desk.take(made.members(), made.members())
    for name, count in (("captures", 3), ("skipped", 2)):
        assert (tried.total(name), taken.total(name)) == (count, count), name


def test_a_dry_run_says_what_would_come_in_and_keeps_nothing(desk: Desk) -> None:
    made = one(page(text=TEXT))
    made.response("/tin/1", answer(b"", "404 Not Found"))
    tally = desk.take(made.members(), dry_run=True)
    assert (tally.total("captures"), desk.house.catalog.count_captures()) == (2, 0)
    assert not desk.house.settings.warc.exists()
