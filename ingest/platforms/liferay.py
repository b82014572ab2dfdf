"""Liferay's asset publisher as agencies theme it: title in an h5, date in an h1, category in an h6."""

from __future__ import annotations

from ingest.portal import Layout

LAYOUT = Layout(
    name="liferay",
    recognise=".asset-full-content .journal-content-article",
    title=".asset-full-content h5",
    body=".asset-full-content .journal-content-article",
    published=".asset-full-content h1",
    summary=".asset-full-content .sapo",
    category=".asset-full-content h6",
    drop=(".taglib-social-bookmarks", ".taglib-ratings", ".asset-links", ".portlet-msg-info"),
)
