"""The laid-out arrays beside a Whoosh index: found, or made from the index, kept in files named by the segments they cover.

They are derived. Any of them may be deleted at any time; a file that is damaged or of another version is made again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from search import whoosh_reader
from search.arrays import Array, ArraysDamaged, open_arrays, read_facts, write_arrays
from search.layout import LAYOUT_VERSION, Layout, SegmentPostings, lay_out
from search.merging import merged

_log = logging.getLogger(__name__)
_GLOB = "layout-*.arrays"
_LARGE = 4
"""A layout that is so many times as large as all that come after it is not worth writing again for them."""


class LayoutFolder:
    """The layouts in the folder of an index. The caller sees to it that one thread at a time uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[tuple[str, ...], Layout] = {}

    def take(self, leaves: Sequence[Any]) -> list[Layout]:
        """Layouts that cover these segments in their order, each over as many of them as stand laid out together."""
        names = [whoosh_reader.name_of(leaf) for leaf in leaves]
        runs = self._runs()
        taken: list[Layout] = []
        at = 0
        while at < len(names):
            layout = next((self._read(run) for run in runs if tuple(names[at : at + len(run)]) == run), None)
            taken.append(layout or self._make(leaves[at]))
            at += len(taken[-1].segments)
        self._open = {layout.segments: layout for layout in taken}
        return taken

    def keep(self, name: str, segment: SegmentPostings) -> None:
        """Lay out the segment `name` from postings that are at hand; it may not be committed yet, and may never be."""
        self._write((name,), segment.count, lay_out(segment).items())

    def join(self, leaves: Sequence[Any], *, fully: bool = True) -> None:
        """Lay these segments out as one, from the layouts there are; unless `fully`, what is large stays as it is."""
        parts = self.take(leaves)
        while not fully and len(parts) > 1 and parts[0].count > _LARGE * sum(part.count for part in parts[1:]):
            parts = parts[1:]
        if len(parts) > 1:
            segments = tuple(name for part in parts for name in part.segments)
            self._write(segments, sum(part.count for part in parts), merged(parts))

    def damage(self) -> tuple[str, ...]:
        """Which files are not what was written, every byte read."""
        wrong = []
        for path in self.folder.glob(_GLOB):
            try:
                open_arrays(path)
            except ArraysDamaged as error:
                wrong.append(f"{path.name}: {error.why}")
            except FileNotFoundError:
                continue
        return tuple(wrong)

    def joined(self) -> set[str]:
        """The segments that the newest commit taken has laid out together with others."""
        return {name for segments in self._open if len(segments) > 1 for name in segments}

    def tidy(self, leaves: Sequence[Any]) -> None:
        """Remove what the newest commit does not need. For the writer only."""
        kept = {_file_name(layout.segments) for layout in self.take(leaves)}
        for path in [*self.folder.glob(_GLOB), *self.folder.glob(_GLOB + ".*.new")]:
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def _runs(self) -> list[tuple[str, ...]]:
        """What the files say that they cover, most segments first."""
        runs = set(self._open)
        for path in self.folder.glob(_GLOB):
            with suppress(ArraysDamaged, FileNotFoundError):
                facts = read_facts(path)
                if facts.get("version") == LAYOUT_VERSION and isinstance(facts.get("segments"), list):
                    runs.add(tuple(map(str, facts["segments"])))
        return sorted(runs, key=lambda run: (-len(run), run))

    def _read(self, segments: tuple[str, ...]) -> Layout | None:
        if segments in self._open:
            return self._open[segments]
        path = self.folder / _file_name(segments)
        try:
            facts, arrays = open_arrays(path)
            if facts["version"] != LAYOUT_VERSION or tuple(facts["segments"]) != segments:
                raise ArraysDamaged(path, "it is of another version, or not what its name says")
            return Layout(facts, arrays)
        except FileNotFoundError:
            return None
        except ArraysDamaged as error:
            _log.warning("%s", error)
            path.unlink(missing_ok=True)
            return None

    def _make(self, leaf: Any) -> Layout:
        segments = (whoosh_reader.name_of(leaf),)
        layout = self._read(segments)
        if layout is None:
            arrays = lay_out(whoosh_reader.postings_of(leaf))
            try:
                self._write(segments, leaf.doc_count_all(), arrays.items())
            except OSError as error:  # a full disk, a folder that can only be read: searches go on from memory
                tidied = isinstance(error, FileNotFoundError)  # the writer made the same one, and cleared ours away
                _log.log(logging.DEBUG if tidied else logging.WARNING, "the layout of a segment is not kept: %s", error)
                return Layout({"segments": list(segments), "count": leaf.doc_count_all()}, arrays)
            layout = self._read(segments)
        if layout is None:
            raise ArraysDamaged(self.folder / _file_name(segments), "they vanished as soon as they were written")
        return layout

    def _write(self, segments: tuple[str, ...], count: int, arrays: Iterable[tuple[str, Array]]) -> None:
        facts = {"version": LAYOUT_VERSION, "segments": list(segments), "count": count}
        write_arrays(self.folder / _file_name(segments), facts, arrays)


def _file_name(segments: tuple[str, ...]) -> str:
    digest = hashlib.sha256(" ".join([str(LAYOUT_VERSION), *segments]).encode()).hexdigest()
    return f"layout-{digest[:24]}.arrays"
