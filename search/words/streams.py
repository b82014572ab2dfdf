"""The terms of many documents at once, end to end in arrays: what a process that analyses gives back.

A text is split at its blanks, and each piece is looked up: the numbers of its syllables, and those of its tokens, stand ready as
bytes from the time it was first met. So what is done for every syllable of every text is one look into a dictionary.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from search.arrays import Array
from search.schema import ATTACHED, PASSAGE_FIELDS, SYLLABLE_FIELDS, IndexDocument, numbers_in, own_numbers
from search.words import page_texts
from search.words.analysis import MAX_SYLLABLE, SYLLABLE, Readied, number_key, readied, term
from search.words.checkpoints import of_places
from search.words.kept_words import Entry, KeptWords, key_of
from search.words.segment import segmenter, spans_of, tokens_of
from search.words.segmenting import Lines
from search.words.text import normalise

_MOST_PIECES, _LONGEST_PIECE = 100_000, 64
_MOST_FORMS = 200_000
LINE_FEED = "\n"
"""Is no token: it parts two lines."""


class Stream(NamedTuple):
    """The terms of one field of several documents: `numbers` into `terms`, `lengths` says how many are each document's.

    `shifts`: by how many places each term stands further than by counting, where places stay empty.
    """

    terms: list[str]
    numbers: Array
    lengths: Array
    shifts: Array | None = None


@dataclass(frozen=True, slots=True)
class Streams:
    """All indexed terms of several documents, by field; `entries` are the words that were found and those that were kept."""

    count: int
    fields: Mapping[str, Stream]
    checkpoints: Sequence[Mapping[str, bytes]]
    """By document, see checkpoints and schema.PASSAGE_FIELDS."""
    entries: tuple[Entry, ...]
    pages: Sequence[bytes]
    """By document the record of its attachments' pages, see page_texts; empty where it has none."""


class _Pieces(dict[str, bytes]):
    """What stands between blanks, as four bytes for each number that `read` gives."""

    def __init__(self, read: Callable[[str], Iterable[int]]) -> None:
        self._read = read

    def __missing__(self, piece: str) -> bytes:
        numbers = array("i", self._read(piece)).tobytes()
        if len(piece) <= _LONGEST_PIECE and len(self) < _MOST_PIECES:
            self[piece] = numbers
        return numbers

    def read(self, pieces: Iterable[str]) -> Array:
        """The numbers of all pieces."""
        return np.frombuffer(b"".join(map(self.__getitem__, pieces)), np.int32)


