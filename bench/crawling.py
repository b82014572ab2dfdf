"""How fast several hosts are crawled at once: one keeper whose turns the workers take, beside one WARC file and keeper a worker.

The servers answer at once and ask for no pause, which no portal does: the figures say what fetching, keeping and reading allow.
With a pause of a second, it is one page a second and host at most.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, this module would be found in the place of the package `ingest`.
sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection

from bench.machine import peak_mib, report
from ingest.crawl import PortalCrawl
from ingest.crew import Crew, Stop, take_turns
from ingest.portal import Portal
from ingest.portals.sample import PORTAL
from tangthu.house import House
from tangthu.settings import Settings

TEXT = "Công khai dự toán thu, chi ngân sách nhà nước của đơn vị theo quy định hiện hành, để các đơn vị biết và thực hiện. " * 20
EACH = 20


class _Pages(BaseHTTPRequestHandler):
    """A list without end and its announcements."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        number = int(query.partition("=")[2] or 1)
        if path == "/robots.txt":
            body = ""
        elif path.endswith(".html"):
            body = f"<article class='article--detail'><h1 class='article__title'>Thông báo {path}</h1>"
            body += f"<div class='article__body'><p>{TEXT} {path}</p></div></article>"
        else:
            links = (f"/tin-tuc/thong-bao-{number * EACH + item}.html" for item in range(EACH))
            body = "<div class='news-list'>" + "".join(f"<p class='news-item__title'><a href='{at}'>Tin</a></p>" for at in links)
            body += f"</div><nav class='pagination'><a rel='next' href='/tin-tuc/?page={number + 1}'>Sau</a></nav>"
        data = f"<html><body>{body}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        return


def _serve(hosts: Sequence[str], ready: Connection) -> None:
    servers = [ThreadingHTTPServer((host, 0), _Pages) for host in hosts]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ready.send([server.server_address[1] for server in servers])
    ready.recv()


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=400, help="announcements in all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    hosts = [f"127.0.0.{number}" for number in range(2, 6)]
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(hosts, there), daemon=True)
    process.start()
    portals = [
        replace(PORTAL.at(f"http://{host}:{port}"), name=host, host=host, aliases=(), lists=("/tin-tuc/",), feeds=())
        for host, port in zip(hosts, here.recv(), strict=True)
    ]
    figures: dict[str, object] = {"announcements": chosen.pages}
    for count in (1, 2, 4):
        shared = max(_rate(portals[:count], chosen.pages, own=False) for _ in range(chosen.rounds))
        own = max(_rate(portals[:count], chosen.pages, own=True) for _ in range(chosen.rounds))
        figures |= {f"{count} hosts, one keeper, pages/s": shared, f"{count} hosts, a keeper each, pages/s": own}
    figures["peak memory of this process, MiB"] = peak_mib()
    here.send(None)
    process.join()
    report("crawling", figures, chosen.json)


def _rate(portals: Sequence[Portal], pages: int, *, own: bool) -> float:
    """Announcements a second, over all portals."""
    limit, stop = pages // len(portals), Stop()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Settings(home=Path(folder), busy_s=60))
        house.catalog.last_change()
        began = time.perf_counter()
        if own:
            workers = [threading.Thread(target=_alone, args=(house, portal, limit)) for portal in portals]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        else:
            with house.workshop() as shop:

                def make(group: Sequence[Portal]) -> list[PortalCrawl]:
                    return [PortalCrawl(each, shop.another(stop.sleep), house.catalog, limit=limit) for each in group]

                Crew([[portal] for portal in portals], make, stop).run()
        spent = time.perf_counter() - began
        assert house.catalog.count_documents() == limit * len(portals)
        house.catalog.close()
    return limit * len(portals) / spent


def _alone(house: House, portal: Portal, limit: int) -> None:
    with house.workshop() as shop:
        take_turns([PortalCrawl(portal, shop.ingester, house.catalog, limit=limit)], Stop())


if __name__ == "__main__":
    main()
