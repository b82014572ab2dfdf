"""The order of the best documents by their passages: words that stand together count more than the same words apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.answering.explaining import shares
from search.answering.ranking import Named, Ranker, Ranking
from search.answering.rerank import PassageWeights, Wanted, passages, reranked
from search.asking.grammar import read
from search.postings import Postings
from search.results import SearchRequest
from search.schema import SYLLABLE_FIELDS, IndexDocument
from search.whoosh_engine import WhooshEngine

FILLER = "một hai ba bốn năm sáu bảy tám chín mười"
WANTED = ("công", "khai", "ngân", "sách")


def document(number: int, body: str) -> IndexDocument:
    return IndexDocument(f"d{number:03d}", "mẫu", "", "", "", body)


@contextmanager
def indexed(folder: Path, bodies: list[str], commits: int = 1) -> Iterator[Postings]:
    generation = WhooshEngine().create(folder)
    every = -(-len(bodies) // commits)
    for at in range(0, len(bodies), every):
        generation.write([document(at + i, body) for i, body in enumerate(bodies[at : at + every])], [], at + 1)
    with generation.newest() as snapshot:
        yield snapshot.postings
    generation.close()


def ranked(postings: Postings, text: str) -> Ranking:
    return Ranker(postings, read(text), 5.0).rank()


def worth_by_hand(tokens: list[str], wanted: dict[str, float], block: int) -> float:
    """The most that two blocks side by side hold, each word once."""
    best = 0.0
    for at in range(0, max(1, len(tokens)), block):
        held = set(tokens[at : at + 2 * block]) & wanted.keys()
        best = max(best, sum(wanted[word] for word in held))
    return best


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from([*WANTED, *FILLER.split()]), max_size=40), min_size=1, max_size=6),
    block=st.integers(1, 9),
    commits=st.integers(1, 3),
)
def test_a_passage_is_worth_what_its_different_words_are(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], block: int, commits: int
) -> None:
    wanted = dict(zip(WANTED, (4.0, 3.0, 2.0, 1.0), strict=True))
    with indexed(tmp_path_factory.mktemp("g"), [" ".join(text) for text in texts], commits) as postings:
        docs = np.flatnonzero(postings.alive)
        terms = [postings.typed(form) for form in WANTED]
        found = passages(
            postings, docs, Wanted(terms, np.array(list(wanted.values()), np.float32), []), PassageWeights(block=block)
        )
    # The gaps after title and summary, which are empty here, stand before the body.
    gaps = [""] * (len(SYLLABLE_FIELDS) - 1)
    assert found.tolist() == [worth_by_hand([*gaps, *text], wanted, block) for text in texts]


def bodies() -> list[str]:
    apart = f"công {FILLER * 6} khai {FILLER * 6} ngân {FILLER * 6} sách"
    together = f"{FILLER * 12} công {FILLER} khai ngân {FILLER} sách {FILLER * 6}"
    return [apart, together, *[FILLER * 10] * 30]


def test_words_that_stand_together_pass_those_that_stand_apart(tmp_path: Path) -> None:
    with indexed(tmp_path, bodies()) as postings:
        before = ranked(postings, "sách công ngân khai")
        after = reranked(postings, before)
    assert before.docs.tolist() == after.docs.tolist()
    assert np.argmax(before.scores) == 0
    assert np.argmax(after.scores) == 1


def test_scores_only_rise_and_the_first_of_the_rest_stays_below(tmp_path: Path) -> None:
    texts = [f"công khai {FILLER * (i % 7)} ngân sách {FILLER * i}" for i in range(40)]
    with indexed(tmp_path, texts, commits=3) as postings:
        before = ranked(postings, "công khai ngân sách")
        after = reranked(postings, before, PassageWeights(depth=10))
    risen = after.scores > before.scores
    assert (after.scores >= before.scores).all()
    assert 10 <= np.count_nonzero(risen) <= 20
    assert after.scores[~risen].max() < after.scores[risen].min()


def test_a_single_syllable_and_a_single_document_are_left_alone(tmp_path: Path) -> None:
    with indexed(tmp_path, [*bodies(), "lẻ loi"]) as postings:
        for text in ("công", "lẻ loi", "", "?"):
            before = ranked(postings, text)
            assert reranked(postings, before) is before


def test_without_accents_any_reading_counts_for_the_passage(tmp_path: Path) -> None:
    with indexed(tmp_path, bodies()) as postings:
        after = reranked(postings, ranked(postings, "sach cong ngan khai"))
    assert np.argmax(after.scores) == 1


def test_what_the_passage_gave_is_explained_and_adds_up(tmp_path: Path) -> None:
    with indexed(tmp_path, bodies()) as postings:
        ranking = reranked(postings, ranked(postings, "công khai ngân sách"))
        row = int(np.argmax(ranking.scores))
        given = shares(ranking, int(ranking.docs[row]))
    assert sum(share.points for share in given) == pytest.approx(float(ranking.scores[row]), abs=0.01)
    assert [share.points > 0 for share in given if share.stream == "passage"] == [True]


def test_filters_decide_which_documents_are_the_best(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    documents = [IndexDocument(f"d{i}", "a" if i < 120 else "b", "", "", "", body) for i, body in enumerate(bodies()[:1] * 120)]
    documents += [IndexDocument(f"b{i}", "b", "", "", "", body) for i, body in enumerate(bodies()[:2])]
    generation.write(documents, [], 1)
    hits = generation.search(SearchRequest("sách công ngân khai", (("portal", "b"),))).hits
    assert [hit.id for hit in hits] == ["b1", "b0"]
    generation.close()


def test_another_name_stands_for_what_was_typed_where_all_of_it_is_there(tmp_path: Path) -> None:
    texts = ["ubnd tỉnh", "ủy ban nhân dân tỉnh", "ban tỉnh", "tỉnh ta", *["không có"] * 8]
    with indexed(tmp_path, texts) as postings:
        ranking = ranked(postings, "ủy ban nhân dân tỉnh")
        plain = reranked(postings, ranking)
        named = reranked(postings, replace(ranking, named=(Named(("ủy", "ban", "nhân", "dân"), ("ubnd",)),)))
        gained = named.scores - plain.scores
    assert gained[0] > 0
    assert gained[1:].tolist() == [0.0] * (len(gained) - 1)


def test_a_syllable_that_two_names_share_counts_for_both(tmp_path: Path) -> None:
    with indexed(tmp_path, ["sở ta", "sở", "ta", *["không có"] * 8]) as postings:
        docs = np.arange(3)
        terms = [postings.typed("sở"), postings.typed("ta"), postings.typed("sở")]
        found = passages(postings, docs, Wanted(terms, np.array([1, 2, 4], np.float32), []), PassageWeights())
    assert found.tolist() == [7, 5, 2]
