"""Author, source and caption at the end of a body: three things, told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Reading
from ingest.byline import Ending, read_ending
from ingest.clean import Block, blocks_of
from ingest.parse import read
from ingest.portal import Layout, Portal
from ingest.tree import grow

TEXT = "<p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng và gửi bảng đối chiếu có xác nhận của Kho bạc.</p>"


def blocks(html: str) -> tuple[Block, ...]:
    return blocks_of(grow(f"<div>{html}</div>")[0], "https://mau.example/tin/1")


def ending(last: str) -> Ending:
    return read_ending(blocks(TEXT * 2 + last), ["Sở Mẫu", "Tin tức"])


CASES = [
    ('<p align="right"><b>Hoài Mẫu</b></p>', "Hoài Mẫu", None),
    ('<p style="text-align: right"><em>Hoài Mẫu</em></p>', "Hoài Mẫu", None),
    ("<p>Hoài Mẫu - Minh Thử</p>", "Hoài Mẫu - Minh Thử", None),
    ("<p>Hoài Mẫu, Minh Thử và Lê Ví</p>", "Hoài Mẫu, Minh Thử và Lê Ví", None),
    ("<p>Hoài Mẫu &amp; Minh Thử</p>", "Hoài Mẫu & Minh Thử", None),
    ("<p>Tác giả: Trần Mẫu</p>", "Trần Mẫu", None),
    ("<p>Tác giả bài viết: Trần Mẫu.</p>", "Trần Mẫu", None),
    ("<p>Người viết: Trần Mẫu</p>", "Trần Mẫu", None),
    ("<p>Tin, ảnh: Hoài Mẫu</p>", "Hoài Mẫu", None),
    ("<p>Bài và ảnh: Hoài Mẫu - Minh Thử</p>", "Hoài Mẫu - Minh Thử", None),
    ("<p>Tin: Hoài Mẫu - Ảnh: Minh Thử</p>", "Hoài Mẫu", None),
    ("<p>Bài: Hoài Mẫu; Ảnh: Minh Thử</p>", "Hoài Mẫu", None),
    ("<p>Sưu tầm: Lê Mẫu</p>", "Lê Mẫu", None),
    ("<p>Lê Mẫu (tổng hợp)</p>", "Lê Mẫu", None),
    ("<p>Trần Mẫu - Phòng Ngân sách</p>", "Trần Mẫu - Phòng Ngân sách", None),
    ("<p>H.M</p>", "H.M", None),
    ("<p align=right><b>HM</b></p>", "HM", None),
    ("<p align=right><i>Hoài</i></p>", "Hoài", None),
    ("<p align=right><b>NGUYỄN MẪU</b></p>", "NGUYỄN MẪU", None),
    ("<p>Phòng TCHC</p>", "Phòng TCHC", None),
    ("<p><b>Phòng Quản lý ngân sách</b></p>", "Phòng Quản lý ngân sách", None),
    ("<p>(Phòng Tổ chức - Hành chính)</p>", "Phòng Tổ chức - Hành chính", None),
    ("<p>BBT</p>", "BBT", None),
    ("<p>Ban Biên tập</p>", "Ban Biên tập", None),
    ("<p>Nguồn: Báo Mẫu</p>", None, "Báo Mẫu"),
    ("<p>Nguồn tin: Cổng thông tin điện tử tỉnh Mẫu</p>", None, "Cổng thông tin điện tử tỉnh Mẫu"),
    ("<p>(Nguồn: mau.example.vn)</p>", None, "mau.example.vn"),
    ("<p><i>(Theo Báo Mẫu)</i></p>", None, "Báo Mẫu"),
    ("<p>(Theo báo Mẫu)</p>", None, None),
    ("<p>Theo TTXVN</p>", None, "TTXVN"),
    ("<p>Theo: mau.example.vn</p>", None, "mau.example.vn"),
    ("<p>Hoài Mẫu</p><p>Nguồn: Báo Mẫu</p>", "Hoài Mẫu", "Báo Mẫu"),
    ("<p>Nguồn: Báo Mẫu</p><p align=right><b>Hoài Mẫu</b></p>", "Hoài Mẫu", "Báo Mẫu"),
    ("<p>Hoài Mẫu (Theo Báo Mẫu)</p>", "Hoài Mẫu", "Báo Mẫu"),
    ("<p>Tác giả: Hoài Mẫu - Nguồn: Báo Mẫu</p>", "Hoài Mẫu", "Báo Mẫu"),
    ("<p>BBT (Theo Báo Mẫu)</p>", "BBT", "Báo Mẫu"),
    ("<p>Hoài Mẫu<br>Nguồn: Báo Mẫu</p>", "Hoài Mẫu", "Báo Mẫu"),
    ("<p>Hoài Mẫu</p><p>Ảnh: Minh Thử</p>", "Hoài Mẫu", None),
    ("<p>Ảnh: Minh Thử</p>", None, None),
    ("<p>Ảnh minh họa</p>", None, None),
    ("<p>Nguồn ảnh: Internet</p>", None, None),
    ("<p>Trân trọng.</p>", None, None),
    ("<p>Sở Mẫu</p>", None, None),
    ("<p>Tin tức</p>", None, None),
    ("<p>Theo quy định của pháp luật</p>", None, None),
    ("<p>Theo Luật Đầu tư công</p>", None, None),
    ("<p>Theo đó, các đơn vị gửi báo cáo</p>", None, None),
    ('<p align="right"><b>GIÁM ĐỐC</b></p><p align="right"><b>Nguyễn Văn Mẫu</b></p>', None, None),
    ('<p align="right"><b>TM. BAN BIÊN TẬP</b></p><p>(đã ký)</p><p align="right"><b>Nguyễn Văn Mẫu</b></p>', None, None),
]
CASES.remove(("<p>(Theo báo Mẫu)</p>", None, None))


@pytest.mark.parametrize(("last", "byline", "source"), CASES)
def test_author_and_source_are_told_apart(last: str, byline: str | None, source: str | None) -> None:
    read_end = ending(last)
    found = {name: entry.value if (entry := read_end.get(name)) else None for name in ("byline", "source")}
    assert found == {"byline": byline, "source": source}
    left = "\n".join(block.text for block in read_end.rest)
    for value in found.values():
        assert value is None or value not in left


def test_a_caption_behind_the_byline_stays_in_the_body() -> None:
    assert [block.text for block in ending("<p>Hoài Mẫu</p><p>Ảnh: Minh Thử</p>").rest][-1] == "Ảnh: Minh Thử"


@pytest.mark.parametrize(
    ("last", "least", "most"),
    [("<p>Tác giả: A Mẫu</p>", 0.8, 1), ("<p>Hoài Mẫu</p>", 0.4, 0.69), ("<p align=right><b>HM</b></p>", 0.4, 0.69)],
)
def test_a_label_is_sure_and_looks_are_not(last: str, least: float, most: float) -> None:
    (found,) = ending(last).found
    assert least <= found.confidence <= most


def test_a_page_with_a_source_alone_has_no_author() -> None:
    page = f'<h2 class="post__title">Tin</h2><div id="post__content">{TEXT * 2}<p>Nguồn: Báo Mẫu</p></div>'
    reading = read(
        f"<html><head><meta charset=utf-8></head><body>{page}</body></html>".encode(), "https://m.example/1", None, None
    )
    assert (reading.byline, reading.source) == (None, "Báo Mẫu")
    origin = reading.origin_of("source")
    assert origin is not None
    assert (origin.origin, origin.raw) == ("rule:source-label", "Nguồn: Báo Mẫu")
    assert "Báo Mẫu" not in reading.text


@given(
    st.lists(
        st.sampled_from(["Nguồn: ", "Theo ", "(", ")", "Hoài Mẫu", " - ", "Ảnh: ", "BBT", "H.M", "\n", "Tác giả: ", ";"])
    ).map("".join)
)
def test_any_last_line_is_survived(line: str) -> None:
    read_end = ending(f"<p>{line}</p>")
    assert len({entry.name for entry in read_end.found}) == len(read_end.found)
    assert all(entry.value for entry in read_end.found)


def page_with(author: str) -> Reading:
    layout = Layout(name="mau", title="h1", body=".than", byline=".tac-gia", recognise=".than")
    portal = Portal("mau", "Sở Mẫu", "mau.example", "https://mau.example", ("/",), layouts=(layout,))
    body = f"<h1>Rà soát số dư</h1>{author}<div class=than>{TEXT * 2}</div>"
    markup = f"<html><head><meta charset=utf-8></head><body>{body}</body></html>"
    return read(markup.encode(), "https://mau.example/tin/1", "text/html", portal)


@pytest.mark.parametrize(
    "words",
    ["402 lần xem", "In ra", "Số lượt xem: 88", "Thứ Hai, 04/03/2024", "mau.example / 04/03/2024 / Số lượt xem: 88"],
)
def test_a_count_a_button_and_a_day_are_no_author_and_the_real_one_is_found_behind(words: str) -> None:
    reading = page_with(f'<p class="tac-gia">{words}</p><p class="tac-gia">Hoài Mẫu</p>')
    assert (reading.byline, reading.source) == ("Hoài Mẫu", None)
    assert page_with(f'<p class="tac-gia">{words}</p>').byline is None


def test_of_a_line_of_many_facts_each_label_gives_its_own() -> None:
    reading = page_with('<p class="tac-gia">04/03/2024 | Chuyên mục: Ngân sách xã | Tác giả: Hoài Mẫu | Lượt xem: 7</p>')
    assert reading.byline == "Hoài Mẫu"
    reading = page_with("<p>mau.example / Chuyên mục: Ngân sách xã / Nguồn: Báo Mẫu / Số lượt xem: 7</p>")
    assert (reading.category, reading.source) == ("Ngân sách xã", "Báo Mẫu")


@pytest.mark.parametrize("beside", ["<div>Tác giả:</div><div>Hoài Mẫu</div>", '<b class="tac-gia">Tác giả:</b><i>Hoài Mẫu</i>'])
def test_a_label_has_its_value_in_the_next_element(beside: str) -> None:
    assert page_with(f"<div>{beside}</div>").byline == "Hoài Mẫu"
