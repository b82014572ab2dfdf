"""Liferay 6 and 7: the asset publisher and web content, as agencies dress them.

Traps: one theme has the title in an h5, the date in an h1 and the category in an h6, so a heading's level says nothing and a
date is never the title; web content portlets with the same class fill headers and footers; paging stands in long portlet
parameters (`…_cur=N`).
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

_LIFERAY = (
    '[id^="p_p_id_"], [id^="portlet_"]',
    ".portlet-boundary, .portlet-asset-publisher, .asset-full-content",
    'script[src*="/o/frontend"], script[src*="Liferay"], [src*="/html/js/"]',
)
_DROP = (
    ".taglib-social-bookmarks, .taglib-ratings, .asset-links, .portlet-msg-info, .asset-related-assets, "
    ".asset-ratings, .lfr-meta-actions",
    ".asset-user-actions, .asset-flag, .taglib-flags, .taglib-discussion, .asset-more, .asset-edit, .social-bookmarks, "
    ".asset-tags",
    ".view-count, .metadata-view-count, .font-resizer, .asset-comments, .print-action",
)

LAYOUTS = (
    Layout(
        name="liferay",
        recognise=(".asset-full-content", ".journal-content-article"),
        marks=_LIFERAY,
        title=(
            ".asset-full-content .header-title, .taglib-header .header-title, h3.header-title, h1.header-title",
            ".asset-full-content .asset-title, h1.asset-title, h2.asset-title, h3.asset-title",
            ".asset-full-content .title, .asset-full-content h1.component-title, h1.component-title",
            ".asset-full-content h5, .asset-full-content h4",
            ".asset-full-content h1, .asset-full-content h2, .asset-full-content h3",
            ".journal-content-article h5, .journal-content-article h1, .journal-content-article h2, .journal-content-article h3",
            ".portlet-body h1, .portlet-body h2.title, .portlet-body h3.title",
        ),
        body=(
            ".asset-full-content .journal-content-article",
            ".asset-content .journal-content-article, .asset-content",
            ".portlet-asset-publisher .journal-content-article",
            ".asset-full-content .content, .asset-full-content .detail-content",
            "#contentnews",
            ".journal-content-article",
        ),
        published=(
            ".metadata-publish-date, .metadata-display-date, .asset-metadata .metadata-publish-date",
            ".asset-full-content .publish-date, .asset-full-content .date, .asset-full-content .time, "
            ".asset-full-content .ngay-dang",
            ".asset-full-content h1, .asset-full-content h6, .asset-full-content h5, .asset-full-content h2",
            ".journal-content-article h1, .journal-content-article h6, .journal-content-article .date",
            ".asset-full-content time, .taglib-header time, .asset-full-content .text-muted, .asset-metadata",
        ),
        summary=(
            ".asset-full-content .sapo, .asset-full-content .asset-summary, .asset-full-content .summary, "
            ".asset-full-content .lead",
            ".asset-full-content .tom-tat, .asset-full-content .description",
        ),
        byline=(
            ".metadata-author, .asset-full-content .author, .asset-full-content .tac-gia, .asset-full-content .username",
            ".asset-full-content .metadata-entry",
        ),
        source=(".asset-full-content .source, .asset-full-content .nguon, .asset-full-content .nguon-tin",),
        category=(
            ".asset-full-content h6, .journal-content-article h6",
            ".metadata-category, .asset-full-content .asset-category, .asset-full-content .category, "
            ".taglib-asset-categories-summary a",
        ),
        crumbs=(".breadcrumb li, .breadcrumbs li, .taglib-breadcrumb li",),
        files=(".asset-full-content .attachments, .asset-full-content .tep-dinh-kem, .taglib-attachments", ".asset-full-content"),
        drop=_DROP,
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="liferay",
        recognise=".asset-abstract, .portlet-asset-publisher .asset-title a, .asset-entries-group-by",
        items=".asset-abstract .asset-title a, .asset-abstract h3 a, .asset-abstract h4 a, "
        ".portlet-asset-publisher .asset-title a",
        next_page=".taglib-page-iterator a.next, .lfr-pagination a.next, .pager .next a, .pagination .next a, "
        '.lfr-pagination-buttons li:not(.disabled) a[href*="_cur="].next',
    ),
)
