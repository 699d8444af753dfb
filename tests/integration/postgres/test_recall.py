"""Checks of live searches in a real Postgres, and the exact search that they are held against."""

from dataclasses import replace
from datetime import timedelta

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.filter import Equals
from footnote.domain.recall import RECALL_KEPT, RecallCheck
from footnote.postgres.connection import Database
from footnote.postgres.passages import EXACT_BELOW, PostgresPassages
from footnote.postgres.recall import PostgresRecall
from footnote.retrieval.recall_guard import GuardedSearch
from tests.crowd import Crowd, fill
from tests.integration.postgres.test_filtered_search import questions

pytestmark = pytest.mark.integration
KB = KnowledgeBaseId("big")
CROWD = Crowd(kb=KB, documents=2_000)


def test_live_searches_of_a_large_index_are_checked_and_reported(database: Database) -> None:
    index = fill(database, CROWD)[KB]
    log = PostgresRecall(database)
    large = PostgresPassages(database, exact_below=1_000)
    guard = GuardedSearch(large, log, share=1.0)
    for query in questions(index, None):
        assert not guard.search(query).exact
    report = log.report(KB)
    assert (report.chunks, report.checks, report.measured) == (2_000, 10, 10)
    assert report.recall is not None
    assert report.lowest is not None
    assert 0.9 <= report.lowest <= report.recall <= 1


def test_a_search_says_whether_it_was_exact(database: Database) -> None:
    index = fill(database, CROWD)[KB]
    query = questions(index, None)[0]
    assert PostgresPassages(database).search(query).exact
    assert not PostgresPassages(database, exact_below=1_000).search(query).exact
    # Two documents pass: the index brings fewer than are wanted, so all were scanned after all.
    filtered = replace(query, filter=Equals(key="of_1000", value=3))
    assert PostgresPassages(database, exact_below=1).search(filtered).exact


def test_an_exact_search_is_cut_off_at_its_limit_and_the_next_one_is_not(
    database: Database,
) -> None:
    index = fill(database, CROWD)[KB]
    query = questions(index, None)[0]
    passages = PostgresPassages(database)
    with pytest.raises(DatabaseUnavailableError):
        passages.search_exactly(query, seconds=0.001)
    assert len(passages.search(query).passages) == 10


def test_what_was_not_measured_counts_as_a_check_and_as_nothing_else(database: Database) -> None:
    fill(database, CROWD)
    log = PostgresRecall(database)
    for hits in (10, None, 6):
        log.record(RecallCheck(kb=KB, k=10, hits=hits))
    report = log.report(KB)
    assert (report.checks, report.measured, report.recall, report.lowest) == (3, 2, 0.8, 0.6)
    assert report.exact is (report.chunks <= EXACT_BELOW)


def test_old_checks_are_forgotten(database: Database) -> None:
    fill(database, CROWD)
    log = PostgresRecall(database)
    log.record(RecallCheck(kb=KB, k=10, hits=1))
    with database.transaction() as connection:
        age = RECALL_KEPT + timedelta(seconds=1)
        connection.execute("update recall_check set checked_at = now() - %s::interval", [age])
    assert log.report(KB).checks == 0
    log.record(RecallCheck(kb=KB, k=10, hits=10))
    with database.transaction() as connection:
        (row,) = connection.execute("select count(*) as kept from recall_check").fetchall()
    assert (row["kept"], log.report(KB).recall) == (1, 1.0)


def test_a_knowledge_base_that_nobody_knows_has_nothing_to_report(database: Database) -> None:
    report = PostgresRecall(database).report(KnowledgeBaseId("nobody"))
    assert (report.exact, report.checks, report.recall) == (True, 0, None)
