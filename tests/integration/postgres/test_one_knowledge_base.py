"""What is done for one knowledge base neither sees nor writes a row of another one."""

from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError
from footnote.postgres.connection import Connection, Database, Step
from tests.crowd import Crowd, fill
from tests.two_knowledge_bases import (
    BOTH,
    HELP,
    OTHER,
    as_reader,
    fill_both,
    lax_policies,
    readable,
    tables_by_knowledge_base,
    unguarded_tables,
    within,
)

pytestmark = pytest.mark.integration
# What the reader reads beside tables with a policy, and why it may.
READ_BY_ALL = {
    "embedding_model": "names of models and the length of their vectors: nothing of anybody's",
    "searchable_chunk": "a view of the one knowledge base: see the test of it",
}
NOBODY = KnowledgeBaseId("nobody")
PRIVILEGE = "select has_table_privilege('footnote_reader', %s, %s) as may"
COUNTS = "select count(*) filter (where kb = {kb}) as own, count(*) as seen from {name}"
WHO = (
    "select current_user <> session_user as reader, coalesce(current_setting('footnote.kb', true),"
    " '') as kb, current_setting('role') as role"
)


@pytest.fixture(scope="module")
def filled(shared_database: Database) -> Database:
    fill_both(shared_database)
    return shared_database


@pytest.fixture
def alone(database_url: str) -> Iterator[Database]:
    """One connection, so that each transaction comes after the one before on the same one."""
    opened = Database(database_url, connections=1)
    yield opened
    opened.close()


def seen(connection: Connection, name: str, kb: str) -> tuple[object, object]:
    """How many rows of a knowledge base are seen, and how many of all."""
    statement = sql.SQL(COUNTS).format(kb=sql.Literal(kb), name=sql.Identifier(name))
    (row,) = connection.execute(statement).fetchall()
    return row["own"], row["seen"]


def read_by_kb(connection: Connection) -> list[str]:
    return [name for name in readable(connection) if name != "embedding_model"]


def test_every_table_of_a_knowledge_base_has_its_policy(filled: Database) -> None:
    with filled.transaction() as connection:
        assert len(tables_by_knowledge_base(connection)) >= 16
        assert unguarded_tables(connection) == lax_policies(connection) == []


@pytest.mark.parametrize(
    "policy",
    [
        "create policy p on made to footnote_reader using (true) with check (true)",
        "create policy p on made to footnote_reader using (kb = current_kb()) with check (true)",
        "create policy p on made for select to footnote_reader using (kb = current_kb())",
        "select",
    ],
)
def test_a_new_table_without_such_a_policy_is_found(database: Database, policy: str) -> None:
    with database.transaction() as connection:
        connection.execute("create table made (kb text)")
        connection.execute("alter table made enable row level security")
        connection.execute(policy.encode())
        assert unguarded_tables(connection) == ["made"]


def test_the_reader_reads_what_has_a_policy_and_little_else(filled: Database) -> None:
    with filled.transaction() as connection:
        known = {*tables_by_knowledge_base(connection), *READ_BY_ALL}
        assert set(readable(connection)) <= known
        for name, privilege in (("chunk_search", "select"), ("document", "delete")):
            assert connection.execute(PRIVILEGE, [name, privilege]).fetchall() == [{"may": False}]


def test_the_reader_can_neither_log_in_nor_pass_by_a_policy(filled: Database) -> None:
    with filled.transaction() as connection:
        rows = connection.execute(
            "select rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as may,"
            " (select count(*) from pg_class where relowner = pg_roles.oid) as owns"
            " from pg_roles where rolname = 'footnote_reader'"
        )
        assert rows.fetchall() == [{"may": False, "owns": 0}]


def test_without_a_knowledge_base_no_row_is_seen(filled: Database) -> None:
    with filled.transaction() as connection:
        names = read_by_kb(connection)
        # A connection that never had one set, and one that had until its transaction ended.
        for setting in (None, ""):
            if setting is not None:
                as_reader(connection, setting)
            else:
                connection.execute("set local role footnote_reader")
                connection.execute("reset footnote.kb")
            assert {name: seen(connection, name, HELP) for name in names} == dict.fromkeys(
                names, (0, 0)
            )


