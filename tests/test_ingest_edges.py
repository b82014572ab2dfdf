"""What stands at the edges of a body and is no text of it; what looks like it and is text stays."""

from __future__ import annotations

import pytest

from ingest.clean import blocks_of
from ingest.edges import bare
from ingest.tree import grow

TEXT = "<p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng và gửi bảng đối chiếu.</p>"


def left(markup: str) -> list[str]:
    blocks = blocks_of(grow(f"<div>{markup}</div>")[0], "https://mau.example/tin/1")
    return [block.text for block in bare(blocks, "Rà soát số dư", None, None)]


WORDS = left(TEXT)


@pytest.mark.parametrize(
    "edge",
    [
        '<p>Tệp đính kèm:</p><ul><li><a href="/a.pdf">Biểu số 1</a></li></ul>',
        '<p>File đính kèm: <a href="/a.pdf">Biểu số 1</a></p>',
        "<p>BM-goi-07.rar CV-218.pdf</p>",
        '<p><a href="/a.pdf">CV-218.pdf</a> (32 KB)</p>',
        "<p>Viết bởi Hoài Mẫu</p><p>Cập nhật lần cuối ngày 04/03/2024</p>",
        "<p>Đã xem: 71 - Đã tải: 8</p>",
        '<p>Tin khác:</p><p><a href="/1">Mở lớp tập huấn kế toán</a> (04/03/2024)</p><p><a href="/2">Khai trương trụ sở</a></p>',
        '<p>Các văn bản cùng thể loại<br><a href="/1">Kế hoạch số 7</a><br><a href="/2">Kế hoạch số 8</a></p>',
        '<p>Nghị quyết khác</p><ul><li><a href="/1">Nghị quyết số 7</a></li></ul>',
        "<p>Địa chỉ: 1 đường Mẫu, huyện Thí Dụ - Điện thoại: 0200 000 000 - Email: a@mau.example</p>",
    ],
)
def test_what_stands_under_the_text_and_is_the_site_s_goes(edge: str) -> None:
    assert left(TEXT * 2 + edge) == WORDS * 2


def test_the_path_at_the_head_goes() -> None:
    assert left(f"<p>Trang chủ » Tin tức » Ngân sách xã</p>{TEXT}") == WORDS


@pytest.mark.parametrize(
    "edge",
    [
        '<p>Chi tiết xem tại <a href="/a.pdf">Biểu số 1</a></p>',
        '<p><a href="/a.pdf">Kế hoạch số 218/KH-STC</a></p>',
        "<p>Hồ sơ gửi về Sở Mẫu. Địa chỉ: 1 đường Mẫu - Điện thoại: 0200 000 000</p>",
        "<p>Các đơn vị lưu ý tệp đính kèm: bảng kê phải có chữ ký.</p>",
        "<p>Tin khác với số liệu này đều không chính xác.</p>",
        '<p>Xem <a href="/1">thông báo trước</a> để biết các nội dung mà đơn vị đã được giao.</p>',
    ],
)
def test_what_only_looks_like_it_stays(edge: str) -> None:
    assert left(TEXT + edge) == WORDS + left(edge)
