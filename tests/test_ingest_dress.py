"""What of an announcement's element is the site's, and what only looks like it."""

from __future__ import annotations

import pytest

from ingest.dress import not_of
from ingest.tree import grow, text_of

PROSE = "<p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng và gửi bảng đối chiếu có xác nhận của Kho bạc nơi giao dịch.</p>"


def taken(markup: str, *, sure: bool = True) -> list[str]:
    root, _ = grow(f"<div>{markup}</div>")
    return [text_of(element) for element in not_of(root, sure=sure)]


@pytest.mark.parametrize(
    ("markup", "gone"),
    [
        ('<div class="cong-cu"><a href="javascript:void(0)">A-</a> <a href="#">A+</a> <span>Lượt xem: 1.204</span></div>', 1),
        ('<p><a href="javascript:window.print()">In</a> | <a href="mailto:?subject=x">Email</a></p>', 1),
        ('<p>Nội dung <a href="javascript:print()">Bản in</a></p>', 1),
        ("<p>Số lượt đọc: 35</p>", 1),
        ("<div><span>1.204 lượt xem</span></div>", 1),
        ('<p>Chia sẻ: <a href="https://www.facebook.com/sharer.php?u=x">Facebook</a></p>', 1),
        ("<p>Tổng số điểm của bài viết là: 5 trong 1 đánh giá</p><p>Click để đánh giá bài viết</p>", 2),
        ('<p><b>Tin liên quan:</b></p><ul><li><a href="/a">Công khai dự toán năm nay</a> (12/06/2020)</li></ul>', 2),
        ('<h3>Các tin khác</h3><p></p><div><a href="/a">Lịch tiếp công dân tháng này</a></div>', 2),
        ('<div><h4>CÁC BÀI VIẾT CÙNG CHUYÊN MỤC</h4><div><a href="/a">Lịch tiếp công dân</a></div></div>', 1),
        ('<p>Từ khóa: <a href="/t">ngân sách</a>, <a href="/u">tài chính</a></p>', 1),
        ('<p>Xem thêm: <a href="/t">Hướng dẫn đối chiếu số dư cuối năm</a></p>', 1),
        ('<ul class="pagination"><li>1</li></ul><nav>Trang chủ</nav><div class="fb-like">Thích</div>', 3),
    ],
)
def test_what_belongs_to_the_site_is_no_part_of_the_body(markup: str, gone: int) -> None:
    assert len(taken(PROSE + markup)) == gone
    assert all("Sở Mẫu" not in text and "Nội dung" not in text for text in taken(PROSE + markup))


@pytest.mark.parametrize(
    "markup",
    [
        '<p>Văn bản liên quan:</p><ul><li><a href="/a.pdf">Quyết định số 12</a></li></ul>',
        '<p>Thông tin khác: cơ quan nào chưa gửi thì bổ sung; xem <a href="/a">hướng dẫn</a>.</p>',
        "<p>Chia sẻ</p><ul><li>Trách nhiệm</li><li>Chia sẻ</li></ul>",
        "<p>In</p><p>A</p><p>Sau</p>",
        "<p>Đơn vị in trang này làm ba bản và gửi email về Sở.</p>",
        "<table><tr><td>Lượt</td><td>Xem</td></tr></table>",
        f'<div class="menu-share">{PROSE * 3}</div>',
        f'<div id="related-content">{PROSE * 3}</div>',
        f"<h3>Thông tin liên quan</h3>{PROSE}",
        '<div class="tags"><a href="/van-ban.docx">Mẫu số 01</a></div>',
        '<p>Xem tại <a href="https://mau.example/van-ban">trang của Sở</a></p>',
    ],
)
def test_what_reads_like_the_announcement_stays(markup: str) -> None:
    assert taken(PROSE + markup + PROSE) == []


def test_of_a_body_that_no_layout_names_everything_called_a_menu_is_left_out() -> None:
    footer = f'<div class="footer">{PROSE * 3}</div>'
    assert len(taken(PROSE + footer, sure=False)) == 1
    assert taken(PROSE + footer, sure=True) == []
