"""The page that says why a document stands where it does: what was looked for, how rare it is, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import format_decimal

from search.results import Explained, Share
from web import clean
from web.addresses import find_document
from web.asking import LAST_PAGE, PAGE, Asked, asked, plain
from web.errors import BadRequest
from web.language import gettext
from web.services import Services

WIDTH = 100
MOST_SHARES = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One thing looked for, as a row of the table; `width` and `title_width` are of WIDTH, for its bar."""

    kind: str
    what: str
    documents: int
    factor: str
    points: str
    title_points: str | None
    width: float
    title_width: float


def why(services: Services) -> str:
    """`/tim-kiem/vi-sao`: raises BadRequest without an id, NotFound for an unknown one."""
    wanted = asked(request.args).first()
    id = plain(request.args.get("id", "")[:80])
    if not id:
        raise BadRequest("id", "")
    document = find_document(services, id)
    explained = services.searcher.explain(wanted.request, id) if wanted.text else None
    return render_template(
        "why.html",
        asked=wanted,
        document=document,
        explained=explained,
        rows=_rows(explained) if explained else [],
        others=max(0, len(explained.parts) - MOST_SHARES) if explained else 0,
        total=_points(sum(share.points for share in explained.parts)) if explained else None,
        title=clean.marked(explained.hit.title_html) if explained else document.version.reading.title,
        back=_page_of(wanted, explained).url,
    )


def _page_of(wanted: Asked, explained: Explained | None) -> Asked:
    """The page of results that the document stands on, where it can be asked for by its number."""
    page = -(-explained.place // PAGE) if explained else 1
    return wanted.numbered(page) if 1 <= page <= LAST_PAGE else wanted


def _rows(explained: Explained) -> list[Row]:
    most = max((share.points for share in explained.parts), default=0.0)
    return [_row(share, most) for share in explained.parts[:MOST_SHARES]]


def _row(share: Share, most: float) -> Row:
    of_title = min(max(share.title_points, 0.0), max(share.points, 0.0))
    scale = WIDTH / most if most > 0 else 0.0
    return Row(
        kind=_kinds().get(share.stream, share.stream),
        what=gettext("một đoạn %(count)s tiếng", count=share.what) if share.stream == "passage" else share.what,
        documents=share.documents,
        factor=format_decimal(round(share.factor, 2)),
        points=_points(share.points),
        title_points=_points(of_title) if of_title >= 0.005 else None,
        width=round(max(share.points, 0.0) * scale, 1),
        title_width=round(of_title * scale, 1),
    )


def _points(points: float) -> str:
    return str(format_decimal(round(points, 2), format="#,##0.00"))


def _kinds() -> Mapping[str, str]:
    """What each stream looks for, as said before the thing itself."""
    return {
        "syllable": gettext("từ đúng dấu"),
        "readings": gettext("từ, với dấu bất kỳ"),
        "pair": gettext("hai từ đứng cạnh nhau"),
        "readings of a pair": gettext("hai từ cạnh nhau, với dấu bất kỳ"),
        "phrase": gettext("cụm từ nguyên văn"),
        "prefix": gettext("từ bắt đầu như vậy"),
        "fuzzy": gettext("từ viết gần giống"),
        "number": gettext("số ký hiệu được nhắc tới"),
        "own number": gettext("số ký hiệu của chính tài liệu"),
        "passage": gettext("đoạn có nhiều từ được tìm nhất"),
        "name": gettext("tên khác của cùng một cơ quan hay khái niệm"),
    }
