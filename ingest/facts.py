"""What the words of an announcement tell beside its layout's fields: what document it is, whose, of which day, signed by whom,
on which grounds, and which others it names.

Each fact comes with its origin. None is taken from a document that the text merely talks about: number, date, place and
signer are read where a document bears them (`letterhead`, `signature`, `labelled`), never out of running text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archive.dates import find_dates, read_date
from archive.numbers import OwnNumber, agency_of, canonical, find_numbers, kind_of, own_number
from archive.records import FieldOrigin, LegalBasis, Mention, ReadDate, ReuseTerms
from ingest.characters import one_line
from ingest.clean import Block
from ingest.columns import lines_in
from ingest.labelled import read_labels
from ingest.language import language_of
from ingest.letterhead import Letterhead, closing_date, read_letterhead
from ingest.mentions import read_mentions
from ingest.portals import PORTALS
from ingest.preamble import read_bases
from ingest.signature import Signature, read_signature

_AGENCIES = (
    (r"CP", "Chính phủ"),
    (r"TTg", "Thủ tướng Chính phủ"),
    (r"CTN", "Chủ tịch nước"),
    (r"QH\d*", "Quốc hội"),
    (r"UBTVQH\d*", "Ủy ban Thường vụ Quốc hội"),
    (r"TTCP", "Thanh tra Chính phủ"),
    (r"VPCP", "Văn phòng Chính phủ"),
    (r"NHNN", "Ngân hàng Nhà nước Việt Nam"),
    (r"BTC", "Bộ Tài chính"),
    (r"BKHĐT", "Bộ Kế hoạch và Đầu tư"),
    (r"BNV", "Bộ Nội vụ"),
    (r"BTP", "Bộ Tư pháp"),
    (r"BYT", "Bộ Y tế"),
    (r"BXD", "Bộ Xây dựng"),
    (r"BCT", "Bộ Công Thương"),
    (r"BCA", "Bộ Công an"),
    (r"BQP", "Bộ Quốc phòng"),
    (r"BGTVT", "Bộ Giao thông vận tải"),
    (r"BGDĐT|BGD&ĐT", "Bộ Giáo dục và Đào tạo"),
    (r"BKHCN", "Bộ Khoa học và Công nghệ"),
    (r"BTTTT", "Bộ Thông tin và Truyền thông"),
    (r"BTNMT", "Bộ Tài nguyên và Môi trường"),
    (r"BLĐTBXH", "Bộ Lao động - Thương binh và Xã hội"),
    (r"BVHTTDL", "Bộ Văn hóa, Thể thao và Du lịch"),
    (r"BNNPTNT|BNN&PTNT", "Bộ Nông nghiệp và Phát triển nông thôn"),
    (r"UBND", "Ủy ban nhân dân"),
    (r"HĐND|TTHĐND", "Hội đồng nhân dân"),
)
_HEAD_BLOCKS = 14


@dataclass(slots=True)
class Facts:
    """The facts of one announcement and their origins, as far as they were found."""

    number: str | None = None
    kind: str | None = None
    issuer: str | None = None
    issued: ReadDate | None = None
    place: str | None = None
    signer: str | None = None
    signer_office: str | None = None
    bases: tuple[LegalBasis, ...] = ()
    mentions: tuple[Mention, ...] = ()
    language: str | None = None
    dated: ReadDate | None = None
    """The letterhead's own date, where the page gives no other."""
    origins: list[FieldOrigin] = field(default_factory=list)

    def found(self, name: str, rule: str, confidence: float, raw: str | None = None) -> None:
        """Note where `name` was read."""
        self.origins.append(FieldOrigin(name, f"rule:{rule}", confidence, raw))


