"""The grammar of document numbers (số, ký hiệu) and the kinds of document: decree 30/2020/NĐ-CP, annex III, and what is
written in the wild.

`123/TB-STC`, `23/2021/NQ-HĐND`, `33/2024/QH15`, `52-NQ/TW`, `4507/BGTVT-TTCNTT`, joint circulars. Spaces around the signs,
`Ð` (U+00D0) for `Đ`, NFD text and lower case are read; what comes out is one canonical form, so that equal numbers are
equal strings.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from archive.characters import alike

KINDS: dict[str, str] = {
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "QC": "Quy chế",
    "QyĐ": "Quy định",
    "TC": "Thông cáo",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "CTr": "Chương trình",
    "KH": "Kế hoạch",
    "PA": "Phương án",
    "ĐA": "Đề án",
    "DA": "Dự án",
    "BC": "Báo cáo",
    "BB": "Biên bản",
    "TTr": "Tờ trình",
    "HĐ": "Hợp đồng",
    "CĐ": "Công điện",
    "BGN": "Bản ghi nhớ",
    "BTT": "Bản thỏa thuận",
    "GUQ": "Giấy ủy quyền",
    "GM": "Giấy mời",
    "GGT": "Giấy giới thiệu",
    "GNP": "Giấy nghỉ phép",
    "PG": "Phiếu gửi",
    "PC": "Phiếu chuyển",
    "PB": "Phiếu báo",
    "SY": "Bản sao y",
    "TrS": "Bản trích sao",
    "SL": "Bản sao lục",
    "NĐ": "Nghị định",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "NQLT": "Nghị quyết liên tịch",
    "PL": "Pháp lệnh",
    "L": "Lệnh",
    "KL": "Kết luận",
    "CV": "Công văn",
    "VBHN": "Văn bản hợp nhất",
    "GP": "Giấy phép",
    "TM": "Thư mời",
    "CB": "Công bố",
    "CTHĐ": "Chương trình",
    "CTrHĐ": "Chương trình",
    "QCPH": "Quy chế",
    "KHPH": "Kế hoạch",
    "TTLN": "Thông tư liên tịch",
}
"""Abbreviation → kind: the kinds of decree 30/2020/NĐ-CP and its copies, then those of laws, of the Party and of older usage."""

LETTER = "Công văn"
"""An official letter: the kind whose number has no abbreviation."""

_KIND_WORDS = tuple(sorted({*KINDS.values(), LETTER, "Luật", "Hiến pháp", "Thư công", "Thông tri"}, key=len, reverse=True))
# At the head of a title these speak of the thing or the act, as often as of a document.
_PLAIN_WORDS = frozenset({"Công bố", "Lệnh", "Dự án", "Hợp đồng", "Chương trình"})
_CASED = {word.upper(): word for word in (*KINDS, "TTg", "TTCp")}
_ISSUERS = r"UBND|HĐND|CP|TTg|QH\d{0,2}|UBTVQH\d{0,2}|B[A-ZĐ]{2,6}|STC|TW|TU"

_L = r"(?:[A-ZĐÐƯÂĂÊÔƠ][\u0302\u0306\u031b]?)"
_WORD = rf"(?:TTg|TTr|CTr[HĐÐ]{{0,2}}|QyĐ|QyÐ|TrS|{_L}(?:{_L}|\d|\.(?=[A-ZĐÐ])|\s?&\s?(?=[A-ZĐÐ])){{0,13}})"
_END = r"(?![\w\u0300-\u036f])"
_KIND = "(?:" + "|".join(sorted((k.replace("Đ", "[ĐÐ]") for k in KINDS), key=len, reverse=True)) + ")"
_DASH = r"\s{0,2}[-–‐‑]\s{0,2}"
_SLASH = r"\s{0,3}/\s{0,2}"
# What may not stand before is looked for behind the first digit: a pattern that begins with a digit is tried at digits alone.
_HEAD = r"(?P<{0}n>\d(?<![\w/.,\-]\d)\d{{0,5}}[a-z]?)"
_TAIL = rf"(?:(?:{_DASH}|{_SLASH})(?!V\s?/\s?v\b){_WORD}{_END}|[ .]HĐND{_END})"
_YEAR = rf"(?:{_SLASH}(?P<year>(?:19|20)\d\d))"

_PLAIN = re.compile(
    # 123/TB-STC · 23/2021/NQ-HĐND · 4507/BGTVT-TTCNTT · 33/2024/QH15
    _HEAD.format("")
    + rf"(?:{_YEAR}{_SLASH}(?P<dated>{_WORD}{_END}{_TAIL}{{0,5}})|{_SLASH}(?P<groups>{_WORD}{_END}{_TAIL}{{1,5}}))"
)
_PARTY = re.compile(_HEAD.format("") + rf"{_DASH}(?P<groups>{_KIND}{_SLASH}{_WORD}{_END}(?:{_DASH}{_WORD}{_END}){{0,3}})")
# QĐUBND, QĐ.UBND, NQCP: the hyphen left out or otherwise; and 15/CP, the form of before 1997, where "số" announces it
_JOINED = re.compile(
    _HEAD.format("") + rf"{_SLASH}(?P<groups>(?:Q[ĐÐ]|NQ|N[ĐÐ]|CT|TB|KH|BC|TT|TTr)(?:{_ISSUERS}|[ .](?:UBND|CP|TTg))){_END}"
)
_BEFORE_1997 = re.compile(rf"(?P<n>\d(?<=[Ss]ố \d)\d{{0,5}}){_SLASH}(?P<groups>CP|HĐBT|TTg|CTN|SL|TW|L|LCT){_END}")
# 12/qđ-ubnd, 12/Qđ-UBND: the kind in any case, what follows in one
_LOWER = re.compile(
    r"(\d(?<![\w/.,\-]\d)\d{0,5})\s?/\s?(?:(\d{4})\s?/\s?)?([A-Za-zđðĐÐ]{2,4})\s?[-–]\s?"
    r"((?:[a-zđð]{2,8}|[A-ZĐÐ]{2,8})(?:-(?:[a-zđð0-9]{2,8}|[A-ZĐÐ0-9]{2,8}))?)(?![\w/])"
)
# One look tells most texts apart that have no number of a kind: no figure before a stroke, none before a dash.
_BEFORE_SLASH = re.compile(r"\d[a-z]?\s{0,3}/")
_BEFORE_DASH = re.compile(r"\d[a-z]?\s{0,2}[-–‐‑]")
_MAX_TEXT = 500_000
_NO_BODIES = frozenset({"TP", "TX", "GB", "MB", "KB", "TV", "KM", "KG", "HA", "VNĐ", "USD", "SARS"})
"""What may follow a stroke and begin no number of a letter: 2/TP-HCM, 100/GB-USB."""


@dataclass(frozen=True, slots=True)
class Number:
    """A document number within a text; `start` and `end` bound it there as it is written."""

    canonical: str
    raw: str
    start: int
    end: int

    @property
    def kind(self) -> str | None:
        """The kind of document that the number's abbreviation names."""
        return kind_of(self.canonical)


