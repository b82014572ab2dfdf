"""The next page of a list, in every form that portals write it: found, or known to be none."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover import Step, links
from ingest.portal import Portal

PORTAL = Portal(
    name="mau",
    title="Sở Tài chính tỉnh Mẫu",
    host="mau.test",
    base_url="http://mau.test/",
    lists=("/tin-tuc",),
    article=r"/bai/",
)
HOST = "http://mau.test"


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>Tin</title>{head}</head><body>{body}</body></html>".encode()


def following(url: str, body: str, via: Step | None = None) -> str | None:
    step = links(page(body), url, PORTAL, via=via).next_page
    assert step is None or not step.is_post
    return step.url if step else None


def pager(
    current: int, last: int, address: str, *, zero: bool = False, window: int = 99, step: int = 1, tag: str = "span"
) -> str:
    """A numbered pager without any "next": `{}` in the address is the page's number."""
    pages = [n for n in range(1, last + 1) if n in (1, last) or abs(n - current) <= window]
    told = {n: (n - 1) * step + (0 if zero else 1) for n in pages}
    return "".join(
        f"<li><{tag}>{n}</{tag}></li>" if n == current else f'<li><a href="{address.format(told[n])}">{n}</a></li>' for n in pages
    )


OLDER_LIFERAY = (
    "p_p_id=101_INSTANCE_aB3x&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&p_p_col_id=column-2&p_p_col_count=1"
    "&_101_INSTANCE_aB3x_delta=20&_101_INSTANCE_aB3x_keywords=&p_r_p_564233524_resetCur=false&_101_INSTANCE_aB3x"
)
_PORTLET = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_k9"
NEWER_LIFERAY = f"p_p_id={_PORTLET}&p_p_lifecycle=0&_{_PORTLET}_delta=10&p_r_p_resetCur=false&_{_PORTLET}"

FORMS = [
    # first page's address, address of a page, zero-based, pages a step
    ("/tin-tuc", "/tin-tuc?page={}", True, 1),
    ("/tin-tuc", "?page={}", True, 1),
    ("/thong-bao", "/thong-bao?Page={}", False, 1),
    ("/thong-bao?cat=7", "/thong-bao?Page={}&cat=7", False, 1),
    ("/Pages/tin.aspx?ChuyenMuc=12", "/Pages/tin.aspx?ChuyenMuc=12&pageindex={}", False, 1),
    ("/tin?danhmuc=4", "/tin?trang={}&danhmuc=4", False, 1),
    ("/chuyen-muc/112/tin-so-nganh.htm", "/chuyen-muc/112/{}/tin-so-nganh.htm", False, 1),
    ("/Pages/ChuyenMuc/91/1/Tin.html", "/Pages/ChuyenMuc/91/{}/Tin.html", False, 1),
    ("/vi/news/Thong-bao/", "/vi/news/Thong-bao/page-{}/", False, 1),
    ("/vi/news/Thong-bao/", "/vi/news/Thong-bao/page-{}", False, 1),
    ("/tin-tuc.html", "/tin-tuc-p{}.html", False, 1),
    ("/tin-tuc.html", "/tin-tuc/trang-{}.html", False, 1),
    ("/web/guest/thong-bao", f"/web/guest/thong-bao?{OLDER_LIFERAY}_cur={{}}", False, 1),
    ("/tin-tuc-su-kien", f"/tin-tuc-su-kien?{NEWER_LIFERAY}_cur={{}}", False, 1),
    ("/vbqppl.nsf/VanBan?OpenView", "/vbqppl.nsf/VanBan?OpenView&Start={}&Count=30", False, 30),
    ("/index.php/tin-tuc", "/index.php/tin-tuc?start={}", True, 20),
    ("/index.php?option=com_content&id=9", "/index.php?option=com_content&id=9&limitstart={}", True, 15),
    ("/category/tin-noi-bo-18", "/category/tin-noi-bo-18/{}", False, 1),
    ("/list?x=1", "/list?x=1&so_trang={}", False, 1),
    ("/danh-sach/5", "/danh-sach/5?p={}", False, 1),
]  # fmt: skip


@pytest.mark.parametrize(("first", "address", "zero", "step"), FORMS)
@pytest.mark.parametrize("last", [2, 3, 7])
def test_numbered_pagers_without_a_next_are_walked_to_their_end(
    first: str, address: str, zero: bool, step: int, last: int
) -> None:
    url: str | None = HOST + first
    for current in range(1, last + 1):
        assert url is not None
        number = current * step + 1 if not zero else current * step
        expected = urljoin(HOST + first, address.format(number)) if current < last else None
        url = following(url, f"<ul>{pager(current, last, address, zero=zero, step=step)}</ul>")
        assert url == expected, f"page {current}"


