"""What a person meant by what was typed, over one commit: typing rescued, other names of what is named, the tree of it.

All of it is shown to the person, and `verbatim` undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from search.answering.highlight import Wanted, wanted_of
from search.asking import grammar
from search.asking.query import IN_ATTACHMENTS, ON_PAGES, Fields, Fuzzy, Query, Words
from search.asking.thesaurus import Expansion, Thesaurus
from search.asking.typing_rescue import looked_up_in, rescue
from search.postings import Postings

_NAMED_IN = (*ON_PAGES, *IN_ATTACHMENTS, "issuer")


@dataclass(frozen=True, slots=True)
class Understood:
    """`read_as`: the text that was read, where it is not the one that was typed; `also`: other names, as people write them."""

    query: Query
    names: Callable[[Words], Sequence[Expansion]]
    text: str
    read_as: str | None = None
    also: tuple[str, ...] = ()

    def wanted(self, postings: Postings, fields: Fields = ON_PAGES) -> Wanted:
        """What to mark in the texts of hits, of the words that are looked for in these fields."""
        leaves = self.query.leaves
        words = [leaf for leaf in leaves if isinstance(leaf, Words) and (fields == ON_PAGES or leaf.field in fields)]
        names = [forms for leaf in words for each in self.names(leaf) for forms in each.forms]
        fuzzy = [leaf for leaf in leaves if isinstance(leaf, Fuzzy) and leaf.field in fields]
        spelled = [form for each in fuzzy for form in postings.spelled(each.form, each.distance)]
        return wanted_of(self.query, names, spelled, fields)


def understand(text: str, postings: Postings, thesaurus: Thesaurus, *, verbatim: bool) -> Understood:
    """Read a text of any length and content."""
    if verbatim:
        return Understood(grammar.read(text), lambda words: (), text)
    cut = text[: grammar.MAX_CHARS]
    rescued = rescue(cut, *looked_up_in(postings.words))
    read_text = rescued.text + text[grammar.MAX_CHARS :] if rescued else text
    query = grammar.read(read_text)
    names = lru_cache(maxsize=None)(lambda words: thesaurus.expansions(words.forms, words.typed))
    named = [leaf for leaf in query.leaves if isinstance(leaf, Words) and leaf.field in _NAMED_IN]
    also = [shown for leaf in named for each in names(leaf) for shown in each.shown]
    return Understood(query, names, read_text, rescued.text if rescued else None, tuple(dict.fromkeys(also)))
