"""A page while it is read: the fields found so far, each with its origin, and how a layout's selectors find them.

What a selector matches is no value yet: a date is no title, what is labelled as another field's is not this one's, an account
of the publishing system is no author, and what holds the body is not a field of it. Reading without a layout is `generic`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from lxml import etree

from archive.dates import read_date
from archive.records import FieldOrigin, ReadDate
from ingest import generic, headline, sections
from ingest.attached import files_below
from ingest.choosing import Candidate, places
from ingest.dress import is_chrome, not_of
from ingest.elements import Elements
from ingest.file_links import leads_to_file
from ingest.labels import labelled, labelled_element, read_rows
from ingest.portal import Portal
from ingest.tree import HEADINGS, Element, events, holds, lines_of, take_out, text_of
from ingest.usual import USUAL, usual_places
from ingest.values import VALUES, attribute_date, date_in, is_date_line, own_words, plain, source_of

_MATCHES = 12
"""Of what one selector matches, so many are looked at."""
_HEAD_TEXT = 400
"""A title, a date, a section and a lead may stand before an element of a body's head, in characters."""
_HEAD_PARTS = 2000
"""What so many elements and texts stand before in a body, stands in its text."""
_TITLE_BOXES = 4
_BESIDE_TABLE = 100
_LONG_BODY = 500
_OPENING = 60
"""So many characters may stand in a body before its lead."""
_NO_LEAD = re.compile(
    r"kính gửi|căn cứ|v/v|về việc|số\s*:|điều \d|[IVX\d]+[.)]|[-–•+*]|cộng h[oò]à?|đảng cộng sản|.*[:;]\Z",
    re.IGNORECASE | re.DOTALL,
)
"""How a document begins, a list or a letterhead, however bold it is set; a lead does not."""
_NO_LEADS = ("figure", "figcaption", "ul", "ol", "table", "nav", "footer", "aside")
_USUAL_SURE = 0.75
_CRUMB_SURE, _ROW_SURE, _ATTRIBUTE_SURE = 0.85, 0.9, 0.85


