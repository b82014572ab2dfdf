"""What of a portal's markup may stand in our own pages.

`Reading.html` is already without script; it is cleaned again here, last thing before the template, because a page of
ours must not depend on what was stored. Images would be fetched from the portal, so each becomes a link that names it.
"""

from __future__ import annotations

import re
from html import escape

import nh3
from markupsafe import Markup

from web import rulings
from web.language import gettext

_TAGS = {
    *("p", "br", "hr", "div", "span", "blockquote", "pre", "code", "h2", "h3", "h4", "h5", "h6"),
    *("ul", "ol", "li", "dl", "dt", "dd", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "small", "a"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption"),
}
_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener noreferrer nofollow"
_IMAGE = re.compile(r"<img((?: [a-z]+=\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")
_HEADING = re.compile(r"<(/?)h1>")


def body(html: str) -> Markup:
    """`html` as it may stand in a reading view."""
    first = nh3.clean(
        html, tags={*_TAGS, "h1", "img"}, attributes={**_ATTRIBUTES, "img": {"src", "alt"}}, url_schemes=_SCHEMES, link_rel=None
    )
    linked = rulings.without(_IMAGE.sub(_image_link, _HEADING.sub(r"<\1h2>", first)))
    # The second pass is the one that counts: nothing of ours is trusted after text was put together.
    return Markup(  # noqa: S704
        nh3.clean(
            linked, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_REL, allowed_classes={"a": {"image-link"}}
        )
    )


def marked(html: str) -> Markup:
    """Escaped text whose only markup is `<mark>`."""
    return Markup(nh3.clean(html, tags={"mark"}, attributes={}, link_rel=None))  # noqa: S704


def citation(html: str) -> Markup:
    """A citation: italics and links, nothing else."""
    return Markup(  # noqa: S704
        nh3.clean(html, tags={"i", "em", "b", "span", "a"}, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel=_REL)
    )


def link(url: str) -> str | None:
    """`url` where it may be followed from our pages, else None."""
    return url if re.match(r"https?://[^\s/]", url, re.IGNORECASE) else None


def _image_link(match: re.Match[str]) -> str:
    attributes = dict(_ATTRIBUTE.findall(match[1]))
    label = escape(gettext("Ảnh"))
    if alt := attributes.get("alt", "").strip():
        label = f"{label}: {alt}"
    source = attributes.get("src")
    return f'<a class="image-link" href="{source}">{label}</a>' if source else f"<em>[{label}]</em>"
