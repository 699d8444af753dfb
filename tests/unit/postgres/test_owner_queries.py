"""What runs as the owner of the tables is written down with its reason, and nothing else does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.owner_queries import IN_THE_API, listed_owner_queries

ROOT = Path(__file__).parents[3]
SOURCES = sorted((ROOT / "shared/footnote").rglob("*.py"))
# What makes a transaction of either kind.
MADE_OF = {"Database.transaction", "Database.run_within"}
UNCONFINED = {"transaction", "autocommit"}


def owner_queries(source: str) -> set[str]:
    """Every method that asks a `Database` for a connection of the owner's."""
    module = ast.parse(source)
    return {
        f"{made.name}.{method.name}"
        for made in ast.walk(module)
        if isinstance(made, ast.ClassDef)
        for method in made.body
        if isinstance(method, ast.FunctionDef) and any(_unconfined(method, made.name))
    }


def _unconfined(method: ast.FunctionDef, of: str) -> Iterator[bool]:
    owners = {"self"} if of == "Database" else {"self._database", "database"}
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and node.attr in UNCONFINED:
            yield ast.unparse(node.value) in owners


def test_every_query_of_the_owner_is_listed_with_its_reason() -> None:
    found = set().union(*(owner_queries(path.read_text()) for path in SOURCES)) - MADE_OF
    reasons = listed_owner_queries()
    assert set(reasons) == found
    assert all(len(reason) > 10 for reason in reasons.values())


def test_no_query_of_the_owner_hides_outside_of_a_class() -> None:
    for path in SOURCES:
        inside = {
            node
            for made in ast.walk(ast.parse(path.read_text()))
            if isinstance(made, ast.ClassDef)
            for node in ast.walk(made)
        }
        lines = {node.lineno for node in inside if isinstance(node, ast.Attribute)}
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in UNCONFINED:
                by_connection = ast.unparse(node.value) == "connection"
                assert by_connection or node.lineno in lines, f"{path}:{node.lineno}"


@pytest.mark.parametrize("how", sorted(UNCONFINED))
def test_a_new_query_of_the_owner_is_noticed(how: str) -> None:
    source = f"class New:\n    def read(self):\n        with self._database.{how}() as c: pass\n"
    assert owner_queries(source) == {"New.read"}


def test_the_list_for_the_api_is_short() -> None:
    assert len(listed_owner_queries(IN_THE_API)) <= 20
