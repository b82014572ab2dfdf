"""Similar documents, and documents that name each other: on the sample announcements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from samples.content import announcements
from search.answering.references import MAX_CARRIERS, MAX_NAMED
from search.results import NamedNumber, References
from search.schema import IndexDocument
from search.whoosh_engine import WhooshEngine, WhooshGeneration

SAMPLES = tuple(
    IndexDocument(
        id=str(each.id),
        portal="mau",
        url=f"https://mau.example{each.path}",
        title=each.title,
        summary=each.summary or "",
        body=each.text,
        published=each.published,
        category=each.category,
        number=each.number,
        kind=each.kind,
    )
    for each in announcements()
)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshGeneration]:
    """All sample announcements, in two segments."""
    generation = WhooshEngine().create(tmp_path_factory.mktemp("samples"))
    generation.write(SAMPLES[:40], [], 1)
    generation.write(SAMPLES[40:], [], 2)
    yield generation
    generation.close()


def document(id: str, body: str, **facts: str) -> IndexDocument:
    blank = IndexDocument(id=id, portal="mau", url=f"https://mau.example/{id}", title=f"Văn bản mẫu {id}", summary="", body=body)
    return replace(blank, **facts)  # type: ignore[arg-type]


def written(folder: Path, documents: list[IndexDocument]) -> WhooshGeneration:
    generation = WhooshEngine().create(folder)
    generation.write(documents, [], 1)
    return generation


# similar documents

# Of each announcement, those that a reader would want beside it: prices of another month, another auction, the same competition.
JUDGED = {
    "2003": ["2016"],
    "2016": ["2003"],
    "2005": ["2010"],
    "2010": ["2005"],
    "2007": ["2014", "3008"],
    "2014": ["2007"],
    "2012": ["2017", "2002"],
    "2017": ["2012", "2002"],
    "2008": ["2017", "2002"],
    "3001": ["3014"],
    "3014": ["3001"],
    "1007": ["3001", "3014", "3004"],
    "3004": ["1007"],
    "1011": ["3011"],
    "2004": ["3009"],
    "3009": ["2004"],
    "3002": ["3003"],
    "3003": ["3002"],
    "1016": ["3003"],
}


@pytest.mark.parametrize("id", JUDGED)
def test_the_announcement_on_the_same_matter_comes_first(samples: WhooshGeneration, id: str) -> None:
    assert samples.similar(id, 5)[0].id in JUDGED[id]


def test_most_of_what_belongs_together_is_among_the_first_three(samples: WhooshGeneration) -> None:
    wanted = [(id, other) for id, others in JUDGED.items() for other in others]
    found = [(id, other) for id, other in wanted if other in {hit.id for hit in samples.similar(id, 3)}]
    assert len(found) >= 0.9 * len(wanted)


def test_a_document_is_not_similar_to_itself_and_an_unknown_one_to_none(samples: WhooshGeneration) -> None:
    for each in SAMPLES:
        hits = samples.similar(each.id, 10)
        assert each.id not in {hit.id for hit in hits}
        assert len({hit.id for hit in hits}) == len(hits) <= 10
    assert samples.similar("không có", 5) == ()
    assert samples.similar("2003", 0) == ()


def test_a_repeated_announcement_stands_first_whatever_else_is_similar(tmp_path: Path) -> None:
    subject = next(each for each in SAMPLES if each.id == "2003")
    again = replace(subject, id="again", title="Đính chính: " + subject.title, published="2014-11-20")
    # Longer, and says the same words more often.
    louder = replace(subject, id="louder", body="\n\n".join([subject.title] * 5 + [SAMPLES[0].body, subject.body[:300]] * 3))
    generation = WhooshEngine().create(tmp_path)
    generation.write([*SAMPLES, louder], [], 1)
    generation.write([again], [], 2)
    assert generation.similar("2003", 2)[0].id == "again"
    assert generation.similar("again", 2)[0].id == "2003"
    generation.close()


def test_removed_documents_are_similar_too_and_say_that_they_are(tmp_path: Path) -> None:
    removed = replace(next(each for each in SAMPLES if each.id == "2016"), state="removed")
    generation = written(tmp_path, [each for each in SAMPLES if each.id != "2016"] + [removed])
    first = generation.similar("2003", 1)[0]
    assert (first.id, first.state) == ("2016", "removed")
    generation.write([], ["2016"], 2)
    assert "2016" not in {hit.id for hit in generation.similar("2003", 20)}
    generation.close()


@pytest.mark.parametrize("body", ["", "một", "!!!", "từ " * 5000, "\ud800", "không giống bất cứ văn bản nào khác cả"])
def test_texts_that_say_nothing_are_similar_to_little(tmp_path: Path, body: str) -> None:
    generation = written(tmp_path, [document("x", body), *SAMPLES[:10]])
    assert len(generation.similar("x", 5)) <= 5
    generation.settle()
    assert len(generation.similar("x", 5)) <= 5
    generation.close()


def test_similarity_is_the_same_however_the_index_is_cut(tmp_path: Path, samples: WhooshGeneration) -> None:
    one = written(tmp_path, list(SAMPLES))
    for id in JUDGED:
        assert [hit.id for hit in one.similar(id, 3)] == [hit.id for hit in samples.similar(id, 3)]
    one.close()


# references


def numbers(references: References) -> dict[str, list[str]]:
    return {named.number: [hit.id for hit in named.documents] for named in references.names}


@pytest.mark.parametrize(
    ("id", "names", "named_by"),
    [
        ("3014", {"45/QĐ-STC": ["3001"]}, []),
        ("3001", {"130/2005/NĐ-CP": []}, ["3014"]),
        ("2014", {"23/TB-STC": ["2007"]}, []),
        ("2007", {"343/2016/TT-BTC": []}, ["2014"]),
        ("2017", {"138/2020/NĐ-CP": [], "58/TB-STC": ["2012"]}, []),
        ("1009", {}, []),
    ],
)
def test_sample_announcements_name_each_other(
    samples: WhooshGeneration, id: str, names: dict[str, list[str]], named_by: list[str]
) -> None:
    references = samples.references(id, 10)
    assert numbers(references) == names
    assert [hit.id for hit in references.named_by] == named_by
    assert references.total_named_by == len(named_by)


def test_an_unknown_document_has_no_references(samples: WhooshGeneration) -> None:
    assert samples.references("không có", 10) == References()


def test_all_documents_that_carry_a_number_are_listed_newest_first(tmp_path: Path) -> None:
    generation = written(
        tmp_path,
        [
            document("a", "Căn cứ Quyết định số 12/QĐ-UBND và công văn 5/stc-vp; theo qđ 12/QÐ - UBND.", number="7/TB-STC"),
            document("b", "", number="12/QĐ-UBND", published="2019-01-02", portal="mot"),
            document("c", "", number="12/QĐ-UBND", published="2021-01-02", portal="hai"),
            document("d", "", number="12/QĐ-UBND", portal="ba", state="removed"),
        ],
    )
    named = generation.references("a", 10).names
    assert [each.number for each in named] == ["12/QĐ-UBND"]
    assert [(hit.id, hit.state) for hit in named[0].documents] == [("c", "live"), ("b", "live"), ("d", "removed")]
    generation.close()


def test_its_own_number_is_not_named_and_who_carries_it_too_does_not_name_it(tmp_path: Path) -> None:
    generation = written(
        tmp_path,
        [
            document(
                "a", "Thông báo số 123/TB-STC này thay cho thông báo số 99/TB-STC.", number="123/TB-STC", published="2020-05-06"
            ),
            document("b", "Thông báo số 123/TB-STC của năm sau.", number="123/TB-STC", published="2021-05-06"),
            document("c", "Thực hiện Thông báo số 123/TB-STC.", published="2020-06-01"),
            document("d", "Đã nêu trong 0123/TB - STC.", published="2020-07-01"),
        ],
    )
    references = generation.references("a", 10)
    assert references.names == (NamedNumber("99/TB-STC", ()),)
    assert [hit.id for hit in references.named_by] == ["d", "c"]
    assert generation.references("c", 10).names[0].number == "123/TB-STC"
    assert {hit.id for hit in generation.references("c", 10).names[0].documents} == {"a", "b"}
    generation.write([], ["d"], 2)
    assert [hit.id for hit in generation.references("a", 10).named_by] == ["c"]
    generation.close()


def test_a_text_that_names_thousands_lists_those_that_are_here_first_of_all(tmp_path: Path) -> None:
    body = " ; ".join(f"{i}/2015/QĐ-UBND" for i in range(1, 5001))
    here = [document(f"n{i}", "", number=f"{i}/2015/QĐ-UBND") for i in range(4950, 5001)]
    same = [document(f"s{i}", "", number="1/2015/QĐ-UBND", published=f"2015-01-{i + 1:02d}") for i in range(MAX_CARRIERS + 5)]
    naming = [document(f"m{i}", "theo 9/TB-STC", published=f"2015-02-{i + 1:02d}") for i in range(25)]
    generation = written(tmp_path, [document("a", body, number="9/TB-STC"), *here, *same, *naming])
    references = generation.references("a", 10)
    assert len(references.names) == MAX_NAMED
    assert sum(bool(each.documents) for each in references.names) == len(here) + 1
    assert [each.number for each in references.names[:2]] == ["01/2015/QĐ-UBND", "02/2015/QĐ-UBND"]
    assert len(references.names[0].documents) == MAX_CARRIERS
    assert references.names[0].documents[0].published == f"2015-01-{MAX_CARRIERS + 5:02d}"
    assert (len(references.named_by), references.total_named_by) == (10, 25)
    assert references.named_by[0].published == "2015-02-25"
    generation.close()
