"""Where a piece of a page's script leads: the address that it opens, or the ASP.NET control that it uses. Nothing is run."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRING = r"""(?:'((?:[^'\\]|\\.){0,4000})'|"((?:[^"\\]|\\.){0,4000})")"""
_POSTBACK = re.compile(
    rf"(?:__doPostBack|WebForm_DoPostBackWithOptions)\s*\(\s*(?:new\s+WebForm_PostBackOptions\s*\(\s*)?{_STRING}\s*,\s*{_STRING}",
    re.DOTALL,
)
_ADDRESS = re.compile(
    rf"(?:\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:assign|replace)\s*\(|\bopen\s*\()\s*{_STRING}",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
LONGEST = 16_384
"""Characters of a script that are looked at."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control of an ASP.NET page, used as a click would use it."""

    target: str
    argument: str = ""
    button: tuple[tuple[str, str], ...] = ()
    """What a submit button adds to the form; it then is no `target`."""


def control_of(script: str) -> Control | None:
    """The control that `script` posts back; None where it does nothing of the kind."""
    if "ostBack" not in script or (match := _POSTBACK.search(script[:LONGEST])) is None:
        return None
    target, argument = _either(match[1], match[2]), _either(match[3], match[4])
    return Control(target, argument) if target else None


def address_of(script: str) -> str | None:
    """The address, as it is written, that `script` opens in a window or sends the page to."""
    match = _ADDRESS.search(script[:LONGEST])
    return _either(match[1], match[2]) or None if match else None


def _either(single: str | None, double: str | None) -> str:
    return _ESCAPE.sub(_plain, single if single is not None else double or "")


def _plain(match: re.Match[str]) -> str:
    if code := match[1] or match[2]:
        character = chr(int(code, 16))
        return "" if 0xD800 <= ord(character) <= 0xDFFF else character
    return {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}.get(match[3], match[3])
