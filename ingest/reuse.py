"""What a portal's footer demands of whoever republishes, kept word for word, and whom it names as answerable.

Main-text readers drop footers, so these terms have a reader of their own. It is handed the page's text outside the announcement,
and where that demands nothing, the words that stand for its images. The demand itself is `demand`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.dates import find_dates, read_date
from archive.records import FieldOrigin, ReadDate, ReuseTerms
from ingest.characters import one_line
from ingest.demand import Lines, read_demand
from ingest.tree import Element

_LICENCE = re.compile(
    r"(?:giấy phép|licen[cs]e|\bGP(?=\s*(?:số"
    r"|TTĐT)))[^\d\n]{0,140}?(?P<number>\d[\w.\-]*\s?/\s?[^\s,;()]+(?:\s?[-–]\s?[A-ZĐ&]{2,12}(?![^\W_]))*)"
    r"(?P<rest>[^\n]{0,300})",
    re.IGNORECASE,
)
_AUTHORITY = (
    re.compile(r"\b(?:do|bởi)\s+(?P<name>[^\n]{3,150}?)\s+(?:cấp|ban hành|ký)\b", re.IGNORECASE),
    re.compile(r"\b(?:nơi|cơ quan|đơn vị) cấp(?: phép)?\s*[:：]?\s*(?P<name>[^\n.;]{3,150})", re.IGNORECASE),
    re.compile(r"\bissued\s+by\s+(?:the\s+)?(?P<name>[^\n.;]{3,150}?)(?=\s+(?:on|dated)\b|[.;]|\Z)", re.IGNORECASE),
    re.compile(
        r"\bcủa\s+(?P<name>(?:Sở|Bộ|Cục|Ủy ban|UBND|Ban|Tổng cục"
        r"|Văn phòng|S?TT&?TT|BTT&?TT|STT&TT)[^\n.;]{2,120}?)(?=\s*(?:,?\s+(?:cấp )?ngày\b|[.;]|\Z))"
    ),
    re.compile(
        r"[-–,]\s*(?P<name>(?:Sở|Bộ|Cục|Ban|Tổng cục|Văn phòng)\s[^\n.;\d]{3,120}?)(?:\s+cấp)?"
        r"(?=\s*(?:[.;]|\Z|,?\s*(?:cấp\s+)?ngày\b))"
    ),
    re.compile(r"\b(?:do|bởi)\s+(?P<name>(?:Sở|Bộ|Cục|Ban|Tổng cục|Văn phòng|UBND|Ủy ban)\s[^\n.;]{3,120}?)(?=\s*(?:[.;]|\Z))"),
    re.compile(r"\bcấp\s*[:：]\s*(?P<name>(?:Sở|Bộ|Cục|Ban|Tổng cục|Văn phòng)\s[^\n.;\d]{3,120})"),
)
_OFFICE_OF = r"(?:Sở|Ủy|UBND|Bộ|Cục|Chi cục|Tổng cục|Trường|Ban|Văn phòng|Đảng)"
_RESPONSIBLE = re.compile(
    r"(?:(?:người |đơn vị )?(?:chịu )?trách nhiệm(?:\s+(?:chính|nội dung|thông tin|quản lý|xuất bản|về nội dung"
    r"|website|trang|chung))*"
    r"|trưởng ban biên tập|(?:phó )?tổng biên tập|người (?:phụ trách|đại diện)|phụ trách(?: nội dung| website"
    r"| trang)*|editor(?:-in-chief)?)"
    r"\s*(?:[:：]|[-–](?=\s)|(?=\s(?:Ông|Bà|Đồng chí|Đ/c)\b))\s*(?P<value>[^\n|]{3,150})",
    re.IGNORECASE,
)
_YEARS = r"(?:\s*[,-]?\s*(?:19|20)\d\d(?:\s*[-–]\s*(?:(?:19|20)\d\d|nay))?)?"
_PUBLISHERS = (
    re.compile(
        r"(?:cơ quan chủ quản|đơn vị chủ quản|cơ quan quản lý|đơn vị quản lý)\s*[:：]?\s*(?P<value>[^\n|]{3,120})", re.IGNORECASE
    ),
    re.compile(
        rf"(?:thuộc )?bản quyền(?:\s*(?:©|®|\(c\)))?{_YEARS}(?:\s+(?:nội dung|website|trang))?\s*(?:thuộc(?: về)?|của"
        rf"|[:：]|bởi|-|by)\s*(?P<value>[^\n|]{{3,120}})",
        re.IGNORECASE,
    ),
    re.compile(r"(?:\A|[.|®©]\s*)(?P<value>[A-ZĐÂĂÊÔƠƯỦ][^\n|.®©]{3,100}?)\s+giữ bản quyền", re.IGNORECASE),
    re.compile(
        rf"(?:copyright(?:\s*(?:©|\(c\)))?|©(?:\s*copyright)?){_YEARS}\s*(?:[:,.-]\s*)?(?:by\s+|thuộc về\s+"
        rf"|của\s+)?(?P<value>[^\W\d][^\n|]{{2,120}})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\A\W*(?:trang|cổng) (?:thông tin điện tử|TTĐT|tin)(?: tổng hợp"
        rf"| thành phần)?\s*(?:của\s+)?(?P<value>{_OFFICE_OF}\b[^\n|]{{3,100}})",
        re.IGNORECASE,
    ),
)
_PUBLISHER_WORDS = ("chủ quản", "quản lý", "bản quyền", "copyright", "©", "thông tin điện tử", "ttđt", "trang tin", "cổng tin")
_PUBLISHER_ENDS = re.compile(
    r"\s*(?:[.;]\s.*|[,.]?\s*all rights? reserved.*|,?\s*(?:yêu cầu|đề nghị|vui lòng|ghi rõ)\b.*|[-–"
    r"|,]?\s*(?:thiết kế|phát triển|powered|design|xây dựng)\b.*"
    r"|[,\s–-]*(?:19|20)\d\d\s*|\s+giữ bản quyền.*)\Z",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:địa chỉ|(?<![^\W_])đ/c|trụ sở(?: chính)?(?: làm việc)?|add(?:ress)?"
    r"|head office)\s*[:：]\s*(?P<value>[^\n]{0,250})",
    re.IGNORECASE,
)
_DIGITS = r"[+(\d][\d\s.()+\-–/,]{5,60}\d"
_PHONE = re.compile(
    rf"(?<![^\W_])(?:(?:số )?điện thoại|đt|tel(?:ephone)?|đ/t|hotline|đường dây nóng|phone"
    rf"|sđt)(?: (?:liên hệ|cơ quan|bàn|di động))?(?:\s*/\s*fax)?\s*[:：.]*\s*(?P<value>{_DIGITS})",
    re.IGNORECASE,
)
_FAX = re.compile(rf"(?<![^\W_])fax\s*[:：.]*\s*(?P<value>{_DIGITS})", re.IGNORECASE)
_MAIL = r"[\w.+\-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w\-]+(?:\.[\w\-]+)+"
_EMAIL = re.compile(
    rf"(?:e-?mail|thư điện tử|hộp thư)?\s*[:：]?\s*(?P<value>{_MAIL}(?:\s*[,;/]\s*{_MAIL})*)",
    re.IGNORECASE,
)
_WORDS = {
    _RESPONSIBLE: ("trách nhiệm", "biên tập", "phụ trách", "đại diện", "editor"),
    _PHONE: ("điện thoại", "đt", "tel", "đ/t", "hotline", "đường dây nóng", "phone"),
    _FAX: ("fax",),
    _EMAIL: ("@", "[at]", "(at)"),
}
"""What stands in every line that a pattern can match, in small letters."""
_NEXT_LABEL = re.compile(
    r"\s*[-–|;,.*•]*\s*(?<![^\W_])(?:điện thoại|số điện thoại|đt|tel|đ/t|phone|sđt|hotline|fax|e-?mail|thư điện tử"
    r"|website|giấy phép|địa chỉ|trụ sở"
    r"|(?:người )?chịu trách nhiệm|ghi rõ nguồn|cơ quan chủ quản|address|bản quyền|copyright)"
    r"(?![^\W_]).*",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:ngày|cấp|do|ký|nơi cấp|cơ quan cấp|đơn vị cấp|issued|dated)\b", re.IGNORECASE)
_IN_IMAGES = re.compile(r"ghi rõ nguồn|bản quyền|giấy phép|copyright|trích dẫn nguồn", re.IGNORECASE)
_MAX_LINE = 1000


def read_reuse(lines: str | Sequence[str], where: str = "rule:footer") -> tuple[ReuseTerms, FieldOrigin] | None:
    """The reuse terms in the lines of a footer, or None where it has none of them; `where` becomes the field's origin."""
    if isinstance(lines, str):
        lines = lines.split("\n")
    kept = Lines.of(line for line in (one_line(entry[:_MAX_LINE]) for entry in lines) if line)
    demand = read_demand(kept)
    wording = demand.wording if demand else None
    others = Lines.of(line.replace(wording, "") for line in kept.lines) if wording else kept
    number, date, authority = _licence(kept)
    terms = ReuseTerms(
        names=demand.names if demand else (),
        wording=wording,
        act=demand.act if demand else None,
        licence_number=number,
        licence_date=date,
        licence_authority=authority,
        publisher=_publisher(others) or _publisher(kept),
        responsible=_value(_RESPONSIBLE, others),
        address=_address(kept),
        phone=_value(_PHONE, kept),
        fax=_value(_FAX, kept),
        email=_value(_EMAIL, kept),
    )
    if terms == ReuseTerms():
        return None
    confidence = 0.9 if wording and terms.names else 0.75 if wording else 0.8 if number else 0.6
    return terms, FieldOrigin("reuse", where, confidence, raw=wording)


