"""The relevance floor: judged queries of our own on the sample portal, held against the scores that were pinned.

    python bench/floor.py                                   measure, compare; exit 1 where a score lies below its pin
    python bench/floor.py --pin [--reason TEXT]             pin what is scored now; a reason where queries or documents changed
    python bench/floor.py --pin --lower --reason TEXT       the same where a score falls or a query was taken away

The samples are crawled, kept, read and indexed as any portal is. Scores are in percent, by kind of query and over all queries.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, `ingest` beside this module would be found in the place of the package.
sys.path[0] = str(Path(__file__).parent.parent) if __name__ == "__main__" else sys.path[0]

import argparse
import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from bench.beir import DEPTH, Judged, measures
from ingest.crawl import crawl
from samples import SamplePortal
from search.results import SearchRequest
from search.schema import IndexDocument, of_document
from search.searcher import Searcher
from tangthu.house import House
from tangthu.settings import Settings

JUDGED = Path(__file__).parent.parent / "tests" / "judged"
QUERIES, PINS = JUDGED / "queries.jsonl", JUDGED / "floor.json"
MEASURES = ("MRR@10", "nDCG@10", "Recall@10")
ALL = "all"
SLACK = 0.005
"""Pins are rounded to two places."""
HOW = "python bench/floor.py shows what changed; --pin --reason TEXT pins it (--lower too, where a score falls)"

Scores = Mapping[str, Mapping[str, float]]
"""By kind or query, then by measure, in percent."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one run scored, and on what; pinned as JSON."""

    reason: str
    corpus: str
    """SHA-256 of all that is indexed of the samples, but for ids and addresses, which depend on where they are served."""
    queries: str
    """SHA-256 of the judged queries."""
    kinds: Scores
    by_query: Mapping[str, Sequence[float]]
    """The measures of each query, in the order of MEASURES."""


def load_queries(path: Path = QUERIES) -> tuple[Judged, ...]:
    """The judged queries: a JSON object a line, `relevant` by sample id; 2 is the document wanted, 1 one that also answers."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple(Judged(row["id"], row["text"], row["kind"], row["relevant"]) for row in rows)


def digest_of(queries: Sequence[Judged]) -> str:
    """SHA-256 of the queries with their judgements."""
    return _sha256([[query.id, query.text, query.set, dict(sorted(query.grades.items()))] for query in queries])


@contextmanager
def sample_search(folder: Path) -> Iterator[tuple[Searcher, str]]:
    """A search over the samples, as they come in from the portal, and the digest of what is indexed."""
    house = House(Settings(home=folder))
    with SamplePortal() as served, house.workshop() as shop:
        portal = next(each for each in house.portals if each.name == "sample").at(served.base_url)
        crawl(portal, shop.ingester, house.catalog)
    house.follower.catch_up()
    documents = [of_document(document) for document in house.catalog.documents(list(house.catalog.document_ids())).values()]
    with closing(house.catalog), closing(house.searcher):
        yield house.searcher, _sha256(sorted(map(_told, documents)))


_PASSING = ("id", "url", "host", "version", "attached_version")
"""What the port of the sample portal is part of, as of the addresses of attachments in a version's digest."""


def _told(document: IndexDocument) -> list[str]:
    facts = {name: value for name, value in asdict(document).items() if value and name not in _PASSING}
    return [sample_id(document.url), json.dumps(facts, ensure_ascii=False, sort_keys=True)]


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


def sample_id(url: str) -> str:
    """The id of a sample at the end of its address."""
    return str(re.findall(r"-(\d+)\.html", url)[-1])


def measure(searcher: Searcher, corpus: str, queries: Sequence[Judged], reason: str = "") -> Measurement:
    """Ask all queries and score the answers."""
    by_query: dict[str, list[float]] = {}
    for query in queries:
        hits = searcher.search(SearchRequest(query.text, limit=DEPTH)).hits
        scored = measures([sample_id(hit.url) for hit in hits], query.grades)
        by_query[query.id] = [round(100 * scored[name], 2) for name in MEASURES]
    kinds = {kind: _mean([by_query[query.id] for query in queries if query.set == kind]) for kind in _kinds(queries)}
    return Measurement(reason, corpus, digest_of(queries), kinds | {ALL: _mean(list(by_query.values()))}, by_query)


def _kinds(queries: Sequence[Judged]) -> list[str]:
    return list(dict.fromkeys(query.set for query in queries))


def _mean(rows: Sequence[Sequence[float]]) -> dict[str, float]:
    return {name: round(sum(row[i] for row in rows) / len(rows), 2) for i, name in enumerate(MEASURES)}