@pytest.mark.parametrize(("first", "address", "zero", "step"), FORMS)
@pytest.mark.parametrize("window", [0, 1])
def test_windows_that_hide_the_next_number_are_walked_to_their_end(
    first: str, address: str, zero: bool, step: int, window: int
) -> None:
    url: str | None = HOST + first
    walked = 0
    while url is not None and walked < 20:
        walked += 1
        url = following(url, f"<ul>{pager(walked, 12, address, zero=zero, step=step, window=window)}</ul>")
    assert walked == 12


@pytest.mark.parametrize(
    "label",
    [
        "Trang sau", "trang sau »", "Trang tiếp theo ›", "Trang tiếp", "Tiếp", "Tiếp theo", "Sau", "Sau >", "Next", "Next page",
        "Trang kế", "Kế tiếp", "[Trang sau]", "Xem trang tiếp theo", "Đến trang sau", "Tin cũ hơn", "›", ">", "→", "»",
    ],
)  # fmt: skip
@pytest.mark.parametrize(("url", "to"), [("/tin-tuc", "/tin-tuc?x=1"), ("/tin-tuc?x=3", "/tin-tuc?x=4")])
def test_words_and_signs_lead_on(label: str, url: str, to: str) -> None:
    assert following(HOST + url, f'<p><a href="/gioi-thieu">Giới thiệu</a></p><div><a href="{to}">{label}</a></div>') == HOST + to


@pytest.mark.parametrize(
    "link",
    [
        '<a href="{}" title="Trang sau"><i class="x"></i></a>',
        '<a href="{}" aria-label="Trang kế tiếp"><svg></svg></a>',
        '<a href="{}" title="Trang sau">»</a>',
        '<a href="{}"><img src="/i/a.gif" alt="Trang sau"></a>',
        '<a href="{}"><i class="fa fa-angle-right"></i></a>',
        '<a href="{}"><span class="glyphicon glyphicon-chevron-right"></span></a>',
        '<a class="pager-next" href="{}"></a>',
        '<a href="{}"><img src="/images/next.gif"></a>',
        "<a href=\"javascript:location.href='{}'\">Trang sau</a>",
        '<a href="#" onclick="location.href=\'{}\'; return false;">Trang sau</a>',
        '<a href="javascript:void(0)" onclick="window.location = &quot;{}&quot;">Trang sau</a>',
        "<span onclick=\"document.location.href='{}'\">Trang sau</span>",
        '<button type="button" onclick="window.location.assign(\'{}\')">Trang sau</button>',
        '<input type="button" value="Trang sau" onclick="self.location.replace(\'{}\')">',
        '<button type="button" data-url="{}">Xem thêm</button>',
        '<a href="#" data-href="{}">Xem thêm tin</a>',
        '<a href="{}">Xem thêm</a>',
        '<a rel="next" href="{}">2</a>',
    ],
)
def test_icons_titles_images_and_scripts_lead_on(link: str) -> None:
    assert following(f"{HOST}/tin-tuc?page=3", f"<div>{link.format('/tin-tuc?page=4')}</div>") == f"{HOST}/tin-tuc?page=4"


def test_a_menu_of_pages_that_acts_at_once_is_a_pager() -> None:
    options = "".join(f'<option value="/tin?trang={n}">{n}</option>' for n in range(1, 5))
    body = f'<select onchange="location.href=this.value">{options}</select>'
    assert following(f"{HOST}/tin?trang=2", body) == f"{HOST}/tin?trang=3"
    assert following(f"{HOST}/tin?trang=4", body) is None


def to(address: str, label: str, attributes: str = "") -> str:
    return f'<a href="{address}" {attributes}>{label}</a>'


