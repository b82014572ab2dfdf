from __future__ import annotations

import gzip
import io
import ssl
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParser

from archive.records import Exchange
from ingest.errors import FetchFailed, NotFetched, Refused, TooLarge, TooManyRedirects
from ingest.fetch import Gate, Limits
from ingest.portal import Portal
from ingest.targets import Target, target_of
from ingest.wire import exchange
from tests.lying_server import LyingServer, Script, drip, endless, redirect, respond, respond_chunked, silent

CERTIFICATES = Path(__file__).parent / "certificates"
AGENT = "tangthu-test/0.1 (+mailto:contact@portal.test)"
PAGE = "<html><body><h1>Thông báo</h1></body></html>".encode()
SHORT = Limits(connect_s=1, read_s=0.3, total_s=0.8, max_wire_bytes=200_000, max_body_bytes=1_000_000)
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PUBLIC = "113.160.0.1"


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def portal(base_url: str = "https://portal.test/", **changes: Any) -> Portal:
    facts: dict[str, Any] = {
        "name": "probe",
        "title": "Cổng thử",
        "host": "portal.test",
        "aliases": ("www.portal.test",),
        "lists": ("/",),
        "delay_s": 0.0,
    }
    return Portal(base_url=base_url, **(facts | changes))


def local(server: LyingServer, **changes: Any) -> Portal:
    return portal(server.url(), host="127.0.0.1", aliases=(), local=True, **changes)


def gate(**changes: Any) -> Gate:
    settings: dict[str, Any] = {"agent": AGENT, "limits": SHORT, "tls": NO_TLS}
    return Gate(**(settings | changes))


def no_network(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host}:{port} was resolved")


Serve = Callable[[Mapping[str, bytes | Script]], LyingServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[LyingServer] = []

    def start(answers: Mapping[str, bytes | Script]) -> LyingServer:
        server = LyingServer(answers).__enter__()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture(scope="module")
def lying() -> Iterator[LyingServer]:
    with LyingServer() as server:
        yield server


# What may be fetched at all


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://portal.test/a", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://portal.test/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//portal.test/a", "scheme"),
        ("portal.test/a", "scheme"),
        ("", "scheme"),
        ("http://user@portal.test/", "credentials"),
        ("http://user:secret@portal.test/", "credentials"),
        ("http://portal.test@evil.test/", "credentials"),
        ("http://:@portal.test/", "credentials"),
        ("http://", "url"),
        ("http:///a", "url"),
        ("http://portal.test:99999/", "url"),
        ("http://portal.test:x/", "url"),
        ("http://[::1", "url"),
        ("http://[fe80::1%25eth0]/", "url"),
        ("http://portal.test\\.evil.test/", "url"),
        ("http://portal..test/", "url"),
        ("http://portal.test%00.evil.test/", "url"),
        ("http://portal.test/a\r\nHost: evil.test", "url"),
        ("http://portal.test/a\x00b", "url"),
        (f"http://{'a' * 64}.test/", "url"),
        (f"http://portal.test/{'a' * 9000}", "url"),
        ("http://evil.test/", "host"),
        ("http://portal.test.evil.test/", "host"),
        ("http://sub.portal.test/", "host"),
        ("http://2130706433/", "host"),
        ("http://0x7f.1/", "host"),
        ("http://017700000001/", "host"),
        ("http://127.0.0.1/", "host"),
        ("http://[::1]/", "host"),
        ("http://[::ffff:127.0.0.1]/", "host"),
        ("http://localhost/", "host"),
        ("http://localhost./", "host"),
        ("http://cổng.test/", "host"),
        ("http://portal.test:8080/", "port"),
        ("https://portal.test:22/", "port"),
        ("http://portal.test:0/", "port"),
    ],
)
def test_an_address_outside_the_rules_is_refused_before_its_name_is_resolved(url: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        gate(resolve=no_network).fetch(url, portal())
    assert caught.value.code == code
    assert caught.value.exchanges == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://editor:s3cret@portal.test/tin",
        "http://editor:s3@s3cret@portal.test/tin",
        " HTTP://editor:s3cret@portal.test/tin",
        "ht\ntp:/\t/editor:s3cret@portal.test/tin",
        "ftp://editor:s3cret@portal.test/tin",
        "//editor:s3cret@portal.test/tin",
        "editor:s3cret@portal.test/tin",
        "\x00//editor:s3cret@portal.test/tin",
        "http:editor:s3cret@portal.test/tin",
        "http:\\\\editor:s3cret@portal.test/tin",
        "http://editor:s3cret@[::1/tin",
        "http://editor:s3cret@portal.test:x/tin",
        "http://editor:s3cret@port\u2100al.test/tin",
        "http://editor:s/s3cret@portal.test/tin",
        "http://editor:s#s3cret@portal.test/tin",
        "http://editor:s3cret?@portal.test/tin",
        f"http://editor:s3cret@portal.test/{'a' * 9000}",
    ],
)
def test_a_password_in_an_address_is_never_repeated(url: str) -> None:
    with pytest.raises(Refused) as caught:
        target_of(url)
    assert "s3cret" not in f"{caught.value} {caught.value.url}"
    assert "/" in caught.value.url


