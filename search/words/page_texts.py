"""The texts of a document's attachments as the index keeps them: in blocks, each compressed by itself, so that a hit reads some
thousand characters of a file of millions.

    sizes (4 numbers of 4 bytes): bytes of the head, pages, blocks, bytes of all blocks
    head      JSON: files as [digest, name], the document numbers that stand in them, and their own
    pages     4 bytes each: which file, page number, place of its first syllable
    blocks    4 bytes each: which page, place of its first syllable, where it begins after all this, bytes
    the blocks, deflated UTF-8

A place is a number in the document's stream of syllables, where one place stays empty between two pages.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from archive.pages import AttachedText
from search.arrays import Array

MAX_CHARS = 2_000_000
"""Of all attachments of one document: some 800 full pages. More is left out, and said."""
MAX_PAGES = 20_000
MAX_NUMBERS = 200
BLOCK_CHARS = 4000
_LONGEST_NAME = 400
_FAR = 1 << 62
_SIZES = struct.Struct("<IIII")
_GAP = re.compile(r"\s")


def bounded(attached: Sequence[AttachedText]) -> tuple[tuple[AttachedText, ...], int]:
    """As much of these texts as the index takes, and how many characters are left out.

    Each file may have the same; what short ones leave goes to the longer ones. Of a file its beginning is kept.
    """
    sizes = [sum(len(text) for _, text in each.pages) for each in attached]
    left, files, kept = MAX_CHARS, len(attached), {}
    for at in sorted(range(files), key=sizes.__getitem__):
        kept[at] = _cut(attached[at], left // files)
        left -= sum(len(text) for _, text in kept[at].pages)
        files -= 1
    found = tuple(kept[at] for at in range(len(attached)))
    return found, sum(sizes) - sum(len(text) for each in found for _, text in each.pages)


def _cut(file: AttachedText, room: int) -> AttachedText:
    pages = []
    for n, text in file.pages[:MAX_PAGES]:
        if len(text) > room:
            gaps = [match.start() for match in _GAP.finditer(text, max(0, room - 200), room + 1)]
            text = text[: gaps[-1] if gaps else room]
        if not text:
            break
        pages.append((n, text))
        room -= len(text)
    return replace(file, pages=tuple(pages))


def blocks_of(text: str) -> list[str]:
    """A text in pieces of about BLOCK_CHARS that end at white space; one long word is cut where it must."""
    blocks, at = [], 0
    while len(text) - at > BLOCK_CHARS:
        gap = _GAP.search(text, at + BLOCK_CHARS, at + 2 * BLOCK_CHARS)
        end = gap.end() if gap else at + BLOCK_CHARS
        blocks.append(text[at:end])
        at = end
    return [*blocks, text[at:]]


def packed(attached: Sequence[AttachedText], counts: Sequence[Sequence[int]], numbers: Sequence[str] = ()) -> bytes:
    """The record of these texts; `counts` says how many syllables each block of each page holds, `numbers` what they name."""
    files = [[each.file, each.name[:_LONGEST_NAME]] for each in attached]
    pages, blocks, bodies = [], [], []
    place = at = 0
    texts = [(number, n, text) for number, each in enumerate(attached) for n, text in each.pages]
    for ordinal, ((number, n, text), sizes) in enumerate(zip(texts, counts, strict=True)):
        pages.append((number, n, place))
        for block, size in zip(blocks_of(text), sizes, strict=True):
            body = zlib.compress(block.encode("utf-8", "replace"), 3)
            blocks.append((ordinal, place, at, len(body)))
            bodies.append(body)
            place, at = place + size, at + len(body)
        place += 1
    own = list(dict.fromkeys(number for each in attached for number in each.numbers))
    head = json.dumps({"files": files, "numbers": list(numbers[:MAX_NUMBERS]), "own": own[:MAX_NUMBERS]}).encode()
    tables = [np.array(rows, "<u4").tobytes() for rows in (pages, blocks)]
    return b"".join([_SIZES.pack(len(head), len(pages), len(blocks), at), head, *tables, *bodies])


class PagePlace(NamedTuple):
    """A page of an attachment: digest and name of the file, number of the page, its ordinal among all pages of the document."""

    file: str
    name: str
    n: int
    ordinal: int


class Stretch(NamedTuple):
    """A piece of a page's text: its first syllable stands at `place`, what follows its last at `end`."""

    text: str
    place: int
    end: int


class PageTexts:
    """A record, read piece by piece: `read` gives so many bytes from an offset. Raises ValueError and its like for no record."""

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        head, pages, blocks, _ = _SIZES.unpack(read(0, _SIZES.size))
        tables = read(_SIZES.size, head + 4 * (3 * pages + 4 * blocks))
        facts = json.loads(tables[:head])
        self._files: list[list[str]] = facts["files"]
        self.numbers: list[str] = facts["numbers"]
        """Document numbers that stand on the pages, in their order; MAX_NUMBERS at most."""
        self.own_numbers: list[str] = facts["own"]
        """Those that the attachments carry themselves."""
        self._pages = np.frombuffer(tables, "<u4", 3 * pages, head).reshape(-1, 3).astype(np.int64)
        self._blocks = np.frombuffer(tables, "<u4", 4 * blocks, head + 12 * pages).reshape(-1, 4).astype(np.int64)
        self._begin = _SIZES.size + len(tables)
        self.starts: Array = self._pages[:, 2]
        """The place of the first syllable of each page, ascending."""

    def page_at(self, place: int) -> PagePlace:
        """The page that a place stands in."""
        ordinal = bisect_right(self.starts.tolist(), place) - 1
        number, n, _ = self._pages[ordinal].tolist()
        file, name = self._files[number]
        return PagePlace(file, name, n, ordinal)

    def around(self, first: int, last: int) -> Stretch:
        """The text of a page with its syllables at `first` to `last`, and some thousand characters on both sides."""
        page = self.page_at(first).ordinal
        of_page = np.flatnonzero(self._blocks[:, 0] == page)
        places = self._blocks[of_page, 1]
        low = max(0, int(np.searchsorted(places, first, side="right")) - 2)
        high = min(len(of_page), int(np.searchsorted(places, last, side="right")) + 1)
        blocks = self._blocks[of_page[low:high]].tolist()
        text = "".join(self._text(at, size) for _, _, at, size in blocks)
        if high < len(of_page):
            return Stretch(text, blocks[0][1], int(places[high]))
        return Stretch(text, blocks[0][1], int(self.starts[page + 1]) - 1 if page + 1 < len(self.starts) else _FAR)

    def _text(self, at: int, size: int) -> str:
        return zlib.decompress(self._read(self._begin + at, size)).decode()
