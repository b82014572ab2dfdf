"""What is left at the edges of a body and is no text of it."""

from __future__ import annotations

import pytest

from archive.dates import read_date
from ingest.clean import Block
from ingest.edges import bare

TITLE, LEAD = "Đối chiếu số dư tạm ứng", "Các đơn vị hoàn thành trước ngày 30/6."
TEXT = "Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng."


def left(*lines: str) -> list[str]:
    blocks = [Block("p", f"<p>{line}</p>", line) for line in lines]
    return [block.text for block in bare(blocks, TITLE, LEAD, read_date("15/06/2020 08:30"))]


@pytest.mark.parametrize(
    "line", [TITLE, LEAD, "15/06/2020 08:30", "Ngày đăng: 15/06/2020", "Lượt xem: 1.204", "15/06/2020 | 35 lượt đọc", "|"]
)
def test_what_the_page_said_before_is_not_said_again(line: str) -> None:
    assert left(line, TEXT) == [TEXT]


@pytest.mark.parametrize("line", ["Số lượt xem: 12", "15/06/2020"])
def test_a_count_below_the_text_is_none_of_it(line: str) -> None:
    assert left(TEXT, line) == [TEXT]


@pytest.mark.parametrize(
    "line", ["16/06/2020", "2020", "Ngày 15/06/2020 là hạn cuối gửi hồ sơ.", "Xem phụ lục kèm theo", "QUYẾT ĐỊNH"]
)
def test_a_line_of_the_text_stays(line: str) -> None:
    assert left(line, TEXT) == [line, TEXT]


def test_a_body_of_one_line_stays_whatever_it_says() -> None:
    assert left("Công bố.", "Lượt xem: 3") == ["Công bố."]
    assert left(TEXT) == [TEXT]
