"""What the sample portal publishes, read from the files under `announcements/` and from `portal.toml`.

The same records are rendered into pages and serve as ground truth for readers. How they look is `pages`' concern.

A body is written in blocks parted by an empty line: a paragraph; `## ` a heading; lines that begin with `|` a table,
a row a line; several lines that begin with `- ` a paragraph each. `[words](/path)` is a link.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")

Layout = Literal["older", "newer"]
Precision = Literal["month", "day", "minute"]
_PRECISIONS: Mapping[int, Precision] = {7: "month", 10: "day"}


@dataclass(frozen=True, slots=True)
class Run:
    """Some words of a paragraph, linked where `href` is given."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a table of a body."""

    kind: Literal["paragraph", "heading", "table"]
    runs: tuple[Run, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """The words of a paragraph or heading, without its links."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file that an announcement offers, and what is to be found in it."""

    name: str
    """Under `files/`."""
    title: str
    """The words of the link."""
    on: int
    """The announcement's id."""
    type: str
    """Content type, as the portal says it; one is wrong."""
    page: int = 1
    says: str | None = None
    """Words that stand on page `page`."""
    fails: str | None = None
    """Why it cannot be read, in one word."""
    through: str | None = None
    """An address that redirects to the file's own."""
    ticket: str | None = None
    """Where the file is handed out by a program."""

    @property
    def path(self) -> str:
        """Where the file is, without its query."""
        return "/LinkClick.aspx" if self.ticket else f"/tep-dinh-kem/{self.name}"

    @property
    def target(self) -> str:
        """Where the file is."""
        return f"{self.path}?fileticket={self.ticket}&tabid=214" if self.ticket else self.path

    @property
    def href(self) -> str:
        """Where the page's link leads."""
        return self.through or self.target

    @property
    def body(self) -> bytes:
        """Its bytes."""
        return (HERE / "files" / self.name).read_bytes()


@dataclass(frozen=True, slots=True)
class Footer:
    """The foot of a page: its lines as shown, and what each of them says."""

    lines: tuple[str, ...]
    names: tuple[str, ...]
    wording: str
    act: str
    licence_number: str
    licence_date: str
    """ISO 8601."""
    licence_authority: str
    responsible: str
    address: str
    phone: str
    fax: str
    email: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The foot of a formal document: who receives it, who signs."""

    recipients: tuple[str, ...]
    office: str
    signer: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement as its page truly says it; text is NFC whatever the page's bytes are."""

    path: str
    title: str
    summary: str | None
    blocks: tuple[Block, ...]
    byline: str | None
    published: str | None
    """ISO 8601, cut to `precision`."""
    precision: Precision | None
    shown: str | None
    """The date as the page prints it."""
    listed: date
    """Place in the lists; the published day where there is one."""
    category: str
    number: str | None
    """In its canonical form; the page may print it otherwise, see `number_shown`."""
    number_shown: str | None
    kind: str | None
    """None for news, which are no kind of document."""
    issuer: str
    layout: Layout
    footer: Footer
    encoding: str = "utf-8"
    quirks: frozenset[str] = frozenset()
    signature: Signature | None = None
    later_blocks: tuple[Block, ...] = ()
    """The body from the second request on, for a page that changes."""
    moved_from: str | None = None
    """The address that lists link to and that redirects here."""
    reprinted_from: str | None = None
    """Host of the portal that the text was really published on; None for a text written as a sample."""

    @property
    def id(self) -> int:
        """The number at the end of the address."""
        return int(self.path.rsplit("-", 1)[1].removesuffix(".html"))

    @property
    def section(self) -> str:
        """First part of the address: the list that holds this announcement."""
        return self.path.split("/")[1]

    @property
    def files(self) -> tuple[SampleFile, ...]:
        """The files it offers, in their order."""
        return tuple(file for file in sample_files() if file.on == self.id)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Paragraphs and headings of the body in order, tables left out."""
        return tuple(block.text for block in self.blocks if block.kind != "table")

    @property
    def later_paragraphs(self) -> tuple[str, ...]:
        """The same for the body that a later request gets; empty where the page does not change."""
        return tuple(block.text for block in self.later_blocks if block.kind != "table")

    @property
    def tables(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Tables of the body: rows of cells."""
        return tuple(block.rows for block in self.blocks if block.kind == "table")

    @property
    def text(self) -> str:
        """The prose of the body, paragraphs parted by one empty line."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Notice:
    """An entry of a list that leads to no announcement here: another host, a missing page, a failing one."""

    title: str
    href: str
    listed: date
    section: str
    answers: int | None
    """Status that this portal gives at `href`; None where the address is another host's."""


@dataclass(frozen=True, slots=True)
class Masthead:
    """What stands on every page: names, the clock of the header, sections."""

    name: str
    parent: str
    mark: str
    """The line that says that a text is a sample."""
    clock: str
    sections: Mapping[str, str]
    notices: tuple[Notice, ...]
    footers: Mapping[str, Footer]


@cache
def masthead() -> Masthead:
    """The portal's own particulars, from `portal.toml`."""
    data = tomllib.loads((HERE / "portal.toml").read_text(encoding="utf-8"))
    return Masthead(
        name=data["name"],
        parent=data["parent"],
        mark=data["mark"],
        clock=data["clock"],
        sections=data["sections"],
        notices=tuple(
            Notice(item["title"], item["href"], item["listed"], item["section"], item.get("answers")) for item in data["notices"]
        ),
        footers={name: _footer(footer) for name, footer in data["footers"].items()},
    )


def _footer(data: Mapping[str, Any]) -> Footer:
    lists = {key: tuple(data[key]) for key in ("lines", "names")}
    return Footer(**{**data, **lists})


@cache
def sample_files() -> tuple[SampleFile, ...]:
    """All attachments, from `files.toml`."""
    data = tomllib.loads((HERE / "files.toml").read_text(encoding="utf-8"))
    return tuple(SampleFile(**each) for each in data["file"])


@cache
def announcements() -> tuple[Announcement, ...]:
    """All announcements, newest first; announcements of one day by falling id."""
    read = [_announcement(tomllib.loads(file.read_text(encoding="utf-8"))) for file in (HERE / "announcements").glob("*.toml")]
    return tuple(sorted(read, key=lambda item: (item.listed, item.id), reverse=True))


def _announcement(data: Mapping[str, Any]) -> Announcement:
    head = masthead()
    section = data["path"].split("/")[1]
    published = data.get("published")
    signature = data.get("signature")
    return Announcement(
        path=data["path"],
        title=data["title"],
        summary=data.get("summary"),
        blocks=tuple(_blocks(data["body"])),
        byline=data.get("byline"),
        published=published,
        precision=_PRECISIONS.get(len(published), "minute") if published else None,
        shown=data.get("shown"),
        listed=data["listed"] if "listed" in data else date.fromisoformat(data["published"][:10]),
        category=head.sections[section],
        number=data.get("number"),
        number_shown=data.get("number_shown", data.get("number")),
        kind=data.get("kind"),
        issuer=data.get("issuer", head.name),
        layout=data["layout"],
        footer=head.footers[data.get("footer", "sample")],
        encoding=data.get("encoding", "utf-8"),
        quirks=frozenset(data.get("quirks", ())),
        signature=Signature(tuple(signature["recipients"]), signature["office"], signature["signer"]) if signature else None,
        later_blocks=tuple(_blocks(_corrected(data))) if "later" in data else (),
        moved_from=data.get("moved_from"),
        reprinted_from=data.get("reprinted_from"),
    )


def _corrected(data: Mapping[str, Any]) -> str:
    body: str = data["body"]
    for change in data["later"]:
        if change["old"] not in body:
            raise ValueError(f"{data['path']}: the words to correct do not stand in the body: {change['old']!r}")
        body = body.replace(change["old"], change["new"])
    return body


def _blocks(body: str) -> Iterator[Block]:
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = chunk.strip().split("\n")
        if lines[0].startswith("|"):
            yield Block("table", rows=tuple(tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines))
        elif lines[0].startswith("## "):
            yield Block("heading", runs=(Run(lines[0].removeprefix("## ").strip()),))
        elif lines[0].startswith("- "):
            yield from (Block("paragraph", runs=tuple(_runs(line.strip()))) for line in lines)
        else:
            yield Block("paragraph", runs=tuple(_runs(" ".join(line.strip() for line in lines))))


def _runs(text: str) -> Iterator[Run]:
    end = 0
    for link in _LINK.finditer(text):
        if link.start() > end:
            yield Run(text[end : link.start()])
        yield Run(link[1], link[2])
        end = link.end()
    if end < len(text):
        yield Run(text[end:])
