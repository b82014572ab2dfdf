"""How many fields are read right, per platform and field: over the fixtures, the sample portal and any folder of triples given.

A triple is a page (`NAME.html`), the record that a person would make of it and the facts of its capture (`NAME.json`:
`expected` and `capture`). A field is right where it equals the record after NFC and white space are evened out; of the text the
F1 over characters is told as well. The same pages are read once more without any layout, as pages of an unknown make would be.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, this module would be found in the place of the package `ingest`.
sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from archive.records import ReadDate, Reading
from ingest.errors import NotReadable
from ingest.parse import read
from ingest.platforms import PLATFORMS
from ingest.portal import Portal
from ingest.portals import PORTALS
from samples import pages
from samples.content import Announcement, announcements

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "tests" / "pages"
DOCUMENT = ROOT / "docs" / "reading.md"
START, END = "<!-- bench/reading.py begins -->", "<!-- bench/reading.py ends -->"


@dataclass(frozen=True, slots=True)
class Triple:
    """A page, what a person reads on it, and how it was captured."""

    name: str
    group: str
    """Its platform: a row of the table."""
    body: bytes
    url: str
    content_type: str | None
    captured_at: datetime | None
    portal: Portal | None
    expected: Mapping[str, Any]
    """By field; what is not in it is not compared, None is a field that the page does not have."""
    error: str | None = None
    """Code of the refusal that is expected instead."""
    prose: bool = False
    """The record's text is prose alone: tables are left out of what is compared."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One field of one page: what was expected, what was read, and how sure the reader was."""

    triple: Triple
    field: str
    expected: Any
    read: Any
    confidence: float | None

    @property
    def right(self) -> bool:
        """Whether both say the same."""
        return bool(self.expected == self.read)


def _even(value: Any) -> Any:
    """`value` with its texts in NFC and white space single; what is empty is None."""
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split()) or None
    if isinstance(value, list | tuple):
        return [_even(entry) for entry in value] or None
    return value


def _date(date: ReadDate | None) -> list[str] | None:
    return [date.value, date.precision, date.raw] if date else None


def _terms(name: str) -> Callable[[Reading], Any]:
    def of(reading: Reading) -> Any:
        value = getattr(reading.reuse, name) if reading.reuse else None
        return value.value if isinstance(value, ReadDate) else value

    return of


TERMS = (
    *("names", "wording", "act", "licence_number", "licence_date", "licence_authority"),
    *("publisher", "responsible", "address", "phone", "fax", "email"),
)
"""What is compared of the reuse terms."""
FIELDS: dict[str, Callable[[Reading], Any]] = {
    "platform": lambda reading: reading.platform,
    "title": lambda reading: reading.title,
    "summary": lambda reading: reading.summary,
    "text": lambda reading: reading.text,
    "published": lambda reading: _date(reading.published),
    "category": lambda reading: reading.category,
    "byline": lambda reading: reading.byline,
    "source": lambda reading: reading.source,
    "number": lambda reading: reading.number,
    "kind": lambda reading: reading.kind,
    "issuer": lambda reading: (reading.issuer or "").casefold(),
    "issued": lambda reading: _date(reading.issued),
    "place": lambda reading: reading.place,
    "signer": lambda reading: reading.signer,
    "signer_office": lambda reading: reading.signer_office,
    "bases": lambda reading: [[basis.text, basis.number] for basis in reading.bases],
    "mentions": lambda reading: [mention.number for mention in reading.mentions],
    "language": lambda reading: reading.language,
    "attachments": lambda reading: [[link.url, link.title] for link in reading.attachments],
    **{f"reuse.{name}": _terms(name) for name in TERMS},
    "unsure": lambda reading: sorted(entry.name for entry in reading.fields if entry.confidence < 0.7),
}
"""What is compared, and how it is found in a reading. Of an issuer's name capitals do not count: letterheads are all capitals."""


def triples(folder: Path) -> list[Triple]:
    """The triples in `folder` and below, by path. A page without a record is left out."""
    found = []
    for page in sorted(folder.rglob("*.htm*")):
        record = page.with_suffix(".json")
        if record.exists():
            found.append(_triple(page, json.loads(record.read_text(encoding="utf-8")), folder))
    return found


def _triple(page: Path, record: Mapping[str, Any], folder: Path) -> Triple:
    capture = record.get("capture", {})
    expected = record.get("expected", record if "capture" not in record else {})
    at, portal = capture.get("captured_at"), capture.get("portal")
    return Triple(
        name=str(page.relative_to(folder).with_suffix("")),
        group=str(expected.get("platform") or page.parent.name),
        body=page.read_bytes(),
        url=capture.get("url") or f"https://portal.example/{page.stem}.html",
        content_type=capture.get("content_type"),
        captured_at=datetime.fromisoformat(at) if at else None,
        portal=_portal(portal),
        expected=expected,
        error=record.get("error"),
    )


def _portal(facts: Mapping[str, Any] | str | None) -> Portal | None:
    """A portal by the facts of a capture: those of an invented one, or the name of one that is known here."""
    if not isinstance(facts, Mapping):
        return next((each for each in PORTALS if each.name == facts), None)
    base_url = facts.get("base_url") or f"https://{facts['host']}"
    return Portal(name=facts["name"], title=facts["title"], host=facts["host"], base_url=base_url, lists=("/",))


def samples() -> list[Triple]:
    """All announcements of the sample portal, as their files say them."""
    portal = next(each for each in PORTALS if each.name == "sample")
    return [_sample(item, portal) for item in announcements()]


