"""Lotus Domino, as official gazettes (công báo) list documents: tables of label and value, the file behind a script.

Traps: the Dublin Core tags in the head are constants of the site and say nothing of the document; dates are written without
leading zeros; the file's address stands in `onclick="window.open(…)"`, with spaces in its name; the page says the title under
"Trích yếu" and may have no heading at all.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

_DOMINO = (
    'form[action*=".nsf"], [src*=".nsf"]',
    'a[href*=".nsf"], [onclick*=".nsf"], [onclick*="$FILE"], a[href*="OpenDocument"]',
    "table",
)
_TABLES = (".doc-detail, .doc-info, .doc-property, .doc-attributes", "table")

LAYOUTS = (
    Layout(
        name="domino",
        recognise=(".doc-notation, #doc-notation, .doc-number",),
        marks=_DOMINO,
        title=(
            ".doc-title, .doc-name, h1.doc-heading, .doc-subject, .doc-abstract, .doc-trichyeu",
            ".doc-detail h1, .doc-detail h2, .doc-detail h3, #doc-detail h2",
        ),
        body=(
            ".doc-content, .doc-body, .doc-text, #doc-content, #doc-body, .doc-noidung",
            ".doc-detail, #doc-detail, .doc-info",
            _TABLES[0],
            "table:not(:has(table)):has(.doc-notation)",
        ),
        published=(".doc-published, .doc-posted, .doc-publish-date, .doc-ngaydang",),
        summary=(".doc-summary, .doc-quote",),
        number=(".doc-notation, #doc-notation, .doc-number",),
        issuer=(".doc-agency, .doc-organ, .doc-issuer, .doc-coquan",),
        issued=(".doc-date, .doc-issued, .doc-issue-date, .doc-ngaybanhanh",),
        signer=(".doc-signer, .doc-nguoiky",),
        category=(".doc-category, .doc-group, .doc-field",),
        rows=_TABLES,
        crumbs=(".breadcrumb li, .breadcrumb a, .path a",),
        files=(".doc-files, .doc-attachment, .doc-attach, .doc-file", ".doc-detail, #doc-detail, .doc-info"),
        drop=(".doc-tools, .doc-related, .doc-share, .doc-other",),
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="domino",
        recognise='tr .doc-notation, tr a[href*="OpenDocument"]',
        items='tr .doc-notation a, tr a.doc-title, tr a[href*="OpenDocument"], tr .doc-title a, tr .doc-summary a',
        next_page='a[href*="Start="].next, .paging a.next, a.doc-next',
    ),
)
