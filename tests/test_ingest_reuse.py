"""The reuse terms of footers, word for word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse import read
from ingest.reuse import read_reuse

# Footer of http://sotaichinh.phutho.gov.vn, as its page of 15/06/2020 shows it (Sở Tài chính tỉnh Phú Thọ).
SEED = """TRỤ SỞ CHÍNH:
Đường Trần Phú - Phường Gia Cẩm - Thành phố Việt Trì - Tỉnh Phú Thọ
Điện thoại: 0210.3846.284 - Fax: 0210.3844.030 - Email: sotc@phutho.gov.vn
Giấy phép số:01/GPTTĐT-STTTT ngày 06-03-2014 do Sở Thông tin và Truyền thông Phú Thọ cấp.
Người chịu trách nhiệm: Phó Giám đốc - Hà Thị Kim Liên.
Ghi rõ nguồn "SỞ TÀI CHÍNH TỈNH PHÚ THỌ" hoặc "sotaichinh.phutho.gov.vn" khi bạn phát hành lại thông tin từ website này"""


def test_the_seed_footer_is_read_whole() -> None:
    found = read_reuse(SEED)
    assert found is not None
    terms, origin = found
    assert terms.names == ("SỞ TÀI CHÍNH TỈNH PHÚ THỌ", "sotaichinh.phutho.gov.vn")
    assert terms.wording == SEED.split("\n")[-1]
    assert terms.act == "phát hành lại"
    assert (terms.licence_number, terms.licence_authority) == ("01/GPTTĐT-STTTT", "Sở Thông tin và Truyền thông Phú Thọ")
    assert terms.licence_date is not None
    assert (terms.licence_date.value, terms.licence_date.precision) == ("2014-03-06", "day")
    assert terms.responsible == "Phó Giám đốc - Hà Thị Kim Liên"
    assert terms.address == "Đường Trần Phú - Phường Gia Cẩm - Thành phố Việt Trì - Tỉnh Phú Thọ"
    assert (terms.phone, terms.fax, terms.email) == ("0210.3846.284", "0210.3844.030", "sotc@phutho.gov.vn")
    assert (origin.name, origin.confidence) == ("reuse", 0.9)


@pytest.mark.parametrize(
    ("footer", "names", "act"),
    [
        ('Ghi rõ nguồn " Trang tin tỉnh Mẫu " khi sử dụng lại thông tin từ Website này', ("Trang tin tỉnh Mẫu",), "sử dụng lại"),
        ("Ghi rõ nguồn Cổng thông tin tỉnh Mẫu khi đăng lại thông tin từ trang này.", ("Cổng thông tin tỉnh Mẫu",), "đăng lại"),
        (
            "Đề nghị ghi rõ nguồn “Sở Mẫu” hay “somau.example” khi sao chép các bài viết ở đây. Sở Mẫu giữ bản quyền.",
            ("Sở Mẫu", "somau.example"),
            "sao chép",
        ),
        ('Khi trích dẫn thông tin từ trang này, vui lòng ghi rõ nguồn "somau.example".', ("somau.example",), "trích dẫn"),
        (
            "Ghi rõ nguồn Sở Mẫu hoặc www.somau.example khi phát hành lại thông tin",
            ("Sở Mẫu", "www.somau.example"),
            "phát hành lại",
        ),
        ("® Ghi rõ nguồn «Sở Mẫu» khi phát lại thông tin từ website này", ("Sở Mẫu",), "phát lại"),
        ("Yêu cầu ghi rõ nguồn 'somau.example' khi sử dụng thông tin từ trang này", ("somau.example",), "sử dụng"),
        ('Ghi rõ nguồn: "Sở Mẫu" or "somau.example" khi tổ chức, cá nhân đăng lại tin', ("Sở Mẫu", "somau.example"), "đăng lại"),
        ('Ghi rõ nguồn "Sở Mẫu"\nkhi phát hành lại thông tin từ website này', ("Sở Mẫu",), "phát hành lại"),
        ('Trích dẫn rõ nguồn "Sở Mẫu" khi trích đăng thông tin', ("Sở Mẫu",), "trích đăng"),
        ("Ghi rõ nguồn «SỞ MẪU» / «somau.example» khi trích dẫn", ("SỞ MẪU", "somau.example"), "trích dẫn"),
        (
            "Ghi rõ nguồn Trang tin Mẫu (www.mau.example) khi đăng tải lại tin bài",
            ("Trang tin Mẫu (www.mau.example)",),
            "đăng tải lại",
        ),
        ('Khi khai thác, sử dụng thông tin phải ghi rõ nguồn: "Cổng Mẫu".', ("Cổng Mẫu",), "khai thác, sử dụng"),
        ("Mọi trích dẫn từ website này phải ghi rõ nguồn somau.example", ("somau.example",), "trích dẫn"),
        (
            "Tổ chức, cá nhân khi khai thác lại phải trích dẫn nguồn “A Mẫu” hay “a.example”.",
            ("A Mẫu", "a.example"),
            "khai thác lại",
        ),
        (
            'Please cite "Mau Department" or "mau.example" when republishing information.',
            ("Mau Department", "mau.example"),
            "republishing",
        ),
        ('Please specify the source "Mau Portal" when you reuse information from this site', ("Mau Portal",), "reuse"),
        ('Yêu cầu dẫn nguồn "somau.example" khi đăng lại bài viết.', ("somau.example",), "đăng lại"),
        (
            'Ghi rõ nguồn "SỞ MẪU"\nhoặc "somau.example"\nkhi phát hành lại tin\ntừ đây',
            ("SỞ MẪU", "somau.example"),
            "phát hành lại",
        ),
        ('Ghi rõ nguồn\n"SỞ MẪU"\nkhi trích dẫn lại tin, bài', ("SỞ MẪU",), "trích dẫn lại"),
        ("Khi sử dụng lại thông tin\nphải ghi rõ nguồn Sở Mẫu.", ("Sở Mẫu",), "sử dụng lại"),
        ('Nội dung được sử dụng lại với điều kiện ghi rõ nguồn "Sở Mẫu".', ("Sở Mẫu",), "sử dụng lại"),
        ("Ghi nguồn Trang Mẫu và đặt đường dẫn về đây khi phát hành lại thông tin", ("Trang Mẫu",), "phát hành lại"),
        ('GHI RÕ NGUỒN "SỞ MẪU" HOẶC "A.EXAMPLE" KHI PHÁT HÀNH LẠI TIN', ("SỞ MẪU", "A.EXAMPLE"), "PHÁT HÀNH LẠI"),
        ('Ghi rõ nguồn "Sở Mẫu", "somau.example" khi trích đăng lại thông tin', ("Sở Mẫu", "somau.example"), "trích đăng lại"),
        ("Ghi rõ nguồn “Sở Mẫu” hoặc somau.example khi bạn chia sẻ lại", ("Sở Mẫu", "somau.example"), "chia sẻ lại"),
        ('Ghi rõ "Nguồn: mau.example" khi phát hành lại thông tin từ trang này', ("mau.example",), "phát hành lại"),
        ('Khi trích dẫn tin, bài đề nghị ghi rõ: "Nguồn: Sở Mẫu". Thiết kế: A', ("Sở Mẫu",), "trích dẫn"),
        ("Ghi rõ nguồn <SỞ MẪU> khi phát hành lại thông tin", ("SỞ MẪU",), "phát hành lại"),
        ('Any reproduction must acknowledge the source as "Mau Portal".', ("Mau Portal",), "reproduction"),
        ('Mọi hành vi sao chép, phát hành lại phải ghi rõ nguồn "Sở Mẫu".', ("Sở Mẫu",), "sao chép, phát hành lại"),
        ('Ghi rõ nguồn "Sở Mẫu" khi phát hành lại thông tin từ website "mau.example"', ("Sở Mẫu",), "phát hành lại"),
    ],
)
def test_a_demand_names_its_alternatives_and_its_act(footer: str, names: tuple[str, ...], act: str) -> None:
    found = read_reuse(f"Trang chủ\n{footer}\nĐang trực tuyến: 12")
    assert found is not None
    assert found[0].names == names
    assert found[0].act == act
    assert found[0].wording is not None
    assert found[0].wording in " ".join(footer.split())


@pytest.mark.parametrize(
    ("footer", "number", "date", "authority"),
    [
        (
            "Giấy phép thiết lập trang thông tin điện tử tổng hợp trên internet số 12/GP-TTĐT, cấp ngày 05/06/2019 do Sở Mẫu cấp",
            "12/GP-TTĐT",
            "2019-06-05",
            "Sở Mẫu",
        ),
        ("Giấy phép số: 08/GP-STTTT do Sở Mẫu cấp ngày 12 tháng 5 năm 2012.", "08/GP-STTTT", "2012-05-12", "Sở Mẫu"),
        ("Giấy phép số 77/GP-TTĐT\nngày 1/2/2013. Cơ quan cấp: Cục Mẫu", "77/GP-TTĐT", "2013-02-01", "Cục Mẫu"),
        ("Giấy phép số 77/GP-TTĐT\nĐang trực tuyến: 12\nHôm nay: 1/2/2013", "77/GP-TTĐT", None, None),
        ("Giấy phép số 01/GP-TTĐT do Sở Mẫu cấp ngày 15/6/2015", "01/GP-TTĐT", "2015-06-15", "Sở Mẫu"),
        ("GIẤY PHÉP SỐ: 01/GP-STTTT DO SỞ MẪU CẤP NGÀY 15/6/2015", "01/GP-STTTT", "2015-06-15", "SỞ MẪU"),
        ("Số giấy phép: 12/GP-TTĐT. Ngày cấp: 01/02/2013. Nơi cấp: Sở Mẫu", "12/GP-TTĐT", "2013-02-01", "Sở Mẫu"),
        ("Giấy phép số: 184/GP-TTĐT, cấp ngày 9 tháng 11 năm 2022 của Cục Mẫu", "184/GP-TTĐT", "2022-11-09", "Cục Mẫu"),
        ("Giấy phép xuất bản số 12/GP-CBC ngày 3/4/2011 - Cục Báo Mẫu, Bộ Mẫu", "12/GP-CBC", "2011-04-03", "Cục Báo Mẫu, Bộ Mẫu"),
        ("Giấy phép thiết lập mạng xã hội số 5 /GP - BTTTT của Bộ Mẫu ngày 1.2.2013", "5/GP-BTTTT", "2013-02-01", "Bộ Mẫu"),
        (
            "License No. 12/GP-TTDT issued by the Department of Samples on 01/02/2013",
            "12/GP-TTDT",
            "2013-02-01",
            "Department of Samples",
        ),
        ("Giấy phép số: 09/GP-STTTT cấp ngày 30/12/2021 bởi Sở Mẫu", "09/GP-STTTT", "2021-12-30", "Sở Mẫu"),
        ("Giấy phép số: 09/GP-STTTT cấp ngày 30/12/2021 do Sở Mẫu", "09/GP-STTTT", "2021-12-30", "Sở Mẫu"),
        ("GP số: 31/GP-TTĐT Cấp ngày: 12/3/2018", "31/GP-TTĐT", "2018-03-12", None),
        ("Giấy phép số 5/GP-BC của Bộ Mẫu", "5/GP-BC", None, "Bộ Mẫu"),
    ],
)
def test_a_licence_has_number_date_and_authority(footer: str, number: str, date: str | None, authority: str | None) -> None:
    found = read_reuse(footer)
    assert found is not None
    terms = found[0]
    assert (terms.licence_number, terms.licence_date.value if terms.licence_date else None, terms.licence_authority) == (
        number,
        date,
        authority,
    )


@pytest.mark.parametrize(
    ("footer", "act"),
    [
        ("Vui lòng ghi rõ nguồn khi sử dụng lại thông tin từ website này.", "sử dụng lại"),
        ("Ghi rõ nguồn khi sao chép", "sao chép"),
        ("Nghiêm cấm sao chép dưới mọi hình thức nếu không có sự đồng ý bằng văn bản của Sở Mẫu", "sao chép"),
        ("Chỉ được phát hành lại thông tin từ website này khi có sự đồng ý bằng văn bản của Sở Mẫu.", "phát hành lại"),
    ],
)
def test_a_demand_that_names_nobody_keeps_its_words_and_act(footer: str, act: str) -> None:
    found = read_reuse(footer)
    assert found is not None
    assert (found[0].names, found[0].wording, found[0].act) == ((), footer.rstrip("."), act)


@pytest.mark.parametrize(
    "line",
    [
        "Các đơn vị ghi rõ nguồn kinh phí khi lập dự toán",
        "Ghi rõ nguồn gốc xuất xứ hàng hóa khi nhập khẩu",
        "Nêu rõ nguồn vốn khi trình dự án",
        "Nguồn: Báo Mẫu",
    ],
)
def test_what_speaks_of_other_sources_is_no_demand(line: str) -> None:
    assert read_reuse(line) is None


@pytest.mark.parametrize(
    ("footer", "publisher"),
    [
        ("© 2020 Sở Mẫu. All rights reserved.", "Sở Mẫu"),
        ("Bản quyền © 2020 - 2024 thuộc về Sở Mẫu. Ghi rõ nguồn khi sao chép.", "Sở Mẫu"),
        ("Copyright © 2021 by Mau Portal", "Mau Portal"),
        ("® Sở Mẫu giữ bản quyền nội dung trên website này", "Sở Mẫu"),
        ("Trang chủ\nCơ quan chủ quản: UBND tỉnh Mẫu | Thiết kế: Công ty A", "UBND tỉnh Mẫu"),
        ("Nội dung thuộc bản quyền của Sở Mẫu, yêu cầu trích dẫn nguồn khi khai thác lại.", "Sở Mẫu"),
        ("TRANG THÔNG TIN ĐIỆN TỬ SỞ TÀI CHÍNH TỈNH MẪU", "SỞ TÀI CHÍNH TỈNH MẪU"),
    ],
)
def test_the_publisher_is_who_holds_the_rights_or_runs_the_portal(footer: str, publisher: str) -> None:
    found = read_reuse(footer)
    assert found is not None
    assert found[0].publisher == publisher


@pytest.mark.parametrize(
    ("footer", "responsible"),
    [
        (
            "Người chịu trách nhiệm chính: Ông Vũ Mẫu - Phó Giám đốc, Trưởng Ban Biên tập",
            "Ông Vũ Mẫu - Phó Giám đốc, Trưởng Ban Biên tập",
        ),
        ("Trưởng Ban biên tập: Bà Lê Mẫu, Phó Giám đốc Sở", "Bà Lê Mẫu, Phó Giám đốc Sở"),
        ("Chịu trách nhiệm nội dung:\nVũ Mẫu - Giám đốc\nĐT: 0000 123 456", "Vũ Mẫu - Giám đốc"),
        ("Chịu trách nhiệm nội dung Ông Vũ Mẫu - Giám đốc | ĐT: 0000 123 456", "Ông Vũ Mẫu - Giám đốc"),
    ],
)
def test_who_answers_for_the_portal_is_named_with_the_office(footer: str, responsible: str) -> None:
    found = read_reuse(footer)
    assert found is not None
    assert found[0].responsible == responsible


def test_several_phones_and_mails_stay_together() -> None:
    found = read_reuse("Điện thoại: (0000) 123.456 - 123.457; Fax: 0000.123.458; Email: a@mau.example; b@mau.example")
    assert found is not None
    assert (found[0].phone, found[0].fax, found[0].email) == (
        "(0000) 123.456 - 123.457",
        "0000.123.458",
        "a@mau.example; b@mau.example",
    )


def test_a_footer_that_is_drawn_is_read_from_the_words_of_its_image() -> None:
    page = (
        '<html><head><meta charset=utf-8><title>Tin</title></head><body><h2 class="post__title">Tin</h2>'
        '<div id="post__content"><p>Sở Mẫu đề nghị các đơn vị rà soát số dư tạm ứng.</p></div><footer>'
        '<img src=f.png alt="Ghi rõ nguồn &quot;SỞ MẪU&quot; khi phát hành lại thông tin"></footer></body></html>'
    )
    reading = read(page.encode(), "https://mau.example/tin/1", None, None)
    origin = reading.origin_of("reuse")
    assert reading.reuse is not None
    assert reading.reuse.names == ("SỞ MẪU",)
    assert origin is not None
    assert origin.origin == "rule:footer-images"


def test_contacts_on_one_line_are_told_apart() -> None:
    found = read_reuse(
        "Bản quyền thuộc về Sở Mẫu\nĐịa chỉ: Số 1, đường A - ĐT: 0000 123 456 * Fax: (0000) 123-457 | Email: a.b@mau.example"
    )
    assert found is not None
    terms = found[0]
    assert (terms.publisher, terms.address, terms.phone, terms.fax, terms.email) == (
        "Sở Mẫu",
        "Số 1, đường A",
        "0000 123 456",
        "(0000) 123-457",
        "a.b@mau.example",
    )
    assert found[1].confidence < 0.7


def test_without_a_demand_there_are_no_names() -> None:
    found = read_reuse("Nguồn: báo Mẫu\nĐiện thoại: 0000 123 456")
    assert found is not None
    assert (found[0].names, found[0].wording, found[0].act) == ((), None, None)


def test_a_page_without_terms_has_none() -> None:
    assert read_reuse("Tin tức\nThông báo\nLượt xem: 12") is None


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(["ghi rõ nguồn ", '"', "khi ", "bạn ", "giấy phép số ", "12/GP ", "ngày ", "\n", "Fax: ", "hoặc "])
    ).map("".join)
)
def test_any_footer_is_survived(footer: str) -> None:
    found = read_reuse(footer)
    if found is not None and found[0].names:
        assert all(name and name == name.strip() for name in found[0].names)


@pytest.mark.parametrize(
    ("line", "names", "act"),
    [
        ("Phát hành lại thông tin từ trang này phải ghi rõ nguồn: Sở Mẫu", ("Sở Mẫu",), "Phát hành lại"),
        ("Trích dẫn từ trang này phải ghi rõ nguồn: Sở Mẫu", ("Sở Mẫu",), "Trích dẫn"),
        ('Đề nghị ghi rõ "Sở Mẫu" khi phát hành lại thông tin từ trang này', ("Sở Mẫu",), "phát hành lại"),
        ("Ghi rõ nguồn Trang TTĐT thành phố Mẫu khi phát hành lại thông tin", ("Trang TTĐT thành phố Mẫu",), "phát hành lại"),
        ("Ghi rõ nguồn trang TTĐT thành phố Mẫu khi sử dụng lại thông tin", ("trang TTĐT thành phố Mẫu",), "sử dụng lại"),
    ],
)
def test_a_demand_is_read_from_its_sentence_s_start(line: str, names: tuple[str, ...], act: str) -> None:
    for before in ("", "Bản quyền thuộc Sở Mẫu. "):
        read = read_reuse(before + line)
        assert read is not None
        assert (read[0].wording, read[0].names, read[0].act) == (line, names, act)


@pytest.mark.parametrize("authority", ["Sở TT&TT Mẫu", "Sở TTTT tỉnh Mẫu"])
@pytest.mark.parametrize(
    "line", ["Giấy phép số 12/GP-TTĐT, {} cấp ngày 4/3/2020", "Giấy phép số 12/GP-TTĐT do {} cấp ngày 4/3/2020"]
)
def test_an_authority_may_be_abbreviated(authority: str, line: str) -> None:
    read = read_reuse(line.format(authority))
    assert read is not None
    assert read[0].licence_authority == authority
