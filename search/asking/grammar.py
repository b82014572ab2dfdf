"""What somebody typed, read into a tree of what is looked for. Nothing raises; what is left out or read otherwise is noted.

    query  := each (OR each)*            each := bag (AND bag)*
    bag    := clause+                    clause := [+ | - | NOT] unit
    unit   := ( query ) | FIELD unit | "phrase" | word+ | prefix* | fuzzy~

Words side by side are alternatives, ranked by how many of them there are and how near; quoted phrases, fields and dates are
conditions. On both sides of an operator, after `+` and in a field, all words are needed; after NOT they are a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from search.asking import date_ranges
from search.asking.lexing import FIELDS, Token, tokens
from search.asking.query import (
    IN_ATTACHMENTS,
    MAX_DEPTH,
    ON_PAGES,
    AnyOf,
    Bag,
    Clause,
    Dated,
    Every,
    FieldName,
    Fuzzy,
    Node,
    Number,
    Phrase,
    Prefix,
    Query,
    Words,
)
from search.results import Note
from search.words.analysis import join_key, number_key, syllables, syllables_and_numbers
from search.words.text import fold

MAX_CHARS = 2000
MAX_WORDS = 48
"""Syllables of a whole query; what is typed after them is left out."""
MIN_PREFIX = 3
MIN_FUZZY = 3
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"', "‟": '"'})
_FUZZY = re.compile(r"(?P<stem>.*?)~(?P<distance>\d?)\Z")
_LONGEST_NUMBER = 7


class _DoesNotParse(Exception):
    """Why, as the code of a note, and what stands there."""

    def __init__(self, detail: str, code: str = "plain") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def read(text: str) -> Query:
    """Read a query of any length and content."""
    only_signs = bool(text.strip(" \t\r\n*")) and not any(char.isalnum() for char in text[: 4 * MAX_CHARS])
    typed = unicodedata.normalize("NFC", _CONTROL.sub(" ", text[: 4 * MAX_CHARS])).translate(_QUOTES)
    reader = _Reader(typed[:MAX_CHARS])
    if len(typed) > MAX_CHARS:
        reader.note("cut", f"{MAX_CHARS}")
    return Query(reader.tree(), tuple(reader.notes), only_signs)


@dataclass
class _Reader:
    """One reading of one text; `left` counts down the syllables that may still be taken."""

    text: str
    notes: list[Note] = field(default_factory=list)
    left: int = MAX_WORDS
    depth: int = 0
    at: int = 0
    tokens: list[Token] = field(default_factory=list)

    def note(self, code: str, detail: str = "") -> None:
        if not any(note.code == code for note in self.notes):
            self.notes.append(Note(code, detail[:80]))  # type: ignore[arg-type]

    def tree(self) -> Node | None:
        try:
            if self.text.count('"') % 2:
                raise _DoesNotParse('"')
            self.tokens = tokens(self.text)
            tree = self.query(None)
            if self.at < len(self.tokens):
                raise _DoesNotParse(self.tokens[self.at].text)
        except _DoesNotParse as error:
            return self.plain(error)
        return tree

    def plain(self, error: _DoesNotParse) -> Node | None:
        """All of it as words: operators, names and signs are words too, or nothing."""
        self.notes = [note for note in self.notes if note.code == "cut"]
        self.note(error.code, error.detail)
        self.left = MAX_WORDS
        return self.words(re.sub(r'["()*~]', " ", self.text), None)

    # the grammar

    def peek(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else "end"

    def query(self, inside: FieldName | None) -> Node | None:
        return self.joined("or", inside)

    def joined(self, operator: str, inside: FieldName | None) -> Node | None:
        """Operands with `operator` between them; what binds closer is read first."""
        operands = [self.operand(operator, inside)]
        sign = ""
        while self.peek() == operator:
            sign = self.tokens[self.at].text
            self.at += 1
            operands.append(self.operand(operator, inside))
        if not sign:
            return operands[0]
        nodes = tuple(_needed(node) for node in operands if node is not None)
        if len(nodes) < len(operands):
            raise _DoesNotParse(sign)
        return AnyOf(nodes) if operator == "or" else Every(nodes)

    def operand(self, operator: str, inside: FieldName | None) -> Node | None:
        return self.joined("and", inside) if operator == "or" else self.bag(inside)

    def bag(self, inside: FieldName | None) -> Node | None:
        clauses: list[Clause] = []
        while self.peek() not in ("and", "or", "close", "end"):
            clauses += self.clause(inside)
        if not clauses:
            return None
        alone = clauses[0]
        if len(clauses) == 1 and alone.occur != "not" and (alone.occur == "should" or _is_condition(alone.node)):
            return alone.node
        return Bag(tuple(clauses))

    def clause(self, inside: FieldName | None) -> list[Clause]:
        kind, sign = self.peek(), self.tokens[self.at]
        if kind not in ("must", "not"):
            return self.unit(inside)
        self.at += 1
        if self.peek() in ("and", "or", "close", "end", "must", "not"):
            raise _DoesNotParse(sign.text)
        single = sign.text in "+-"
        found = self.unit(inside, single=single)
        if not found:
            return []
        node = found[0].node if len(found) == 1 else Bag(tuple(found))
        if kind == "must":
            return [Clause("must", _needed(node))]
        return [Clause("not", _as_phrase(node))]

    def unit(self, inside: FieldName | None, *, single: bool = False) -> list[Clause]:
        """One unit as clauses of the bag it stands in; with `single` one word at most."""
        token = self.tokens[self.at]
        if token.kind == "open":
            return self.group(inside)
        self.at += 1
        if token.kind == "quoted":
            return self.quoted(token.text, inside)
        if token.kind == "field":
            return self.in_field(token)
        if token.kind == "unknown field":
            self.note("field", token.text)
            return self.run(token.text, token.end, inside, single=True)
        if _special(token.text):
            return self.special(token.text, inside)
        return self.run("", token.start, inside, single=single, first=token)

    def group(self, inside: FieldName | None) -> list[Clause]:
        opening = self.tokens[self.at]
        self.at += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _DoesNotParse(f"{MAX_DEPTH}", "deep")
        node = self.query(inside)
        self.depth -= 1
        if self.peek() != "close":
            raise _DoesNotParse(opening.text)
        self.at += 1
        if isinstance(node, Bag):
            return list(node.clauses)
        if node is None:
            return []
        return [Clause("must" if _is_condition(node) else "should", node)]

    def quoted(self, text: str, inside: FieldName | None) -> list[Clause]:
        if "*" in text:
            self.note("wildcard", text)
        if inside == "number":
            return self.number(text)
        forms = self.take([token.text for token in syllables(text)])
        return [Clause("must", Phrase(forms, inside))] if forms else []

    def run(self, before: str, start: int, inside: FieldName | None, *, single: bool, first: Token | None = None) -> list[Clause]:
        """Plain words as far as they go."""
        end = first.end if first else start
        while not single and self.peek() == "word" and not _special(self.tokens[self.at].text):
            end = self.tokens[self.at].end
            self.at += 1
        words = self.words(f"{before} {self.text[start:end]}", inside)
        if words is None:
            return []
        return [Clause("must" if inside else "should", replace(words, every=True) if inside else words)]

    def words(self, text: str, inside: FieldName | None) -> Words | None:
        typed, numbers = syllables_and_numbers(text)
        forms = self.take([token.text for token in typed])
        if not forms:
            return None
        keys = _number_keys(forms, [token.text for token in numbers])
        return Words(forms, " ".join(text.split()), inside, numbers=() if inside else keys)

    def take(self, forms: list[str]) -> tuple[str, ...]:
        if len(forms) > self.left:
            self.note("cut", f"{MAX_WORDS}")
        taken = tuple(forms[: self.left])
        self.left -= len(taken)
        return taken

    # fields

    def in_field(self, token: Token) -> list[Clause]:
        name = FIELDS[token.text]
        if self.peek() not in ("word", "quoted", "open"):
            raise _DoesNotParse(f"{token.text}:")
        if name == "date" or name == "before" or name == "after":
            return self.date(name)
        if self.peek() == "open":
            return [Clause("must", _needed(clause.node)) if clause.occur == "should" else clause for clause in self.group(name)]
        if name == "number":
            self.at += 1
            return self.number(self.tokens[self.at - 1].text)
        return self.unit(name)

    def number(self, text: str) -> list[Clause]:
        begun = text.endswith("*")
        key = number_key(text.rstrip("*"))
        return [Clause("must", Number(key[:200], begun=begun))] if key else []

    def date(self, name: str) -> list[Clause]:
        read_date = {"date": date_ranges.bounds, "before": date_ranges.before, "after": date_ranges.after}[name]
        token = self.tokens[self.at]
        if token.kind == "open":
            raise _DoesNotParse("(")
        self.at += 1
        found = read_date(token.text)
        if found is None:
            self.note("date", token.text)
            words = self.words(token.text, None)
            return [Clause("should", words)] if words else []
        if found.turned:
            self.note("range", token.text)
        return [Clause("must", Dated(found.first, found.last))]

    # prefixes and fuzzy words

    def special(self, text: str, inside: FieldName | None) -> list[Clause]:
        """`stem*`, `stem~`: what stands before the last syllable of it are words."""
        fuzzy = _FUZZY.match(text) if "~" in text else None
        stem = fuzzy["stem"] if fuzzy else text.rstrip("*")
        found = syllables(stem)
        if not found or "*" in stem or "~" in stem or (not fuzzy and text[-1:] != "*"):
            self.note("fuzzy" if "~" in text else "wildcard", text)
            return self.left_over(text, inside)
        last = found[-1].text
        if len(last) < (MIN_FUZZY if fuzzy else MIN_PREFIX) or (fuzzy and inside not in (*ON_PAGES, *IN_ATTACHMENTS)):
            self.note("fuzzy" if fuzzy else "prefix", text)
            return self.left_over(text, inside)
        clauses = self.left_over(stem[: found[-1].start], inside)
        if not self.take([last]):
            return clauses
        node: Node = Fuzzy(last, min(max(int(fuzzy["distance"] or 1), 1), 2), inside) if fuzzy else Prefix(last, inside)
        return [*clauses, Clause("must" if inside else "should", node)]

    def left_over(self, text: str, inside: FieldName | None) -> list[Clause]:
        """What a sign that cannot be served leaves: its word stays a word."""
        words = self.words(re.sub(r"[*~]", " ", text), inside)
        if words is None:
            return []
        return [Clause("must", replace(words, every=True)) if inside else Clause("should", words)]


def _special(word: str) -> bool:
    return "*" in word or "~" in word


def _is_condition(node: Node) -> bool:
    """Whether what was typed side by side with this must match it too."""
    if isinstance(node, Words | Prefix | Fuzzy):
        return node.field is not None
    return True


def _needed(node: Node) -> Node:
    """The same with all that it would rather have made a condition."""
    if isinstance(node, Words):
        return replace(node, every=True)
    if isinstance(node, Bag):
        return Bag(tuple(c if c.occur == "not" else Clause("must", _needed(c.node)) for c in node.clauses))
    return node


def _as_phrase(node: Node) -> Node:
    """Who excludes `tài chính` does not mean every text with `tài` here and `chính` there."""
    if isinstance(node, Words) and node.field in (*ON_PAGES, *IN_ATTACHMENTS):
        return Phrase(node.forms, node.field)
    return _needed(node)


def _number_keys(forms: tuple[str, ...], numbers: list[str]) -> tuple[str, ...]:
    """Keys that words may mean: numbers that the grammar finds, then every figure with the groups after it."""
    keys = list(numbers)
    parts = [fold(form) for form in forms]
    for i, part in enumerate(parts):
        if part[0].isdecimal():
            for length in range(min(_LONGEST_NUMBER, len(parts) - i), 1, -1):
                key = join_key(parts[i : i + length])
                if not key[-1].isdecimal() or "/" in key:
                    keys.append(key)
        if len(keys) > MAX_WORDS:
            break
    return tuple(dict.fromkeys(keys))
