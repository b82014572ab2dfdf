"""Records of an ARC file, which came before WARC (Internet Archive, 1996): one line about each, then what the server sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.imports.unpacked import Unpacked
from ingest.imports.warc import Broken, Record, Trouble, records

_MAX_LINE = 16 << 10
_FIELDS = {1: 5, 2: 10}
"""How many fields a record's line has, by the version that the file's first record names."""


class ArcRecord(Record):
    """One ARC record under the names of WARC's fields. ARC has no record ids and no digests."""

    mark = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{1,20}:\S")


def arc_records(stream: Unpacked) -> Iterator[Record | Trouble]:
    """The records of an ARC file in their order. Never raises."""
    fields = _FIELDS[1]

    def parse(stream: Unpacked) -> Record:
        nonlocal fields
        if version := re.match(rb"filedesc:[^\n]*\n([12]) \d", stream.peek(_MAX_LINE)):
            fields = _FIELDS[int(version[1])]
        return _record(stream, fields)

    return records(stream, parse)


def _record(stream: Unpacked, fields: int) -> Record:
    offset = stream.tell()
    line = stream.line(_MAX_LINE).decode("utf-8", errors="replace").strip()
    about = line.startswith("filedesc:")
    cells = line.rsplit(" ", (_FIELDS[1] if about and line.count(" ") < _FIELDS[2] - 1 else fields) - 1)
    if len(cells) < _FIELDS[1] or not re.fullmatch(r"[0-9]{1,15}", cells[-1]):
        raise Broken("no ARC record begins here")
    headers = {
        "warc-type": "warcinfo" if about else "response",
        "warc-target-uri": cells[0],
        "warc-date": re.sub(r"\A(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\Z", r"\1-\2-\3T\4:\5:\6Z", cells[2]),
        "warc-ip-address": cells[1],
    }
    return ArcRecord(headers, int(cells[-1]), stream, offset)
