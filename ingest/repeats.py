"""What repeats on a portal's pages is no part of its announcements: such blocks at the edges of a body leave a reading.

Only what no document says for itself is a candidate. The formulas of documents (letterhead, "Căn cứ …", "Nơi nhận", signatures)
repeat rightly, and so do short lines and sentences that lead into what follows. Which blocks repeat is counted in
`archive.repeats`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256

from archive.records import FieldOrigin, Reading
from ingest.clean import Block, blocks_of
from ingest.tree import grow

_HEAD, _FOOT = 2, 5
"""How many blocks at either end of a body are looked at: what frames a text stands at its edges."""
_LEAST = 25
_MOST = 2000
_LESS_SURE = 0.5
_SPACES = re.compile(r"\s+")
_FORMULA = re.compile(
    r"cộng h(?:òa|oà) xã hội|đảng cộng sản|độc lập\b.{0,12}tự do|số\s*:|kính gửi|nơi nhận|như (?:trên|kính gửi|điều)|lưu\s*:"
    r"|căn cứ"
    r"|theo đề nghị|xét (?:đề nghị|tờ trình)|thực hiện (?:nghị quyết|quyết định|công văn|kế hoạch|chỉ thị|văn bản|thông báo)"
    r"|điều \d+|chương [ivxlc]+|phụ lục|mục [\divxlc]+|(?:kt|tm|tl|tuq|q)\.|v/v|về việc|trân trọng|\(?đã ký|ban hành kèm theo"
    r"|(?:quyết định|nghị quyết|thông báo|công văn|văn bản|kế hoạch) này"
    r"|chịu trách nhiệm thi hành|có hiệu lực|[-–•+*]|\(|\d+[.)/]|[a-zđ][.)]\s",
    re.IGNORECASE,
)


def digests_of(reading: Reading) -> tuple[str, ...]:
    """The digests of those blocks at the edges of a reading's text that may turn out to repeat."""
    blocks = [block for block in reading.text.split("\n\n") if block]
    edges = blocks if len(blocks) <= _HEAD + _FOOT else [*blocks[:_HEAD], *blocks[-_FOOT:]]
    return tuple(dict.fromkeys(_digest(block) for block in edges if _may_repeat(block)))


def without(reading: Reading, repeating: Collection[str]) -> Reading:
    """`reading` without the blocks at its edges whose digests are in `repeating`; one that would lose all its text keeps it and
    is less sure of it. The origin of the text says so, with the words that were left out.
    """
    if not repeating:
        return reading
    blocks = _blocks(reading)
    if blocks is None:
        return _less_sure(reading)
    kept = list(blocks)
    gone: list[str] = []
    for edge, most in ((0, _HEAD), (-1, _FOOT)):
        for _ in range(most):
            if not kept or not _repeats(kept[edge], repeating):
                break
            gone.insert(0 if edge else len(gone), kept.pop(edge).text)
    if not any(block.text or "<img" in block.html for block in kept):
        return _less_sure(reading)
    if not gone:
        return reading
    text = "\n\n".join(block.text for block in kept if block.text)
    left = replace(reading, text=text, html="\n".join(block.html for block in kept))
    return _with_origin(left, "rule:repeats", 1.0, "\n\n".join(gone))


def _repeats(block: Block, repeating: Collection[str]) -> bool:
    return not block.cells and _may_repeat(block.text) and _digest(block.text) in repeating


def _blocks(reading: Reading) -> tuple[Block, ...] | None:
    """The blocks of the clean HTML; None where they do not say the very text of the reading."""
    try:
        root, _ = grow(f"<body>{reading.html}</body>")
    except ValueError:
        return None
    blocks = blocks_of(root, "")
    return blocks if "\n\n".join(block.text for block in blocks if block.text) == reading.text else None


def _may_repeat(block: str) -> bool:
    plain = _plain(block)
    if not _LEAST <= len(plain) <= _MOST or " | " in block:
        return False
    return not (plain.isupper() or plain.endswith((":", ";", ",")) or _FORMULA.match(plain))


def _plain(block: str) -> str:
    return _SPACES.sub(" ", block).strip()


def _digest(block: str) -> str:
    return sha256(_plain(block).casefold().encode()).hexdigest()


def _less_sure(reading: Reading) -> Reading:
    return _with_origin(reading, "rule:repeats", _LESS_SURE, None)


def _with_origin(reading: Reading, origin: str, factor: float, raw: str | None) -> Reading:
    """`reading` with the origin of its text: the rule added to what was said of it, its confidence times `factor`."""
    fields = tuple(
        FieldOrigin("text", f"{entry.origin}; {origin}", round(entry.confidence * factor, 3), raw)
        if entry.name == "text"
        else entry
        for entry in reading.fields
    )
    return replace(reading, fields=fields)
