"""kill -9 at any moment leaves an index that is searched, and that catches up by itself."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from pathlib import Path

import pytest

from archive.catalog import Catalog
from ingest.rows import Row
from search.following import generations
from search.following.follow import Follower
from search.results import SearchRequest
from search.searcher import Searcher
from tangthu.house import House
from tangthu.settings import Settings

KILLS = 50
SEED = int(os.environ.get("KILL_SEED", "20261124"))
TEXT = "công khai dự toán ngân sách nhà nước thông báo kê khai giá đất đai thuế phí lệ phí tài sản đấu thầu"
WORDS = TEXT.split()


def rows(first: int, count: int, dice: random.Random) -> list[Row]:
    """Sample records; every fifth has an id that came before, so that it changes a document."""
    made = []
    for n in range(first, first + count):
        id = f"r{n if n % 5 else dice.randrange(n + 1)}"
        title = f"Thông báo số {n}/TB-STC về {' '.join(dice.choices(WORDS, k=6))} (tài liệu mẫu)"
        made.append(Row(id, f"urn:mau:{id}", title, " ".join(dice.choices(WORDS, k=80)), "2020-06-15", "Thông báo", None, "mau"))
    return made


def bring_in(house: House, batch: list[Row]) -> None:
    with house.workshop() as shop:
        shop.keeper.keep_rows(batch, "mau")


def follow_for_ever(home: str) -> None:
    settings = Settings(home=Path(home))
    follower = Follower(Catalog(settings.catalog), settings.index, commit_every=3, build_every=40, grace_s=0)
    while True:
        follower.catch_up()


def rebuild_for_ever(home: str) -> None:
    settings = Settings(home=Path(home))
    follower = Follower(Catalog(settings.catalog), settings.index, commit_every=3, build_every=40, grace_s=0)
    while True:
        follower.reindex()


def test_fifty_kills_leave_an_index_that_answers_and_catches_up(house: House, home: Path) -> None:
    print(f"KILL_SEED={SEED}")
    dice = random.Random(SEED)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["search.whoosh_engine", "tests.test_search_kills"])
    index = house.settings.index
    bring_in(house, rows(0, 24, dice))
    house.follower.catch_up()
    searcher = Searcher(index)
    total, brought, killed = house.catalog.count_documents(), 24, 0
    while killed < KILLS:
        bring_in(house, rows(brought, 3, dice))
        brought += 3
        works = dice.choice([(follow_for_ever,), (rebuild_for_ever,), (rebuild_for_ever,), (follow_for_ever, rebuild_for_ever)])
        processes = [context.Process(target=work, args=(str(home),)) for work in works]
        for process in processes:
            process.start()
        for process in processes:
            time.sleep(dice.choice([dice.uniform(0.02, 0.3), dice.uniform(0.3, 1.0)]))
            assert process.is_alive(), "it ended by itself"
            process.kill()
            process.join()
            killed += 1
            for reader in (searcher, Searcher(index)):
                results = reader.search(SearchRequest("tài liệu mẫu"))
                assert results.total >= total, "a document that was found before is found no more"
                assert results.hits
            reader.close()
            total = results.total
    searcher.close()
    follower = Follower(house.catalog, index, grace_s=0)
    follower.catch_up()
    report = follower.check()
    assert not report.differs
    assert report.damage == ()
    assert report.behind == 0
    assert report.documents == house.catalog.count_documents()
    assert report.canaries >= 8
    assert int(report.generation[4:]) > 2, "the kills met builds and swaps, not only their beginning"
    follower.reindex()
    assert len(generations.names(index)) == 1, "what the killed ones left is cleared away"
    assert not [path.name for path in index.rglob("*") if ".new" in path.name or ".toc." in path.name]


def test_a_killed_build_is_taken_up_where_it_stood(house: House, home: Path) -> None:
    dice = random.Random(1)
    bring_in(house, rows(1, 200, dice))
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=rebuild_for_ever, args=(str(home),))
    process.start()
    index = house.settings.index
    until = time.monotonic() + 30
    while len(list(index.glob("gen-0001/*.seg"))) < 3:
        assert time.monotonic() < until
        time.sleep(0.01)
    process.kill()
    process.join()
    if not (index / "gen-0001" / "BUILDING").exists():
        pytest.skip("this machine built it all between two looks")
    built: list[int] = []
    follower = Follower(house.catalog, index, build_every=10, progress=lambda progress: built.append(progress.done))
    follower.catch_up()
    assert generations.names(index) == ["gen-0001"]
    assert built[0] > 40, "it did not begin at the first document"
    assert built[-1] == house.catalog.count_documents()
    assert not follower.check().differs
