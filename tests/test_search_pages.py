"""What attachments say is found, with the page it stands on, and changes nothing of how pages without attachments rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from archive.pages import AttachedText
from search.following.follow import Follower
from search.results import Hit, PageHit, Results, SearchRequest
from search.schema import IndexDocument, of_document
from search.whoosh_engine import WhooshEngine, WhooshGeneration
from search.words.page_texts import BLOCK_CHARS, MAX_CHARS, bounded
from tests.test_search_follow import ListSource, document

QUYET_DINH, PHU_LUC = "a" * 64, "b" * 64
FILLER = "Căn cứ quy định hiện hành và đề nghị của phòng chuyên môn. "
DECISION = AttachedText(
    QUYET_DINH,
    "Quyết định mẫu.pdf",
    (
        (1, "SỞ TÀI CHÍNH TỈNH MẪU\nSố: 12/QĐ-STC\nVề việc giao dự toán năm 2025"),
        (2, "Điều 2. Kinh phí lắp đặt đèn năng lượng mặt\ntrời tại các trạm bơm. Thanh toán theo khối"),
        (3, "lượng hoàn thành. Nơi nhận: như Điều 3."),
    ),
    ("12/QĐ-STC",),
)
ANNEX = AttachedText(PHU_LUC, "Phụ lục.xls", ((1, "Trạm bơm\tXã Thí Dụ\t120"), (2, "Tổng cộng\t480")), ())


def page(id: str, title: str, body: str, *attached: AttachedText) -> IndexDocument:
    return IndexDocument(id, "sample", f"https://mau.example/{id}", title, "", body, attached=attached)


DOCUMENTS = [
    page("giao", "Thông báo giao dự toán", FILLER + "Chi tiết xem tệp đính kèm.", DECISION, ANNEX),
    page("den", "Đèn đường", FILLER + "Lắp đặt đèn năng lượng mặt trời tại các trạm bơm."),
    page("khac", "Tin hoạt động", FILLER * 3),
    page("nhac", "Trả lời kiến nghị", FILLER + "Thực hiện Quyết định số 12/QĐ-STC của Sở."),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshGeneration]:
    generation = WhooshEngine().create(tmp_path_factory.mktemp("index"))
    generation.write(DOCUMENTS, [], 1)
    yield generation
    generation.close()


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


def found(index: WhooshGeneration, text: str) -> list[str]:
    return ids(index.search(SearchRequest(text, verbatim=True)))


def page_of(index: WhooshGeneration, text: str, id: str = "giao") -> PageHit | None:
    return next(hit for hit in index.search(SearchRequest(text, verbatim=True)).hits if hit.id == id).page


def test_words_of_an_attachment_are_found_below_those_of_a_page(index: WhooshGeneration) -> None:
    assert found(index, "năng lượng mặt trời")[:2] == ["den", "giao"]
    assert found(index, "Thí Dụ") == ["giao"]


def test_a_hit_says_page_and_file(index: WhooshGeneration) -> None:
    hit = page_of(index, "khối lượng mặt trời trạm bơm")
    assert hit is not None
    assert (hit.file, hit.name, hit.page) == (QUYET_DINH, "Quyết định mẫu.pdf", 2)
    assert "<mark>trạm bơm</mark>" in hit.snippet_html
    assert "mặt trời" in hit.snippet
    annex = page_of(index, "tổng cộng")
    assert annex is not None
    assert (annex.file, annex.page) == (PHU_LUC, 2)


def test_a_hit_whose_text_says_as_much_names_no_page(index: WhooshGeneration) -> None:
    assert page_of(index, "giao dự toán tệp đính kèm") is None
    assert page_of(index, "năng lượng mặt trời", "den") is None
    assert page_of(index, "") is None


def test_other_pages_that_hold_as_much_are_counted(index: WhooshGeneration) -> None:
    hit = page_of(index, "trạm bơm")
    assert hit is not None
    assert (hit.page, hit.others) == (2, 1)
    alone = page_of(index, "trạm bơm Thí Dụ")
    assert alone is not None
    assert (alone.file, alone.others) == (PHU_LUC, 0)


def test_a_phrase_stands_across_a_line_end_but_not_across_pages_or_files(index: WhooshGeneration) -> None:
    assert found(index, '"mặt trời tại các trạm bơm"') == ["den", "giao"]
    assert found(index, '"theo khối lượng"') == []
    assert found(index, '"Điều 3 trạm bơm"') == []
    assert found(index, '"khối lượng"') == []


def test_accents_may_be_left_out_or_must_be_right(index: WhooshGeneration) -> None:
    assert found(index, "tram bom") == ["den", "giao"]
    assert found(index, '"thi du"') == ["giao"]
    assert found(index, '"thi dụ"') == ["giao"]
    assert found(index, '"thì dụ"') == []


def test_a_number_that_an_attachment_bears_finds_the_document(index: WhooshGeneration) -> None:
    assert found(index, "12/QĐ-STC")[:2] == ["giao", "nhac"]
    assert found(index, "so:12/QĐ-STC") == ["giao"]
    assert found(index, "so:12*") == ["giao"]
    references = index.references("giao", 10)
    assert [hit.id for hit in references.named_by] == ["nhac"]
    named = index.references("nhac", 10).names
    assert [(each.number, [hit.id for hit in each.documents]) for each in named] == [("12/QĐ-STC", ["giao"])]


def test_fields_tell_texts_of_attachments_from_the_page_itself(index: WhooshGeneration) -> None:
    assert found(index, "trongtep:trạm bơm") == found(index, "attached:trạm bơm") == ["giao"]
    assert found(index, "noidung:trạm bơm") == found(index, 'body:"trạm bơm"') == ["den"]
    assert found(index, "noidung:trạm* trongtep:trạm*") == []
    assert set(found(index, "noidung:đường OR trongtep:trạm~")) == {"giao"}
    assert found(index, "trạm bơm -trongtep:trạm") == ["den"]


def test_conditions_hold_over_page_and_attachments_together(index: WhooshGeneration) -> None:
    assert found(index, "đính VÀ trạm") == ["giao"]
    assert found(index, "+trạm -mặt") == []
    assert found(index, "+kiến KHÔNG trạm bơm") == ["nhac"]


def test_a_page_gives_marks_for_words_phrases_prefixes_and_numbers(index: WhooshGeneration) -> None:
    text = "Trạm bơm số 2. Số: 12 /QĐ-STC, lắp đặt đèn; trạm biến áp"

    def marked(query: str) -> list[str]:
        return [text[start:end] for start, end in index.marks(text, SearchRequest(query))]

    assert marked("trạm bơm") == ["Trạm", "bơm", "trạm"]
    assert marked('"tram bom"') == ["Trạm bơm"]
    assert marked("trongtep:lắp*") == ["lắp"]
    assert marked("so:12/qd-stc") == ["12 /QĐ-STC"]
    assert marked("noidung:trạm") == marked("tieude:đèn") == []
    assert marked("") == []


def test_what_attachments_say_changes_no_score_of_pages_without(tmp_path: Path) -> None:
    """The attachments are full of what is asked for, and of other readings of it."""
    bodies = [f"{FILLER * (i % 5)} công khai dự toán {'ngân sách ' * (i % 3)} quý {i}" for i in range(40)]
    documents = [page(f"d{i}", f"Bản tin {i}", body) for i, body in enumerate(bodies)]
    file = replace(DECISION, pages=((1, "công khai cộng khải dự toán ngân sách quý " * 50),))
    with_files = [replace(each, attached=(file,)) if i % 4 == 0 else each for i, each in enumerate(documents)]
    scores: list[dict[str, tuple[float, str]]] = []
    for name, given in (("without", documents), ("with", with_files)):
        (tmp_path / name).mkdir()
        generation = WhooshEngine().create(tmp_path / name)
        generation.write(given, [], 1)
        for query in ("công khai dự toán", "cong khai ngan sach", '"dự toán"', "ngân* toán~", "quý 7"):
            hits: Sequence[Hit] = generation.search(SearchRequest(query, limit=100)).hits
            scores.append({f"{query} {hit.id}": (hit.score, hit.snippet_html) for hit in hits if int(hit.id[1:]) % 4})
        generation.close()
    assert scores[:5] == scores[5:]
    assert all(scores)


def test_the_same_words_count_more_on_the_page(tmp_path: Path) -> None:
    """Whatever the lengths: the text itself stands first."""
    generation = WhooshEngine().create(tmp_path)
    texts = ["trạm bơm", "trạm bơm " + FILLER * 20, FILLER * 200 + "trạm bơm"]
    documents = []
    for i, text in enumerate(texts):
        documents += [page(f"a{i}", "", text), page(f"b{i}", "", "", replace(DECISION, pages=((1, text),)))]
    generation.write(documents, [], 1)
    scores = {hit.id: hit.score for hit in generation.search(SearchRequest("trạm bơm")).hits}
    assert all(scores[f"a{i}"] > scores[f"b{i}"] > 0 for i in range(len(texts)))
    generation.close()


def test_explained_points_of_attachments_say_so_and_add_up(index: WhooshGeneration) -> None:
    explained = index.explain(SearchRequest("dự toán trạm bơm"), "giao")
    assert explained is not None
    assert {share.what for share in explained.parts if share.attached} >= {"trạm", "bơm"}
    assert sum(share.points for share in explained.parts) == pytest.approx(explained.hit.score, abs=0.01)


def test_words_that_only_attachments_hold_are_known(index: WhooshGeneration) -> None:
    assert index.search(SearchRequest("thí dụ")).did_you_mean is None
    assert index.search(SearchRequest("this duj")).read_as == "thí dụ"


class Source(ListSource):
    """Documents with attachments."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, tuple[AttachedText, ...]] = {}

    def texts_of(self, ids: Sequence[str]) -> Mapping[str, tuple[AttachedText, ...]]:
        return {id: self.texts[id] for id in ids if id in self.texts}

    def attach(self, id: str, digest: str, *texts: AttachedText) -> None:
        self.texts[id] = texts
        self.put(replace(self.entries.get(id) or document(id, f"Tài liệu {id}"), attached=digest))


