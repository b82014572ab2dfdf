"""Saved pages: whoever saved them, address and date are found by rule, or the page is refused and it is said."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from archive.records import Capture, Provenance
from ingest.imports.folder import Folder, Given
from ingest.imports.material import Candidate, Refused, Wanted
from tests.foreign_files import HOST, URL, Desk, answer, one, page
from tests.test_ingest_keep import everything, rebuilt

SAVED_AT = datetime(2020, 6, 15, 1, 30, tzinfo=UTC).timestamp()


def tree(root: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (SAVED_AT, SAVED_AT))
    return root


def marked(mark: str, body: bytes = b"") -> bytes:
    return (body or page()).replace(b"<html>", b"<html>" + mark.encode())


def only(desk: Desk, url: str = URL) -> tuple[Capture, Provenance]:
    (capture,) = desk.house.catalog.captures(desk.id(url))
    told = desk.house.catalog.provenance(capture.id)
    assert told is not None
    return capture, told


def test_a_file_that_this_user_may_not_read_costs_only_itself() -> None:
    with TemporaryDirectory() as name:
        root = tree(Path(name), {"a.html": page("Một"), "b.html": page("Hai"), "c/d.html": page("Ba")})
        root.chmod(0o755)
        for barred in ("a.html", "c"):
            (root / barred).chmod(0)
        wanted = Wanted((), datetime.now(UTC))
        user = os.geteuid()
        try:
            if user == 0:
                os.seteuid(65534)  # root may read everything
            items = list(Folder(root, Given(host=HOST), wanted).items())
        finally:
            os.seteuid(user)
            (root / "c").chmod(0o755)
    assert [each.url for each in items if isinstance(each, Candidate)] == [f"http://{HOST}/b.html"]
    assert [each.code for each in items if isinstance(each, Refused)] == ["unreadable", "unreadable"]


MARKS = {
    "saved-from": (f"<!-- saved from url=(0028){URL} -->", "2020-06-15T01:30:00", "mtime"),
    "httrack": (
        f"<!-- Mirrored from {HOST}/tin/1 by HTTrack Website Copier/3.x [XR&CO'2014], Sat, 01 Feb 2020 10:11:12 GMT -->",
        "2020-02-01T10:11:12",
        "httrack",
    ),
    "singlefile": (
        f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Mon Jun 15 2020 08:31:00 GMT+0700 (Indochina Time)\n-->",
        "2020-06-15T01:31:00",
        "singlefile",
    ),
}


@pytest.mark.parametrize("rule", MARKS)
def test_the_mark_in_a_saved_page_gives_its_address_and_date(desk: Desk, tmp_path: Path, rule: str) -> None:
    mark, date, date_from = MARKS[rule]
    body = marked(mark)
    root = tree(
        tmp_path / "saved", {"Thông báo.html": body, "Thông báo_files/quangcao.html": page("Khung"), "anh.png": b"\x89PNG"}
    )
    tally = desk.take_paths(root)
    assert (tally.total("new"), tally.url_from, tally.date_from) == (1, {rule: 1}, {date_from: 1})
    assert tally.reasons() == {"part_of_a_saved_page": 1, "image": 1}
    capture, told = only(desk, URL.replace("https", "http") if rule == "httrack" else URL)  # HTTrack names no scheme
    assert (capture.kind, capture.fetched_at.isoformat()) == ("resource", f"{date}+00:00")
    assert (told.origin.source, told.origin.url_from, told.origin.date_from) == ("saved/Thông báo.html", rule, date_from)
    assert desk.house.store.payload(capture).body == body
    before = everything(desk.house)
    assert rebuilt(desk.house) == before


def test_a_tree_of_wget_gives_addresses_by_its_folders_and_its_log_gives_dates(desk: Desk, tmp_path: Path) -> None:
    log = (
        f"--2020-06-15 08:30:00--  https://{HOST}/tin/bai.aspx?id=7\nResolving {HOST}... 203.0.113.7\n"
        f"HTTP request sent, awaiting response... 200 OK\nLength: 9 [text/html]\nSaving to: ‘{HOST}/tin/bai.aspx?id=7.html’\n\n"
        f"2020-06-15 08:30:01 (9 KB/s) - ‘{HOST}/tin/bai.aspx?id=7.html’ saved [9/9]\n"
        f"--2020-06-15 08:30:05--  https://{HOST}/tin/bai.aspx?id=8\nSaving to: ‘{HOST}/tin/bai.aspx?id=8.html’\n"
    )
    root = tree(
        tmp_path / "mirror",
        {
            "wget.log": log.encode(),
            f"{HOST}/tin/index.html": page("Mục lục"),
            f"{HOST}/tin/bai.aspx?id=7.html": page("Bảy"),
            f"{HOST}/tin/bai.aspx?id=8.html": page("Tám, liên kết đã đổi"),
            f"{HOST}/tin/bai.aspx?id=8.html.orig": page("Tám"),
            f"{HOST}/robots.txt": b"User-agent: *\n",
        },
    )
    tally = desk.take_paths(root)
    assert (tally.total("new"), tally.url_from, tally.refused.total()) == (3, {"folders": 1, "wget-log": 2}, 0)
    seven, _ = only(desk, f"https://{HOST}/tin/bai.aspx?id=7")
    assert seven.fetched_at == datetime(2020, 6, 15, 1, 30, tzinfo=UTC)
    assert desk.house.catalog.document(desk.id(f"https://{HOST}/tin/bai.aspx?id=8")).version.reading.title == "Tám"
    assert desk.house.catalog.knows(f"{HOST}:tin")
    assert tally.reasons()["links_converted"] == 1


def test_a_declared_portals_page_is_believed_where_it_names_its_own_address(desk: Desk, tmp_path: Path) -> None:
    url = "http://127.0.0.1/tin-tuc/thu-nghiem-12.html"
    link = f'<link rel="canonical" href="{url}">'
    foreign = '<meta property="og:url" content="https://khac.example.vn/a">'
    root = tree(tmp_path / "saved", {"a.html": marked(link), "b.html": marked(foreign)})
    tally = desk.take_paths(root)
    assert (tally.url_from, tally.refused) == ({"canonical": 1}, {"no_address": 1})
    assert "--host" in tally.refusals[0].why
    assert desk.house.catalog.document(desk.id(url)).portal == "sample"


@pytest.mark.parametrize("asked", [{"host": HOST}, {"url_prefix": f"https://{HOST}/"}])
def test_whoever_imports_may_say_where_a_folder_came_from(desk: Desk, tmp_path: Path, asked: dict[str, str]) -> None:
    root = tree(tmp_path / "saved", {"tin/1": page(), "tin/a b.html": page("Hai")})
    tally = desk.take_paths(root, **asked)
    assert (tally.total("new"), tally.url_from) == (2, {"given": 2})
    scheme = "http" if "host" in asked else "https"
    assert {desk.house.catalog.document(id).url for id in desk.house.catalog.document_ids()} == {
        f"{scheme}://{HOST}/tin/1",
        f"{scheme}://{HOST}/tin/a%20b.html",
    }


def test_one_saved_page_comes_in_alone(desk: Desk, tmp_path: Path) -> None:
    path = tree(tmp_path / "saved", {"trang.html": page()}) / "trang.html"
    assert desk.take_paths(path).refused == {"no_address": 1}
    assert desk.take_paths(path, url=URL).total("new") == 1
    assert desk.take_paths(path, url=URL).total("skipped") == 1


MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: {url}
Subject: =?utf-8?Q?Th=C3=B4ng?=
Date: Mon, 15 Jun 2020 01:30:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----bien"

------bien
Content-Type: text/html
Content-ID: <frame@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: {url}

{body}
------bien
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://thu.example.vn/a.png

iVBORw0KGgo=
------bien--
"""