@pytest.mark.parametrize("url", ["http://portal.test:/x\n/@tin", "http://portal.test:99999/@tin?a=@b", "http://[::1/@tin"])
def test_a_refused_address_without_a_password_is_told_whole(url: str) -> None:
    with pytest.raises(Refused) as caught:
        target_of(url)
    assert caught.value.url == url


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "::1", "0.0.0.0"],
)
def test_an_allowed_host_must_still_have_a_public_address(host: str) -> None:
    url = f"http://[{host}]/" if ":" in host else f"http://{host}/"
    with pytest.raises(Refused) as caught:
        gate(allow_hosts=frozenset({host})).fetch(url, portal())
    assert caught.value.code == "private_address"


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["64:ff9b::7f00:1"],
        ["::ffff:8.8.8.8"],
        ["fe80::1%eth0"],
        [PUBLIC, "192.168.1.1"],
        ["2001:ee0::1", "::1"],
        ["nonsense"],
    ],
)
def test_one_address_out_of_bounds_refuses_the_whole_host(addresses: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        gate(resolve=lambda host, port: addresses).fetch("https://portal.test/", portal())
    assert caught.value.code == "private_address"
    assert "portal.test" in str(caught.value)


def test_a_local_portal_is_fetched_at_its_own_port_only(serve: Serve) -> None:
    home, neighbour = serve({"/": respond(PAGE)}), serve({"/": respond(PAGE)})
    assert gate().fetch(home.url(), local(home)).body == PAGE
    with pytest.raises(Refused) as caught:
        gate().fetch(neighbour.url(), local(home))
    assert caught.value.code == "host"
    assert neighbour.requests == []


@pytest.mark.parametrize("address", [PUBLIC, "10.0.0.1", "::ffff:127.0.0.1"])
def test_a_local_portal_is_fetched_from_loopback_only(serve: Serve, address: str) -> None:
    home = serve({})
    with pytest.raises(Refused) as caught:
        gate(resolve=lambda host, port: ["127.0.0.1", address]).fetch(home.url(), local(home))
    assert caught.value.code == "private_address"


def test_a_name_that_does_not_resolve_is_named() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    def knows_none(host: str, port: int) -> list[str]:
        return []

    for resolve in (fails, knows_none):
        with pytest.raises(FetchFailed) as caught:
            gate(resolve=resolve).fetch("https://portal.test/a", portal())
        assert caught.value.code == "dns"
        assert caught.value.url == "https://portal.test/a"


@given(
    st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://portal.test", "http://portal.test/", "http://["])
)
def test_any_text_is_either_refused_or_an_address_of_the_portal(text: str, start: str) -> None:
    class Resolved(Exception):
        pass

    def resolve(host: str, port: int) -> list[str]:
        assert host in ("portal.test", "www.portal.test")
        assert port in (80, 443)
        raise Resolved

    with pytest.raises((Resolved, Refused)) as caught:
        Gate(agent=AGENT, resolve=resolve, tls=NO_TLS).fetch(start + text, portal())
    if isinstance(caught.value, Refused):
        assert caught.value.code in ("scheme", "url", "credentials", "host", "port")


@given(st.text(max_size=60))
def test_a_target_is_printable_ascii_and_stays_what_it_is(path: str) -> None:
    try:
        target = target_of(f"http://portal.test/{path}")
    except Refused:
        return
    assert target.url.isascii()
    assert target.url.isprintable()
    assert " " not in target.url
    assert target_of(target.url) == target


def test_vietnamese_addresses_go_out_percent_encoded() -> None:
    target = target_of("HTTP://Portal.Test:80/Thông báo/../tin?q=một hai#cuối")
    assert target.url == "http://portal.test/tin?q=m%E1%BB%99t%20hai"
    assert target_of("http://CỔNG.test/").host == "cổng.test".encode("idna").decode()
    assert target_of("http://ｐｏｒｔａｌ。test./").host == "portal.test"


# What goes over the wire and is kept


def test_the_request_says_who_asks_and_in_which_language(serve: Serve) -> None:
    server = serve({"/tin?p=1": respond(PAGE)})
    fetched = gate().fetch(server.url("/tin?p=1#x"), local(server), etag='"abc"', last_modified="Mon, 15 Jun 2020 00:00:00 GMT")
    sent = server.requests[-1]
    assert sent == fetched.exchanges[-1].request
    lines = sent.decode().split("\r\n")
    assert lines[0] == "GET /tin?p=1 HTTP/1.1"
    for line in (
        f"Host: 127.0.0.1:{server.port}",
        f"User-Agent: {AGENT}",
        "Accept-Language: vi",
        "Accept-Encoding: gzip, deflate, br",
        'If-None-Match: "abc"',
        "If-Modified-Since: Mon, 15 Jun 2020 00:00:00 GMT",
    ):
        assert lines.count(line) == 1


def test_conditions_that_could_not_stand_in_a_header_are_left_out(serve: Serve) -> None:
    server = serve({"/": respond(PAGE)})
    gate().fetch(server.url(), local(server), etag='"a"\r\nX: y', last_modified="thứ hai")
    assert b"If-" not in server.requests[-1]


def test_not_modified_is_an_answer(serve: Serve) -> None:
    server = serve({"/": b'HTTP/1.1 304 Not Modified\r\nETag: "abc"\r\n\r\n'})
    fetched = gate().fetch(server.url(), local(server), etag='"abc"')
    assert (fetched.status, fetched.body, fetched.header("etag")) == (304, b"", '"abc"')


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "500 Internal Server Error", "503 Busy", "200 OK"])
def test_every_final_status_is_an_answer_with_its_body(serve: Serve, status: str) -> None:
    server = serve({"/": respond(PAGE, status=status)})
    fetched = gate().fetch(server.url(), local(server))
    assert fetched.status == int(status[:3])
    assert fetched.body == PAGE
    assert fetched.exchanges[0].address == "127.0.0.1"
    assert fetched.exchanges[0].url == fetched.url == server.url()


