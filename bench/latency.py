"""How fast is a search: ours, plain whoosh3, SQLite FTS5 and tantivy, in one run, on the same tokens with the same queries.

Each engine has processes of its own. Cold is the first pass over the queries in a new process, whatever the system still holds
of its files; warm are the passes after it. Of three processes and of three warm passes each, every query counts with its median,
with one of each for plain whoosh3. `--cpu` counts the processor's time instead of the clock's, where others work on the same
machine: every engine answers in the thread that asks. Mixed are 200 queries, a quarter of each kind. `page` is the page of
results through the web application, and what it holds in memory is what a serving process needs. Peers that are not installed
are named as missing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from bench.machine import report
from bench.peers import PROBES, Peer
from bench.questions import KINDS, Query, mixed, queries_of, rows_of
from search.words.analysis import syllables

MIXED = 200
PEERS = Path(__file__).parent.parent / ".bench"
GROUPS = (*KINDS, "mixed")


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with title and body; may be gzipped")
    parser.add_argument("--limit", type=int, default=0, help="take so many documents; 0: all")
    parser.add_argument("--times", type=int, default=1, help="take the corpus so many times")
    parser.add_argument("--queries", type=int, default=200, help="queries of each kind, the mixed ones among them")
    parser.add_argument("--only", default=",".join(PROBES), help="what to measure, by commas")
    parser.add_argument("--folder", type=Path, help="keep the indexes here and use those that stand here")
    parser.add_argument("--cpu", action="store_true", help="count the time of the processor instead of the clock's")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report("latency", measure(chosen.folder or Path(folder), chosen), chosen.json)


def measure(folder: Path, chosen: argparse.Namespace) -> dict[str, object]:
    """All figures by name."""
    rows = rows_of(chosen.corpus, chosen.limit, chosen.times)
    bodies = [[token.text for token in syllables(row["body"])] for row in rows]
    figures: dict[str, object] = {
        "documents": len(rows),
        "data, SHA-256": hashlib.sha256(chosen.corpus.read_bytes()).hexdigest()[:16],
        "syllables": sum(map(len, bodies)),
    }
    queries = queries_of(rows, bodies, max(chosen.queries, MIXED // len(KINDS)))
    folder.mkdir(exist_ok=True)
    (folder / "documents.json").write_text(json.dumps([rows, bodies]), encoding="utf-8")
    del rows, bodies
    for name in chosen.only.split(","):
        engine = PROBES[name][0]
        slow = engine == "whoosh"
        asked = mixed(queries, MIXED if slow else chosen.queries * len(KINDS))
        (folder / "queries.json").write_text(json.dumps(asked), encoding="utf-8")
        if not (folder / f"{engine}.built").exists():
            built = built_index(folder, name)
            figures |= {f"{name}: {key}": value for key, value in built.items()}
        found = timed(folder, name, processes=1 if slow else 3, passes=1 if slow else 3, cpu=chosen.cpu)
        figures |= {f"{name}: {key}": value for key, value in found.items()}
    return figures | ratios(figures)


def built_index(folder: Path, name: str) -> dict[str, Any]:
    """How long the index takes in a process of its own, how large it gets, how much memory it needs."""
    engine = PROBES[name][0]
    shutil.rmtree(folder / engine, ignore_errors=True)
    (folder / engine).mkdir(mode=0o700)
    built = spawned("index", name, folder)
    if "missing" not in built:
        (folder / f"{engine}.built").touch()
    return built


def timed(folder: Path, name: str, processes: int, passes: int, *, cpu: bool = False) -> dict[str, Any]:
    """Percentiles by kind, cold and warm, over the queries that stand in the folder."""
    runs = [spawned("search", name, folder, passes, cpu=cpu) for _ in range(processes)]
    if missing := [run for run in runs if "missing" in run]:
        return missing[0]
    queries: list[Query] = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    figures: dict[str, Any] = {"open, ms": statistics.median(run["open"] for run in runs)}
    cold = _medians([run["cold"] for run in runs])
    warm = _medians([times for run in runs for times in run["warm"]])
    for group, (label, times) in product(GROUPS, (("cold", cold), ("warm", warm))):
        taken = times[:MIXED] if group == "mixed" else [ms for (kind, _), ms in zip(queries, times, strict=True) if kind == group]
        figures[f"{group} {label} p50, ms"] = percentile(taken, 0.5)
        figures[f"{group} {label} p95, ms"] = percentile(taken, 0.95)
    figures["resident after the queries, MiB"] = max(run["resident"] for run in runs)
    return figures


def _medians(passes: Sequence[Sequence[float]]) -> list[float]:
    """For each query the median of its times."""
    return [statistics.median(times) for times in zip(*passes, strict=True)]


def percentile(times: Sequence[float], share: float) -> float:
    """The time that `share` of the queries do not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def ratios(figures: dict[str, Any]) -> dict[str, float]:
    """What is compared: ours to the others warm, and cold to warm of each."""
    found = {}
    for group, share in product(GROUPS, ("p50", "p95")):
        ours = figures.get(f"ours: {group} warm {share}, ms")
        for label, other in (("ours : tantivy", "tantivy"), ("ours : fts5", "fts5")):
            if ours and (theirs := figures.get(f"{other}: {group} warm {share}, ms")):
                found[f"{label}, {group} {share}"] = ours / theirs
        if ours and (theirs := figures.get(f"whoosh: {group} warm {share}, ms")):
            found[f"whoosh : ours, {group} {share}"] = theirs / ours
    for name, group, share in product(PROBES, GROUPS, ("p50", "p95")):
        if warm := figures.get(f"{name}: {group} warm {share}, ms"):
            found[f"cold : warm, {name}, {group} {share}"] = figures[f"{name}: {group} cold {share}, ms"] / warm
    return found