def find_numbers(text: str) -> tuple[Number, ...]:
    """Every document number within `text`, in its order; offsets count in `text` as given, NFC or NFD."""
    text = text[:_MAX_TEXT]
    given, text = text, alike(text)
    found: dict[int, Number] = {}
    slash = _BEFORE_SLASH.search(text)
    patterns = [*([_PLAIN] if slash else []), *([_PARTY] if _BEFORE_DASH.search(text) else [])]
    for pattern in [*patterns, *([_JOINED, _BEFORE_1997] if slash else [])]:
        for match in pattern.finditer(text):
            if match.start() not in found and (value := _of_match(match)) is not None:
                found[match.start()] = Number(value, given[match.start() : match.end()], match.start(), match.end())
    for match in _LOWER.finditer(text) if slash else ():
        if _upper(match[3]) in KINDS and match.start() not in found and (value := canonical(match[0])) is not None:
            found[match.start()] = Number(value, given[match.start() : match.end()], match.start(), match.end())
    return tuple(number for _, number in sorted(found.items()))


def _of_match(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    number = groups.get("n")
    rest = groups.get("groups") or groups.get("dated")
    if number is None or rest is None:
        return None
    if match.re is _PARTY:
        return _pad(number) + "-" + _join(rest, party=True)
    if match.re is _PLAIN and groups.get("dated") is None:
        words = [word for word in re.split(r"[\s/\-–‐‑]+", rest) if word]
        if _upper(words[0]) not in KINDS and (len(words[0]) < 2 or words[0] in _NO_BODIES or len(words[-1]) < 2):
            return None
    year = f"/{groups['year']}" if groups.get("year") else ""
    return f"{_pad(number)}{year}/{_join(rest)}"


_CANONICAL = re.compile(
    r"(?:SỐ|SO)?[\s:.]*(?P<n>\d{1,6}[A-Z]?)(?P<sep>[\s/–‐‑-]+)(?:(?P<year>(?:19|20)\d\d)[\s/]+)?(?P<rest>[A-ZĐƯÂĂÊÔƠ][\w\s/.&–‐‑-]{0,60})"
)


def canonical(text: str) -> str | None:
    """The canonical form of a number however it is typed (`so 123 tb stc` → `123/TB-STC`), or None where `text` is no number.

    Where no `/` is written the first group must be the abbreviation of a kind; else any two words after a figure would do.
    """
    match = _CANONICAL.fullmatch(re.sub(r"\s?&\s?", "&", _upper(alike(text[:200]).strip())))
    if match is None:
        return None
    groups = [group for group in re.split(r"[\s/–‐‑-]+", match["rest"].strip(" .-/")) if group]
    if len(groups) > 6 or not all(re.fullmatch(r"[A-ZĐƯÂĂÊÔƠ](?:[A-ZĐƯÂĂÊÔƠ\d.&]|TG|TR){0,13}", group) for group in groups):
        return None
    groups = [_CASED.get(group, group) for group in groups]
    separator = match["sep"].strip() or " "
    if "-" in separator and "/" in match["rest"] and groups[0] in KINDS:
        return f"{_pad(match['n'])}-{groups[0]}/{_join('-'.join(groups[1:]))}"
    if "/" not in separator and groups[0] not in KINDS:
        return None
    if len(groups) == 1 and not match["year"] and "/" not in separator:
        return None
    year = f"/{match['year']}" if match["year"] else ""
    return f"{_pad(match['n'])}{year}/{_join('-'.join(groups))}"


def _upper(text: str) -> str:
    upper = unicodedata.normalize("NFC", text).upper().replace("Ð", "Đ")
    return _CASED.get(upper, upper)


def _pad(number: str) -> str:
    digits = re.match(r"\d+", number)
    if digits is None:
        return number
    return f"{int(digits[0]):02d}{number[digits.end() :].lower()}"


def _join(groups: str, *, party: bool = False) -> str:
    text = re.sub(r"\s*&\s*", "&", unicodedata.normalize("NFC", groups).replace("Ð", "Đ"))
    text = re.sub(r"\bTT[ .-]?HĐND$", "TTHĐND", text)
    if joined := re.fullmatch(rf"(QĐ|NQ|NĐ|CT|TB|KH|BC|TTr|TT)[ .]?({_ISSUERS})", text):
        return f"{joined[1]}-{joined[2]}"
    words = [_CASED.get(word.upper(), word) for word in re.split(r"\s*[-–‐‑/]\s*|\s+", text) if word]
    return f"{words[0]}/{'-'.join(words[1:])}" if party else "-".join(words)


def kind_of(text: str) -> str | None:
    """The kind of document that a number's abbreviation or a title's leading words name, or None.

    A number without an abbreviation is an official letter's when an agency and a unit follow the `/` (4507/BGTVT-TTCNTT).
    """
    text = unicodedata.normalize("NFC", text).strip()
    if match := re.match(r"\d{1,6}[a-z]?(?:/(?:19|20)\d\d)?[/-](?P<first>[^\W\d_]+[\d.&\w]*)(?P<more>[-/])?", text):
        first = match["first"].replace("Ð", "Đ")
        if first in KINDS:
            return KINDS[first]
        if first.startswith("GP"):
            return KINDS["GP"]
        return LETTER if match["more"] and re.search(r"\d/[^/]+-[^/]+\Z", text) else None
    folded = text.casefold()
    for word in _KIND_WORDS:
        if word not in _PLAIN_WORDS and folded.startswith(word.casefold()) and not folded[len(word) : len(word) + 1].isalnum():
            return word
    return None


def agency_of(number: str) -> str | None:
    """The abbreviation of the issuing body in a canonical number: `STC` of `123/TB-STC`, `BGTVT` of `4507/BGTVT-TTCNTT`."""
    match = re.fullmatch(r"\d+[a-z]?(?:/(?:19|20)\d\d)?[/-](?P<first>[^/-]+)(?:[/-](?P<rest>.+))?", number)
    if match is None:
        return None
    if match["first"] in KINDS:
        return match["rest"].split("-")[0] if match["rest"] else None
    return match["first"]


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """The number that a document bears itself; `value` is None where its place is there but the figure was left blank."""

    value: str | None
    raw: str
    place: str
    """`letterhead`, `title` or `opening`."""
    confidence: float
    end: int = 0
    """Where in the title or first line the number ends; 0 for one of the letterhead."""

    @property
    def kind(self) -> str | None:
        """The kind of document that its abbreviation names, the figure blank or not."""
        if self.value is not None:
            return kind_of(self.value)
        blank = re.sub(r"^[^/\-–]*?(?=[/\-–])", "0", re.sub(r"^.*?ố(?:\s{0,3}ký hiệu)?\s{0,3}:?", "", self.raw).replace(" ", ""))
        return kind_of(blank.replace("–", "-"))


_LABEL_KINDS = r"(?:(?:Bộ\s)?Luật|Nghị quyết|Nghị định|Pháp lệnh|Lệnh|Quyết định|Thông tư|Chỉ thị)"
_LABEL = re.compile(
    rf"(?:^|[|\n]\s{{0,9}})\s{{0,9}}(?:\([^)\n]{{0,40}}\)\s{{0,9}})?(?P<kind>{_LABEL_KINDS}\s{{1,3}})?"
    r"Số(?:\s{0,3}ký hiệu)?\s{0,9}:?\s{0,9}(?P<rest>[^|]{1,80})",
    re.IGNORECASE,
)
_BLANK = re.compile(
    r"[\s.…_]{0,60}(?:/\s{0,3}(?:(?:19|20)\d\d\s?/\s?)?[A-ZĐÐ][\w.]{0,14}\s{0,2}[-–]\s{0,2}[A-ZĐÐ][\w.&]{0,14}(?:-[A-ZĐÐ][\w.&]{0,14})?"
    rf"|[-–]\s{{0,2}}{_KIND}\s{{0,2}}/\s{{0,2}}[A-ZĐÐ]{{2,9}})"
)
_PLACE_AND_DATE = re.compile(
    r"[\s,.;]*(?:[^\d\n]{0,40},)?\s*(?:ngày\b[\s\d/.…,\-]*(?:tháng[\s\d.…]*năm[\s\d.]*)?)?", re.IGNORECASE
)
_KIND_AT_START = "(?:" + "|".join(_KIND_WORDS) + ")"
_TITLED = re.compile(
    rf"\s*{_KIND_AT_START}\s{{1,5}}(?:số\s{{0,3}}:?\s{{0,3}})?\Z|\s*(?:công văn\s+)?số\s{{0,3}}:?\s{{0,3}}\Z|\s*\Z", re.IGNORECASE
)
_NEWS = re.compile(
    r"[\s,:–-]*(?:ngày\s[\d/.\-]{6,10}\s+)?(?:của\s[^,:]{2,60}?\s)?[\s,:–-]*"
    r"(?:(?:chính thức|đã|sẽ|vừa|hết|bắt đầu)?\s*(?:có|hết) hiệu lực|chính thức|đã|sẽ|vừa|được|là|mở|tạo|góp phần|giúp"
    r"|đi vào|những|các điểm|một số điểm|điểm mới|nhìn lại|có gì|có nhiều|có thể|nêu rõ|cho biết|và\s|sau\s\d)\b",
    re.IGNORECASE,
)
"""What follows the number of a document that a title talks about, instead of naming it."""
_HEAD_LINES = 30
_GROUNDS = re.compile(r"^\s*Căn cứ\b", re.IGNORECASE | re.MULTILINE)


def own_number(title: str, text: str, agency: str | None = None) -> OwnNumber | None:
    """The number of the document itself, never one that it refers to.

    Looked for where a document bears it: the letterhead's `Số:` line, the start of the title, a bracket that closes the title,
    the first line of the body. A letterhead whose figure is blank settles it: there is no number. `agency`: the abbreviation
    of the body whose portal this is.
    """
    head = "\n".join(text.split("\n", _HEAD_LINES)[:_HEAD_LINES])[:3000]
    if grounds := _GROUNDS.search(head):
        head = head[: grounds.start()]
    for match in _LABEL.finditer(alike(head)):
        rest = match["rest"]
        if not match["kind"] and (blank := _BLANK.match(rest)):
            raw = f"{match[0][: match.start('rest') - match.start()]}{blank[0]}"
            return OwnNumber(None, " ".join(raw.strip(" |\n").split()), "letterhead", 0.0)
        number = _first(rest)
        if number is None or rest[: number.start].strip(" :."):
            continue
        if match["kind"] and _PLACE_AND_DATE.fullmatch(rest[number.end :].split("\n")[0]) is None:
            continue
        return OwnNumber(number.canonical, number.raw, "letterhead", 0.85)
    return _in_title(title) or _opening(title, text, agency)


def _first(text: str) -> Number | None:
    found = find_numbers(text)
    return found[0] if found else None


def _in_title(title: str) -> OwnNumber | None:
    for number in find_numbers(title):
        before, after = title[: number.start], title[number.end :]
        if _TITLED.fullmatch(before) and _NEWS.match(after) is None:
            return OwnNumber(number.canonical, number.raw, "title", 0.8, number.end)
        bracket = re.search(r"[(\[]\s*(?:số\s*:?\s*)?\Z", before, re.IGNORECASE)
        if bracket and re.fullmatch(r"\s*[)\]]\s*\.?", after):
            return OwnNumber(number.canonical, number.raw, "title", 0.75, number.end)
    return None


_ISSUES = re.compile(
    rf"\b(?:ban hành|phát hành|xây dựng|ra)\s+(?P<kind>{_KIND_AT_START})\s+số\s{{0,3}}:?\s{{0,3}}\Z", re.IGNORECASE
)
_IN_BRACKET = re.compile(rf"(?P<kind>{_KIND_AT_START})\s+\((?:số\s{{0,3}}:?\s{{0,3}})?\Z", re.IGNORECASE)


def _opening(title: str, text: str, agency: str | None) -> OwnNumber | None:
    """The number in the first line: after a kind that begins the line; or after a verb of issuing and a kind, where the title
    begins with that kind or the number is the portal's own; or in brackets after the kind that the title begins with.
    """
    first_line = text.lstrip().split("\n", 1)[0][:1500]
    for number in find_numbers(first_line):
        before = first_line[: number.start].lstrip()
        own_agency = agency is not None and agency_of(number.canonical) == agency
        starts = re.fullmatch(rf"(?P<kind>{_KIND_AT_START})\s+số\s*:?\s*", before, re.IGNORECASE)
        issues, bracket = _ISSUES.search(before[-80:]), _IN_BRACKET.search(before[-60:])
        begun = starts is not None and (own_agency or _titled_so(title, starts["kind"]))
        begun = begun and _NEWS.match(first_line[number.end :]) is None
        issued = issues is not None and (own_agency or _titled_so(title, issues["kind"]))
        named = bracket is not None and own_agency and (kind_of(title) or "").casefold() == bracket["kind"].casefold()
        if begun or issued or named:
            return OwnNumber(number.canonical, number.raw, "opening", 0.6 if begun else 0.55)
    return None


def _titled_so(title: str, kind: str) -> bool:
    return title.casefold().startswith(kind.casefold())
