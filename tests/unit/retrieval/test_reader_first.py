"""Questions are searched in a copy that is only read, and in the database where that fails."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from footnote.circuit_breaker import FAILURES_TO_OPEN, CircuitBreaker
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.passage import Evidence, Retrieval
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.retrieval.port import Query
from footnote.retrieval.reader_first import ReaderFirst

INDEX = SearchIndex(
    kb=KnowledgeBaseId("help"), index_id=1, model_id=1, form=IndexForm(model="m", dimension=3)
)
QUERY = Query(index=INDEX, vector=None, terms=(), top_k=3)


def retrieval(year: int) -> Retrieval:
    return Retrieval(
        passages=(),
        index_as_of=datetime(year, 1, 1, tzinfo=UTC),
        evidence=Evidence(cosine=0, coverage=0, bm25=0, margin=0),
    )


@dataclass(slots=True)
class FakeSearch:
    """One database; `down` makes it one that does not answer."""

    year: int
    down: bool = False
    queries: list[Query] = field(default_factory=list)
    exact: int = 0

    def search(self, query: Query) -> Retrieval:
        self.queries.append(query)
        return self._answer()

    def search_exactly(self, query: Query, *, seconds: float) -> Retrieval:
        del query, seconds
        self.exact += 1
        return self._answer()

    def _answer(self) -> Retrieval:
        if self.down:
            message = "gone"
            raise DatabaseUnavailableError(message)
        return retrieval(self.year)


def both(
    *, down: bool, clock: Callable[[], float] = lambda: 0.0
) -> tuple[FakeSearch, FakeSearch, ReaderFirst]:
    reader, writer = FakeSearch(2025, down=down), FakeSearch(2026)
    return reader, writer, ReaderFirst(reader, writer, CircuitBreaker(clock))


def test_the_reader_answers_and_says_itself_how_current_it_is() -> None:
    reader, writer, search = both(down=False)
    assert search.search(QUERY).index_as_of.year == 2025
    assert (len(reader.queries), len(writer.queries)) == (1, 0)


def test_the_writer_answers_where_the_reader_does_not() -> None:
    _, writer, search = both(down=True)
    assert search.search(QUERY).index_as_of.year == 2026
    assert writer.queries == [QUERY]


def test_the_writer_has_the_time_that_is_left() -> None:
    _, writer, search = both(down=True)
    search.search(replace(QUERY, seconds=5.0))
    (asked,) = writer.queries
    assert asked.seconds is not None
    assert 0 < asked.seconds <= 5


def test_without_any_time_left_nobody_else_is_asked() -> None:
    _, writer, search = both(down=True)
    with pytest.raises(DatabaseUnavailableError):
        search.search(replace(QUERY, seconds=0.0))
    assert writer.queries == []


def test_a_reader_that_is_down_is_left_alone_for_a_while() -> None:
    now = [0.0]
    reader, writer, search = both(down=True, clock=lambda: now[0])
    for _ in range(FAILURES_TO_OPEN + 5):
        search.search(QUERY)
    assert len(reader.queries) == FAILURES_TO_OPEN
    assert len(writer.queries) == FAILURES_TO_OPEN + 5
    now[0], reader.down = 3600.0, False
    assert search.search(QUERY).index_as_of.year == 2025


def test_checks_of_recall_are_no_work_for_the_writer() -> None:
    reader, writer, search = both(down=True)
    with pytest.raises(DatabaseUnavailableError):
        search.search_exactly(QUERY, seconds=1)
    assert (reader.exact, writer.exact) == (1, 0)
