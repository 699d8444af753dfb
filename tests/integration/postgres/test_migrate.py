"""Migrations on a real Postgres."""

import psycopg
import pytest

from footnote.domain.errors import DatabaseUnavailableError, SettingsError
from footnote.domain.search_index import IndexForm
from footnote.postgres.migrate import apply_migrations

pytestmark = pytest.mark.integration
FORM = IndexForm(model="model", dimension=384)


def test_a_database_is_brought_up_once(empty_database_url: str) -> None:
    first = apply_migrations(empty_database_url, FORM)
    assert first[0] == "0001_documents_and_chunks.sql"
    assert apply_migrations(empty_database_url, FORM) == []


def test_each_model_gets_an_index_of_its_own(empty_database_url: str) -> None:
    for model in ("one", "other", "one"):
        apply_migrations(empty_database_url, IndexForm(model=model, dimension=384))
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute(
            "select indexname from pg_indexes where indexname like 'chunk_search_by_embedding%'"
            " order by 1"
        ).fetchall()
    names = [f"chunk_search_by_embedding_{model_id}" for model_id in (1, 2)]
    assert [name for (name,) in found] == names


def test_a_migration_that_was_changed_afterwards_is_refused(empty_database_url: str) -> None:
    apply_migrations(empty_database_url, FORM)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("update migration set checksum = 'x'")
    with pytest.raises(SettingsError, match="was changed after it had been applied"):
        apply_migrations(empty_database_url, FORM)


def test_a_failed_migration_leaves_nothing_behind(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("create table term_frequency (taken int)")
    with pytest.raises(psycopg.errors.DuplicateTable):
        apply_migrations(empty_database_url, FORM)
    with psycopg.connect(empty_database_url) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        ).fetchall()
    assert tables == [("term_frequency",)]


def test_a_database_that_is_away_is_named() -> None:
    with pytest.raises(DatabaseUnavailableError, match="cannot be reached"):
        apply_migrations("postgresql://nobody@127.0.0.1:1/none", FORM)


def test_a_malformed_url_is_refused_without_showing_its_password() -> None:
    with pytest.raises(SettingsError, match="not well formed") as caught:
        apply_migrations("postgres//user:s3cret@h/db", FORM)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
