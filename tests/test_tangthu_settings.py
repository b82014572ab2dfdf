"""Settings: defaults, file, environment; what cannot be is said with its name and place."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tangthu.errors import WrongSettings
from tangthu.house import House
from tangthu.settings import Settings, load

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_without_file_and_environment_the_defaults_hold(tmp_path: Path) -> None:
    assert load({}, tmp_path) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "tangthu.toml").write_text('home = "kho"\ndelay_s = 2\nsite_url = "https://tangthu.example/"\n')
    settings = load({"TANGTHU_DELAY_S": "0.5"}, tmp_path)
    assert (settings.home, settings.delay_s, settings.site_url) == (Path("kho"), 0.5, "https://tangthu.example")
    assert settings.warc == Path("kho/warc")


def test_another_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("max_redirects = 2\n")
    assert load({"TANGTHU_CONFIG": str(tmp_path / "other.toml")}, tmp_path).max_redirects == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hom = 'x'", "no setting is called 'hom'"),
        ("delay_s = 'soon'", "delay_s = 'soon' is not a number"),
        ("delay_s = -1", "not a number of 0 or more"),
        ("delay_s = nan", "not a number of 0 or more"),
        ("max_redirects = 1.5", "not a whole number"),
        ("max_redirects = true", "not a whole number"),
        ("home = ''", "not a path"),
        ("thesaurus = 3", "not a path"),
        ("site_url = 'tangthu.example'", "must begin with http"),
        ("contact = 'Thư'", "must be one line of ASCII"),
        ("[[", "not TOML"),
    ],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "tangthu.toml").write_text(text)
    with pytest.raises(WrongSettings, match=r"tangthu\.toml") as caught:
        load({}, tmp_path)
    assert said in str(caught.value)


def test_a_named_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"none.toml"):
        load({"TANGTHU_CONFIG": str(tmp_path / "none.toml")}, tmp_path)


def test_the_pause_of_the_settings_holds_for_every_portal_that_asks_for_less() -> None:
    def paces(delay_s: float) -> dict[str, float]:
        return {portal.name: portal.delay_s for portal in House(Settings(delay_s=delay_s)).portals}

    assert paces(7.5) == {"sample": 0.0, "sotaichinh.phutho.gov.vn": 7.5}
    assert paces(0.1) == {"sample": 0.0, "sotaichinh.phutho.gov.vn": 1.0}


def test_an_archive_may_name_a_thesaurus_of_its_own(tmp_path: Path) -> None:
    assert load({}, tmp_path).thesaurus is None
    assert load({"TANGTHU_THESAURUS": "ten.toml"}, tmp_path).thesaurus == Path("ten.toml")


def test_the_agent_names_the_contact() -> None:
    assert load({"TANGTHU_CONTACT": "a@example.org"}).agent == "tangthu/0.1.0 (+a@example.org)"


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in README
