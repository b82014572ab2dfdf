"""Errors of the search.

SearchError
├── IndexMissing        no index stands here yet, or only one that this program cannot read
├── IndexDamaged        files of the index do not say what they must
├── IndexLocked         another process writes the index for longer than we wait
├── BuildStopped        this process ends, and leaves a new index to be built on
├── IndexRejected       a new index was not swapped in, because it does not hold or find what the catalogue has
├── QueryUnreadable     a kept search is not a tree of this version
├── ThesaurusError      a file of names cannot be read as one
└── SegmenterMissing    pyvi's word model is not installed or not the known one (in `segment`)
"""

from __future__ import annotations

from pathlib import Path


class SearchError(Exception):
    """Base of all errors of the search."""


class IndexMissing(SearchError):
    """There is nothing to search at `path`."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"no index to search at {path}: {why}; run `tangthu index rebuild` to build it from the catalogue")
        self.path = path
        self.why = why


class IndexDamaged(SearchError):
    """Files of the generation at `path` cannot be trusted; the follower builds it anew at its next run."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"index at {path} is damaged: {why}; run `tangthu index rebuild` to build it again from the catalogue")
        self.path = path
        self.why = why


class IndexLocked(SearchError):
    """Another process held the writer's lock for all of `waited_s`."""

    def __init__(self, path: Path, waited_s: float) -> None:
        super().__init__(f"another process has been writing the index at {path} for {waited_s:g} s; try again when it is done")
        self.path = path
        self.waited_s = waited_s


class BuildStopped(SearchError):
    """A new generation is left unfinished because this process ends; the next run builds on."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the new index at {path} is not finished; the next command builds on where it stands")
        self.path = path


class IndexRejected(SearchError):
    """A new generation did not hold what it must, and was dropped; the old one answers on. `problems` says what was wrong."""

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        super().__init__(
            f"the new index at {path} was not taken into use: {'; '.join(problems)}. What answered before goes on answering; "
            "run `tangthu index rebuild` once more, and report this if it comes again"
        )
        self.path = path
        self.problems = problems


class QueryUnreadable(SearchError):
    """A search that was kept as JSON cannot be read back."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the kept search cannot be read: {why}; type it anew")
        self.why = why


class ThesaurusError(SearchError):
    """The file of names at `path` cannot be used; `entry` says which of its entries, empty where it is the whole file."""

    def __init__(self, path: Path, entry: str, why: str) -> None:
        super().__init__(f"{path}: {entry + ': ' if entry else ''}{why}")
        self.path = path
        self.entry = entry
        self.why = why
