"""WACZ packages: their WARC files come in straight out of the zip, if they are what was packed."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.foreign_files import HOST, Desk, Records, answer, one, package, page


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_warc_files_of_a_package_come_in_with_what_it_says_of_itself(desk: Desk, method: int) -> None:
    files = {"archive/data.warc.gz": one(page()).members(), "archive/b.warc": b"", "pages/pages.jsonl": b"{}\n"}
    tally = desk.take(package(files, method=method, title="Bộ sưu tập mẫu", software="Thí Dụ 1.0"))
    assert (tally.total("new"), tally.refused.total()) == (1, 0)
    (capture,) = desk.house.catalog.captures(desk.id())
    told = desk.house.catalog.provenance(capture.id)
    assert told is not None
    assert told.origin.source == "file-1!/archive/data.warc.gz"
    assert dict(told.made_by) | {"title": "Bộ sưu tập mẫu", "signature verified": "no"} == dict(told.made_by)
    assert desk.take(files["archive/data.warc.gz"]).total("skipped") == 1


def test_a_member_that_is_not_what_was_packed_is_refused_and_the_others_come_in(desk: Desk) -> None:
    other = Records()
    other.response("/tin/2", answer(page("Hai")))
    files = {"archive/a.warc.gz": one(page()).members(), "archive/b.warc.gz": other.members()}
    tally = desk.take(package(files, lie="archive/a.warc.gz"))
    assert (tally.total("new"), tally.refused) == (1, {"fixity": 1})
    assert "archive/a.warc.gz" in tally.refusals[0].item


def test_a_description_that_was_changed_is_refused(desk: Desk) -> None:
    whole = package({"archive/a.warc.gz": one(page()).members()})
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as read, zipfile.ZipFile(stream, "w") as made:
        for name in read.namelist():
            made.writestr(name, read.read(name) + (b" " if name == "datapackage.json" else b""))
    assert desk.take(stream.getvalue()).refused == {"no_package": 1}


def test_packages_within_a_package_are_read(desk: Desk) -> None:
    inner = package({"archive/a.warc.gz": one(page()).members()})
    tally = desk.take(package({"a.wacz": inner}, profile="multi-wacz-package"))
    assert (tally.total("new"), tally.refused.total()) == (1, 0)


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made, made.open("archive/a.warc", "w", force_zip64=True) as member:
        for _ in range(260):
            member.write(bytes(1 << 20))
    return stream.getvalue()


def climbing() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("../../../tmp/climbed", b"x")
        made.writestr("/etc/climbed", b"x")
        made.writestr("archive/../../climbed.warc", one(page()).plain())
    return stream.getvalue()


def test_names_in_a_package_are_never_paths(desk: Desk) -> None:
    before = sorted(desk.house.settings.home.parent.rglob("*"))
    tally = desk.take(climbing(), dry_run=True)
    assert tally.total("captures") == 1
    made = set(desk.house.settings.home.parent.rglob("*")) - set(before)
    assert {path.name for path in made} <= {"file-1", "var", "catalog.db", "catalog.db-wal", "catalog.db-shm"}


def no_archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.txt", "b")
    return stream.getvalue()


BAD = {
    "not-a-package": b"PK\x03\x04" + bytes(200),
    "no-archive": no_archive(),
    "cut": package({"archive/a.warc.gz": one(page()).members()})[:-40],
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_a_zip_that_is_no_package_is_said_to_be_none(desk: Desk, data: bytes) -> None:
    tally = desk.take(data)
    assert (tally.refused, tally.total("captures")) == ({"no_package": 1}, 0)


def test_a_package_that_unpacks_without_end_is_not_unpacked(desk: Desk) -> None:
    assert desk.take(bomb()).refused == {"no_package": 1}


@pytest.mark.parametrize(("field", "value"), [(10, b"\x63\x00"), (16, b"\x01\x02\x03\x04")], ids=["method", "checksum"])
def test_a_member_that_cannot_be_unpacked_costs_that_member_only(desk: Desk, field: int, value: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("archive/a.warc", one(page()).plain())
        made.writestr("archive/b.warc", one(page(text="B " * 90), WARC_Target_URI=f"https://{HOST}/tin/7").plain())
    data = bytearray(stream.getvalue())
    entry = data.index(b"PK\x01\x02") + field
    data[entry : entry + len(value)] = value
    tally = desk.take(bytes(data))
    assert (tally.refused["torn"], tally.refusals[0].item) == (1, "file-1!/archive/a.warc")
    assert desk.id(f"https://{HOST}/tin/7")
