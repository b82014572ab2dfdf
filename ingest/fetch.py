"""The one gate to the network: nothing else in the project opens a connection to a portal.

For every address, and again for every redirect: the rules of `targets`, the name resolved once and every IP address
of it checked by `addresses`, robots.txt, the delay of the host; then `wire` connects to just these addresses.
No proxy from the environment, no cookies, no connection kept open. Retrying is the caller's.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from archive.codings import ACCEPTED
from archive.records import Exchange
from ingest.addresses import is_loopback, refusal
from ingest.errors import FetchFailed, NotFetched, Refused, TooManyRedirects
from ingest.pace import Pace
from ingest.portal import Portal
from ingest.robots import RobotRules, product_token, rules_from, unreachable
from ingest.step import MAX_FORM_BYTES, STATE, TARGET, Step
from ingest.targets import Target, admit, follow, is_local
from ingest.wire import Answer, Limits, exchange

__all__ = ["Fetched", "Gate", "Limits", "system_resolve"]

Resolve = Callable[[str, int], list[str]]
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPS_METHOD = frozenset({307, 308})
"""A form goes on with these; after the others it is a GET, as browsers do (WHATWG Fetch, HTTP-redirect fetch)."""
MOST_ADDRESSES = 4
ROBOTS_KEPT_S = 24 * 3600.0
"""RFC 9309 section 2.4."""
UNREACHABLE_KEPT_S = 600.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the gate brought back."""

    exchanges: tuple[Exchange, ...]
    """Each hop, as it went over the wire; the last one is the answer."""
    url: str
    """Where the answer came from: after redirects not what was asked for; without fragment, percent-encoded."""
    status: int
    """Any status but a redirect that was followed: 304, 404 and 500 are answers."""
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Transfer and content codings removed."""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def system_resolve(host: str, port: int) -> list[str]:
    """The IP addresses of `host`, by the system's resolver and within its time limits."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _forget(_: Exchange) -> None:
    return


