"""Which segments a commit merges, so that many small commits leave few segments and none of them takes long."""

from __future__ import annotations

from collections.abc import Sequence

SMALL = 200
"""Whoosh merges some 500 documents a second: what is larger would hold a commit, and the second in which it is to be seen."""
FEW = 8


def worth_merging(sizes: Sequence[int]) -> frozenset[int]:
    """Which of the segments with so many documents are to be merged into the next one; 0 stands for one that is to stay.

    Nothing while there are few small ones; then the smallest, as many as hold no more than twice SMALL together.
    """
    small = sorted((size, at) for at, size in enumerate(sizes) if 0 < size < SMALL)
    if len(small) < FEW:
        return frozenset()
    chosen, total = [], 0
    for size, at in small:
        total += size
        if total > 2 * SMALL:
            break
        chosen.append(at)
    return frozenset(chosen)
