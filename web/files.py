"""A kept file: what is known of it, the file itself to be saved, pictures of its pages, a scan as a searchable PDF."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import format_percent

from archive.errors import Damaged, NotFound
from archive.pages import KeptFile, Page, PageOrigin
from archive.records import Document
from web import clean, security, sessions
from web.asking import MAX_QUERY, plain
from web.errors import BadRequest, NotOffered
from web.file_facts import claims, said_facts
from web.file_names import ascii_name, download_name, shown_name
from web.file_words import encodings_in_words, file_state, format_in_words, origin_in_words, warning_in_words
from web.marking import Matching, beginning, matching
from web.services import Services

WIDTHS = (400, 800, 1200, 1800)
"""Pictures are made this many pixels wide, and no other."""
AT_ONCE = 40
"""Pages listed at a time."""
MOST_SEARCHED = 600
"""Pages of one file that are looked through for words."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST_DOCUMENTS = 20
_LAST_PAGE = 1_000_000
_DAY_S = 24 * 3600
_EXTENSIONS = {"jpeg": "jpg", "tiff": "tif"}
_IMAGES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page in the list of a file's pages."""

    n: int
    title: str | None
    first_words: str
    how: str
    """Where its text comes from, how sure that is."""
    ocr: bool


def find_file(services: Services, digest: str) -> KeptFile:
    """The file of that digest; raises NotFound, for what cannot be a digest too."""
    if not _DIGEST.fullmatch(digest):
        raise NotFound("file", digest)
    return services.catalog.files().file(digest)


def asked_words() -> str:
    """What the address asks to be marked."""
    return plain(request.args.get("q", "")[: MAX_QUERY * 5])[:MAX_QUERY]


def documents_of(services: Services, digest: str) -> list[Document]:
    """The documents that carry a file, the first of them."""
    ids = services.catalog.files().documents_of(digest)[:_MOST_DOCUMENTS]
    found = services.catalog.documents(ids)
    return [found[id] for id in ids if id in found]


def file(services: Services, digest: str) -> str:
    """`/tep/<digest>`: what is known of a file, and its pages; with `?q=` those that hold the words."""
    kept = find_file(services, digest)
    files = services.catalog.files()
    query, after = asked_words(), _after()
    capture = files.capture_of(digest)
    listed = [] if query else [_listed(page) for page in files.pages(digest, after=after, limit=AT_ONCE)]
    corrections = files.corrections(digest)
    reading = kept.reading
    return render_template(
        "file.html",
        file=kept,
        name=shown_name(kept.name),
        format=format_in_words(reading.format) if reading else None,
        state=file_state(kept),
        documents=documents_of(services, digest),
        capture=capture,
        source=clean.link(capture.url),
        handed_in=capture.kind == "resource",
        encodings=encodings_in_words(reading.detected) if reading else "",
        converted=reading.converted if reading else False,
        facts=said_facts(kept, corrections),
        claims=claims(kept),
        warnings=[warning_in_words(warning) for warning in (reading.warnings if reading else ())],
        members=[(shown_name(each.name), each) for each in (reading.members if reading else ())],
        pages=listed,
        more_after=after + AT_ONCE if after + AT_ONCE < kept.page_count else None,
        before=max(after - AT_ONCE, 0) if after else None,
        asked_words=query,
        matching=_matching(services, kept, query) if query else [],
        looked_through=min(kept.page_count, MOST_SEARCHED),
        scanned=any(page.ocr for page in listed) or bool(query and _is_scan(services, kept)),
        pictures=services.pictures is not None,
        archivist=sessions.archivist(services),
    )


def _matching(services: Services, kept: KeptFile, query: str) -> list[Matching]:
    texts = services.catalog.files().texts(kept.digest)[:MOST_SEARCHED]
    return list(matching(services, texts, query))


def _is_scan(services: Services, kept: KeptFile) -> bool:
    return any(page.origin == "ocr" for page in services.catalog.files().pages(kept.digest, limit=AT_ONCE))


