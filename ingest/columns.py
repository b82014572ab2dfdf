"""The columns of a block: letterheads and signatures stand side by side, in a table without lines, or in plain paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.clean import Block, one_line

_MAX_COLUMNS = 4


def columns_of(block: Block) -> tuple[tuple[str, ...], ...]:
    """The lines of each column of `block`, left to right, empty ones left out; one column for what is no table.

    Of a table whose rows differ in length, each cell is a column.
    """
    if not block.cells:
        return (_lines(block.text),)
    width = max((line.count(" | ") + 1 for line in block.text.split("\n")), default=1)
    if width > _MAX_COLUMNS or len(block.cells) % width:
        return tuple(lines for cell in block.cells if (lines := _lines(cell)))
    columns = (block.cells[start::width] for start in range(width))
    return tuple(tuple(line for cell in column for line in _lines(cell)) for column in columns)


def lines_in(blocks: Sequence[Block]) -> list[str]:
    """The lines of `blocks` in order; a table's row by row, cell by cell."""
    return [line for block in blocks for cell in (block.cells or (block.text,)) for line in _lines(cell)]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in (one_line(part) for part in text.split("\n")) if line)
