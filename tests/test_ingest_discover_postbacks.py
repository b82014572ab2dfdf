"""Lists of ASP.NET whose pages are reached by posting the whole page's form back."""

from __future__ import annotations

import ssl
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from ingest.discover import Step, links
from ingest.fetch import Gate
from ingest.portal import Portal
from ingest.step import ARGUMENT, STATE, TARGET
from tests.lying_server import LyingServer, Script, respond

PORTAL = Portal("mau", "Sở Tài chính tỉnh Mẫu", "mau.test", "http://mau.test/", ("/ds.aspx",), article=r"chitiet")
LIST = "http://mau.test/ds.aspx?loai=3"


def page(body: str, *, state: str = "c3RhdGU=", action: str = "./ds.aspx?loai=3", method: str = "post") -> bytes:
    return f"""<html><head><title>Danh sách</title></head><body>
<form method="{method}" action="{action}" id="aspnetForm">
<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value=""><input type="hidden" name="__EVENTARGUMENT" value="">
<input type="hidden" name="__VIEWSTATE" value="{state}"><input type="hidden" name="__EVENTVALIDATION" value="/wEdAAQ+">
<input type="text" name="tuKhoa" value="ngân sách"><input type="password" name="matKhau"><input name="tat" value="x" disabled>
<select name="nam"><option value="2019">2019</option><option value="2020" selected>2020</option></select>
<select name="loai"><option>Tất cả</option><option>Thông báo</option></select>
<input type="checkbox" name="conHan" checked><input type="checkbox" name="hetHan"><textarea name="ghiChu">a
b</textarea>
<input type="submit" name="btTim" value="Tìm kiếm"><input type="file" name="tep">
<a href="javascript:__doPostBack('ctl00$dn','')">Đăng nhập</a>
<table><tr><td><a href="chitiet.aspx?id=1">Thông báo về việc công khai dự toán</a></td></tr></table>
{body}</form></body></html>""".encode()


def grid(current: int, first: int, last: int, *, before: bool = False, after: bool = False) -> str:
    """The pager of a GridView: ten numbers, the current one no link, "..." to the windows beside it."""
    numbers = [
        f"<td><span>{n}</span></td>"
        if n == current
        else f"<td><a href=\"javascript:__doPostBack('ctl00$ds$gvTin','Page${n}')\">{n}</a></td>"
        for n in range(first, last + 1)
    ]
    around = "<td><a href=\"javascript:__doPostBack('ctl00$ds$gvTin','Page${}')\">...</a></td>"
    ends = (around.format(first - 1) if before else "", around.format(last + 1) if after else "")
    return f"<table class='GridPager'><tr>{ends[0]}{''.join(numbers)}{ends[1]}</tr></table>"


def fields(step: Step | None) -> dict[str, str]:
    assert step is not None
    assert step.is_post
    return dict(step.fields)


def test_a_grids_pager_gives_the_form_as_a_browser_would_send_it() -> None:
    step = links(page(grid(1, 1, 4)), LIST, PORTAL).next_page
    assert step is not None
    assert (step.url, step.page) == (LIST, 2)
    assert step.fields == (
        (TARGET, "ctl00$ds$gvTin"),
        (ARGUMENT, "Page$2"),
        (STATE, "c3RhdGU="),
        ("__EVENTVALIDATION", "/wEdAAQ+"),
        ("tuKhoa", "ngân sách"),
        ("matKhau", ""),
        ("nam", "2020"),
        ("loai", "Tất cả"),
        ("conHan", "on"),
        ("ghiChu", "a\nb"),
    )
    assert parse_qsl(step.body.decode(), keep_blank_values=True) == [(name, value) for name, value in step.fields]


