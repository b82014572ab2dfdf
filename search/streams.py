"""The terms of many documents at once, end to end in arrays: what a process that analyses gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from search.analysis import MAX_SYLLABLE, SYLLABLE, number_key, readied, term
from search.arrays import Array
from search.kept_words import Entry, KeptWords, key_of
from search.schema import SYLLABLE_FIELDS, IndexDocument
from search.segment import segmenter, spans_of, tokens_of
from search.segmenting import Lines
from search.text import normalise

_lines: list[Lines] = []


class Stream(NamedTuple):
    """The terms of one field of several documents: `numbers` into `terms`, `lengths` says how many are each document's."""

    terms: list[str]
    numbers: Array
    lengths: Array


@dataclass(frozen=True, slots=True)
class Streams:
    """All indexed terms of several documents, by field; `entries` are the words that were found and those that were kept."""

    count: int
    fields: Mapping[str, Stream]
    entries: tuple[Entry, ...]


class _Vocabulary(dict[str, int]):
    """Numbers forms in the order in which they come."""

    def __missing__(self, form: str) -> int:
        if len(form) > MAX_SYLLABLE:
            return self[form[:MAX_SYLLABLE]]
        self[form] = number = len(self)
        return number


class _Texts(dict[str, int]):
    """The same for terms of any length."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


def streams_of(documents: Sequence[IndexDocument], kept: KeptWords) -> Streams:
    """Analyse documents. Words that `kept` holds are not sought again. Raises segment.SegmenterMissing."""
    parts = [[readied(getattr(document, name)) for name in SYLLABLE_FIELDS] for document in documents]
    forms = _Vocabulary()
    fields = {name: _flat(forms, [each[i].forms for each in parts]) for i, name in enumerate(SYLLABLE_FIELDS)}
    files = [[form for name in document.files for form in SYLLABLE.findall(normalise(name).text)] for document in documents]
    fields["files"] = _flat(forms, files)
    terms = [term(form) for form in forms]
    own = [[number_key(document.number)] if document.number else [] for document in documents]
    numbers = [[key for part in each for key in part.numbers] + mine for each, mine in zip(parts, own, strict=True)]
    compounds, entries = _compounds(["\n".join(part.lines for part in each) for each in parts], kept)
    streams = {name: Stream(terms, *flat) for name, flat in fields.items()}
    return Streams(
        count=len(documents),
        fields=streams | {"compounds": _stream(compounds), "numbers": _stream(numbers), "own_number": _stream(own)},
        entries=entries,
    )


def _flat(numbered: Mapping[str, int], texts: Sequence[Sequence[str]]) -> tuple[Array, Array]:
    lengths = np.fromiter(map(len, texts), np.int32, len(texts))
    numbers = np.fromiter(map(numbered.__getitem__, chain.from_iterable(texts)), np.int32, int(lengths.sum()))
    return numbers, lengths


def _stream(texts: Sequence[Sequence[str]]) -> Stream:
    numbered = _Texts()
    numbers, lengths = _flat(numbered, texts)
    return Stream(list(numbered), numbers, lengths)


def _compounds(texts: Sequence[str], kept: KeptWords) -> tuple[list[list[str]], tuple[Entry, ...]]:
    """The words of several syllables in each text."""
    tokens = [_tokens(text) for text in texts]
    keys = [key_of(text) for text in texts]
    known = kept.find(keys)
    entries = {key: known[key] for key, each in zip(keys, tokens, strict=True) if key in known and known[key].tokens == len(each)}
    sought = {key: each for key, each in zip(keys, tokens, strict=True) if key not in entries}
    for key, joined in zip(sought, _joined(list(sought.values())), strict=True):
        entries[key] = Entry.of(key, joined)
    words = [_words(text, each, entries[key].flags()) for text, each, key in zip(texts, tokens, keys, strict=True)]
    return words, tuple(entries.values())


def _joined(texts: Sequence[Sequence[str]]) -> list[Array]:
    if not texts:
        return []
    if not _lines:
        _lines.append(Lines(segmenter()))
    ends = np.cumsum([len(tokens) + 1 for tokens in texts])
    inside = _lines[0].joined([token for tokens in texts for token in (*tokens, "\n")])
    return [inside[end - len(tokens) - 1 : end - 1] for tokens, end in zip(texts, ends.tolist(), strict=True)]


def _tokens(text: str) -> list[str]:
    if "@" not in text and "://" not in text:
        return tokens_of(text)
    lines = [tokens_of(line) for line in text.split("\n")]
    return [token for line in lines for token in (*line, "\n")][:-1]


def _words(text: str, tokens: Sequence[str], joined: Array) -> list[str]:
    begins = np.flatnonzero(~joined)
    ends = np.append(begins[1:], len(tokens))
    several = ends - begins > 1
    spans = zip(begins[several].tolist(), ends[several].tolist(), strict=True)
    words = ["_".join(tokens[start:end]) for start, end in spans]
    if not words or "".join(words).replace("_", "").isalnum():
        return words
    # Between signs there may be no white space, and then the word is one piece.
    parts = (text[start:end].split() for start, end in spans_of(text, tokens, joined.tolist()))
    return ["_".join(each) for each in parts if len(each) > 1]
