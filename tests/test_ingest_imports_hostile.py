"""Whatever bytes a foreign file holds, its reader ends, and what it could not read is said."""

from __future__ import annotations

import gzip
import io
import random
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.message import split_http
from archive.origins import IMPORT
from ingest.imports import choosing
from ingest.imports.arc import arc_records
from ingest.imports.kinds import kind_of
from ingest.imports.material import Candidate, Item, Refused, Wanted
from ingest.imports.unpacked import Unpacked
from ingest.imports.warc import Record, Trouble, records
from tests.foreign_files import Desk, Records, answer, one, page
from tests.test_ingest_keep import everything, rebuilt

WANTED = Wanted((), datetime(2026, 1, 1, tzinfo=UTC), everything=True)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def made() -> Records:
    whole = Records()
    whole.record("warcinfo", b"software: Mau\r\n", Content_Type="application/warc-fields")
    first = whole.response("/tin/1", answer(page()))
    whole.response("/a.png", answer(b"\x89PNG" * 30, content_type="image/png"))
    whole.record("revisit", b"HTTP/1.1 200 OK\r\n\r\n", WARC_Target_URI="https://thu.example.vn/2", WARC_Refers_To=first)
    whole.response("/tin/3", answer(b"", "404 Not Found"))
    return whole


HEADS = [b"", b"WARC/1.0\r\n", b"WARC/1.1\r\nContent-Length: 10\r\n\r\n", b"\x1f\x8b\x08\x00", b"filedesc://a 0 0 t 5\n2 0 a\n"]
FIELDS = ["WARC_Target_URI", "WARC_Date", "Content_Type", "WARC_Type", "WARC_Payload_Digest", "WARC_Block_Digest"]
PLAIN, MEMBERS, WHOLE = made().plain(), made().members(), made().whole()


def read(data: bytes, reader: object = records) -> list[Item | Trouble | None]:
    found = (arc_records if reader is arc_records else records)(Unpacked(io.BytesIO(data)))
    return [choosing.of_record(each, WANTED, "f", None) if isinstance(each, Record) else each for each in found]


def candidates(items: list[Item | Trouble | None]) -> list[tuple[str, bytes]]:
    return [(each.url, each.block) for each in items if isinstance(each, Candidate)]


def test_the_packing_makes_no_difference() -> None:
    assert candidates(read(PLAIN)) == candidates(read(MEMBERS)) == candidates(read(WHOLE))
    assert len(candidates(read(PLAIN))) == 4


@QUIET
@given(st.integers(0, 2**32), st.sampled_from([PLAIN, MEMBERS, WHOLE]))
def test_a_damaged_file_never_gives_a_page_that_was_not_in_it(seed: int, data: bytes) -> None:
    chance = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    if chance.random() < 0.3:
        del damaged[chance.randrange(len(damaged)) :]
    right = {each.digest: split_http(each.block)[1] for each in read(data) if isinstance(each, Candidate)}
    for each in read(bytes(damaged)):
        if isinstance(each, Candidate) and each.digest and each.digest in right:
            assert split_http(each.block)[1] == right[each.digest], "what came in is what its digest says"


@QUIET
@given(st.binary(max_size=400), st.sampled_from(HEADS))
def test_any_bytes_end(tail: bytes, head: bytes) -> None:
    read(head + tail)
    read(head + tail, arc_records)
    read(gzip.compress(head + tail))
    kind_of(head + tail)


@QUIET
@given(
    st.dictionaries(
        st.sampled_from(
            ["WARC_Target_URI", "WARC_Date", "Content_Type", "WARC_Type", "WARC_Payload_Digest", "WARC_Block_Digest"]
        ),
        st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"]), max_size=60),
    ),
    st.binary(max_size=200),
)
def test_any_headers_give_a_decision(named: dict[str, str], block: bytes) -> None:
    whole = Records()
    whole.response("/tin/1", block, **named)
    (item,) = read(whole.plain()) or [None]
    assert not isinstance(item, Refused) or item.code


def test_notes_of_imports_that_make_no_sense_do_not_stop_a_rebuild(desk: Desk) -> None:
    desk.take(one(page()).members())
    with desk.house.workshop() as shop:
        for told in ({"import": "1", "source": ["x"]}, {"import": "2", "size": "x" * 9}, {"import": "3", "made_by": "x"}):
            shop.keeper._writer.note(IMPORT, told)
        shop.keeper._writer.note(IMPORT, {"import": 4})
        shop.keeper._writer.metadata(
            desk.house.catalog.captures(desk.id())[0], b"[" * 100_000, content_type="application/json", role=IMPORT, portal=None
        )
        shop.keeper._writer.sync()
    before = everything(desk.house)
    assert rebuilt(desk.house) == before