def test_a_grid_is_walked_over_its_windows_to_the_end() -> None:
    step: Step | None = Step(LIST)
    keys = set()
    for current in range(1, 24):
        first = (current - 1) // 10 * 10 + 1
        body = grid(current, first, min(first + 9, 23), before=first > 1, after=first + 9 < 23)
        assert step is not None
        assert step.key not in keys
        keys.add(step.key)
        step = links(page(body, state=f"trang{current}"), LIST, PORTAL, via=step).next_page
        if current < 23:
            assert (fields(step)[ARGUMENT], fields(step)[STATE]) == (f"Page${current + 1}", f"trang{current}")
    assert step is None


def datapager(current: int, first: int, last: int, *, more: bool = False, ends: bool = True) -> str:
    """The pager of a DataPager: each number is a control of its own."""

    def control(n: int, label: str) -> str:
        return f"<a href=\"javascript:__doPostBack('ctl00$main$dp$ctl01$ctl{n:02}','')\">{label}</a>&nbsp;"

    numbers = [f"<span>{n}</span>&nbsp;" if n == current else control(n - first, str(n)) for n in range(first, last + 1)]
    previous = control(90, "Đầu").replace("ctl01", "ctl00") if ends else ""
    following = control(95, "Sau").replace("ctl01", "ctl02") if ends and (current < last or more) else ""
    return f"<div id='dp'>{previous}{''.join(numbers)}{control(last - first + 1, '...') if more else ''}{following}</div>"


@pytest.mark.parametrize("ends", [True, False])
def test_a_pager_whose_numbers_are_controls_of_their_own_is_walked_to_the_end(ends: bool) -> None:
    step: Step | None = Step(LIST)
    keys = set()
    for current in range(1, 14):
        first = (current - 1) // 5 * 5 + 1
        assert step is not None
        assert step.key not in keys, f"page {current}"
        keys.add(step.key)
        body = datapager(current, first, min(first + 4, 13), more=first + 4 < 13, ends=ends)
        step = links(page(body), LIST, PORTAL, via=step).next_page
        if current < 13:
            assert step is not None
            assert step.page == current + 1
    assert step is None


def back(label: str, target: str, argument: str = "", attributes: str = "") -> str:
    return f"<a {attributes} href=\"javascript:__doPostBack('{target}','{argument}')\">{label}</a>"


VALIDATING = (
    "<a href='javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions("
    '"dv$next", "", true, "", "", false, true))\'>Tiếp</a>'
)


@pytest.mark.parametrize(
    ("body", "target", "argument"),
    [
        (back("2", "phanTrang", "2") + back("3", "phanTrang", "3"), "phanTrang", "2"),
        (back("&gt;", "gv", "Page$Next"), "gv", "Page$Next"),
        ('<a href=\'javascript:__doPostBack("gv$ctl13$lbSau","")\'>Trang sau</a>', "gv$ctl13$lbSau", ""),
        ("<a href='#' onclick=\"__doPostBack('lbSau','');return false;\" title='Trang sau'><i></i></a>", "lbSau", ""),
        ("<a id='x' href='javascript:__doPostBack(&#39;lb$more&#39;,&#39;&#39;)'>Xem thêm</a>", "lb$more", ""),
        (VALIDATING, "dv$next", ""),
        ("<input type='button' value='Trang sau' onclick=\"javascript:__doPostBack('btSau','')\">", "btSau", ""),
    ],
)
def test_controls_that_lead_on_are_found(body: str, target: str, argument: str) -> None:
    sent = fields(links(page(f"<div>{body}</div>"), LIST, PORTAL).next_page)
    assert (sent[TARGET], sent[ARGUMENT]) == (target, argument)


def test_buttons_that_lead_on_are_pressed() -> None:
    sent = fields(links(page("<input type='submit' name='dp$sau' value='Trang sau'>"), LIST, PORTAL).next_page)
    assert (sent["dp$sau"], sent[TARGET], "btTim" in sent) == ("Trang sau", "", False)
    sent = fields(links(page("<input type='image' name='dp$sau' alt='Trang sau' src='a.gif'>"), LIST, PORTAL).next_page)
    assert (sent["dp$sau.x"], sent["dp$sau.y"]) == ("1", "1")