def read_facts(title: str, summary: str | None, blocks: Sequence[Block], site: str, terms: ReuseTerms | None) -> Facts:
    """The facts in a title, a summary and a body.

    `site`: how the portal names itself; `terms`: what the page's footer says, which may be another name.
    """
    facts = Facts()
    site = body_of(site) or ""
    head = "\n".join(lines_in(blocks[:_HEAD_BLOCKS]))
    labels = read_labels(blocks)
    own = _number(facts, title, head, labels, _initials(site) or None)
    letterhead = read_letterhead(blocks)
    signature = read_signature(blocks)
    _kind(facts, own, title, blocks, labels)
    _issued(facts, own, title, head, letterhead, labels, blocks if signature else ())
    _signed(facts, signature, labels)
    _issuer(facts, own, title, letterhead, signature, labels, site, terms)
    _references(facts, title, summary, blocks)
    if letterhead.issued is not None and blocks and blocks[0].cells:
        facts.dated = letterhead.issued
    language = language_of("\n".join((title, summary or "", *(block.text for block in blocks))))
    if language is not None:
        facts.language = language.code
        facts.found("language", "letters-and-words", language.confidence)
    return facts


def _number(facts: Facts, title: str, head: str, labels: dict[str, str], agency: str | None) -> OwnNumber | None:
    own = own_number(title, head, agency)
    if (own is None or own.place != "letterhead") and "number" in labels:
        raw = labels["number"]
        found = find_numbers(raw)
        if value := found[0].canonical if found else canonical(raw):
            own = OwnNumber(value, raw, "labelled", 0.9)
    facts.number = own.value if own else None
    if own is not None and facts.number is not None:
        facts.found("number", f"number-in-{own.place}", own.confidence, own.raw)
    return own


_ON_NEWS = re.compile(
    r"\b(?:có hiệu lực|những điểm mới|điểm mới|có gì mới|vừa (?:được|ban hành)|đi vào cuộc sống|được (?:ban hành"
    r"|thông qua|triển khai))\b",
    re.IGNORECASE,
)


def _kind(facts: Facts, own: OwnNumber | None, title: str, blocks: Sequence[Block], labels: dict[str, str]) -> None:
    if own is not None and own.kind is not None:
        facts.kind = own.kind
        return facts.found("kind", "kind-of-number", own.confidence or 0.75, own.raw)
    if (kind := kind_of(labels.get("kind", ""))) is not None:
        facts.kind = kind
        return facts.found("kind", "labelled", 0.9, labels["kind"])
    for line in lines_in(blocks[:8])[:24]:
        if line.isupper() and len(line) < 60 and (kind := kind_of(line)) is not None:
            facts.kind = kind
            return facts.found("kind", "kind-in-heading", 0.75, line)
    if (kind := kind_of(title)) is not None and not _reports(title, kind, own):
        facts.kind = kind
        return facts.found("kind", "kind-in-title", 0.7, title[: len(kind)])
    return None


def _reports(title: str, kind: str, own: OwnNumber | None) -> bool:
    """Whether a title that begins with a kind talks about such a document: it goes on as news do, or names another's."""
    rest = title[len(kind) :]
    numbers = find_numbers(rest)
    others = (
        own is None and bool(numbers) and re.fullmatch(r"\s*(?:số)?\s*:?\s*", rest[: numbers[0].start], re.IGNORECASE) is not None
    )
    return others or _ON_NEWS.search(rest) is not None


_PASSED = re.compile(
    r"(?:Luật|Nghị quyết|Bộ luật|Pháp lệnh) này (?:đã )?được .{5,160}? (?:thông qua|nhất trí) (?P<date>ngày .{6,40})",
    re.IGNORECASE,
)


def _issued(
    facts: Facts,
    own: OwnNumber | None,
    title: str,
    head: str,
    letterhead: Letterhead,
    labels: dict[str, str],
    signed: Sequence[Block],
) -> None:
    if letterhead.issued is not None:
        facts.issued, facts.place = letterhead.issued, letterhead.place
        sure = 0.9 if letterhead.stated else 0.75 if own is not None and own.place == "letterhead" else 0.65
        facts.found("issued", "letterhead-date", sure, letterhead.line)
        if facts.place is not None:
            facts.found("place", "letterhead-date", sure, letterhead.line)
        return None
    if (date := read_date(labels.get("issued", ""))) is not None:
        facts.issued = date
        return facts.found("issued", "labelled", 0.9, labels["issued"])
    beside = _date_beside(own, title if own and own.place == "title" else head.split("\n", 1)[0])
    if beside is not None:
        facts.issued = beside
        return facts.found("issued", "date-beside-number", 0.8 if own and own.place == "title" else 0.65, beside.raw)
    if (closing := closing_date(signed)) is not None:
        facts.issued, facts.place, line = closing
        facts.found("issued", "date-above-signature", 0.8, line)
        return facts.found("place", "date-above-signature", 0.8, line) if facts.place else None
    for block in reversed(signed[-8:]):
        if (match := _PASSED.search(block.text)) is not None and (dates := find_dates(match["date"])):
            facts.issued = dates[0].date
            return facts.found("issued", "day-of-passing", 0.7, match[0])
    return None


