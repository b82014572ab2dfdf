"""The segmenter against pyvi itself, and what pyvi does not promise: spans, threads, time, refusal of another model."""

from __future__ import annotations

import io
import pickle
import random
import re
import shutil
import subprocess
import sys
import time
import unicodedata
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samples
from search.errors import SearchError
from search.words.segment import SegmenterMissing, _Unpickler, load, segmenter
from search.words.segmenting import Lines

SENTENCES = (
    "Sở Tài chính thông báo công khai dự toán ngân sách nhà nước năm 2025.",
    "Ủy ban nhân dân tỉnh ban hành Quyết định số 1234/QĐ-UBND ngày 05/3/2024 về quản lý đất đai",
    "người nộp thuế đăng ký sử dụng hóa đơn điện tử với cơ quan thuế quản lý trực tiếp",
    "Học sinh các trường trung học cơ sở được nghỉ học do mưa bão, lũ quét và sạt lở đất!",
    "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO HUYỆN CÔNG BỐ KẾT QUẢ THI",
    "Ông Nguyễn Văn A. (Tp. Hồ Chí Minh) gửi đơn tới vanthu@sample.gov.vn; xem https://sample.gov.vn/tin?id=7",
    "tổng kinh phí 1.250.000,5 đồng... tăng 12,5% so với cùng kỳ => đạt 98_7 điểm ==> tốt -> khá >> giỏi",
    "hội nghị trực tuyến toàn quốc về chuyển đổi số và cải cách thủ tục hành chính",
    "Điều 26. Phạm vi điều chỉnh\nLuật này quy định về hoạt động của tổ chức, cá nhân",
    "so tai chinh thong bao cong khai du toan ngan sach",
    "Bệnh viện đa khoa khu vực tiêm vắc-xin COVID-19 cho người cao tuổi 😀 miễn phí 🇻🇳",
    "ThS. Trần Thị B và Dr. Smith, Mr. Lee, Mrs. Kim, Ms. Ann dự lễ khánh thành cầu qua sông",
)
TRICKY = (
    *(
        "",
        " ",
        "\n",
        "\n\n",
        " \t\r\n ",
        "nhà",
        "Nhà",
        "NHÀ",
        "ǅ",
        "1",
        ".",
        "_",
        "__",
        "nhà_nước",
        "😀",
        "👨‍👩‍👧 gia đình",
        "\u0301",
        "\ufeffnhà nước",
    ),
    *(
        "\x00",
        "nhà\x00nước",
        "http://a\x00b nhà nước",
        "a\u2028b\u00a0c\u3000d",
        "\x1c\x1d\x85",
        "ΑΣ ΟΔΟΣ nhà nước",
        "İstanbul",
        "ßtraße",
        "Đ. ĐĐ. đ.",
    ),
    *(
        "a@b",
        "a@b.c",
        "a@b.c_d@e.f",
        "a@@b.c",
        "@b.c",
        ".@.",
        "A.b@c.vn",
        "A.B.b@c.vn",
        "x...y@z.vn",
        "...@z.vn",
        "->a@b.c",
        "1.2@b.c",
        "1.2.@b.c",
    ),
    *(
        "đa@b.cđ",
        "a@b.c.d-e.",
        "a+b@c-d.e@f.g",
        "http://a@b.c d@e.f",
        "nhà://nước@a.b",
        "://x",
        "a://",
        "a:// b",
        "a://\nb",
        "Tp.a@b.c",
        "ThS.a@b.c",
    ),
    *(
        "1,2_3.4",
        "1.",
        "1..2",
        "²³",
        "٣٫٤ ٣.٤",
        "12a.5",
        "1_a",
        "A.B.C.",
        "ABC.D",
        "TpHCM. Tp.HCM",
        "====>",
        "-->",
        "....",
        ">>>",
        "$%&",
        "() '(' ()",
    ),
    *(
        "công\ttác",
        "công  tác",
        "công\ntác",
        "Công Tác",
        "công Tác",
        "CÔNG TÁC",
        "công , tác",
        "công 1 tác",
        unicodedata.normalize("NFD", SENTENCES[0]),
    ),
    *("\u0958", "\u1100\u1161", "a" * 5000, "nhà nước " * 500, "_" * 50, "-" * 50),
)
PIECES = (
    "nhà",
    "nước",
    "Công",
    "TÁC",
    "tài",
    "chính",
    "giáo dục",
    "a@b.vn",
    "http://x.vn/y",
    "1.5",
    "05",
    "...",
    "->",
    "Tp.",
    "A.",
    "@",
    "://",
    "\n",
    " ",
    "  ",
)


