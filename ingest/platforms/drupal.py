"""Drupal 8 with the theme of phutho.gov.vn (2020): the title is an h2, share and font buttons stand inside the article."""

from __future__ import annotations

from ingest.portal import Layout

LAYOUT = Layout(
    name="drupal",
    recognise="div#post__content",
    title="h2.post__title",
    body="div#post__content",
    published="div.post__datetime",
    summary="strong#post__summary",
    byline=".post__author",
    category="h2.head-danh-muc",
    drop=(".post__share", ".post__font", ".addtoany", ".related", ".links"),
)
