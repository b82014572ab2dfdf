"""Processes that work for this one: what each of them does first."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """A pool's process waits for work for ever when the one that gives it is killed: both hold the end of the pipe."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
