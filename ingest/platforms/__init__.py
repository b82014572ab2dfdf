"""The platforms that portals are built on: one small file each, told apart by what only they print on a page, never by its
host.
"""

from __future__ import annotations

from ingest.platforms import domino, dotnetnuke, drupal, joomla, liferay, nukeviet, sharepoint, slug_ids, vnpt_eportal
from ingest.portal import Layout, ListLayout

_IN_ORDER = (drupal, nukeviet, domino, dotnetnuke, joomla, vnpt_eportal, liferay, sharepoint, slug_ids)

PLATFORMS: tuple[Layout, ...] = tuple(layout for platform in _IN_ORDER for layout in platform.LAYOUTS)
"""Layouts of article pages in the order in which they are tried; those of one platform have one name."""

LISTS: tuple[ListLayout, ...] = tuple(layout for platform in _IN_ORDER for layout in platform.LISTS)
"""List pages of the platforms, in the order in which they are tried."""
