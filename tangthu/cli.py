"""The `tangthu` command. Each command says what to do and hands it on; nothing heavy is imported before it is needed."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from click.exceptions import NoArgsIsHelpError

from tangthu.errors import ALL_WELL, MENDABLE, SOME_FAILED, WRONG_USE, exit_code
from tangthu.settings import VERSION, load

R = TypeVar("R")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value on stdout and nothing else.")


class Commands(click.Group):
    """The group of all commands; turns whatever a person can mend into one line and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; leaves with an exit code."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a terminal that has no Vietnamese gets escapes, not a crash
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except NoArgsIsHelpError as error:  # a group without its command: the help is the answer, as it is laid out
            error.show()
            sys.exit(WRONG_USE)
        except click.UsageError as error:
            about = f"{error.ctx.command_path} --help" if error.ctx else "tangthu --help"
            _leave(f"{error.format_message()} (see `{about}`)", WRONG_USE)
        except click.ClickException as error:
            _leave(error.format_message(), WRONG_USE)
        except (click.Abort, KeyboardInterrupt):
            _leave("stopped; what was fetched is kept, and the next command goes on from there", SOME_FAILED)
        except BrokenPipeError:
            # The reader of our output left (`| head`); what is still buffered has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(ALL_WELL)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _leave(f"{where}{error.strerror or error}; {_CURES.get(error.errno or 0, _CURE)}", SOME_FAILED)
        except MENDABLE as error:
            _leave(str(error), exit_code(error))
        sys.exit(code if isinstance(code, int) else ALL_WELL)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a person meets them."""
        return list(self.commands)


_CURE = "mend that and run the command again: what was fetched before is kept"
_CURES = {
    errno.ENOSPC: "free some space and run the command again: what was fetched before is kept",
    errno.EACCES: "give this user the right to use it, or name another folder with TANGTHU_HOME",
    errno.EROFS: "it can only be read: name a folder that can be written with TANGTHU_HOME",
    errno.EEXIST: "there should be a folder: move the file away",
    errno.ENOTDIR: "there should be a folder: move the file away",
}


def _leave(message: str, code: int) -> NoReturn:
    click.echo(f"tangthu: {' '.join(message.split())}", err=True)
    sys.exit(code)


def with_house(function: Callable[..., R]) -> Callable[..., R]:
    """Hand the command a House built from the settings in force."""

    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> R:
        import logging

        from tangthu.house import House

        logging.basicConfig(format="tangthu: %(message)s", level=logging.WARNING)
        with suppress(ValueError):  # in a thread, signals are another's business
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a service, as tidy as by Ctrl-C
        return function(House(load()), *args, **kwargs)

    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="tangthu")
def main() -> None:
    """Keep, read, search and cite what Vietnamese state portals publish.

    \b
    Begin with the sample portal:
      tangthu sample-portal &             a small portal on this machine
      tangthu crawl sample                fetch, keep, read and index it
      tangthu search "dự toán ngân sách"  find something, with or without accents
      tangthu cite ID                     a citation with the portal's attribution
      tangthu serve                       the same in a browser

    The archive stands in ./var; TANGTHU_HOME, or `home` in tangthu.toml, names another folder.

    \b
    Exit codes: 0 all well · 1 some items failed · 2 wrong use or settings · 3 the archive is damaged
    """


@main.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option(
    "--allow-host", "allow_hosts", multiple=True, metavar="HOST", help="Also fetch from this host, which no portal file declares."
)
@json_option
@with_house
def ingest(house: Any, urls: tuple[str, ...], allow_hosts: tuple[str, ...], as_json: bool) -> None:
    """Fetch, keep, read and index the pages at these addresses."""
    from tangthu import bring_in

    bring_in.ingest(house, urls, frozenset(allow_hosts), as_json)


@main.command()
@click.argument("portals", nargs=-1, metavar="[PORTAL...]")
@click.option("--all", "everything", is_flag=True, help="All portals of the settings, else all but those on this machine.")
@click.option("--limit", type=click.IntRange(min=0), help="Fetch at most this many announcements of each portal.")
@click.option("--full", is_flag=True, help="Also ask again for what is here: finds changes and removals.")
@click.option("--base-url", help="Where the portal is served, if not where its file says.")
@click.option("--dry-run", is_flag=True, help="Say what would be fetched and why: lists are read, announcements are not.")
@click.option("--offline", is_flag=True, help="With --dry-run: read no list either, say what waits.")
@json_option
@with_house
def crawl(
    house: Any, portals: tuple[str, ...], as_json: bool, dry_run: bool, offline: bool, everything: bool, **order: Any
) -> None:
    """Walk the lists, feeds and sitemaps of each PORTAL (its name or host) and ingest what is new.

    Several portals are crawled at once, but never two on one host. A crawl that was stopped or killed is taken up where it stood.
    """
    from tangthu import crawling

    asked = crawling.Order(**order)
    if offline and not dry_run:
        raise click.UsageError("--offline goes with --dry-run")
    if dry_run:
        crawling.dry_run(house, portals, asked, everything=everything, offline=offline, as_json=as_json)
    else:
        crawling.crawl(house, portals, asked, everything=everything, as_json=as_json)


@main.command()
@click.argument("portals", nargs=-1, metavar="[PORTAL...]")
@click.option("--once", is_flag=True, help="Crawl those whose time has come, then end: for a timer of the system.")
@json_option
@with_house
def watch(house: Any, portals: tuple[str, ...], once: bool, as_json: bool) -> None:
    """Crawl each PORTAL again and again (none named: those that `crawl --all` takes), until Ctrl-C or SIGTERM.

    A portal's file says how often, else the setting `every_h`; one that fails waits longer each time. With --json each crawl is
    one line of JSON; with --once all are one list.
    """
    from tangthu import watching

    watching.watch(house, portals, once=once, as_json=as_json)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", required=True, help="The address that the page was saved from.")
@json_option
@with_house
def parse(house: Any, file: Path, url: str, as_json: bool) -> None:
    """Read a saved page and show what was read; nothing is stored."""
    from tangthu import bring_in

    bring_in.parse(house, file, url, as_json)


@main.group(context_settings={"help_option_names": ["-h", "--help"]})
def portal() -> None:
    """Portals: which are known, a file for a new one, what a file makes of saved pages."""


@portal.command("list")
@json_option
@with_house
def portal_list(house: Any, as_json: bool) -> None:
    """Name the portals that have a file, those of this archive's own folder (the setting `portal_files`) first."""
    from tangthu import portals

    portals.registered(house, as_json)


