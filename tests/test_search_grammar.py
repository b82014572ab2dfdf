"""Reading what somebody typed into a tree."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.asking.grammar import MAX_CHARS, MAX_WORDS, read
from search.asking.query import (
    AnyOf,
    Bag,
    Clause,
    Dated,
    Every,
    Fuzzy,
    Node,
    Number,
    Phrase,
    Prefix,
    Query,
    Words,
    from_json,
    to_json,
)


def codes(text: str) -> list[str]:
    return [note.code for note in read(text).notes]


def words(typed: str, *, every: bool = False, field: str | None = None) -> Words:
    """The words of a plain text, as read."""
    tree = read(typed).tree
    assert isinstance(tree, Words)
    return Words(tree.forms, typed, field, every, () if field else tree.numbers)  # type: ignore[arg-type]


def forms(query: Query) -> list[str]:
    return [form for leaf in query.leaves if isinstance(leaf, Words | Phrase) for form in leaf.forms]


def must(*nodes: Node) -> Bag:
    return Bag(tuple(Clause("must", node) for node in nodes))


def test_words_are_read_in_one_form_and_keep_their_typing() -> None:
    assert read("Hoá đơn, HÓA ĐƠN").tree == Words(("hóa", "đơn", "hóa", "đơn"), "Hoá đơn, HÓA ĐƠN")


@pytest.mark.parametrize("typed", ['"công khai"', "“công khai”", "«công khai»", "„công khai“"])
def test_a_phrase_is_what_stands_in_quotes_of_any_kind(typed: str) -> None:
    assert read(typed).tree == Phrase(("công", "khai"))


def test_a_phrase_beside_words_is_a_condition_and_the_words_are_not() -> None:
    assert read('"công khai" dự toán').tree == Bag((Clause("must", Phrase(("công", "khai"))), Clause("should", words("dự toán"))))


def test_plus_demands_one_word_and_minus_excludes_one() -> None:
    assert read("+ngân -sách nhà nước").tree == Bag(
        (
            Clause("must", words("ngân", every=True)),
            Clause("not", Phrase(("sách",))),
            Clause("should", words("nhà nước")),
        )
    )
    assert read('+"công khai" -"dự toán"').tree == Bag(
        (Clause("must", Phrase(("công", "khai"))), Clause("not", Phrase(("dự", "toán"))))
    )


@pytest.mark.parametrize("typed", ["QĐ-UBND", "công - khai", "2019-2020", "a -", "x + y", "C++"])
def test_a_hyphen_inside_or_alone_is_no_sign(typed: str) -> None:
    assert isinstance(read(typed).tree, Words)
    assert codes(typed) == []


@pytest.mark.parametrize("typed", ["tài chính VÀ dự toán", "tài chính AND dự toán", "tài chính VA dự toán"])
def test_and_needs_all_words_of_both_sides(typed: str) -> None:
    assert read(typed).tree == Every((words("tài chính", every=True), words("dự toán", every=True)))


def test_and_binds_closer_than_or_and_parentheses_closest() -> None:
    a, b, c = (words(each, every=True) for each in ("thuế", "phí", "giá"))
    assert read("thuế HOẶC phí VÀ giá").tree == AnyOf((a, Every((b, c))))
    assert read("(thuế OR phí) AND giá").tree == Every((AnyOf((a, b)), c))


def test_not_excludes_the_words_after_it_where_they_stand_together() -> None:
    expected = Bag((Clause("should", words("dự toán")), Clause("not", Phrase(("quyết", "toán")))))
    assert read("dự toán KHÔNG quyết toán").tree == expected
    assert read("dự toán NOT quyết toán").tree == expected
    assert read("a VÀ KHÔNG b").tree == Every((words("a", every=True), Bag((Clause("not", Phrase(("b",))),))))


@pytest.mark.parametrize(
    "typed", ["HỘI NGHỊ VÀ TẬP HUẤN", "KHÔNG TĂNG GIÁ", "ngân sách và dự toán", "thu hoặc chi", "và", "UBND VÀ HĐND"]
)
def test_headings_in_capitals_and_small_words_hold_no_operators(typed: str) -> None:
    tree = read(typed).tree
    assert isinstance(tree, Words)
    assert not tree.every
    assert codes(typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        "Điều nào sau đây KHÔNG đúng về dự toán?",
        "thuế HOẶC phí?",
        "Khoản KHÔNG được tính vào chi phí của đơn vị",
        "what is NOT tax?",
    ],
)
def test_emphasis_is_no_operator(typed: str) -> None:
    tree = read(typed).tree
    assert isinstance(tree, Words)
    assert not tree.every


def test_english_operators_part_acronyms() -> None:
    assert read("NSNN AND KBNN").tree == Every((words("NSNN", every=True), words("KBNN", every=True)))


def test_a_field_takes_the_words_after_it_or_one_phrase() -> None:
    assert read("tieude:dự toán").tree == words("dự toán", every=True, field="title")
    assert read('title:"dự toán" 2020').tree == Bag(
        (Clause("must", Phrase(("dự", "toán"), "title")), Clause("should", words("2020")))
    )
    assert read("tieude: dự toán").tree == words("dự toán", every=True, field="title")
    assert read("tieude:(thu HOẶC chi)").tree == AnyOf(
        (words("thu", every=True, field="title"), words("chi", every=True, field="title"))
    )


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("tieude:x", "title"), ("title:x", "title"), ("Tiêuđề:x", "title"), ("tacgia:x", "author"), ("author:x", "author"),
        ("chuyenmuc:x", "category"), ("category:x", "category"), ("coquan:x", "issuer"), ("issuer:x", "issuer"),
        ("loai:x", "kind"), ("Loại:x", "kind"), ("kind:x", "kind"), ("nguon:x", "source"), ("source:x", "source"),
        ("tep:x", "file"), ("tệp:x", "file"), ("file:x", "file"),
    ],
)  # fmt: skip
def test_fields_have_vietnamese_and_english_names(typed: str, field: str) -> None:
    assert read(typed).tree == words("x", every=True, field=field)


@pytest.mark.parametrize("typed", ["so:123/TB-STC", "number:0123/tb-stc", 'so:"123 TB STC"', "số:123/TBSTC"])
def test_a_number_is_one_object_however_it_is_written(typed: str) -> None:
    assert read(typed).tree == Number("123/tbstc")
    assert read("so:12*").tree == Number("12", begun=True)


@pytest.mark.parametrize("typed", ["123/TB-STC", "so 123/tb-stc", "123 tb stc", "Thông báo 123/TB-STC của Sở"])
def test_numbers_are_seen_inside_any_query(typed: str) -> None:
    tree = read(typed).tree
    assert isinstance(tree, Words)
    assert "123/tbstc" in tree.numbers


@pytest.mark.parametrize("typed", ["Nguồn: Báo Phú Thọ", "Kính gửi: Ủy ban", "http://x.vn/a", "lúc 8:30", "Số: 123"])
def test_what_is_copied_from_a_page_holds_no_fields(typed: str) -> None:
    assert isinstance(read(typed).tree, Words)
    assert codes(typed) == []


def test_an_unknown_field_is_a_word_with_a_note() -> None:
    assert forms(read("mausac:đỏ thẫm")) == ["mausac", "đỏ", "thẫm"]
    assert [(note.code, note.detail) for note in read("mausac:đỏ").notes] == [("field", "mausac")]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("ngay:2020", 202000000000, 202099999999),
        ("date:06/2020", 202006000000, 202006999999),
        ("ngay:15/06/2020", 202006150000, 202006159999),
        ("ngay:2020-06-15", 202006150000, 202006159999),
        ("ngay:15/06/2020..31/12/2020", 202006150000, 202012319999),
        ("ngay:2019..06/2020", 201900000000, 202006999999),
        ("ngay:2020..", 202000000000, 999912312359),
        ("ngay:..2020", 1, 202099999999),
        ("truoc:2020", 1, 201999999999),
        ("before:15/6/2020", 1, 202006149999),
        ("sau:06/2020", 202007000000, 999912312359),
        ("after:31/12/2020", 202012320000, 999912312359),
    ],
)  # fmt: skip
def test_dates_have_bounds(typed: str, first: int, last: int) -> None:
    assert read(typed).tree == Dated(first, last)
    assert codes(typed) == []


@pytest.mark.parametrize(
    "typed", ["ngay:31/02/2020", "ngay:13/2020", "ngay:hôm", "ngay:2020..x", "truoc:0/0/0000", "ngay:..", "ngay:1..2..3"]
)
def test_a_date_that_does_not_exist_is_words_with_a_note(typed: str) -> None:
    assert codes(typed) == ["date"]
    assert not any(isinstance(leaf, Dated) for leaf in read(typed).leaves)


def test_a_range_backwards_is_turned_round_with_a_note() -> None:
    assert read("ngay:2021..2019").tree == Dated(201900000000, 202199999999)
    assert codes("ngay:2021..2019") == ["range"]


def test_a_star_after_three_characters_is_a_prefix() -> None:
    assert read("ngân*").tree == Prefix("ngân")
    assert read(unicodedata.normalize("NFD", "ngân*")).tree == Prefix("ngân")
    assert read("tieude:ngân*").tree == Prefix("ngân", "title")
    assert codes("ngân*") == []


def test_any_other_star_is_left_out_with_a_note_and_its_word_kept() -> None:
    assert forms(read("ng*")) == ["ng"]
    assert codes("ng*") == ["prefix"]
    assert forms(read("*ngân*")) == ["ngân"]
    assert codes("*ngân*") == codes("*a*") == codes("*") == codes("a ** b") == codes('"a *"') == ["wildcard"]


def test_a_tilde_after_three_letters_is_fuzzy() -> None:
    assert read("ngâm~").tree == Fuzzy("ngâm")
    assert read("tuyển~2").tree == read("tuyển~9").tree == Fuzzy("tuyển", 2)
    assert codes("ab~") == codes("~") == codes("a~b~c") == ["fuzzy"]
    assert forms(read("ab~")) == ["ab"]


@pytest.mark.parametrize(
    "typed", ["VÀ x", "x y HOẶC", "a AND", "NOT", "(a", "a)", "((a)", "a VÀ VÀ b", '"a', "ngay:(a)", "KHÔNG KHÔNG a"]
)
def test_what_does_not_parse_is_plain_words_with_a_note(typed: str) -> None:
    tree = read(typed).tree
    assert tree is None or isinstance(tree, Words)
    assert codes(typed) == ["plain"]


def test_parentheses_too_deep_are_plain_words_with_a_note() -> None:
    assert forms(read("(" * 50 + "ngân" + ")" * 50)) == ["ngân"]
    assert codes("(" * 50 + "ngân" + ")" * 50) == ["deep"]
    assert codes("(" * 20 + "ngân" + ")" * 20) == []


def test_a_long_query_is_cut_with_a_note() -> None:
    assert codes("ngân sách " * 1000) == ["cut"]
    assert len(forms(read("ngân sách " * 1000))) == MAX_WORDS
    assert codes("x" * MAX_CHARS) == []
    assert len(forms(read(" HOẶC ".join(f"a{i}x" for i in range(200))))) == MAX_WORDS


def test_control_characters_part_words() -> None:
    assert forms(read("công\x00khai\x1b")) == ["công", "khai"]


def test_marks_decide_how_words_are_matched() -> None:
    assert read("công khai").marked
    assert not read("cong khai").marked


@pytest.mark.parametrize("typed", ["", " \n ", '""', "()", "*"])
def test_nothing_typed_looks_for_nothing(typed: str) -> None:
    assert read(typed).tree is None


def test_signs_alone_are_told_from_nothing() -> None:
    assert read(" \n ?!").only_signs
    assert not read("").only_signs


signs = st.text(alphabet='"*()-+~: aăđ1/.“”VÀHOẶCKHÔNGtieudesongay', max_size=200)
pieces = st.lists(
    st.sampled_from(
        ["VÀ", "HOẶC", "KHÔNG", "AND", "NOT", "(", ")", '"', "+", "-", "~", "*", "tieude:", "so:", "ngay:", "loai:", "2020",
         "31/02/2020", "..", "ngân", "sách", "ngân*", "toan~2", "12/QĐ-UBND", " ", "  ", "\n"]
    ),
    max_size=60,
).map(" ".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=3000) | signs | pieces)
def test_any_text_can_be_read_and_kept(text: str) -> None:
    query = read(text)
    assert len(forms(query)) <= MAX_WORDS
    assert from_json(to_json(query.tree)) == query.tree


@settings(max_examples=200, deadline=None)
@given(signs | pieces)
def test_reading_is_the_same_in_every_unicode_form(text: str) -> None:
    assert read(unicodedata.normalize("NFD", text)).tree == read(unicodedata.normalize("NFC", text)).tree


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "a " * 100_000, '"' * 99_999, "-" * 50_000, "a:" * 50_000, "a" * 1_000_000, "~*" * 50_000]
)
def test_reading_takes_no_time(text: str) -> None:
    begun = time.perf_counter()
    read(text)
    assert time.perf_counter() - begun < 0.5
