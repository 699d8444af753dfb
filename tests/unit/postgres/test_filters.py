from psycopg import sql

from footnote.domain.filter import And, Equals, Exists, Filter, In, Not, Or, Range
from footnote.postgres.filters import condition_of, contained_in

HOSTILE = "x'); drop table document; -- %(kb)s {matches} $gte\" \\"
ROUTER = Equals(key="product", value="router")
SWITCH = Equals(key="product", value="switch")


def contained(wanted: Filter) -> list[object] | None:
    found = contained_in(wanted)
    return None if found is None else [part.obj for part in found]


def test_keys_and_values_are_parameters_and_nothing_of_them_is_in_the_statement() -> None:
    parts: tuple[Filter, ...] = (
        Equals(key=HOSTILE, value=HOSTILE),
        In(key=HOSTILE, values=(HOSTILE, HOSTILE)),
        Range(key=HOSTILE, gte=HOSTILE, lt=HOSTILE),
        Exists(key=HOSTILE),
    )
    harmless = (
        Equals(key="k", value="v"),
        In(key="k", values=("v", "w")),
        Range(key="k", gte="v", lt="w"),
        Exists(key="k"),
    )
    hostile, plain = (
        condition_of(And(parts=(Not(part=Or(parts=same)), *same))) for same in (parts, harmless)
    )
    assert hostile.statement == plain.statement
    assert hostile.parameters.keys() == plain.parameters.keys()
    assert isinstance(hostile.statement, sql.Composable)
    assert HOSTILE not in repr(hostile.statement)


def test_what_equals_needs_is_found_by_the_index_on_attributes() -> None:
    needed = [{"product": "router"}, {"product": ["router"]}]
    assert contained(ROUTER) == needed
    assert contained(And(parts=(Exists(key="year"), ROUTER))) == needed
    assert contained(Or(parts=(ROUTER, SWITCH))) == [
        *needed,
        {"product": "switch"},
        {"product": ["switch"]},
    ]


def test_the_index_is_left_alone_where_documents_without_the_value_may_pass() -> None:
    assert contained(Not(part=ROUTER)) is None
    assert contained(Or(parts=(ROUTER, Exists(key="year")))) is None
    assert contained(In(key="product", values=tuple(range(100)))) is None