@pytest.fixture(scope="module")
def pyvi() -> Callable[[str], str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyvi import ViTokenizer
    tokenize: Callable[[str], str] = ViTokenizer.tokenize
    return tokenize


def permuted(count: int) -> list[str]:
    """Lines of the sample sentences' own pieces, in runs and in disorder, in four kinds of case."""
    chance = random.Random(20_240_305)
    cases: tuple[Callable[[str], str], ...] = (str.lower, str, str.upper, str.title)
    syllables = [piece for sentence in SENTENCES for piece in sentence.split(" ")]
    lines: list[str] = []
    for number in range(count):
        if number % 2:
            pieces = chance.sample(syllables, chance.randint(1, 25))
        else:
            one, other = (chance.choice(SENTENCES).split(" ") for _ in range(2))
            pieces = one[chance.randrange(len(one)) :] + other[: chance.randrange(len(other))]
        lines.append(cases[number // 2 % 4](" ".join(pieces)))
    return lines


def without_marks(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)).replace("đ", "d")


def half_marked(text: str) -> str:
    return " ".join(without_marks(word) if number % 2 else word for number, word in enumerate(text.split(" ")))


def sample_sentences() -> list[str]:
    """The sentences of the sample portal's announcements."""
    texts = [
        text
        for each in samples.announcements()
        for text in (each.title, each.summary or "", *("".join(run.text for run in block.runs) for block in each.blocks))
    ]
    return [sentence for text in texts for sentence in re.split(r"(?<=[.!?;]) ", text) if sentence]


def varied(count: int) -> list[str]:
    """Different sentences made of the sample's: whole, crossed with one another, in other case, with other figures and marks."""
    chance = random.Random(20_261_124)
    sentences = sample_sentences()
    changes: tuple[Callable[[str], str], ...] = (
        str,
        str.lower,
        str.upper,
        str.title,
        without_marks,
        half_marked,
        lambda text: re.sub(r"\d", lambda _: str(chance.randrange(10)), text),
        lambda text: text.replace(" ", chance.choice((", ", " - ", "  ", " (", ".", "/")), 2),
    )
    lines = dict.fromkeys(sentences)
    while len(lines) < count:
        one, other = (chance.choice(sentences).split(" ") for _ in range(2))
        crossed = one[chance.randrange(len(one)) :] + other[: chance.randrange(len(other) + 1)]
        lines[chance.choice(changes)(" ".join(crossed[:40]))] = None
    return list(lines)


def test_gives_what_pyvi_gives_on_ten_thousand_sentences(pyvi: Callable[[str], str]) -> None:
    lines = varied(10_000)
    assert len(set(lines)) == len(lines)
    by_pyvi = [pyvi(line) for line in lines]
    assert [line for line, there in zip(lines, by_pyvi, strict=True) if segmenter().tokenize(line) != there] == []
    together = Lines(segmenter()).tokenize(lines)
    assert [line for line, here, there in zip(lines, together, by_pyvi, strict=True) if here != there] == []
    assert sum("_" in line for line in by_pyvi) > 6000


def test_lines_together_give_what_each_gives_alone() -> None:
    lines = [*SENTENCES, *TRICKY, *permuted(1000), "a" * 300 + " b", *(" ".join(SENTENCES[: n % 12]) for n in range(60))]
    assert Lines(segmenter()).tokenize(lines) == [segmenter().tokenize(line) for line in lines]
    learnt = Lines(segmenter())
    assert [learnt.tokenize([line]) for line in lines] == [[segmenter().tokenize(line)] for line in lines]
    assert learnt.tokenize([]) == []


@pytest.mark.parametrize("line", [*SENTENCES, *TRICKY])
def test_gives_what_pyvi_gives_on_a_tricky_line(line: str, pyvi: Callable[[str], str]) -> None:
    assert segmenter().tokenize(line) == pyvi(line)


@settings(max_examples=300, deadline=None)
@given(line=st.text() | st.lists(st.sampled_from(PIECES)).map("".join) | st.text(alphabet="aA1Đđ.@_-+:/ >=\n"))
def test_gives_what_pyvi_gives_on_any_text(line: str, pyvi: Callable[[str], str]) -> None:
    assert segmenter().tokenize(line) == pyvi(line)
    assert Lines(segmenter()).tokenize([line, "nhà nước", line]) == [pyvi(line), "nhà_nước", pyvi(line)]


@settings(max_examples=400, deadline=None)
@given(line=st.text(alphabet=st.characters()) | st.lists(st.sampled_from(PIECES)).map("".join))
def test_spans_cover_the_line_in_order_and_are_the_words_of_tokenize(line: str) -> None:
    line = unicodedata.normalize("NFC", line)
    spans = segmenter().words(line)
    end = 0
    for start, stop in spans:
        assert start < stop
        assert end <= start
        assert line[end:start].strip() == ""
        end = stop
    assert line[end:].strip() == ""
    # tokenize writes `_` for the white space inside a word; a line with underscores of its own would be ambiguous.
    if "_" not in line and "\n" not in line:
        words = [word.replace("_", "") for word in segmenter().tokenize(line).split()]
        assert ["".join(line[start:stop].split()) for start, stop in spans] == words


def test_a_word_of_several_syllables_is_one_span_and_a_mark_is_its_own() -> None:
    line = "sở  tài chính thông báo, công khai."
    words = [line[start:end] for start, end in segmenter().words(line)]
    assert words == ["sở", "tài chính", "thông báo", ",", "công khai", "."]
    assert segmenter().words("") == ()
    assert segmenter().words(" \t ") == ()


def test_a_lone_surrogate_is_a_token_like_any_mark() -> None:
    assert segmenter().words("tài chính \ud800 x") == ((0, 9), (10, 11), (12, 13))


def test_a_decomposed_line_is_refused_for_spans() -> None:
    with pytest.raises(ValueError, match="NFC"):
        segmenter().words(unicodedata.normalize("NFD", "tài chính"))


@pytest.mark.parametrize("line", ["." * 200_000 + "@", "a." * 100_000 + "@a", "-@" * 100_000, "1_1a" * 50_000, "A." * 100_000])
def test_a_hostile_line_takes_linear_time(line: str) -> None:
    began = time.perf_counter()
    spans = segmenter().words(line)
    assert spans[-1][1] == len(line)
    # In quadratic time this is minutes.
    assert time.perf_counter() - began < 10


def test_threads_share_one_segmenter_and_get_the_same_words() -> None:
    lines = permuted(400)
    expected = [segmenter().tokenize(line) for line in lines]
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: id(segmenter()), range(32)))) == 1
        runs = [pool.map(segmenter().tokenize, lines) for _ in range(4)]
        assert all(list(run) == expected for run in runs)