def test_no_cookie_is_kept(serve: Serve) -> None:
    server = serve({"/": respond(PAGE, "Set-Cookie: a=b; Path=/")})
    with gate() as one:
        one.fetch(server.url(), local(server))
        one.fetch(server.url(), local(server))
    assert all(b"cookie" not in request.lower() for request in server.requests)


def test_no_proxy_is_taken_from_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve({"/": respond(PAGE)})
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert gate().fetch(server.url(), local(server)).body == PAGE


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


CODED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE[:10]) + gzip.compress(PAGE[10:]),
    "GZIP": gzip.compress(PAGE) + b"\r\ntrailing",
    "deflate": zlib.compress(PAGE),
    "Deflate": raw_deflate(PAGE),
    "br": brotli.compress(PAGE),
    "identity": PAGE,
}


@pytest.mark.parametrize("coding", CODED)
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_codings_are_undone_in_the_body_and_kept_in_the_exchange(serve: Serve, coding: str, framing: str) -> None:
    data, header = CODED[coding], f"Content-Encoding: {coding}"
    answer = {
        "length": respond(data, header),
        "chunked": respond_chunked([data[:1], data[1:7], data[7:]], header),
        "close": f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode() + data,
    }[framing]
    server = serve({"/": answer})
    fetched = gate().fetch(server.url(), local(server))
    assert fetched.body == PAGE
    assert fetched.exchanges[-1].response == answer


