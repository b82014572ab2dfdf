"""The folder of an index: generations side by side, and a small file that names the one that answers.

    index/CURRENT     {"generation": "gen-0002", "engine": "whoosh", "schema": 1, "change": 120}
    index/LOCK        held by the one writer of the generation that answers, and by whoever moves the pointer
    index/BUILD       held by the one builder of a new generation
    index/STANDING    held by the process that follows the catalogue for as long as it runs
    index/ANEW        there when the catalogue was made again: its change numbers are others, and no generation goes by them
    index/gen-0002/   one generation; BUILDING in it until it is complete, DAMAGED once a search found it so,
                      SUPERSEDED since the time when another took its place

Whoosh's files are pickles, so no folder is opened but one that this program made: named so, no link, owned by this user,
closed to others.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from search.errors import IndexDamaged, IndexLocked, IndexMissing
from search.following.durable import sync_folder, write_durably

_NAME = re.compile(r"gen-\d{4,9}\Z")
_BEGINNING = "beginning"
ABANDONED_S = 24 * 3600.0
"""A generation that nobody has built on for so long is not taken up any more, and takes room."""
GRACE_S = 60.0
"""How long a generation stays after another took its place: searches that are at work in it need a second or two."""


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
    # Under another name until it says what it is: whoever tidies up meanwhile would take it for one that nobody needs.
    beginning = index / _BEGINNING
    drop(beginning)
    beginning.mkdir(mode=0o700)
    try:
        write_durably(beginning / "BUILDING", built_as)
        beginning.rename(folder)
        sync_folder(index)
    except OSError:
        drop(beginning)
        drop(folder)
        raise
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


def tidy(index: Path, keep: str, grace_s: float = GRACE_S) -> None:
    """Drop what nobody needs: generations that were superseded `grace_s` ago, all superseded ones but the newest, and all
    unfinished ones but the newest, which is left alone for a day. A reader that has one open keeps its files while it needs them.

    One that is neither marked so nor kept is superseded from now on.
    """
    unfinished = [name for name in names(index) if (index / name / "BUILDING").exists() and name != keep]
    superseded = [name for name in names(index) if name not in unfinished and name != keep]
    for name in unfinished[:-1] + superseded[:-1]:
        drop(index / name)
    for name in unfinished[-1:]:
        if _is_abandoned(index / name):
            drop(index / name)
    for name in superseded[-1:]:
        if (index / name).is_symlink() or grace_s <= 0 or is_spent(index / name, grace_s):
            drop(index / name)
        else:
            _mark_superseded(index / name)


def drop_unfinished(index: Path) -> None:
    """Remove all generations that are not finished. For the builder, when its own is."""
    for name in names(index):
        if (index / name / "BUILDING").exists():
            drop(index / name)


def _is_abandoned(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime >= ABANDONED_S
    except FileNotFoundError:
        return False


def spent(index: Path, grace_s: float = GRACE_S) -> bool:
    """Whether a generation waits to be dropped."""
    return any(is_spent(path.parent, grace_s) for path in index.glob("gen-*/SUPERSEDED"))


def is_spent(folder: Path, grace_s: float) -> bool:
    """Whether a generation was superseded at least `grace_s` ago."""
    try:
        return time.time() - (folder / "SUPERSEDED").stat().st_mtime >= grace_s
    except FileNotFoundError:
        return False


def _mark_superseded(folder: Path) -> None:
    marker = folder / "SUPERSEDED"
    if not marker.exists():
        try:
            marker.touch()
        except OSError:  # not even room for an empty file, or no right to make one: then at once
            drop(folder)


def drop(folder: Path) -> None:
    """Remove a generation. One that is open elsewhere keeps its files until it is closed there."""
    if folder.is_symlink():
        folder.unlink()
    else:
        # Another process that lays out a segment for a search may put a file there meanwhile: the next tidying has it.
        shutil.rmtree(folder, ignore_errors=True)


def state_of(index: Path, name: str, current: str) -> str:
    """What a generation is there for, in a word."""
    if name == current:
        return "answers"
    for marker, state in (("DAMAGED", "damaged"), ("BUILDING", "unfinished"), ("SUPERSEDED", "superseded")):
        if (index / name / marker).exists():
            return state
    return "unknown"


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.lstat().st_size
    return total


def make_anew(index: Path) -> None:
    """Have the whole index made again: from now on the change numbers are those of another catalogue."""
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(index / "ANEW", secrets.token_hex(8))


def anew(index: Path) -> str:
    """By which token the index is to be made again; empty where it is not."""
    try:
        return (index / "ANEW").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def made_anew(index: Path, token: str) -> None:
    """The index was made again for `token`; a later one stays."""
    if token and anew(index) == token:
        (index / "ANEW").unlink()
        sync_folder(index)


def writing(index: Path, wait_s: float) -> AbstractContextManager[None]:
    """The lock of whoever writes the generation that answers. Raises IndexLocked when another holds it for `wait_s`."""
    return _holding(index, "LOCK", wait_s)


def building(index: Path, wait_s: float) -> AbstractContextManager[None]:
    """The lock of whoever builds a new generation, beside which the old one is written on. Raises IndexLocked likewise."""
    return _holding(index, "BUILD", wait_s)


@contextmanager
def _holding(index: Path, name: str, wait_s: float) -> Iterator[None]:
    handle = _lock_file(index, name)
    try:
        until = time.monotonic() + wait_s
        while not _taken(handle):
            if time.monotonic() >= until:
                raise IndexLocked(index, wait_s)
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def stand(index: Path) -> int | None:
    """Be the one process that follows for as long as it runs: a handle to close afterwards, or None where another is it."""
    handle = _lock_file(index, "STANDING")
    if _taken(handle):
        return handle
    os.close(handle)
    return None


def _lock_file(index: Path, name: str) -> int:
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(index / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
