"""What every bench prints first: the machine, so that figures are read as what they are."""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
from pathlib import Path


def machine() -> dict[str, object]:
    """Processor, cores, memory and Python of this machine."""
    named = (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    cpu = next(named, platform.machine())
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_mib": memory, "python": platform.python_version()}


def peak_mib() -> float:
    """The most memory that this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mib() -> float:
    """The memory that this process holds now, in MiB."""
    held = next((int(line.split()[1]) for line in _lines("/proc/self/status") if line.startswith("VmRSS")), 0)
    return held / 1024


def report(title: str, figures: dict[str, object], file: Path | None) -> None:
    """Print the figures and the command that gives them; write the same to `file` as JSON."""
    whole = {
        "bench": title,
        "command": " ".join(["python", f"bench/{Path(sys.argv[0]).name}", *sys.argv[1:]]),
        "machine": machine(),
        "figures": figures,
    }
    print(f"{title} · {whole['machine']}\n$ {whole['command']}")
    for name, value in figures.items():
        print(f"  {name:<44} {value:,.2f}" if isinstance(value, float) else f"  {name:<44} {value}")
    if file:
        file.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
