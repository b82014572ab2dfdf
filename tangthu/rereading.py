"""`tangthu reparse`: every kept page read again, what is read otherwise reported and, unless it is only tried, put into force."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from time import monotonic

from archive.rates import Fared
from archive.rereading import Rereading
from ingest.reread import Compared, Progress, Source, read_again
from ingest.shifts import KINDS, Shift
from tangthu.errors import ARCHIVE_DAMAGED, SOME_FAILED, WrongUse
from tangthu.house import House
from tangthu.printing import Progress as Shown
from tangthu.printing import say, say_json, table

_EXAMPLES, _SHOWN_EXAMPLES, _SHOWN = 10, 2, 20


@dataclass(slots=True)
class Report:
    """What a re-reading came to; examples are few, all else is whole."""

    counts: Counter[str] = field(default_factory=Counter)
    shifts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: dict[tuple[str, str], list[tuple[str, Shift]]] = field(default_factory=lambda: defaultdict(list))
    differing: dict[str, list[str]] = field(default_factory=dict)
    """Fields by document."""
    named: dict[str, list[Compared]] = field(default_factory=lambda: defaultdict(list))
    """What can be read now, cannot any more, or is damaged."""

    def see(self, compared: Compared) -> None:
        """Count one page."""
        self.counts[compared.verdict] += 1
        document = compared.document_id or ""
        if compared.verdict not in ("same", "differs"):
            self.named[compared.verdict].append(replace(compared, made=None))
        if compared.shifts:
            self.differing[document] = sorted({shift.field for shift in compared.shifts})
        for shift in compared.shifts:
            key = (compared.portal, shift.field)
            self.shifts[key][shift.kind] += 1
            if sum(1 for _, each in self.examples[key] if each.kind == shift.kind) < _EXAMPLES:
                self.examples[key].append((document, shift))

    def fields(self) -> list[tuple[str, str]]:
        """Portals and fields, those of a portal that shift most first."""
        return sorted(self.shifts, key=lambda key: (key[0], -sum(self.shifts[key].values()), key[1]))


def reparse(house: House, portal: str | None, dry_run: bool, as_json: bool) -> None:
    """`tangthu reparse`."""
    name = _known(house, portal) if portal else None
    if not dry_run:
        with house.workshop(alone=True):  # catalogues what a crash left, so that it is read again too
            pass
    report, started = Report(), monotonic()
    shown = Shown("pages")

    def put(batch: Sequence[Rereading], fared: Sequence[Fared]) -> list[bool]:
        with house.workshop(alone=True) as shop:
            return shop.keeper.reread(batch, fared)

    with nullcontext() if dry_run else house.standing():
        applied, outdated = read_again(
            Source(house.settings.warc, house.settings.catalog, house.portals),
            house.catalog,
            portal=name,
            put=None if dry_run else put,
            seen=report.see,
            progress=lambda progress: shown(progress.done, _how_far(progress, monotonic() - started)),
        )
    shown.done()
    if not dry_run:
        house.index_what_came_in()
    seconds = monotonic() - started
    if as_json:
        say_json(_json(report, dry_run, applied, outdated, seconds))
    else:
        _say(report, dry_run, applied, outdated, seconds)
    if report.counts["damaged"]:
        sys.exit(ARCHIVE_DAMAGED)
    if report.counts["unreadable"] or outdated:
        sys.exit(SOME_FAILED)


def _known(house: House, name: str) -> str:
    """The name of a portal of which something is here. Raises WrongUse."""
    declared = {host: portal.name for portal in house.portals for host in (portal.name, portal.host, *portal.aliases)}
    asked = declared.get(name.lower(), name.lower())
    here = [portal.name for portal in house.catalog.portals()]
    if asked not in here:
        raise WrongUse(f"nothing of portal {name!r} is here; there are: {', '.join(here) or 'none'}")
    return asked


def _how_far(progress: Progress, seconds: float) -> str:
    rate = progress.done / seconds if seconds > 0 else 0.0
    left = (progress.all - progress.done) / rate if rate else 0.0
    minutes, rest = divmod(round(left), 60)
    return f"of {progress.all}, {rate:.0f} a second, {minutes} min {rest:02d} s left"


def _say(report: Report, dry_run: bool, applied: int, outdated: int, seconds: float) -> None:
    counts = report.counts
    say(
        f"{counts.total()} pages read again in {seconds:.1f} s: {counts['same']} as before, {counts['differs']} otherwise, "
        f"{counts['readable']} readable now, {counts['unreadable']} unreadable now, {counts['damaged']} damaged"
    )
    if report.shifts:
        say()
        table([(*key, *(report.shifts[key][kind] or "" for kind in KINDS)) for key in report.fields()], _HEADINGS)
    for portal, name in report.fields()[:_SHOWN]:
        say(f"\n{portal} · {name}")
        for document, shift in _few(report.examples[portal, name]):
            before, after = shift.before or "(empty)", shift.after or "(empty)"
            say(f"  {document}  {shift.kind.replace('_', ' ')}\n    - {before}\n    + {after}")
    for verdict, words in (("readable", "readable now"), ("unreadable", "unreadable now"), ("damaged", "damaged")):
        _say_named(report.named[verdict], words)
    say()
    if dry_run:
        say("nothing was changed; without --dry-run it is put into force")
    else:
        say(
            f"{applied} readings put into force"
            + (f", {outdated} outdated by what came in meanwhile: run it again" if outdated else "")
        )


def _few(examples: Sequence[tuple[str, Shift]]) -> list[tuple[str, Shift]]:
    """Some examples of each kind."""
    return [each for kind in KINDS for each in [pair for pair in examples if pair[1].kind == kind][:_SHOWN_EXAMPLES]]


def _say_named(named: Sequence[Compared], words: str) -> None:
    if named:
        say(f"\n{words}:")
    for compared in named[:_SHOWN]:
        say(f"  {compared.document_id or '':<12}  {compared.error or compared.url}")
    if len(named) > _SHOWN:
        say(f"  and {len(named) - _SHOWN} more (--json names all)")


_HEADINGS = ("portal", "field", *(kind.replace("_", " ") for kind in KINDS))


def _json(report: Report, dry_run: bool, applied: int, outdated: int, seconds: float) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "pages": report.counts.total(),
        **{verdict: report.counts[verdict] for verdict in ("same", "differs", "readable", "unreadable", "damaged")},
        "applied": applied,
        "outdated": outdated,
        "seconds": round(seconds, 3),
        "fields": [
            {
                "portal": portal,
                "field": name,
                **{kind: report.shifts[portal, name][kind] for kind in KINDS},
                "examples": [{"document": document, **_shift(shift)} for document, shift in report.examples[portal, name]],
            }
            for portal, name in report.fields()
        ],
        "documents": [{"id": id, "fields": names} for id, names in sorted(report.differing.items())],
        "named": [
            {"what": verdict, "document": each.document_id, "portal": each.portal, "url": each.url, "error": each.error}
            for verdict in ("readable", "unreadable", "damaged")
            for each in report.named[verdict]
        ],
    }


def _shift(shift: Shift) -> dict[str, str]:
    return {"kind": shift.kind, "before": shift.before, "after": shift.after}
