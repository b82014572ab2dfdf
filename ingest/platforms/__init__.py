"""The platforms that portals are built on: one small file each, one `LAYOUT` each, told apart by what only they print."""

from __future__ import annotations

from ingest.platforms import drupal, liferay, nukeviet, sharepoint, vnpt_eportal
from ingest.portal import Layout, ListLayout

PLATFORMS: tuple[Layout, ...] = (
    drupal.LAYOUT,
    nukeviet.LAYOUT,
    sharepoint.LAYOUT,
    vnpt_eportal.LAYOUT,
    liferay.LAYOUT,
)
"""In the order in which they are tried."""

LISTS: tuple[ListLayout, ...] = ()
"""List pages of the platforms, in the order in which they are tried."""
