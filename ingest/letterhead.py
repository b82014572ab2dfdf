"""The head of a document: who issues it, under whom, where and when.

`ỦY BAN NHÂN DÂN TỈNH MẪU / SỞ TÀI CHÍNH / Số: …` on the left, the motto and `Mẫu, ngày 15 tháng 6 năm 2020` on the right, in
the cells of a table, one under the other, or run together on the same lines (decree 30/2020/NĐ-CP, annex I). Its number is
`numbers`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.dates import find_dates
from archive.numbers import KINDS, find_numbers
from archive.records import ReadDate
from ingest.clean import Block
from ingest.columns import columns_of


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the head of a document says; every part may be missing."""

    bodies: tuple[str, ...] = ()
    """The issuing body last, those above it before, as printed."""
    issued: ReadDate | None = None
    place: str | None = None
    line: str | None = None
    """The line of place and date."""
    stated: bool = False
    """Whether the motto of the state or the name of the Party stands there: then this is a document, not a report of one."""


_MOTTO = re.compile(
    r"(?:nước\s+)?CỘNG\s+HO[ÀA]\s+XÃ\s+HỘI\s+CHỦ\s+NGHĨA\s+VIỆT\s+NAM|CỘNG\s+HÒA\s+XÃ\s+HỘI\s+CHỦ\s+NGHĨA\s+VIỆT\s+NAM"
    r"|ĐẢNG\s+CỘNG\s+SẢN\s+VIỆT\s+NAM|Độc\s+lập\s*[-–.]*\s*Tự\s+do\s*[-–.]*\s*Hạnh\s+phúc"
    r"|SOCIALIST\s+REPUBLIC\s+OF\s+VIET\s?NAM|Independence\s*[-–]\s*Freedom\s*[-–]\s*Happiness",
    re.IGNORECASE,
)
_STATE = re.compile(r"CỘNG\s+H|ĐẢNG\s+CỘNG\s+SẢN\s+VIỆT|SOCIALIST", re.IGNORECASE)
_NUMBER = re.compile(r"(?:(?:Luật|Nghị quyết|Pháp lệnh|Lệnh)\s+)?(?:Số|No\.?)\s*(?:ký hiệu)?\s*[:.…/\d-]", re.IGNORECASE)
_RULE = re.compile(r"[\W_]+")
_BODY_BEGINS = re.compile(r"(?:[-–*]\s*)?Căn cứ\b|Kính gửi\b|Điều 1\b", re.IGNORECASE)
_KIND_LINE = frozenset(word.upper() for word in (*KINDS.values(), "Luật", "Hiến pháp", "Thư mời"))
_ORGAN = re.compile(
    r"(?:ỦY BAN|UỶ BAN|UBND|UBMTTQ|HỘI|HĐND|SỞ|BỘ|CỤC|CHI CỤC|TỔNG CỤC|VỤ|PHÒNG(?!,? CHỐNG)|BAN|TIỂU BAN|VĂN PHÒNG|THANH TRA"
    r"|TRUNG TÂM|TRƯỜNG|BỆNH VIỆN|CÔNG TY|TỔNG CÔNG TY|TẬP ĐOÀN|ĐẢNG BỘ|ĐẢNG ỦY|ĐẢNG UỶ|TỈNH ỦY|HUYỆN ỦY|THÀNH ỦY|QUẬN ỦY|THỊ ỦY"
    r"|CHI BỘ|ĐOÀN|TỈNH ĐOÀN|HUYỆN ĐOÀN|LIÊN ĐOÀN|LIÊN MINH|LIÊN NGÀNH|LIÊN SỞ|MẶT TRẬN|KHO BẠC|NGÂN HÀNG|TÒA ÁN|TOÀ ÁN|VIỆN"
    r"|CÔNG AN|BẢO HIỂM|CHÍNH PHỦ|THỦ TƯỚNG|CHỦ TỊCH|QUỐC HỘI|TỔ|ĐẠI HỌC|HỌC VIỆN|NHÀ|QUỸ|ĐÀI|BÁO|HẠT|TRẠM|CẢNG|KIỂM TOÁN|TỔNG"
    r"|THƯỜNG TRỰC|BCH|BCĐ|CÔNG ĐOÀN|ĐỘI|CHI NHÁNH|MINISTRY|DEPARTMENT|PEOPLE)\b"
)
_OF_A_BODY = frozenset({"CHỦ TỊCH", "THƯỜNG TRỰC", "BAN THƯỜNG VỤ", "BAN CHẤP HÀNH", "THỦ TƯỚNG", "BỘ TRƯỞNG", "GIÁM ĐỐC"})
"""Lines that are a name together with the body under them alone."""
_PLACE_LINE = re.compile(r"(?:TỈNH|THÀNH PHỐ|TP|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|THỊ TRẤN|ĐẶC KHU)\b")
_PLACE = re.compile(r"(?P<place>[^\W\d_][^\W\d_.]{0,11}\.?(?:[ \-–]{1,3}[^\W\d_][^\W\d_.]{0,11}\.?){0,7})\s*[,;.]?\s*\Z")
_NO_PLACES = re.compile(r"(?:Thứ|Chủ nhật|Cập nhật|Đăng|Ngày|Lúc|Từ|Đến|Trước|Sau|Vào|Tới|Ban hành|Số)\b", re.IGNORECASE)
_HEAD_BLOCKS = 14
_HEAD_LINES = 40
_CLOSING_BLOCKS = 12
_MAX_NAME = 160
_MAX_LINE = 240
_HOUR = re.compile(r"(?<=,)\s*(?:vào\s)?(?:hồi|lúc)\s*\Z")
_YEAR = re.compile(r"[12]\d{3}")