def test_the_page_within_an_mhtml_file_is_read_and_the_file_kept_whole(desk: Desk) -> None:
    import quopri

    data = MHTML.format(url=URL, body=quopri.encodestring(page("Thông báo số 5")).decode()).replace("\n", "\r\n").encode()
    tally = desk.take(data)
    assert (tally.total("new"), tally.url_from, tally.date_from) == (1, {"mhtml": 1}, {"mhtml": 1})
    capture, _ = only(desk)
    assert desk.house.catalog.document(desk.id()).version.reading.title == "Thông báo số 5"
    assert desk.house.store.payload(capture).body == data
    before = everything(desk.house)
    assert rebuilt(desk.house) == before


def test_kept_http_headers_make_a_response_with_its_date(desk: Desk, tmp_path: Path) -> None:
    message = answer(page(), "200 OK", "text/html", "Date: Sat, 01 Feb 2020 10:11:12 GMT")
    root = tree(tmp_path / "saved", {f"{HOST}/tin/1": message, f"{HOST}/tin/2": answer(page(), "404 Not Found")})
    tally = desk.take_paths(root)
    assert (tally.date_from, tally.reasons()) == ({"http-date": 1}, {"status_404": 1})
    capture, _ = only(desk, f"http://{HOST}/tin/1")
    assert (capture.kind, capture.status, capture.fetched_at.day) == ("response", 200, 1)


