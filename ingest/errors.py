"""Errors of ingest.

IngestError                 has `code`, one short stable word, and `url`
├── NotFetched              the gate brought nothing back; has `exchanges`, those that were complete by then
│   ├── Refused             the gate would not go: scheme, url, credentials, host, port, private_address,
│   │                       form, robots, robots_unreachable
│   ├── FetchFailed         it went and failed: dns, connect, tls, timeout, protocol, truncated, coding
│   ├── TooLarge            the answer is more than we take: too_large, bomb
│   └── TooManyRedirects    redirects
├── NotReadable             the bytes are kept, but no document can be read from them: not_html, empty, script_only, no_title,
│   │                       soft_404, error_page, login, challenge, list, reader_failed
│   └── LeadsElsewhere      the page is only a way to others: refresh, frameset; has `targets`
├── FileUnreadable          a file's bytes give no pages: empty, encrypted, damaged, unsupported, too_large,
│                           too_many_pages, timeout, memory, crashed, no_text, no_ocr
├── BadRow                  a row of an import that is no record; has `row`
└── PortalFileWrong         a portal's file does not say what a portal is; has `path`
"""

from __future__ import annotations

from pathlib import Path

from archive.records import Exchange


class IngestError(Exception):
    """Base of all errors of ingest. `code` is for programs and counts, the message for people."""

    def __init__(self, code: str, url: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.url = url


class NotFetched(IngestError):
    """An address that the gate brought no answer for.

    `url` is the address that failed, which after a redirect is not the one that was asked for;
    `exchanges` are the hops before it (and the last one, where it arrived whole): they are worth keeping.
    """

    def __init__(self, code: str, url: str, message: str, exchanges: tuple[Exchange, ...] = ()) -> None:
        super().__init__(code, url, message)
        self.exchanges = exchanges


class Refused(NotFetched):
    """The rules of the gate forbid this address; no request for it was sent."""


class FetchFailed(NotFetched):
    """The address may be fetched, but no whole and correct answer came."""


class TooLarge(NotFetched):
    """The answer passes a limit, on the wire (`too_large`) or once unpacked (`too_large`, `bomb`)."""


class TooManyRedirects(NotFetched):
    """The portal sends us on and on, or in a circle."""


class NotReadable(IngestError):
    """The page arrived and is kept, but holds no announcement that could be read."""


class LeadsElsewhere(NotReadable):
    """A page that holds nothing but the way to others, whose absolute addresses are `targets`."""

    def __init__(self, code: str, url: str, targets: tuple[str, ...], message: str) -> None:
        super().__init__(code, url, message)
        self.targets = targets

    @property
    def target(self) -> str | None:
        """The first of `targets`; that of a refresh is the only one."""
        return next(iter(self.targets), None)


class FileUnreadable(IngestError):
    """A file that no page can be read from. `url` is empty: what is read has no address, only bytes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, "", message)


class BadRow(IngestError):
    """A row of an import that cannot become a document; `row` is its number, counted from 1."""

    def __init__(self, code: str, url: str, message: str, row: int) -> None:
        super().__init__(code, url, message)
        self.row = row


class PortalFileWrong(IngestError):
    """A portal's file that declares no portal; `path` is the file."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__("portal_file", path.as_uri() if path.is_absolute() else str(path), f"{path}: {why}; mend the file")
        self.path = path
