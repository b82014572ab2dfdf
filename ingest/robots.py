"""What a host's robots.txt lets us fetch (RFC 9309), and how long it wants us to wait. Pure: fetching it is the gate's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

PARSED_BYTES = 500 * 1024
"""RFC 9309 section 2.5: a crawler must read at least 500 KiB; what follows is left out."""
LONGEST_DELAY_S = 30.0
_GROUP_OF = re.compile(r"\s*user(?:-|\s*)agent(?:\s*:|\s)([^#]*)", re.IGNORECASE)
"""In all the spellings that Protego reads."""


@dataclass(frozen=True, slots=True)
class RobotRules:
    """The rules of one origin for our product token.

    `reachable` is False where the rules could not be learnt: nothing may then be fetched (RFC 9309 section 2.3.1.4).
    """

    token: str
    rules: Protego | None
    reachable: bool = True
    why: str = ""
    """Why the rules could not be learnt."""

    def allows(self, url: str) -> bool:
        """Whether `url` may be fetched; where the rules are known, robots.txt itself always may."""
        if not self.reachable:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, self.token))

    @property
    def delay_s(self) -> float:
        """The crawl delay asked for, 0.0 where none is; never more than LONGEST_DELAY_S."""
        asked = None if self.rules is None else self.rules.crawl_delay(self.token)
        return min(float(asked or 0.0), LONGEST_DELAY_S)


def product_token(agent: str) -> str:
    """The name that robots.txt knows an agent by: the first word of the agent string, without its version."""
    return (agent.partition("/")[0].split() or [""])[0]


def rules_from(status: int, body: bytes, token: str) -> RobotRules:
    """The rules that an answer to the request for robots.txt amounts to.

    2xx: what the body says. 4xx: no rules, all may be fetched; except 429, which asks us to go away for now.
    Everything else: unreachable.
    """
    if 200 <= status < 300:
        text = body[:PARSED_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
        return RobotRules(token, Protego.parse(_three_groups(text, token)))
    if 400 <= status < 500 and status != 429:
        return RobotRules(token, None)
    return unreachable(token, f"status {status}")


def unreachable(token: str, why: str) -> RobotRules:
    """The rules of an origin whose robots.txt could not be had."""
    return RobotRules(token, None, reachable=False, why=why)


def _three_groups(text: str, token: str) -> str:
    """The rules with their groups renamed to ours, `*` and one name for all others.

    Protego takes the beginning of our name for our name, which RFC 9309 section 2.2.1 does not; and it writes every
    rule into each group it stands under: 15,000 names above 25,000 rules, 500 KiB in all, would fill the memory.
    """

    lines = text.splitlines()
    for number, line in enumerate(lines):
        if match := _GROUP_OF.match(line):
            lines[number] = f"User-agent: {_group(match[1].strip(), token)}"
    return "\n".join(lines)


def _group(name: str, token: str) -> str:
    if name in ("", "*"):
        return name
    return token if product_token(name).lower() == token.lower() else "another"
