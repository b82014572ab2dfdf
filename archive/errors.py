"""Errors of the archive.

ArchiveError
├── NotFound            no such document, version or capture
├── Damaged             bytes that are kept do not match their digest or cannot be read
├── Overtaken           what is to be corrected was corrected by somebody else meanwhile
├── CannotKeep          the bytes could not be written (disk full, no permission)
├── CatalogueDamaged    the catalogue is missing or cannot be read; it is derived
└── CatalogueBusy       another process holds the catalogue or the writer's lock
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Base of all errors of the archive."""


class NotFound(ArchiveError):
    """No such thing here; `what` names the kind, `id` the thing."""

    def __init__(self, what: str, id: str) -> None:
        super().__init__(f"no {what} {id!r} in this archive")
        self.what = what
        self.id = id


class Damaged(ArchiveError):
    """Kept bytes that cannot be trusted; `file` and `offset` say where they stand, `resume` where whole records go on."""

    def __init__(self, file: str, offset: int, why: str, *, resume: int | None = None) -> None:
        super().__init__(f"{file} at byte {offset}: {why}; restore this file from a backup copy")
        self.file = file
        self.offset = offset
        self.why = why
        self.resume = resume


class Overtaken(ArchiveError):
    """A correction of a text that no longer stands there; `file` (digest) and `field` say where, `now` what it reads by now."""

    def __init__(self, file: str, field: str, now: str) -> None:
        super().__init__(f"{field} of file {file} was corrected meanwhile; look at what it says now and correct that")
        self.file = file
        self.field = field
        self.now = now


class CannotKeep(ArchiveError):
    """The bytes could not be made durable; nothing of them counts as kept."""


class CatalogueDamaged(ArchiveError):
    """The catalogue cannot be used. Nothing is lost: it is made again from the WARC files."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}; `tangthu rebuild` makes it again from the WARC files")
        self.path = path
        self.why = why


class CatalogueBusy(ArchiveError):
    """Another process holds the lock for longer than we wait."""
