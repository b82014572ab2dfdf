"""The sentence in which a portal demands to be named by whoever republishes: its words, the names it accepts, the act.

`Ghi rõ nguồn "SỞ MẪU" hoặc "mau.example" khi bạn phát hành lại thông tin từ website này`: two alternatives, `phát hành lại`.
Where no name is asked for, or republishing is bound to a permission, the words and the act are kept without names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_OPEN, _CLOSE = "\"“”„«‹<‘'", "\"“”»›>’'"


@dataclass(frozen=True, slots=True)
class Demand:
    """A demand word for word, the alternatives in its order, and the act in its words."""

    wording: str
    names: tuple[str, ...]
    act: str | None


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a page outside its text, also in small letters: most of them need no closer look."""

    lines: tuple[str, ...]
    lowered: tuple[str, ...]
    whole: str
    """All of `lowered`."""

    @classmethod
    def of(cls, lines: Iterable[str]) -> Lines:
        """`lines` with their small letters."""
        held = tuple(lines)
        lowered = tuple(line.lower() for line in held)
        return cls(held, lowered, "\n".join(lowered))

    def having(self, words: Sequence[str]) -> list[int]:
        """The places of the lines that hold one of `words`, given in small letters."""
        found: set[int] = set()
        for word in words:
            line = start = 0
            while (at := self.whole.find(word, start)) >= 0:
                line += self.whole.count("\n", start, at)
                found.add(line)
                start = self.whole.find("\n", at) + 1
                if not start:
                    break
                line += 1
        return sorted(found)


