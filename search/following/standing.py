"""Following for as long as a process runs: the index has within the second what the catalogue has, whoever brought it in."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from search.errors import BuildStopped, IndexLocked
from search.following import generations
from search.following.follow import Follower

POLL_S = 0.25
MOST_PAUSE_S = 60.0
"""Longest pause after errors, which begins with POLL_S and doubles: a full disk is not written to four times a second."""
_log = logging.getLogger(__name__)


class Standing:
    """A thread that follows. Of all processes that have one, one at a time does; when it ends, the next one goes on.

    What goes wrong is logged once and tried again later; it never reaches the process. Use as a context manager.
    """

    def __init__(self, follower: Follower, *, poll_s: float = POLL_S, chore: Callable[[], None] = lambda: None) -> None:
        self.first = threading.Event()
        """Set when the index was looked after for the first time, well or not."""
        self._follower = follower
        self._poll_s = poll_s
        self._chore = chore
        """Done before each look, by the one that follows."""
        self._stop = threading.Event()
        self._said = ""
        self._failures = 0
        self._handle: int | None = None
        # A daemon: a commit that is at work when the process must end is as good as killed, and nothing is lost by that.
        self._thread = threading.Thread(target=self._run, name="index follower", daemon=True)
        follower.stopping = self._stop.is_set
        follower.keep_open = True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self, wait_s: float = 5.0) -> None:
        """Have it end; a commit that is under way is waited for, at most so long."""
        self._stop.set()
        self._thread.join(wait_s)
        if not self._thread.is_alive():
            self._follower.stopping = lambda: False
            self._follower.keep_open = False
            self._follower.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._look()
            self.first.set()
            self._stop.wait(min(self._poll_s * 2**self._failures, MOST_PAUSE_S))
        if self._handle is not None:
            os.close(self._handle)

    def _look(self) -> None:
        try:
            failed = False
            if self._leads():
                failed = self._chore_fails()
                if self._follower.behind():
                    self._follower.catch_up()
            if not failed:
                self._said, self._failures = "", 0
        except (IndexLocked, BuildStopped):
            pass  # another process writes or builds; or this one ends
        except Exception as error:  # noqa: BLE001 - whatever it is, the process has other work to do
            self._failed("the index does not follow just now", error)

    def _chore_fails(self) -> bool:
        """Do the chore; following goes on without it where it fails."""
        try:
            self._chore()
        except Exception as error:  # noqa: BLE001 - as above
            self._failed("what others left behind cannot be taken in just now", error)
            return True
        return False

    def _failed(self, what: str, error: Exception) -> None:
        self._failures = min(self._failures + 1, 16)
        if self._said != (said := f"{type(error).__name__}: {error}"):
            self._said = said
            _log.warning("%s: %s", what, error)

    def _leads(self) -> bool:
        if self._handle is None:
            self._handle = generations.stand(self._follower.index_dir)
        return self._handle is not None
