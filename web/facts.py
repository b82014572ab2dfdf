"""The facts of a document as its catalogue slip shows them: each with where it was read and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten

from babel import Locale, UnknownLocaleError
from flask_babel import format_percent, get_locale, lazy_gettext

from archive.records import Document, FieldOrigin, Provenance, ReadDate, Reading, ReuseTerms, Version
from web.language import gettext, moment, read_date

SURE = 0.7
RULES = {
    "agency-of-number": lazy_gettext("suy ra từ ký hiệu cơ quan trong số văn bản"),
    "file-name": lazy_gettext("suy ra từ tên tệp"),
    "first-words": lazy_gettext("suy ra từ những chữ đầu của trang"),
    "kind-and-number": lazy_gettext("ghép từ loại văn bản và số ký hiệu"),
    "byline-desk": lazy_gettext("đọc ở dòng cuối bài"),
    "byline-label": lazy_gettext("đọc ở dòng cuối bài, sau nhãn tác giả"),
    "byline-label-on-page": lazy_gettext("đọc trên trang, sau nhãn tác giả"),
    "byline-last-line": lazy_gettext("suy ra từ dòng cuối bài"),
    "byline-pen-name": lazy_gettext("suy ra từ bút danh ở dòng cuối bài"),
    "byline-unit": lazy_gettext("suy ra từ tên đơn vị ở dòng cuối bài"),
    "date-above-signature": lazy_gettext("đọc ở dòng địa danh, ngày tháng trên chữ ký"),
    "date-after-title": lazy_gettext("suy ra từ ngày đứng sau tiêu đề"),
    "date-beside-number": lazy_gettext("đọc ở ngày đứng sau số văn bản"),
    "day-of-passing": lazy_gettext("đọc ở câu ghi ngày thông qua"),
    "densest-text": lazy_gettext("khối chữ dày nhất trên trang"),
    "file-links": lazy_gettext("các liên kết trong bài dẫn tới tệp"),
    "footer": lazy_gettext("đọc ở chân trang của cổng"),
    "footer-images": lazy_gettext("đọc ở lời thay cho hình ở chân trang"),
    "head-title": lazy_gettext("suy ra từ tên trang trên thẻ trình duyệt"),
    "heading": lazy_gettext("suy ra từ một dòng đề mục trên trang"),
    "heading-above": lazy_gettext("đề mục đứng trên tiêu đề"),
    "heading-below-section": lazy_gettext("dòng đề mục đứng dưới tên chuyên mục"),
    "heading-in-title": lazy_gettext("dòng đề mục trùng với tên trang trên thẻ trình duyệt"),
    "heading-near-body": lazy_gettext("suy ra từ dòng đề mục gần nội dung nhất"),
    "issuer-in-title": lazy_gettext("đọc trong tiêu đề, sau số văn bản"),
    "kind-and-subject": lazy_gettext("ghép từ dòng tên loại và trích yếu của văn bản"),
    "kind-in-heading": lazy_gettext("đọc ở đầu văn bản"),
    "kind-in-title": lazy_gettext("đọc ở đầu tiêu đề"),
    "kind-of-number": lazy_gettext("suy ra từ ký hiệu trong số văn bản"),
    "labelled": lazy_gettext("đọc ở bảng thuộc tính của văn bản"),
    "lead-after-title": lazy_gettext("suy ra từ đoạn mở đầu"),
    "letterhead": lazy_gettext("đọc ở phần đầu văn bản"),
    "letterhead-date": lazy_gettext("đọc ở dòng địa danh, ngày tháng"),
    "letters-and-words": lazy_gettext("suy ra từ chữ cái và từ hay gặp"),
    "line-set-apart": lazy_gettext("suy ra từ dòng chữ được làm nổi trên trang"),
    "name-in-footer": lazy_gettext("suy ra từ chân trang của cổng"),
    "named-by-class": lazy_gettext("đọc ở chỗ mà trang gọi tên như vậy"),
    "number": lazy_gettext("suy ra từ ký hiệu trong số văn bản"),
    "number-in-labelled": lazy_gettext("đọc ở bảng thuộc tính, sau nhãn số ký hiệu"),
    "number-in-letterhead": lazy_gettext("đọc ở dòng số ký hiệu đầu văn bản"),
    "number-in-opening": lazy_gettext("suy ra từ câu mở đầu của nội dung"),
    "number-in-title": lazy_gettext("đọc trong tiêu đề"),
    "numbers-in-text": lazy_gettext("các số văn bản nêu trong bài"),
    "only-h1": lazy_gettext("đề mục lớn nhất và duy nhất trên trang"),
    "path-to-page": lazy_gettext("đọc ở đường dẫn chuyên mục trên trang"),
    "portal": lazy_gettext("lấy tên của cổng"),
    "preamble": lazy_gettext("đọc ở phần căn cứ đầu văn bản"),
    "repeats": lazy_gettext("bỏ những khối lặp lại trên hầu hết các trang của cổng"),
    "signature": lazy_gettext("đọc ở phần ký cuối văn bản"),
    "source-label": lazy_gettext("đọc ở dòng ghi nguồn"),
    "source-label-on-page": lazy_gettext("đọc trên trang, sau nhãn nguồn tin"),
    "title-class": lazy_gettext("suy ra từ chỗ mà trang đánh dấu là tiêu đề"),
    "words-in-title": lazy_gettext("dòng trên trang có lời như tên trang trên thẻ trình duyệt"),
}
"""What the readers' rules are called for a person; one that is not here is shown by its name."""

