"""SharePoint publishing pages, as ministries have had them made.

Two families of ids: the body is `divArticleContent` with its lead in `divArticleDescription`, or the title, lead and body are
`divArticleDescription3`, `1` and `2` (mt, moc, most); pages left as the product makes them have a rich text field instead.
Traps: the whole page stands inside one `<form>`; web parts' GUID ids rot; `pnNguontin` holds author or source, told apart by
their labels; zero-width spaces stand in the text; the date is followed by bars and counts; a page's own title may repeat in its
path.
"""

from __future__ import annotations

from ingest.portal import Layout, ListLayout

_SHAREPOINT = (
    'meta[name="GENERATOR" i][content*="SharePoint" i]',
    '[src*="/_layouts/"]',
    "#aspnetForm, #MSOWebPartPage_Shared, #s4-workspace, #s4-bodyContainer, #MSO_ContentTable",
    '[id^="ctl00_"][id*="_g_"], [id^="WebPartWPQ"]',
)
_TITLE = (
    "h1.News_Detail_Title",
    "#divArticleDescription3 h1, #divArticleTitle, .News_Detail_Title",
    "#news-title, #txtTitle, .news-title h1, .title-detail, h1.title, h1.article-title, h1.post-title, "
    ".tieude_chitiet, h1.detail-title",
    "#news_content h1, #news_details h1, .detail-news h1, .box-news h1, #layoutBanTin h4, .article h1, .news-detail h1",
    "#DeltaPlaceHolderPageTitleInTitleArea",
    "h1.ms-rteElement-H1, .ms-core-pageTitle",
)
_PUBLISHED = (
    ".News_Time_Post",
    ".date-detail, #txtDateString, #publish-date, .publish-date, .post-date, .detail-date, .date-post, .ngaydang, .thoi-gian",
    '[id$="_lblDate" i], [id$="_lblNgayDang" i], [id$="_lblThoiGian" i], [id$="_lbDate" i], [id$="_lblPublishDate" i]',
    '[id$="_pnHide"] span, .date-time, .news-date, .time',
)
_BYLINE = (
    ".Author_Write_TG",
    ".Author_Write, .author, .news-author, .tacgia, .tac-gia, .detail-author",
    '[id$="_lblAuthor" i], [id$="_lblTacGia" i]',
    '[id$="_pnNguontin"] p, [id$="_pnNguontin"]',
)
_SOURCE = (
    ".Author_Write_Nguon, .News_Source",
    ".source, .news-source, .nguon, .nguontin",
    '[id$="_pnNguontin"] p, [id$="_pnNguontin"]',
)
_CRUMBS = (
    ".UL_Link_Menu li",
    ".breadcrumb li, .ms-breadcrumb a, .breadcrumbs a",
    '[id$="_SiteMapPath"] a, [id*="SiteMapPath"] a',
)
_DROP = (
    ".ms-clear, .ms-webpart-chrome-title, .News_Tool, .share-tool, .ms-socialCommentContents, .ms-rte-layoutszone-outer-empty",
    ".tin-lien-quan, .News_Other, .News_Relate, .other-news",
)

LAYOUTS = (
    Layout(
        name="sharepoint",
        recognise=("#divArticleContent, #divArticleDescription, #divArticleDescription2, h1.News_Detail_Title",),
        title=_TITLE,
        body=("#divArticleContent", "#divArticleDescription2", "#divArticleDescription", ".ms-rtestate-field"),
        published=_PUBLISHED,
        summary=(
            "#divArticleDescription1",
            "#divArticleDescription",
            "#divArticleDescription2",
            "#divArticleDescription3",
            ".News_Detail_Sapo, .sapo, .News_Description",
        ),
        byline=_BYLINE,
        source=_SOURCE,
        category=(".News_Category, .News_Group_Title",),
        crumbs=_CRUMBS,
        files=("#divAttach, .News_Attach, .attach, .file-dinh-kem, .tep-dinh-kem",),
        drop=_DROP,
    ),
    Layout(
        name="sharepoint",
        recognise=(
            "#news-detail, #show_content, #contenttin, #layoutBanTin",
            '.ms-rtestate-field, [id$="_RichHtmlField"]',
            '[class^="ExternalClass"], .ms-rteElement-P',
        ),
        marks=_SHAREPOINT,
        title=_TITLE,
        body=(
            "#news-detail, #show_content, #contenttin",
            ".article-content .ms-rtestate-field, .ms-rtestate-field",
            '[id$="_RichHtmlField"]',
            '[class*="ExternalClass"]',
        ),
        published=_PUBLISHED,
        summary=("#news-des, #show_description, #idTomTat", ".sapo, .news-des, .summary, .tomtat, .lead, .article-byline"),
        byline=_BYLINE,
        source=_SOURCE,
        rows=("table.vbInfo, table.van-ban, .vbProperties table",),
        crumbs=_CRUMBS,
        files=("#divAttach, .attach, .file-dinh-kem, .tep-dinh-kem, .attachment",),
        drop=_DROP,
    ),
)
"""In the order in which they are tried."""

LISTS = (
    ListLayout(
        name="sharepoint",
        recognise=".News_List_Item, .Around_News_List, .list-news .item, .cbq-layout-main, .dfwp-list, .ds-tin",
        items=".News_List_Item a.News_Title, .News_List_Item h2 a, .News_List_Item h3 a, .list-news .item h3 a, "
        ".list-news .item h2 a, "
        ".cbq-layout-main .link-item a, .dfwp-item .link-item a, .ds-tin .title a",
        next_page=".paging a.next, .pager a.next, .pagination .next a, a#pageNext, .ms-paging a[id$=Next]",
    ),
)