_PAGES = click.Path(exists=True, dir_okay=False, path_type=Path)


@portal.command("new")
@click.argument("host")
@click.option("--title", help="The body's name in full, as it writes it itself.")
@click.option("--page", "pages", type=_PAGES, multiple=True, help="A saved page (home page or list) to learn from; repeatable.")
@click.option("--look/--no-look", default=True, show_default=True, help="Fetch the home page and learn from it.")
@json_option
@with_house
def portal_new(house: Any, host: str, title: str | None, pages: tuple[Path, ...], look: bool, as_json: bool) -> None:
    """Make the file of a new portal at HOST: its name, lists, feeds and form of addresses, as far as its pages tell.

    It goes into the folder that the setting `portal_files` names, else among those that come with the program.
    """
    from tangthu import portals

    portals.new(house, host, title, pages, look, as_json)


@portal.command("try")
@click.argument("host")
@click.argument("files", nargs=-1, required=True, type=_PAGES, metavar="FILE...")
@click.option("--url", help="The address that FILE was saved from.")
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), help="Also write an HTML file with both side by side.")
@click.option("--every-line", is_flag=True, help="Show every line of the page, not only the ends of long runs.")
@json_option
@with_house
def portal_try(
    house: Any, host: str, files: tuple[Path, ...], url: str | None, page: Path | None, every_line: bool, as_json: bool
) -> None:
    """Read saved pages as the portal HOST (or a portal's file, NAME.py) would, and show it beside the page. Nothing is kept."""
    from tangthu import portals

    portals.try_(house, host, files, url, page, every_line, as_json)


