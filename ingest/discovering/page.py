"""A page as discovery sees it: its tree, the base of its addresses, and everything on it that leads somewhere, in its order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

from archive.identity import without_session
from ingest.decode import decode
from ingest.discovering.script import Control, address_of, control_of

READ_BYTES = 10 * 1024 * 1024
"""Of a list, feed or sitemap; what follows is left out (a tree takes ten times its bytes in memory)."""
MOST_LINKS = 20_000
"""Of one page; a list page has some hundred."""
_LONGEST_LABEL = 300
_LONGEST_ADDRESS = 8192
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
_STRIPPED = {ord(character): None for character in "\t\n\r\0"}
_PLAIN_PATH = re.compile(r"/(?![/.])(?!.*/\.)[^\s\\#\0]*\Z")
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+/(?!.*/\.)[^\s\\#\0@]*\Z")
_LEADS = etree.XPath(
    "descendant-or-self::*[self::a or self::area or self::link or self::base or self::meta or self::input or self::button"
    " or self::option or @onclick or @data-url or @data-href]"
)
_LEADING = ("a", "area", "link", "base", "meta", "input", "button", "option")
_SCRIPTED = re.compile(r"onclick\s*=|data-(?:url|href)\s*=", re.IGNORECASE)
"""Only on such pages other elements lead anywhere, and all of them must be looked at."""
_SESSION = re.compile(r";|sess_?(?:ion)?_?id|p_auth", re.IGNORECASE)
"""May stand in the address of a session's own page: quick to ask of every link."""
_ICON = re.compile(
    r"(?:\A|[\s_-])(double-right|angles-right|fast-forward|last|cuoi|next|sau|right|forward)(?=\Z|[\s_-])", re.IGNORECASE
)
_REFRESH = re.compile(r"""\s*[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?(?:"([^"]*)|'([^']*)|(.*))""", re.IGNORECASE | re.DOTALL)
_FAR = frozenset({"double-right", "angles-right", "fast-forward", "last", "cuoi"})


class Link(NamedTuple):
    """Something on the page that leads on: to an address, or through a control of its form."""

    url: str
    """Absolute, without fragment; empty for a control."""
    label: str
    """What a reader sees or is told of it: its words, its `aria-label` or `title`, its image's text, the sign of its icon."""
    element: etree._Element
    relations: tuple[str, ...] = ()
    """Its `rel`, in small letters."""
    control: Control | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, read."""

    url: str
    root: etree._Element | None
    """None where the bytes hold no markup."""
    base: str
    charset: str
    links: tuple[Link, ...] = ()
    """Of the elements that a person uses: `a`, `area`, buttons, whatever has an `onclick`."""
    heads: tuple[Link, ...] = ()
    """The `link` elements."""
    refresh: str | None = None
    is_cut: bool = False


def read_page(body: bytes, url: str, content_type: str | None = None) -> Page:
    """Read `body` from `url`; `content_type` is the header's value, as a hint for the charset. Never fails."""
    text, charset = text_of(body, content_type)
    root = _tree(text)
    if root is None:
        return Page(url, None, url, charset)
    leads = _selected(root) if _SCRIPTED.search(text) else list(root.iter(*_LEADING))
    base = next((found for each in leads if each.tag == "base" and (found := absolute(url, each.get("href")))), None) or url
    links: list[Link] = []
    heads: list[Link] = []
    refresh = None
    for element in leads[:MOST_LINKS]:
        if element.tag == "link":
            heads += _leading(element, base)
        elif element.tag == "meta":
            refresh = refresh or _refresh(element, base)
        elif element.tag != "base":
            links += _leading(element, base)
    cut = len(body) > READ_BYTES or len(leads) > MOST_LINKS
    return Page(url, root, base, charset, tuple(links), tuple(heads), refresh, cut)


def _selected(root: etree._Element) -> list[etree._Element]:
    found = _LEADS(root)
    return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []


def text_of(body: bytes, content_type: str | None) -> tuple[str, str]:
    """The text of a page, every address in it as it stands there, and the charset it was read with."""
    body = body[:READ_BYTES]
    decoded = decode(body, content_type)
    # An address keeps the very characters it has on the page: NFC would change one that is written in NFD.
    charset = decoded.charset.partition(" ")[0]
    text = body.decode(charset, errors="replace").removeprefix("\ufeff").replace("\0", "")
    return _XML_DECLARATION.sub("", text, count=1), charset


def _tree(text: str) -> etree._Element | None:
    # huge_tree lifts the depth that is read from 256 elements to 2048: unclosed <font> tags do pass the former.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and isinstance(root.tag, str) else None