def lines_of_images(root: Element) -> list[str]:
    """The words that stand for images and speak of sources or rights: some portals draw their footer."""
    words = (image.get(name) or "" for image in root.iter("img") for name in ("alt", "title"))
    return list(dict.fromkeys(text for text in words if _IN_IMAGES.search(text)))


def _licence(footer: Lines) -> tuple[str | None, ReadDate | None, str | None]:
    lines = footer.lines
    for index in footer.having(("giấy phép", "licen", "gp")):
        line = whole = lines[index]
        if "giấy phép" not in line.lower() and _LICENCE.search(line) is None:
            continue
        for following in lines[index + 1 : index + 4]:
            if _LICENCE.search(whole) is None or _GOES_ON.match(following):
                whole = f"{whole} {following}"
            else:
                break
        match = _LICENCE.search(whole)
        if match is None:
            continue
        rest = match["rest"]
        authority = next((found["name"] for rule in _AUTHORITY if (found := rule.search(rest))), None)
        return _licence_number(match["number"]), read_date(rest), _without_date(authority) if authority else None
    return None, None, None


def _licence_number(text: str) -> str:
    return text.replace(" ", "").rstrip(".,;-")


def _without_date(name: str) -> str | None:
    """An authority's name up to the date that may follow it."""
    dates = find_dates(name)
    if dates:
        name = re.sub(r"\s*,?\s*(?:cấp\s*)?(?:ngày\s*)?\Z", "", name[: dates[0].start])
    return name.strip(" ,.-–") or None


