"""One HTML file that shows saved pages and, beside each, what is read of it.

Pages are hostile: they stand in sandboxed frames, and the file's own policy keeps them from loading anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ingest.decode import decode
from ingest.trial import Trial

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"
_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 1.5rem 3rem; }
h1 { font-size: 1.25rem; }
h2 { font-size: 1rem; overflow-wrap: anywhere; }
.pair { display: grid; gap: 1rem; }
iframe { width: 100%; height: 85vh; border: 1px solid GrayText; background: #fff; }
iframe.body { height: 40vh; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; overflow-wrap: anywhere; }
tr { border-top: 1px solid color-mix(in srgb, CanvasText 18%, Canvas); }
td:first-child { font-weight: 600; white-space: nowrap; }
code { font-size: .8125rem; }
.unsure { color: light-dark(#a5201b, #ff9d94); font-weight: 600; }
.error { border-left: .25rem solid; padding-left: .75rem; }
@media (min-width: 64em) { .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
"""
_UNSURE = 0.7


def side_by_side(trials: Sequence[tuple[Path, bytes, Trial]]) -> str:
    """The whole file. `trials`: each saved page's path, its bytes, and what was read."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Pages and what is read of them</title><style>{_STYLE}</style></head>"
        f"<body><h1>Pages and what is read of them</h1>{''.join(_pair(*each) for each in trials)}</body></html>\n"
    )


def _pair(path: Path, body: bytes, trial: Trial) -> str:
    page = escape(decode(body, None).text, quote=True)
    read = f'<p class="error">{escape(str(trial.error))}</p>' if trial.error is not None else _fields(trial)
    return (
        f"<section><h2>{escape(path.name)} · {escape(trial.url)}</h2>"
        f'<div class="pair"><iframe sandbox title="the page" srcdoc="{page}"></iframe><div>{read}</div></div></section>'
    )


def _fields(trial: Trial) -> str:
    if trial.reading is None:
        return ""
    rows = "".join(
        f'<tr><td>{escape(origin.name)}</td><td lang="vi">{escape(value[:2000])}</td>'
        f"<td{' class=unsure' if origin.confidence < _UNSURE else ''}>{origin.confidence:.2f}</td>"
        f"<td><code>{escape(origin.origin)}</code></td></tr>"
        for origin, value in trial.values()
        if origin.name != "text"
    )
    return (
        f"<p>read by <code>{escape(trial.reading.platform)}</code></p>"
        "<table><thead><tr><th>field</th><th>value</th><th>sure</th><th>from</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        f'<iframe class="body" sandbox title="the body as it is kept" srcdoc="{escape(trial.reading.html, quote=True)}"></iframe>'
    )
