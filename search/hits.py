"""Documents of a commit as hits: what was stored to show of them, with what a query wants marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.arrays import Array
from search.highlight import Marked, Marker, Wanted, beginning
from search.postings import Postings
from search.results import Hit
from search.runs import Runs
from search.schema import PASSAGE_FIELDS

_SHOWN = ("id", "url", "portal", "external_id", "published", "category", "number", "kind", "issuer", "state")


class Presenter:
    """Makes the hits of one query over one commit."""

    def __init__(self, postings: Postings, wanted: Wanted) -> None:
        look_up = postings.typed if wanted.marked else postings.readings
        self._marker = Marker(wanted, lambda form: postings.rarity(postings.frequency("whole", look_up(form))))
        self._runs = Runs(postings, self._marker.symbols)

    def hit(self, doc: int, shown: Mapping[str, Any], score: float = 0.0, explanation: tuple[tuple[str, float], ...] = ()) -> Hit:
        """Document number `doc`, of which `shown` was stored."""
        title, passage = self._marker.whole(shown["title"]), self._passage(doc, shown)
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
