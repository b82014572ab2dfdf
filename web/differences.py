"""What a correction changed, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from web.leaf import visible

_PIECE = re.compile(r"\s+|[^\s]+")
_MOST = 6_000
"""Pieces; above that lines are compared, because the time grows with the square."""
_LONG = 2_000
_AROUND = 8


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of words that stayed, went or came; `left_out` stands for words that stayed and are not shown."""

    kind: Literal["same", "out", "in", "left_out"]
    text: str


def differences(before: str, after: str) -> list[Stretch]:
    """The way from `before` to `after`, with a few words around each change."""
    old, new = _pieces(before), _pieces(after)
    if len(old) + len(new) > _MOST:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) + len(new) > _MOST:
        return [Stretch("out", f"{visible(before[:_LONG])}…"), Stretch("in", f"{visible(after[:_LONG])}…")]
    return [Stretch(each.kind, visible(each.text)) for each in _stretches(old, new)]


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    steps = matcher.get_opcodes()
    for at, (tag, i, j, k, m) in enumerate(steps):
        if tag == "equal":
            yield from _same(old[i:j], first=at == 0, last=at == len(steps) - 1)
            continue
        if j > i:
            yield Stretch("out", "".join(old[i:j]))
        if m > k:
            yield Stretch("in", "".join(new[k:m]))


def _same(pieces: Sequence[str], *, first: bool, last: bool) -> Iterator[Stretch]:
    head = 0 if first else 2 * _AROUND
    tail = 0 if last else 2 * _AROUND
    if len(pieces) <= head + tail:
        yield Stretch("same", "".join(pieces))
        return
    if head:
        yield Stretch("same", "".join(pieces[:head]))
    yield Stretch("left_out", "…")
    if tail:
        yield Stretch("same", "".join(pieces[-tail:]))
