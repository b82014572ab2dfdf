"""Documents that name each other by number: which numbers the text of one names and who carries them, and who names its own.

What an attachment carries or names, its document does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from archive.numbers import find_numbers
from search.answering.highlight import Wanted
from search.answering.hits import Presenter
from search.arrays import Array
from search.results import Hit, NamedNumber, References
from search.snapshot import Snapshot
from search.words.analysis import number_key
from search.words.page_texts import PageTexts

MAX_NAMED = 100
"""So many numbers are listed of a text that names more: those that documents here carry first of all."""
MAX_CARRIERS = 20
"""So many documents are listed for one number, the newest: a figure that many bodies gave, or one body each year."""


def of(snapshot: Snapshot, doc: int, limit: int) -> References:
    """The references of document number `doc`; up to `limit` of those that name it, newest first."""
    shown, pages = snapshot.shown([doc])[0], snapshot.pages(doc)
    numbers = [shown["number"], *(pages.own_numbers if pages else ())]
    own = [key for number in numbers if number and (key := number_key(number))]
    named = _named(shown, own, pages)
    carried = {key: _newest(snapshot, _holding(snapshot, "own_number", key), doc) for key in named}
    listed = sorted(named, key=lambda key: not len(carried[key]))[:MAX_NAMED]
    others = [np.setdiff1d(_holding(snapshot, "numbers", key), _holding(snapshot, "own_number", key)) for key in own]
    naming = _newest(snapshot, np.unique(np.concatenate([np.zeros(0, np.int32), *others])), doc)
    chosen = {key: carried[key][:MAX_CARRIERS].tolist() for key in listed}
    hits = _hits(snapshot, [*naming[:limit].tolist(), *(each for docs in chosen.values() for each in docs)])
    return References(
        names=tuple(NamedNumber(named[key], tuple(hits[each] for each in chosen[key])) for key in named if key in chosen),
        named_by=tuple(hits[each] for each in naming[:limit].tolist()),
        total_named_by=len(naming),
    )


def _named(shown: dict[str, Any], own: Sequence[str], pages: PageTexts | None) -> dict[str, str]:
    """The numbers that a text and then its attachments name, by key, in their order; their own are none of them."""
    found: dict[str, str] = {}
    for name in ("title", "summary", "body"):
        for number in find_numbers(shown[name]):
            found.setdefault(number_key(number.canonical), number.canonical)
    for written in pages.numbers if pages else ():
        found.setdefault(number_key(written), written)
    return {key: number for key, number in found.items() if key not in own}


def _holding(snapshot: Snapshot, stream: Any, key: str) -> Array:
    """The documents that hold a number, on the page itself or in an attachment."""
    postings = snapshot.postings
    docs = postings.frequencies(stream, postings.exact(stream, key))[0]
    if attached := postings.attached:
        rows = attached.postings.frequencies(stream, attached.postings.exact(stream, key))[0]
        docs = np.union1d(docs, attached.docs[rows])
    return docs[postings.alive[docs]]


def _newest(snapshot: Snapshot, docs: Array, but: int) -> Array:
    """The documents, newest first, without `but`."""
    postings = snapshot.postings
    docs = docs[docs != but]
    return docs[np.lexsort((postings.keys[docs], -postings.date[docs]))]


def _hits(snapshot: Snapshot, docs: Iterable[int]) -> dict[int, Hit]:
    wanted: Sequence[int] = list(dict.fromkeys(docs))
    present = Presenter(snapshot.postings, Wanted())
    return {doc: present.hit(doc, shown) for doc, shown in zip(wanted, snapshot.shown(wanted), strict=True)}
