"""Documents of a commit as hits: what was stored to show of them, with what a query wants marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from search.answering.highlight import Marked, Marker, Wanted, beginning
from search.answering.ranking import WEIGHTS
from search.answering.restoring import restored
from search.arrays import Array
from search.postings import Postings
from search.results import Hit
from search.runs import Runs
from search.schema import PASSAGE_FIELDS
from search.words.text import has_marks

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
    """Makes the hits of one query over one commit."""

    def __init__(self, postings: Postings, wanted: Wanted) -> None:
        wanted = likely(postings, wanted)
        look_up = postings.typed if wanted.marked else postings.readings
        self._marker = Marker(wanted, lambda form: postings.rarity(postings.frequency("whole", look_up(form))))
        self._runs = Runs(postings, self._marker.symbols)

    def hit(self, doc: int, shown: Mapping[str, Any], score: float = 0.0, explanation: tuple[tuple[str, float], ...] = ()) -> Hit:
        """Document number `doc`, of which `shown` was stored."""
        title, passage = self._marker.title(shown["title"], self._runs.of(doc, "title")), self._passage(doc, shown)
        return Hit(
            score=round(score, 4),
            title=title.text,
            title_html=title.html,
            snippet=passage.text,
            snippet_html=passage.html,
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
