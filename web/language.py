"""Which language a page speaks, and how dates, times and numbers read in it.

Vietnamese is the source language of every text. Another one is chosen in the address (`?lang=en`), so that no
cookie is needed; links carry it on. Translations are compiled in memory from their `.po` files.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as translated

from archive.records import ReadDate

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
SOURCE = "vi"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_TRANSLATIONS = Path(__file__).parent / "translations"
_WITHOUT_LANGUAGE = frozenset(
    {"static", "capture", "complete", "api_search", "api_document", "healthz", "picture", "file_original", "searchable"}
)


def gettext(message: str, **values: object) -> str:
    """`message` in the language of this request, `%(name)s` filled from `values`."""
    return str(translated(message, **values))


def current() -> str:
    """Code of the language that this request asks for."""
    asked = request.args.get("lang", SOURCE)
    return asked if asked in LANGUAGES else SOURCE


@cache
def translations(language: str) -> Translations:
    """The messages of `language`; empty for the source language."""
    if language == SOURCE:
        return Translations()
    with (_TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class _PoDomain(Domain):  # type: ignore[misc]
    def get_translations(self) -> Translations:
        return translations(str(get_locale()))


class _PoBabel(Babel):  # type: ignore[misc]
    domain_instance = _PoDomain()


def switches() -> list[tuple[str, str, str]]:
    """(code, name in its own language, address of this page in it) for every language."""
    path = quote(request.path) if request.endpoint else "/"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"] if request.endpoint else []
    result = []
    for code, name in LANGUAGES.items():
        query = urlencode([*kept, *([("lang", code)] if code != SOURCE else [])])
        result.append((code, name, f"{path}?{query}" if query else path))
    return result


def read_date(value: ReadDate) -> str:
    """`value` in words, no more precise than it is; the words of the page where it is no date."""
    return _in_words(value.value) or value.raw.strip() or value.value


def iso_date(value: str) -> str:
    """An ISO 8601 date of any precision in words; what is no such date comes back as it is."""
    return _in_words(value) or value


def _in_words(value: str) -> str | None:
    locale = get_locale()
    try:
        if len(value) == 4:
            return format_date(date(int(value), 1, 1), gettext("'năm' y"), locale)
        if len(value) == 7:
            return format_date(date.fromisoformat(f"{value}-01"), gettext("'tháng' M 'năm' y"), locale)
        if len(value) == 10:
            return format_date(date.fromisoformat(value), gettext("'ngày' d 'tháng' M 'năm' y"), locale)
        moment = datetime.fromisoformat(value)
        local = moment if moment.tzinfo is None else moment.astimezone(ZONE)
        return format_datetime(local, gettext("HH:mm, 'ngày' d 'tháng' M 'năm' y"), locale=locale)
    except (ValueError, OverflowError):  # a moment at the edge of the calendar has no place in another zone
        return None


def short_date(value: str) -> str:
    """An ISO 8601 date of any precision in figures, for lists."""
    try:
        moment = datetime.fromisoformat(value) if len(value) > 7 else date.fromisoformat(f"{value}-01-01"[:10])
        pattern = {4: "y", 7: gettext("M/y")}.get(len(value), gettext("d/M/y"))
        return format_date(moment, pattern, get_locale())
    except (ValueError, OverflowError):
        return value


def moment(value: datetime) -> str:
    """A moment on the clock of Việt Nam, to the minute."""
    try:
        return format_datetime(value.astimezone(ZONE), gettext("HH:mm, d/M/y"), locale=get_locale())
    except (ValueError, OverflowError):
        return value.isoformat()


def register(app: Flask) -> None:
    """Let `app` speak: gettext in templates, date filters, and links that keep the language."""
    for language in LANGUAGES:
        translations(language)
    _PoBabel().init_app(app, default_locale=SOURCE, locale_selector=current)
    app.jinja_env.filters.update(read_date=read_date, iso_date=iso_date, short_date=short_date, moment=moment)

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, object]) -> None:
        if endpoint not in _WITHOUT_LANGUAGE and request and current() != SOURCE:
            values.setdefault("lang", current())

    @app.context_processor
    def spoken() -> dict[str, object]:
        return {"language": current(), "language_switches": switches()}
