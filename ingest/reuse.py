"""What a portal's footer demands of whoever republishes, kept word for word, and whom it names as answerable.

Main-text readers drop footers, so these terms have a reader of their own. It is handed the page's text outside the announcement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.dates import read_date
from archive.records import FieldOrigin, ReadDate, ReuseTerms
from ingest.characters import one_line

_OPEN, _CLOSE = "\"“”„«‘'", "\"“”»’'"
_SUBJECT = (
    r"(?:(?:vui lòng|đề nghị|yêu cầu|xin|phải|cần|khi[^.\n]{0,80}?)[\s,]*){0,2}"
    r"(?:ghi|nêu|dẫn|trích dẫn)\s+(?:rõ|cụ thể)?\s*(?:nguồn|xuất xứ)"
)
_DEMAND = re.compile(rf"(?P<demand>{_SUBJECT}[^\n]{{2,400}})", re.IGNORECASE)
_WHEN = re.compile(
    r"(?P<when>\bkhi\s+(?:(?:bạn|quý vị|các bạn|các đơn vị|(?:các )?tổ chức, cá nhân|cá nhân, tổ chức)\s+)?"
    r"(?:có nhu cầu\s+)?"
    r"(?P<act>[^\s\"“”]+(?:\s+(?!(?:các |những |bài )?"
    r"(?:thông tin|tin bài|tin|bài viết|nội dung|dữ liệu|tư liệu|bài|từ|trên|của|tại|ở)\b)"
    r"[^\s\"“”.,;]+){0,3}))",
    re.IGNORECASE,
)
_QUOTED = re.compile(rf"[{_OPEN}]\s*([^{_OPEN}{_CLOSE}\n]{{2,150}}?)\s*[{_CLOSE}]")
_OR = re.compile(r"\s+(?:hoặc(?: là)?|hay(?: là)?|or)\s+|\s*/\s+", re.IGNORECASE)
_LICENCE = re.compile(
    r"giấy phép(?:\s+(?:thiết lập|hoạt động|xuất bản|cung cấp|"
    r"trang|thông tin|điện tử|tổng hợp|TTĐT|trên|mạng|internet|báo|chí|số))*?"
    r"\s*(?:số)?\s*[:：]?\s*(?P<number>\d[\w.\-]*\s?/\s?[^\s,;]+)"
    r"(?P<rest>[^\n]{0,300})",
    re.IGNORECASE,
)
_LICENCE_DATE = re.compile(r"(?:,\s*)?(?:cấp\s+)?(?:ngày|ký ngày|tháng)", re.IGNORECASE)
_AUTHORITY = (
    re.compile(r"\bdo\s+(?P<name>[^\n]{3,150}?)\s+(?:cấp|ban hành)\b", re.IGNORECASE),
    re.compile(r"\b(?:nơi|cơ quan) cấp\s*[:：]?\s*(?P<name>[^\n.;]{3,150})", re.IGNORECASE),
    re.compile(r"\bcủa\s+(?P<name>(?:Sở|Bộ|Cục|Ủy ban|UBND)[^\n.;]{3,120})"),
)
_RESPONSIBLE = re.compile(
    r"(?:(?:người )?chịu trách nhiệm(?:\s+(?:chính|nội dung|quản lý(?: nội dung)?|xuất bản))?|trưởng ban biên tập|tổng biên tập)"
    r"\s*[:：]\s*(?P<value>[^\n|]{3,150})",
    re.IGNORECASE,
)
_PUBLISHER = re.compile(
    r"(?:cơ quan chủ quản|đơn vị chủ quản|cơ quan quản lý|bản quyền(?: thuộc(?: về)?)?"
    r"|copyright(?:\s*(?:©|\(c\)))?(?:\s*\d{4})?(?:\s+by)?|©(?:\s*\d{4})?"
    r"|(?:trang|cổng) (?:thông tin điện tử|TTĐT)(?=\s+(?:của\s+)?(?:Sở|Ủy|UBND|Bộ|Cục)))"
    r"\s*(?:của|thuộc về|[:：])?\s*(?P<value>[^\n|]{3,120})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:địa chỉ|trụ sở(?: chính)?(?: làm việc)?|add(?:ress)?)\s*[:：]\s*(?P<value>[^\n]{0,250})", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?:điện thoại|đt|tel|đ/t|hotline|số điện thoại|phone)\s*[:：.]\s*(?P<value>[+(\d][\d\s.()+\-/]{5,40}\d)", re.IGNORECASE
)
_FAX = re.compile(r"fax\s*[:：.]\s*(?P<value>[+(\d][\d\s.()+\-/]{5,40}\d)", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?:e-?mail|thư điện tử|hộp thư)?\s*[:：]?\s*(?P<value>[\w.+\-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w\-]+(?:\.[\w\-]+)+)",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(
    r"\s*[-–|;,.]?\s*(?:điện thoại|đt|tel|đ/t|fax|e-?mail|thư điện tử|website|giấy phép|địa chỉ|trụ sở"
    r"|(?:người )?chịu trách nhiệm|ghi rõ nguồn|cơ quan chủ quản)"
    r"\b.*",
    re.IGNORECASE,
)
_MAX_LINE = 1000
_TELLS = re.compile(
    r"[:：@©]|\(at\)|\[at\]|copyright|bản quyền|chủ quản|quản lý|thông tin điện tử|ttđt"
    r"|(?:thoại|đt|tel|đ/t|hotline|phone|fax)\s*\.",
    re.IGNORECASE,
)
"""What every line has that the patterns of a single value can match; most lines of a page are labels of links and have none."""


def read_reuse(lines: str | Sequence[str], where: str = "rule:footer") -> tuple[ReuseTerms, FieldOrigin] | None:
    """The reuse terms in the lines of a footer, or None where it has none of them; `where` becomes the field's origin."""
    if isinstance(lines, str):
        lines = lines.split("\n")
    kept = [line for line in (one_line(entry[:_MAX_LINE]) for entry in lines) if line]
    telling = [line for line in kept if _TELLS.search(line)]
    wording, names, act = _demand(kept)
    number, date, authority = _licence(kept)
    terms = ReuseTerms(
        names=names,
        wording=wording,
        act=act,
        licence_number=number,
        licence_date=date,
        licence_authority=authority,
        publisher=_value(_PUBLISHER, telling),
        responsible=_value(_RESPONSIBLE, telling),
        address=_address(kept),
        phone=_value(_PHONE, telling),
        fax=_value(_FAX, telling),
        email=_value(_EMAIL, telling),
    )
    if terms == ReuseTerms():
        return None
    confidence = 0.9 if wording and names else 0.8 if wording or number else 0.6
    return terms, FieldOrigin("reuse", where, confidence, raw=wording)