def _date_beside(own: OwnNumber | None, text: str) -> ReadDate | None:
    """The date that follows the document's own number: `Quyết định số 12/QĐ-UBND ngày 15/6/2020`."""
    if own is None or own.place not in ("title", "opening") or not own.end:
        return None
    rest = text[own.end : own.end + 60]
    dates = find_dates(rest)
    return dates[0].date if dates and re.fullmatch(r"[\s,]*", rest[: dates[0].start]) else None


def _signed(facts: Facts, signature: Signature | None, labels: dict[str, str]) -> None:
    if signature is not None:
        facts.signer, facts.signer_office = signature.signer, signature.office
        if signature.signer is not None:
            facts.found("signer", "signature", signature.confidence, signature.raw)
        return facts.found("signer_office", "signature", signature.confidence, signature.raw)
    name = labels.get("signer", "")
    if re.fullmatch(r"[^\W\d_]{1,7}(?: [^\W\d_]{1,7}){1,5}", name):
        facts.signer = name
        facts.found("signer", "labelled", 0.9)
        if office := labels.get("signer_office"):
            facts.signer_office = office
            facts.found("signer_office", "labelled", 0.9)
    return None


_OF = re.compile(
    r"[\s,]*(?:ngày\s[\d/.\-]{6,10}|ngày\s\d+\stháng\s\d+\snăm\s\d{4})?[\s,]*của\s+(?P<name>(?:Ủy ban|UBND"
    r"|Hội đồng nhân dân|HĐND|Sở|Bộ|Chính phủ"
    r"|Thủ tướng|Quốc hội|Chủ tịch|Cục|Chi cục|Tổng cục|Ban|Tỉnh ủy|Thành ủy|Huyện ủy|Phòng|Thanh tra|Văn phòng"
    r"|Trung tâm)[^,:;()]{0,80}?)"
    r"(?=\s+(?:về|v/v|ban hành|phê duyệt|quy định|công bố|sửa đổi|hướng dẫn|quyết định|thông qua|bãi bỏ|giao|bổ sung"
    r"|triển khai)\b|\s*[,:;()–]|\s+-|\s*\Z)",
    re.IGNORECASE,
)
_ON_BEHALF = re.compile(
    r"T[/.]?M\s*[./]\s*(?P<name>.{3,80}?)(?=\s+(?:KT|TL|TUQ)\s*[./]|\s+(?:PHÓ\s)?CHỦ (?:TỊCH|TỌA)|\s+(?:PHÓ\s)?BÍ THƯ"
    r"|\s+TRƯỞNG|\Z)"
)


def _issuer(
    facts: Facts,
    own: OwnNumber | None,
    title: str,
    letterhead: Letterhead,
    signature: Signature | None,
    labels: dict[str, str],
    site: str,
    terms: ReuseTerms | None,
) -> None:
    def found(name: str, rule: str, confidence: float, raw: str | None = None) -> None:
        facts.issuer = _spelled(name, site)
        facts.found("issuer", rule, confidence, raw)

    bodies = [name for name in map(body_of, letterhead.bodies) if name]
    if bodies:
        name = bodies[-1]
        return found(name, "letterhead", 0.85 if _is_site(name, site) else 0.75, "\n".join(letterhead.bodies))
    if labelled := body_of(labels.get("issuer", "")):
        return found(labelled, "labelled", 0.9)
    if own is not None and own.place == "title" and (match := _OF.match(title[own.end :])):
        return found(match["name"], "issuer-in-title", 0.8, match["name"])
    if signature is not None and (match := _ON_BEHALF.match(signature.office)):
        name = one_line(match["name"])
        return found(name, "signature", 0.8 if _is_site(name, site) else 0.7, match["name"])
    return _issuer_by_site(facts.number, site, terms, found)


