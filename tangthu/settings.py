"""What can be set: one frozen dataclass, read from `tangthu.toml` and from `TANGTHU_…` variables, which win."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tangthu.errors import WrongSettings

VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Settings:
    """Each setting `name` is `name` in tangthu.toml and `TANGTHU_NAME` in the environment."""

    home: Path = Path("var")
    """Folder of the archive: `warc/`, `catalog.db`, `index/`."""
    contact: str = ""
    """E-mail address or web address that the agent string gives to portals; needed to fetch from hosts beyond this machine."""
    site_url: str = "http://127.0.0.1:8080"
    """Where the web application is reached: permanent addresses begin with it."""
    sample_base_url: str = "http://127.0.0.1:8017"
    """Where the sample portal is served."""
    delay_s: float = 1.0
    """Least pause between two requests to one host, in seconds; a portal's file or robots.txt may ask for more."""
    connect_s: float = 10.0
    """Longest wait for a connection, in seconds."""
    read_s: float = 20.0
    """Longest silence of a server while it answers, in seconds."""
    total_s: float = 60.0
    """Longest time for one page with its redirects, in seconds."""
    max_wire_bytes: int = 50 << 20
    """Largest answer as it comes over the wire, in bytes."""
    max_body_bytes: int = 100 << 20
    """Largest page after decompression, in bytes."""
    max_redirects: int = 5
    """Most redirects of one page."""
    crawled: str = ""
    """Names of the portals that `crawl --all` and `watch` crawl, with commas; empty: all but the sample."""
    every_h: float = 6.0
    """How often `watch` crawls a portal whose file does not say, in hours."""
    max_found: int = 100_000
    """Most addresses that the pages of one portal may name in one crawl."""
    rotate_bytes: int = 1 << 30
    """A WARC file that has grown to this many bytes is closed and a new one begun."""
    busy_s: float = 10.0
    """Longest wait for another process that writes the catalogue or the index, in seconds."""
    portal_files: Path | None = None
    """A folder with portal files of this archive's own, beside those that come with the program; what they hold is run."""
    thesaurus: Path | None = None
    """A file of this archive's own names that mean the same, beside those that come with the program."""

    @property
    def warc(self) -> Path:
        """Folder of the WARC files."""
        return self.home / "warc"

    @property
    def catalog(self) -> Path:
        """File of the catalogue."""
        return self.home / "catalog.db"

    @property
    def index(self) -> Path:
        """Folder of the index and its generations."""
        return self.home / "index"

    @property
    def agent(self) -> str:
        """The User-Agent that portals see."""
        return f"tangthu/{VERSION} (+{self.contact})" if self.contact else f"tangthu/{VERSION}"


def load(environ: Mapping[str, str] = os.environ, folder: Path = Path()) -> Settings:
    """The settings in force: defaults, then `tangthu.toml` (or the file that TANGTHU_CONFIG names), then the environment.

    Raises WrongSettings, which names the setting, where it stands and what it may be.
    """
    named = environ.get("TANGTHU_CONFIG")
    path = Path(named) if named else folder / "tangthu.toml"
    settings = Settings()
    if named or path.exists():
        for name, value in _read(path).items():
            settings = _set(settings, name, value, f"{path}")
    for name in (field.name for field in fields(Settings)):
        variable = f"TANGTHU_{name.upper()}"
        if environ.get(variable):
            settings = _set(settings, name, environ[variable], variable)
    return settings


def is_web_address(text: str) -> bool:
    """Whether `text` is an http or https address with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongSettings(f"{path}: {error.strerror}; TANGTHU_CONFIG must name a file that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{path}: not TOML ({error})") from error


def _set(settings: Settings, name: str, value: object, where: str) -> Settings:
    known = {field.name: field.type for field in fields(Settings)}
    if name not in known:
        raise WrongSettings(f"{where}: no setting is called {name!r}; there are: {', '.join(sorted(known))}")
    kind = str(known[name])
    try:
        settings = replace(settings, **{name: _converted(value, kind)})
    except (TypeError, ValueError) as error:
        raise WrongSettings(f"{where}: {name} = {value!r} is not {_KIND_WORDS[kind]}") from error
    if name.endswith("_url") and not is_web_address(getattr(settings, name)):
        raise WrongSettings(f"{where}: {name} = {value!r} must begin with http:// or https:// and name a host")
    if name == "contact" and not (settings.contact.isascii() and settings.contact.isprintable()):
        raise WrongSettings(f"{where}: contact = {value!r} must be one line of ASCII: an e-mail or web address")
    return settings


_KIND_WORDS = {
    "Path": "a path",
    "Path | None": "a path",
    "str": "a text",
    "float": "a number of 0 or more",
    "int": "a whole number of 0 or more",
}


def _converted(value: object, kind: str) -> Any:
    if kind in ("Path", "Path | None", "str"):
        if not isinstance(value, str) or not value.strip():
            raise ValueError(value)
        return value.strip().rstrip("/") if kind == "str" else Path(value).expanduser()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(value)
    number = int(value) if kind == "int" else float(value)
    if number < 0 or not math.isfinite(number) or (isinstance(value, float) and kind == "int"):
        raise ValueError(value)
    return number