def test_each_knowledge_base_sees_its_own_rows_and_an_unknown_one_sees_none(
    filled: Database,
) -> None:
    with filled.transaction() as connection:
        names = read_by_kb(connection)
        everything = {
            name: seen(connection, name, OTHER) for name in tables_by_knowledge_base(connection)
        }
    assert all(own and own != total for own, total in everything.values()), everything
    for kb in (*BOTH, NOBODY):
        with within(filled, kb) as connection:
            for name in names:
                own, total = seen(connection, name, kb)
                assert own == total, name
                assert bool(own) is (kb != NOBODY), name


def test_each_table_is_guarded_by_its_policy_alone_and_open_without_it(filled: Database) -> None:
    with filled.transaction() as connection:
        for name in tables_by_knowledge_base(connection):
            table = sql.Identifier(name)
            with connection.transaction(force_rollback=True):
                # Whatever the reader may do today, the policy is what counts.
                grant = sql.SQL("grant select on {} to footnote_reader").format(table)
                connection.execute(grant)
                as_reader(connection, HELP)
                own, total = seen(connection, name, HELP)
                assert own == total, name
                assert own, name
                connection.execute("reset role")
                off = sql.SQL("alter table {} disable row level security").format(table)
                connection.execute(off)
                as_reader(connection, HELP)
                own, total = seen(connection, name, HELP)
                assert own != total, name


FOREIGN_WRITES = {
    "knowledge base": "insert into knowledge_base (kb) values ('new')",
    "settings": "insert into knowledge_base (kb, persona) values ('other', 'x')"
    " on conflict (kb) do update set persona = excluded.persona",
    "question": "insert into question select 'other', gen_random_uuid(), conversation_id, asked_at,"
    " text, status, model, checkpoint, fallback, degraded, in_corpus, input_tokens, output_tokens,"
    " cost_usd, timings_ms from question limit 1",
    "call": "insert into model_call (kb, question_id, position, called_at, model, outcome, reason,"
    " escalated, shadow, input_tokens, output_tokens, latency_ms) select 'other', question_id, 99,"
    " now(), '', '', '', false, false, 0, 0, 0 from question limit 1",
    "feedback": "insert into feedback (kb, question_id, rating)"
    " select 'other', question_id, 'up' from question limit 1",
    "label": "insert into question_label (kb, question_id, passages)"
    " select 'other', question_id, '[]' from question limit 1",
    "recall": "insert into recall_check (kb, k) values ('other', 1)",
    "answer": "insert into kept_answer select 'other', 'new', index_id, text, removed, read, model"
    " from kept_answer limit 1",
    "citation": "insert into kept_citation select 'other', index_id, digest, 99, document_id,"
    " chunks, quote_offset, quote, status from kept_citation limit 1",
    "cluster": "insert into unanswered_cluster (kb, leader, model_id, embedding)"
    " select 'other', leader, model_id, embedding from unanswered_cluster limit 1",
    "unanswered": "insert into unanswered_question select 'other', question_id, cluster_id, reason,"
    " asked_at from unanswered_question limit 1",
    "sum": "insert into past_questions values ('other', now(), '', '', 1, 0, 0, 0, 0, 0, 0, 0)",
    "sum of calls": "insert into past_calls"
    " values ('other', now(), '', '', false, '', 1, 0, 0, 0, 0, 0, 0)",
    "moving a document": "update document set kb = 'other'",
    "moving an answer": "update kept_answer set kb = 'other'",
}


@pytest.mark.parametrize("what", FOREIGN_WRITES)
def test_a_row_of_another_knowledge_base_cannot_be_written(filled: Database, what: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
        within(filled, HELP) as connection,
    ):
        connection.execute(FOREIGN_WRITES[what].encode())


@pytest.mark.parametrize(
    "statement",
    [
        "update feedback set rating = 'down' where kb = 'other'",
        "update question_label set answer = 'x' where kb = 'other'",
        "delete from question_label where kb = 'other'",
        "update knowledge_base set persona = 'x' where kb = 'other'",
        "delete from recall_check where kb = 'other'",
        "delete from kept_answer where kb = 'other'",
        "delete from question where kb = 'other'",
        "update unanswered_cluster set state = 'dismissed' where kb = 'other'",
        "update past_questions set questions = 0 where kb = 'other'",
    ],
)
def test_rows_of_another_knowledge_base_are_neither_changed_nor_deleted(
    filled: Database, statement: str
) -> None:
    with within(filled, HELP) as connection:
        assert connection.execute(statement.encode()).rowcount == 0
    with within(filled, OTHER) as connection, connection.transaction(force_rollback=True):
        assert connection.execute(statement.encode()).rowcount > 0


