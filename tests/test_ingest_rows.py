"""Rows of another system: read strictly, and what is wrong with one is said of that one."""

from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import rows
from ingest.errors import BadRow, IngestError
from ingest.portal import Portal
from ingest.rows import Row, read_rows

GOOD = '{"id": "2", "title": "Thông báo hai"}\n'
PORTAL = Portal(name="kho", title="Kho cũ", host="kho.example.vn", base_url="https://kho.example.vn/", lists=())


def jsonl(folder: Path, content: str | bytes) -> list[Row | BadRow]:
    file = folder / "rows.jsonl"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_rows(file))


def csv_rows(folder: Path, content: str | bytes) -> list[Row | BadRow]:
    file = folder / "rows.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_rows(file))


def row(**cells: object) -> str:
    return json.dumps({"id": "1", "title": "Thông báo"} | cells) + "\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "1", "title": "Th\xf4ng b\xe1o"}\n'.encode("cp1258"), "not UTF-8: save the file as UTF-8"),
        ('{"id": "1", "title": "x", "khác": "\xe1"}\n'.encode()[:-4] + b'\xe1"}\n', "not UTF-8"),
        (row(title="\ud800").encode(), "not UTF-8"),
        (row(text="a\udfffb").encode(), "not UTF-8"),
        (b'{"id": ' + b"1" * 5000 + b', "title": "x"}\n', "a number of 5000 digits"),
        (b'{"id": NaN, "title": "x"}\n', "NaN is no value"),
        (row(url="http:///a").encode(), "without a host"),
        (row(url="http://").encode(), "without a host"),
        (row(url="http://[::1/").encode(), "Invalid IPv6"),
        (row(url="http://editor:s3cret@a.vn/").encode(), "user name"),
        (row(url="ftp://a.vn/").encode(), "not a web address"),
        (row(url=f"http://a.vn/{'a' * 9000}").encode(), "longer than"),
        (row(id="a" * 9000).encode(), "longer than"),
        (row(url="http://a.vn/\r\nX: y").encode(), "control characters in url"),
        (row(id="1\x002").encode(), "control characters in id"),
        (row(id="1\x852").encode(), "control characters in id"),
        (row(portal="a\x1bb").encode(), "control characters in portal"),
        (row(portal="Kho cũ").encode(), "portal"),
        (row(portal="../kho").encode(), "portal"),
        (row(portal="-kho").encode(), "portal"),
        (row(portal="k" * 101).encode(), "portal"),
    ],
)
def test_a_row_that_is_none_is_named_and_the_next_one_read(tmp_path: Path, line: bytes, why: str) -> None:
    bad, good = jsonl(tmp_path, line + GOOD.encode())
    assert isinstance(bad, BadRow)
    assert why in str(bad)
    assert bad.row == 1
    assert "s3cret" not in str(bad)
    str(bad).encode()
    assert isinstance(good, Row)


@pytest.mark.parametrize("portal", ["kho-cu", "sotaichinh.phutho.gov.vn", "3", "k" * 100])
def test_a_row_may_name_its_portal(tmp_path: Path, portal: str) -> None:
    (read,) = jsonl(tmp_path, row(portal=portal))
    assert isinstance(read, Row)
    assert read.portal == portal


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    read = jsonl(tmp_path, "".join(f'{{"id": {id}, "title": "x"}}\n' for id in ("1.10", "12345678901234567890", "1e3")))
    assert [each.id for each in read if isinstance(each, Row)] == ["1.10", "12345678901234567890", "1e3"]


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROW_CHARACTERS", 1000)
    file = tmp_path / "rows.jsonl"
    file.write_text(row(text="x" * 5_000_000) + GOOD)
    tracemalloc.start()
    bad, good = read_rows(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(bad, BadRow)
    assert "longer than 1,000 characters" in str(bad)
    assert isinstance(good, Row)
    assert peak < 1_000_000


def test_a_last_line_that_is_too_long_ends_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROW_CHARACTERS", 100)
    good, bad = jsonl(tmp_path, GOOD + "x" * 1000)
    assert isinstance(good, Row)
    assert isinstance(bad, BadRow)


def test_after_a_line_that_is_too_long_a_csv_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROW_CHARACTERS", 100)
    good, bad = csv_rows(tmp_path, 'id,title,text\n1,x,y\n2,x,"một\n' + "x" * 1000 + '\n3,"giả"\n"\n')
    assert isinstance(good, Row)
    assert isinstance(bad, BadRow)
    assert "the rows after it were not read" in str(bad)


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        ("", "title"),
        ("id,Tiêu đề,text", "title"),
        ("id;title;text", "title"),
        ("title,text,published", "id or url"),
    ],
)
def test_a_csv_without_its_columns_is_one_error(tmp_path: Path, heading: str, missing: str) -> None:
    with pytest.raises(IngestError, match=f"rows.csv: the heading has no column {missing}; columns are id, url, title") as caught:
        csv_rows(tmp_path, f"{heading}\n1,x,y\n2,x,y\n")
    assert caught.value.code == "format"
    assert heading in str(caught.value)


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
@pytest.mark.parametrize(
    "content",
    [
        b"id,title\n1,a\x00b\n",
        "id,title\n1,x\n".encode("utf-16"),
        b"PK\x03\x04" + b"xl/workbook" * 20,
        bytes(range(1, 9)) * 50,
    ],
)
def test_a_file_that_is_no_text_is_one_error(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(IngestError, match="not text in UTF-8") as caught:
        list(read_rows(file))
    assert caught.value.code == "format"
    assert not isinstance(caught.value, BadRow)


def test_a_csv_heading_in_another_encoding_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="not UTF-8: save the file as UTF-8"):
        csv_rows(tmp_path, "id,title,\xe1\n1,x,y\n".encode("cp1258"))


