"""The gate sends the forms of lists, under the rules of every other request, and sends no other form."""

from __future__ import annotations

import gzip
import re
import ssl
from dataclasses import replace
from typing import Any

import pytest

from archive.message import split_http
from archive.records import POSTED
from ingest import keep
from ingest.errors import FetchFailed, Refused, TooManyRedirects
from ingest.fetch import Gate
from ingest.portal import Portal
from ingest.step import ARGUMENT, MAX_FORM_BYTES, STATE, TARGET, Step
from tangthu.house import House
from tests.lying_server import LyingServer, redirect, respond

FIELDS = ((TARGET, "ctl00$dsTin"), (ARGUMENT, "Page$2"), (STATE, "dDw+NQ=="), ("tuKhoa", "công khai & ngân sách"))
FORM = (
    b"__EVENTTARGET=ctl00%24dsTin&__EVENTARGUMENT=Page%242&__VIEWSTATE=dDw%2BNQ%3D%3D"
    b"&tuKhoa=c%C3%B4ng+khai+%26+ng%C3%A2n+s%C3%A1ch"
)


def portal(server: LyingServer, **changes: Any) -> Portal:
    facts = Portal("mau", "Sở Tài chính tỉnh Mẫu", "127.0.0.1", server.url(), ("/tin.aspx",), local=True, delay_s=0.0)
    return replace(facts, **changes)


def gate(**changes: Any) -> Gate:
    return Gate(agent="tangthu-test/0.1 (+mailto:x@mau.test)", tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), **changes)


def asked(server: LyingServer) -> list[tuple[str, bytes]]:
    """Method and body of each request but those for robots.txt."""
    parts = [request.partition(b"\r\n\r\n") for request in server.requests]
    return [(head.split(b" ")[0].decode(), body) for head, _, body in parts if b"/robots.txt" not in head.split(b"\r\n")[0]]


def test_a_postback_is_sent_as_a_browser_sends_it() -> None:
    with LyingServer({"/tin.aspx": respond(b"trang 2")}) as server:
        fetched = gate().fetch(Step(server.url("/tin.aspx"), FIELDS), portal(server), etag='"a"', last_modified="x")
    assert asked(server) == [("POST", FORM)]
    head = server.requests[-1].partition(b"\r\n\r\n")[0].decode()
    assert re.search(r"(?im)^content-type: application/x-www-form-urlencoded\r?$", head)
    assert re.search(rf"(?im)^content-length: {len(FORM)}\r?$", head)
    assert not re.search("(?i)if-none-match|if-modified-since|cookie|transfer-encoding", head)
    assert (fetched.status, fetched.body, fetched.url) == (200, b"trang 2", server.url("/tin.aspx"))
    assert split_http(fetched.exchanges[0].request)[1] == FORM


def test_a_form_goes_in_the_charset_of_its_page() -> None:
    step = Step("http://mau.test/", ((TARGET, "x"), ("q", "đ ế")), charset="cp1258")
    assert step.body == b"__EVENTTARGET=x&q=%F0+%26%237871%3B"


@pytest.mark.parametrize(
    ("status", "method"),
    [("301 Moved", "GET"), ("302 Found", "GET"), ("303 See Other", "GET"), ("307 Temporary", "POST"), ("308 Permanent", "POST")],
)
def test_after_a_redirect_a_form_is_sent_on_or_becomes_a_get(status: str, method: str) -> None:
    answers = {"/tin.aspx": redirect("/sang.aspx", status), "/sang.aspx": respond(b"x")}
    with LyingServer(answers) as server:
        fetched = gate().fetch(Step(server.url("/tin.aspx"), FIELDS), portal(server))
    assert [way for way, _ in asked(server)] == ["POST", method]
    assert asked(server)[-1][1] == (FORM if method == "POST" else b"")
    assert (len(fetched.exchanges), fetched.url) == (2, server.url("/sang.aspx"))