@pytest.mark.parametrize(
    "statement",
    [
        "select from chunk_search",
        "select from access_key",
        "select from model",
        "select from spending",
        "select from embedding",
        "delete from document",
        "truncate feedback",
        "alter table document disable row level security",
        "drop policy one_knowledge_base on document",
        "create table mine ()",
    ],
)
def test_the_reader_has_no_right_to_anything_else(filled: Database, statement: str) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with refused, within(filled, HELP) as connection:
        connection.execute(statement.encode())


def test_the_owner_of_the_embedded_database_is_confined_as_well(filled: Database) -> None:
    with filled.transaction() as connection:
        (row,) = connection.execute("select usesuper from pg_user where usename = current_user")
        assert row["usesuper"]
        assert seen(connection, "document", HELP) == (1, 2)
    with within(filled, HELP) as connection:
        assert seen(connection, "document", HELP) == (1, 1)


def _fails_in_python(database: Database) -> None:
    with pytest.raises(KeyError), within(database, HELP):
        raise KeyError


def _fails_in_postgres(database: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), within(database, HELP) as connection:
        connection.execute("select 1 / 0")


def _fails_at_commit(database: Database) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(
            database,
            "create temporary table t (a int unique deferrable initially deferred)",
            "insert into t values (1), (1)",
        )


def _fails_in_the_pipeline(database: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        run(database, "select 1", "select 1 / 0", "select 1")


def _is_cancelled(database: Database) -> None:
    with pytest.raises(DatabaseUnavailableError):
        run(database, "set local statement_timeout = 1", "select pg_sleep(5)")


def run(database: Database, *statements: LiteralString) -> None:
    database.run_within(HELP, *(Step(statement=one, parameters={}) for one in statements))


def _rolls_back_to_a_savepoint(database: Database) -> None:
    with within(database, HELP) as connection:
        with connection.transaction(force_rollback=True):
            as_reader(connection, OTHER)
        assert connection.execute(WHO).fetchall()[0]["kb"] == HELP


def _ends_well(database: Database) -> None:
    with within(database, HELP) as connection:
        (row,) = connection.execute(WHO).fetchall()
    assert row == {"reader": True, "kb": HELP, "role": "footnote_reader"}


@pytest.mark.parametrize(
    "use",
    [
        _fails_in_python,
        _fails_in_postgres,
        _fails_at_commit,
        _fails_in_the_pipeline,
        _is_cancelled,
        _rolls_back_to_a_savepoint,
        _ends_well,
    ],
)
def test_neither_role_nor_knowledge_base_outlives_a_transaction(
    alone: Database, use: object
) -> None:
    assert callable(use)
    use(alone)
    with alone.transaction() as connection:
        assert connection.execute(WHO).fetchall() == [{"reader": False, "kb": "", "role": "none"}]


def test_a_transaction_within_a_knowledge_base_costs_no_round_trip_more(alone: Database) -> None:
    (rows,) = alone.run_within(HELP, Step(statement=WHO, parameters={}))
    assert rows == [{"reader": True, "kb": HELP, "role": "footnote_reader"}]


PLANS: dict[str, LiteralString] = {
    "chunk_search_by_term": "terms && array[1, 2]",
    "chunk_search_by_embedding_2": "model_id = 2"
    " order by embedding::halfvec(16) <=> array_fill(1.0, array[16])::halfvec(16) limit 5",
    "chunk_search_pkey": "chunk_id = 5",
}


def test_search_keeps_its_indexes_through_the_view_and_would_lose_one_under_a_policy(
    database: Database,
) -> None:
    fill(database, Crowd(kb=HELP, documents=2000))
    with database.transaction() as connection:
        connection.execute("grant select on chunk_search to footnote_reader")
        as_reader(connection, HELP)
        connection.execute("set local enable_seqscan = off")

        def used(name: str) -> set[str]:
            return {index for index, what in PLANS.items() if index in plan(name, what)}

        def plan(name: str, what: LiteralString) -> str:
            statement = sql.SQL("explain select chunk_id from {} where kb = 'help' and {}")
            asked = statement.format(sql.Identifier(name), sql.SQL(what))
            return str(connection.execute(asked).fetchall())

        assert used("searchable_chunk") == set(PLANS)
        assert used("chunk_search") == set(PLANS) - {"chunk_search_by_term"}
