"""What `tangthu search` prints of a hit whose words stand in an attachment."""

from __future__ import annotations

import pytest

from search.results import Hit, PageHit, Results
from tangthu.look_up import _say_results

PAGE = PageHit("a" * 64, "Quyết định mẫu.pdf", 3, "… trạm bơm …", "… <mark>trạm bơm</mark> …", others=2)


def test_a_hit_in_an_attachment_names_page_and_file(capsys: pytest.CaptureFixture[str]) -> None:
    hit = Hit("d1", 1.0, "Tiêu đề", "Tiêu đề", "Đoạn đầu", "Đoạn đầu", "https://mau.example/1", "sample", page=PAGE)
    _say_results(Results(1, (hit,)))
    said = capsys.readouterr().out
    assert "page 3 of Quyết định mẫu.pdf and 2 more: … trạm bơm …" in said
    assert "Đoạn đầu" in said
