"""Who signed a document and in which office: the block under the text, beside or under `Nơi nhận`.

`KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC / (Đã ký) / Nguyễn Văn Mẫu`. An office without a name under it, or a name under no office, is no
signature; a list of officials is none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.clean import Block
from ingest.columns import columns_of


@dataclass(frozen=True, slots=True)
class Signature:
    """The person and the office; of a joint document both of each, parted by `; `."""

    signer: str | None
    office: str
    raw: str
    confidence: float


_PREFIX = r"(?:(?:KT|TM|TL|TUQ|Q|T/M|K/T|T/L|TUN|THỪA LỆNH|THAY MẶT|THỪA ỦY QUYỀN|QUYỀN)\s*[./:]?\s*)"
_OFFICE_WORDS = (
    r"(?:TỔNG )?GIÁM ĐỐC|CHỦ TỊCH|BỘ TRƯỞNG|THỨ TRƯỞNG|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA|CHÁNH ÁN|TRƯỞNG (?:PHÒNG|BAN"
    r"|ĐOÀN|KHOA|CÔNG AN"
    r"|TRẠM|CHI NHÁNH|TIỂU BAN|BỘ MÔN|THÔN)|(?:TỔNG |CHI )?CỤC TRƯỞNG|VỤ TRƯỞNG|HIỆU TRƯỞNG|VIỆN TRƯỞNG|TỔ TRƯỞNG"
    r"|ĐỘI TRƯỞNG|CHỈ HUY TRƯỞNG"
    r"|KẾ TOÁN TRƯỞNG|THỦ TRƯỞNG|THỦ TƯỚNG|BÍ THƯ|CHỦ NHIỆM|THỐNG ĐỐC|TỔNG THANH TRA|TỔNG KIỂM TOÁN|KIỂM TOÁN TRƯỞNG|HẠT TRƯỞNG"
    r"|CHỦ TỌA|CHỦ TRÌ|THƯ KÝ|NGƯỜI LẬP(?: BIỂU)?|TỔNG BIÊN TẬP|CHÍNH ỦY|TƯ LỆNH"
)
_OFFICE = re.compile(rf"(?:{_PREFIX})?(?:PHÓ )?(?:{_OFFICE_WORDS})(?:\s+[^\d:;!?]{{1,90}})?", re.IGNORECASE)
_HOLDS_OFFICE = re.compile(rf"[-–]\s*(?:PHÓ )?(?:{_OFFICE_WORDS})\b")
"""An office behind the body that it speaks for, on one line: `TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH`."""
_DEPUTED = re.compile(
    r"(?:(?:KT|TM|TL|TUQ|TUN|Q)\s*[./]|[TK]/[MTL]\b\s*[./]?|(?:THỪA LỆNH|THAY MẶT|THỪA ỦY QUYỀN|QUYỀN)\b)\s*[^\d:;!?]{2,100}"
)
_MARK = re.compile(
    r"[(\[]?\s*(?:đã ký|đã kí|ký tên|ký,? ?(?:ghi rõ họ tên|đóng dấu)|đã ký,? ?đóng dấu|signed|ký số"
    r"|đã ký số)[\s\w,]{0,30}[)\]]?\.?",
    re.IGNORECASE,
)
_RANK = (
    r"(?:(?:GS\.?\s?TS|PGS\.?\s?TS|TS|Th\.?S|ThS|BS(?:\.?CK\w{1,3})?|KS|CN|Ths|NGƯT|NGND|Thiếu tướng|Trung tướng"
    r"|Thượng tướng|Đại tướng"
    r"|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy|Thượng úy|Ông|Bà|Tiến sĩ|Bác sĩ)\.?\s+)?"
)
_SYLLABLE = r"[^\W\d_]{1,7}(?:['’\-][^\W\d_]{1,8})?"
_NAME = re.compile(rf"{_RANK}(?P<name>{_SYLLABLE}(?:[ ]{_SYLLABLE}){{1,5}})\.?")
_ADDRESSEES = re.compile(r"Nơi nhận|Như (?:trên|Điều)|Lưu\s*:|[-–+•]\s", re.IGNORECASE)
_NOT_NAMES = re.compile(
    r"(?:ỦY BAN|UỶ BAN|UBND|SỞ|BỘ|TỈNH|HUYỆN|HỘI ĐỒNG|HĐND|BAN|PHÒNG|THÀNH PHỐ|CỘNG HÒA|ĐỘC LẬP|QUYẾT ĐỊNH|CĂN CỨ)\b", re.I
)
_MAX_LINE = 110
_MARKED = 0.9
"""How sure a signature is that is marked as one: `(đã ký)`, or an office that is signed for (`KT.`, `TM.`)."""
_LAST_LINES = 12
"""So near the end an office in small letters and a name under it are a signature without any mark."""


def read_signature(blocks: Sequence[Block]) -> Signature | None:
    """The signature of the document in `blocks`: the first one that is whole, so that what is enclosed does not sign for it."""
    segments = list(_segments(blocks))
    for index, columns in enumerate(segments):
        found = [entry for lines in columns for entry in _signatures(lines)]
        sure = [entry for entry in found if entry.confidence >= 0.8 or index >= len(segments) - 2]
        if sure:
            return _joint(sure) if len(columns) > 1 else sure[0]
    return None


def _joint(found: Sequence[Signature]) -> Signature:
    if len(found) == 1:
        return found[0]
    return Signature(
        "; ".join(entry.signer for entry in found if entry.signer) or None,
        "; ".join(entry.office for entry in found),
        "\n".join(entry.raw for entry in found),
        min(entry.confidence for entry in found),
    )


def _segments(blocks: Sequence[Block]) -> Iterator[list[tuple[str, ...]]]:
    """Where a signature may stand: a table's columns, or paragraphs of short lines that follow each other."""
    lines: list[str] = []
    for block in blocks:
        if block.cells or len(block.text) > 1500:
            yield [tuple(lines)]
            lines = []
            if block.cells:
                yield list(columns_of(block))
            continue
        lines += columns_of(block)[0]
    yield [tuple(lines)]


