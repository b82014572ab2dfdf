"""What a crawl has done so far, and how quickly: for progress and for the closing summary."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field

from archive.records import Failure
from ingest.ingester import Attempt

TAKEN = "taken"
_WINDOW = 50
"""Announcements over which the rate is taken."""


@dataclass(slots=True)
class Tally:
    """What one crawl of one portal has done."""

    portal: str
    fetched: int = 0
    """Announcements that were asked for, each once however often it was tried."""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    """Of those fetched, how many were found at another address than the one that was asked for."""
    removed: int = 0
    lists: int = 0
    """Pages of lists, feeds and sitemaps that were read."""
    bytes: int = 0
    waiting: int = 0
    """Addresses that are still to be fetched."""
    seconds: float = 0.0
    delay_s: float = 0.0
    """The pause that is kept between two requests just now; at the end the longest that was kept."""
    resumed: bool = False
    """The crawl took up one that was interrupted."""
    stopped: str = ""
    """Why the crawl ended before its time; empty where it did not."""
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was seen and is no failure: where a walk along a list was ended, what was left alone."""
    traps: Counter[str] = field(default_factory=Counter)
    """Links that were left alone, by reason."""
    _ends: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    @property
    def failed(self) -> int:
        """How many addresses did not get in."""
        return len(self.failures)

    @property
    def is_taken(self) -> bool:
        """Whether the portal was left out because another process crawls it."""
        return any(failure.code == TAKEN for failure in self.failures)

    @property
    def reasons(self) -> dict[str, int]:
        """The failures by their code, the most frequent first."""
        return dict(Counter(failure.code for failure in self.failures).most_common())

    def count(self, attempt: Attempt, *, moved: bool) -> None:
        """Note what became of an announcement."""
        outcome = attempt.outcome
        self._ends.append(time.monotonic())
        if outcome.outcome == "failed":
            self.fail(outcome.url, outcome.error or "failed", attempt.code)
        elif outcome.outcome in ("new", "changed", "unchanged", "removed"):
            setattr(self, outcome.outcome, getattr(self, outcome.outcome) + 1)
        self.moved += moved

    def fail(self, url: str, error: str, code: str) -> None:
        """Note what did not get in."""
        self.failures.append(Failure(url, error, code))

    @property
    def rate(self) -> float:
        """Announcements a second, of late; 0.0 while it cannot be said."""
        if len(self._ends) < 2 or self._ends[-1] <= self._ends[0]:
            return 0.0
        return (len(self._ends) - 1) / (self._ends[-1] - self._ends[0])

    @property
    def left_s(self) -> float | None:
        """Seconds until all that waits now is fetched; None while it cannot be said. What lists still name comes on top."""
        return self.waiting / self.rate if self.rate else None