FIVE = "/tin-tuc?page=4"
BEFORE = f"{to('/tin-tuc?page=0', '1')} {to('/tin-tuc?page=3', '4')} <b>5</b>"
DAYS = "".join(to(f"/lich/2020/06/{day:02}", str(day)) for day in range(1, 31))


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (FIVE, BEFORE + to("/tin-tuc?page=4", "Trang sau")),
        (FIVE, BEFORE + to("/tin-tuc", "Trang sau")),
        (FIVE, BEFORE + to("/tin-tuc?page=1", "Trang sau")),
        (FIVE, BEFORE + to("#", "Trang sau") + to("javascript:void(0)", "›")),
        (FIVE, BEFORE + f'<ul><li class="disabled">{to("/tin-tuc?page=5", "›")}</li></ul>'),
        (FIVE, to("/tin-tuc?page=3", "sau", 'rel="next"') + to("/tin-tuc?page=0", "1")),
        (FIVE, to("/tin-tuc?page=3", "4") + to("/tin-tuc?page=4", "5", 'class="active"') + to("/bai/7-truoc", "Tiếp")),
        ("/tin-tuc?p=5", to("/tin-tuc?p=1", "Trang sau")),
        ("/t.nsf/V?OpenView&Start=61&Count=30", to("/t.nsf/V?Count=30&OpenView&Start=61", "Next")),
        ("/t.nsf/V?OpenView&Start=61&Count=30", to("/t.nsf/V?OpenView&Start=31&Count=30", "Next")),
        ("/tin-tuc", to("/bai/1", "Tiếp")),
        ("/tin-tuc", f'<div class="carousel">{to("/anh/2", "›")}</div>'),
        ("/tin-tuc", to("/lien-he", "Xem thêm") + to("/thong-bao", "Xem thêm")),
        ("/tin-tuc", to("http://khac.test/tin-tuc?page=2", "Trang sau")),
        ("/tin-tuc", to("/van-ban?ngay=2", "2") + to("/van-ban?ngay=3", "3")),
        ("/tin-tuc", DAYS),
        ("/lich/2020/06", DAYS),
        ("/lich?thang=6&nam=2020", to("/lich?thang=5&nam=2020", "‹") + to("/lich?thang=7&nam=2020", "›")),
        ("/lich?thang=6&nam=2020", to("/lich?thang=7&nam=2020", "Tháng sau", 'rel="next"')),
        ("/lich/2020/6/", to("/lich/2020/7/", "Trang sau")),
    ],
)
def test_the_last_page_and_what_is_no_paging_have_no_next(url: str, body: str) -> None:
    assert following(HOST + url, body) is None


def test_paging_inside_a_month_goes_on() -> None:
    body = pager(2, 3, "/luu-tru?thang=6&nam=2020&page={}")
    assert following(f"{HOST}/luu-tru?nam=2020&thang=6&page=2", body) == f"{HOST}/luu-tru?thang=6&nam=2020&page=3"


def test_of_two_pagers_the_one_of_this_list_counts() -> None:
    side = pager(1, 3, "/tin-tuc?vanban={}&page=4")
    assert following(f"{HOST}/tin-tuc?page=4", f"<div>{side}</div><div>{pager(4, 6, '/tin-tuc?page={}')}</div>") == (
        f"{HOST}/tin-tuc?page=5"
    )
    assert following(f"{HOST}/tin-tuc?page=6", f"<div>{pager(6, 6, '/tin-tuc?page={}')}</div>") is None


def test_a_portals_selector_is_taken_at_its_word_but_not_back() -> None:
    portal = replace(PORTAL, next_page="a.di-toi")
    body = page('<a href="/tin-tuc?page=7">Trang sau</a><a class="di-toi" href="/tin-tuc/khac">…</a>')
    assert links(body, f"{HOST}/tin-tuc?page=3", portal).next_page == Step(f"{HOST}/tin-tuc/khac")
    back = page(to("/tin-tuc?page=7", "Trang sau") + to("/tin-tuc?page=1", "…", 'class="di-toi"'))
    assert links(back, f"{HOST}/tin-tuc?page=3", portal).next_page is None


@given(current=st.integers(1, 40), last=st.integers(1, 40), window=st.integers(0, 4), form=st.sampled_from(FORMS))
def test_any_window_of_any_form_leads_to_the_next_page_or_to_none(
    current: int, last: int, window: int, form: tuple[str, str, bool, int]
) -> None:
    first, address, zero, step = form
    last = max(current, last)
    told = (current - 1) * step + (0 if zero else 1)
    url = HOST + first if current == 1 else urljoin(HOST + first, address.format(told))
    body = f"<ul>{pager(current, last, address, zero=zero, step=step, window=window)}</ul>"
    expected = urljoin(HOST + first, address.format(told + step)) if current < last else None
    assert following(url, body) == expected


SESSIONS = ("lit3py55t21z5v55vlm25s55", "abcdefghijklmnopqrstuv01")


@pytest.mark.parametrize(
    ("url", "address", "to"),
    [
        ("/tin;jsessionid=A1?page=2", "/tin;jsessionid=B2?page={}", "/tin?page=3"),
        ("/tin?page=2&PHPSESSID=q1", "/tin?PHPSESSID=w2&page={}", "/tin?page=3"),
        (
            f"/(S({SESSIONS[0]}))/tin.aspx?page=2",
            f"/(S({SESSIONS[1]}))/tin.aspx?page={{}}",
            f"/(S({SESSIONS[1]}))/tin.aspx?page=3",
        ),
    ],
)
def test_a_pager_that_changes_session_at_every_page_is_the_same_pager(url: str, address: str, to: str) -> None:
    body = f'<div>{pager(2, 3, address)}<a href="{address.format(3)}">Trang sau</a></div>'
    assert following(HOST + url, body) == HOST + to
    assert following(HOST + url.replace("page=2", "page=3"), f"<div>{pager(3, 3, address)}</div>") is None
