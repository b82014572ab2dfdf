"""How search speed, memory and size grow with the number of documents: one curve each, drawn as a picture.

The corpus is taken as often as the largest size needs, and cut. At each size an index is built in a process of its own; then the
mixed queries are put to the page of results through the web application and to the ranking alone, as in the bench of latency.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.latency import MIXED, built_index, timed
from bench.machine import report
from bench.questions import KINDS, mixed, queries_of, rows_of
from search.words.analysis import syllables

PANELS = (
    ("Ranking and facets, ms", (("p50", "ranking p50, ms"), ("p95", "ranking p95, ms"))),
    ("Page of results, ms", (("p50", "page p50, ms"), ("p95", "page p95, ms"))),
    ("Resident memory of a serving process, MiB", (("", "resident, MiB"),)),
    ("Index on the disk, MiB", (("", "size, MiB"),)),
)
WIDTH, HEIGHT, LEFT, TOP, FOOT = 420, 250, 56, 44, 40
Curve = Sequence[tuple[int, float]]


def main() -> None:
    """Measure, report and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with title and body; may be gzipped")
    parser.add_argument("--sizes", default="10000,45000,90000,180000", help="numbers of documents, by commas")
    parser.add_argument("--folder", type=Path, help="keep the indexes here and use those that stand here")
    parser.add_argument("--cpu", action="store_true", help="count the time of the processor instead of the clock's")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path, help="draw the curves into this SVG file")
    chosen = parser.parse_args()
    sizes = sorted({int(size) for size in chosen.sizes.split(",")})
    figures: dict[str, object] = {}
    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            found[size] = at_size(chosen.corpus, size, (chosen.folder or Path(place)) / str(size), cpu=chosen.cpu)
            figures |= {f"{size}: {name}": value for name, value in found[size].items()}
    report("scale", figures, chosen.json)
    if chosen.picture:
        chosen.picture.write_text(drawn(found), encoding="utf-8")


def at_size(corpus: Path, size: int, folder: Path, *, cpu: bool) -> dict[str, float]:
    """All figures at one size."""
    once = rows_of(corpus, 0, 1)
    rows = rows_of(corpus, 0, -(-size // len(once)))[:size]
    # The same queries at every size: they are drawn from what all sizes hold.
    shared = once[: min(10_000, size)]
    queries = queries_of(shared, [[token.text for token in syllables(row["body"])] for row in shared], MIXED // len(KINDS))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "documents.json").write_text(json.dumps([rows, []]), encoding="utf-8")
    (folder / "queries.json").write_text(json.dumps(mixed(queries, MIXED)), encoding="utf-8")
    del once, rows, shared
    figures: dict[str, Any] = {}
    if not (folder / "ours.built").exists():
        built = built_index(folder, "ours")
        (folder / "built.json").write_text(json.dumps(built), encoding="utf-8")
    (folder / "documents.json").unlink()
    built = json.loads((folder / "built.json").read_text(encoding="utf-8"))
    if "missing" in built:
        raise SystemExit(f"{size} documents could not be indexed: {built['missing']}")
    figures |= {name: built[name] for name in ("documents/s", "size, MiB") if name in built}
    for name, probe in (("ranking", "full ranking and facets"), ("page", "page")):
        taken = timed(folder, probe, processes=3, passes=3, cpu=cpu)
        if "missing" in taken:
            raise SystemExit(f"{size} documents could not be searched: {taken['missing']}")
        for share in ("p50", "p95"):
            figures[f"{name} {share}, ms"] = taken[f"mixed warm {share}, ms"]
            figures[f"{name} cold {share}, ms"] = taken[f"mixed cold {share}, ms"]
        figures["open, ms"], figures["resident, MiB"] = taken["open, ms"], taken["resident after the queries, MiB"]
    return figures


# the picture

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .axis { stroke: #6e7781; fill: none }
  .grid { stroke: #d0d7de }
  .p50 { stroke: #0b6e99; fill: #0b6e99 }
  .p95 { stroke: #b3541e; fill: #b3541e }
  path.p50, path.p95 { fill: none; stroke-width: 2.5 }
  text.p50, text.p95 { stroke: none }
  .paper { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .axis { stroke: #9198a1 }
    .grid { stroke: #30363d }
    .p50 { stroke: #58b6dd; fill: #58b6dd }
    .p95 { stroke: #f0905a; fill: #f0905a }
    .paper { fill: #0d1117 }
  }
"""


def drawn(found: dict[int, dict[str, float]]) -> str:
    """The panels, two in a row, as an SVG document that follows the reader's choice of light or dark."""
    width, height = 2 * WIDTH, HEIGHT * -(-len(PANELS) // 2)
    panels = []
    for number, (title, lines) in enumerate(PANELS):
        curves = [(label, [(size, figures[name]) for size, figures in found.items()]) for label, name in lines]
        panels.append(f'<g transform="translate({number % 2 * WIDTH},{number // 2 * HEIGHT})">{_panel(title, curves)}</g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n'
        f"<title>Speed, memory and size by number of documents</title>\n<style>{STYLE}</style>\n"
        f'<rect class="paper" width="{width}" height="{height}"/>\n' + "\n".join(panels) + "\n</svg>\n"
    )


def _panel(title: str, curves: Sequence[tuple[str, Curve]]) -> str:
    most = max(value for _, curve in curves for _, value in curve)
    widest = max(size for _, curve in curves for size, _ in curve)
    step = _step(most)
    rows = [step * i for i in range(int(most / step) + 2)]
    right, foot = WIDTH - 66, HEIGHT - FOOT

    def x(size: float) -> float:
        return round(LEFT + (right - LEFT) * size / widest, 1)

    def y(value: float) -> float:
        return round(foot - (foot - TOP) * value / rows[-1], 1)

    parts = [f'<text class="title" x="{LEFT}" y="24">{title}</text>']
    for row in rows:
        parts.append(f'<path class="grid" d="M{LEFT} {y(row)}H{right}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(row) + 4}" text-anchor="end">{row:,g}</text>')
    for size, _ in curves[0][1]:
        parts.append(f'<path class="axis" d="M{x(size)} {foot}v5"/>')
        parts.append(f'<text x="{x(size)}" y="{foot + 20}" text-anchor="middle">{size / 1000:g}k</text>')
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{foot}H{right}"/>')
    parts.append(f'<text x="{right + 60}" y="{foot + 36}" text-anchor="end">documents</text>')
    for (label, curve), kind in zip(curves, ("p50", "p95"), strict=False):
        points = [(x(size), y(value)) for size, value in curve]
        parts.append(f'<path class="{kind}" d="M{" L".join(f"{a} {b}" for a, b in points)}"/>')
        parts += [f'<circle class="{kind}" cx="{a}" cy="{b}" r="3.5"/>' for a, b in points]
        named = f"{label} {curve[-1][1]:.3g}" if label else f"{curve[-1][1]:,.0f}"
        parts.append(f'<text class="{kind}" x="{right + 6}" y="{points[-1][1] + 4}" font-size="11">{named}</text>')
    return "".join(parts)


def _step(most: float) -> float:
    """The least round distance of lines that needs six of them at most."""
    return next(step for power in range(-3, 9) for step in (10.0**power, 2 * 10.0**power, 5 * 10.0**power) if most <= 6 * step)


if __name__ == "__main__":
    main()