_PEOPLE = {
    "entered": lazy_gettext("người lưu trữ ghi khi nhập tệp"),
    "corrected": lazy_gettext("người lưu trữ đính chính"),
}
"""Origins of what no rule read."""
_FIELDS = {
    "title": lazy_gettext("tiêu đề"),
    "summary": lazy_gettext("tóm tắt"),
    "text": lazy_gettext("nội dung"),
    "byline": lazy_gettext("tác giả"),
    "published": lazy_gettext("ngày đăng"),
    "category": lazy_gettext("chuyên mục"),
    "number": lazy_gettext("số, ký hiệu"),
    "kind": lazy_gettext("loại văn bản"),
    "issuer": lazy_gettext("cơ quan ban hành"),
    "issued": lazy_gettext("ngày ban hành"),
    "place": lazy_gettext("nơi ban hành"),
    "signer": lazy_gettext("người ký"),
    "signer_office": lazy_gettext("chức vụ người ký"),
    "source": lazy_gettext("nguồn tin"),
    "bases": lazy_gettext("căn cứ ban hành"),
    "mentions": lazy_gettext("văn bản được nhắc tới"),
    "language": lazy_gettext("ngôn ngữ"),
    "attachments": lazy_gettext("tệp đính kèm"),
    "reuse": lazy_gettext("điều kiện sử dụng lại"),
}
"""The fields of a reading in the middle of a sentence."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the slip. `origin` is None where the archive itself is the source."""

    name: str
    label: str
    value: str
    origin: str | None = None
    unsure: str | None = None
    """How sure, in words, where that is not enough."""
    raw: str | None = None


def facts(document: Document, version: Version, portal_title: str, provenance: Provenance | None = None) -> list[Fact]:
    """The slip of `version`, fields that the page does not give left out. `provenance`: of its capture, if that was imported."""
    portal = Fact("portal", gettext("Cổng thông tin"), portal_title)
    platform = version.reading.platform
    layout = platform if "/" in platform else f"{document.portal}/{platform}"
    read = (*_read_facts(version.reading, layout), *_unsure_texts(version.reading, layout))
    return [*read, portal, *_imported(document), *_brought(provenance)]


def _read_facts(reading: Reading, layout: str) -> Iterator[Fact]:
    dates = {name: date for name in ("published", "issued") if (date := getattr(reading, name)) is not None}
    shown = {name: read_date(date) for name, date in dates.items()}
    values = (
        ("number", gettext("Số, ký hiệu"), reading.number),
        ("kind", gettext("Loại văn bản"), reading.kind),
        ("issuer", gettext("Cơ quan ban hành"), reading.issuer),
        ("issued", gettext("Ngày ban hành"), shown.get("issued")),
        ("place", gettext("Nơi ban hành"), reading.place),
        ("signer", gettext("Người ký"), reading.signer),
        ("signer_office", gettext("Chức vụ người ký"), reading.signer_office),
        ("published", gettext("Ngày đăng"), shown.get("published")),
        ("category", gettext("Chuyên mục"), reading.category),
        ("byline", gettext("Tác giả"), reading.byline),
        ("source", gettext("Nguồn tin"), reading.source),
        ("language", gettext("Ngôn ngữ"), _foreign(reading.language)),
    )
    for name, label, value in values:
        if value:
            origin = reading.origin_of(name)
            yield Fact(
                name,
                label,
                value,
                origin=origin_in_words(origin, layout) if origin else None,
                unsure=unsure_in_words(origin) if origin else None,
                raw=_raw(origin, value, dates.get(name)),
            )


