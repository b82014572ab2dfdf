"""Judged queries in BEIR's form, what typing does to their accents, and the measures of a ranking.

`corpus` holds one JSON object a line (`_id`, `title`, `text`), `queries` too (`_id`, `text`, `metadata.set`), `qrels` is
tab-separated with a heading line. Any of them may be gzipped.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.words.text import fold

CONDITIONS = ("accented", "unaccented", "half")
MEASURES = ("MRR@10", "Recall@1", "Recall@10", "nDCG@10")
DEPTH = 10
_SYLLABLE = re.compile(r"[^\W_]+")


class BadData(Exception):
    """A file is not in BEIR's form; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Text:
    """One document, as indexed."""

    id: str
    title: str
    body: str

    @property
    def whole(self) -> str:
        """Title and body in one."""
        return f"{self.title}\n{self.body}" if self.title else self.body


@dataclass(frozen=True, slots=True)
class Judged:
    """One query with the grades of the documents that answer it; `set` is where it came from."""

    id: str
    text: str
    set: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries that have an answer among them, and the SHA-256 of each file."""

    texts: tuple[Text, ...]
    queries: tuple[Judged, ...]
    digests: Mapping[str, str]


def load(corpus: Path, queries: Path, qrels: Path, sample: int | None = None) -> Collection:
    """Read the files; with `sample`, at most that many queries of each set, the same ones every time. Raises BadData, OSError."""
    texts = tuple(Text(row["_id"], row.get("title") or "", row["text"]) for row in rows(corpus, ("_id", "text")))
    known = {text.id for text in texts}
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade in _judgements(qrels):
        if grade > 0 and document in known:
            grades.setdefault(query, {})[document] = grade
    judged = tuple(
        Judged(row["_id"], row["text"], (row.get("metadata") or {}).get("set") or "all", grades[row["_id"]])
        for row in rows(queries, ("_id", "text"))
        if row["_id"] in grades
    )
    digests = {"corpus": _sha256(corpus), "queries": _sha256(queries), "qrels": _sha256(qrels)}
    return Collection(texts, judged if sample is None else _sampled(judged, sample), digests)


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as head:
        gzipped = head.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt", encoding="utf-8") if gzipped else path.open(encoding="utf-8") as file:
        yield from file


def rows(path: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise BadData(f"{path}, line {number}: no JSON ({error.msg}). BEIR files hold one JSON object a line.") from error
            if not isinstance(row, dict) or any(not isinstance(row.get(name), str) for name in needed):
                raise BadData(f"{path}, line {number}: an object with the texts {', '.join(needed)} is needed.")
            yield row


def _judgements(path: Path) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(_lines(path), 1):
        parts = line.rstrip("\r\n").split("\t")
        if parts == [""] or (number == 1 and not parts[-1].lstrip("-").isdecimal()):
            continue
        if len(parts) != 3 or not parts[2].lstrip("-").isdecimal():
            raise BadData(f"{path}, line {number}: query, document and grade parted by tabs are needed.")
        yield parts[0], parts[1], int(parts[2])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sampled(queries: tuple[Judged, ...], sample: int) -> tuple[Judged, ...]:
    chosen: set[str] = set()
    for name in {query.set for query in queries}:
        ids = sorted((hashlib.sha256(query.id.encode()).digest(), query.id) for query in queries if query.set == name)
        chosen |= {id for _, id in ids[:sample]}
    return tuple(query for query in queries if query.id in chosen)


def typed(query: Judged, condition: str, seed: int = 0) -> str:
    """The query as typed: as it is, without any marks, or without those of half of its syllables, drawn by `seed` and its id."""
    if condition == "accented":
        return query.text
    spans = [match.span() for match in _SYLLABLE.finditer(query.text)]
    if condition == "half":
        spans = sorted(random.Random(f"{seed}:{query.id}").sample(spans, (len(spans) + 1) // 2))
    text, parts, at = query.text, [], 0
    for start, end in spans:
        parts += [text[at:start], fold(text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def measures(ranking: Sequence[str], grades: Mapping[str, int]) -> dict[str, float]:
    """Of one ranking, best document first: MRR@10, Recall@1 and @10, nDCG@10 with the grade as gain."""
    places = [place for place, document in enumerate(ranking[:DEPTH], 1) if document in grades]
    gain = sum(grades[ranking[place - 1]] / math.log2(place + 1) for place in places)
    best = sum(grade / math.log2(i + 2) for i, grade in enumerate(sorted(grades.values(), reverse=True)[:DEPTH]))
    found = (1 / places[0] if places else 0.0, float(places[:1] == [1]) / len(grades), len(places) / len(grades), gain / best)
    return dict(zip(MEASURES, found, strict=True))


def by_set(queries: Sequence[Judged], rankings: Iterable[Sequence[str]]) -> dict[str, dict[str, float]]:
    """Measures in percent for each set, and as `mean` that of the sets, each counting the same."""
    rows: dict[str, list[dict[str, float]]] = {}
    for query, ranking in zip(queries, rankings, strict=True):
        rows.setdefault(query.set, []).append(measures(ranking, query.grades))
    sets = {name: {m: 100 * sum(row[m] for row in rows[name]) / len(rows[name]) for m in MEASURES} for name in sorted(rows)}
    return sets | {"mean": {m: sum(each[m] for each in sets.values()) / len(sets) for m in MEASURES}}