def test_neither_pyvi_nor_what_it_imports_is_loaded() -> None:
    code = (
        "import sys, time; began = time.perf_counter()\n"
        "from search.words.segment import segmenter\n"
        "assert segmenter().tokenize('ngân sách nhà nước') == 'ngân_sách nhà_nước'\n"
        "print(time.perf_counter() - began)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'pyvi', 'sklearn', 'sklearn_crfsuite', 'scipy', 'numpy'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    seconds, loaded = run.stdout.splitlines()
    assert loaded == "[]"
    assert float(seconds) < 2


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the installed model files, to be damaged."""
    spec = find_spec("pyvi")
    assert spec is not None
    assert spec.submodule_search_locations
    for name in ("pyvi3.pkl", "words.txt"):
        shutil.copy(Path(spec.submodule_search_locations[0]) / "models" / name, tmp_path / name)
    return tmp_path


def test_an_intact_copy_of_the_model_loads(models: Path) -> None:
    assert load(models).tokenize("ngân sách nhà nước") == "ngân_sách nhà_nước"


@pytest.mark.parametrize("name", ["pyvi3.pkl", "words.txt"])
def test_a_model_file_with_one_byte_changed_is_refused(models: Path, name: str) -> None:
    data = bytearray((models / name).read_bytes())
    data[len(data) // 2] ^= 1
    (models / name).write_bytes(data)
    with pytest.raises(SegmenterMissing, match=r"SHA-256 .* pyvi==0\.1\.1") as caught:
        load(models)
    assert caught.value.path == str(models / name)
    assert isinstance(caught.value, SearchError)


def test_a_missing_model_file_is_named(models: Path) -> None:
    (models / "words.txt").unlink()
    with pytest.raises(SegmenterMissing, match=r"words\.txt cannot be read"):
        load(models)


@pytest.mark.parametrize("thing", [print, subprocess.run, Path])
def test_the_unpickler_refuses_every_other_name(thing: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="not among the names"):
        _Unpickler(io.BytesIO(pickle.dumps(thing, protocol=2))).load()
