"""Every text goes through gettext, and English has all of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup

import web
from archive.records import ReadDate
from tests.web_archive import WebArchive
from web import language

WEB = Path(web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
WORDS = ("alt", "title", "placeholder", "aria-label", "content")


def extracted() -> Catalog:
    with (WEB / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
    catalogue = Catalog()
    for _, _, message, _, _ in extract_from_dir(WEB, methods, options, keywords):
        catalogue.add(message)
    return catalogue


def forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    """One form, or singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_message_has_an_english_translation(english: Catalog) -> None:
    messages = [message.id for message in extracted() if message.id]
    assert len(messages) > 100
    translations = {id: english.get(id[0] if isinstance(id, tuple) else str(id)) for id in messages}
    assert [id for id, found in translations.items() if found is None or not all(forms(found.string))] == []


def test_no_translation_is_of_a_message_that_is_gone(english: Catalog) -> None:
    used = {message.id for message in extracted()}
    assert [message.id for message in english if message.id and message.id not in used] == []


def test_translations_have_the_places_of_their_messages(english: Catalog) -> None:
    place = re.compile(r"%\((\w+)\)s")
    for message in english:
        if message.id:
            sources, targets = forms(message.id), forms(message.string)
            assert {frozenset(place.findall(text)) for text in sources} == {frozenset(place.findall(text)) for text in targets}
        assert not message.fuzzy


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words_outside_gettext(template: Path) -> None:
    page = BeautifulSoup(JINJA.sub("", template.read_text(encoding="utf-8")), "html.parser")
    for code in page.find_all(["code", "kbd"]):
        code.decompose()
    texts = [str(text) for text in page.find_all(string=True) if text.parent and text.parent.name not in {"script", "style"}]
    texts += [
        str(element[name]) for element in page.find_all(True) if element.name != "meta" for name in WORDS if element.get(name)
    ]
    assert [
        text for text in texts if re.search(r"[^\W\d_]{2,}", text) and text.strip().lower() not in {"html", "doctype html"}
    ] == []


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """Strings of a module that are neither docstrings nor arguments of gettext."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"gettext", "lazy_gettext"}:
            skipped.update(id(argument) for argument in node.args)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node


@pytest.mark.parametrize("module", sorted(WEB.glob("*.py")), ids=lambda path: path.name)
def test_modules_hold_no_vietnamese_outside_gettext(module: Path) -> None:
    found = [node.value for node in literals(ast.parse(module.read_text(encoding="utf-8"))) if VIETNAMESE.search(str(node.value))]
    assert [text for text in found if text not in language.LANGUAGES.values()] == []


def test_an_unknown_language_is_vietnamese(tmp_path: Path) -> None:
    archive = WebArchive(tmp_path)
    for asked in ("/", "/?lang=", "/?lang=xx", "/?lang=../../etc"):
        assert '<html lang="vi">' in archive.app().test_client().get(asked).text
    archive.catalog.close()


def test_what_is_no_date_is_shown_as_it_is(tmp_path: Path) -> None:
    archive = WebArchive(tmp_path)
    with archive.app().test_request_context("/"):
        for value in ("2020-13", "20xx", "0000", "hôm qua", "", "2020-02-30"):
            assert language.iso_date(value) == value
            assert language.short_date(value) == value
        last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-14)))
        first = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
        assert [language.moment(last), language.moment(first)] == [last.isoformat(), first.isoformat()]
        assert language.read_date(ReadDate("2020-06", "month", "tháng 6 năm 2020")) == "tháng 6 năm 2020"
        assert language.short_date("2020-06-15T08:30+07:00") == "15/6/2020"
    archive.catalog.close()
