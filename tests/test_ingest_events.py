"""A portal changes what its footer demands: the captures raise the event, a rebuild raises it again, the command shows it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from archive.records import Exchange
from ingest.keep import DOCUMENT, LIST, passing_portal
from ingest.portal import Portal
from tangthu import events
from tangthu.house import House

HOST = "mau.example.vn"
PAGE = """<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1><p>Ngày 15/06/2020</p><div>
<p>Sở Mẫu thông báo để các đơn vị biết, thực hiện; mọi vướng mắc gửi về phòng Quản lý ngân sách để được hướng dẫn kịp thời.</p>
<p>Nội dung của bài {title} được viết để thử phần mềm và không nói về một cơ quan có thật nào trong cả nước.</p></div>
<footer><p>Trụ sở: Số 1 đường Mẫu - Điện thoại: 0000.{phone}</p><p>{demand}</p></footer></body></html>"""
OLD = 'Ghi rõ nguồn "SỞ MẪU" hoặc "mau.example" khi bạn phát hành lại thông tin từ website này'
NEW = 'Ghi rõ nguồn "CỔNG MẪU" khi sử dụng lại thông tin từ Website này'


@pytest.fixture
def portal() -> Portal:
    return passing_portal(HOST)


def keep(house: House, portal: Portal, demands: list[str], role: str = DOCUMENT) -> None:
    start = datetime(2026, 11, 22, tzinfo=UTC)
    with house.workshop() as workshop:
        for index, demand in enumerate(demands):
            body = PAGE.format(title=f"Thông báo {index}", demand=demand, phone=1000 + index).encode()
            response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            at = start + timedelta(minutes=index)
            exchange = Exchange(f"https://{HOST}/tin/{index}", at, b"GET / HTTP/1.1\r\n\r\n", response, "203.0.113.1")
            workshop.keeper.keep([exchange], portal, role)


def test_a_changed_demand_is_an_event_that_a_rebuild_writes_again(house: House, portal: Portal) -> None:
    keep(house, portal, [OLD, OLD, NEW, OLD, NEW])
    log = house.catalog.events()
    assert [(event.kind, event.portal) for event in log] == [("reuse_found", HOST), ("reuse_changed", HOST)]
    changed = log[1]
    assert changed.capture_id is not None
    assert house.catalog.capture(changed.capture_id).url == f"https://{HOST}/tin/2"
    assert changed.before is not None
    assert changed.before["wording"] == OLD
    assert changed.after is not None
    assert (changed.after["wording"], changed.after["act"]) == (NEW, "sử dụng lại")
    assert house.catalog.broken_log() is None
    house.rebuild(lambda count: None)
    assert house.catalog.events() == log


def test_lists_raise_no_events(house: House, portal: Portal) -> None:
    keep(house, portal, [OLD, NEW], role=LIST)
    assert house.catalog.events() == ()


def test_the_command_shows_the_log_and_finds_what_was_tampered_with(
    house: House, portal: Portal, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(house, portal, [OLD, NEW])
    events.events(house, None, "reuse_changed", 0, 100, as_json=False)
    shown = capsys.readouterr().out
    assert "reuse_changed" in shown
    assert "names: SỞ MẪU | mau.example → CỔNG MẪU" in shown
    events.events(house, HOST, None, 0, 100, as_json=True)
    assert [event["kind"] for event in json.loads(capsys.readouterr().out)] == ["reuse_found", "reuse_changed"]
    events.verify(house, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"events": 2, "whole": True, "broken": None}
    with closing(sqlite3.connect(house.settings.catalog)) as database:
        database.execute("UPDATE events SET after = replace(after, 'CỔNG', 'SỞ') WHERE seq = 2")
        database.commit()
    with pytest.raises(SystemExit) as left:
        events.verify(house, as_json=False)
    assert left.value.code == 3