def test_a_form_that_goes_in_a_circle_ends() -> None:
    with LyingServer({"/tin.aspx": redirect("/tin.aspx", "307 Temporary")}) as server, pytest.raises(TooManyRedirects):
        gate().fetch(Step(server.url("/tin.aspx"), FIELDS), portal(server))


@pytest.mark.parametrize(
    "fields",
    [(("user", "a"), ("password", "b")), ((TARGET, "x"), ("q", "1")), ((STATE, "x"),), (*FIELDS, ("much", "x" * MAX_FORM_BYTES))],
)
def test_no_other_form_and_none_without_end_is_sent(fields: tuple[tuple[str, str], ...]) -> None:
    with LyingServer() as server, pytest.raises(Refused) as caught:
        gate().fetch(Step(server.url("/dang-nhap.aspx"), fields), portal(server))
    assert caught.value.code == "form"
    assert server.requests == []


def test_robots_txt_hosts_and_delay_hold_for_forms() -> None:
    slept: list[float] = []
    robots = respond(b"User-agent: *\nDisallow: /kin.aspx\n", "Content-Type: text/plain")
    with LyingServer({"/robots.txt": robots, "/tin.aspx": respond(b"x")}) as server:
        ours = portal(server, delay_s=0.7)
        with gate(sleep=slept.append) as opened:
            with pytest.raises(Refused, match="forbids"):
                opened.fetch(Step(server.url("/kin.aspx"), FIELDS), ours)
            with pytest.raises(Refused, match="not registered"):
                opened.fetch(Step("http://khac.test/tin.aspx", FIELDS), ours)
            slept.clear()
            opened.fetch(Step(server.url("/tin.aspx"), FIELDS), ours)
            opened.fetch(Step(server.url("/tin.aspx"), FIELDS), ours)
        assert [way for way, _ in asked(server)] == ["POST", "POST"]
    assert len(slept) == 2
    assert all(0.5 < seconds <= 0.7 for seconds in slept)


def test_a_form_whose_answer_breaks_off_is_a_failure_with_its_words() -> None:
    with LyingServer({"/tin.aspx": respond(b"half", length=99)}) as server, pytest.raises(FetchFailed) as caught:
        gate().fetch(Step(server.url("/tin.aspx"), FIELDS), portal(server))
    assert caught.value.code == "truncated"


def test_the_answer_to_a_form_is_kept_apart_from_what_its_address_gives(house: House) -> None:
    same = respond(b"<html><p>hai trang nhu nhau</p></html>", 'ETag: "mot"')
    with LyingServer({"/tin.aspx": same}) as server, house.workshop() as shop:
        ours, url = portal(server), server.url("/tin.aspx")
        got = gate().fetch(url, ours)
        shop.keeper.keep(got.exchanges, ours, keep.LIST)
        posted = gate().fetch(Step(url, FIELDS), ours)
        outcome = shop.keeper.keep(posted.exchanges, ours, keep.LIST)
        again = shop.keeper.keep(gate().fetch(url, ours).exchanges, ours, keep.LIST)
        first = shop.keeper.repeatable(url)
    assert (outcome.outcome, again.outcome) == ("kept", "kept")
    captures = {capture.id: capture for path in house.store.files() for capture in house.catalog.captures_in(path.name).values()}
    form = captures[str(outcome.capture)]
    assert (form.kind, form.refers_to, form.status) == ("response", None, 200), "a form's answer repeats nothing"
    assert first is not None
    assert first.id != form.id, "and is not asked about"
    assert captures[str(again.capture)].refers_to == first.id
    roles = {
        entry.capture.id: entry.role for path in house.store.files() for entry in house.store.entries(path.name) if entry.capture
    }
    assert roles[form.id] == POSTED
    assert any(FORM in path.read_bytes() or FORM in _unpacked(path.read_bytes()) for path in house.store.files())


def _unpacked(packed: bytes) -> bytes:
    return gzip.decompress(packed)