class Gate:
    """Fetches addresses of registered portals; one gate a worker, it is not for several threads.

    `agent` is the whole User-Agent, contact included; its first word is our name in robots.txt.
    `on_side_exchange` is called with each exchange that the gate makes on its own account (robots.txt), complete and
    before it takes effect. `pace` may lengthen the delays and learns from the answers. `clock` is monotonic seconds; it measures
    delays and limits alike. `tls` is for tests with their own authority; the default trusts what the system trusts.
    """

    def __init__(
        self,
        *,
        agent: str,
        limits: Limits | None = None,
        allow_hosts: frozenset[str] = frozenset(),
        on_side_exchange: Callable[[Exchange], None] = _forget,
        pace: Pace | None = None,
        resolve: Resolve = system_resolve,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not agent.strip() or not agent.isascii() or not agent.isprintable():
            raise ValueError(f"the agent string must be one line of ASCII, with a contact in it: {agent!r}")
        self._agent = agent
        self._token = product_token(agent)
        self._limits = limits or Limits()
        self._allow_hosts = frozenset(host.lower().removesuffix(".") for host in allow_hosts)
        self._on_side_exchange = on_side_exchange
        self.pace = pace or Pace(clock)
        self._resolve = resolve
        self._clock = clock
        self._sleep = sleep
        self._tls = tls or ssl.create_default_context()
        self._robots: dict[str, tuple[float, RobotRules]] = {}
        self._last_end: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Forget robots rules and delays; connections are closed after each exchange anyway."""
        self._robots.clear()
        self._last_end.clear()

    def fetch(self, asked: str | Step, portal: Portal, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """GET an address, or POST a postback's form, following redirects under the same rules. Blocks for the host's delay.

        `etag` and `last_modified` are sent with the first hop as the server once gave them; it may then answer 304. A form is
        sent without them. Raises Refused, FetchFailed, TooLarge, TooManyRedirects; each has the hops before it in `exchanges`.
        """
        step = Step(asked) if isinstance(asked, str) else asked
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified} if not step.is_post else {}
        sendable = {name: value for name, value in conditions.items() if value and _sendable(value)}
        return self._walk(step.url, portal, sendable, form=_form(step))

    def _walk(
        self,
        url: str,
        portal: Portal,
        conditions: Mapping[str, str],
        *,
        form: bytes | None = None,
        for_robots: bool = False,
    ) -> Fetched:
        hops: list[Exchange] = []
        left_s = self._limits.total_s
        try:
            for _ in range(self._limits.max_redirects + 1):
                target = admit(url, portal, self._allow_hosts)
                addresses = self._addresses(target, portal)
                delay_s = portal.delay_s if for_robots else self._mind_robots(target, portal)
                answer, spent_s = self._ask(target, addresses, delay_s, left_s, conditions, form)
                hops.append(answer.exchange)
                if answer.status not in REDIRECTS:
                    return Fetched(tuple(hops), target.url, answer.status, answer.headers, answer.body)
                url, conditions, left_s = _next_hop(target, answer), {}, left_s - spent_s
                form = form if answer.status in KEEPS_METHOD else None
            raise TooManyRedirects("redirects", url, f"{hops[0].url}: redirected more than {self._limits.max_redirects} times")
        except NotFetched as error:
            error.exchanges = (*hops, *error.exchanges)
            raise

    def _addresses(self, target: Target, portal: Portal) -> list[str]:
        """The addresses of the target, resolved once and all of them checked; wire connects to nothing else."""
        try:
            addresses = self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise FetchFailed("dns", target.url, f"{target.url}: the name {target.host} cannot be resolved: {error}") from error
        if not addresses:
            raise FetchFailed("dns", target.url, f"{target.url}: the name {target.host} has no address")
        local = is_local(target, portal)
        for address in addresses:
            why = (None if is_loopback(address) else "not loopback") if local else refusal(address)
            if why is not None:
                raise Refused("private_address", target.url, f"{target.url}: {target.host} is {address} ({why}), not fetched")
        return addresses[:MOST_ADDRESSES]

    def _mind_robots(self, target: Target, portal: Portal) -> float:
        """The delay to keep towards the target's host; Refused (robots, robots_unreachable) where it may not be fetched."""
        rules = self._rules(target, portal)
        if not rules.reachable:
            raise Refused(
                "robots_unreachable",
                target.url,
                f"{target.url}: not fetched, for robots.txt of {target.host} cannot be read ({rules.why}); try again later",
            )
        if not rules.allows(target.url):
            raise Refused("robots", target.url, f"{target.url}: robots.txt of {target.host} forbids this address")
        return max(portal.delay_s, rules.delay_s)

    def _rules(self, target: Target, portal: Portal) -> RobotRules:
        until, rules = self._robots.get(target.origin, (0.0, None))
        if rules is None or self._clock() >= until:
            rules = self._learn_rules(f"{target.origin}/robots.txt", portal)
            kept_s = ROBOTS_KEPT_S if rules.reachable else UNREACHABLE_KEPT_S
            self._robots[target.origin] = (self._clock() + kept_s, rules)
        return rules

    def _learn_rules(self, url: str, portal: Portal) -> RobotRules:
        try:
            fetched = self._walk(url, portal, {}, for_robots=True)
        except NotFetched as error:
            exchanges, rules = error.exchanges, unreachable(self._token, str(error))
        else:
            exchanges, rules = fetched.exchanges, rules_from(fetched.status, fetched.body, self._token)
        for made in exchanges:
            self._on_side_exchange(made)
        return rules

    def _ask(
        self,
        target: Target,
        addresses: list[str],
        delay_s: float,
        left_s: float,
        conditions: Mapping[str, str],
        form: bytes | None,
    ) -> tuple[Answer, float]:
        """One exchange after the host's delay, and the seconds it took."""
        self._pause(target.host, self.pace.pause_s(target.host, delay_s))
        headers = {
            "User-Agent": self._agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "vi",
            "Accept-Encoding": ACCEPTED,
            "Connection": "close",
            **conditions,
            **({} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}),
        }
        began = self._clock()
        try:
            answer = exchange(
                target, addresses, headers, form, limits=self._limits, deadline=began + left_s, clock=self._clock, tls=self._tls
            )
        except NotFetched:
            self.pace.failed(target.host, delay_s)
            raise
        finally:
            self._last_end[target.host] = self._clock()
        spent_s = self._clock() - began
        self.pace.answered(target.host, delay_s, spent_s, answer.status, answer.header("Retry-After"))
        return answer, spent_s

    def _pause(self, host: str, delay_s: float) -> None:
        last_end = self._last_end.get(host)
        if last_end is not None and (wait_s := last_end + delay_s - self._clock()) > 0:
            self._sleep(wait_s)


def _next_hop(target: Target, answer: Answer) -> str:
    location = answer.header("Location")
    if not location or not location.strip():
        raise FetchFailed("protocol", target.url, f"{target.url}: status {answer.status} without the address to go to")
    return follow(target.url, location)


def _form(step: Step) -> bytes | None:
    """The form as it is sent. Nothing but a page's own postback ever is: what a POST does to a server is not ours to guess."""
    if not step.is_post:
        return None
    if TARGET not in (names := {name for name, _ in step.fields}) or STATE not in names:
        raise Refused("form", step.url, f"{step.url}: the form is no postback of a list; only those are sent")
    if len(body := step.body) > MAX_FORM_BYTES:
        raise Refused("form", step.url, f"{step.url}: the form has {len(body)} bytes, more than {MAX_FORM_BYTES}; not sent")
    return body


def _sendable(value: str) -> bool:
    # A validator comes from a server's answer; what cannot stand in a header is left out, which costs one full answer.
    return value.isascii() and value.isprintable() and len(value) <= 1024
