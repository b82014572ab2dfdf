"""Cuts Vietnamese lines into words, as pyvi 0.1.1 does, without importing pyvi.

Importing pyvi brings scikit-learn, SciPy and NumPy for what is a CRFsuite model of two labels. This module reads that model's
weights out of the installed distribution and does pyvi's arithmetic in pyvi's order, so that the words are the same ones.
Lower-casing, cutting a text into lines and taking numbers and addresses out beforehand are the caller's work.

    SearchError
    └── SegmenterMissing    pyvi's model is not installed, or is not the one that the words of the index were cut with
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import pickle
import re
import string
import struct
import threading
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from search.errors import SearchError

MODEL_SHA256 = "6cdd73aee04b6a4ad7320ca85d27d931a7ef870cfdd41beb148e86bdb8aca134"
WORDS_SHA256 = "517743d27e71d43343e4b8e9e89015cdc68d84ebe1d48106449e501d918ece4a"

Scores = tuple[float, float]
"""Of label 0 and of label 1."""
_NONE: Scores = (0.0, 0.0)
_CACHED_SYLLABLES = 32_768
# A longer token is an address or noise: it will not come again, and a cache of such tokens would have no bound in bytes.
_LONGEST_CACHED = 32

# The alternatives and their order are pyvi's (ViTokenizer.sylabelize); the e-mail, which stands between the two parts, is below.
_FIRST = r"[A-ZĐ]+\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|==>|->|\.\.\.|>>|\n"
_LAST = r"\d+(?:[\.,_]\d+)+|[^\w\s]|\w+"
# Without an address in the line, a token that begins with a small letter can only be a word: trying that first only saves time.
_SYLLABLES = re.compile(rf"[^\W\dA-ZĐ]\w*|{_FIRST}|{_LAST}")
_WITH_ADDRESSES = re.compile(rf"(?P<first>{_FIRST}|\w+://\S+)|{_LAST}")
_MAILBOX_CHARACTERS = frozenset(string.ascii_letters + string.digits + "_.+-")
_AT_DOMAIN = re.compile(r"@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+")


class SegmenterMissing(SearchError):
    """The word model cannot be used; `path` is the file or package looked for."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"Cannot segment words: {path} {reason}. Run: pip install --force-reinstall --no-deps pyvi==0.1.1")
        self.path = path


class Model(NamedTuple):
    """Weights of label 0 and label 1, by attribute; `moves` from label to label; which of the two labels continues a word."""

    weights: Mapping[bytes, Scores]
    moves: tuple[Scores, Scores]
    inside: int


class Syllable(NamedTuple):
    """What a token adds to the scores of its own place, of the place after it and of the place before it."""

    lower: str
    own: Scores
    seen_before: tuple[Scores, ...]
    """As the token before: lower-cased form, then each capital flag that is true."""
    seen_after: tuple[Scores, ...]
    joins: bool
    """Neither punctuation nor begun by a digit."""
    capital: bool


