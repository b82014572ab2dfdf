"""Clean HTML and text of a body: what stays, what goes, and that both agree."""

from __future__ import annotations

import re

import nh3
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ingest.characters import one_line, tidy
from ingest.clean import ALLOWED, Block, absolute, blocks_of
from ingest.tree import grow, lines_of

BASE = "https://mau.example/tin/bai-1"
ATTRIBUTES = {name: set(allowed) for name, allowed in ALLOWED.items() if allowed}


def blocks(markup: str) -> tuple[Block, ...]:
    return blocks_of(grow(f"<div>{markup}</div>")[0], BASE)


def html(markup: str) -> str:
    return "\n".join(block.html for block in blocks(markup))


def text(markup: str) -> str:
    return "\n\n".join(block.text for block in blocks(markup) if block.text)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Một <b>hai</b> <i>ba</i></p>", "<p>Một <strong>hai</strong> <em>ba</em></p>"),
        ("<p class=MsoNormal style='mso-x:1' id=a onclick='x()'>Một<o:p></o:p></p><p><o:p>&nbsp;</o:p></p>", "<p>Một</p>"),
        ("<p>Một</p><script>alert(1)</script><style>p{}</style><iframe src=x></iframe><!-- ghi chú -->", "<p>Một</p>"),
        ("<form action=x><div>Một</div><input value=z><button>Gửi</button></form>", "<p>Một</p>"),
        ("<h1>Đầu</h1><h3>Mục</h3>", "<h2>Đầu</h2>\n<h3>Mục</h3>"),
        ("trần<br>dòng<br><br>đoạn", "<p>trần<br>dòng</p>\n<p>đoạn</p>"),
        ('<p><a href="/b" target=_blank>liên kết</a></p>', '<p><a href="https://mau.example/b">liên kết</a></p>'),
        ('<p><a href="javascript:alert(1)">liên kết</a></p>', "<p>liên kết</p>"),
        (
            '<p><img src="a.png" onerror=x alt="Ảnh &quot;1&quot;"></p>',
            '<p><img src="https://mau.example/tin/a.png" alt="Ảnh &quot;1&quot;"></p>',
        ),
        ('<p>x<img src="data:image/png;base64,AA"></p>', "<p>x</p>"),
        (
            "<table><tr><td colspan=2 width=9>a</td></tr><tr><td>b</td><td></td></tr></table>",
            '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td></td></tr></table>',
        ),
        ("<table><tr><td>&nbsp;</td></tr></table><ul><li> </li></ul><blockquote></blockquote>", ""),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>1 &lt; 2 &amp; &lt;script&gt;</p>", "<p>1 &lt; 2 &amp; &lt;script&gt;</p>"),
        ("<p style='display:none'>ẩn</p><p hidden>ẩn</p><p>hiện</p>", "<p>hiện</p>"),
        ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
    ],
)
def test_markup_becomes_its_clean_form(markup: str, expected: str) -> None:
    assert html(markup) == expected


def test_text_has_paragraphs_tables_and_lists_as_lines() -> None:
    markup = "<p>Một<br>hai</p><table><tr><th>A</th><th>B</th></tr><tr><td><p>1</p><p>2</p></td><td></td></tr></table>"
    assert text(markup + "<ul><li>x<ul><li>y</li></ul></li><li>z</li></ul>") == "Một\nhai\n\nA | B\n1 2 | \n\n- x\n  - y\n- z"


def test_the_cells_of_a_letterhead_keep_their_lines() -> None:
    (table,) = blocks("<table><tr><td><p>ỦY BAN</p><p>Số: 1/TB-X</p></td><td>CỘNG HÒA<br>Độc lập</td></tr></table>")
    assert table.cells == ("ỦY BAN\nSố: 1/TB-X", "CỘNG HÒA\nĐộc lập")


def test_a_bold_or_right_aligned_paragraph_is_marked() -> None:
    assert [block.strong for block in blocks("<p><b>Hoài Mẫu</b></p><p align=right>Hoài Mẫu</p><p>Hoài <b>Mẫu</b></p>")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Sở\u00a0Tài\u200b chính\ufeff", "Sở Tài chính"),
        ("quyết\u00adđịnh", "quyếtđịnh"),
        ("12/QĐ\u00adUBND", "12/QĐ-UBND"),
        ("Quye\u0302\u0301t", "Quyết"),
        ("Sở &amp;nbsp; Tài".replace("&amp;", "&"), "Sở Tài"),
        ("Quy&#7871;t", "Quyết"),
        ("a\x00\x07b\u202e", "ab"),
        ("A &lt;b&gt; C", "A &lt;b&gt; C"),
    ],
)
def test_what_cannot_be_seen_is_gone(raw: str, expected: str) -> None:
    assert one_line(raw) == expected


@pytest.mark.parametrize(
    "href", ["javascript:x", "data:text/html,x", "#muc", "", "http://[", "ftp://a/b", "java\nscript:x", "http:"]
)
def test_an_address_that_leads_nowhere_safe_is_none(href: str) -> None:
    assert absolute(href, BASE) is None


def test_lines_part_at_blocks_and_not_at_inline_marks() -> None:
    assert lines_of(grow("<div>a <b>b</b><p>c</p>d<br>e</div><table><td>f<td>g</table>")[0]) == [
        "a b",
        "c",
        "d",
        "e",
        "f",
        "g",
    ]


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</tr>",
        "</table>",
        "<ul>",
        "<li>",
        "</ul>",
        "<div>",
        "</div>",
        "<br>",
        "<h2>",
        "</h2>",
        '<a href="/x">',
        "</a>",
        "<img src=/a.png>",
        "<blockquote>",
        "</blockquote>",
        "<script>x</script>",
        "<form>",
        "<u>",
        "</u>",
        "Sở Tài chính",
        " ",
        "&nbsp;",
        "<pre>",
        "</pre>",
        "a &lt; b",
        "<hr>",
        "<svg onload=x>",
        "<figure>",
        "</figure>",
        "<ol>",
        "</ol>",
        "<sup>",
        "</sup>",
        "<dl>",
        "<dt>",
        "<dd>",
        "</dl>",
        "<caption>",
        "<th colspan=2>",
        "<tbody>",
        "<center>",
        "</center>",
        "<font>",
        "<s>",
        "</s>",
        "<figcaption>",
        "<article>",
        "</li>",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_markup_gives_allowed_html_whose_words_are_the_text(markup: str) -> None:
    cleaned = html(markup)
    names = set(re.findall(r"<([a-z][a-z0-9]*)", cleaned))
    assert names <= ALLOWED.keys()
    assert words(BeautifulSoup(cleaned, "lxml").get_text(" ")) == words(text(markup))
    kept = nh3.clean(cleaned, tags=set(ALLOWED), attributes=ATTRIBUTES, link_rel=None)
    assert words(BeautifulSoup(kept, "lxml").get_text(" ")) == words(text(markup))


def words(text: str) -> str:
    return re.sub(r"[\s|]+", "", re.sub(r"(?m)^[ \t]*(?:- +)+", "", text))


@given(st.text(max_size=200))
def test_tidied_text_stays_as_it_is(raw: str) -> None:
    once = tidy(raw)
    assert one_line(one_line(raw)) == one_line(raw) or "&" in once
    once.encode()
