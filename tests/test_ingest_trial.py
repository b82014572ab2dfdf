"""A saved page beside what is read of it."""

from __future__ import annotations

from ingest.portal import Layout, Portal
from ingest.trial import trial

PAGE = """<!doctype html><html><head><title>Trang mẫu</title></head><body>
<div class="menu"><a href="/">Trang chủ</a></div>
<h1 class="t">Thông báo mẫu về việc nghỉ lễ</h1><p class="d">Cập nhật: 15/06/2020 08:30</p>
<div class="b"><p>Đoạn thứ nhất của trang mẫu này.</p><p>Đoạn thứ hai của trang mẫu này.</p></div>
<div class="foot">Ghi rõ nguồn "SỞ MẪU" khi phát hành lại thông tin từ trang mẫu này. Điện thoại: 0000.111.222</div>
</body></html>"""
PORTAL = Portal(
    name="mau",
    title="Sở Mẫu",
    host="mau.example",
    base_url="https://mau.example",
    lists=("/",),
    layouts=(Layout(name="2020", recognise="h1.t", title="h1.t", body="div.b", published="p.d"),),
)


def test_each_line_of_the_page_says_which_field_took_it() -> None:
    tried = trial(PAGE.encode(), "https://mau.example/1", PORTAL)
    fields = {line.text: line.fields for line in tried.lines}
    assert fields["Trang chủ"] == ()
    assert fields["Thông báo mẫu về việc nghỉ lễ"] == ("title",)
    assert fields["Cập nhật: 15/06/2020 08:30"] == ("published",)
    assert fields["Đoạn thứ hai của trang mẫu này."] == ("text",)
    assert next(taken for text, taken in fields.items() if text.startswith("Ghi rõ nguồn")) == ("reuse",)


def test_values_come_in_the_order_of_a_record_with_their_origins() -> None:
    values = {
        origin.name: (value, origin.origin) for origin, value in trial(PAGE.encode(), "https://mau.example/1", PORTAL).values()
    }
    assert values["title"] == ("Thông báo mẫu về việc nghỉ lễ", "selector:h1.t @ mau/2020")
    assert values["text"][0] == "Đoạn thứ nhất của trang mẫu này. · Đoạn thứ hai của trang mẫu này."
    assert values["published"][0] == "Cập nhật: 15/06/2020 08:30"


def test_a_page_that_cannot_be_read_shows_its_lines_and_the_reason() -> None:
    tried = trial(b"<html><body><div class=menu>Trang ch\xe1\xbb\xa7</div></body></html>", "https://mau.example/1", PORTAL)
    assert tried.reading is None
    assert tried.error is not None
    assert [line.text for line in tried.lines] == ["Trang chủ"]
    assert not list(tried.values())
