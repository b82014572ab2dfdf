"""An index that follows for as long as a process runs, whoever writes, and whatever goes wrong."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from search.errors import SearchError
from search.following import generations
from search.following.follow import Follower
from search.following.standing import Standing
from search.results import SearchRequest
from search.searcher import Searcher
from tests.test_search_follow import ListSource, document


def soon(holds: Callable[[], bool], within_s: float = 10.0) -> float:
    """Wait until something holds; the seconds that it took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < within_s
        time.sleep(0.01)
    return time.monotonic() - begun


def total(searcher: Searcher, text: str = "tài liệu") -> int:
    try:
        return searcher.search(SearchRequest(text)).total
    except SearchError:
        return -1


def test_what_changes_is_found_without_anybody_asking_for_it(tmp_path: Path) -> None:
    source, searcher = ListSource(3), Searcher(tmp_path)
    with Standing(Follower(source, tmp_path)) as standing:
        assert standing.first.wait(10)
        assert total(searcher) == 3
        for n in range(3):
            source.put(document(f"n{n}", "Tài liệu mới"))
            soon(lambda n=n: total(searcher) == 4 + n)  # type: ignore[misc]
    searcher.close()


def test_of_several_one_follows_and_the_next_goes_on_when_it_ends(tmp_path: Path) -> None:
    source, searcher = ListSource(3), Searcher(tmp_path)
    first, second = Standing(Follower(source, tmp_path)), Standing(Follower(source, tmp_path))
    with first:
        assert first.first.wait(10)
        with second:
            assert second.first.wait(10)
            assert (first._leads(), second._leads()) == (True, False)
            first.stop()
            soon(second._leads)
            source.put(document("n", "Tài liệu mới"))
            soon(lambda: total(searcher) == 4)
    searcher.close()


def test_another_writer_goes_first(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source, searcher = ListSource(3), Searcher(tmp_path)
    with Standing(Follower(source, tmp_path, wait_s=0.0), poll_s=0.02) as standing:
        assert standing.first.wait(10)
        with generations.writing(tmp_path, 1.0):
            source.put(document("n", "Tài liệu mới"))
            time.sleep(0.3)
            assert total(searcher) == 3
        soon(lambda: total(searcher) == 4)
    assert caplog.text == "", "a lock that is held is no news"
    searcher.close()


def test_an_error_is_said_once_and_following_goes_on_after_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Failing(ListSource):
        broken = False

        def last_change(self) -> int:
            if self.broken:
                raise OSError(5, "the disk does not answer")
            return super().last_change()

    source, searcher = Failing(3), Searcher(tmp_path)
    with Standing(Follower(source, tmp_path), poll_s=0.01) as standing:
        assert standing.first.wait(10)
        source.broken = True
        source.put(document("n", "Tài liệu mới"))
        time.sleep(0.5)
        assert caplog.text.count("the disk does not answer") == 1
        source.broken = False
        soon(lambda: total(searcher) == 4)
    searcher.close()


def test_a_chore_that_fails_is_said_and_does_not_keep_the_index_behind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise OSError("the disk is full")

    searcher = Searcher(tmp_path)
    with Standing(Follower(ListSource(3), tmp_path), poll_s=0.01, chore=broken) as standing:
        assert standing.first.wait(10)
        soon(lambda: total(searcher) == 3)
    searcher.close()
    assert caplog.text.count("the disk is full") == 1


def test_a_folder_that_cannot_be_made_is_said_and_survived(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    with Standing(Follower(ListSource(3), tmp_path / "file" / "index"), poll_s=0.01) as standing:
        assert standing.first.wait(10)
        time.sleep(0.1)
    assert caplog.text.count("does not follow just now") == 1


def test_it_ends_in_the_midst_of_a_build_which_is_taken_up(tmp_path: Path) -> None:
    source = ListSource(600)
    standing = Standing(Follower(source, tmp_path, build_every=20))
    with standing:
        soon(lambda: len(list(tmp_path.glob("gen-0001/*.seg"))) > 0)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3
    follower = Follower(source, tmp_path)
    follower.catch_up()
    assert generations.names(tmp_path) == ["gen-0001"]
    assert not follower.check().differs


def remove_the_generation(index: Path) -> None:
    shutil.rmtree(index / "gen-0001")


def halve_the_pointer(index: Path) -> None:
    data = (index / "CURRENT").read_bytes()
    (index / "CURRENT").write_bytes(data[: len(data) // 2])


def cut_a_segment(index: Path) -> None:
    path = next((index / "gen-0001").glob("*.seg"))
    data = path.read_bytes()
    path.unlink()  # a file that is mapped into memory must not be cut itself: whoever reads beyond its end is killed
    path.write_bytes(data[:100])


@pytest.mark.parametrize("wreck", [remove_the_generation, halve_the_pointer, cut_a_segment])
def test_what_is_broken_under_a_reader_is_mended_under_it(tmp_path: Path, wreck: Callable[[Path], None]) -> None:
    source, searcher = ListSource(30), Searcher(tmp_path)
    follower = Follower(source, tmp_path)
    with Standing(follower, poll_s=0.05) as standing:
        assert standing.first.wait(10)
        assert total(searcher) == 30
        wreck(tmp_path)
        source.put(document("n", "Tài liệu mới"))
        soon(lambda: total(searcher) == 31)
    fresh = Searcher(tmp_path)
    assert total(fresh) == 31
    fresh.close()
    searcher.close()


def test_a_pointer_cut_in_half_does_not_stop_a_search(tmp_path: Path) -> None:
    searcher = Searcher(tmp_path)
    Follower(ListSource(30), tmp_path).catch_up()
    assert total(searcher) == 30
    halve_the_pointer(tmp_path)
    assert total(searcher) == 30
    searcher.close()


def test_a_layout_that_is_scribbled_over_is_laid_out_again(tmp_path: Path) -> None:
    Follower(ListSource(30), tmp_path).catch_up()
    path = next((tmp_path / "gen-0001").glob("layout-*"))
    path.write_bytes(path.read_bytes()[:-64] + bytes(64))
    searcher = Searcher(tmp_path)
    assert total(searcher) == 30
    searcher.close()
    assert Follower(ListSource(30), tmp_path).check().damage == ()


def test_a_build_beside_does_not_keep_what_comes_in_from_being_found(tmp_path: Path) -> None:
    """While one process builds, held up at the end of it, another follows; the new generation has it all."""
    source, searcher = ListSource(20), Searcher(tmp_path)
    Follower(source, tmp_path).catch_up()
    held_up, go_on = threading.Event(), threading.Event()

    class Waiting(ListSource):
        def count_at(self, change: int) -> int:
            held_up.set()
            assert go_on.wait(20)
            return source.count_at(change)

    slow = Waiting()
    slow.__dict__.update(source.__dict__)
    builder = threading.Thread(target=Follower(slow, tmp_path).reindex)
    builder.start()
    assert held_up.wait(10)
    with Standing(Follower(source, tmp_path)):
        source.put(document("n", "Tài liệu mới"))
        slow.number = source.number
        soon(lambda: total(searcher) == 21)
        assert searcher.status().generation == "gen-0001"
    go_on.set()
    builder.join()
    assert searcher.status().generation == "gen-0002"
    assert total(searcher) == 21
    searcher.close()
