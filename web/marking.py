"""Where the words that are looked for stand in a text, and the stretch of it that shows them best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup, escape

from search.errors import SearchError
from search.results import SearchRequest
from web.leaf import Span, visible
from web.services import Services

SNIPPET_CHARS = 240
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Matching:
    """A page of a file that holds what is looked for."""

    n: int
    snippet: Markup
    count: int


def marks(services: Services, text: str, query: str) -> tuple[Span, ...]:
    """Where `query` matches in `text`; nowhere while the search does not answer, for the text itself must stay readable."""
    if not query or not text:
        return ()
    try:
        find = getattr(services.searcher, "marks", None)
        return tuple(find(text, SearchRequest(query))) if find else ()
    except SearchError as error:
        current_app.logger.warning("a page is shown without marks: %s", error)
        return ()


def matching(services: Services, texts: Sequence[tuple[int, str]], query: str) -> Iterator[Matching]:
    """The pages among `texts` (number, text) that match, in order; lazy."""
    for n, text in texts:
        if found := marks(services, text, query):
            yield Matching(n, snippet(text, found), len(found))


def snippet(text: str, found: Sequence[Span]) -> Markup:
    """About SNIPPET_CHARS of `text` where most of `found` stands close together, on one line, marked."""
    first = max(range(len(found)), key=lambda i: sum(end <= found[i][0] + SNIPPET_CHARS for _, end in found[i : i + 40]))
    start = _word_start(text, max(0, found[first][0] - _BEFORE), found[first][0])
    end = _word_end(text, max(found[first][1], start + SNIPPET_CHARS))
    parts = ["…" if text[:start].strip() else ""]
    at = start
    for left, right in found[first:]:
        if right > end:
            break
        parts += (escape(_line(text[at:left])), "<mark>", escape(_line(text[left:right])), "</mark>")
        at = right
    return Markup("".join([*parts, escape(_line(text[at:end])), "…" if text[end:].strip() else ""]))  # noqa: S704


def beginning(text: str) -> str:
    """The first words of `text`, on one line."""
    line = " ".join(visible(text[: 4 * SNIPPET_CHARS]).split())
    return line if len(line) <= SNIPPET_CHARS else f"{line[: _word_end(line, SNIPPET_CHARS)]}…"


def _line(text: str) -> str:
    return visible(text.replace("\n", " ").replace("\t", " "))


def _word_start(text: str, at: int, limit: int) -> int:
    if at == 0:
        return 0
    gap = next((place for place in range(at, limit) if text[place].isspace()), None)
    return at if gap is None else gap + 1


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    return next((place for place in range(at, max(at - 40, 0), -1) if text[place].isspace()), at)