@dataclass(slots=True)
class Page:
    """A page while it is read: the fields found so far, each with its origin."""

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
    category: str | None = None
    number: str | None = None
    issuer: str | None = None
    signer: str | None = None
    kind: str | None = None
    published: ReadDate | None = None
    issued: ReadDate | None = None
    body: Element | None = None
    title_element: Element | None = None
    files: list[Element] = field(default_factory=list)
    """Elements outside the body that offer files."""
    beside: list[str] = field(default_factory=list)
    """Lines of what stood in the body and is the site's."""
    origins: dict[str, FieldOrigin] = field(default_factory=dict)
    _taken: list[Element] = field(default_factory=list)

    @property
    def site(self) -> str:
        """How the portal names itself; empty where none is known."""
        return self.portal.title if self.portal else ""

    def found(self, name: str, origin: str, confidence: float, raw: str | None = None) -> None:
        """Note where field `name` came from."""
        self.origins[name] = FieldOrigin(name, origin, round(confidence, 3), raw)

    def read_layout(self, candidate: Candidate) -> bool:
        """Read by a layout; False, with nothing read, where its body is not on the page."""
        layout = candidate.layout
        found = _body(self.elements, places(layout.body))
        if found is None:
            return False
        self.body, selector = found
        self.platform, self.sure = layout.name, candidate.sure_of("body")
        self.found("text", candidate.origin_of("body", selector), self.sure)
        self._select_title(candidate)
        self._select_dates(candidate)
        self._select_words(candidate)
        for where in places(layout.rows):
            for table in self.elements.select(where)[:_MATCHES]:
                self._read_rows(table, candidate.origin_of("rows", where))
        if not self.title:
            self.generic_title()
        self._below_section()
        self._widen(candidate)
        self._read_usual()
        if self.category is None:
            self._last_crumb(candidate)
        self._section(0.65)
        if self.published is None:
            self.date_by_title()
        self._lead()
        self.files = [tag for where in places(layout.files) for tag in self.elements.select(where)] + files_below(self.body)
        for where in layout.drop:
            self.take_out(self.elements.select(where))
        # Out of a cell or an item nothing is taken: its label would stay behind.
        self.take_out(tag for tag in self._taken if not _is_labelled_cell(tag, self.body))
        self._undress(sure=True)
        self.body = _boxed(self.body)
        return True

    def read_generic(self) -> bool:
        """Read by density; False where nothing on the page reads like an announcement."""
        self.body = generic.find_body(self.elements)
        self.generic_title()
        if self.title_element is not None:
            self._narrow(self.title_element)
        if self.body is None or self._is_drawn_by_script(self.body):
            return False
        self._read_usual(("published", "byline", "source", "category"))
        if self.published is None:
            self.date_by_title()
        self.found("text", "rule:densest-text", 0.6)
        if (lead := headline.find_lead(self.title_element, self.body)) is not None:
            self.summary = text_of(lead)
            self.found("summary", "rule:lead-after-title", 0.5)
            self._taken.append(lead)
            if not holds(lead, self.body) or lead.tag not in ("p", "h2", "h3"):
                self._narrow(lead)
        self._section(0.5)
        above = []
        if self.title_element is not None and holds(self.body, self.title_element):
            above = generic.before(self.title_element, self.body)
        self.files = files_below(self.body)
        self.take_out([*self._taken, *above])
        self._undress(sure=False)
        return True

    def _is_drawn_by_script(self, body: Element) -> bool:
        doubtful = self.title_element is None or generic.has_empty_place(self.elements)
        return bool(self.title) and doubtful and generic.is_drawn_by_script(self.elements, self.title, body)

    def generic_title(self) -> None:
        """The title by rule; what stands under the text, as a signature does, is none."""
        title = headline.find_title(self.elements, self.body, self.site)
        if title is not None and title.element is not None and self._is_below_text(title.element):
            title = headline.find_title(self.elements, self.body, self.site, (title.element,)) or title
        if title is None or (title.element is not None and self._is_below_text(title.element)):
            return
        self.title, self.title_element = title.text, title.element
        self.found("title", f"rule:{title.rule}", title.confidence)
        if title.element is not None:
            self._taken.append(title.element)

    def _is_below_text(self, title: Element) -> bool:
        """Whether the greater part of a long body stands before `title`."""
        if self.body is None or not holds(self.body, title):
            return False
        whole = len(text_of(self.body))
        return whole > _LONG_BODY and self._text_before(title, max(_HEAD_TEXT, int(whole * 0.6)))

    def date_by_title(self) -> None:
        """The date by rule, around the title."""
        near = None
        if self.title_element is not None:
            near = headline.find_date(self.elements, self.title_element, self.body)
        if near is not None and (self.issued is None or near.date.value != self.issued.value):
            self.published = near.date
            self.found("published", f"rule:{near.rule}", near.confidence, near.raw)

    def _narrow(self, after: Element) -> None:
        """Look for the body again in what follows `after`, title or summary."""
        body = generic.find_body(self.elements, after=after)
        if body is None or (self.body is not None and _is_list_of_files(body, beside=self.body)):
            return
        self.body = body

    def _undress(self, sure: bool) -> None:
        """Take what is the site's out of the body; `sure`: a layout named it."""
        if self.body is not None:
            dress = not_of(self.body, sure)
            self.beside += [line for part in dress for line in lines_of(part)]
            take_out(dress, self.body)

    def take_out(self, elements: Iterable[Element]) -> None:
        """Take `elements` out of the body; those elsewhere, and those that hold the body, stay."""
        if self.body is not None:
            take_out(list(elements), self.body)

    def _places(self, candidate: Candidate, name: str) -> Iterator[tuple[Element, str]]:
        """Where the layout has field `name`, best first, with the selector; nothing that holds the body."""
        for selector in places(getattr(candidate.layout, name)):
            for tag in self.elements.select(selector)[:_MATCHES]:
                if self.body is not None and tag is not self.body and not holds(tag, self.body):
                    yield tag, selector

    def _widen(self, candidate: Candidate) -> None:
        """Where the body is no more than the table of what a document is, or its files, and text stands beside it: that."""
        tables = [table for where in places(candidate.layout.rows) for table in self.elements.select(where)]
        if self.body is None or self.title_element is None:
            return
        if not any(self.body is table for table in tables) and not _is_of_files(self.body):
            return
        wider = generic.find_body(self.elements, after=self.title_element)
        if wider is None or len(text_of(wider)) < _BESIDE_TABLE + len(text_of(self.body)):
            return
        self.body = wider
        self.found("text", "rule:densest-text", 0.7)
        if holds(wider, self.title_element):
            self._taken += generic.before(self.title_element, wider)

    def _read_usual(self, names: Iterable[str] = tuple(USUAL)) -> None:
        """What nothing said better and a class around the article calls by its name."""
        for name in names:
            if getattr(self, name) is not None or self.title_element is None or self.body is None:
                continue
            for tag in usual_places(self.elements, name, self.title_element, self.body)[:_MATCHES]:
                if tag is self.body or holds(tag, self.body):
                    continue
                if name not in ("byline", "source") and self._is_text(tag):
                    continue
                raw, (label, words) = text_of(tag), labelled_element(tag)
                if name == "published" and label in (None, "published") and len(raw) <= 80 and (date := read_date(words)):
                    self.published = date
                    self.found(name, "rule:named-by-class", _USUAL_SURE, raw)
                elif name == "published" or not self._takes(name, raw, (label, words), "rule:named-by-class", _USUAL_SURE):
                    continue
                self._taken.append(tag)
                break

    def _lead(self) -> None:
        """The lead by rule, where no place of its own has it: a passage before the body, or its first paragraph set in bold."""
        if self.summary is not None or self.title_element is None or self.body is None:
            return
        order = self.elements.order
        if order[self.title_element] > order[self.body] and not holds(self.body, self.title_element):
            return
        lead = headline.find_lead(self.title_element, _unwrapped(self.body))
        if lead is None or lead.tag in _NO_LEADS or next(lead.iterancestors(*_NO_LEADS), None) is not None:
            return
        words = text_of(lead)
        if any(lead is tag for tag in self._taken) or self._text_before(lead, _OPENING) or _begins_document(words):
            return
        self.summary = words
        self.found("summary", "rule:lead-after-title", 0.5)
        self._taken.append(lead)

    def _is_text(self, tag: Element) -> bool:
        """Whether `tag` stands inside the body with text before it, where it is as likely part of the text as a field."""
        return self._text_before(tag, _HEAD_TEXT)

    def _is_headers(self, tag: Element, own: bool) -> bool:
        """Whether a date stands so far above the title that it may be the header's clock; a portal's own selector means it."""
        if own or self.title_element is None or self.elements.order[tag] >= self.elements.order[self.title_element]:
            return False
        boxes = (
            box for box in islice(self.title_element.iterancestors(), _TITLE_BOXES) if box.tag not in ("body", "html", "form")
        )
        return not any(holds(box, tag) for box in boxes)

    def _text_before(self, tag: Element, most: int) -> bool:
        """Whether more than `most` characters stand in the body before `tag`, taken ones apart; not where it stands elsewhere."""
        if self.body is None or not holds(self.body, tag):
            return False
        before = 0
        for place, (item, _) in enumerate(
            events(self.body, without=[taken for taken in self._taken if taken is not tag and not holds(taken, tag)])
        ):
            if item is tag:
                return False
            if place > _HEAD_PARTS:
                return True
            if isinstance(item, str):
                before += len(item.strip())
                if before > most:
                    return True
        return False

    def _select_title(self, candidate: Candidate) -> None:
        """A title stands before its body, rarely in it: there a heading is as likely the text's own."""
        inside: list[tuple[Element, str]] = []
        for tag, selector in self._places(candidate, "title"):
            if self._is_text(tag):
                inside.append((tag, selector))
            elif self._takes_title(tag, selector, candidate):
                return
        for tag, selector in inside:
            if self._takes_title(tag, selector, candidate):
                return

    def _below_section(self) -> None:
        """Where the title is a section's heading, the article's own stands below it."""
        if self.title_element is None or self.body is None or self.title_element.tag not in HEADINGS:
            return
        own = headline.heading_below(self.elements, self.title_element, self.body)
        if own is None or self._is_text(own):
            return
        if self.category is None:
            self.category = self.title
            self.found("category", "rule:heading-above", 0.65)
        self.title, self.title_element = text_of(own), own
        self.found("title", "rule:heading-below-section", 0.65)
        self._taken.append(own)

    def _takes_title(self, tag: Element, selector: str, candidate: Candidate) -> bool:
        name, value = labelled(own_words(tag))
        if not value or name not in (None, "title") or is_date_line(value):
            return False
        self.title, self.title_element = value, tag
        raw = text_of(tag)
        self.found("title", candidate.origin_of("title", selector), candidate.sure_of("title"), raw if raw != value else None)
        self._taken.append(tag)
        return True

    def _select_dates(self, candidate: Candidate) -> None:
        for name in ("published", "issued"):
            for tag, selector in self._places(candidate, name):
                raw = text_of(tag)
                label, words = labelled_element(tag)
                if label in ("modified", "views") or (label is not None and (label == "issued") is not (name == "issued")):
                    continue
                if (self._is_text(tag) and not is_date_line(words)) or self._is_headers(tag, candidate.owns(name)):
                    continue
                value, sure = date_in(words) or date_in(raw), candidate.sure_of(name)
                if value is None and (value := attribute_date(tag, raw)) is not None:
                    sure = min(sure, _ATTRIBUTE_SURE)
                if value is not None:
                    setattr(self, name, value)
                    self.found(name, candidate.origin_of(name, selector), sure, raw or None)
                    self._taken.append(tag)
                    break

    def _select_words(self, candidate: Candidate) -> None:
        for name in ("summary", "byline", "source", "category", "number", "issuer", "signer"):
            for tag, selector in self._places(candidate, name):
                if any(tag is taken or holds(tag, taken) or holds(taken, tag) for taken in self._taken):
                    continue
                raw, pair = text_of(tag), labelled_element(tag)
                if pair[0] is None and _is_weak(selector) and self._is_text(tag):
                    continue
                if self._takes(name, raw, pair, candidate.origin_of(name, selector), candidate.sure_of(name)):
                    self._taken.append(tag)
                    break

    def _takes(self, name: str, raw: str, pair: tuple[str | None, str], origin: str, sure: float) -> bool:
        """Whether the words of an element, as label and value, give field `name`. An author's place may name a source."""
        label, words = pair
        if name == "byline" and label in (None, "source") and (source := source_of(label, words)) is not None:
            name, label, words = "source", None, source
        if label not in (None, name) or not words or getattr(self, name) is not None:
            return False
        value = VALUES.get(name, plain)(words)
        if value is None or (name != "summary" and value == self.title):
            return False
        setattr(self, name, value)
        self.found(name, origin, sure, raw if raw != value else None)
        return True

    def _read_rows(self, table: Element, origin: str) -> None:
        for name, value, element in read_rows(table):
            if name == "title" and not self.title:
                self.title, self.title_element = value, element
                self.found("title", origin, _ROW_SURE)
            elif name in ("published", "issued") and getattr(self, name) is None and (date := read_date(value)) is not None:
                setattr(self, name, date)
                self.found(name, origin, _ROW_SURE, value)
            elif name in VALUES and name != "summary":
                self._takes(name, value, (name, value), origin, _ROW_SURE)

    def _section(self, sure: float) -> None:
        """The category by rule: the path to the page, then the heading above the article."""
        if self.category is not None:
            return
        found = sections.find_category(self.elements, self.title, self.site)
        if found is None and self.title_element is not None:
            found, sure = sections.heading_above(self.title_element, self.title, self.site), sure - 0.05
        if found is not None:
            self.category = found.name
            self.found("category", f"rule:{found.rule}", sure, found.raw if found.raw != found.name else None)

    def _last_crumb(self, candidate: Candidate) -> None:
        for selector in places(candidate.layout.crumbs):
            lines = [text_of(tag) for tag in self.elements.select(selector)[:_MATCHES]]
            steps = [
                step
                for line in lines
                for step in sections.parted(line)
                if sections.is_step(step, self.title, self.site) and not self._names_page(step)
            ]
            if steps:
                self.category = steps[-1]
                self.found("category", candidate.origin_of("crumbs", selector), _CRUMB_SURE)
                return

    def _names_page(self, step: str) -> bool:
        """Whether a crumb is the page's own: its title, cut short or not."""
        whole = step.rstrip(" .…")
        cut = len(whole) < len(step) or len(whole) > 0.6 * len(self.title)
        return bool(self.title) and cut and self.title.casefold().startswith(whole.casefold())


def _body(elements: Elements, selectors: Iterable[str]) -> tuple[Element, str] | None:
    """The body and its selector. A place that is there but empty ends the search: what else there is, is not the text that
    a script would have drawn in it.
    """
    for selector in selectors:
        tags = elements.select(selector)[:_MATCHES]
        shown = [tag for tag in tags if not any(is_chrome(parent) for parent in (tag, *tag.iterancestors()))] or tags
        if shown:
            best = shown[0] if len(shown) == 1 else max(shown, key=lambda tag: sum(map(len, lines_of(tag))))
            return best, selector
    return None


@lru_cache(maxsize=1024)
def _is_weak(selector: str) -> bool:
    """Whether a selector names an element by its kind or place alone, so that it may as well be one of the text."""
    last = (alternative.split()[-1] for alternative in selector.split(",") if alternative.strip())
    return any(re.fullmatch(r"[a-z0-9]*(?:\.(?:text-right|text-muted|h[1-6]))?", compound) for compound in last)


def _is_labelled_cell(tag: Element, body: Element) -> bool:
    """Whether `tag` stands in an item of a list within `body`, or in a cell with another beside it."""
    cell = next((outer for outer in (tag, *tag.iterancestors()) if outer.tag in ("td", "th", "li", "dd")), None)
    if cell is None or not holds(body, cell):
        return False
    if cell.tag == "li":
        return True
    row = cell.getparent()
    return row is not None and any(other is not cell and text_of(other) for other in row)


