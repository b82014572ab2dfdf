"""Why a document stands where it does: what of its score came from where."""

from __future__ import annotations

from dataclasses import replace

from search.answering.ranking import Part, Ranking
from search.results import Share


def shares(ranking: Ranking, doc: int) -> tuple[Share, ...]:
    """What gave the score of `doc`, greatest first; the points add up to it."""
    found = [_share(part, doc) for part in ranking.parts]
    if (beside := ranking.beside) and (row := beside.attached.row_of(doc)) is not None:
        found += [_attached(_share(part, row), beside.share) for part in beside.ranking.parts]
    return tuple(sorted((share for share in found if share.points), key=lambda share: -share.points))


def _share(part: Part, doc: int) -> Share:
    return Share(
        stream=part.stream,
        what=part.what,
        documents=part.scores.count,
        factor=part.factor,
        points=round(part.scores.of(doc) * part.factor, 4),
        title_points=round(part.title.of(doc) * part.factor, 4) if part.title else 0.0,
    )


def _attached(share: Share, factor: float) -> Share:
    return replace(share, factor=round(share.factor * factor, 4), points=round(share.points * factor, 4), attached=True)
