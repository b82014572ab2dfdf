"""Documents analysed together give what each of them gives alone."""

from __future__ import annotations

import os
import random
import signal
import string
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.pages import AttachedText
from search.schema import ATTACHED, ATTACHED_PLAIN, PLAIN_FIELDS, SYLLABLE_FIELDS, IndexDocument, fields_of
from search.words import streams
from search.words.analysing import WORTH_PROCESSES, Analysts
from search.words.analysis import _OPAQUE, _figure, _without_figures
from search.words.kept_words import KeptWords
from search.words.streams import Analyst, Streams
from tests.test_search_segment import SENTENCES, TRICKY

PIECES = (
    *(
        "nhà",
        "nước",
        "Công",
        "TÁC",
        "tài",
        "chính",
        "giáo dục",
        "a@b.vn",
        "http://x.vn/y",
        "1.5",
        "05",
        "...",
        "->",
        "Tp.",
        "@",
        "\n",
    ),
    *(" ", "  ", "_", "123/TB-STC", "12/6/2020", "…", "–", "\t", "\u00a0", "\u0301", "²", "x" * 70, "\ud800", "\x00", "ng" * 40),
)
texts = st.text() | st.lists(st.sampled_from(PIECES)).map("".join) | st.lists(st.sampled_from(PIECES)).map(" ".join)
documents = st.builds(
    IndexDocument,
    id=st.just("x"),
    portal=st.just("mẫu"),
    url=st.just("u"),
    title=texts,
    summary=st.sampled_from(SENTENCES),
    body=texts,
    number=st.sampled_from((None, "34/2021/QĐ-UBND")),
    files=st.lists(texts, max_size=2).map(tuple),
    attached=st.lists(
        st.builds(
            AttachedText,
            file=st.just("a" * 64),
            name=texts,
            pages=st.lists(st.tuples(st.integers(1, 9), texts), max_size=3).map(tuple),
            numbers=st.sampled_from(((), ("12/QĐ-STC",))),
        ),
        max_size=2,
    ).map(tuple),
)


def terms_of(found: Streams) -> list[dict[str, list[str]]]:
    """The terms of each document, those without places sorted."""
    documents: list[dict[str, list[str]]] = [{} for _ in range(found.count)]
    for name, stream in found.fields.items():
        at = 0
        for document, length in zip(documents, stream.lengths.tolist(), strict=True):
            terms = [stream.terms[number] for number in stream.numbers[at : at + length].tolist()]
            document[name] = sorted(terms) if name in (*PLAIN_FIELDS, *ATTACHED_PLAIN) else terms
            at += length
        assert at == len(stream.numbers)
    return documents


def checkpoints(found: Streams) -> list[dict[str, bytes]]:
    return [dict(each) for each in found.checkpoints]


def alone(document: IndexDocument) -> dict[str, list[str]]:
    fields = {ATTACHED: [], **{name: [] for name in ATTACHED_PLAIN}} | fields_of(document)
    plain = {name: sorted(fields[name]) for name in (*PLAIN_FIELDS, *ATTACHED_PLAIN)}
    return plain | {name: fields[name] for name in (*SYLLABLE_FIELDS, ATTACHED)}


def body(text: str) -> IndexDocument:
    return IndexDocument(id="x", portal="", url="", title="", summary="", body=text)


@settings(max_examples=150, deadline=None)
@given(given=st.lists(documents, max_size=4))
def test_documents_together_give_what_each_gives_alone(given: list[IndexDocument]) -> None:
    found = Analyst().streams(given, KeptWords(None))
    assert terms_of(found) == [alone(document) for document in given]
    kept = [fields_of(document)["shown"] for document in given]
    assert checkpoints(found) == [{name: each[name] for name in ("summary_checkpoints", "body_checkpoints")} for each in kept]


