"""What the words at a field's place give: a value in the field's form, or nothing where they are not that field's after all."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from archive.dates import find_dates, read_date
from archive.numbers import canonical, find_numbers
from archive.records import ReadDate
from ingest import byline as bylines
from ingest.edges import BESIDE_DATE
from ingest.labels import labelled
from ingest.tree import Element, text_of

_ACCOUNT = re.compile(
    r"(?:super ?user|admin(?:istrator|istrators)?\d*|root|host|quản trị(?: viên| hệ thống| website)?|ban quản trị|system account"
    r"|biên tập viên|editor\d*|user\d*|\w+@[\w.]+|i:0#.*|(?-i:[a-z0-9._-]+))",
    re.IGNORECASE,
)
"""Accounts of publishing systems; a single word in small Latin letters is no person's name either."""


def is_date_line(text: str) -> bool:
    """Whether `text` says a date and nothing else."""
    dates = find_dates(text) if len(text) <= 80 else ()
    return bool(dates) and len(BESIDE_DATE.sub("", text[: dates[0].start] + text[dates[0].end :])) < 4


def plain(words: str) -> str | None:
    """The words as they are."""
    return words or None


def _short(words: str) -> str | None:
    return words if 1 < len(words) <= 120 and not is_date_line(words) else None


def author_of(words: str) -> str | None:
    """The author that the words of an author's place name: without the day, the counts and the buttons that stand beside; None
    where nothing else is left, or an account of the publishing system.
    """
    for part in own_parts(words, "byline"):
        name = bylines.of_element(_WHEN_TOO.split(part, maxsplit=1)[0])
        if 1 < len(name) <= 120 and not _ACCOUNT.fullmatch(name) and not is_no_name(name):
            return name
    return None


def own_parts(words: str, field: str) -> list[str]:
    """What of a line parted by bars and bullets belongs to `field`: what its label says, else what no label gives to another."""
    parts = parts_of(words)
    if len(parts) < 2:
        return [words]
    read = [labelled(part) for part in parts]
    own = [value for label, value in read if label == field and value]
    return own or [
        part for part, (label, _) in zip(parts, read, strict=True) if label is None and not _A_HOST.fullmatch(part.strip())
    ]


def parts_of(line: str) -> list[str]:
    """The parts of a line that bars and bullets part."""
    return [part for part in (each.strip() for each in _PARTS.split(line)) if part]


def is_no_name(words: str) -> bool:
    """Whether `words` are a day, a count or a button, which name nobody."""
    return is_date_line(words) or _NO_NAMES.fullmatch(words) is not None or not any(map(str.isalpha, words))


_PARTS = re.compile(r"\s+[/|•·]+\s+|\s*\|\s*")
_A_HOST = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?", re.IGNORECASE)
_NO_NAMES = re.compile(
    r"(?>(?:(?:tổng )?số\s)?(?:lượt|lần)\s(?:xem|đọc|truy cập|tải)"
    r"|(?:lượt|lần)|(?:đã )?(?:xem|đọc|tải|truy cập)(?: thêm| về)?|views?|hits"
    r"|in(?: ra| trang(?: này)?| bài(?: viết)?(?: này)?| ấn)?(?![^\W\d])|bản in|print|e-?mail|gửi (?:e-?mail|bài viết|bài|tin)"
    r"|chia sẻ(?: (?:bài viết|facebook|zalo))?|share|tweet|cỡ chữ|(?:quay|trở) (?:lại|về)|nghe (?:đọc )?bài(?: viết)?|chi tiết"
    r"|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|[\W\d])+",
    re.IGNORECASE,
)
"""Counts, buttons and days of the week; one alternative after the other, never parted anew."""


def _source(words: str) -> str | None:
    """The source that the words of its place name, without the day and the counts beside it."""
    return next((part for part in own_parts(words, "source") if _short(part) and not is_no_name(part)), None)


def _number(words: str) -> str | None:
    numbers = find_numbers(words)
    value = numbers[0].canonical if numbers else canonical(words)
    written = re.sub(r"\s+", "", words)
    # Of a number that stands alone the page's own capitals are right: units of an agency have small letters too.
    return written if value is not None and written.casefold() == value.casefold() else value


def own_words(title: Element) -> str:
    """The words of a title, without a link at its head: that leads to where the page hangs."""
    whole, first = text_of(title), next(title.iterdescendants("a"), None)
    head = text_of(first) if first is not None else ""
    rest = whole[len(head) :].strip(" /»›>|:-–") if head and whole.startswith(head) else ""
    return rest if len(rest) >= 10 else whole


VALUES: dict[str, Callable[[str], str | None]] = {
    "summary": plain,
    "byline": author_of,
    "source": _source,
    "category": _short,
    "number": _number,
    "issuer": plain,
    "signer": _short,
    "kind": _short,
}
"""What each field takes of the words at its place."""
_WHEN_TOO = re.compile(r"\s+(?:vào|lúc|ngày|on|at)\s+(?=(?:ngày|lúc|thứ|chủ nhật|t[2-7]|cn|\d|[A-Z][a-z]+,? \d))", re.IGNORECASE)


def source_of(label: str | None, words: str) -> str | None:
    """The source that the words of an author's place name instead, by their label or by how they begin (`Theo …`)."""
    return words if label == "source" else bylines.source_in(words)


def date_in(words: str) -> ReadDate | None:
    """The date of a date's place: of all its words, or of those before a bar that counts and buttons follow."""
    return read_date(words) or read_date(_BAR.split(words, maxsplit=1)[0])


_BAR = re.compile(r"\s+[/|•·]\s+")


def attribute_date(tag: Element, raw: str) -> ReadDate | None:
    """The date in the machine-readable attribute of `tag` or of a `time` within it, where the words give none that is read; no
    more precise than they are.
    """
    for element in (tag, *islice(tag.iterdescendants("time"), 2)):
        if (value := read_date(element.get("datetime") or "")) is not None:
            if raw and value.precision == "minute" and not re.search(r"\d\s?[:hg]\s?\d", raw):
                return ReadDate(value.value[:10], "day", raw)
            return ReadDate(value.value, value.precision, raw or value.raw)
    return None