def _demand(lines: Sequence[str]) -> tuple[str | None, tuple[str, ...], str | None]:
    for index, line in enumerate(lines):
        if "nguồn" not in line.lower() and "xuất xứ" not in line.lower():
            continue
        # A demand may run over the end of a line, where an element or a line break parts it.
        for length in (1, 2, 3):
            match = _DEMAND.search(" ".join(lines[index : index + length]))
            if match is None:
                break
            demand = _sentence(match["demand"])
            when, names = _WHEN.search(demand), _names(demand)
            if names and when:
                return demand.strip(" ®©*"), names, _act(when)
        if (match := _DEMAND.search(line)) is not None and _QUOTED.search(line) and (names := _names(_sentence(match["demand"]))):
            return _sentence(match["demand"]).strip(" ®©*"), names, None
    return None, (), None


def _sentence(text: str) -> str:
    """`text` up to the end of its sentence; a dot within a host's name ends nothing, nor does one within quotation marks."""
    quoted = False
    for index, character in enumerate(text):
        if character in '"“”„«»':
            quoted = not quoted if character == '"' else character in "“„«"
        elif character in ".!;" and not quoted and (index + 1 == len(text) or text[index + 1].isspace()):
            return text[:index]
    return text.rstrip(" .")


def _act(when: re.Match[str] | None) -> str | None:
    if when is None:
        return None
    act = re.sub(r"\s+(?:các|những|tin|bài)\Z", "", when["act"].strip(" ,."), flags=re.IGNORECASE)
    return act or None


def _names(demand: str) -> tuple[str, ...]:
    tail = re.split(r"nguồn|xuất xứ", demand, maxsplit=1, flags=re.IGNORECASE)[-1]
    quoted = [name.strip() for name in _QUOTED.findall(tail)]
    if quoted:
        return tuple(dict.fromkeys(name for name in quoted if name))
    when = re.search(r"[\s,]+(?:khi|nếu|trong trường hợp|mỗi khi)\s", tail, re.IGNORECASE)
    plain = tail[: when.start()] if when else tail
    plain = re.sub(r"^\s*(?:(?:là|từ|thông tin|tin|của|[:：])\s*)*", "", plain).strip(" .,:;()" + _OPEN + _CLOSE)
    names = [name.strip(" .,:;") for name in _OR.split(plain)]
    return tuple(dict.fromkeys(name for name in names if 2 <= len(name) <= 120))


def _licence(lines: Sequence[str]) -> tuple[str | None, ReadDate | None, str | None]:
    for index, line in enumerate(lines):
        if "giấy phép" not in line.lower():
            continue
        match = _LICENCE.search(line) or _LICENCE.search(" ".join(lines[index : index + 2]))
        if match is None:
            continue
        rest = match["rest"]
        authority = next((found["name"].strip(" ,.-") for rule in _AUTHORITY if (found := rule.search(rest))), None)
        return match["number"].replace(" ", "").rstrip(".,;-"), read_date(rest), authority
    return None, None, None


def _value(pattern: re.Pattern[str], lines: Sequence[str]) -> str | None:
    for line in lines:
        if match := pattern.search(line):
            value = _NEXT_LABEL.sub("", match["value"]).strip(" .,;:-–|")
            if value:
                return value.replace(" ", "") if pattern is _EMAIL else value
    return None


def _address(lines: Sequence[str]) -> str | None:
    for index, line in enumerate(lines):
        if match := _ADDRESS.search(line):
            value = _NEXT_LABEL.sub("", match["value"]).strip(" .,;:-–|")
            if not value and index + 1 < len(lines):
                value = _NEXT_LABEL.sub("", lines[index + 1]).strip(" .,;:-–|")
            if value:
                return value
    return None
