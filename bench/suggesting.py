"""How fast and how right are the words of a query: completion while typing, did-you-mean, rescue of Telex and VNI.

The corpus gives titles and texts; numbers, issuing bodies and dates are added to it by its lines' order, so that completion has
all it has in an archive. Queries are pieces of the corpus's own titles and sentences, damaged by rules with a seed.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.keying import Method, Way, typed
from bench.machine import report
from search.asking.completion import complete
from search.asking.did_you_mean import did_you_mean
from search.asking.typing_rescue import looked_up_in, rescue
from search.postings import Postings
from search.schema import IndexDocument
from search.snapshot import Snapshot
from search.whoosh_engine import WhooshEngine
from search.words.text import fold, normalise

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
        number=f"{i % 2999 + 1:02d}/{short}-{sign}" if i % 4 else None,
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


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with title and body; may be gzipped")
    parser.add_argument("--limit", type=int, default=0, help="take so many documents; 0: all")
    parser.add_argument("--queries", type=int, default=1000, help="queries of each kind")
    parser.add_argument("--index", type=Path, help="folder of the index; made where it is missing, else a temporary one")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.index or Path(temporary) / "index"
        if not folder.exists():
            folder.mkdir(parents=True)
            build(folder, read(chosen.corpus, chosen.limit))
        generation = WhooshEngine().open(folder)
        with generation.newest() as snapshot:
            data = {"data, SHA-256": hashlib.sha256(chosen.corpus.read_bytes()).hexdigest()[:16]}
            report("suggesting", {"documents": snapshot.documents} | data | _measured(snapshot, chosen.queries), chosen.json)
        generation.close()


def _measured(snapshot: Snapshot, count: int) -> dict[str, object]:
    chance = random.Random(20261124)
    queries = _queries(snapshot, count, chance)
    return (
        _completion(snapshot, queries, chance)
        | _misspelled(snapshot.postings, queries, chance)
        | _rescued(snapshot.postings, queries)
    )


def _queries(snapshot: Snapshot, count: int, chance: random.Random) -> list[str]:
    """Runs of one to six words of titles and sentences, none of them in capitals alone."""
    docs = chance.sample(range(snapshot.postings.count), min(snapshot.postings.count, 2 * count))
    texts = [
        text
        for values in snapshot.shown(docs)
        for text in (values.get("title"), _sentence(values.get("body") or "", chance))
        if text
    ]
    found: list[str] = []
    for text in (chance.choice(texts) for _ in range(40 * count)):
        words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text))
        length = chance.choice((1, 2, 3, 4, 6))
        if len(words) >= length and not any(word.isupper() for word in words):
            at = chance.randrange(len(words) - length + 1)
            found.append(" ".join(words[at : at + length]))
    return found[:count]


def _sentence(body: str, chance: random.Random) -> str:
    parts = [part for part in re.split(r"[\n.;:,]", body) if len(part.split()) > 4]
    return chance.choice(parts) if parts else ""


def _timed(label: str, runs: Sequence[Callable[[], object]]) -> tuple[list[object], dict[str, object]]:
    answers, times = [], []
    for run in runs:
        started, worked = time.perf_counter(), time.thread_time()
        answers.append(run())
        times.append((1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - worked)))
    figures: dict[str, object] = {}
    for name, ordered in (("", sorted(t for t, _ in times)), (" of this thread alone", sorted(t for _, t in times))):
        figures[f"{label} p50{name}, ms"] = ordered[len(ordered) // 2]
        figures[f"{label} p95{name}, ms"] = ordered[int(0.95 * len(ordered))]
    return answers, figures


def _completion(snapshot: Snapshot, queries: Sequence[str], chance: random.Random) -> dict[str, object]:
    """Titles, bodies and numbers as they are typed, letter by letter, half of them without accents."""
    docs = chance.sample(range(snapshot.postings.count), min(snapshot.postings.count, len(queries)))
    titles = [title for values in snapshot.shown(docs) if (title := " ".join((values.get("title") or "").split())[:60])]
    numbers = [values["number"] for values in snapshot.shown(docs) if values.get("number")]
    wholes = [*titles, *titles, *numbers[: len(titles) // 4]]
    asked = [(whole, whole[: chance.randint(1, len(whole))]) for whole in wholes]
    asked = [(whole, fold(part) if chance.random() < 0.5 else part) for whole, part in asked]
    complete(snapshot.postings, snapshot.shown, "a", 8)
    answers, figures = _timed(
        "completion",
        [lambda part=part: complete(snapshot.postings, snapshot.shown, part, 8) for _, part in asked],  # type: ignore[misc]
    )
    long = [(whole, answer) for (whole, part), answer in zip(asked, answers, strict=True) if len(part) >= 12]
    there = sum(any(_same(each.text[:60], whole) for each in answer) for whole, answer in long)  # type: ignore[attr-defined]
    return figures | {"completion: offered from 12 letters on, %": 100 * there / max(1, len(long))}


def _same(one: str, other: str) -> bool:
    return normalise(one).text.strip() == normalise(other).text.strip()


# misspelling


def _misspelled(postings: Postings, queries: Sequence[str], chance: random.Random) -> dict[str, object]:
    figures: dict[str, object] = {}
    for label, texts in (("accented", queries), ("unaccented", [fold(query) for query in queries])):
        pairs = [
            (text, query, wrong) for text, query in zip(texts, queries, strict=True) if (wrong := _slip(postings, text, chance))
        ]
        answers, times = _timed(f"did-you-mean, {label}", [lambda w=wrong: did_you_mean(w, postings) for _, _, wrong in pairs])  # type: ignore[misc]
        right = [
            answer is not None and fold(normalise(str(answer)).text) == fold(normalise(query).text)
            for answer, (_, query, _) in zip(answers, pairs, strict=True)
        ]
        several = [ok for ok, (_, query, _) in zip(right, pairs, strict=True) if " " in query]
        silent = sum(answer is None for answer in answers)
        figures |= times
        figures[f"did-you-mean, {label}: queries with an unknown word"] = len(pairs)
        figures[f"did-you-mean, {label}: right but for accents, %"] = 100 * sum(right) / max(1, len(pairs))
        figures[f"did-you-mean, {label}: the same of several words, %"] = 100 * sum(several) / max(1, len(several))
        figures[f"did-you-mean, {label}: says nothing, %"] = 100 * silent / max(1, len(pairs))
        offered = [text for text in texts if did_you_mean(text, postings)]
        figures[f"did-you-mean, {label}: offered for right queries, %"] = 100 * len(offered) / len(texts)
    return figures


def _slip(postings: Postings, text: str, chance: random.Random) -> str | None:
    """The text with one slip of the fingers in one word that makes a word that the index does not hold."""
    words = text.split()
    for _ in range(20):
        at = chance.randrange(len(words))
        word = words[at]
        if len(word) < 3:
            continue
        i = chance.randrange(len(word) - 1)
        slips = (
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
            word[:i] + word[i + 1 :],
            word[: i + 1] + word[i] + word[i + 1 :],
        )
        wrong = chance.choice([*slips, word[:i] + chance.choice("abcdeghiklmnopqrstuvxy") + word[i + 1 :]])
        if not any(low < high for spans in postings.readings(normalise(wrong).text) for low, high in spans):
            return " ".join([*words[:at], wrong, *words[at + 1 :]])
    return None


# typing without an input method


def _rescued(postings: Postings, queries: Sequence[str]) -> dict[str, object]:
    known, beside = looked_up_in(postings)
    figures: dict[str, object] = {}
    manners: tuple[tuple[Method, Way], ...] = (("telex", "at once"), ("telex", "tone last"), ("telex", "all last"))
    for method, way in (*manners, ("vni", "at once"), ("vni", "tone last"), ("vni", "all last")):
        asked = [(query, keys) for query in queries if (keys := typed(query, method, way, single_w=True)) != query]
        answers = [rescue(keys, known, beside) for _, keys in asked]
        whole = sum(_same(answer.text if answer else keys, query) for (query, keys), answer in zip(asked, answers, strict=True))
        figures[f"rescue, {method}, {way}: whole queries right, %"] = 100 * whole / max(1, len(asked))
        figures[f"rescue, {method}, {way}: syllables right, %"] = _share(
            asked, [a.text if a else k for (_, k), a in zip(asked, answers, strict=True)]
        )
    keyed = [typed(query) for query in queries]
    _, times = _timed("rescue", [partial(rescue, keys, known, beside) for keys in keyed])
    half = random.Random(1)
    plain = {"accented": queries, "unaccented": [fold(query) for query in queries]}
    plain["half"] = [" ".join(fold(word) if half.random() < 0.5 else word for word in query.split()) for query in queries]
    for label, texts in plain.items():
        figures[f"rescue: {label} queries read anew"] = sum(rescue(text, known, beside) is not None for text in texts)
    return times | figures


def _share(asked: Sequence[tuple[str, str]], read: Sequence[str]) -> float:
    syllables = [pair for (query, _), text in zip(asked, read, strict=True) for pair in _pairs(query, text)]
    return 100 * sum(one == other for one, other in syllables) / max(1, len(syllables))


def _pairs(one: str, other: str) -> Iterator[tuple[str, str]]:
    return zip(normalise(one).text.split(), normalise(other).text.split(), strict=False)


if __name__ == "__main__":
    main()
