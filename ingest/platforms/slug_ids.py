"""Portals whose articles stand at `/article/<slug>-<articleId>-<categoryId>` or, in short, `/article/<articleId>`.

Traps: the slug changes with the title, so the trailing ids are the identity, and of these only the article's own, which the
short address has too. A page of this make is told by the address that it declares for itself in its head; the classes are the
common ones of such systems.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

ARTICLE = r"^/article/(?:[^/?]*-)?\d+(?:-\d+)?(?:\.html)?/?(?:\?|$)"
"""What the address of an announcement looks like, for a portal's `article`."""
IDENTITY = r"^/article/(?:[^/?]*?-)?(\d+)(?:-\d+)?(?:\.html)?/?(?:\?|$)"
"""For a portal's `identity`: the article's id, whatever slug and category stand beside it."""

LAYOUTS = (
    Layout(
        name="slug-ids",
        recognise=(".article-detail, .article-content, .article-body, .detail-content, .article__content, .article__body",),
        marks=(
            'link[rel="canonical"][href*="/article/"]',
            'meta[property="og:url"][content*="/article/"]',
            '[itemprop="mainEntityOfPage"][content*="/article/"]',
            'a[href*="/article/"]',
        ),
        title=(
            "h1.article-title, .article-title, h1.article__title, h1.detail-title, .article-detail__title",
            ".article-detail h1, .detail-title, .article-header h1, article h1",
            "h1.title, .article-detail h2",
        ),
        body=(
            ".article-content, .article-body, .article__content, .article__body, .detail-content, .article-detail__content",
            ".article-detail",
        ),
        published=(
            ".article-date, .article-time, .article__date, .article-meta time, .article-meta .date, .detail-time, .publish-date",
            ".article-meta, .article-info, .article-detail time, .article-detail .date, .article-detail .time",
        ),
        summary=(
            ".article-sapo, .article-summary, .article-lead, .article__sapo, .article-description, .detail-sapo, .sapo, .lead",
        ),
        byline=(".article-author, .article__author, .detail-author, .author",),
        source=(".article-source, .article__source, .detail-source, .source",),
        category=(".article-category, .article__category, .article-meta .category",),
        crumbs=(".breadcrumb li, .breadcrumb a, .breadcrumbs a",),
        files=(".article-attachments, .article-files, .attachments, .attachment-list",),
        drop=(".article-share, .article-tools, .article-related, .article-tags, .related-news, .article-views, .tool-bar",),
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="slug-ids",
        recognise='.article-list a[href*="/article/"], .list-article a[href*="/article/"], .article-item a[href*="/article/"], '
        'h2 a[href*="/article/"], h3 a[href*="/article/"]',
        items='.article-list h3 a[href*="/article/"], .article-list h2 a[href*="/article/"], '
        '.article-item h3 a[href*="/article/"], '
        'h2 a[href*="/article/"], h3 a[href*="/article/"]',
        next_page='.pagination a[rel="next"], .pagination .next a, a.next-page',
    ),
)
