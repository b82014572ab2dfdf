"""Blocks of text that stand on many pages of a portal: how many pages each was on, in the order in which the pages came in.

Kept per portal and layout, because another layout frames its pages with other words. Written by `ingest.keep.record` in the
transaction of the page itself, so that a rebuild comes to the same. Whenever `_WINDOW` pages were counted, all counts are halved:
what was seen once is forgotten, and a portal's new dress outweighs its old one in time.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import schema

LEAST_PAGES = 8
"""From so many pages on, what stands on half of them repeats."""
_WINDOW = 256


class Repeats:
    """The counts of one portal's pages of one layout, over an open connection."""

    def __init__(self, connection: Connection, portal: str, layout: str) -> None:
        self._connection = connection
        self._key = {"portal": portal, "layout": layout}

    def among(self, digests: Collection[str]) -> frozenset[str]:
        """Those of `digests` that stand on at least half of the pages counted so far; none before there are enough pages."""
        pages, table = self._pages(), schema.repeated_blocks
        if pages < LEAST_PAGES or not digests:
            return frozenset()
        query = select(table.c.digest).where(
            table.c.portal == self._key["portal"],
            table.c.layout == self._key["layout"],
            table.c.digest.in_(list(digests)),
            table.c.pages * 2 >= pages,
        )
        return frozenset(self._connection.scalars(query))

    def count(self, digests: Collection[str]) -> None:
        """Count one page more, with its blocks."""
        table, blocks = schema.counted_pages, schema.repeated_blocks
        more = upsert(table).values(**self._key, pages=1)
        where = ["portal", "layout"]
        self._connection.execute(more.on_conflict_do_update(index_elements=where, set_={"pages": table.c.pages + 1}))
        for digest in sorted(set(digests)):
            again = upsert(blocks).values(**self._key, digest=digest, pages=1)
            self._connection.execute(
                again.on_conflict_do_update(index_elements=[*where, "digest"], set_={"pages": blocks.c.pages + 1})
            )
        if self._pages() >= _WINDOW:
            self._halve()

    def _pages(self) -> int:
        table = schema.counted_pages
        own = (table.c.portal == self._key["portal"], table.c.layout == self._key["layout"])
        return self._connection.scalar(select(table.c.pages).where(*own)) or 0

    def _halve(self) -> None:
        for table in (schema.counted_pages, schema.repeated_blocks):
            own = (table.c.portal == self._key["portal"], table.c.layout == self._key["layout"])
            self._connection.execute(update(table).where(*own).values(pages=table.c.pages // 2))
            self._connection.execute(delete(table).where(*own, table.c.pages == 0))
