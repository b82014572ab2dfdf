"""Saved pages: a folder of them, however it was made, or one file. Each becomes a resource record of the file's own bytes.

Where a page was saved from and when is found by one rule after another, and the rule is kept with it; what no rule tells is
refused, never made up. Links are not followed, and nothing but plain files is opened.
"""

from __future__ import annotations

import mimetypes
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.codings import CodingError, TooMuch
from archive.message import decoded, split_http
from archive.message import head_of as head_of_message
from archive.origins import one_line
from archive.records import CaptureKind
from archive.warc import sha256
from ingest.errors import Refused as NotAnAddress
from ingest.imports import copies, marks, mhtml
from ingest.imports.choosing import MAX_BLOCK_BYTES, check_date, is_announcement, portal_for, reason_of
from ingest.imports.kinds import Kind, head_of, kind_of
from ingest.imports.material import UNSURE, Candidate, Item, Passed, Refused, Wanted
from ingest.keep import DOCUMENT, OTHER
from ingest.portal import portal_of
from ingest.targets import target_of

_COPIERS_FOLDERS = frozenset({"hts-cache"})
_COPIERS_FILES = frozenset({"hts-log.txt", "cookies.txt", "backblue.gif", "fade.gif"})
_PAGES = ("page", "mhtml", "http")
_MAX_LOGS = 20


@dataclass(frozen=True, slots=True)
class Given:
    """What the person who imports says of where saved pages came from."""

    url: str | None = None
    """Of a single page."""
    url_prefix: str | None = None
    """Address of the folder itself."""
    host: str | None = None
    """Host whose root the folder is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file in a folder that is a source of its own."""

    path: Path
    kind: Kind
    name: str


def _is_log(path: Path) -> bool:
    try:
        return copies.is_log(head_of(path))
    except OSError:
        return False


