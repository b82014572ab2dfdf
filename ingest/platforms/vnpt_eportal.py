"""VNPT ePortal, a Liferay in a dress of its own: everything of an article stands in `.contentDetail`, its title in an h3 or h1.

Traps: title, date, lead and body are children of one element, so that what is no field of its own is the body; portlets are
named `…_WAR_vnpteportal…`; addresses end in `/-/chi-tiet/<slug>-<id>-<id>.html`; view counts stand beside the date.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

LAYOUTS = (
    Layout(
        name="vnpt-eportal",
        recognise=(".contentDetail", '[id*="vnpteportal"] .sapo, [id*="vnpteportal"] .journal-content-article, #testabc'),
        title=(
            ".contentDetail h3.title, .contentDetail h1, .contentDetail h2.title",
            ".contentDetail h3",
            "#testabc h1, .title-detail, .detail-title",
            '[id*="vnpteportal"] h1, [id*="vnpteportal"] h3.title',
            ".contentDetail h2",
        ),
        body=(
            ".contentDetail .journal-content-article",
            ".contentDetail .content-detail, .contentDetail .noidung, .contentDetail .detail-content, "
            ".contentDetail .news-content",
            '[id*="vnpteportal"] .journal-content-article',
            ".contentDetail",
            "#testabc",
        ),
        published=(
            ".contentDetail .date, .contentDetail .time, .contentDetail .ngaydang, .contentDetail .ngay-dang, "
            ".contentDetail .thoigian",
            ".contentDetail .post-date, .contentDetail .publish-date, .contentDetail .text-muted, "
            ".contentDetail .info, .contentDetail time",
            "#testabc .date, #testabc .time",
            '[id*="vnpteportal"] .date, [id*="vnpteportal"] .time',
        ),
        summary=(".contentDetail .sapo", ".sapo, .contentDetail .tomtat, .contentDetail .summary, .contentDetail .lead"),
        byline=(".contentDetail .author, .contentDetail .tacgia, .contentDetail .tac-gia", ".contentDetail .nguon"),
        source=(".contentDetail .source, .contentDetail .nguon, .contentDetail .nguontin, .contentDetail .nguon-tin",),
        category=(".contentDetail .category, .contentDetail .chuyenmuc, .contentDetail .chuyen-muc",),
        crumbs=(".breadcrumb li, .breadcrumbs li, .duongdan a, .path a",),
        rows=(".contentDetail table.vanban, .contentDetail table.thong-tin",),
        files=(".contentDetail .file, .contentDetail .dinhkem, .contentDetail .tep-dinh-kem", ".contentDetail"),
        drop=(
            ".share, .tools, .asset-links, .luotxem, .tinlienquan, .tin-lien-quan, .tinkhac, .tin-khac, .rating, .print, .congcu",
            ".contentDetail .other-news, .contentDetail .social",
        ),
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="vnpt-eportal",
        recognise='[id*="vnpteportal"] h2 a, [id*="vnpteportal"] h3 a, [id*="vnpteportal"] h4 a, .listNews .item',
        items='[id*="vnpteportal"] h2 a, [id*="vnpteportal"] h3 a, [id*="vnpteportal"] h4 a, .listNews .item h3 a',
        next_page='[id$="PageIterator"] .next a, .lfr-pagination .next a, .pagination .next a, .taglib-page-iterator a.next',
    ),
)
