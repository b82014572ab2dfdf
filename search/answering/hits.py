"""Documents of a commit as hits: what was stored to show of them, with what a query wants marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from search.answering.highlight import Marked, Marker, Wanted, beginning
from search.answering.ranking import WEIGHTS
from search.answering.restoring import restored
from search.arrays import Array
from search.postings import Postings, Ranges
from search.results import Hit, PageHit
from search.runs import Runs
from search.schema import PASSAGE_FIELDS
from search.words.page_texts import PageTexts
from search.words.text import has_marks

_CLEARLY = 1.1
"""Times what the text's own best passage is worth must the page's be: where both say the same, the text is shown alone."""
_SHOWN = ("id", "url", "portal", "external_id", "published", "category", "number", "kind", "issuer", "state")


def likely(postings: Postings, wanted: Wanted) -> Wanted:
    """What is wanted with the accents that the index's own words make likely, where that is all but sure; see restoring.

    `thu nhap ca nhan` marks `thu nhập cá nhân`, and other readings only in a text without these.
    """
    forms = wanted.forms
    if all(map(has_marks, forms)):
        return wanted
    found = restored(postings, forms)
    sure = [each.best if each.sure >= WEIGHTS.sure else form for each, form in zip(found, forms, strict=True)]
    unsure = () if wanted.marked else tuple(form for form, each in zip(forms, found, strict=True) if each.sure < WEIGHTS.sure)
    return replace(wanted, forms=tuple(sure), bare=(*wanted.bare, *unsure), marked=wanted.marked or sure != list(forms))


class Presenter:
    """Makes the hits of one query over one commit; with `attachments` such as show a page where that answers better."""

    def __init__(self, postings: Postings, wanted: Wanted, attachments: Attachments | None = None) -> None:
        wanted = likely(postings, wanted)
        self._marker = Marker(wanted, lambda form: postings.rarity(postings.frequency("whole", _look_up(postings, wanted, form))))
        self._runs = Runs(postings, self._marker.symbols)
        self._pages = (
            _Pages(postings, attachments) if attachments and postings.attached and not attachments.wanted.empty else None
        )

    def hit(self, doc: int, shown: Mapping[str, Any], score: float = 0.0, explanation: tuple[tuple[str, float], ...] = ()) -> Hit:
        """Document number `doc`, of which `shown` was stored."""
        title, passage = self._marker.title(shown["title"], self._runs.of(doc, "title")), self._passage(doc, shown)
        return Hit(
            score=round(score, 4),
            title=title.text,
            title_html=title.html,
            snippet=passage.text,
            snippet_html=passage.html,
            page=self._pages.best(doc) if self._pages else None,
            explanation=explanation,
            **{name: shown[name] for name in _SHOWN},
        )

    def _passage(self, doc: int, shown: Mapping[str, Any]) -> Marked:
        """Of the body; of the summary where only that matches; else the beginning of what there is."""
        if not self._marker.wanted.empty:
            for name in reversed(PASSAGE_FIELDS):
                if passage := self._stretch(doc, name, shown):
                    return passage
        return beginning(shown["summary"] or shown["body"])

    def _stretch(self, doc: int, name: str, shown: Mapping[str, Any]) -> Marked | None:
        run: Array = self._runs.of(doc, name)
        return self._marker.stretch(shown[name], run, shown.get(f"{name}_checkpoints", b""))


class Attachments(NamedTuple):
    """What to mark on pages of attachments, and what reads the pages of a document."""

    wanted: Wanted
    pages: Callable[[int], PageTexts | None]


class _Pages:
    """Finds the page of a document's attachments that answers best."""

    def __init__(self, postings: Postings, attachments: Attachments) -> None:
        assert postings.attached is not None
        self._attached = beside = postings.attached
        words = beside.words
        wanted = likely(words, attachments.wanted)
        self._marker = Marker(wanted, lambda form: words.rarity(words.frequency("whole", _look_up(words, wanted, form))))
        self._runs = Runs(beside.postings, self._marker.symbols)
        self._runs_of_text = Runs(postings, self._marker.symbols)
        self._read = attachments.pages

    def best(self, doc: int) -> PageHit | None:
        """The page with the best stretch, where that is worth clearly more than any of the document's own texts."""
        row = self._attached.row_of(doc)
        if row is None:
            return None
        symbols = self._marker.symbols
        run = self._runs.of(row, "body")
        matches = symbols.matches(run)
        if not len(matches):
            return None
        texts = self._read(doc)
        if texts is None:
            return None
        found = symbols.best(matches, texts.starts)
        if found.worth < _CLEARLY * self._worth_of_text(doc):
            return None
        page = texts.page_at(found.first)
        text, place, end = texts.around(found.first, found.last)
        passage = self._marker.stretch(text, run[place:end], b"") or beginning(text)
        others = symbols.as_full(matches, texts.starts, page.ordinal)
        return PageHit(page.file, page.name, page.n, passage.text, passage.html, others)

    def _worth_of_text(self, doc: int) -> float:
        symbols = self._marker.symbols
        found = [symbols.matches(self._runs_of_text.of(doc, name)) for name in PASSAGE_FIELDS]
        return max((symbols.best(matches).worth for matches in found if len(matches)), default=0.0)


def _look_up(postings: Postings, wanted: Wanted, form: str) -> Ranges:
    return postings.typed(form) if wanted.marked else postings.readings(form)
