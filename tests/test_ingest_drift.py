"""The drift alarm: says when a portal's pages are read worse than they were, and holds its tongue when it cannot know."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

import pytest

from archive.rates import Fared, PageRead
from archive.rereading import Rereading
from ingest import drift
from ingest.crawl import crawl
from ingest.drift import LAYOUT, LENGTH, READABLE, Drift, compare
from ingest.portal import Layout
from ingest.reread import Source, read_again
from samples import SamplePortal
from samples.routes import Routes
from tangthu.house import House

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
Alter = Callable[[str], str]


class Altered:
    """The sample portal's routes under another template: what goes out is altered, articles only."""

    def __init__(self, routes: Routes, alter: Alter) -> None:
        self._routes = routes
        self._alter = alter

    def answer(self, method: str, target: str, headers: Message) -> Any:
        del headers["Accept-Encoding"], headers["If-None-Match"], headers["If-Modified-Since"]
        answer = self._routes.answer(method, target, headers)
        if answer.status != 200 or not target.endswith(".html"):
            return answer
        coding = "windows-1258" if b"windows-1258" in answer.body else "utf-8"
        body = self._alter(answer.body.decode(coding, "surrogateescape")).encode(coding, "surrogateescape")
        return replace(answer, body=body)


@pytest.fixture
def served() -> Iterator[SamplePortal]:
    with SamplePortal() as portal:
        yield portal


def run(house: House, served: SamplePortal, *, full: bool = False, limit: int | None = None) -> tuple[Drift, ...]:
    portal = next(each for each in house.portals if each.name == "sample").at(served.base_url)
    began = datetime.now(UTC)
    with house.workshop() as shop:
        crawl(portal, shop.ingester, house.catalog, full=full, limit=limit)
    return drift.check(house.catalog, "sample", began)


def alter(served: SamplePortal, how: Alter) -> None:
    served._server.routes = Altered(served._server.routes, how)  # type: ignore[assignment]


def new_template(page: str) -> str:
    """No class name is what it was, and the date stands in the head of the page alone."""
    for old, new in (("article--detail", "story"), ("article__", "story__"), ("dnn_", "muc_")):
        page = page.replace(old, new)
    return page


def no_dates(page: str) -> str:
    for name in ('class="article__date"', 'id="dnn_ctr412_Detail_lblDate"'):
        page = page.replace(name, f'hidden="" data-was={name.partition("=")[2]} data-empty="')
    return page


def test_a_first_crawl_has_nothing_to_be_held_against(house: House, served: SamplePortal) -> None:
    assert run(house, served) == ()
    rates, alarms = drift.standing(house.catalog, "sample")
    assert {rate.field: rate.filled for rate in rates}["title"] == 1.0
    assert alarms == ()


def test_a_new_template_that_no_layout_fits_is_noticed(house: House, served: SamplePortal) -> None:
    run(house, served)
    alter(served, new_template)
    found = {each.field: each for each in run(house, served, full=True)}
    assert LAYOUT in found
    assert (found[LAYOUT].was > 0.9, found[LAYOUT].now) == (True, 0.0)
    rates, alarms = drift.standing(house.catalog, "sample")
    assert {each.field for each in alarms} == set(found), "what a crawl said stands until another one tells otherwise"
    before = rates, alarms
    house.rebuild(lambda count: None)
    assert drift.standing(house.catalog, "sample") == before


def test_an_alarm_ends_when_the_pages_are_read_again_by_a_reader_that_knows_them(house: House, served: SamplePortal) -> None:
    run(house, served, limit=45)
    alter(served, new_template)
    run(house, served, full=True)
    assert drift.standing(house.catalog, "sample")[1] != ()
    sample = next(each for each in house.portals if each.name == "sample")
    taught = tuple(
        Layout(**{each.name: _renamed(getattr(layout, each.name)) for each in fields(Layout)}) for layout in sample.layouts
    )
    house.__dict__["portals"] = (replace(sample, layouts=(*taught, *sample.layouts)),)

    def put(batch: Sequence[Rereading], fared: Sequence[Fared]) -> list[bool]:
        with house.workshop(alone=True) as shop:
            return shop.keeper.reread(batch, fared)

    read_again(Source(house.settings.warc, house.settings.catalog, house.portals), house.catalog, put=put, processes=1)
    assert drift.standing(house.catalog, "sample")[1] == ()


