"""The headers that every answer carries, and the stricter ones around captured bytes.

Own pages run no inline script and load nothing from elsewhere. Captured bytes get an opaque origin, no
script, no network and no form, whatever they hold (Content Security Policy Level 3, `sandbox`).
"""

from __future__ import annotations

from flask import Flask, Response

OWN_CSP = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
CAPTURE_CSP = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


def guard_capture(response: Response) -> Response:
    """Put captured bytes behind the sandbox; only a page of ours may frame them."""
    response.headers["Content-Security-Policy"] = CAPTURE_CSP
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _guard(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", OWN_CSP)
    response.headers.setdefault("X-Frame-Options", "DENY")
    return response


def register(app: Flask) -> None:
    """Let every answer of `app` carry the headers, errors and static files included."""
    app.after_request(_guard)
