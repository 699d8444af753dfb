from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.passage import Retrieval
from footnote.domain.recall import RecallCheck
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.retrieval.port import Query
from footnote.retrieval.recall_guard import LONGEST_S, GuardedSearch
from tests.unit.answering.test_citations import BACKUPS

KB = KnowledgeBaseId("help")
INDEX = SearchIndex(kb=KB, index_id=1, model_id=1, form=IndexForm(model="m", dimension=2))
QUERY = Query(index=INDEX, vector=[1.0, 0.0], terms=(), top_k=4)


def retrieval(*ordinals: int, exact: bool = False) -> Retrieval:
    passages = tuple(replace(BACKUPS, ordinal=ordinal) for ordinal in ordinals)
    as_of = datetime(2026, 11, 25, tzinfo=UTC)
    return Retrieval(passages=passages, index_as_of=as_of, exact=exact)


@dataclass
class FakeSearch:
    """Finds what it is told to, and remembers how long it could have taken."""

    live: Retrieval
    exact: Retrieval | Exception = field(default_factory=lambda: retrieval(exact=True))
    seconds: list[float] = field(default_factory=list)

    def search(self, query: Query) -> Retrieval:  # noqa: ARG002
        return self.live

    def search_exactly(self, query: Query, *, seconds: float) -> Retrieval:  # noqa: ARG002
        self.seconds.append(seconds)
        if isinstance(self.exact, Exception):
            raise self.exact
        return self.exact


@dataclass
class FakeLog:
    """Keeps checks in a list, or cannot."""

    checks: list[RecallCheck] = field(default_factory=list)
    is_down: bool = False

    def record(self, check: RecallCheck) -> None:
        if self.is_down:
            message = "down"
            raise DatabaseUnavailableError(message)
        self.checks.append(check)


def guarded(search: FakeSearch, log: FakeLog, *, share: float = 1.0) -> GuardedSearch:
    return GuardedSearch(search, log, share=share, chance=lambda: 0.5)


def test_a_check_counts_what_the_live_search_found_of_the_exact_one() -> None:
    log = FakeLog()
    search = FakeSearch(retrieval(1, 2, 3, 9), retrieval(1, 2, 3, 4, exact=True))
    assert guarded(search, log).search(QUERY) is search.live
    assert log.checks == [RecallCheck(kb=KB, k=4, hits=3)]
    assert log.checks[0].recall == 0.75
    assert search.seconds == [LONGEST_S]


@pytest.mark.parametrize(("share", "checked"), [(0.0, 0), (0.5, 0), (0.51, 1), (1.0, 1)])
def test_the_share_of_searches_that_was_set_is_checked(share: float, checked: int) -> None:
    log = FakeLog()
    guarded(FakeSearch(retrieval(1), retrieval(1)), log, share=share).search(QUERY)
    assert len(log.checks) == checked


def test_an_exact_search_and_one_by_words_alone_are_not_checked() -> None:
    log = FakeLog()
    guarded(FakeSearch(retrieval(1, exact=True)), log).search(QUERY)
    guarded(FakeSearch(retrieval(1)), log).search(replace(QUERY, vector=None))
    assert log.checks == []


def test_an_exact_search_that_takes_too_long_is_noted_as_not_measured() -> None:
    log = FakeLog()
    search = FakeSearch(retrieval(1, 2), DatabaseUnavailableError("canceled"))
    assert guarded(search, log).search(QUERY) is search.live
    assert log.checks == [RecallCheck(kb=KB, k=2, hits=None)]


def test_a_log_that_is_down_costs_nobody_an_answer() -> None:
    search = FakeSearch(retrieval(1), retrieval(1))
    assert guarded(search, FakeLog(is_down=True)).search(QUERY) is search.live