def test_next_as_the_same_control_on_every_page_has_a_key_of_its_own_each_time() -> None:
    body = page("<a href=\"javascript:__doPostBack('lbSau','')\">Trang sau</a>")
    second = links(body, LIST, PORTAL, via=Step(LIST)).next_page
    assert second is not None
    third = links(body, LIST, PORTAL, via=second).next_page
    assert third is not None
    assert (second.page, third.page) == (2, 3)
    assert len({Step(LIST).key, second.key, third.key}) == 3
    assert replace(second, fields=(*second.fields[:2], (STATE, "another"))).key == second.key


WEEKS = [[f"<td>{back(str(day), 'lich', str(7400 + day))}</td>" for day in range(w, min(w + 7, 31))] for w in range(1, 31, 7)]
CALENDAR = "".join(f"<tr>{''.join(days)}</tr>" for days in WEEKS)
LATER = back("&gt;", "lich", "V7431", "title='Go to the next month'")
ROWS = "".join(f"<tr><td>{back(str(n), f'r$c{n}')}</td></tr>" for n in range(1, 9))


@pytest.mark.parametrize(
    "body",
    [
        f"<table><tr><td>{LATER}</td></tr>{CALENDAR}</table>",
        back("Đăng xuất", "ctl00$dx"),
        back("Trang sau", "lbSau", attributes="class='aspNetDisabled'"),
        back("Trang sau", "lbSau", attributes="disabled='disabled'"),
        "<span>1</span><a href=\"javascript:khac('2')\">2</a>",
        f"<table>{ROWS}</table>",
    ],
)
def test_calendars_and_other_controls_are_no_paging(body: str) -> None:
    assert links(page(body), LIST, PORTAL).next_page is None


@pytest.mark.parametrize(
    "changes",
    [{"action": "http://khac.test/ds.aspx"}, {"method": "get"}, {"state": "x" * (5 << 20)}],
)
def test_forms_that_go_elsewhere_or_are_none_or_too_large_are_left(changes: dict[str, str]) -> None:
    assert links(page(grid(1, 1, 4), **changes), LIST, PORTAL).next_page is None


def test_a_control_outside_its_form_finds_the_form_with_the_state() -> None:
    form = "<form method=post><input type=hidden name=__VIEWSTATE value=s></form>"
    body = f"<div>{form}</div><form action=/tim><input name=q></form>{grid(1, 1, 3)}".encode()
    sent = fields(links(body, LIST, PORTAL).next_page)
    assert (sent[ARGUMENT], sent[STATE]) == ("Page$2", "s")


def test_a_posted_list_is_walked_over_the_wire() -> None:
    with LyingServer() as server:
        portal = replace(PORTAL, host="127.0.0.1", base_url=server.url(), local=True, delay_s=0.0)
        server.answers["/ds.aspx"] = _answering(server)
        with Gate(agent="tangthu-test/0.1 (+x)", tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as gate:
            step: Step | None = Step(server.url("/ds.aspx"))
            articles: list[str] = []
            while step is not None and len(articles) < 20:
                fetched = gate.fetch(step, portal)
                found = links(fetched.body, fetched.url, portal, fetched.header("content-type"), via=step)
                articles += found.articles
                step = found.next_page
    assert articles == [server.url(f"/chitiet.aspx?id={n}") for n in range(1, 6)]


def _answering(server: LyingServer) -> Script:
    """A list of five pages that gives the page it is asked for only to a form with the state of the page before it."""

    def script(connection, stop) -> None:  # type: ignore[no-untyped-def]
        sent = dict(parse_qsl(server.requests[-1].partition(b"\r\n\r\n")[2].decode()))
        number = int(sent.get(ARGUMENT, "Page$1").removeprefix("Page$"))
        if sent.get(STATE, "trang0") != f"trang{number - 1}":
            connection.sendall(respond(b"no", status="500 Internal Server Error"))
            return
        body = page(grid(number, 1, 5), state=f"trang{number}", action="/ds.aspx").replace(b"id=1", b"id=%d" % number)
        connection.sendall(respond(body))

    return script
