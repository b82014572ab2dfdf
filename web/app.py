"""The Flask application: one table of addresses, each view a function of `Services` and what the address names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from flask_babel import format_decimal

from web import (
    addresses,
    api,
    completing,
    correcting,
    delivery,
    desk,
    errors,
    explaining,
    files,
    find,
    guide,
    language,
    page_view,
    pages,
    replay,
    security,
    sessions,
)
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
    ("/tep/<digest>", "file", files.file),
    ("/tep/<digest>/goc", "file_original", files.original),
    ("/tep/<digest>/pdf", "searchable", files.searchable),
    ("/tep/<digest>/trang", "page_of_number", files.page_of_number),
    ("/tep/<digest>/trang/<int:n>", "file_page", page_view.file_page),
    ("/tep/<digest>/trang/<int:n>/anh", "picture", files.picture),
    ("/api/search", "api_search", api.api_search),
    ("/api/documents/<id>", "api_document", api.api_document),
    ("/api/documents/<id>/similar", "api_similar", api.api_similar),
    ("/api/documents/<id>/references", "api_references", api.api_references),
    ("/api/files/<digest>", "api_file", api.api_file),
    ("/api/files/<digest>/pages/<int:n>", "api_page", api.api_page),
    ("/healthz", "healthz", api.healthz),
)
_FORM_BYTES = 64 * 1024


def _upload_bytes(services: Services) -> int:
    return services.max_upload_bytes + _FORM_BYTES


def _text_bytes(services: Services) -> int:
    return correcting.MAX_TEXT_BYTES


_DESK: tuple[tuple[str, str, Callable[..., Any], tuple[str, ...]], ...] = (
    ("/ban-lam-viec/dang-nhap", "sign_in", desk.sign_in, ("GET", "POST")),
    ("/ban-lam-viec/dang-xuat", "sign_out", sessions.for_archivists(desk.sign_out, lambda _: _FORM_BYTES), ("POST",)),
    ("/ban-lam-viec", "desk", sessions.for_archivists(desk.desk, lambda _: _FORM_BYTES), ("GET",)),
    ("/ban-lam-viec/nhap", "hand_in", sessions.for_archivists(desk.hand_in, _upload_bytes), ("GET", "POST")),
    (
        "/ban-lam-viec/sua/<digest>/<int:n>",
        "correct_page",
        sessions.for_archivists(correcting.correct_page, _text_bytes),
        ("GET", "POST"),
    ),
    (
        "/ban-lam-viec/du-kien/<digest>",
        "correct_facts",
        sessions.for_archivists(correcting.correct_facts, _text_bytes),
        ("GET", "POST"),
    ),
)
"""The only addresses that take anything."""
_YEAR_S = 365 * 24 * 3600


def create_app(services: Services) -> Flask:
    """The application over `services`; it reads no settings and no environment."""
    app = Flask(__name__)
    app.config.update(
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SEND_FILE_MAX_AGE_DEFAULT=_YEAR_S,
        MAX_CONTENT_LENGTH=_FORM_BYTES,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for rule, endpoint, view in ROUTES:
        app.add_url_rule(rule, endpoint, partial(view, services), methods=["GET"])
    for rule, endpoint, view, methods in _DESK:
        app.add_url_rule(rule, endpoint, partial(view, services), methods=list(methods))
    app.before_request(partial(addresses.canonical, services))
    app.extensions["patience"] = sessions.Patience()
    api.register(app)
    language.register(app)
    security.register(app)
    errors.register(app)
    delivery.register(app)
    app.after_request(sessions.private)
    digests = _asset_digests(Path(app.static_folder or ""))
    app.jinja_env.globals.update(asset=partial(_asset, digests))
    app.jinja_env.filters.update(count=_count, size=_size)
    offered = {"has_desk": services.desk is not None, "has_pictures": services.pictures is not None}
    app.context_processor(lambda: {"contact": services.contact, **offered})
    return app


def _asset_digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in folder.iterdir() if path.is_file()}


def _asset(digests: dict[str, str], name: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=digests[name])


def _count(number: int) -> str:
    """A number as the language writes it; below a thousand all write it alike, and a page of results has sixty of those."""
    return str(number) if 0 <= number < 1000 else str(format_decimal(number))


def _size(count: int) -> str:
    """A number of bytes in the unit that suits it."""
    for unit, per in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= per:
            return f"{format_decimal(count / per, format='#,##0.#')} {unit}"
    return language.gettext("%(size)s byte", size=count)
