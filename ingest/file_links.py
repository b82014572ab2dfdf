"""Whether a link leads to a file: by the end of its address, by how publishing systems hand files out, or by what it says.

`LinkClick.aspx?fileticket=…`, `/documents/10180/0/name.pdf/<uuid>?t=…`, `get_file?uuid=…`, `/item/download/44_9ab`,
`name.pdf?v=2`; `Tải về`, `(DOCX, 32KB)` and `QD-1456.pdf` as words. What merely leads to a page is no file.
"""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import unquote, urlsplit

from ingest.characters import one_line
from ingest.tree import Element

FILE_TYPES = ("pdf", "doc", "docx", "xls", "xlsx", "rtf", "zip", "rar", "7z", "odt", "ods", "ppt", "pptx", "tif", "tiff")
"""Endings of the addresses that count as attachments."""
_ENDINGS = "|".join(sorted(FILE_TYPES, key=len, reverse=True))
_ENDS = re.compile(rf"\.(?:{_ENDINGS})\s*(?:[?#&/]|$)", re.IGNORECASE)
_HANDED_OUT = re.compile(
    r"linkclick\.aspx\?(?:[^#]*&)?(?:amp;)?fileticket=|/get_file\b|/c/document_library/|/documents/\d+/|/item/download/\d"
    r"|[?&](?:task|action|op|act|mode|cmd|view)=(?:[\w.]*\.)?(?:download|getfile|down)\b|/(?:down|download|downloads|getfile|get-file)/[^/?#]*\w"
    r"|/(?:download|downloadfile|getfile|viewfile|filehandler|downloadhandler)\.(?:aspx|ashx|php|axd|jsp)\?"
    r"|/(?:download-?file|get-?file|file-?download|download-?attachment|tai-?ve|tai-?file)\b[/?]?[^/?#]*[\w=]"
    r"|[?&](?:file_?id|attachment_?id|attach_?id|download)=\w",
    re.IGNORECASE,
)
"""How publishing systems hand a file out by an address that does not end like one's."""
_HINT = re.compile(r"down|tai-?(?:ve|xuong|file)|file|attach|dinh-?kem|document|ticket|upload|media|blob", re.IGNORECASE)
_PAGE = re.compile(r"\.(?:html?|shtml)\s*(?:[?#]|$)", re.IGNORECASE)
_NAMES_FILE = re.compile(rf"[\w)\]]\.(?:{_ENDINGS})(?![^\W_])|\b(?:{_ENDINGS})\b[^()\d]{{0,4}}\d[\d.,]*\s?[KM]B\b", re.IGNORECASE)
_SAYS_LOAD = re.compile(
    r"[\W_]*(?:(?:bấm|nhấn|click)\s+(?:vào\s+)?(?:đây\s+)?(?:để\s+)?)?(?:tải(?: file| tệp| tập tin| văn bản| tài liệu)?"
    r"(?: về| xuống)?(?: máy)?|download(?: file)?)(?:\s+(?:tại )?đây)?[\W_]*",
    re.IGNORECASE,
)
_NO_ADDRESS = re.compile(r"\s*(?:javascript|mailto|tel):", re.IGNORECASE)
_MOST_WORDS = 250
_SHARES = re.compile(r"https?://(?:[\w-]+\.)*(?:facebook|twitter|zalo|linkedin|google)\.", re.IGNORECASE)


def ends_like_file(address: str) -> bool:
    """Whether a part of the address ends like a file's name: at its end, before an id, or in its query."""
    return "." in address and _ENDS.search(address) is not None and bool(file_name(address))


def file_name(url: str) -> str:
    """The file that an address names: the last part of its path or query that ends like one; empty where none does."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    names = [*parts.path.split("/"), *(part.partition("=")[2] for part in parts.query.split("&"))]
    named = [name for name in names if "." in name and name.rpartition(".")[2].strip().lower() in FILE_TYPES]
    return one_line(unquote(named[-1]).rpartition("/")[2]) if named else ""


def leads_to_file(link: Element) -> bool:
    """Whether a link leads to a file: its address says so, or it offers one for download, or its words do and nothing says that
    it is a page.
    """
    address = link.get("href") or ""
    if "download" in link.attrib or (len(address) < 4000 and ends_like_file(address)):
        return True
    if not address or address[0] == "#" or len(address) > 2000 or _PAGE.search(address) is not None or _NO_ADDRESS.match(address):
        return False
    return says_file(address, _words(link))


def says_file(address: str, words: str) -> bool:
    """Whether an address that does not end like a file's hands one out all the same, by itself or by the link's `words`."""
    hinted = _HINT.search(address) is not None
    named = "." in words or "B" in words.upper()
    if not (hinted or named) or _PAGE.search(address) or _SHARES.match(address):
        return False
    if hinted and (_HANDED_OUT.search(address) or _SAYS_LOAD.fullmatch(words[:_MOST_WORDS])):
        return True
    return named and len(words) <= _MOST_WORDS and _NAMES_FILE.search(words) is not None


def _words(link: Element) -> str:
    """The words of a link and of the picture in it."""
    pieces = [*islice(map(str, link.itertext()), 12), link.get("title") or ""]
    return " ".join(" ".join(pieces).split())
