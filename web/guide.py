"""The page that teaches how to search; every example on it is a link that runs."""

from __future__ import annotations

from flask import render_template

from web.services import Services


def guide(services: Services) -> str:
    """`/huong-dan`: says the same whatever the archive holds, and answers while the search is down."""
    return render_template("guide.html")
