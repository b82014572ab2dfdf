"""Names that mean the same: found in queries, and files of them that are wrong are refused with a word on what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.asking.thesaurus import MAX_EXPANSIONS, SHIPPED, Expansion, Thesaurus, load
from search.asking.thesaurus_file import MAX_BYTES, read
from search.errors import SearchError, ThesaurusError
from search.words.analysis import syllables

NAMES = load(SHIPPED)


def expanded(text: str, names: Thesaurus = NAMES) -> list[tuple[str, tuple[str, ...]]]:
    forms = [token.text for token in syllables(text)]
    return [(" ".join(forms[each.start : each.end]), each.shown) for each in names.expansions(forms, text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("UBND tỉnh", [("ubnd", ("Ủy ban nhân dân",))]),
        ("ubnd", [("ubnd", ("Ủy ban nhân dân",))]),
        ("ủy ban nhân dân tỉnh", [("ủy ban nhân dân", ("UBND",))]),
        ("uỷ ban nhân dân", [("ủy ban nhân dân", ("UBND",))]),
        ("uy ban nhan dan", [("uy ban nhan dan", ("UBND",))]),
        ("HDND huyện", [("hdnd", ("Hội đồng nhân dân",))]),
        ("cán bộ, công chức, viên chức", [("cán bộ công chức viên chức", ("CBCCVC",))]),
        ("thuế GTGT", [("gtgt", ("giá trị gia tăng", "VAT"))]),
        ("kinh tế - xã hội", [("kinh tế xã hội", ("KT-XH",))]),
        ("KT-XH", [("kt xh", ("kinh tế - xã hội",))]),
        ("QĐ", [("qđ", ("Quyết định",))]),
        ("HD", [("hd", ("Hướng dẫn",))]),
        ("HĐ", [("hđ", ("Hợp đồng",))]),
        ("nđ-cp", [("nđ cp", ("Nghị định của Chính phủ",))]),
        ("BTC và UBND", [("btc", ("Bộ Tài chính",)), ("ubnd", ("Ủy ban nhân dân",))]),
        ("tỉnh Vĩnh Phúc", [("tỉnh vĩnh phúc", ("tỉnh Phú Thọ",))]),
        ("Bộ Kế hoạch và Đầu tư", [("bộ kế hoạch và đầu tư", ("Bộ Tài chính",))]),
    ],
)
def test_names_have_other_names(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert expanded(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tb hd kh bc ct",
        "da",
        "quyết định",
        "bộ tài chính",
        "tỉnh Phú Thọ",
        "hòa bình",
        "uy bạn nhân dân",
        "12/QĐ-UBND",
        "34/NQ-HĐND",
        "Nghị định số 15/2020/NĐ-CP",
        "123/TB-STC",
    ],
)
def test_syllables_numbers_and_what_is_directed_have_none(text: str) -> None:
    assert expanded(text) == []


def test_capitals_are_known_from_what_was_typed_alone() -> None:
    assert NAMES.expansions(["tb"]) == NAMES.expansions(["tb"], "other") == ()
    assert NAMES.expansions(["tb"], "TB") == (
        Expansion(0, 1, (("thông", "báo"),), ("Thông báo",), "Nghị định 30/2020/NĐ-CP, Phụ lục III"),
    )


def test_what_is_looked_up_is_bounded() -> None:
    assert len(expanded("UBND HĐND " * 40)) == MAX_EXPANSIONS


def test_every_shipped_entry_says_its_source_and_directed_ones_do_not_turn_round() -> None:
    entries = read(SHIPPED)
    assert len(entries) > 100
    assert all(entry.source for entry in entries)
    assert {entry.kind for entry in entries} == {"same", "short", "renamed"}
    assert all(len(entry.others) == 1 for entry in entries if entry.kind != "same")


OWN = """
[[same]]
names = ["Ủy ban nhân dân", "UBND", "Ủy ban hành chính"]
source = "tài liệu mẫu"

[[short]]
short = "HD"
full = "Hóa đơn"
source = "tài liệu mẫu"