def _portal_name(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,99}", value):
        raise click.BadParameter("a portal's name has small letters, digits, dots and hyphens", ctx, option)
    return value


@main.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option(
    "--portal",
    metavar="NAME",
    help="Portal of rows that name none [import], and of hosts no portal declares.",
    callback=_portal_name,
)
@click.option(
    "--all", "everything", is_flag=True, help="Also keep what is no announcement (images, lists, errors), without documents."
)
@click.option("--declared-only", is_flag=True, help="Pass by the hosts that no portal declares.")
@click.option("--url", help="Address of the one saved page that is imported.")
@click.option("--url-prefix", metavar="URL", help="Address of a folder of saved pages.")
@click.option("--host", help="Host whose root a folder of saved pages is.")
@click.option("--dry-run", is_flag=True, help="Say what would come in; keep nothing.")
@json_option
@with_house
def import_(house: Any, paths: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Take in what was kept before: WARC, ARC and WACZ files, saved pages and folders of them, or rows of another system.

    What a file is, its content tells (docs/importing.md). Captures keep their own dates; what is here already is skipped and
    counted. Rows (.jsonl, .csv) have the columns id, url, title, text, published, category, author, portal.
    """
    from tangthu import importing

    importing.bring_in(house, paths, importing.Asked(**options), as_json)


_FILTERS = "portal, category, kind, issuer, year or month; may be repeated."


# A query may begin with the sign that excludes a word.
@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]), default="relevance", show_default=True)
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help=_FILTERS)
@click.option("--explain", is_flag=True, help="Show what gave each hit its score.")
@click.option("--verbatim", is_flag=True, help="Look for nothing but what is typed: no rescue of typing, no other names.")
@click.option("--after", metavar="CURSOR", help="The page after the one whose --json gave this as `next`.")
@json_option
@with_house
def search(house: Any, query: str, filters: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Find documents: words with or without accents, "a phrase", a document number, fields, dates (docs/search.md)."""
    from tangthu import look_up

    look_up.search(house, look_up.request(query, filters, **options), as_json)


@main.command()
@click.argument("id")
@json_option
@with_house
def show(house: Any, id: str, as_json: bool) -> None:
    """Show the record of document ID: what was read, from where, how surely."""
    from tangthu import look_up

    look_up.show(house, id, as_json)


_LIMIT = click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)


@main.command()
@click.argument("id")
@_LIMIT
@json_option
@with_house
def similar(house: Any, id: str, limit: int, as_json: bool) -> None:
    """Find documents about the same as document ID, nearest first."""
    from tangthu import look_up

    look_up.similar(house, id, limit, as_json)


@main.command()
@click.argument("id")
@_LIMIT
@json_option
@with_house
def references(house: Any, id: str, limit: int, as_json: bool) -> None:
    """Say which documents ID names by number, and which ones name ID."""
    from tangthu import look_up

    look_up.references(house, id, limit, as_json)


@main.command()
@click.argument("id")
@click.option("--format", "format", default="vi", show_default=True, help="vi, iso690 or apa.")
@click.option("--version", "number", type=click.IntRange(1, 1_000_000), help="Cite this version, not the newest.")
@json_option
@with_house
def cite(house: Any, id: str, format: str, number: int | None, as_json: bool) -> None:
    """Cite document ID, with the attribution that its portal demands."""
    from tangthu import look_up

    look_up.cite(house, id, format, number, as_json)


@main.command()
@json_option
@with_house
def status(house: Any, as_json: bool) -> None:
    """Say what is here and how it fares.

    By portal: documents, captures, the last crawl, what failed and why, what waits, how well each field is read, with an alarm
    where the last crawl missed what was usual. And how far the index is.
    """
    from tangthu import overview

    overview.status(house, as_json)


@main.command()
@json_option
@with_house
def duplicates(house: Any, as_json: bool) -> None:
    """List documents with the same content, in groups, the first publisher first.

    Same are texts that differ in little: a paragraph, accents, some words. Two announcements of one form, whose numbers, dates or
    amounts differ, are not the same.
    """
    from tangthu import overview

    overview.duplicates(house, as_json)


