"""How fast a WARC file of others comes in, and whether memory grows with it. Its pages are those of the sample portal, varied.

The peer that gives the ratio is warcio doing nothing but walking through the same file and reading every payload.
"""

# ruff: noqa: E402

from __future__ import annotations

import sys
from pathlib import Path

# Run as a file, this module would be found in the place of the package `ingest`.
sys.path[0] = str(Path(__file__).parent.parent)

import argparse
import io
import json
import random
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import samples
from bench.machine import peak_mib, report
from ingest.imports.bringing import Tally
from samples import SamplePortal
from tangthu.house import House
from tangthu.importing import Asked, import_captures
from tangthu.settings import Settings

_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=16, help="size of the WARC file")
    parser.add_argument("--image-kib", type=int, default=0, help="behind each page an image of so many KiB, as crawls have them")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", nargs=4, metavar=("FILE", "HOME", "CAPTURES", "FOLLOW"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        _import(Path(chosen.child[0]), Path(chosen.child[1]), int(chosen.child[2]), chosen.child[3] == "follow")
        return
    with tempfile.TemporaryDirectory() as folder:
        report("importing", _measure(Path(folder), chosen.mib << 20, chosen.image_kib << 10), chosen.json)


def _measure(folder: Path, size: int, image: int) -> dict[str, object]:
    file = folder / "foreign.warc.gz"
    captures = make_warc(file, size, image)
    mib = file.stat().st_size / (1 << 20)
    walked, plain = _walk(file)
    first = _in_a_process(file, folder / "var", captures, "alone")
    again = _in_a_process(file, folder / "var", captures, "alone")
    followed = _in_a_process(file, folder / "followed", captures, "follow")
    if (first["captures"], again["skipped"]) != (captures, captures):
        raise SystemExit(f"{captures} captures went in: {first}, {again}")
    return {
        "file, MiB": mib,
        "file unpacked, MiB": plain / (1 << 20),
        "captures": captures,
        "importing, MiB/s": mib / first["seconds"],
        "importing, captures/s": captures / first["seconds"],
        "the same file again (all skipped), captures/s": captures / again["seconds"],
        "warcio walking through it, captures/s": captures / walked,
        "importing : warcio walking, time": first["seconds"] / walked,
        "again : warcio walking, time": again["seconds"] / walked,
        "importing while the index follows, captures/s": captures / followed["seconds"],
        "peak memory at a tenth, MiB": first["at_a_tenth"],
        "peak memory at the end, MiB": first["at_the_end"],
        "peak memory at the end, index following, MiB": followed["at_the_end"],
    }


def make_warc(file: Path, size: int, image: int = 0) -> int:
    """Write a WARC file of about `size` bytes, one gzip member a record; returns how many pages stand in it.

    Behind each page stands an image of `image` bytes, if that is not 0.
    """
    chance = random.Random(7)
    pages = _pages()
    count = 0
    with file.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        writer.write_record(writer.create_warcinfo_record(file.name, {"software": "bench/importing.py"}))
        while stream.tell() < size:
            body = _varied(pages[count % len(pages)], count, chance)
            _respond(writer, f"http://127.0.0.1/tin-tuc/bai-{count}.html", "text/html; charset=utf-8", body, count)
            if image:
                _respond(writer, f"http://127.0.0.1/anh/{count}.jpg", "image/jpeg", chance.randbytes(image), count)
            count += 1
    return count


def _respond(writer: WARCWriter, url: str, content_type: str, body: bytes, second: int) -> None:
    headers = StatusAndHeaders("200 OK", [("Content-Type", content_type)], protocol="HTTP/1.1")
    date = (_BEGAN + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
    named = {"WARC-Date": date}
    payload = io.BytesIO(body)
    writer.write_record(
        writer.create_warc_record(url, "response", payload=payload, http_headers=headers, warc_headers_dict=named)
    )


def _pages() -> list[bytes]:
    import urllib.request

    with SamplePortal() as served:
        return [urllib.request.urlopen(served.base_url + item.path).read() for item in samples.announcements()]


def _varied(page: bytes, number: int, chance: random.Random) -> bytes:
    """The page with a paragraph of its own: no two payloads are the same, nor do they pack better than real ones."""
    own = f"<p>Bản ghi mẫu số {number}: {chance.randbytes(80).hex()}</p>".encode()
    place = page.find(b"</p>") + 4
    return page[:place] + own + page[place:]


def _walk(file: Path) -> tuple[float, int]:
    started = time.perf_counter()
    with file.open("rb") as stream:
        plain = sum(len(record.content_stream().read()) for record in ArchiveIterator(stream))
    return time.perf_counter() - started, plain


def _in_a_process(file: Path, home: Path, captures: int, follow: str) -> dict[str, float]:
    """Import in a process of its own, so that its memory is its own; returns what it printed."""
    command = [sys.executable, __file__, "--child", str(file), str(home), str(captures), follow]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def _import(file: Path, home: Path, captures: int, follow: bool) -> None:
    at_a_tenth = 0.0

    def watch(tally: Tally) -> None:
        nonlocal at_a_tenth
        if not at_a_tenth and tally.total("captures") + tally.total("skipped") >= captures / 10:
            at_a_tenth = peak_mib()

    house = House(Settings(home=home))
    started = time.perf_counter()
    tally = import_captures(house, {file: "warc"}, Asked(), watch, follow=follow)
    seconds = time.perf_counter() - started
    told = {"captures": tally.total("captures"), "skipped": tally.total("skipped"), "seconds": seconds}
    print(json.dumps({**told, "at_a_tenth": at_a_tenth, "at_the_end": peak_mib()}))


if __name__ == "__main__":
    main()
