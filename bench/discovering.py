"""How long it takes to find what a list page leads to: a made page of 100 KB, by each way of recognising announcements.

    .venv/bin/python -m bench.discovering

Prints milliseconds, the best of 40 runs each, and the share of it that lxml takes to build the tree.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from ingest.discover import links
from ingest.portal import Portal

URL = "http://mau.test/tin"
PORTAL = Portal("mau", "Sở Tài chính tỉnh Mẫu", "mau.test", "http://mau.test/", ("/tin",))
_ROW = """<article class="the-tin">
<div class="anh"><a href="/tin/cong-khai-du-toan-{n}-{id}.html"><img src="/a/{n}.jpg" alt=""></a></div>
<h3 class="the-tin__ten"><a href="/tin/cong-khai-du-toan-{n}-{id}.html">Công khai dự toán ngân sách nhà nước đợt {n}</a></h3>
<span class="ngay">15/06/2020 08:{minute:02}</span><p>Tóm tắt của thông báo số {n} về việc công khai dự toán, quyết toán ngân sách
nhà nước của đơn vị mẫu, gửi các cơ quan liên quan để phối hợp thực hiện.</p></article>"""


def page(rows: int = 30, size: int = 100_000) -> bytes:
    """A list page of about `size` bytes: a menu of 120 links, cards of announcements, a pager, a footer, styles and scripts."""
    menu = "".join(f'<li class="muc"><a href="/chuyen-muc-{n}/">Chuyên mục {n}</a></li>' for n in range(120))
    pager = "".join(f'<li><a href="/tin?page={n}">{n + 1}</a></li>' for n in range(1, 10))
    cards = "".join(_ROW.format(n=n, id=1000 + n, minute=n % 60) for n in range(rows))
    body = f'<nav><ul>{menu}</ul></nav><div id="ds">{cards}</div><ul class="phan-trang">{pager}</ul><footer>Sở</footer>'
    filler = "<div class='khoi'><span>Chuyên trang</span><b>Thông tin</b></div>" * 100
    script = "var a = {ten: 'x', so: 1};\n" * (max(0, size - len((body + filler).encode())) // 27)
    head = f"<head><title>Tin</title><script>{script}</script></head>"
    return f"<!DOCTYPE html><html>{head}<body>{body}{filler}</body></html>".encode()


def best_ms(work: Callable[[], object], runs: int = 40) -> float:
    """The shortest of some runs, in milliseconds."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken) * 1000


def main() -> None:
    """Print the table."""
    ways = {
        "nothing declared": PORTAL,
        "article declared": replace(PORTAL, article=r"-\d+\.html$"),
        "items declared": replace(PORTAL, items=".the-tin__ten a", next_page=".phan-trang a"),
    }
    for rows in (30, 160):
        body = page(rows)
        tree_ms = best_ms(lambda body=body: etree.fromstring(body, etree.HTMLParser(encoding="utf-8")))  # type: ignore[misc]
        print(f"{len(body)} bytes, {body.count(b'<a ')} links; tree alone {tree_ms:.2f} ms")
        for name, portal in ways.items():
            taken = best_ms(lambda body=body, portal=portal: links(body, URL, portal))  # type: ignore[misc]
            count = len(links(body, URL, portal).articles)
            print(f"  {name:18} {taken:6.2f} ms  {taken / tree_ms:4.1f} trees  {count} announcements")


if __name__ == "__main__":
    main()
