"""Crawls, imports of older and newer captures, exchanged readers and re-readings in any order: a rebuild tells the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from archive import schema
from archive.verify import verify
from ingest.likeness import link
from ingest.portal import Layout
from tangthu.house import House
from tests.foreign_files import Desk, Records, answer
from tests.test_ingest_reread import NEW, OLD, PAGE, TEXT, Office

ROUNDS, STEPS = 2, 14
SEEDS = range(int(os.environ.get("TANGTHU_MIXES", "8")))
HIDDEN = Layout("giau", "section.giau", "section.giau b", "section.giau")
READERS = ((OLD,), (NEW,), (OLD, HIDDEN), (NEW, HIDDEN))
FOOTER = '<footer>Ghi rõ nguồn "{name}" khi sử dụng lại thông tin từ website này.</footer></body>'
SHY = "<html><body><section class='giau'><b>Thong bao</b> so {n}</section></body></html>"


def told(house: House, but: frozenset[object]) -> dict[str, list[str]]:
    """All that the catalogue holds and that a rebuild must come to; the changes on the way there are numbered otherwise."""
    rows: dict[str, list[str]] = {}
    with house.catalog._database.reading() as connection:
        for table in schema.metadata.sorted_tables:
            if table.name in but:
                continue
            columns = [each for each in table.columns if (table.name, each.name) not in but]
            rows[table.name] = sorted(map(repr, connection.execute(select(*columns)).all()))
    return rows


ON_THE_WAY: frozenset[object] = frozenset({"changes", "crawls", "frontier", ("failures", "seq")})
BY_READER = ON_THE_WAY | {
    *("counted_pages", "repeated_blocks", "reuse_terms", "events", "terms_read", "terms_shown", "rates", "unread", "failures")
}
"""What today's reader says of all captures; a re-reading looks at those that versions were read from."""


class Mixer:
    """Does things to an archive at random; the same seed does the same."""

    def __init__(self, office: Office, desk: Desk, seed: int) -> None:
        self.office, self.desk, self.random = office, desk, Random(seed)
        self.done: list[str] = []
        self.views = 0
        self.weights: dict[Callable[[], None], int] = {self.crawl: 5, self.bring: 5, self.exchange_reader: 1, self.reread: 1}

    def mix(self) -> None:
        for _ in range(STEPS):
            self.random.choices(list(self.weights), list(self.weights.values()))[0]()

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


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuild_comes_to_the_same_after_any_mix_that_one_reader_read(home: Path, tmp_path: Path, seed: int) -> None:
    mixer = Mixer(Office(home), Desk(House.__new__(House), tmp_path), seed)
    mixer.use(READERS[seed % len(READERS)])
    mixer.weights = {mixer.crawl: 5, mixer.bring: 5, mixer.reread: 1}
    for _ in range(ROUNDS):
        mixer.mix()
        compare(mixer, ON_THE_WAY)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rebuild_comes_to_the_same_documents_after_any_mix_that_was_read_again(home: Path, tmp_path: Path, seed: int) -> None:
    mixer = Mixer(Office(home), Desk(House.__new__(House), tmp_path), seed)
    mixer.use(READERS[0])
    for _ in range(ROUNDS):
        mixer.mix()
        mixer.reread()
        compare(mixer, BY_READER)


def compare(mixer: Mixer, but: frozenset[object]) -> None:
    house = mixer.office.house
    link(house.catalog)
    before = told(house, but)
    done = house.rebuild(lambda count: None)
    assert (done.damaged, done.lost) == ((), ())
    link(house.catalog)
    after = told(house, but)
    for name, rows in before.items():
        lost, found = set(rows) - set(after[name]), set(after[name]) - set(rows)
        assert (lost, found) == (set(), set()), "\n".join((name, *mixer.done))
    assert verify(house.store, house.catalog).bad == ()


@pytest.fixture
def mixer(home: Path, tmp_path: Path) -> Mixer:
    made = Mixer(Office(home), Desk(House.__new__(House), tmp_path), 0)
    made.use(READERS[0])
    return made


