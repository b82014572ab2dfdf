"""What every test stands on: no socket beyond loopback, a home of its own."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from tangthu.house import House
from tangthu.settings import Settings
from tests.foreign_files import Desk
from tests.web_archive import WebArchive


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """Refuse connections that would leave this machine: a test that makes one fails by name."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0].split("%")[0]).is_loopback:
            raise AssertionError(f"a test reached for {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Where there is none the test is skipped with the reason, and in CI it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        why = "no chromium on this machine: `make test` installs it as root or with sudo"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", *quiet])
        yield launched
        launched.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty folder for an archive."""
    return tmp_path / "var"


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    """A whole house over an empty archive."""
    built = House(Settings(home=home))
    yield built
    built.catalog.close()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[WebArchive]:
    """A small archive behind the web application, with a search that gives set answers."""
    archive = WebArchive(tmp_path)
    yield archive
    archive.catalog.close()


@pytest.fixture
def client(kept: WebArchive) -> FlaskClient:
    """A browser of its pages, without a browser."""
    return kept.app().test_client()


@pytest.fixture
def desk(house: House, tmp_path: Path) -> Desk:
    """Where files of others are imported into an empty archive."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(house, folder)
