"""The HNSW index of an embedding model, built without holding up those who write meanwhile."""

import time
from typing import LiteralString

import psycopg
from psycopg import sql

from footnote.domain.search_index import IndexForm
from footnote.postgres.connection import Connection
from footnote.postgres.queries import load_queries
from footnote.postgres.search_indexes import ensure_model

_LOOK_S = 0.5
# Twice pgvector's own: docs/decisions/0043.
_CAREFULLY: LiteralString = " with (ef_construction = 128)"
_FLOATS: LiteralString = (
    "create index concurrently if not exists {name} on chunk_search"
    " using hnsw ((embedding::halfvec({dimension})) halfvec_cosine_ops)"
    + _CAREFULLY
    + " where model_id = {model_id}"
)
_BITS: LiteralString = (
    "create index concurrently if not exists {name} on chunk_search"
    " using hnsw ((binary_quantize(embedding)::bit({dimension})) bit_hamming_ops)"
    + _CAREFULLY
    + " where model_id = {model_id}"
)


def ensure_vector_index(
    connection: Connection, form: IndexForm, *, quantized: bool | None = None
) -> None:
    """Give an embedding model its index, which holds one dimension and one model only.

    It is the one that its searches use, unless `quantized` asks for either.
    The connection must be in autocommit: Postgres builds concurrently in no transaction. A build
    that was cut off leaves an index that is kept up to date and never used: it is built anew.
    """
    model_id = ensure_model(connection, form)
    if quantized is None:
        look = load_queries("search_indexes.sql")["is_quantized"]
        (row,) = connection.execute(look, {"model_id": model_id}).fetchall()
        quantized = bool(row["quantized"])
    _ensure(connection, model_id, form, quantized=quantized)


def quantize(connection: Connection, form: IndexForm, *, quantized: bool) -> None:
    """Have the index of a model hold one bit of each float, or the floats again.

    The other index answers until this one is built. What is interrupted goes on with the same call.
    """
    ensure_vector_index(connection, form, quantized=quantized)
    model_id = ensure_model(connection, form)
    parameters = {"model_id": model_id, "quantized": quantized}
    connection.execute(load_queries("search_indexes.sql")["quantize_model"], parameters)
    _drop(connection, _name(model_id, quantized=not quantized))


def _ensure(connection: Connection, model_id: int, form: IndexForm, *, quantized: bool) -> None:
    name = _name(model_id, quantized=quantized)
    look = load_queries("reindex.sql")["vector_index_state"]
    while True:
        state = connection.execute(look, {"name": name}).fetchone()
        if state and state["valid"]:
            return
        if state and state["being_built"]:
            time.sleep(_LOOK_S)
        elif state:
            _drop(connection, name)
        else:
            what = _BITS if quantized else _FLOATS
            _execute(connection, what, name, dimension=form.dimension, model_id=model_id)


def _name(model_id: int, *, quantized: bool) -> str:
    return f"chunk_search_by_{'bits' if quantized else 'embedding'}_{model_id}"


def _drop(connection: Connection, name: str) -> None:
    _execute(connection, "drop index concurrently if exists {name}", name)


def _execute(connection: Connection, statement: LiteralString, name: str, **numbers: int) -> None:
    """Somebody who does the same at the same moment is no trouble: one looks again."""
    literals = {key: sql.Literal(number) for key, number in numbers.items()}
    composed = sql.SQL(statement).format(name=sql.Identifier(name), **literals)
    try:
        connection.execute(composed)
    except (
        psycopg.errors.UniqueViolation,
        psycopg.errors.DuplicateTable,
        psycopg.errors.UndefinedObject,
        psycopg.errors.DeadlockDetected,
    ):
        time.sleep(_LOOK_S)
