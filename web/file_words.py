"""What stands as one stable word in the archive, in words for a person: formats, states, reasons, warnings, claims."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext

from archive.pages import AttachedFile, KeptFile, PageOrigin
from web.language import gettext, moment

FORMATS = {
    "pdf": "PDF",
    "docx": "Word (DOCX)",
    "doc": "Word 97–2003 (DOC)",
    "rtf": "RTF",
    "xlsx": "Excel (XLSX)",
    "xls": "Excel 97–2003 (XLS)",
    "odt": "OpenDocument (ODT)",
    "ppt": "PowerPoint 97–2003 (PPT)",
    "pptx": "PowerPoint (PPTX)",
    "txt": lazy_gettext("chữ thuần (TXT)"),
    "csv": lazy_gettext("bảng chữ thuần (CSV)"),
    "html": lazy_gettext("trang web (HTML)"),
    "png": lazy_gettext("ảnh PNG"),
    "jpeg": lazy_gettext("ảnh JPEG"),
    "tiff": lazy_gettext("ảnh TIFF"),
    "eml": lazy_gettext("thư điện tử (EML)"),
    "zip": lazy_gettext("tệp nén ZIP"),
    "unknown": lazy_gettext("không rõ định dạng"),
}
UNREAD = {
    "empty": lazy_gettext("tệp rỗng"),
    "encrypted": lazy_gettext("tệp có mật khẩu"),
    "damaged": lazy_gettext("tệp hỏng"),
    "unsupported": lazy_gettext("định dạng chưa đọc được"),
    "too_large": lazy_gettext("tệp quá lớn"),
    "too_many_pages": lazy_gettext("tệp quá nhiều trang"),
    "timeout": lazy_gettext("đọc quá lâu nên đã dừng"),
    "memory": lazy_gettext("cần quá nhiều bộ nhớ nên đã dừng"),
    "crashed": lazy_gettext("bộ đọc gặp lỗi với tệp này"),
    "no_text": lazy_gettext("không có chữ nào đọc được"),
    "no_ocr": lazy_gettext("là ảnh quét, nhưng máy này chưa có bộ nhận dạng chữ"),
}
"""Why no page could be read from a file."""
ABSENT = {
    "robots": lazy_gettext("cổng không cho máy tải (robots.txt)"),
    "robots_unreachable": lazy_gettext("không đọc được quy định robots.txt của cổng"),
    "host": lazy_gettext("nằm ở máy chủ ngoài các cổng đã đăng ký"),
    "port": lazy_gettext("cổng kết nối không được phép"),
    "private_address": lazy_gettext("địa chỉ trỏ vào mạng nội bộ"),
    "scheme": lazy_gettext("không phải địa chỉ web"),
    "url": lazy_gettext("địa chỉ viết sai"),
    "credentials": lazy_gettext("địa chỉ đòi tên và mật khẩu"),
    "form": lazy_gettext("chỉ tải được qua biểu mẫu"),
    "dns": lazy_gettext("không tìm thấy máy chủ"),
    "connect": lazy_gettext("không kết nối được với máy chủ"),
    "tls": lazy_gettext("chứng thư của máy chủ không hợp lệ"),
    "timeout": lazy_gettext("máy chủ trả lời quá lâu"),
    "protocol": lazy_gettext("máy chủ trả lời sai quy cách"),
    "truncated": lazy_gettext("máy chủ ngắt giữa chừng"),
    "coding": lazy_gettext("nội dung nhận về không giải nén được"),
    "too_large": lazy_gettext("tệp vượt cỡ cho phép"),
    "bomb": lazy_gettext("nội dung nén phình quá cỡ cho phép"),
    "redirects": lazy_gettext("bị chuyển hướng quá nhiều lần"),
    "http_404": lazy_gettext("cổng báo không có tệp này (404)"),
    "http_403": lazy_gettext("cổng không cho tải (403)"),
    "http_410": lazy_gettext("cổng báo tệp đã bị gỡ (410)"),
}
"""Why an attachment could not be fetched."""
WARNINGS = {
    "cut": lazy_gettext("Chỉ đọc phần đầu của tệp, vì tệp vượt giới hạn."),
    "hidden": lazy_gettext("Tệp có phần bị ẩn khi mở bằng chương trình thường dùng."),
    "macros": lazy_gettext("Tệp có chứa mã lệnh (macro); mã không được chạy."),
    "encrypted": lazy_gettext("Một phần của tệp có mật khẩu nên không đọc được."),
    "damaged": lazy_gettext("Một phần của tệp bị hỏng; chỉ đọc được phần còn lại."),
    "charset": lazy_gettext("Bảng mã của tệp phải đoán; chữ có thể sai dấu."),
    "legacy": lazy_gettext("Có chữ theo bảng mã cũ; đã chuyển sang Unicode, nguyên văn được giữ lại."),
    "ocr": lazy_gettext("Có trang phải đọc bằng máy từ ảnh; chữ có thể sai."),
    "no_ocr": lazy_gettext("Có trang là ảnh quét mà máy này chưa đọc được."),
    "members": lazy_gettext("Không phải mọi tệp bên trong đều được liệt kê."),
    "turned": lazy_gettext("Có trang nằm ngang hoặc ngược; ảnh đã được xoay lại."),
}
"""By the stable word that a reader's warning begins with; the sentence itself is shown beside it."""
CLAIMS = {
    "author": lazy_gettext("Người soạn"),
    "last_author": lazy_gettext("Người sửa cuối"),
    "created": lazy_gettext("Tạo lúc"),
    "modified": lazy_gettext("Sửa lần cuối"),
    "printed": lazy_gettext("In lần cuối"),
    "software": lazy_gettext("Phần mềm"),
    "producer": lazy_gettext("Phần mềm xuất tệp"),
    "title": lazy_gettext("Tiêu đề"),
    "subject": lazy_gettext("Chủ đề"),
    "keywords": lazy_gettext("Từ khóa"),
    "company": lazy_gettext("Cơ quan"),
    "pages": lazy_gettext("Số trang"),
    "from": lazy_gettext("Người gửi"),
    "to": lazy_gettext("Người nhận"),
    "cc": lazy_gettext("Đồng gửi"),
    "date": lazy_gettext("Ngày gửi"),
    "language": lazy_gettext("Ngôn ngữ"),
}
ENCODINGS = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI", "viscii": "VISCII", "vps": "VPS", "cp1258": "Windows-1258", "viqr": "VIQR"}
ORIGINS: dict[PageOrigin, object] = {
    "text": lazy_gettext("chữ có sẵn trong tệp"),
    "converted": lazy_gettext("chữ chuyển từ bảng mã cũ"),
    "ocr": lazy_gettext("đọc từ ảnh quét"),
}


