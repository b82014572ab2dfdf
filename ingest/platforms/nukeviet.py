"""NukeViet 4.5: the visible date counts.

`itemprop=datePublished` is the time of the last edit, `article:published_time` is malformed.
"""

from __future__ import annotations

from ingest.portal import Layout

LAYOUT = Layout(
    name="nukeviet",
    recognise="#news-bodyhtml",
    title="h1.title",
    body="#news-bodyhtml",
    published="span.h5",
    summary="div.hometext",
    drop=(".socialicon", ".news_column_related", ".article-keywords", ".stars"),
)
