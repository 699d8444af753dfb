"""Remembers which index answers questions, so that a search is one round trip."""

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.search_index import SearchIndex
from footnote.retrieval.port import ActiveIndexes


class LastKnownIndexes:
    """The active index as it was when it was last asked for.

    A search reports which index is active at that moment, so who finds another one than it searched
    asks for `fresh` and searches again: a switch takes effect with the next question.
    """

    def __init__(self, source: ActiveIndexes) -> None:
        self._source = source
        self._known: dict[KnowledgeBaseId, SearchIndex] = {}

    def active(self, kb: KnowledgeBaseId) -> SearchIndex:
        """The active index, as far as is known."""
        return self._known.get(kb) or self.fresh(kb)

    def fresh(self, kb: KnowledgeBaseId) -> SearchIndex:
        """The active index, looked up."""
        found = self._source.active(kb)
        if found.index_id:  # else anybody could fill the memory with names that do not exist
            self._known[kb] = found
        return found
