"""The files that a page offers: links inside the body, lists of files beside it, and windows that a script opens.

What merely stands in a menu or a side bar is not the document's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from archive.records import AttachmentLink
from ingest.clean import absolute, one_line, text_of
from ingest.elements import Elements
from ingest.generic import is_chrome

FILE_TYPES = ("pdf", "doc", "docx", "xls", "xlsx", "rtf", "zip", "rar", "7z", "odt", "ods", "ppt", "pptx", "tif", "tiff")
"""Endings of the addresses that count as attachments."""
_OPENED = re.compile(r"""open\w*\s*\(\s*(?:'([^'\n]{1,500})'|"([^"\n]{1,500})")""")
_NO_NAME = re.compile(
    r"(?:(?:tải|xem|download|click|bấm|nhấn|vào|file|tệp|tập tin|đính kèm|về|tại đây|đây|xuống|chi tiết|toàn văn|để|\W)\s*)*",
    re.IGNORECASE,
)


def find_files(elements: Elements, body: Tag, lists: Sequence[Tag], base_url: str) -> tuple[AttachmentLink, ...]:
    """Files that stand in `body` or in `lists` (elements beside it that offer files), and what the page elsewhere offers with a
    `download` attribute; each address once, in the order of the page.
    """
    found: dict[str, AttachmentLink] = {}
    own = {id(body), *map(id, lists)}
    for link, address, offered in _leads(elements):
        if not (offered or _stands_in(link, own)):
            continue
        url = absolute(address, base_url)
        if url is None or url in found or not (link.has_attr("download") or is_file(url)):
            continue
        found[url] = AttachmentLink(url, _title(link, url))
    return tuple(found.values())


def is_file(url: str) -> bool:
    """Whether the address names a file, at its end or, as publishing systems do, before an id or in its query."""
    return bool(_file_name(url))


def _file_name(url: str) -> str:
    """The file that an address names: the last part of its path or query that ends like one; empty where none does."""
    parts = urlsplit(url)
    names = [*parts.path.split("/"), *(part.partition("=")[2] for part in parts.query.split("&"))]
    named = [name for name in names if "." in name and name.rpartition(".")[2].lower() in FILE_TYPES]
    return one_line(unquote(named[-1])) if named else ""


def _leads(elements: Elements) -> Iterator[tuple[Tag, str, bool]]:
    """(element, address, whether it offers a file wherever it stands)."""
    for link in elements.links:
        href = str(link.get("href") or "")
        if href.strip().lower().startswith("javascript:") or href in ("", "#"):
            if match := _OPENED.search(f"{link.get('onclick') or ''} {href}"):
                yield link, match[1] or match[2], False
        else:
            yield link, href, _offered(link)
    for element in elements.openers:
        if element.name != "a" and (match := _OPENED.search(str(element.get("onclick")))):
            yield element, match[1] or match[2], False


def _stands_in(link: Tag, own: Iterable[int]) -> bool:
    return id(link) in own or any(id(parent) in own for parent in link.parents)


def _title(link: Tag, url: str) -> str:
    """The words of the link; where they only say what to do, its title or the file's own name."""
    words, title = text_of(link), one_line(str(link.get("title") or link.get("alt") or ""))
    if words and not _NO_NAME.fullmatch(words):
        return words
    return title or _file_name(url) or words or one_line(unquote(urlsplit(url).path.rpartition("/")[2]))


def _offered(link: Tag) -> bool:
    return link.has_attr("download") and not any(is_chrome(parent) for parent in link.parents)
