"""`make run`: the sample portal, crawled through the real gate, kept, indexed and served. Ends what it started."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from urllib.error import URLError

_PATIENCE_S = 20.0


def main() -> int:
    """Run the demonstration until Ctrl-C; the exit code of the part that failed, else 0."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--sample-port", type=int, default=8017)
    chosen = parser.parse_args()
    base_url = f"http://127.0.0.1:{chosen.sample_port}"
    os.environ["TANGTHU_SAMPLE_BASE_URL"] = base_url
    os.environ.setdefault("TANGTHU_SITE_URL", f"http://127.0.0.1:{chosen.port}")
    tangthu = [sys.executable, "-m", "tangthu.cli"]
    portal = subprocess.Popen([*tangthu, "sample-portal", "--port", str(chosen.sample_port)])
    try:
        if not _answers(base_url, portal):
            return 2
        crawled = subprocess.run([*tangthu, "crawl", "sample"], check=False)
        # 1 is what the sample is there to show: its lists hold a dead link and a page that fails.
        if crawled.returncode not in (0, 1):
            return crawled.returncode
        served = subprocess.run([*tangthu, "serve", "--port", str(chosen.port)], check=False)
        return served.returncode
    except KeyboardInterrupt:
        return 0
    finally:
        portal.terminate()
        portal.wait()


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
