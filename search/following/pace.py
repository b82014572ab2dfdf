"""How much goes into a commit: as many documents as fit in a given time, and no more than a given number."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST = 50
"""Documents of the first commit, before anything is known of their size."""


class Pace:
    """`size` documents go into the next commit; it follows what the last one took."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self.size = min(FIRST, most)

    @contextmanager
    def measured(self, documents: int) -> Iterator[None]:
        """Around a commit of so many documents."""
        begun = time.monotonic()
        yield
        took = max(time.monotonic() - begun, 1e-3)
        if documents >= self.size or took > self.seconds:  # a commit of a few says little of how long many take
            self.size = max(1, min(self.most, int(documents * self.seconds / took)))
