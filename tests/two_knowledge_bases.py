"""Two knowledge bases in one database, with rows of both in every table that knows of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.feedback import Feedback, Rating
from footnote.domain.ledger import LedgerEntry
from footnote.domain.model import Route
from footnote.domain.recall import RecallCheck
from footnote.postgres.connection import Connection, Database
from footnote.postgres.feedback import PostgresFeedback
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.models import PostgresModels
from footnote.postgres.queries import load_queries
from footnote.postgres.recall import PostgresRecall
from footnote.postgres.visits import PostgresVisits
from tests.asking import FORM, a_model
from tests.fakes import FakeEmbedder
from tests.integration.postgres.test_answers import BACKUPS, OTHERS, Asker
from tests.integration.postgres.test_ledger import call, entry
from tests.integration.postgres.test_passages import publish

BOTH = HELP, OTHER = KnowledgeBaseId("help"), KnowledgeBaseId("other")


# What operators make, as plainly as it can be.
_MADE = (
    "insert into encoder_verdict (kb, embedding_model, against, decision, reason)"
    " values (%s, 'e', 'm', 'promote', '')",
    "insert into query_adapter (kb, index_id, directions, down, up, questions, question_set, pull,"
    " figures) select kb, index_id, 1, '', '', 1, '', 1, '{}' from search_index where kb = %s",
    "with golden as (insert into golden_question (kb, question, top_k) values (%s, 'q', 1)"
    " returning *) insert into golden_answer (kb, golden_id, role, status, text, citations,"
    " passages, model) select kb, golden_id, 'baseline', 'declined', '', '[]', '{}', ''"
    " from golden",
    "insert into classifier_checkpoint (kb, classifier, model, labels, weights, temperature,"
    " threshold, learned, figures) values (%s, 'c', 'm', '{a,b}', '', 1, 0, '{}', '{}')",
    "insert into active_classifier (kb, classifier, checkpoint_id)"
    " select kb, classifier, checkpoint_id from classifier_checkpoint where kb = %s",
    "insert into dataset (kb, name, version, prompt_version, seed, decline_rate, left_out)"
    " values (%s, 'd', 1, '', 0, 0, '{}')",
    'insert into dataset_row (kb, dataset_id, position, kind, split, question, system, "user",'
    " reply, answer, cluster, tokens) select kb, dataset_id, 1, 'answer', 'train', '', '', '', '',"
    " '', '', 1 from dataset where kb = %s",
    "insert into dataset_row_source (kb, dataset_id, position, document_id, key, chunk_hash,"
    " golden) select kb, dataset_id, 1, '', '', '', true from dataset where kb = %s",
    "insert into fine_tuning_job (kb, dataset_id, provider, base_model, base_url, key_ref, epochs,"
    " options, status, state) select kb, dataset_id, '', '', '', '', 1, '{}', '', 'starting'"
    " from dataset where kb = %s",
    "insert into fine_tuning_event (kb, job_id, event_id, at, level, message)"
    " select kb, job_id, '', now(), '', '' from fine_tuning_job where kb = %s",
    "insert into checkpoint (kb, name, job_id, dataset_id, provider, base_model, base_url,"
    " remote_name, key_ref, prompt_version, metrics) select kb, 'c', job_id, dataset_id, '', '',"
    " '', '', '', '', '{}' from fine_tuning_job where kb = %s",
    "insert into question_label (kb, question_id, passages) select kb, question_id,"
    " jsonb_build_array(jsonb_build_object('key', kb || '/a.md', 'text', 'x'))"
    " from question where kb = %s",
)


def fill_both(database: Database) -> None:
    """Documents, questions, answers that are kept, feedback and all the rest, of both."""
    PostgresModels(database).add(a_model("small"))
    for kb in BOTH:
        publish(database, "a.md", [BACKUPS, *OTHERS], kb=kb)
        Asker(database).ask(kb=kb)
        asked = _entry(kb)
        PostgresLedger(database).record(asked)
        PostgresLedger(database, keeps_words=False).record(_entry(kb))
        given = Feedback(question_id=asked.question.question_id, rating=Rating.DOWN)
        assert PostgresFeedback(database).give(given, ())
        PostgresVisits(database).begin(kb)
        with database.transaction() as connection:
            for statement in _MADE:
                connection.execute(statement, [kb])
        PostgresRecall(database).record(RecallCheck(kb=kb, k=10, hits=10))
        PostgresModels(database).set_route(Route(kb=kb, steps=("small",)))


def _entry(kb: KnowledgeBaseId) -> LedgerEntry:
    usual = entry(call())
    (vector,) = FakeEmbedder().embed([usual.question.text])
    return replace(
        usual,
        question=replace(usual.question, kb=kb),
        embedding_model=FORM.model,
        embedding=tuple(vector),
        finding_usd=Decimal("0.0004"),
    )


@contextmanager
def within(database: Database, kb: str) -> Iterator[Connection]:
    """A transaction as `Database.run_within` makes one, for statements that come one by one."""
    with database.transaction() as connection:
        as_reader(connection, kb)
        yield connection


def as_reader(connection: Connection, kb: str) -> None:
    """The rest of the transaction sees one knowledge base."""
    connection.execute(load_queries("reader.sql")["enter"], {"kb": kb})


def tables_by_knowledge_base(connection: Connection) -> list[str]:
    """Every table with a column `kb`."""
    return _names(
        connection,
        "select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
        " and a.attname = 'kb' and not a.attisdropped order by 1",
    )


def unguarded_tables(connection: Connection) -> list[str]:
    """Those of them without a policy that holds the reader to one knowledge base, both ways."""
    guarded = _names(
        connection,
        "select p.tablename as name from pg_policies p join pg_class c on c.relname = p.tablename"
        " and c.relnamespace = 'public'::regnamespace where c.relrowsecurity"
        " and p.schemaname = 'public' and p.permissive = 'PERMISSIVE' and p.cmd = 'ALL'"
        " and p.roles = '{footnote_reader}' and p.qual = '(kb = current_kb())'"
        " and p.with_check = p.qual",
    )
    return [name for name in tables_by_knowledge_base(connection) if name not in guarded]


def lax_policies(connection: Connection) -> list[str]:
    """Tables with a further policy: any one of them that lets a row through is enough."""
    return _names(
        connection,
        "select tablename as name from pg_policies where schemaname = 'public'"
        " group by tablename having count(*) > 1",
    )


def readable(connection: Connection) -> list[str]:
    """Every table and view of which the reader may read something."""
    return _names(
        connection,
        "select relname as name from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm', 'f')"
        " and has_any_column_privilege('footnote_reader', oid, 'select') order by 1",
    )


def _names(connection: Connection, statement: str) -> list[str]:
    return [str(row["name"]) for row in connection.execute(statement.encode())]
