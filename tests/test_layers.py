"""The direction of imports: archive ← ingest, search ← web ← tangthu; Flask, click, Whoosh and the network each in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = {"archive", "ingest", "search", "web", "tangthu", "samples"}
MAY_IMPORT = {
    "archive": set(),
    "ingest": {"archive"},
    "search": {"archive"},
    "web": {"archive", "ingest", "search"},
    "tangthu": {"archive", "ingest", "search", "web", "samples"},
    "samples": set(),
}
ONLY_IN = {
    "flask": "web",
    "click": "tangthu",
    "whoosh": "search",
    "urllib3": "ingest",
    "sqlalchemy": "archive",
}
MODULES = sorted(path for folder in HOUSE for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_the_allowed_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    names = imported(path)
    assert names & HOUSE <= MAY_IMPORT[folder] | {folder}
    for library, home in ONLY_IN.items():
        assert library not in names or folder == home, f"{library} belongs in {home}/"


def test_only_the_front_door_reads_the_environment() -> None:
    readers = [path for path in MODULES if "os.environ" in path.read_text() or "getenv" in path.read_text()]
    assert {path.relative_to(ROOT).parts[0] for path in readers} <= {"tangthu"}


def test_there_are_modules_to_look_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == HOUSE
    assert len(MODULES) > 40
