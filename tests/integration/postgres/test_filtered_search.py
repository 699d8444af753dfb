"""Filtered search over 20,000 chunks: all rows that there are, and the right ones."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter import And, Equals, Filter, Not, Range
from footnote.domain.passage import Passage
from footnote.domain.search_index import SearchIndex
from footnote.postgres.connection import Database
from footnote.postgres.passages import PostgresPassages
from footnote.retrieval.bm25 import QuestionTerm
from footnote.retrieval.port import Query
from tests.crowd import DIMENSION, Crowd, fill
from tests.filters import random_filter

pytestmark = pytest.mark.integration
BIG = KnowledgeBaseId("big")
DOCUMENTS = 20_000
QUESTIONS = 10
EVERYTHING = 10**9
SHARES: dict[str, Filter | None] = {
    "all": None,
    "10 %": Equals(key="of_10", value=3),
    "1 %": Equals(key="of_100", value=3),
    "0.1 %": Equals(key="of_1000", value=3),
    "10 %, without the index on attributes": Range(key="of_10", gte=3, lt=4),
    "90 %": Not(part=Equals(key="of_10", value=3)),
    "none": And(parts=(Equals(key="of_10", value=3), Equals(key="of_10", value=4))),
}


@pytest.fixture(scope="module")
def big(shared_database: Database) -> SearchIndex:
    return fill(shared_database, Crowd(kb=BIG, documents=DOCUMENTS))[BIG]


def questions(index: SearchIndex, filter_: Filter | None, seed: int = 3) -> list[Query]:
    choose = random.Random(seed)
    return [
        Query(
            index=index,
            vector=[choose.random() - 0.5 for _ in range(DIMENSION)],
            # Every fiftieth chunk holds each of them, so both sides bring candidates.
            terms=tuple(
                QuestionTerm(term=term, word=term, count=1)
                for term in {choose.randint(1, 50), choose.randint(1, 50)}
            ),
            top_k=10,
            filter=filter_,
        )
        for _ in range(QUESTIONS)
    ]


def found(database: Database, query: Query, exact_below: int) -> tuple[Passage, ...]:
    return PostgresPassages(database, exact_below=exact_below).search(query).passages


def recall(live: Sequence[Passage], exact: Sequence[Passage]) -> float:
    wanted = {passage.document_id for passage in exact}
    return len(wanted & {passage.document_id for passage in live}) / len(wanted) if wanted else 1


@pytest.mark.parametrize("exact_below", [15_000, 100])
@pytest.mark.parametrize("share", SHARES)
def test_a_search_gives_every_row_that_there_is_and_the_nearest_ones(
    shared_database: Database, big: SearchIndex, share: str, exact_below: int
) -> None:
    recalls = []
    for query in questions(big, SHARES[share]):
        exact = found(shared_database, query, EVERYTHING)
        live = found(shared_database, query, exact_below)
        assert len(live) == len(exact) == (0 if share == "none" else 10)
        recalls.append(recall(live, exact))
    least = 0.99 if SHARES[share] is None else 0.95
    assert sum(recalls) / len(recalls) >= least


@pytest.mark.parametrize("exact_below", [15_000, 100])
def test_what_does_not_pass_the_filter_is_never_found(
    shared_database: Database, big: SearchIndex, exact_below: int
) -> None:
    for query in questions(big, Equals(key="of_100", value=7)):
        numbers = [int(one.title) for one in found(shared_database, query, exact_below)]
        assert {number % 100 for number in numbers} == {7}


@pytest.mark.parametrize("share", SHARES)
def test_an_index_that_gives_up_early_costs_no_rows(
    shared_database: Database, big: SearchIndex, share: str
) -> None:
    impatient = PostgresPassages(shared_database, exact_below=0, scan_limit=1)
    for query in questions(big, SHARES[share])[:3]:
        exact = found(shared_database, query, EVERYTHING)
        assert recall(impatient.search(query).passages, exact) == 1


def search_with_random_filters(
    database: Database, index: SearchIndex, filters: int, seed: int
) -> None:
    choose = random.Random(seed)
    for query in questions(index, None, seed) * (filters // QUESTIONS):
        wanted = random_filter(choose)
        filtered = replace(query, filter=wanted, top_k=3)
        assert len(found(database, filtered, choose.choice((0, 15_000)))) <= 3, f"seed {seed}"


def test_no_random_filter_makes_a_search_fail(shared_database: Database, big: SearchIndex) -> None:
    search_with_random_filters(shared_database, big, 100, seed=5)


@pytest.mark.storm
def test_none_of_20_000_random_filters_makes_a_search_fail(database: Database) -> None:
    small = fill(database, Crowd(kb=BIG, documents=200))[BIG]
    search_with_random_filters(database, small, 20_000, seed=6)


def search_beside(database: Database, few: int, others: int, exact_below: int) -> None:
    """Questions where its own documents are, where the others are, and where nothing is."""
    small = Crowd(kb=KnowledgeBaseId("small"), documents=few, centre=(1.0,) * DIMENSION)
    indexes = fill(database, Crowd(kb=BIG, documents=others), small)
    for centre in (1.0, 0.0, -1.0):
        recalls = []
        for query in questions(indexes[small.kb], None):
            moved = replace(query, vector=[value + centre for value in query.vector or ()])
            exact = found(database, moved, EVERYTHING)
            live = found(database, moved, exact_below)
            assert len(live) == len(exact) == 10
            recalls.append(recall(live, exact))
        assert sum(recalls) / len(recalls) >= 0.99


def test_a_small_knowledge_base_beside_a_large_one_has_all_its_rows(database: Database) -> None:
    search_beside(database, 501, 8_000, exact_below=500)


@pytest.mark.storm
def test_15_001_chunks_beside_200_000_others_have_all_their_rows(database: Database) -> None:
    search_beside(database, 15_001, 200_000, exact_below=15_000)