def _raw(origin: FieldOrigin | None, value: str, date: ReadDate | None) -> str | None:
    """The words of the page, where they say more than `value` does."""
    if origin is None or not origin.raw or origin.raw.strip() in (value, date.value if date else None):
        return None
    return origin.raw


def _foreign(code: str | None) -> str | None:
    """The name of a language that is not Vietnamese; None for Vietnamese, which goes without saying."""
    if code is None or code == "vi":
        return None
    try:
        return Locale(code).get_display_name(get_locale())
    except UnknownLocaleError:
        return code


def _unsure_texts(reading: Reading, layout: str) -> Iterator[Fact]:
    """Title, summary and text stand on the page itself; on the slip only where the reader doubts them."""
    texts = (
        ("title", gettext("Tiêu đề"), reading.title),
        ("summary", gettext("Tóm tắt"), reading.summary),
        ("text", gettext("Nội dung"), reading.text),
    )
    for name, label, value in texts:
        origin = reading.origin_of(name)
        if value and origin and (unsure := unsure_in_words(origin)):
            yield Fact(name, label, shorten(value, 80, placeholder="…"), origin_in_words(origin, layout), unsure)


def _imported(document: Document) -> Iterator[Fact]:
    if document.external_id:
        yield Fact("external_id", gettext("Mã ở hệ thống cũ"), document.external_id)


def _brought(provenance: Provenance | None) -> Iterator[Fact]:
    """Where an imported capture came from; a date that only a file's time gives is said to be unsure."""
    if provenance is not None:
        origin = provenance.origin
        when = gettext("vào kho lúc %(when)s", when=moment(origin.archived_at))
        doubt = gettext("ngày chụp chỉ theo giờ ghi của tệp") if origin.date_from == "mtime" else None
        yield Fact("provenance", gettext("Nhập từ tệp"), origin.source, origin=when, unsure=doubt)


def origin_in_words(origin: FieldOrigin, layout: str) -> str:
    """Where a field was read, for a person: the place in the page layout called `layout`, the rule or the imported column."""
    kind, _, detail = origin.origin.partition(":")
    if kind == "selector":
        layout = detail.rpartition(" @ ")[2] if " @ " in detail else layout
        return gettext("đọc ở chỗ dành cho %(field)s của mẫu trang %(layout)s", field=_field(origin.name), layout=layout)
    if kind == "rule":
        return str(RULES[detail]) if detail in RULES else gettext("suy ra theo quy tắc %(rule)s", rule=detail)
    if kind == "page":
        page, _, rule = detail.partition(" rule:")
        how = str(RULES[rule]) if rule in RULES else gettext("suy ra theo quy tắc %(rule)s", rule=rule)
        return gettext("trang %(page)s của tệp, %(how)s", page=page, how=how)
    if kind in _PEOPLE:
        return str(_PEOPLE[kind])
    if kind == "import":
        return gettext("lấy từ cột dành cho %(field)s của bản ghi nhập", field=_field(detail))
    return origin.origin


def origins(reading: Reading) -> list[tuple[str, str, str]]:
    """(field, origin as the reader wrote it, confidence) of every field, for whoever checks the reader."""
    return [(_field(each.name), each.origin, format_percent(each.confidence)) for each in reading.fields]


def _field(name: str) -> str:
    return str(_FIELDS.get(name, name))


def unsure_in_words(origin: FieldOrigin) -> str | None:
    """What to tell of a field that the reader is not sure of; None where it is sure."""
    if origin.confidence >= SURE:
        return None
    return gettext("chưa chắc chắn, độ tin cậy %(percent)s", percent=format_percent(origin.confidence))


def reuse_facts(terms: ReuseTerms) -> list[tuple[str, str]]:
    """(label, value) of whatever the portal's footer says besides the demand itself."""
    licence = ", ".join(
        part
        for part in (
            terms.licence_number,
            read_date(terms.licence_date) if terms.licence_date else None,
            terms.licence_authority,
        )
        if part
    )
    rows = (
        (gettext("Cơ quan chủ quản"), terms.publisher),
        (gettext("Giấy phép"), licence),
        (gettext("Chịu trách nhiệm"), terms.responsible),
        (gettext("Địa chỉ"), terms.address),
        (gettext("Điện thoại"), terms.phone),
        (gettext("Fax"), terms.fax),
        (gettext("Thư điện tử"), terms.email),
    )
    return [(label, value) for label, value in rows if value]