_VERB = (
    r"(?:tái\s+)?(?:phát hành|sử dụng|trích dẫn|trích đăng|trích lục|trích|đăng tải|đăng|dẫn|khai thác|sao chép"
    r"|sao lục|sao|xuất bản|công bố"
    r"|chia sẻ|phát sóng|phát|in ấn|in|phổ biến|truyền đưa|truyền|biên tập|tham khảo|lấy|dùng|copy|chép|đưa)(?:\s+lại)?(?![^\W_])"
)
_VERBS = rf"{_VERB}(?:\s*(?:,|/|;|-|\bvà\b|\bhoặc\b|\bhay\b)\s*{_VERB})*"
_SOURCE = (
    r"(?:nguồn(?:\s+tin)?(?!\s*(?:gốc|vốn|kinh phí|thu|chi|nhân lực|lực|tiền|ngân sách|nước|điện|thải|lợi))|xuất xứ)(?![^\W_])"
)
_CITE = re.compile(
    rf"ghi\s+rõ\s*[:：]?\s*[\"“«]\s*nguồn(?![^\W_])"
    rf"|(?:ghi|nêu)\s+rõ\s*[:：]?\s*(?=[\"“«][^\"”»\n]{{2,150}}[\"”»])"
    rf"|(?:ghi|nêu|trích dẫn|dẫn|trích|chú thích|đề)\s+(?:(?:rõ|cụ thể|lại"
    rf"|đầy đủ|chính xác|tên)\s+){{0,3}}{_SOURCE}"
    r"|(?:cite|credit|acknowledge|specify|state|indicate|mention"
    r"|quote)\s+(?:clearly\s+)?(?:the\s+)?(?:full\s+)?(?:sources?\b|(?=[\"“«'A-Z]))"
    r"|sources?\s+(?:must|should|shall)\s+be\s+(?:clearly\s+)?(?:cited|stated|acknowledged|credited|indicated"
    r"|specified)(?:\s+as)?",
    re.IGNORECASE,
)
_WHO = (
    r"(?:(?:các|những|mọi)\s+)?(?:bạn|quý vị|quý khách|bạn đọc|độc giả|các bạn|đơn vị|(?:tổ chức|cá nhân|cơ quan"
    r"|đơn vị|báo chí)(?:\s*(?:,|và|hoặc)\s*"
    r"(?:tổ chức|cá nhân|cơ quan|đơn vị|báo chí))*|you|organi[sz]ations?)\s+"
)
_WHEN = re.compile(
    rf"\b(?:mỗi khi|khi|nếu|trong trường hợp|when(?:ever)?|if|upon|before)\s+(?:{_WHO})?(?:(?:có nhu cầu|muốn|có|được"
    rf"|cần|want to|wish to)\s+)?(?P<act>{_VERBS}|"
    r"(?:re-?)?(?:publish|us|produc|quot|copy|print|post|shar|distribut|cit|extract|redistribut)\w*)",
    re.IGNORECASE,
)
_ANY_WHEN = re.compile(
    rf"\bkhi\s+(?:{_WHO})?(?P<act>[^\s\"“”.,;]+(?:\s+(?!(?:các |những |bài )?(?:thông tin|tin bài|tin|bài viết"
    rf"|nội dung|dữ liệu|tư liệu|bài|từ|trên|của"
    r"|tại|ở)\b)[^\s\"“”.,;]+){0,3})",
    re.IGNORECASE,
)
_ANY_ACT = re.compile(
    rf"(?P<act>{_VERBS}|(?:re-?)?(?:publish|us|produc|quot|copy|print|post|redistribut)\w*(?=\s+(?:of|the|this"
    rf"|information|content|must|should|shall|requires?)\b))",
    re.IGNORECASE,
)
_PERMISSION = re.compile(
    rf"(?:không được|nghiêm cấm(?: mọi)?|cấm|chỉ được|không được phép)\s+(?:(?:hành vi"
    rf"|việc)\s+)?(?:phép\s+)?(?P<act>{_VERBS})[^.]{{0,160}}?"
    r"(?:đồng ý|cho phép|chấp thuận|hình thức)|(?P<doing>(?:re-?)?(?:produc|publish|us|copy"
    r"|distribut)\w*)[^.]{0,80}?\bwithout\b[^.]{0,60}?"
    r"(?:permission|consent|approval)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"thông tin|tin,? bài|bài viết|nội dung|website|web|trang|cổng|dữ liệu|tư liệu|\blại\b|information|content|site|article",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:Mọi|Các|Khi|Nội dung|Thông tin|Việc|Tổ chức|Cá nhân|Đề nghị|Yêu cầu|Vui lòng|Xin|Phải|Cần|Quý|Bạn|Đơn vị"
    r"|Chỉ|Người|Tất cả|Toàn bộ"
    r"|Mỗi khi|Nếu|Trong trường hợp|Please|When|Any|All|If|Những|Được phép)\b",
    re.IGNORECASE,
)
_DEED = re.compile(
    rf"(?<![^\W_])(?=[A-ZĐ])(?i:{_VERBS})(?=[^.;\n]{{0,160}}(?i:phải|cần|đề nghị|yêu cầu|xin|vui lòng|nhớ|thì)(?![^\W_]))"
)
"""A sentence that begins with the act: `Phát hành lại thông tin từ trang này phải …`."""
_QUOTED = re.compile(rf"[{_OPEN}]\s*([^{_OPEN}{_CLOSE}\n]{{2,150}}?)\s*[{_CLOSE}]")
_OR = re.compile(
    r"\s*[,;]?\s+(?:hoặc(?: là)?|hay(?: là)?|or)\s+|\s+/\s*|\s*/\s+|(?<=[\"”»’'])\s*[/,;]\s*(?=[\"“«‘'])", re.IGNORECASE
)
_HOST = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_BESIDES = re.compile(
    r"\s*,?\s*(?:\bvà\s+(?:đặt|gắn|dẫn|để|kèm|ghi|liên kết|link|đường|thời|tên tác giả)|\bkèm\b|\bđồng thời\b"
    r"|\bwith a link\b|\band link\b).*",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\A[\s:–-]*(?:(?:là|từ|thông tin từ|thông tin|tin|của|theo mẫu|as|from|the|source|sources|to"
    r"|trích dẫn)(?=[\s:\"“«'])[\s:]*)*",
    re.IGNORECASE,
)
_CALLS_SITE = re.compile(r"(?:trang|cổng|báo|website)\s+(?:thông tin(?: điện tử)?|TTĐT|TTDT|tin)\s+\S", re.IGNORECASE)
"""A site's name written small: `trang TTĐT thành phố Mẫu`."""
_LINES = 6
_MOST_HINTS = 200
"""So many lines that may hold a demand are looked at, the last ones: a footer stands at the end."""
_HINTS = ("nguồn", "ghi rõ", "nêu rõ", "xuất xứ", "source", "cite", "credit", "acknowledge", "quote", "mention")


def read_demand(footer: Lines) -> Demand | None:
    """The demand in the lines of a footer, or None; one that names somebody before one that does not."""
    unnamed: Demand | None = None
    lines, hints = footer.lines, footer.having(_HINTS)[-_MOST_HINTS:]
    for index in sorted({*hints, *(hint - 1 for hint in hints if hint)}):
        line = lines[index]
        if _CITE.search(line) is None and not (index + 1 < len(lines) and _CITE.search(f"{line} {lines[index + 1]}")):
            continue
        demand = _of_window(_window(lines, index))
        if demand is None:
            continue
        if demand.names:
            return demand
        unnamed = unnamed or demand
    bound = (_permission(lines[index]) for index in footer.having(("không được", "cấm", "chỉ được", "without")))
    return unnamed or next((found for found in bound if found is not None), None)


def _window(lines: Sequence[str], index: int) -> str:
    """The line at `index` with those that go on with its sentence before and behind it: elements and breaks part sentences."""
    start = index
    while start > 0 and index - start < 2 and lines[start][:1].islower() and not lines[start - 1].endswith((".", ";", "!")):
        start -= 1
    end = index + 1
    while end < len(lines) and end - index < _LINES and _goes_on(lines[end - 1], lines[end]):
        end += 1
    return " ".join(lines[start:end])


def _goes_on(line: str, following: str) -> bool:
    if line.endswith((".", "!")):
        return False
    if re.search(
        rf"(?:[,:{re.escape(_OPEN)}]|\b(?:nguồn|hoặc|hay|or|khi|là|source))\s*\Z", line, re.IGNORECASE
    ) and not _balanced_end(line):
        return True
    first = following[:1]
    return first.islower() or first in _OPEN or re.match(r"(?:khi|hoặc|hay|when|or)\b", following, re.IGNORECASE) is not None


def _balanced_end(line: str) -> bool:
    """Whether a line that ends in a quotation mark ends with a closed quotation."""
    return line[-1:] in _CLOSE and len(re.findall(r"[\"“”„«»]", line)) % 2 == 0 and not line.endswith((",", ":"))


def _of_window(text: str) -> Demand | None:
    for cite in _CITE.finditer(text):
        start, end = _bounds(text, cite.start(), cite.end())
        sentence, at = text[start:end], cite.start() - start
        tail = sentence[cite.end() - cite.start() + at :]
        when = _WHEN.search(tail)
        names = _names(tail[: when.start()] if when else tail)
        act = _act(sentence, at, when or (_ANY_WHEN.search(tail) if names else None))
        if not names and (act is None or (when is None and _ABOUT.search(sentence) is None)):
            continue
        if names and act is None and not (_QUOTED.search(tail) or _ABOUT.search(sentence)):
            continue
        return Demand(sentence.strip(" ®©*–-|"), names, act)
    return None


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around the demand begins and ends; of what stands before, only a clause that belongs to it."""
    before = text[:start]
    begin = max((match.end() for match in re.finditer(r"[.!;|®©]\s+|[|®©]", before)), default=0)
    lead = next(_LEADS.finditer(text, begin, start), None)
    deed = next(_DEED.finditer(text, begin, start), None)
    if deed is not None and (lead is None or deed.start() <= lead.start()):
        begin = deed.start()
    elif lead is not None:
        begin = lead.start()
    elif not before[begin:].strip() or start - begin > 0:
        begin = start
    return begin, max(end, begin + len(_sentence(text[begin:])))


def _sentence(text: str) -> str:
    """`text` up to the end of its sentence; a dot within a host's name ends nothing, nor does one within quotation marks."""
    quoted = False
    for index, character in enumerate(text):
        if character in '"“”„«»':
            quoted = not quoted if character == '"' else character in "“„«"
        elif character in "|®©" and not quoted:
            return text[:index].rstrip()
        elif character in ".!;" and not quoted and _ends(text, index):
            return text[:index]
    return text.rstrip(" .")


def _ends(text: str, index: int) -> bool:
    """Whether the sign at `index` ends a sentence: white space follows, and it is not the dot of `TP. Mẫu`."""
    return (index + 1 == len(text) or text[index + 1].isspace()) and re.search(r"\b(?:TP|TX|Th|T|Tp)\Z", text[:index]) is None


def _act(sentence: str, cite: int, when: re.Match[str] | None) -> str | None:
    if when is None:
        before = sentence[:cite]
        when = _WHEN.search(before) or _ANY_ACT.search(before)
    if when is None:
        return None
    act = re.sub(r"\s+(?:các|những|tin|bài)\Z", "", when["act"].strip(" ,.;-/"), flags=re.IGNORECASE)
    return act or None


def _names(tail: str) -> tuple[str, ...]:
    plain = re.split(
        r"[\s,]+(?:khi|nếu|trong trường hợp|mỗi khi|when|if)\s", _BESIDES.sub("", tail), maxsplit=1, flags=re.IGNORECASE
    )[0]
    plain = _FILLER.sub("", plain)
    names: list[str] = []
    for alternative in _OR.split(plain):
        if quoted := _QUOTED.findall(alternative):
            names += [name.strip() for name in quoted]
            continue
        name = alternative.strip(" .,:;–-" + _OPEN + _CLOSE)
        name = name if name.count("(") == name.count(")") else name.strip("()")
        named = name[:1].isupper() or name[:1].isdigit() or _CALLS_SITE.match(name) is not None
        if 2 <= len(name) <= 120 and (named or _HOST.fullmatch(name)):
            names.append(name)
    return tuple(dict.fromkeys(name for name in names if name))


def _permission(line: str) -> Demand | None:
    """A line that binds republishing to a permission."""
    match = _PERMISSION.search(line)
    if match is None or not (_ABOUT.search(line) or match["doing"] or "sao chép" in line.lower()):
        return None
    begin = max((dot.end() for dot in re.finditer(r"[.!;|]\s+", line[: match.start()])), default=0)
    return Demand(
        line[begin : match.end() + len(_sentence(line[match.end() :]))].strip(" ®©*"),
        (),
        (match["act"] or match["doing"]).strip(),
    )
