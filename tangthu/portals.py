"""Commands around the portals: which are registered, a file for a new one, what a file makes of saved pages."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import ingest.portals
from ingest.errors import IngestError
from ingest.keep import LIST
from ingest.portal import Portal, portal_of
from ingest.portal_file import Survey, plain_portal, source, survey
from ingest.portals import load_file
from ingest.step import Step
from ingest.targets import target_of
from ingest.trial import Line, Trial, trial
from tangthu.errors import SOME_FAILED, WrongUse
from tangthu.house import House, warn
from tangthu.printing import printable, say, say_json, table
from tangthu.settings import is_web_address
from tangthu.side_by_side import side_by_side

_MAX_SAVED_PAGE = 100 << 20
_UNTAKEN_SHOWN = 2


def registered(house: House, as_json: bool) -> None:
    """`tangthu portal list`."""
    folder = house.settings.portal_files
    if folder is not None and not folder.is_dir():
        warn(f"{folder}: no such folder; the setting portal_files names it, so no portal file of your own is read")
    if as_json:
        say_json([{"name": each.name, "title": each.title, "hosts": [each.host, *each.aliases]} for each in house.portals])
    else:
        table(
            ((each.name, each.title, ", ".join((each.host, *each.aliases))) for each in house.portals), ("name", "title", "hosts")
        )


def new(house: House, host: str, title: str | None, pages: Sequence[Path], look: bool, as_json: bool) -> None:
    """`tangthu portal new`."""
    base_url = host if "://" in host else f"https://{host}"
    if not _is_site(base_url):
        raise WrongUse(f"{host!r} is no host; give a name such as stc.example.gov.vn, or http://HOST:PORT")
    portal = plain_portal(base_url)
    if (known := portal_of(house.portals, base_url)) is not None and not portal.local:
        raise WrongUse(f"{portal.host} belongs to the portal {known.name} already; edit its file")
    path = _folder(house) / f"{_module_name(portal)}.py"
    if path.exists():
        raise WrongUse(f"{path} is there already; edit it, or remove it first")
    found = survey([*_saved(pages, portal), *(_looked_at(house, portal) if look else ())], portal)
    if title:
        found = Survey(title, found.lists, found.feeds, found.sitemaps, found.articles, found.identity)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source(portal, found, datetime.now(UTC).date()), encoding="utf-8")
    if as_json:
        say_json({"file": str(path), "found": found})
        return
    say(f"{path}: {found.title or portal.host}")
    say(f"  {len(found.lists)} lists, {len(found.feeds)} feeds, {len(found.articles)} announcements seen")
    say(f"next: save some announcements of it and run `tangthu portal try {portal.host} FILE...`")


def _is_site(base_url: str) -> bool:
    try:
        target_of(base_url)
    except IngestError:
        return False
    parts = urlsplit(base_url)
    bare = not (parts.path.strip("/") or parts.query)
    return bare and re.fullmatch(r"[\w.:\[\]-]+", parts.netloc) is not None


def _folder(house: House) -> Path:
    return house.settings.portal_files or Path(ingest.portals.__file__).parent


def _module_name(portal: Portal) -> str:
    """A name that Python can import: the host without what all hosts have."""
    bare = portal.name.removesuffix(".vn").removesuffix(".gov")
    name = "".join(character if character.isalnum() else "_" for character in bare)
    return f"p_{name}" if name[:1].isdigit() else name


def _saved(pages: Sequence[Path], portal: Portal) -> Iterator[tuple[bytes, str, str | None]]:
    for path in pages:
        yield _page(path), portal.base_url + "/", None


def _page(path: Path) -> bytes:
    if path.stat().st_size > _MAX_SAVED_PAGE:
        raise WrongUse(f"{path}: larger than {_MAX_SAVED_PAGE >> 20} MiB; no portal's page is")
    return path.read_bytes()


def _looked_at(house: House, portal: Portal) -> Iterator[tuple[bytes, str, str | None]]:
    """The home page of `portal`, fetched through the gate and kept as any page is."""
    if not house.settings.contact and not portal.local:
        warn("no contact is set: portals cannot tell whom to ask; set TANGTHU_CONTACT to your e-mail address")
    with house.workshop(frozenset((portal.host,))) as shop:
        looked = shop.ingester.listing(Step(portal.base_url + "/"), portal, LIST)
    fetched, outcome = looked.page, looked.outcome
    if fetched is None or fetched.status != 200:
        raise WrongUse(
            f"the home page cannot be had ({outcome.error or (fetched and fetched.status)}); try --no-look, or --page FILE"
        )
    yield fetched.body, fetched.url, fetched.header("content-type")


def try_(house: House, host: str, files: Sequence[Path], url: str | None, page: Path | None, every: bool, as_json: bool) -> None:
    """`tangthu portal try`."""
    portal = _portal(house, host)
    if url and (len(files) > 1 or not is_web_address(url)):
        raise WrongUse("--url takes the web address of one file; leave it out for several")
    trials = [(path, trial(_page(path), url or _address(path, portal), portal)) for path in files]
    if page is not None:
        page.write_text(side_by_side([(path, _page(path), each) for path, each in trials]), encoding="utf-8")
    if as_json:
        say_json([_as_json(path, each) for path, each in trials])
    else:
        for path, each in trials:
            _print(path, each, every)
        if page is not None:
            say(f"side by side: {page}")
    if any(each.error for _, each in trials):
        sys.exit(SOME_FAILED)


def _portal(house: House, host: str) -> Portal:
    if host.endswith(".py"):
        return load_file(Path(host))
    found = next((each for each in house.portals if host.lower() in (each.name, each.host, *each.aliases)), None)
    if found is None:
        raise WrongUse(f"no portal is called {host!r}; `tangthu portal new {host}` makes a file for it")
    return found


def _address(path: Path, portal: Portal) -> str:
    return f"{portal.base_url}/{path.name}"


def _as_json(path: Path, each: Trial) -> dict[str, object]:
    fields = [{"name": o.name, "value": value, "origin": o.origin, "confidence": o.confidence} for o, value in each.values()]
    return {
        "file": str(path),
        "url": each.url,
        "platform": each.reading.platform if each.reading else None,
        "error": {"code": each.error.code, "message": str(each.error)} if each.error else None,
        "fields": fields,
        "lines": each.lines,
    }


def _print(path: Path, each: Trial, every: bool) -> None:
    say(f"{path}  ({each.url})")
    if each.error is not None:
        say(f"  not readable, {each.error.code}: {each.error}")
    if each.reading is not None:
        say(f"  read by {each.reading.platform}")
    for origin, value in each.values():
        say(f"  {origin.name:<14} {origin.confidence:.2f}  {origin.origin:<44.44}  {value[:120]}")
    width = max(40, shutil.get_terminal_size((120, 24)).columns - 34)
    say(f"\n  {'the page, line by line':<{width}}  read as")
    for line in _shortened(each.lines, every):
        say(f"  {_cut(line.text, width):<{width}}  {', '.join(line.fields) or '-'}")
    say()


def _shortened(lines: Sequence[Line], every: bool) -> Iterator[Line]:
    """`lines`, of a long run in the same field (or in none) its ends only, unless `every` one is wanted."""
    run: list[Line] = []
    for line in (*lines, None):
        if line is not None and (not run or line.fields == run[-1].fields):
            run.append(line)
            continue
        hidden = len(run) - 2 * _UNTAKEN_SHOWN
        if every or hidden < 2:
            yield from run
        else:
            yield from run[:_UNTAKEN_SHOWN]
            yield Line(f"… {hidden} more lines", run[0].fields)
            yield from run[-_UNTAKEN_SHOWN:]
        run = [line] if line is not None else []


def _cut(text: str, width: int) -> str:
    text = printable(text)
    return text if len(text) <= width else text[: width - 1] + "…"
