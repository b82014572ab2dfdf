"""The CSS selectors of portals and platforms over lxml's trees: bs4 takes fifty times as long for a page.

What is not understood here raises `NotUnderstood`; the caller then asks bs4, which knows all of CSS.
Source of the meanings: W3C Selectors Level 4.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree


class NotUnderstood(Exception):
    """A selector beyond what is read here."""


_NAME = r"(?:[A-Za-z_\u00a0-\uffff-][\w\u00a0-\uffff-]*)"
_PART = re.compile(
    rf"""(?P<tag>\*|{_NAME})|\#(?P<id>{_NAME})|\.(?P<class>{_NAME})
    |\[\s*(?P<attr>{_NAME})\s*(?:(?P<op>[~|^$*]?=)\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>{_NAME}|\d+))\s*)?\]
    |:(?P<pseudo>first-child|last-child|only-child|first-of-type|last-of-type)(?![\w(-])
    |:nth-child\(\s*(?P<nth>\d+)\s*\)|:not\(\s*(?P<not>[^()]+?)\s*\)""",
    re.VERBOSE,
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_AXES = {" ": "/descendant::", ">": "/child::", "~": "/following-sibling::"}


@lru_cache(maxsize=512)
def compiled(selector: str) -> etree.XPath:
    """The selector as XPath, relative to the element it is asked of, itself included. Raises NotUnderstood."""
    paths = [_path(part.strip()) for part in _alternatives(selector)]
    try:
        return etree.XPath(" | ".join(paths))
    except etree.XPathError as error:
        raise NotUnderstood(selector) from error


def _alternatives(selector: str) -> list[str]:
    """The parts between the commas that stand outside brackets and quotes."""
    parts = re.findall(r"""(?:[^,\[("']|\[[^\]]*\]|\([^)]*\)|"[^"]*"|'[^']*')+""", selector)
    if ",".join(parts) != selector or not all(part.strip() for part in parts):
        raise NotUnderstood(selector)
    return parts


def _path(selector: str) -> str:
    path, at = "descendant-or-self::", 0
    while True:
        test, at = _compound(selector, at)
        path += test
        if at == len(selector):
            return path
        match = _COMBINATOR.match(selector, at)
        if match is None or match.end() == len(selector):
            raise NotUnderstood(selector)
        at = match.end()
        sign = match[1] or " "
        path += "/following-sibling::*[1]/self::" if sign == "+" else _AXES[sign]


def _compound(selector: str, at: int) -> tuple[str, int]:
    """One compound selector as node test and predicates, and where it ends."""
    tag, predicates, began = "*", "", at
    while match := _PART.match(selector, at):
        if match["tag"] and at != began:
            break
        if match["tag"]:
            tag = match["tag"].lower()
        else:
            predicates += f"[{_predicate(match)}]"
        at = match.end()
    if at == began:
        raise NotUnderstood(selector)
    return tag + predicates, at


def _predicate(match: re.Match[str]) -> str:
    if match["id"]:
        return f"@id={_quoted(match['id'])}"
    if match["class"]:
        return _has_word("class", match["class"])
    if match["attr"]:
        return _attribute(match)
    if match["nth"]:
        return f"count(preceding-sibling::*)={int(match['nth']) - 1}"
    if match["not"]:
        test, end = _compound(match["not"], 0)
        if end != len(match["not"]):
            raise NotUnderstood(match[0])
        return f"not(self::{test})"
    return {
        "first-child": "not(preceding-sibling::*)",
        "last-child": "not(following-sibling::*)",
        "only-child": "not(preceding-sibling::*) and not(following-sibling::*)",
    }.get(match["pseudo"]) or _beyond(match[0])


def _beyond(text: str) -> str:
    raise NotUnderstood(text)


def _attribute(match: re.Match[str]) -> str:
    name, op = f"@{match['attr'].lower()}", match["op"]
    if op is None:
        return name
    value = next(value for value in (match["double"], match["single"], match["word"]) if value is not None)
    quoted = _quoted(value)
    if op == "=":
        return f"{name}={quoted}"
    if not value or (op == "~=" and re.search(r"\s", value)):
        return "false()"
    if op == "~=":
        return _has_word(match["attr"].lower(), value)
    if op == "|=":
        return f"({name}={quoted} or starts-with({name}, {_quoted(value + '-')}))"
    if op == "^=":
        return f"starts-with({name}, {quoted})"
    if op == "*=":
        return f"contains({name}, {quoted})"
    return f"substring({name}, string-length({name}) - {len(value) - 1})={quoted}"


def _has_word(attribute: str, word: str) -> str:
    return f"contains(concat(' ', normalize-space(@{attribute}), ' '), {_quoted(f' {word} ')})"


def _quoted(text: str) -> str:
    if "'" in text and '"' in text:
        raise NotUnderstood(text)
    return f'"{text}"' if "'" in text else f"'{text}'"