class Segmenter:
    """Finds the words of a line. Safe to share between threads: it holds nothing that changes but a bounded cache."""

    def __init__(self, model: Model, two_syllables: frozenset[str], three_syllables: frozenset[str]) -> None:
        self.model = model
        self.two_syllables = two_syllables
        self.three_syllables = three_syllables
        self._cached: Callable[[str], Syllable] = lru_cache(_CACHED_SYLLABLES)(self.weighed)
        weights = model.weights
        self.pair_before = weights.get(b"-1:word.bi_gram()", _NONE)
        self.pair_after = weights.get(b"+1:word.bi_gram()", _NONE)
        self.triple_before = weights.get(b"-2:word.tri_gram()", _NONE)
        self.triple_after = weights.get(b"+2:word.tri_gram()", _NONE)

    def words(self, line: str) -> tuple[tuple[int, int], ...]:
        """Spans (start, end) of the words in `line`, in order; together they cover all of it but the white space.

        A punctuation mark, a number or an address is a span of its own, and so is a line feed. Raises ValueError for a line that
        is not NFC: the model knows no other form, and positions in the composed line would not be positions in this one.
        Lower-casing can undo NFC (`İ` followed by a dot below), so compose after it.
        """
        if not unicodedata.is_normalized("NFC", line):
            raise ValueError("A line to segment must be in Unicode form NFC; use unicodedata.normalize('NFC', line) on it first.")
        tokens = tokens_of(line)
        return spans_of(line, tokens, self._joined(tokens))

    def tokenize(self, line: str) -> str:
        """What `pyvi.ViTokenizer.tokenize` gives: words parted by spaces, their syllables joined by `_`. Composes the line."""
        tokens = tokens_of(unicodedata.normalize("NFC", line))
        if not tokens:
            return line
        parts = [("_" if joined else " ") + token for token, joined in zip(tokens, self._joined(tokens), strict=True)]
        return "".join(parts)[1:]

    def _joined(self, tokens: list[str]) -> list[bool]:
        """For each token whether it continues the word of the token before it."""
        if len(tokens) < 2:
            return [False] * len(tokens)
        cached, weigh = self._cached, self.weighed
        syllables = [cached(token) if len(token) <= _LONGEST_CACHED else weigh(token) for token in tokens]
        joined = self._inside(syllables)
        before = syllables[0]
        joined[0] = False
        for i, syllable in enumerate(syllables):
            if joined[i]:
                joined[i] = before.joins and syllable.joins and (before.capital or not syllable.capital)
            before = syllable
        return joined

    def _inside(self, syllables: list[Syllable]) -> list[bool]:
        """The best path through the labels (Viterbi), as CRFsuite 0.12 finds it; a tie goes to label 0, as there."""
        (stay0, go1), (go0, stay1) = self.model.moves
        back: list[tuple[int, int]] = []
        best0 = best1 = 0.0
        for i, (score0, score1) in enumerate(self._scores(syllables)):
            if i == 0:
                best0, best1 = score0, score1
                continue
            from00, from10 = best0 + stay0, best1 + go0
            from01, from11 = best0 + go1, best1 + stay1
            back.append((0 if from00 >= from10 else 1, 0 if from01 >= from11 else 1))
            best0 = (from00 if from00 >= from10 else from10) + score0
            best1 = (from01 if from01 >= from11 else from11) + score1
        label = 0 if best0 >= best1 else 1
        inside = self.model.inside
        path = [label == inside]
        for choice in reversed(back):
            label = choice[label]
            path.append(label == inside)
        path.reverse()
        return path

    def _scores(self, syllables: list[Syllable]) -> list[Scores]:
        """Scores of both labels at each place, added up in the order of pyvi's features: floating-point sums depend on it."""
        count = len(syllables)
        lowers = [syllable.lower for syllable in syllables]
        two, three = self.two_syllables, self.three_syllables
        pairs = [f"{a} {b}" in two for a, b in pairwise(lowers)]
        triples = [f"{a} {b} {c}" in three for a, b, c in zip(lowers, lowers[1:], lowers[2:], strict=False)]
        pair_before0, pair_before1 = self.pair_before
        pair_after0, pair_after1 = self.pair_after
        triple_before0, triple_before1 = self.triple_before
        triple_after0, triple_after1 = self.triple_after
        scores: list[Scores] = []
        for i, syllable in enumerate(syllables):
            score0, score1 = syllable.own
            if i > 0:
                for weight0, weight1 in syllables[i - 1].seen_before:
                    score0 += weight0
                    score1 += weight1
                if pairs[i - 1]:
                    score0 += pair_before0
                    score1 += pair_before1
                if i > 1 and triples[i - 2]:
                    score0 += triple_before0
                    score1 += triple_before1
            if i < count - 1:
                for weight0, weight1 in syllables[i + 1].seen_after:
                    score0 += weight0
                    score1 += weight1
                if pairs[i]:
                    score0 += pair_after0
                    score1 += pair_after1
                if i < count - 2 and triples[i]:
                    score0 += triple_after0
                    score1 += triple_after1
            scores.append((score0, score1))
        return scores

    def weighed(self, token: str) -> Syllable:
        """What the model knows of one token."""
        lower = token.lower()
        # CRFsuite takes an attribute for a C string, which ends at the first NUL. A lone surrogate is in no attribute.
        form = lower.partition("\0")[0].encode("utf-8", "surrogatepass")
        upper, title = token.isupper(), token.istitle()
        own = [b"bias", b"word.lower():" + form]
        own += [b"word.isupper()"] * upper + [b"word.istitle()"] * title + [b"word.isdigit()"] * token.isdigit()
        score0 = score1 = 0.0
        for weight0, weight1 in self._known(own):
            score0 += weight0
            score1 += weight1
        around = [b":word.lower():" + form] + [b":word.istitle()"] * title + [b":word.isupper()"] * upper
        return Syllable(
            lower=lower,
            own=(score0, score1),
            seen_before=self._known([b"-1" + name for name in around]),
            seen_after=self._known([b"+1" + name for name in around]),
            # pyvi asks for a substring of the marks, not for one mark.
            joins=token not in string.punctuation and not token[0].isdigit(),
            capital=token[0].istitle(),
        )

    def _known(self, names: list[bytes]) -> tuple[Scores, ...]:
        return tuple(self.model.weights[name] for name in names if name in self.model.weights)


