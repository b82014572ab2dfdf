"""What attachments cost the index and a search: `python bench/attached.py [--documents N] [--pages N]`.

The same made-up documents (words of the samples, drawn by chance) with and without attachments of so many pages at every second
of them. Timings are those of this machine: the ratios are what counts.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent) if __name__ == "__main__" else sys.path[0]

from archive.pages import AttachedText  # noqa: E402
from samples import announcements  # noqa: E402
from search.results import SearchRequest  # noqa: E402
from search.schema import IndexDocument  # noqa: E402
from search.whoosh_engine import WhooshEngine  # noqa: E402

_QUERIES, _COMMIT = 150, 500


@dataclass(frozen=True, slots=True)
class Figures:
    """Characters and seconds of a build, bytes on the disk, milliseconds of a search (median, one of twenty), pages shown."""

    characters: int
    build_s: float
    size: int
    median_ms: float
    slow_ms: float
    pages: int


def measured(documents: Sequence[IndexDocument], queries: Sequence[str]) -> Figures:
    """Index documents in a folder of their own, and put all queries twice; the second time counts."""
    with tempfile.TemporaryDirectory() as folder:
        generation = WhooshEngine().create(Path(folder))
        begun = time.perf_counter()
        for at in range(0, len(documents), _COMMIT):
            generation.write(documents[at : at + _COMMIT], [], at + 1)
        build_s = time.perf_counter() - begun
        generation.settle()
        results = [[generation.search(SearchRequest(query)) for query in queries] for _ in range(2)][1]
        times = sorted(each.ms for each in results)
        pages = sum(hit.page is not None for each in results for hit in each.hits)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        generation.close()
    characters = sum(len(each.title) + len(each.summary) + len(each.body) + each.attached_chars for each in documents)
    return Figures(characters, build_s, size, statistics.median(times), times[len(times) * 19 // 20], pages)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--pages", type=int, default=8)
    chosen = parser.parse_args(arguments)
    words = " ".join(each.text for each in announcements()).split()
    chance = random.Random(1)

    def text(count: int) -> str:
        return " ".join(chance.choice(words) for _ in range(count))

    plain = [IndexDocument(f"d{n}", "p", f"u{n}", text(10), text(20), text(400)) for n in range(chosen.documents)]
    file = AttachedText("a" * 64, "Tệp.pdf", (), ())
    attached = [
        replace(each, attached=(replace(file, pages=tuple((n + 1, text(400)) for n in range(chosen.pages))),)) if at % 2 else each
        for at, each in enumerate(plain)
    ]
    queries = [" ".join(words[at : at + 4]) for at in chance.sample(range(len(words) - 4), _QUERIES)]
    without, with_files = measured(plain, queries), measured(attached, queries)
    for name, each in (("without", without), ("with", with_files)):
        say(
            f"{name:>8}: {each.characters / 1e6:6.1f} M characters in {each.build_s:6.2f} s, {each.size / 1e6:6.1f} MB; "
            f"search {each.median_ms:5.1f} ms, of twenty the slowest {each.slow_ms:5.1f} ms; {each.pages} pages shown"
        )
    say(
        f"  ratios: build {with_files.build_s / without.build_s:.2f} for {with_files.characters / without.characters:.2f} times "
        f"the characters, search {with_files.median_ms / without.median_ms:.2f}"
    )


def say(line: str) -> None:
    """Print."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
