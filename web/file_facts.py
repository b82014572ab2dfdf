"""What is known of a file, and what its pages say of the document it is: rows for the slips of the file and of the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import format_percent, lazy_gettext

from archive.pages import AttachedFile, Correction, Entry, KeptFile, PageFact
from archive.records import Reading
from web.facts import RULES, SURE, Fact
from web.file_names import shown_name
from web.file_words import CLAIMS
from web.language import gettext, iso_date, moment
from web.services import Services

LABELS = {
    "number": lazy_gettext("Số, ký hiệu"),
    "kind": lazy_gettext("Loại văn bản"),
    "issuer": lazy_gettext("Cơ quan ban hành"),
    "issued": lazy_gettext("Ngày ban hành"),
    "place": lazy_gettext("Nơi ban hành"),
    "signer": lazy_gettext("Người ký"),
    "signer_office": lazy_gettext("Chức vụ người ký"),
    "subject": lazy_gettext("Trích yếu"),
    "basis": lazy_gettext("Căn cứ ban hành"),
}
"""The facts that a file's pages may say, in the order of a slip."""
ON_SLIP = ("number", "kind", "issuer", "issued", "place", "signer", "signer_office")
"""Those that a document's own record may lack."""
ENTERED = {
    "summary": lazy_gettext("Tóm tắt"),
    "source": lazy_gettext("Nguồn"),
    "category": lazy_gettext("Chuyên mục"),
    "title": lazy_gettext("Tiêu đề"),
}
_MOST_BASES = 40


@dataclass(frozen=True, slots=True)
class SaidFact:
    """A fact as a file's page says it, or as somebody corrected it."""

    name: str
    label: str
    value: str
    page: int | None
    """None: no page says it, an archivist does."""
    url: str | None
    how: str
    """Which rule read it, or who corrected it."""
    confidence: str | None
    unsure: str | None


def said_facts(file: KeptFile, corrections: Sequence[Correction]) -> list[SaidFact]:
    """The facts of a file, corrections in force, in the order of LABELS."""
    read = file.reading.facts if file.reading else ()
    last = {each.field: each for each in corrections}
    facts: list[SaidFact] = []
    for name in LABELS:
        if name in last:
            facts += _corrected(last[name])
        else:
            facts += [_said(file.digest, fact) for fact in [fact for fact in read if fact.name == name][:_MOST_BASES]]
    return facts


def _said(digest: str, fact: PageFact) -> SaidFact:
    return SaidFact(
        name=fact.name,
        label=str(LABELS[fact.name]),
        value=_value(fact.name, fact.value),
        page=fact.page,
        url=url_for("file_page", digest=digest, n=fact.page) if fact.page > 0 else None,
        how=str(RULES[fact.rule]) if fact.rule in RULES else gettext("suy ra theo quy tắc %(rule)s", rule=fact.rule),
        confidence=format_percent(fact.confidence),
        unsure=_unsure(fact.confidence),
    )


def _corrected(made: Correction) -> Iterator[SaidFact]:
    if made.value:
        how = gettext("%(who)s đính chính lúc %(when)s", who=made.by, when=moment(made.at))
        value = _value(made.field, made.value)
        yield SaidFact(made.field, str(LABELS[made.field]), value, None, None, how, None, None)


def _value(name: str, value: str) -> str:
    return iso_date(value) if name == "issued" else value


def _unsure(confidence: float) -> str | None:
    if confidence >= SURE:
        return None
    return gettext("chưa chắc chắn, độ tin cậy %(percent)s", percent=format_percent(confidence))


def lacking(services: Services, reading: Reading, attached: Sequence[AttachedFile]) -> list[Fact]:
    """Rows for what a document's own record does not say and one of its files does."""
    files = services.catalog.files()
    missing = [name for name in ON_SLIP if not getattr(reading, name)]
    rows: dict[str, Fact] = {}
    for each in attached:
        if each.file is None or each.file.state != "read" or all(name in rows for name in missing):
            continue
        for fact in said_facts(each.file, files.corrections(each.file.digest)):
            if fact.name in missing and fact.name not in rows:
                rows[fact.name] = _row(fact, each, alone=len(attached) == 1)
    return [rows[name] for name in missing if name in rows]


def in_order(rows: Sequence[Fact]) -> list[Fact]:
    """The rows of a slip, those of ON_SLIP first, whether the page or a file says them."""
    return sorted(rows, key=lambda row: ON_SLIP.index(row.name) if row.name in ON_SLIP else len(ON_SLIP))


def _row(fact: SaidFact, attached: AttachedFile, *, alone: bool) -> Fact:
    name = shown_name(attached.link.title)
    if fact.page is None:
        origin = fact.how
    elif alone:
        origin = gettext("theo tệp đính kèm, trang %(page)s", page=fact.page)
    else:
        origin = gettext("theo tệp đính kèm “%(name)s”, trang %(page)s", name=name, page=fact.page)
    return Fact(fact.name, fact.label, fact.value, origin=origin, unsure=fact.unsure)


def entered(entry: Entry | None, reading: Reading) -> list[Fact]:
    """Rows for what an archivist said of a file that he handed in, beside what the record shows already."""
    if entry is None:
        return []
    when = gettext("%(who)s nhập lúc %(when)s", who=entry.by, when=moment(entry.at))
    rows = [Fact("entry", gettext("Nhập từ tệp"), shown_name(entry.name), origin=when)]
    if (source := entry.facts.get("source")) and source != reading.source:
        rows.append(Fact("entered_source", str(ENTERED["source"]), source, origin=gettext("người nhập ghi")))
    return rows


def claims(file: KeptFile) -> list[tuple[str, str]]:
    """(label, value) of what a file says of its own making."""
    meta = file.reading.meta if file.reading else ()
    return [(str(CLAIMS.get(name, name)), _claim(value)) for name, value in meta if value.strip()][:40]


def _claim(value: str) -> str:
    return iso_date(value) if value[:4].isdigit() and value[4:5] == "-" else shown_name(value)
