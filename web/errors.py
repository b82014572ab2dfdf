"""Errors of the web application, and the one table that gives every domain error its HTTP status.

WebError
└── BadRequest          an argument of the address cannot be used (page number, filter)
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

from archive.errors import ArchiveError, CannotKeep, CatalogueBusy, Damaged, NotFound
from search.errors import SearchError
from web.language import gettext


class WebError(Exception):
    """Base of all errors of the web application."""


class BadRequest(WebError):
    """An argument that cannot be used; `name` and `value` say which."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used; leave it out or correct it")
        self.name = name
        self.value = value


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
)
_BY_STATUS = {404: _NOT_FOUND, 405: _METHOD, 503: _BUSY}


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
    return response


def _detail(error: Exception) -> str | None:
    if isinstance(error, NotFound):
        names = {"document": gettext("tài liệu"), "version": gettext("phiên bản"), "capture": gettext("bản chụp")}
        return gettext("Kho không có %(what)s “%(id)s”.", what=names.get(error.what, error.what), id=error.id[:80])
    if isinstance(error, BadRequest):
        return gettext("Không hiểu “%(name)s=%(value)s”.", name=error.name, value=error.value[:80])
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
