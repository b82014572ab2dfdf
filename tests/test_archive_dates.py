"""The grammar of Vietnamese dates: forms, precision, and what is no date."""

from __future__ import annotations

import time
import unicodedata
from datetime import date
from typing import Literal

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
    ("ngày   15  tháng  06   năm   2020", "2020-06-15", "day"),
    ("ngày ....15.... tháng ..6.. năm 2020", "2020-06-15", "day"),
    ("ngày 15 . tháng 6 . năm 2020", "2020-06-15", "day"),
    ("ngày 15/ tháng 6/ năm 2020", "2020-06-15", "day"),
    ("ngày 15\ntháng 6\nnăm 2020", "2020-06-15", "day"),
    ("ngày\u00a015\u00a0tháng\u00a06\u00a0năm\u00a02020", "2020-06-15", "day"),
    ("ngày mùng 5 tháng 6 năm 2020", "2020-06-05", "day"),
    ("ngày .... tháng ..6.. năm 2020", "2020-06", "month"),
    ("ngày…tháng…năm 2020", "2020", "year"),
    ("15 / 06 / 2020", "2020-06-15", "day"),
    ("15 - 06 - 2020", "2020-06-15", "day"),
    ("１５／０６／２０２０　０８：３０", "2020-06-15T08:30+07:00", "minute"),
    ("Thứ 2, ngày 15/6/2020", "2020-06-15", "day"),
    ("T2, 15/06/2020 - 08:30", "2020-06-15T08:30+07:00", "minute"),
    ("15 Tháng Sáu, 2020", "2020-06-15", "day"),
    ("15 tháng Mười Hai, 2020", "2020-12-15", "day"),
    ("Tháng Sáu 15, 2020", "2020-06-15", "day"),
    ("tháng Sáu năm 2020", "2020-06", "month"),
    ("tháng 6-2020", "2020-06", "month"),
    ("T6/2020", "2020-06", "month"),
    ("15/06/2020 08:30 (GMT +7)", "2020-06-15T08:30+07:00", "minute"),
    ("15/06/2020 08:30 GMT+07:00", "2020-06-15T08:30+07:00", "minute"),
    ("15/06/2020 01:30 GMT+0", "2020-06-15T08:30+07:00", "minute"),
    ("15/06/2020 6 giờ 30 phút chiều", "2020-06-15T18:30+07:00", "minute"),
    ("Cập nhật lúc: 09:05 16/06/2020", "2020-06-16T09:05+07:00", "minute"),
    ("Ngày đăng: 2020-06-15 08:30", "2020-06-15T08:30+07:00", "minute"),
    ("2020/06/15", "2020-06-15", "day"),
    ("June 15, 2020", "2020-06-15", "day"),
    ("15-Jun-2020", "2020-06-15", "day"),
    ("Monday, 15th June 2020", "2020-06-15", "day"),
    ("Số 3 - 15/06/2020", "2020-06-15", "day"),
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
        "10.12.2020.5",
        "15/6",
        "ngày 15 tháng 6",
        "15/06/'20",
        "quý II năm 2020",
        "ngày 10 tháng 3 năm 2020 (âm lịch)",
        "10/3/2020 âm lịch",
        "tháng giêng năm 2020",
        "June 31, 2020",
        "ngày 0 tháng 6 năm 2020",
        "tháng Mười Ba năm 2020",
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


@pytest.mark.parametrize(
    ("text", "first", "raw"),
    [
        ("15-20/6/2020", "2020-06-15", "15-20/6/2020"),
        ("15/6 - 20/6/2020", "2020-06-15", "15/6 - 20/6/2020"),
        ("28/5 - 3/6/2020", "2020-05-28", "28/5 - 3/6/2020"),
        ("từ ngày 15 đến ngày 20 tháng 6 năm 2020", "2020-06-15", "ngày 15 đến ngày 20 tháng 6 năm 2020"),
        ("15/6/2020 - 20/6/2020", "2020-06-15", "15/6/2020"),
    ],
)
def test_a_range_gives_its_first_and_its_last_day(text: str, first: str, raw: str) -> None:
    start, end = find_dates(text)
    assert (start.date.value, start.date.raw) == (first, raw)
    assert (end.date.value, text[end.start : end.end]) == (end.date.value, end.date.raw)
    assert end.date.value in ("2020-06-20", "2020-06-03")


def test_a_range_that_runs_backwards_is_none() -> None:
    assert [entry.date.value for entry in find_dates("25-20/6/2020")] == []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_decomposed_text_is_read_and_raw_is_cut_from_it(form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, "Mẫu, thứ hai, ngày 15 tháng 6 năm 2020, lúc 8 giờ; sửa tháng 7 năm 2020")
    found = find_dates(text)
    assert [entry.date.value for entry in found] == ["2020-06-15T08:00+07:00", "2020-07"]
    assert [text[entry.start : entry.end] for entry in found] == [entry.date.raw for entry in found]
    assert unicodedata.normalize("NFC", found[0].date.raw) == "thứ hai, ngày 15 tháng 6 năm 2020, lúc 8 giờ"


