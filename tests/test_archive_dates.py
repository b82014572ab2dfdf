"""The grammar of Vietnamese dates: forms, precision, and what is no date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dates import find_dates, read_date

FORMS = [
    ("15/06/2020 00:00", "2020-06-15", "day"),
    ("15/06/2020 | 08:30 AM", "2020-06-15T08:30+07:00", "minute"),
    ("15/06/2020 20:30 PM", "2020-06-15T20:30+07:00", "minute"),
    ("15/06/2020 02:30 CH", "2020-06-15T14:30+07:00", "minute"),
    ("15/06/2020 12:05 SA", "2020-06-15T00:05+07:00", "minute"),
    ("15/06/2020 08:30:59", "2020-06-15T08:30+07:00", "minute"),
    ("Thứ hai, ngày 15 tháng 6 năm 2020", "2020-06-15", "day"),
    ("Thứ hai - 15/06/2020 08:30", "2020-06-15T08:30+07:00", "minute"),
    ("Chủ nhật, 14/06/2020, 08:30 (GMT+7)", "2020-06-14T08:30+07:00", "minute"),
    ("13/7/2026", "2026-07-13", "day"),
    ("14/05/2025 17:12", "2025-05-14T17:12+07:00", "minute"),
    ("05-06-2024", "2024-06-05", "day"),
    ("15.06.2020", "2020-06-15", "day"),
    ("Cập nhật: 05-06-2024 14:30 GMT+7", "2024-06-05T14:30+07:00", "minute"),
    ("8h30' ngày 15/6/2020", "2020-06-15T08:30+07:00", "minute"),
    ("8 giờ 30 phút, ngày 15/6/2020", "2020-06-15T08:30+07:00", "minute"),
    ("16h ngày 15/6/2020", "2020-06-15T16:00+07:00", "minute"),
    ("Đăng ngày 15/06/2020 lúc 08:30", "2020-06-15T08:30+07:00", "minute"),
    ("Việt Trì, ngày 15 tháng 6 năm 2020", "2020-06-15", "day"),
    ("Việt Trì, ngày    tháng 6 năm 2020", "2020-06", "month"),
    ("ngày ... tháng 6 năm 2020", "2020-06", "month"),
    ("ngày    /6/2020", "2020-06", "month"),
    ("ngày    tháng    năm 2020", "2020", "year"),
    ("tháng 10/2020", "2020-10", "month"),
    ("06/2020", "2020-06", "month"),
    ("năm 2020", "2020", "year"),
    ("2020-06-15", "2020-06-15", "day"),
    ("2020-06-15T01:30:00Z", "2020-06-15T08:30+07:00", "minute"),
    ("2020-06-15T08:30:00+07:00", "2020-06-15T08:30+07:00", "minute"),
    ("15/06/2020 1.204 lượt xem", "2020-06-15", "day"),
]


@pytest.mark.parametrize(("text", "value", "precision"), FORMS)
def test_a_form_that_portals_print_is_read(text: str, value: str, precision: str) -> None:
    found = read_date(text)
    assert found is not None
    assert (found.value, found.precision) == (value, precision)
    assert found.raw in text


@pytest.mark.parametrize(
    "text",
    [
        "06/15/2020",
        "31/02/2020",
        "ngày 31 tháng 2 năm 2020",
        "29/02/2019",
        "00/01/2020",
        "15/6/2020/QĐ",
        "15/06/1820",
        "15/6/20",
        "",
        "nhiệm kỳ 2020-2025",
        "2020-13-01",
        "0210.3846.284",
        "tháng 13 năm 2020",
        "10:30",
        "1/2/3/2020",
    ],
)
def test_what_no_calendar_has_is_no_date(text: str) -> None:
    assert read_date(text) is None


def test_the_day_stands_before_the_month() -> None:
    found = read_date("01/07/2020")
    assert found is not None
    assert found.value == "2020-07-01"


def test_every_date_of_a_text_is_found_with_its_place() -> None:
    text = "Từ 15/06/2020 đến hết ngày 20 tháng 6 năm 2020, riêng tháng 7/2020 nghỉ."
    found = find_dates(text)
    assert [entry.date.value for entry in found] == ["2020-06-15", "2020-06-20", "2020-07"]
    assert [text[entry.start : entry.end] for entry in found] == [entry.date.raw for entry in found]


WRITTEN = [
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d.day:02d}/{d.month:02d}/{d.year} 00:00",
    lambda d: f"{d.day:02d}-{d.month:02d}-{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"ngày {d.day} tháng {d.month} năm {d.year}",
    lambda d: f"Thứ tư, ngày {d.day:02d} tháng {d.month:02d} năm {d.year}",
    lambda d: d.isoformat(),
]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(WRITTEN))
def test_a_date_written_in_any_form_is_read_back(day: date, write) -> None:  # type: ignore[no-untyped-def]
    found = read_date(write(day))
    assert found is not None
    assert (found.value, found.precision) == (day.isoformat(), "day")


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.times(),
    st.sampled_from(["{d} {t}", "{d} | {t}", "{t}, ngày {d}", "{d} - {t} GMT+7"]),
)
def test_a_moment_is_read_back_to_the_minute(day: date, clock, form: str) -> None:  # type: ignore[no-untyped-def]
    found = read_date(form.format(d=f"{day:%d/%m}/{day.year}", t=f"{clock:%H:%M}"))
    assert found is not None
    if clock.hour == clock.minute == 0:
        assert (found.value, found.precision) == (day.isoformat(), "day")
    else:
        assert (found.value, found.precision) == (f"{day.isoformat()}T{clock:%H:%M}+07:00", "minute")


@given(st.text() | st.text(alphabet="0123456789/-.: ngàythángnămhgiờ|", max_size=60))
def test_arbitrary_text_never_raises_and_raw_stands_in_it(text: str) -> None:
    found = read_date(text)
    assert found is None or found.raw in text
    for entry in find_dates(text):
        assert text[entry.start : entry.end] == entry.date.raw


def test_a_long_run_of_blanks_costs_no_time() -> None:
    assert [entry.date.value for entry in find_dates("15/06/2020" + " " * 150_000 + "ngày" + "." * 40_000)] == ["2020-06-15"]
