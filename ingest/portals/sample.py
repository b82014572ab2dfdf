"""The sample portal, served on this machine's loopback."""

from __future__ import annotations

from ingest.portal import Layout, Portal

PORTAL = Portal(
    name="sample",
    title="Sở Tài chính tỉnh Mẫu",
    host="127.0.0.1",
    aliases=("localhost",),
    base_url="http://127.0.0.1:8017",
    lists=("/tin-tuc/", "/thong-bao/", "/van-ban/"),
    feeds=("/rss.xml",),
    article=r"^/(?:tin-tuc|thong-bao|van-ban)/[a-z0-9-]+-\d+\.html(?:\?|$)",
    next_page='nav.pagination a[rel="next"]',
    items=".news-list .news-item__title a",
    identity=r"-(\d+)\.html(?:\?|$)",
    layouts=(
        Layout(
            name="newer",
            recognise="article.article--detail",
            title="h1.article__title",
            published="time.article__date",
            summary="p.article__sapo",
            body="div.article__body",
            byline=".article__author b",
            category="a.breadcrumb__section",
            files=".article__files",
        ),
        Layout(
            name="older",
            recognise="#dnn_ctr412_Detail_pnlArticle",
            title="#dnn_ctr412_Detail_lblTitle",
            published="#dnn_ctr412_Detail_lblDate",
            summary="#dnn_ctr412_Detail_lblSummary",
            body="#dnn_ctr412_Detail_lblBody",
            byline='#dnn_ctr412_Detail_lblBody > p[align="right"]:last-child b',
            category="#dnn_ctr412_Detail_lnkCategory",
            files="#dnn_ctr412_Detail_pnlFiles",
        ),
    ),
    local=True,
    delay_s=0.0,
)
