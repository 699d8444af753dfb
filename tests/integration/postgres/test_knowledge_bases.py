"""A knowledge base that holds nothing any more ends; one with anything of its own stays."""

from dataclasses import replace

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.encoder_verdict import EncoderVerdict
from footnote.postgres.connection import Database
from footnote.postgres.encoder_verdicts import PostgresEncoderVerdicts
from footnote.postgres.knowledge_bases import PostgresKnowledgeBases
from tests.integration.postgres.test_passages import publish
from tests.two_knowledge_bases import tables_by_knowledge_base

pytestmark = pytest.mark.integration
HELP, OTHER = KnowledgeBaseId("help"), KnowledgeBaseId("other")
DELETED = "update document set status = 'deleted' where kb = %s"
CLUSTER = (
    "insert into unanswered_cluster (kb, leader, model_id, embedding)"
    " select %s, gen_random_uuid(), model_id, '[1]' from embedding_model limit 1"
)
GOLDEN = "insert into golden_question (kb, question, top_k) values (%s, 'q', 1)"


@pytest.fixture
def known(database: Database) -> PostgresKnowledgeBases:
    for kb in (HELP, OTHER):
        publish(database, "a.md", ["Backups are kept for ten days."], kb=kb)
    return PostgresKnowledgeBases(database)


def change(database: Database, statement: str, kb: KnowledgeBaseId) -> None:
    with database.transaction() as connection:
        connection.execute(statement.encode(), [kb])


def rows(database: Database, kb: KnowledgeBaseId) -> dict[str, int]:
    with database.transaction() as connection:
        names = tables_by_knowledge_base(connection)
        counts = {}
        for name in names:
            query = f"select count(*) as rows from {name} where kb = %s"  # noqa: S608
            (row,) = connection.execute(query.encode(), [kb]).fetchall()
            counts[name] = int(str(row["rows"]))
    return {name: count for name, count in counts.items() if count}


def test_one_whose_documents_are_deleted_ends_and_its_neighbour_stays(
    database: Database, known: PostgresKnowledgeBases
) -> None:
    neighbour = rows(database, OTHER)
    assert neighbour
    change(database, DELETED, HELP)
    change(database, CLUSTER, HELP)
    assert known.remove_empty(HELP)
    assert known.since(HELP) is None
    assert rows(database, HELP) == {}
    assert rows(database, OTHER) == neighbour


def test_one_that_holds_a_document_stays(database: Database, known: PostgresKnowledgeBases) -> None:
    before = rows(database, HELP)
    assert "documents" in known.what_it_has(HELP)
    assert {kb: count for kb, _, count in known.with_documents()}[HELP] == 1
    assert not known.remove_empty(HELP)
    assert rows(database, HELP) == before


def test_one_with_golden_questions_stays(database: Database, known: PostgresKnowledgeBases) -> None:
    change(database, DELETED, HELP)
    change(database, GOLDEN, HELP)
    assert known.what_it_has(HELP) == ["golden questions"]
    assert not known.remove_empty(HELP)
    assert known.since(HELP)


def test_one_that_is_not_there_is_there_no_more(known: PostgresKnowledgeBases) -> None:
    assert known.remove_empty(KnowledgeBaseId("nobody"))


def test_the_last_verdict_on_an_encoder_is_what_a_knowledge_base_knows(database: Database) -> None:
    verdicts = PostgresEncoderVerdicts(database)
    first = EncoderVerdict(model="mine", against="local", decision="refuse", reason="no gain")
    last = replace(first, decision="promote", reason="a gain is shown")
    for verdict in (first, last):
        verdicts.keep(HELP, verdict)
    assert verdicts.find(HELP, "mine") == last
    assert verdicts.find(OTHER, "mine") is None