def test_a_copied_folder_brings_nothing_new_though_its_files_have_other_times(desk: Desk, tmp_path: Path) -> None:
    files = {f"{HOST}/tin/1": page()}
    assert desk.take_paths(tree(tmp_path / "a", files)).total("new") == 1
    copy = tree(tmp_path / "b", files)
    os.utime(copy / HOST / "tin" / "1", (SAVED_AT + 99_999, SAVED_AT + 99_999))
    assert desk.take_paths(copy).total("skipped") == 1


def test_a_folder_may_hold_warc_files_and_copiers_leavings(desk: Desk, tmp_path: Path) -> None:
    files = {
        "wget.warc.gz": one(page()).members(),
        "hts-cache/new.zip": b"PK\x03\x04",
        "tep.docx": b"PK\x03\x04" + bytes(99),
        "index.html": marked('<meta name="generator" content="HTTrack Website Copier/3.x">'),
        "trong.html": b"",
    }
    tally = desk.take_paths(tree(tmp_path / "site", files))
    assert (tally.total("new"), tally.refused.total()) == (1, 0)
    assert tally.reasons() == {"copiers_file": 2, "file": 1, "empty": 1}
    assert only(desk)[1].origin.source == "site/wget.warc.gz"


def test_nothing_but_plain_files_within_the_folder_is_opened(desk: Desk, tmp_path: Path) -> None:
    outside = tree(tmp_path / "outside", {"1": page()})
    root = tree(tmp_path / "site", {f"{HOST}/tin/1": page()})
    (root / HOST / "ngoai").symlink_to(outside)
    (root / HOST / "mot").symlink_to(outside / "1")
    (root / HOST / "vong").symlink_to(root)
    os.mkfifo(root / HOST / "ong")
    with (root / HOST / "lon.html").open("wb") as file:
        file.write(page())
        file.truncate(65 << 20)
    tally = desk.take_paths(root)
    assert (tally.total("captures"), tally.reasons()) == (1, {"symlink": 3, "not_a_file": 1, "too_large": 1})


def test_names_in_any_encoding_become_the_addresses_that_servers_have(desk: Desk, tmp_path: Path) -> None:
    composed = "thông-báo.html"
    apart = os.fsencode(unicodedata.normalize("NFD", composed))
    old = "giấy-mời.html".encode("cp1258", errors="ignore") + b"\xf0"
    root = tmp_path / "site" / HOST
    root.mkdir(parents=True)
    for name, title in ((apart, "Một"), (old, "Hai")):
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_bytes(page(title))
    tally = desk.take_paths(root.parent)
    assert (tally.total("new"), tally.refused.total()) == (2, 0)
    urls = {desk.house.catalog.document(id).url for id in desk.house.catalog.document_ids()}
    assert f"http://{HOST}/th%C3%B4ng-b%C3%A1o.html" in urls


HOSTILE = {
    "user": "<!-- saved from url=(0040)https://ai:mat-khau@thu.example.vn/tin/1 -->",
    "no-host": "<!-- saved from url=(0010)https:///x -->",
    "comment-bomb": "<!--" * 20_000 + "-->" * 3,
}


@pytest.mark.parametrize("mark", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_mark_that_is_no_address_is_refused(desk: Desk, mark: str) -> None:
    tally = desk.take(marked(mark))
    assert (tally.total("captures"), tally.refused.total()) == (0, 1)
    assert "mat-khau" not in str(tally.refusals)


def test_a_file_whose_time_cannot_be_is_refused(desk: Desk, tmp_path: Path) -> None:
    root = tree(tmp_path / "site", {f"{HOST}/tin/1": page()})
    os.utime(root / HOST / "tin" / "1", (0, 0))
    assert desk.take_paths(root).refused == {"date": 1}


def test_a_folder_of_a_hundred_thousand_files_is_gone_through(desk: Desk, tmp_path: Path) -> None:
    root = tree(tmp_path / "site", {f"{HOST}/tin/1": page()})
    for number in range(100):
        folder = root / HOST / str(number)
        folder.mkdir()
        for name in range(1000):
            os.mknod(folder / f"{name}.png")
    tally = desk.take_paths(root, dry_run=True)
    assert (tally.total("captures"), tally.reasons()) == (1, {"empty": 100_000})
