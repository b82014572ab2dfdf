"""Judged queries out of nothing but articles, in BEIR's form: for measuring on collections that nobody has judged.

    python bench/make_sets.py --articles articles.jsonl.gz --out DIR [--documents N] [--queries N] [--seed S] [--keep-titles]

`articles` holds one JSON object a line: `id`, `title`, `body`. Each query is taken out of one document, which is the one that
answers; `metadata.set` says how: `title` is the title, which no document then holds; `lead` the first sentence with gaps;
`anywhere` and `deep` are runs of syllables with gaps, from anywhere or from beyond the hundredth; `words` a few pairs of
neighbours from one place, in any order. With --keep-titles the documents keep theirs, and `title` is left out. The same seed
draws the same sets.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.beir import rows

DEEP = 100
_SYLLABLE = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[^.;:!?\n]+")
_FEWEST, _MOST = 4, 16


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it came, with the syllables of its body."""

    id: str
    title: str
    body: str
    syllables: tuple[str, ...]


Draw = Callable[[Article, random.Random], Sequence[str] | None]
"""The syllables of a query out of an article; None where it does not give one."""


def title(article: Article, draw: random.Random) -> Sequence[str] | None:
    """The whole title."""
    syllables = _SYLLABLE.findall(article.title)
    return [article.title] if len(syllables) >= _FEWEST else None


def lead(article: Article, draw: random.Random) -> Sequence[str] | None:
    """The first sentence that is long enough, without every third of its syllables or so."""
    for sentence in _SENTENCE.findall(article.body)[:3]:
        if len(syllables := _SYLLABLE.findall(sentence)) >= 2 * _FEWEST:
            return _with_gaps(syllables[: 2 * _MOST], draw)
    return None


def anywhere(article: Article, draw: random.Random) -> Sequence[str] | None:
    """A run of syllables from anywhere, with gaps."""
    return _run(article, 0, draw)


def deep(article: Article, draw: random.Random) -> Sequence[str] | None:
    """A run of syllables from beyond the hundredth, with gaps."""
    return _run(article, DEEP, draw)


def words(article: Article, draw: random.Random) -> Sequence[str] | None:
    """Three pairs of neighbours out of sixty syllables, in any order."""
    if len(article.syllables) < 2 * _MOST:
        return None
    at = draw.randrange(max(1, len(article.syllables) - 60))
    window = article.syllables[at : at + 60]
    places = draw.sample(range(0, len(window) - 1, 2), 3)
    return [syllable for place in places for syllable in window[place : place + 2]]


KINDS: dict[str, Draw] = {"title": title, "lead": lead, "anywhere": anywhere, "deep": deep, "words": words}


def _run(article: Article, after: int, draw: random.Random) -> Sequence[str] | None:
    room = len(article.syllables) - after - 20
    if room < 1:
        return None
    at = after + draw.randrange(room)
    return _with_gaps(article.syllables[at : at + 20], draw)


def _with_gaps(syllables: Sequence[str], draw: random.Random) -> Sequence[str] | None:
    kept = [syllable for syllable in syllables if draw.random() < 0.65]
    return kept[:_MOST] if len(kept) >= _FEWEST else None


def queries(articles: Sequence[Article], count: int, seed: int, kinds: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    """Up to `count` queries of each kind: id, kind, text, id of the article. Texts that two articles give are left out."""
    for kind in kinds:
        draw = random.Random(f"{seed}:{kind}")
        texts: dict[str, list[str]] = {}
        for article in draw.sample(articles, len(articles)):
            if (drawn := KINDS[kind](article, draw)) is not None:
                texts.setdefault(" ".join(drawn), []).append(article.id)
        single = [(text, ids[0]) for text, ids in texts.items() if len(ids) == 1]
        for number, (text, id) in enumerate(single[:count]):
            yield f"{kind}-{number}", kind, text, id


def load(path: Path, documents: int | None, seed: int) -> list[Article]:
    """The articles with different bodies, or a sample of them."""
    found: dict[str, Article] = {}
    for row in rows(path, ("id", "title", "body")):
        found.setdefault(row["body"], Article(row["id"], row["title"], row["body"], tuple(_SYLLABLE.findall(row["body"]))))
    articles = list(found.values())
    return articles if documents is None or documents >= len(articles) else random.Random(seed).sample(articles, documents)


def main(arguments: list[str] | None = None) -> None:
    """Draw and write corpus, queries and judgements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--documents", type=int, help="a sample of so many articles")
    parser.add_argument("--queries", type=int, default=400, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep-titles", action="store_true")
    chosen = parser.parse_args(arguments)
    articles = load(chosen.articles, chosen.documents, chosen.seed)
    drawn = list(queries(articles, chosen.queries, chosen.seed, [k for k in KINDS if k != "title" or not chosen.keep_titles]))
    chosen.out.mkdir(parents=True, exist_ok=True)
    corpus = ({"_id": a.id, "title": a.title if chosen.keep_titles else "", "text": a.body} for a in articles)
    _write(chosen.out / "corpus.jsonl.gz", corpus)
    _write(chosen.out / "queries.jsonl.gz", ({"_id": i, "text": text, "metadata": {"set": kind}} for i, kind, text, _ in drawn))
    judged = "".join(f"{i}\t{document}\t1\n" for i, _, _, document in drawn)
    (chosen.out / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    print(f"{len(articles)} documents, {len(drawn)} queries in {chosen.out}")


def _write(path: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Gzipped without a time, so that the same draw has the same digest."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