def test_the_kept_response_is_read_back_by_warcio(serve: Serve) -> None:
    answer = respond_chunked([gzip.compress(PAGE)], "Content-Encoding: gzip", "Content-Type: text/html")
    server = serve({"/": answer})
    kept = gate().fetch(server.url(), local(server)).exchanges[-1].response
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {server.url()}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(kept)}\r\n\r\n"
    )
    record = ArcWarcRecordLoader().parse_record_stream(io.BytesIO(head.encode() + kept), known_format="warc")
    assert record.http_headers.get_statuscode() == "200"
    assert record.content_stream().read() == PAGE
    StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"]).parse(io.BytesIO(kept))


def test_bytes_after_the_end_of_the_message_are_not_part_of_it(serve: Serve) -> None:
    answer = respond(PAGE)
    server = serve({"/": answer + b"HTTP/1.1 200 OK\r\n\r\nsmuggled"})
    fetched = gate().fetch(server.url(), local(server))
    assert fetched.body == PAGE
    assert fetched.exchanges[-1].response == answer


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 8,
        b"HTTP/1.1  100\n\n",
    ],
)
def test_the_answer_after_100_continue_is_kept_without_it(serve: Serve, interim: bytes) -> None:
    server = serve({"/": interim + respond(PAGE)})
    fetched = gate().fetch(server.url(), local(server))
    assert fetched.body == PAGE
    assert fetched.exchanges[-1].response == respond(PAGE)


def test_trailers_are_kept(serve: Serve) -> None:
    answer = respond_chunked([PAGE], end=b"0\r\nX-Sum: 1\r\n\r\n")
    server = serve({"/": answer})
    assert gate().fetch(server.url(), local(server)).exchanges[-1].response == answer


# Redirects


def test_a_redirect_is_followed_and_each_hop_kept(serve: Serve) -> None:
    server = serve({"/a": redirect("/mới ễ?x=1#y"), "/m%E1%BB%9Bi%20%E1%BB%85?x=1": respond(PAGE)})
    fetched = gate().fetch(server.url("/a"), local(server), etag='"of a"')
    assert fetched.url == server.url("/m%E1%BB%9Bi%20%E1%BB%85?x=1")
    assert [made.url for made in fetched.exchanges] == [server.url("/a"), fetched.url]
    assert b"302 Found" in fetched.exchanges[0].response
    assert b"If-None-Match" not in fetched.exchanges[1].request


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://evil.test/", "host"),
        ("//evil.test/", "host"),
        ("http://169.254.169.254/latest/meta-data/", "host"),
        ("http://127.0.0.1:1/", "host"),
        ("http://localhost/", "host"),
        ("file:///etc/passwd", "scheme"),
        ("http://a:b@127.0.0.1/", "credentials"),
        ("http://[", "url"),
    ],
)
def test_a_redirect_out_of_bounds_is_refused_and_the_hop_before_it_kept(serve: Serve, location: str, code: str) -> None:
    server = serve({"/a": redirect(location)})
    with pytest.raises(Refused) as caught:
        gate().fetch(server.url("/a"), local(server))
    assert caught.value.code == code
    assert [made.url for made in caught.value.exchanges] == [server.url("/a")]
    assert location.encode() in caught.value.exchanges[0].response


def test_a_redirect_to_an_address_with_a_password_does_not_tell_it(serve: Serve) -> None:
    server = serve({"/a": redirect("http://editor:s3cret@127.0.0.1/")})
    with pytest.raises(Refused) as caught:
        gate().fetch(server.url("/a"), local(server))
    assert "s3cret" not in f"{caught.value} {caught.value.url}"
    assert caught.value.url == "http://127.0.0.1/"


