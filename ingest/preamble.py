"""The legal bases of a document: the clauses `Căn cứ …;` of its preamble, word for word.

A sentence that begins with the same words and goes on to say what is done (`Căn cứ Luật A, Sở thông báo:`) is no clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.numbers import KINDS, find_numbers
from archive.records import LegalBasis
from ingest.clean import Block
from ingest.columns import lines_in

_CLAUSE = re.compile(r"(?:[-–+*•]\s*)?(?P<text>Căn cứ\b(?:\s+vào)?\s*:?\s*\S.*)", re.IGNORECASE | re.DOTALL)
_ACT = "|".join(
    sorted((re.escape(word) for word in {*KINDS.values(), "Luật", "Bộ luật", "Hiến pháp", "Công văn"}), key=len, reverse=True)
)
_GOES_ON = re.compile(rf"(?:[-–+*•]\s*)?(?:và\s+)?(?P<text>(?:{_ACT})\b.*)", re.DOTALL)
_ENACTS = re.compile(
    r"(?:QUYẾT ĐỊNH|QUYẾT NGHỊ|CHỈ THỊ|THÔNG BÁO|BAN HÀNH|LỆNH|KẾ HOẠCH|NGHỊ QUYẾT)\b|Điều 1\b|Xét\b|Theo (?:đề nghị"
    r"|báo cáo|yêu cầu|tờ trình)\b"
    r"|Thực hiện\b|Sau khi\b|(?:Chính phủ|Quốc hội|Bộ trưởng|Thủ tướng|Chủ tịch|Ủy ban|UBND|Giám đốc|Sở"
    r"|Hội đồng)\b.{0,200}(?:quyết định|ban hành"
    r"|thông báo|quyết nghị|hướng dẫn|báo cáo|đề nghị|xây dựng)",
    re.DOTALL,
)
_SAYS_MORE = re.compile(
    r",\s+(?:(?:Ban|Sở|Bộ|UBND|Ủy ban|Hội đồng|Phòng|Chi cục|Cục|Trung tâm|Đảng ủy|Chi bộ|Tỉnh ủy|Văn phòng|Giám đốc"
    r"|Chủ tịch|đơn vị|cơ quan|các)\b"
    r"|(?:đề nghị|yêu cầu|thông báo|nay)\b)",
    re.IGNORECASE,
)
_MAX_LINES = 120
_MAX_CLAUSE = 1200
_MAX_BASES = 60


def read_bases(blocks: Sequence[Block]) -> tuple[LegalBasis, ...]:
    """The legal bases in the preamble at the head of `blocks`, in its order."""
    pieces = list(_pieces(lines_in(blocks[:40])[:_MAX_LINES]))
    first = next((index for index, (piece, _) in enumerate(pieces) if _CLAUSE.fullmatch(piece)), None)
    if first is None:
        return ()
    bases: list[LegalBasis] = []
    for index in range(first, len(pieces)):
        piece, ended = pieces[index]
        match = _CLAUSE.fullmatch(piece) or (_GOES_ON.fullmatch(piece) if bases and not _ENACTS.match(piece) else None)
        following = pieces[index + 1][0] if index + 1 < len(pieces) else ""
        if match is None or len(bases) >= _MAX_BASES:
            if match is None and _between(piece, following):
                continue
            break
        text = match["text"].rstrip(" ;.,")
        if len(text) > _MAX_CLAUSE or not (ended or _closes(piece, following, after=bool(bases))):
            break
        numbers = find_numbers(text)
        bases.append(LegalBasis(text, numbers[0].canonical if numbers else None))
    return tuple(bases)


def _between(piece: str, following: str) -> bool:
    """Whether `piece` is one of the preamble's other clauses (`Xét …;`), with another base behind it."""
    return _ENACTS.match(piece) is not None and _CLAUSE.fullmatch(following) is not None and len(piece) < _MAX_CLAUSE


def _closes(piece: str, following: str, *, after: bool) -> bool:
    """Whether a clause without a semicolon is one all the same: the last of several, or what is enacted follows."""
    if _SAYS_MORE.search(piece) or piece.endswith(":"):
        return False
    if _ENACTS.match(following) or _CLAUSE.fullmatch(following):
        return True
    return after and piece.endswith((",", ".")) and len(piece) < 400


def _pieces(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The clauses of the head: `lines` put together again where one breaks within a clause, and cut at their semicolons.

    With each, whether a semicolon ended it.
    """
    whole: list[str] = []
    for line in lines:
        held = whole[-1] if whole else ""
        if _CLAUSE.match(held) and not held.endswith((";", ".", ":", ",")) and (line[:1].islower() or line[:1].isdigit()):
            whole[-1] = f"{held} {line}"
        else:
            whole.append(line)
    for line in whole:
        if not _CLAUSE.match(line) and not _GOES_ON.match(line):
            yield line, False
            continue
        parts = line.split(";")
        for index, part in enumerate(parts):
            if words := part.strip():
                yield words, index < len(parts) - 1