def read_letterhead(blocks: Sequence[Block]) -> Letterhead:
    """The letterhead at the head of `blocks`; empty where there is none."""
    columns = list(_columns(blocks[:_HEAD_BLOCKS]))
    lines = [line for column in columns for line in column]
    stated = any(_STATE.search(line) for line in lines if _MOTTO.search(line))
    numbered = any(_NUMBER.match(line) for line in lines)
    dated = next((found for line in _joined(lines) if (found := place_and_date(line)) is not None), None)
    bodies = _bodies(columns) if stated else ()
    if dated is None or not (stated or numbered or _alone(dated[2])):
        return Letterhead(bodies, stated=stated)
    issued, place, line = dated
    return Letterhead(bodies, issued, place, line, stated)


def closing_date(blocks: Sequence[Block]) -> tuple[ReadDate, str | None, str] | None:
    """The line of place and date that stands at the end, above a signature, as in minutes and reports."""
    lines = [line for block in blocks[-_CLOSING_BLOCKS:] for column in columns_of(block) for line in column]
    found = (place_and_date(line) for line in lines if len(line) < 80)
    return next((entry for entry in found if entry is not None and _alone(entry[2])), None)


def place_and_date(line: str) -> tuple[ReadDate, str | None, str] | None:
    """Date, place and words of a line `Mẫu, ngày 15 tháng 6 năm 2020`, whatever stands before it; None where it is not that."""
    if len(line) > _MAX_LINE or _YEAR.search(line) is None:
        return None
    start = max((match.end() for match in _MOTTO.finditer(line)), default=0)
    start = max(start, max((number.end for number in find_numbers(line)), default=0))
    if start == 0 and (blank := re.match(r"Số\s*:?[\s.…/]*[/-][\w&-]+(?:/[\w&-]+)?", line, re.IGNORECASE)):
        start = blank.end()
    rest = line[start:]
    for found in find_dates(rest):
        before = rest[: found.start]
        at = _HOUR.search(before)
        if rest[found.end :].strip(" .,;)*-–") or (found.date.precision == "minute" and at is None):
            continue
        words = (before[: at.start()] if at else before).strip(" |(*-–\t")
        if not words:
            return (found.date, None, rest.strip(" |()*")) if re.match(r"ngày|tháng", found.date.raw, re.IGNORECASE) else None
        match = _PLACE.fullmatch(words)
        if match is None or not match["place"][0].isupper() or _NO_PLACES.match(words) or "," not in words[-2:]:
            return None
        return found.date, match["place"].strip(" .-–"), rest.strip(" |()*")
    return None


def _alone(line: str) -> bool:
    """Whether the line writes the date in words, as documents do and the dress of a page does not."""
    return re.search(r"ngày\b.{0,30}\btháng\b", line, re.IGNORECASE) is not None and "," in line


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """`lines`, and a line that ends in a comma with the next one: `Mẫu,` / `ngày 15 tháng 6 năm 2020`."""
    for index, line in enumerate(lines):
        if line.endswith(",") and len(line) < 40 and index + 1 < len(lines):
            yield f"{line} {lines[index + 1]}"
        yield line


def _columns(blocks: Sequence[Block]) -> Iterator[tuple[str, ...]]:
    """The columns of the head, up to where the body begins."""
    count = 0
    for block in blocks:
        columns = columns_of(block)
        first = next((line for column in columns for line in column), "")
        if _BODY_BEGINS.match(first) or count > _HEAD_LINES or (not block.cells and len(block.text) > 600):
            return
        count += sum(len(column) for column in columns)
        yield from columns


def _bodies(columns: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The names of bodies above the number, from the column that does not hold the motto, or from lines it was cut out of."""
    names: list[str] = []
    for column in columns:
        for line in column:
            if _NUMBER.match(line):
                return tuple(names)
            name = _MOTTO.sub("", line).strip(" -–_*.|")
            if line.upper() in _KIND_LINE:
                return tuple(names)
            if len(name) < 2 or not name.isupper() or _RULE.fullmatch(name) or len(name) > _MAX_NAME:
                continue
            if names and (_PLACE_LINE.match(name) or not _ORGAN.match(name) or names[-1] in _OF_A_BODY):
                names[-1] = f"{names[-1]} {name}"[:_MAX_NAME]
            elif _ORGAN.match(name):
                names.append(name)
    return tuple(names)