def _publisher(footer: Lines) -> str | None:
    lines = [footer.lines[index] for index in footer.having(_PUBLISHER_WORDS)]
    for pattern in _PUBLISHERS:
        for line in lines:
            if match := pattern.search(line):
                value = match["value"]
                while (cut := _PUBLISHER_ENDS.sub("", value)) != value:
                    value = cut
                value = _NEXT_LABEL.sub("", value).strip(' .,;:-–|®©"“”')
                if len(value) > 2 and value[:1].isupper():
                    return value
    return None


def _value(pattern: re.Pattern[str], footer: Lines) -> str | None:
    lines = footer.lines
    for index in footer.having(_WORDS[pattern]):
        line = lines[index]
        match = pattern.search(line)
        if match is None and line.endswith((":", "：")) and index + 1 < len(lines):
            match = pattern.search(f"{line} {lines[index + 1]}")
        if match is None:
            continue
        if pattern is _EMAIL:
            return "; ".join(mail.replace(" ", "") for mail in re.findall(_MAIL, match["value"]))
        if value := _NEXT_LABEL.sub("", match["value"]).strip(" .,;:-–|*"):
            return value
    return None


def _address(footer: Lines) -> str | None:
    lines = footer.lines
    for index in footer.having(("địa chỉ", "đ/c", "trụ sở", "add", "head office")):
        line = lines[index]
        if match := _ADDRESS.search(line):
            value = _NEXT_LABEL.sub("", match["value"]).strip(" .,;:-–|*")
            if not value and index + 1 < len(lines):
                value = _NEXT_LABEL.sub("", lines[index + 1]).strip(" .,;:-–|*")
            if value:
                return value
    return None
