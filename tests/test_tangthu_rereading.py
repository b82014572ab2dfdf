"""`tangthu reparse` and the drift alarm as their users meet them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import samples
from archive.rates import Fared
from archive.rereading import Rereading
from ingest.portals import PORTALS
from ingest.reread import Source, read_again
from samples import SamplePortal
from tangthu.house import House
from tangthu.settings import Settings
from tests.test_ingest_drift import alter, new_template
from tests.test_tangthu_cli import Run, runner


@pytest.fixture
def portal() -> Iterator[SamplePortal]:
    with SamplePortal() as served:
        yield served


@pytest.fixture
def run(tmp_path: Path, portal: SamplePortal) -> Run:
    return runner(tmp_path / "var", portal.base_url)


def reread_by_first_paragraphs(home: Path) -> None:
    """What an archive looks like whose pages were last read by a reader that took the first paragraph for the body."""
    house = House(Settings(home=home))
    sample = next(each for each in PORTALS if each.name == "sample")
    poorer = replace(sample, layouts=tuple(replace(layout, body=f"{layout.body} p") for layout in sample.layouts))

    def put(batch: Sequence[Rereading], fared: Sequence[Fared]) -> list[bool]:
        with house.workshop(alone=True) as shop:
            return shop.keeper.reread(batch, fared)

    read_again(Source(house.settings.warc, house.settings.catalog, (poorer,)), house.catalog, put=put, processes=1)
    house.catalog.close()


def test_reparse_reports_first_and_then_puts_into_force(run: Run, tmp_path: Path) -> None:
    assert run("crawl", "sample", "--limit", "12").code == 0
    assert run("reparse", "--json").json["same"] == 12, "what was just read is read the same"
    reread_by_first_paragraphs(tmp_path / "var")
    tried = run("reparse", "sample", "--dry-run", "--json").json
    changed = {each["field"]: each["changed"] for each in tried["fields"]}
    assert changed["text"] > 0
    assert (tried["pages"], tried["applied"], tried["dry_run"]) == (12, 0, True)
    assert len(tried["documents"]) == tried["differs"]
    shown = run("reparse", "--dry-run")
    assert "sample · text" in shown.out
    assert "nothing was changed" in shown.out
    done = run("reparse", "--json")
    assert (done.code, done.json["applied"]) == (0, tried["differs"])
    assert run("reparse", "--json").json["same"] == 12
    assert run("verify").code == 0
    id = tried["documents"][0]["id"]
    hit = run("show", id, "--json").json
    assert [each["number"] for each in hit["versions"]] == [1, 2, 3]
    assert run("rebuild", "--json").json["versions"] == run("status", "--json").json["versions"]
    assert run("show", id, "--json").json["version"] == hit["version"]


def test_reparse_names_the_portals_that_are_here(run: Run) -> None:
    ran = run("reparse", "mau.example")
    assert (ran.code, ran.out) == (2, "")
    assert "nothing of portal 'mau.example' is here" in ran.err


def test_a_crawl_of_a_new_template_says_so_and_status_shows_it(run: Run, portal: SamplePortal) -> None:
    run("crawl", "sample")
    assert run("status", "--json").json["portals"][0]["alarms"] == []
    alter(portal, new_template)
    ran = run("crawl", "sample", "--full")
    assert ran.code == 1
    assert "drift: a layout of the portal or its platform fits on 0 of" in ran.out
    status = run("status", "--json").json["portals"][0]
    assert "layout" in {each["field"] for each in status["alarms"]}
    assert status["failures"]["drift"] == 1
    assert "! a layout of the portal or its platform fits on 0 of" in run("status").out
    assert status["documents"] == len(samples.announcements())
