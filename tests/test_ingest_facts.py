"""What a document says of itself, however its head, preamble and foot are laid out; and what news does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import LegalBasis, Mention
from ingest.clean import Block, blocks_of
from ingest.facts import Facts, read_facts
from ingest.language import language_of
from ingest.letterhead import place_and_date, read_letterhead
from ingest.parse import read
from ingest.portals import PORTALS
from ingest.preamble import read_bases
from ingest.signature import read_signature
from ingest.tree import grow
from samples import pages
from samples.content import Announcement, announcements

SITE = "Sở Tài chính tỉnh Mẫu"
TEXT = "<p>" + "Các đơn vị dự toán rà soát số dư tạm ứng và gửi hồ sơ về phòng chuyên môn. " * 4 + "</p>"
MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
FREE = "Độc lập - Tự do - Hạnh phúc"


def blocks(html: str) -> tuple[Block, ...]:
    return blocks_of(grow(f"<div>{html}</div>")[0], "https://mau.example/tin/1")


def facts(html: str, title: str = "Văn bản", site: str = SITE) -> Facts:
    return read_facts(title, None, blocks(html), site, None)


def cells(*rows: tuple[str, ...]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{body}</table>"


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


LETTERHEADS = {
    "two rows": cells(
        ("UBND TỈNH MẪU<br><b>SỞ TÀI CHÍNH</b><br>-----", f"<b>{MOTTO}</b><br>{FREE}<br>-----"),
        ("Số: 123/TB-STC", "<i>Mẫu, ngày 15 tháng 6 năm 2020</i>"),
    ),
    "one row": cells(("UBND TỈNH MẪU<br>SỞ TÀI CHÍNH<br>Số: 123/TB-STC", f"{MOTTO}<br>{FREE}<br>Mẫu, ngày 15 tháng 6 năm 2020")),
    "four rows": cells(
        ("ỦY BAN NHÂN DÂN TỈNH MẪU", MOTTO),
        ("SỞ TÀI CHÍNH", FREE),
        ("*", "___"),
        ("Số: 123/TB-STC", "Mẫu, ngày 15 tháng 6 năm 2020"),
    ),
    "paragraphs": paragraphs(
        "UBND TỈNH MẪU", "SỞ TÀI CHÍNH", "Số: 123/TB-STC", MOTTO, FREE, "Mẫu, ngày 15 tháng 6 năm 2020", "THÔNG BÁO"
    ),
    "motto first": paragraphs(MOTTO, FREE, "UBND TỈNH MẪU", "SỞ TÀI CHÍNH", "Số: 123/TB-STC", "Mẫu, ngày 15 tháng 6 năm 2020"),
    "same lines": f"<p>UBND TỈNH MẪU &nbsp; {MOTTO}<br>SỞ TÀI CHÍNH &nbsp; {FREE}<br>"
    "Số: 123/TB-STC &nbsp; Mẫu, ngày 15 tháng 6 năm 2020</p>",
    "broken date": cells(("UBND TỈNH MẪU<br>SỞ TÀI CHÍNH", MOTTO), ("Số: 123/<br>TB-STC", "Mẫu,<br>ngày 15 tháng 6 năm 2020")),
    "old motto": cells(
        ("UBND TỈNH MẪU<br>SỞ TÀI CHÍNH", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập – Tự do – Hạnh phúc"),
        ("Số 123 /TB-STC", "Mẫu, ngày 15/6/2020"),
    ),
    "nested tables": "<table><tr><td>"
    + cells(("UBND TỈNH MẪU<br>SỞ TÀI CHÍNH", MOTTO), ("Số: 123/TB-STC", "Mẫu, ngày 15 tháng 6 năm 2020"))
    + "<p>THÔNG BÁO</p></td></tr></table>",
    "dots": cells(("UBND TỈNH MẪU<br>SỞ TÀI CHÍNH", MOTTO), ("Số: 123/TB-STC", "Mẫu, ngày ..15.. tháng ..6.. năm 2020")),
    "about on the left": cells(
        ("UBND TỈNH MẪU<br>SỞ TÀI CHÍNH<br>Số: 123/TB-STC<br>V/v nghỉ lễ", f"{MOTTO}<br>{FREE}<br>Mẫu, ngày 15 tháng 6 năm 2020")
    ),
    "no break": cells(
        ("UBND TỈNH MẪU<br>SỞ TÀI CHÍNH", MOTTO),
        ("Số:&nbsp;123/TB-STC", "Mẫu,&nbsp;ngày 15&nbsp;tháng 6&nbsp;năm 2020"),
    ),
}


@pytest.mark.parametrize("head", LETTERHEADS.values(), ids=LETTERHEADS.keys())
def test_a_letterhead_is_read_however_it_is_laid_out(head: str) -> None:
    said = facts(head + TEXT)
    assert (said.number, said.kind, said.issuer, said.place) == ("123/TB-STC", "Thông báo", SITE, "Mẫu")
    assert said.issued is not None
    assert (said.issued.value, said.issued.precision) == ("2020-06-15", "day")
    assert {entry.name for entry in said.origins if entry.confidence >= 0.7} >= {"number", "kind", "issuer", "issued", "place"}


@pytest.mark.parametrize(
    ("left", "issuer"),
    [
        ("HỘI ĐỒNG NHÂN DÂN<br>TỈNH MẪU", "HỘI ĐỒNG NHÂN DÂN TỈNH MẪU"),
        ("ỦY BAN NHÂN DÂN<br>THÀNH PHỐ THÍ DỤ", "ỦY BAN NHÂN DÂN THÀNH PHỐ THÍ DỤ"),
        ("ỦY BAN<br>NHÂN DÂN<br>HUYỆN THÍ DỤ", "ỦY BAN NHÂN DÂN HUYỆN THÍ DỤ"),
        ("UBND HUYỆN THÍ DỤ<br>PHÒNG TÀI CHÍNH - KẾ HOẠCH", "PHÒNG TÀI CHÍNH - KẾ HOẠCH"),
        ("UBND TỈNH MẪU<br>BAN QUẢN LÝ DỰ ÁN<br>ĐẦU TƯ XÂY DỰNG", "BAN QUẢN LÝ DỰ ÁN ĐẦU TƯ XÂY DỰNG"),
        ("UBND TỈNH MẪU<br>BAN CHỈ HUY<br>PHÒNG CHỐNG THIÊN TAI", "BAN CHỈ HUY PHÒNG CHỐNG THIÊN TAI"),
        ("CHỦ TỊCH<br>ỦY BAN NHÂN DÂN TỈNH MẪU", "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH MẪU"),
        ("SỞ TÀI CHÍNH<br>THANH TRA SỞ<br>---", "THANH TRA SỞ"),
        ("BỘ TÀI CHÍNH", "Bộ Tài chính"),
        ("QUỐC HỘI", "Quốc hội"),
        ("TỈNH ỦY MẪU<br>*", "TỈNH ỦY MẪU"),
        ("BỘ NỘI VỤ - BỘ TÀI CHÍNH", "BỘ NỘI VỤ - BỘ TÀI CHÍNH"),
    ],
)
def test_the_issuer_is_the_last_body_of_the_letterhead(left: str, issuer: str) -> None:
    assert facts(cells((left, f"{MOTTO}<br>{FREE}"), ("Số: 1/QĐ-ABC", "Mẫu, ngày 1 tháng 2 năm 2021")) + TEXT).issuer == issuer


@pytest.mark.parametrize(
    ("line", "date", "place"),
    [
        ("Việt Trì, ngày 15 tháng 6 năm 2020", "2020-06-15", "Việt Trì"),
        ("TP. Hồ Chí Minh, ngày 05 tháng 01 năm 2021", "2021-01-05", "TP. Hồ Chí Minh"),
        ("Thành phố Thí Dụ, ngày 5/1/2021", "2021-01-05", "Thành phố Thí Dụ"),
        ("Hà Nội, ngày    tháng 3 năm 2022", "2022-03", "Hà Nội"),
        ("Mẫu, ngày … tháng … năm 2022", "2022", "Mẫu"),
        ("Số: 5/KH-UBND Mẫu, ngày 1 tháng 2 năm 2022", "2022-02-01", "Mẫu"),
        ("Số:     /KH-UBND Mẫu, ngày 1 tháng 2 năm 2022", "2022-02-01", "Mẫu"),
        (f"{FREE} Mẫu, ngày 1 tháng 2 năm 2022", "2022-02-01", "Mẫu"),
        ("Ngày 15 tháng 6 năm 2020", "2020-06-15", None),
        ("Mẫu, hồi 14 giờ 30 ngày 7 tháng 9 năm 2024", "2024-09-07T14:30+07:00", "Mẫu"),
        ("Hanoi, June 15, 2020", "2020-06-15", "Hanoi"),
    ],
)
def test_place_and_date_stand_on_one_line(line: str, date: str, place: str | None) -> None:
    found = place_and_date(" ".join(line.split()))
    assert found is not None
    assert (found[0].value, found[1]) == (date, place)


@pytest.mark.parametrize(
    "line",
    [
        "Hà Nội, ngày 15/6/2020 - Bộ Mẫu tổ chức hội nghị",
        "Thứ hai, ngày 15 tháng 6 năm 2020",
        "Cập nhật, ngày 15/6/2020",
        "Sở đã họp ngày 15 tháng 6 năm 2020",
        "Căn cứ Quyết định số 5/QĐ-UBND ngày 15 tháng 6 năm 2020 của Ủy ban",
        "Mẫu, ngày 31 tháng 2 năm 2020",
    ],
)
def test_a_sentence_with_a_date_is_no_line_of_place_and_date(line: str) -> None:
    assert place_and_date(line) is None


SIGNATURES = [
    (cells(("Nơi nhận:<br>- Như trên;", "GIÁM ĐỐC<br>(Đã ký)<br>Nguyễn Văn Mẫu")), "Nguyễn Văn Mẫu", "GIÁM ĐỐC"),
    (
        cells(("<b>Nơi nhận</b>:<br>- Lưu: VT.", "<b>KT. GIÁM ĐỐC<br>PHÓ GIÁM ĐỐC</b><br><br>Lê Thử")),
        "Lê Thử",
        "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC",
    ),
    (
        cells(
            ("Nơi nhận:", "TM. ỦY BAN NHÂN DÂN"), ("- Như trên", "KT. CHỦ TỊCH<br>PHÓ CHỦ TỊCH"), ("", "(đã ký)"), ("", "Đỗ Mẫu")
        ),
        "Đỗ Mẫu",
        "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
    ),
    (
        paragraphs("TL. BỘ TRƯỞNG", "KT. CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG", "Đại tá Trần Mẫu"),
        "Trần Mẫu",
        "TL. BỘ TRƯỞNG KT. CỤC TRƯỞNG PHÓ CỤC TRƯỞNG",
    ),
    (
        "<p>TUQ. CHỦ TỊCH<br>GIÁM ĐỐC SỞ TÀI CHÍNH<br>[Đã ký số]<br>PGS.TS. Lê Văn Thử</p>",
        "Lê Văn Thử",
        "TUQ. CHỦ TỊCH GIÁM ĐỐC SỞ TÀI CHÍNH",
    ),
    (paragraphs("Q. GIÁM ĐỐC", "(Đã ký và đóng dấu)", "Lê Thử", "Nơi nhận:", "- Như trên;"), "Lê Thử", "Q. GIÁM ĐỐC"),
    (paragraphs("CHÁNH VĂN PHÒNG", "TRẦN THỊ MẪU"), "TRẦN THỊ MẪU", "CHÁNH VĂN PHÒNG"),
    (
        paragraphs("T/M BAN THƯỜNG VỤ", "K/T BÍ THƯ", "PHÓ BÍ THƯ", "(Đã ký)", "Phạm Mẫu"),
        "Phạm Mẫu",
        "T/M BAN THƯỜNG VỤ K/T BÍ THƯ PHÓ BÍ THƯ",
    ),
    (
        "<p>Nơi nhận:<br>- Như trên;<br>- Lưu VT.</p><p>TL. GIÁM ĐỐC<br>CHÁNH VĂN PHÒNG<br><br>Lê Mẫu</p>",
        "Lê Mẫu",
        "TL. GIÁM ĐỐC CHÁNH VĂN PHÒNG",
    ),
    (cells(("Nơi nhận", "", "CHỦ TỊCH"), ("", "", "(Đã ký)"), ("", "", "Cao Thị Mẫu")), "Cao Thị Mẫu", "CHỦ TỊCH"),
    (
        cells(("KT. BỘ TRƯỞNG BỘ A<br>THỨ TRƯỞNG<br>Trương Mẫu", "KT. BỘ TRƯỞNG BỘ B<br>THỨ TRƯỞNG<br>Trần Thử")),
        "Trương Mẫu; Trần Thử",
        "KT. BỘ TRƯỞNG BỘ A THỨ TRƯỞNG; KT. BỘ TRƯỞNG BỘ B THỨ TRƯỞNG",
    ),
    (paragraphs("CHỦ TỊCH QUỐC HỘI", "(Đã ký)", "Trần Thanh Mẫu"), "Trần Thanh Mẫu", "CHỦ TỊCH QUỐC HỘI"),
    (paragraphs("CHỦ TỊCH HỘI ĐỒNG", "(Đã ký)", "GIÁM ĐỐC SỞ", "Lê Thử"), None, "CHỦ TỊCH HỘI ĐỒNG"),
    (paragraphs("Giám đốc", "Nguyễn Văn Mẫu"), "Nguyễn Văn Mẫu", "Giám đốc"),
    (paragraphs("GIÁM ĐỐC", "(Đã ký)"), None, "GIÁM ĐỐC"),
    (paragraphs("KT.CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Đã ký", "H'Yim Kđoh"), "H'Yim Kđoh", "KT.CHỦ TỊCH PHÓ CHỦ TỊCH"),
    (paragraphs("TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH", "(Đã ký)", "Lê Thử"), "Lê Thử", "TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH"),
    (paragraphs("TM. HỘI ĐỒNG TUYỂN DỤNG", "CHỦ TỊCH", "GIÁM ĐỐC SỞ TÀI CHÍNH", "Vũ Mẫu"), "Vũ Mẫu", None),
]


@pytest.mark.parametrize(("foot", "signer", "office"), SIGNATURES)
def test_a_signature_is_read_however_it_is_laid_out(foot: str, signer: str | None, office: str | None) -> None:
    found = read_signature(blocks(TEXT * 3 + foot))
    assert found is not None
    assert found.signer == signer
    assert office is None or found.office == office


@pytest.mark.parametrize(
    "html",
    [
        TEXT * 4,
        TEXT + cells(("Trưởng ban", "Nguyễn Văn Mẫu"), ("Phó trưởng ban", "Lê Thử")) + TEXT * 3,
        TEXT + paragraphs("GIÁM ĐỐC", "Nguyễn Văn Mẫu", "Điện thoại: 1", "PHÓ GIÁM ĐỐC", "Lê Thử", "Điện thoại: 2") + TEXT * 2,
        paragraphs("GIÁM ĐỐC SỞ PHÁT BIỂU TẠI HỘI NGHỊ") + TEXT * 3,
        TEXT + "<p>Giám đốc Sở Nguyễn Văn Mẫu phát biểu.</p>" + TEXT,
        TEXT + paragraphs("Kính gửi:", "- Chủ tịch UBND tỉnh;", "- Lê Thử."),
        TEXT + paragraphs("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH", "Căn cứ Luật Tổ chức chính quyền địa phương;") + TEXT,
    ],
)
def test_officials_in_a_text_have_not_signed_it(html: str) -> None:
    assert read_signature(blocks(html)) is None


def test_the_first_whole_signature_counts_not_that_of_what_is_enclosed() -> None:
    foot = cells(("Nơi nhận", "GIÁM ĐỐC<br>(Đã ký)<br>Nguyễn Văn Mẫu"))
    enclosed = "<p>QUY CHẾ</p>" + TEXT + cells(("", "CHỦ TỊCH HỘI ĐỒNG<br>(Đã ký)<br>Trần Khác"))
    found = read_signature(blocks(TEXT + foot + enclosed))
    assert found is not None
    assert found.signer == "Nguyễn Văn Mẫu"


BASES = [
    (
        paragraphs(
            "Căn cứ Luật A số 83/2015/QH13 ngày 25/6/2015;", "Căn cứ Nghị định số 163/2016/NĐ-CP;", "Xét đề nghị của Phòng,"
        ),
        [
            ("Căn cứ Luật A số 83/2015/QH13 ngày 25/6/2015", "83/2015/QH13"),
            ("Căn cứ Nghị định số 163/2016/NĐ-CP", "163/2016/NĐ-CP"),
        ],
    ),
    ("<p>- Căn cứ Luật A;<br>- Căn cứ Luật B;</p>", [("Căn cứ Luật A", None), ("Căn cứ Luật B", None)]),
    (
        "<p>Căn cứ Luật A; Căn cứ Nghị định số 1/2016/NĐ-CP; Sở ban hành kế hoạch như sau:</p>",
        [("Căn cứ Luật A", None), ("Căn cứ Nghị định số 1/2016/NĐ-CP", "01/2016/NĐ-CP")],
    ),
    (
        "<p>Căn cứ Luật A ngày 19 tháng 6 năm 2015; Luật sửa đổi một số điều của Luật A;</p><p>QUYẾT NGHỊ:</p>",
        [("Căn cứ Luật A ngày 19 tháng 6 năm 2015", None), ("Luật sửa đổi một số điều của Luật A", None)],
    ),
    (
        "<p>Căn cứ Nghị định số 2/2016/NĐ-CP<br>của Chính phủ quy định chi tiết;</p>",
        [("Căn cứ Nghị định số 2/2016/NĐ-CP của Chính phủ quy định chi tiết", "02/2016/NĐ-CP")],
    ),
    (
        paragraphs("Căn cứ Luật A,", "Căn cứ Luật B,", "Xét đề nghị của Phòng,"),
        [("Căn cứ Luật A", None), ("Căn cứ Luật B", None)],
    ),
    (paragraphs("Căn cứ Luật A.", "QUYẾT ĐỊNH:", "Điều 1."), [("Căn cứ Luật A", None)]),
    (
        paragraphs("Căn cứ Luật A;", "Xét Tờ trình số 1/TTr-STC;", "Căn cứ Luật B;", "QUYẾT ĐỊNH"),
        [("Căn cứ Luật A", None), ("Căn cứ Luật B", None)],
    ),
    (paragraphs("Căn cứ vào Hiến pháp năm 2013;", "Quốc hội ban hành Luật."), [("Căn cứ vào Hiến pháp năm 2013", None)]),
    (
        cells(("A", MOTTO)) + paragraphs("QUYẾT ĐỊNH", "<i>Căn cứ Luật A;</i>", "Điều 1. Giao việc."),
        [("Căn cứ Luật A", None)],
    ),
    (paragraphs("Căn cứ Nghị định 30/2020/NĐ-CP, Sở Tài chính yêu cầu các đơn vị:", "- Nộp báo cáo;"), []),
    (paragraphs("Căn cứ Luật A, UBND tỉnh đề nghị các sở báo cáo trước ngày 30/6."), []),
    ("<p>Các đơn vị căn cứ Luật A; căn cứ tình hình để làm.</p>", []),
    (paragraphs("Căn cứ để tính là diện tích đất.", "Diện tích đo theo bản đồ."), []),
]


@pytest.mark.parametrize(("html", "expected"), BASES)
def test_bases_are_the_clauses_of_the_preamble_word_for_word(html: str, expected: list[tuple[str, str | None]]) -> None:
    assert read_bases(blocks(html + TEXT)) == tuple(LegalBasis(*pair) for pair in expected)


def test_mentions_are_each_once_with_the_pages_own_link_and_neither_own_nor_bases() -> None:
    html = (
        LETTERHEADS["two rows"]
        + "<p>Căn cứ Nghị định số 163/2016/NĐ-CP;</p><p>THÔNG BÁO</p>"
        + '<p>Theo <a href="/vb/45">Quyết định số 45/QĐ-UBND</a> và Công văn số 9/STC-VP; thay Thông báo số 123/TB-STC. '
        + "Xem Quyết định 45/QĐ-UBND, Nghị định 163/2016/NĐ-CP.</p>"
    )
    assert facts(html).mentions == (
        Mention("45/QĐ-UBND", "45/QĐ-UBND", "https://mau.example/vb/45"),
        Mention("09/STC-VP", "9/STC-VP", None),
    )


NEWS = [
    "<p>Ngày 15/6/2020, Giám đốc Sở Nguyễn Văn Mẫu đã ký Quyết định số 45/QĐ-STC về việc giao dự toán.</p>",
    "<p>Quyết định số 45/QĐ-UBND ngày 15/6/2020 của UBND tỉnh Mẫu đã nêu rõ cách làm.</p>",
    "<p>Hà Nội, ngày 15/6/2020 - Bộ Mẫu công bố Thông tư số 45/2020/TT-BTC.</p>",
    "<p>UBND tỉnh vừa ban hành Quyết định số 45/QĐ-UBND do Chủ tịch Lê Thử ký ngày 15/6/2020.</p>",
]


@pytest.mark.parametrize("lead", NEWS)
def test_news_take_nothing_of_the_decision_that_they_are_about(lead: str) -> None:
    said = facts(lead + TEXT * 2 + "<p>Hoài Mẫu</p>", "Giao dự toán bổ sung cho các đơn vị")
    assert (said.number, said.kind, said.issued, said.place, said.signer, said.bases) == (None, None, None, None, None, ())
    assert len(said.mentions) == 1


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Nghị quyết 52-NQ/TW mở đường cho chuyển đổi số", None),
        ("Luật Đất đai: những điểm mới cần biết", None),
        ("Thông tư số 80/2021/TT-BTC có hiệu lực từ ngày 1/1/2022", None),
        ("Kế hoạch triển khai công tác năm 2022", "Kế hoạch"),
        ("Luật Lưu trữ", "Luật"),
        ("Pháp lệnh Chi phí tố tụng", "Pháp lệnh"),
        ("Thông tư liên tịch hướng dẫn mức thu", "Thông tư liên tịch"),
    ],
)
def test_a_title_that_talks_about_a_document_has_no_kind(title: str, kind: str | None) -> None:
    assert facts(TEXT * 2, title).kind == kind


def test_a_law_has_its_kind_from_its_heading() -> None:
    head = cells(("QUỐC HỘI", MOTTO), ("Luật số: 33/2024/QH15", "Hà Nội, ngày 21 tháng 6 năm 2024"))
    said = facts(head + paragraphs("LUẬT", "LƯU TRỮ", "Căn cứ Hiến pháp;", "Quốc hội ban hành Luật Lưu trữ.") + TEXT, "Lưu trữ")
    assert (said.number, said.kind, said.issuer) == ("33/2024/QH15", "Luật", "Quốc hội")


def test_a_blank_figure_keeps_kind_and_month() -> None:
    head = cells(
        ("UBND HUYỆN THÍ DỤ<br>PHÒNG TÀI CHÍNH", f"{MOTTO}<br>{FREE}"), ("Số:      /KH-TC", "Thí Dụ, ngày      tháng 3 năm 2022")
    )
    said = facts(head + TEXT)
    assert (said.number, said.kind, said.issuer, said.place) == (None, "Kế hoạch", "PHÒNG TÀI CHÍNH", "Thí Dụ")
    assert said.issued is not None
    assert (said.issued.value, said.issued.precision) == ("2022-03", "month")


@pytest.mark.parametrize("item", announcements(), ids=lambda item: str(item.id))
def test_a_page_of_the_sample_says_who_signed_it_and_when(item: Announcement) -> None:
    portal = next(portal for portal in PORTALS if portal.name == "sample")
    url = f"http://127.0.0.1:8017{item.path}"
    reading = read(pages.article(item, later=False), url, f"text/html; charset={item.encoding}", portal)
    signed = item.signature
    assert (reading.signer, reading.signer_office) == ((signed.signer, signed.office) if signed else (None, None))
    headed = "letterhead" in item.quirks
    day = item.listed.isoformat()[: 7 if "blank-number" in item.quirks else 10] if headed else None
    assert (reading.issued.value if reading.issued else None, reading.place) == (day, "Tỉnh Mẫu" if headed else None)
    clauses = [part for part in item.paragraphs if part.startswith("Căn cứ") and "Sở Tài chính" not in part]
    assert [basis.text for basis in reading.bases] == [clause.rstrip(";,") for clause in clauses]
    assert (reading.language, reading.source) == ("vi", None)
    footer, terms = item.footer, reading.reuse
    assert terms is not None
    assert terms.licence_date is not None
    assert (terms.licence_number, terms.licence_date.value, terms.licence_authority, terms.responsible) == (
        footer.licence_number,
        footer.licence_date,
        footer.licence_authority,
        footer.responsible,
    )
    assert (terms.address, terms.phone, terms.fax, terms.email) == (footer.address, footer.phone, footer.fax, footer.email)


def test_a_slip_of_labels_is_read() -> None:
    slip = cells(
        ("Số ký hiệu", "12/2021/QĐ-UBND"),
        ("Ngày ban hành", "05/03/2021"),
        ("Loại văn bản", "Quyết định"),
        ("Cơ quan ban hành", "UBND tỉnh Mẫu"),
        ("Người ký", "Đỗ Văn Mẫu"),
    )
    said = facts(slip + TEXT, "Bảng giá đất")
    assert (said.number, said.kind, said.issuer, said.signer) == ("12/2021/QĐ-UBND", "Quyết định", "UBND tỉnh Mẫu", "Đỗ Văn Mẫu")
    assert said.issued is not None
    assert said.issued.value == "2021-03-05"


def test_a_title_that_is_the_document_gives_number_date_and_issuer() -> None:
    said = facts(TEXT, "Quyết định số 45/QĐ-UBND ngày 15/6/2020 của UBND tỉnh Mẫu về việc giao dự toán")
    assert (said.number, said.kind, said.issuer) == ("45/QĐ-UBND", "Quyết định", "UBND tỉnh Mẫu")
    assert said.issued is not None
    assert said.issued.value == "2020-06-15"


@pytest.mark.parametrize(
    ("site", "number"),
    [
        ("Ủy ban nhân dân tỉnh Mẫu", "45/QĐ-UBND"),
        ("Hội đồng nhân dân tỉnh Mẫu", "45/NQ-HĐND"),
        ("Sở Kế hoạch và Đầu tư tỉnh Mẫu", "45/TB-SKHĐT"),
        ("Sở Lao động - Thương binh và Xã hội tỉnh Mẫu", "45/TB-SLĐTBXH"),
    ],
)
def test_a_portals_own_abbreviation_makes_it_the_issuer(site: str, number: str) -> None:
    said = facts(TEXT, f"Số {number} về việc nghỉ lễ", site)
    assert (said.number, said.issuer) == (number, site)


def test_minutes_bear_their_date_above_the_signature() -> None:
    head = paragraphs(MOTTO, FREE, "BIÊN BẢN", "Họp xét thầu")
    foot = "<p>Mẫu, ngày 5 tháng 7 năm 2021</p>" + cells(("THƯ KÝ<br>(Đã ký)<br>Lê Thị Mẫu", "CHỦ TỌA<br>(Đã ký)<br>Vũ Thử"))
    said = facts(head + TEXT * 9 + foot)
    assert (said.kind, said.place, said.signer) == ("Biên bản", "Mẫu", "Lê Thị Mẫu; Vũ Thử")
    assert said.issued is not None
    assert said.issued.value == "2021-07-05"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sở Tài chính thông báo để các đơn vị được biết và thực hiện theo đúng quy định hiện hành.", "vi"),
        ("So Tai chinh thong bao de cac don vi duoc biet va thuc hien theo quy dinh cua tinh trong nam nay", "vi"),
        ("The department announced that the projects are to be completed by the end of the year in the province.", "en"),
        (
            "Le département des finances de la province a annoncé que les projets seront achevés dans le délai.",
            "fr",
        ),
        ("本省财政厅今日发布公告，要求各单位按照规定及时报送材料，并做好相关工作。", "zh"),
        ("財務局は本日、各機関に対して期限までに資料を提出するようお知らせしました。", "ja"),
        ("ກົມການເງິນແຈ້ງໃຫ້ຊາບວ່າໂຄງການຈະສຳເລັດພາຍໃນທ້າຍປີນີ້", "lo"),
        ("BTC 2020", None),
        ("1 2 3 4 5 6 7 8 9", None),
        ("", None),
    ],
)
def test_a_language_is_told_where_it_is_sure(text: str, code: str | None) -> None:
    found = language_of(text)
    assert (found.code if found else None) == code


def test_english_with_vietnamese_names_is_english() -> None:
    text = "The Chairman of the Committee of Phú Mẫu province said that the plan for the year is to be sent to the ministry."
    found = language_of(text * 2)
    assert found is not None
    assert found.code == "en"


PIECES = st.sampled_from(
    [
        "<table><tr><td>",
        "</td><td>",
        "</td></tr></table>",
        "<br>",
        "<p>",
        MOTTO,
        FREE,
        "UBND TỈNH MẪU",
        "Số: 12/QĐ-UBND",
        "Số:    /QĐ-UBND",
        "Mẫu, ngày 5 tháng 6 năm 2020",
        "Căn cứ Luật A;",
        "QUYẾT ĐỊNH",
        "KT. GIÁM ĐỐC",
        "(Đã ký)",
        "Nguyễn Văn Mẫu",
        "Nơi nhận:",
        ";",
        ", ",
        "Người ký: Lê Thử",
        "Ngày ban hành",
    ]
)


@given(st.lists(PIECES, max_size=16).map("".join), st.sampled_from(["", "Quyết định số 5/QĐ-STC", "Nghỉ lễ"]))
def test_any_arrangement_is_survived_and_what_is_found_stands_on_the_page(html: str, title: str) -> None:
    said = read_facts(title, None, blocks(html), SITE, None)
    assert all(0 <= entry.confidence <= 1 for entry in said.origins)
    assert len({entry.name for entry in said.origins}) == len(said.origins)
    assert (said.issued is None) == all(entry.name != "issued" for entry in said.origins)
    assert said.signer is None or all(name in html for name in said.signer.split("; "))
    assert all(basis.text and not basis.text.endswith(";") for basis in said.bases)
    assert said.number not in {mention.number for mention in said.mentions}
    assert len(read_letterhead(blocks(html)).bodies) <= 16


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("mau.example", None),
        ("Cổng TTĐT tỉnh Mẫu", None),
        ("Trang thông tin điện tử huyện Thí Dụ", None),
        ("Trang thông tin điện tử Sở Tài chính tỉnh Mẫu", "Sở Tài chính tỉnh Mẫu"),
        ("Sở Tài chính tỉnh Mẫu", "Sở Tài chính tỉnh Mẫu"),
    ],
)
def test_neither_a_host_nor_a_site_issues_anything(name: str, body: str | None) -> None:
    assert read_facts("Rà soát số dư", None, (), name, None).issuer == body
