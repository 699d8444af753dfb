"""Migrations on a real Postgres."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from footnote.domain.errors import DatabaseUnavailableError, SettingsError
from footnote.domain.search_index import IndexForm
from footnote.postgres.migrate import OUTSIDE, apply_migrations, migrations

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


def test_a_migration_gives_way_to_those_who_use_its_table(empty_database_url: str) -> None:
    apply_migrations(empty_database_url, FORM)
    written = [*migrations(), ("9998_column.sql", "alter table document add column more text")]
    with psycopg.connect(empty_database_url) as reader:
        reader.execute("select from document")
        with pytest.raises(DatabaseUnavailableError, match=r"lock timeout.* who has a transaction"):
            apply_migrations(empty_database_url, FORM, patience_s=0, written=written)
    assert apply_migrations(empty_database_url, FORM, written=written) == ["9998_column.sql"]


def test_each_migration_that_is_done_stays_done(empty_database_url: str) -> None:
    written = [*migrations(), ("9998_one.sql", "select 1"), ("9999_bad.sql", "select 1/0")]
    with pytest.raises(psycopg.errors.DivisionByZero):
        apply_migrations(empty_database_url, FORM, written=written)
    written[-1] = ("9999_bad.sql", "select 1")
    assert apply_migrations(empty_database_url, FORM, written=written) == ["9999_bad.sql"]


def test_an_index_is_built_while_others_read_and_write(empty_database_url: str) -> None:
    apply_migrations(empty_database_url, FORM)
    text = (
        f"{OUTSIDE}\ndrop index concurrently if exists document_by_size;\n"
        "create index concurrently document_by_size on document (kb, bytes);\n"
    )
    written = [*migrations(), ("9998_index.sql", text)]
    with ThreadPoolExecutor(
        2
    ) as pool:  # two who migrate at once do not wait for each other's index
        every = list(
            pool.map(
                lambda _: apply_migrations(empty_database_url, FORM, written=written), range(2)
            )
        )
    assert sorted(every) == [[], ["9998_index.sql"]]
    with psycopg.connect(empty_database_url) as connection:
        (valid,) = connection.execute(
            "select indisvalid from pg_index where indexrelid = 'document_by_size'::regclass"
        ).fetchall()
    assert valid == (True,)
