"""NukeViet 4.x: the modules news and laws, in the default theme and those derived from it.

Traps: the visible date counts, `itemprop=datePublished` is the time of the last edit, `article:published_time` is malformed;
counts of views follow the date; author and source stand after the body in like paragraphs that only their labels tell apart, or
at the end of the body itself; files are links with `download` beside the body; the reader is offered the same title again in
rating and print forms.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

_NUKEVIET = (
    'meta[name="generator" i][content*="NukeViet" i]',
    'script[src*="/assets/js/"], script[src*="/themes/"][src*="/js/"], script[src*="nv_"], script[src*="/js/nukeviet"]',
)
_CRUMBS = (".breadcrumbs .breadcrumb li, .breadcrumbs-wrap .breadcrumb li", ".breadcrumb li", ".breadcrumb a, .breadcrumbs a")
_AUTHOR_LINES = (
    ".news_column p.h5, .news_column .text-right, .news_column .author, .panel-body p.h5",
    "p.h5, p.text-right, .author, .detail-author, .article-author, .tacgia",
)

LAYOUTS = (
    Layout(
        name="nukeviet",
        recognise=("#news-bodyhtml", ".news_column .bodytext, .news_column .hometext"),
        title=(
            "h1.title, h1.detail-title, h1.news-title, h1.article-title, h1.post-title, h1.entry-title",
            'h1[itemprop="headline"], h1[itemprop="name"]',
            ".news_column h1, .news-detail h1, .news_detail h1",
            ".news_column h2.title, .detail-title, .news_column h3.title",
        ),
        body=("#news-bodyhtml", ".news_column .bodytext", ".bodytext"),
        published=(
            ".news_column span.h5, .panel-body span.h5",
            "span.h5",
            ".news_column .time, .news_column .publtime, .news_column .date, .news_column .post-date, .news_column .detail-time",
            ".time, .publtime, .detail-time, .post-date, .news-date, .article-date, .date-time, .detail-date",
            ".news_column .text-muted, .news_column .h5",
        ),
        summary=(
            ".hometext",
            "#hometext, .news-hometext, .detail-hometext, .sapo, .lead",
            '.news_column [itemprop="description"]',
        ),
        byline=_AUTHOR_LINES,
        source=(*_AUTHOR_LINES, ".source, .nguon"),
        crumbs=_CRUMBS,
        files=(".news-download-file, .news_download_file, .list-file, .file-download",),
        drop=(
            ".socialicon, .news_column_related, .article-keywords, .stars, .keywords, .social-share, .other-news, "
            ".news-download-file",
            ".detail-related, .related, #form3B, .clear.text-right",
        ),
    ),
    Layout(
        name="nukeviet",
        recognise=(".lawh3, .laws-detail, .laws-view, .law-detail",),
        title=(".lawh3", ".laws-detail h1, .laws-view h1, .law-detail h1, .laws-detail h2, .laws-detail h3", "h1.title"),
        body=(
            ".laws-detail .bodytext, .laws-view .bodytext, .law-detail .bodytext",
            ".bodytext",
            ".laws-detail, .law-detail",
            "table",
        ),
        rows=(".laws-detail table, .laws-view table, .law-detail table", "table.table"),
        crumbs=_CRUMBS,
        files=(".list-group, .laws-download, .law-files", "table.table"),
    ),
    Layout(
        name="nukeviet",
        recognise=(".bodytext", '[itemprop="articleBody"]', "#page-bodyhtml, .page .content-body"),
        marks=_NUKEVIET[0],
        title=('h1[itemprop="headline"], h1[itemprop="name"]', "h1.title, h1", ".page-title, h2.title"),
        body=(".bodytext", '[itemprop="articleBody"]', "#page-bodyhtml, .page .content-body"),
        published=("span.h5", ".time, .publtime, .detail-time, .post-date, .date", ".text-muted"),
        summary=(".hometext", '[itemprop="description"]'),
        byline=_AUTHOR_LINES,
        source=_AUTHOR_LINES,
        crumbs=_CRUMBS,
        files=(".news-download-file, .list-file, .file-download",),
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="nukeviet",
        recognise=".news_column .featured h2 a, .news_column h2 a, .news_column h3 a, .viewcat h3 a, .news_column .items h3 a",
        items=".news_column h2 a, .news_column h3 a, .news_column h4 a, .viewcat h3 a",
        next_page='.pagination a[rel="next"], .pagination li.next a, .generate_page a[rel="next"], .pagination li.active + li a',
    ),
)
