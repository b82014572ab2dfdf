"""Which links of a list page are announcements, where neither portal nor platform says so.

An announcement's link has a title for a label, stands in a row of others like it, mostly with a date beside it, and its address
looks like theirs. A menu's link has few syllables and stands in a menu (syllables, for Vietnamese is written in them).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from ingest.discovering.page import Link

TITLE_SYLLABLES = 6
TITLE_CHARACTERS = 28
_BLOCK_LEVELS = 6
_SIGNATURE_LEVELS = 4
_BLOCK_CHARACTERS = 3000
_DATE = re.compile(
    r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])\s?[/.-]\s?(?:0?[1-9]|1[0-2])\s?[/.-]\s?(?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}",
    re.IGNORECASE,
)
_MENU = re.compile(
    r"(?:\A|[\s_-])(?:menu\w*|nav|navbar|navigation|mainnav|footer|ft|breadcrumbs?|topbar|toolbar|lang|language|social|share|login|weblinks?"
    r"|lienket|lien-ket|pagination|pager|paging|phan-?trang|masthead)(?=\Z|[\s_-])",
    re.IGNORECASE,
)
_TOP = re.compile(r"(?:\A|\s)(?:header|site-header|page-header|top-header|banner)(?:\Z|\s)", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|odt|txt|zip|rar|7z|exe|jpe?g|png|gif|svg|webp|bmp|tiff?|ico|mp[34]|avi|wmv|flv|wav|css|js|xml|rss)\Z",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"(?:\A|[/?&=._-])(?:dang-?nhap|dang-?ky|login|logon|signin|signup|register|logout|tim-?kiem|search|lien-?he|contact|gop-?y|hoi-?dap|rss"
    r"|feed|print|in-?bai|captcha|account|user|gio-?hang|vote|binh-?chon|khao-?sat)(?=\Z|[/?&=._-])",
    re.IGNORECASE,
)
_ID = re.compile(r"(?:\A|[&?;])(?:\w*id|item|news|tin|bai|n|a|p|view|url|dDocName)=[\w{}%.-]{2,}", re.IGNORECASE)
_SLUG = re.compile(r"(?:[^-/]+-){3,}[^-/]*\Z|(?:[^-/]+-)+\d{2,}\Z|\A\d{3,}\Z|\A[0-9a-f-]{32,36}\Z", re.IGNORECASE)
_VARIANT = re.compile(r"first|last|odd|even|active|\d|^col-|^wow$|^clearfix$|current", re.IGNORECASE)
_EXTENSION = re.compile(r"\.\w{2,5}\Z")


@dataclass(slots=True)
class _Candidate:
    """One address and the links of the page that lead to it."""

    url: str
    label: str = ""
    elements: list[etree._Element] = field(default_factory=list)
    dated: bool = False

    @property
    def is_titled(self) -> bool:
        return self.label.count(" ") + 1 >= TITLE_SYLLABLES or len(self.label) >= TITLE_CHARACTERS


def announcements(links: Iterable[Link]) -> list[str]:
    """The addresses among `links` (on the portal's hosts, no paging) that look like announcements, in the order of the page."""
    regions = _Regions()
    candidates = _candidates(link for link in links if not regions.is_menu(link.element))
    _note_dates(candidates)
    groups: dict[str, list[_Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[_signature(candidate.elements[0])].append(candidate)
    accepted = _accepted(list(groups.values()))
    shapes = {_shape(each.url) for each in accepted if is_article_like(each.url)}
    urls = {each.url for each in accepted}
    return [each.url for each in candidates if each.url in urls or (each.is_titled and _shape(each.url) in shapes)]


def is_file(url: str) -> bool:
    """Whether an address is that of a file, and not of a page."""
    return _FILE.search(url.partition("?")[0]) is not None


def is_service(url: str) -> bool:
    """Whether an address is that of a service of the portal: signing in, searching, printing."""
    return _SERVICE.search(_after_host(url)) is not None


def is_article_like(url: str) -> bool:
    """Whether an address has a slug of several words, or a number of its own, as pages of a kind have."""
    path, _, query = _after_host(url).partition("?")
    last = _EXTENSION.sub("", path.rstrip("/").rpartition("/")[2])
    return _SLUG.search(last) is not None or _ID.search(query) is not None or "opendocument" in query.lower()


def _after_host(url: str) -> str:
    at = url.find("/", 8)
    return url[at:] if at != -1 else ""


def _candidates(links: Iterable[Link]) -> list[_Candidate]:
    found: dict[str, _Candidate] = {}
    for link in links:
        candidate = found.setdefault(link.url, _Candidate(link.url))
        # A picture and a title lead to one announcement: the title is its label, and its place the announcement's.
        if len(link.label) > len(candidate.label):
            candidate.label = link.label
            candidate.elements.insert(0, link.element)
        else:
            candidate.elements.append(link.element)
    return list(found.values())


def _accepted(groups: Sequence[Sequence[_Candidate]]) -> list[_Candidate]:
    """The groups that hold announcements. Where some bear dates, those without must have addresses like theirs."""
    dated = [group for group in groups if _share(group, "dated") >= 0.5 and (_share(group, "is_titled") >= 0.4 or _alike(group))]
    if dated:
        kinds = {_kind(each.url) for group in dated for each in group}
        also = [
            group
            for group in groups
            if group not in dated and _share(group, "is_titled") >= 0.5 and all(_kind(each.url) in kinds for each in group)
        ]
        return [each for group in (*dated, *also) for each in group]
    titled = [group for group in groups if len(group) >= 2 and _share(group, "is_titled") >= 0.5]
    return [each for group in titled if len(group) >= 3 or _alike(group) for each in group]


def _share(group: Sequence[_Candidate], quality: str) -> float:
    return sum(bool(getattr(each, quality)) for each in group) / len(group)


def _alike(group: Sequence[_Candidate]) -> bool:
    return sum(is_article_like(each.url) for each in group) >= len(group) / 2


def _shape(url: str) -> str:
    """What addresses of one kind share: folder, extension, names of parameters, whether a number ends the slug."""
    folder, _, last = _after_host(url).partition("?")[0].rstrip("/").rpartition("/")
    return f"{folder.partition('/')[2].partition('/')[0]}|{_kind(url)}|{bool(re.search(r'[0-9]{2,}', last))}"


def _kind(url: str) -> str:
    path, _, query = _after_host(url).partition("?")
    match = _EXTENSION.search(path)
    names = ",".join(sorted(pair.partition("=")[0].lower() for pair in query.split("&")))
    return f"{path.rstrip('/').count('/')}|{match[0] if match else ''}|{names}"


def _signature(element: etree._Element) -> str:
    """Where a link stands: the elements around it with their classes, without what tells the first row from the second."""
    names = []
    for each, _ in zip(element.iterancestors(), range(_SIGNATURE_LEVELS), strict=False):
        classes = sorted(word for word in str(each.get("class") or "").split() if not _VARIANT.search(word))
        names.append(".".join([str(each.tag), *classes]))
    return " ".join(names)


def _note_dates(candidates: Sequence[_Candidate]) -> None:
    """Mark the candidates with a date beside them: in the largest block around that holds no other's title."""
    owners: dict[etree._Element, str] = {}
    for candidate in candidates:
        if candidate.is_titled:
            for each, _ in zip(candidate.elements[0].iterancestors(), range(_BLOCK_LEVELS), strict=False):
                owners[each] = candidate.url if owners.get(each, candidate.url) == candidate.url else ""
    for candidate in candidates:
        candidate.dated = _is_dated(candidate, owners)


def _is_dated(candidate: _Candidate, owners: dict[etree._Element, str]) -> bool:
    block = candidate.elements[0]
    for each, _ in zip(block.iterancestors(), range(_BLOCK_LEVELS), strict=False):
        if owners.get(each, candidate.url) != candidate.url or each.tag in ("body", "form", "table", "tbody"):
            break
        if not candidate.is_titled and each not in owners and each.tag in ("li", "tr", "p", "article"):
            block = each
            break
        block = each
    return _DATE.search(_text(block)) is not None or any(True for _ in block.iter("time"))


def _text(block: etree._Element) -> str:
    pieces, length = [], 0
    for piece in block.itertext():
        pieces.append(str(piece))
        length += len(piece)
        if length > _BLOCK_CHARACTERS:
            break
    return " ".join(pieces)


class _Regions:
    """Which elements stand in a menu, a footer, a pager: asked once for each element."""

    def __init__(self) -> None:
        self._known: dict[etree._Element, bool] = {}

    def is_menu(self, element: etree._Element) -> bool:
        path: list[etree._Element] = []
        each: etree._Element | None = element
        answer = False
        while each is not None:
            known = self._known.get(each)
            if known is not None:
                answer = known
                break
            path.append(each)
            if _is_menu(each):
                answer = True
                break
            each = each.getparent()
        self._known.update(dict.fromkeys(path, answer))
        return answer


def _is_menu(element: etree._Element) -> bool:
    if element.tag in ("nav", "footer"):
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if (
        element.tag != "body"
        and named != " "
        and (_MENU.search(named) or element.get("role") in ("navigation", "menubar", "menu"))
    ):
        return True
    if element.tag == "header" or _TOP.search(named):
        return not any(each.tag in ("article", "li", "section") for each in element.iterancestors())
    return False


def regions() -> _Regions:
    """A fresh memory of the menus of one page."""
    return _Regions()
