"""The form of an ASP.NET page as a browser would send it after a click on one of its controls.

HTML, "constructing the entry list": hidden, text and other fields with a name, the chosen options and ticked boxes, in the order
of the page; no button but the one that was pressed, nothing disabled, no file.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.discovering.page import Page, absolute
from ingest.discovering.script import Control
from ingest.portal import Portal
from ingest.step import ARGUMENT, MAX_FORM_BYTES, STATE, TARGET, Step

MOST_FIELDS = 5000
_NOT_SENT = frozenset({"submit", "image", "button", "reset", "file"})
_TICKED = frozenset({"checkbox", "radio"})


def postback(page: Page, element: etree._Element, control: Control, portal: Portal, number: int) -> Step | None:
    """The step that a click on `element` takes, to page `number` of its list; None where it is no postback of this portal's."""
    form = _form_of(page, element)
    if form is None:
        return None
    url = absolute(page.base, form.get("action") or "") or page.url
    fields = [field for field in _fields(form) if field[0] not in (TARGET, ARGUMENT)]
    if (
        not portal.owns(url)
        or len(fields) > MOST_FIELDS
        or sum(len(name) + len(value) for name, value in fields) > MAX_FORM_BYTES
    ):
        return None
    used = ((TARGET, control.target), (ARGUMENT, control.argument), *control.button)
    # A form of a page in UTF-16 is sent in UTF-8 (HTML, "selecting a form submission encoding").
    charset = "utf-8" if page.charset.startswith(("utf-16", "utf-32")) else page.charset
    return Step(url, (*used, *fields), charset, number)


def _form_of(page: Page, element: etree._Element) -> etree._Element | None:
    """The form that the element stands in; where broken markup closed it early, the one form of the page that has a state."""
    around = next(element.iterancestors("form"), None)
    for form in ([around] if around is not None else []) + ([] if page.root is None else list(page.root.iter("form"))):
        if (form.get("method") or "").lower() == "post" and any(name == STATE for name, _ in _fields(form)):
            return form
    return None


def _fields(form: etree._Element) -> Iterator[tuple[str, str]]:
    for element in form.iter("input", "select", "textarea"):
        name = str(element.get("name") or "")
        if name and element.get("disabled") is None:
            yield from ((name, value) for value in _values(element))


def _values(element: etree._Element) -> Iterator[str]:
    if element.tag == "select":
        yield from _chosen(element)
    elif element.tag == "textarea":
        yield "".join(str(piece) for piece in element.itertext())
    elif (kind := (element.get("type") or "text").lower()) in _TICKED:
        if element.get("checked") is not None:
            yield str(element.get("value") or "on")
    elif kind not in _NOT_SENT:
        yield str(element.get("value") or "")


def _chosen(select: etree._Element) -> Iterator[str]:
    """What is chosen of a menu; the first of it where nothing is."""
    options = [option for option in select.iter("option") if option.get("disabled") is None]
    chosen = [option for option in options if option.get("selected") is not None]
    if select.get("multiple") is None:
        chosen = chosen[-1:] or options[:1]
    for option in chosen:
        value = option.get("value")
        yield str(value) if value is not None else " ".join("".join(map(str, option.itertext())).split())
