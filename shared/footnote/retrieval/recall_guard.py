"""Searches some live queries once more without an index, to know what the index misses."""

import random
from collections.abc import Callable
from typing import Protocol

from footnote.domain.errors import TransientError
from footnote.domain.passage import Retrieval
from footnote.domain.recall import RecallCheck
from footnote.observability import RECALL, logger, measure
from footnote.retrieval.port import PassageSearch, Query

# An answer that is checked comes later by so much at most.
LONGEST_S = 1.0


class ExactSearch(PassageSearch, Protocol):
    """A search that can also do without the index."""

    def search_exactly(self, query: Query, *, seconds: float) -> Retrieval:
        """The same as `search`, from all chunks that there are.

        Raises:
            TransientError: it would take longer.
        """
        ...


class RecallLog(Protocol):
    """Where checks are kept."""

    def record(self, check: RecallCheck) -> None:
        """Keep one."""
        ...


class GuardedSearch:
    """A search of which a share is checked; a check that fails changes nothing for who asked."""

    def __init__(
        self,
        passages: ExactSearch,
        log: RecallLog,
        *,
        share: float,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Check `share` (0..1) of the searches; none where it is 0."""
        self._passages = passages
        self._log = log
        self._share = share
        self._chance = chance

    def search(self, query: Query) -> Retrieval:
        """See `PassageSearch.search`."""
        found = self._passages.search(query)
        # What was scanned exactly, or found by words alone, has nothing to be held against.
        if not found.exact and query.vector and self._chance() < self._share:
            self._check(query, found)
        return found

    def _check(self, query: Query, found: Retrieval) -> None:
        try:
            exact = self._passages.search_exactly(query, seconds=LONGEST_S)
            check = _compared(query, found, exact)
        except TransientError as error:
            logger.info("recall was not measured in time", kb=query.index.kb, reason=str(error))
            check = RecallCheck(kb=query.index.kb, k=len(found.passages), hits=None)
        if not check.k:
            return
        if check.recall is not None:
            measure({RECALL: 100 * check.recall}, knowledge_base=check.kb)
        try:
            self._log.record(check)
        except TransientError as error:
            logger.warning("a check of the recall was lost", kb=check.kb, reason=str(error))


def _compared(query: Query, found: Retrieval, exact: Retrieval) -> RecallCheck:
    live, best = (
        {(one.document_id, one.ordinal) for one in search.passages} for search in (found, exact)
    )
    return RecallCheck(kb=query.index.kb, k=len(best), hits=len(live & best))
