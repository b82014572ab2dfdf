"""Pictures with their captions and tables that only frame, in the habits of portals."""

from __future__ import annotations

import pytest

from ingest.clean import blocks_of
from ingest.figures import put_together
from ingest.tree import grow

BASE = "https://mau.example/tin/bai-1"
PROSE = "<p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng.</p>"
FIGURE = '<figure><p><img src="https://mau.example/a.jpg" alt=""></p><figcaption>Quang cảnh hội nghị (mẫu)</figcaption></figure>'


def html(markup: str) -> str:
    root, _ = grow(f"<div>{markup}</div>")
    put_together(root)
    return "\n".join(block.html for block in blocks_of(root, BASE))


@pytest.mark.parametrize(
    "markup",
    [
        '<figure><img src="/a.jpg"><figcaption>Quang cảnh hội nghị (mẫu)</figcaption></figure>',
        '<table align="center"><tr><td><img src="/a.jpg"></td></tr><tr><td><em>Quang cảnh hội nghị (mẫu)</em></td></tr></table>',
        '<table><tbody><tr><td><p><img src="/a.jpg"></p></td></tr><tr><td>Quang cảnh hội nghị (mẫu)</td></tr></tbody></table>',
        '<p align="center"><img src="/a.jpg"></p><p align="center"><i>Quang cảnh hội nghị (mẫu)</i></p>',
        '<p style="text-align: center"><span><img src="/a.jpg"></span></p><p><span><em>Quang cảnh hội nghị (mẫu)</em></span></p>',
        '<center><img src="/a.jpg"></center><center><em>Quang cảnh hội nghị (mẫu)</em></center>',
        '<div><img src="/a.jpg"></div><div class="image-caption">Quang cảnh hội nghị (mẫu)</div>',
        '<div class="wp-caption aligncenter"><img src="/a.jpg"><p class="wp-caption-text">Quang cảnh hội nghị (mẫu)</p></div>',
        '<p align="center"><img src="/a.jpg"><br><em>Quang cảnh hội nghị (mẫu)</em></p>',
    ],
)
def test_a_picture_and_its_caption_are_one_figure(markup: str) -> None:
    cleaned = html(PROSE + markup + PROSE).replace("<em>", "").replace("</em>", "")
    assert cleaned == f"{PROSE}\n{FIGURE}\n{PROSE}"


@pytest.mark.parametrize(
    "markup",
    [
        f'<p><img src="/a.jpg"></p>{PROSE}',
        '<p align="center"><img src="/a.jpg"></p><p align="right"><b>Hoài Mẫu</b></p>',
        '<table><tr><td><img src="/a.jpg"></td><td>Nguyễn Văn Mẫu</td></tr>'
        '<tr><td><img src="/b.jpg"></td><td>Trần Thị Mẫu</td></tr></table>',
    ],
)
def test_words_below_a_picture_are_not_always_its_caption(markup: str) -> None:
    assert "figure" not in html(markup)


def test_several_pictures_over_one_caption_are_one_figure() -> None:
    pictures = '<tr><td><img src="/a.jpg"></td><td><img src="/b.jpg"></td></tr>'
    markup = f'<table>{pictures}<tr><td colspan="2">Hai ảnh (mẫu)</td></tr></table>'
    assert html(markup).count("<img") == 2
    assert html(markup).endswith("<figcaption>Hai ảnh (mẫu)</figcaption></figure>")


def test_a_table_that_only_frames_the_text_is_gone_and_a_letterhead_stays() -> None:
    letterhead = "<table><tr><td>ỦY BAN NHÂN DÂN<br>Số: 1/TB-UBND</td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</td></tr></table>"
    framed = f'<table width="100%"><tbody><tr><td>&nbsp;</td><td>{letterhead}{PROSE}{PROSE}</td></tr></tbody></table>'
    cleaned = html(framed)
    assert cleaned.startswith("<table><tr><td>ỦY BAN NHÂN DÂN<br>Số: 1/TB-UBND</td>")
    assert cleaned.endswith(f"{PROSE}\n{PROSE}")
    assert cleaned.count("<table>") == 1
