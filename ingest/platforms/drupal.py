"""Drupal 8 and later, as phutho.gov.vn dressed it in 2020 and in its own default themes; fields of Drupal 7 where they differ.

Traps: the theme of Phú Thọ has no h1, its title is an h2; share and font buttons stand inside the article; the header's clock
is a date too; teasers may lead to other sites; lists count their pages from zero. In the default themes the author line
(`node__submitted`) holds the date, and its author is mostly an account.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

_DRUPAL = (
    'meta[name="Generator" i][content*="Drupal" i]',
    '[src*="/core/misc/drupal"]',
    '[src*="/sites/default/files/"]',
    'script[src*="/misc/drupal.js"]',
    "#block-system-main, .dialog-off-canvas-main-canvas, .region-content",
)
_CRUMBS = (".breadcrumb li, .breadcrumb__item", ".breadcrumb a")
_DROP = (
    ".post__share, .post__font, .addtoany, .addtoany_list, .links, .node__links, .link-wrapper, .flag",
    ".related, .field--name-field-tags, .field--name-field-tin-lien-quan, .field-name-field-tags, .comment-wrapper",
    ".statistics-counter, .field--type-comment, .field--name-field-luot-xem",
)

LAYOUTS = (
    Layout(
        name="drupal",
        recognise=("#post__content, .post__content, .post__title",),
        title=("h2.post__title, h1.post__title", ".post__title"),
        body=("#post__content", ".post__content"),
        published=(".post__datetime", ".post__date, .post__time"),
        summary=("#post__summary", ".post__summary"),
        byline=(".post__author",),
        source=(".post__source",),
        category=(".head-danh-muc", ".post__category"),
        crumbs=_CRUMBS,
        files=(".post__files, .post__attachments", ".field--type-file"),
        drop=_DROP,
    ),
    Layout(
        name="drupal",
        recognise=(".node__content", ".field--name-body", ".field-name-body", ".node .content"),
        marks=_DRUPAL,
        title=(
            "h1.page-title, h1.page-header, h1#page-title, h1.title, h1.node__title",
            "h2.node__title, h1.page__title",
            ".field--name-title, .field--name-node-title",
            ".node-title",
        ),
        body=(
            ".node--view-mode-full .field--name-body, .node-full .field-name-body",
            ".field--name-body, .field-name-body",
            ".field--name-field-noi-dung, .field--name-field-content",
            ".node__content",
            ".node .content",
        ),
        published=(
            '[class*="field--name-field-ngay-dang"], [class*="field--name-field-ngay-xuat-ban"], '
            '[class*="field--name-field-date"]',
            '[class*="field--name-field-ngay"], [class*="field-name-field-ngay"]:not([class*="ban-hanh"])',
            ".node__submitted, .node__meta, .submitted, .node-submitted, .field--name-created",
            ".node--view-mode-full time",
        ),
        summary=(
            ".field--name-field-summary, .field--name-field-tom-tat, .field--name-field-sapo, .field--name-field-mo-ta",
            ".field-name-field-summary, .field-name-field-tom-tat, .field-name-field-sapo, .field--name-field-trich-yeu",
        ),
        byline=(
            ".field--name-field-tac-gia, .field-name-field-tac-gia, .field--name-field-author, .field--name-field-but-danh",
            ".node__submitted .field--name-uid, .node__meta .field--name-uid, .submitted .username",
        ),
        source=(".field--name-field-nguon, .field--name-field-nguon-tin, .field--name-field-source, .field-name-field-nguon",),
        category=(
            ".field--name-field-chuyen-muc, .field--name-field-category, .field--name-field-danh-muc, "
            ".field-name-field-chuyen-muc",
        ),
        number=(".field--name-field-so-ky-hieu, .field--name-field-so-hieu, .field-name-field-so-ky-hieu",),
        issuer=(".field--name-field-co-quan-ban-hanh, .field-name-field-co-quan-ban-hanh",),
        issued=(".field--name-field-ngay-ban-hanh, .field-name-field-ngay-ban-hanh",),
        signer=(".field--name-field-nguoi-ky, .field-name-field-nguoi-ky",),
        crumbs=_CRUMBS,
        files=(".field--type-file, .field--name-field-file, .field--name-field-dinh-kem, .field-type-file", ".file"),
        drop=_DROP,
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="drupal",
        recognise=".post-item article.pt-post, .pt-post__title",
        items=".pt-post__title a",
        next_page=".pager__item--next a, .pager-next a, li.next a",
    ),
    ListLayout(
        name="drupal",
        recognise=".views-element-container .views-row, .view-content .views-row, .node--view-mode-teaser",
        items=".views-row .views-field-title a, .views-row h2 a, .views-row h3 a, .node--view-mode-teaser .node__title a",
        next_page=".pager__item--next a, .pager-next a",
    ),
)
