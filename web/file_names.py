"""Names that files bring along, as they may be shown and as they may be given to whoever saves a file."""

from __future__ import annotations

import re
import unicodedata

from web.asking import plain

LONGEST_NAME = 200
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_D = {0x110: "D", 0x111: "d"}
_UNFIT = re.compile(r"[\\/:*?\"<>|]+")


def shown_name(name: str) -> str:
    """The name of a file, a sheet or a member as it may be shown: one line, without signs that turn the reading around."""
    clean = plain(_BIDI.sub("", name))
    return clean if len(clean) <= LONGEST_NAME else f"{clean[: LONGEST_NAME - 1]}…"


def download_name(name: str, extension: str) -> str:
    """A file name for whoever saves it: no path, no control character, ending as its format does."""
    stem = _UNFIT.sub("-", shown_name(name)).strip(" .-") or "tep"
    if not extension or stem.lower().endswith(f".{extension}"):
        return stem
    return f"{stem[:150]}.{extension}"


def ascii_name(name: str) -> str:
    """The same for programs that know no other letters."""
    letters = unicodedata.normalize("NFD", name.translate(_D))
    return "".join(char for char in letters if char.isascii() and char.isprintable()) or "tep"
