"""The HNSW index of an embedding model, built without holding up those who write meanwhile."""

import time

import psycopg
from psycopg import sql

from footnote.domain.search_index import IndexForm
from footnote.postgres.connection import Connection
from footnote.postgres.queries import load_queries
from footnote.postgres.search_indexes import ensure_model

_LOOK_S = 0.5


def ensure_vector_index(connection: Connection, form: IndexForm) -> None:
    """Give an embedding model its index, which holds one dimension and one model only.

    The connection must be in autocommit: Postgres builds concurrently in no transaction. A build
    that was cut off leaves an index that is kept up to date and never used: it is built anew.
    """
    model_id = ensure_model(connection, form)
    name = f"chunk_search_by_embedding_{model_id}"
    look = load_queries("reindex.sql")["vector_index_state"]
    while True:
        state = connection.execute(look, {"name": name}).fetchone()
        if state and state["valid"]:
            return
        if state and state["being_built"]:
            time.sleep(_LOOK_S)
        elif state:
            _execute(connection, "drop index concurrently if exists {name}", name)
        else:
            _build(connection, name, model_id, form)


def _build(connection: Connection, name: str, model_id: int, form: IndexForm) -> None:
    statement = (
        "create index concurrently if not exists {name} on chunk_search"
        " using hnsw ((embedding::halfvec({dimension})) halfvec_cosine_ops)"
        " where model_id = {model_id}"
    )
    _execute(connection, statement, name, dimension=form.dimension, model_id=model_id)


def _execute(connection: Connection, statement: str, name: str, **numbers: int) -> None:
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
