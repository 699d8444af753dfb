"""Searches a copy of the database that is only read, and the database itself where that fails."""

import time
from dataclasses import replace

from footnote.circuit_breaker import CircuitBreaker
from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.passage import Retrieval
from footnote.observability import logger
from footnote.retrieval.port import Query
from footnote.retrieval.recall_guard import ExactSearch


class ReaderFirst:
    """A reader may be behind: what it finds says itself up to when it is current.

    Where the reader is down, or gives a search up because what it reads is being replaced, the
    writer answers in the time that is left.
    """

    def __init__(self, reader: ExactSearch, writer: ExactSearch, breaker: CircuitBreaker) -> None:
        self._reader = reader
        self._writer = writer
        self._breaker = breaker

    def search(self, query: Query) -> Retrieval:
        """See `PassageSearch.search`."""
        if not self._breaker.allows():
            return self._writer.search(query)
        began = time.monotonic()
        try:
            found = self._reader.search(query)
        except DatabaseUnavailableError as error:
            self._breaker.failed()
            left = None if query.seconds is None else query.seconds - (time.monotonic() - began)
            if left is not None and left <= 0:
                raise
            logger.warning("the reader did not answer, the writer is asked", reason=str(error))
            return self._writer.search(replace(query, seconds=left))
        self._breaker.succeeded()
        return found

    def search_exactly(self, query: Query, *, seconds: float) -> Retrieval:
        """See `ExactSearch.search_exactly`; what only checks is no work for the writer."""
        return self._reader.search_exactly(query, seconds=seconds)
