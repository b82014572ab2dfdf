"""How the command line says things: one JSON value, or lines for a person; progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any


def plain(value: Any) -> Any:
    """`value` as what JSON can say: dataclasses as objects, tuples as lists, times in ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def say_json(value: Any) -> None:
    """One JSON value on stdout, nothing else; escaped where stdout cannot hold Vietnamese."""
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=ascii_only, indent=2) + "\n")


def say(text: str = "") -> None:
    """One line on stdout. Control characters from a portal do not reach the terminal."""
    sys.stdout.write(printable(text) + "\n")


def table(rows: Iterable[Sequence[object]], headings: Sequence[str]) -> None:
    """A table on stdout, as wide as the terminal."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(printable(str(cell)).replace("[", r"\[") for cell in row))
    Console(file=sys.stdout).print(drawn)


def printable(text: str) -> str:
    """`text` without the characters that steer a terminal; line breaks and tabs stay."""
    return "".join(char if char in "\n\t" or char.isprintable() else "\ufffd" for char in text)


class Progress:
    """A count that runs on stderr, where stderr is a terminal; silent elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = False

    def __call__(self, count: int, note: str = "") -> None:
        """Show `count` and, behind it, `note`."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{count} {self._what} {printable(note)[:100]}")
            sys.stderr.flush()
            self._shown = True

    def done(self) -> None:
        """Leave the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