def bring(mixer: Mixer, date: str, body: bytes) -> None:
    made = Records()
    made.response("/tin/1", answer(body), WARC_Date=date)
    mixer.desk.take(made.members())


def page(title: str) -> bytes:
    return PAGE.format(title=title, text=TEXT, views=0).encode()


def test_an_old_capture_that_can_be_read_by_now_does_not_become_the_current_version(mixer: Mixer) -> None:
    mixer.office.page("/tin/1", "Thông báo mới")
    bring(mixer, "2021-05-01T00:00:00Z", SHY.format(n=1).encode())
    mixer.use((OLD, HIDDEN))
    mixer.reread()
    document = mixer.office.house.catalog.document(mixer.office.id("/tin/1"))
    assert (document.version.reading.title, document.version.number) == ("Thông báo mới", 1)
    compare(mixer, BY_READER)


def test_a_removed_document_stays_removed_when_an_old_capture_of_it_is_read_again(mixer: Mixer) -> None:
    mixer.office.page("/tin/1", "Thông báo một")
    mixer.office.respond("/tin/1", answer(b"", "410 Gone"))
    bring(mixer, "2026-11-22T00:01:30Z", page("Thông báo hai"))
    mixer.use((NEW,))
    mixer.reread()
    document = mixer.office.house.catalog.document(mixer.office.id("/tin/1"))
    assert (document.state, document.version.reading.title) == ("removed", "Thông báo hai")
    compare(mixer, BY_READER)
    bring(mixer, "2026-11-22T00:01:45Z", page("Thông báo ba"))
    assert mixer.office.house.catalog.document(document.id).state == "removed", "its removal is newer"
    compare(mixer, BY_READER)


def test_what_is_known_of_the_removal_of_a_page_that_cannot_be_read_any_more_comes_back_with_a_rebuild(mixer: Mixer) -> None:
    mixer.use((OLD, HIDDEN))
    mixer.office.raw("/tin/1", SHY.format(n=1).encode())
    mixer.office.respond("/tin/1", answer(b"", "410 Gone"))
    mixer.use((OLD,))
    mixer.reread()
    compare(mixer, BY_READER)
    bring(mixer, "2026-11-22T00:01:30Z", page("Thông báo một"))
    assert mixer.office.house.catalog.document(mixer.office.id("/tin/1")).state == "removed"


def test_an_older_capture_that_says_the_same_makes_no_version_because_the_reader_changed(mixer: Mixer) -> None:
    mixer.office.page("/tin/1", "Thông báo một")
    mixer.use((NEW,))
    bring(mixer, "2021-05-01T00:00:00Z", PAGE.format(title="Thông báo một", text=TEXT, views=7).encode())
    assert [each.number for each in mixer.office.house.catalog.versions(mixer.office.id("/tin/1"))] == [1]


def test_versions_keep_number_and_text_though_only_the_current_one_is_read_as_before(mixer: Mixer) -> None:
    mixer.office.raw("/tin/1", SHY.format(n=1).encode())
    mixer.office.page("/tin/1", "Thông báo một")
    mixer.use((OLD, HIDDEN))
    mixer.office.raw("/tin/1", SHY.format(n=2).encode())
    mixer.office.page("/tin/1", "Thông báo hai")
    mixer.use((OLD,))
    mixer.reread()
    compare(mixer, BY_READER)
    sizes = [path.stat().st_size for path in mixer.office.house.store.files()]
    mixer.reread()
    assert [path.stat().st_size for path in mixer.office.house.store.files()] == sizes, "it is written down once"
    mixer.use((OLD, HIDDEN))
    mixer.reread()
    compare(mixer, BY_READER)
    titles = [each.reading.title for each in mixer.office.house.catalog.versions(mixer.office.id("/tin/1"))]
    assert titles == ["Thông báo một", "Thong bao", "Thông báo hai"]
