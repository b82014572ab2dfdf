"""The folder of an index: generations side by side, and a small file that names the one that answers.

    index/CURRENT     {"generation": "gen-0002", "engine": "whoosh", "schema": 1, "change": 120}
    index/LOCK        held by the one writer
    index/gen-0002/   one generation; BUILDING in it until it is complete, DAMAGED once a search found it so

Whoosh's files are pickles, so no folder is opened but one that this program made: named so, no link, owned by this user,
closed to others.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from search.durable import sync_folder, write_durably
from search.errors import IndexDamaged, IndexLocked, IndexMissing

_NAME = re.compile(r"gen-\d{4,9}\Z")


@dataclass(frozen=True, slots=True)
class Current:
    """The generation that answers; `change` is what it held when it was swapped in."""

    generation: str
    engine: str
    schema: int
    change: int


def read_current(index: Path, engine: str, schema: int) -> Current:
    """The generation to open. Raises IndexMissing, also for one of another engine or schema."""
    try:
        entry = json.loads((index / "CURRENT").read_bytes())
        current = Current(str(entry["generation"]), str(entry["engine"]), int(entry["schema"]), int(entry["change"]))
    except FileNotFoundError as error:
        raise IndexMissing(index, "nothing was indexed yet") from error
    except (ValueError, KeyError, TypeError) as error:
        raise IndexMissing(index, "its file CURRENT cannot be read") from error
    if not _NAME.match(current.generation):
        raise IndexMissing(index, "its file CURRENT names no generation")
    if (current.engine, current.schema) != (engine, schema):
        raise IndexMissing(
            index, f"it is of {current.engine} schema {current.schema}, this program reads {engine} schema {schema}"
        )
    return current


def was_pointed(index: Path) -> bool:
    """Whether there is a pointer at all, whatever it says."""
    return (index / "CURRENT").exists()


def folder_of(index: Path, current: Current) -> Path:
    """The folder of a generation, checked to be ours. Raises IndexMissing, IndexDamaged."""
    folder = index / current.generation
    try:
        facts = folder.lstat()
    except FileNotFoundError as error:
        raise IndexMissing(index, f"{current.generation} is gone") from error
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
        raise IndexDamaged(folder, "it is not a folder that this program made: a link, another owner's, or open to other writers")
    if (folder / "DAMAGED").exists():
        raise IndexDamaged(folder, "a search found it damaged")
    return folder


def point_to(index: Path, current: Current) -> None:
    """Let `current` answer from now on."""
    entry = {"generation": current.generation, "engine": current.engine, "schema": current.schema, "change": current.change}
    write_durably(index / "CURRENT", json.dumps(entry) + "\n")


def is_being_built(index: Path) -> bool:
    """Whether a generation is under construction."""
    return next(index.glob("gen-*/BUILDING"), None) is not None


def mark_damaged(folder: Path) -> None:
    """Have the follower build this generation anew."""
    (folder / "DAMAGED").touch()


def names(index: Path) -> list[str]:
    """All generations, oldest first."""
    return sorted((path.name for path in index.iterdir() if _NAME.match(path.name)), key=lambda name: int(name[4:]))


def begin(index: Path, built_as: str) -> Path:
    """A new and empty generation under construction; `built_as` says by which engine and schema."""
    present = names(index)
    folder = index / f"gen-{int(present[-1][4:]) + 1 if present else 1:04d}"
    folder.mkdir(mode=0o700)
    write_durably(folder / "BUILDING", built_as)
    sync_folder(index)
    return folder


def unfinished(index: Path, built_as: str) -> Path | None:
    """The newest generation that a stopped build left behind, if it was built the same way."""
    for name in reversed(names(index)):
        marker = index / name / "BUILDING"
        if marker.is_file() and marker.read_text(encoding="utf-8") == built_as:
            return index / name
    return None


def finish(folder: Path) -> None:
    """The generation is complete."""
    (folder / "BUILDING").unlink()
    sync_folder(folder)


def drop_others(index: Path, keep: str) -> None:
    """Remove all generations but `keep`; a reader that has one open keeps its files until it closes them."""
    for name in names(index):
        if name != keep:
            path = index / name
            if path.is_symlink():
                path.unlink()
            else:
                shutil.rmtree(path)


@contextmanager
def writing(index: Path, wait_s: float) -> Iterator[None]:
    """The one writer's lock. Raises IndexLocked when it is held by another for `wait_s`."""
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(index / "LOCK", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(index, handle, wait_s)
        yield
    finally:
        os.close(handle)


def _acquire(index: Path, handle: int, wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise IndexLocked(index, wait_s) from error
            time.sleep(0.02)
        else:
            return
