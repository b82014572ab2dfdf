"""Named arrays in one file: written whole or not at all, checked when opened, and mapped into memory, never unpickled.

    MAGIC, length and CRC-32 of the head (8 bytes each), head as JSON, arrays one after the other, each at a multiple of 64 bytes

The head says which arrays follow, of which type and length, and the CRC-32 of all of their bytes.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from search.errors import SearchError
from search.following.durable import sync_folder

MAGIC = b"TANGTHU ARRAYS 1"
_FIXED = len(MAGIC) + 16
_ALIGNED = 64
_CHUNK = 1 << 20
_TYPES = frozenset({"u1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f2", "<f4"})

Array = NDArray[Any]


class ArraysDamaged(SearchError):
    """The file at `path` is not one that was written here, whole and of this version; what it holds can be derived again."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"arrays at {path} cannot be used: {why}; they are laid out again from the index")
        self.path = path
        self.why = why


def write_arrays(path: Path, facts: Mapping[str, Any], arrays: Iterable[tuple[str, Array]]) -> None:
    """Write named `arrays` and the JSON-able `facts` about them; on the disk when this returns.

    Each array is written before the next one is taken. The head, which stands before them, is known only then: so they wait in
    a file of their own.
    """
    own = f"{path.name}.{os.getpid()}.{threading.get_ident()}"
    waiting, beside = path.with_name(f"{own}.body.new"), path.with_name(f"{own}.new")
    try:
        with waiting.open("w+b") as body, beside.open("wb") as file:
            head = _write_body(body, facts, arrays)
            file.write(MAGIC + len(head).to_bytes(8, "little") + zlib.crc32(head).to_bytes(8, "little") + head)
            body.seek(0)
            shutil.copyfileobj(body, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
    finally:
        waiting.unlink(missing_ok=True)
    beside.replace(path)
    sync_folder(path.parent)


def _write_body(body: IO[bytes], facts: Mapping[str, Any], arrays: Iterable[tuple[str, Array]]) -> bytes:
    """The head of what was written."""
    table, at, crc = {}, 0, 0
    for name, given in arrays:
        array = np.ascontiguousarray(given)
        code = array.dtype.str.lstrip("|")
        if code not in _TYPES:
            raise TypeError(f"array {name} is of the type {code}, which the file format does not know")
        table[name] = [code, at, len(array)]
        at += array.nbytes + -array.nbytes % _ALIGNED
        for piece in _padded(array):
            crc = zlib.crc32(piece, crc)
            body.write(piece)
    head = json.dumps({"facts": dict(facts), "arrays": table, "bytes": at, "crc": crc}).encode()
    return head + b" " * (-(_FIXED + len(head)) % _ALIGNED)


def _padded(array: Array) -> Iterator[bytes | memoryview]:
    if len(array):
        yield memoryview(array.view(np.uint8))  # type: ignore[arg-type]
    if rest := -array.nbytes % _ALIGNED:
        yield bytes(rest)


def read_facts(path: Path) -> dict[str, Any]:
    """What the head says, arrays unread. Raises ArraysDamaged."""
    with path.open("rb") as file:
        return dict(_head(path, file.read(_FIXED), file.read)["facts"])


def open_arrays(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """The facts and the read-only arrays of a file, every byte checked. Raises ArraysDamaged."""
    with path.open("rb") as file:
        head = _head(path, file.read(_FIXED), file.read)
        begin = file.tell()
        crc = size = 0
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
        if (size, crc) != (head["bytes"], head["crc"]):
            raise ArraysDamaged(path, "its checksum differs")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays = {name: np.frombuffer(mapped, code, count, begin + at) for name, (code, at, count) in head["arrays"].items()}
    return dict(head["facts"]), arrays


def _head(path: Path, start: bytes, read: Any) -> dict[str, Any]:
    if len(start) != _FIXED or not start.startswith(MAGIC):
        raise ArraysDamaged(path, "it does not begin as it must")
    length, crc = (int.from_bytes(start[at : at + 8], "little") for at in (len(MAGIC), len(MAGIC) + 8))
    data = read(min(length, 1 << 24))
    if zlib.crc32(data) != crc:
        raise ArraysDamaged(path, "the checksum of its head differs")
    try:
        head = json.loads(data)
        entries = [(str(code), int(at), int(count)) for code, at, count in head["arrays"].values()]
        head["facts"], head["bytes"], head["crc"] = dict(head["facts"]), int(head["bytes"]), int(head["crc"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArraysDamaged(path, "its head cannot be read") from error
    if any(code not in _TYPES or at < 0 or count < 0 for code, at, count in entries):
        raise ArraysDamaged(path, "its head names arrays that cannot be")
    if any(at + count * np.dtype(code).itemsize > head["bytes"] for code, at, count in entries):
        raise ArraysDamaged(path, "its head names arrays beyond its end")
    checked: dict[str, Any] = head
    return checked