@main.command()
@click.argument("portal", required=False)
@click.option("--dry-run", is_flag=True, help="Only say what would be read otherwise.")
@json_option
@with_house
def reparse(house: Any, portal: str | None, dry_run: bool, as_json: bool) -> None:
    """Read every kept page again, of PORTAL or of all, with today's readers.

    Says field by field what is read otherwise. What is, becomes a new version of the reading; the capture stays as it is. Exits
    with 1 when pages cannot be read any more (they keep the reading that they have), with 3 when kept bytes are damaged.
    """
    from tangthu import rereading

    rereading.reparse(house, portal, dry_run, as_json)


@main.command()
@json_option
@with_house
def verify(house: Any, as_json: bool) -> None:
    """Read every kept record again and check every digest."""
    from tangthu import upkeep

    upkeep.verify(house, as_json)


@main.command()
@click.option("--portal", help="Of this portal alone.")
@click.option(
    "--kind",
    type=click.Choice(["reuse_found", "reuse_changed", "reuse_gone"]),
    help="Of this kind alone: terms found, changed, gone.",
)
@click.option("--after", type=click.IntRange(min=0), default=0, help="Begin behind the event of this number.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most this many, oldest first.")
@click.option("--verify", is_flag=True, help="Check the digest of every event instead. Exits with 3 where one does not hold.")
@json_option
@with_house
def events(house: Any, portal: str | None, kind: str | None, after: int, limit: int, verify: bool, as_json: bool) -> None:
    """Say what happened to the portals that are kept: above all, when what they demand of whoever republishes changed."""
    from tangthu import events as log

    if verify and (portal or kind or after):
        raise click.UsageError("--verify checks the whole log: it goes without --portal, --kind and --after")
    if verify:
        log.verify(house, as_json)
    else:
        log.events(house, portal, kind, after, limit, as_json)


@main.command()
@json_option
@with_house
def rebuild(house: Any, as_json: bool) -> None:
    """Make catalogue and index again from the WARC files alone."""
    from tangthu import upkeep

    upkeep.rebuild(house, as_json)


@main.group(context_settings={"help_option_names": ["-h", "--help"]})
def index() -> None:
    """Look after the index: its state, whether it holds what the catalogue has, a new one."""


@index.command("status")
@json_option
@with_house
def index_status(house: Any, as_json: bool) -> None:
    """Say which generation answers, how far it is behind, and what lies on the disk. Exits with 3 when it is damaged."""
    from tangthu import indexing

    indexing.status(house, as_json)


@index.command("check")
@click.option("--repair", is_flag=True, help="Index what is missing or stale again, and drop what is extra.")
@json_option
@with_house
def index_check(house: Any, repair: bool, as_json: bool) -> None:
    """Compare the index with the catalogue and read all its files.

    Names what is missing, stale or extra. Exits with 1 when something differs, with 3 when files are damaged.
    """
    from tangthu import indexing

    indexing.check(house, repair, as_json)


@index.command("rebuild")
@json_option
@with_house
def index_rebuild(house: Any, as_json: bool) -> None:
    """Make the index again from the catalogue, beside the old one, check it, and swap it in."""
    from tangthu import indexing

    indexing.rebuild(house, as_json)


@main.command()
@json_option
@with_house
def reindex(house: Any, as_json: bool) -> None:
    """The same as `index rebuild`."""
    from tangthu import indexing

    indexing.rebuild(house, as_json)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that answer.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web application."""
    from tangthu import serving

    serving.serve(host, port, workers)


@main.command("sample-portal")
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True, help="0 takes a free one.")
def sample_portal(port: int) -> None:
    """Serve the sample portal on this machine's loopback."""
    from samples import SamplePortal

    try:
        portal = SamplePortal(port)
    except OSError as error:
        click.echo(f"tangthu: port {port} cannot be used: {error.strerror}; choose another with --port", err=True)
        sys.exit(WRONG_USE)
    click.echo(f"sample portal at {portal.base_url}/ (Ctrl-C ends it)", err=True)
    with suppress(KeyboardInterrupt):
        portal.run()


if __name__ == "__main__":
    main()
