"""What is typed into a search, cut into tokens: words, quoted texts, signs, operators, parentheses and names of fields.

Operators are words in capitals (`VÀ`, `HOẶC`, `KHÔNG`, also without accents, `AND`, `OR`, `NOT`). In a query that is all
capitals, as headings are, the Vietnamese ones are words like any other. In a question there are none, and `KHÔNG` before a
whole sentence is none either: people write it large for emphasis (`Điều nào sau đây KHÔNG đúng …?`; taking it for an operator
cost 0.7 points of MRR). A name of a field is one only right before what it is about: `Nguồn: Báo Phú Thọ`, copied from a page,
is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from search.asking.query import FieldName
from search.words.text import fold

Kind = Literal["word", "quoted", "must", "not", "and", "or", "open", "close", "field", "unknown field"]

FIELDS: dict[str, FieldName | Literal["date", "before", "after"]] = {
    "tieude": "title", "title": "title", "tacgia": "author", "author": "author", "so": "number", "number": "number",
    "chuyenmuc": "category", "category": "category", "coquan": "issuer", "issuer": "issuer", "loai": "kind", "kind": "kind",
    "nguon": "source", "source": "source", "tep": "file", "file": "file", "ngay": "date", "date": "date", "truoc": "before",
    "before": "before", "sau": "after", "after": "after", "noidung": "body", "body": "body", "trongtep": "attached",
    "attached": "attached",
}  # fmt: skip
MOST_EXCLUDED = 4
"""Words after NOT that are taken for what is not wanted."""
_VIETNAMESE: dict[str, Kind] = {"VA": "and", "HOAC": "or", "KHONG": "not"}
_ENGLISH: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not"}
_TOKEN = re.compile(
    r"""(?P<open>\() | (?P<close>\)) | "(?P<quoted>[^"]*)"
    | (?<![^\s(])(?P<sign>[+-])(?=[^\s+)-])
    | (?<![^\s("+-])(?P<field>[^\W\d_]{2,40}):(?=[^\s/:)])
    | (?<![^\s("+-])(?P<spaced>[a-z]{2,12}):(?=[ ])
    | (?P<word>[^\s"()]+)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is a word as typed, what stands in quotes, or a field's name; `start` and `end` bound it in the query."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, whose quotes are straight and balanced."""
    found = list(_tokens(text))
    if text.rstrip().endswith("?"):
        return found
    words = [token.text for token in found if token.kind == "word" and _operator(token.text) is None]
    shouted = bool(words) and all(word.upper() == word for word in words) and any(map(str.isalpha, "".join(words)))
    read = [_as_operator(token, shouted=shouted) for token in found]
    return [
        found[i] if token.text.isalpha() and token.kind == "not" and _emphatic(read, i) else token for i, token in enumerate(read)
    ]


def _emphatic(found: list[Token], at: int) -> bool:
    """Whether more words follow than anybody would exclude."""
    following = found[at + 1 : at + 2 + MOST_EXCLUDED]
    return len(following) > MOST_EXCLUDED and all(token.kind == "word" for token in following)


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        start, end = match.span()
        if match["sign"]:
            yield Token("must" if match["sign"] == "+" else "not", match["sign"], start, end)
        elif name := match["field"] or match["spaced"]:
            known = name if match["spaced"] else fold(name).lower()
            if known in FIELDS:
                yield Token("field", known, start, end)
            elif match["field"]:
                yield Token("unknown field", name, start, end)
            else:
                yield Token("word", f"{name}:", start, end)
        elif match["quoted"] is not None:
            yield Token("quoted", match["quoted"], start, end)
        else:
            yield Token("open" if match["open"] else "close" if match["close"] else "word", match[0], start, end)


def _operator(word: str) -> Kind | None:
    bare = fold(word)
    return (_VIETNAMESE.get(bare) or _ENGLISH.get(word)) if bare.isupper() else None


def _as_operator(token: Token, *, shouted: bool) -> Token:
    operator = _operator(token.text) if token.kind == "word" else None
    if operator is None or (shouted and token.text not in _ENGLISH):
        return token
    return Token(operator, token.text, token.start, token.end)