def test_a_redirect_into_a_private_address_is_refused(serve: Serve) -> None:
    server = serve({"/a": redirect("http://inner.test/")})
    answers = {"127.0.0.1": ["127.0.0.1"], "inner.test": ["10.0.0.5"]}
    with pytest.raises(Refused) as caught:
        gate(resolve=lambda host, port: answers[host], allow_hosts=frozenset({"inner.test"})).fetch(
            server.url("/a"), local(server)
        )
    assert caught.value.code == "private_address"
    assert len(caught.value.exchanges) == 1


def test_a_redirect_into_what_robots_txt_forbids_is_refused(serve: Serve) -> None:
    server = serve({"/robots.txt": respond(b"User-agent: *\nDisallow: /kin"), "/a": redirect("/kin/b"), "/kin/b": respond(PAGE)})
    with pytest.raises(Refused) as caught:
        gate().fetch(server.url("/a"), local(server))
    assert caught.value.code == "robots"
    assert len(caught.value.exchanges) == 1
    assert "/kin/b" not in server.paths


def test_going_in_a_circle_ends(serve: Serve) -> None:
    server = serve({"/a": redirect("/b"), "/b": redirect("/a")})
    with pytest.raises(TooManyRedirects) as caught:
        gate().fetch(server.url("/a"), local(server))
    assert caught.value.code == "redirects"
    assert len(caught.value.exchanges) == SHORT.max_redirects + 1


def test_a_redirect_to_nowhere_is_a_fault_of_the_server(serve: Serve) -> None:
    server = serve({"/a": respond(b"", status="301 Moved")})
    with pytest.raises(FetchFailed) as caught:
        gate().fetch(server.url("/a"), local(server))
    assert caught.value.code == "protocol"
    assert len(caught.value.exchanges) == 1


# Servers that lie

TRUNCATED: dict[str, bytes] = {
    "length": respond(PAGE, length=len(PAGE) + 1),
    "length, nothing": respond(b"", length=10),
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc",
    "no last chunk": respond_chunked([PAGE], end=b""),
    "gzip and length": respond(gzip.compress(PAGE)[:-9], "Content-Encoding: gzip", length=len(gzip.compress(PAGE))),
}


@pytest.mark.parametrize("kind", TRUNCATED)
def test_a_body_that_stops_early_is_never_taken_for_whole(serve: Serve, kind: str) -> None:
    server = serve({"/": TRUNCATED[kind]})
    with pytest.raises(FetchFailed) as caught:
        gate().fetch(server.url(), local(server))
    assert caught.value.code == "truncated"
    assert caught.value.exchanges == ()


