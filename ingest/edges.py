"""What stands at the head and the tail of a body and is no text of it: title, lead and date once more, buttons, counts, lists
of other articles.

Layouts name such things where they have a class; here they are told by their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.dates import find_dates
from archive.records import ReadDate
from ingest.characters import one_line
from ingest.clean import Block

BESIDE_DATE = re.compile(
    r"(?:ngày|cập nhật|đăng|tạo|xuất bản|lúc|(?:số )?(?:lượt|lần) (?:xem|đọc|truy cập)|đã xem|xem|đọc|views?|hits"
    r"|\d[\d.,]*|[\W_])+",
    re.IGNORECASE,
)
"""What stands beside a date in a line that says nothing else."""
_MOST = 6


def bare(blocks: Sequence[Block], title: str, summary: str | None, published: ReadDate | None) -> list[Block]:
    """`blocks` without what stands at their edges and is no text."""
    kept = list(blocks)
    for _ in range(_MOST):
        if not kept or kept[0].tag in ("table", "ul", "ol"):
            break
        line = one_line(kept[0].text)
        if not line or not (line in (title, summary) or _is_beside(line, published)):
            break
        del kept[0]
    for _ in range(_MOST):
        if len(kept) < 2 or not (line := one_line(kept[-1].text)) or not _is_beside(line, published):
            break
        del kept[-1]
    return kept


def _is_beside(line: str, published: ReadDate | None) -> bool:
    """Whether `line` is the page's own date, a count of views or what stood beside them."""
    if len(line) > 80:
        return False
    dates = find_dates(line)
    if dates and (published is None or dates[0].date.value[:10] != published.value[:10]):
        return False
    rest = line[: dates[0].start] + line[dates[0].end :] if dates else line
    counts = re.search(r"lượt|lần|xem|đọc|views?|hits", line, re.IGNORECASE) is not None
    return (bool(dates) or counts or re.search(r"\w", line) is None) and len(BESIDE_DATE.sub("", rest)) < (15 if dates else 2)
