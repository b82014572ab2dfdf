"""The WARC files: bytes as received, durable, readable by others, honest after a crash."""

from __future__ import annotations

import errno
import gzip
import io
import os
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.errors import CannotKeep, Damaged, NotFound
from archive.records import Capture, Exchange
from archive.torn import note_ends, noted_ends, notes_of
from archive.warc import WarcStore, WarcWriter, sha256

REQUEST = b"GET /tin/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
BODY = "<h1>Thông báo về việc công khai dự toán</h1>".encode()
RESPONSE = b'HTTP/1.1 200 OK\r\ncontent-TYPE:  text/html\r\nETag: "1"\r\n\r\n' + BODY
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


def exchange(response: bytes = RESPONSE, url: str = "http://127.0.0.1/tin/1") -> Exchange:
    return Exchange(url, datetime.now(UTC), REQUEST, response, "127.0.0.1")


def nowhere(id: str) -> Capture:
    raise NotFound("capture", id)


def keep(folder: Path, *exchanges: Exchange) -> list[Capture]:
    with WarcWriter(folder) as writer:
        captures = [writer.exchange(each, role="document", portal="sample") for each in exchanges]
        writer.sync()
    return captures


def captures_in(folder: Path) -> list[Capture]:
    store = WarcStore(folder, nowhere)
    return [entry.capture for path in store.files() for entry in store.entries(path.name) if entry.capture]


def test_a_response_is_kept_byte_for_byte(tmp_path: Path) -> None:
    keep(tmp_path, exchange())
    (path,) = tmp_path.glob("*.warc.gz")
    blocks = gzip.decompress(path.read_bytes())
    assert RESPONSE + b"\r\n\r\n" in blocks
    assert REQUEST + b"\r\n\r\n" in blocks


def test_what_a_scan_reads_is_what_the_writer_returned(tmp_path: Path) -> None:
    assert captures_in(tmp_path / "none") == []
    written = keep(tmp_path, exchange(), exchange(url="http://127.0.0.1/tin/2"))
    assert captures_in(tmp_path) == written


def test_each_record_is_one_gzip_member(tmp_path: Path) -> None:
    (capture,) = keep(tmp_path, exchange())
    data = (tmp_path / capture.file).read_bytes()[capture.offset : capture.offset + capture.length]
    assert gzip.decompress(data).startswith(b"WARC/1.1\r\nWARC-Type: response")


def test_warcio_s_own_checker_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    zipped = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(BODY)
    with WarcWriter(tmp_path) as writer:
        first = writer.exchange(exchange(), role="document", portal="sample")
        for response in (chunked, zipped, b"HTTP/1.1 404 Not Found\r\n\r\n"):
            writer.exchange(exchange(response), role="document", portal="sample")
        writer.exchange(exchange(), role="document", portal="sample", same_as=first)
        writer.exchange(exchange(NOT_MODIFIED), role="document", portal="sample", same_as=first)
        writer.resource("urn:tangthu:import:1", b"{}", content_type="application/json", role="row", portal=None)
        writer.sync()
    (path,) = tmp_path.glob("*.warc.gz")
    run = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    assert "fail" not in run.stdout
    assert run.stdout.count("digest pass") == 12


def test_codings_are_removed_when_a_payload_is_read(tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    zipped = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(BODY)
    store = WarcStore(tmp_path, nowhere)
    first, second = keep(tmp_path, exchange(chunked), exchange(zipped))
    assert store.payload(first).body == b"hello"
    assert store.payload(second).body == BODY


def test_every_coding_that_the_gate_lets_in_can_be_read_back(tmp_path: Path) -> None:
    heads = {
        b"Content-Encoding: br": brotli.compress(BODY),
        b"Content-Encoding: x-gzip": gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]),
        b"Content-Encoding: deflate": zlib.compress(BODY),
        b"Transfer-Encoding: Chunked": b"%x;a=b\r\n%s\r\n0\r\nX: y\r\n\r\n" % (len(BODY), BODY),
    }
    captures = keep(tmp_path, *(exchange(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body) for head, body in heads.items()))
    assert [WarcStore(tmp_path, nowhere).payload(each).body for each in captures] == [BODY] * len(heads)


