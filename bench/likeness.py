"""How well the same announcement is found again, how rarely two of one form are taken for it, and how fast.

The texts are those of the sample portal, and mixtures of their paragraphs where more are needed. Each is set anew in seven ways
that leave it the same announcement, and made over in four ways that make it another one of its form.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, this module stands beside others that have the names of our packages.
sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import random
import re
import tempfile
import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import samples
from archive.catalog import Catalog
from archive.records import Capture, Reading
from bench.machine import peak_mib, report
from ingest.essence import conflict, essence_of
from ingest.likeness import ALIKE, link, runs_of, similarity

Change = Callable[[Reading, random.Random], Reading]


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    texts = [_reading(each) for each in samples.announcements() if essence_of(_reading(each)).comparable]
    figures = {"texts": len(texts), **_quality(texts)}
    with tempfile.TemporaryDirectory() as folder:
        figures |= _speed(Path(folder), texts, chosen.documents)
    report("likeness", figures, chosen.json)


def _reading(item: samples.Announcement) -> Reading:
    """An announcement with its tables, a row a line."""
    tables = "\n\n".join("\n".join(" ".join(row) for row in table) for table in item.tables)
    return Reading(item.title, f"{item.text}\n\n{tables}".strip(), "", item.summary, published=None)


def _quality(texts: list[Reading]) -> dict[str, object]:
    chance = random.Random(2026)
    figures: dict[str, object] = {}
    found = missed = 0
    for name, change in SAME.items():
        hits = [_alike(text, change(text, chance)) for text in texts]
        figures[f"found again: {name}"] = sum(hits) / len(hits)
        found, missed = found + sum(hits), missed + len(hits) - sum(hits)
    wrong = 0
    for name, change in OTHER.items():
        changed = [(text, other) for text in texts if (other := change(text, chance)) != text]
        taken = [_alike(*pair) for pair in changed]
        figures[f"taken for the same: {name} (of {len(taken)})"] = sum(taken) / max(1, len(taken))
        wrong += sum(taken)
    pairs = [_alike(a, b) for n, a in enumerate(texts) for b in texts[:n]]
    figures[f"taken for the same: two announcements (of {len(pairs)})"] = sum(pairs) / len(pairs)
    wrong += sum(pairs)
    figures["recall"], figures["precision"] = found / (found + missed), found / (found + wrong)
    return figures


def _alike(one: Reading, other: Reading) -> bool:
    a, b = essence_of(one), essence_of(other)
    return similarity(runs_of(a), runs_of(b)) >= ALIKE and not conflict(a, b)


def _paragraph_added(text: Reading, chance: random.Random) -> Reading:
    foreign = chance.choice([each for each in samples.announcements() if each.title != text.title and each.paragraphs])
    return replace(text, text=f"{text.text}\n\n{chance.choice(foreign.paragraphs)}")


def _other_foot(text: Reading, chance: random.Random) -> Reading:
    phone, views = chance.randrange(10**6), chance.randrange(10**4)
    foot = f"Trần Thị Mẫu\n\nNguồn: Cổng thông tin huyện Thí Dụ. Điện thoại: 0210 {phone}. Lượt xem: {views}"
    return replace(text, text=f"{text.text}\n\n{foot}")


def _by_columns(text: Reading, chance: random.Random) -> Reading:
    """Its last lines in another order, as a table that is set by columns has them."""
    paragraphs = text.text.split("\n\n")
    cells = paragraphs[-1].split("\n")
    return replace(text, text="\n\n".join([*paragraphs[:-1], "\n".join(cells[::2] + cells[1::2])]))


def _bare(text: Reading, chance: random.Random) -> Reading:
    def bare(words: str) -> str:
        stripped = "".join(char for char in unicodedata.normalize("NFD", words) if unicodedata.category(char) != "Mn")
        return stripped.replace("đ", "d").replace("Đ", "D")

    return replace(text, title=bare(text.title), summary=bare(text.summary or "") or None, text=bare(text.text))


def _words_changed(text: Reading, chance: random.Random) -> Reading:
    words = re.split(r"(\s+)", text.text)
    others = [word for word in words if word.isalpha() and word.islower()] or ["khác"]
    return replace(
        text, text="".join(chance.choice(others) if word.isalpha() and chance.random() < 0.05 else word for word in words)
    )


def _without_summary(text: Reading, chance: random.Random) -> Reading:
    return replace(text, summary=None)


def _retitled(text: Reading, chance: random.Random) -> Reading:
    return replace(text, title=f"Tin địa phương: {text.title[:1].lower()}{text.title[1:]}")


SAME: dict[str, Change] = {
    "a paragraph added": _paragraph_added,
    "another byline and footer": _other_foot,
    "tables by columns": _by_columns,
    "accents stripped": _bare,
    "5 % of words changed": _words_changed,
    "without its summary": _without_summary,
    "another beginning of the title": _retitled,
}


def _next_year(text: Reading, chance: random.Random) -> Reading:
    return _each(text, lambda words: re.sub(r"\b(19|20)\d\d\b", lambda year: str(int(year[0]) + 1), words))


def _other_days(text: Reading, chance: random.Random) -> Reading:
    def shifted(words: str) -> str:
        return re.sub(r"\b(\d{1,2})([/-]\d{1,2})", lambda day: f"{int(day[1]) % 28 + 1}{day[2]}", words)

    return _each(text, shifted)


def _one_number(text: Reading, chance: random.Random) -> Reading:
    """One number in the body is another one: the least by which two of one form differ."""
    numbers = list(re.finditer(r"\d+", text.text))
    if not numbers:
        return text
    one = chance.choice(numbers)
    return replace(text, text=f"{text.text[: one.start()]}{int(one[0]) + 97}{text.text[one.end() :]}")


def _all_numbers(text: Reading, chance: random.Random) -> Reading:
    return _each(text, lambda words: re.sub(r"\d+", lambda number: str(int(number[0]) + 7), words))


def _each(text: Reading, change: Callable[[str], str]) -> Reading:
    return replace(text, title=change(text.title), summary=change(text.summary) if text.summary else None, text=change(text.text))


OTHER: dict[str, Change] = {
    "the next year": _next_year,
    "other days": _other_days,
    "one other number": _one_number,
    "all numbers others": _all_numbers,
}


def _speed(folder: Path, texts: list[Reading], documents: int) -> dict[str, object]:
    """Mixtures of paragraphs, a tenth of them copies with a foot of their own; then a hundred more."""
    catalog = Catalog(folder / "catalog.db")
    chance = random.Random(7)
    paragraphs = [part for text in texts for part in text.text.split("\n\n") if len(part) > 80]
    mixed: list[Reading] = []
    for n in range(documents + 100):
        if n % 10 == 9:
            mixed.append(_other_foot(mixed[chance.randrange(n)], chance))
        else:
            parts = [f"{part} {chance.randrange(10**6)}" for part in chance.sample(paragraphs, 8)]
            mixed.append(Reading(chance.choice(texts).title, "\n\n".join(parts), ""))
    _put(catalog, mixed[:documents], 0)
    first_s = _timed(lambda: link(catalog))
    _put(catalog, mixed[documents:], documents)
    more_s = _timed(lambda: link(catalog))
    linked = sum(len(group) for group in catalog.likenesses().groups())
    catalog.close()
    return {
        "documents": documents,
        "sketched and linked, documents/s": documents / first_s,
        "a hundred more, s": more_s,
        "documents in groups": linked,
        "peak memory of this process, MiB": peak_mib(),
    }


def _put(catalog: Catalog, readings: list[Reading], first: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with catalog.ledger() as ledger:
        for n, reading in enumerate(readings, start=first):
            when = at + timedelta(seconds=n)
            capture = Capture(f"c{n}", f"https://mau.example/{n}", "response", when, f"{n:064x}", "a", n, 1, status=200)
            ledger.keep(f"{n:012d}", capture, "document", reading, portal="mau")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
