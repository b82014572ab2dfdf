"""The face: contrast of its colours in both modes, weight of the first page, fonts that are there with their licences."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

import web
from tests.web_archive import WebArchive

STATIC = Path(web.__file__).parent / "static"
CSS = (STATIC / "tangthu.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b")
PAIRS = (
    *(("ink", ground) for ground in ("paper", "surface", "lake-tint")),
    *(("ink-2", ground) for ground in ("paper", "surface", "lake-tint")),
    *(("lake", ground) for ground in ("paper", "surface", "lake-tint")),
    *(("seal", ground) for ground in ("paper", "surface", "seal-tint")),
    ("mark-ink", "mark"),
    ("paper", "lake"),
)


def tokens(mode: str) -> dict[str, str]:
    light, dark = re.findall(r":root\s*\{([^}]*)\}", CSS)[:2]
    return {**dict(TOKEN.findall(light)), **(dict(TOKEN.findall(dark)) if mode == "dark" else {})}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    archive = WebArchive(tmp_path)
    for number in range(8):
        archive.put(f"/tin/{number}")
    yield archive.app().test_client()
    archive.catalog.close()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(mode: str, text: str, ground: str) -> None:
    colours = tokens(mode)
    light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_first_page_weighs_at_most_100_kb(client: FlaskClient) -> None:
    first = client.get("/", headers={"Accept-Encoding": "gzip"})
    page = BeautifulSoup(gzip.decompress(first.data), "lxml")
    addresses = [str(link["href"]) for link in page.select("link[rel=preload], link[rel=stylesheet], link[rel=icon]")]
    addresses += [str(script["src"]) for script in page.select("script")]
    total = len(first.data)
    for address in addresses:
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as response:
            assert response.status_code == 200, address
            total += len(response.data)
    assert len(addresses) == 8
    assert total <= 100_000


def test_every_font_that_the_style_names_is_there_with_its_licence() -> None:
    named = set(re.findall(r'url\("(fonts/[^"]+)"\)', CSS))
    assert named == {f"fonts/{path.name}" for path in (STATIC / "fonts").glob("*.woff2")}
    for licence in ("OFL-be-vietnam-pro.txt", "OFL-source-serif-4.txt"):
        assert "SIL Open Font License" in (STATIC / "fonts" / licence).read_text(encoding="utf-8")


def test_fonts_come_from_here_and_may_be_kept_for_a_year(client: FlaskClient) -> None:
    assert "//" not in re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    with client.get("/static/fonts/be-vietnam-pro-latin-400-normal.woff2") as response:
        assert response.headers["Content-Type"] == "font/woff2"
        assert "max-age=31536000" in response.headers["Cache-Control"]


def test_a_style_that_changes_gets_another_address(client: FlaskClient) -> None:
    link = BeautifulSoup(client.get("/").text, "lxml").select_one("link[rel=stylesheet]")
    assert link
    assert re.fullmatch(r"/static/tangthu\.css\?v=[0-9a-f]{10}", str(link["href"]))


def test_a_compressed_answer_says_so_and_others_come_plain(client: FlaskClient) -> None:
    plain, squeezed = client.get("/"), client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers
