"""How soon: never sooner than a portal asks for, slower when its server has trouble, and back again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pace import (
    LONGEST_PAUSE_S,
    LONGEST_RETRY_AFTER_S,
    Pace,
    backoff_s,
    is_of_the_host,
    may_pass,
    retry_after_s,
)

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


def test_a_quick_server_gets_the_pause_that_it_asks_for(pace: Pace) -> None:
    for _ in range(10):
        pace.answered("a", 1.0, 0.1, 200)
    assert pace.pause_s("a", 1.0) == 1.0
    assert pace.pause_s("a", 7.0) == 7.0


def test_the_pause_grows_to_the_time_that_a_slow_server_takes_and_shrinks_with_it(pace: Pace) -> None:
    for _ in range(30):
        pace.answered("a", 1.0, 4.0, 200)
    assert pace.pause_s("a", 1.0) == pytest.approx(4.0, rel=0.05)
    for _ in range(30):
        pace.answered("a", 1.0, 0.2, 200)
    assert pace.pause_s("a", 1.0) == 1.0


@pytest.mark.parametrize("floor_s", [0.0, 1.0, 5.0])
def test_trouble_doubles_the_pause_and_good_answers_bring_it_back(pace: Pace, floor_s: float) -> None:
    pauses = []
    for _ in range(4):
        pace.answered("a", floor_s, 0.1, 429)
        pauses.append(pace.pause_s("a", floor_s))
    assert all(later == min(2 * earlier, LONGEST_PAUSE_S) for earlier, later in pairwise(pauses))
    assert pauses[0] > floor_s
    for _ in range(8):
        pace.answered("a", floor_s, 0.1, 200)
    assert pace.pause_s("a", floor_s) == floor_s


def test_one_host_does_not_pay_for_another(pace: Pace) -> None:
    pace.failed("a", 1.0)
    assert pace.pause_s("b", 1.0) == 1.0


@given(st.lists(st.tuples(st.sampled_from([200, 404, 429, 500, 503, 0]), st.floats(0, 1e6)), max_size=60), st.floats(0, 100))
def test_no_history_makes_the_pause_shorter_than_the_floor_or_longer_than_the_limit(
    history: list[tuple[int, float]], floor_s: float
) -> None:
    pace = Pace(lambda: 0.0)
    for status, took_s in history:
        if status:
            pace.answered("a", floor_s, took_s, status)
        else:
            pace.failed("a", floor_s)
        assert floor_s <= pace.pause_s("a", floor_s) <= max(floor_s, LONGEST_PAUSE_S)


def test_a_host_that_names_a_time_is_left_alone_until_then(pace: Pace, clock: Clock) -> None:
    pace.answered("a", 1.0, 0.1, 503, "90")
    assert pace.held_s("a") == 90.0
    clock.now += 60
    pace.answered("a", 1.0, 0.1, 429, "5")
    assert pace.held_s("a") == 30.0, "a shorter time does not shorten the longer one"
    clock.now += 31
    assert pace.held_s("a") == 0.0
    pace.answered("a", 1.0, 0.1, 200, "600")
    assert pace.held_s("a") == 0.0, "a good answer asks for nothing"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(minutes=10), usegmt=True), 600.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("99999999999999999999", LONGEST_RETRY_AFTER_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER_S),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("Fri, 99 Dec 2026 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_capped(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_breaks_the_reader(value: str) -> None:
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_S


def test_backoff_grows_is_bounded_and_does_not_march_in_step() -> None:
    middles = [backoff_s(attempts, 1.0, lambda low, high: (low + high) / 2) for attempts in range(1, 12)]
    assert middles[:3] == [5.0, 15.0, 45.0]
    assert max(middles) <= LONGEST_RETRY_AFTER_S
    assert len({backoff_s(1, 1.0) for _ in range(20)}) > 10
    assert all(3.75 <= backoff_s(1, 1.0) <= 6.25 for _ in range(100))


@pytest.mark.parametrize(
    ("code", "passes", "host"),
    [
        ("timeout", True, True),
        ("truncated", True, False),
        ("http_429", True, True),
        ("http_500", True, False),
        ("http_503", True, True),
        ("http_404", False, False),
        ("http_403", False, False),
        ("robots", False, False),
        ("not_read", False, False),
        ("redirects", False, False),
        ("http_", False, False),
    ],
)
def test_what_may_pass_and_what_speaks_of_the_host(code: str, passes: bool, host: bool) -> None:
    assert (may_pass(code), is_of_the_host(code)) == (passes, host)
