"""List pages of every platform: which links are announcements and which is the next page, by the platform's list layout."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from ingest.discover import links
from ingest.platforms import LISTS
from ingest.portal import ListLayout, Portal

PAGES = sorted((Path(__file__).parent / "lists").glob("*.html"))


def layout_of(soup: BeautifulSoup) -> ListLayout:
    return next(layout for layout in LISTS if soup.select_one(layout.recognise))


def addresses(elements: list[Tag], url: str) -> list[str]:
    links = [link for tag in elements for link in ([tag] if tag.name == "a" else tag.select("a[href]"))]
    return list(dict.fromkeys(urljoin(url, str(link["href"])) for link in links))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_list_page_gives_its_announcements_and_the_next_page(page: Path) -> None:
    record = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    soup = BeautifulSoup(page.read_bytes(), "lxml")
    layout = layout_of(soup)
    url = record["url"]
    found = addresses(soup.select(layout.items), url)
    host = urlsplit(url).hostname
    assert layout.name == record["platform"]
    assert [entry for entry in found if urlsplit(entry).hostname == host] == record["articles"]
    assert [entry for entry in found if urlsplit(entry).hostname != host] == record["external"]
    assert addresses(soup.select(layout.next_page), url)[:1] == [record["next_page"]]


def test_every_platform_has_a_list_page() -> None:
    assert {page.stem for page in PAGES} == {layout.name for layout in LISTS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_crawl_finds_the_announcements_of_a_platforms_list_without_a_word_from_the_portal(page: Path) -> None:
    record = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    portal = Portal(name="mau", title="Mẫu", host="mau.example", base_url="https://mau.example", lists=("/",))
    found = links(page.read_bytes(), record["url"], portal)
    assert list(found.articles) == record["articles"]
    assert found.next_page is not None
    assert found.next_page.url == record["next_page"]
    assert list(found.external) == record["external"]