WRITTEN = [
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d.day:02d}/{d.month:02d}/{d.year} 00:00",
    lambda d: f"{d.day:02d}-{d.month:02d}-{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"ngày {d.day} tháng {d.month} năm {d.year}",
    lambda d: f"Thứ tư, ngày {d.day:02d} tháng {d.month:02d} năm {d.year}",
    lambda d: d.isoformat(),
    lambda d: f"Mẫu, ngày {d.day} tháng {d.month:02d} năm {d.year}",
    lambda d: f"ngày\u00a0..{d.day}..\ntháng ..{d.month}.. năm {d.year}",
    lambda d: f"Đăng ngày {d.day} / {d.month} / {d.year} GMT+7",
    lambda d: unicodedata.normalize("NFD", f"Chủ nhật, ngày {d.day} tháng {d.month} năm {d.year}"),
    lambda d: f"{d.day} {d:%B} {d.year}",
    lambda d: f"{d.day:02d}/{d.month:02d}/{d.year}".translate({0x30 + n: 0xFF10 + n for n in range(10)}),
]
ZONED = ["{d} {t}", "{d} | {t}", "{t}, ngày {d}", "{d} - {t} GMT+7", "{d}, {t} (GMT +7)", "{t} ngày {d}", "{d} lúc {t}"]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(WRITTEN))
def test_a_date_written_in_any_form_is_read_back(day: date, write) -> None:  # type: ignore[no-untyped-def]
    found = read_date(write(day))
    assert found is not None
    assert (found.value, found.precision) == (day.isoformat(), "day")


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.times(),
    st.sampled_from(ZONED),
)
def test_a_moment_is_read_back_to_the_minute(day: date, clock, form: str) -> None:  # type: ignore[no-untyped-def]
    found = read_date(form.format(d=f"{day:%d/%m}/{day.year}", t=f"{clock:%H:%M}"))
    assert found is not None
    if clock.hour == clock.minute == 0:
        assert (found.value, found.precision) == (day.isoformat(), "day")
    else:
        assert (found.value, found.precision) == (f"{day.isoformat()}T{clock:%H:%M}+07:00", "minute")


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["tháng {m} năm {y}", "ngày    tháng {m} năm {y}", "ngày ... /{m}/{y}", "{m}/{y}", "Tháng {m}/{y}"]),
)
def test_a_month_is_read_back_as_a_month(day: date, form: str) -> None:
    found = read_date(form.format(m=day.month, y=day.year))
    assert found is not None
    assert (found.value, found.precision) == (day.isoformat()[:7], "month")


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 2200), st.sampled_from(["{}/{}/{}", "ngày {} tháng {} năm {}"]))
def test_no_figures_give_an_impossible_date(day: int, month: int, year: int, form: str) -> None:
    found = read_date(form.format(day, month, year))
    try:
        real = date(year, month, day).isoformat() if 1900 <= year <= 2099 else None
    except ValueError:
        real = None
    assert (found.value if found else None) == real


PIECES = st.sampled_from(
    ["ngày", "tháng", "năm", "15", "6", "2020", "31", "2", "/", "-", ".", " ", "\n", "…", "8h30", "GMT+7", "đến", "âm lịch", "99"]
)


@given(st.text() | st.text(alphabet="0123456789/-.: ngàythángnămhgiờ|", max_size=60) | st.lists(PIECES, max_size=14).map("".join))
def test_arbitrary_text_never_raises_and_raw_stands_in_it(text: str) -> None:
    found = read_date(text)
    assert found is None or found.raw in text
    for entry in find_dates(text):
        assert text[entry.start : entry.end] == entry.date.raw
        value = entry.date.value
        parts = [int(part) for part in value[:10].split("-")]
        assert date(*([*parts, 1, 1])[:3]).isoformat().startswith(value[:10])
        assert len(value) == {"year": 4, "month": 7, "day": 10, "minute": 22}[entry.date.precision]


def test_a_long_run_of_blanks_costs_no_time() -> None:
    assert [entry.date.value for entry in find_dates("15/06/2020" + " " * 150_000 + "ngày" + "." * 40_000)] == ["2020-06-15"]


@pytest.mark.parametrize("piece", ["ngày ", "1 - ", "tháng ", "thứ hai ", "1h ", "ngày 1 . . ", "15/", "ngày 15 ._._", "2020-"])
def test_a_text_made_to_cost_time_costs_little(piece: str) -> None:
    started = time.monotonic()
    find_dates(piece * 40_000)
    assert time.monotonic() - started < 3
