"""How fast and how right are the words of a query: completion while typing, did-you-mean, rescue of Telex and VNI.

The corpus gives titles and texts; numbers, issuing bodies and dates are added to it by its lines' order, so that completion has
all it has in an archive. Queries are pieces of the corpus's own titles and sentences, damaged by rules with a seed.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine

BATCH = 4000
_ISSUERS = (
    ("Ủy ban nhân dân tỉnh Phú Thọ", "UBND"),
    ("Hội đồng nhân dân tỉnh Phú Thọ", "HĐND"),
    ("Sở Tài chính", "STC"),
    ("Bộ Tài chính", "BTC"),
    ("Kho bạc Nhà nước", "KBNN"),
    ("Sở Xây dựng", "SXD"),
)
_KINDS = (("Quyết định", "QĐ"), ("Thông báo", "TB"), ("Kế hoạch", "KH"), ("Nghị quyết", "NQ"), ("Báo cáo", "BC"))


def read(corpus: Path, limit: int) -> list[IndexDocument]:
    """The documents of a file of JSON lines with title and body, gzipped or not; each line is one, whatever its id."""
    data = corpus.read_bytes()
    lines = (gzip.decompress(data) if corpus.suffix == ".gz" else data).decode("utf-8").splitlines()
    return [_document(i, json.loads(line)) for i, line in enumerate(lines[: limit or None])]


def _document(i: int, entry: dict[str, str]) -> IndexDocument:
    issuer, sign = _ISSUERS[i % len(_ISSUERS)]
    kind, short = _KINDS[i % len(_KINDS)]
    return IndexDocument(
        id=f"d{i}",
        portal="p",
        url=f"https://mau.example/{i}",
        title=entry.get("title") or "",
        summary="",
        body=entry.get("body") or entry.get("text") or "",
        published=f"{2000 + i % 25}-{1 + i % 12:02d}-{1 + i % 28:02d}",
        number=f"{i % 3000 + 1:02d}/{short}-{sign}" if i % 3 else None,
        kind=kind,
        issuer=issuer,
    )


def build(folder: Path, documents: Sequence[IndexDocument]) -> None:
    """An index of the documents in `folder`, settled."""
    generation = WhooshEngine().create(folder)
    for start in range(0, len(documents), BATCH):
        generation.write(documents[start : start + BATCH], [], start + 1)
    generation.settle()
    generation.close()