def test_readings_and_corrections_are_followed_and_a_stale_one_is_told(tmp_path: Path) -> None:
    source = Source()
    source.put(document("d1", "Tài liệu d1"))
    follower = Follower(source, tmp_path)
    follower.catch_up()
    source.attach("d1", "1", DECISION)
    follower.catch_up()
    assert not follower.check().differs
    generation = WhooshEngine().open(tmp_path / "gen-0001")
    assert found(generation, "trạm bơm") == ["d1"]
    corrected = replace(DECISION, pages=((1, "Nhà máy nước"),))
    source.attach("d1", "2", corrected)
    source.latest["d1"] -= 1  # a change that nobody said
    source.number -= 1
    assert follower.check().stale == ("d1",)
    source.put(source.entries["d1"])
    follower.catch_up()
    assert found(generation, "trạm bơm") == []
    assert found(generation, "nhà máy") == ["d1"]
    assert not follower.check().differs
    generation.close()


def test_a_file_of_2000_pages_is_bounded_and_read_in_pieces(tmp_path: Path) -> None:
    long = AttachedText(QUYET_DINH, "Dài.pdf", tuple((n, f"Trang thứ {n} tr{n}. " + FILLER * 40) for n in range(1, 2001)), ())
    short = AttachedText(PHU_LUC, "Ngắn.pdf", ((1, "Trạm bơm"),), ())
    source = Source()
    source.attach("d1", "1", long, short)
    follower = Follower(source, tmp_path)
    follower.catch_up()
    report = follower.check()
    assert report.cut == ("d1",)
    assert not report.differs
    generation = WhooshEngine().open(tmp_path / "gen-0001")
    hit = page_of(generation, "tr500", "d1")
    assert hit is not None
    assert (hit.page, hit.others) == (500, 0)
    assert page_of(generation, "trạm bơm", "d1") == replace(hit, file=PHU_LUC, name="Ngắn.pdf", page=1, snippet="Trạm bơm",
                                                           snippet_html="<mark>Trạm bơm</mark>")  # fmt: skip
    assert found(generation, "tr1999") == []
    with generation.newest() as snapshot:
        texts = snapshot.pages(0)
        assert texts is not None
        assert len(texts.around(0, 5).text) < 4 * BLOCK_CHARS
    generation.close()


