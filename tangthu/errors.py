"""Errors of the front door, and what exit code each error of the house gives.

FrontDoorError
├── WrongSettings       tangthu.toml or the environment says something that cannot be
└── WrongUse            the command line asks for something that cannot be
"""

from __future__ import annotations

from archive.errors import ArchiveError, CannotKeep, CatalogueBusy, CatalogueDamaged, Damaged, NotFound
from ingest.errors import IngestError, PortalFileWrong
from search.errors import SearchError

ALL_WELL, SOME_FAILED, WRONG_USE, ARCHIVE_DAMAGED = 0, 1, 2, 3


class FrontDoorError(Exception):
    """Base of the front door's errors."""


class WrongSettings(FrontDoorError):
    """A setting cannot be what it is; the message names it, its place and what it may be."""


class WrongUse(FrontDoorError):
    """The command line asks for something that cannot be."""


EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (FrontDoorError, WRONG_USE),
    (Damaged, ARCHIVE_DAMAGED),
    (CatalogueDamaged, ARCHIVE_DAMAGED),
    (NotFound, SOME_FAILED),
    (CatalogueBusy, SOME_FAILED),
    (CannotKeep, SOME_FAILED),
    (ArchiveError, SOME_FAILED),
    (PortalFileWrong, WRONG_USE),
    (IngestError, SOME_FAILED),
    (SearchError, SOME_FAILED),
)


MENDABLE = tuple(kind for kind, _ in EXIT_CODES)


def exit_code(error: Exception) -> int:
    """The exit code for one of the MENDABLE errors; any other error is a bug and keeps its traceback."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
