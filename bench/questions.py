"""What the benches of speed search in and for: documents of a file, and queries drawn from them, the same ones every time."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from search.schema import IndexDocument

KINDS = ("and", "or", "phrase", "prefix")
Query = tuple[str, list[str]]
"""A kind and its syllables; a prefix query has one."""


def rows_of(corpus: Path, limit: int, times: int) -> list[dict[str, str]]:
    """The first `limit` documents of a file of JSON lines, gzipped or not, all for 0; the whole so many times."""
    data = corpus.read_bytes()
    lines = (gzip.decompress(data) if corpus.suffix == ".gz" else data).decode("utf-8").splitlines()
    rows = [_row(json.loads(line)) for line in lines[: limit or None]]
    # Numbered anew: an id that comes twice would be one document for ours and two for its peers.
    return [{**row, "id": f"{turn}-{number}"} for turn in range(times) for number, row in enumerate(rows)]


def _row(entry: dict[str, Any]) -> dict[str, str]:
    return {
        "title": str(entry.get("title") or ""),
        "body": str(entry.get("body") or ""),
    }


def document(row: dict[str, str]) -> IndexDocument:
    """A document with values to filter by, which follow from its id."""
    number = int(hashlib.sha256(row["id"].encode()).hexdigest()[:8], 16)
    return IndexDocument(
        id=row["id"],
        portal=f"portal-{number % 7}",
        url=f"https://mau.example/{row['id']}",
        title=row["title"],
        summary="",
        body=row["body"],
        published=f"{2005 + number % 20}-01-01",
        category=f"mục {number % 13}",
        kind=f"loại {number % 5}",
    )


def queries_of(rows: Sequence[dict[str, str]], bodies: Sequence[list[str]], count: int) -> dict[str, list[Query]]:
    """From the documents themselves, the same ones every time: words of a body, runs of its words, beginnings of its words."""
    chance = random.Random(20261122)
    long = [body for body in bodies if len(body) > 40]
    drawn: dict[str, list[Query]] = {kind: [] for kind in KINDS}
    for kind in cycle(KINDS):
        if all(len(queries) >= count for queries in drawn.values()):
            return drawn
        drawn[kind].append((kind, next(_forms(kind, chance.choice(long), chance))))
    raise AssertionError("cycle ends never")


def _forms(kind: str, body: list[str], chance: random.Random) -> Iterator[list[str]]:
    while True:
        at = chance.randrange(len(body) - 10)
        if kind == "phrase":
            yield body[at : at + chance.randint(2, 5)]
        elif kind == "prefix":
            if words := [form for form in body if len(form) >= 3 and form.isalpha()]:
                yield [chance.choice(words)[:3]]
        else:
            yield body[at : at + chance.randint(2, 4 if kind == "and" else 8)]


def typed(kind: str, forms: list[str]) -> str:
    """The query as somebody types it."""
    text = " ".join(forms)
    return f'"{text}"' if kind == "phrase" else f"{text}*" if kind == "prefix" else text


def mixed(queries: dict[str, list[Query]], count: int) -> list[Query]:
    """The first queries of each kind, `count` in all, kinds in turn."""
    return [queries[kind][i] for i in range(count // len(KINDS)) for kind in KINDS]