def _listed(page: Page) -> ListedPage:
    return ListedPage(
        n=page.n,
        title=shown_name(page.title) if page.title else None,
        first_words=beginning(page.text),
        how=page_how(page.origin, page.encodings, page.confidence),
        ocr=page.origin == "ocr",
    )


def page_how(origin: PageOrigin, encodings: Sequence[str], confidence: float) -> str:
    """Where a page's text comes from and how sure that is; what stands in the file is not in doubt."""
    where = origin_in_words(origin, encodings)
    return where if origin == "text" else f"{where}, {format_percent(confidence)}"


def _after() -> int:
    value = request.args.get("sau", "0")
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise BadRequest("sau", plain(value[:80]))
    return int(value)


def original(services: Services, digest: str) -> Response:
    """`/tep/<digest>/goc`: the file, byte for byte, to be saved and not shown."""
    kept = find_file(services, digest)
    capture = services.catalog.files().capture_of(digest)
    body = services.warc.payload(capture).body
    if hashlib.sha256(body).hexdigest() != digest:
        raise Damaged(capture.file, capture.offset, "the record holds another file than the one that was kept")
    response = make_response(body)
    name = download_name(kept.name, _extension(kept, capture.url))
    return _to_be_saved(response, "application/octet-stream", name)


def _extension(kept: KeptFile, url: str) -> str:
    """By content where the format is known, else what the address ends in."""
    if kept.reading and kept.reading.format != "unknown":
        return _EXTENSIONS.get(kept.reading.format, kept.reading.format)
    suffix = PurePosixPath(unquote(urlsplit(url).path)).suffix.lstrip(".").lower()
    return suffix if suffix.isascii() and suffix.isalnum() and len(suffix) <= 5 else "bin"


def searchable(services: Services, digest: str) -> Response:
    """`/tep/<digest>/pdf`: a scan as a PDF whose text can be selected and searched."""
    kept = find_file(services, digest)
    if services.pictures is None:
        raise NotOffered("searchable")
    response = make_response(services.pictures.searchable(digest))
    return _to_be_saved(response, "application/pdf", download_name(f"{PurePosixPath(kept.name).stem} (OCR)", "pdf"))


def _to_be_saved(response: Response, mimetype: str, name: str) -> Response:
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name(name).replace(chr(34), '-')}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Cache-Control"] = "private, max-age=3600"
    return security.guard_capture(response)


def page_of_number(services: Services, digest: str) -> Response:
    """`/tep/<digest>/trang?n=`: on to the page of that number, for the form that asks for one."""
    kept = find_file(services, digest)
    value = request.args.get("n", "").strip()
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise BadRequest("n", plain(value[:80]))
    n = min(max(int(value), 1), max(kept.page_count, 1))
    return make_response(redirect(url_for("file_page", digest=digest, n=n, q=asked_words() or None), 303))


def picture(services: Services, digest: str, n: int) -> Response:
    """`/tep/<digest>/trang/<n>/anh?w=`: the page as a picture, one of WIDTHS wide."""
    kept = find_file(services, digest)
    if not 1 <= n <= _LAST_PAGE:
        raise NotFound("page", f"{digest}/{n}")
    asked = request.args.get("w", str(WIDTHS[1]))
    if asked not in map(str, WIDTHS):
        raise BadRequest("w", plain(asked[:80]))
    if services.pictures is None:
        raise NotOffered("picture")
    mark = hashlib.sha256(f"{digest}/{n}/{asked}/{kept.read_at}".encode()).hexdigest()[:20]
    if request.if_none_match.contains(mark):
        response = Response(status=304)
    else:
        data = services.pictures.picture(digest, n, int(asked))
        response = make_response(data)
        response.headers["Content-Type"] = _type_of(data)
    response.set_etag(mark)
    response.headers["Cache-Control"] = f"private, max-age={7 * _DAY_S}"
    return security.guard_capture(response)


def _type_of(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _IMAGES if data.startswith(magic)), "application/octet-stream")
