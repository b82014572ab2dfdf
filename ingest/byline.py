"""Who wrote a page, read from the last lines of its body.

A label (`Tác giả:`, `Nguồn:`, `Theo …`, `BBT`) says so; a bare name in the last line is a name only by its looks, so it
stays unsure. Whoever signs a document under an office (`GIÁM ĐỐC`, `(Đã ký)`) is its signatory, not its author.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clean import Block


@dataclass(frozen=True, slots=True)
class Byline:
    """The author as named, the rule that found it, and the body without its lines."""

    value: str
    raw: str
    rule: str
    confidence: float
    rest: tuple[Block, ...]


_AUTHOR = re.compile(
    r"(?:tác giả(?: bài viết)?|người viết|bài viết|bài và ảnh|bài, ảnh|tin, ảnh|tin và ảnh|tin bài|tin, bài|tin|bài"
    r"|thực hiện|biên soạn)"
    r"\s*[:：]\s*(?P<name>\S.{0,80})",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"(?:nguồn tin|nguồn|theo nguồn)\s*[:：]\s*(?P<name>\S.{0,100})", re.IGNORECASE)
_AFTER = re.compile(r"\(?[Tt]heo\s+(?P<name>[^\W\d_][^\d,.;:!?]{1,60}?)\)?")
_PHOTO = re.compile(r"(?:ảnh|ảnh minh họa|đồ họa|clip|video)\s*[:：]\s*\S.{0,80}", re.IGNORECASE)
_DESK = re.compile(
    r"\(?(?:BBT|Ban [Bb]iên [Tt]ập|PV|P\.V|CTV|TTXVN|Văn phòng Sở|Văn phòng)(?:\s*[-–]?\s*(?:[A-ZĐ][\w.]*\s*){0,6})\)?\.?"
)
_NAME_WORD = r"[^\W\d_]{1,8}\.?"
_NAME = rf"{_NAME_WORD}(?:[ .]{_NAME_WORD}){{1,4}}"
_NAMES = re.compile(rf"\(?(?P<names>{_NAME}(?:\s*(?:[-–,&/]|và)\s*{_NAME}){{0,3}})\s*(?:\([^()]{{2,50}}\))?\)?\.?")
_UNIT = re.compile(
    r"(?:Phòng|Văn phòng|Ban|Thanh tra|Trung tâm|Hội đồng|Chi cục|Đoàn|Công đoàn|Chi bộ|Đảng ủy|Tổ)\s[^\d.:;!?]{2,50}"
)
_SIGNED = re.compile(
    r"GIÁM ĐỐC|CHỦ TỊCH|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|BỘ TRƯỞNG|THỨ TRƯỞNG|CỤC TRƯỞNG|BÍ THƯ"
    r"|\(?đã ký\)?|^\s*(?:KT|TM|TL|TUQ|Q)\.|Nơi nhận",
    re.IGNORECASE | re.MULTILINE,
)
_LOOK_BACK = 4


def read_byline(blocks: Sequence[Block], not_names: Sequence[str] = ()) -> Byline | None:
    """The byline at the end of a body, or None.

    `not_names`: the portal's title and the like, whose words are places, not people.
    """
    rest = list(blocks)
    source: tuple[str, str] | None = None
    for _ in range(3):
        line = _last_line(rest)
        if line is None:
            break
        if match := _AUTHOR.fullmatch(line):
            raw = line if source is None else f"{line}\n{source[1]}"
            return Byline(_bare(match["name"]), raw, "byline-label", 0.85, tuple(_without_last_line(rest)))
        if source is None and (name := _source(line)) is not None:
            source = (name, line)
            rest = _without_last_line(rest)
            continue
        if _DESK.fullmatch(line) and source is None:
            return Byline(_bare(line), line, "byline-desk", 0.75, tuple(_without_last_line(rest)))
        if source is None and _PHOTO.fullmatch(line) is None and _is_name(line, rest, not_names):
            sure = 0.65 if rest[-1].strong else 0.55
            return Byline(_bare(line), line, "byline-last-line", sure, tuple(_without_last_line(rest)))
        if source is None and rest[-1].strong and _UNIT.fullmatch(line) and not _signed(rest):
            return Byline(_bare(line), line, "byline-unit", 0.55, tuple(_without_last_line(rest)))
        break
    if source is not None:
        return Byline(source[0], source[1], "byline-source", 0.8, tuple(rest))
    return None


def of_element(text: str) -> str:
    """The author in the words of an element that holds nothing else: the label goes, the name stays."""
    match = _AUTHOR.fullmatch(text)
    return _bare(match["name"]) if match else _source(text) or _bare(text)


def _source(line: str) -> str | None:
    if match := _SOURCE.fullmatch(line):
        return _bare(match["name"])
    match = _AFTER.fullmatch(line)
    return _bare(match["name"]) if match and match["name"][0].isupper() else None


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
    """Whether the last line stands under an office, as a signature does."""
    before = "\n".join(block.text for block in blocks[-1 - _LOOK_BACK : -1])[-400:]
    if "\n" in blocks[-1].text:
        before += "\n" + blocks[-1].text.rsplit("\n", 1)[0]
    return _SIGNED.search(before) is not None


def _bare(text: str) -> str:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return text if re.search(r"\b[A-ZĐ]\.\s*$", text) else text.rstrip(" .;,")
