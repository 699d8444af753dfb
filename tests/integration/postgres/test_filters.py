"""Filters in a real Postgres, against what they mean in plain Python."""

import json
import random

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from footnote.domain.filter import Equals, Filter, Not, Range
from footnote.postgres.connection import Connection, Database
from footnote.postgres.filters import condition_of, contained_in
from tests.filters import passes, random_attributes, random_filter

pytestmark = pytest.mark.integration
SEED = 20_261_125
DOCUMENTS = 40


def passing(connection: Connection, wanted: Filter) -> set[int]:
    """The numbers of the documents that pass, found as the search finds them."""
    condition = condition_of(wanted)
    statement = sql.SQL(
        "select number from attributes_of as document"
        " where (%(contained)s::jsonb[] is null or attributes @> any(%(contained)s::jsonb[]))"
        " and {matches}"
    ).format(matches=condition.statement)
    parameters = {"contained": contained_in(wanted), **condition.parameters}
    return {int(str(row["number"])) for row in connection.execute(statement, parameters)}


def compare(database: Database, filters: int, seed: int) -> None:
    choose = random.Random(seed)
    documents = [random_attributes(choose) for _ in range(DOCUMENTS)]
    with database.transaction() as connection:
        connection.execute("create temp table attributes_of (number int, attributes jsonb)")
        for number, attributes in enumerate(documents):
            row = [number, Jsonb(attributes)]
            connection.execute("insert into attributes_of values (%s, %s)", row)
        for _ in range(filters):
            wanted = random_filter(choose)
            expected = {n for n, attributes in enumerate(documents) if passes(attributes, wanted)}
            assert passing(connection, wanted) == expected, f"seed {seed}: {wanted}"


def test_random_filters_pass_what_they_mean_and_never_fail(database: Database) -> None:
    compare(database, 1_500, SEED)


@pytest.mark.storm
@pytest.mark.parametrize("seed", range(10))
def test_20_000_random_filters_pass_what_they_mean_and_never_fail(
    database: Database, seed: int
) -> None:
    compare(database, 2_000, seed)


@pytest.mark.parametrize(
    ("attributes", "wanted", "expected"),
    [
        ({"year": 2025}, Equals(key="year", value=2025.0), True),
        ({"year": 2025}, Equals(key="year", value="2025"), False),
        ({"year": True}, Equals(key="year", value=1), False),
        ({"tags": ["a", "b"]}, Equals(key="tags", value="b"), True),
        ({"tags": {"b": 1}}, Equals(key="tags", value="b"), False),
        ({}, Not(part=Equals(key="tags", value="b")), True),
        ({"on": "2026-02-11"}, Range(key="on", gte="2026-02", lt="2026-03"), True),
        ({"on": "2026-03-01"}, Range(key="on", gte="2026-02", lt="2026-03"), False),
        # One member has to lie between both bounds.
        ({"sizes": [1, 9]}, Range(key="sizes", gte=2, lt=5), False),
        ({"sizes": [1, 3]}, Range(key="sizes", gte=2, lt=5), True),
    ],
)
def test_values_are_compared_with_their_type_and_lists_by_their_members(
    database: Database, attributes: dict[str, object], wanted: Filter, *, expected: bool
) -> None:
    with database.transaction() as connection:
        connection.execute("create temp table attributes_of (number int, attributes jsonb)")
        connection.execute("insert into attributes_of values (1, %s)", [Jsonb(attributes)])
        assert (passing(connection, wanted) == {1}) is expected
        assert passes(json.loads(json.dumps(attributes)), wanted) is expected
