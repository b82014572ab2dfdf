"""Ways to go on with what is being typed, for the script beside the search box."""

from __future__ import annotations

from flask import Response, jsonify, request

from search.errors import SearchError
from web.asking import plain
from web.services import Services

LIMIT = 8
MAX_TYPED = 100
"""Characters: whoever typed more is writing a query, not a name."""


def complete(services: Services) -> Response:
    """`/goi-y?q=`: a list of {kind, text, id}, best first; empty where there is nothing to offer, for whatever reason."""
    typed = plain(request.args.get("q", "")[: MAX_TYPED + 1])
    if not typed or len(typed) > MAX_TYPED:
        return jsonify([])
    try:
        return jsonify(services.searcher.complete(typed, LIMIT))
    except SearchError:  # typing goes on; the search itself will say what is wrong
        return jsonify([])
