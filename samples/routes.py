"""Decides what the sample portal answers to a request; sending it is `portal`'s part."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import parse_qs

from samples import pages
from samples.content import Announcement, announcements, masthead, sample_files

ROBOTS = b"User-agent: *\nDisallow: /quan-tri/\n"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response without its body's length, which the sender adds."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Routes:
    """Answers requests and remembers which of them came before: some pages change or vanish once they were asked for."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._articles = {item.path: item for item in announcements()}
        self._moved = {item.moved_from: item.path for item in announcements() if item.moved_from}
        self._files = {file.target: file for file in sample_files()}
        self._leading = {file.through: file.target for file in sample_files() if file.through}
        self._broken = {notice.href: notice.answers for notice in masthead().notices if notice.answers}

    def answer(self, method: str, target: str, headers: Message) -> Answer:
        """The answer to a GET or HEAD request; only a GET counts as having seen a page."""
        path, _, query = target.partition("?")
        if item := self._articles.get(path):
            return self._article(item, headers, counts=method == "GET")
        if file := self._files.get(target):
            return Answer(HTTPStatus.OK, (("Content-Type", file.type),), file.body)
        if path in self._leading:
            return _redirect(self._leading[path])
        if path in self._moved:
            return _redirect(self._moved[path])
        if path == "/robots.txt":
            return Answer(HTTPStatus.OK, (("Content-Type", "text/plain; charset=utf-8"),), ROBOTS)
        if path == "/rss.xml":
            body = pages.feed(self._base_url, self._gone())
            return Answer(HTTPStatus.OK, (("Content-Type", "application/rss+xml; charset=utf-8"),), body)
        if path == "/":
            return _page(HTTPStatus.OK, pages.front(self._gone()))
        if path.startswith("/quan-tri/"):
            return _trouble(HTTPStatus.FORBIDDEN)
        if (section := path.strip("/")) in masthead().sections:
            return _redirect(f"/{section}/") if not path.endswith("/") else self._list(section, query)
        return _trouble(HTTPStatus(self._broken.get(path) or HTTPStatus.NOT_FOUND))

    def _list(self, section: str, query: str) -> Answer:
        wanted = parse_qs(query).get("page", ["1"])[0]
        gone = self._gone()
        if not re.fullmatch(r"[1-9]\d{0,3}", wanted, re.ASCII) or int(wanted) > pages.page_count(section, gone):
            return _trouble(HTTPStatus.NOT_FOUND)
        return _page(HTTPStatus.OK, pages.listing(section, int(wanted), gone))

    def _article(self, item: Announcement, headers: Message, *, counts: bool) -> Answer:
        with self._lock:
            before = self._asked[item.path]
            self._asked[item.path] += counts
        if "removed" in item.quirks and before:
            return _trouble(HTTPStatus.GONE)
        later = bool(item.later_blocks and before)
        body = pages.article(item, later=later)
        modified = pages.modified_at(item, later=later)
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        kept = (("ETag", etag), ("Last-Modified", format_datetime(modified, usegmt=True)), ("Vary", "Accept-Encoding"))
        if _is_fresh(headers, etag, modified):
            return Answer(HTTPStatus.NOT_MODIFIED, kept, b"")
        content = (("Content-Type", f"text/html; charset={item.encoding}"), *kept)
        if _accepts_gzip(headers):
            return Answer(HTTPStatus.OK, (*content, ("Content-Encoding", "gzip")), gzip.compress(body, mtime=0))
        return Answer(HTTPStatus.OK, content, body)

    def _gone(self) -> frozenset[str]:
        with self._lock:
            return frozenset(path for path, item in self._articles.items() if "removed" in item.quirks and self._asked[path])


def _is_fresh(headers: Message, etag: str, modified: datetime) -> bool:
    # RFC 9110, 13.2.2: If-Modified-Since counts only where there is no If-None-Match.
    if tags := headers.get("If-None-Match"):
        return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    if since := headers.get("If-Modified-Since"):
        try:
            moment = parsedate_to_datetime(since)
        except ValueError:
            return False
        return modified <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return False


def _accepts_gzip(headers: Message) -> bool:
    for entry in (headers.get("Accept-Encoding") or "").lower().split(","):
        coding, _, weight = entry.partition(";")
        if coding.strip() == "gzip":
            return not re.fullmatch(r"q=0(\.0*)?", weight.strip())
    return False


def _page(status: HTTPStatus, body: bytes) -> Answer:
    return Answer(status, (("Content-Type", _HTML),), body)


def _redirect(path: str) -> Answer:
    body = pages.message(301, "Trang đã chuyển", f"Địa chỉ mới: {path}")
    return Answer(HTTPStatus.MOVED_PERMANENTLY, (("Content-Type", _HTML), ("Location", path)), body)


_WORDS = {
    HTTPStatus.FORBIDDEN: ("Không được phép truy cập", "Trang này chỉ dành cho người quản trị."),
    HTTPStatus.NOT_FOUND: ("Không tìm thấy trang", "Trang bạn tìm không có, hoặc đã được chuyển đi nơi khác."),
    HTTPStatus.GONE: ("Bài viết đã được gỡ", "Bài viết này đã được gỡ khỏi cổng thông tin."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("Hệ thống gặp lỗi", "Máy chủ gặp lỗi khi xử lý yêu cầu, vui lòng quay lại sau."),
}


def _trouble(status: HTTPStatus) -> Answer:
    title, words = _WORDS[status]
    return _page(status, pages.message(status, title, words))
