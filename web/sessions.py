"""Who sits at the desk: signing in and out, what keeps others from posting in an archivist's name, patience with wrong passwords.

A session is a signed cookie, made of the archivist's name, a token and the time; nothing of it is kept here. It ends after
LIFE_S, with signing out, and with another password, because the key that signs it is then another. Every form carries the token.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, g, redirect, request, url_for
from itsdangerous import BadSignature, TimestampSigner

from web.asking import plain
from web.errors import Forged, NotOffered, SignedOut, TooOften
from web.services import Services

COOKIE = "tangthu_ban"
FORM_COOKIE = "tangthu_form"
LIFE_S = 12 * 3600
MAX_NAME, MAX_PASSWORD = 100, 1_000
FREE_TRIES = 3
LONGEST_WAIT_S = 60.0
_SALT = "tangthu-desk"


@dataclass(frozen=True, slots=True)
class Archivist:
    """Whoever is signed in; `token` stands in his forms."""

    name: str
    token: str


def archivist(services: Services) -> Archivist | None:
    """Whoever sent this request, where he is signed in; looked up once a request."""
    if "archivist" not in g:
        g.archivist = _of_cookie(services, request.cookies.get(COOKIE, ""))
        g.looked_at_cookie = services.desk is not None
    found: Archivist | None = g.archivist
    return found


def _of_cookie(services: Services, cookie: str) -> Archivist | None:
    name = _named(cookie.split(".", 1)[0])
    if services.desk is None or name is None or (key := services.desk.key(name)) is None:
        return None
    try:
        value = TimestampSigner(key, salt=_SALT).unsign(cookie, max_age=LIFE_S).decode()
    except BadSignature:
        return None
    return Archivist(name, value.partition(".")[2])


def _named(coded: str) -> str | None:
    try:
        name = base64.urlsafe_b64decode(coded.encode() + b"=" * (-len(coded) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return name if 0 < len(name) <= MAX_NAME else None


def begin(services: Services, name: str, key: bytes, response: Response) -> None:
    """Have `response` sign the archivist in."""
    coded = base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
    value = TimestampSigner(key, salt=_SALT).sign(f"{coded}.{secrets.token_urlsafe(24)}").decode()
    _set(services, response, COOKIE, value, LIFE_S)
    response.delete_cookie(FORM_COOKIE, httponly=True, samesite="Strict")


def end(response: Response) -> None:
    """Have `response` sign out."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict")


def form_token(services: Services, response: Response, token: str) -> None:
    """Bind the sign-in form that `response` holds to this browser."""
    _set(services, response, FORM_COOKIE, token, 3600)


def _set(services: Services, response: Response, name: str, value: str, life_s: int) -> None:
    secure = request.is_secure or (services.site_url or "").lower().startswith("https:")
    response.set_cookie(name, value, max_age=life_s, httponly=True, samesite="Strict", secure=secure)


def check(expected: str | None) -> None:
    """Raise Forged unless the form that was posted carries the token it was given, and comes from a page of ours."""
    sent = request.form.get("token", "")
    same_site = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    if not (same_site and expected and hmac.compare_digest(sent.encode(), expected.encode())):
        raise Forged


def for_archivists(view: Callable[..., Any], max_bytes: Callable[[Services], int]) -> Callable[..., Any]:
    """`view` for whoever is signed in, who is handed to it after the services; others are sent to sign in.

    The body of a request is not read before its sender is known, and never beyond `max_bytes`.
    """

    @wraps(view)
    def guarded(services: Services, **values: object) -> Any:
        if services.desk is None:
            raise NotOffered("desk")
        who = archivist(services)
        if request.method == "POST":
            if who is None:
                raise SignedOut
            request.max_content_length = max_bytes(services)
            request.max_form_memory_size = min(max_bytes(services), 8 << 20)
            check(who.token)
        if who is None:
            address = request.full_path.rstrip("?")
            return redirect(url_for("sign_in", tiep=address), 303)
        return view(services, who, **values)

    return guarded


def private(response: Response) -> Response:
    """Pages that hold a token are neither stored nor compressed; what depends on the session says so to caches."""
    if g.get("looked_at_cookie"):
        response.vary.add("Cookie")
    if request.path.startswith("/ban-lam-viec"):
        response.headers["Cache-Control"] = "no-store"
    return response


class Patience:
    """How long whoever gave wrong passwords must wait: nothing at first, then twice as long each time. Of one process."""

    _MOST = 4_096

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, keys: Sequence[str]) -> None:
        """Raise TooOften while one of `keys` (a name, an address) has to wait."""
        with self._lock:
            wait_s = max((self._failures[key][1] - self._clock() for key in keys if key in self._failures), default=0.0)
        if wait_s > 0:
            raise TooOften(wait_s)

    def failed(self, keys: Sequence[str]) -> None:
        """Note a wrong password for `keys`."""
        with self._lock:
            for key in keys:
                count = self._failures.pop(key, (0, 0.0))[0] + 1
                wait_s = min(2.0 ** (count - FREE_TRIES), LONGEST_WAIT_S) if count >= FREE_TRIES else 0.0
                self._failures[key] = (count, self._clock() + wait_s)
            while len(self._failures) > self._MOST:
                self._failures.popitem(last=False)

    def succeeded(self, keys: Sequence[str]) -> None:
        """Forget the failures of `keys`."""
        with self._lock:
            for key in keys:
                self._failures.pop(key, None)


def onward(asked: str) -> str:
    """Where to go after signing in: an address of ours, else the desk."""
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and "\\" not in asked and plain(asked) == asked
    return asked if ours and asked.startswith(("/ban-lam-viec", "/tep/", "/tai-lieu/")) else url_for("desk")