_loading = threading.Lock()


def segmenter() -> Segmenter:
    """The segmenter of this process, loaded at the first call. Raises SegmenterMissing."""
    with _loading:
        return _installed()


@cache
def _installed() -> Segmenter:
    spec = importlib.util.find_spec("pyvi")
    if spec is None or not spec.submodule_search_locations:
        raise SegmenterMissing("the package pyvi", "is not installed")
    return load(Path(spec.submodule_search_locations[0]) / "models")


def load(folder: Path) -> Segmenter:
    """Read `pyvi3.pkl` and `words.txt` in `folder`. Raises SegmenterMissing unless both are the very files of pyvi 0.1.1."""
    model = _read_model(_pickled_model(_pinned(folder / "pyvi3.pkl", MODEL_SHA256)))
    entries = _pinned(folder / "words.txt", WORDS_SHA256).decode("utf-8").split("\n")
    two = frozenset(entry for entry in entries if entry.count(" ") == 1)
    three = frozenset(entry for entry in entries if entry.count(" ") == 2)
    return Segmenter(model, two, three)


def _pinned(path: Path, sha256: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SegmenterMissing(str(path), f"cannot be read ({error.strerror})") from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise SegmenterMissing(str(path), f"has the SHA-256 {found}, not {sha256}")
    return data


class _Inert:
    """Stands for the objects of scikit-learn, sklearn-crfsuite and NumPy in the pickle; keeps their state, runs nothing."""

    def __init__(self, *arguments: object) -> None:
        self.state: Any = None

    def __setstate__(self, state: object) -> None:
        self.state = state


def _bytes(text: str, encoding: str) -> bytes:
    """How a pickle of protocol 2 writes bytes: `_codecs.encode(text, 'latin1')`."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"encoding {encoding!r} in a pickle that may only use latin1")
    return text.encode("latin-1")


_ALLOWED: dict[tuple[str, str], Callable[..., object]] = {
    ("_codecs", "encode"): _bytes,
    ("numpy", "dtype"): _Inert,
    ("numpy.core.multiarray", "scalar"): _Inert,
    ("pycrfsuite._logparser", "TrainLogParser"): _Inert,
    ("sklearn_crfsuite._fileresource", "FileResource"): _Inert,
    ("sklearn_crfsuite.estimator", "CRF"): _Inert,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., object]:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not among the names that the word model may use")
        return _ALLOWED[module, name]


def _pickled_model(data: bytes) -> bytes:
    """The CRFsuite model inside pyvi's pickled estimator."""
    estimator: Any = _Unpickler(io.BytesIO(data)).load()
    model: bytes = estimator.state["modelfile"].state["__FILE_RESOURCE_DATA__"]
    return model


def _read_model(data: bytes) -> Model:
    """Read a CRFsuite model file of type FOMC, version 100 (crfsuite 0.12, `lib/crf/src/crf1d_model.c`), exactly.

    pycrfsuite's own `Tagger.info()` rounds the weights to six decimals.
    """
    _magic, _size, _type, _version, _, _, _, features_at, labels_at, attributes_at, _, _ = struct.unpack_from("<4sI4s9I", data)
    labels = _read_names(data, labels_at)
    attributes = _read_names(data, attributes_at)
    weights: dict[bytes, list[float]] = {name: [0.0, 0.0] for name in attributes.values()}
    moves = [[0.0, 0.0], [0.0, 0.0]]
    _chunk, _size, count = struct.unpack_from("<4sII", data, features_at)
    features = memoryview(data)[features_at + 12 : features_at + 12 + 20 * count]
    for is_move, source, label, weight in struct.iter_unpack("<IIId", features):
        if is_move:
            moves[source][label] = weight
        else:
            weights[attributes[source]][label] = weight
    inside = next(number for number, name in labels.items() if name == b"I_W")
    (stay0, go1), (go0, stay1) = moves
    return Model({name: (pair[0], pair[1]) for name, pair in weights.items()}, ((stay0, go1), (go0, stay1)), inside)


def _read_names(data: bytes, at: int) -> dict[int, bytes]:
    """Names by number in a CQDB chunk (`lib/cqdb/src/cqdb.c`), found through its array of backward links."""
    _chunk, _size, _flag, _byte_order, count, links_at = struct.unpack_from("<4s5I", data, at)
    names: dict[int, bytes] = {}
    for link in struct.unpack_from(f"<{count}I", data, at + links_at):
        number, length = struct.unpack_from("<II", data, at + link)
        names[number] = data[at + link + 8 : at + link + 8 + length].rstrip(b"\0")
    return names


def spans_of(line: str, tokens: Sequence[str], joined: Sequence[bool]) -> tuple[tuple[int, int], ...]:
    """The spans of the words in `line`: its tokens, and for each whether it continues the word before it."""
    spans: list[tuple[int, int]] = []
    first = end = 0
    for token, inside in zip(tokens, joined, strict=True):
        # Only white space stands between tokens, and no token begins with what is passed over.
        start = line.index(token, end)
        if not inside:
            if end:
                spans.append((first, end))
            first = start
        end = start + len(token)
    if end:
        spans.append((first, end))
    return tuple(spans)


def tokens_of(line: str) -> list[str]:
    """pyvi's tokens of a composed line, or of several with a token for each line feed; in time linear in its length."""
    if "@" not in line and "://" not in line:
        return _SYLLABLES.findall(line)
    mailboxes = _mailboxes(line)
    tokens: list[str] = []
    end = 0
    while match := _WITH_ADDRESSES.search(line, end):
        start, end = match.span()
        if match["first"] is None:
            end = mailboxes.get(start, end)
        tokens.append(line[start:end])
    return tokens


def _mailboxes(line: str) -> dict[int, int]:
    """End of the e-mail address that begins at each position where one can begin.

    One look at each `@` instead of pyvi's expression tried at each token, which takes quadratic time on a line of dots.
    """
    ends: dict[int, int] = {}
    at = line.find("@")
    while at >= 0:
        if domain := _AT_DOMAIN.match(line, at):
            start = at
            while start and line[start - 1] in _MAILBOX_CHARACTERS:
                start -= 1
                ends[start] = domain.end()
        at = line.find("@", at + 1)
    return ends