def test_a_csv_row_in_another_encoding_is_named_whole_and_the_next_one_read(tmp_path: Path) -> None:
    first, bad, last = csv_rows(tmp_path, b'id,title,text\n1,x,y\n2,x,"m\xf4t\nid 9,x,\nhai"\n3,x,y\n')
    assert isinstance(bad, BadRow)
    assert "not UTF-8: save the file as UTF-8" in str(bad)
    assert [each.id for each in (first, last) if isinstance(each, Row)] == ["1", "3"]


def test_a_quote_that_is_never_closed_does_not_take_the_rows_after_it_for_text(tmp_path: Path) -> None:
    good, bad = csv_rows(tmp_path, 'id,title,text\n1,x,y\n2,x,"y\n3,x,y\n4,x,y\n')
    assert isinstance(good, Row)
    assert isinstance(bad, BadRow)


def test_a_cell_too_many_is_no_row(tmp_path: Path) -> None:
    bad, good, trailing = csv_rows(tmp_path, "id,title,text\n1,Thông báo, số 7,y\n2,x,y\n3,x,y,,\n")
    assert isinstance(bad, BadRow)
    assert "4 cells under a heading of 3" in str(bad)
    assert isinstance(good, Row)
    assert isinstance(trailing, Row)


def test_rows_of_different_hosts_are_different_documents(tmp_path: Path) -> None:
    urls = ["http://a.vn/tin/1", "http://b.vn/tin/1", "https://kho.example.vn/tin/1", "http://kho.example.vn/?id=1"]
    read = jsonl(tmp_path, "".join(row(url=url) for url in urls))
    assert [each.identity(PORTAL) for each in read if isinstance(each, Row)] == [
        "kho:a.vn/tin/1",
        "kho:b.vn/tin/1",
        "kho:tin/1",
        "kho:?id=1",
    ]


def test_the_pattern_of_a_portal_names_its_own_pages_only() -> None:
    portal = Portal(name="p", title="P", host="p.vn", base_url="http://p.vn/", lists=(), identity=r"-(\d+)\.html|(?:\?p=)()")
    assert portal.identity_of("http://p.vn/tin-7.html") == "p:7"
    assert portal.identity_of("http://q.vn/tin-7.html") == "p:q.vn/tin-7.html"
    assert portal.identity_of("http://p.vn/a?p=") != portal.identity_of("http://p.vn/b?p=")


def test_pages_told_apart_by_their_query_alone_are_different_documents() -> None:
    assert PORTAL.identity_of("https://kho.example.vn/?id=1") != PORTAL.identity_of("https://kho.example.vn/?id=2")


@pytest.mark.parametrize(("path", "is_article"), [("", False), ("/", False), ("/#x", False), ("/?p=1", True), ("/tin", True)])
def test_the_root_of_a_site_is_no_announcement(path: str, is_article: bool) -> None:
    assert PORTAL.is_article(f"https://kho.example.vn{path}") is is_article


@given(st.text(max_size=60), st.sampled_from(["", "http://", "http://kho.example.vn", "http://kho.example.vn/", "http://["]))
def test_a_portal_survives_any_text_for_an_address(text: str, start: str) -> None:
    owned = PORTAL.owns(start + text)
    assert owned or not PORTAL.is_article(start + text)
    try:
        assert PORTAL.identity_of(start + text).startswith("kho:")
    except ValueError:
        return


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["rows.csv", "rows.jsonl"]),
    st.sampled_from([b"", b"id,title,text,url,portal\n", b'{"id": "1", "title": "']),
    st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_any_file_gives_rows_or_errors_of_ingest(tmp_path: Path, name: str, start: bytes, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(start + content)
    read: list[Row | BadRow] = []
    with suppress(IngestError):
        read += read_rows(file)
    for each in read:
        if isinstance(each, Row):
            each.as_json()
            each.identity(PORTAL).encode()
            each.reading(PORTAL)