MISCODED: dict[str, bytes] = {
    "unknown": respond(PAGE, "Content-Encoding: zstd"),
    "stacked": respond(gzip.compress(gzip.compress(PAGE)), "Content-Encoding: gzip, gzip"),
    "not gzip": respond(PAGE, "Content-Encoding: gzip"),
    "not brotli": respond(PAGE, "Content-Encoding: br"),
    "not deflate": respond(PAGE, "Content-Encoding: deflate"),
    "one byte": respond(b"x", "Content-Encoding: deflate"),
    "gzip stops": respond(gzip.compress(PAGE)[:-9], "Content-Encoding: gzip"),
    "brotli stops": respond(brotli.compress(PAGE)[:-3], "Content-Encoding: br"),
    "corrupt": respond(gzip.compress(PAGE)[:-8] + bytes(8), "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("kind", MISCODED)
def test_a_body_that_cannot_be_unpacked_fails_but_its_bytes_are_kept(serve: Serve, kind: str) -> None:
    server = serve({"/": MISCODED[kind]})
    with pytest.raises(FetchFailed) as caught:
        gate().fetch(server.url(), local(server))
    assert caught.value.code == "coding"
    assert [made.response for made in caught.value.exchanges] == [MISCODED[kind]]


def test_an_empty_body_is_empty_whatever_its_coding(serve: Serve) -> None:
    server = serve({"/": respond(b"", "Content-Encoding: gzip")})
    assert gate().fetch(server.url(), local(server)).body == b""


GARBAGE: dict[str, bytes | Script] = {
    "endless chunk size": endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 5000),
    "nothing": b"",
    "noise": bytes(range(256)) * 4,
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "no status": b"HTTP/1.1\r\n\r\n",
    "odd status": b"HTTP/1.1 abc OK\r\n\r\n",
    "status 999999": b"HTTP/1.1 999999 OK\r\n\r\n",
    "100 Continue for ever": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "nine times 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\n" * 9 + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "only interim": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "long line": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "header bomb": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(2000)) + b"\r\n",
    "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "negative chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n",
    "odd transfer coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_what_is_not_http_fails_as_such(serve: Serve, kind: str) -> None:
    server = serve({"/": GARBAGE[kind]})
    with pytest.raises(FetchFailed) as caught:
        gate().fetch(server.url(), local(server))
    assert caught.value.code in ("protocol", "truncated")
    assert "127.0.0.1" in str(caught.value)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: ",
            b"HTTP/1.1 200 OK\r\nContent-Length: ",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n",
        ]
    ),
)
def test_any_bytes_are_an_answer_or_an_error_of_the_gate(lying: LyingServer, noise: bytes, start: bytes) -> None:
    lying.answers["/"] = start + noise
    try:
        fetched = Gate(agent=AGENT, limits=SHORT, tls=NO_TLS).fetch(lying.url(), local(lying))
    except NotFetched as error:
        kept = error.exchanges
    else:
        kept = fetched.exchanges
    assert all(made.response in start + noise for made in kept if made.url == lying.url())


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
ENDLESS: dict[str, Script] = {
    "body": endless(HEAD + b"\r\n", b"<p>" * 5000),
    "chunks": endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nabcde\r\n" * 500),
    "trailers": endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 500),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_endless_answer_is_stopped(serve: Serve, kind: str) -> None:
    server = serve({"/": ENDLESS[kind]})
    with pytest.raises(TooLarge) as caught:
        gate().fetch(server.url(), local(server))
    assert caught.value.code == "too_large"


def test_an_answer_that_announces_too_much_is_not_even_begun(serve: Serve) -> None:
    server = serve({"/": respond(PAGE, length=100 * 1024 * 1024)})
    with pytest.raises(TooLarge) as caught:
        gate(limits=Limits()).fetch(server.url(), local(server))
    assert caught.value.code == "too_large"


DRIPPING: dict[str, Script] = {
    "status line": drip(b"HTTP/1.1 200 OK" * 100, 0.05),
    "headers": drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100, 0.05),
    "body": drip(respond(b"x" * 1000), 0.02),
    "chunks": drip(respond_chunked([b"x"] * 200), 0.02),
    "silence": silent,
}


@pytest.mark.parametrize("kind", DRIPPING)
def test_a_server_that_drips_or_falls_silent_is_left(serve: Serve, kind: str) -> None:
    server = serve({"/": DRIPPING[kind]})
    with pytest.raises(FetchFailed) as caught:
        gate().fetch(server.url(), local(server))
    assert caught.value.code == "timeout"


def test_the_total_time_holds_over_all_redirects(serve: Serve) -> None:
    slow = drip(redirect("/"), 0.003)
    server = serve({"/": slow})
    with pytest.raises(FetchFailed) as caught:
        gate().fetch(server.url(), local(server))
    assert caught.value.code == "timeout"
    assert 1 <= len(caught.value.exchanges) <= 3


def packed(data: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(data, quality=5))
    return gzip.compress(data, 9) if coding == "gzip" else zlib.compress(data, 9)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_a_bomb_is_stopped_while_it_is_small(serve: Serve, coding: str) -> None:
    server = serve({"/": respond(packed(bytes(80 * 1024 * 1024), coding), f"Content-Encoding: {coding}")})
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge) as caught:
            gate(limits=Limits()).fetch(server.url(), local(server))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.code == "bomb"
    assert peak < 30 * 1024 * 1024


def test_a_body_in_chunks_of_one_byte_costs_no_more_than_its_bytes(serve: Serve) -> None:
    answer = respond_chunked([b"x"] * 100_000)
    server = serve({"/": answer})
    tracemalloc.start()
    try:
        fetched = gate(limits=Limits()).fetch(server.url(), local(server))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(fetched.body) == 100_000
    assert peak < 6 * len(answer)