def _leading(element: etree._Element, base: str) -> Iterator[Link]:
    """Where an element leads; nothing for one that leads nowhere."""
    if element.tag in ("option", "input", "button") and not _is_used(element):
        return
    relations = tuple(told.lower().split()) if (told := element.get("rel")) else ()
    found = next(leads_of(element.attrib, base), None)  # type: ignore[arg-type]  # lxml's mapping, of str here
    if found is not None:
        url = without_session(found[0]) if _SESSION.search(found[0]) else found[0]
        yield Link(url, label_of(element), element, relations, found[1])
    elif element.tag in ("input", "button") and (name := element.get("name")):
        yield Link("", label_of(element), element, (), Control("", "", _pressed(element, str(name))))


def _is_used(element: etree._Element) -> bool:
    """Whether an element of a form does something by itself: a button, or the option of a menu that acts at once."""
    if element.tag == "option":
        return any(each.get("onchange") is not None for each in element.iterancestors("select"))
    kind = (element.get("type") or ("submit" if element.tag == "button" else "text")).lower()
    return kind in ("submit", "image") or any(element.get(name) is not None for name in ("onclick", "data-url", "data-href"))


def _pressed(element: etree._Element, name: str) -> tuple[tuple[str, str], ...]:
    """What a browser adds to the form for the button that was pressed."""
    if (element.get("type") or "").lower() == "image":
        return ((f"{name}.x", "1"), (f"{name}.y", "1"))
    return ((name, str(element.get("value") or "")),)


def leads_of(attributes: Mapping[str, str], base: str) -> Iterator[tuple[str, Control | None]]:
    """The address or the control that an element's attributes lead to, the surest first; at most one."""
    scripts = [text for name in ("href", "onclick") if (text := attributes.get(name))]
    for script in scripts:
        if control := control_of(script):
            yield "", control
            return
    for name in ("href", "data-url", "data-href"):
        if url := absolute(base, attributes.get(name)):
            yield url, None
            return
    for script in scripts:
        if url := absolute(base, address_of(script)):
            yield url, None
            return
    if "href" not in attributes and (url := absolute(base, _address_value(attributes.get("value")))):
        yield url, None


def _address_value(value: str | None) -> str | None:
    """The value of a menu's option, where it is an address: `/tin?page=2`, not `2`."""
    return value if value and value.startswith(("/", "?", "http://", "https://")) else None


def label_of(element: etree._Element) -> str:
    """What a link is called, white space collapsed, NFC."""
    words = _words(element)
    if not any(character.isalnum() for character in words):
        told = element.get("aria-label") or element.get("title") or _image(element)
        words = str(told or words or _icon(element) or "")
    words = " ".join(words[:_LONGEST_LABEL].split())
    return words if words.isascii() else unicodedata.normalize("NFC", words)


def _words(element: etree._Element) -> str:
    if element.tag == "input":
        return str(element.get("value") or element.get("alt") or "")
    if not len(element):
        return element.text or ""
    # Hundreds of nested links would each hold the text of all that follow: a label's start is enough.
    words = ""
    for piece in element.itertext():
        words += f"{str(piece)[:_LONGEST_LABEL]} "
        if len(words) > _LONGEST_LABEL:
            break
    return words


def _image(element: etree._Element) -> str | None:
    for image in element.iter("img"):
        if told := image.get("alt") or image.get("title"):
            return str(told)
    return None


def _icon(element: etree._Element) -> str | None:
    """The sign that stands for an icon which only its class or the name of its file tells."""
    for each in (element, *element.iter("i", "span", "img", "svg", "use")):
        told = " ".join(str(each.get(name) or "") for name in ("class", "src", "id"))
        if match := _ICON.search(told.replace("/", " ").replace(".", " ")):
            return "»" if match[1].lower() in _FAR else "›"
    return None


def absolute(base: str, href: str | bytes | None) -> str | None:
    """`href` as an absolute web address without fragment, white space as browsers read it; None where it is none."""
    if not href or not isinstance(href, str) or len(href) > _LONGEST_ADDRESS:
        return None
    href = href.translate(_STRIPPED).strip()
    if not href or href[0] == "#" or href[:11].lower() == "javascript:":
        return None
    if _PLAIN_ADDRESS.match(href):
        return href
    if href[0] == "/" and _PLAIN_PATH.match(href) and base.startswith("http"):
        at = base.find("/", 8)
        return (base if at == -1 else base[:at]) + href
    return _joined(base, href)


def _joined(base: str, href: str) -> str | None:
    path, mark, query = href.partition("?")
    try:
        # Browsers read a backslash before the query as a slash (WHATWG URL): so it is where a link really leads.
        address = urldefrag(urljoin(base, path.replace("\\", "/") + mark + query)).url.replace(" ", "%20")
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return None
    return address if usable else None


def _refresh(element: etree._Element, base: str) -> str | None:
    """Where `<meta http-equiv=refresh content="0; url=…">` leads (HTML, shared declarative refresh steps)."""
    if (element.get("http-equiv") or "").strip().lower() != "refresh":
        return None
    match = _REFRESH.match(str(element.get("content") or ""))
    return absolute(base, match[1] or match[2] or match[3]) if match else None
