"""Crawls, imports of older and newer captures, exchanged readers and re-readings in any order: a rebuild tells the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from archive import schema
from archive.verify import verify
from ingest.keep import DOCUMENT
from ingest.likeness import link
from ingest.portal import Layout
from tangthu.house import House
from tests.foreign_files import Desk, Records, answer
from tests.test_ingest_keep import HOST
from tests.test_ingest_reread import NEW, OLD, PAGE, TEXT, Office

HIDDEN = Layout("giau", "section.giau", "section.giau b", "section.giau")
READERS = ((OLD,), (NEW,), (OLD, HIDDEN), (NEW, HIDDEN))
FOOTER = '<footer>Ghi rõ nguồn "{name}" khi sử dụng lại thông tin từ website này.</footer></body>'
SHY = "<html><body><section class='giau'><b>Thong bao</b> so {n}</section></body></html>"


def told(house: House) -> dict[str, object]:
    """All that the catalogue holds and that a rebuild must come to; the changes on the way there are numbered otherwise."""
    rows: dict[str, object] = {}
    with house.catalog._database.reading() as connection:
        for table in schema.metadata.sorted_tables:
            if table.name in NOT_TOLD:
                continue
            columns = [each for each in table.columns if (table.name, each.name) not in NOT_TOLD]
            rows[table.name] = sorted(map(repr, connection.execute(select(*columns)).all()))
    return rows


NOT_TOLD: set[object] = {"changes", ("failures", "seq"), ("reuse_terms", "x")}


class Mixer:
    """Does things to an archive at random; the same seed does the same."""

    def __init__(self, office: Office, desk: Desk, seed: int) -> None:
        self.office, self.desk, self.random = office, desk, Random(seed)
        self.done: list[str] = []
        self.views = 0

    def step(self) -> None:
        weights = {self.crawl: 5, self.bring: 5, self.exchange_reader: 1, self.reread: 1}
        self.random.choices(list(weights), list(weights.values()))[0]()

    def body(self) -> bytes:
        self.views += 1
        if self.random.random() < 0.15:
            return SHY.format(n=self.random.randrange(2)).encode()
        text = TEXT + self.random.choice(("", " Đã sửa.", " Đã sửa lần hai."))
        page = PAGE.format(title=f"Thông báo {self.random.randrange(2)}", text=text, views=self.views)
        if self.random.random() < 0.5:
            page = page.replace("</body>", FOOTER.format(name=self.random.choice(("SỞ MẪU A", "SỞ MẪU B"))))
        return page.encode()

    def path(self) -> str:
        return f"/tin/{self.random.randrange(1, 4)}"

    def response(self) -> bytes:
        kind = self.random.choices(("page", "gone", "busy", "moved", "away"), (12, 2, 1, 1, 1))[0]
        if kind == "page":
            return answer(self.body())
        if kind == "gone":
            return answer(b"", "404 Not Found")
        if kind == "busy":
            return answer(b"", "503 Busy")
        return answer(b"", "301 Moved", "text/html", f"Location: {self.path() if kind == 'moved' else '/'}")

    def crawl(self) -> None:
        path, response = self.path(), self.response()
        if self.random.random() < 0.1:
            response = b"HTTP/1.1 304 Not Modified\r\n\r\n"
        self.done.append(f"crawl {path} {response[:15]!r}: {self.office.respond(path, response)}")

    def bring(self) -> None:
        made = Records()
        for _ in range(self.random.randrange(1, 4)):
            back = timedelta(minutes=self.random.choice((self.random.randrange(60), self.random.randrange(3_000_000))))
            date = (self.office.clock.now - back).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            path, response = self.path(), self.response()
            made.response(path, response, WARC_Date=date)
            self.done.append(f"import {path} {response[:15]!r} {date}")
        tally = self.desk.take(made.members())
        self.done.append(f"  {[(n, tally.total(n)) for n in ('new', 'changed', 'unchanged', 'moved', 'removed', 'kept')]}")

    def exchange_reader(self) -> None:
        self.use(self.random.choice(READERS))

    def use(self, layouts: tuple[Layout, ...]) -> None:
        self.desk.house = self.office.with_reader(*layouts)
        self.done.append(f"reader {[each.name for each in layouts]}")

    def reread(self) -> None:
        self.done.append(f"reread {dict(self.office.reread()[0])}")


@pytest.mark.parametrize("seed", range(12))
def test_a_rebuild_comes_to_the_same_after_any_mix_read_by_one_reader(home: Path, tmp_path: Path, seed: int) -> None:
    mixer = Mixer(Office(home), Desk(House.__new__(House), tmp_path), seed)
    mixer.use(READERS[seed % 4])
    mixer.exchange_reader = lambda: None  # type: ignore[method-assign]
    compare(mixer, 14)


@pytest.mark.parametrize("seed", range(24))
def test_a_rebuild_comes_to_the_same_after_any_mix_that_was_read_again(home: Path, tmp_path: Path, seed: int) -> None:
    mixer = Mixer(Office(home), Desk(House.__new__(House), tmp_path), seed)
    mixer.use(READERS[0])
    compare(mixer, 14)


def compare(mixer: Mixer, steps: int) -> None:
    for _ in range(2):
        for _ in range(steps):
            mixer.step()
        mixer.reread()
        house = mixer.office.house
        link(house.catalog, lambda done: None)
        before = told(house)
        done = house.rebuild(lambda count: None)
        assert (done.damaged, done.lost) == ((), ())
        link(house.catalog, lambda done: None)
        after = told(house)
        for name in before:
            assert after[name] == before[name], (name, "\n".join(mixer.done))
        assert verify(house.store, house.catalog).bad == ()
