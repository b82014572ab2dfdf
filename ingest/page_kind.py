"""Pages that hold no announcement, though the server answered 200: told from the page itself, and each with a code of its own.

`refresh` and `frameset` lead elsewhere, `challenge` and `login` let only some in, `error_page` says that the site is ill,
`soft_404` that the page is not there, `list` that it is many. An announcement that merely speaks of such things has a title or
more prose of its own, and is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from ingest.clean import absolute
from ingest.dress import is_chrome
from ingest.elements import Elements
from ingest.errors import LeadsElsewhere, NotReadable
from ingest.file_links import leads_to_file
from ingest.tree import BREAKING, NEVER_SHOWN, Element, is_hidden, text_of

_LITTLE, _SOME, _MUCH = 200, 600, 2000
"""Letters of prose below which a page holds hardly anything, below which it holds no more than a message, and from which on it
holds something of its own."""
_PROSE_LINE = 40

_REFRESH = re.compile(r"\s*\d+(?:\.\d+)?\s*[;,]?\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s>]+)", re.IGNORECASE)
_SCRIPTED = re.compile(
    r"(?:window|document|top|self|parent)?\.?location(?:\.href)?\s*(?:=|\.(?:replace|assign)\s*\()\s*[\"']([^\"'\s]{1,500})[\"']"
)
_CHALLENGE = re.compile(
    r"cf[-_]chl[-_]opt|cf-browser-verification|challenge-(?:form|error-text|running)|_Incapsula_Resource|incapsula incident"
    r"|ddos-guard|ddos protection|slowAES|sucuri_cloudproxy|just a moment\.\.\.|attention required! \|"
    r"|checking (?:if the site connection|your browser)|verif(?:y|ying) (?:that )?you are (?:a )?human"
    r"|(?:xác (?:minh|nhận|thực)|chứng minh)[^.<]{0,40}không phải[^.<]{0,20}(?:robot|người máy)"
    r"|__(?:test|js|jschl|bot|cf)[\w-]*cookie|anti-?(?:bot|ddos|robot)"
    r"|bot[-_ ]?(?:check|protect|detect|challenge)\w*|js[-_]challenge"
    r"|browser[-_ ](?:check|verification|integrity)|kiểm tra trình duyệt|enable javascript and cookies to continue"
    r"|document\.cookie\s*=[^;]{1,400};[^<]{0,400}location\.(?:reload|href|replace)",
    re.IGNORECASE,
)
_NO_DAY = re.compile(r"(?<!\d)0?1\s?[/.-]\s?0?1\s?[/.-]\s?0001(?!\d)|(?<!\d)0001-01-01(?!\d)")
"""The day that templates print where they hold nothing."""
_CAPTCHA = re.compile(r"g-recaptcha|h-captcha|cf-turnstile|captcha", re.IGNORECASE)
_THING = (
    r"(?:trang(?: web| tin)?|bài(?: viết| đăng)?|tin(?: bài| tức)?|nội dung|tài liệu|văn bản|đường dẫn|liên kết|địa chỉ|url|page)"
)
_ASKED = r"(?:\s+(?:này|mà|bạn|quý vị|quý khách|đang|muốn|cần|đã|vừa|tìm(?: kiếm)?|yêu cầu|truy cập|xem|tới|đến|web|hiện))*"
_MISSING = re.compile(
    r"[\W_]*(?:(?:rất tiếc|xin lỗi|thông báo|lỗi|oops|sorry|error)[\W_]+)*(?:"
    r"(?:lỗi|error|http)?\s*[:#]?\s*404(?:[\W_]*(?:error|(?:page )?not found|(?:lỗi )?không tìm thấy.{0,60}|trang.{0,60}))?"
    r"|(?:the )?(?:requested )?(?:page|resource|file|url)?\s*(?:was |could |can )?not (?:be )?found(?: on this server)?"
    rf"|không (?:tìm thấy|tồn tại) {_THING}{_ASKED}"
    rf"|{_THING}{_ASKED}\s+(?:đã |hiện )?"
    r"(?:không (?:còn )?(?:tồn tại|tìm thấy|hợp lệ)|không có trên hệ thống|bị (?:xóa|xoá|gỡ)(?: bỏ)?)"
    r")(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = re.compile(
    r"[\W_]*(?:(?:hoặc|hay|or|đã|và|vui lòng|bạn|quý vị|404|not found|error|trong hệ thống|trên hệ thống)(?!\w).*)?",
    re.IGNORECASE | re.DOTALL,
)
_ILL = re.compile(
    r"[\W_]*(?:(?:http )?(?:error |lỗi )?50[0-4](?!\w).{0,80}|service (?:temporarily )?unavailable.{0,80}|bad gateway.{0,40}"
    r"|gateway time-?out.{0,40}|internal server error.{0,40}|server error in .{0,80}|runtime error|error(?: page)?"
    r"|(?:đã )?(?:có |xảy ra )*lỗi(?: hệ thống| máy chủ)?(?: xảy ra)?|database error.{0,80}|fatal error:.{0,200}"
    r"|error establishing a database connection|site (?:is )?under maintenance.{0,80}"
    r"|(?:trang(?: web| thông tin)?|website|hệ thống|cổng(?: thông tin)?(?: điện tử)?)\s+(?:hiện )?(?:đang |tạm )*(?:được )?"
    r"(?:bảo trì|nâng cấp|ngừng hoạt động|gián đoạn).{0,120})[\W_]*",
    re.IGNORECASE | re.DOTALL,
)
_LOGIN = re.compile(
    r"(?:(?:trang|mẫu|form|cổng|hệ thống|tên|thông tin)\s+)?(?:đăng\s*nhập|log\s?[io]n|sign\s?in)(?:\W.{0,40})?", re.IGNORECASE
)
_LEAST_ITEMS = 6


def refuse_what_is_none(page: Elements, markup: str, url: str) -> None:
    """Raise `NotReadable` where the page is known to hold no announcement."""
    shown, whole = _shown(page)
    if whole >= _MUCH:
        return
    prose = sum(len(line) for line in shown if len(line) >= _PROSE_LINE)
    names = list(_names(page))
    if (whole < _SOME and _CHALLENGE.search(markup)) or (prose < _PROSE_LINE and not names[1:] and _CAPTCHA.search(markup)):
        raise NotReadable("challenge", url, f"{url}: the site wants to be shown a browser or a person first; ask it for access")
    _refuse_what_leads_on(page, url, whole)
    if prose < _LITTLE and any(_NO_DAY.search(line) for line in shown) and not any(map(leads_to_file, page.links)):
        raise NotReadable("empty", url, f"{url}: a template without an announcement in it; check the address")
    if _is_missing_page(page, names, shown, prose):
        raise NotReadable("soft_404", url, f"{url}: the site says that there is no such page, though it answered 200")
    if prose < _SOME and any(_ILL.fullmatch(line) for line in (*names, *shown[:6])):
        raise NotReadable("error_page", url, f"{url}: the site says that it has failed or is being mended; fetch it again later")
    if prose < _SOME and page.select("input[type=password i]"):
        asked = any(_LOGIN.fullmatch(name) for name in names)
        if asked or (whole < _LITTLE and not page.named("h1") and any(_LOGIN.fullmatch(line) for line in shown)):
            raise NotReadable("login", url, f"{url}: the page asks for a password; only what is public is kept")


def _refuse_what_leads_on(page: Elements, url: str, whole: int) -> None:
    if whole < _LITTLE and (target := _refresh(page, url)) is not None:
        raise LeadsElsewhere("refresh", url, (target,), f"{url}: the page only leads on to {target}; fetch that")
    if whole < _SOME and page.named("frameset"):
        framed = (absolute(frame.get("src") or "", url) for frame in page.named("frame"))
        targets = tuple(dict.fromkeys(target for target in framed if target is not None))
        raise LeadsElsewhere("frameset", url, targets, f"{url}: the page only frames others ({', '.join(targets)}); fetch those")


def _refresh(page: Elements, url: str) -> str | None:
    """Where the page sends its reader of itself, by a meta tag or a script; not where it merely asks for itself again."""
    here = url.partition("#")[0]
    for meta in page.named("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and (match := _REFRESH.match(meta.get("content") or "")):
            target = absolute(match[1], url)
            if target is not None and target.partition("#")[0] != here:
                return target
    for script in page.named("script"):
        words = script.text or ""
        match = _SCRIPTED.search(words) if len(words) < 2000 else None
        target = absolute(match[1], url) if match else None
        if target is not None and target.partition("#")[0] != here:
            return target
    return None


_NO_PROSE = NEVER_SHOWN | {"a", "nav", "footer", "aside", "menu"}


def _shown(page: Elements) -> tuple[list[str], int]:
    """The lines of the page beside its menus, footers and links, and how many letters they have; so far as tells what kind of
    page it is.
    """
    lines: list[str] = []
    words: list[str] = []
    whole = 0
    root = next(iter(page.named("body")), page.root)
    walk = etree.iterwalk(root, events=("start", "end"))
    for action, element in walk:
        if words and element.tag in BREAKING:
            if line := " ".join(" ".join(words).split()):
                lines.append(line)
                whole += len(line)
            words.clear()
            if whole >= _MUCH:
                break
        if action == "start" and (
            element.tag in _NO_PROSE or (element is not root and (is_chrome(element) or is_hidden(element)))
        ):
            walk.skip_subtree()
        elif text := (element.text if action == "start" else element.tail):
            words.append(text)
    last = " ".join(" ".join(words).split())
    return [*lines, *([last] if last else [])], whole + len(last)


def _names(page: Elements) -> Iterator[str]:
    """What the page calls itself: its head's title, part by part, and its topmost headings."""
    for title in page.named("title")[:1]:
        yield from (" ".join(part.split()) for part in re.split(r"\s+[|»–—-]\s+|\s*\|\s*", title.text or ""))
    yield from (text_of(heading) for heading in page.named("h1")[:2])


