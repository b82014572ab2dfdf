"""Which addresses (URLs) the gate may go to: the rules that need no network. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from ingest.errors import Refused
from ingest.portal import Portal

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_CHARACTERS = 8192
_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")
_IPV6 = re.compile(r"[0-9a-f:.]{2,45}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IGNORED_AT_ENDS = "".join(map(chr, range(33)))
_USER = re.compile(
    # Second branch: a password with a bare `/`, `?` or `#` in it, which ends the host for urlsplit but not for who typed it.
    r"\A((?:[^/?#@:\\]*:)?[/\\]*+)(?:[^/?#]*@|[^/?#@:\[\]]*:(?!\d{0,5}(?:[/?#]|\Z)).*@)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One address in the form that goes over the wire: host in ASCII, path percent-encoded, no fragment."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    """Path and query, as the request line holds them."""

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        return f"{self.scheme}://{_authority(self.scheme, self.host, self.port)}"


def target_of(url: str) -> Target:
    """Take `url` apart. Raises Refused (scheme, credentials, url) for what is no plain web address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        # The words of the error are not passed on: they quote parts of the address, a password among them.
        raise _malformed(url, "malformed host or port") from error
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise Refused("scheme", _without_user(url), f"{_shown(url)}: only http and https addresses are fetched")
    if parts.username is not None or parts.password is not None:
        raise Refused(
            "credentials", _without_user(url), f"{_shown(url)}: an address with a user name in it is not fetched; remove it"
        )
    if len(url) > MAX_URL_CHARACTERS or _CONTROL.search(url.strip()):
        raise _malformed(url, "too long, or control characters in it")
    host = _ascii_host(host, url)
    authority = _authority(scheme, host, DEFAULT_PORTS[scheme] if port is None else port)
    try:
        path = parse_url(f"{scheme}://{authority}{parts._replace(scheme='', netloc='', fragment='').geturl()}").request_uri
    except LocationParseError as error:
        raise _malformed(url, "not a web address") from error
    return Target(f"{scheme}://{authority}{path}", scheme, host, DEFAULT_PORTS[scheme] if port is None else port, path)


def admit(url: str, portal: Portal, allow_hosts: frozenset[str]) -> Target:
    """The target of `url`, if the portal's registration or `allow_hosts` lets it through.

    Raises Refused (scheme, credentials, url, host, port). Which IP addresses the host may have is not decided here.
    """
    target = target_of(url)
    if is_local(target, portal):
        return target
    registered = not portal.local and portal.owns(target.url)
    if not registered and target.host not in allow_hosts:
        raise Refused(
            "host",
            target.url,
            f"{target.url}: {target.origin} is not registered for portal {portal.name!r}; "
            "add it to the portal's file or allow it with --allow-host",
        )
    if target.port not in DEFAULT_PORTS.values():
        raise Refused("port", target.url, f"{target.url}: port {target.port} is not fetched, only 80 and 443")
    return target


def is_local(target: Target, portal: Portal) -> bool:
    """Whether `target` stands at the one host and port where a local portal is served."""
    if not portal.local:
        return False
    base = target_of(portal.base_url)
    return (target.host, target.port) == (base.host, base.port)


def follow(url: str, location: str) -> str:
    """The absolute address that the `Location` header of the answer from `url` points to.

    `location` comes as http.client gives it, one character a byte; portals put bare UTF-8 there.
    Raises Refused (url) where it is no address.
    """
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        location = location.encode("latin-1").decode()
    try:
        return urljoin(url, location.strip())
    except ValueError as error:
        raise _malformed(location, "malformed host or port") from error


def _ascii_host(host: str, url: str) -> str:
    if ":" in host:
        if not _IPV6.match(host):
            raise _malformed(url, "not an IPv6 address")
        return host
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise _malformed(url, "not a host name") from error
    host = host.lower().removesuffix(".")
    if not _HOST.match(host):
        raise _malformed(url, "not a host name")
    return host


def _authority(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == DEFAULT_PORTS[scheme] else f"{name}:{port}"


def _malformed(url: str, why: str) -> Refused:
    return Refused("url", _without_user(url), f"{_shown(url)}: not an address that can be fetched ({why})")


def _without_user(url: str) -> str:
    """`url` without the user name and password that may stand in it: errors go to logs and to the archive's failures."""
    if "@" not in url:
        return url
    # urlsplit passes over these three wherever they stand, so they must not hide a password here.
    plain = re.sub(r"[\t\r\n]", "", url).strip(_IGNORED_AT_ENDS)
    match = _USER.match(plain)
    return url if match is None else match[1] + plain[match.end() :]


def _shown(url: str) -> str:
    url = _without_user(url)
    return repr(url if len(url) <= 200 else f"{url[:200]}…")
