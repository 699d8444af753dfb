"""The knowledge base is in every key, so that the tables can be spread over clusters by it.

An engine that distributes Postgres by a column wants that column in every primary key and unique
index, and in both sides of every reference between tables that are spread.
"""

from collections.abc import Iterator

import pytest

from footnote.postgres.connection import Database

pytestmark = pytest.mark.integration
# What belongs to the whole deployment, not to one knowledge base, and why it stays small: such
# tables are copied to every node, or stay on one.
EVERYWHERE = {
    "migration": "what was done to the schema; a row for each file",
    "embedding_model": "a row for each model that ever embedded; written at its first use",
    "model": "a row for each endpoint and name that answers",
    "access_key": "a row for each key; one may serve several knowledge bases",
    "request_rate": "a row for each key and visitor of the last minute",
    "token_rate": "a row for each key with a limit on tokens",
    "spending": "a row for each payer and day",
}
# Spread by another column than the knowledge base, and why that does.
OTHERWISE = {
    "embedding": (
        "content_hash",
        "what was paid once serves every knowledge base; looked up by hash, joined with nothing",
    )
}
KEYS = """
select t.relname as table, i.indisprimary as is_primary, x.relname as index,
       array_agg(a.attname::text order by k.place) as columns
from pg_index i
join pg_class t on t.oid = i.indrelid
join pg_class x on x.oid = i.indexrelid
cross join lateral unnest(i.indkey) with ordinality as k (number, place)
join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number
where i.indisunique and t.relnamespace = current_schema::regnamespace
group by 1, 2, 3
"""
TABLES = """
select relname as table from pg_class
where relkind in ('r', 'p') and relnamespace = current_schema::regnamespace
"""
REFERENCES = """
select c.conname as name, t.relname as table, r.relname as referred,
       array(select attname::text from pg_attribute where attrelid = c.conrelid
             and attnum = any(c.conkey) order by array_position(c.conkey, attnum)) as columns,
       array(select attname::text from pg_attribute where attrelid = c.confrelid
             and attnum = any(c.confkey) order by array_position(c.confkey, attnum)) as those
from pg_constraint c
join pg_class t on t.oid = c.conrelid
join pg_class r on r.oid = c.confrelid
where c.contype = 'f' and t.relnamespace = current_schema::regnamespace
"""


def found(database: Database, statement: bytes) -> Iterator[dict[str, object]]:
    with database.transaction() as connection:
        yield from connection.execute(statement).fetchall()


def spread(database: Database) -> set[str]:
    tables = {str(row["table"]) for row in found(database, TABLES.encode())}
    assert EVERYWHERE.keys() | OTHERWISE.keys() <= tables
    return tables - EVERYWHERE.keys() - OTHERWISE.keys()


def leads(column: str, columns: object) -> bool:
    return isinstance(columns, list) and columns[0] == column


def test_the_knowledge_base_leads_every_primary_key(shared_database: Database) -> None:
    keys = found(shared_database, KEYS.encode())
    primary = {row["table"]: row["columns"] for row in keys if row["is_primary"]}
    tables = spread(shared_database)
    assert len(tables) > 25
    assert [table for table in sorted(tables) if not leads("kb", primary.get(table))] == []
    others = {table: column for table, (column, _) in OTHERWISE.items()}
    assert [t for t, column in others.items() if column not in set(primary[t])] == []  # type: ignore[call-overload]


def test_whatever_is_unique_is_so_within_its_knowledge_base(shared_database: Database) -> None:
    tables = spread(shared_database)
    without = [
        row["index"]
        for row in found(shared_database, KEYS.encode())
        if row["table"] in tables and "kb" not in row["columns"]  # type: ignore[operator]
    ]
    assert without == []


def test_what_refers_to_another_table_stays_in_its_knowledge_base(
    shared_database: Database,
) -> None:
    tables = spread(shared_database)
    across = [
        row["name"]
        for row in found(shared_database, REFERENCES.encode())
        if row["table"] in tables
        and row["referred"] in tables
        and ("kb", "kb") not in zip(row["columns"], row["those"], strict=True)  # type: ignore[call-overload]
    ]
    assert across == []


def test_what_belongs_to_everybody_refers_to_no_knowledge_base(shared_database: Database) -> None:
    tables = spread(shared_database)
    outward = [
        row["name"]
        for row in found(shared_database, REFERENCES.encode())
        if row["table"] in EVERYWHERE.keys() | OTHERWISE.keys() and row["referred"] in tables
    ]
    assert outward == []