def _signatures(lines: Sequence[str]) -> list[Signature]:
    """The signatures in one column. Offices with names but without any mark are a list of officials where there are several."""
    found = list(_offices_with_names(lines))
    bare = [entry for entry in found if entry.confidence < _MARKED]
    return [entry for entry in found if entry not in bare] if len(bare) > 1 else found


def _offices_with_names(lines: Sequence[str]) -> Iterator[Signature]:
    at = 0
    while at < len(lines):
        office = _office(lines, at)
        if not office:
            at += 1
            continue
        after = at + len(office)
        marks = 0
        while after + marks < len(lines) and marks < 3 and _MARK.fullmatch(lines[after + marks].strip(" .*_-")):
            marks += 1
        end = after + marks
        name = _name(lines[end]) if end < len(lines) else None
        if name is not None or marks:
            words = " ".join(office)
            sure = _MARKED if marks or _DEPUTED.match(words) else 0.8 if words.isupper() else 0.7
            if sure >= 0.8 or at > len(lines) - _LAST_LINES:
                yield Signature(name, words, "\n".join(lines[at : end + (name is not None)]), sure)
        at = end + 1


def _office(lines: Sequence[str], at: int) -> list[str]:
    """The lines of the office that begins at `at`: those of what is acted for, of the office, of where it belongs."""
    held: list[str] = []
    named = False
    for line in lines[at : at + 7]:
        words = line.strip(" *")
        if len(words) > _MAX_LINE or _ADDRESSEES.match(words) or words.endswith((":", ";")):
            break
        if _OFFICE.fullmatch(words) and _short(words):
            named = True
        elif _DEPUTED.fullmatch(words) and not named:
            named = words.isupper() and _HOLDS_OFFICE.search(words) is not None
        elif not (held and words.isupper() and (_NOT_NAMES.match(words) or not _name(words))):
            break
        held.append(words)
    return held if named else []


def _short(words: str) -> bool:
    """Whether a line is an office and no sentence about one: in capitals, or a few words without a verb's tail."""
    return words.isupper() or (len(words.split()) <= 9 and not words.endswith((".", ",")) and words[:1].isupper())


def _name(line: str) -> str | None:
    match = _NAME.fullmatch(line.strip(" *.,;"))
    if match is None or _NOT_NAMES.match(match["name"]):
        return None
    words = [word for word in re.split(r"[ '’\-]", match["name"]) if word]
    cased = all(word[0].isupper() and (word[1:].islower() or word.isupper()) for word in words)
    return match["name"] if cased and not _OFFICE.fullmatch(match["name"]) else None