@dataclass(slots=True)
class Folder:
    """A folder of saved pages, or one file of it (`only`)."""

    root: Path
    given: Given
    wanted: Wanted
    only: Path | None = None
    _logs: dict[str, copies.Logged] = field(default_factory=dict)

    def items(self) -> Iterator[Item | Found]:
        """What is found, folder by folder, names in order."""
        if self.only is not None:
            yield from self._file(self.only, self.only.lstat())
            return
        self._read_logs()
        yield from self._below(self.root)

    def _read_logs(self) -> None:
        logs = 0
        with suppress(OSError):  # what cannot be read is named on the way through the folder
            for path in [Path(entry.path) for entry in os.scandir(self.root) if entry.is_file(follow_symlinks=False)]:
                if logs < _MAX_LOGS and _is_log(path):
                    self._logs |= copies.read_log(path)
                    logs += 1

    def _below(self, folder: Path, why: str = "") -> Iterator[Item | Found]:
        """The files below a folder; those of a folder that holds no pages are passed by, because of `why`."""
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as error:
            yield Refused(self._name(folder), "unreadable", error.strerror or str(error))
            return
        here = set(names)
        for name in names:
            path = folder / name
            try:
                state = path.lstat()
            except OSError as error:
                yield Refused(self._name(path), "unreadable", error.strerror or str(error))
                continue
            if stat.S_ISDIR(state.st_mode):
                yield from self._below(path, why or _no_pages(name, here))
            elif why or name in _COPIERS_FILES:
                yield Passed("", why or "copiers_file")
            elif f"{name}.orig" in here:
                yield Passed("", "links_converted")  # wget kept the page as it was received beside it
            else:
                yield from self._file(path, state)

    def _file(self, path: Path, state: os.stat_result) -> Iterator[Item | Found]:
        if not stat.S_ISREG(state.st_mode):
            yield Passed("", "symlink" if stat.S_ISLNK(state.st_mode) else "not_a_file")
            return
        try:
            kind = kind_of(head_of(path))
            if kind in ("warc", "arc", "zip"):
                yield Found(path, kind, self._name(path))
            elif kind not in _PAGES:
                yield Passed("", "empty" if kind == "empty" else _reason_by_name(path))
            elif state.st_size > MAX_BLOCK_BYTES:
                yield Passed("", "too_large")
            else:
                yield self._page(path, kind, path.read_bytes(), state)
        except OSError as error:
            yield Refused(self._name(path), "unreadable", error.strerror or str(error))

    def _page(self, path: Path, kind: Kind, body: bytes, state: os.stat_result) -> Item:
        name = self._name(path)
        if marks.is_copiers_own(body):
            return Passed("", "copiers_file")
        if kind == "http" and (item := _unusable(name, body)) is not None:
            return item
        saved = mhtml.saved_page(body) if kind == "mhtml" else None
        if kind == "mhtml" and saved is None:
            return Refused(name, "no_page", "an MHTML file that holds no page")
        url, url_from, dates = self._whence(path, body, saved)
        if url is None:
            return Refused(
                name, "no_address", "nothing tells which address it was saved from; say it with --url, --url-prefix or --host"
            )
        dates.append((marks.http_date(body[: 64 << 10]) if kind == "http" else None, "http-date"))
        dates.append((datetime.fromtimestamp(state.st_mtime, UTC), UNSURE))
        at, date_from = next((at, rule) for at, rule in dates if at is not None)
        try:
            target_of(url)
            check_date(at, self.wanted.now, f"{at:%Y-%m-%d} ({date_from})")
        except (NotAnAddress, ValueError) as error:
            return Refused(name, getattr(error, "code", "date"), str(error))
        return self._candidate(name, kind, body, url.partition("#")[0], url_from, at, date_from)

    def _candidate(
        self, name: str, kind: Kind, body: bytes, url: str, url_from: str, at: datetime, date_from: str
    ) -> Candidate | Passed:
        host = urlsplit(url).hostname or ""
        portal = portal_for(url, self.wanted)
        if portal is None:
            return Passed(host, "undeclared_host")
        announced = is_announcement(portal, url, self.wanted)
        if not announced and not self.wanted.everything:
            return Passed(host, "no_announcement")
        kept_as: CaptureKind = "response" if kind == "http" else "resource"
        types = {"http": "application/http; msgtype=response", "mhtml": mhtml.CONTENT_TYPE}
        return Candidate(
            url=url,
            at=at,
            kind=kept_as,
            block=body,
            content_type=types.get(kind, "text/html"),
            role=DOCUMENT if announced else OTHER,
            portal=portal,
            source=name,
            source_digest=sha256(body),
            url_from=url_from,
            date_from=date_from,
        )

    def _whence(
        self, path: Path, body: bytes, saved: mhtml.SavedPage | None
    ) -> tuple[str | None, str, list[tuple[datetime | None, str]]]:
        """Address, the rule that gave it, and what is known of the date, the surest first."""
        mark = marks.mark_of(saved.body if saved else body)
        logged = self._logged(path)
        dates = [
            (saved.saved_at if saved else None, "mhtml"),
            (mark.saved_at if mark else None, mark.rule if mark else ""),
            (logged.at if logged else None, "wget-log"),
        ]
        rules = [
            (self.given.url, "given"),
            (saved.url if saved else None, "mhtml"),
            (mark.url if mark else None, mark.rule if mark else ""),
            (logged.url if logged else None, "wget-log"),
            *((url, rule) for rule, url in marks.own_addresses(saved.body if saved else body) if self._is_ours(url)),
            (self._given(path), "given"),
            (copies.address_by_folders(self._parts(path, self.root.name), self.wanted.portals), "folders"),
        ]
        url, rule = next(((url, rule) for url, rule in rules if url and url.startswith(("http://", "https://"))), (None, ""))
        return url, rule, dates

    def _is_ours(self, url: str) -> bool:
        """A page's own word counts on a declared portal's host alone: elsewhere templates give one address to all pages."""
        try:
            host = urlsplit(url).hostname
        except ValueError:
            return False
        return portal_of(self.wanted.portals, url) is not None and self.given.host in (None, host)

    def _given(self, path: Path) -> str | None:
        prefix = self.given.url_prefix or (f"http://{self.given.host}/" if self.given.host else None)
        if prefix is None:
            return None
        return copies.address_under(prefix if prefix.endswith("/") else prefix + "/", self._parts(path))

    def _logged(self, path: Path) -> copies.Logged | None:
        within = unicodedata.normalize("NFC", path.relative_to(self.root).as_posix()).removesuffix(".orig")
        return self._logs.get(within) or self._logs.get(f"{self.root.name}/{within}") or self._logs.get(f"./{within}")

    def _parts(self, path: Path, *before: str) -> list[bytes]:
        *folders, name = path.relative_to(self.root).parts
        return [os.fsencode(part) for part in (*before, *folders, name.removesuffix(".orig"))]

    def _name(self, path: Path) -> str:
        """As provenance and messages name it: composed; names in an old encoding read as Vietnamese ones."""
        raw = os.fsencode(Path(self.root.name, path.relative_to(self.root)))
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("cp1258", errors="replace")
        return one_line(unicodedata.normalize("NFC", text))


def _unusable(name: str, message: bytes) -> Item | None:
    """Why a kept HTTP message is not taken; None: it is."""
    head, body = split_http(message)
    status, headers = head_of_message(head)
    if status != 200:
        return Passed("", f"status_{status}" if status else "no_status")
    try:
        decoded(body, headers)
    except (CodingError, TooMuch) as error:
        return Refused(name, "coding", str(error))
    return None


def _no_pages(name: str, beside: set[str]) -> str:
    """Why a folder holds no pages of its own; empty: it may."""
    if name in _COPIERS_FOLDERS:
        return "copiers_file"
    if name.endswith("_files") and {f"{name[:-6]}.html", f"{name[:-6]}.htm"} & beside:
        return "part_of_a_saved_page"
    return ""


def _reason_by_name(path: Path) -> str:
    guessed, _ = mimetypes.guess_type(path.name)
    return reason_of(guessed or "")