def test_a_body_too_large_once_unpacked_is_left_out(serve: Serve) -> None:
    server = serve({"/": respond(gzip.compress(bytes(1_000_001)), "Content-Encoding: gzip")})
    with pytest.raises(TooLarge) as caught:
        gate().fetch(server.url(), local(server))
    assert caught.value.code == "too_large"


def test_a_port_where_nobody_listens_is_a_failed_connection() -> None:
    with LyingServer() as server:
        url = server.url()
    target = target_of(url)
    with pytest.raises(FetchFailed) as caught:
        ask(target, ["127.0.0.1"])
    assert caught.value.code == "connect"


def test_the_second_address_is_tried_where_the_first_does_not_answer(serve: Serve) -> None:
    server = serve({"/": respond(PAGE)})
    assert ask(target_of(server.url()), ["127.0.0.2", "127.0.0.1"]).address == "127.0.0.1"


# Robots and delay


def test_robots_txt_is_fetched_once_and_handed_over(serve: Serve) -> None:
    server = serve({"/robots.txt": respond(b"User-agent: *\nDisallow: /kin\n"), "/a": respond(PAGE), "/b": respond(PAGE)})
    kept: list[Exchange] = []
    with gate(on_side_exchange=kept.append) as one:
        first = one.fetch(server.url("/a"), local(server))
        one.fetch(server.url("/b"), local(server))
        with pytest.raises(Refused) as caught:
            one.fetch(server.url("/kin"), local(server))
    assert caught.value.code == "robots"
    assert server.paths == ["/robots.txt", "/a", "/b"]
    assert [made.url for made in kept] == [server.url("/robots.txt")]
    assert [made.url for made in first.exchanges] == [server.url("/a")]


def test_redirects_of_robots_txt_are_followed_and_handed_over(serve: Serve) -> None:
    server = serve({"/robots.txt": redirect("/r.txt"), "/r.txt": respond(b"User-agent: *\nDisallow: /"), "/a": respond(PAGE)})
    kept: list[Exchange] = []
    with pytest.raises(Refused) as caught:
        gate(on_side_exchange=kept.append).fetch(server.url("/a"), local(server))
    assert caught.value.code == "robots"
    assert [made.url for made in kept] == [server.url("/robots.txt"), server.url("/r.txt")]


UNREACHABLE: dict[str, bytes | Script] = {
    "500": respond(b"", status="500 Oh"),
    "503": respond(b"", status="503 Busy"),
    "hang up": b"",
    "silence": silent,
    "endless": endless(HEAD + b"\r\n", b"#" * 5000),
    "abroad": redirect("http://evil.test/robots.txt"),
    "circle": redirect("/robots.txt"),
}


@pytest.mark.parametrize("kind", UNREACHABLE)
def test_where_robots_txt_cannot_be_read_nothing_is_fetched(serve: Serve, kind: str) -> None:
    server = serve({"/robots.txt": UNREACHABLE[kind], "/a": respond(PAGE)})
    with pytest.raises(Refused) as caught:
        gate().fetch(server.url("/a"), local(server))
    assert caught.value.code == "robots_unreachable"
    assert "/a" not in server.paths


def test_unreachable_robots_txt_is_asked_for_again_after_a_while(serve: Serve) -> None:
    server = serve({"/robots.txt": respond(b"", status="500 Oh"), "/a": respond(PAGE)})
    time = Time()
    one = gate(clock=time.clock, sleep=time.sleep)
    for _ in range(2):
        with pytest.raises(Refused):
            one.fetch(server.url("/a"), local(server))
    assert server.paths == ["/robots.txt"]
    server.answers["/robots.txt"] = respond(b"", status="404 No")
    time.sleep(3600)
    assert one.fetch(server.url("/a"), local(server)).body == PAGE


