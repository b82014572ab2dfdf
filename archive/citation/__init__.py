"""Citations: a document in a format, the portal's attribution, the original and the permanent address with it."""

from __future__ import annotations

from archive.citation.attribution import attribution
from archive.citation.item import csl_item
from archive.errors import NotFound
from archive.records import Capture, Citation, Document, Version

FORMATS = ("vi", "iso690", "apa")
__all__ = ["FORMATS", "attribution", "cite", "csl_item"]


def cite(document: Document, version: Version, capture: Capture, format: str, permanent_url: str) -> Citation:
    """The citation of one version, read from `capture`, in one of FORMATS. Raises NotFound for any other format."""
    if format not in FORMATS:
        raise NotFound("citation format", format)
    from archive.citation.render import render  # citeproc and lxml: the command line's help must not wait for them

    text, html = render(csl_item(document, version, capture, permanent_url), format)
    return Citation(format, text, html)
