"""The files that a page offers: links inside the body, lists of files beside it, and windows that a script opens.

What merely stands in a menu or a side bar is not the document's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from archive.records import AttachmentLink
from ingest.characters import one_line
from ingest.clean import absolute
from ingest.dress import is_chrome
from ingest.elements import Elements
from ingest.tree import Element, text_of

FILE_TYPES = ("pdf", "doc", "docx", "xls", "xlsx", "rtf", "zip", "rar", "7z", "odt", "ods", "ppt", "pptx", "tif", "tiff")
"""Endings of the addresses that count as attachments."""
_NAMES_FILE = re.compile(rf"\.(?:{'|'.join(FILE_TYPES)})(?![a-z0-9])", re.IGNORECASE)
_OPENED = re.compile(r"""open\w*\s*\(\s*(?:'([^'\n]{1,500})'|"([^"\n]{1,500})")""")
_NO_NAME = re.compile(
    r"(?:(?:tải|xem|download|click|bấm|nhấn|vào|file|tệp|tập tin|đính kèm|về|tại đây|đây|xuống|chi tiết|toàn văn|để|\W)\s*)*",
    re.IGNORECASE,
)


def find_files(elements: Elements, body: Element, lists: Sequence[Element], base_url: str) -> tuple[AttachmentLink, ...]:
    """Files that stand in `body` or in `lists` (elements beside it that offer files), and what the page elsewhere offers with a
    `download` attribute; each address once, in the order of the page.
    """
    found: dict[str, AttachmentLink] = {}
    own = frozenset((body, *lists))
    for link, address, offered in _leads(elements):
        if not ("download" in link.attrib or _NAMES_FILE.search(address)) or not (offered or _stands_in(link, own)):
            continue
        url = absolute(address, base_url)
        if url is None or url in found or not ("download" in link.attrib or is_file(url)):
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


def _leads(elements: Elements) -> Iterator[tuple[Element, str, bool]]:
    """(element, address, whether it offers a file wherever it stands)."""
    for link in elements.links:
        href = link.get("href") or ""
        if href.strip().lower().startswith("javascript:") or href in ("", "#"):
            if match := _OPENED.search(f"{link.get('onclick') or ''} {href}"):
                yield link, match[1] or match[2], False
        else:
            yield link, href, _offered(link)
    for element in elements.openers:
        if element.tag != "a" and (match := _OPENED.search(element.get("onclick") or "")):
            yield element, match[1] or match[2], False


def _stands_in(link: Element, own: Collection[Element]) -> bool:
    return link in own or any(parent in own for parent in link.iterancestors())


def _title(link: Element, url: str) -> str:
    """The words of the link; where they only say what to do, its title or the file's own name."""
    words, title = text_of(link), one_line(link.get("title") or link.get("alt") or "")
    if words and not _NO_NAME.fullmatch(words):
        return words
    return title or _file_name(url) or words or one_line(unquote(urlsplit(url).path.rpartition("/")[2]))


def _offered(link: Element) -> bool:
    return "download" in link.attrib and not any(is_chrome(parent) for parent in link.iterancestors())
