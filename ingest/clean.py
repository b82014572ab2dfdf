"""The body of a page as clean blocks: each block's HTML and its text are written side by side, so that the two always agree.

What comes out holds only `ALLOWED` elements, a handful of attributes and absolute addresses: no script, style, form
control, class or id. Forms are unwrapped, never dropped: SharePoint puts the whole page inside one. Which element is the body,
and what of it is not, is `parse`'s.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from ingest.characters import UNSEEN, tidy
from ingest.characters import one_line as one_line
from ingest.tree import Element, events
from ingest.tree import lines_of as lines_of
from ingest.tree import text_of as text_of

_BARE = """
    p h2 h3 h4 h5 h6 ul li dl dt dd table thead tbody tfoot tr caption strong em u s sub sup blockquote figure figcaption br hr
    pre
"""
ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(_BARE.split(), frozenset[str]()),
    "ol": frozenset({"start"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
    "img": frozenset({"src", "alt"}),
    "a": frozenset({"href"}),
}
"""Elements that clean HTML may hold, each with its attributes."""

_INLINE = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "sub": "sub",
    "sup": "sup",
}
_HEADINGS = {"h1": "h2", **{f"h{n}": f"h{n}" for n in range(2, 7)}}
_BLOCK_NAMES = """
    address article aside body center details dialog dir div fieldset footer form header hgroup html legend main menu
    nav section summary
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr"})
_CONTAINERS = _TABLE_PARTS | {"td", "th", "caption", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "figure", "figcaption"}
_TABLE_ONLY = (_TABLE_PARTS - {"table"}) | {"td", "th", "caption"}
_STRUCTURE = _TABLE_PARTS | {"ul", "ol", "dl"}

_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
"""Where a picture's address stands; pages that load pictures late have a placeholder in `src`."""
_ANY_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """One block at the top level of a body: a paragraph, heading, list, table, quotation or figure."""

    tag: str
    html: str
    text: str
    cells: tuple[str, ...] = ()
    """The cells of a table in order, each with its own lines kept: a letterhead is read from them."""
    strong: bool = False
    """Set apart as a byline is: bold or italic throughout, or aligned to the right."""


def absolute(href: str, base_url: str, schemes: tuple[str, ...] = ("http", "https")) -> str | None:
    """`href` as an absolute address, or None where it has none of `schemes` or no host."""
    href = UNSEEN.sub("", href).strip().replace("\t", "").replace("\n", "").replace("\r", "")
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base_url, href)
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in schemes or (parts.scheme != "mailto" and not parts.netloc):
        return None
    return url.replace(" ", "%20").replace('"', "%22").replace("<", "%3C").replace(">", "%3E")


def blocks_of(root: Element, base_url: str) -> tuple[Block, ...]:
    """The content of `root` as clean blocks in order; empty ones are gone."""
    writer = _Writer(base_url)
    for item, opens in events(root):
        if isinstance(item, str):
            writer.text(item)
        elif opens:
            writer.open(item)
        else:
            writer.close(item)
    return writer.finish()


@dataclass(slots=True)
class _Frame:
    """An open container: where its HTML starts, and what its text is so far."""

    tag: str
    start: int
    parts: list[str] = field(default_factory=list)
    filled: bool = False


