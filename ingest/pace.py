"""How soon: the pause between two requests to one host, and the wait before what failed is tried again. Pure but for its memory.

The pause is never below what the portal's file or robots.txt asks for. It grows to the time that the server takes to answer, so
that it works for us half of its time at most; it doubles with each sign of trouble and is halved by each good answer. A server
that names a time (`Retry-After`) is left alone until then.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_PAUSE_S = 60.0
LONGEST_RETRY_AFTER_S = 24 * 3600.0
"""A server that asks for more is asked again a day later."""
TRIES = 3
"""In one crawl, of an address that fails for a reason that may pass. After as many it is tried once in each later crawl."""
GIVE_UP_TRIES = 10
"""In all; then the address has failed for good, and only a full crawl asks for it again."""
_QUICK_S = 0.25
"""Answers quicker than this say nothing of a server's load."""
_FIRST_TROUBLE_S = 0.25
_SMOOTHING = 0.3
_BACKOFF = 3.0
_PASSING = frozenset({"timeout", "connect", "dns", "tls", "truncated", "protocol", "robots_unreachable"})
_PASSING_STATUSES = frozenset({408, 425, 429})
_OF_THE_PAGE_TOO = frozenset({"timeout", "http_429", "http_503"})
_OF_THE_HOST = _OF_THE_PAGE_TOO | {"connect", "dns", "tls", "robots_unreachable"}


@dataclass(slots=True)
class _Host:
    trouble_s: float = 0.0
    answer_s: float = 0.0
    held_until: float = 0.0


class Pace:
    """How long to wait between requests to each host. For the threads of one process, a host belonging to one of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    def pause_s(self, host: str, floor_s: float) -> float:
        """The pause to keep after the last answer of `host`, in seconds; `floor_s` is what portal and robots.txt ask for."""
        known = self._host(host)
        slow_s = known.answer_s if known.answer_s > _QUICK_S else 0.0
        return max(floor_s, min(max(known.trouble_s, slow_s), LONGEST_PAUSE_S))

    def held_s(self, host: str) -> float:
        """For how long `host` asked to be left alone, in seconds from now."""
        return max(0.0, self._host(host).held_until - self._clock())

    def answered(self, host: str, floor_s: float, took_s: float, status: int, retry_after: str | None = None) -> None:
        """Note an answer: its status, the seconds it took, and its `Retry-After`."""
        known = self._host(host)
        known.answer_s = took_s if not known.answer_s else known.answer_s + _SMOOTHING * (took_s - known.answer_s)
        if status == 429 or status >= 500:
            self.failed(host, floor_s)
            if (wait_s := retry_after_s(retry_after)) is not None:
                known.held_until = max(known.held_until, self._clock() + wait_s)
        else:
            known.trouble_s = known.trouble_s / 2 if known.trouble_s / 2 > max(floor_s, _FIRST_TROUBLE_S / 2) else 0.0

    def failed(self, host: str, floor_s: float) -> None:
        """Note that no whole answer came."""
        known = self._host(host)
        known.trouble_s = min(max(2 * max(known.trouble_s, floor_s), _FIRST_TROUBLE_S), LONGEST_PAUSE_S)

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a `Retry-After` header asks for (RFC 9110 section 10.2.3: seconds or an HTTP date), at most
    LONGEST_RETRY_AFTER_S; None where it says nothing that can be read.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - (now or datetime.now(UTC))).total_seconds()), LONGEST_RETRY_AFTER_S)


def may_pass(code: str) -> bool:
    """Whether what failed with this code may work later: no whole answer, 408, 425, 429, and what a server blames on itself."""
    status = int(code[5:]) if code.startswith("http_") and code[5:].isdigit() else 0
    return code in _PASSING or status in _PASSING_STATUSES or 500 <= status <= 599


def is_of_the_host(code: str) -> bool:
    """Whether a failure speaks of the host rather than of one page."""
    return code in _OF_THE_HOST


def is_of_the_page_too(code: str) -> bool:
    """Whether a failure that speaks of the host may be that of one page alone."""
    return code in _OF_THE_PAGE_TOO


def backoff_s(attempts: int, floor_s: float, draw: Callable[[float, float], float] = random.uniform) -> float:
    """The wait before an address that failed `attempts` times is tried again: five pauses of the host at first, three times as
    much with each failure, a quarter more or less so that what failed together does not come back together.
    """
    first_s = max(_FIRST_TROUBLE_S, 5 * floor_s)
    return min(first_s * _BACKOFF ** min(attempts - 1, 20), LONGEST_RETRY_AFTER_S) * draw(0.75, 1.25)
