"""Correcting what was read: the text of a page, the facts that a file's pages say."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, make_response, redirect, render_template, request, url_for

from archive.errors import Overtaken
from archive.numbers import KINDS
from archive.pages import Correction, KeptFile, KeptPage
from archive.records import ReadDate
from web.desk import day_of, entered, iso_day
from web.differences import differences
from web.file_facts import LABELS, ON_SLIP
from web.file_names import shown_name
from web.files import find_file, page_how
from web.language import gettext
from web.page_view import change, find_page, sheet
from web.services import Services
from web.sessions import Archivist

MAX_TEXT_BYTES = 4 << 20
"""Of a form that corrects something."""
LONGEST_REASON = 500
CORRECTABLE = ("number", "kind", "issuer", "issued", "place", "signer", "signer_office", "subject")


def correct_page(services: Services, archivist: Archivist, digest: str, n: int) -> Response:
    """`/ban-lam-viec/sua/<digest>/<n>`: the text of a page beside its picture, to be put right."""
    kept, page = find_page(services, digest, n)
    if request.method == "GET":
        return _page_form(services, archivist, kept, page, page.page.text, "", {})
    text, reason = typed(request.form.get("text", "")), entered(request.form.get("reason", ""), LONGEST_REASON)
    if request.form.get("seen") != mark_of(page.page.text):
        return _page_form(services, archivist, kept, page, text, reason, {}, overtaken=True)
    problems = {}
    if text == typed(page.page.text):
        problems["text"] = gettext("Nội dung không khác gì bản đang có, nên không có gì để lưu.")
    if not reason:
        problems["reason"] = gettext("Hãy ghi lý do, để người sau hiểu vì sao nội dung đổi.")
    if problems:
        return _page_form(services, archivist, kept, page, text, reason, problems, status=400)
    try:
        _correct(services, archivist, digest, f"page/{n}", text, page.page.text, reason)
    except Overtaken:
        kept, page = find_page(services, digest, n)
        return _page_form(services, archivist, kept, page, text, reason, {}, overtaken=True)
    return make_response(redirect(url_for("file_page", digest=digest, n=n, _anchor="lich-su"), 303))


def mark_of(text: str) -> str:
    """What a form carries to say which text it was made from."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def typed(text: str) -> str:
    """A text as it comes from a text area: NFC, ends of lines as ours, no blank ends, no control characters."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(char for char in line if char == "\t" or unicodedata.category(char) not in {"Cc", "Cs"}) for line in lines)
    return "\n".join(line.rstrip(" ") for line in kept).strip("\n")


def _page_form(
    services: Services,
    archivist: Archivist,
    kept: KeptFile,
    page: KeptPage,
    text: str,
    reason: str,
    problems: Mapping[str, str],
    *,
    overtaken: bool = False,
    status: int = 200,
) -> Response:
    shown = render_template(
        "correct_page.html",
        archivist=archivist,
        file=kept,
        name=shown_name(kept.name),
        n=page.page.n,
        how=page_how(page.read.origin, page.read.encodings, page.read.confidence),
        sheet=sheet(services, kept, page.page),
        pictured=page.page.width is not None,
        text=text,
        now=page.page.text,
        seen=mark_of(page.page.text),
        reason=reason,
        problems=problems,
        overtaken=overtaken,
        apart=differences(page.page.text, text) if overtaken else [],
        last=change(page.corrections[-1]) if overtaken and page.corrections else None,
    )
    return make_response(shown, 409 if overtaken else status)


def correct_facts(services: Services, archivist: Archivist, digest: str) -> Response:
    """`/ban-lam-viec/du-kien/<digest>`: the facts of a file, to be put right."""
    kept = find_file(services, digest)
    now = _facts_now(services, kept)
    if request.method == "GET":
        return _facts_form(archivist, kept, now, now, "", {})
    values = {name: entered(request.form.get(name, ""), 1_000) for name in CORRECTABLE}
    reason = entered(request.form.get("reason", ""), LONGEST_REASON)
    problems: dict[str, str] = {}
    if values["issued"]:
        values["issued"], problem = iso_day(values["issued"])
        problems |= {"issued": problem} if problem else {}
    if request.form.get("seen") != _mark_of_facts(now):
        return _facts_form(archivist, kept, now, values, reason, problems, overtaken=True)
    changed = [name for name in CORRECTABLE if values[name] != now[name]]
    if not changed:
        problems["facts"] = gettext("Không có dữ kiện nào khác bản đang có, nên không có gì để lưu.")
    if not reason:
        problems["reason"] = gettext("Hãy ghi lý do, để người sau hiểu vì sao nội dung đổi.")
    if problems:
        return _facts_form(archivist, kept, now, values, reason, problems)
    try:
        for name in changed:
            _correct(services, archivist, digest, name, values[name], now[name], reason)
    except Overtaken:
        now = _facts_now(services, kept)
        return _facts_form(archivist, kept, now, values, reason, problems, overtaken=True)
    except ValueError as error:  # a value that the archive does not take for such a fact
        now = _facts_now(services, kept)
        return _facts_form(
            archivist, kept, now, values, reason, {"facts": gettext("Dữ kiện không dùng được: %(why)s", why=str(error))}
        )
    return make_response(redirect(url_for("file", digest=digest, _anchor="tep-ghi"), 303))


def _facts_now(services: Services, kept: KeptFile) -> dict[str, str]:
    """The facts of a file as they are in force; empty where it says none. What was handed in is a document, and says what that
    says: of its facts some were entered.
    """
    corrections = {each.field: each.value for each in services.catalog.files().corrections(kept.digest)}
    read = {fact.name: fact.value for fact in reversed(kept.reading.facts)} if kept.reading else {}
    facts = {name: corrections.get(name, read.get(name, "")) for name in CORRECTABLE}
    return facts | _of_document(services, kept.digest)


def _of_document(services: Services, digest: str) -> dict[str, str]:
    """The facts of the document that a handed-in file is; none for an attachment of a page."""
    files = services.catalog.files()
    id = next((id for id in files.documents_of(digest) if (entry := files.entry(id)) and entry.file == digest), None)
    if id is None:
        return {}
    reading = services.catalog.document(id).version.reading
    said = {name: getattr(reading, name) for name in ON_SLIP}
    return {name: value.value if isinstance(value, ReadDate) else value or "" for name, value in said.items()}


def _mark_of_facts(facts: Mapping[str, str]) -> str:
    return mark_of("\n".join(f"{name}={facts[name]}" for name in CORRECTABLE))


def _facts_form(
    archivist: Archivist,
    kept: KeptFile,
    now: Mapping[str, str],
    values: Mapping[str, str],
    reason: str,
    problems: Mapping[str, str],
    *,
    overtaken: bool = False,
) -> Response:
    shown = render_template(
        "correct_facts.html",
        archivist=archivist,
        file=kept,
        name=shown_name(kept.name),
        labels={name: LABELS[name] for name in CORRECTABLE},
        kinds=list(KINDS.values()),
        values={**values, "issued": day_of(values["issued"])},
        now={**now, "issued": day_of(now["issued"])},
        seen=_mark_of_facts(now),
        reason=reason,
        problems=problems,
        overtaken=overtaken,
    )
    return make_response(shown, 409 if overtaken else 400 if problems else 200)


def _correct(services: Services, archivist: Archivist, digest: str, field: str, value: str, before: str, reason: str) -> None:
    assert services.desk is not None
    services.desk.correct(Correction(digest, field, value, before, archivist.name, reason, datetime.now(UTC)))