def _issuer_by_site(
    number: str | None, site: str, terms: ReuseTerms | None, found: Callable[[str, str, float, str | None], None]
) -> None:
    agency = agency_of(number) if number else None
    if agency is not None and agency != _initials(site):
        known = next((name for pattern, name in _AGENCIES if re.fullmatch(pattern, agency)), None)
        if known is not None:
            return found(known, "agency-of-number", 0.7, agency)
    offered = (*terms.names, terms.publisher or "") if terms else ()
    named = next((name for name in map(body_of, offered) if name), None)
    if named is not None and (not site or site.casefold() not in named.casefold()):
        return found(named, "name-in-footer", 0.5, named)
    if not site:
        return None
    if agency is not None and agency == _initials(site):
        return found(site, "agency-of-number", 0.8, agency)
    return found(site, "portal", 0.4 if agency else 0.6 if named else 0.5, None)


_SITE = re.compile(
    r"\W*(?:cổng|trang|chuyên trang|website)\s+(?:(?:thông tin|giao tiếp|tin)(?:\s+(?:điện tử|tổng hợp|thành phần))*|TTĐT|TTDT"
    r"|tin tức|dịch vụ công(?:\s+trực tuyến)?|web)\W*(?:của\s+)?",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:Ủy ban|Uỷ ban|UBND|Hội đồng nhân dân|HĐND|Sở|Bộ|Cục|Chi cục|Tổng cục|Ban|Tỉnh ủy|Thành ủy|Huyện ủy|Phòng|Thanh tra"
    r"|Văn phòng|Trung tâm|Công an|Viện|Kho bạc|Trường|Bệnh viện|Chính phủ|Quốc hội)\b",
    re.IGNORECASE,
)


def body_of(name: str) -> str | None:
    """The body in a name: a host names none, nor does a site (`Cổng TTĐT …`), unless a body's own name plainly follows."""
    name = one_line(name)
    if not name or (" " not in name and "." in name):
        return None
    match = _SITE.match(name)
    if match is None:
        return name
    rest = name[match.end() :].strip(" -–:")
    return rest if _BODY.match(rest) else None


def _references(facts: Facts, title: str, summary: str | None, blocks: Sequence[Block]) -> None:
    facts.bases = read_bases(blocks)
    facts.mentions = read_mentions([title, summary or ""], blocks, facts.number, facts.bases)
    if facts.bases:
        facts.found("bases", "preamble", 0.9)
    if facts.mentions:
        facts.found("mentions", "numbers-in-text", 0.9)


def _spelled(name: str, site: str) -> str:
    """A body's name as its own portal spells it, where that is this one or a registered one: pages print names in capitals."""
    return site if _is_site(name, site) else _TITLES.get(name.casefold(), name)


def _is_site(name: str, site: str) -> bool:
    """Whether `name` is how this portal's own body is called, with or without its province."""
    return bool(site) and len(name.split()) > 1 and _long(site).startswith(_long(name))


def _long(name: str) -> str:
    """A name for comparing: capitals and abbreviations of its first words do not count."""
    name = name.casefold().replace("uỷ", "ủy").replace("hoà", "hòa")
    return re.sub(r"^ubnd\b", "ủy ban nhân dân", re.sub(r"^hđnd\b", "hội đồng nhân dân", name))


_TITLES = {name.casefold(): name for name in (*(name for _, name in _AGENCIES), *(portal.title for portal in PORTALS))}


def _initials(title: str) -> str:
    """The abbreviation of a body as document numbers write it: no marks but the stroke of `Đ`, no `và`."""
    agency = re.split(r"\s+(?:tỉnh|thành phố|huyện|quận|thị xã)\s", title, maxsplit=1)[0]
    words = [word for word in agency.split() if word[0].isalpha() and word != "và"]
    return "".join(unicodedata.normalize("NFD", word[0].upper())[0] for word in words)
