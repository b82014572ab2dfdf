"""The characters of a page as text: what cannot be seen is gone, and what was escaped twice reads as it was meant."""

from __future__ import annotations

import html
import re
import unicodedata

UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no reader sees: zero-width and control characters, half surrogates."""
_UNUSUAL = re.compile("[^\\n\\t -~\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u2010-\u2027\u2030-\u205f]")
_SOFT_IN_NUMBER = re.compile("(?<=[A-ZĐÐ])\u00ad(?=[A-ZĐÐ])")
_LEFT_ENTITY = re.compile(
    r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|nbsp|quot|ndash|mdash|[lr][sd]quo|[lr]aquo|hellip|bull|middot|deg|times|[rl]arr|ETH|eth"
    r"|sup[123]|[A-Za-z](?:acute|grave|circ|tilde|uml)|amp(?!;#?\w{2,9};));"
)


def tidy(text: str) -> str:
    """`text` in NFC without what cannot be seen: no-break spaces plain, zero-width and control characters gone, entities that
    were escaped twice resolved.

    A soft hyphen between capitals stands for the hyphen of a document number; elsewhere it is nothing.
    """
    if "&" in text:
        text = _LEFT_ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if _UNUSUAL.search(text) is None:
        return text
    if "\u00ad" in text:
        text = _SOFT_IN_NUMBER.sub("-", text).replace("\u00ad", "")
    text = UNSEEN.sub("", text.replace("\u00a0", " ").replace("\u0085", " "))
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """`text` tidied, every run of white space one space."""
    return " ".join(tidy(text).split())
