"""Words that were found are kept by content: nothing is segmented twice, and a store that is lost or damaged costs only time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.following.follow import Follower
from search.schema import IndexDocument
from search.words import kept_words
from search.words.kept_words import Entry, KeptWords, key_of
from search.words.segmenting import Lines
from search.words.streams import Analyst
from tests.test_search_follow import ListSource, document, found

TEXTS = ("Công khai ngân sách nhà nước", "Hóa đơn điện tử cho doanh nghiệp", "Ủy ban nhân dân tỉnh họp phiên thường kỳ")


@pytest.fixture
def segmented(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token that is handed to the segmenter."""
    tokens: list[str] = []
    joined = Lines.joined

    def watched(self: Lines, given: Any) -> Any:
        tokens.extend(self.tokens[number] for number in given.tolist() if number)
        return joined(self, given)

    monkeypatch.setattr(Lines, "joined", watched)
    return tokens


def filled() -> ListSource:
    source = ListSource()
    for number, text in enumerate(TEXTS):
        source.put(document(f"d{number}", f"Tài liệu {number}", text))
    return source


def kept(index: Path) -> set[bytes]:
    with closing(sqlite3.connect(index / "words.db")) as base:
        return {key for (key,) in base.execute("select key from words")}


def test_a_reindex_segments_no_text_a_second_time(tmp_path: Path, segmented: list[str]) -> None:
    source = filled()
    Follower(source, tmp_path).catch_up()
    assert {"ngân", "hóa", "dân"} <= set(segmented)
    segmented.clear()
    assert Follower(source, tmp_path).reindex() == 3
    assert segmented == []
    source.put(document("mới", "Bản tin", "Một văn bản khác hẳn"))
    Follower(source, tmp_path).reindex()
    assert "ngân" not in segmented
    assert {"bản", "khác", "hẳn"} <= set(segmented)


def test_a_document_that_comes_again_unchanged_is_not_segmented(tmp_path: Path, segmented: list[str]) -> None:
    source = filled()
    Follower(source, tmp_path).catch_up()
    segmented.clear()
    source.put(source.entries["d1"])
    source.put(document("bản sao", "Tài liệu 2", TEXTS[2]))
    assert Follower(source, tmp_path).catch_up() == 2
    assert segmented == []


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def of_another_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("drop table words")
        base.execute("create table words(key text, other integer)")


def bits_turned(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("update words set joined = zeroblob(length(joined))")


def of_another_type(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("update words set tokens = 'ba', checked = null")


@pytest.mark.parametrize("wreck", [removed, emptied, overwritten, cut, a_folder, of_another_table, bits_turned, of_another_type])
def test_a_lost_or_damaged_store_changes_no_word(tmp_path: Path, wreck: Callable[[Path], None]) -> None:
    source = filled()
    Follower(source, tmp_path).catch_up()
    before = kept(tmp_path)
    wreck(tmp_path / "words.db")
    Follower(source, tmp_path).reindex()
    documents = [IndexDocument(id=id, portal="", url="", title="", summary="", body=text) for id, text in enumerate_texts()]
    at_hand, anew = (Analyst().streams(documents, KeptWords(path)) for path in (tmp_path / "words.db", None))
    assert at_hand.fields["compounds"].terms == anew.fields["compounds"].terms
    assert found(tmp_path, "hóa đơn") == {"d1"}
    if wreck is not a_folder:
        assert kept(tmp_path) == before


def enumerate_texts() -> Iterator[tuple[str, str]]:
    yield from ((f"d{number}", text) for number, text in enumerate(TEXTS))


def test_a_rebuild_drops_what_no_document_uses_any_more(tmp_path: Path) -> None:
    source = filled()
    Follower(source, tmp_path).catch_up()
    before = kept(tmp_path)
    source.drop("d0")
    source.put(document("mới", "Bản tin", "Một văn bản khác hẳn"))
    Follower(source, tmp_path).catch_up()
    assert len(kept(tmp_path)) == 4
    Follower(source, tmp_path).reindex()
    assert len(kept(tmp_path)) == 3
    assert len(kept(tmp_path) - before) == 1


def test_another_way_of_cutting_finds_nothing_that_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = KeptWords(tmp_path / "words.db")
    store.keep([Entry.of(key_of("a b"), np.array([False, True]))], "gen-0001")
    assert key_of("a b") in store.find([key_of("a b")])
    monkeypatch.setattr(kept_words, "_PREFIX", b"2 other\n")
    assert store.find([key_of("a b")]) == {}


def test_a_text_of_the_same_key_but_other_tokens_is_segmented(tmp_path: Path, segmented: list[str]) -> None:
    store = KeptWords(tmp_path / "words.db")
    text = IndexDocument(id="x", portal="", url="", title="", summary="", body="ngân sách")
    (entry,) = Analyst().streams([text], store).entries
    store.keep([Entry.of(entry.key, np.ones(entry.tokens + 1, bool))], "gen-0001")
    segmented.clear()
    assert Analyst().streams([text], store).fields["compounds"].terms == ["ngân_sách"]
    assert "ngân" in segmented


@given(flags=st.lists(st.booleans(), max_size=70))
def test_a_flag_for_each_token_comes_back(flags: list[bool]) -> None:
    entry = Entry.of(b"key", np.array(flags, bool))
    assert entry.flags().tolist() == flags
    assert len(entry.joined) == (len(flags) + 7) // 8


def test_more_texts_than_one_question_may_hold_are_found(tmp_path: Path) -> None:
    store = KeptWords(tmp_path / "words.db")
    entries = [Entry.of(key_of(str(number)), np.ones(number % 9, bool)) for number in range(1300)]
    store.keep(entries, "gen-0001")
    assert store.find([entry.key for entry in entries]) == {entry.key: entry for entry in entries}
    assert KeptWords(None).find([entries[0].key]) == {}
