"""Joomla 3 to 5 with its own article view, and the K2 extension.

Traps: the dates of creation, publication and the last change stand side by side, and the hits after them; the author is mostly
an account ("Super User"); `datetime` attributes are in UTC and the visible words may lack "năm"; the title may be a link to the
page itself; earlier and later articles are linked at the end of the article.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

_JOOMLA = (
    'meta[name="generator" i][content*="Joomla" i]',
    'script[src*="/media/jui/"], script[src*="/media/system/js/"], script[src*="/media/vendor/"], script[src*="/templates/"]',
    '.com_content, .com-content, .item-page, .com-content-article, [class*="com_content"], [class*="com-content"]',
)
_DROP = (
    ".createdate, .modifydate, .createby, .buttonheading, .pagenavigation, .com-content-article__navigation",
    ".icons, .content_rating, .pagenav, .pager, .pagination, .article-info, .tags, .mod-articles-latest, "
    ".com-content-article__links",
    ".addthis_toolbox, .jsocial, .itemToolbar, .itemRatingBlock, .itemSocialSharing, .itemNavigation, .itemRelated, "
    ".hits, .jcomments",
)

LAYOUTS = (
    Layout(
        name="joomla",
        recognise=(".itemFullText, .itemView .itemBody, #k2Container .itemIntroText",),
        title=("h2.itemTitle, h1.itemTitle, .itemTitle",),
        body=(".itemFullText", ".itemBody", ".itemIntroText"),
        published=(".itemDateCreated", ".itemHeader time, .itemDate"),
        summary=(".itemIntroText",),
        byline=(".itemAuthor a, .itemAuthor", ".itemExtraFields .tac-gia"),
        category=(".itemCategory a", ".itemCategory"),
        source=(".itemSource, .itemExtraFields .nguon",),
        crumbs=(".breadcrumb li, .breadcrumbs a",),
        files=(".itemAttachmentsBlock",),
        drop=_DROP,
    ),
    Layout(
        name="joomla",
        recognise=('[itemprop="articleBody"]', ".item-page, .com-content-article, .article-fulltext", ".contentpaneopen"),
        marks=_JOOMLA,
        title=(
            ".item-page .page-header h1, .item-page .page-header h2, .com-content-article .page-header h1",
            '.item-page [itemprop="headline"], .item-page [itemprop="name"]:not(span), [itemprop="headline"]',
            ".com-content-article h1, .item-page h1, .item-page h2, h1.article-title, h2.item-title, .article-header h1",
            ".contentheading, .componentheading, h1.title",
        ),
        body=(
            '.item-page [itemprop="articleBody"], .com-content-article [itemprop="articleBody"]',
            '[itemprop="articleBody"]',
            ".com-content-article__body, .article-fulltext, .article-content, .article-body",
            ".item-page",
            ".contentpaneopen",
        ),
        published=(
            ".article-info .published, dd.published, .published",
            '[itemprop="datePublished"]',
            ".article-info .create, dd.create, .create, .createdate, .created",
            '[itemprop="dateCreated"], .article-info time, .article-date',
        ),
        summary=(".item-page .intro, .article-intro, .item-page .lead", '.item-page [itemprop="description"]'),
        byline=(
            ".article-info .createdby, dd.createdby, .createdby, .createby",
            '.item-page [itemprop="author"] [itemprop="name"], .item-page [itemprop="author"]',
        ),
        source=(".item-page .source, .item-page .nguon, .article-source",),
        category=(
            ".article-info .category-name a, dd.category-name a",
            ".category-name",
            ".article-info .parent-category-name a",
        ),
        crumbs=(".breadcrumb li, .mod-breadcrumbs li", ".breadcrumbs a, .pathway"),
        files=(".item-page .attachmentsContainer, .attachmentsList, .item-page .attachments, .phocadownload",),
        drop=_DROP,
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="joomla",
        recognise=".blog .item, .blog-item, .items-leading, .category-list .list-title, .com-content-category-blog, "
        ".itemListView, "
        ".com-content-category__table",
        items=".blog .item h2 a, .blog-item h2 a, .blog .page-header a, .items-leading h2 a, .category-list .list-title a, "
        ".catItemTitle a, .com-content-category__table .list-title a, .com-content-category-blog h2 a",
        next_page='.pagination a[rel="next"], .pagination-next a, .pagination li.next a, a.next, .pagination a[title="Tiếp"], '
        '.pagination a[aria-label*="next"], .pagination a[title="Next"]',
    ),
)