class _Numbered(dict[str, int]):
    """Numbers texts in the order in which they come."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class _Paged(NamedTuple):
    """The syllables of all pages of a document, how far each is shifted by the places between pages, and what is kept."""

    numbers: Array
    shifts: Array
    record: bytes


class Analyst:
    """Turns documents into streams, and learns the words it meets. Not for several threads at once."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._forms = _Numbered()
        self._terms: list[str] = []
        self._syllables = _Pieces(lambda piece: [self._forms[form[:MAX_SYLLABLE]] for form in SYLLABLE.findall(piece)])
        self._lines: Lines | None = None
        self._tokens = _Pieces(lambda piece: map(self._number, tokens_of(piece)))
        self._odd = np.zeros(0, bool)

    def _number(self, token: str) -> int:
        return 0 if token == LINE_FEED else self._segmenting().number(token)

    def _segmenting(self) -> Lines:
        if self._lines is None:
            self._lines = Lines(segmenter())
        return self._lines

    def streams(self, documents: Sequence[IndexDocument], kept: KeptWords) -> Streams:
        """Analyse documents. Words that `kept` holds are not sought again. Raises segment.SegmenterMissing."""
        if len(self._forms) > _MOST_FORMS or (self._lines and len(self._lines.tokens) > _MOST_FORMS):
            self._begin()
        texts = [[readied(getattr(document, name)) for name in SYLLABLE_FIELDS] for document in documents]
        read = {name: [each[i].text for each in texts] for i, name in enumerate(SYLLABLE_FIELDS)}
        read["files"] = [normalise("\n".join(document.files)).text for document in documents]
        own = [[number_key(document.number)] if document.number else [] for document in documents]
        numbers = [[key for part in each for key in part.numbers] + mine for each, mine in zip(texts, own, strict=True)]
        compounds, entries = self._compounds(["\n".join(part.lines for part in each) for each in texts], kept)
        fields = {"compounds": compounds, "numbers": _stream(numbers), "own_number": _stream(own)}
        attached = [numbers_in(document.attached) for document in documents]
        fields["attached_numbers"] = _stream([list(each) for each in attached])
        fields["attached_own_number"] = _stream([own_numbers(document.attached) for document in documents])
        checkpoints = [_checkpoints(document, each) for document, each in zip(documents, texts, strict=True)]
        found = {name: [self._syllables.read(text.split()) for text in each] for name, each in read.items()}
        paged = [self._paged(document, list(each.values())) for document, each in zip(documents, attached, strict=True)]
        found[ATTACHED] = [each.numbers for each in paged]
        syllables = self._of_syllables(found)
        shifts = np.concatenate([np.zeros(0, np.int32), *(each.shifts for each in paged)])
        syllables[ATTACHED] = syllables[ATTACHED]._replace(shifts=shifts)
        return Streams(len(documents), syllables | fields, checkpoints, entries, [each.record for each in paged])

    def _paged(self, document: IndexDocument, numbers: Sequence[str]) -> _Paged:
        """The pages of a document's attachments, which name these document numbers."""
        if not document.attached:
            return _Paged(np.zeros(0, np.int32), np.zeros(0, np.int32), b"")
        pages = [
            [self._syllables.read(normalise(block).text.split()) for block in page_texts.blocks_of(text)]
            for file in document.attached
            for _, text in file.pages
        ]
        counts = [[len(block) for block in page] for page in pages]
        shifts = np.repeat(np.arange(len(pages), dtype=np.int32), [sum(page) for page in counts])
        flat = np.concatenate([np.zeros(0, np.int32), *(block for page in pages for block in page)])
        return _Paged(flat, shifts, page_texts.packed(document.attached, counts, numbers))

    def _of_syllables(self, found: Mapping[str, Sequence[Array]]) -> dict[str, Stream]:
        """The streams of these fields, which share their terms."""
        flat = {name: np.concatenate([np.zeros(0, np.int32), *each]) for name, each in found.items()}
        forms = list(self._forms)
        self._terms += map(term, forms[len(self._terms) :])
        present = np.zeros(len(forms), bool)
        for numbers in flat.values():
            present[numbers] = True
        renumbered = (np.cumsum(present) - 1).astype(np.int32)
        terms = [self._terms[number] for number in np.flatnonzero(present).tolist()]
        return {name: Stream(terms, renumbered[flat[name]], _lengths(each)) for name, each in found.items()}

    def _compounds(self, texts: Sequence[str], kept: KeptWords) -> tuple[Stream, tuple[Entry, ...]]:
        """The words of several syllables."""
        tokens = [self._tokens.read(_pieces(text)) for text in texts]
        keys = [key_of(text) for text in texts]
        known = kept.find(keys)
        of_key = dict(zip(keys, tokens, strict=True))
        entries = {key: entry for key, entry in known.items() if entry.tokens == len(of_key[key])}
        sought = {key: each for key, each in of_key.items() if key not in entries}
        entries |= {entry.key: entry for entry in self._found(sought)}
        joined = [entries[key].flags() for key in keys]
        return self._words(texts, tokens, joined), tuple(entries.values())

    def _found(self, sought: Mapping[bytes, Array]) -> list[Entry]:
        if not sought:
            return []
        ends = np.cumsum([len(tokens) + 1 for tokens in sought.values()]).tolist()
        joined = self._segmenting().joined(_end_to_end(list(sought.values())))
        spans = [slice(end - len(each) - 1, end - 1) for each, end in zip(sought.values(), ends, strict=True)]
        return [Entry.of(key, joined[span]) for key, span in zip(sought, spans, strict=True)]

    def _words(self, texts: Sequence[str], tokens: Sequence[Array], joined: Sequence[Array]) -> Stream:
        flat, inside = _end_to_end(tokens), _end_to_end(joined)
        starts = np.flatnonzero(~inside)
        sizes = np.diff(starts, append=len(flat))
        starts, sizes = starts[sizes > 1], sizes[sizes > 1]
        ends = np.cumsum([len(each) + 1 for each in tokens])
        docs = np.searchsorted(ends, starts, side="right")
        numbered = _Numbered()
        words = self._numbers_of(flat, starts, sizes, numbered)
        parts = np.split(words, np.searchsorted(docs, np.arange(1, len(texts)))) if texts else []
        odd = self._are_odd()[flat] & (inside | np.append(inside[1:], False))
        for doc in np.unique(np.searchsorted(ends, np.flatnonzero(odd), side="right")).tolist():
            # Between signs there may be no white space, and then the word is one piece.
            exact = self._exactly(texts[doc], tokens[doc], joined[doc])
            parts[doc] = np.array([numbered[word] for word in exact], np.int32)
        return Stream(list(numbered), np.concatenate([np.zeros(0, np.int32), *parts]), _lengths(parts))

    def _numbers_of(self, flat: Array, starts: Array, sizes: Array, numbered: _Numbered) -> Array:
        """The number of each word. Most are of two syllables: those are told apart by their numbers and written once."""
        names = self._lines.tokens if self._lines else []
        words = np.zeros(len(starts), np.int32)
        two = np.flatnonzero(sizes == 2)
        pairs, which = np.unique(flat[starts[two]].astype(np.int64) * len(names) + flat[starts[two] + 1], return_inverse=True)
        texts = [f"{names[pair // len(names)]}_{names[pair % len(names)]}" for pair in pairs.tolist()]
        words[two] = np.array([numbered[text] for text in texts], np.int32)[which]
        more = np.flatnonzero(sizes > 2)
        for at, start, size in zip(more.tolist(), starts[more].tolist(), sizes[more].tolist(), strict=True):
            words[at] = numbered["_".join([names[number] for number in flat[start : start + size].tolist()])]
        return words

    def _are_odd(self) -> Array:
        """For each token whether it is made of more than letters, digits and underscores."""
        tokens = self._lines.tokens if self._lines else ["\n"]
        fresh = [not token.replace("_", "").isalnum() for token in tokens[len(self._odd) :]]
        self._odd = np.append(self._odd, np.array(fresh, bool))
        return self._odd

    def _exactly(self, text: str, tokens: Array, joined: Array) -> list[str]:
        names = self._segmenting().tokens
        spans = spans_of(text, [names[number] for number in tokens.tolist()], joined.tolist())
        parts = (text[start:end].split() for start, end in spans)
        return ["_".join(each) for each in parts if len(each) > 1]


