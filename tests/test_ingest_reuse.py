"""The reuse terms of footers, word for word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reuse import read_reuse

# Footer of http://sotaichinh.phutho.gov.vn, as its page of 15/06/2020 shows it (Sở Tài chính tỉnh Phú Thọ).
SEED = """TRỤ SỞ CHÍNH:
Đường Trần Phú - Phường Gia Cẩm - Thành phố Việt Trì - Tỉnh Phú Thọ
Điện thoại: 0210.3846.284 - Fax: 0210.3844.030 - Email: sotc@phutho.gov.vn
Giấy phép số:01/GPTTĐT-STTTT ngày 06-03-2014 do Sở Thông tin và Truyền thông Phú Thọ cấp.
Người chịu trách nhiệm: Phó Giám đốc - Hà Thị Kim Liên.
Ghi rõ nguồn "SỞ TÀI CHÍNH TỈNH PHÚ THỌ" hoặc "sotaichinh.phutho.gov.vn" khi bạn phát hành lại thông tin từ website này"""


def test_the_seed_footer_is_read_whole() -> None:
    read = read_reuse(SEED)
    assert read is not None
    terms, origin = read
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
    ],
)
def test_a_demand_names_its_alternatives_and_its_act(footer: str, names: tuple[str, ...], act: str) -> None:
    read = read_reuse(f"Trang chủ\n{footer}\nĐang trực tuyến: 12")
    assert read is not None
    assert read[0].names == names
    assert read[0].act == act
    assert read[0].wording is not None
    assert read[0].wording in " ".join(footer.split())


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
        ("Giấy phép số 77/GP-TTĐT\nngày 1/2/2013. Cơ quan cấp: Cục Mẫu", "77/GP-TTĐT", None, None),
        ("Giấy phép số 5/GP-BC của Bộ Mẫu", "5/GP-BC", None, "Bộ Mẫu"),
    ],
)
def test_a_licence_has_number_date_and_authority(footer: str, number: str, date: str | None, authority: str | None) -> None:
    read = read_reuse(footer)
    assert read is not None
    terms = read[0]
    assert (terms.licence_number, terms.licence_date.value if terms.licence_date else None, terms.licence_authority) == (
        number,
        date,
        authority,
    )


def test_contacts_on_one_line_are_told_apart() -> None:
    read = read_reuse(
        "Bản quyền thuộc về Sở Mẫu\nĐịa chỉ: Số 1, đường A - ĐT: 0000 123 456 * Fax: (0000) 123-457 | Email: a.b@mau.example"
    )
    assert read is not None
    terms = read[0]
    assert (terms.publisher, terms.address, terms.phone, terms.fax, terms.email) == (
        "Sở Mẫu",
        "Số 1, đường A",
        "0000 123 456",
        "(0000) 123-457",
        "a.b@mau.example",
    )
    assert read[1].confidence < 0.7


def test_without_a_demand_there_are_no_names() -> None:
    read = read_reuse("Nguồn: báo Mẫu\nĐiện thoại: 0000 123 456")
    assert read is not None
    assert (read[0].names, read[0].wording, read[0].act) == ((), None, None)


def test_a_page_without_terms_has_none() -> None:
    assert read_reuse("Tin tức\nThông báo\nLượt xem: 12") is None


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(["ghi rõ nguồn ", '"', "khi ", "bạn ", "giấy phép số ", "12/GP ", "ngày ", "\n", "Fax: ", "hoặc "])
    ).map("".join)
)
def test_any_footer_is_survived(footer: str) -> None:
    read = read_reuse(footer)
    if read is not None and read[0].names:
        assert all(name and name == name.strip() for name in read[0].names)
