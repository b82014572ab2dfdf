"""Terms that are spelt nearly as what was typed are found among all terms at once, as letter by letter they would be."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search.spelling import Vocabulary
from search.words.analysis import term
from search.words.text import fold

forms = st.text(st.sampled_from("abđếề𝒂"), min_size=1, max_size=6)


def by_letters(one: str, other: str) -> int:
    """Optimal string alignment, by the book."""
    table = np.add.outer(np.arange(len(one) + 1), np.arange(len(other) + 1))
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            changed = int(one[i - 1] != other[j - 1])
            best = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + changed)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, table[i - 2, j - 2] + 1)
            table[i, j] = best
    return int(table[-1, -1])


@settings(deadline=None)
@given(words=st.sets(forms, max_size=30), typed=forms, most=st.integers(0, 3), folded=st.booleans())
def test_distances_are_those_of_letter_by_letter(words: set[str], typed: str, most: int, folded: bool) -> None:
    terms = sorted(term(word).encode() for word in words)
    numbers, distances = Vocabulary(terms).near(typed, most, folded=folded)
    parts = [each.decode().split("|")[0 if folded else 1] for each in terms]
    expected = {number: far for number, part in enumerate(parts) if (far := by_letters(typed, part)) <= most}
    assert dict(zip(numbers.tolist(), distances.tolist(), strict=True)) == expected
    assert numbers.tolist() == sorted(expected)


def test_two_exchanged_neighbours_are_one_change_and_so_is_the_first_letter() -> None:
    vocabulary = Vocabulary([term(form).encode() for form in ("định", "ngân", "sách")])
    assert vocabulary.near("nagn", 1, folded=True)[0].tolist() == [1]
    assert vocabulary.near("nagn", 1, folded=False)[0].tolist() == []
    assert vocabulary.near("nagn", 2, folded=False)[0].tolist() == [1]
    assert vocabulary.near("ngna", 1, folded=True)[0].tolist() == [1]
    assert vocabulary.near("xach", 1, folded=True)[0].tolist() == [2]
    assert vocabulary.near("đinh", 1, folded=False)[0].tolist() == [0]


def test_sixty_thousand_terms_are_compared_in_little_time() -> None:
    letters = "abcdeghiklmnopqrstuvxyđâêôơưáàảãạ"
    chance = np.random.default_rng(7)
    drawn = {"".join(letters[i] for i in chance.integers(0, len(letters), chance.integers(2, 8))) for _ in range(60_000)}
    vocabulary = Vocabulary(sorted(f"{fold(form)}|{form}".encode() for form in drawn))
    vocabulary.near("nghieng", 1, folded=True)
    took = []
    for typed in ("nghieng", "thuong", "duoc", "an", "quyet"):
        begun = time.perf_counter()
        vocabulary.near(typed, 2, folded=True)
        took.append(time.perf_counter() - begun)
    # Ten times what it takes when nothing else runs: only a loop over the terms would need so long.
    assert min(took) < 0.1