def _checkpoints(document: IndexDocument, texts: Sequence[Readied]) -> dict[str, bytes]:
    of_name = dict(zip(SYLLABLE_FIELDS, texts, strict=True))
    return {f"{name}_checkpoints": of_places(of_name[name].places, len(getattr(document, name))) for name in PASSAGE_FIELDS}


def _pieces(text: str) -> Iterable[str]:
    """What a text is cut into before its tokens: an address is one piece, and blanks and line feeds are in no other."""
    if "@" in text or "://" in text:
        lines = [[*tokens_of(line), "\n"] for line in text.split("\n")]
        return [token for line in lines for token in line][:-1]
    return text.replace("\n", " \n ").split(" ")


def _end_to_end(parts: Sequence[Array]) -> Array:
    """The parts, and a 0 after each of them."""
    flat = np.zeros(sum(map(len, parts)) + len(parts), parts[0].dtype if parts else np.int32)
    at = 0
    for part in parts:
        flat[at : at + len(part)] = part
        at += len(part) + 1
    return flat


def _lengths(parts: Sequence[Sequence[object] | Array]) -> Array:
    return np.fromiter(map(len, parts), np.int32, len(parts))


def _stream(texts: Sequence[Sequence[str]]) -> Stream:
    numbered = _Numbered()
    numbers = np.array([numbered[text] for each in texts for text in each], np.int32)
    return Stream(list(numbered), numbers, _lengths(texts))
