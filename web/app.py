"""The Flask application: one table of addresses, each view a function of `Services` and what the address names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from flask_babel import format_decimal

from web import addresses, api, completing, delivery, errors, explaining, find, guide, language, pages, replay, security
from web.services import Services

__all__ = ["Services", "create_app"]

ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("/", "home", pages.home),
    ("/tim-kiem", "find", find.find),
    ("/tim-kiem/vi-sao", "why", explaining.why),
    ("/goi-y", "complete", completing.complete),
    ("/huong-dan", "guide", guide.guide),
    ("/tai-lieu/<id>", "document", pages.document),
    ("/tai-lieu/<id>/pb/<int:number>", "version", pages.version),
    ("/tai-lieu/<id>/pb/<int:number>/nguyen-ban", "original", replay.original),
    ("/ban-chup/<id>", "capture", replay.capture),
    ("/api/search", "api_search", api.api_search),
    ("/api/documents/<id>", "api_document", api.api_document),
    ("/api/documents/<id>/similar", "api_similar", api.api_similar),
    ("/api/documents/<id>/references", "api_references", api.api_references),
    ("/healthz", "healthz", api.healthz),
)
_YEAR_S = 365 * 24 * 3600


def create_app(services: Services) -> Flask:
    """The application over `services`; it reads no settings and no environment."""
    app = Flask(__name__)
    app.config.update(
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SEND_FILE_MAX_AGE_DEFAULT=_YEAR_S,
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for rule, endpoint, view in ROUTES:
        app.add_url_rule(rule, endpoint, partial(view, services), methods=["GET"])
    app.before_request(partial(addresses.canonical, services))
    api.register(app)
    language.register(app)
    security.register(app)
    errors.register(app)
    delivery.register(app)
    digests = _asset_digests(Path(app.static_folder or ""))
    app.jinja_env.globals.update(asset=partial(_asset, digests))
    app.jinja_env.filters["count"] = _count
    app.context_processor(lambda: {"contact": services.contact})
    return app


def _asset_digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in folder.iterdir() if path.is_file()}


def _asset(digests: dict[str, str], name: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=digests[name])


def _count(number: int) -> str:
    """A number as the language writes it; below a thousand all write it alike, and a page of results has sixty of those."""
    return str(number) if 0 <= number < 1000 else str(format_decimal(number))
