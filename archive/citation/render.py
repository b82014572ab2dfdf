"""CSL items through CSL styles (`styles/NAME.csl`) into text and HTML, by citeproc-py."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from citeproc import Citation as Cluster
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from archive.citation.item import Item

_STYLES = Path(__file__).with_name("styles")
_LOCK = Lock()
_EDGE = re.compile(r"\.(?=\.)")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;)]")


def render(item: Item, style: str) -> tuple[str, str]:
    """The bibliography entry of `item` in `style`, as plain text and as HTML whose addresses are links."""
    # A style object keeps its formatter as state, so that two threads would write over each other's.
    with _LOCK:
        marked = _EDGE.sub("", _entry(_escaped(item), style))
    plain = html.unescape(re.sub(r"</?[a-z]+>", "", marked))
    return plain, _ADDRESS.sub(lambda match: f'<a href="{match[0].replace(chr(34), "%22")}">{match[0]}</a>', marked)


def _entry(item: Item, style: str) -> str:
    source = CiteProcJSON([item])
    bibliography = CitationStylesBibliography(_style(style), source, formatter.html)
    bibliography.register(Cluster([CitationItem(str(item["id"]))]))
    return " ".join(str(bibliography.bibliography()[0]).split())


def _escaped(value: Any) -> Any:
    """`value` with every text escaped for HTML: citeproc-py marks up what it is given as it is."""
    if isinstance(value, str):
        return html.escape(value, quote=False)
    if isinstance(value, list):
        return [_escaped(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _escaped(entry) for key, entry in value.items()}
    return value


@cache
def _style(name: str) -> CitationStylesStyle:
    return CitationStylesStyle(str(_STYLES / f"{name}.csl"), validate=False)