def test_an_error_with_the_bytes_of_a_page_is_no_repetition_of_it(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer:
        page = writer.exchange(exchange(), role="document", portal="sample")
        busy = writer.exchange(exchange(RESPONSE.replace(b"200 OK", b"503 Busy")), role="document", portal="sample", same_as=page)
    assert busy.kind == "response"


def test_a_header_that_would_break_its_line_is_refused(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer, pytest.raises(ValueError, match="control characters"):
        writer.exchange(exchange(), role="document", portal="x\r\nContent-Length: 3")
    assert captures_in(tmp_path) == []


def test_unchanged_content_is_a_revisit_that_leads_to_the_first_payload(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer:
        first = writer.exchange(exchange(), role="document", portal="sample")
        same = writer.exchange(exchange(), role="document", portal="sample", same_as=first)
        told = writer.exchange(exchange(NOT_MODIFIED), role="document", portal="sample", same_as=first)
        other = writer.exchange(exchange(RESPONSE + b"!"), role="document", portal="sample", same_as=first)
        writer.sync()
    assert [each.kind for each in (first, same, told, other)] == ["response", "revisit", "revisit", "response"]
    assert same.digest == told.digest == first.digest == sha256(BODY)
    assert same.length < first.length + 300
    store = WarcStore(tmp_path, {first.id: first}.__getitem__)
    assert store.payload(told).body == store.payload(same).body == BODY
    assert captures_in(tmp_path) == [first, same, told, other]


def test_the_next_writer_goes_on_in_the_same_file(tmp_path: Path) -> None:
    keep(tmp_path, exchange())
    keep(tmp_path, exchange())
    assert len(list(tmp_path.glob("*.warc.gz"))) == 1
    assert len(captures_in(tmp_path)) == 2


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as one, WarcWriter(tmp_path) as two:
        first = one.exchange(exchange(), role="document", portal=None)
        second = two.exchange(exchange(), role="document", portal=None)
        one.sync()
        two.sync()
    assert first.file != second.file


def test_a_full_file_is_left_and_a_new_one_begun(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, rotate_bytes=1000) as writer:
        for _ in range(4):
            writer.exchange(exchange(), role="document", portal=None)
            writer.sync()
    assert len(list(tmp_path.glob("*.warc.gz"))) == 4


def test_what_was_not_synced_is_not_kept(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer:
        kept = writer.exchange(exchange(), role="document", portal=None)
        writer.sync()
        writer.exchange(exchange(), role="document", portal=None)
    assert captures_in(tmp_path) == [kept]


def forget_after(path: Path, offset: int) -> None:
    """As if the writer had been killed before it synced what stands after `offset`."""
    ends = [end for end in noted_ends(path) if end <= offset]
    notes_of(path).unlink()
    note_ends(path, ends)


@pytest.mark.parametrize("notes", ["kept", "lost"])
@pytest.mark.parametrize("cut", [1, 7, 60, 200])
def test_a_torn_tail_is_set_aside_and_what_stands_before_it_stays(tmp_path: Path, cut: int, notes: str) -> None:
    first, second = keep(tmp_path, exchange(), exchange())
    path = tmp_path / first.file
    forget_after(path, second.offset)
    if notes == "lost":
        notes_of(path).unlink()
    with path.open("r+b") as file:
        file.truncate(second.offset + second.length - cut)
    (third,) = keep(tmp_path, exchange())
    assert captures_in(tmp_path) == [first, third]
    assert third.offset == second.offset
    (torn,) = (tmp_path / "torn").iterdir()
    assert torn.stat().st_size == second.length - cut


def test_records_inside_a_torn_page_are_never_taken_for_ours(tmp_path: Path) -> None:
    """A page that cannot be compressed stands as it is in its member, and may itself hold whole WARC records."""
    forged = tmp_path / "forged"
    (other,) = keep(forged, exchange(url="http://127.0.0.1/forged"))
    (first,) = keep(tmp_path / "warc", exchange())
    path = tmp_path / "warc" / first.file
    whole = path.stat().st_size
    body = os.urandom(40_000) + (forged / other.file).read_bytes() + os.urandom(40_000)
    (torn,) = keep(tmp_path / "warc", exchange(b"HTTP/1.1 200 OK\r\n\r\n" + body))
    forget_after(path, whole)
    with path.open("r+b") as file:
        file.truncate(torn.offset + torn.length - 100)
    assert captures_in(tmp_path / "warc") == [first]
    (after,) = keep(tmp_path / "warc", exchange())
    assert captures_in(tmp_path / "warc") == [first, after]


def test_a_file_that_lost_durable_bytes_is_damaged_and_not_written_to(tmp_path: Path) -> None:
    first, second = keep(tmp_path, exchange(), exchange())
    path = tmp_path / first.file
    os.truncate(path, second.offset)
    with pytest.raises(Damaged, match="before the end of what was kept"):
        list(WarcStore(tmp_path, nowhere).entries(first.file))
    (elsewhere,) = keep(tmp_path, exchange())
    assert elsewhere.file != first.file
    assert path.stat().st_size == second.offset


def test_notes_of_another_copy_of_the_file_do_no_harm(tmp_path: Path) -> None:
    """A file restored from a backup may be shorter or longer than its notes say; whole records are never cut off."""
    keep(tmp_path, exchange(), exchange(RESPONSE + os.urandom(300)))
    (path,) = tmp_path.glob("*.warc.gz")
    before = path.read_bytes()
    notes_of(path).unlink()
    note_ends(path, [7, 100, len(before) - 5])
    (after,) = keep(tmp_path, exchange())
    assert path.read_bytes().startswith(before)
    assert len(captures_in(tmp_path)) == 3
    assert captures_in(tmp_path)[-1] == after


def test_garbage_after_the_last_record_is_never_read_as_data(tmp_path: Path) -> None:
    (first,) = keep(tmp_path, exchange())
    with (tmp_path / first.file).open("ab") as file:
        file.write(b"\x1f\x8b\x08garbage that begins like gzip")
    assert captures_in(tmp_path) == [first]


def test_damage_in_the_middle_is_no_torn_tail(tmp_path: Path) -> None:
    first, second, third = keep(tmp_path, exchange(), exchange(), exchange())
    path = tmp_path / first.file
    data = bytearray(path.read_bytes())
    data[second.offset + 40] ^= 0xFF
    path.write_bytes(data)
    store = WarcStore(tmp_path, nowhere)
    with pytest.raises(Damaged) as caught:
        list(store.entries(first.file))
    assert caught.value.offset == second.offset
    assert caught.value.resume is not None
    assert third in [entry.capture for entry in store.entries(first.file, caught.value.resume)]
    keep(tmp_path, exchange())
    assert path.read_bytes().startswith(bytes(data)), "nothing of a damaged file is cut off"
    assert not (tmp_path / "torn").exists()


def test_a_payload_that_is_not_what_was_kept_is_refused(tmp_path: Path) -> None:
    first, second = keep(tmp_path, exchange(), exchange(RESPONSE + b"!"))
    store = WarcStore(tmp_path, nowhere)
    swapped = Capture(**{**{name: getattr(second, name) for name in Capture.__slots__}, "digest": first.digest})
    with pytest.raises(Damaged, match="another payload"):
        store.payload(swapped)
    (tmp_path / first.file).unlink()
    with pytest.raises(Damaged):
        store.payload(first)


def test_a_full_disk_keeps_nothing_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept,) = keep(tmp_path, exchange())
    size = (tmp_path / kept.file).stat().st_size

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with WarcWriter(tmp_path) as writer:
        writer.exchange(exchange(), role="document", portal=None)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(CannotKeep, match="No space left"):
                writer.sync()
        assert (tmp_path / kept.file).stat().st_size == size
        after = writer.exchange(exchange(), role="document", portal=None)
        writer.sync()
    assert captures_in(tmp_path) == [kept, after]


def test_a_really_full_file_system_is_told_and_survived(tmp_path: Path) -> None:
    """The kernel's own limit on file size stops the write half-way through a record."""
    script = """
import resource, signal, sys
from pathlib import Path
from tests.test_archive_warc import captures_in, exchange, RESPONSE
from archive.errors import CannotKeep
from archive.warc import WarcWriter
import os
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
with WarcWriter(folder) as writer:
    kept = writer.exchange(exchange(), role="document", portal=None)
    writer.sync()
    size = (folder / kept.file).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
    try:
        writer.exchange(exchange(RESPONSE + os.urandom(5000)), role="document", portal=None)
        writer.sync()
    except CannotKeep:
        print("told")
assert captures_in(folder) == [kept]
assert (folder / kept.file).stat().st_size == size
"""
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert run.stdout == "told\n", run.stderr


@given(st.text(max_size=60), st.binary(max_size=60), st.binary(max_size=300))
def test_any_address_headers_and_body_come_back_whole(
    tmp_path_factory: pytest.TempPathFactory, path: str, headers: bytes, body: bytes
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    url = "http://127.0.0.1/" + path.encode("utf-8", "replace").decode()
    (capture,) = keep(folder, exchange(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n" + body, url))
    assert captures_in(folder) == [capture]
    (path_of_file,) = folder.glob("*.warc.gz")
    assert headers + b"\r\n\r\n" + body in gzip.decompress(path_of_file.read_bytes())
    assert WarcStore(folder, nowhere).payload(capture).status == 200


def test_other_readers_find_request_and_response(tmp_path: Path) -> None:
    keep(tmp_path, exchange())
    (path,) = tmp_path.glob("*.warc.gz")
    kinds = [record.rec_type for record in ArchiveIterator(io.BytesIO(path.read_bytes()))]
    assert kinds == ["warcinfo", "response", "request"]
