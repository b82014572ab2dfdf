"""DotNetNuke: news and document modules name their parts by `dnn_ctr<id>_<module>_<part>`.

Traps: the number is the place of the module on the page and changes, only the part's name counts, in Vietnamese or English and
with various prefixes (`lbl`, `lb`, `lit`, `pnl`); the page stands inside one form; static side blocks are `HtmlModule`s, which
are the body only where nothing else is; the label of a part may stand before it in an element of its own.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout


def _parts(*names: str) -> str:
    """A selector of the module parts that are called one of `names`, whatever prefix they have."""
    return ", ".join(f'[id^="dnn_ctr"][id$="{prefix}{name}" i]' for name in names for prefix in ("lbl", "lb", "_"))


_CRUMBS = (
    '[id^="dnn_dnnBREADCRUMB"] a, [id^="dnn_dnnBreadcrumb"] a',
    ".breadcrumb li, .breadcrumb a, .breadcrumbs a, .Breadcrumb",
)
_DROP = (".ToolBar, .tool-bar, .edn_socialButtons, .article-tools, .OtherNews, .other-news, .tin-lien-quan, .RelatedNews",)

LAYOUTS = (
    Layout(
        name="dotnetnuke",
        recognise=(
            _parts("Body", "Content", "NoiDung", "Detail", "ArticleContent", "NewsContent", "ChiTiet", "ArticleBody", "Contents"),
            _parts("SoKyHieu", "SoHieu", "KyHieu", "TrichYeu", "TieuDe", "Title"),
        ),
        title=(
            _parts("Title", "TieuDe", "Headline", "NewsTitle", "ArticleTitle", "TenBaiViet", "Header", "TrichYeu", "TenVanBan"),
            ".DNNContainer_Title_h1, .edn_articleTitle",
            '.DnnModule h1, [id^="dnn_ctr"] h1',
        ),
        body=(
            _parts("Body", "NoiDung", "NewsContent", "ArticleContent", "ArticleBody", "ChiTiet", "Contents"),
            '[id^="dnn_ctr"][id$="lblContent" i]:not([id*="HtmlModule"]), '
            '[id^="dnn_ctr"][id$="lbContent" i]:not([id*="HtmlModule"])',
            '[id^="dnn_ctr"][id$="_divContent" i], [id^="dnn_ctr"][id$="_pnlContent" i], [id^="dnn_ctr"][id$="_pnlNoiDung" i]',
            _parts("Detail"),
            '[id^="dnn_ctr"][id$="_pnlArticle" i], [id^="dnn_ctr"][id$="_pnlDetail" i], [id^="dnn_ctr"][id$="_pnlView" i]',
            '[id^="dnn_ctr"][id$="_ModuleContent"]',
        ),
        published=(
            _parts(
                "Date",
                "NgayDang",
                "PublishDate",
                "PublishedDate",
                "CreatedDate",
                "CreateDate",
                "DatePost",
                "PostDate",
                "ThoiGian",
            ),
            _parts("NgayXuatBan", "NgayCapNhat", "Time", "NgayTao", "DateTime", "PubDate", "StartDate"),
            '[id^="dnn_ctr"] .date, [id^="dnn_ctr"] .edn_publishDate, [id^="dnn_ctr"] .time',
        ),
        summary=(_parts("Summary", "TomTat", "Sapo", "Lead", "Description", "MoTa", "TrichDan", "Abstract", "GioiThieu"),),
        byline=(_parts("Author", "TacGia", "NguoiViet", "ButDanh", "CreatedBy"), '[id^="dnn_ctr"] .author'),
        source=(_parts("Source", "Nguon", "NguonTin"), '[id^="dnn_ctr"] .source'),
        category=(
            _parts("Category", "ChuyenMuc", "CategoryName", "DanhMuc", "TenChuyenMuc"),
            '[id^="dnn_ctr"][id$="_lnkCategory" i], [id^="dnn_ctr"][id$="_hplCategory" i], [id^="dnn_ctr"][id$="_hypCategory" i]',
        ),
        number=(_parts("SoKyHieu", "SoHieu", "KyHieu", "SoVanBan", "SoKiHieu"),),
        issuer=(_parts("CoQuanBanHanh", "CoQuan", "DonViBanHanh", "NoiBanHanh"),),
        issued=(_parts("NgayBanHanh", "NgayKy", "IssuedDate"),),
        signer=(_parts("NguoiKy", "Signer"),),
        rows=('[id^="dnn_ctr"] table.vanban, [id^="dnn_ctr"] table.thongtin, [id^="dnn_ctr"] table.table',),
        crumbs=_CRUMBS,
        files=(
            _parts("File", "Files", "Attach", "Attachment", "DinhKem", "TepDinhKem", "FileDinhKem", "Download"),
            '[id^="dnn_ctr"][id$="_pnlFile" i], [id^="dnn_ctr"][id$="_pnlAttach" i], '
            '[id^="dnn_ctr"][id$="_divFile" i], .file-attach',
        ),
        drop=_DROP,
    ),
    Layout(
        name="dotnetnuke",
        recognise=(
            ".edn_article, .edn_articleTitle, .article_detail, .newsdetail",
            '[id^="dnn_ctr"][id*="HtmlModule_lblContent"]',
        ),
        marks=('[id^="dnn_ctr"], #dnn_ContentPane, .DnnModule', 'meta[name="generator" i][content*="DotNetNuke" i]'),
        title=(
            ".edn_articleTitle, .article_title, .newsdetail h1, .news-title",
            ".DnnModule h1, #dnn_ContentPane h1",
            "#dnn_ContentPane h2",
        ),
        body=(
            ".edn_articleText, .article_content, .newsdetail .content, .edn_article .content_text",
            '#dnn_ContentPane [id*="HtmlModule_lblContent"]',
            '[id^="dnn_ctr"][id*="HtmlModule_lblContent"]',
        ),
        published=(".edn_publishDate, .edn_date, .article_date, .newsdetail .date, .newsdetail .time, .post-date",),
        summary=(".edn_articleSummary, .edn_articleSubTitle, .article_summary, .newsdetail .summary, .newsdetail .sapo",),
        byline=(".edn_author, .article_author, .newsdetail .author",),
        source=(".edn_source, .article_source, .newsdetail .source",),
        category=(".edn_articleCategory, .article_category",),
        crumbs=_CRUMBS,
        files=(".edn_articleDocuments, .article_files",),
        drop=_DROP,
    ),
    Layout(
        name="dotnetnuke",
        recognise=('[id^="dnn_ctr"][id$="_ModuleContent"], [id^="dnn_ctr"][id$="_ContentPane"]',),
        title=(
            '[id^="dnn_ctr"] h1, [id^="dnn_ctr"] .title, [id^="dnn_ctr"] .tieude, [id^="dnn_ctr"] .news-title',
            '[id^="dnn_ctr"] h2, [id^="dnn_ctr"] h3',
        ),
        body=(
            '[id^="dnn_ctr"] .content, [id^="dnn_ctr"] .noidung, [id^="dnn_ctr"] .news-content, [id^="dnn_ctr"] .detail',
            '[id^="dnn_ctr"][id$="_ModuleContent"]',
        ),
        published=(
            '[id^="dnn_ctr"] .date, [id^="dnn_ctr"] .time, [id^="dnn_ctr"] .ngaydang, [id^="dnn_ctr"] .post-date',
            '[id^="dnn_ctr"] time',
        ),
        summary=('[id^="dnn_ctr"] .summary, [id^="dnn_ctr"] .sapo, [id^="dnn_ctr"] .lead, [id^="dnn_ctr"] .tomtat',),
        byline=('[id^="dnn_ctr"] .author, [id^="dnn_ctr"] .tacgia',),
        source=('[id^="dnn_ctr"] .source, [id^="dnn_ctr"] .nguon',),
        crumbs=_CRUMBS,
        files=('[id^="dnn_ctr"] .file-attach, [id^="dnn_ctr"] .attachment',),
        drop=_DROP,
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="dotnetnuke",
        recognise='[id^="dnn_ctr"] a[id*="Title"], [id^="dnn_ctr"] a[id*="TieuDe"], [id^="dnn_ctr"] .news-item a, '
        ".edn_articleTitle a, "
        '[id^="dnn_ctr"] a[id*="TrichYeu"]',
        items='[id^="dnn_ctr"] a[id*="Title"], [id^="dnn_ctr"] a[id*="TieuDe"], [id^="dnn_ctr"] .news-item h3 a, '
        '[id^="dnn_ctr"] .news-item h2 a, .edn_articleTitle a, [id^="dnn_ctr"] a[id*="TrichYeu"]',
        next_page='[id^="dnn_ctr"] a[id*="Next"], .article_pager .next, .PagingTable a.next, .pagination .next a',
    ),
)
