"""Pages made to break a reader: each is read or refused in bounded time, and no words that a person would see are lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from archive.records import Reading
from bench.machine import resident_mib
from ingest.decode import decode
from ingest.errors import NotReadable
from ingest.parse import read
from ingest.tree import MAX_DEPTH, depth_of, grow, lines_of

URL = "https://mau.example/tin/bai-1"
SENTENCE = "Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng và gửi bảng đối chiếu có xác nhận của Kho bạc nơi giao dịch."
PROSE = f"<p>{SENTENCE}</p>"
HEAD = "<h1>Đối chiếu số dư tạm ứng</h1>"
IMAGE = f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 465_000}" alt="Ảnh">'


def page(body: str) -> bytes:
    return f"<html><head><meta charset=utf-8><title>Đối chiếu số dư tạm ứng</title></head><body>{body}</body></html>".encode()


def read_page(body: str) -> Reading:
    return read(page(body), URL, "text/html", None)


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Processor time, with room for a slow machine: what grows with the square of a page's size passes it by far."""
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (HEAD + "<div>" * 50_000 + PROSE * 5, 4),
        (HEAD + "<font>" * 50_000 + PROSE * 5 + "</font>" * 50_000 + PROSE, 4),
        (HEAD + "<ul><li>" * 20_000 + PROSE * 5, 6),
        (HEAD + "<table><tr><td>" * 20_000 + PROSE * 5, 4),
        (HEAD + PROSE * 3 + IMAGE + PROSE, 4),
        (HEAD + PROSE * 3 + "<div>x</div>" * 100_000, 6),
        (HEAD + PROSE * 3 + "<span class=a>x</span>" * 100_000, 6),
        (HEAD + PROSE * 3 + "<b><a href=/tin/1>một hai</a></b> " * 20_000, 8),
        (HEAD + f"<div>{PROSE * 90_000}</div>", 30),
        (HEAD + "<p>" + f"{SENTENCE} " * 90_000 + "</p>", 15),
        (HEAD + PROSE * 3 + "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>", 4),
        (HEAD + PROSE * 3 + "<h4>Tin khác</h4>" * 20_000, 8),
        (HEAD + PROSE * 3 + "<table><tr><td><img src=/a.png></td></tr></table>" * 20_000, 12),
        (HEAD + PROSE * 3 + "<p>Trang chủ > " + "» " * 500_000, 8),
        (HEAD + PROSE * 3 + "<p>" + "Chia sẻ | " * 100_000, 8),
    ],
    ids=[
        "divs", "fonts", "lists", "tables", "picture", "tags", "classes", "links", "long", "one-line", "attributes", "headings",
        "framed-pictures", "arrows", "buttons",
    ],
)  # fmt: skip
def test_a_page_of_absurd_size_is_read_in_bounded_time(body: str, seconds: float) -> None:
    with bounded(seconds):
        assert SENTENCE in read_page(body).text


def test_a_page_too_deep_keeps_its_words_and_says_that_it_is_not_whole() -> None:
    root, whole = grow("<div class=sau>" * 5000 + PROSE + "</div>" * 5000 + "<p>Sau cùng</p>")
    assert not whole
    assert depth_of(root) <= MAX_DEPTH
    assert lines_of(root) == [SENTENCE, "Sau cùng"]
    assert all(entry.confidence <= 0.5 for entry in read_page(HEAD + "<div>" * 5000 + PROSE * 3).fields if entry.name == "text")


