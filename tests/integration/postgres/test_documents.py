"""Documents in a real Postgres: pages, prefixes, history, and a database that is away."""

from datetime import UTC, datetime

import psycopg
import pytest

from footnote.domain.document import (
    DocumentStatus,
    KnowledgeBaseId,
    ObjectVersion,
    document_id_of,
)
from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.generation import Generation
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.index import PostgresIndex

pytestmark = pytest.mark.integration
KB = KnowledgeBaseId("help")


def settle(database: Database, key: str, status: DocumentStatus, sequencer: str = "01") -> None:
    version = ObjectVersion(
        bucket="b",
        key=key,
        sequencer=sequencer,
        version_id=f"v{sequencer}",
        event_time=datetime(2026, 11, 22, tzinfo=UTC),
    )
    claim = PostgresDocuments(database).claim(version)
    generation = Generation(status=status, reason="because", attributes={"year": 2026})
    PostgresIndex(database).publish(version, claim, generation)


def keys(database: Database, **choice: object) -> list[str]:
    chosen: dict[str, object] = {"status": None, "prefix": "", "after": "", "limit": 10} | choice
    return [row["key"] for row in PostgresDocuments(database).page(KB, **chosen)]  # type: ignore[arg-type]


def test_documents_come_in_the_order_of_their_keys_page_by_page(database: Database) -> None:
    for name in ("b", "a", "é", "B"):
        settle(database, f"help/{name}.md", DocumentStatus.READY)
    first = keys(database, limit=3)
    assert first == ["help/B.md", "help/a.md", "help/b.md"]
    assert keys(database, after=first[-1]) == ["help/é.md"]


def test_a_prefix_is_taken_by_the_letter(database: Database) -> None:
    for name in ("a_b.md", "axb.md", "100%.md", "1000.md", "c\\d.md"):
        settle(database, f"help/{name}", DocumentStatus.READY)
    assert keys(database, prefix="help/a_") == ["help/a_b.md"]
    assert keys(database, prefix="help/100%") == ["help/100%.md"]
    assert keys(database, prefix="help/c\\") == ["help/c\\d.md"]


def test_deleted_documents_show_only_where_they_are_asked_for(database: Database) -> None:
    settle(database, "help/a.md", DocumentStatus.READY)
    settle(database, "help/b.md", DocumentStatus.DELETED)
    assert keys(database) == ["help/a.md"]
    assert keys(database, status=DocumentStatus.DELETED) == ["help/b.md"]


def test_documents_are_counted_by_status_without_the_deleted_ones(database: Database) -> None:
    settle(database, "help/a.md", DocumentStatus.READY)
    settle(database, "help/b.md", DocumentStatus.FAILED)
    settle(database, "help/c.md", DocumentStatus.DELETED)
    settle(database, "other/d.md", DocumentStatus.READY)
    counts = PostgresDocuments(database).counts(KnowledgeBaseId("help"))
    assert counts == {DocumentStatus.READY: 1, DocumentStatus.FAILED: 1}


def test_a_document_tells_its_history_newest_first(database: Database) -> None:
    settle(database, "help/a.md", DocumentStatus.FAILED, "01")
    settle(database, "help/a.md", DocumentStatus.READY, "02")
    row = PostgresDocuments(database).get(document_id_of("help/a.md"))
    assert row is not None
    assert [entry["status"] for entry in row["history"]] == ["ready", "failed"]
    assert row["attributes"] == {"year": 2026}


def test_an_unknown_document_is_none(database: Database) -> None:
    assert PostgresDocuments(database).get(document_id_of("help/none.md")) is None
    assert PostgresDocuments(database).state("help/none.md") is None


def test_a_database_that_is_away_is_an_error_that_may_be_tried_again() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", connect_timeout_s=1)
    with pytest.raises(DatabaseUnavailableError, match="cannot be reached"):
        away.ping()
    away.close()


def test_a_restart_of_the_server_fails_no_request_after_it(
    database: Database, database_url: str
) -> None:
    database.ping()
    with psycopg.connect(database_url) as other:
        other.execute(
            "select pg_terminate_backend(pid, 30000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    database.ping()


def test_a_connection_that_was_cut_is_replaced(database: Database) -> None:
    database.ping()
    with pytest.raises(DatabaseUnavailableError), database.transaction() as connection:
        connection.execute("select pg_terminate_backend(pg_backend_pid())")
    database.ping()
