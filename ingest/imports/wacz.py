"""WACZ packages (Web Archive Collection Zipped, 1.1.1): what is in one, whether it is what was packed, its WARC files as streams.

Nothing is unpacked to the disk, and no name in a package is ever used as a path. Digests in `datapackage.json` are checked; a
signature is noted as said and not verified: that needs the signer's certificate, which is not here.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from archive.origins import one_line
from archive.records import Said

MAX_MEMBERS = 200_000
MAX_DESCRIPTION_BYTES = 16 << 20
MAX_RATIO = 200
"""A package that unpacks to more than that many times its size is a bomb; WARC files within are packed already."""
_RATIO_FROM_BYTES = 256 << 20
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
_SAID = ("title", "description", "created", "modified", "software", "wacz_version", "mainPageURL", "mainPageDate")
_SIGNED = ("software", "created", "domain", "version", "publicKey", "signature")


class NoPackage(Exception):
    """The file is a zip, but no WACZ package, or one that must not be trusted; the message says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One WARC file, or package, within a package."""

    name: str
    problem: str = ""
    """Why it must not be read: its digest is another's."""


class Package:
    """One opened package. Use as a context manager."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        try:
            self._zip = zipfile.ZipFile(stream)
        except UNREADABLE as error:
            raise NoPackage(f"a broken zip ({error})") from error
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise NoPackage(f"more than {MAX_MEMBERS:,} files in it")
        plain = sum(info.file_size for info in infos)
        if plain > _RATIO_FROM_BYTES and plain > MAX_RATIO * size:
            raise NoPackage(f"it unpacks to more than {MAX_RATIO} times its size")
        self._names = {info.filename: info for info in infos}
        self._described = self._description()
        self._digests = _digests(self._described)

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def made_by(self) -> Said:
        """What the package says of its making, and who is said to have signed it."""
        told = [(name, one_line(str(self._described[name]))) for name in _SAID if self._described.get(name)]
        signed = self._json("datapackage-digest.json").get("signedData")
        if isinstance(signed, dict):
            told += [(f"signature {name}", one_line(str(signed[name]))) for name in _SIGNED if signed.get(name)]
            told.append(("signature verified", "no"))
        return tuple(told)

    def members(self) -> Iterator[Member]:
        """The WARC files (and packages) within, in the order of their names, each checked against its digest first."""
        listed = set(self._digests)
        for name in sorted(self._names):
            if (name.startswith("archive/") and not name.endswith("/")) or (name in listed and name.endswith(".wacz")):
                yield Member(name, self._problem(name))
        for name in sorted(listed - set(self._names)):
            if name.startswith("archive/"):
                yield Member(name, "it is named in datapackage.json and is not in the package")

    def open(self, name: str) -> IO[bytes]:
        """The bytes of a member."""
        return self._zip.open(self._names[name])

    def _problem(self, name: str) -> str:
        info = self._names[name]
        if info.flag_bits & 1:
            return "it is encrypted"
        digest = self._digests.get(name)
        if digest is None:
            return "" if not self._digests else "datapackage.json does not name it"
        label, _, wanted = digest.partition(":")
        if label not in ("sha256", "md5", "sha1", "sha512"):
            return f"its digest is of a kind that is not known ({label[:20]!r})"
        try:
            made = hashlib.new(label, usedforsecurity=False)
            with self._zip.open(info) as stream:
                while piece := stream.read(1 << 20):
                    made.update(piece)
        except UNREADABLE as error:
            return f"it cannot be unpacked ({error})"
        return (
            "" if made.hexdigest() == wanted.lower() else "its digest in datapackage.json is another's: it is not what was packed"
        )

    def _description(self) -> dict[str, Any]:
        if "datapackage.json" not in self._names:
            if any(name.startswith("archive/") for name in self._names):
                return {}
            raise NoPackage("a zip without datapackage.json and archive/: not a WACZ package")
        body = self._small("datapackage.json")
        stated = self._json("datapackage-digest.json").get("hash")
        if isinstance(stated, str) and stated.startswith("sha256:") and stated[7:] != hashlib.sha256(body).hexdigest():
            raise NoPackage("datapackage.json is not the one that datapackage-digest.json names")
        return _object(body)

    def _json(self, name: str) -> dict[str, Any]:
        return _object(self._small(name)) if name in self._names else {}

    def _small(self, name: str) -> bytes:
        try:
            with self._zip.open(self._names[name]) as stream:
                body = stream.read(MAX_DESCRIPTION_BYTES + 1)
        except UNREADABLE as error:
            raise NoPackage(f"{name} cannot be unpacked ({error})") from error
        if len(body) > MAX_DESCRIPTION_BYTES:
            raise NoPackage(f"{name} is larger than {MAX_DESCRIPTION_BYTES >> 20} MiB")
        return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoPackage(f"its description is not JSON ({error})") from error
    if not isinstance(plain, dict):
        raise NoPackage("its description is no JSON object")
    return plain


def _digests(described: Mapping[str, Any]) -> dict[str, str]:
    resources = described.get("resources")
    if not isinstance(resources, list):
        return {}
    pairs = ((each.get("path"), each.get("hash")) for each in resources if isinstance(each, dict))
    return {path: digest for path, digest in pairs if isinstance(path, str) and isinstance(digest, str)}
