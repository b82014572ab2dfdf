"""Who wrote a page and where its portal took it from, read from the last lines of its body: byline, source, caption.

A label says so (`Tác giả:`, `Bài và ảnh:`, `Nguồn:`, `Theo …`, `BBT`); a bare name in the last line is a name only by its
looks, so it stays unsure. The source is nobody's byline: where only a source is given, the author is not known. `Ảnh: …`
names who took a picture and is neither. Whoever signs a document under an office (`GIÁM ĐỐC`, `(Đã ký)`) is its signatory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clean import Block


@dataclass(frozen=True, slots=True)
class Found:
    """One field that the last lines give."""

    name: str
    """`byline` or `source`."""
    value: str
    raw: str
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Ending:
    """What the last lines of a body say, at most one byline and one source, and the body without their lines."""

    found: tuple[Found, ...]
    rest: tuple[Block, ...]

    def get(self, name: str) -> Found | None:
        """The byline or the source."""
        return next((entry for entry in self.found if entry.name == name), None)


_ROLE = (
    r"(?:tác giả(?: bài viết)?|người viết|bài viết|bài và ảnh|bài, ảnh|bài[ /&-]+ảnh|ảnh và bài|tin, ảnh|tin và ảnh"
    r"|tin[ /&-]+ảnh|tin bài|tin, bài"
    r"|tin, bài,? (?:và )?ảnh|ảnh, tin|tin|bài|thực hiện|biên soạn|sưu tầm|tổng hợp|biên tập|nội dung|người thực hiện"
    r"|nhóm tác giả|người đưa tin|author)"
)
_PICTURE = r"(?:ảnh(?: minh họa| tư liệu)?|hình ảnh|nguồn ảnh|ảnh nguồn|đồ họa|clip|video|photo|infographic)"
_AUTHOR = re.compile(rf"\(?{_ROLE}\s*[:：]\s*(?P<name>\S.{{0,80}}?)\)?", re.IGNORECASE)
_AND_PICTURES = re.compile(rf"\s*[-–;,./|]?\s*\(?{_PICTURE}\s*[:：].*\Z", re.IGNORECASE)
_SOURCE_WORDS = r"(?:nguồn tin|nguồn bài|nguồn|theo nguồn(?: tin)?(?: của)?|trích nguồn|trích từ|lược theo|source)"
_SOURCE = re.compile(rf"[(\[]?\s*{_SOURCE_WORDS}\s*[:：]\s*(?P<name>\S.{{0,100}}?)\s*[)\]]?\.?", re.IGNORECASE)
_AFTER = re.compile(r"[(\[]?\s*(?:[Tt]heo|THEO)\s*[:：]?\s+(?P<name>[^\W\d_][^\d,;:!?]{1,60}?)[)\]]?\.?")
_HOST = re.compile(
    r"[(\[]?\s*(?:theo|nguồn)?\s*[:：]?\s*(?P<name>(?:https?://)?(?:[a-z0-9-]+\.)+(?:vn|com|net|org)(?:/\S*)?)\s*[)\]]?",
    re.IGNORECASE,
)
_NO_SOURCES = re.compile(
    r"(?:quy định|luật|nghị định|nghị quyết|thông tư|quyết định|kế hoạch|công văn|chỉ thị|hướng dẫn|thông báo|điều|đó"
    r"|ông|bà|đồng chí|đánh giá|dự kiến"
    r"|kết quả|báo cáo|chương trình|yêu cầu|đề nghị|tinh thần|thống kê|ý kiến)\b",
    re.IGNORECASE,
)
_WITH_SOURCE = re.compile(
    rf"(?P<first>.+?)\s*[-–,;|]?\s*[(\[]?\s*(?P<source>(?:{_SOURCE_WORDS}\s*[:：]|(?<=[(\[])\s*(?:tổng hợp |lược ghi "
    rf"|biên tập )?(?:theo|từ)\s|[Tt]heo\s)\s*\S.*)",
    re.IGNORECASE,
)
_PHOTO = re.compile(
    rf"[(\[]?\s*{_PICTURE}\s*[:：].{{1,80}}|[(\[]?\s*ảnh (?:minh họa|tư liệu|internet|st)\s*[)\]]?\.?",
    re.IGNORECASE,
)
_DESK = re.compile(
    r"\(?(?:BBT|B\.B\.T|Ban [Bb]iên [Tt]ập|PV|P\.V|PVTX|CTV|TTXVN|TCT|VP|Văn phòng Sở|Văn phòng"
    r"|Nhóm PV)(?:\s*[-–]?\s*(?:[A-ZĐ][\w.]*\s*){0,6})(?:tổng hợp)?\)?\.?"
)
_NAME_WORD = r"[^\W\d_]{1,8}\.?"
_NAME = rf"{_NAME_WORD}(?:[ .]{_NAME_WORD}){{1,4}}"
_NAMES = re.compile(
    rf"\(?(?P<names>{_NAME}(?:\s*(?:[-–,;&/]|và)\s*{_NAME}){{0,4}})\s*(?:[-–]\s*(?:tổng hợp|sưu tầm"
    rf"|st))?\s*(?:\([^()]{{2,50}}\))?\)?\.?"
)
_PEN = re.compile(r"\(?(?P<names>(?:[A-ZĐ]\.\s?){1,4}[A-ZĐ]?|[A-ZĐ]{2,4}|[A-ZĐÂĂÊÔƠƯ][^\W\d_A-Z]{1,7})\)?\.?")
_NO_PENS = re.compile(
    r"Hết|Xem|Tải|Nay|Kính|In|Gửi|Về|VT|TM|KT|TL|GM|CV|TB|QĐ|STT|KHTC|Lưu|Trân|Trên|Video|Clip|Link|File",
    re.IGNORECASE,
)
_UNIT_WORDS = (
    r"(?:Phòng|Văn phòng|Ban|Thanh tra|Trung tâm|Hội đồng|Chi cục|Đoàn|Công đoàn|Chi bộ|Chi đoàn|Đảng ủy|Đảng bộ|Tổ"
    r"|Khoa|Bộ phận|Hội|Cục|Vụ)"
)
_UNIT = re.compile(rf"\(?{_UNIT_WORDS}\s[^\d.:;!?()]{{2,50}}\)?")
_SHORT_UNIT = re.compile(r"(?:Phòng|Văn phòng|Ban|Tổ) [A-ZĐ][A-ZĐ&\- ]{1,10}")
_BY_UNIT = re.compile(rf"(?P<name>[^-–,(]{{4,40}}?)\s*[-–,]\s*{_UNIT_WORDS}\s[^\d.:;!?()]{{2,50}}")
_HOW = re.compile(
    r"\s*(?:\((?:tổng hợp|sưu tầm|st|th|biên soạn|lược ghi|biên tập)\)|[-–]\s*(?:tổng hợp|sưu tầm|st))\Z",
    re.IGNORECASE,
)
_FAMILIES = (
    "NGUYỄN|TRẦN|LÊ|PHẠM|HOÀNG|HUỲNH|PHAN|VŨ|VÕ|ĐẶNG|BÙI|ĐỖ|HỒ|NGÔ|DƯƠNG|LÝ|ĐINH|TRỊNH|MAI|LƯƠNG|ĐÀO|HÀ|CAO|LƯU|TẠ|CHU|TRƯƠNG|ĐOÀN|TÔ"
    "|QUÁCH"
)
_CAPITALS = re.compile(rf"(?:{_FAMILIES})(?: [^\W\d_]{{1,7}}){{1,3}}")
"""A name in capitals is told from a body by the family name it begins with."""
_SIGNED = re.compile(
    r"GIÁM ĐỐC|CHỦ TỊCH|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|BỘ TRƯỞNG|THỨ TRƯỞNG|CỤC TRƯỞNG|BÍ THƯ|CHÁNH THANH TRA"
    r"|TRƯỞNG BAN|HIỆU TRƯỞNG"
    r"|\(?đã ký\)?|^\s*(?:KT|TM|TL|TUQ|Q)\.|Nơi nhận",
    re.IGNORECASE | re.MULTILINE,
)
_LOOK_BACK = 4
_MOST_LINES = 5


def read_ending(blocks: Sequence[Block], not_names: Sequence[str] = ()) -> Ending:
    """Byline and source at the end of a body, in either order, captions between them passed over.

    `not_names`: the portal's title and the like, whose words are places, not people.
    """
    rest, captions = list(blocks), list[Block]()
    found: dict[str, Found] = {}
    for _ in range(_MOST_LINES):
        line = _last_line(rest)
        if line is None or len(found) == 2:
            break
        if _PHOTO.fullmatch(line) and not _AUTHOR.fullmatch(line):
            if "\n" in rest[-1].text:
                break
            captions.insert(0, rest.pop())
            continue
        read = [entry for entry in _of_line(line, rest, not_names) if entry.name not in found]
        if not read:
            break
        found |= {entry.name: entry for entry in read}
        rest = _without_last_line(rest)
    if not found:
        return Ending((), tuple(blocks))
    return Ending(tuple(found[name] for name in ("byline", "source") if name in found), (*rest, *captions))


def _of_line(line: str, blocks: Sequence[Block], not_names: Sequence[str]) -> list[Found]:
    """What one line says: an author, a source, or both (`Hoài Mẫu (Theo Báo Mẫu)`); nothing where it is a line of the text."""
    if (source := source_in(line)) is not None:
        return [Found("source", source, line, "source-label", 0.6 if _HOST.fullmatch(line) and ":" not in line else 0.85)]
    if (both := _WITH_SOURCE.fullmatch(line)) and (source := source_in(both["source"].rstrip(" )]"))) is not None:
        author = _author(both["first"].rstrip(" -–,;(["), blocks, not_names)
        if author is not None:
            return [replace(author, raw=line), Found("source", source, line, "source-label", 0.85)]
    author = _author(line, blocks, not_names)
    return [author] if author is not None else []


def _author(line: str, blocks: Sequence[Block], not_names: Sequence[str]) -> Found | None:
    strong = blocks[-1].strong
    if match := _AUTHOR.fullmatch(line):
        name = _worded(_AND_PICTURES.sub("", match["name"]))
        return Found("byline", name, line, "byline-label", 0.85) if name else None
    line = _AND_PICTURES.sub("", line).strip() or line
    if _DESK.fullmatch(line):
        return Found("byline", _bare(line), line, "byline-desk", 0.75)
    by_unit = _BY_UNIT.fullmatch(line)
    if _is_name(by_unit["name"] if by_unit else line, blocks, not_names):
        return Found("byline", _HOW.sub("", _bare(line)), line, "byline-last-line", 0.65 if strong else 0.55)
    set_apart = strong or (line.startswith("(") and line.endswith(")"))
    if strong and _CAPITALS.fullmatch(line) and not _signed(blocks):
        return Found("byline", _bare(line), line, "byline-last-line", 0.5)
    if (set_apart or _SHORT_UNIT.fullmatch(line)) and _UNIT.fullmatch(line) and not _signed(blocks):
        return Found("byline", _bare(line), line, "byline-unit", 0.55)
    if (set_apart or "." in line) and _PEN.fullmatch(line) and not _NO_PENS.fullmatch(_bare(line)) and not _signed(blocks):
        return Found("byline", _bare(line), line, "byline-pen-name", 0.5)
    return None


def of_element(text: str) -> str:
    """The author in the words of an element that holds nothing else: the label goes, the name stays."""
    match = _AUTHOR.fullmatch(text)
    return _bare(_AND_PICTURES.sub("", match["name"])) if match else source_in(text) or _bare(text)


def source_in(line: str) -> str | None:
    """The source that a line names and nothing else: `Nguồn: Báo Mẫu`, `(Theo Báo Mẫu)`, a bare host; None for none."""
    if _PHOTO.fullmatch(line):
        return None
    match = _SOURCE.fullmatch(line) or _HOST.fullmatch(line)
    if match is not None:
        return _worded(match["name"])
    match = _AFTER.fullmatch(line)
    if match is None or not match["name"][0].isupper() or _NO_SOURCES.match(match["name"]):
        return None
    return _worded(match["name"])


def _worded(text: str) -> str | None:
    """`text` bare, or None where no letter is left of it."""
    text = _bare(text)
    return text if any(character.isalpha() for character in text) else None


def _last_line(blocks: Sequence[Block]) -> str | None:
    if len(blocks) < 2 and not (blocks and "\n" in blocks[-1].text):
        return None
    last = blocks[-1]
    return last.text.rsplit("\n", 1)[-1].strip() if last.tag == "p" and last.text else None


def _without_last_line(blocks: Sequence[Block]) -> list[Block]:
    last = blocks[-1]
    if "\n" not in last.text:
        return list(blocks[:-1])
    cut = last.html.rfind("<br>")
    if cut < 0:
        return list(blocks[:-1])
    markup = last.html[:cut]
    for tag in reversed(_still_open(markup)):
        markup += f"</{tag}>"
    return [*blocks[:-1], replace(last, html=markup, text=last.text.rsplit("\n", 1)[0].rstrip())]


def _still_open(markup: str) -> list[str]:
    stack: list[str] = []
    for match in re.finditer(r"<(/?)([a-z0-9]+)[^<>]*>", markup):
        if match[2] in ("br", "img", "hr"):
            continue
        if not match[1]:
            stack.append(match[2])
        elif stack and stack[-1] == match[2]:
            stack.pop()
    return stack


def _is_name(line: str, blocks: Sequence[Block], not_names: Sequence[str]) -> bool:
    match = _NAMES.fullmatch(line) if len(line) <= 60 else None
    if match is None:
        return False
    words = [word for word in re.split(r"[\W_]+", match["names"]) if word != "và"]
    if not all(word[:1].isupper() and (len(word) == 1 or word[1:].islower()) for word in words if word):
        return False
    bare = _bare(line).casefold()
    if any(bare in other.casefold() for other in not_names):
        return False
    return not _signed(blocks)


def _signed(blocks: Sequence[Block]) -> bool:
    """Whether the last line stands under an office, as a signature does; a sentence about an office is none."""
    before = "\n".join(block.text for block in blocks[-1 - _LOOK_BACK : -1])[-400:]
    if "\n" in blocks[-1].text:
        before += "\n" + blocks[-1].text.rsplit("\n", 1)[0]
    return any(len(line) <= 80 and _SIGNED.search(line) for line in before.split("\n"))


def _bare(text: str) -> str:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return text if re.search(r"\b[A-ZĐ]\.\s*$", text) else text.rstrip(" .;,")