def _renamed(value: Any) -> Any:
    return new_template(value) if isinstance(value, str) else value


def test_a_portal_that_only_changes_its_texts_is_not_suspected(house: House, served: SamplePortal) -> None:
    run(house, served)
    alter(served, lambda page: page.replace("</p>", " Đã cập nhật.</p>"))
    assert run(house, served, full=True) == ()


def test_a_few_pages_of_another_kind_are_no_drift(house: House, served: SamplePortal) -> None:
    run(house, served, limit=44)
    alter(served, new_template)
    assert run(house, served, limit=4) == ()


def page(n: int, section: str = "tin", platform: str | None = "mau/moi", length: int = 2000, **sure: float) -> PageRead:
    return PageRead(f"https://mau.example/{section}/bai-{n}.html", NOON + timedelta(minutes=n), platform, length, sure)


def pages(count: int, section: str = "tin", **more: Any) -> list[PageRead]:
    return [page(n, section, **{"title": 0.98, "published": 0.98, **more}) for n in range(count)]


def without(several: list[PageRead], name: str, keep: int = 0) -> list[PageRead]:
    rest = [replace(each, confidence={k: v for k, v in each.confidence.items() if k != name}) for each in several[keep:]]
    return several[:keep] + rest


def test_a_field_that_is_lost_is_named_with_its_numbers() -> None:
    (found,) = compare("mau", without(pages(30), "published", keep=2), without(pages(200), "published", keep=190))
    assert (found.field, found.kind, found.pages, found.before) == ("published", "missing", 30, 200)
    assert (found.was, found.now) == (0.95, 0.067)
    assert str(found) == "published is found on 2 of 30 pages, where 95% was usual"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"platform": "generic"}, LAYOUT),
        ({"platform": None}, READABLE),
        ({"length": 80}, LENGTH),
        ({"published": 0.55}, "published"),
    ],
)
def test_each_way_to_fare_worse_is_noticed(changed: dict[str, Any], field: str) -> None:
    found = compare("mau", pages(30, **changed), pages(200))
    assert field in {each.field for each in found}
    assert compare("mau", pages(3, **changed), pages(200)) == (), "three pages tell nothing"
    assert compare("mau", pages(30, **changed), pages(10)) == (), "nor does a past of ten"


def test_another_section_of_the_portal_is_another_kind_of_page() -> None:
    """Documents have no summary, and a crawl may bring in nothing but documents."""
    news = [page(n, title=0.98, summary=0.98) for n in range(170)]
    acts = [page(n, "van-ban", title=0.98) for n in range(30)]
    assert compare("mau", [page(n, "van-ban", title=0.98) for n in range(300, 320)], news + acts) == ()
    assert compare("mau", [page(n, "hoi-dap", title=0.98) for n in range(300, 320)], news + acts) == (), "nor a new section"
    (found,) = compare("mau", [page(n, title=0.98) for n in range(300, 320)], news + acts)
    assert found.field == "summary"


def test_a_new_template_at_new_addresses_is_noticed_all_the_same() -> None:
    old = pages(100, "tin") + pages(60, "van-ban")
    found = compare("mau", without(pages(25, "bai-viet", platform="generic"), "published"), old)
    assert {each.field for each in found} == {LAYOUT, "published"}


def test_chance_alone_raises_no_alarm() -> None:
    """Crawls of all sizes from a portal whose fields are filled at all rates: 120 crawls, seven fields and more each."""
    chance = random.Random(7)
    alarms = 0
    for _ in range(120):
        shares = {f"field{k}": chance.choice([0.3, 0.7, 0.85, 0.95, 0.99]) for k in range(7)}

        def drawn(n: int, shares: dict[str, float] = shares) -> PageRead:
            sure = {name: chance.choice([0.9, 0.98]) for name, share in shares.items() if chance.random() < share}
            drawn = page(n, chance.choice(["tin", "van-ban"]), length=int(chance.lognormvariate(7, 1)))
            return replace(drawn, confidence=sure)

        past = [drawn(n) for n in range(chance.choice([20, 50, 200]))]
        alarms += bool(compare("mau", [drawn(n) for n in range(chance.choice([8, 12, 30, 100]))], past))
    assert alarms == 0


def test_dates_in_addresses_are_no_sections() -> None:
    assert drift.section("https://a.example/tin/2024/05/bai-12.html") == "tin"
    assert drift.section("https://a.example/bai-12.html") == ""