def _sample(item: Announcement, portal: Portal) -> Triple:
    footer = item.footer
    return Triple(
        name=str(item.id),
        group=f"sample/{item.layout}",
        body=pages.article(item, later=False),
        url=f"http://127.0.0.1:8017{item.path}",
        content_type=f"text/html; charset={item.encoding}",
        captured_at=None,
        portal=portal,
        expected={
            "platform": item.layout,
            "title": item.title,
            "summary": item.summary,
            "text": item.text,
            "issuer": item.issuer,
            "signer": item.signature.signer if item.signature else None,
            "published": [item.published, item.precision] if item.published else None,
            "category": item.category,
            "byline": item.byline,
            "number": item.number,
            "kind": item.kind,
            "reuse": {name: getattr(footer, name) for name in TERMS if hasattr(footer, name)},
        },
        prose=True,
    )


def judge(triple: Triple, *, layouts: bool = True) -> list[Verdict]:
    """Every field of `triple` that its record states. A page that is refused has no field."""
    reading = _reading(triple, layouts)
    if reading is not None and triple.prose:
        reading = replace(reading, text="\n\n".join(part for part in reading.text.split("\n\n") if " | " not in part))
    verdicts = []
    for field, of in FIELDS.items():
        group, _, name = field.partition(".")
        if group not in triple.expected or (field in ("platform", "unsure") and not layouts):
            continue
        expected = triple.expected[group]
        if name and isinstance(expected, Mapping):
            if name not in expected:
                continue
            expected = expected[name]
        if field == "issuer" and isinstance(expected, str):
            expected = expected.casefold()
        value, wanted = _even(of(reading)) if reading else None, _even(expected)
        origin = reading.origin_of(group) if reading else None
        verdicts.append(Verdict(triple, field, *_alike(wanted, value), origin.confidence if origin else None))
    return verdicts


def _alike(wanted: Any, value: Any) -> tuple[Any, Any]:
    """Both cut to what the record states: a date may be given without its words, or as its value alone."""
    if isinstance(value, list) and len(value) == 3 and all(isinstance(part, str) for part in value):
        if isinstance(wanted, str):
            return wanted, value[0]
        if isinstance(wanted, list):
            return wanted, value[: len(wanted)]
    return wanted, value


def _reading(triple: Triple, layouts: bool) -> Reading | None:
    portal = triple.portal
    if portal is not None and not layouts:
        portal = replace(portal, layouts=())
    try:
        return read(
            triple.body,
            triple.url,
            triple.content_type,
            portal,
            triple.captured_at,
            platforms=PLATFORMS if layouts else (),
        )
    except NotReadable:
        return None


def character_f1(expected: str, value: str) -> float:
    """F1 over the characters of the words that both texts have in the same order, 0.0 to 1.0."""
    one, other = expected.split(), value.split()
    if not one or not other:
        return float(one == other)
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    common = sum(len(word) for block in blocks for word in one[block.a : block.a + block.size])
    return 2 * common / (sum(map(len, one)) + sum(map(len, other)))


def tables(given: Sequence[Triple] | None = None) -> str:
    """The accuracy tables as Markdown: of `given`, else of the fixtures and the sample portal."""
    whole = [entry for entry in (given if given is not None else [*triples(FIXTURES), *samples()]) if entry.error is None]
    read_by = [verdict for triple in whole for verdict in judge(triple)]
    alone = [verdict for triple in whole for verdict in judge(triple, layouts=False)]
    return "\n\n".join(
        (
            "With layouts: fields read right of fields compared.",
            _table(read_by),
            "The generic reader alone, on the same pages.",
            _table(alone),
            "Confidence against outcome, with layouts: of the values read with so much confidence, how many were right.",
            _calibration(read_by),
        )
    )


def _table(verdicts: Iterable[Verdict]) -> str:
    cells: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        field = verdict.field.partition(".")[0]
        if field == "unsure":
            continue
        for group in (verdict.triple.group, "all"):
            cells[field, group].append(verdict)
    groups = [*sorted({group for _, group in cells} - {"all"}), "all"]
    fields = list(dict.fromkeys(field.partition(".")[0] for field in FIELDS))
    rows = [["field", *groups]]
    for field in fields:
        if (field, "all") in cells:
            rows.append([field, *(_right(cells[field, group]) for group in groups)])
        if field == "text" and (field, "all") in cells:
            rows.append(["text, F1 %", *(_f1(cells[field, group]) for group in groups)])
    return _markdown(rows)


def _right(verdicts: Sequence[Verdict]) -> str:
    return f"{sum(verdict.right for verdict in verdicts)}/{len(verdicts)}" if verdicts else ""


def _f1(verdicts: Sequence[Verdict]) -> str:
    values = [character_f1(verdict.expected or "", verdict.read or "") for verdict in verdicts]
    return f"{100 * sum(values) / len(values):.1f}" if values else ""


def _calibration(verdicts: Iterable[Verdict]) -> str:
    bins: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.confidence is not None and verdict.read is not None:
            bins[f"{int(verdict.confidence * 10 + 1e-9) / 10:.1f}"].append(verdict)
    return _markdown([["confidence from", *sorted(bins)], ["right", *(_right(bins[name]) for name in sorted(bins))]])


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rest))


def main() -> None:
    """Print the tables, and what was misread; `--write` puts the tables into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="triples to read instead of the fixtures and the sample")
    parser.add_argument("--misread", action="store_true", help="also list every field that differs")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {DOCUMENT.relative_to(ROOT)}")
    chosen = parser.parse_args()
    given = triples(chosen.folder) if chosen.folder else None
    written = tables(given)
    print(written)
    if chosen.misread:
        for triple in given if given is not None else [*triples(FIXTURES), *samples()]:
            for verdict in judge(triple):
                if not verdict.right:
                    print(f"\n{triple.name} · {verdict.field}\n  {verdict.expected!r} was expected\n  {verdict.read!r} was read")
    if chosen.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        DOCUMENT.write_text(f"{before}{START}\n{written}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