def format_in_words(format: str) -> str:
    """What a format is called."""
    return str(FORMATS.get(format, format.upper()))


def unread_in_words(code: str) -> str:
    """Why a file could not be read."""
    return str(UNREAD.get(code, code))


def absent_in_words(code: str) -> str:
    """Why an attachment is not here."""
    if code in ABSENT:
        return str(ABSENT[code])
    status = code.removeprefix("http_")
    return gettext("cổng trả lời lỗi %(status)s", status=status) if status != code else code


def encodings_in_words(names: Sequence[str]) -> str:
    """What encodings are called, one after the other."""
    return ", ".join(ENCODINGS.get(name, name.upper() if name.isascii() else name) for name in names)


def origin_in_words(origin: PageOrigin, encodings: Sequence[str] = ()) -> str:
    """Where the text of a page comes from."""
    if origin == "converted" and encodings:
        return gettext("chữ chuyển từ bảng mã %(names)s", names=encodings_in_words(encodings))
    return str(ORIGINS.get(origin, origin))


def warning_in_words(warning: str) -> tuple[str | None, str]:
    """A warning in the reader's language, None where only the sentence as it was written is to be had, and that sentence."""
    word, _, rest = warning.partition(":")
    known = WARNINGS.get(word.strip())
    return (str(known) if known else None, " ".join((rest if known else warning).split()))


def state_in_words(attached: AttachedFile) -> str:
    """How far an attachment has come."""
    if attached.file is None:
        if attached.failed:
            return gettext("chưa tải được: %(why)s", why=absent_in_words(attached.failed))
        return gettext("đang chờ tải")
    return file_state(attached.file)


def file_state(file: KeptFile) -> str:
    """How far a kept file has come."""
    if file.state == "waiting":
        return gettext("đang chờ đọc")
    if file.state == "failed":
        why = file.reading.failed if file.reading else None
        return gettext("không đọc được: %(why)s", why=unread_in_words(why)) if why else gettext("không đọc được")
    when = moment(file.read_at) if file.read_at else None
    return gettext("đọc lúc %(when)s", when=when) if when else gettext("đã đọc")
