"""The portals that come with the program: one small file each, one `PORTAL` each. An archive may have a folder of its own."""

from __future__ import annotations

import runpy
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from ingest.errors import PortalFileWrong
from ingest.portal import Portal


def _declared() -> tuple[Portal, ...]:
    modules = sorted(module.name for module in iter_modules(__path__))
    portals = [import_module(f"{__name__}.{name}").PORTAL for name in modules]
    return tuple(portal for portal in portals if isinstance(portal, Portal))


PORTALS: tuple[Portal, ...] = _declared()
"""Every file's `PORTAL`, in the order of the files' names."""


def load(folder: Path) -> tuple[Portal, ...]:
    """The `PORTAL` of every Python file in `folder`, which is trusted as the program is, in the order of the files' names.

    Raises PortalFileWrong, which names the file and what is wrong with it.
    """
    return tuple(load_file(path) for path in sorted(folder.glob("*.py")) if not path.name.startswith("_"))


def load_file(path: Path) -> Portal:
    """The `PORTAL` of one file. Raises PortalFileWrong."""
    try:
        declared = runpy.run_path(str(path)).get("PORTAL")
    except (Exception, SystemExit) as error:  # a file that leaves the program must not take the command with it
        raise PortalFileWrong(path, f"{type(error).__name__}: {error}") from error
    if not isinstance(declared, Portal):
        raise PortalFileWrong(path, "it must set PORTAL to an ingest.portal.Portal")
    return declared