def test_each_request_to_a_host_waits_for_the_delay(serve: Serve) -> None:
    server = serve({"/a": redirect("/b"), "/b": respond(PAGE)})
    time = Time()
    with gate(clock=time.clock, sleep=time.sleep) as one:
        one.fetch(server.url("/a"), local(server, delay_s=2.5))
        assert time.slept == [2.5, 2.5]
        time.now += 2.0
        one.fetch(server.url("/b"), local(server, delay_s=2.5))
        assert time.slept == [2.5, 2.5, 0.5]


@pytest.mark.parametrize(("asked", "waits_s"), [("7", 7.0), ("0.1", 1.0), ("100000", 30.0)])
def test_a_longer_crawl_delay_goes_before_ours_up_to_a_limit(serve: Serve, asked: str, waits_s: float) -> None:
    server = serve({"/robots.txt": respond(f"User-agent: *\nCrawl-delay: {asked}".encode()), "/a": respond(PAGE)})
    time = Time()
    gate(clock=time.clock, sleep=time.sleep).fetch(server.url("/a"), local(server, delay_s=1.0))
    assert time.slept == [waits_s]


@pytest.mark.parametrize("agent", ["", "  ", "tangthu\r\nX: y", "tàng thư"])
def test_an_agent_that_cannot_stand_in_a_header_is_turned_down(agent: str) -> None:
    with pytest.raises(ValueError, match="agent"):
        gate(agent=agent)


# TLS: the connection goes to the checked address, the certificate is the name's


def server_context(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


def ask(target: Target, addresses: list[str], authority: Path | None = CERTIFICATES / "authority.pem") -> Exchange:
    return exchange(
        target,
        addresses,
        {"User-Agent": AGENT},
        limits=SHORT,
        deadline=monotonic() + 5,
        clock=monotonic,
        tls=ssl.create_default_context(cafile=str(authority) if authority else None),
    ).exchange


def test_the_pinned_address_is_used_and_the_name_is_asked_for_and_verified() -> None:
    names: list[str] = []
    context = server_context("portal")
    context.sni_callback = lambda sock, name, _: names.append(str(name))
    with LyingServer({"/": respond(PAGE)}, tls=context) as server:
        made = ask(target_of(f"https://portal.test:{server.port}/"), ["127.0.0.1"])
    assert names == ["portal.test"]
    assert made.address == "127.0.0.1"
    assert made.response == respond(PAGE)
    assert f"Host: portal.test:{server.port}\r\n".encode() in made.request


@pytest.mark.parametrize(("certificate", "trusted"), [("other", True), ("expired", True), ("portal", False)])
def test_a_certificate_that_is_not_the_hosts_or_not_trusted_ends_the_fetch(certificate: str, trusted: bool) -> None:
    with LyingServer({"/": respond(PAGE)}, tls=server_context(certificate)) as server, pytest.raises(FetchFailed) as caught:
        ask(target_of(f"https://portal.test:{server.port}/"), ["127.0.0.1"], CERTIFICATES / "authority.pem" if trusted else None)
    assert caught.value.code == "tls"
    assert server.requests == []


def test_a_server_without_tls_where_tls_is_expected_is_a_failure_of_tls() -> None:
    with LyingServer({"/": respond(PAGE)}) as server, pytest.raises(FetchFailed) as caught:
        ask(target_of(f"https://portal.test:{server.port}/"), ["127.0.0.1"])
    assert caught.value.code in ("tls", "timeout")


def test_the_gate_resolves_a_name_once_and_speaks_tls_with_what_it_checked() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) <= 2 else [PUBLIC]

    trust = ssl.create_default_context(cafile=str(CERTIFICATES / "authority.pem"))
    with LyingServer({"/": respond(PAGE)}, tls=server_context("portal")) as server:
        home = portal(f"https://portal.test:{server.port}/", local=True)
        fetched = gate(resolve=resolve, tls=trust).fetch(home.base_url, home)
    assert asked == ["portal.test", "portal.test"], "once for the page, once for robots.txt"
    assert fetched.body == PAGE


def test_every_error_of_the_gate_names_its_address() -> None:
    with pytest.raises(NotFetched) as caught:
        gate(resolve=no_network).fetch("http://evil.test/a?b=c", portal())
    assert caught.value.url == "http://evil.test/a?b=c"
    assert "http://evil.test/a?b=c" in str(caught.value)
