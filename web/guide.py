"""The page that teaches how to search; every example on it is a link that runs."""

from __future__ import annotations

from flask import render_template

from web.services import Services

_SOURCE = "phutho.gov.vn"


def guide(services: Services) -> str:
    """`/huong-dan`: answers while the search is down. The example of a source is a portal that is kept here, if any is."""
    portals = services.catalog.portals()
    return render_template("guide.html", source=portals[0].host if portals else _SOURCE)
