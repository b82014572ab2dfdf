"""Facts that a page gives by name: `Số ký hiệu | 12/QĐ-UBND`, `Ngày ban hành: 15/06/2020`, `Người ký: …`.

Pages of legal documents carry such a slip above the text or in place of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.clean import Block, one_line

_LABELS = {
    "number": r"số(?:,|\s*/)?\s*(?:ký\s*/?\s*)?hiệu(?: văn bản)?|số/?\s?ký hiệu|số,? ký hiệu|số văn bản|ký hiệu",
    "issued": r"ngày (?:ban hành|ký|văn bản)",
    "kind": r"(?:loại|thể loại|hình thức) văn bản|loại vb",
    "issuer": r"(?:cơ quan|đơn vị|nơi) ban hành(?:\s*/.*)?",
    "signer": r"người ký(?:\s*/.*)?",
    "signer_office": r"chức (?:vụ|danh)(?: người ký)?",
}
_LABEL = {name: re.compile(rf"(?:{pattern})\s*[:：]?", re.IGNORECASE) for name, pattern in _LABELS.items()}
_INLINE = {
    name: re.compile(rf"(?:{pattern})\s*[:：]\s*(?P<value>\S.{{0,200}})", re.IGNORECASE) for name, pattern in _LABELS.items()
}
_HINT = re.compile(r"ban hành|ký hiệu|người ký|số hiệu", re.IGNORECASE)
_BLOCKS = 12


def read_labels(blocks: Sequence[Block]) -> dict[str, str]:
    """What the slip of a page says, by field, word for word; empty where fewer than two facts are named so.

    Two, because a text may hold one such label by chance.
    """
    found: dict[str, str] = {}
    for label, value in _pairs(blocks[:_BLOCKS]):
        for name, pattern in _LABEL.items():
            if value and pattern.fullmatch(label):
                found.setdefault(name, value)
    return found if len(found) >= 2 else {}


def _pairs(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if _HINT.search(block.text) is None:
            continue
        cells = [one_line(cell) for cell in block.cells]
        yield from pairwise(cells)
        for line in [line for cell in (block.cells or (block.text,)) for line in cell.split("\n")]:
            words = one_line(line).lstrip("-–•+* ")
            for pattern in _INLINE.values():
                if match := pattern.fullmatch(words):
                    yield words[: match.start("value")].strip(), match["value"].strip()
