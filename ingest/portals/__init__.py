"""The portals that are known here: one small file each, one `PORTAL` each."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ingest.portal import Portal


def _declared() -> tuple[Portal, ...]:
    modules = sorted(module.name for module in iter_modules(__path__))
    portals = [import_module(f"{__name__}.{name}").PORTAL for name in modules]
    return tuple(portal for portal in portals if isinstance(portal, Portal))


PORTALS: tuple[Portal, ...] = _declared()
"""Every file's `PORTAL`, in the order of the files' names."""