@dataclass(slots=True)
class _Writer:
    base_url: str
    blocks: list[Block] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    inline: list[tuple[str, str]] = field(default_factory=list)
    """Formatting in force (tag, opening markup), whether or not it is written yet."""
    written: int = 0
    """How many of `inline` are open in the paragraph."""
    paragraph: str = ""
    wanted: str = "p"
    words: list[str] = field(default_factory=list)
    breaks: int = 0
    pre: int = 0
    right: int = 0
    plain: bool = False
    shown: bool = False

    def text(self, raw: str) -> None:
        words = tidy(raw)
        if self.pre:
            words = words.replace("\r\n", "\n")
        else:
            words = _ANY_SPACE.sub(" ", words)
            if words == " " or not words:
                if words and self.words and not self.words[-1].endswith((" ", "\n")):
                    self._write(" ", " ")
                return
            if (not self.words or self.breaks or self.words[-1].endswith((" ", "\n"))) and words[0] == " ":
                words = words[1:]
        self._begin()
        if not any(tag in ("strong", "em") for tag, _ in self.inline) and not words.isspace():
            self.plain = True
        self._write(html.escape(words, quote=False), words)

    def open(self, tag: Element) -> None:
        name = str(tag.tag)
        if name in _INLINE or name == "a":
            self._format(tag)
        elif name == "br":
            self._break()
        elif name == "img":
            self._image(tag)
        elif name == "hr":
            self._end_paragraph()
            if not self.frames and self.blocks:
                self.blocks.append(Block("hr", "<hr>", ""))
        elif name == "p" or name in _HEADINGS or name == "pre":
            self._end_paragraph()
            self.wanted = _HEADINGS.get(name, name)
            self.pre += name == "pre"
            self.right = _right(tag)
        elif name in _CONTAINERS and self._has_place_for(name):
            self._end_paragraph()
            self._push(name, tag)
        elif name in _BLOCKS or name in _CONTAINERS:
            self._end_paragraph()
            self.right = max(self.right, _right(tag))

    def close(self, tag: Element) -> None:
        name = str(tag.tag)
        if name in _INLINE or name == "a":
            self._unformat(_INLINE.get(name, name))
        elif name == "p" or name in _HEADINGS or name == "pre":
            self._end_paragraph()
            self.wanted = "p"
            self.pre = max(0, self.pre - (name == "pre"))
            self.right = 0
        elif name in _CONTAINERS and any(frame.tag == name for frame in self.frames):
            self._end_paragraph()
            self._pop(name)
        elif name in _BLOCKS or name in _CONTAINERS:
            self._end_paragraph()
            self.right = 0

    def _has_place_for(self, name: str) -> bool:
        """Whether the part of a table or of a list of terms stands in one; a stray one only parts paragraphs."""
        whole = "dl" if name in ("dt", "dd") else "table" if name in _TABLE_ONLY else ""
        return not whole or any(frame.tag == whole for frame in self.frames)

    def finish(self) -> tuple[Block, ...]:
        self._end_paragraph()
        while self.frames:
            self._pop(self.frames[-1].tag)
        while self.blocks and self.blocks[-1].tag == "hr":
            self.blocks.pop()
        return tuple(self.blocks)

    def _format(self, tag: Element) -> None:
        if tag.tag != "a":
            name = _INLINE[str(tag.tag)]
            self.inline.append((name, f"<{name}>"))
            return
        href = absolute(tag.get("href") or "", self.base_url, ("http", "https", "mailto"))
        self.inline.append(("a", f'<a href="{html.escape(href)}">' if href else ""))

    def _unformat(self, name: str) -> None:
        index = next((i for i in range(len(self.inline) - 1, -1, -1) if self.inline[i][0] == name), None)
        if index is None:
            return
        while self.written > index:
            self.written -= 1
            self.out.append(_closing(self.inline[self.written]))
        del self.inline[index]

    def _begin(self) -> None:
        """Open what the next words stand in: a paragraph, a line's break, the formatting in force."""
        if not self.paragraph:
            if self.frames and self.frames[-1].tag in _STRUCTURE:
                self._push({"ul": "li", "ol": "li", "dl": "dd"}.get(self.frames[-1].tag, "td"), None)
            self.paragraph = self.wanted
            self.out.append(f"<{self.paragraph}>")
        elif self.breaks:
            self.out.append("<br>")
            self._trim()
            self.words.append("\n")
        self.breaks = 0
        seen = {name for name, _ in self.inline[: self.written]}
        while self.written < len(self.inline):
            name, markup = self.inline[self.written]
            self.out.append("" if name in seen else markup)
            if name in seen:
                self.inline[self.written] = (name, "")
            seen.add(name)
            self.written += 1

    def _write(self, markup: str, words: str) -> None:
        self.out.append(markup)
        self.words.append(words)

    def _trim(self) -> None:
        if self.words:
            self.words[-1] = self.words[-1].rstrip(" ")

    def _break(self) -> None:
        if self.pre:
            self._write("\n", "\n")
            return
        if not self.paragraph:
            return
        self.breaks += 1
        if self.breaks == 2 and self.paragraph == "p":
            wanted, right = self.wanted, self.right
            self._end_paragraph()
            self.wanted, self.right = wanted, right

    def _image(self, tag: Element) -> None:
        sources = (absolute(tag.get(name) or "", self.base_url) for name in _SOURCES)
        url = next((source for source in sources if source is not None), None)
        if url is None:
            return
        self._begin()
        self.out.append(f'<img src="{html.escape(url)}" alt="{html.escape(one_line(tag.get("alt") or ""))}">')
        self.shown = True

    def _end_paragraph(self) -> None:
        if not self.paragraph:
            return
        while self.written:
            self.written -= 1
            self.out.append(_closing(self.inline[self.written]))
        text = unicodedata.normalize("NFC", "".join(self.words)).strip(" \n" if not self.pre else "\n")
        tag = self.paragraph
        self.out.append(f"</{tag}>")
        filled = bool(text) or self.shown
        bold = not self.plain and bool(text)
        self.paragraph, self.words, self.breaks, self.plain, self.shown = "", [], 0, False, False
        if not self.frames:
            if filled:
                self.blocks.append(Block(tag, _squeezed(self.out), text, strong=bold or bool(self.right)))
            self.out = []
            return
        frame = self.frames[-1]
        frame.filled = frame.filled or filled
        if text:
            frame.parts.append(text)

    def _push(self, name: str, tag: Element | None) -> None:
        self.frames.append(_Frame(name, len(self.out)))
        self.out.append(f"<{name}{_numbers(tag) if tag is not None and tag.attrib else ''}>")
        self.wanted = "p"

    def _pop(self, name: str) -> None:
        if not any(frame.tag == name for frame in self.frames):
            return
        while True:
            frame = self.frames.pop()
            self._pop_one(frame)
            if frame.tag == name:
                return

    def _pop_one(self, frame: _Frame) -> None:
        self.out.append(f"</{frame.tag}>")
        text = _frame_text(frame, self.frames) if frame.filled else ""
        if frame.tag in ("td", "th") and len(self.cells) < 24:
            self.cells.append("\n".join(frame.parts))
        if not frame.filled and frame.tag not in ("td", "th"):
            del self.out[frame.start :]
        if self.frames:
            outer = self.frames[-1]
            outer.filled = outer.filled or frame.filled
            if text or frame.tag in ("td", "th"):
                outer.parts.append(text)
            return
        if frame.filled:
            self.blocks.append(Block(frame.tag, _squeezed(self.out), text, cells=tuple(self.cells)))
        self.out, self.cells = [], []


