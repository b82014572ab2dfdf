"""The archivists' desk: signing in and out, what needs a hand, files that are handed in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.datastructures import FileStorage

from archive.dates import read_date
from archive.errors import ArchiveError
from archive.numbers import KINDS
from archive.pages import KeptFile
from archive.records import Outcome
from ingest.errors import FileUnreadable, IngestError
from web import sessions
from web.asking import plain
from web.errors import NotOffered, answer_for
from web.file_names import shown_name
from web.file_words import file_state, unread_in_words
from web.language import gettext
from web.services import Services
from web.sessions import Archivist, Patience

SHOWN = 30
"""Lines of each list of the desk."""
FACTS = {
    "title": lazy_gettext("Tiêu đề"),
    "number": lazy_gettext("Số, ký hiệu"),
    "kind": lazy_gettext("Loại văn bản"),
    "issued": lazy_gettext("Ngày ban hành"),
    "issuer": lazy_gettext("Cơ quan ban hành"),
    "signer": lazy_gettext("Người ký"),
    "place": lazy_gettext("Nơi ban hành"),
    "category": lazy_gettext("Chuyên mục"),
    "source": lazy_gettext("Nguồn"),
    "summary": lazy_gettext("Tóm tắt"),
}
OF_ONE_FILE = ("title", "number")
"""Facts that no two files share."""
_MOST_FILES = 50
_LONGEST = {"summary": 4_000, "title": 1_000}
_ISO = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


@dataclass(frozen=True, slots=True)
class Given:
    """What a form holds, and what is wrong with it."""

    values: Mapping[str, str]
    problems: Mapping[str, str]
    """By the name of the field; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file that was handed in."""

    name: str
    outcome: Outcome | None
    error: str | None


def sign_in(services: Services) -> Response:
    """`/ban-lam-viec/dang-nhap`: the form, and whoever sends it."""
    if services.desk is None:
        raise NotOffered("desk")
    if request.method == "POST":
        return _signing_in(services)
    if sessions.archivist(services) is not None:
        return make_response(redirect(sessions.onward(request.args.get("tiep", "")), 303))
    return _sign_in_form(services, "", request.args.get("tiep", ""))


def _sign_in_form(services: Services, name: str, onward: str, *, wrong: bool = False) -> Response:
    token = secrets.token_urlsafe(24)
    response = make_response(
        render_template("sign_in.html", name=name, tiep=sessions.onward(onward), wrong=wrong, token=token), 403 if wrong else 200
    )
    sessions.form_token(services, response, token)
    return response


def _signing_in(services: Services) -> Response:
    assert services.desk is not None
    sessions.check(request.cookies.get(sessions.FORM_COOKIE))
    name, password = plain(request.form.get("name", "")), request.form.get("password", "")
    onward = request.form.get("tiep", "")
    keys = (f"name {name.casefold()[: sessions.MAX_NAME]}", f"address {request.remote_addr}")
    patience: Patience = current_app.extensions["patience"]
    patience.ask(keys)
    fits = len(name) <= sessions.MAX_NAME and len(password) <= sessions.MAX_PASSWORD
    key = services.desk.key(name) if fits and services.desk.archivist(name, password) else None
    if key is None:
        patience.failed(keys)
        return _sign_in_form(services, name[: sessions.MAX_NAME], onward, wrong=True)
    patience.succeeded(keys)
    response = make_response(redirect(sessions.onward(onward), 303))
    sessions.begin(services, name, key, response)
    return response


def sign_out(services: Services, archivist: Archivist) -> Response:
    """`/ban-lam-viec/dang-xuat`."""
    response = make_response(redirect(url_for("home"), 303))
    sessions.end(response)
    return response


def desk(services: Services, archivist: Archivist) -> str:
    """`/ban-lam-viec`: what failed, what is unsure, what waits."""
    files = services.catalog.files()
    failed_count, failed = files.in_state("failed", SHOWN)
    waiting_count, waiting = files.in_state("waiting", SHOWN)
    unsure_count, unsure = files.unsure(SHOWN)
    return render_template(
        "desk.html",
        archivist=archivist,
        failed_count=failed_count,
        failed=[_named(file) for file in failed],
        waiting_count=waiting_count,
        waiting=[_named(file) for file in waiting],
        unsure_count=unsure_count,
        unsure=[(shown_name(each.name), each) for each in unsure],
    )


def _named(file: KeptFile) -> tuple[str, KeptFile, str]:
    return shown_name(file.name) or file.digest[:12], file, file_state(file)


def hand_in(services: Services, archivist: Archivist) -> Response:
    """`/ban-lam-viec/nhap`: the form, and the files that it brings."""
    if request.method == "GET":
        return _hand_in_form(services, archivist, Given({}, {}))
    uploads = [each for each in request.files.getlist("tep") if each.filename]
    given = _given(uploads)
    if given.problems:
        return _hand_in_form(services, archivist, given, status=400)
    facts = {name: value for name, value in given.values.items() if value}
    taken = [_take(services, archivist, upload, facts) for upload in uploads]
    page = render_template(
        "handed_in.html", archivist=archivist, taken=taken, failed=sum(each.error is not None for each in taken)
    )
    return make_response(page, 200 if any(each.outcome for each in taken) else 422)


def _hand_in_form(services: Services, archivist: Archivist, given: Given, *, status: int = 200) -> Response:
    page = render_template(
        "hand_in.html",
        archivist=archivist,
        labels=FACTS,
        values=given.values,
        problems=given.problems,
        kinds=list(KINDS.values()),
        max_bytes=services.max_upload_bytes,
    )
    return make_response(page, status)


def _given(uploads: Sequence[FileStorage]) -> Given:
    values = {name: entered(request.form.get(name, ""), _LONGEST.get(name, 300)) for name in FACTS}
    problems: dict[str, str] = {}
    if not uploads:
        problems["tep"] = gettext("Chưa chọn tệp nào.")
    if len(uploads) > _MOST_FILES:
        problems["tep"] = gettext("Mỗi lần nhập được nhiều nhất %(count)s tệp.", count=_MOST_FILES)
    if len(uploads) > 1 and any(values[name] for name in OF_ONE_FILE):
        problems["title"] = gettext(
            "Tiêu đề và số ký hiệu là của riêng từng tệp: hãy nhập từng tệp một, hoặc bỏ trống hai ô này để đọc từ trang đầu."
        )
    if values["issued"]:
        values["issued"], problem = iso_day(values["issued"])
        problems |= {"issued": problem} if problem else {}
    return Given(values, problems)


def iso_day(text: str) -> tuple[str, str | None]:
    """A date as somebody typed it, in ISO 8601; what it is where it is none, and what to say of that."""
    read = read_date(text)
    if read is None or read.precision == "minute":
        return text, gettext("Không đọc được ngày “%(text)s”. Hãy viết như 15/6/2020, 6/2020 hoặc 2020.", text=text[:40])
    return read.value, None


def day_of(value: str) -> str:
    """An ISO 8601 date as it is written in a form, e.g. `15/6/2020`; `iso_day` reads it back."""
    parts = value.split("-")
    return "/".join(str(int(part)) for part in reversed(parts)) if _ISO.fullmatch(value) else value


def entered(value: str, longest: int) -> str:
    """One line that somebody typed into a form."""
    return plain(value[: longest * 4])[:longest]


def _take(services: Services, archivist: Archivist, upload: FileStorage, facts: Mapping[str, str]) -> Taken:
    assert services.desk is not None
    name = shown_name((upload.filename or "").replace("\\", "/").rpartition("/")[2]) or "tep"
    data = upload.stream.read()
    if not data:
        return Taken(name, None, gettext("tệp rỗng, không có gì để lưu"))
    try:
        outcome = services.desk.take(data, name, facts, archivist.name)
    except (ArchiveError, IngestError) as error:
        return Taken(name, None, refusal(error))
    if outcome.outcome != "failed":
        return Taken(name, outcome, None)
    return Taken(name, None, unread_in_words(outcome.code) if outcome.code else outcome.error)


def refusal(error: ArchiveError | IngestError) -> str:
    """Why the desk did not take something, in words; what an archivist cannot mend is said as everywhere."""
    if isinstance(error, FileUnreadable):
        return unread_in_words(error.code)
    if isinstance(error, ValueError):  # a fact that cannot be one
        return gettext("Dữ kiện không dùng được: %(why)s", why=str(error))
    return str(answer_for(error).title)
