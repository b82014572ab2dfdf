"""Which links of a list page are announcements, where the portal's file knows nothing but a host."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.discover import links
from ingest.portal import Portal

PORTAL = Portal("mau", "Sở Tài chính tỉnh Mẫu", "mau.test", "http://mau.test/", ("/tin",), aliases=("cu.mau.test",))
TITLES = (
    "Thông báo về việc công khai dự toán ngân sách nhà nước năm 2021",
    "Sở Tài chính tổ chức hội nghị tổng kết công tác tài chính ngân sách",
    "Kế hoạch kiểm tra việc chấp hành kỷ luật, kỷ cương hành chính",
    "Quyết định ban hành bảng giá tính lệ phí trước bạ đối với nhà",
    "Hội nghị triển khai nhiệm vụ quý IV",
)
MENU = """<div id="menu"><ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/gioi-thieu">Giới thiệu</a></li>
<li><a href="/gioi-thieu/chuc-nang-nhiem-vu-quyen-han-cua-so">Chức năng nhiệm vụ quyền hạn của Sở Tài chính</a></li>
<li><a href="/tin">Tin tức</a></li><li><a href="/van-ban">Văn bản</a></li><li><a href="/lien-he">Liên hệ</a></li></ul></div>
<div class="breadcrumb"><a href="/">Trang chủ</a> » <a href="/tin">Tin tức sự kiện</a></div>"""
FOOTER = """<div id="footer"><a href="http://www.chinhphu.test/">Cổng thông tin điện tử Chính phủ</a>
<a href="/chinh-sach-bao-mat-thong-tin-cua-cong">Chính sách bảo mật thông tin của Cổng thông tin điện tử</a>
<a href="/dang-nhap">Đăng nhập</a></div>"""
SIDE = """<div class="sidebar"><h3>Liên kết</h3><ul><li><a href="/hoi-dap">Hỏi đáp</a></li>
<li><a href="/thu-vien-anh">Thư viện ảnh</a></li></ul><form action="/tim-kiem"><input name="q"></form></div>"""


def page(rows: list[str], before: str = "", after: str = "") -> bytes:
    return f"<html><body>{MENU}{before}<div id='noi-dung'>{''.join(rows)}</div>{SIDE}{after}{FOOTER}</body></html>".encode()


SHAPES = {
    "cards with a date, a picture and a label to read on": (
        "/tin/{slug}-{id}.html",
        '<div class="post-item{odd}"><a href="{url}"><img src="/a/{id}.jpg"></a><h3><a href="{url}">{title}</a></h3>'
        '<span>15/06/2020 08:30</span><p>Tóm tắt</p><a class="more" href="{url}">Xem chi tiết</a></div>',
    ),
    "a table with the date in a cell of its own": (
        "/Pages/chi-tiet.aspx?ItemID={id}",
        "<table><tr><td>{id}</td><td>12/3/2019</td><td><a href='{url}'>{title}</a></td></tr></table>",
    ),
    "one table of many rows, a file in each": (
        "/vb/{id}",
        "<tr><td>0{id}/TB-STC</td><td>12-03-2019</td><td><a href='{url}'>{title}</a></td>"
        "<td><a href='/tep/{id}.pdf'>Tải về</a></td></tr>",
    ),
    "list items without any date": (
        "/tin/{slug}-{id}.html",
        "<ul class='ds'><li class='i{id}'><a href='{url}'>{title}</a></li></ul>",
    ),
    "bare numbers in the address, no date": (
        "/node/{id}",
        "<div class='views-row'><h2><a href='{url}'>{title}</a></h2></div>",
    ),
    "slug and ids": (
        "/article/{slug}-{id}-12",
        "<div class='row'><div class='col-{id}'><a href='{url}'>{title}</a> <i>(01/02/2020)</i></div></div>",
    ),
    "Liferay": (
        "/web/guest/tin/-/chi-tiet/{slug}-{id}-1.html?redirect=%2Ftin",
        "<div class='asset'><h3 class='asset-title'><a href='{url}'>{title}</a></h3><div>Ngày 5 tháng 6 năm 2020</div></div>",
    ),
    "a header in each article": (
        "/{slug}-{id}.htm",
        "<article><header><h2><a href='{url}'>{title}</a></h2><time datetime='2020-06-15'>hôm qua</time></header></article>",
    ),
    "windows that a script opens": (
        "/cb.nsf/0/{hex}?OpenDocument",
        "<tr><td>13/7/2020</td><td><span onclick=\"window.open('{url}','_blank')\">{title}</span></td></tr>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [5, 2])
def test_announcements_are_told_from_menus_and_footers(shape: str, count: int) -> None:
    address, row = SHAPES[shape]
    urls, rows = [], []
    for number, title in enumerate(TITLES[:count], 371):
        url = address.format(slug="-".join(["thong-bao-ve-viec", "abcd"[: number % 4 + 1]]), id=number, hex=f"{number:032X}")
        urls.append(f"http://mau.test{url}")
        rows.append(row.format(url=url, title=title, id=number, odd=" odd" if number % 2 else ""))
    found = links(page(rows), "http://mau.test/tin", PORTAL)
    assert found.articles == tuple(urls)


def test_a_last_page_with_one_announcement_is_read() -> None:
    address, row = SHAPES["cards with a date, a picture and a label to read on"]
    url = address.format(slug="thong-bao-moi", id=9)
    found = links(page([row.format(url=url, title=TITLES[0], id=9, odd="")]), "http://mau.test/tin?page=8", PORTAL)
    assert found.articles == (f"http://mau.test{url}",)


def test_the_sections_that_a_page_leads_to_are_further_lists_and_services_are_none() -> None:
    address, row = SHAPES["list items without any date"]
    rows = [row.format(url=address.format(slug="mot-hai-ba", id=n), title=title, id=n) for n, title in enumerate(TITLES, 100)]
    found = links(page(rows, before="<a href='/thong-bao?page=3'>Xem tất cả</a>"), "http://mau.test/", PORTAL)
    assert {"http://mau.test/tin", "http://mau.test/van-ban", "http://mau.test/thong-bao"} <= set(found.lists)
    assert not {"http://mau.test/dang-nhap", "http://mau.test/lien-he", "http://mau.test/"} & set(found.lists)
    assert not set(found.lists) & set(found.articles)


def test_teasers_to_other_sites_are_external_and_those_on_an_alias_are_ours() -> None:
    row = "<div class='t'><h3><a href='{}'>{}</a></h3><span>01/06/2020</span></div>"
    urls = [
        "/tin/bai-mot-hai-ba-1.html",
        "http://cu.mau.test/tin/bai-hai-2.html",
        "http://bao.test/tin/bai-ba-ba-3.html",
        "http://phu.mau.test/x-4.html",
    ]
    found = links(page([row.format(*pair) for pair in zip(urls, TITLES, strict=False)]), "http://mau.test/tin", PORTAL)
    assert found.articles == ("http://mau.test/tin/bai-mot-hai-ba-1.html", "http://cu.mau.test/tin/bai-hai-2.html")
    assert {"http://bao.test/tin/bai-ba-ba-3.html", "http://phu.mau.test/x-4.html"} <= set(found.external)


def test_spaces_bases_and_odd_hrefs_lead_where_browsers_go() -> None:
    row = '<li><a href="{}">{}</a> 02/03/2021</li>'
    hrefs = ["tai lieu/Thong bao so 1.html", " ../bai/hai-hai-hai-2.html ", "?id=33", "\\bai\\bon-bon-bon-4.html"]
    body = page([f"<ul>{row.format(href, title)}</ul>" for href, title in zip(hrefs, TITLES, strict=False)])
    body = body.replace(b"<body>", b"<head><base href='/muc/tin/ds.aspx'></head><body>", 1)
    assert links(body, "http://mau.test/khac/", PORTAL).articles == (
        "http://mau.test/muc/tin/tai%20lieu/Thong%20bao%20so%201.html",
        "http://mau.test/muc/bai/hai-hai-hai-2.html",
        "http://mau.test/muc/tin/ds.aspx?id=33",
        "http://mau.test/bai/bon-bon-bon-4.html",
    )


def test_a_page_without_a_list_names_no_announcement() -> None:
    assert links(page(["<p>Trang này đang được xây dựng.</p>"]), "http://mau.test/tin", PORTAL).articles == ()


@pytest.mark.parametrize(
    "selector", ["div.post > h3 a", "h3 a[href^='/tin/']", "div.post:has(h3) h3 a", ".post a:not(.more)", "h3:nth-of-type(1) > a"]
)
def test_a_portals_selector_names_the_announcements(selector: str) -> None:
    rows = [f"<div class='post p{n}'><h3><a href='/tin/bai-{n}'>Bài {n}</a></h3></div>" for n in range(3)]
    portal = replace(PORTAL, items=selector)
    assert links(page(rows), "http://mau.test/tin", portal).articles == tuple(f"http://mau.test/tin/bai-{n}" for n in range(3))


def test_what_a_theme_lists_beside_its_platforms_places_is_listed_too() -> None:
    rows = "".join(
        f'<h3><a href="/vi/news/tin/{n}-bai-{n}-{100 + n}.html">{title}</a></h3>' for n, title in enumerate(TITLES[:2])
    )
    more = "".join(
        f'<li><a href="/vi/news/tin/{n}-bai-{n}-{200 + n}.html">{title} mẫu</a></li>' for n, title in enumerate(TITLES)
    )
    body = f'<div class="news_column"><div class="panel-body">{rows}</div></div><ul class="related">{more}</ul>'
    generator = '<meta name="generator" content="NukeViet v4.5">'
    found = links(f"<html><head>{generator}</head><body>{body}</body></html>".encode(), "http://mau.test/vi/news/tin/", PORTAL)
    assert len(found.articles) == 2 + len(TITLES)