[[renamed]]
from = "Sở Mẫu Cũ"
to = "Sở Mẫu Mới"
since = 2025-07-01
source = "tài liệu mẫu"
note = "chỉ là mẫu"
"""


def test_a_file_of_the_archive_is_laid_over_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    names = load(SHIPPED, tmp_path / "own.toml")
    assert expanded("UBND", names) == [("ubnd", ("Ủy ban nhân dân", "Ủy ban hành chính"))]
    assert expanded("HD", names) == [("hd", ("Hóa đơn",))]
    assert expanded("so mau cu", names) == [("so mau cu", ("Sở Mẫu Mới",))]
    assert expanded("Sở Mẫu Mới", names) == []
    assert expanded("HĐND", names) == expanded("HĐND")
    assert load().expansions(["ubnd"], "UBND") == ()


SAME = '[[same]]\nnames = ["Ủy ban", "UB"]\n'


@pytest.mark.parametrize(
    ("text", "entry", "said"),
    [
        ("[[", "", "not TOML"),
        ("a = " + "[" * 5000, "", "not TOML"),
        (b"\xff\xfe", "", "not UTF-8"),
        ("x" * (MAX_BYTES + 1), "", "bytes"),
        ("[[group]]\n", "[group]", "[[same]], [[short]], [[renamed]]"),
        ("same = 3\n", "[same]", "write [[same]]"),
        ("same = [3]\n", "[[same]] number 1", "must be a table"),
        (SAME, "[[same]] number 1", "'source' is missing"),
        (SAME + 'source = ""\n', "[[same]] number 1", "source = '' cannot be used"),
        (SAME + 'source = "a\\u202eb"\n', "[[same]] number 1", "cannot be used"),
        (SAME + "source = 1\n", "[[same]] number 1", "cannot be used"),
        (SAME + 'source = "a"\nsince = 2025-01-01\n', "[[same]] number 1", "'since' is not known here"),
        ('[[same]]\nnames = ["Ủy ban"]\nsource = "a"\n', "[[same]] number 1", "2 to"),
        ('[[same]]\nnames = "UBND"\nsource = "a"\n', "[[same]] number 1", "2 to"),
        ('[[same]]\nnames = ["UBND", "ubnd"]\nsource = "a"\n', "[[same]] number 1", "twice"),
        ('[[same]]\nnames = ["UBND", "--"]\nsource = "a"\n', "[[same]] number 1", "1 to"),
        ('[[same]]\nnames = ["UBND", 3]\nsource = "a"\n', "[[same]] number 1", "cannot be used"),
        ('[[same]]\nnames = ["UBND", "' + "a " * 40 + '"]\nsource = "a"\n', "[[same]] number 1", "1 to"),
        (SAME + 'source = "a"\n' + SAME + 'source = "b"\n', "[[same]] number 2", "has an entry already"),
        ('[[short]]\nshort = "UB"\nsource = "a"\n', "[[short]] number 1", "'full' is missing"),
        ('[[renamed]]\nfrom = "A"\nto = "B"\nsource = "a"\nsince = "2025"\n', "[[renamed]] number 1", "not a date"),
        ('[[renamed]]\nfrom = "A"\nto = "B"\nsource = "a"\nsince = 2025-01-01T00:00:00\n', "[[renamed]] number 1", "not a date"),
        ("same = [" + "{}," * 5001 + "]", "[[same]]", "more than 5,000"),
    ],
)
def test_a_wrong_file_is_named_with_its_entry_and_the_cure(tmp_path: Path, text: str | bytes, entry: str, said: str) -> None:
    path = tmp_path / "ten.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ThesaurusError) as caught:
        load(path)
    assert (caught.value.path, caught.value.entry) == (path, entry)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_missing_or_a_folder_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SearchError, match="the setting `thesaurus`"):
            load(path)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200) | st.text('[]{}="\n aUBND#\\', max_size=200).map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_bytes(data)
    try:
        load(path)
    except ThesaurusError as error:
        assert error.path == path  # noqa: PT017


@given(text=st.text(max_size=60) | st.text("UBNDHĐbnđ/-0 ", max_size=40))
def test_any_text_is_looked_up(text: str) -> None:
    forms = [token.text for token in syllables(text)]
    for each in NAMES.expansions(forms, text):
        assert 0 <= each.start < each.end <= len(forms)
        assert len(each.forms) == len(each.shown) > 0
