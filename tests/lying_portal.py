"""A portal in the shape of the sample's, made of a lying server's answers: lists of announcements, each as a test wants it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ingest.crawl import Tally, crawl
from ingest.portal import Portal
from ingest.portals.sample import PORTAL
from tangthu.house import House
from tests.lying_server import LyingServer, Script, respond

Answers = dict[str, bytes | Script]
TEXT = (
    "Công khai dự toán thu, chi ngân sách nhà nước của đơn vị theo quy định; mọi vướng mắc gửi về phòng Quản lý ngân sách. " * 3
)


def announcement(number: int, *, text: str = TEXT) -> bytes:
    """The page of an announcement."""
    title = f"Thông báo mẫu số {number}"
    body = f"<h1 class='article__title'>{title}</h1><div class='article__body'><p>{text} Mẫu {number}.</p></div>"
    return respond(f"<html><body><article class='article--detail'>{body}</article></body></html>".encode())


def path_of(number: int) -> str:
    """The address of an announcement."""
    return f"/tin-tuc/thong-bao-mau-{number}.html"


def listing(items: Sequence[str], next_page: str | None = None) -> bytes:
    """A page of a list."""
    links = "".join(f'<div class="news-item__title"><a href="{item}">Tin {item}</a></div>' for item in items)
    paging = f'<nav class="pagination"><a rel="next" href="{next_page}">Sau</a></nav>' if next_page else ""
    return respond(f'<html><body><div class="news-list">{links}</div>{paging}</body></html>'.encode())


def page_of_list(number: int, base: str = "/tin-tuc/") -> str:
    """The address of a list's page; 1 is the first."""
    return base if number == 1 else f"{base}?page={number}"


def whole(pages: int, each: int, *, base: str = "/tin-tuc/", after: int = 0) -> Answers:
    """A list of so many pages with so many announcements each, the newest first; they are numbered from `after` + 1 on."""
    answers: Answers = {}
    last = after + pages * each
    for page in range(1, pages + 1):
        numbers = range(last - (page - 1) * each, last - page * each, -1)
        following = page_of_list(page + 1, base) if page < pages else None
        answers[page_of_list(page, base)] = listing([path_of(number) for number in numbers], following)
        answers |= {path_of(number): announcement(number) for number in numbers}
    return answers


def slow(answer: bytes, seconds: float) -> Script:
    """The same answer, later."""

    def script(connection: socket.socket, stop: threading.Event) -> None:
        stop.wait(seconds)
        connection.sendall(answer)

    return script


def in_turn(*answers: bytes | Script) -> Script:
    """One answer after the other, the last one for ever."""
    left = list(answers)
    turn = threading.Lock()

    def script(connection: socket.socket, stop: threading.Event) -> None:
        with turn:
            answer = left.pop(0) if len(left) > 1 else left[0]
        if callable(answer):
            answer(connection, stop)
        else:
            connection.sendall(answer)

    return script


def portal_at(server: LyingServer, name: str = "sample", **changes: object) -> Portal:
    """The sample's declaration for what a lying server serves: one list, no feed unless said otherwise."""
    declared: dict[str, object] = {"name": name, "lists": ("/tin-tuc/",), "feeds": (), "host": server.host, "aliases": ()}
    return replace(PORTAL.at(server.url("").rstrip("/")), **{**declared, **changes})  # type: ignore[arg-type]


def run(house: House, portal: Portal, *, full: bool = False, limit: int | None = None, max_found: int = 1000) -> Tally:
    """One crawl, as a command makes it, without the index."""
    with house.workshop() as shop:
        return crawl(portal, shop.ingester, house.catalog, full=full, limit=limit, max_found=max_found)


@contextmanager
def served(answers: Mapping[str, bytes | Script], **changes: object) -> Iterator[tuple[LyingServer, Portal]]:
    """A lying server and the portal it serves."""
    with LyingServer(answers) as server:
        yield server, portal_at(server, **changes)  # type: ignore[arg-type]


def titles(house: House) -> set[str]:
    """The titles of all documents."""
    return {house.catalog.document(id).version.reading.title for id in house.catalog.document_ids()}


def asked(server: LyingServer, path: str) -> int:
    """How often a path was asked for."""
    return server.paths.count(path)
