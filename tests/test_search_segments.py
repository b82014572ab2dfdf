"""Many small commits leave few segments, and no commit merges much."""

from __future__ import annotations

import random

import pytest

from search.following.segments import FEW, SMALL, worth_merging


def grown(batches: list[int]) -> tuple[list[int], int]:
    """Sizes of the segments after commits of so many documents, and the most that one commit merged."""
    sizes: list[int] = []
    most = 0
    for batch in batches:
        chosen = worth_merging(sizes)
        merged = sum(sizes[at] for at in chosen)
        most = max(most, merged)
        sizes = [size for at, size in enumerate(sizes) if at not in chosen] + [merged + batch]
    return sizes, most


@pytest.mark.parametrize("documents", [10, 200, 5000])
def test_single_documents_leave_few_segments_and_short_commits(documents: int) -> None:
    sizes, most = grown([1] * documents)
    assert sum(sizes) == documents
    assert sum(size < SMALL for size in sizes) <= FEW
    assert len(sizes) <= FEW + documents / SMALL
    assert most <= 2 * SMALL


def test_commits_of_any_size_leave_few_small_segments() -> None:
    dice = random.Random(7)
    sizes, most = grown([dice.choice([1, 3, 50, 199, 400]) for _ in range(2000)])
    assert sum(size < SMALL for size in sizes) <= 2 * FEW
    assert most <= 2 * SMALL


def test_what_is_laid_out_together_stays() -> None:
    assert worth_merging([0] * 20) == frozenset()
    assert worth_merging([0, *[1] * FEW, 0]) == frozenset(range(1, FEW + 1))
