"""Pages that answer 200 and hold no announcement, and announcements that only speak of such things."""

from __future__ import annotations

import pytest

from ingest.errors import LeadsElsewhere, NotReadable
from ingest.parse import read

URL = "https://mau.example/tin/bai-1"
MENU = '<ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức của tỉnh và các huyện</a></li></ul>'
PROSE = "<p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng và gửi bảng đối chiếu có xác nhận của Kho bạc nơi giao dịch.</p>"
TEASERS = "".join(
    f'<div class="tin"><h3><a href="/tin/{n}">Thông báo thứ {n} về việc tập huấn nghiệp vụ</a></h3><p>{PROSE[3:80]}…</p></div>'
    for n in range(10)
)


def page(body: str, title: str = "Sở Mẫu", head: str = "") -> bytes:
    markup = f"<html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{MENU}{body}"
    return f'{markup}<div class="footer">Ghi rõ nguồn "Sở Mẫu" khi đăng lại</div></body></html>'.encode()


PASSWORD = '<form><label>Tên đăng nhập</label><input name=u><label>Mật khẩu</label><input type="password" name=p></form>'
REFUSED = {
    "soft_404": [
        page("<h1>Không tìm thấy trang</h1>"),
        page("<h2>404</h2><p>Trang bạn yêu cầu không tồn tại hoặc đã bị xóa.</p>"),
        page("<div>Rất tiếc! Không tìm thấy trang bạn yêu cầu. Vui lòng kiểm tra lại địa chỉ.</div>"),
        page("<p>Bài viết này không tồn tại hoặc đã bị gỡ bỏ</p>"),
        page(PROSE, title="Lỗi 404 - Sở Mẫu"),
        page(TEASERS[:900], title="Không tìm thấy trang | Sở Mẫu"),
        page("<p>The requested URL was not found on this server.</p>", title="404 Not Found"),
    ],
    "error_page": [
        page("<h1>Server Error in '/' Application.</h1><h2>Runtime Error</h2>", title="Runtime Error"),
        page("<p>Hệ thống đang bảo trì, quý khách vui lòng quay lại sau.</p>"),
        page("<p>Error establishing a database connection</p>", title="Error"),
        page("<h1>503 Service Unavailable</h1>"),
    ],
    "login": [
        page(f"<h1>Đăng nhập hệ thống</h1>{PASSWORD}"),
        page(PASSWORD, title="Đăng nhập - Cổng nội bộ Sở Mẫu"),
        page(PASSWORD),
    ],
    "challenge": [
        page("<p>Checking your browser before accessing mau.example.</p>", title="Just a moment..."),
        page("<script>document.cookie='D1N=1a2b;path=/';location.reload();</script>", title="") + b" ",
        page("<p>Vui lòng xác nhận bạn không phải là robot để tiếp tục.</p><div class='g-recaptcha'></div>"),
    ],
    "list": [page(f"<h1>Tin tức</h1>{TEASERS}<a href='?page=2'>Trang sau</a>")],
    "refresh": [
        page("", head='<meta http-equiv="refresh" content="0; url=/moi/bai-1.html">'),
        page("<p>Đang chuyển hướng…</p>", head="<META HTTP-EQUIV='Refresh' CONTENT='3;URL=https://khac.mau.example/x'>"),
        page("<script>window.location.href = '/moi/bai-1.html';</script>"),
    ],
    "frameset": [
        b"<html><head><title>C</title></head><frameset cols='20,80'><frame src=menu.htm><frame src='/tin.htm'></frameset></html>"
    ],
}


@pytest.mark.parametrize(("code", "body"), [(code, body) for code, bodies in REFUSED.items() for body in bodies])
def test_a_page_that_is_no_announcement_is_refused_by_its_code(code: str, body: bytes) -> None:
    with pytest.raises(NotReadable) as caught:
        read(body, URL, "text/html", None)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "body",
    [
        page(f"<h1>Cảnh báo trang web giả mạo: trang không tồn tại</h1>{PROSE * 3}"),
        page(f"<h1>Thông báo không tìm thấy hồ sơ của ba cơ sở</h1>{PROSE}"),
        page("<h1>Mất giấy chứng nhận</h1><p>Ông Mẫu không tìm thấy giấy chứng nhận số 404; ai nhặt được xin báo về xã.</p>"),
        page(f"<h1>Hướng dẫn đăng nhập cổng dịch vụ công</h1>{PROSE * 2}{PASSWORD}"),
        page(f"<h1>Lịch họp giao ban tuần</h1><p>Họp lúc 8 giờ thứ hai tại phòng số 404.</p>{PASSWORD}"),
        page(f"<h1>Thông báo bảo trì hệ thống dịch vụ công</h1><p>Hệ thống tạm dừng từ 22 giờ để bảo trì. {PROSE[3:]}"),
        page(f"<h1>Nội dung không còn hiệu lực</h1>{PROSE * 2}"),
        page(f"<h1>Công khai dự toán</h1><p>Không tìm thấy trang</p><a href='/a.pdf'>Quyết định công khai</a>{PROSE}"),
        page(f"<h1>Kết quả kiểm tra</h1>{PROSE * 2}", head='<meta http-equiv="refresh" content="1800">'),
        page(f"<h1>Kết quả kiểm tra</h1>{PROSE * 2}", head='<meta http-equiv="refresh" content="600; url=/khac">'),
        page(f"<h1>Danh mục tài liệu họp</h1>{PROSE}<ul>{'<li><a href=/a.pdf>Tài liệu họp giao ban tháng</a></li>' * 9}</ul>"),
        page(f"<h1>Thông báo tập huấn</h1>{PROSE * 4}<h4>Tin liên quan</h4>{TEASERS}"),
    ],
)
def test_an_announcement_that_speaks_of_such_things_is_read(body: bytes) -> None:
    reading = read(body, URL, "text/html", None)
    assert reading.title
    assert reading.text


def test_a_page_that_leads_elsewhere_says_where() -> None:
    with pytest.raises(LeadsElsewhere) as caught:
        read(REFUSED["refresh"][0], URL, "text/html", None)
    assert caught.value.target == "https://mau.example/moi/bai-1.html"
    with pytest.raises(LeadsElsewhere) as framed:
        read(REFUSED["frameset"][0], URL, "text/html", None)
    assert framed.value.targets == ("https://mau.example/tin/menu.htm", "https://mau.example/tin.htm")


def test_a_page_of_two_roots_is_read_in_the_second() -> None:
    first = page("<div class='menu'><a href='/'>Trang chủ</a></div>")
    reading = read(first + page(f"<h1>Kết quả kiểm tra quý một</h1>{PROSE * 2}"), URL, "text/html", None)
    assert reading.title == "Kết quả kiểm tra quý một"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("empty", page("<h1>Chi tiết</h1><span>01/01/0001 00:00</span><div class='right'><a href='/1'>Tin mới nhất</a></div>")),
        (
            "challenge",
            page("<p>Anti-bot: đang kiểm tra trình duyệt</p>", head='<meta http-equiv="refresh" content="3; url=/_bot?x=1">'),
        ),
    ],
)
def test_a_template_without_words_and_a_challenge_that_leads_on_are_told_apart(code: str, body: bytes) -> None:
    with pytest.raises(NotReadable) as caught:
        read(body, URL, "text/html", None)
    assert caught.value.code == code
