"""Classes that call a thing by its name on portals of any make: `.sapo`, `.tac-gia`, `.publish-date`.

They are looked for where no layout says better, and only around the article: after its title and outside menus, side bars and
lists of other articles, where the same classes stand as well.
"""

from __future__ import annotations

from ingest.dress import is_chrome
from ingest.elements import Elements
from ingest.tree import Element, holds

USUAL: dict[str, str] = {
    "published": ".publish-date, .published-date, .post-date, .posted-on, .entry-date, .article-date, .news-date, "
    ".detail-date, .date-post, "
    ".date-time, .datetime, .time-post, .post-time, .news-time, .detail-time, .ngay-dang, .ngaydang, .ngay, .thoigian, "
    ".thoi-gian, "
    ".thoigiandang, .date, .time, .created, .meta-date, .info-date, .publish",
    "summary": ".sapo, .lead, .summary, .tomtat, .tom-tat, .trich-dan, .trichdan, .trichyeu, .trich-yeu, "
    ".post-excerpt, .excerpt, .intro, "
    ".description, .news-sapo, .detail-sapo, .article-lead, .hometext, .mota, .mo-ta",
    "byline": ".author, .tacgia, .tac-gia, .post-author, .news-author, .article-author, .author-name, .butdanh, "
    ".but-danh, .nguoi-dang",
    "source": ".source, .nguon, .nguontin, .nguon-tin, .news-source, .article-source",
    "category": ".category, .chuyenmuc, .chuyen-muc, .post-category, .danhmuc, .danh-muc, .cat-name",
}
"""By field; of each, the order of the page counts."""
_LISTS = ("ul", "ol", "nav", "aside", "footer")
_BEFORE_TITLE = 12
"""A date or a section may stand before the title, so many elements off."""


def usual_places(elements: Elements, name: str, title: Element, body: Element) -> list[Element]:
    """The elements around an article whose class says that they are its field `name`, in the order of the page."""
    region = _region(title, body)
    order = elements.order
    start, begins = order[title], order[body]
    last = begins if name in ("published", "summary", "category") else None
    ahead = _BEFORE_TITLE if name in ("published", "category") else 0
    return [
        tag
        for tag in elements.select(USUAL[name])
        if start - ahead <= order[tag]
        and (last is None or order[tag] <= last or holds(body, tag))
        and holds(region, tag)
        and not _is_elsewhere(tag, region)
    ]


def _region(title: Element, body: Element) -> Element:
    """The smallest element that holds both."""
    above = {title, *title.iterancestors()}
    return next(parent for parent in (body, *body.iterancestors()) if parent in above)


def _is_elsewhere(tag: Element, region: Element) -> bool:
    """Whether `tag` stands in dress of the site or in a list, where it belongs to another article."""
    for parent in tag.iterancestors():
        if parent is region:
            return False
        if parent.tag in _LISTS or is_chrome(parent):
            return True
    return False
