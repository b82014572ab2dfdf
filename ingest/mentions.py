"""Other documents that a text names by their numbers, each with the link that the page itself sets on it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from archive.numbers import find_numbers
from archive.records import LegalBasis, Mention
from ingest.clean import Block, one_line

_LINK = re.compile(r'<a href="(?P<href>https?:[^"]*)">(?P<text>.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_MOST = 500


def read_mentions(
    texts: Sequence[str], blocks: Sequence[Block], own: str | None, bases: Sequence[LegalBasis]
) -> tuple[Mention, ...]:
    """The documents that `texts` and then `blocks` name by number, each once, in the order in which they are first named.

    Left out are the document's own number and those of its legal bases. Of many hundreds the first 500 are kept.
    """
    known = {own, *(basis.number for basis in bases)}
    links: dict[str, str] = {}
    raws: dict[str, str] = {}
    for text in (*texts, *(block.text for block in blocks)):
        for number in find_numbers(text):
            if number.canonical not in known and len(raws) < _MOST:
                raws.setdefault(number.canonical, one_line(number.raw))
    for block in blocks if raws else ():
        if "<a " in block.html:
            _note_links(block.html, links)
    return tuple(Mention(number, raw, links.get(number)) for number, raw in raws.items())


def _note_links(markup: str, links: dict[str, str]) -> None:
    for match in _LINK.finditer(markup):
        words = html.unescape(_TAG.sub("", match["text"]))
        for number in find_numbers(words):
            links.setdefault(number.canonical, html.unescape(match["href"]))
