"""The Department of Finance of Phú Thọ province.

The live HTML of this portal was not seen when this was written, so it declares no layout of its own: a page is read by the
platform it turns out to be on, else by the generic reader, which marks every field unsure. The feed's path is the one that the
province's main portal (Drupal) has. Once a page has been seen, its era belongs into `layouts`.
"""

from __future__ import annotations

from ingest.portal import Portal

PORTAL = Portal(
    name="sotaichinh.phutho.gov.vn",
    title="Sở Tài chính tỉnh Phú Thọ",
    host="sotaichinh.phutho.gov.vn",
    base_url="http://sotaichinh.phutho.gov.vn",
    lists=("/",),
    feeds=("/articles/rss.xml",),
    aliases=("www.sotaichinh.phutho.gov.vn",),
    article=r"^/(?:article|articles|tin-tuc|tin|bai-viet|thong-bao|van-ban|node|chi-tiet|Chuyen-muc-tin|chuyen-muc)/[^?]*[\w-]{8,}"
    r"|/[^/?]+-[^/?]*\d{2,}(?:\.html?|\.aspx)?(?:$|\?)|/node/\d+",
)
