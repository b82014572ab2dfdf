"""Bad days of an index: a full disk, files of a size that is too large, two builders at once, a catalogue made again."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from archive.catalog import Catalog
from archive.records import Document
from search.errors import IndexLocked, IndexRejected
from search.following import generations
from search.following.follow import Follower
from search.results import SearchRequest
from search.schema import of_document
from search.searcher import Searcher
from search.whoosh_engine import WhooshEngine
from tangthu.house import House
from tangthu.settings import Settings
from tests.test_search_follow import ListSource, document
from tests.test_search_kills import bring_in, rows


def total(index: Path, text: str = "tài liệu") -> int:
    searcher = Searcher(index)
    found = searcher.search(SearchRequest(text)).total
    searcher.close()
    return found


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


# Whoosh leaves files open where it could not write them, which Python closes later and has nowhere to write to either.
left_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def fill(disk: Path, left: int) -> Path:
    """A file that leaves so many bytes."""
    filler = disk / "filler"
    filler.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - left)))
    return filler


@left_open
def test_a_full_disk_leaves_the_old_index_and_no_unfinished_one(small_disk: Path) -> None:
    source, index = ListSource(20), small_disk / "index"
    Follower(source, index).catch_up()
    for left in (0, 60_000):
        filler = fill(small_disk, left)
        with pytest.raises(OSError, match="No space left"):
            Follower(source, index).reindex()
        assert generations.names(index) == ["gen-0001"]
        assert total(index) == 20
        filler.unlink()
    assert Follower(source, index).reindex() == 20
    assert total(index) == 20


@left_open
def test_a_disk_that_fills_up_while_documents_come_in_loses_none_of_them(small_disk: Path) -> None:
    source, index = ListSource(20), small_disk / "index"
    Follower(source, index).catch_up()
    filler, dice, followed = fill(small_disk, 500_000), random.Random(3), 0

    def bring_in_for_ever() -> None:
        nonlocal followed
        while True:
            text = " ".join(f"tiếng{dice.randrange(10**6)}" for _ in range(500))
            source.put(document(f"n{source.number}", "Tài liệu mới", text))
            followed += Follower(source, index).catch_up()

    with pytest.raises(OSError, match="No space left"):
        bring_in_for_ever()
    assert followed, "some fit"
    assert total(index) >= 20 + followed, "what was committed is found, from memory where there is no room for its layout"
    filler.unlink()
    follower = Follower(source, index)
    follower.catch_up()
    report = follower.check()
    assert (report.documents, report.behind, report.differs, report.damage) == (len(source.entries), 0, False, ())


def build_with_small_files(home: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    settings = Settings(home=Path(home))
    try:
        Follower(Catalog(settings.catalog), settings.index).reindex()
    except OSError:
        os._exit(7)


def test_a_file_that_may_not_grow_leaves_the_old_index(house: House, home: Path) -> None:
    bring_in(house, rows(0, 40, random.Random(1)))
    house.follower.catch_up()
    index = house.settings.index
    process = multiprocessing.get_context("spawn").Process(target=build_with_small_files, args=(str(home),))
    process.start()
    process.join()
    assert process.exitcode == 7
    assert generations.names(index) == ["gen-0001"]
    assert total(index, "tài liệu mẫu") == house.catalog.count_documents()


def test_of_two_builders_one_waits_and_then_says_so(tmp_path: Path) -> None:
    source = ListSource(3)
    Follower(source, tmp_path).catch_up()
    with generations.building(tmp_path, 1.0), pytest.raises(IndexLocked, match="try again"):
        Follower(source, tmp_path, wait_s=0.1).reindex()
    assert total(tmp_path) == 3


def test_a_new_index_that_lacks_a_document_is_not_swapped_in(tmp_path: Path) -> None:
    class Forgetful(ListSource):
        def documents(self, ids: Sequence[str]) -> dict[str, Document]:
            return {id: entry for id, entry in super().documents(ids).items() if id != "d2"}

    source = ListSource(9)
    Follower(source, tmp_path).catch_up()
    with pytest.raises(IndexRejected, match="8 documents where the catalogue has 9"):
        Follower(Forgetful(9), tmp_path).reindex()
    assert generations.names(tmp_path) == ["gen-0001"]
    assert total(tmp_path) == 9


def test_a_new_index_that_does_not_find_what_it_holds_is_not_swapped_in(tmp_path: Path) -> None:
    title = "Thông báo công khai dự toán ngân sách năm sau"
    source, other = ListSource(), ListSource()
    for n in range(4):
        source.put(document(f"d{n}", f"{title} đợt {n}"))
        other.put(document(f"d{n}", f"Quyết định phê duyệt kế hoạch khác hẳn {n}"))
    Follower(source, tmp_path).catch_up()

    class Turning(ListSource):
        """What it gives to be indexed is not what it has when it is asked again."""

        asked = 0

        def documents(self, ids: Sequence[str]) -> dict[str, Document]:
            self.asked += 1
            return (other if self.asked == 1 else source).documents(ids)

    turning = Turning()
    turning.__dict__.update(source.__dict__)
    with pytest.raises(IndexRejected, match="does not find document d0"):
        Follower(turning, tmp_path).reindex()
    assert total(tmp_path, "công khai dự toán") == 4


def test_a_catalogue_that_was_made_again_with_larger_numbers_is_noticed(house: House) -> None:
    """Its changes have other numbers: what the index holds of the old ones says nothing."""
    dice = random.Random(5)
    bring_in(house, rows(0, 30, dice))
    house.follower.catch_up()
    before = house.follower.check()
    house.rebuild(lambda _: None)
    fresh = House(house.settings)
    bring_in(fresh, rows(30, 30, dice))
    assert fresh.follower.behind()
    assert fresh.follower.catch_up() == fresh.catalog.count_documents()
    after = fresh.follower.check()
    assert (before.generation, after.generation) == ("gen-0001", "gen-0002")
    assert not after.differs
    assert not fresh.follower.behind()
    fresh.catalog.close()


def test_a_catalogue_that_is_made_again_during_a_build_makes_another_build(tmp_path: Path) -> None:
    class MadeAgain(ListSource):
        def count_at(self, change: int) -> int:
            if not generations.anew(tmp_path):
                generations.make_anew(tmp_path)
            return super().count_at(change)

    follower = Follower(MadeAgain(5), tmp_path)
    follower.catch_up()
    assert generations.anew(tmp_path), "the build began before"
    follower.catch_up()
    assert not generations.anew(tmp_path)
    assert total(tmp_path) == 5


def test_a_report_names_what_is_missing_stale_and_extra_and_mending_mends_just_that(tmp_path: Path) -> None:
    source = ListSource(12)
    follower = Follower(source, tmp_path)
    follower.catch_up()
    generation = WhooshEngine().open(tmp_path / "gen-0001")
    stale = of_document(document("d3", "Một tên khác"))
    generation.write([stale, of_document(document("lạ", "Không ai biết"))], ["d5", "d6"], 12)
    generation.close()
    source.entries["d3"] = document("d3", "Tài liệu 3", digest="another")
    report = follower.check()
    assert (report.missing, report.stale, report.extra) == (("d5", "d6"), ("d3",), ("lạ",))
    assert report.differs
    assert follower.mend(report) == 4
    after = follower.check()
    assert not after.differs
    assert (after.documents, after.damage, after.behind) == (12, (), 0)
    assert generations.names(tmp_path) == ["gen-0001"]


def test_what_changed_since_is_behind_and_not_stale(tmp_path: Path) -> None:
    source = ListSource(4)
    follower = Follower(source, tmp_path)
    follower.catch_up()
    source.put(document("d1", "Đã đổi"))
    source.put(document("mới", "Vừa đến"))
    report = follower.check()
    assert not report.differs
    assert report.behind == 2


@pytest.mark.parametrize("glob", ["*.seg", "layout-*.arrays"])
def test_one_changed_byte_in_the_midst_of_a_file_is_found(tmp_path: Path, glob: str) -> None:
    source = ListSource()
    words = random.Random(1)
    for n in range(300):
        source.put(document(f"d{n}", f"Tài liệu {n}", " ".join(f"từ{words.randrange(5000)}" for _ in range(60))))
    follower = Follower(source, tmp_path)
    follower.catch_up()
    assert follower.check().damage == ()
    path = max((tmp_path / "gen-0001").glob(glob), key=lambda each: each.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    generation = WhooshEngine().open(tmp_path / "gen-0001")
    path.unlink()
    path.write_bytes(data)
    assert [line.partition(":")[0] for line in generation.damage()] == [path.name]
    generation.close()


def test_many_small_commits_leave_few_segments_and_layouts(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    for n in range(60):
        generation.write([of_document(document(f"n{n % 40}", "Tài liệu mới"))], [], n + 1)
    facts = generation.facts()
    assert facts.segments <= 10
    assert facts.layouts <= 10
    assert facts.dead <= 20
    assert generation.status().documents == len(list(generation.held())) == 40
    generation.settle(fully=False)
    assert generation.facts().layouts == facts.layouts, "few are left as they are"
    generation.settle()
    assert generation.facts().layouts == 1
    generation.close()
