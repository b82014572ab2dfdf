"""What is asked of a search and what comes back. Plain data; no engine's object crosses this line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Sort = Literal["relevance", "newest", "oldest"]
FILTERS = ("portal", "category", "kind", "issuer", "year", "month")
"""What hits can be filtered by, and what is counted over them: a year as `2020`, a month as `2020-06`."""


ScoreStream = Literal[
    "syllable", "readings", "pair", "readings of a pair", "phrase", "prefix", "fuzzy", "number", "own number", "name", "passage"
]
"""What a score comes from; `readings`: a syllable with any accents, `name`: another name from the thesaurus, `passage`: the one
that holds most of the query, see rerank."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. `text` is what the person typed, whatever it is; empty text finds all documents."""

    text: str
    filters: tuple[tuple[str, str], ...] = ()
    """Pairs of a name from FILTERS and a value; values of one name are alternatives."""
    sort: Sort = "relevance"
    limit: int = 20
    offset: int = 0
    explain: bool = False
    verbatim: bool = False
    """Whether nothing may be looked for but what was typed: no rescue of typing, no other names."""
    after: str | None = None
    """A cursor that an earlier page gave as `next`: the page that follows it, however deep; `offset` is then left out."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the person should know of how the query was read."""

    code: Literal[
        "cut", "plain", "deep", "prefix", "wildcard", "fuzzy", "field", "date", "range", "cursor", "loose", "timeout",
        "unknown_filter", "rebuilding",
    ]  # fmt: skip
    """cut: the query was too long; plain: it did not parse and was read as plain words; deep: the same, for too many parentheses;
    prefix: `*` needs more letters before it; wildcard: `*` cannot stand there; fuzzy: `~` likewise; field: no such field; date:
    no such date, read as words; range: first and last were turned round; cursor: not one of ours, the first page is shown;
    loose: nothing holds the words in quotes as they stand, so they were read without quotes; timeout: stopped early.
    """
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PageHit:
    """The page of an attachment that answers best."""

    file: str
    """Digest."""
    name: str
    """Of the file, as the document names it."""
    page: int
    """Its number, from 1."""
    snippet: str
    snippet_html: str
    """Escaped text with `<mark>` around what matched."""
    others: int = 0
    """How many other pages of the document's attachments hold all of the query that this one holds."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found. The `_html` fields are escaped text with `<mark>` around what matched, nothing else."""

    id: str
    score: float
    title: str
    title_html: str
    snippet: str
    snippet_html: str
    url: str
    portal: str
    external_id: str | None = None
    published: str | None = None
    """ISO 8601, as precise as the page was."""
    category: str | None = None
    number: str | None = None
    kind: str | None = None
    issuer: str | None = None
    state: str = "live"
    page: PageHit | None = None
    """Where a page of an attachment holds clearly more of the query together than any passage of the text, or alone holds it."""
    explanation: tuple[tuple[str, float], ...] = ()
    """With `explain`: (stream and term, contribution), greatest first."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a filter and how many of all hits carry it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits; `total` and `facets` count all of them.

    A facet that is filtered by counts as if it were not: its other values can be added. `facets["undated"]` has the values
    `year` and `month`: the hits that have none, which those facets leave out.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    ms: float = 0.0
    notes: tuple[Note, ...] = ()
    read_as: str | None = None
    """What was searched where it is not what was typed: `thông báo` for `thoong baos`."""
    also: tuple[str, ...] = ()
    """Other names that were looked for besides, from the thesaurus."""
    did_you_mean: str | None = None
    """A query of the index's own words, where what was typed holds words that the index does not know."""
    next: str | None = None
    """A cursor for the page after this one; None after the last."""
    tree: Mapping[str, Any] = field(default_factory=dict)
    """The search as it was understood, see query.to_json."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on with what is being typed."""

    kind: Literal["title", "number", "issuer"]
    text: str
    id: str | None = None
    """The document, for a title and for a number that only one document has."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why one document stands where it does for a query."""

    hit: Hit
    place: int
    """1 for the first of all hits."""
    parts: tuple[Share, ...]
    """What gave the score, greatest first; their points add up to it."""


@dataclass(frozen=True, slots=True)
class Share:
    """One thing looked for and what it gave to a score."""

    stream: ScoreStream
    """name: another name from the thesaurus; readings: the syllable with any accents."""
    what: str
    documents: int
    """How many documents hold it."""
    factor: float
    """How much it counted: 1 in full."""
    points: float
    title_points: float = 0.0
    """How many of the points are for standing in the title."""
    attached: bool = False
    """Whether it stands on a page of an attachment; `documents` are then those whose attachments hold it."""


@dataclass(frozen=True, slots=True)
class References:
    """Documents that name each other by number. `total_named_by` counts all, the hits are the newest of them."""

    names: tuple[NamedNumber, ...] = ()
    named_by: tuple[Hit, ...] = ()
    total_named_by: int = 0


@dataclass(frozen=True, slots=True)
class NamedNumber:
    """A document number that a text names, and the documents here that carry it."""

    number: str
    documents: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """Which index answers: engine and generation, the last change it holds, how many documents."""

    engine: str
    generation: str
    change: int
    documents: int


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """How the files of a generation stand."""

    segments: int
    layouts: int
    """In how many pieces the arrays lie that are searched."""
    dead: int
    """Entries that still take room: of documents that were replaced or dropped, and of earlier change numbers."""


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as an index holds it, in short."""

    id: str
    version: str
    """Digest of the version that was indexed."""
    state: str
    url: str
    attached: str = ""
    """Digest of what its attachments said when it was indexed."""
    left_out: int = 0
    """Characters of its attachments that are more than the index takes."""
