"""Behind a pooler in transaction mode: nothing of a session is used, so any session will do."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import footnote.postgres
from footnote.domain.search_index import IndexForm
from footnote.postgres.connection import Database
from footnote.postgres.migrate import apply_migrations
from tests.fakes import FakeEmbedder
from tests.integration.postgres.test_isolation_under_load import Load
from tests.integration.postgres.test_passages import publish, search
from tests.pooler import PGBOUNCER, pooled
from tests.two_knowledge_bases import BOTH, fill_both

pytestmark = pytest.mark.integration
SESSIONS, CONNECTIONS = 2, 6
needs_pgbouncer = pytest.mark.skipif(
    PGBOUNCER is None, reason="PgBouncer is not installed: make pooler"
)
SOURCES = Path(footnote.postgres.__file__).parent
# What a session keeps behind the end of a transaction, in the words of Postgres.
OF_A_SESSION = {
    "a setting": re.compile(
        r"set_config\([^()]*(?:\([^()]*\)[^()]*)*,\s*false\s*\)|\bset\s+session\b"
    ),
    "a lock": re.compile(r"\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\("),
    "a channel": re.compile(r"^\s*(?:un)?listen\s", re.MULTILINE),
    # One that is gone with its transaction is nobody's next.
    "a table": re.compile(r"\bcreate\s+(?:temp|temporary)\b(?![^;]*\bon\s+commit\s+drop\b)"),
    "a cursor": re.compile(r"\bwith\s+hold\b"),
    "a statement": re.compile(r"^\s*(?:prepare|deallocate)\s", re.MULTILINE),
}


@pytest.fixture
def behind_a_pooler(database_url: str) -> Iterator[str]:
    with (
        TemporaryDirectory() as folder,
        pooled(database_url, Path(folder), sessions=SESSIONS) as url,
    ):
        yield url


def opened(url: str) -> Database:
    return Database(url, connections=CONNECTIONS, connect_timeout_s=60, prepare=False)


@pytest.mark.parametrize("kept", OF_A_SESSION)
def test_no_statement_leaves_anything_to_its_session(kept: str) -> None:
    sources = [path for kind in ("*.sql", "*.py") for path in SOURCES.rglob(kind)]
    assert len(sources) > 60
    texts = {path.name: path.read_text().lower() for path in sources}
    assert [name for name, text in texts.items() if OF_A_SESSION[kept].search(text)] == []


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("select set_config('role', coalesce($1, 'x'), false)", "a setting"),
        ("set session statement_timeout = 1", "a setting"),
        ("select pg_advisory_lock(1)", "a lock"),
        ("listen news", "a channel"),
        ("create temporary table t (a int)", "a table"),
        ("declare c cursor with hold for select 1", "a cursor"),
        ("prepare p as select 1", "a statement"),
    ],
)
def test_what_would_be_left_is_noticed(statement: str, kept: str) -> None:
    assert OF_A_SESSION[kept].search(statement)


def test_what_ends_with_its_transaction_is_let_pass() -> None:
    assert not OF_A_SESSION["a setting"].search("select set_config('a', max(b)::text, true)")
    dropped = "create temporary table t (a int primary key) on commit drop"
    assert not OF_A_SESSION["a table"].search(dropped)
    assert OF_A_SESSION["a table"].search(f"create temp table u (a int);\n{dropped}")


@needs_pgbouncer
@pytest.mark.parametrize(
    "transactions",
    [300, pytest.param(30_000, marks=pytest.mark.storm)],
    ids=["short", "long"],
)
def test_no_row_of_another_knowledge_base_is_seen_through_a_pooler(
    database: Database, behind_a_pooler: str, transactions: int
) -> None:
    fill_both(database)
    through = opened(behind_a_pooler)
    load = Load(through, seed=20261129)
    load.run(transactions)
    through.close()
    assert load.counts["transactions"] == transactions
    wrong = ("foreign", "written_to_another", "leaked", "blind")
    assert {name: load.counts[name] for name in wrong} == dict.fromkeys(wrong, 0)
    # Six connections of ours were served by two sessions of the server.
    assert len({session for session, _ in load.served}) == SESSIONS
    assert {kb for _, kb in load.served} == set(BOTH)


@needs_pgbouncer
def test_documents_are_written_and_found_through_a_pooler(behind_a_pooler: str) -> None:
    through = opened(behind_a_pooler)
    publish(through, "help/a.md", ["Backups are kept for thirty days.", "Logs are kept for two."])
    found = [search(through, "how long are backups kept") for _ in range(20)]
    through.close()
    assert all(passages[0].text.startswith("Backups") for passages in found)


@needs_pgbouncer
def test_the_schema_is_brought_up_to_date_through_a_pooler(
    empty_database_url: str,
) -> None:
    form = IndexForm(model=FakeEmbedder.model, dimension=384)
    with (
        TemporaryDirectory() as folder,
        pooled(empty_database_url, Path(folder), sessions=SESSIONS) as url,
    ):
        applied = apply_migrations(url, form)
        assert len(applied) >= 26
        assert apply_migrations(url, form) == []
