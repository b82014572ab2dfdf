"""Errors of the web application, and the one table that gives every domain error its HTTP status.

WebError
├── BadRequest          an argument of the address cannot be used (page number, filter)
├── NotOffered          this installation does not do that: picture, searchable, desk
├── SignedOut           a form of the desk comes from somebody who is not signed in (any more)
├── Forged              a form that is not the one we gave out
└── TooOften            too many wrong passwords; has `wait_s`
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

from archive.errors import ArchiveError, CannotKeep, CatalogueBusy, Damaged, NotFound, Overtaken
from ingest.errors import FileUnreadable
from search.errors import SearchError
from web.file_words import unread_in_words
from web.language import gettext


class WebError(Exception):
    """Base of all errors of the web application."""


class BadRequest(WebError):
    """An argument that cannot be used; `name` and `value` say which."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used; leave it out or correct it")
        self.name = name
        self.value = value


class NotOffered(WebError):
    """Something that this installation does not do; `what` says what."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not to be had here")
        self.what = what


class SignedOut(WebError):
    """Whoever posted a form of the desk is not signed in."""


class Forged(WebError):
    """A form without the token that we gave out with it."""


class TooOften(WebError):
    """Too many wrong passwords; the next is looked at after `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"wait {wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Answer:
    """How one kind of error is told to a person."""

    status: int
    title: LazyString
    advice: LazyString


_NOT_FOUND = Answer(
    404,
    lazy_gettext("Không có trang này"),
    lazy_gettext("Địa chỉ có thể bị gõ thiếu hoặc thừa một ký tự. Hãy kiểm tra lại, hoặc tìm tài liệu theo tên hay số ký hiệu."),
)
_UNUSABLE = Answer(
    400,
    lazy_gettext("Yêu cầu không dùng được"),
    lazy_gettext("Một phần của địa chỉ không hợp lệ. Hãy bỏ phần đó đi, hoặc bắt đầu lại từ ô tìm kiếm."),
)
_METHOD = Answer(
    405, lazy_gettext("Thao tác không được nhận ở đây"), lazy_gettext("Trang này chỉ để đọc. Hãy mở lại bằng trình duyệt.")
)
_BUSY = Answer(503, lazy_gettext("Kho đang bận"), lazy_gettext("Một việc khác đang ghi vào kho. Hãy tải lại trang sau ít giây."))
_INTERNAL = Answer(
    500,
    lazy_gettext("Máy chủ gặp lỗi"),
    lazy_gettext("Lỗi đã được ghi lại. Những gì đang lưu không bị ảnh hưởng. Hãy thử lại, hoặc báo cho người quản lý kho."),
)

_GONE = Answer(
    410,
    lazy_gettext("Đã không còn ở đây"),
    lazy_gettext("Nội dung này đã được rút khỏi kho. Hãy tìm tài liệu theo tên hay số ký hiệu, có thể kho còn giữ bản khác."),
)
_CONFLICT = Answer(
    409,
    lazy_gettext("Có người vừa sửa chỗ này"),
    lazy_gettext("Hãy mở lại trang để xem nội dung hiện nay rồi sửa tiếp."),
)
_TOO_LARGE = Answer(
    413,
    lazy_gettext("Gửi lên quá nhiều"),
    lazy_gettext("Những gì gửi lên vượt cỡ cho phép của kho, và chưa có gì được lưu. Hãy nhập ít tệp hơn mỗi lần."),
)
_SIGNED_OUT = Answer(
    403,
    lazy_gettext("Cần đăng nhập"),
    lazy_gettext(
        "Phiên làm việc đã hết, và chưa có gì được lưu. Hãy đăng nhập ở một thẻ khác, rồi quay lại trang trước: "
        "những gì vừa gõ vẫn còn trong biểu mẫu."
    ),
)
_FORGED = Answer(
    403,
    lazy_gettext("Biểu mẫu không còn dùng được"),
    lazy_gettext("Biểu mẫu này đã cũ hoặc được gửi từ trang khác, nên không có gì được lưu. Hãy mở lại trang và gửi lại."),
)

# The first class that an error is an instance of counts.
TABLE: tuple[tuple[type[Exception], Answer], ...] = (
    (NotFound, Answer(404, lazy_gettext("Không có trong kho"), _NOT_FOUND.advice)),
    (
        Damaged,
        Answer(
            500,
            lazy_gettext("Bản chụp bị hỏng"),
            lazy_gettext(
                "Dữ liệu đọc lại không khớp với mã băm đã ghi khi chụp, nên không được hiển thị. "
                "Hãy báo cho người quản lý kho để phục hồi tệp từ bản sao lưu."
            ),
        ),
    ),
    (CatalogueBusy, _BUSY),
    (Overtaken, _CONFLICT),
    (CannotKeep, _INTERNAL),
    (ArchiveError, _INTERNAL),
    (
        SearchError,
        Answer(
            503,
            lazy_gettext("Tìm kiếm tạm dừng"),
            lazy_gettext(
                "Chỉ mục đang được dựng lại hoặc không đọc được. Các tài liệu vẫn mở được theo địa chỉ cố định của chúng."
            ),
        ),
    ),
    (BadRequest, _UNUSABLE),
    (
        FileUnreadable,
        Answer(
            422,
            lazy_gettext("Không mở được tệp này"),
            lazy_gettext("Tệp gốc vẫn được giữ nguyên và tải về được. Hãy thử mở bằng chương trình trên máy."),
        ),
    ),
    (NotOffered, Answer(404, lazy_gettext("Kho này không có chức năng đó"), _NOT_FOUND.advice)),
    (SignedOut, _SIGNED_OUT),
    (Forged, _FORGED),
    (
        TooOften,
        Answer(
            429,
            lazy_gettext("Sai mật khẩu quá nhiều lần"),
            lazy_gettext("Hãy đợi ít lâu rồi thử lại. Mật khẩu quên thì người quản lý kho đặt lại được."),
        ),
    ),
)
_BY_STATUS = {404: _NOT_FOUND, 405: _METHOD, 409: _CONFLICT, 410: _GONE, 413: _TOO_LARGE, 503: _BUSY}


def answer_for(error: Exception) -> Answer:
    """The answer that `error` deserves; an error that nobody foresaw is a 500."""
    for kind, answer in TABLE:
        if isinstance(error, kind):
            return answer
    if isinstance(error, HTTPException) and error.code:
        return _BY_STATUS.get(error.code, _UNUSABLE if error.code < 500 else _INTERNAL)
    return _INTERNAL


def handle(error: Exception) -> Response:
    """Answer `error` with a page, or with JSON where programs ask; errors from 500 up are logged with their traceback."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return make_response(error.get_response())
    answer = answer_for(error)
    if answer.status >= 500:
        current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    detail = _detail(error)
    if request.path.startswith("/api/") or request.path in ("/healthz", "/goi-y"):
        response = jsonify({"error": str(detail or answer.title), "status": answer.status})
    else:
        response = make_response(render_template("error.html", answer=answer, detail=detail, reading_view=_reading_view(error)))
    response.status_code = answer.status
    if isinstance(error, HTTPException):
        response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    if answer.status == 503:
        response.headers["Retry-After"] = "5"
    if isinstance(error, TooOften):
        response.headers["Retry-After"] = str(ceil(error.wait_s))
    return response


def _detail(error: Exception) -> str | None:
    if isinstance(error, NotFound):
        names = {"document": gettext("tài liệu"), "version": gettext("phiên bản"), "capture": gettext("bản chụp")}
        names |= {
            "file": gettext("tệp"),
            "page": gettext("trang"),
            "picture": gettext("ảnh của trang"),
            "scan": gettext("ảnh quét"),
        }
        return gettext("Kho không có %(what)s “%(id)s”.", what=names.get(error.what, error.what), id=error.id[:80])
    if isinstance(error, BadRequest):
        return gettext("Không hiểu “%(name)s=%(value)s”.", name=error.name, value=error.value[:80])
    if isinstance(error, FileUnreadable):
        return unread_in_words(error.code)
    if isinstance(error, TooOften):
        return gettext("Thử lại được sau %(seconds)s giây.", seconds=ceil(error.wait_s))
    if isinstance(error, Damaged):
        return f"{error.file} @ {error.offset}"
    return None


def _reading_view(error: Exception) -> str | None:
    """Address of the text that was read from a capture, where the capture itself cannot be shown."""
    if isinstance(error, Damaged) and request.endpoint == "original":
        return url_for("version", **(request.view_args or {}))
    return None


def register(app: Flask) -> None:
    """Let `app` answer every error through `handle`."""
    app.register_error_handler(Exception, handle)