def _numbers(tag: Element) -> str:
    """The numbers that a table's cell or a list says about itself, as attributes."""
    kept = ""
    for attribute in sorted(ALLOWED.get(str(tag.tag), ())):
        value = (tag.get(attribute) or "").strip()
        if value.isascii() and value.isdigit() and 1 < int(value[:4]) <= 1000:
            kept += f' {attribute}="{int(value[:4])}"'
    return kept


def _frame_text(frame: _Frame, outer: list[_Frame]) -> str:
    parts = frame.parts
    if frame.tag == "tr":
        filled = [part for part in parts if part]
        if len(parts) <= 1 or not filled:
            return filled[0] if filled else ""
        return " | ".join(" ".join(part.split()) for part in parts)
    if frame.tag in ("td", "th"):
        return "\n\n".join(part for part in parts if part)
    if frame.tag == "li":
        ordered = "  " * sum(1 for entry in outer[:-1] if entry.tag in ("ul", "ol"))
        first, *rest = [line for part in parts for line in part.split("\n") if line] or [""]
        return "\n".join(
            [f"{ordered}- {first}", *(line if line.lstrip().startswith("- ") else f"{ordered}  {line}" for line in rest)]
        )
    if frame.tag in ("blockquote", "figure"):
        return "\n\n".join(parts)
    return "\n".join(parts)


def _closing(entry: tuple[str, str]) -> str:
    return f"</{entry[0]}>" if entry[1] else ""


_EMPTY = re.compile(r"<(strong|em|u|s|sub|sup|a)(?: [^<>]*)?>(\s*)</\1>")
_LONE = re.compile(r"<(td|th|li|dt|dd|caption|figcaption)([^<>]*)><p>((?:(?!</?p>).)*)</p></\1>", re.DOTALL)


def _squeezed(out: list[str]) -> str:
    """The markup of one block: blanks at its edges gone, and no paragraph inside a cell or item that holds nothing else."""
    text = "".join(out)
    if "></" in text or "> </" in text:
        text = _EMPTY.sub(r"\2", text)
    text = text.replace(" </p>", "</p>").replace(" <br>", "<br>")
    return _LONE.sub(r"<\1\2>\3</\1>", text) if "<p>" in text[3:] else text


def _right(tag: Element) -> int:
    if not tag.attrib:
        return 0
    align = tag.get("align") or ""
    style = tag.get("style") or ""
    return int(align.lower() == "right" or re.search(r"text-align\s*:\s*(?:right|end)", style, re.IGNORECASE) is not None)
