"""What the words and signs of a pager mean."""

from __future__ import annotations

import re

_SIGNS = " \u00a0›»>→▶►⟩❯…·|[]()-–:"
_GO = r"(?:(?:chuyển |đi )?(?:đến|tới|sang|về) |xem |go to |to )?(?:the )?"
_NEXT = re.compile(
    rf"{_GO}(?:trang (?:sau|tiếp theo|tiếp|kế tiếp|kế|tới|tiep theo|tiep|ke tiep)|next page|page suivante"
    r"|(?:các )?(?:tin|bài|bài viết|mục|thông báo|văn bản) cũ hơn|older(?: posts| entries)?)(?: \(?\d+(?:/\d+)?)?",
)
_NEXT_BARE = re.compile(r"(?:tiếp theo|tiếp|tiep theo|tiep|sau|kế tiếp|kế|tới|next|cũ hơn)(?: \(?\d+(?:/\d+)?)?")
_MORE = re.compile(
    r"(?:xem|tải|hiển thị|đọc|load|show|view) (?:thêm|tiếp|more)(?: (?:tin|bài|kết quả|tin tức|bài viết|văn bản).*)?"
)
_NUMBER = re.compile(r"(?:(?:trang|page|p\.?)\s*)?[\[(]?\s*0*(\d{1,6})\s*[\])]?", re.ASCII | re.IGNORECASE)
ELLIPSES = frozenset({"...", "…", ". . .", ".."})
NEXT_SIGNS = (("›", ">", "→", "▶", "►", "⟩", "❯"), ("»", ">>", "››", "»»"))
"""In order of trust: where a page has both kinds, the double one leads to the last page."""


def is_next(label: str) -> bool:
    """Whether the words can mean nothing but the next page: "Trang sau", "Next page"."""
    return _NEXT.fullmatch(_folded(label)) is not None


def is_bare_next(label: str) -> bool:
    """Whether the words mean what comes next, of whatever it be: "Tiếp", "Sau"."""
    return _NEXT_BARE.fullmatch(_folded(label)) is not None


def is_more(label: str) -> bool:
    """Whether the words promise more: of this list, of a section, or of one announcement."""
    return _MORE.fullmatch(_folded(label)) is not None


def number_of(label: str) -> int | None:
    """The page number that is all a label says: `2`, `[2]`, `Trang 2`."""
    match = _NUMBER.fullmatch(label) if len(label) < 20 else None
    return int(match[1]) if match and int(match[1]) > 0 else None


def _folded(label: str) -> str:
    return label.casefold().strip(_SIGNS) if len(label) < 60 else ""