def test_the_sample_sentences_give_what_each_gives_alone() -> None:
    given = [body(text) for text in (*SENTENCES, *TRICKY, " ".join(SENTENCES), "\u00a0".join(SENTENCES) + "a\u0323 b")]
    analyst = Analyst()
    for document, each in zip(given, checkpoints(analyst.streams(given, KeptWords(None))), strict=True):
        assert each["body_checkpoints"] == fields_of(document)["shown"]["body_checkpoints"]
    assert terms_of(analyst.streams(given, KeptWords(None))) == [alone(document) for document in given]
    assert terms_of(analyst.streams(given[::-1], KeptWords(None))) == [alone(document) for document in given[::-1]]


def test_nothing_gives_nothing() -> None:
    assert Analyst().streams([], KeptWords(None)).count == 0
    assert terms_of(Analyst().streams([body("")], KeptWords(None))) == [alone(body(""))]


def test_what_was_learnt_is_bounded_and_forgetting_changes_no_term(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_FORMS", 50)
    monkeypatch.setattr(streams, "_MOST_PIECES", 20)
    analyst = Analyst()
    for start in range(0, 40, 4):
        given = [body(f"{SENTENCES[number % 12]} từ{number}") for number in range(start, start + 4)]
        assert terms_of(analyst.streams(given, KeptWords(None))) == [alone(document) for document in given]
    assert len(analyst._syllables) <= 20
    assert len(analyst._forms) < 150


@settings(max_examples=500)
@given(text=st.text(alphabet="0123456789/.-_ abđ²٣\n") | st.lists(st.sampled_from(PIECES)).map("".join))
def test_figures_are_masked_as_by_one_expression(text: str) -> None:
    assert _without_figures(text) == _OPAQUE.sub(lambda match: _figure(len(match[0])), text) or "@" in text or "http" in text


@pytest.mark.parametrize("text", ["a" * 500_000 + "1", "1a" * 200_000, "1/" * 200_000, "1 " * 200_000, "a1-" * 100_000])
def test_masking_takes_linear_time(text: str) -> None:
    assert len(_without_figures(text)) == len(text)


def drawn(count: int) -> list[IndexDocument]:
    chance = random.Random(20_261_124)
    return [
        body("\n".join(chance.sample(SENTENCES, 2)) + f" {chance.randrange(99)} {chance.choice(string.ascii_letters)}")
        for _ in range(count)
    ]


def analysed(given: Sequence[IndexDocument], processes: int) -> list[dict[str, list[str]]]:
    with Analysts(processes=processes) as analysts:
        return [terms for _, found in analysts.analysed(given) for terms in terms_of(found)]


def test_many_documents_are_analysed_by_several_processes_in_their_order() -> None:
    many = drawn(WORTH_PROCESSES)
    assert analysed(many, 2) == analysed(many, 1)


def test_processes_that_die_are_replaced_by_this_one() -> None:
    many = drawn(WORTH_PROCESSES)
    found = []
    with Analysts(processes=2) as analysts:
        for _, piece in analysts.analysed(many):
            found += terms_of(piece)
            if len(found) < 300 and analysts._pool:
                for process in list(analysts._pool._processes.values()):
                    process.kill()
    assert found == analysed(many, 1)


CHILD = """
import os, signal
from search.words.analysing import WORTH_PROCESSES, Analysts
from tests.test_search_streams import drawn

if __name__ == "__main__":
    analysts = Analysts(processes=2)
    next(iter(analysts.analysed(drawn(WORTH_PROCESSES))))
    print(*analysts._pool._processes, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_processes_end_with_the_one_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text(CHILD, encoding="utf-8")
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": "ignore"}
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, cwd=root, env=environment)
    assert run.returncode == -signal.SIGKILL
    pids = [int(pid) for pid in run.stdout.split()]
    assert len(pids) == 2
    until = time.monotonic() + 20
    while any(map(runs, pids)):
        assert time.monotonic() < until
        time.sleep(0.05)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_threads_take_turns() -> None:
    many = drawn(60)
    found: list[list[dict[str, list[str]]]] = []
    threads = [threading.Thread(target=lambda: found.append(analysed(many, 1))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(each == found[0] for each in found)