def load_pins(path: Path = PINS) -> Measurement | None:
    """What was pinned; None before the first time."""
    return Measurement(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def changed(pinned: Measurement, now: Measurement) -> list[str]:
    """Which of corpus and queries are not those of the pins: scores cannot be compared then."""
    return [name for name in ("corpus", "queries") if getattr(pinned, name) != getattr(now, name)]


def fallen(pinned: Measurement, now: Measurement, queries: Sequence[Judged]) -> list[str]:
    """One line for each kind with a score below its pin, naming its queries that fell, and for each query taken away."""
    lines = []
    for kind, pins in pinned.kinds.items():
        scores = now.kinds.get(kind, {})
        below = [f"{name} {pins[name]} → {scores.get(name, 0.0)}" for name in pins if scores.get(name, 0.0) < pins[name] - SLACK]
        if below:
            worse = [query for query in queries if kind in (query.set, ALL) and _fell(pinned, now, query.id)]
            named = "; ".join(f"{query.id} {query.text!r}" for query in worse) or "none by itself"
            lines.append(f"{kind}: {', '.join(below)}. Fell: {named}")
    gone = sorted(pinned.by_query.keys() - now.by_query.keys())
    return lines + ([f"taken away: {', '.join(gone)}"] if gone else [])


def _fell(pinned: Measurement, now: Measurement, id: str) -> bool:
    before = pinned.by_query.get(id)
    return before is not None and any(was > now_is + SLACK for was, now_is in zip(before, now.by_query[id], strict=True))


def may_pin(pinned: Measurement | None, now: Measurement, lower: list[str], *, allowed: bool) -> str | None:
    """Why these scores may not be pinned; None where they may."""
    if lower and not (allowed and now.reason):
        return "lower than pinned: --pin --lower --reason TEXT says why and pins it"
    if pinned is not None and changed(pinned, now) and not now.reason:
        return f"changed since they were pinned: {' and '.join(changed(pinned, now))}; --pin --reason TEXT says why"
    return None


def write_pins(now: Measurement, path: Path = PINS) -> None:
    """Pin these scores, a line for each kind and query."""
    lines = [f"{json.dumps(name)}: {_value(value)}" for name, value in asdict(now).items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _value(value: Any) -> str:
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(entry)}" for key, entry in value.items()) + "\n}"


def main(arguments: list[str] | None = None) -> None:
    """Measure, compare, and pin where it was asked for and may be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", action="store_true", help="write the scores of this run")
    parser.add_argument("--lower", action="store_true", help="also where a score is lower than before")
    parser.add_argument("--reason", default="", help="written into the file")
    parser.add_argument("--pins", type=Path, default=PINS, help="the file of pinned scores")
    parser.add_argument("--queries", type=Path, default=QUERIES, help="the file of judged queries")
    parser.add_argument("--json", type=Path, help="write what was measured")
    chosen = parser.parse_args(arguments)
    queries = load_queries(chosen.queries)
    pinned = load_pins(chosen.pins)
    with tempfile.TemporaryDirectory() as folder, sample_search(Path(folder)) as (searcher, corpus):
        now = measure(searcher, corpus, queries, chosen.reason)
    lower = fallen(pinned, now, queries) if pinned else []
    _print(pinned, now, queries, lower)
    if chosen.json:
        write_pins(now, chosen.json)
    if chosen.pin:
        refused = may_pin(pinned, now, lower, allowed=chosen.lower)
        if refused:
            sys.exit(refused)
        write_pins(now, chosen.pins)
    elif pinned is None or lower or changed(pinned, now):
        sys.exit(f"not as pinned: {HOW}")


def _print(pinned: Measurement | None, now: Measurement, queries: Sequence[Judged], lower: list[str]) -> None:
    print(f"floor · {len(queries)} judged queries\n  {'':<22}{'queries':>8}" + "".join(f"{name:>20}" for name in MEASURES))
    for kind, scores in now.kinds.items():
        count = sum(kind in (query.set, ALL) for query in queries)
        pins = pinned.kinds.get(kind, {}) if pinned else {}
        cells = [f"{scores[name]:.2f}" + (f" ({scores[name] - pins[name]:+.2f})" if name in pins else "") for name in MEASURES]
        print(f"  {kind:<22}{count:>8}" + "".join(f"{cell:>20}" for cell in cells))
    if pinned and changed(pinned, now):
        print(f"changed since they were pinned: {' and '.join(changed(pinned, now))}")
    print("".join(f"below the pin · {line}\n" for line in lower), end="")
    for query in queries:
        if now.by_query[query.id][0] < 100:
            print(f"  not first: {query.id:<14}{now.by_query[query.id]}  {query.text}")


if __name__ == "__main__":
    main()
