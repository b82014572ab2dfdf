"""Labels before values, as portals print them, and tables of label and value."""

from __future__ import annotations

import pytest

from ingest.labels import label_of, labelled, labelled_element, read_rows
from ingest.tree import Element, grow


def element(markup: str) -> Element:
    return next(iter(grow(f"<body>{markup}</body>")[0].iter("body")))[0]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Tác giả: Trần Mẫu", "byline", "Trần Mẫu"),
        ("Nguồn tin : Báo Mẫu", "source", "Báo Mẫu"),
        ("Trích nguồn: Báo Mẫu", "source", "Báo Mẫu"),
        ("Viết bởi Trần Mẫu", "byline", "Trần Mẫu"),
        ("Được viết bởi: Trần Mẫu", "byline", "Trần Mẫu"),
        ("Số/Ký hiệu: 12/QĐ-SM", "number", "12/QĐ-SM"),
        ("Số kí hiệu: 12/QĐ-SM", "number", "12/QĐ-SM"),
        ("Ngày ban hành: 13/7/2026", "issued", "13/7/2026"),
        ("Ngày đăng: 13/7/2026 08:30", "published", "13/7/2026 08:30"),
        ("Lần cập nhật cuối: 13/7/2026", "modified", "13/7/2026"),
        ("Lượt xem: 1.204", "views", "1.204"),
        ("Chuyên mục: Tin tức", "category", "Tin tức"),
        ("Trích yếu nội dung: Về việc đối chiếu", "title", "Về việc đối chiếu"),
        ("Đối chiếu số dư: những điều cần biết", None, "Đối chiếu số dư: những điều cần biết"),
        ("08:30 13/7/2026", None, "08:30 13/7/2026"),
        ("", None, ""),
    ],
)
def test_a_label_names_the_field_of_what_follows(text: str, field: str | None, value: str) -> None:
    assert labelled(text) == (field, value)


@pytest.mark.parametrize(
    ("markup", "field", "value"),
    [
        ("<div><div>Tác giả</div><div>Trần Mẫu</div></div>", "byline", "Trần Mẫu"),
        ("<p><span><b>Nguồn</b></span> Báo Mẫu</p>", "source", "Báo Mẫu"),
        ("<p><b>Trần Mẫu</b> Tác giả</p>", None, "Trần Mẫu Tác giả"),
        ("<p><b>Nguồn</b></p>", None, "Nguồn"),
    ],
)
def test_a_label_may_be_an_element_without_a_colon(markup: str, field: str | None, value: str) -> None:
    assert labelled_element(element(markup)) == (field, value)


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>Số ký hiệu</td><td>12/QĐ-SM</td></tr><tr><th>Người ký:</th><td>Trần Mẫu</td></tr></table>",
        "<table><tr><td>Số ký hiệu</td><td>12/QĐ-SM</td><td>Người ký</td><td>Trần Mẫu</td></tr></table>",
        "<dl><dt>Số ký hiệu</dt><dd>12/QĐ-SM</dd><dt>Người ký</dt><dd>Trần Mẫu</dd></dl>",
        "<ul><li>Số ký hiệu: 12/QĐ-SM</li><li><b>Người ký:</b> Trần Mẫu</li></ul>",
    ],
)
def test_rows_of_label_and_value_are_read_in_every_shape(markup: str) -> None:
    box = element(f"<div>{markup}</div>")
    assert [(name, value) for name, value, _ in read_rows(box)] == [("number", "12/QĐ-SM"), ("signer", "Trần Mẫu")]


def test_rows_without_labels_are_none() -> None:
    assert list(read_rows(element("<table><tr><td>STT</td><td>Tên</td></tr><tr><td>1</td><td>Đường</td></tr></table>"))) == []


@pytest.mark.parametrize("words", ["Tác giả:", " TÁC GIẢ ", "- Tác giả"])
def test_case_and_signs_around_a_label_do_not_count(words: str) -> None:
    assert label_of(words) == "byline"
