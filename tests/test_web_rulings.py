"""Lines drawn with dashes: what goes, what stays, and that nothing else changes."""

from __future__ import annotations

import time

import nh3
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from web.rulings import without


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>a</p><p>-------</p><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a<br>_____<br>b</p>", "<p>a<br>b</p>"),
        ("<p>a<br><b>\u2013\u2013\u2013</b></p>", "<p>a</p>"),
        ("<p>&nbsp;* * *&nbsp;</p>", ""),
        ("<p>a\n-----\nb</p>", "<p>a\nb</p>"),
        ("<td><p>a</p><p>---</p></td>", "<td><p>a</p></td>"),
        ("<td>---</td><td><p>-----</p></td>", "<td>---</td><td><p>-----</p></td>"),
        ("<p>-</p><p>--</p><p>a ---</p><p>--- a</p><hr>", "<p>-</p><p>--</p><p>a ---</p><p>--- a</p><hr>"),
        ('<p><a href="/x?a=&quot;>---<">b</a></p>', '<p><a href="/x?a=&quot;>---<">b</a></p>'),
    ],
)
def test_a_line_of_dashes_goes_and_everything_else_stays(html: str, left: str) -> None:
    assert without(html) == left


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<br>", "<b>", "</b>", "<td>", "</td>", "---", "a", "-", "\n", '<a href="-">', "&lt;"])
    )
)
def test_no_letter_is_lost(pieces: list[str]) -> None:
    html = nh3.clean("".join(pieces))
    before, after = (BeautifulSoup(markup, "html.parser").get_text() for markup in (html, without(html)))
    assert [sign for sign in after if sign in "a<"] == [sign for sign in before if sign in "a<"]


@pytest.mark.parametrize("piece", ["<td>", "<b>", "<p>---", "<td>---</td>", "<", '<a href="&gt;<">', "<br>---", "<td><p>---</p>"])
def test_hostile_markup_takes_no_longer_than_its_length_deserves(piece: str) -> None:
    began = time.perf_counter()
    without(piece * 20_000)
    assert time.perf_counter() - began < 5