def _boxed(body: Element) -> Element:
    """`body`, or where it is a table a box around it: a body is read as what it holds, and a table's rows are nothing alone."""
    outer = body.getparent()
    if body.tag not in ("table", "ul", "ol", "dl") or outer is None:
        return body
    box = etree.Element("div")
    body.addprevious(box)
    box.tail, body.tail = body.tail, None
    box.append(body)
    return box


def _is_list_of_files(body: Element, beside: Element) -> bool:
    """Whether `body` is little more than links to files while a long text stands in `beside`."""
    if body is beside or holds(body, beside) or not _is_of_files(body):
        return False
    return len(text_of(beside)) - len(text_of(body)) > _LONG_BODY


def _is_of_files(body: Element) -> bool:
    """Whether nothing that reads like a sentence stands in `body` beside links to files."""
    links = [link for link in body.iter("a") if leads_to_file(link)]
    return bool(links) and not any(len(line) > _OPENING for line in lines_of(body, without=links))


def _begins_document(words: str) -> bool:
    """Whether `words` begin a document rather than lead into an article: by what they say, or in capitals."""
    return _NO_LEAD.match(words) is not None or " ".join(words.split()[:2]).isupper()


def _unwrapped(body: Element) -> Element:
    """The innermost element that alone holds all of a body."""
    while len(body) == 1 and body[0].tag in ("div", "section", "article"):
        if (body.text or "").strip() or (body[0].tail or "").strip():
            break
        body = body[0]
    return body
