"""Search by an HNSW index of bits: its rows are complete and ranked by the floats."""

from dataclasses import replace

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter import Equals, Filter
from footnote.domain.search_index import SearchIndex
from footnote.postgres.connection import Database
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.reindex import PostgresReindex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.postgres.vector_index import ensure_vector_index
from footnote.retrieval.port import Query
from tests.crowd import DIMENSION, FORM, Crowd, fill
from tests.integration.postgres.test_filtered_search import EVERYTHING, questions, recall

pytestmark = pytest.mark.integration
BIG = KnowledgeBaseId("big")
SHARES: dict[str, Filter | None] = {
    "all": None,
    "10 %": Equals(key="of_10", value=3),
    "1 %": Equals(key="of_100", value=3),
}
BITS, FLOATS = "chunk_search_by_bits_2", "chunk_search_by_embedding_2"


@pytest.fixture(scope="module")
def big(shared_database: Database) -> SearchIndex:
    """With both vector indexes, so that each search can have the one that it asks for."""
    index = fill(shared_database, Crowd(kb=BIG, documents=20_000))[BIG]
    with shared_database.autocommit() as connection:
        ensure_vector_index(connection, FORM, quantized=True)
    return replace(index, quantized=True)


def vector_indexes(database: Database) -> set[str]:
    with database.transaction() as connection:
        rows = connection.execute(
            "select indexname from pg_indexes where tablename = 'chunk_search'"
            " and indexdef like '%hnsw%'"
        )
        return {str(row["indexname"]) for row in rows} & {BITS, FLOATS}


@pytest.mark.parametrize("share", SHARES)
def test_bits_give_every_row_that_there_is_and_the_nearest_ones(
    shared_database: Database, big: SearchIndex, share: str
) -> None:
    recalls = []
    for query in questions(big, SHARES[share]):
        exact = PostgresPassages(shared_database, exact_below=EVERYTHING).search(query).passages
        live = PostgresPassages(shared_database, exact_below=20).search(query).passages
        assert len(live) == len(exact) == 10
        recalls.append(recall(live, exact))
    # 16 bits tell 20,000 random vectors hardly apart; of real embeddings hundreds do.
    assert sum(recalls) / len(recalls) >= 0.75


def test_what_bits_find_is_ranked_by_the_floats(
    shared_database: Database, big: SearchIndex
) -> None:
    query = replace(questions(big, None)[0], terms=())
    found = PostgresPassages(shared_database, exact_below=0).search(query).passages
    cosines = [passage.cosine for passage in found]
    assert cosines == sorted(cosines, reverse=True)


def test_an_index_of_bits_that_gives_up_early_costs_no_rows(
    shared_database: Database, big: SearchIndex
) -> None:
    impatient = PostgresPassages(shared_database, exact_below=0, scan_limit=1)
    for query in questions(big, Equals(key="of_100", value=3))[:3]:
        exact = PostgresPassages(shared_database, exact_below=EVERYTHING).search(query).passages
        assert recall(impatient.search(query).passages, exact) == 1


def test_a_search_by_bits_uses_their_index(shared_database_url: str, big: SearchIndex) -> None:
    # One connection, so that it is the one which tells what it did.
    database = Database(shared_database_url, connections=1)

    def used() -> int:
        with database.transaction() as connection:
            connection.execute("select pg_stat_force_next_flush()")
        with database.transaction() as connection:
            scans = "select idx_scan from pg_stat_user_indexes where indexrelname = %s"
            return int(str(connection.execute(scans, [BITS]).fetchall()[0]["idx_scan"]))

    before = used()
    PostgresPassages(database, exact_below=0).search(questions(big, None)[0])
    assert used() == before + 1
    database.close()


def test_quantizing_builds_the_bits_drops_the_floats_and_can_be_undone(database: Database) -> None:
    index = fill(database, Crowd(kb=BIG, documents=200))[BIG]
    indexes = PostgresSearchIndexes(database, FORM)
    reindex = PostgresReindex(database, indexes)
    for quantized, kept in ((True, BITS), (True, BITS), (False, FLOATS)):
        reindex.quantize(index, quantized=quantized)
        assert indexes.active(BIG).quantized is quantized
        assert vector_indexes(database) == {kept}
        with database.autocommit() as connection:
            ensure_vector_index(connection, FORM)  # as the next deployment does
        assert vector_indexes(database) == {kept}


def test_a_search_tells_that_the_index_was_quantized_meanwhile(database: Database) -> None:
    index = fill(database, Crowd(kb=BIG, documents=200))[BIG]
    query = Query(index=index, vector=[0.5] * DIMENSION, terms=(), top_k=3)
    search = PostgresPassages(database, exact_below=0).search
    assert search(query).quantized is False
    PostgresReindex(database, PostgresSearchIndexes(database, FORM)).quantize(index, quantized=True)
    stale = search(query)
    assert stale.quantized is True
    assert len(stale.passages) == 3
