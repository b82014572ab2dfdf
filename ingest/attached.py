"""The files that a page offers: links inside the body, lists of files beside it, and windows that a script opens.

What merely stands in a menu or a side bar is not the document's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from urllib.parse import quote, unquote, urlsplit

from archive.records import AttachmentLink
from ingest.characters import one_line
from ingest.clean import absolute
from ingest.dress import NEAR_OTHERS, is_chrome, named_as, short
from ingest.elements import Elements
from ingest.file_links import ends_like_file, file_name, leads_to_file, says_file
from ingest.tree import Element, text_of

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
        if not (offered or _stands_in(link, own)) or not _is_file(link, address):
            continue
        url = _encoded(absolute(address, base_url))
        if url is None or url in found:
            continue
        found[url] = AttachmentLink(url, _title(link, url))
    return tuple(found.values())


def _is_file(link: Element, address: str) -> bool:
    return ends_like_file(address) or leads_to_file(link) or (link.get("href") != address and says_file(address, ""))


def _encoded(url: str | None) -> str | None:
    """`url` with what is beyond ASCII in its path and query percent-encoded as UTF-8, as it is asked for."""
    if url is None or url.isascii():
        return url
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}{slash}{_BEYOND.sub(lambda match: quote(match[0]), path)}"


_BEYOND = re.compile(r"[^\x00-\x7f]+")
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:\w*(?:left|right|column|cot|trai|phai)\w*|col|widget|block|box-?right)(?:$|[\s_-])", re.IGNORECASE
)
_MOST_UP, _MOST_AFTER, _MOST_WORDS = 3, 6, 600


def files_below(body: Element) -> list[Element]:
    """What follows a body in its own column and is little more than links to files: not side bars, nor lists of other pages."""
    found: list[Element] = []
    current = body
    for _ in range(_MOST_UP):
        outer = current.getparent()
        if outer is None or current.tag in ("body", "html", "td", "main") or _ASIDE.search(named_as(current)):
            break
        for other in islice(current.itersiblings(), _MOST_AFTER):
            if is_chrome(other) or _ASIDE.search(named_as(other)):
                continue
            words = short(other, _MOST_WORDS)
            if words and NEAR_OTHERS.match(words):
                return found
            links = [other] if other.tag == "a" else list(islice(other.iter("a"), 40))
            if words and links and sum(map(leads_to_file, links)) > len(links) // 2:
                found.append(other)
        current = outer
    return found


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
    return title or file_name(url) or words or one_line(unquote(urlsplit(url).path.rpartition("/")[2]))


def _offered(link: Element) -> bool:
    return "download" in link.attrib and not any(is_chrome(parent) for parent in link.iterancestors())