def test_what_is_more_than_the_index_takes_is_cut_fairly() -> None:
    long = AttachedText(QUYET_DINH, "a", ((1, "a " * MAX_CHARS),), ())
    kept, left_out = bounded([long, replace(long, file=PHU_LUC), ANNEX])
    sizes = [sum(len(text) for _, text in each.pages) for each in kept]
    assert kept[2] == ANNEX
    assert MAX_CHARS - 1000 < sum(sizes) <= MAX_CHARS
    assert abs(sizes[0] - sizes[1]) < 1000
    assert left_out == 4 * MAX_CHARS + sum(len(text) for _, text in ANNEX.pages) - sum(sizes)


def test_a_page_of_many_blocks_shows_the_passage_and_a_word_at_its_end(tmp_path: Path) -> None:
    text = FILLER * 1000 + "trạm bơm Thí Dụ"
    generation = WhooshEngine().create(tmp_path)
    generation.write([page("x", "", "", replace(DECISION, pages=((7, text), (9, "không có gì"))))], [], 1)
    hit = page_of(generation, "trạm bơm", "x")
    assert hit is not None
    assert hit.page == 7
    assert hit.snippet.startswith("…")
    assert hit.snippet_html.endswith("<mark>trạm bơm</mark> Thí Dụ")
    generation.close()


def test_pages_survive_merging_and_being_laid_out_again(tmp_path: Path) -> None:
    generation = WhooshEngine().create(tmp_path)
    for number, each in enumerate(DOCUMENTS * 3):
        generation.write([replace(each, id=f"{each.id}{number}")], [], number + 1)
    before = generation.search(SearchRequest("trạm bơm", limit=50))
    generation.settle()
    generation.close()
    for path in tmp_path.glob("layout-*.arrays"):
        path.unlink()
    generation = WhooshEngine().open(tmp_path)
    again = generation.search(SearchRequest("trạm bơm", limit=50))
    assert [(hit.id, hit.page) for hit in again.hits] == [(hit.id, hit.page) for hit in before.hits]
    assert sum(hit.page is not None for hit in again.hits) == 3
    generation.close()


def test_the_index_takes_what_the_catalogue_says_of_attachments() -> None:
    made = of_document(replace(document("d", "Tài liệu"), attached="digest"), (DECISION,))
    assert (made.attached, made.attached_version, made.left_out) == ((DECISION,), "digest", 0)
