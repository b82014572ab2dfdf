"""Writing so that a power cut finds either the old or the new, never a half."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Have the bytes of `path` on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Have the names in `path` on the disk when this returns."""
    sync_file(path)


def write_durably(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step that a crash cannot halve."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