def test_memory_does_not_grow_with_pages() -> None:
    pages = [page(HEAD + f'<div class="c{n}">{PROSE * 20}</div>' + f"<i id=x{n}>x</i>" * 300) for n in range(300)]
    for body in pages:
        read(body, URL, None, None)
    before = resident_mib()
    for body in pages * 3:
        read(body, URL, None, None)
    assert resident_mib() - before < 30


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (f"<html><body>{HEAD}{PROSE}</body></html><html><body>{PROSE.replace('Sở', 'Kho')}</body></html>", "Kho Mẫu đề nghị"),
        (f"{HEAD}{PROSE}<p>trước\0sau</p>", "trướcsau"),
        (f"{HEAD}{PROSE}<p>một&#xD800;hai&#0;ba&#x110000;bốn</p>", "bốn"),
        (f"{HEAD}{PROSE}<plaintext><p>phần thô</p>", "phần thô"),
        (f"{HEAD}{PROSE}<svg><text>vẽ</text></svg><math><mi>x</mi></math><p>sau hình</p>", "sau hình"),
        (f"{HEAD}{PROSE}<template><p>khuôn</p></template><noscript><p>tắt</p></noscript><p>còn lại</p>", "còn lại"),
        (f"{HEAD}{PROSE}<p>a<![CDATA[b]]>c</p><?php echo 1 ?><p>cuối</p>", "cuối"),
        (f"{HEAD}{PROSE}<p title='a > b' class=\"x\"y\">dấu nháy</p>", "dấu nháy"),
        (f"{HEAD}{PROSE}<!-- <p>ghi chú --><p>ngoài ghi chú</p><!-- không đóng", "ngoài ghi chú"),
        (f"{HEAD}{PROSE}<script>if (a<b) document.write('<p>chèn</p>')</script><p>sau kịch bản</p>", "sau kịch bản"),
        (f"{HEAD}{PROSE}<table><form><tr><td>{PROSE}</td></tr></form></table><p>sau biểu mẫu</p>", "sau biểu mẫu"),
        (f"</div></p></html>{HEAD}{PROSE}</table></body><p>sau tất cả</p>", "sau tất cả"),
    ],
)  # fmt: skip
def test_broken_markup_keeps_its_words(body: str, shown: str) -> None:
    text = read_page(body).text
    assert SENTENCE in text
    assert shown in text
    assert not any(word in text for word in ("khuôn", "tắt", "chèn", "ghi chú -->", "echo", "\0", "\ud800"))


def test_an_entity_bomb_in_xhtml_is_never_expanded() -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html [{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Đối chiếu số dư tạm ứng</title></head><body>{HEAD}{PROSE}'
        "<p>&a12;&f;</p></body></html>"
    )
    with bounded(3):
        reading = read(body.encode(), URL, "application/xhtml+xml", None)
    assert SENTENCE in reading.text
    assert len(reading.text) < 500
    assert "root:" not in reading.text


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"%PDF-1.7\n1 0 obj <</Type /Catalog>>", "text/html; charset=utf-8", "not_html"),
        (b"PK\x03\x04" + bytes(200), "text/html", "not_html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None, "not_html"),
        (b"\0" * 5000, "text/html", "not_html"),
        (b"<", "text/html", "not_html"),
        (b"<html>", "text/html", "empty"),
        (b"<!-- x -->", "text/html", "not_html"),
    ],
)
def test_what_is_no_page_is_refused_whatever_it_is_called(body: bytes, content_type: str | None, code: str) -> None:
    with pytest.raises(NotReadable) as caught:
        read(body, URL, content_type, None)
    assert caught.value.code == code


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/plain", "text/xml", None, "text/html; charset=utf-7"])
def test_a_page_is_read_under_a_wrong_label(content_type: str | None) -> None:
    assert SENTENCE in read(page(HEAD + PROSE * 3), URL, content_type, None).text


CHINESE = (
    "<html><head><title>公告</title></head><body><p>"
    + "关于公布年度预算执行情况的通知，请各单位认真贯彻执行。" * 5
    + "</p></body></html>"
)


@pytest.mark.parametrize("label", [None, "gbk", "utf-8", "windows-1258", "iso-8859-1"])
def test_chinese_is_not_taken_for_vietnamese(label: str | None) -> None:
    decoded = decode(CHINESE.encode("gbk"), f"text/html; charset={label}" if label else "text/html")
    assert decoded.text == CHINESE
    assert decoded.charset in ("gbk", "gb18030")


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("令和二年度の予算について、各部局は確認してください。カタカナの表", "euc_jp"),
        ("令和二年度の予算について、各部局は確認してください。", "iso2022_jp"),
        ("예산 집행에 관한 공지 사항을 알려 드립니다. 각 부서는 확인하십시오.", "euc_kr"),
        ("Министерство финансов сообщает о проведении проверки.", "cp1251"),
    ],
)
def test_another_language_is_read_by_its_label(text: str, charset: str) -> None:
    markup = f"<html><p>{text * 5}</p></html>"
    assert decode(markup.encode(charset), f"text/html; charset={charset}").text == markup
