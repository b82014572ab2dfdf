"""VNPT ePortal, a Liferay in its own dress: everything of an article stands in `.contentDetail`, the title in its h3."""

from __future__ import annotations

from ingest.portal import Layout

LAYOUT = Layout(
    name="vnpt-eportal",
    recognise=".contentDetail h3",
    title=".contentDetail h3",
    body=".contentDetail .journal-content-article, .contentDetail",
    summary=".contentDetail .sapo",
    drop=(".share", ".tools", ".asset-links"),
)
