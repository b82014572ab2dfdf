"""`make run`: the sample portal, crawled through the real gate, kept, indexed and served. Ends what it started."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.error import URLError

_PATIENCE_S = 20.0
_TANGTHU = (sys.executable, "-m", "tangthu.cli")


def main() -> int:
    """Run the demonstration until Ctrl-C; the exit code of the part that failed, else 0."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--sample-port", type=int, default=8017)
    chosen = parser.parse_args()
    base_url = f"http://127.0.0.1:{chosen.sample_port}"
    os.environ["TANGTHU_SAMPLE_BASE_URL"] = base_url
    site_url = os.environ.setdefault("TANGTHU_SITE_URL", f"http://127.0.0.1:{chosen.port}")
    if chosen.port != 8080:
        print(f"permanent addresses begin with {site_url}: set TANGTHU_SITE_URL to it for the command line too", file=sys.stderr)  # noqa: T201
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with suppress(KeyboardInterrupt), _started("sample-portal", "--port", str(chosen.sample_port)) as portal:
        if not _answers(base_url, portal):
            return portal.poll() or 1
        with _started("crawl", "sample") as crawl:
            # 1 is what the sample is there to show: its lists hold a dead link and a page that fails.
            if crawl.wait() not in (0, 1):
                return crawl.returncode
        with _started("serve", "--port", str(chosen.port)) as server:
            return server.wait()
    return 0


@contextmanager
def _started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `tangthu` command as a process that does not outlive this one."""
    process = subprocess.Popen([*_TANGTHU, *arguments])
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _answers(base_url: str, portal: subprocess.Popen[bytes]) -> bool:
    """Whether the portal that was just started answers, rather than ends."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and portal.poll() is None:
        with suppress(URLError, ConnectionError), urllib.request.urlopen(f"{base_url}/robots.txt", timeout=2):  # noqa: S310
            return portal.poll() is None
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    sys.exit(main())
