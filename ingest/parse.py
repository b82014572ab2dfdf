"""Bytes of a page → a reading: which layout it has, what stands in each field, and how sure that is.

A portal's own layouts are tried first, then the platforms, then the generic reader. A field that no selector gives is
looked for by rule, with less confidence; what is not found stays empty. How bytes become text is `decode`'s, how a body
becomes blocks `clean`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bs4 import BeautifulSoup, Tag

from archive.dates import ZONE, find_dates, read_date
from archive.records import FieldOrigin, ReadDate, Reading
from ingest import byline as bylines
from ingest import generic
from ingest.clean import Block, absolute, blocks_of, lines_of, one_line, text_of
from ingest.decode import Decoded, decode, is_binary
from ingest.elements import Elements
from ingest.errors import NotReadable
from ingest.facts import find_attachments, read_facts
from ingest.platforms import PLATFORMS
from ingest.portal import Layout, Portal
from ingest.reuse import lines_of_images, read_reuse

_IS_PAGE = re.compile(r"text/html|application/xhtml|text/plain|text/xml|application/xml|application/octet-stream", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:!doctype\s+html|[a-zA-Z][a-zA-Z0-9]*[\s>/])", re.IGNORECASE)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.IGNORECASE | re.DOTALL
)
_MAX_TAGS = 100_000
_MAX_DEPTH = 400
_DAMAGED = 0.8
_PORTAL_SURE, _PLATFORM_SURE = 0.98, 0.92


def read(body: bytes, url: str, content_type: str | None, portal: Portal | None, captured_at: datetime | None = None) -> Reading:
    """The reading of the page that `body` holds. `portal`: the one that `url` belongs to, if any; `captured_at` decides which of
    its layouts may be tried.

    Raises `NotReadable`: `not_html`, `empty`, `script_only` (its text would be drawn by a script), `no_title`.
    """
    decoded = _decoded(body, url, content_type)
    soup, elements, whole = _soup(decoded.text)
    page = _Page(soup, elements, url, _base(elements, url), portal)
    day = captured_at.astimezone(ZONE).date() if captured_at else None
    layouts = [
        *((entry, _PORTAL_SURE) for entry in (portal.layouts if portal else ()) if entry.is_valid_at(day)),
        *((entry, _PLATFORM_SURE) for entry in PLATFORMS),
    ]
    for layout, sure in layouts:
        if elements.select(layout.recognise) and page.read_layout(layout, sure):
            break
    else:
        page.read_generic(decoded.text)
    reading = page.reading(decoded.text)
    return reading if decoded.sound and whole else _less_sure(reading)


def _decoded(body: bytes, url: str, content_type: str | None) -> Decoded:
    if not body.strip():
        raise NotReadable("empty", url, f"{url}: the page is empty; fetch it again later")
    if is_binary(body) or (content_type and not _IS_PAGE.match(content_type.strip())):
        raise NotReadable(
            "not_html", url, f"{url}: not a web page ({content_type or 'unlabelled'}); ingest the page that links to it"
        )
    decoded = decode(body, content_type)
    if not decoded.text.strip():
        raise NotReadable("empty", url, f"{url}: the page is empty; fetch it again later")
    if _MARKUP.search(decoded.text) is None or _FEED.match(decoded.text):
        raise NotReadable("not_html", url, f"{url}: a text or feed, not a web page; give a feed to `crawl` as a portal's")
    return decoded


def _less_sure(reading: Reading) -> Reading:
    return replace(
        reading, fields=tuple(replace(entry, confidence=round(entry.confidence * _DAMAGED, 3)) for entry in reading.fields)
    )


_HEAVY = re.compile(r"</?(?!(?:p|br|h[1-6]|title|head|body|html|meta|base|script|style|a|img|td|tr)\b)[a-zA-Z][^<>]*>")


def _soup(markup: str) -> tuple[BeautifulSoup, Elements, bool]:
    """The tree of `markup`, and whether it is whole: pages with absurdly many or deep elements are thinned out first,
    because time and depth must stay bounded (an element costs about 8 µs, a selector walks up to the root).
    """
    whole = True
    if markup.count("<") > 2 * _MAX_TAGS:
        whole = False
        markup = _cut(_HEAVY.sub(" ", markup))
    soup = _made(markup)
    elements = Elements(soup)
    if elements.depth > _MAX_DEPTH:
        whole = False
        soup = _made(_cut(_HEAVY.sub(" ", markup)))
        elements = Elements(soup)
    return soup, elements, whole


def _made(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "lxml", multi_valued_attributes=None)


def _cut(markup: str) -> str:
    if markup.count("<") <= 2 * _MAX_TAGS:
        return markup
    position = -1
    for _ in range(2 * _MAX_TAGS):
        position = markup.find("<", position + 1)
    return markup[:position]


def _base(elements: Elements, url: str) -> str:
    declared = elements.base.get("href") if elements.base is not None else None
    return (absolute(str(declared), url) if declared else None) or url


@dataclass(slots=True)
class _Page:
    """A page while it is read: the fields found so far, each with its origin."""

    soup: BeautifulSoup
    elements: Elements
    url: str
    base: str
    portal: Portal | None
    platform: str = "generic"
    sure: float = 0.6
    title: str = ""
    summary: str | None = None
    byline: str | None = None
    source: str | None = None
    published: ReadDate | None = None
    category: str | None = None
    body: Tag | None = None
    title_element: Tag | None = None
    drop: tuple[str, ...] = ()
    origins: dict[str, FieldOrigin] = field(default_factory=dict)

    @property
    def _site(self) -> str:
        return self.portal.title if self.portal else ""

    def found(self, name: str, origin: str, confidence: float, raw: str | None = None) -> None:
        self.origins[name] = FieldOrigin(name, origin, round(confidence, 3), raw)

    def read_layout(self, layout: Layout, sure: float) -> bool:
        """Read by `layout`; False, with nothing read, where its body is not on the page."""
        body = _first(self.elements, layout.body) or next(iter(self.elements.select(layout.body)), None)
        if body is None:
            return False
        self.platform, self.sure, self.body, self.drop = layout.name, sure, body, layout.drop
        taken: list[Tag] = []
        self._select_title(layout, taken)
        self._select_date(layout, taken)
        for name, selector in (("summary", layout.summary), ("byline", layout.byline), ("category", layout.category)):
            element = _first(self.elements, selector)
            if element is None:
                continue
            raw = text_of(element)
            if name == "byline" and (source := bylines.source_in(raw)) is not None:
                name, value = "source", source
            else:
                value = bylines.of_element(raw) if name == "byline" else raw
            if value:
                setattr(self, name, value)
                self.found(name, f"selector:{selector}", sure, raw if raw != value else None)
                taken.append(element)
        self.found("text", f"selector:{layout.body}", sure)
        _take_out(taken, body)
        return True

    def _select_title(self, layout: Layout, taken: list[Tag]) -> None:
        element = _first(self.elements, layout.title)
        if element is not None:
            self.title, self.title_element = text_of(element), element
            self.found("title", f"selector:{layout.title}", self.sure)
            taken.append(element)
            return
        self._generic_title(taken)

    def _generic_title(self, taken: list[Tag]) -> None:
        title = generic.find_title(self.soup, self.body, self._site)
        if title is None:
            return
        self.title, self.title_element = title.text, title.element
        self.found("title", f"rule:{title.rule}", title.confidence)
        if title.element is not None:
            taken.append(title.element)

    def _select_date(self, layout: Layout, taken: list[Tag]) -> None:
        for element in self.elements.select(layout.published)[:5] if layout.published else ():
            raw = text_of(element)
            if (value := read_date(raw)) is not None:
                self.published = value
                self.found("published", f"selector:{layout.published}", self.sure, raw)
                taken.append(element)
                return
        self._date_by_title()

    def _date_by_title(self) -> None:
        if self.title_element is not None and (near := generic.date_after(self.title_element)) is not None:
            self.published, raw = near
            self.found("published", "rule:date-after-title", 0.55, raw)

    def read_generic(self, markup: str) -> None:
        """Read by density; raises `NotReadable` where nothing on the page reads like an announcement."""
        self.body = generic.find_body(self.soup)
        taken: list[Tag] = []
        self._generic_title(taken)
        if self.body is None:
            raise self._no_text(markup)
        if self.title_element is not None:
            self.body = generic.find_body(self.soup, after=self.title_element) or self.body
        self._date_by_title()
        self.found("text", "rule:densest-text", 0.6)
        if (lead := generic.find_lead(self.title_element, self.body)) is not None:
            self.summary = text_of(lead)
            self.found("summary", "rule:lead-after-title", 0.5)
            taken.append(lead)
            if self.body not in lead.parents or lead.name not in ("p", "h2", "h3"):
                self.body = generic.find_body(self.soup, after=lead) or self.body
        _take_out(taken, self.body)
        _take_out([tag for tag in self.body.find_all(True) if generic.is_chrome(tag)], self.body)
        if self.title_element is not None and self.body in self.title_element.parents:
            _take_out(generic.before(self.title_element, self.body), self.body)

    def _no_text(self, markup: str) -> NotReadable:
        if re.search(r"<script|<noscript", markup, re.IGNORECASE):
            return NotReadable(
                "script_only",
                self.url,
                f"{self.url}: its text is drawn by a script, the page itself holds none; import it by hand",
            )
        return NotReadable("empty", self.url, f"{self.url}: no text that reads like an announcement; check the address")

    def reading(self, markup: str) -> Reading:
        """The fields put together; the body loses what stands in other fields."""
        if not self.title:
            raise NotReadable(
                "no_title", self.url, f"{self.url}: no title on the page, nor in its head; import it by hand with one"
            )
        body = self.body
        if body is None:
            raise self._no_text(markup)
        for selector in self.drop:
            _take_out(self.elements.select(selector), body)
        attachments = find_attachments(self.elements.links, body, self.base)
        blocks = self._bare(blocks_of(body, self.base))
        if not blocks and not attachments and self.summary is None:
            raise self._no_text(markup)
        body.extract()
        outside = lines_of(self.soup)
        blocks = self._read_byline(blocks, outside)
        reading = Reading(
            title=self.title,
            text="\n\n".join(block.text for block in blocks if block.text),
            html="\n".join(block.html for block in blocks),
            summary=self.summary,
            byline=self.byline,
            source=self.source,
            category=self.category,
            attachments=attachments,
            platform=self.platform,
        )
        if attachments:
            self.found("attachments", "rule:file-links", 0.9 if self.sure > 0.9 else 0.6)
        return self._with_facts(reading, blocks, outside)

    def _bare(self, blocks: Sequence[Block]) -> list[Block]:
        """`blocks` without a repetition of title, summary or date at their head."""
        kept = list(blocks)
        for _ in range(4):
            if not kept or kept[0].tag in ("table", "ul", "ol"):
                break
            line = one_line(kept[0].text)
            if not line or (line not in (self.title, self.summary) and not self._is_date_line(line)):
                break
            del kept[0]
        return kept

    def _is_date_line(self, line: str) -> bool:
        if self.published is None or len(line) > 80:
            return False
        dates = find_dates(line)
        if not dates or dates[0].date != self.published:
            return False
        return len(_BESIDE_DATE.sub("", line[: dates[0].start] + line[dates[0].end :])) < 15

    def _read_byline(self, blocks: list[Block], outside: Sequence[str]) -> list[Block]:
        """Author and source, where no selector gave them, from the end of the body or the lines outside it."""
        if self.byline is not None:
            last = one_line(blocks[-1].text) if blocks else ""
            blocks = blocks[:-1] if last and bylines.of_element(last) == self.byline else blocks
        names = [name for name in (self._site, self.category or "", self.title) if name]
        ending = bylines.read_ending(blocks, names)
        author, source = ending.get("byline"), ending.get("source")
        if source is not None and self.source is None:
            self.source = source.value
            self.found("source", f"rule:{source.rule}", source.confidence, source.raw)
        if author is not None and self.byline is None:
            self.byline = author.value
            self.found("byline", f"rule:{author.rule}", author.confidence, author.raw)
        elif author is not None:
            return blocks
        blocks = list(ending.rest)
        for line in outside:
            if len(line) < 100 and (match := _PAGE_AUTHOR.fullmatch(line)):
                name = match["name"].rstrip(" .,;")
                if line.casefold().startswith("nguồn") and self.source is None:
                    self.source = name
                    self.found("source", "rule:source-label-on-page", 0.8, line)
                elif not line.casefold().startswith("nguồn") and self.byline is None:
                    self.byline = name
                    self.found("byline", "rule:byline-label-on-page", 0.8, line)
        return blocks

    def _with_facts(self, reading: Reading, blocks: Sequence[Block], outside: Sequence[str]) -> Reading:
        """`reading` with what the text itself tells, and the footer's terms."""
        reuse = read_reuse(outside)
        if (reuse is None or reuse[0].wording is None) and (drawn := lines_of_images(self.soup)):
            reuse = read_reuse([*outside, *drawn], "rule:footer-images")
        terms = reuse[0] if reuse else None
        facts = read_facts(reading.title, reading.summary, blocks, self._site, terms)
        if self.published is None and facts.dated is not None:
            self.published = facts.dated
            self.found("published", "rule:letterhead-date", 0.5, facts.dated.raw)
        return replace(
            reading,
            published=self.published,
            number=facts.number,
            kind=facts.kind,
            issuer=facts.issuer,
            issued=facts.issued,
            place=facts.place,
            signer=facts.signer,
            signer_office=facts.signer_office,
            bases=facts.bases,
            mentions=facts.mentions,
            language=facts.language,
            reuse=terms,
            fields=(*self.origins.values(), *facts.origins, *((reuse[1],) if reuse else ())),
        )


_BESIDE_DATE = re.compile(
    r"(?:ngày|cập nhật|đăng|tạo|xuất bản|lúc|lượt xem|lượt đọc|đã xem|số lần xem|xem|views?|\d[\d.,]*|[\W_])+", re.IGNORECASE
)
_PAGE_AUTHOR = re.compile(r"(?:tác giả(?: bài viết)?|người viết|nguồn tin)\s*:\s*(?P<name>\S.{0,80})", re.IGNORECASE)


def _first(elements: Elements, selector: str) -> Tag | None:
    """The first element that matches and holds text."""
    if not selector:
        return None
    for tag in elements.select(selector)[:8]:
        if any(True for _ in lines_of(tag)):
            return tag
    return None


def _take_out(elements: Iterable[Tag], body: Tag) -> None:
    """Take `elements` out of `body`; those elsewhere, and those that hold the body, stay."""
    for element in elements:
        if element is not body and body in element.parents:
            element.extract()
