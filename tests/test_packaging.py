"""The top-level names are ours: no other distribution brings a package of the same name into the environment."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tangthu.settings import VERSION

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
OURS = ("archive", "ingest", "search", "web", "tangthu", "samples")


@pytest.mark.parametrize("name", OURS)
def test_no_other_distribution_owns_the_name(name: str) -> None:
    """An editable install loses against a foreign package of the same name: then this fails and says whose it is."""
    assert set(packages_distributions().get(name, ["tangthu"])) == {"tangthu"}
    module = importlib.import_module(name)
    assert Path(str(module.__file__)).parent == ROOT / name


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    modules = {path.relative_to(ROOT) for name in OURS for path in (ROOT / name).rglob("*.py")}
    named_like_one = {path for path in modules if path.stem in sys.stdlib_module_names - {"__init__"}}
    assert named_like_one == {Path("archive/numbers.py")}, (
        "the design's own name for it; it is only ever imported as archive.numbers"
    )


def test_the_version_is_said_once() -> None:
    assert PROJECT["project"]["version"] == VERSION


def test_the_lock_file_pins_every_dependency_with_a_digest_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = {re.split(r"[=\s]", line)[0].lower() for line in lock.splitlines() if re.match(r"[a-z]", line)}
    dependencies = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    wanted = {re.split(r"[=<>\s]", each)[0].lower() for each in dependencies}
    assert wanted <= locked
    assert lock.count("--hash=sha256:") >= len(locked)
    assert "://" not in lock
