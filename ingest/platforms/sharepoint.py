"""SharePoint publishing pages of the ministries.

The whole page stands inside one form, and web-part ids are random, so only named ids count.
"""

from __future__ import annotations

from ingest.portal import Layout

LAYOUT = Layout(
    name="sharepoint",
    recognise="#divArticleContent, h1.News_Detail_Title",
    title="h1.News_Detail_Title",
    body="#divArticleContent, div.ms-rtestate-field",
    published="span.News_Time_Post, div.date-detail",
    summary="#divArticleDescription1, #divArticleDescription2, #divArticleDescription3",
    byline="div.Author_Write_TG",
    drop=(".ms-clear", ".ms-webpart-chrome-title"),
)
