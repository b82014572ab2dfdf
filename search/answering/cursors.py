"""Cursors: where a page of hits ended, as a word that an address can carry. Whoever changes one gets the first page, no error.

A cursor names the last two hits of a page and what they were ordered by. It goes on after the last one wherever that stands by
then, or after the one before where the last is gone, so that documents that come in meanwhile neither repeat nor hide any.
"""

from __future__ import annotations

import binascii
import hashlib
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple, get_args

from search.results import SearchRequest, Sort

_FORM = struct.Struct("<BBIfqQIfqQI")
_VERSION = 1
_CHECK_BYTES = 3
_MAX_CHARS = 80
_SORTS: tuple[Sort, ...] = get_args(Sort)


class Place(NamedTuple):
    """A hit's place in any order: its score, its date (schema.date_key) and, where both are equal, its key (schema.id_key).

    `size`, in syllables, tells whether the document is still the same: its score is no sign, as all scores drift.
    """

    score: float
    date: int
    key: int
    size: int


Places = tuple[Place, Place]
"""Those of the last hit of a page and of the one before; twice the same where there is but one."""


def written(request: SearchRequest, sort: Sort, places: Places) -> str:
    """The cursor after these places among the hits of `request`, ordered by `sort`."""
    data = _FORM.pack(_VERSION, _SORTS.index(sort), _asked(request), *places[0], *places[1])
    return urlsafe_b64encode(data + _check(data)).rstrip(b"=").decode()


def read(request: SearchRequest, sort: Sort) -> Places | None:
    """The places that `request.after` holds; None where it is no cursor of this search in this order."""
    text = request.after or ""
    if len(text) > _MAX_CHARS or not text.isascii():
        return None
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    data, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    if len(data) != _FORM.size or check != _check(data):
        return None
    version, order, asked, *values = _FORM.unpack(data)
    if version != _VERSION or order != _SORTS.index(sort) or asked != _asked(request):
        return None
    return Place(*values[:4]), Place(*values[4:])


def _asked(request: SearchRequest) -> int:
    asked = repr((request.text, sorted(set(request.filters)), request.verbatim)).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(asked, digest_size=4).digest(), "big")


def _check(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK_BYTES, person=b"tangthu cursor").digest()
