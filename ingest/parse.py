"""Bytes of a page → a reading: the tree is built, a layout chosen, the fields put together.

A portal's own layouts are tried first, then the platforms, then the generic reader (`choosing`, `page`). A field that no
selector gives is looked for by rule, with less confidence; what is not found stays empty. How bytes become text is `decode`'s,
how a body becomes blocks `clean`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from archive.dates import ZONE, find_dates
from archive.numbers import kind_of
from archive.records import FieldOrigin, ReadDate, Reading
from ingest import byline as bylines
from ingest.attached import find_files
from ingest.characters import one_line
from ingest.choosing import candidates
from ingest.clean import Block, absolute, blocks_of
from ingest.decode import Decoded, decode, is_binary
from ingest.edges import bare
from ingest.elements import Elements
from ingest.errors import NotReadable
from ingest.facts import read_facts
from ingest.figures import put_together
from ingest.labels import labelled
from ingest.page import Page
from ingest.page_kind import is_list, refuse_what_is_none
from ingest.platforms import PLATFORMS
from ingest.portal import Layout, Portal
from ingest.reuse import lines_of_images, read_reuse
from ingest.tree import grow, lines_of
from ingest.values import VALUES, parts_of

_IS_PAGE = re.compile(r"text/html|application/xhtml|text/plain|text/xml|application/xml|application/octet-stream", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:!doctype\s+html|[a-zA-Z][a-zA-Z0-9]*[\s>/])", re.IGNORECASE)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.IGNORECASE | re.DOTALL
)
_DAMAGED = 0.8


def read(
    body: bytes,
    url: str,
    content_type: str | None,
    portal: Portal | None,
    captured_at: datetime | None = None,
    *,
    platforms: Sequence[Layout] = PLATFORMS,
) -> Reading:
    """The reading of the page that `body` holds. `portal`: the one that `url` belongs to, if any; `captured_at` decides which of
    its layouts may be tried. Without `platforms`, and a portal without layouts, the generic reader reads alone.

    Raises `NotReadable`: `not_html`, `empty`, `script_only` (its text would be drawn by a script), `no_title`.
    """
    decoded = _decoded(body, url, content_type)
    try:
        root, whole = grow(decoded.text)
    except ValueError:
        raise NotReadable("empty", url, f"{url}: no markup that can be read; check the address") from None
    elements = Elements(root)
    refuse_what_is_none(elements, decoded.text, url)
    page = Page(elements, url, _base(elements, url), portal)
    day = captured_at.astimezone(ZONE).date() if captured_at else None
    for candidate in candidates(portal, day, platforms):
        if candidate.is_on(elements) and page.read_layout(candidate):
            break
    else:
        if not page.read_generic():
            raise _no_text(url, decoded.text)
        if page.body is not None and is_list(page.body):
            raise NotReadable("list", url, f"{url}: a list of announcements, not one; name it among the portal's lists")
    reading = _reading(page, decoded.text)
    if reading.language == "en" and reading.published is not None:
        reading = _month_first(reading, reading.published, day)
    return reading if decoded.sound and whole else _less_sure(reading)


def _month_first(reading: Reading, published: ReadDate, captured: date | None) -> Reading:
    """`reading` of an English page with its date read month first, unsure, where day first it lies after the capture or the text
    itself dates the other.
    """
    written = _FIGURES.search(published.raw)
    if written is None or published.value[5:10] != f"{int(written[2]):02}-{int(written[1]):02}" or int(written[1]) > 12:
        return reading
    turned = f"{written[3]}-{int(written[1]):02}-{int(written[2]):02}"
    late = captured is not None and published.value[:10] > captured.isoformat() >= turned
    head = " ".join((reading.title, reading.summary or "", reading.text[:_DATELINE]))
    said = {found.date.value[:10] for found in find_dates(head) if _FIGURES.search(found.date.raw) is None}
    if not (late or (_near(turned, said) and not _near(published.value[:10], said) and said)):
        return reading
    value = ReadDate(turned + published.value[10:], published.precision, published.raw)
    fields = tuple(replace(each, confidence=_TURNED) if each.name == "published" else each for each in reading.fields)
    return replace(reading, published=value, fields=fields)


def _near(day: str, said: Collection[str]) -> bool:
    """Whether `day` is one of those said, or stands within a week of one: news are put up some days after."""
    at = date.fromisoformat(day)
    return any(len(other) == 10 and abs((at - date.fromisoformat(other)).days) <= _DAYS_AFTER for other in said)


_FIGURES = re.compile(r"(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})(?!\d)")
_DATELINE, _DAYS_AFTER, _TURNED = 1500, 7, 0.5


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


def _base(elements: Elements, url: str) -> str:
    declared = elements.base.get("href") if elements.base is not None else None
    return (absolute(str(declared), url) if declared else None) or url


def _no_text(url: str, markup: str) -> NotReadable:
    if re.search(r"<script|<noscript", markup, re.IGNORECASE):
        return NotReadable(
            "script_only", url, f"{url}: its text is drawn by a script, the page itself holds none; import it by hand"
        )
    return NotReadable("empty", url, f"{url}: no text that reads like an announcement; check the address")


def _reading(page: Page, markup: str) -> Reading:
    """The fields put together; the body loses what stands in other fields."""
    if not page.title:
        raise NotReadable("no_title", page.url, f"{page.url}: no title on the page, nor in its head; import it by hand with one")
    body = page.body
    if body is None:
        raise _no_text(page.url, markup)
    put_together(body)
    attachments = find_files(page.elements, body, page.files, page.base)
    whole = blocks_of(body, page.base)
    blocks = bare(whole, page.title, page.summary, page.published)
    if not blocks and not attachments and page.summary is None:
        raise _no_text(page.url, markup)
    outside = [*lines_of(page.elements.root, without=(body,)), *page.beside]
    left = frozenset(map(id, blocks))
    outside += [one_line(line) for block in whole if id(block) not in left for line in block.text.split("\n") if line.strip()]
    blocks = _read_byline(page, blocks, outside)
    reading = Reading(
        title=page.title,
        text="\n\n".join(block.text for block in blocks if block.text),
        html="\n".join(block.html for block in blocks),
        summary=page.summary,
        byline=page.byline,
        category=page.category,
        source=page.source,
        attachments=attachments,
        platform=page.platform,
    )
    if attachments:
        page.found("attachments", "rule:file-links", 0.9 if page.sure > 0.9 else 0.6)
    return _with_facts(page, reading, blocks, outside)


def _read_byline(page: Page, blocks: list[Block], outside: Sequence[str]) -> list[Block]:
    """Author and source, where no selector gave them, from the end of the text or lines outside; the text loses their lines."""
    if page.byline is not None:
        last = one_line(blocks[-1].text) if blocks else ""
        blocks = blocks[:-1] if last and bylines.of_element(last) == page.byline else blocks
    names = [name for name in (page.site, page.category or "", page.title) if name]
    ending = bylines.read_ending(blocks, names)
    author, source = ending.get("byline"), ending.get("source")
    if source is not None and page.source is None:
        page.source = source.value
        page.found("source", f"rule:{source.rule}", source.confidence, source.raw)
    if author is not None and page.byline is None:
        page.byline = author.value
        page.found("byline", f"rule:{author.rule}", author.confidence, author.raw)
    elif author is not None:
        return blocks
    _read_labels(page, outside)
    return list(ending.rest)


def _read_labels(page: Page, outside: Sequence[str]) -> None:
    """Author and source where a line outside the text says whose it is."""
    for place, line in enumerate(outside):
        if len(line) >= _MOST_LABELLED or (":" not in line and "bởi" not in line.lower() and "by" not in line.lower()):
            continue
        for part in parts_of(line):
            name, value = labelled(part)
            if name in ("byline", "source", "category") and not value and part == line and place + 1 < len(outside):
                following = outside[place + 1]
                value = following if len(following) <= 80 and labelled(following)[0] is None else ""
            held = page.origins.get(name or "")
            open_to = name in _BY_LABEL and (getattr(page, name) is None or (held and held.origin == "rule:heading-above"))
            if name in _BY_LABEL and value and open_to and (found := VALUES[name](value.rstrip(" .,;"))):
                setattr(page, name, found)
                page.found(name, f"rule:{name}-label-on-page", 0.7 if name == "category" else 0.8, line)


_MOST_LABELLED = 160
_BY_LABEL = ("byline", "source", "category")


def _with_facts(page: Page, reading: Reading, blocks: Sequence[Block], outside: Sequence[str]) -> Reading:
    """`reading` with what the text itself tells, and the footer's terms. What the page says in a place of its own goes before."""
    reuse = read_reuse(outside)
    if (reuse is None or reuse[0].wording is None) and (drawn := lines_of_images(page.elements.root)):
        reuse = read_reuse([*outside, *drawn], "rule:footer-images")
    terms = reuse[0] if reuse else None
    facts = read_facts(reading.title, reading.summary, blocks, page.site, terms)
    dated = facts.dated or page.issued
    if page.published is None and dated is not None:
        page.published = dated
        page.found("published", "rule:letterhead-date", 0.5, dated.raw)
    kind = kind_of(page.number) if page.number else None
    if kind is not None and page.number is not None:
        page.found("kind", "rule:kind-of-number", 0.9, page.number)
    origins: dict[str, FieldOrigin] = {entry.name: entry for entry in facts.origins} | page.origins
    return replace(
        reading,
        published=page.published,
        number=page.number or facts.number,
        kind=kind or page.kind or facts.kind,
        issuer=page.issuer or facts.issuer,
        issued=page.issued or facts.issued,
        place=facts.place,
        signer=page.signer or facts.signer,
        signer_office=facts.signer_office,
        bases=facts.bases,
        mentions=tuple(mention for mention in facts.mentions if mention.number != page.number),
        language=facts.language,
        reuse=terms,
        fields=(*origins.values(), *((reuse[1],) if reuse else ())),
    )
