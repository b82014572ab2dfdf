"""The index follows its source, survives kills and damage, and swaps generations."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.pages import AttachedText
from archive.records import Change, Document, Held, ReadDate, Reading, Version
from search.errors import IndexDamaged, IndexLocked, IndexMissing
from search.following import generations
from search.following.follow import Follower
from search.results import IndexStatus, SearchRequest
from search.searcher import Searcher

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def document(id: str, title: str, text: str = "nội dung", digest: str = "digest") -> Document:
    reading = Reading(title=title, text=text, html="", published=ReadDate("2020-06-15", "day", "15/06/2020"))
    version = Version(id, 1, "capture", NOW, digest, reading)
    return Document(id, "sample", f"https://mau.example/{id}", "live", NOW, NOW, version, 1)


class ListSource:
    """A catalogue of a list: every change of a document has the next number."""

    def __init__(self, count: int = 0) -> None:
        self.entries: dict[str, Document] = {}
        self.latest: dict[str, int] = {}
        self.counts = [0]
        self.number = 0
        for i in range(count):
            self.put(document(f"d{i}", f"Tài liệu {i}"))

    def put(self, entry: Document) -> None:
        self.number += 1
        self.entries[entry.id] = entry
        self.latest[entry.id] = self.number
        self.counts.append(len(self.entries))

    def drop(self, id: str) -> None:
        self.number += 1
        del self.entries[id]
        self.latest[id] = self.number
        self.counts.append(len(self.entries))

    def changes_after(self, number: int, limit: int) -> Sequence[Change]:
        later = sorted((changed, id) for id, changed in self.latest.items() if changed > number)
        return tuple(Change(changed, id) for changed, id in later[:limit])

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        return {id: self.entries[id] for id in ids if id in self.entries}

    def count_at(self, change: int) -> int:
        return self.counts[change]

    def texts_of(self, ids: Sequence[str]) -> Mapping[str, tuple[AttachedText, ...]]:
        return {}

    def held(self, after: str, limit: int) -> Sequence[Held]:
        ids = sorted(id for id in self.entries if id > after)[:limit]
        return tuple(
            Held(id, entry.version.digest, entry.state, entry.url, self.latest[id], entry.attached)
            for id, entry in ((id, self.entries[id]) for id in ids)
        )

    def last_change(self) -> int:
        return self.number


def status(index: Path) -> IndexStatus:
    searcher = Searcher(index)
    found = searcher.status()
    searcher.close()
    return found


def found(index: Path, text: str) -> set[str]:
    searcher = Searcher(index)
    hits = {hit.id for hit in searcher.search(SearchRequest(text, limit=100)).hits}
    searcher.close()
    return hits


def test_what_changes_is_followed(tmp_path: Path) -> None:
    source = ListSource(5)
    follower = Follower(source, tmp_path / "index", commit_every=2)
    follower.catch_up()
    assert status(tmp_path / "index") == IndexStatus("whoosh", "gen-0001", 5, 5)
    source.put(document("d1", "Hóa đơn điện tử"))
    source.put(document("mới", "Công khai ngân sách"))
    source.drop("d2")
    assert follower.catch_up() == 3
    assert follower.catch_up() == 0
    assert status(tmp_path / "index") == IndexStatus("whoosh", "gen-0001", 8, 5)
    assert found(tmp_path / "index", "hóa đơn") == {"d1"}
    assert found(tmp_path / "index", "") == {"d0", "d1", "d3", "d4", "mới"}


def test_an_empty_source_gives_an_empty_index(tmp_path: Path) -> None:
    assert Follower(ListSource(), tmp_path).catch_up() == 0
    assert status(tmp_path).documents == 0
    assert found(tmp_path, "gì cũng được") == set()


def test_reindexing_swaps_in_a_new_generation_under_a_reader_that_goes_on(tmp_path: Path) -> None:
    source = ListSource(6)
    follower = Follower(source, tmp_path)
    follower.ready()
    searcher = Searcher(tmp_path)
    assert searcher.search(SearchRequest("tài liệu")).total == 6
    assert follower.reindex() == 6
    assert searcher.search(SearchRequest("tài liệu")).total == 6
    assert searcher.status().generation == "gen-0002"
    assert generations.names(tmp_path) == ["gen-0001", "gen-0002"], "the old one stays for whoever is at work in it"
    assert Follower(source, tmp_path).behind() is True, "a new process does not know yet"
    follower.grace_s = 0
    assert follower.behind(), "something waits to be dropped"
    assert follower.catch_up() == 0
    assert generations.names(tmp_path) == ["gen-0002"]
    assert not follower.behind()
    searcher.close()


def test_however_often_an_index_is_built_no_more_than_two_generations_stay(tmp_path: Path) -> None:
    follower = Follower(ListSource(2), tmp_path)
    for _ in range(5):
        follower.reindex()
        assert len(generations.names(tmp_path)) <= 2
    (tmp_path / "gen-0077").mkdir()
    (tmp_path / "gen-0078").mkdir()
    follower.catch_up()
    assert len(generations.names(tmp_path)) == 2, "nor of what nobody knows to whom it belongs"


def test_a_long_lived_reader_sees_new_documents(tmp_path: Path) -> None:
    source = ListSource(1)
    follower = Follower(source, tmp_path)
    follower.catch_up()
    searcher = Searcher(tmp_path)
    for i in range(5):
        source.put(document(f"n{i}", "Bản tin mới"))
        follower.catch_up()
        assert searcher.search(SearchRequest("bản tin")).total == i + 1
    searcher.close()


def test_a_new_catalogue_with_smaller_numbers_is_indexed_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Follower(ListSource(9), tmp_path).catch_up()
    Follower(ListSource(3), tmp_path).catch_up()
    assert status(tmp_path).change == 3
    assert found(tmp_path, "") == {"d0", "d1", "d2"}
    assert "ahead of the catalogue" in caplog.text


def wreck_pointer(index: Path) -> None:
    (index / "CURRENT").write_text("{nothing", encoding="utf-8")


def remove_generation(index: Path) -> None:
    for path in (index / "gen-0001").iterdir():
        path.unlink()
    (index / "gen-0001").rmdir()


def cut_segment(index: Path) -> None:
    path = next((index / "gen-0001").glob("*.seg"))
    path.write_bytes(path.read_bytes()[:100])


def forge_toc(index: Path) -> None:
    path = next((index / "gen-0001").glob("*.toc"))
    path.write_bytes(b"cos\nsystem\n(S'touch owned'\ntR." + path.read_bytes())


def older_schema(index: Path) -> None:
    entry = json.loads((index / "CURRENT").read_text(encoding="utf-8"))
    (index / "CURRENT").write_text(json.dumps(entry | {"schema": 0}), encoding="utf-8")


def open_to_others(index: Path) -> None:
    (index / "gen-0001").chmod(0o777)


def link_elsewhere(index: Path) -> None:
    (index / "gen-0001").rename(index.parent / "outside")
    (index / "gen-0001").symlink_to(index.parent / "outside")


def leave_the_folder(index: Path) -> None:
    (index / "gen-0001").rename(index.parent / "gen-0001")
    entry = json.loads((index / "CURRENT").read_text(encoding="utf-8"))
    (index / "CURRENT").write_text(json.dumps(entry | {"generation": "../gen-0001"}), encoding="utf-8")


@pytest.mark.parametrize(
    "wreck",
    [wreck_pointer, remove_generation, cut_segment, forge_toc, older_schema, open_to_others, link_elsewhere, leave_the_folder],
)
def test_an_index_that_cannot_be_used_is_built_anew_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wreck: object
) -> None:
    source, index = ListSource(4), tmp_path / "index"
    Follower(source, index).catch_up()
    assert callable(wreck)
    wreck(index)
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        Follower(source, index, grace_s=0).ready()
    assert caplog.text.count("from the catalogue") == 1
    assert found(index, "tài liệu") == {"d0", "d1", "d2", "d3"}
    assert len(generations.names(index)) == 1
    assert not (tmp_path / "owned").exists()


def test_a_deleted_index_folder_is_built_anew(tmp_path: Path) -> None:
    source, index = ListSource(4), tmp_path / "index"
    Follower(source, index).catch_up()
    searcher = Searcher(index)
    assert searcher.search(SearchRequest("")).total == 4
    index.rename(tmp_path / "gone")
    Follower(source, index).ready()
    assert searcher.search(SearchRequest("")).total == 4
    searcher.close()


def test_damage_met_while_searching_is_marked_and_mended(tmp_path: Path) -> None:
    source = ListSource(40)
    Follower(source, tmp_path).catch_up()
    generations.mark_damaged(tmp_path / "gen-0001")
    Follower(source, tmp_path).ready()
    assert status(tmp_path).generation == "gen-0002"


def test_folders_are_closed_to_others(tmp_path: Path) -> None:
    Follower(ListSource(1), tmp_path / "index").catch_up()
    assert (tmp_path / "index").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "index" / "gen-0001").stat().st_mode & 0o777 == 0o700


def test_a_second_writer_waits_and_then_gives_up_with_a_clear_error(tmp_path: Path) -> None:
    follower = Follower(ListSource(1), tmp_path, wait_s=0.1)
    with generations.writing(tmp_path, 1.0), pytest.raises(IndexLocked, match="try again"):
        follower.catch_up()
    assert follower.catch_up() == 1


def test_writers_of_many_threads_lose_nothing(tmp_path: Path) -> None:
    source = ListSource(1)
    Follower(source, tmp_path).catch_up()
    gate = threading.Lock()

    def write(name: str) -> None:
        for i in range(4):
            with gate:
                source.put(document(f"{name}{i}", "Song song"))
            Follower(source, tmp_path, wait_s=20).catch_up()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found(tmp_path, "song song")) == 12
    assert status(tmp_path).change == source.last_change()


def test_before_the_first_index_status_says_none_and_a_search_says_what_to_do(tmp_path: Path) -> None:
    searcher = Searcher(tmp_path / "index")
    assert searcher.status() == IndexStatus("whoosh", "none", 0, 0)
    with pytest.raises(IndexMissing, match="tangthu index rebuild"):
        searcher.search(SearchRequest("x"))


def test_while_the_first_index_is_built_a_search_says_so(tmp_path: Path) -> None:
    generations.begin(tmp_path, "whoosh 1")
    results = Searcher(tmp_path).search(SearchRequest("x"))
    assert [note.code for note in results.notes] == ["rebuilding"]


def test_what_a_stopped_build_of_another_schema_left_is_dropped_by_the_next_one(tmp_path: Path) -> None:
    generations.begin(tmp_path, "whoosh 1")
    follower = Follower(ListSource(3), tmp_path)
    follower.catch_up()
    assert generations.names(tmp_path) == ["gen-0002"]


def test_an_unfinished_generation_that_nobody_builds_on_is_dropped_after_a_day(tmp_path: Path) -> None:
    follower = Follower(ListSource(3), tmp_path)
    follower.catch_up()
    unfinished = generations.begin(tmp_path, "whoosh 1")
    follower.catch_up()
    assert unfinished.exists()
    yesterday = time.time() - generations.ABANDONED_S - 1
    os.utime(unfinished, (yesterday, yesterday))
    follower.catch_up()
    assert generations.names(tmp_path) == ["gen-0001"]


class Stopped(Exception):
    pass


class StoppingSource(ListSource):
    def __init__(self, count: int, batches: int) -> None:
        super().__init__(count)
        self.batches = batches
        self.asked: list[int] = []

    def changes_after(self, number: int, limit: int) -> Sequence[Change]:
        self.asked.append(number)
        if len(self.asked) > self.batches:
            raise Stopped
        return super().changes_after(number, limit)


def test_a_stopped_reindex_is_taken_up_where_it_stood(tmp_path: Path) -> None:
    source = StoppingSource(10, batches=3)
    with pytest.raises(Stopped):
        Follower(source, tmp_path, build_every=2).reindex()
    source.batches, source.asked = 100, []
    assert Follower(source, tmp_path, build_every=2).reindex() == 10
    assert source.asked[0] == 6
    assert generations.names(tmp_path) == ["gen-0001"]


def test_searches_go_on_while_generations_are_swapped(tmp_path: Path) -> None:
    follower = Follower(ListSource(5), tmp_path)
    follower.catch_up()
    searcher = Searcher(tmp_path)
    totals: list[int] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            totals.append(searcher.search(SearchRequest("tài liệu")).total)

    readers = [threading.Thread(target=search) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(8):
        follower.reindex()
    done.set()
    for reader in readers:
        reader.join()
    searcher.close()
    assert set(totals) == {5}
    assert searcher.status().generation == "gen-0009"
    searcher.close()


def test_a_search_that_meets_damage_has_the_index_built_anew(tmp_path: Path) -> None:
    source = ListSource(300)
    Follower(source, tmp_path).catch_up()
    path = max((tmp_path / "gen-0001").glob("*.seg"), key=lambda each: each.stat().st_size)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096 - 65536) + data[-65536:])
    searcher = Searcher(tmp_path)
    with pytest.raises(IndexDamaged, match="tangthu index rebuild"):
        searcher.search(SearchRequest("tài liệu"))
    assert Follower(source, tmp_path).ready() == 300
    assert searcher.search(SearchRequest("tài liệu")).total == 300
    searcher.close()