def _is_missing_page(page: Elements, names: list[str], shown: list[str], prose: int) -> bool:
    if any(_is_missing(name) for name in names):
        return True
    if prose >= _LITTLE + _PROSE_LINE or not any(_is_missing(line) for line in shown[:8]):
        return False
    headings = [text for heading in page.named("h1") if (text := text_of(heading)) and not is_chrome(heading)]
    return not any(text not in names[:1] and len(text) > 12 for text in headings) and not any(map(leads_to_file, page.links))


def _is_missing(line: str) -> bool:
    match = _MISSING.fullmatch(line[:300])
    return match is not None and _GOES_ON.fullmatch(match["rest"]) is not None


def is_list(body: Element) -> bool:
    """Whether what was taken for a body is a list of announcements: many parts of one kind, each with a link that names another
    page, and little beside them.
    """
    counted: Counter[tuple[Element, str, str]] = Counter()
    letters: Counter[tuple[Element, str, str]] = Counter()
    for link in body.iter("a"):
        label = text_of(link)
        if len(label) < 15 or (link.get("href") or "#").startswith("#") or leads_to_file(link):
            continue
        item = _item_of(link, body)
        outer = item.getparent()
        if outer is not None and not is_hidden(item):
            kind = (outer, str(item.tag), item.get("class") or "")
            counted[kind] += 1
            letters[kind] += len(text_of(item))
    if not counted:
        return False
    kind, items = counted.most_common(1)[0]
    beside = len(text_of(body)) - letters[kind]
    return items >= _LEAST_ITEMS and beside < 0.4 * letters[kind]


def _item_of(link: Element, body: Element) -> Element:
    """The largest part around `link` that holds no other link with a name of its own, and has a neighbour of its kind."""
    item = link
    for outer in link.iterancestors():
        named = (other for other in outer.iter("a") if len(other.text or "") >= 15)
        if outer is body or len(list(islice(named, 2))) > 1:
            break
        item = outer
    return item
