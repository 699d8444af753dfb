"""Migrations let old code go on: no long lock, nothing taken away; today's exceptions by number."""

import pytest

from footnote.postgres.migrate import OUTSIDE, migrations
from tests.unit.postgres.migration_rules import RULES, broken

NEW_TABLE = "create table fresh (kb text not null, n integer);\n"
REPEATED = "drop index concurrently if exists i;\ncreate index concurrently i on chunk (kb);\n"
# What breaks each rule, and what is nearest to it and does not.
MUTANTS = {
    "an index is built concurrently": (
        "create index i on chunk (kb);\n",
        f"{NEW_TABLE}create unique index i on fresh (kb);\n",
    ),
    "an index that is built concurrently can be built again": (
        f"{OUTSIDE}\ncreate index concurrently if not exists i on chunk (kb);\n",
        f"{OUTSIDE}\n{REPEATED}",
    ),
    "a type stays as it is": (
        "alter table chunk alter column page type bigint;\n",
        "alter table chunk alter column page set default 1;\n",
    ),
    "a column of old rows may be null": (
        "alter table chunk alter page set not null;\n",
        "alter table chunk alter page drop not null;\n",
    ),
    "a new column has a default, or may be null": (
        "alter table chunk add column n integer not null;\n",
        "alter table chunk add column n integer not null default 0, add m integer;\n",
    ),
    "a new column's default is one value for all rows": (
        "alter table chunk add column n uuid default gen_random_uuid();\n",
        "alter table chunk add column n timestamptz default now();\n",
    ),
    "a constraint is validated later": (
        "alter table chunk add constraint positive check (page > 0);\n",
        "alter table chunk add constraint positive check (page > 0) not valid;\n",
    ),
    "a unique constraint takes an index that is there": (
        "alter table chunk add constraint one unique (kb, ordinal);\n",
        "alter table chunk add constraint one unique using index i;\n",
    ),
    "a new column is not unique": (
        "alter table chunk add column n integer unique;\n",
        "alter table chunk add column n integer;\n",
    ),
    "old code finds what it knows": (
        "alter table chunk rename column page to leaf;\n",
        "alter table chunk add column leaf integer;\n",
    ),
    "nothing is dropped that old code uses": (
        "drop table visit;\n",
        f"{OUTSIDE}\n{REPEATED}",
    ),
    "rows are not changed all at once": (
        "update chunk set page = 1;\n",
        "create table fresh (n integer);\nupdate fresh set n = 1;\n",
    ),
    "what is done is written out": (
        "do $$ begin update chunk set page = 1; end $$;\n",
        "create function f() returns int language sql as $$ update chunk set page = 1; $$;\n",
    ),
    "no table is locked or written anew": (
        "lock table chunk;\n",
        "select 1;\n",
    ),
}
_INDEX = "an index is built concurrently"
_DROPPED = "nothing is dropped that old code uses"
# From before there were deployments with large tables. No number is added: what is new keeps them.
EXCEPTIONS = {
    "0005": {_INDEX},
    "0012": {_INDEX},
    "0015": {_INDEX},
    "0018": {_INDEX, _DROPPED},  # an index, for another one of the same name
    "0020": {"a constraint is validated later"},  # of a column that is new, and null everywhere
    "0025": {"what is done is written out"},  # policies, the same on 32 tables
    # For a stricter one of a table that only operators write.
    "0026": {"a unique constraint takes an index that is there", _DROPPED},
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_catches_what_it_is_for_and_nothing_beside_it(rule: str) -> None:
    breaks, keeps = MUTANTS[rule]
    assert broken(breaks) == [rule]
    assert broken(keeps) == []
    assert broken(f"-- Why.\n{breaks.upper()}") == [rule]


def test_migrations_keep_the_rules_but_for_the_first_ones() -> None:
    assert {name[:4]: set(broken(text)) for name, text in migrations() if broken(text)} == (
        EXCEPTIONS
    )