def spawned(task: str, name: str, folder: Path, passes: int = 0, *, cpu: bool = False) -> dict[str, Any]:
    """What a new process finds; `missing` says why it found nothing."""
    command = [
        sys.executable,
        "-c",
        "from bench.latency import child; child()",
        task,
        name,
        str(folder),
        str(passes),
        str(int(cpu)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    if done.returncode:
        return {"missing": (done.stderr.strip().splitlines() or ["no word why"])[-1][:100]}
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def child() -> None:
    """One task in a process of its own: its figures as JSON in the last line."""
    task, name, place, passes, cpu = sys.argv[1:]
    sys.path.append(str(PEERS))
    folder = Path(place)
    engine, make = PROBES[name]
    peer = make()
    if task == "index":
        figures = _indexed(peer, folder / engine, *json.loads((folder / "documents.json").read_text(encoding="utf-8")))
    else:
        figures = _searched(
            peer, folder / engine, json.loads((folder / "queries.json").read_text(encoding="utf-8")), int(passes), cpu == "1"
        )
    print(json.dumps(figures))


def _indexed(peer: Peer, folder: Path, rows: Sequence[dict[str, str]], bodies: Sequence[list[str]]) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    peer.index(folder, rows, bodies)
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "index, s": took,
        "documents/s": len(rows) / took,
        "size, MiB": size_mib(folder),
        "indexing, MiB more": peak - before,
    }


def size_mib(folder: Path) -> float:
    """What a folder holds."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def _searched(peer: Peer, folder: Path, queries: list[Query], passes: int, cpu: bool) -> dict[str, Any]:
    clock = time.thread_time if cpu else time.perf_counter
    started = time.perf_counter()
    peer.open(folder)
    opened = (time.perf_counter() - started) * 1000
    cold = _pass(peer, queries, clock)
    warm = [_pass(peer, queries, clock) for _ in range(passes)]
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    resident = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return {"open": opened, "cold": cold, "warm": warm, "resident": resident}


def _pass(peer: Peer, queries: list[Query], clock: Callable[[], float]) -> list[float]:
    times = []
    for kind, forms in queries:
        started = clock()
        peer.search(kind, forms)
        times.append((clock() - started) * 1000)
    return times


if __name__ == "__main__":
    main()
